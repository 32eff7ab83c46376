//! Snapshots: lines of JSON under a line that says what they are.

use alloc::string::String;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::engine::SnapshotError;

/// Writes line by line.
pub(super) struct Writer<'a>(&'a mut dyn FnMut(&str));

impl<'a> Writer<'a> {
    /// Begins with what it will be.
    pub(super) fn new(header: &str, sink: &'a mut dyn FnMut(&str)) -> Self {
        sink(header);
        sink("\n");
        Self(sink)
    }

    pub(super) fn line(&mut self, line: &impl Serialize) {
        // INVARIANT: numbers, texts, and maps with texts as keys.
        let mut text = serde_json::to_string(line).unwrap_or_default();
        text.push('\n');
        (self.0)(&text);
    }
}

/// All lines as one text.
pub(super) fn text_of(write: impl FnOnce(&mut dyn FnMut(&str))) -> String {
    let mut text = String::new();
    write(&mut |line| text.push_str(line));
    text
}

/// Takes line by line, and knows which was the last.
pub(super) struct Lines<'a> {
    rest: Option<&'a [u8]>,
    line: usize,
}

pub(super) type Read<T> = Result<T, SnapshotError>;

impl<'a> Lines<'a> {
    /// Takes the first line, which must be the header.
    pub(super) fn new(header: &str, snapshot: &'a [u8]) -> Read<Self> {
        let rest = Some(snapshot);
        let mut lines = Self { rest, line: 0 };
        let is_head = lines.take() == Some(header.as_bytes());
        lines.check(is_head, "must be the head of a snapshot in form 1")?;
        Ok(lines)
    }

    fn take(&mut self) -> Option<&'a [u8]> {
        self.line += 1;
        let rest = self.rest?;
        let end = rest.iter().position(|byte| *byte == b'\n');
        // The last line ends as the others do.
        let (line, rest) = rest.split_at_checked(end?)?;
        self.rest = rest.get(1..);
        Some(line)
    }

    /// The next line.
    pub(super) fn next<T: DeserializeOwned>(&mut self, rule: &'static str) -> Read<T> {
        let line = self.take();
        let read = line.and_then(|line| serde_json::from_slice(line).ok());
        self.hold(read, rule)
    }

    /// The last line breaks a rule, unless there is something.
    pub(super) fn hold<T>(&self, found: Option<T>, rule: &'static str) -> Read<T> {
        found.ok_or_else(|| SnapshotError::new(self.line, rule))
    }

    pub(super) fn check(&self, holds: bool, rule: &'static str) -> Read<()> {
        self.hold(holds.then_some(()), rule)
    }

    /// The last line breaks a rule.
    pub(super) const fn refuse(&self, rule: &'static str) -> SnapshotError {
        SnapshotError::new(self.line, rule)
    }

    /// Nothing may follow.
    pub(super) fn end(mut self) -> Read<()> {
        self.line += 1;
        let is_end = self.rest.is_some_and(<[u8]>::is_empty);
        self.check(is_end, "must be the end")
    }
}
