//! `iot jobs`: charts, standard input, and input that cannot be used.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::{Ran, folder, iot, run};

const CAREFUL: &str = "examples/jobs/careful.json";

fn chart(name: &str, more: &[&str]) -> String {
    let file = folder(name).join("plan.svg");
    let file = file.to_str().unwrap();
    let plan = [
        "jobs",
        "plan",
        CAREFUL,
        "--things",
        "5000",
        "--duration",
        "1m..5m",
        "--svg",
        file,
    ];
    let ran = run(&[&plan, more].concat());
    assert_eq!(ran.stderr, "");
    fs::read_to_string(file).unwrap()
}

/// The words in a chart, and the curves: lines of one colour, with how many points they have.
fn read(svg: &str) -> (Vec<String>, Vec<(String, usize)>) {
    let document = roxmltree::Document::parse(svg).unwrap();
    let named = |name| {
        document
            .descendants()
            .filter(move |node| node.has_tag_name(name))
    };
    let words = named("text").filter_map(|node| node.text());
    let curves = named("polyline").map(|node| {
        let points = node.attribute("points").unwrap().split_whitespace().count();
        (node.attribute("stroke").unwrap().to_owned(), points)
    });
    (
        words.map(|word| word.trim().to_owned()).collect(),
        curves.collect(),
    )
}

#[test]
fn a_chart_has_its_curves_and_thresholds() {
    let svg = chart("a_chart_has_its_curves", &["--failure", "2"]);
    let (words, curves) = read(&svg);
    let title = words.first().unwrap();
    assert!(
        title.starts_with("5,000 things: COMPLETED after "),
        "{title}"
    );
    let keys = [
        "queued",
        "in progress",
        "succeeded",
        "failed",
        "abort at 5 % FAILED",
        "abort at 10 % TIMED_OUT",
    ];
    for word in keys {
        assert!(words.iter().any(|it| it == word), "{word} not in {words:?}");
    }
    for absent in ["rejected", "timed out", "canceled", "aborted"] {
        assert!(words.iter().all(|it| it != absent), "{absent} in {words:?}");
    }
    for color in ["#0072B2", "#E69F00", "#009E73", "#D55E00"] {
        let longest = curves
            .iter()
            .filter(|(it, _)| it == color)
            .map(|(_, points)| *points);
        assert!(
            longest.max().unwrap_or_default() > 20,
            "{color} in {curves:?}"
        );
    }
    // The thresholds are dashed: many short lines.
    let short = curves
        .iter()
        .filter(|(color, points)| color == "#56B4E9" && *points < 20);
    assert!(short.count() > 20, "{curves:?}");
    assert_eq!(svg, chart("a_chart_has_its_curves", &["--failure", "2"]));
    assert_ne!(
        svg,
        chart("a_chart_has_its_curves", &["--failure", "2", "--seed", "1"])
    );
}

#[test]
fn a_chart_shows_the_abort() {
    let (words, _) = read(&chart(
        "a_chart_shows_the_abort",
        &["--failure", "30", "--pickup", "~1h"],
    ));
    assert!(
        words
            .first()
            .unwrap()
            .starts_with("5,000 things: ABORTED after "),
        "{words:?}"
    );
    assert!(words.iter().any(|it| it == "aborted") && words.iter().any(|it| it == "canceled"));
}

