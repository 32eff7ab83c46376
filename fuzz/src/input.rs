//! From bytes to questions: any bytes have a meaning, and a small change of them is a small change
//! of the question.

use alloc::borrow::Cow;

/// The text of each line; bytes that are not UTF-8 become U+FFFD.
pub(crate) fn lines(data: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
    data.split(|byte| *byte == b'\n')
        .map(String::from_utf8_lossy)
}

/// Bytes, taken one by one from the front.
#[derive(Clone, Debug)]
pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte; 0 behind the end.
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// All that is left, as text.
    pub(crate) fn text(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }

    /// All that is left.
    pub(crate) const fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Two bytes: one to be shifted left, and by how many bits. So every magnitude is as near.
    pub(crate) fn number(&mut self) -> u64 {
        let (mantissa, shift) = (u64::from(self.byte()), self.byte());
        match shift % 58 {
            57 => u64::MAX - mantissa,
            shift => mantissa << shift,
        }
    }
}

/// The entry of this letter; another byte than those of the table chooses by its value.
pub(crate) fn choose<T: Copy>(table: &[(u8, T)], byte: u8) -> T {
    let by_letter = table.iter().find(|(letter, _)| *letter == byte);
    let by_value = || &table[usize::from(byte) % table.len()];
    by_letter.unwrap_or_else(by_value).1
}
