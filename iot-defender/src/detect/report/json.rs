//! Reports and answers as JSON (RFC 8259).
//!
//! The reader is our own, since a parser that builds values drops repeated keys, and since what
//! `serde_json` makes of numbers depends on features that any other crate can switch on.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::error::{Fault, ReportErrorKind};
use super::token::{Reader, Token, Writer};

/// An object or an array that is open.
#[derive(Clone, Copy, Debug)]
struct Level {
    is_map: bool,
    is_begun: bool,
}

#[derive(Debug)]
pub(super) struct JsonReader<'a> {
    text: &'a str,
    at: usize,
    levels: Vec<Level>,
    max_depth: usize,
}

impl<'a> JsonReader<'a> {
    pub(super) fn new(payload: &'a [u8], max_depth: usize) -> Result<Self, Fault<'a>> {
        let text = core::str::from_utf8(payload)
            .map_err(|error| Fault::syntax("not UTF-8", error.valid_up_to()))?;
        Ok(Self {
            text,
            at: 0,
            levels: Vec::new(),
            max_depth,
        })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space.
    fn next_byte(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.byte()
    }

    fn fail<T>(&self, reason: &'static str) -> Result<T, Fault<'a>> {
        Err(Fault::syntax(reason, self.at))
    }

    fn open(&mut self, is_map: bool) -> Result<Token<'a>, Fault<'a>> {
        let max = self.max_depth;
        if self.levels.len() >= max {
            return Err(Fault::new(ReportErrorKind::TooDeep { max }));
        }
        self.at += 1;
        let is_begun = false;
        self.levels.push(Level { is_map, is_begun });
        Ok(if is_map { Token::Map } else { Token::List })
    }

    /// Whether the innermost object or array goes on.
    fn more(&mut self, close: u8, expected: &'static str) -> Result<bool, Fault<'a>> {
        let next = self.next_byte();
        if next == Some(close) {
            self.at += 1;
            self.levels.pop();
            return Ok(false);
        }
        let Some(level) = self.levels.last_mut() else {
            return Ok(false);
        };
        if !level.is_begun {
            level.is_begun = true;
            return Ok(true);
        }
        if next != Some(b',') {
            return self.fail(expected);
        }
        self.at += 1;
        if self.next_byte() == Some(close) {
            return self.fail("a comma in front of the end");
        }
        Ok(true)
    }

    /// The string whose quotation mark comes next.
    fn string(&mut self) -> Result<Cow<'a, str>, Fault<'a>> {
        self.at += 1;
        let plain = self.plain()?;
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = String::from(plain);
        while self.byte() == Some(b'\\') {
            text.push(self.escape()?);
            text.push_str(self.plain()?);
        }
        self.at += 1;
        Ok(Cow::Owned(text))
    }

    /// What a string holds up to the next backslash or its end.
    fn plain(&mut self) -> Result<&'a str, Fault<'a>> {
        let rest = self.rest();
        let is_special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        let len = rest.bytes().position(is_special).unwrap_or(rest.len());
        self.at += len;
        match self.byte() {
            Some(b'"' | b'\\') => Ok(rest.get(..len).unwrap_or_default()),
            Some(_) => self.fail("a control character in a string"),
            None => self.fail("a string without end"),
        }
    }

    fn escape(&mut self) -> Result<char, Fault<'a>> {
        let start = self.at;
        self.at += 1;
        let byte = self.byte();
        self.at += 1;
        Ok(match byte {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let mut units = [self.unit(start)?, 0];
                let is_high = matches!(units, [0xD800..0xDC00, _]);
                if is_high && self.rest().starts_with("\\u") {
                    self.at += 2;
                    units[1] = self.unit(start)?;
                }
                let units = units.into_iter().take(if is_high { 2 } else { 1 });
                match char::decode_utf16(units).next() {
                    Some(Ok(ch)) => ch,
                    _ => return Err(Fault::syntax("an unpaired surrogate", start)),
                }
            }
            _ => return Err(Fault::syntax("an unknown escape", start)),
        })
    }

    /// The four digits behind `\u`.
    fn unit(&mut self, start: usize) -> Result<u16, Fault<'a>> {
        let digits = self.rest().get(..4).unwrap_or_default();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let unit = u16::from_str_radix(digits, 16).ok().filter(|_| is_hex);
        self.at += 4;
        unit.ok_or_else(|| Fault::syntax("`\\u` needs four hexadecimal digits", start))
    }

    fn number(&mut self) -> Result<Token<'a>, Fault<'a>> {
        let rest = self.rest();
        let Some(text) = number_len(rest.as_bytes()).and_then(|len| rest.get(..len)) else {
            return self.fail("expected a value");
        };
        self.at += text.len();
        if let Ok(number) = text.parse() {
            return Ok(Token::Unsigned(number));
        }
        match text.parse() {
            Ok(number) => Ok(Token::Number(number)),
            Err(_) => self.fail("expected a value"),
        }
    }

    fn word(&mut self) -> Result<Token<'a>, Fault<'a>> {
        let words = [
            ("true", "a Boolean"),
            ("false", "a Boolean"),
            ("null", "null"),
        ];
        let rest = self.rest();
        match words.into_iter().find(|(word, _)| rest.starts_with(word)) {
            Some((word, found)) => {
                self.at += word.len();
                Ok(Token::Other(found))
            }
            None => self.fail("expected a value"),
        }
    }
}

impl<'a> Reader<'a> for JsonReader<'a> {
    fn value(&mut self) -> Result<Token<'a>, Fault<'a>> {
        match self.next_byte() {
            Some(b'{') => self.open(true),
            Some(b'[') => self.open(false),
            Some(b'"') => self.string().map(Token::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
            None => self.fail("the payload ends too early"),
        }
    }

    fn key(&mut self) -> Result<Option<Cow<'a, str>>, Fault<'a>> {
        if !self.more(b'}', "expected `,` or `}`")? {
            return Ok(None);
        }
        if self.next_byte() != Some(b'"') {
            return self.fail("expected a key");
        }
        let key = self.string()?;
        if self.next_byte() != Some(b':') {
            return self.fail("expected `:`");
        }
        self.at += 1;
        Ok(Some(key))
    }

    fn item(&mut self) -> Result<bool, Fault<'a>> {
        self.more(b']', "expected `,` or `]`")
    }

