//! Reads JSON text into canonical form.

use alloc::vec::Vec;

use super::build::{Builder, small};
use super::error::{JsonError, JsonErrorKind};
use super::string::escape_char;
use super::{JsonRef, Node};

/// Arrays and objects that may be nested, as in `serde_json`: what is read here it can read too. It
/// bounds the recursion.
const MAX_NESTING: usize = 127;

/// Lengths in the index are of 32 bits; this is far more than any message, and far less than that.
const MAX_BYTES: usize = 16 << 20;

/// Reads a text; `stamp` is what each leaf gets.
pub(crate) fn parse(text: &[u8], stamp: u32) -> Result<Builder, JsonError> {
    if text.len() > MAX_BYTES {
        return Err(JsonError::new(JsonErrorKind::TooLong, MAX_BYTES));
    }
    let text = core::str::from_utf8(text)
        .map_err(|error| JsonError::new(JsonErrorKind::NotUtf8, error.valid_up_to()))?;
    let mut parser = Parser {
        text,
        at: 0,
        nesting: 0,
        stamp,
        out: Builder::with_capacity(text.len(), text.len() / 12 + 2),
    };
    parser.white_space();
    parser.value(0)?;
    parser.white_space();
    match parser.peek() {
        None => Ok(parser.out),
        Some(_) => Err(parser.error(JsonErrorKind::Trailing)),
    }
}

struct Parser<'a> {
    text: &'a str,
    /// Always at a character.
    at: usize,
    nesting: usize,
    stamp: u32,
    out: Builder,
}

/// A member that was written, by where its key and its first node begin.
struct Start {
    text: usize,
    node: usize,
}

