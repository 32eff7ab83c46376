//! Bytes, written and read: of equal things they are equal.

use alloc::vec::Vec;

/// Where bytes break a rule, and which.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) offset: usize,
    pub(super) rule: &'static str,
}

/// Groups of seven bits, the lowest first.
pub(super) fn number(bytes: &mut Vec<u8>, number: u64) {
    let mut rest = number;
    while rest > 0x7f {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

pub(super) struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
    /// Where the last thing began that was taken.
    began: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            length: bytes.len(),
            began: 0,
        }
    }

    /// What was taken last breaks a rule.
    pub(super) const fn refuse<T>(&self, rule: &'static str) -> Result<T, Wrong> {
        let offset = self.began;
        Err(Wrong { offset, rule })
    }

    pub(super) const fn hold(&self, holds: bool, rule: &'static str) -> Result<(), Wrong> {
        if holds { Ok(()) } else { self.refuse(rule) }
    }

    /// Nothing may follow.
    pub(super) fn end(mut self, rule: &'static str) -> Result<(), Wrong> {
        self.began = self.length - self.rest.len();
        self.hold(self.rest.is_empty(), rule)
    }

    pub(super) fn raw<const N: usize>(&mut self) -> Result<[u8; N], Wrong> {
        self.began = self.length - self.rest.len();
        let Some((taken, rest)) = self.rest.split_first_chunk() else {
            return self.refuse("must not be the end yet");
        };
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn number(&mut self) -> Result<u64, Wrong> {
        const WRONG: &str = "must be a number of 64 bits in as few groups as it needs";
        let mut number = 0_u64;
        let mut shift = 0;
        let start = self.length - self.rest.len();
        loop {
            let [byte] = self.raw()?;
            let group = u64::from(byte & 0x7f);
            let fits = shift < 63 || (shift == 63 && group <= 1);
            let overlong = byte == 0 && shift > 0;
            if !fits || overlong {
                self.began = start;
                return self.refuse(WRONG);
            }
            number |= group << shift;
            if byte < 0x80 {
                self.began = start;
                return Ok(number);
            }
            shift += 7;
        }
    }
}
