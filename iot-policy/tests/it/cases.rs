//! Loads conformance cases, runs them and counts. The format is told in
//! `tests/conformance/README.md`.

use alloc::collections::BTreeMap;
use core::any::Any;
use std::fs;
use std::io::Write as _;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Answers one case; nothing, if the case is not of a kind that it knows.
pub(crate) type Run = fn(&Value) -> Option<Answers>;

pub(crate) struct Answers {
    pub(crate) expected: String,
    pub(crate) actual: String,
}

#[derive(Debug, Default)]
pub(crate) struct Report {
    /// `<file>: N passed, M failed`, then a line for each case that failed.
    pub(crate) text: String,
    pub(crate) passed: usize,
    /// Failed as `expected-failures.txt` says.
    pub(crate) listed: usize,
    pub(crate) failed: usize,
}

/// The member of a case that holds its line, for who needs the text of a number in it.
pub(crate) const LINE: &str = "<line>";

const EXPECTED_FAILURES: &str = "expected-failures.txt";

/// Runs the crate's own cases, or those of the directory that the environment variable
/// `IOT_CONFORMANCE` names, and tells how many passed.
#[expect(clippy::unwrap_used, reason = "whoever runs tests can print")]
pub(crate) fn hold(files: &[(&str, Run)]) {
    let directory = chosen();
    let report = run(&directory, files);
    // Not `print!`: the harness would keep that to itself while the test passes.
    let mut out = std::io::stdout().lock();
    out.write_all(report.text.as_bytes()).unwrap();
    assert_eq!(report.failed, 0, "{}", report.text);
    let ran = report.passed + report.listed;
    assert_ne!(ran, 0, "no case ran in {}", directory.display());
}

/// A relative directory is seen from the crate or from the workspace.
fn chosen() -> PathBuf {
    let Some(given) = std::env::var_os("IOT_CONFORMANCE").map(PathBuf::from) else {
        return own();
    };
    if given.is_dir() {
        return given;
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(given)
}

/// The crate's own cases.
pub(crate) fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// Runs those of the files that the directory has.
pub(crate) fn run(directory: &Path, files: &[(&str, Run)]) -> Report {
    let expected = expected_failures(directory);
    let mut report = Report::default();
    for (file, answer) in files {
        let Ok(text) = fs::read_to_string(directory.join(file)) else {
            continue;
        };
        let (mut passed, mut listed, mut failures) = (0, 0, Vec::new());
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let mut case: Value = match serde_json::from_str(line) {
                Ok(case) => case,
                Err(error) => {
                    failures.push(format!("not a case: {error}: {line}\n"));
                    continue;
                }
            };
            if let Some(case) = case.as_object_mut() {
                case.insert(LINE.into(), line.into());
            }
            // A case that the runner cannot read must not keep the others from being counted.
            let answers = catch_unwind(|| answer(&case)).unwrap_or_else(|panic| {
                Some(Answers {
                    expected: case.get("expect").map(Value::to_string).unwrap_or_default(),
                    actual: format!("a panic: {}", said(&*panic)),
                })
            });
            let Some(Answers {
                expected: right,
                actual,
            }) = answers
            else {
                continue;
            };
            let id = case.get("id").and_then(Value::as_str).unwrap_or("(no id)");
            match (right == actual, expected.contains_key(id)) {
                (true, false) => passed += 1,
                (false, true) => listed += 1,
                (false, false) => {
                    failures.push(format!("{id}: expected `{right}`, actual `{actual}`\n"));
                }
                (true, true) => {
                    failures.push(format!("{id}: listed in {EXPECTED_FAILURES}, but passes\n"));
                }
            }
        }
        let failed = failures.len();
        report.text += &format!("{file}: {passed} passed, {failed} failed\n");
        if listed > 0 {
            report.text += &format!("{listed} more failed as listed in {EXPECTED_FAILURES}\n");
        }
        report.text += &failures.concat();
        report.passed += passed;
        report.listed += listed;
        report.failed += failed;
    }
    report
}

/// Of the directory or, if it has no list, of the crate: `id  reason`, remarks begin with `#`.
fn expected_failures(directory: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(directory.join(EXPECTED_FAILURES))
        .or_else(|_| fs::read_to_string(own().join(EXPECTED_FAILURES)))
        .unwrap_or_default();
    let entries = text.lines().filter(|line| !line.starts_with('#'));
    entries
        .filter_map(|line| line.trim().split_once("  "))
        .map(|(id, reason)| (id.to_owned(), reason.to_owned()))
        .collect()
}

/// What a panic said.
fn said(panic: &dyn Any) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a text")
}
