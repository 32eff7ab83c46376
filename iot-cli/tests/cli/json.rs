//! What programs read.

use serde_json::{Value, json};

use crate::{folder, root, run};

fn parsed(arguments: &[&str]) -> Value {
    serde_json::from_str(&run(arguments).stdout).unwrap()
}

#[test]
fn explain_has_the_names_of_test_authorization() {
    let value = parsed(&[
        "policy",
        "explain",
        "publish",
        "a/b",
        "-p",
        "iot-cli/tests/data/device.json",
        "--format",
        "json",
    ]);
    assert_eq!(value["allowed"], json!(false));
    let operation = &value["operations"][0];
    assert_eq!(operation["authDecision"], "IMPLICIT_DENY");
    assert_eq!(operation["clientEffect"]["reasonCode"], json!(0x87));
    assert_eq!(operation["clientEffect"]["closesConnection"], json!(true));
    let check = &operation["checks"][0];
    assert_eq!(check["authDecision"], "IMPLICIT_DENY");
    let missing = check["missingContextValues"].as_array().unwrap();
    assert!(
        missing.contains(&json!("iot:Connection.Thing.ThingName")),
        "{missing:?}"
    );
    assert_eq!(check["statements"][0]["pointer"], "/Statement");
}

#[test]
fn control_characters_arrive_as_they_are() {
    let name = "a\u{1b}[31m\u{9b}é";
    let value = parsed(&["topic", "check", name, "--format", "json"]);
    assert_eq!(value["text"], name);
    let human = run(&["topic", "check", "--name", name]).stdout;
    assert!(!human.contains(['\u{1b}', '\u{9b}']), "{human}");
}

#[test]
fn sarif_has_rules_places_and_fixes() {
    let file = "iot-cli/tests/data/mistakes.json";
    let value = parsed(&["policy", "lint", file, "--format", "sarif"]);
    assert_eq!(value["version"], "2.1.0");
    let run = &value["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["help"]["text"].is_string() && rule["properties"]["source"].is_string());
    }
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], file);
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
    }
    let typed: serde_sarif::sarif::Sarif = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(typed.runs.len(), 1);
}

/// The fixes of a file, put into it, leave no finding that had one.
#[test]
fn sarif_fixes_mend_the_file() {
    let file = "iot-cli/tests/data/mistakes.json";
    let value = parsed(&["policy", "lint", file, "--format", "sarif"]);
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    let mut lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let results = value["runs"][0]["results"].as_array().unwrap();
    let fixable: Vec<&Value> = results
        .iter()
        .filter(|result| result["fixes"].is_array())
        .collect();
    assert!(!fixable.is_empty());
    // From the end, so that the places in front stay where they are.
    for result in fixable.iter().rev() {
        let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        let number = |name: &str| {
            usize::try_from(change["deletedRegion"][name].as_u64().unwrap()).unwrap() - 1
        };
        assert_eq!(number("startLine"), number("endLine"));
        let inserted = change["insertedContent"]["text"].as_str().unwrap();
        lines[number("startLine")]
            .splice(number("startColumn")..number("endColumn"), inserted.chars());
    }
    let mended: Vec<String> = lines.iter().map(|line| line.iter().collect()).collect();
    let path = folder("sarif_fixes_mend_the_file").join("mended.json");
    std::fs::write(&path, mended.join("\n")).unwrap();
    let path = path.to_str().unwrap();
    let value = parsed(&["policy", "lint", path, "--format", "json"]);
    let left = value["findings"].as_array().unwrap();
    let left: Vec<&Value> = left
        .iter()
        .filter(|it| it["replacement"].is_string())
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What is left out is in no format, and the exit code is that of what is left.
#[test]
fn lint_leaves_out_what_it_is_told_to() {
    let file = "iot-cli/tests/data/mistakes.json";
    let lint = |arguments: &[&str]| {
        let arguments = [&["policy", "lint", file], arguments].concat();
        let json = run(&[&arguments[..], &["--format", "json"]].concat());
        let sarif = parsed(&[&arguments[..], &["--format", "sarif"]].concat());
        let value: Value = serde_json::from_str(&json.stdout).unwrap();
        let ids = |list: &Value, key: &str| -> Vec<String> {
            let list = list.as_array().unwrap().iter();
            list.map(|it| it[key].as_str().unwrap().to_owned())
                .collect()
        };
        let found = ids(&value["findings"], "id");
        assert_eq!(ids(&sarif["runs"][0]["results"], "ruleId"), found);
        assert_eq!(json.code, Some(i32::from(!found.is_empty())));
        assert_eq!(run(&arguments).code, json.code);
        found
    };
    let all = lint(&[]);
    assert_eq!(all.len(), 5);
    assert_eq!(lint(&["--min-severity", "info"]), all);
    let warnings = lint(&["--min-severity", "warning"]);
    assert_eq!(
        warnings,
        all.iter()
            .filter(|id| *id != "receive-missing")
            .cloned()
            .collect::<Vec<_>>()
    );
    assert_eq!(lint(&["--min-severity", "error"]), ["wrong-resource-type"]);
    let allowed = ["--allow", "unknown-action", "--allow", "receive-missing"];
    assert_eq!(
        lint(&allowed),
        [
            "client-id-in-connect",
            "wrong-resource-type",
            "mqtt-wildcard-in-deny"
        ]
    );
    let nothing = lint(&["--min-severity", "error", "--allow", "wrong-resource-type"]);
    assert!(nothing.is_empty(), "{nothing:?}");
}