impl<'a> Parser<'a> {
    /// Reads a value, whose key of that length is written.
    fn value(&mut self, key: usize) -> Result<(), JsonError> {
        let (start, node) = (self.out.text.len(), self.out.nodes.len());
        self.out.nodes.push(Node {
            key: small(key),
            value: 0,
            nodes: 1,
            stamp: self.stamp,
        });
        match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => {
                self.nested(Self::array)?;
                self.out.nodes.truncate(node + 1);
            }
            Some(b'"') => {
                self.string()?;
            }
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            Some(_) => return Err(self.error(JsonErrorKind::Syntax)),
            None => return Err(self.error(JsonErrorKind::End)),
        }
        let (value, nodes) = (self.out.text.len() - start, self.out.nodes.len() - node);
        if let Some(node) = self.out.nodes.get_mut(node) {
            node.value = small(value);
            node.nodes = small(nodes);
        }
        Ok(())
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<(), JsonError>) -> Result<(), JsonError> {
        if self.nesting == MAX_NESTING {
            return Err(self.error(JsonErrorKind::Nesting));
        }
        self.nesting += 1;
        read(self)?;
        self.nesting -= 1;
        Ok(())
    }

    fn object(&mut self) -> Result<(), JsonError> {
        self.take(b'{')?;
        self.out.text.push('{');
        let first = Start {
            text: self.out.text.len(),
            node: self.out.nodes.len(),
        };
        self.white_space();
        if self.peek() == Some(b'}') {
            return self.close(b'}');
        }
        // Where the key before stands, without its quotes.
        let (mut last, mut in_order, mut members) = (0..0, true, 0);
        loop {
            let start = self.out.text.len();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            let key = self.string()?;
            let inner = start + 1..start + key - 1;
            if members > 0 {
                in_order &= self.out.text.get(last) < self.out.text.get(inner.clone());
            }
            (last, members) = (inner, members + 1);
            self.white_space();
            self.take(b':')?;
            self.out.text.push(':');
            self.white_space();
            self.value(key)?;
            if !self.more(b'}')? {
                break;
            }
        }
        if !in_order {
            self.sort(&first, members);
        }
        self.close(b'}')
    }

    fn array(&mut self) -> Result<(), JsonError> {
        self.take(b'[')?;
        self.out.text.push('[');
        self.white_space();
        if self.peek() == Some(b']') {
            return self.close(b']');
        }
        let first = self.out.nodes.len();
        loop {
            self.value(0)?;
            self.out.nodes.truncate(first);
            if !self.more(b']')? {
                break;
            }
        }
        self.close(b']')
    }

    /// Behind an element or member: a comma and what comes next, or the end.
    fn more(&mut self, end: u8) -> Result<bool, JsonError> {
        self.white_space();
        if self.peek() == Some(end) {
            return Ok(false);
        }
        self.take(b',')?;
        self.out.text.push(',');
        self.white_space();
        Ok(true)
    }

    fn close(&mut self, end: u8) -> Result<(), JsonError> {
        self.take(end)?;
        self.out.text.push(char::from(end));
        Ok(())
    }

    /// Puts the members that begin there in the order of their keys, the last of each key.
    fn sort(&mut self, first: &Start, count: usize) {
        let text = self.out.text.split_off(first.text);
        let nodes = self.out.nodes.split_off(first.node);
        let mut members: Vec<(&str, JsonRef<'_>)> = Vec::with_capacity(count);
        members.extend(super::Members::open(&text, &nodes));
        members.sort_by_key(|(key, _)| inner(key));
        let mut rest = members.iter().peekable();
        while let Some((key, value)) = rest.next() {
            if rest.peek().is_none_or(|(next, _)| next != key) {
                self.out.push(key, *value);
            }
        }
    }

    /// Copies a string with its quotes and tells how many bytes it takes.
    fn string(&mut self) -> Result<usize, JsonError> {
        let start = self.out.text.len();
        self.take(b'"')?;
        self.out.text.push('"');
        loop {
            let rest = self.rest();
            let plain = rest
                .bytes()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
                .ok_or_else(|| JsonError::new(JsonErrorKind::End, self.text.len()))?;
            self.out
                .text
                .push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return Err(self.error(JsonErrorKind::String)),
            }
        }
        self.close(b'"')?;
        Ok(self.out.text.len() - start)
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.take(b'\\')?;
        let ch = match self.peek() {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let ch = self.unicode(start)?;
                escape_char(ch, &mut self.out.text);
                return Ok(());
            }
            Some(_) => return Err(self.error(JsonErrorKind::String)),
            None => return Err(self.error(JsonErrorKind::End)),
        };
        self.at += 1;
        escape_char(ch, &mut self.out.text);
        Ok(())
    }

    /// Behind `\u`: the character, which may take a second escape.
    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        let lone = JsonError::new(JsonErrorKind::Surrogate, start);
        let unit = self.hex()?;
        let code = match unit {
            0xd800..=0xdbff => {
                if !self.rest().starts_with("\\u") {
                    return Err(lone);
                }
                self.at += 2;
                let low = self.hex()?;
                if !matches!(low, 0xdc00..=0xdfff) {
                    return Err(lone);
                }
                0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
            }
            _ => unit,
        };
        char::from_u32(code).ok_or(lone)
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = match self.peek() {
                Some(byte) => char::from(byte).to_digit(16),
                None => return Err(self.error(JsonErrorKind::End)),
            };
            unit = unit * 16 + digit.ok_or_else(|| self.error(JsonErrorKind::String))?;
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.skip(b'-');
        if !self.skip(b'0') {
            self.digits()?;
        }
        if self.skip(b'.') {
            self.digits()?;
        }
        let mut large = self.at - start > MANY_DIGITS;
        if self.skip(b'e') || self.skip(b'E') {
            if !self.skip(b'+') {
                self.skip(b'-');
            }
            self.digits()?;
            large = true;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if large && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            return Err(JsonError::new(JsonErrorKind::Number, start));
        }
        self.out.text.push_str(text);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Err(self.unexpected());
        }
        self.at += count;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        if !self.rest().starts_with(word) {
            let kind = match word.starts_with(self.rest()) {
                true => JsonErrorKind::End,
                false => JsonErrorKind::Syntax,
            };
            return Err(self.error(kind));
        }
        self.at += word.len();
        self.out.text.push_str(word);
        Ok(())
    }

    fn white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.skip(byte) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn unexpected(&self) -> JsonError {
        self.error(match self.peek() {
            Some(_) => JsonErrorKind::Syntax,
            None => JsonErrorKind::End,
        })
    }

    const fn error(&self, kind: JsonErrorKind) -> JsonError {
        JsonError::new(kind, self.at)
    }
}

/// Without an exponent a number needs more characters than this to be too large for a double.
const MANY_DIGITS: usize = 300;

/// A key without its quotes: these would stand between a key and those that it begins. As bytes,
/// which have the same order and no boundaries to look for.
pub(crate) fn inner(key: &str) -> &[u8] {
    let key = key.as_bytes();
    key.get(1..key.len().saturating_sub(1)).unwrap_or_default()
}
