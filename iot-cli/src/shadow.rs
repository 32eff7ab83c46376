//! `iot shadow apply`, `iot shadow diff`, `iot shadow explain`.

mod apply;
mod changes;
mod diff;
mod explain;
mod profile;
mod state;

use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use annotate_snippets::Level;
use clap::Subcommand;
use iot_policy::locate;
use iot_shadow::{Json, JsonError};
use iot_topics::Timestamp;

use crate::Outcome;
use crate::files;
use crate::output::{self, Failure, Place};

#[derive(Debug, Subcommand)]
pub(crate) enum ShadowCommand {
    /// Carry out operations on shadows and print the messages that AWS IoT publishes
    Apply(apply::Apply),
    /// Print the smallest merge patch that turns one JSON object into another
    Diff(diff::Diff),
    /// Tell leaf by leaf why a shadow has a delta, or has none
    Explain(explain::Explain),
}

impl ShadowCommand {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        match self {
            Self::Apply(command) => command.run(),
            Self::Diff(command) => command.run(),
            Self::Explain(command) => command.run(),
        }
    }
}

/// A text that was read, with the name under which messages speak of it.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Reads a file, or standard input for `-`.
    fn read(path: &Path) -> Result<Self, Failure> {
        if path != Path::new(STDIN) {
            return Ok(Self {
                path: path.display().to_string(),
                text: files::read(path)?,
            });
        }
        let mut bytes = Vec::new();
        let path = "standard input".to_owned();
        io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| format!("{path}: {error}"))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            format!("{path}: not UTF-8 at byte {at}")
        })?;
        Ok(Self { path, text })
    }

    /// The text as JSON.
    fn json(&self) -> Result<Json, Failure> {
        Json::parse(self.text.as_bytes()).map_err(|error| self.no_json(error))
    }

    fn no_json(&self, error: JsonError) -> Failure {
        let at = error.position();
        let label = error.kind().to_string();
        self.failure("this JSON cannot be used", at..at, &label)
    }

    /// Why the value that a JSON pointer names cannot be used.
    fn failure_at(&self, title: &str, pointer: &str, label: &str) -> Failure {
        let range = locate(&self.text, pointer).unwrap_or_default();
        // What is wrong with a whole object is shown where it begins.
        let end = match self.text.get(range.clone()) {
            Some(value) if value.contains('\n') => range.start + 1,
            _ => range.end,
        };
        self.failure(title, range.start..end, label)
    }

    fn failure(&self, title: &str, range: std::ops::Range<usize>, label: &str) -> Failure {
        Failure::Drawing(output::draw(
            Level::ERROR,
            title,
            &Place {
                path: &self.path,
                source: &self.text,
                range,
                label: &output::printable(label),
            },
        ))
    }
}

/// What stands for standard input where a file is asked for.
const STDIN: &str = "-";

/// The time of the machine: the crates read no clock, so here is the only place that does.
fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp::from_secs(since.map_or(0, |since| since.as_secs()))
}