#[test]
fn a_chart_of_nothing_is_a_chart() {
    let file = folder("a_chart_of_nothing").join("plan.svg");
    let file = file.to_str().unwrap();
    let ran = run(&["jobs", "plan", CAREFUL, "--things", "0", "--svg", file]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let (words, _) = read(&fs::read_to_string(file).unwrap());
    assert!(words.iter().any(|it| it == "succeeded"), "{words:?}");
}

fn piped(arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = iot(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    Ran::of(&child.wait_with_output().unwrap())
}

#[test]
fn standard_input_is_checked() {
    let ran = piped(
        &["jobs", "check", "-"],
        br#"{"timeoutConfig": {"inProgressTimeoutInMinutes": 0}}"#,
    );
    assert_eq!(ran.code, Some(1));
    for told in [
        "timeoutConfig.inProgressTimeoutInMinutes",
        "standard input:1:50",
        "from 1 to 10080",
        "1 error in 1 file",
    ] {
        assert!(ran.stdout.contains(told), "no {told} in {}", ran.stdout);
    }
    assert_eq!(piped(&["jobs", "check", "-"], b"{}").code, Some(0));
    assert_eq!(
        piped(&["jobs", "plan", "-", "--things", "3"], b"{}").code,
        Some(0)
    );
}

/// Whatever is in a file, its errors are told at places of it, or it is refused.
#[test]
fn strange_requests_are_told_of() {
    let cases: [(&[u8], i32, &str); 14] = [
        (b"[]", 1, "what is given is `[..]`, but must be an object"),
        (b"7", 1, "must be an object"),
        (b"", 2, "this JSON cannot be used"),
        (b"{\"a\": }", 2, "this JSON cannot be used"),
        (b"\xff", 2, "not UTF-8"),
        (br#"{"": 1, "a/b": 1, "~": 1, "a.b[0]": 1}"#, 1, "4 errors"),
        (
            br#"{"jobId": 7, "description": 7, "document": {}}"#,
            1,
            "3 errors",
        ),
        (br#"{"jobId": null, "document": null}"#, 0, "no error"),
        (br#"{"document": "{"}"#, 1, "not JSON"),
        (
            br#"{"document": "[\"${aws:iot:s3-presigned-url:https://a/b}\"]"}"#,
            1,
            "roleArn",
        ),
        (br#"{"targets": []}"#, 1, "`targets`"),
        (
            br#"{"documentSource": "https://s3.amazonaws.com/a/b"}"#,
            0,
            "no error",
        ),
        (
            br#"{"jobTemplateArn": "arn:aws:iot:us-east-1:123456789012:jobtemplate/a"}"#,
            0,
            "no error",
        ),
        (
            "{\"description\": \"\u{1b}[31m\"}".as_bytes(),
            2,
            "control character",
        ),
    ];
    for (text, code, told) in cases {
        let ran = piped(&["jobs", "check", "-"], text);
        let shown = String::from_utf8_lossy(text);
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.code, Some(code), "{shown}: {all}");
        assert!(all.contains(told), "{shown}: no {told} in {all}");
        assert!(!all.contains('\u{1b}'), "{shown}");
    }
}

#[test]
fn arguments_of_a_plan_that_are_none() {
    let cases: [(&[&str], &str); 9] = [
        (&["--things", "-1"], "--things"),
        (&["--things", "100000001"], "at most 100000000 things"),
        (&["--things", "1", "--failure", "101"], "from 0 to 100"),
        (&["--things", "1", "--failure", "0.001"], "two decimals"),
        (
            &["--things", "1", "--failure", "60", "--silence", "60"],
            "add up to 100",
        ),
        (
            &["--things", "1", "--failure", "6", "--success", "90"],
            "add up to 100",
        ),
        (&["--things", "1", "--pickup", "9m..1m"], "must not descend"),
        (
            &["--things", "1", "--duration", "soon"],
            "no number of seconds",
        ),
        (
            &["--things", "1", "--svg", "/dev/null/plan.svg"],
            "/dev/null/plan.svg",
        ),
    ];
    for (arguments, told) in cases {
        let ran = run(&[&["jobs", "plan", CAREFUL], arguments].concat());
        assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{arguments:?}");
        assert!(
            ran.stderr.contains(told),
            "{arguments:?}: no {told} in {}",
            ran.stderr
        );
    }
    let ran = run(&["jobs", "plan", CAREFUL]);
    assert!(ran.code == Some(2) && ran.stderr.contains("--things"));
    let ran = run(&["jobs", "cron", "cron(0 22 * * ? *)", "--duration", "1431"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("from 1 to 1430"), "{}", ran.stderr);
}

/// The service takes none that is longer, whatever it says.
#[test]
fn a_cron_expression_has_256_characters() {
    let padded = |chars: usize| format!("cron(0 22 * * ?{}*)", " ".repeat(chars - 17));
    for duration in [&[][..], &["--duration", "5"]] {
        for (chars, code) in [(256, 0), (257, 2)] {
            let expression = padded(chars);
            assert_eq!(expression.len(), chars);
            let ran = run(&[&["jobs", "cron", expression.as_str()], duration].concat());
            assert_eq!(ran.code, Some(code), "{chars} {duration:?}: {}", ran.stderr);
            let told = ran.stderr.contains("at most 256 characters");
            assert_eq!(told, code == 2, "{}", ran.stderr);
        }
    }
}
