//! The shadows and requests that every engine is measured on.

use core::fmt::Write as _;

/// How much of what is desired is not what is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differing {
    /// What the last request reported: 10 leaves.
    Few,
    /// Every leaf.
    Most,
}

/// Zones of a section, 8 leaves each; 10 more are about the device itself.
const ZONES: u32 = 30;

/// Seconds since the Unix epoch at which the first update is made.
pub const START: u64 = 1_700_000_000;

/// A request that creates a document of two sections with 250 leaves each, together 8 KB.
pub fn document_request(differing: Differing) -> String {
    let other = match differing {
        Differing::Few => 0,
        Differing::Most => 1,
    };
    format!(
        r#"{{"state":{{"desired":{},"reported":{}}}}}"#,
        section(other),
        section(0)
    )
}

/// A request of 294 bytes that reports 10 leaves in 5 zones. Each round has other values, none of
/// which is desired.
pub fn update_request(round: u32) -> String {
    let mut zones = String::new();
    for zone in [2, 8, 14, 20, 26] {
        let (temperature, humidity) = (300 + zone + round % 2, 600 + zone + round % 2);
        let _ = write!(
            zones,
            r#""zone{zone:02}":{{"humidity":{},"temp":{}}},"#,
            tenths(humidity),
            tenths(temperature),
        );
    }
    zones.pop();
    format!(
        r#"{{"state":{{"reported":{{{zones}}}}},"clientToken":"6f0c4a1e-93d7-4f0e-b7c5-bench{:029}"}}"#,
        round % 2
    )
}

/// Request that creates a shadow whose sections are 200 bytes.
pub fn small_document_request() -> &'static str {
    r#"{"state":{"desired":{"brightness":80,"color":{"b":12,"g":200,"r":255},"mode":"eco","on":true},"reported":{"battery":3.71,"brightness":80,"color":{"b":12,"g":200,"r":255},"firmware":"1.4.2-20261122","mode":"eco","on":true,"rssi":-61}}}"#
}

/// What the device of that shadow reports: 4 leaves, one of which is not what is desired.
pub fn small_update_request(round: u32) -> String {
    format!(
        r#"{{"state":{{"reported":{{"battery":3.{},"brightness":{},"on":true,"rssi":-{}}}}},"clientToken":"{:08}"}}"#,
        50 + round % 40,
        10 + round % 60,
        40 + round % 50,
        round % 100_000_000,
    )
}

/// A section. Another `salt` gives every leaf another value of the same length.
fn section(salt: u32) -> String {
    let mut out = format!(
        r#"{{"device":{{"firmware":"2.14.{salt}","heartbeat":6{salt},"location":[52.52,13.40{salt}],"mac":"00:1b:44:11:3a:b{salt}","name":"hall {salt}","net":{{"channel":1{salt},"rssi":-6{salt},"ssid":"plant-{salt}"}},"tags":["heat","air{salt}"],"uptime":8640{salt}}}"#
    );
    for zone in 0..ZONES {
        let n = zone + salt;
        let _ = write!(
            out,
            r#","zone{zone:02}":{{"co2":{},"fan":{{"auto":{},"speed":{}}},"humidity":{},"lux":{},"mode":"{}","setpoint":{},"temp":{}}}"#,
            600 + n,
            n.is_multiple_of(2),
            n % 5,
            tenths(400 + n),
            310 + 3 * n,
            match n % 3 {
                0 => "auto",
                1 => "heat",
                _ => "cool",
            },
            tenths(190 + n),
            tenths(205 + n),
        );
    }
    out.push('}');
    out
}

fn tenths(value: u32) -> String {
    format!("{}.{}", value / 10, value % 10)
}
