//! Input that cannot be used: exit code 2, nothing on standard output, and on standard error the
//! file, the place and the rule.

use std::fs;
use std::path::Path;

use crate::{folder, run};

#[track_caller]
fn refused(arguments: &[&str], told: &[&str]) {
    let ran = run(arguments);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(2), ""),
        "{}",
        ran.stderr
    );
    for text in told {
        assert!(ran.stderr.contains(text), "no `{text}` in {}", ran.stderr);
    }
    assert!(!ran.stderr.contains('\u{1b}'));
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn files_that_are_not_there() {
    let publish = ["policy", "explain", "publish", "a", "-p"];
    refused(
        &[&publish[..], &["none.json"]].concat(),
        &["none.json", "no such file"],
    );
    refused(
        &[&publish[..], &["none/*.json"]].concat(),
        &["none/*.json", "no file matches"],
    );
    refused(&["policy", "lint", "none.json"], &["none.json"]);
    refused(&["policy", "test", "none.jsonl"], &["none.jsonl"]);
    refused(&["policy", "explain", "publish", "a"], &["--policy"]);
}

#[test]
fn policies_that_are_none() {
    let folder = folder("policies_that_are_none");
    let bytes = write(&folder, "bytes.json", [b'{', 0xff]);
    refused(
        &["policy", "lint", &bytes],
        &["bytes.json", "not UTF-8 at byte 1"],
    );
    let twice = write(
        &folder,
        "twice.json",
        "{\n  \"Version\": \"2012-10-17\",\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}",
    );
    let place = ["twice.json:3:3", "twice"];
    refused(&["policy", "lint", &twice], &place);
    refused(&["policy", "explain", "receive", "a", "-p", &twice], &place);
    let deep = write(&folder, "deep.json", "[".repeat(100_000));
    refused(&["policy", "lint", &deep], &["deep.json:1:1"]);
    // What drives a terminal is not printed as such.
    let escape = write(&folder, "\u{1b}[31m.json", "7");
    refused(&["policy", "lint", &escape], &["[31m.json:1:1"]);
}

