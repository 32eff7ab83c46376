//! A training as bytes, and back.
//!
//! One byte for the form, one for the kind of values; then numbers in groups of seven bits, the
//! lowest first: the time in milliseconds, and how many slots follow, in their order. A slot has its
//! number in one byte, then how many devices and datapoints there are, how many devices have figures
//! of their own, those, how many values the others have together, and those. Figures and values are
//! eight bytes each, the lowest first, and ascend. Trainings of the same devices have equal bytes,
//! and no others are read.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::Training;
use crate::detect::bytes::{Reader, Wrong, number};
use crate::detect::ml::baseline::Fleet;
use crate::detect::ml::{Season, Slot, ValueKind};

/// Why bytes are no training: where, and the rule that is broken there.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Training;
///
/// let error = Training::from_bytes(b"\x07").unwrap_err();
/// assert_eq!((error.offset(), error.rule()), (0, "must be the form of a training, 1"));
/// assert_eq!(error.to_string(), "byte 0 must be the form of a training, 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("byte {offset} {rule}")]
pub struct TrainingError {
    offset: usize,
    rule: &'static str,
}

impl TrainingError {
    /// Where what breaks the rule begins, in bytes from the start.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Training;
    ///
    /// assert_eq!(Training::from_bytes(&[1, 0, 0, 0, 9]).unwrap_err().offset(), 4);
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
    /// use iot_defender::detect::Training;
    ///
    /// let error = Training::from_bytes(&[1, 0, 0, 0, 9]).unwrap_err();
    /// assert_eq!(error.rule(), "must be the end of the training");
    /// ```
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }
}

impl From<Wrong> for TrainingError {
    fn from(Wrong { offset, rule }: Wrong) -> Self {
        Self { offset, rule }
    }
}

const FORM: u8 = 1;
const KINDS: [ValueKind; 2] = [ValueKind::Whole, ValueKind::Any];

impl Training {
    /// The training as bytes, so that each machine can take in its devices, and one of them merges
    /// what the others send. Whatever was merged with what, in whatever order, trainings of the same
    /// devices have the same bytes.
    ///
    /// A device takes 72 bytes in each of its up to 193 slots, or eight for each value if they are
    /// fewer than [`Baseline::MIN_DEVICE_POINTS`](super::super::Baseline::MIN_DEVICE_POINTS) there:
    /// 14 KB with a datapoint every five minutes, 30 KB at most. The figures of a slot are sorted for
    /// it: the cost is `n log n`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut north = Training::new(ValueKind::Any, now);
    /// let mut south = north.clone();
    /// north.add_device([(now, Number::from(1))]);
    /// south.add_device([(now, Number::from(2))]);
    /// let sent = south.to_bytes();
    ///
    /// north.merge(Training::from_bytes(&sent)?);
    /// assert_eq!(north.points(), 2);
    /// # Ok::<(), iot_defender::detect::TrainingError>(())
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let kind = KINDS.iter().position(|kind| *kind == self.kind);
        // INVARIANT: they are all there.
        let mut bytes = Vec::from([FORM, kind.unwrap_or_default() as u8]);
        number(&mut bytes, self.until.as_millis());
        number(&mut bytes, self.slots.len() as u64);
        for (slot, fleet) in &self.slots {
            bytes.push(number_of(*slot));
            fleet.write(&mut bytes);
        }
        bytes
    }

    /// The training of such bytes. The cost in time and memory is linear in them, whatever they say.
    ///
    /// # Errors
    ///
    /// [`TrainingError`] for any bytes that [`to_bytes`](Self::to_bytes) does not write: another form
    /// or kind, an end before the last number or bytes behind it, a number in more groups than it
    /// needs, slots, devices or values that do not ascend, a figure that is not finite, limits of a
    /// device that are not around its median, counts that do not fit what is counted, and seasons
    /// that do not have the same datapoints.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Number, Training, ValueKind};
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(2_000_000);
    /// let mut training = Training::new(ValueKind::Any, now);
    /// training.add_device([(now, Number::from(7))]);
    /// let again = Training::from_bytes(&training.to_bytes())?;
    /// assert_eq!(again.to_bytes(), training.to_bytes());
    /// assert_eq!(again.finish(), training.finish());
    /// # Ok::<(), iot_defender::detect::TrainingError>(())
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TrainingError> {
        let mut reader = Reader::new(bytes);
        let [form] = reader.raw()?;
        reader.hold(form == FORM, "must be the form of a training, 1")?;
        let [kind] = reader.raw()?;
        let Some(kind) = KINDS.get(usize::from(kind)).copied() else {
            return Ok(reader.refuse("must be a kind of values, 0 or 1")?);
        };
        let until = Timestamp::from_millis(reader.number()?);
        let count = reader.number()?;
        let mut slots: BTreeMap<Slot, Fleet> = BTreeMap::new();
        for _ in 0..count {
            let [number] = reader.raw()?;
            let before = slots.last_key_value();
            let slot = slot_of(number).filter(|slot| before.is_none_or(|(it, _)| it < slot));
            let Some(slot) = slot else {
                return Ok(reader.refuse("must be a slot behind the one before")?);
            };
            slots.insert(slot, Fleet::read(&mut reader)?);
        }
        // Each datapoint is in a slot of each season.
        let points = |season| {
            let of_season = slots.iter().filter(|(slot, _)| slot.season() == season);
            of_season.fold(0, |sum: u64, (_, fleet)| sum.saturating_add(fleet.points()))
        };
        let all = points(Season::All);
        let is_whole = Season::ALL.iter().all(|season| points(*season) == all);
        reader.hold(is_whole, "must make as many datapoints in each season")?;
        reader.end("must be the end of the training")?;
        Ok(Self { kind, until, slots })
    }
}

/// Hours of the week, hours of the day, all.
const FIRST: [(Season, u8); 3] = [
    (Season::HourOfWeek, 0),
    (Season::HourOfDay, 168),
    (Season::All, 192),
];

fn number_of(slot: Slot) -> u8 {
    let first = FIRST.iter().find(|(season, _)| *season == slot.season());
    // INVARIANT: they are all there, and the last is 192.
    first.map_or(0, |(_, first)| first + slot.hour())
}

fn slot_of(number: u8) -> Option<Slot> {
    let mut seasons = FIRST.iter().rev();
    let (season, first) = seasons.find(|(_, first)| *first <= number)?;
    Slot::new(*season, number - first)
}
