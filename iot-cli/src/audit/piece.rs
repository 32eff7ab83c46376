//! Where in which file something was read.

use std::ops::Range;
use std::rc::Rc;

use annotate_snippets::Level;
use iot_policy::locate;
use serde_json::value::RawValue;

use super::text::Text;
use crate::output::{self, Failure, one_line, printable};
use crate::sarif::Lines;
use crate::source::Source;

/// A part of a text: one value of its JSON.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    text: Rc<Text>,
    range: Range<usize>,
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.is_beside(other) && self.range == other.range
    }
}

impl Piece {
    /// The text as a whole.
    pub(super) fn whole(source: Source) -> Self {
        let range = 0..source.text.len();
        Self {
            text: Rc::new(Text::new(source)),
            range,
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.text.source.path
    }

    pub(super) fn text(&self) -> &str {
        let text = &self.text.source.text;
        text.get(self.range.clone()).unwrap_or_default()
    }

    /// A value that was borrowed from this text.
    pub(super) fn part(&self, value: &RawValue) -> Self {
        let start = (value.get().as_ptr() as usize).wrapping_sub(self.text().as_ptr() as usize);
        let start = self.range.start.saturating_add(start);
        match start.checked_add(value.get().len()) {
            Some(end) if end <= self.range.end => self.with(start..end),
            // Not borrowed from here: the best that can be shown is the whole.
            _ => self.clone(),
        }
    }

    /// The value that a JSON pointer names, else the whole.
    pub(super) fn at(&self, pointer: &str) -> Self {
        match locate(self.text(), pointer) {
            Some(found) => self.with(self.range.start + found.start..self.range.start + found.end),
            None => self.clone(),
        }
    }

    /// A byte of the value.
    pub(super) fn byte(&self, at: usize) -> Self {
        let at = self.range.start + at.min(self.range.len());
        self.with(at..at)
    }

    fn with(&self, range: Range<usize>) -> Self {
        Self {
            text: Rc::clone(&self.text),
            range,
        }
    }

    /// Where it stands in its text, in bytes.
    pub(super) const fn range(&self) -> &Range<usize> {
        &self.range
    }

    /// Whether it stands in the same text.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.text, &other.text)
    }

    /// The bytes to point at; of a value of several lines, where it begins.
    fn mark(&self) -> Range<usize> {
        match self.text().contains('\n') {
            true => self.range.start..self.range.start + 1,
            false => self.range.clone(),
        }
    }

    /// The lines that this and others of its text stand in, the number of the first, and where in
    /// them each is pointed at; `None` if they are too long to be drawn.
    pub(super) fn window<'a>(
        &self,
        all: impl Iterator<Item = &'a Self> + Clone,
    ) -> Option<(&str, usize, Vec<Range<usize>>)> {
        let marks = all.map(Self::mark);
        let start = marks.clone().map(|mark| mark.start).min()?;
        let end = marks.clone().map(|mark| mark.end).max()?;
        let (window, line) = self.text.window(&(start..end))?;
        let shift = |mark: Range<usize>| mark.start - window.start..mark.end - window.start;
        let text = self.text.source.text.get(window.clone())?;
        Some((text, line, marks.map(shift).collect()))
    }

    pub(super) fn lines(&self) -> Lines {
        Lines {
            start: self.text.position(self.range.start),
            end: self.text.position(self.range.end),
        }
    }

    pub(super) fn failure(&self, title: &str, label: &str) -> Failure {
        let (line, column) = self.text.position(self.range.start);
        let Some((text, first, marks)) = self.window(std::iter::once(self)) else {
            let path = one_line(self.path());
            return format!("{path}:{line}:{column}: {title}: {label}").into();
        };
        let place = output::Place {
            path: self.path(),
            source: text,
            range: marks.into_iter().next().unwrap_or_default(),
            label: &printable(label),
        };
        Failure::Drawing(output::draw_from(first, Level::ERROR, title, &place))
    }

    /// Why the value cannot be used, where the reader of JSON came to see it.
    pub(super) fn json_failure(&self, title: &str, error: &serde_json::Error) -> Failure {
        let above = self.text().split_inclusive('\n');
        let above = above.take(error.line().saturating_sub(1));
        let within = above.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let label = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let label = label.strip_suffix(&place).unwrap_or(&label);
        self.byte(within).failure(title, label)
    }
}

/// A file, and the place in it if it is a text.
#[derive(Clone, Debug)]
pub(super) enum Place {
    File(Rc<str>),
    Text(Piece),
}

impl Place {
    pub(super) fn path(&self) -> &str {
        match self {
            Self::File(path) => path,
            Self::Text(piece) => piece.path(),
        }
    }

    pub(super) const fn piece(&self) -> Option<&Piece> {
        match self {
            Self::File(_) => None,
            Self::Text(piece) => Some(piece),
        }
    }

    pub(super) fn failure(&self, title: &str, label: &str) -> Failure {
        match self {
            Self::File(path) => format!("{}: {title}: {label}", one_line(path)).into(),
            Self::Text(piece) => piece.failure(title, label),
        }
    }
}
