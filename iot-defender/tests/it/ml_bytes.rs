//! Trainings of parts of a fleet that travel as bytes.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build values of parts that are legal"
)]

use core::time::Duration;

use iot_defender::detect::{Number, Training, TrainingError, ValueKind};
use iot_topics::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

const STEP: Duration = Duration::from_secs(300);

fn start() -> Timestamp {
    Timestamp::from_secs(1_573_430_400) // a Monday
}

/// The values of a device, and every how manieth step it has one.
type Device = (Vec<f64>, u32);

fn device() -> impl Strategy<Value = Device> {
    let value = prop_oneof![
        (0..9_u8).prop_map(f64::from),
        -1e3..1e3,
        Just(-0.0),
        Just(f64::MAX),
        Just(f64::MIN),
        Just(f64::MIN_POSITIVE / 4.0),
    ];
    (vec(value, 0..80), 1..40_u32)
}

fn add(training: &mut Training, (values, every): &Device) {
    let times = (1..).map(|step| start().saturating_add(STEP * (step * every)));
    let values = values.iter().map(|it| Number::new(*it).unwrap());
    training.add_device(times.zip(values));
}

fn empty() -> Training {
    Training::new(ValueKind::Any, start().saturating_add(Training::WINDOW))
}

fn training(devices: &[Device]) -> Training {
    let mut training = empty();
    devices.iter().for_each(|it| add(&mut training, it));
    training
}

fn sent(training: &Training) -> Training {
    Training::from_bytes(&training.to_bytes()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Devices are spread over machines, and what these send is merged pair by pair, in any order:
    /// the bytes are those of one machine that saw all of them, and so is the model.
    #[test]
    fn any_tree_of_merges_has_the_same_bytes(
        devices in vec((device(), 0..5_usize), 0..12),
        picks in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 4),
    ) {
        let mut parts = vec![empty(); 5];
        for (device, part) in &devices {
            add(parts.get_mut(*part).unwrap(), device);
        }
        for (one, other) in picks {
            let taken = parts.swap_remove(one.index(parts.len()));
            let place = other.index(parts.len());
            let into = parts.get_mut(place).unwrap();
            // What is not sent, sent once, and both.
            let mut straight = into.clone();
            straight.merge(taken.clone());
            let mut restored = sent(into);
            restored.merge(sent(&taken));
            let mut mixed = into.clone();
            mixed.merge(sent(&taken));
            prop_assert_eq!(straight.to_bytes(), restored.to_bytes());
            prop_assert_eq!(straight.to_bytes(), mixed.to_bytes());
            *into = restored;
        }
        let merged = parts.pop().unwrap();
        let devices: Vec<Device> = devices.into_iter().map(|(device, _)| device).collect();
        let whole = training(&devices);
        prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
        prop_assert_eq!(merged.points(), whole.points());
        prop_assert_eq!(merged.finish(), whole.finish());
    }

    /// A part of the bytes is no training; of others there is an answer, and what is taken is written
    /// as it was read, and makes a model.
    #[test]
    fn any_bytes_have_an_answer(
        devices in vec(device(), 0..4),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        noise in vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = training(&devices).to_bytes();
        for end in (0..bytes.len()).step_by(1 + bytes.len() / 300) {
            prop_assert!(Training::from_bytes(bytes.get(..end).unwrap()).is_err());
        }
        let mut longer = bytes.clone();
        longer.push(0);
        prop_assert!(Training::from_bytes(&longer).is_err());
        for (place, byte) in changes {
            let at = place.index(bytes.len());
            *bytes.get_mut(at).unwrap() = byte;
        }
        for bytes in [bytes, noise] {
            if let Ok(training) = Training::from_bytes(&bytes) {
                prop_assert_eq!(training.to_bytes(), bytes);
                let mut twice = training.clone();
                twice.merge(training);
                let again = sent(&twice);
                prop_assert_eq!(again.finish(), twice.finish());
            }
        }
    }
}

fn refused(bytes: &[u8]) -> (usize, &'static str) {
    let error: TrainingError = Training::from_bytes(bytes).unwrap_err();
    (error.offset(), error.rule())
}

