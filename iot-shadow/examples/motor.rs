//! A workshop's motor, switched on from the console, which writes desired alone. The device sets
//! its relay and reports; it sends vibration only while the motor runs.
//!
//! `cargo run -p iot-shadow --example motor`

use iot_shadow::{
    Acknowledgement, DeviceEvent, DeviceShadow, Operation, Profile, Shadow, ShadowId,
};
use iot_topics::Timestamp;

struct Workshop {
    cloud: Shadow,
    device: DeviceShadow,
    relay: bool,
}

impl Workshop {
    /// A request to the cloud, and all that follows from it.
    fn ask(&mut self, operation: Operation, payload: &str) {
        println!("-> {payload}");
        let id = self.device.id().clone();
        let (now, aws) = (Timestamp::from_secs(1_700_000_000), Profile::aws());
        let outcome = self.cloud.handle(operation, payload.as_bytes(), now, &aws);
        for answer in outcome.publish(&id) {
            let topic = answer.topic.to_topic_name();
            let event = self
                .device
                .handle_message((&topic).into(), answer.payload.as_bytes());
            if let Ok(DeviceEvent::Delta { state, .. }) = event {
                self.device.acknowledge(&state, |_, value| {
                    self.relay = match value.as_str() {
                        r#""ON""# => true,
                        r#""OFF""# => false,
                        _ => return Acknowledgement::Refused,
                    };
                    Acknowledgement::Applied
                });
            }
        }
        if let Some(next) = self.device.poll_output(now)
            && let Some(operation) = Operation::requested_by(next.topic.message)
        {
            self.ask(operation, &next.payload);
        }
    }

    /// What somebody types into the console, and what the device sends afterwards.
    fn console(&mut self, motor: &str) -> Option<(&'static str, &'static str)> {
        let payload = format!(r#"{{"state":{{"desired":{{"MOTOR":"{motor}"}}}}}}"#);
        self.ask(Operation::Update, &payload);
        self.relay
            .then_some(("data/vibration", r#"{"vibration":0.7}"#))
    }
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let mut device = DeviceShadow::new(ShadowId::classic("ratchet".parse()?), 1);
    device.report(&r#"{"MOTOR":"OFF"}"#.parse()?)?;
    device.connect();
    let get = device
        .poll_output(Timestamp::default())
        .ok_or("asks first")?;
    let mut workshop = Workshop {
        cloud: Shadow::default(),
        device,
        relay: false,
    };
    workshop.ask(Operation::Get, &get.payload);

    let vibration = Some(("data/vibration", r#"{"vibration":0.7}"#));
    assert_eq!(workshop.console("ON"), vibration);
    assert_eq!(workshop.console("OFF"), None);
    // A wish that is refused: the difference stays for all to see.
    assert_eq!(workshop.console("??"), None);
    let document = workshop.cloud.document().ok_or("there is a shadow")?;
    assert_eq!(document.delta(), Some(r#"{"MOTOR":"??"}"#.parse()?));
    println!("{}", document.state());
    Ok(())
}
