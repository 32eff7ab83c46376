//! Lines and files that cannot be used.

use serde_json::{Value, json};

use super::{detect, profile, sent, write};
use crate::folder;

#[test]
fn each_line_is_taken_or_told() {
    let folder = folder("each_line_is_taken_or_told");
    let few = write(&folder, "few.json", profile(10, 300).to_string());
    let good = sent("lamp", &[11]);
    let long = format!(r#"{{"ts": 1, "thing": "{}"}}"#, "x".repeat(1 << 20));
    let deep = format!(
        r#"{{"ts": 1700000100, "thing": "t", "metric": "m", "value": {}"#,
        "[".repeat(200_000)
    );
    let bad: [&[u8]; 14] = [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{\"ts\": \"\x1b[31m\"}",
        long.as_bytes(),
        deep.as_bytes(),
        br#"{"ts": 1e300, "thing": "t", "event": "connected"}"#,
        br#"{"ts": -1, "thing": "t", "event": "connected"}"#,
        br#"{"ts": 1700000100, "ts": 1700000100, "thing": "t", "event": "connected"}"#,
        br#"{"ts": 1700000100, "thing": "t", "report": null}"#,
        br#"{"ts": 1700000100, "thing": "t", "report": "x"}"#,
        br#"{"ts": 1700000100, "thing": "", "event": "connected"}"#,
        br#"{"ts": 1700000100, "client": "t", "event": "message-sent", "topic": "a", "bytes": -1}"#,
    ];
    let mut text = Vec::new();
    for line in bad {
        text.extend(line);
        text.push(b'\n');
    }
    text.extend(good.as_bytes());
    let file = write(&folder, "bad.jsonl", text);
    let ran = detect(&["-p", &few, &file]);
    assert_eq!(ran.code, Some(2));
    // An empty line is none.
    assert!(
        ran.stderr.ends_with("error: 13 lines not taken\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stderr.matches("this line is not taken").count(), 13);
    for number in 2..=14 {
        assert!(
            ran.stderr.contains(&format!("bad.jsonl:{number}:")),
            "{number}: {}",
            ran.stderr
        );
    }
    assert!(!ran.stderr.contains('\u{1b}'));
    assert!(ran.stderr.len() < 1 << 16, "a long line is not shown");
    // What is good is judged nevertheless.
    assert!(ran.stdout.contains("lamp: 11 messages"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("(1 line of 1 device in 1 step)"),
        "{}",
        ran.stdout
    );
}

#[test]
fn time_goes_on_and_does_not_come_back() {
    let folder = folder("time_goes_on");
    let few = write(&folder, "few.json", profile(10, 300).to_string());
    let line = |ts: u64, count: u64| {
        let line = json!({
            "ts": ts, "thing": "t", "metric": "aws:num-messages-sent", "value": count,
        });
        format!("{line}\n")
    };
    let run = |lines: &[String]| {
        let file = write(&folder, "lines.jsonl", lines.concat());
        detect(&["-p", &few, &file, "--format", "json"])
    };
    // The order within five minutes does not matter; the end of a step is of it.
    let ran = run(&[line(299, 4), line(1, 4), line(300, 4), line(301, 0)]);
    assert_eq!(ran.stderr, "");
    let event: Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(event["metricValue"], json!({ "count": 12 }));
    assert_eq!(event["violationEventTime"], 300);
    let ran = run(&[line(301, 4), line(300, 40)]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("ended at 1970-01-01T00:05:00Z"),
        "{}",
        ran.stderr
    );
    // Silence ends an alarm, be it as long as it may.
    let ran = run(&[line(0, 40), line(253_402_300_799, 0)]);
    let kinds: Vec<_> = ran.stdout.matches("violationEventType\":\"").collect();
    assert_eq!((ran.code, kinds.len()), (Some(1), 2), "{}", ran.stdout);
    assert!(
        ran.stdout.contains(r#""violationEventTime":173100,"#),
        "{}",
        ran.stdout
    );
}

#[test]
fn centuries_of_open_connections_are_soon_over() {
    let folder = folder("centuries_of_open_connections");
    let mut text = String::new();
    for (n, ts) in (0..25_u64).map(|n| (n, n * 10_000_000_000)) {
        let line = json!({ "ts": ts, "client": format!("c-{n}"), "event": "connected" });
        text += &format!("{line}\n");
    }
    let file = write(&folder, "centuries.jsonl", text);
    let ran = detect(&["--threat", "sabotage", &file, "--format", "sns"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
}

#[test]
fn clients_and_things_of_a_name_are_two() {
    let folder = folder("clients_and_things");
    let line = |who: &str, second: u64| {
        let event = "authorization-failure";
        format!(
            "{}\n",
            json!({ "ts": 1_700_000_000 + second, who: "t", "event": event })
        )
    };
    let both: String = (0..4)
        .map(|n| line(["thing", "client"][n % 2], n as u64))
        .collect();
    let file = write(&folder, "both.jsonl", both);
    // Two failures each are normal, four are not.
    assert_eq!(detect(&["--threat", "impersonation", &file]).code, Some(0));
    let one: String = (0..4).map(|n| line("thing", n)).collect();
    let file = write(&folder, "one.jsonl", one);
    assert_eq!(detect(&["--threat", "impersonation", &file]).code, Some(1));
}

#[test]
fn profiles_that_are_none() {
    let folder = folder("profiles_that_are_none");
    let good = profile(1, 300);
    let with = |member: &str, value: Value| {
        let mut json = good.clone();
        json[member] = value;
        json.to_string()
    };
    let cases = [
        ("[]".to_owned(), "not an object"),
        ("{".to_owned(), "this JSON cannot be used"),
        (with("behaviours", json!([])), "there is no such member"),
        (with("a/b", json!([])), "there is no such member"),
        (with("securityProfileName", json!("a b")), "a b"),
        (with("securityProfileName", json!(7)), ""),
        (with("targets", json!(["everything"])), "no target"),
        (with("targets", json!("all")), "not a list"),
        (with("groups", json!({ "g": "t" })), "not a list of things"),
        (with("groups", json!({ "g": ["a b"] })), "a b"),
        (with("groups", json!([])), "not an object of lists"),
        (
            with(
                "customMetrics",
                json!([{ "metricName": "aws:x", "metricType": "number" }]),
            ),
            "metricName",
        ),
        (
            with(
                "customMetrics",
                json!([{ "metricName": "x", "metricType": "text" }]),
            ),
            "metricType: `text`",
        ),
        (with("dimensions", json!([{ "name": "d" }])), "dimensions"),
        (
            with("securityProfileDescription", json!(7)),
            "securityProfileDescription",
        ),
        ("[".repeat(100_000), "this JSON cannot be used"),
    ];
    for (text, told) in cases {
        let file = write(&folder, "wrong.json", &text);
        let ran = detect(&["-p", &file, "examples/detect/lamps.jsonl"]);
        assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{text:.200}");
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
        assert!(ran.stderr.contains("wrong.json"), "{}", ran.stderr);
    }
    let ran = detect(&["-p", "nowhere.json", "examples/detect/lamps.jsonl"]);
    assert_eq!(ran.code, Some(2));
    let ran = detect(&["examples/detect/lamps.jsonl"]);
    assert!(
        ran.stderr.contains("nothing to watch for"),
        "{}",
        ran.stderr
    );
}
