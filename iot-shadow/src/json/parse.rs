//! Reads JSON text into canonical form.

use alloc::vec::Vec;
use core::ops::Range;

use super::build::Builder;
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
    read(text, stamp, false)
}

/// The same for who looks at each member of the object once: these are as they were written, in
/// any order and some of them perhaps twice. What they hold is canonical.
pub(crate) fn parse_members(text: &[u8], stamp: u32) -> Result<Builder, JsonError> {
    read(text, stamp, true)
}

fn read(text: &[u8], stamp: u32, any_order: bool) -> Result<Builder, JsonError> {
    if text.len() > MAX_BYTES {
        return Err(JsonError::new(JsonErrorKind::TooLong, MAX_BYTES));
    }
    let text = core::str::from_utf8(text)
        .map_err(|error| JsonError::new(JsonErrorKind::NotUtf8, error.valid_up_to()))?;
    let mut parser = Parser {
        text,
        at: 0,
        copied: 0,
        nesting: 0,
        any_order,
        stamp,
        out: Builder::with_capacity(text.len(), text.len() / 12 + 2),
    };
    parser.white_space();
    parser.value(0)?;
    parser.white_space();
    match parser.peek() {
        None => {
            parser.copy();
            Ok(parser.out)
        }
        Some(_) => Err(parser.error(JsonErrorKind::Trailing)),
    }
}

/// What is canonical already, mostly all of it, is copied in one piece: from the last place where
/// something was left out or written otherwise.
struct Parser<'a> {
    text: &'a str,
    /// Always at a character.
    at: usize,
    /// Up to here the text was copied or left out; what stands from here to `at` will be copied.
    copied: usize,
    nesting: usize,
    /// Of the members of the outermost object.
    any_order: bool,
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
        let (start, node) = (self.written(), self.out.nodes.len());
        self.out.nodes.push(Node::leaf(key, 0, self.stamp));
        let first = self.peek();
        let is_object = first == Some(b'{');
        match first {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => {
                self.nested(Self::array)?;
                self.out.nodes.truncate(node + 1);
            }
            Some(b'"') => self.string()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            Some(_) => return Err(self.error(JsonErrorKind::Syntax)),
            None => return Err(self.error(JsonErrorKind::End)),
        }
        let (value, nodes) = (self.written() - start, self.out.nodes.len() - node);
        if let Some(node) = self.out.nodes.get_mut(node) {
            *node = match is_object {
                true => Node::object(key, value, nodes),
                false => Node::leaf(key, value, self.stamp),
            };
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
        let first = Start {
            text: self.written(),
            node: self.out.nodes.len(),
        };
        self.white_space();
        if self.peek() == Some(b'}') {
            return self.take(b'}');
        }
        // Where the key before stands, without its quotes.
        let (mut last, mut in_order, mut members) = (0..0, true, 0);
        loop {
            let start = self.written();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            self.string()?;
            let key = self.written() - start;
            let inner = start + 1..start + key - 1;
            if members > 0 {
                in_order &= self.key(last) < self.key(inner.clone());
            }
            (last, members) = (inner, members + 1);
            self.white_space();
            self.take(b':')?;
            self.white_space();
            self.value(key)?;
            if !self.more(b'}')? {
                break;
            }
        }
        if !(in_order || self.any_order && self.nesting == 1) {
            self.sort(&first, members);
        }
        self.take(b'}')
    }

    fn array(&mut self) -> Result<(), JsonError> {
        self.take(b'[')?;
        self.white_space();
        if self.peek() == Some(b']') {
            return self.take(b']');
        }
        let first = self.out.nodes.len();
        loop {
            self.value(0)?;
            self.out.nodes.truncate(first);
            if !self.more(b']')? {
                break;
            }
        }
        self.take(b']')
    }

    /// Behind an element or member: a comma and what comes next, or the end.
    fn more(&mut self, end: u8) -> Result<bool, JsonError> {
        self.white_space();
        if self.peek() == Some(end) {
            return Ok(false);
        }
        self.take(b',')?;
        self.white_space();
        Ok(true)
    }

    /// How long the output is with all that was read.
    fn written(&self) -> usize {
        self.out.text.len() + (self.at - self.copied)
    }

    /// Copies what was read.
    fn copy(&mut self) {
        let piece = self.text.get(self.copied..self.at).unwrap_or_default();
        self.out.text.push_str(piece);
        self.copied = self.at;
    }

    /// A key by its place in the output, copied or not: [`Parser::string`] leaves none in pieces.
    fn key(&self, place: Range<usize>) -> Option<&[u8]> {
        match place.start.checked_sub(self.out.text.len()) {
            None => self.out.text.as_bytes().get(place),
            Some(ahead) => {
                let start = self.copied + ahead;
                self.text.as_bytes().get(start..start + place.len())
            }
        }
    }

    /// Puts the members that begin there in the order of their keys, the last of each key.
    fn sort(&mut self, first: &Start, count: usize) {
        self.copy();
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

    fn string(&mut self) -> Result<(), JsonError> {
        self.take(b'"')?;
        let mut escaped = false;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
                .ok_or_else(|| JsonError::new(JsonErrorKind::End, self.text.len()))?;
            self.at += plain;
            match rest.get(plain) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return Err(self.error(JsonErrorKind::String)),
            }
            escaped = true;
        }
        self.at += 1;
        if escaped {
            self.copy();
        }
        Ok(())
    }

    /// Writes an escape in the form that it has in canonical text, if it needs one there.
    fn escape(&mut self) -> Result<(), JsonError> {
        self.copy();
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
                self.copied = self.at;
                return Ok(());
            }
            Some(_) => return Err(self.error(JsonErrorKind::String)),
            None => return Err(self.error(JsonErrorKind::End)),
        };
        self.at += 1;
        escape_char(ch, &mut self.out.text);
        self.copied = self.at;
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
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        match self.at == start {
            true => Err(self.unexpected()),
            false => Ok(()),
        }
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
        Ok(())
    }

    #[inline]
    fn white_space(&mut self) {
        if let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.leave_out_white_space();
        }
    }

    fn leave_out_white_space(&mut self) {
        self.copy();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.copied = self.at;
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
