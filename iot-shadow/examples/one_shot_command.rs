//! A command that must be carried out once: the device takes it back from desired when it is
//! done, at the version it has seen, so that a newer command is never taken back unseen. Its
//! connection breaks before the answer; the command is not carried out again.
//!
//! `cargo run -p iot-shadow --example one_shot_command`

use iot_shadow::{
    Acknowledgement, DeviceEvent, DeviceShadow, Message, Operation, Profile, Shadow, ShadowId,
};
use iot_topics::Timestamp;

/// The cloud, and how often the device has restarted its modem.
struct Site {
    id: ShadowId,
    cloud: Shadow,
    restarts: u32,
}

impl Site {
    fn ask(&mut self, request: &str, operation: Operation) -> Vec<Message> {
        println!("-> {request}");
        let (now, aws) = (Timestamp::from_secs(1_700_000_000), Profile::aws());
        let outcome = self.cloud.handle(operation, request.as_bytes(), now, &aws);
        outcome.publish(&self.id)
    }

    fn tell(&mut self, device: &mut DeviceShadow, messages: Vec<Message>) {
        for message in messages {
            let event = device.handle(message.topic.message, message.payload.as_bytes());
            let Ok(DeviceEvent::Delta { state, .. }) = event else {
                continue;
            };
            device.acknowledge(&state, |path, _| {
                assert_eq!(path, "/restart_modem");
                self.restarts += 1;
                Acknowledgement::Finished
            });
        }
    }

    fn talk(&mut self, device: &mut DeviceShadow) {
        while let Some(request) = device.poll_output(Timestamp::default()) {
            let operation = Operation::requested_by(request.topic.message);
            let answers = operation.map(|operation| self.ask(&request.payload, operation));
            self.tell(device, answers.unwrap_or_default());
        }
    }
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let id = ShadowId::classic("modem".parse()?);
    let mut device = DeviceShadow::new(id.clone(), 1);
    let (cloud, restarts) = (Shadow::default(), 0);
    let mut site = Site {
        id,
        cloud,
        restarts,
    };
    device.report(&r#"{"rate":9600}"#.parse()?)?;
    device.connect();
    site.talk(&mut device);

    let command = r#"{"state":{"desired":{"restart_modem":"17"}}}"#;
    let messages = site.ask(command, Operation::Update);
    site.tell(&mut device, messages);
    // The device says that it is done; nobody hears it.
    let lost = device
        .poll_output(Timestamp::default())
        .ok_or("it says so")?;
    println!("lost: {}", lost.payload);
    device.disconnect();

    device.connect();
    site.talk(&mut device);
    assert_eq!(site.restarts, 1);
    let document = site.cloud.document().ok_or("there is a shadow")?;
    assert_eq!(document.state().as_str(), r#"{"reported":{"rate":9600}}"#);
    Ok(())
}
