//! Numbers, texts and what is made of them, as bytes: numbers in groups of seven bits, the lowest
//! first, texts behind their length.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::SnapshotError;

/// Bytes that are handed on at once.
const PIECE: usize = 1 << 16;

/// Hands bytes on in pieces.
pub(super) struct Writer<'a> {
    held: Vec<u8>,
    sink: &'a mut dyn FnMut(&[u8]),
}

impl<'a> Writer<'a> {
    pub(super) fn new(sink: &'a mut dyn FnMut(&[u8])) -> Self {
        Self {
            held: Vec::new(),
            sink,
        }
    }

    pub(super) fn finish(self) {
        (self.sink)(&self.held);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE {
            (self.sink)(&self.held);
            self.held.clear();
        }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.raw(&[byte]);
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.byte(flag.into());
    }

    pub(super) fn number(&mut self, number: impl Into<u64>) {
        let mut rest = number.into();
        while rest > 0x7f {
            self.held.push(low(rest) | 0x80);
            rest >>= 7;
        }
        self.byte(low(rest));
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.raw(text.as_bytes());
    }

    pub(super) fn object(&mut self, members: &Map<String, Value>) {
        self.text(&Value::Object(members.clone()).to_string());
    }

    /// A flag, and what is there, if something is.
    pub(super) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }
}

/// The seven low bits.
fn low(number: u64) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or_default()
}

/// Takes bytes back, and knows where the last thing began that it took.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    began: usize,
}

pub(super) type Read<T> = Result<T, SnapshotError>;

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            began: 0,
        }
    }

    /// The last thing that was taken breaks a rule.
    pub(super) fn refuse<T>(&self, rule: impl Into<Cow<'static, str>>) -> Read<T> {
        Err(SnapshotError::new(self.began, rule))
    }

    /// The same, unless it holds.
    pub(super) fn hold(&self, holds: bool, rule: &'static str) -> Read<()> {
        if holds { Ok(()) } else { self.refuse(rule) }
    }

    pub(super) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn raw(&mut self, length: usize) -> Read<&'a [u8]> {
        self.began = self.at;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some((taken, _)) = rest.split_at_checked(length) else {
            return self.refuse("must go on, but the snapshot ends");
        };
        self.at += length;
        Ok(taken)
    }

    pub(super) fn end(&mut self) -> Read<()> {
        self.began = self.at;
        self.hold(self.remaining() == 0, "must be the end")
    }

    pub(super) fn byte(&mut self) -> Read<u8> {
        let byte = self.raw(1)?;
        Ok(byte.first().copied().unwrap_or_default())
    }

    pub(super) fn flag(&mut self) -> Read<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => self.refuse("must be 0 or 1"),
        }
    }

    pub(super) fn number(&mut self) -> Read<u64> {
        let began = self.at;
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            self.began = began;
            let group = u64::from(byte & 0x7f);
            let shifted = group << shift;
            if shifted >> shift != group {
                break;
            }
            number |= shifted;
            if byte & 0x80 == 0 {
                let shortest = byte != 0 || shift == 0;
                self.hold(shortest, "must be a number in its shortest form")?;
                return Ok(number);
            }
        }
        self.refuse("must be a number of 64 bits")
    }

    pub(super) fn whole<T: TryFrom<u64>>(&mut self) -> Read<T> {
        let number = self.number()?;
        match T::try_from(number) {
            Ok(number) => Ok(number),
            Err(_) => self.refuse("must be a smaller number"),
        }
    }

    /// How many things follow, of which each takes a byte at least: so many may be made room for.
    pub(super) fn count(&mut self) -> Read<usize> {
        let count = self.whole()?;
        self.hold(
            count <= self.remaining(),
            "must be fewer than there are bytes",
        )?;
        Ok(count)
    }

    pub(super) fn text(&mut self) -> Read<&'a str> {
        let began = self.at;
        let length = self.count()?;
        let bytes = self.raw(length)?;
        self.began = began;
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(_) => self.refuse("must be UTF-8"),
        }
    }

    pub(super) fn object(&mut self) -> Read<Map<String, Value>> {
        match serde_json::from_str(self.text()?) {
            Ok(Value::Object(members)) => Ok(members),
            _ => self.refuse("must be a JSON object"),
        }
    }

    pub(super) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<Option<T>> {
        if self.flag()? {
            read(self).map(Some)
        } else {
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut sink = |piece: &[u8]| bytes.extend_from_slice(piece);
        let mut writer = Writer::new(&mut sink);
        write(&mut writer);
        writer.finish();
        bytes
    }

    #[test]
    fn the_shortest_form_alone() {
        for (bytes, number) in [
            (&[0][..], Some(0)),
            (&[0x80, 1], Some(128)),
            (&[0x80, 0], None),
        ] {
            assert_eq!(Reader::new(bytes).number().ok(), number);
        }
        let most = written(|out| out.number(u64::MAX));
        assert_eq!(Reader::new(&most).number(), Ok(u64::MAX));
        let mut more = most.clone();
        *more.last_mut().unwrap() += 1;
        assert!(Reader::new(&more).number().is_err());
        assert!(Reader::new(&[0xff; 11]).number().is_err());
    }

    #[test]
    fn a_count_never_goes_beyond_the_bytes() {
        let bytes = written(|out| out.number(3_u32));
        assert_eq!(
            Reader::new(&bytes).count().map_err(|error| error.offset()),
            Err(0)
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers in proptest::collection::vec(any::<u64>(), 0..9), text in ".{0,9}") {
            let bytes = written(|out| {
                numbers.iter().for_each(|number| out.number(*number));
                out.text(&text);
                out.option(Some(7_u32), Writer::number);
            });
            let mut input = Reader::new(&bytes);
            for number in &numbers {
                prop_assert_eq!(input.number(), Ok(*number));
            }
            prop_assert_eq!(input.text(), Ok(&*text));
            prop_assert_eq!(input.option(Reader::whole::<u8>), Ok(Some(7)));
            prop_assert_eq!(input.end(), Ok(()));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
            let mut input = Reader::new(&bytes);
            if let Ok(number) = input.number() {
                let again = written(|out| out.number(number));
                prop_assert!(bytes.starts_with(&again));
            }
            if let Ok(text) = Reader::new(&bytes).text() {
                let again = written(|out| out.text(text));
                prop_assert!(bytes.starts_with(&again));
            }
        }
    }
}
