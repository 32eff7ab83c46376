//! Loads conformance cases, runs them and counts. The format is told in
//! `tests/conformance/README.md`.
#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a file of cases that cannot be read ends the test that asks for it"
)]

use alloc::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Answers one case; nothing, if the case is not of a kind that it knows.
pub(crate) type Run = fn(&Value) -> Option<Answers>;

pub(crate) struct Answers {
    pub(crate) expected: String,
    pub(crate) actual: String,
}

pub(crate) struct Report {
    /// `<file>: N passed, M failed`, then a line for each case that failed.
    pub(crate) text: String,
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

/// The crate's own cases.
pub(crate) fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// Runs the files that the directory has.
pub(crate) fn run(directory: &Path, files: &[(&str, Run)]) -> Report {
    let excused = expected_failures(directory);
    let mut report = Report {
        text: String::new(),
        passed: 0,
        failed: 0,
    };
    for (file, answer) in files {
        let Some(text) = read(&directory.join(file)) else {
            continue;
        };
        let (mut passed, mut failures) = (0, Vec::new());
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let case: Value = serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{file}: {error} in {line}"));
            let Some(Answers { expected, actual }) = answer(&case) else {
                continue;
            };
            let id = case["id"].as_str().unwrap_or("(no id)");
            match (expected == actual, excused.get(id)) {
                (true, None) | (false, Some(_)) => passed += 1,
                (false, None) => {
                    failures.push(format!("  {id}: expected {expected}, actual {actual}\n"));
                }
                (true, Some(reason)) => failures.push(format!(
                    "  {id}: passes, but expected-failures.txt says: {reason}\n"
                )),
            }
        }
        let failed = failures.len();
        let headline = format!("{file}: {passed} passed, {failed} failed\n");
        report.text += &(headline + &failures.concat());
        report.passed += passed;
        report.failed += failed;
    }
    report
}

/// `id`, two spaces, reason; a line with `#` in front is a remark.
fn expected_failures(directory: &Path) -> BTreeMap<String, String> {
    let text = read(&directory.join("expected-failures.txt")).unwrap_or_default();
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let entry = |line: &str| match line.split_once("  ") {
        Some((id, reason)) if !reason.trim().is_empty() => (id.to_owned(), reason.to_owned()),
        _ => panic!("expected-failures.txt: not `id  reason`: {line}"),
    };
    lines.map(entry).collect()
}

/// The text of a file, if there is one.
fn read(file: &Path) -> Option<String> {
    match fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("{}: {error}", file.display()),
    }
}
