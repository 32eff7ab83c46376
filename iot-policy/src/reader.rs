//! A strict pull reader of JSON (RFC 8259) that knows where it is.
//!
//! The grammar of a policy fixes what may stand at each place, so the reader never builds a value
//! and never recurses. Numbers stay the text that was written, strings without escapes borrow.
//! A general parser would need all of this around it: it forgets offsets, drops repeated keys,
//! and what it makes of numbers depends on features that other crates can switch on.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{PolicyError, PolicyErrorKind, Position};
use crate::pointer;

/// A JSON text and the offset of the next byte to read.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// Whether a member or an item was read before: what a comma depends on.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Turn {
    First,
    Later,
}

/// A key, where it starts and where it ends, quotation marks included.
pub(crate) struct Key<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) at: usize,
    pub(crate) end: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    pub(crate) const fn offset(&self) -> usize {
        self.at
    }

    /// The type of the value that comes next, its first byte not yet read.
    pub(crate) fn peek(&mut self) -> Result<Kind, Failure<'a>> {
        match self.next_byte() {
            Some(b'"') => Ok(Kind::String),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => self.fail("expected a value"),
            None => self.fail(END),
        }
    }

    /// Refuses the value that comes next, or what is wrong with it as JSON.
    pub(crate) fn wrong_type<T>(&mut self, expected: &'static str) -> Result<T, Failure<'a>> {
        let found = self.peek()?;
        let at = self.at;
        match found {
            Kind::String => drop(self.string()?),
            Kind::Number | Kind::Bool | Kind::Null => drop(self.scalar()?),
            Kind::Object | Kind::Array => (),
        }
        let found = found.name();
        Err(Failure::new(
            PolicyErrorKind::WrongType { expected, found },
            at,
        ))
    }

    /// Goes into an object or an array.
    pub(crate) fn enter(
        &mut self,
        kind: Kind,
        expected: &'static str,
    ) -> Result<Turn, Failure<'a>> {
        if self.peek()? != kind {
            return self.wrong_type(expected);
        }
        self.at += 1;
        Ok(Turn::First)
    }

    /// The next key of an object and the colon behind it; none at its end, which is read.
    pub(crate) fn key(&mut self, turn: &mut Turn) -> Result<Option<Key<'a>>, Failure<'a>> {
        if !self.more(turn, b'}', "expected `,` or `}`")? {
            return Ok(None);
        }
        let next = self.next_byte();
        let at = self.at;
        if next != Some(b'"') {
            return self.fail("expected a key");
        }
        let text = self.string()?;
        let end = self.at;
        if self.next_byte() != Some(b':') {
            return self.fail("expected `:`");
        }
        self.at += 1;
        Ok(Some(Key { text, at, end }))
    }

    /// Whether an array has another item; its end is read.
    pub(crate) fn item(&mut self, turn: &mut Turn) -> Result<bool, Failure<'a>> {
        self.more(turn, b']', "expected `,` or `]`")
    }

    fn more(
        &mut self,
        turn: &mut Turn,
        close: u8,
        expected: &'static str,
    ) -> Result<bool, Failure<'a>> {
        let next = self.next_byte();
        if next == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        if *turn == Turn::Later {
            if next != Some(b',') {
                return self.fail(expected);
            }
            self.at += 1;
            if self.next_byte() == Some(close) {
                return self.fail("a comma in front of the end");
            }
        }
        *turn = Turn::Later;
        Ok(true)
    }

    /// A string; [`peek`](Self::peek) has seen its quotation mark.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Failure<'a>> {
        self.at += 1;
        let chunk = self.chunk()?;
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(chunk));
        }
        let mut text = String::from(chunk);
        while self.byte() == Some(b'\\') {
            text.push(self.escape()?);
            text.push_str(self.chunk()?);
        }
        self.at += 1;
        Ok(Cow::Owned(text))
    }

    /// What a string holds up to the next backslash or its end.
    fn chunk(&mut self) -> Result<&'a str, Failure<'a>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let len = plain_len(rest.as_bytes());
        self.at += len;
        match self.byte() {
            Some(b'"' | b'\\') => Ok(rest.get(..len).unwrap_or_default()),
            Some(_) => self.fail("a control character in a string"),
            None => self.fail("a string without end"),
        }
    }

    fn escape(&mut self) -> Result<char, Failure<'a>> {
        let start = self.at;
        self.at += 2;
        let byte = self.text.as_bytes().get(start + 1);
        let c = match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.hex(start)?;
                let low_follows = || {
                    self.text
                        .get(self.at..)
                        .is_some_and(|t| t.starts_with("\\u"))
                };
                let code = if (0xD800..0xDC00).contains(&unit) && low_follows() {
                    self.at += 2;
                    let low = self.hex(start)?;
                    // A low half outside its range gives no scalar either.
                    let low = low.wrapping_sub(0xDC00);
                    (low < 0x400).then(|| 0x10000 + ((unit - 0xD800) << 10) + low)
                } else {
                    Some(unit)
                };
                match code.and_then(char::from_u32) {
                    Some(c) => c,
                    None => return fail_at(start, "an unpaired surrogate"),
                }
            }
            _ => return fail_at(start, "an unknown escape"),
        };
        Ok(c)
    }

    fn hex(&mut self, start: usize) -> Result<u32, Failure<'a>> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return fail_at(start, "`\\u` needs four hexadecimal digits");
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).or_else(|_| fail_at(start, END))
    }

    /// A number, `true`, `false` or `null` as written; [`peek`](Self::peek) has seen its first byte.
    pub(crate) fn scalar(&mut self) -> Result<&'a str, Failure<'a>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let word = ["true", "false", "null"]
            .into_iter()
            .find(|word| rest.starts_with(word));
        let len = word.map(str::len).or_else(|| number_len(rest.as_bytes()));
        match len.and_then(|len| rest.get(..len)) {
            Some(scalar) => {
                self.at += scalar.len();
                Ok(scalar)
            }
            None => self.fail("expected a value"),
        }
    }

    /// Passes over a value. Within objects and arrays only strings and brackets are looked at.
    pub(crate) fn skip(&mut self) -> Result<(), Failure<'a>> {
        let mut depth = 0_usize;
        loop {
            match self.next_byte() {
                Some(b'"') => drop(self.string()?),
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                Some(_) if depth > 0 => self.at += 1,
                Some(_) => drop(self.scalar()?),
                None => return self.fail(END),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Refuses anything but white space up to the end of the text.
    pub(crate) fn end(&mut self) -> Result<(), Failure<'a>> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => Err(Failure::new(PolicyErrorKind::TrailingText, self.at)),
        }
    }

    /// The next byte that is not white space.
    fn next_byte(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fail<T>(&self, reason: &'static str) -> Result<T, Failure<'a>> {
        fail_at(self.at, reason)
    }
}

fn fail_at<'a, T>(at: usize, reason: &'static str) -> Result<T, Failure<'a>> {
    Err(Failure::new(PolicyErrorKind::Syntax { reason }, at))
}

