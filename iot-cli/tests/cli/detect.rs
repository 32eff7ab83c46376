//! `iot detect`: exit codes, formats, streams.

mod chart;
mod commands;
mod learnt;
mod refused;
mod reports;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::{Ran, iot, run};
pub(crate) use commands::COMMANDS;

const LAMPS: [&str; 3] = [
    "-p",
    "examples/detect/lamps.json",
    "examples/detect/lamps.jsonl",
];

fn detect(arguments: &[&str]) -> Ran {
    run(&[&["detect"], arguments].concat())
}

/// Writes a file, and tells its name.
fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A profile of one behavior: so many messages at most.
fn profile(count: u64, seconds: u64) -> Value {
    json!({
        "securityProfileName": "few",
        "behaviors": [{
            "name": "messages",
            "metric": "aws:num-messages-sent",
            "criteria": {
                "comparisonOperator": "less-than-equals",
                "value": { "count": count },
                "durationSeconds": seconds,
            },
        }],
    })
}

/// Messages of a thing, five minutes apart.
fn sent(thing: &str, counts: &[u64]) -> String {
    let line = |(step, count): (u64, &u64)| {
        let ts = 1_700_000_100 + step * 300;
        let line = json!({
            "ts": ts, "thing": thing, "metric": "aws:num-messages-sent", "value": count,
        });
        format!("{line}\n")
    };
    (0..).zip(counts).map(line).collect()
}

