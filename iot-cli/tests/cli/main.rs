//! The command as its users see it: the built binary, its output and its exit codes.
#![expect(
    clippy::unwrap_used,
    reason = "a command that cannot be run ends the test"
)]

extern crate alloc;

mod audit;
mod bad_input;
mod detect;
mod golden;
mod jobs;
mod json;
mod readme;
mod shadow;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the workspace, where the commands run.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The command at the root of the workspace, without colours of its own accord.
pub(crate) fn iot(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iot"));
    command.args(arguments).current_dir(root());
    for name in ["CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.env("COLUMNS", "100");
    command
}

pub(crate) fn run(arguments: &[&str]) -> Ran {
    Ran::of(&iot(arguments).output().unwrap())
}

#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
            code: output.status.code(),
        }
    }
}

/// A new folder for the files of one test.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Words by spaces, but for those in single quotes.
pub(crate) fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in command.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

pub(crate) fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