const END: &str = "the text ends too early";

/// How many bytes come before a quotation mark, a backslash, a control character or the end.
/// Eight at a time: strings are most of a policy.
fn plain_len(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    // Sets the high bit of the bytes that are zero; borrows can set more, but only above one.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let (words, tail) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = zeros(word ^ (ONES * u64::from(b'"')));
        let backslash = zeros(word ^ (ONES * u64::from(b'\\')));
        // A control character is zero but for its low five bits.
        let control = zeros(word & (ONES * 0xE0));
        let found = quote | backslash | control;
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let len = tail.iter().position(special).unwrap_or(tail.len());
    words.len() * 8 + len
}

/// How many bytes of `text` are a number.
fn number_len(text: &[u8]) -> Option<usize> {
    let byte = |at: usize| text.get(at).copied();
    let digits = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(at + count)
    };
    let start = usize::from(byte(0) == Some(b'-'));
    let mut end = if byte(start) == Some(b'0') {
        start + 1
    } else {
        digits(start)?
    };
    if byte(end) == Some(b'.') {
        end = digits(end + 1)?;
    }
    if matches!(byte(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(byte(end + 1), Some(b'+' | b'-')));
        end = digits(end + 1 + signed)?;
    }
    Some(end)
}

/// The JSON types.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    String,
    Number,
    Bool,
    Null,
    Object,
    Array,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a number",
            Self::Bool => "a Boolean",
            Self::Null => "null",
            Self::Object => "an object",
            Self::Array => "an array",
        }
    }
}

/// A refusal on its way out; each level that it passes adds its part of the path.
pub(crate) struct Failure<'a>(Box<Refusal<'a>>);

struct Refusal<'a> {
    kind: PolicyErrorKind,
    at: usize,
    /// Innermost first.
    path: Vec<Segment<'a>>,
}

/// One step of a path.
pub(crate) enum Segment<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

impl<'a> Failure<'a> {
    pub(crate) fn new(kind: PolicyErrorKind, at: usize) -> Self {
        let path = Vec::new();
        Self(Box::new(Refusal { kind, at, path }))
    }

    pub(crate) fn within(mut self, segment: Segment<'a>) -> Self {
        self.0.path.push(segment);
        self
    }

    pub(crate) fn into_error(self, text: &str) -> PolicyError {
        let mut path = String::new();
        for segment in self.0.path.iter().rev() {
            match segment {
                Segment::Key(key) => pointer::push_key(&mut path, key),
                Segment::Index(index) => pointer::push_index(&mut path, *index),
            }
        }
        let position = Position::of(text, self.0.at);
        PolicyError::new(self.0.kind, path.into_boxed_str(), Some(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_ends_a_run() {
        // Neighbours of the special bytes, in every place of two words and a tail.
        let plain = [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xA2, 0xDC, 0xFF];
        for fill in plain {
            assert_eq!(plain_len(&[fill; 21]), 21, "{fill:#x}");
            for at in 0..21 {
                for special in (0..0x20).chain([b'"', b'\\']) {
                    let mut text = [fill; 21];
                    text[at] = special;
                    assert_eq!(plain_len(&text), at, "{special:#x} in {fill:#x}");
                    // A borrow runs from the zero byte into the ones above it, not below.
                    text[at + 1..].fill(special ^ 1);
                    assert_eq!(plain_len(&text), at, "{special:#x} in {fill:#x}");
                }
            }
        }
    }

    #[test]
    fn numbers_are_those_of_the_grammar() {
        for good in [
            "0", "-0", "7", "120", "0.0", "-1.50", "1e9", "1E+09", "0e-0", "12.5e3",
        ] {
            assert_eq!(number_len(good.as_bytes()), Some(good.len()), "{good}");
        }
        for (bad, len) in [
            ("", None),
            ("-", None),
            ("1.", None),
            ("1e", None),
            ("1.e1", None),
            ("1e+", None),
            (".5", None),
            ("+1", None),
            ("01", Some(1)),
            ("1.5.5", Some(3)),
            ("0x1", Some(1)),
        ] {
            assert_eq!(number_len(bad.as_bytes()), len, "{bad}");
        }
    }
}
