//! The conformance cases against the crate: its own, or those of the directory that the
//! environment variable `IOT_CONFORMANCE` names.
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cases::{self, Run};
use crate::engine_cases;

const FILES: &[(&str, Run)] = &[("jobs.jsonl", engine_cases::run)];

#[test]
fn every_case_holds() {
    let directory = chosen();
    let mut report = cases::run(&directory, FILES);
    let left_out = engine_cases::left_out(&directory.join("jobs.jsonl"));
    report.text += &format!("{} not run: {}\n", left_out.len(), left_out.join(" "));
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
        return cases::own();
    };
    if given.is_dir() {
        return given;
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(given)
}
