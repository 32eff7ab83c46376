//! The cases of `tests/conformance`, or of the directory that `IOT_CONFORMANCE` names.

use alloc::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use iot_topics::{Limits, MatchMode, TopicFilterRef, TopicNameRef, reserved};
use serde::Deserialize;

use crate::oracle;

const FILE: &str = "topics.jsonl";

#[derive(Deserialize)]
struct Case {
    id: String,
    kind: String,
    #[serde(default)]
    filter: Option<String>,
    #[serde(default)]
    topic: Option<String>,
    #[serde(default)]
    op: Option<String>,
    expect: String,
    #[serde(default)]
    expect_aws: Option<String>,
}

#[test]
fn topics() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let directory = std::env::var_os("IOT_CONFORMANCE").map_or_else(|| own.clone(), PathBuf::from);
    let report = run(&directory, &own);
    // Past the capture of the test harness, so that a run that passes shows its count as well.
    std::io::stdout().write_all(report.text.as_bytes()).unwrap();
    let ran = report.passed + report.listed + report.failed;
    assert!(ran > 0, "no case ran in {}", directory.display());
    assert_eq!(report.failed, 0, "{}", report.text);
}

#[test]
fn what_is_wrong_is_told() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance");
    std::fs::create_dir_all(&directory).unwrap();
    let lines = [
        r#"{"id":"1","kind":"match","filter":"a/#","topic":"a","expect":"match","expect_aws":"no"}"#,
        r#"{"id":"2","kind":"match","filter":"a/#","topic":"a","expect":"match"}"#,
        r#"{"id":"3","kind":"publish","filter":null,"topic":"a/+","expect":"valid"}"#,
        r#"{"id":"4","kind":"subscribe","filter":"a/+","topic":null,"expect":"valid"}"#,
        r#"{"id":"5","kind":"parse","filter":"a","topic":"a","expect":"match"}"#,
        r#"{"id":"6"}"#,
        r#"{"id":"7","kind":"reserved","topic":"$aws/rules/r","op":"publish","expect":"yes"}"#,
        r#"{"id":"8","kind":"reserved","topic":"$aws/rules/r","op":"read","expect":"yes"}"#,
    ];
    std::fs::write(directory.join(FILE), lines.join("\n")).unwrap();
    std::fs::write(
        directory.join("expected-failures.txt"),
        "# comment\n3  the case is wrong\n4  passes by now\n",
    )
    .unwrap();
    let report = run(&directory, &directory);
    let expected = "topics.jsonl: 2 passed, 5 failed\n\
                    1 more failed as listed in expected-failures.txt\n\
                    2: expected aws `match`, actual `no`\n\
                    4: listed in expected-failures.txt, but passes\n\
                    5: no kind `parse`\n\
                    not a case: missing field `kind` at line 1 column 10: {\"id\":\"6\"}\n\
                    8: no operation Some(\"read\")\n";
    assert_eq!(report.text, expected);
    assert_eq!((report.passed, report.listed, report.failed), (2, 1, 5));
    let nothing = run(&directory.join("missing"), &directory);
    assert_eq!((nothing.passed, nothing.listed, nothing.failed), (0, 0, 0));
}

struct Report {
    passed: usize,
    /// Failed as the list says.
    listed: usize,
    failed: usize,
    text: String,
}

/// Runs the file of `directory`; failures that are expected are listed there or, for a directory
/// without such a list, in `own`.
fn run(directory: &Path, own: &Path) -> Report {
    let lines = std::fs::read_to_string(directory.join(FILE)).unwrap_or_default();
    let list = "expected-failures.txt";
    let expected = std::fs::read_to_string(directory.join(list))
        .or_else(|_| std::fs::read_to_string(own.join(list)))
        .unwrap_or_default();
    let expected: BTreeMap<&str, &str> = expected
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.trim().split_once(char::is_whitespace))
        .collect();

    let mut failures = Vec::new();
    let (mut passed, mut listed) = (0, 0);
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let case: Case = match serde_json::from_str(line) {
            Ok(case) => case,
            Err(error) => {
                failures.push(format!("not a case: {error}: {line}\n"));
                continue;
            }
        };
        match (check(&case), expected.contains_key(case.id.as_str())) {
            (Ok(()), false) => passed += 1,
            (Err(_), true) => listed += 1,
            (Ok(()), true) => {
                failures.push(format!("{}: listed in {list}, but passes\n", case.id));
            }
            (Err(why), false) => failures.push(format!("{}: {why}\n", case.id)),
        }
    }
    let mut text = format!("{FILE}: {passed} passed, {} failed\n", failures.len());
    if listed > 0 {
        text += &format!("{listed} more failed as listed in {list}\n");
    }
    Report {
        passed,
        listed,
        failed: failures.len(),
        text: text + &failures.concat(),
    }
}

fn check(case: &Case) -> Result<(), String> {
    let aws = case.expect_aws.as_ref().unwrap_or(&case.expect);
    let filter = case.filter.as_deref().unwrap_or_default();
    let topic = case.topic.as_deref().unwrap_or_default();
    let answers = match case.kind.as_str() {
        "match" => [MatchMode::Mqtt, MatchMode::Aws].map(|mode| matches(filter, topic, mode)),
        "publish" => [Limits::MQTT, Limits::AWS_IOT]
            .map(|limits| validity(TopicNameRef::parse_with(topic, limits).is_ok())),
        "subscribe" => [Limits::MQTT, Limits::AWS_IOT]
            .map(|limits| validity(TopicFilterRef::parse_with(filter, limits).is_ok())),
        "glob" => {
            let [pattern, text] = [filter, topic].map(|text| text.chars().collect::<Vec<_>>());
            [taken(oracle::glob(&pattern, &text)); 2]
        }
        "reserved" => {
            let allowed = match case.op.as_deref() {
                Some("publish") => reserved::may_publish(topic),
                Some("subscribe") => reserved::may_subscribe(topic),
                op => return Err(format!("no operation {op:?}")),
            };
            [if allowed { "yes" } else { "no" }; 2]
        }
        kind => return Err(format!("no kind `{kind}`")),
    };
    for (rules, expected, actual) in [("mqtt", &case.expect, answers[0]), ("aws", aws, answers[1])]
    {
        if expected != actual {
            return Err(format!("expected {rules} `{expected}`, actual `{actual}`"));
        }
    }
    Ok(())
}

/// Limits are not asked here: the kinds `publish` and `subscribe` do that.
fn matches(filter: &str, topic: &str, mode: MatchMode) -> &'static str {
    let filter = TopicFilterRef::parse_with(filter, Limits::MQTT);
    match (filter, TopicNameRef::parse_with(topic, Limits::MQTT)) {
        (Ok(filter), Ok(name)) => taken(filter.matches_with(name, mode)),
        _ => "invalid",
    }
}

const fn taken(is: bool) -> &'static str {
    if is { "match" } else { "no" }
}

const fn validity(is: bool) -> &'static str {
    if is { "valid" } else { "invalid" }
}
