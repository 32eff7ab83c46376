//! Texts that are read, with the messages that point into them; and the clock.

use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use annotate_snippets::Level;
use iot_policy::locate;
use iot_topics::Timestamp;

use crate::files;
use crate::output::{self, Failure, Place};

/// A text that was read, with the name under which messages speak of it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
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

    /// Why the value that a JSON pointer names cannot be used.
    pub(crate) fn failure_at(&self, title: &str, pointer: &str, label: &str) -> Failure {
        let range = locate(&self.text, pointer).unwrap_or_default();
        // What is wrong with a whole object is shown where it begins.
        let end = match self.text.get(range.clone()) {
            Some(value) if value.contains('\n') => range.start + 1,
            _ => range.end,
        };
        self.failure(title, range.start..end, label)
    }

    pub(crate) fn failure(
        &self,
        title: &str,
        range: std::ops::Range<usize>,
        label: &str,
    ) -> Failure {
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
pub(crate) const STDIN: &str = "-";

/// The time of the machine: the crates read no clock, so here is the only place that does.
pub(crate) fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp::from_secs(since.map_or(0, |since| since.as_secs()))
}
