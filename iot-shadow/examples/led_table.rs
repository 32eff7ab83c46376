//! The table of a board's parts, what is desired of each and what it reports: which of them the
//! delta names. An object is compared member by member.
//!
//! `cargo run -p iot-shadow --example led_table`

use iot_shadow::{Json, Operation, Outcome, Profile, Shadow};
use iot_topics::Timestamp;

/// Part, desired, reported, and what of it the delta must have.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

const TABLE: [Row; 3] = [
    ("LED1", r#""YELLOW""#, r#""RED""#, Some(r#""YELLOW""#)),
    (
        "ACCEL",
        r#"{"X":1,"Y":5,"Z":4}"#,
        r#"{"X":1,"Y":5,"Z":4}"#,
        None,
    ),
    ("TEMP", r#""60F""#, r#""83F""#, Some(r#""60F""#)),
];

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let section = |pick: fn(&Row) -> &'static str| {
        let members = TABLE.map(|row| format!("\"{}\":{}", row.0, pick(&row)));
        format!("{{{}}}", members.join(","))
    };
    let (desired, reported) = (section(|row| row.1), section(|row| row.2));
    let payload = format!(r#"{{"state":{{"desired":{desired},"reported":{reported}}}}}"#);

    let (mut board, now) = (Shadow::default(), Timestamp::from_secs(1_700_000_000));
    let outcome = board.handle(Operation::Update, payload.as_bytes(), now, &Profile::aws());
    let Outcome::Updated(updated) = outcome else {
        return Err("the update was refused".into());
    };
    let delta = updated.delta().ok_or("two parts differ")?;
    println!("{:6} {:22} {:22} delta", "part", "desired", "reported");
    for (part, desired, reported, expected) in TABLE {
        let found = delta.get(part).map(|value| value.as_str());
        println!(
            "{part:6} {desired:22} {reported:22} {}",
            found.unwrap_or("none")
        );
        assert_eq!(found, expected);
    }

    // One axis moves: the delta names that axis alone.
    let moved = br#"{"state":{"reported":{"ACCEL":{"Y":6},"LED1":"YELLOW","TEMP":"60F"}}}"#;
    let outcome = board.handle(Operation::Update, moved, now, &Profile::aws());
    let Outcome::Updated(updated) = outcome else {
        return Err("the update was refused".into());
    };
    let axis: Json = r#"{"ACCEL":{"Y":5}}"#.parse()?;
    assert_eq!(updated.delta(), Some(&axis));
    println!("then   {axis}");
    Ok(())
}
