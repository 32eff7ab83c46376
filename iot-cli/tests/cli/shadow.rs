//! `iot shadow`: what goes in on standard input, what stays in files, and what programs read.

use alloc::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use iot_shadow::{Json, Profile, ShadowStore, diff_patch, merge_patch};
use iot_topics::{Timestamp, TopicNameRef};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::{Ran, folder, iot, root, run};

/// Runs the command with that on standard input.
fn fed(arguments: &[&str], input: &str) -> Ran {
    let mut command = iot(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    // Who refuses its arguments closes the pipe.
    let _closed = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ran::of(&child.wait_with_output().unwrap())
}

fn messages(ran: &Ran) -> Vec<(String, String)> {
    let message = |line: &str| {
        let message: Value = serde_json::from_str(line).unwrap();
        let topic = message
            .get("topic")
            .and_then(Value::as_str)
            .unwrap()
            .to_owned();
        let (_, payload) = line.split_once("\"payload\":").unwrap();
        (topic, payload.strip_suffix('}').unwrap().to_owned())
    };
    ran.stdout.lines().map(message).collect()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// Serde would read an array as the members of an operation in their order.
#[test]
fn an_array_is_no_operation() {
    let line = r#" ["update",null,"lamp",null,{"state":{}},null,5,null]"#;
    let ran = fed(&["shadow", "apply"], line);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("is no JSON object"), "{}", ran.stderr);
}

/// The command prints what the engine publishes for the same payloads, byte for byte.
#[test]
fn messages_are_those_of_the_engine() {
    for example in ["thermostat", "engine", "table", "motor", "command"] {
        let file = format!("examples/shadow/{example}.jsonl");
        let ran = run(&[
            "shadow", "apply", &file, "--thing", "board", "--format", "json",
        ]);
        let mut store = ShadowStore::new(Profile::aws());
        let mut expected = Vec::new();
        for line in fs::read_to_string(root().join(&file)).unwrap().lines() {
            // As it is written: the order of its members comes back.
            let raw: BTreeMap<&str, &RawValue> = serde_json::from_str(line).unwrap();
            let payload = raw.get("payload").map_or("", |payload| payload.get());
            let line: Value = serde_json::from_str(line).unwrap();
            let topic = match line["topic"].as_str() {
                Some(topic) => topic.to_owned(),
                None => {
                    let name = line["shadow"].as_str().map(|name| format!("/name/{name}"));
                    let thing = line["thing"].as_str().unwrap_or("board");
                    let op = line["op"].as_str().unwrap();
                    format!(
                        "$aws/things/{thing}/shadow{}/{op}",
                        name.unwrap_or_default()
                    )
                }
            };
            let now = Timestamp::from_secs(line["now"].as_u64().unwrap());
            let topic = TopicNameRef::parse(&topic).unwrap();
            let sent = store
                .handle_message(topic, payload.as_bytes(), now)
                .unwrap();
            expected.extend(
                sent.into_iter()
                    .map(|sent| (sent.topic.to_string(), sent.payload)),
            );
        }
        assert_eq!(messages(&ran), expected, "{example}");
    }
}

/// Of each trace, what the source says that must come of it.
#[test]
fn deltas_of_the_examples_are_those_of_their_sources() {
    let deltas = |example: &str| -> Vec<Value> {
        let file = format!("examples/shadow/{example}.jsonl");
        let ran = run(&[
            "shadow", "apply", &file, "--thing", "board", "--format", "json",
        ]);
        let sent = messages(&ran).into_iter();
        let deltas = sent.filter(|(topic, _)| topic.ends_with("/update/delta"));
        let body = |text: String| serde_json::from_str::<Value>(&text).unwrap();
        deltas
            .map(|(_, text)| body(text)["state"].clone())
            .collect()
    };
    assert_eq!(
        deltas("thermostat"),
        [json!({"temp": 25}), json!({"temp": 25})]
    );
    assert_eq!(deltas("engine"), [json!({"engine": "ON"})]);
    assert_eq!(
        deltas("table"),
        [
            json!({"LED1": "YELLOW", "TEMP": "60F"}),
            json!({"LED1": "YELLOW", "TEMP": "60F", "ACCEL": {"Z": 9}}),
        ]
    );
    assert_eq!(
        deltas("motor"),
        [json!({"MOTOR": "ON"}), json!({"MOTOR": "OFF"})]
    );
    assert_eq!(
        deltas("command"),
        [json!({"open": {"id": "c1", "seconds": 30}})]
    );
}

#[test]
fn state_goes_on_from_run_to_run() {
    let folder = folder("state_goes_on_from_run_to_run");
    let state = path(&folder, "state.jsonl");
    let apply = |input: &str| {
        let arguments = [
            "shadow", "apply", "--state", &state, "--thing", "lamp", "--now", "100",
        ];
        fed(&[&arguments[..], &["--format", "json"]].concat(), input)
    };
    let update = r#"{"op":"update","payload":{"state":{"desired":{"on":true}}}}"#;
    assert_eq!(apply(update).code, Some(0));
    let first = fs::read_to_string(&state).unwrap();
    assert_eq!(
        first,
        "{\"iot-shadow\":2}\n{\"thing\":\"lamp\",\"version\":1,\"times\":[100]}\n\
         {\"desired\":{\"on\":true}}\n"
    );

    // A get leaves it as it was; so does an input of which a line is wrong, and a rejection.
    let get = apply(r#"{"op":"get"}"#);
    assert!(get.stdout.contains("\"version\":1"), "{}", get.stdout);
    let wrong = apply(&format!("{update}\n{{\"op\":\"put\"}}\n"));
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(2), ""));
    assert!(
        wrong.stderr.contains("standard input:2:"),
        "{}",
        wrong.stderr
    );
    assert_eq!(apply(r#"{"op":"update","payload":[]}"#).code, Some(1));
    assert_eq!(fs::read_to_string(&state).unwrap(), first);

    // A rejection among others does not keep the others from being written.
    let mixed = format!("{update}\n{{\"op\":\"update\",\"payload\":7}}\n{update}\n");
    assert_eq!(apply(&mixed).code, Some(1));
    assert!(
        fs::read_to_string(&state)
            .unwrap()
            .contains("\"version\":3")
    );
    // And nothing but the file is left in the folder.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);

    let explain = run(&[
        "shadow", "explain", &state, "--thing", "lamp", "--now", "160",
    ]);
    assert_eq!(explain.code, Some(1));
    assert!(
        explain
            .stdout
            .contains("/on   true     1 min  not reported"),
        "{}",
        explain.stdout
    );
}

#[test]
fn a_state_that_cannot_be_written_is_told_before_any_message() {
    let folder = folder("a_state_that_cannot_be_written_is_told_before_any_message");
    let state = path(&folder, "none/state.jsonl");
    let get = r#"{"op":"get","thing":"lamp"}"#;
    let ran = fed(&["shadow", "apply", "--state", &state], get);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("none/state.jsonl: "), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn a_state_behind_a_link_stays_there() {
    let folder = folder("a_state_behind_a_link_stays_there");
    let (file, link) = (folder.join("state.jsonl"), path(&folder, "link"));
    fs::write(&file, "{\"iot-shadow\":2}\n").unwrap();
    std::os::unix::fs::symlink("state.jsonl", &link).unwrap();
    let update = r#"{"op":"update","thing":"lamp","payload":{"state":{}}}"#;
    assert_eq!(
        fed(&["shadow", "apply", "--state", &link], update).code,
        Some(0)
    );
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().contains("\"lamp\""));
}

#[test]
fn payloads_reach_the_service_as_they_are() {
    let apply = |line: &str| {
        let arguments = ["shadow", "apply", "-", "--thing", "lamp", "--now", "7"];
        messages(&fed(
            &[&arguments[..], &["--format", "json"]].concat(),
            line,
        ))
        .remove(0)
    };
    let (topic, payload) = apply(
        r#"{"op":"update","payload":{"state":{"reported":{"n":1,"n":12345678901234567890123.50}}}}"#,
    );
    assert_eq!(topic, "$aws/things/lamp/shadow/update/accepted");
    assert!(
        payload.contains(r#"{"n":12345678901234567890123.50}"#),
        "{payload}"
    );
    let message = |payload: &str| {
        let (topic, body) = apply(&format!(r#"{{"op":"update",{payload}}}"#));
        assert_eq!(topic, "$aws/things/lamp/shadow/update/rejected");
        serde_json::from_str::<Value>(&body).unwrap()["message"].clone()
    };
    assert_eq!(message(r#""payload":null"#), "Missing required node: state");
    assert_eq!(
        message(r#""payload_raw":"66""#),
        "Missing required node: state"
    );
    assert_eq!(
        message(r#""payload_raw":"{\"state\":{},}""#),
        "Invalid JSON"
    );
    assert_eq!(message(r#""why":"nothing at all""#), "Invalid JSON");
}

#[test]
fn defaults_fill_what_a_line_leaves_out() {
    let arguments = [
        "shadow", "apply", "--thing", "lamp", "--shadow", "night", "--now", "7", "--format", "json",
    ];
    let lines = [
        r#"{"op":"get"}"#,
        r#"{"op":"get","shadow":""}"#,
        r#"{"op":"get","thing":"fan","now":9}"#,
        r#"{"topic":"$aws/things/door/shadow/get"}"#,
    ];
    let ran = fed(&arguments, &lines.join("\r\n"));
    let topics: Vec<_> = messages(&ran).into_iter().map(|(topic, _)| topic).collect();
    assert_eq!(
        topics,
        [
            "$aws/things/lamp/shadow/name/night/get/rejected",
            "$aws/things/lamp/shadow/get/rejected",
            "$aws/things/fan/shadow/name/night/get/rejected",
            "$aws/things/door/shadow/get/rejected",
        ]
    );
    assert_eq!(fed(&arguments, "").code, Some(0));
}

#[test]
fn patches_are_those_of_the_engine() {
    let folder = folder("patches_are_those_of_the_engine");
    let pairs = [
        (
            r#"{"a":{"x":1,"y":2},"b":1}"#,
            r#"{"a":{"x":1},"b":[1],"c":{"d":{}}}"#,
        ),
        (r#"{"n":1}"#, r#"{"n":1.0}"#),
        (r#"{"n":9007199254740992}"#, r#"{"n":9007199254740993}"#),
        (r#"{"keep":null}"#, r#"{"keep":null,"list":[null]}"#),
    ];
    for (old, new) in pairs {
        let (before, after) = (path(&folder, "old.json"), path(&folder, "new.json"));
        fs::write(&before, old).unwrap();
        fs::write(&after, new).unwrap();
        let ran = run(&["shadow", "diff", &before, &after, "--format", "json"]);
        let (old, new): (Json, Json) = (old.parse().unwrap(), new.parse().unwrap());
        let patch = diff_patch(old.as_ref(), new.as_ref());
        assert_eq!(ran.stdout, format!("{patch}\n"));
        assert_eq!(ran.code, Some(i32::from(old != new)));
        let patch: Json = ran.stdout.parse().unwrap();
        assert_eq!(merge_patch(old.as_ref(), patch.as_ref()), new);
    }
}

/// The leaves that are open are the delta, whatever the document is.
#[test]
fn open_leaves_make_the_delta() {
    for file in [
        "examples/shadow/thermostat.json",
        "iot-cli/tests/data/corners.json",
    ] {
        let ran = run(&["shadow", "explain", file, "--format", "json"]);
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        let mut made = json!({});
        for leaf in answer["leaves"].as_array().unwrap() {
            if !matches!(leaf["status"].as_str().unwrap(), "differs" | "notReported") {
                continue;
            }
            let path = leaf["path"].as_str().unwrap();
            let mut at = &mut made;
            for key in path.split('/').skip(1) {
                at = &mut at[key.replace("~1", "/").replace("~0", "~")];
            }
            *at = leaf["desired"]["value"].clone();
        }
        assert_eq!(made, answer["delta"], "{file}");
    }
}