    fn end(&mut self) -> Result<(), Fault<'a>> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => self.fail("something behind the end"),
        }
    }

    fn depth(&self) -> usize {
        self.levels.len()
    }

    fn is_in_map(&self) -> bool {
        self.levels.last().is_some_and(|level| level.is_map)
    }
}

/// How many bytes of `text` are a number.
fn number_len(text: &[u8]) -> Option<usize> {
    let byte = |at: usize| text.get(at).copied();
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(from + count)
    };
    let start = usize::from(byte(0) == Some(b'-'));
    let mut end = match byte(start) {
        Some(b'0') => start + 1,
        _ => digits(start)?,
    };
    if byte(end) == Some(b'.') {
        end = digits(end + 1)?;
    }
    if matches!(byte(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(byte(end + 1), Some(b'+' | b'-')));
        end = digits(end + 1 + sign)?;
    }
    Some(end)
}

#[derive(Debug, Default)]
pub(super) struct JsonWriter {
    out: String,
    /// The brackets that close what is open.
    closing: Vec<char>,
    /// Whether the next key or item is behind another.
    is_behind: bool,
}

impl JsonWriter {
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// The comma in front of a key or an item. A value behind its key has none.
    fn comma(&mut self) {
        if self.is_behind {
            self.out.push(',');
        }
        self.is_behind = true;
    }

    fn open(&mut self, bracket: char, closing: char) {
        self.comma();
        self.out.push(bracket);
        self.closing.push(closing);
        self.is_behind = false;
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for ch in text.chars() {
            match ch {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                // A `String` takes all that is written to it.
                '\0'..' ' => {
                    let _ = write!(self.out, "\\u{:04x}", u32::from(ch));
                }
                ch => self.out.push(ch),
            }
        }
        self.out.push('"');
    }
}

impl Writer for JsonWriter {
    fn map(&mut self, _: usize) {
        self.open('{', '}');
    }

    fn list(&mut self, _: usize) {
        self.open('[', ']');
    }

    fn key(&mut self, key: &str) {
        self.comma();
        self.string(key);
        self.out.push(':');
        self.is_behind = false;
    }

    fn text(&mut self, text: &str) {
        self.comma();
        self.string(text);
    }

    fn unsigned(&mut self, number: u64) {
        self.comma();
        let _ = write!(self.out, "{number}");
    }

    fn number(&mut self, number: f64) {
        self.comma();
        let magnitude = number.abs();
        let is_plain = magnitude == 0.0 || (1e-5..1e16).contains(&magnitude);
        // Both are the shortest text that gives the same number back.
        let _ = if is_plain {
            write!(self.out, "{number}")
        } else {
            write!(self.out, "{number:e}")
        };
    }

    fn end(&mut self) {
        self.out.extend(self.closing.pop());
        self.is_behind = true;
    }
}
