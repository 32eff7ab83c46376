//! Short texts in one place.

use alloc::string::String;
use alloc::vec::Vec;

const CHUNK_BITS: u32 = 16;
const CHUNK: usize = 1 << CHUNK_BITS;

/// Bytes of the longest text: that of a thing name.
const LONGEST: usize = 128;

/// Texts of 1 to 128 bytes, each with its length before it, in chunks that are never copied: a
/// byte more than the text itself, and four for whoever remembers where it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    chunks: Vec<String>,
}

impl Texts {
    /// Where the text stands from now on; `None` if it is empty or too long, or there is no room:
    /// 4 GiB are full.
    pub(super) fn push(&mut self, text: &str) -> Option<u32> {
        let longest = (1..=LONGEST).contains(&text.len());
        let before = longest.then_some(text.len().checked_sub(1)?)?;
        // One byte in UTF-8 as well, as it is below 128.
        let before = char::from(u8::try_from(before).ok()?);
        let full = |chunk: &String| chunk.len() + 1 + text.len() > CHUNK;
        if self.chunks.last().is_none_or(full) {
            let first = self.chunks.is_empty();
            let capacity = if first { 0 } else { CHUNK };
            self.chunks.push(String::with_capacity(capacity));
        }
        let number = u32::try_from(self.chunks.len().checked_sub(1)?).ok()?;
        let chunk = self.chunks.last_mut()?;
        let at = u32::try_from(chunk.len()).ok()?;
        let place = number.checked_mul(1 << CHUNK_BITS)?.checked_add(at)?;
        chunk.push(before);
        chunk.push_str(text);
        Some(place)
    }

    /// The text that was put there; empty if none was.
    pub(super) fn get(&self, place: u32) -> &str {
        let text = || {
            let place = usize::try_from(place).ok()?;
            let chunk = self.chunks.get(place >> CHUNK_BITS)?;
            let at = place & (CHUNK - 1);
            let len = usize::from(*chunk.as_bytes().get(at)?) + 1;
            chunk.get(at + 1..at + 1 + len)
        };
        text().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn what_is_put_is_found() {
        let mut texts = Texts::default();
        let all: Vec<_> = (0..60_000_u32)
            .map(|n| format!("{n}").repeat(1 + n as usize % 20))
            .collect();
        let places: Vec<_> = all.iter().map(|text| texts.push(text).unwrap()).collect();
        assert!(texts.chunks.len() > 2);
        for (text, place) in all.iter().zip(places) {
            assert_eq!(texts.get(place), text);
        }
        for wrong in [String::new(), "x".repeat(129)] {
            assert_eq!(texts.push(&wrong), None);
        }
        let longest = "\u{e9}".repeat(64);
        let place = texts.push(&longest).unwrap();
        assert_eq!(texts.get(place), longest);
        assert_eq!(texts.get(u32::MAX), "");
    }
}