fn lines(ran: &Ran) -> Vec<Value> {
    let lines = ran.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn exit_code_tells_of_violations() {
    let folder = crate::folder("exit_code_tells_of_violations");
    let few = write(&folder, "few.json", profile(10, 300).to_string());
    let quiet = write(&folder, "quiet.jsonl", sent("lamp", &[10, 0, 10]));
    let loud = write(&folder, "loud.jsonl", sent("lamp", &[10, 11, 0]));
    let none = write(&folder, "none.jsonl", "\n\n");
    for (file, code) in [(&quiet, 0), (&loud, 1), (&none, 0)] {
        let ran = detect(&["-p", &few, file]);
        assert_eq!((ran.code, &*ran.stderr), (Some(code), ""), "{}", ran.stdout);
    }
    let ran = detect(&["-p", &few, "nowhere.jsonl"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(2), ""));
    let ran = detect(&["run", "--threat", "cloud-abuse", &loud]);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
}

#[test]
fn events_are_those_of_the_api() {
    let ran = detect(&[&LAMPS[..], &["--format", "json"]].concat());
    let mut events = lines(&ran);
    assert_eq!(events.pop().unwrap(), json!({ "activeViolations": [] }));
    let [alarm, .., cleared] = &events[..] else {
        panic!()
    };
    assert_eq!(alarm["violationEventType"], "in-alarm");
    assert_eq!(alarm["violationEventTime"], 1_700_003_700);
    assert_eq!(alarm["metricValue"], json!({ "count": 163 }));
    assert_eq!(alarm["verificationState"], "UNKNOWN");
    assert_eq!(cleared["metricValue"], json!({ "number": 52 }));
    // Who suppresses notifications is not told of them.
    let suppressed = |event: &&Value| event["behavior"]["suppressAlerts"] == true;
    let sns = lines(&detect(&[&LAMPS[..], &["--format", "sns"]].concat()));
    assert_eq!(events.iter().filter(suppressed).count(), 2);
    assert_eq!(sns.len() + 2, events.len());
    assert_eq!(sns[0]["violationEventTime"], 1_700_003_700_000_u64);
    assert_eq!(sns[0].get("verificationState"), None);
}

#[test]
fn what_is_still_on_is_told_at_the_end() {
    let folder = crate::folder("what_is_still_on_is_told");
    let few = write(&folder, "few.json", profile(10, 300).to_string());
    let loud = write(&folder, "loud.jsonl", sent("lamp", &[50, 60]));
    let ran = detect(&["-p", &few, &loud, "--format", "json"]);
    let [alarm, end] = &lines(&ran)[..] else {
        panic!()
    };
    let active = &end["activeViolations"][0];
    assert_eq!(active["violationId"], alarm["violationId"]);
    assert_eq!(active["lastViolationValue"], json!({ "count": 60 }));
    let human = detect(&["-p", &few, &loud]).stdout;
    assert!(
        human.contains("1 violation, 0 cleared, 0 invalidated, 1 active"),
        "{human}"
    );
    assert!(
        human.ends_with("few/messages  lamp   60 messages\n"),
        "{human}"
    );
}

#[test]
fn a_violation_is_told_while_lines_still_come() {
    let folder = crate::folder("a_violation_is_told_while");
    let few = write(&folder, "few.json", profile(10, 300).to_string());
    let mut command = iot(&["detect", "-p", &few, "--format", "sns"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(sent("lamp", &[11, 0]).as_bytes()).unwrap();
    stdin.flush().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["thingName"], "lamp");
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn profiles_are_about_their_targets() {
    let folder = crate::folder("profiles_are_about_their_targets");
    let both = sent("lamp", &[11]) + &sent("lamp", &[12]).replace("thing", "client");
    let both = write(&folder, "both.jsonl", both);
    let things = |targets: Value, groups: Value| {
        let mut few = profile(10, 300);
        (few["targets"], few["groups"]) = (targets, groups);
        let few = write(&folder, "few.json", few.to_string());
        let ran = detect(&["-p", &few, &both, "--format", "json"]);
        assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.stderr);
        let mut values = lines(&ran);
        values.pop();
        let count = |event: &Value| event["metricValue"]["count"].as_u64().unwrap();
        values.iter().map(count).collect::<Vec<_>>()
    };
    let arn = |name: &str| json!([format!("arn:aws:iot:us-east-1:123456789012:{name}")]);
    let none = json!({});
    let sorted = |mut values: Vec<u64>| {
        values.sort_unstable();
        values
    };
    assert_eq!(sorted(things(Value::Null, none.clone())), [11, 12]);
    assert!(things(json!([]), none.clone()).is_empty());
    assert_eq!(things(json!(["registered"]), none.clone()), [11]);
    assert_eq!(things(arn("all/unregistered-things"), none.clone()), [12]);
    assert!(things(arn("thinggroup/street"), none).is_empty());
    assert_eq!(
        things(arn("thinggroup/street"), json!({ "street": ["lamp"] })),
        [11]
    );
}

#[test]
fn definitions_may_be_in_a_file_of_their_own() {
    let folder = crate::folder("definitions_may_be_in_a_file");
    let own = json!({ "customMetrics": [{ "metricName": "load", "metricType": "number" }] });
    let own = write(&folder, "own.json", own.to_string());
    let hot = json!({ "behaviors": [{
        "name": "calm",
        "metric": "load",
        "criteria": { "comparisonOperator": "less-than", "value": { "number": 1 } },
    }] });
    let hot = write(&folder, "hot.json", hot.to_string());
    let line = r#"{"ts": "2023-11-14T22:15:00Z", "thing": "t", "metric": "load", "value": 1.5}"#;
    let line = write(&folder, "load.jsonl", line);
    let ran = detect(&["-p", &hot, "-p", &own, &line]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    // The profile has the name of its file.
    assert!(
        ran.stdout
            .contains("2023-11-14T22:15:00Z  in-alarm           hot/calm"),
        "{}",
        ran.stdout
    );
    assert_eq!(detect(&["-p", &hot, &line]).code, Some(2));
    assert_eq!(detect(&["-p", &own, &line]).code, Some(2));
    let twice = detect(&[
        "-p", &own, "-p", &hot, "--threat", "mining", "--threat", "mining", &line,
    ]);
    assert!(
        twice.stderr.contains("two security profiles `mining`"),
        "{}",
        twice.stderr
    );
}

#[test]
fn a_preset_is_a_profile() {
    let folder = crate::folder("a_preset_is_a_profile");
    let ran = detect(&["presets", "--format", "json"]);
    let threats: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(threats.as_array().unwrap().len(), 10);
    for threat in threats.as_array().unwrap() {
        let name = threat["threat"].as_str().unwrap();
        let preset = detect(&["presets", name]).stdout;
        let file = write(&folder, &format!("{name}.json"), preset);
        let by_file = detect(&[
            "-p",
            &file,
            "examples/detect/broker.jsonl",
            "--format",
            "json",
        ]);
        let by_name = detect(&[
            "--threat",
            name,
            "examples/detect/broker.jsonl",
            "--format",
            "json",
        ]);
        assert_eq!(by_file.stdout, by_name.stdout, "{name}");
        assert_eq!(by_file.stderr, "");
    }
}
