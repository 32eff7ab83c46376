use alloc::string::ToString as _;
use alloc::vec;

use proptest::prelude::*;

use super::super::quantile::nearest_rank;
use super::*;

/// Numbers of every size, 0 and those near powers of two among them.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        1 => Just(0.0),
        1 => Just(f64::MAX),
        1 => Just(f64::MIN_POSITIVE),
        8 => (0_u32..100_000).prop_map(f64::from),
        4 => 0.0..1.0_f64,
        4 => (1_u64..2_047, 0_u64..1 << 52).prop_map(|(e, rest)| f64::from_bits(e << 52 | rest)),
        2 => (1_u64..2_047).prop_map(|e| f64::from_bits((e << 52).saturating_sub(1)).max(f64::MIN_POSITIVE)),
    ]
}

/// A population of few or many different values: seeds that are blown up.
fn population() -> impl Strategy<Value = Vec<Number>> {
    let seeds = proptest::collection::vec(value(), 1..120);
    (seeds, 1_u32..60).prop_map(|(seeds, times)| {
        let all = seeds.iter().flat_map(|seed| {
            (0..times).map(move |at| {
                let other = seed * (1.0 + f64::from(at) / 977.0);
                number(if other.is_finite() { other } else { *seed })
            })
        });
        all.collect()
    })
}

fn number(value: f64) -> Number {
    Number::new(value).unwrap()
}

fn sketch(values: &[Number]) -> Sketch {
    let mut sketch = Sketch::new();
    for value in values {
        sketch.insert(*value);
    }
    sketch
}

