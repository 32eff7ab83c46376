//! The same requests to the crate and to moto's shadow service: `tests/moto/README.md` tells how.
#![expect(
    clippy::unwrap_used,
    reason = "a line that is not in the format must fail"
)]

use std::io::Write as _;

use iot_shadow::{Json, Operation, Profile, Shadow};
use iot_topics::Timestamp;
use serde_json::{Value, json};

/// The environment variable that names the file of moto's answers.
const VARIABLE: &str = "IOT_MOTO";

/// Fewer lines show too little.
const LEAST: usize = 10_000;

#[test]
#[ignore = "needs the answers of moto"]
fn answers_as_moto() {
    let file = std::env::var_os(VARIABLE).expect("a file of moto's answers");
    let answers = std::fs::read_to_string(file).unwrap();
    let mut thing = Value::Null;
    let mut shadow = Shadow::default();
    let (mut requests, mut accepted, mut deltas) = (0, 0, 0);
    let now = Timestamp::from_secs(1_700_000_000);
    for line in answers.lines() {
        let answer: Value = serde_json::from_str(line).unwrap();
        if answer["thing"] != thing {
            (thing, shadow) = (answer["thing"].clone(), Shadow::default());
        }
        let operation = match answer["op"].as_str().unwrap() {
            "update" => Operation::Update,
            "get" => Operation::Get,
            _ => Operation::Delete,
        };
        let payload = answer["payload"].as_str().unwrap_or_default();
        let outcome = shadow.handle(operation, payload.as_bytes(), now, &Profile::aws());
        assert_eq!(answer["code"], outcome.code(), "{line}");
        requests += 1;
        accepted += usize::from(outcome.code() == 200);
        for (name, kept) in shown(&shadow) {
            let [expected, kept] = [&answer[name], &kept].map(|it| Json::try_from(it).unwrap());
            assert_eq!(kept, expected, "{name} {line}");
            deltas += usize::from(name == "delta" && kept.as_ref().is_object());
        }
    }
    // Not `print!`: the harness would keep that to itself while the test passes.
    let told = format!("{requests} requests, {accepted} accepted, {deltas} states with a delta\n");
    std::io::stdout().lock().write_all(told.as_bytes()).unwrap();
    assert!(requests >= LEAST && accepted > requests / 2 && deltas > requests / 4);
}

fn shown(shadow: &Shadow) -> [(&'static str, Value); 3] {
    let document = shadow.document();
    let value = |text: &str| serde_json::from_str(text).unwrap();
    [
        (
            "state",
            document.map_or(Value::Null, |it| value(it.state().as_str())),
        ),
        (
            "version",
            document.map_or(Value::Null, |it| json!(it.version())),
        ),
        (
            "delta",
            document
                .and_then(iot_shadow::ShadowDocument::delta)
                .map_or(Value::Null, |delta| value(delta.as_str())),
        ),
    ]
}
