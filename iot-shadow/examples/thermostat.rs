//! A thermostat: somebody turns it down by hand, but it was told to keep 25 degrees. What is
//! desired holds, so the shadow tells it to go back.
//!
//! `cargo run -p iot-shadow --example thermostat`

use iot_shadow::{DeviceEvent, DeviceShadow, Json, Operation, Profile, Shadow, ShadowId};
use iot_topics::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Thermostat {
    temp: u8,
}

/// Carries messages between the device and the cloud until neither has one.
fn talk(
    device: &mut DeviceShadow,
    thermostat: &mut Thermostat,
    cloud: &mut Shadow,
    id: &ShadowId,
) -> Result<u32, Box<dyn core::error::Error>> {
    let (now, mut deltas) = (Timestamp::from_secs(1_700_000_000), 0);
    while let Some(request) = device.poll_output(now) {
        println!("device: {} {}", request.topic, request.payload);
        let operation = Operation::requested_by(request.topic.message).ok_or("no request")?;
        let outcome = cloud.handle(operation, request.payload.as_bytes(), now, &Profile::aws());
        for answer in outcome.publish(id) {
            let event = device.handle(answer.topic.message, answer.payload.as_bytes())?;
            if let DeviceEvent::Delta { state, version } = event {
                println!("cloud:  delta {state} of version {version}");
                *thermostat = state.deserialize()?;
                device.report(&Json::from_serialize(thermostat)?)?;
                deltas += 1;
            }
        }
    }
    Ok(deltas)
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let id = ShadowId::classic("thermostat".parse()?);
    let mut cloud = Shadow::default();
    let both = br#"{"state":{"desired":{"temp":25},"reported":{"temp":25}}}"#;
    let outcome = cloud.handle(
        Operation::Update,
        both,
        Timestamp::default(),
        &Profile::aws(),
    );
    assert_eq!(outcome.code(), 200);

    let mut thermostat = Thermostat { temp: 25 };
    let mut device = DeviceShadow::new(id.clone(), 1);
    device.report(&Json::from_serialize(&thermostat)?)?;
    device.connect();
    assert_eq!(talk(&mut device, &mut thermostat, &mut cloud, &id)?, 0);

    thermostat.temp = 20;
    device.report(&Json::from_serialize(&thermostat)?)?;
    let deltas = talk(&mut device, &mut thermostat, &mut cloud, &id)?;

    assert_eq!((deltas, thermostat), (1, Thermostat { temp: 25 }));
    let document = cloud.document().ok_or("there is a shadow")?;
    assert_eq!((document.version(), document.delta()), (3, None));
    println!("state:  {}", document.state());
    Ok(())
}
