//! Reads JSON text into canonical form.

use alloc::vec::Vec;
use core::mem;
use core::ops::Range;

use super::build::Builder;
use super::error::{JsonError, JsonErrorKind};
use super::string::escape_char;
use super::{JsonRef, Node};

/// Arrays and objects that may be nested, as in `serde_json`: what is read here it can read too. It
/// bounds the recursion.
const MAX_NESTING: usize = 127;

/// Lengths in the index are of 32 bits; this is far more than any message, and far less than that.
pub(crate) const MAX_BYTES: usize = 16 << 20;

/// Reads a text; `stamp` is what each leaf gets.
pub(crate) fn parse(text: &[u8], stamp: u32) -> Result<Builder, JsonError> {
    let text = utf8(text)?;
    let mut parser = Parser::new(text, stamp, Order::Keys, capacity(text));
    parser.whole()?;
    Ok(parser.out)
}

/// The same for who looks at each member of a request once: these are as they were written, in any
/// order and some of them perhaps twice. What they hold is canonical.
pub(crate) fn parse_members(text: &[u8], stamp: u32) -> Result<Members<'_>, JsonError> {
    let text = utf8(text)?;
    let mut parser = Parser::new(text, stamp, Order::KeysBelow, capacity(text));
    parser.whole()?;
    Ok(Members {
        root: parser.out,
        state: parser.state,
    })
}

/// What [`parse_members`] read.
pub(crate) struct Members<'a> {
    pub(crate) root: Builder,
    /// The last member `state`, if an object in it is not in the order of its keys.
    pub(crate) state: Option<Unordered<'a>>,
}

/// A value that was read before, and in which an object is not in the order of its keys.
#[derive(Clone, Copy)]
pub(crate) struct Unordered<'a> {
    text: &'a str,
    /// Whether an object has a key twice.
    repeated: bool,
}

impl Unordered<'_> {
    /// Reads it again, in the form of `canonical` but for order: each member stands where the
    /// first of its key was written, with the value of the last.
    pub(super) fn read(self, canonical: JsonRef<'_>, stamp: u32) -> Result<Builder, JsonError> {
        let order = match self.repeated {
            true => Order::FirstPlaces,
            false => Order::AsWritten,
        };
        // No more than the canonical form takes, unless something was left out of that.
        let capacity = (canonical.text.len(), canonical.nodes.len());
        let mut parser = Parser::new(self.text, stamp, order, capacity);
        parser.whole()?;
        Ok(parser.out)
    }
}

fn utf8(text: &[u8]) -> Result<&str, JsonError> {
    if text.len() > MAX_BYTES {
        return Err(JsonError::new(JsonErrorKind::TooLong, MAX_BYTES));
    }
    core::str::from_utf8(text)
        .map_err(|error| JsonError::new(JsonErrorKind::NotUtf8, error.valid_up_to()))
}

/// Bytes and nodes that a text may take.
const fn capacity(text: &str) -> (usize, usize) {
    (text.len(), text.len() / 12 + 2)
}

/// The order that the members of an object get.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// That of their keys, each key once.
    Keys,
    /// The same, but those of the outermost object stay as they were written.
    KeysBelow,
    /// As they were written. No object has a key twice.
    AsWritten,
    /// Where the first of each key was written, with the value of the last.
    FirstPlaces,
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
    order: Order,
    stamp: u32,
    out: Builder,
    /// Whether an object was sorted, and a member left out of one, since the last member of the
    /// outermost object with [`Order::KeysBelow`].
    sorted: bool,
    repeated: bool,
    /// With that order, what [`Members::state`] is to tell.
    state: Option<Unordered<'a>>,
}

/// A member that was written, by where its key and its first node begin.
struct Start {
    text: usize,
    node: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, stamp: u32, order: Order, (bytes, nodes): (usize, usize)) -> Self {
        Self {
            text,
            at: 0,
            copied: 0,
            nesting: 0,
            order,
            stamp,
            out: Builder::with_capacity(bytes, nodes),
            sorted: false,
            repeated: false,
            state: None,
        }
    }

    /// Reads the whole text.
    fn whole(&mut self) -> Result<(), JsonError> {
        self.white_space();
        self.value(0)?;
        self.white_space();
        match self.peek() {
            None => {
                self.copy();
                Ok(())
            }
            Some(_) => Err(self.error(JsonErrorKind::Trailing)),
        }
    }

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
            let value = self.at;
            self.value(key)?;
            if (self.sorted || self.state.is_some()) && self.is_outermost() {
                self.note(last.clone(), value);
            }
            if !self.more(b'}')? {
                break;
            }
        }
        if !in_order {
            match self.order {
                Order::Keys => self.sort(&first, members),
                Order::KeysBelow if !self.is_outermost() => self.sort(&first, members),
                Order::FirstPlaces => self.unite(&first, members),
                Order::KeysBelow | Order::AsWritten => {}
            }
        }
        self.take(b'}')
    }

    /// Whether this is inside of the object the members of which stay as they are.
    fn is_outermost(&self) -> bool {
        self.nesting == 1 && self.order == Order::KeysBelow
    }

    /// Behind a member of the outermost object; its key stands there in the output, and its value
    /// begins there in the text.
    fn note(&mut self, key: Range<usize>, value: usize) {
        let sorted = mem::take(&mut self.sorted);
        let repeated = mem::take(&mut self.repeated);
        if self.key(key) == Some(b"state") {
            let text = self.text.get(value..self.at).filter(|_| sorted);
            self.state = text.map(|text| Unordered { text, repeated });
        }
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
        self.sorted = true;
        let mut rest = members.iter().peekable();
        while let Some((key, value)) = rest.next() {
            if rest.peek().is_none_or(|(next, _)| next != key) {
                self.out.push(key, *value);
            } else {
                self.repeated = true;
            }
        }
    }

    /// Leaves one member of each key that begins there, in the place of the first, with the value
    /// of the last.
    fn unite(&mut self, first: &Start, count: usize) {
        self.copy();
        let text = self.out.text.split_off(first.text);
        let nodes = self.out.nodes.split_off(first.node);
        let mut members = Vec::with_capacity(count);
        members.extend(super::Members::open(&text, &nodes).enumerate());
        // Those of one key stay in their order.
        members.sort_by_key(|(_, (key, _))| inner(key));
        let same_key = members.chunk_by(|(_, (a, _)), (_, (b, _))| a == b);
        let mut united: Vec<_> = same_key
            .filter_map(|same| Some((same.first()?.0, same.last()?.1)))
            .collect();
        united.sort_unstable_by_key(|(place, _)| *place);
        for (_, (key, value)) in united {
            self.out.push(key, value);
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