#[test]
fn cases_that_are_none() {
    let folder = folder("cases_that_are_none");
    let case = |name: &str, text: &str| write(&folder, name, text);
    let request = r#""request": {"action": "iot:Publish", "resource": "*"}"#;
    let good = format!(r#"{{"id": "a", "policies": [], "expect": "implicitDeny", {request}}}"#);
    let cases = [
        ("empty", String::new(), "no case"),
        ("blank", "\n \n".into(), "no case"),
        ("json", format!("{good}\n{{"), "json.jsonl:2: "),
        (
            "twice",
            format!("{good}\n\n{good}"),
            "twice.jsonl:3: the id `a` is that of line 1 too",
        ),
        (
            "key",
            good.replace("policies", "polices"),
            "key.jsonl:1: column 21: unknown field `polices`",
        ),
        (
            "context",
            good.replace("\"expect\"", "\"context\": {\"clientID\": 7}, \"expect\""),
            "unknown field `clientID`",
        ),
        (
            "expect",
            good.replace("implicitDeny", "denied"),
            "unknown variant `denied`",
        ),
        (
            "action",
            good.replace("iot:Publish", "iot:Publsh"),
            "there is no action `iot:Publsh`",
        ),
        (
            "resource",
            good.replace("\"*\"", "\"topic/a\""),
            "`topic/a` is no ARN",
        ),
        (
            "address",
            good.replace(
                "\"expect\"",
                "\"context\": {\"sourceIp\": \"1.2.3\"}, \"expect\"",
            ),
            "IP address",
        ),
        (
            "field",
            good.replace(
                "\"expect\"",
                "\"context\": {\"cert\": {\"subject\": {\"Nmae\": []}}}, \"expect\"",
            ),
            "`Nmae`",
        ),
        (
            "policy",
            good.replace(
                "[]",
                r#"[{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}]"#,
            ),
            "policies/0: this key stands here twice at `/Version`",
        ),
        (
            "without",
            good.replace(r#""policies": [], "#, ""),
            "neither `policies` nor `policyFiles`",
        ),
        (
            "file",
            good.replace(r#""policies": []"#, r#""policyFiles": ["none.json"]"#),
            "none.json",
        ),
    ];
    for (name, text, told) in cases {
        let file = case(&format!("{name}.jsonl"), &text);
        refused(&["policy", "test", &file], &[told, name]);
    }
    let file = case("good.jsonl", &good);
    assert_eq!(run(&["policy", "test", &file]).code, Some(0));
}

#[test]
fn things_and_certificates_that_are_none() {
    let publish = [
        "policy",
        "explain",
        "publish",
        "a",
        "-p",
        "examples/workshop/wizard.json",
    ];
    let with = |more: &[&str], told: &[&str]| refused(&[&publish[..], more].concat(), told);
    let wizard = "examples/workshop/wizard.json";
    with(
        &["--thing", wizard],
        &["wizard.json:10:1", "missing field `thingName`"],
    );
    with(&["--certificate", wizard], &["wizard.json"]);
    with(&["--attachment", "exclusive"], &["--thing"]);
    with(
        &["--scope", "arn:aws:s3:::bucket"],
        &["--scope", "no ARN of AWS IoT"],
    );
    let folder = folder("things_and_certificates_that_are_none");
    let key = write(
        &folder,
        "key.pem",
        "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n",
    );
    with(&["--certificate", &key], &["key.pem", "a PEM of `KEY`"]);
    let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let certificate = write(&folder, "bad.pem", bad);
    with(&["--certificate", &certificate], &["bad.pem"]);
}

#[test]
fn arguments_that_contradict_themselves() {
    let minimal = "examples/workshop/minimal.json";
    let connect = [
        "policy",
        "explain",
        "connect",
        "a",
        "--client-id",
        "b",
        "-p",
        minimal,
    ];
    refused(&connect, &["--client-id"]);
    refused(
        &["policy", "explain", "connect", "$a", "-p", minimal],
        &["$a"],
    );
    refused(
        &[
            "policy",
            "explain",
            "connect",
            "a",
            "--will-retain",
            "-p",
            minimal,
        ],
        &["--will"],
    );
    refused(
        &[
            "policy", "explain", "publish", "a", "--qos", "2", "-p", minimal,
        ],
        &["--qos"],
    );
    refused(
        &["policy", "lint", minimal, "--allow", "parent-not-deliverd"],
        &["--allow", "parent-not-delivered"],
    );
    refused(
        &["policy", "lint", minimal, "--min-severity", "fatal"],
        &["--min-severity", "warning"],
    );
    refused(
        &["topic", "check", "a", "--name", "--filter"],
        &["--filter"],
    );
    refused(&["topic", "check", "a", "--retain"], &["--name"]);
    refused(&["topic", "classify", "a/+"], &["topic name:1:3"]);
}

#[test]
fn operations_that_are_none() {
    let folder = folder("operations_that_are_none");
    let lines = [
        ("json", r#"{"op":"get","#, "EOF while parsing"),
        (
            "twice",
            r#"{"op":"get","op":"get"}"#,
            "duplicate field `op`",
        ),
        ("op", r#"{"op":"put"}"#, "unknown variant `put`"),
        ("key", r#"{"op":"get","thin":"a"}"#, "unknown field `thin`"),
        ("none", r#"{"thing":"a"}"#, "either `op` or `topic`"),
        (
            "both",
            r#"{"op":"get","topic":"a"}"#,
            "either `op` or `topic`",
        ),
        (
            "nameless",
            r#"{"op":"get"}"#,
            "there is no `--thing` either",
        ),
        ("thing", r#"{"op":"get","thing":"a b"}"#, "is not allowed"),
        (
            "shadow",
            r#"{"op":"get","thing":"a","shadow":"b/c"}"#,
            "is not allowed",
        ),
        (
            "topic",
            r#"{"topic":"a/+"}"#,
            "a topic name has no wildcard",
        ),
        ("other", r#"{"topic":"a/b"}"#, "is no topic of a shadow"),
        (
            "answer",
            r#"{"topic":"$aws/things/a/shadow/update/delta"}"#,
            "is a topic on which the service answers",
        ),
        (
            "named",
            r#"{"topic":"$aws/things/a/shadow/get","thing":"b"}"#,
            "`topic` names the shadow already",
        ),
        (
            "payloads",
            r#"{"op":"get","thing":"a","payload":{},"payload_raw":""}"#,
            "exclude each other",
        ),
        (
            "now",
            r#"{"op":"get","thing":"a","now":-1}"#,
            "invalid value",
        ),
    ];
    for (name, line, told) in lines {
        let good = r#"{"op":"get","thing":"a"}"#;
        let file = write(
            &folder,
            &format!("{name}.jsonl"),
            format!("{good}\n\n{line}\n"),
        );
        let place = format!("{name}.jsonl:3:");
        refused(&["shadow", "apply", &file], &[told, &place]);
    }
    refused(&["shadow", "apply", "none.jsonl"], &["none.jsonl"]);
    refused(&["shadow", "apply", "--thing", "a/b"], &["--thing"]);
}

#[test]
fn states_that_are_none() {
    let folder = folder("states_that_are_none");
    let get = write(&folder, "get.jsonl", r#"{"op":"get","thing":"a"}"#);
    let head = "{\"iot-shadow\":2}\n";
    let states = [
        ("empty", String::new(), "empty.jsonl:1:1"),
        ("line", format!("{head}{{}}\n"), "line.jsonl:2:1"),
        (
            "json",
            format!("{head}{{\"thing\":,}}\n"),
            "json.jsonl:2:10",
        ),
    ];
    for (name, text, place) in states {
        let state = write(&folder, &format!("{name}.jsonl"), &text);
        refused(
            &["shadow", "apply", &get, "--state", &state],
            &[place, "this is no snapshot of shadows"],
        );
        assert_eq!(fs::read_to_string(&state).unwrap(), text);
    }
    let two = "{\"thing\":\"a\",\"version\":1,\"times\":[]}\n{}\n\
               {\"thing\":\"a\",\"shadow\":\"b\",\"deleted\":{\"counter\":2,\"at\":0}}\n";
    let state = write(&folder, "two.jsonl", format!("{head}{two}"));
    refused(&["shadow", "explain", &state], &["--thing", "it has `a`\n"]);
    let named = ["shadow", "explain", &state, "--thing", "a", "--shadow", "b"];
    refused(&named, &["there is no shadow `a~b` in it"]);
    let good = run(&["shadow", "explain", &state, "--thing", "a"]);
    assert_eq!(good.code, Some(0));
}

#[test]
fn documents_of_shadows_that_are_none() {
    let folder = folder("documents_of_shadows_that_are_none");
    let documents = [
        ("comma", r#"{"state":{},}"#, "comma.json:1:13"),
        ("list", "[]", "has no member `state`"),
        ("state", r#"{"state":[]}"#, "is no object"),
        ("section", r#"{"state":{"desired":null}}"#, "is no object"),
        (
            "member",
            r#"{"state":{"wanted":{}}}"#,
            "has a member `wanted`",
        ),
        (
            "version",
            r#"{"state":{},"version":"1"}"#,
            "is no whole number",
        ),
        (
            "null",
            r#"{"state":{"desired":{"a":null}},"metadata":{"desired":{"a":{"timestamp":1}}}}"#,
            "null.json:1:26",
        ),
        (
            "zero",
            r#"{"state":{},"metadata":{},"version":0}"#,
            "version is 0",
        ),
    ];
    for (name, text, told) in documents {
        let file = write(&folder, &format!("{name}.json"), text);
        refused(&["shadow", "explain", &file], &[told, name]);
    }
    let list = write(&folder, "list.json", "[1]");
    let object = "examples/shadow/engine.json";
    refused(
        &["shadow", "diff", &list, object],
        &["list.json:1:1", "is no object"],
    );
    refused(
        &["shadow", "diff", object, &list],
        &["list.json:1:1", "is no object"],
    );
    refused(&["shadow", "diff", "-", "-"], &["only one"]);
    let deep = write(&folder, "deep.json", "{\"a\":".repeat(100_000));
    refused(&["shadow", "diff", &deep, object], &["more than 127"]);
    refused(
        &["shadow", "explain", object, "--shadow", "a"],
        &["--thing"],
    );
}
