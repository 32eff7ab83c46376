//! A sketch as bytes, and back.
//!
//! One byte for the form, then numbers in groups of seven bits, the lowest first: the count of
//! negative values, then how many entries follow. An exact sketch has for each entry the eight bytes
//! of its value, the lowest first, and its count; another has the eight bytes of its smallest and
//! its largest value, then for each range how far it is from the one before, and its count. Equal
//! sketches have equal bytes, and no others are read.

use alloc::vec::Vec;

use super::octaves::{Key, Octaves};
use super::{Held, Sketch, canonical};
use crate::detect::bytes::{Reader, Wrong, number};

/// Why bytes are no sketch: where, and the rule that is broken there.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Sketch;
///
/// let error = Sketch::from_bytes(b"\x07").unwrap_err();
/// assert_eq!((error.offset(), error.rule()), (0, "must be the form of a sketch, 1 or 2"));
/// assert_eq!(error.to_string(), "byte 0 must be the form of a sketch, 1 or 2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("byte {offset} {rule}")]
pub struct SketchError {
    offset: usize,
    rule: &'static str,
}

impl SketchError {
    /// Where what breaks the rule begins, in bytes from the start.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Sketch;
    ///
    /// assert_eq!(Sketch::from_bytes(&[1, 0, 0, 9]).unwrap_err().offset(), 3);
    /// ```
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// What holds there, as "must be ..".
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Sketch;
    ///
    /// assert_eq!(Sketch::from_bytes(&[1, 0, 0, 9]).unwrap_err().rule(), "must be the end of the sketch");
    /// ```
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }
}

impl From<Wrong> for SketchError {
    fn from(Wrong { offset, rule }: Wrong) -> Self {
        Self { offset, rule }
    }
}

const EXACT: u8 = 1;
const OCTAVES: u8 = 2;

impl Sketch {
    /// The sketch as bytes; equal sketches give equal bytes. At most some 72 KiB if it is exact,
    /// else a few bytes for each range that occurs.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Sketch;
    ///
    /// assert_eq!(Sketch::new().to_bytes(), [1, 0, 0]);
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match &self.held {
            Held::Exact(values) => {
                bytes.push(EXACT);
                number(&mut bytes, self.negatives);
                number(&mut bytes, values.len() as u64);
                for (value, count) in values {
                    bytes.extend(value.to_le_bytes());
                    number(&mut bytes, *count);
                }
            }
            Held::Octaves(octaves) => {
                bytes.push(OCTAVES);
                number(&mut bytes, self.negatives);
                number(&mut bytes, octaves.cells().count() as u64);
                let (smallest, largest) = octaves.ends().unwrap_or_default();
                bytes.extend(smallest.to_le_bytes());
                bytes.extend(largest.to_le_bytes());
                let mut next = 0;
                for (key, count) in octaves.cells() {
                    number(&mut bytes, (key.index() - next).into());
                    number(&mut bytes, count);
                    next = key.index() + 1;
                }
            }
        }
        bytes
    }

    /// The sketch of such bytes.
    ///
    /// The cost is linear in the bytes, besides the memory of a sketch: 1 MiB at most, which a few
    /// bytes can ask for that name the smallest and the largest number there is.
    ///
    /// # Errors
    ///
    /// [`SketchError`] for any bytes that [`Sketch::to_bytes`] does not write: another
    /// form, an end before the last entry or bytes behind it, a number in more groups than it needs
    /// or above 64 bits, a value that is negative, not finite, or between 0 and the normal numbers,
    /// entries that do not ascend or count 0, more or fewer than the form has, and ends that are not
    /// in the first and the last range.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Sketch};
    ///
    /// let mut sketch = Sketch::new();
    /// sketch.insert_many(Number::from(12), 300);
    /// assert_eq!(Sketch::from_bytes(&sketch.to_bytes())?, sketch);
    /// # Ok::<(), iot_defender::detect::SketchError>(())
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SketchError> {
        let mut reader = Reader::new(bytes);
        let [form] = reader.raw()?;
        reader.hold(
            form == EXACT || form == OCTAVES,
            "must be the form of a sketch, 1 or 2",
        )?;
        let negatives = reader.number()?;
        let entries = reader.number()?;
        let held = if form == EXACT {
            Held::Exact(exact(&mut reader, entries)?)
        } else {
            Held::Octaves(octaves(&mut reader, entries)?)
        };
        reader.end("must be the end of the sketch")?;
        Ok(Self { negatives, held })
    }
}

fn exact(reader: &mut Reader<'_>, entries: u64) -> Result<Vec<(u64, u64)>, Wrong> {
    reader.hold(
        entries <= Sketch::EXACT_VALUES as u64,
        "must be no more values than an exact sketch has",
    )?;
    let mut values: Vec<(u64, u64)> = Vec::new();
    for _ in 0..entries {
        let value = value(reader)?;
        reader.hold(
            values.last().is_none_or(|(last, _)| *last < value),
            "must be a value above the one before",
        )?;
        values.push((value, count(reader)?));
    }
    Ok(values)
}

fn octaves(reader: &mut Reader<'_>, entries: u64) -> Result<Octaves, Wrong> {
    reader.hold(entries > 0, "must be at least one range")?;
    let (smallest, largest) = (value(reader)?, value(reader)?);
    reader.hold(smallest <= largest, "must be the largest value")?;
    let mut octaves = Octaves::between(smallest, largest);
    let mut last: Option<Key> = None;
    for _ in 0..entries {
        let next = last.map_or(0, |key| key.index() + 1);
        let step = reader.number()?;
        let index = u32::try_from(step)
            .ok()
            .and_then(|step| next.checked_add(step));
        let Some(key) = index.and_then(Key::from_index) else {
            return reader.refuse("must lead to a range of numbers");
        };
        // What it counts lies between the ends.
        let (first, end) = (Key::of(smallest), Key::of(largest));
        reader.hold(
            key <= end && (last.is_some() || key == first),
            "must lead to a range from that of the smallest value to that of the largest",
        )?;
        octaves.add(key, count(reader)?);
        last = Some(key);
    }
    reader.hold(
        last == Some(Key::of(largest)),
        "must be the range of the largest value",
    )?;
    reader.hold(
        octaves.count() > Sketch::EXACT_VALUES as u64,
        "must make more values than an exact sketch has",
    )?;
    Ok(octaves)
}

fn count(reader: &mut Reader<'_>) -> Result<u64, Wrong> {
    let count = reader.number()?;
    reader.hold(count > 0, "must be a count above 0")?;
    Ok(count)
}

fn value(reader: &mut Reader<'_>) -> Result<u64, Wrong> {
    let bits = u64::from_le_bytes(reader.raw()?);
    let value = f64::from_bits(bits);
    // Of a negative number or a negative zero the bits are others.
    reader.hold(
        value.is_finite() && canonical(value) == bits,
        "must be 0 or a normal number that is not negative",
    )?;
    Ok(bits)
}
