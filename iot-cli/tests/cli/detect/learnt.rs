//! `iot detect train`, and what is made of what it learnt.

use core::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::{detect, write};
use crate::folder;

const PROFILE: [&str; 2] = ["-p", "examples/detect/learnt.json"];
const START: u64 = 1_700_000_100;

/// So many days of so many devices, each five minutes: quiet by night.
fn history(days: u64, devices: u64) -> String {
    let mut text = String::new();
    for step in 0..days * 288 {
        let busy = if (step / 12) % 24 < 8 { 5 } else { 40 };
        for device in 0..devices {
            let (ts, value) = (START + step * 300, busy + (step * 7 + device * 3) % 5);
            writeln!(
                text,
                r#"{{"ts":{ts},"thing":"m-{device}","metric":"aws:num-messages-sent","value":{value}}}"#
            )
            .unwrap();
        }
    }
    text
}

fn summaries(lines: &str, more: &[&str]) -> (Vec<Value>, Option<i32>) {
    let arguments = [&["train"], &PROFILE[..], &[lines, "--format", "json"], more].concat();
    let ran = detect(&arguments);
    assert_eq!(ran.stderr, "");
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let summaries = json.get("summaries").and_then(Value::as_array);
    (summaries.unwrap().clone(), ran.code)
}

/// The behavior about messages.
fn messages(summaries: &[Value]) -> &Value {
    let mut all = summaries.iter();
    all.find(|it| it["behaviorName"] == "Messages_sent_ML_behavior")
        .unwrap()
}

// F45, F46, F48, F51
#[test]
fn a_model_needs_14_days_and_25000_datapoints() {
    let folder = folder("a_model_needs_14_days");
    for (days, devices, status, percent) in [
        (14, 7, "ACTIVE", 100.0),
        (14, 6, "PENDING_BUILD", 96.768),
        (13, 8, "PENDING_BUILD", 100.0),
        (7, 7, "PENDING_BUILD", 56.448),
    ] {
        let lines = write(&folder, "history.jsonl", history(days, devices));
        let (summaries, code) = summaries(&lines, &[]);
        let summary = messages(&summaries);
        assert_eq!(
            summary["modelStatus"], status,
            "{days} days, {devices} devices"
        );
        assert_eq!(summary["datapointsCollectionPercentage"], percent);
        assert_eq!(summary["trainingDataCollectionStartDate"], START - 300);
        let built = (status == "ACTIVE").then(|| Value::from(START - 300 + 14 * 86_400));
        assert_eq!(summary.get("lastModelRefreshDate"), built.as_ref());
        // There are no failures in it.
        assert_eq!((summaries.len(), code), (2, Some(1)));
        let ran = detect(&[&["train"], &PROFILE[..], &[&lines]].concat());
        let share = days.min(14) as f64 / 0.14;
        assert!(
            ran.stdout.contains(&format!(" {share:.1} %")),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn what_is_learnt_is_held_against_what_comes() {
    let folder = folder("what_is_learnt_is_held");
    let past = write(&folder, "history.jsonl", history(14, 7));
    let models = folder.join("models.json");
    let models = models.to_str().unwrap();
    summaries(&past, &["--models", models]);
    let at = START + 14 * 86_400;
    let line = |ts: u64, value: u64| {
        let line = json!({
            "ts": ts, "thing": "m-3", "metric": "aws:num-messages-sent", "value": value,
        });
        format!("{line}\n")
    };
    // Forty are normal by day, and not by night.
    let night = write(
        &folder,
        "night.jsonl",
        line(at + 3_600, 40) + &line(at + 3_900, 6),
    );
    let day = write(&folder, "day.jsonl", line(at + 12 * 3_600, 40));
    let judge = |file: &str, more: &[&str]| {
        detect(&[&PROFILE[..], &[file, "--models", models], more].concat())
    };
    assert_eq!(judge(&day, &[]).code, Some(0));
    let ran = judge(&night, &["--format", "json"]);
    assert_eq!(ran.code, Some(1));
    let alarm: Value = serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(
        alarm["violationEventAdditionalInfo"]["confidenceLevel"],
        "MEDIUM"
    );
    let why = alarm["explanation"].as_str().unwrap();
    assert!(why.starts_with("40 is above "), "{why}");
    let human = judge(&night, &[]).stdout;
    assert!(human.contains(why), "{human}");
    assert_eq!(human.matches(why).count(), 1, "the end needs no reason");
    // Without models nothing can be said.
    assert_eq!(detect(&[&PROFILE[..], &[&night]].concat()).code, Some(0));

    let svg = folder.join("night.svg");
    let metric = [
        "--metric",
        "aws:num-messages-sent",
        "--chart",
        svg.to_str().unwrap(),
    ];
    judge(&night, &metric);
    let svg = fs::read_to_string(svg).unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let mut nodes = document.descendants();
    assert!(nodes.any(|node| node.has_tag_name("polygon")), "the band");
}

#[test]
fn the_past_before_the_beginning_does_not_count() {
    let folder = folder("the_past_before_the_beginning");
    let past = write(&folder, "history.jsonl", history(15, 7));
    let since = (START - 300 + 86_400).to_string();
    let (all, _) = summaries(&past, &["--since", &since]);
    let summary = messages(&all);
    assert_eq!(summary["modelStatus"], "ACTIVE");
    assert_eq!(
        summary["trainingDataCollectionStartDate"],
        START - 300 + 86_400
    );
    let (all, _) = summaries(&past, &["--since", "2023-11-17T00:00:00Z"]);
    assert_eq!(messages(&all)["modelStatus"], "PENDING_BUILD");
}

#[test]
fn models_that_are_none() {
    let folder = folder("models_that_are_none");
    let past = write(&folder, "history.jsonl", history(14, 7));
    let good = folder.join("models.json");
    summaries(&past, &["--models", good.to_str().unwrap()]);
    let good: Value = serde_json::from_str(&fs::read_to_string(good).unwrap()).unwrap();
    let place = |name: &str| {
        let models = good["models"].as_array().unwrap().iter();
        models
            .clone()
            .position(|it| it["behaviorName"] == name)
            .unwrap()
    };
    let at = place("Messages_sent_ML_behavior");
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut json = good.clone();
        change(&mut json);
        json.to_string()
    };
    let cases = [
        "[]".to_owned(),
        "{\"models\": 7}".to_owned(),
        changed(&|json| json["models"][at]["behaviorName"] = "".into()),
        changed(&|json| json["models"][at]["model"]["baselines"] = json!([])),
        changed(&|json| json["models"][at]["lifecycle"]["more"] = 7.into()),
        changed(&|json| {
            let twice = json["models"][at].clone();
            json["models"].as_array_mut().unwrap().push(twice);
        }),
    ];
    for text in cases {
        let file = write(&folder, "wrong.json", &text);
        let lines = "examples/detect/history.jsonl";
        let ran = detect(&[&PROFILE[..], &[lines, "--models", &file]].concat());
        assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{text:.300}");
        assert!(ran.stderr.contains("wrong.json"), "{}", ran.stderr);
    }
}
