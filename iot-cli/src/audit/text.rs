//! A text whose places are found without reading it from the start each time: an inventory may
//! have megabytes, and a finding on each line.

use std::cell::OnceCell;
use std::ops::Range;

use crate::source::Source;

#[derive(Debug)]
pub(super) struct Text {
    pub(super) source: Source,
    marks: OnceCell<Vec<Mark>>,
}

/// A place whose line and column are known.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    offset: usize,
    line: usize,
    column: usize,
}

/// Characters between two marks of a line.
const GAP: usize = 4_096;
/// The longest part of a text that is drawn.
const MAX_WINDOW: usize = 16_384;

impl Text {
    pub(super) const fn new(source: Source) -> Self {
        Self {
            source,
            marks: OnceCell::new(),
        }
    }

    /// Line and column of a byte, from 1; columns in Unicode scalars.
    pub(super) fn position(&self, at: usize) -> (usize, usize) {
        let marks = self.marks();
        let before = marks.partition_point(|mark| mark.offset <= at);
        let mark = before.checked_sub(1).and_then(|index| marks.get(index));
        let mark = mark.copied().unwrap_or_default();
        let rest = self.source.text.get(mark.offset..).unwrap_or_default();
        let more = rest.char_indices();
        let more = more.take_while(|(index, c)| mark.offset + index + c.len_utf8() <= at);
        (mark.line + 1, mark.column + more.count() + 1)
    }

    /// The whole lines that a range stands in, with the number of the first; `None` if that is too
    /// much to be drawn.
    pub(super) fn window(&self, range: &Range<usize>) -> Option<(Range<usize>, usize)> {
        let text = &self.source.text;
        let back = range.start.saturating_sub(MAX_WINDOW);
        let head = text.as_bytes().get(back..range.start)?;
        let start = match head.iter().rposition(|byte| *byte == b'\n') {
            Some(newline) => back + newline + 1,
            None if back == 0 => 0,
            None => return None,
        };
        let tail = text.as_bytes().get(range.end..)?;
        let tail = tail.get(..MAX_WINDOW).unwrap_or(tail);
        let end = match tail.iter().position(|byte| *byte == b'\n') {
            Some(newline) => range.end + newline,
            None if tail.len() < MAX_WINDOW => range.end + tail.len(),
            None => return None,
        };
        let (line, _) = self.position(start);
        (end - start <= 2 * MAX_WINDOW).then_some((start..end, line))
    }

    fn marks(&self) -> &[Mark] {
        self.marks.get_or_init(|| {
            let mut marks = vec![Mark::default()];
            let mut here = Mark::default();
            for (offset, c) in self.source.text.char_indices() {
                if c == '\n' {
                    here = Mark {
                        offset: offset + 1,
                        line: here.line + 1,
                        column: 0,
                    };
                    marks.push(here);
                } else {
                    here.column += 1;
                    if here.column.is_multiple_of(GAP) {
                        here.offset = offset + c.len_utf8();
                        marks.push(here);
                    }
                }
            }
            marks
        })
    }
}

#[cfg(test)]
mod tests {
    use iot_policy::Position;

    use super::*;

    #[test]
    fn places_are_those_that_are_counted() {
        let long = "é".repeat(3 * GAP);
        let text = format!("a\n\n{long}\r\n\u{10000}b{long}");
        let path = String::new();
        let text = Text::new(Source { path, text });
        for at in (0..text.source.text.len()).step_by(7).chain([usize::MAX]) {
            let slow = Position::of(&text.source.text, at);
            assert_eq!(text.position(at), (slow.line, slow.column), "{at}");
        }
    }

    #[test]
    fn windows_are_whole_lines() {
        let path = String::new();
        let text = format!("one\ntwo\nthree\n{}", "x".repeat(2 * MAX_WINDOW));
        let text = Text::new(Source { path, text });
        assert_eq!(text.window(&(5..6)), Some((4..7, 2)));
        assert_eq!(text.window(&(5..9)), Some((4..13, 2)));
        assert_eq!(text.window(&(0..3)), Some((0..3, 1)));
        assert_eq!(text.window(&(20..30)), None);
    }
}