proptest! {
    /// The stated error, against the exact nearest rank.
    #[test]
    fn is_as_near_as_it_says(values in population(), share in 0_u16..=10_000) {
        let quantile = Quantile::new(share).unwrap();
        let sketch = sketch(&values);
        let told = sketch.quantile(quantile).unwrap().get();
        let exact = nearest_rank(&mut values.clone(), quantile).unwrap().get();
        let mut different = values.clone();
        different.sort();
        different.dedup();
        prop_assert_eq!(sketch.is_exact(), different.len() <= Sketch::EXACT_VALUES);
        if sketch.is_exact() {
            prop_assert_eq!(told, exact);
        }
        prop_assert!((told - exact).abs() <= exact * Sketch::RELATIVE_ERROR, "{} {}", told, exact);
        let ends = [Quantile::MIN, Quantile::MAX].map(|end| sketch.quantile(end).unwrap());
        prop_assert_eq!(ends, [*different.first().unwrap(), *different.last().unwrap()]);
    }

    /// However the population is cut, ordered and merged.
    #[test]
    fn any_merge_tree_gives_the_same_bytes(
        values in population(),
        owners in proptest::collection::vec(0_usize..7, 1..50),
        joins in proptest::collection::vec((0_usize..7, any::<bool>()), 7),
    ) {
        let whole = sketch(&values);
        let mut parts = vec![Sketch::new(); 7];
        for (value, owner) in values.iter().rev().zip(owners.iter().cycle()) {
            parts[*owner].insert(*value);
        }
        for (at, through_bytes) in joins {
            if parts.len() == 1 {
                break;
            }
            let part = parts.swap_remove(at % parts.len());
            let part = if through_bytes { Sketch::from_bytes(&part.to_bytes()).unwrap() } else { part };
            let into = at * 5 % parts.len();
            parts[into].merge(part);
        }
        let merged = parts.into_iter().reduce(|mut a, b| { a.merge(b); a }).unwrap();
        prop_assert_eq!(merged.to_bytes(), whole.to_bytes());
        prop_assert_eq!(merged, whole);
    }

    #[test]
    fn bytes_lead_back(values in population(), negatives in 0_u64..3) {
        let mut sketch = sketch(&values);
        sketch.insert_many(number(-1.0), negatives);
        let bytes = sketch.to_bytes();
        prop_assert_eq!(Sketch::from_bytes(&bytes).unwrap(), sketch);
    }

    /// What is read is a sketch, and has these bytes: two readings of one state cannot be.
    #[test]
    fn any_bytes_are_refused_or_canonical(
        values in population(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in prop::bool::weighted(0.2),
    ) {
        let mut bytes = sketch(&values).to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        if let Ok(read) = Sketch::from_bytes(&bytes) {
            prop_assert_eq!(read.to_bytes(), bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_are_no_danger(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        for form in [1, 2] {
            let mut bytes = bytes.clone();
            if let Some(first) = bytes.first_mut() {
                *first = form;
            }
            if let Ok(read) = Sketch::from_bytes(&bytes) {
                prop_assert_eq!(read.to_bytes(), bytes);
            }
        }
    }
}

/// More values than are held exactly.
fn wide() -> Sketch {
    let values: Vec<_> = (0..5_000_u32).map(Number::from).collect();
    let sketch = sketch(&values);
    assert!(!sketch.is_exact());
    sketch
}

#[test]
fn each_broken_rule_is_told() {
    let refused = |bytes: &[u8]| Sketch::from_bytes(bytes).unwrap_err().to_string();
    let one = {
        let mut one = Sketch::new();
        one.insert(number(1.0));
        one.to_bytes()
    };
    assert_eq!(one, [1, 0, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 1]);
    let with = |at: usize, byte| {
        let mut bytes = one.clone();
        bytes[at] = byte;
        bytes
    };
    assert_eq!(refused(&[]), "byte 0 must not be the end yet");
    assert_eq!(refused(&one[..5]), "byte 3 must not be the end yet");
    assert_eq!(refused(&with(11, 0)), "byte 11 must be a count above 0");
    let value = "byte 3 must be 0 or a normal number that is not negative";
    assert_eq!(refused(&with(10, 0xbf)), value);
    let infinite = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f, 1];
    assert_eq!(refused(&infinite), value);
    let minus_zero = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x80, 1];
    assert_eq!(refused(&minus_zero), value);
    let subnormal = [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    assert_eq!(refused(&subnormal), value);
    let groups = "must be a number of 64 bits in as few groups as it needs";
    assert_eq!(refused(&[1, 0x80, 0]), alloc::format!("byte 1 {groups}"));
    let large = [
        1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0,
    ];
    assert_eq!(refused(&large), alloc::format!("byte 1 {groups}"));
    let twice = [&[1, 0, 2][..], &one[3..], &one[3..]].concat();
    assert_eq!(
        refused(&twice),
        "byte 12 must be a value above the one before"
    );
    assert_eq!(
        refused(&[1, 0, 0x81, 0x20]),
        "byte 2 must be no more values than an exact sketch has"
    );
    assert_eq!(refused(&[2, 0, 0]), "byte 2 must be at least one range");

    let wide = wide().to_bytes();
    let ends = wide.iter().position(|byte| *byte == 2).unwrap();
    assert_eq!(ends, 0);
    // Form, negatives, two bytes of the number of ranges, two ends, then steps and counts.
    let mut swapped = wide.clone();
    swapped.copy_within(12..20, 4);
    swapped[12..20].copy_from_slice(&wide[4..12]);
    assert_eq!(refused(&swapped), "byte 12 must be the largest value");
    let mut shifted = wide.clone();
    shifted[20] = 1;
    assert_eq!(refused(&shifted), "byte 20 must lead to a range of numbers");
    let few = [
        &[2, 0, 1][..],
        &0_u64.to_le_bytes(),
        &0_u64.to_le_bytes(),
        &[0, 9],
    ]
    .concat();
    assert_eq!(
        refused(&few),
        "byte 20 must make more values than an exact sketch has"
    );
}

#[test]
fn counts_stop_at_the_top() {
    let mut sketch = wide();
    sketch.insert_many(number(7.0), u64::MAX);
    sketch.insert_many(number(9.0), u64::MAX);
    assert_eq!(sketch.count(), u64::MAX);
    // The middle of the range of 7.
    assert_eq!(sketch.quantile(Quantile::MEDIAN), Some(number(7.031_25)));
    let mut twice = sketch.clone();
    twice.merge(sketch.clone());
    assert_eq!(twice.count(), u64::MAX);
    assert_eq!(Sketch::from_bytes(&twice.to_bytes()), Ok(twice));
}

#[test]
fn negatives_switch_quantiles_off() {
    let mut sketch = Sketch::new();
    sketch.insert(number(5.0));
    let mut other = Sketch::new();
    other.insert(number(-1.0));
    sketch.merge(other);
    assert_eq!((sketch.count(), sketch.negatives()), (1, 1));
    assert_eq!(sketch.quantile(Quantile::MEDIAN), None);
}

#[test]
fn a_number_too_small_to_be_normal_is_zero() {
    let small = sketch(&[number(f64::MIN_POSITIVE / 2.0)]);
    assert_eq!(small, sketch(&[number(0.0)]));
    assert_eq!(small, sketch(&[number(-0.0)]));
}
