//! What `iot detect --chart` draws.

use std::fs;

use serde_json::json;

use super::{LAMPS, detect, profile, sent, write};
use crate::folder;

/// What is in a chart: its words, the points of its curves, its circles, its band.
struct Read {
    words: Vec<String>,
    curves: Vec<usize>,
    circles: usize,
    polygons: usize,
}

/// The chart of a command, and its exit code.
fn chart(test: &str, arguments: &[&str]) -> (Read, Option<i32>) {
    let file = folder(test).join("chart.svg");
    let file = file.to_str().unwrap();
    let ran = detect(&[arguments, &["--chart", file]].concat());
    assert_eq!(ran.stderr, "");
    let svg = fs::read_to_string(file).unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let named = |name| {
        let all = document.descendants();
        all.filter(move |node| node.has_tag_name(name))
    };
    let points = named("polyline").map(|node| {
        let points = node.attribute("points").unwrap();
        points.split_whitespace().count()
    });
    let words = named("text").filter_map(|node| node.text());
    let read = Read {
        words: words.map(|word| word.trim().to_owned()).collect(),
        // Shorter ones are of the key, the axes and the limits.
        curves: points.filter(|points| *points > 3).collect(),
        circles: named("circle").count(),
        polygons: named("polygon").count(),
    };
    (read, ran.code)
}

#[test]
fn it_has_the_values_that_were_judged() {
    let metric = ["--metric", "aws:num-messages-sent"];
    let (chart, code) = chart("it_has_the_values", &[&LAMPS[..], &metric].concat());
    assert_eq!(code, Some(1));
    assert_eq!(chart.words[0], "lamps/Few_messages: 1 alarm");
    for word in [
        "lamp-1",
        "lamp-2",
        "lamp-3",
        "alarm",
        "cleared",
        "normal: at most 120 in 15 min",
    ] {
        assert!(
            chart.words.iter().any(|it| it == word),
            "{word}: {:?}",
            chart.words
        );
    }
    // Of 24 steps the first two do not fill fifteen minutes.
    assert_eq!(chart.curves, [22, 22, 22]);
    // One each, and one each in the key.
    assert_eq!((chart.circles, chart.polygons), (4, 0));
}

#[test]
fn it_is_of_one_device_and_behavior_if_asked() {
    let more = [
        "--metric",
        "aws:num-messages-sent",
        "--behavior",
        "Messages_like_others",
        "--thing",
        "lamp-1",
    ];
    let (chart, _) = chart("it_is_of_one_device", &[&LAMPS[..], &more].concat());
    assert_eq!(chart.words[0], "lamps/Messages_like_others: 0 alarms");
    assert_eq!((chart.curves, chart.circles), (vec![24], 0));
    assert!(chart.words.iter().any(|word| word == "normal: at most p50"));
}

#[test]
fn names_and_values_are_what_they_may() {
    let test = "names_and_values";
    let folder = folder(test);
    let mut any = profile(10, 300);
    any["customMetrics"] = json!([{ "metricName": "load", "metricType": "number" }]);
    any["behaviors"] = json!([{
        "name": "any",
        "metric": "load",
        "criteria": { "comparisonOperator": "greater-than", "value": { "number": -1e300 } },
    }]);
    let any = write(&folder, "any.json", any.to_string());
    let values = [1e308, -1e308, 0.0, 5e-324]
        .iter()
        .enumerate()
        .map(|(step, value)| {
            let ts = 1_700_000_100 + step * 300;
            let line =
                json!({ "ts": ts, "client": "<&\"'> \u{1}", "metric": "load", "value": value });
            format!("{line}\n")
        });
    let lines = write(&folder, "any.jsonl", values.collect::<String>());
    let file = folder.join("any.svg");
    let ran = detect(&[
        "-p",
        &any,
        &lines,
        "--metric",
        "load",
        "--chart",
        file.to_str().unwrap(),
    ]);
    let svg = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{}", ran.stderr));
    let document = roxmltree::Document::parse(&svg).unwrap();
    let mut words = document.descendants().filter_map(|node| node.text());
    assert!(words.any(|word| word.contains("<&\"'>")), "{svg}");
}

#[test]
fn charts_of_nothing() {
    let folder = folder("charts_of_nothing");
    let few = write(&folder, "few.json", profile(10, 300).to_string());
    let none = write(&folder, "none.jsonl", "");
    let one = write(&folder, "one.jsonl", sent("lamp", &[3]));
    for file in [&none, &one] {
        let arguments = ["-p", &few, file, "--metric", "aws:num-messages-sent"];
        let (chart, code) = chart("charts_of_nothing_drawn", &arguments);
        assert_eq!(code, Some(0));
        assert_eq!(chart.words[0], "few/messages: 0 alarms");
    }
    let wrong = |metric: &str, told: &str| {
        let file = folder.join("never.svg");
        let more = ["--metric", metric, "--chart", file.to_str().unwrap()];
        let ran = detect(&[&LAMPS[..], &more].concat());
        assert_eq!((ran.code, &*ran.stdout), (Some(2), ""));
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert!(!file.exists());
    };
    wrong(
        "aws:listening-tcp-ports",
        "lists, of which there is no chart",
    );
    wrong(
        "aws:all-bytes-in",
        "no behavior is about `aws:all-bytes-in`",
    );
    wrong("aws:none", "there is no metric `aws:none`");
    assert_eq!(
        detect(&[&LAMPS[..], &["--chart", "x.svg"]].concat()).code,
        Some(2)
    );
}