/// One device with one value at noon on a Monday: in the 12th hour of the week, the 12th of the day,
/// and the only slot of all.
#[test]
fn what_breaks_a_rule_is_told_with_its_place() {
    let mut one = Training::new(ValueKind::Whole, Timestamp::from_millis(1_000_000_000));
    one.add_device([(Timestamp::from_millis(1_000_000_000), Number::from(2))]);
    let value = 2.0_f64.to_le_bytes();
    let mut bytes = vec![1, 0, 0x80, 0x94, 0xeb, 0xdc, 0x03, 3];
    let monday = one.to_bytes().get(8).copied().unwrap();
    for slot in [monday, 168 + monday % 24, 192] {
        bytes.extend([slot, 1, 1, 0, 1]);
        bytes.extend(value);
    }
    assert_eq!(one.to_bytes(), bytes);

    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        *bytes.get_mut(at).unwrap() = byte;
        refused(&bytes)
    };
    assert_eq!(with(0, 2), (0, "must be the form of a training, 1"));
    assert_eq!(with(1, 2), (1, "must be a kind of values, 0 or 1"));
    let number = "must be a number of 64 bits in as few groups as it needs";
    assert_eq!(with(6, 0), (2, number));
    assert_eq!(with(7, 2).1, "must make as many datapoints in each season");
    assert_eq!(with(7, 4), (bytes.len(), "must not be the end yet"));
    let slot = "must be a slot behind the one before";
    assert_eq!(with(34, 193), (34, slot));
    assert_eq!(with(34, monday), (34, slot));
    assert_eq!(with(9, 0).1, "must be no more devices than there are");
    assert_eq!(with(11, 2), (11, "must be no more devices than there are"));
    assert_eq!(
        with(9, 2).1,
        "must be as many values as so many devices have"
    );
    assert_eq!(
        with(12, 20),
        (12, "must be as many values as so many devices have")
    );
    assert_eq!(with(10, 2).1, "must be values that are counted");
    let finite = "must be a number that is finite, and no minus zero";
    let with_value = |value: f64| {
        let mut bytes = bytes.clone();
        bytes.splice(13..21, value.to_le_bytes());
        refused(&bytes)
    };
    for value in [-0.0, f64::INFINITY, f64::NAN] {
        assert_eq!(with_value(value), (13, finite));
    }
}

/// Bytes that speak of more than they have are refused before there is room for it.
#[test]
fn a_length_takes_no_memory() {
    let most = [
        0xff_u8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
    ];
    let head = [1, 0, 0];
    let slots = [head.as_slice(), &most].concat();
    assert_eq!(refused(&slots), (slots.len(), "must not be the end yet"));
    let devices = [slots.as_slice(), &[0], &most, &most, &most].concat();
    assert_eq!(
        refused(&devices),
        (devices.len(), "must not be the end yet")
    );
    let values = [slots.as_slice(), &[0], &most, &most, &[0], &most].concat();
    assert_eq!(refused(&values), (values.len(), "must not be the end yet"));
}

/// What the documentation says of the size.
#[test]
fn a_device_takes_14_kilobytes() {
    let steps = 14 * 288;
    let mut training = empty();
    let mut sizes = Vec::new();
    for _ in 0..3 {
        let points =
            (1..=steps).map(|step| (start().saturating_add(STEP * step), Number::from(step)));
        training.add_device(points);
        sizes.push(training.to_bytes().len());
    }
    let grown = sizes.last().unwrap() - sizes.get(1).unwrap();
    assert_eq!(grown, 193 * 72);
    // Merging counts that nobody can have counted does not overflow.
    let mut bytes = empty().to_bytes();
    assert_eq!(bytes.pop(), Some(0));
    let figures = [0_u8; 72];
    let most = [
        0xff_u8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
    ];
    bytes.push(3);
    for slot in [0, 168, 192] {
        bytes.extend([slot, 1]);
        bytes.extend(most);
        bytes.push(1);
        bytes.extend(figures);
        bytes.push(0);
    }
    let huge = Training::from_bytes(&bytes).unwrap();
    training.merge(huge.clone());
    training.merge(huge);
    assert_eq!(training.points(), u64::MAX);
    assert_eq!(sent(&training).points(), u64::MAX);
    assert!(training.finish().is_some());
}
