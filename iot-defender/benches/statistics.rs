//! Percentiles of a fleet, and training: `detect/sketch/*`, `detect/train/*`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench")]

use core::hint::black_box;
use core::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use iot_defender::detect::{
    ConfidenceLevel, Number, Quantile, Sketch, Statistic, Training, ValueKind, nearest_rank,
};
use iot_topics::Timestamp;

const MILLION: usize = 1_000_000;

/// Numbers without a pattern (SplitMix64).
fn random() -> impl Iterator<Item = u64> {
    let mut state = 0_u64;
    core::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    })
}

/// Counts of messages: of a few hundred different values.
fn messages() -> impl Iterator<Item = Number> {
    random().map(|word| Number::from((word >> 32) as u32 & 0xff & (word as u32 | 0x0f)))
}

/// Counts of bytes: of any size up to some gigabytes, so that a sketch is not exact.
fn bytes() -> impl Iterator<Item = Number> {
    random().map(|word| Number::from((word >> 32) as u32 >> (word & 0x1f)))
}

fn sketch(values: &[Number]) -> Sketch {
    let mut sketch = Sketch::new();
    for value in values {
        sketch.insert(*value);
    }
    sketch
}

fn sketches(c: &mut Criterion) {
    let mut group = c.benchmark_group("detect/sketch");
    group.sample_size(10);
    for (name, values) in [
        (
            "messages",
            messages().take(10 * MILLION).collect::<Vec<_>>(),
        ),
        ("bytes", bytes().take(10 * MILLION).collect()),
    ] {
        group.bench_function(format!("10 M {name}"), |b| {
            b.iter(|| sketch(black_box(&values)))
        });

        // What a thousand workers send.
        let parts: Vec<_> = values.chunks(values.len() / 1_000).map(sketch).collect();
        let whole = sketch(&values);
        let merge = |parts: Vec<Sketch>| {
            let merged = parts.into_iter().reduce(|mut merged, part| {
                merged.merge(part);
                merged
            });
            merged.unwrap()
        };
        assert_eq!(merge(parts.clone()).to_bytes(), whole.to_bytes());
        for statistic in Statistic::ALL {
            let exact = nearest_rank(&mut values.clone(), *statistic).unwrap().get();
            let told = whole.quantile(*statistic).unwrap().get();
            assert!((told - exact).abs() <= exact * Sketch::RELATIVE_ERROR);
        }
        group.bench_function(format!("merge 1,000 of {name}"), |b| {
            b.iter_batched(|| parts.clone(), merge, BatchSize::LargeInput);
        });
        let written: Vec<_> = parts.iter().map(Sketch::to_bytes).collect();
        group.bench_function(format!("read and merge 1,000 of {name}"), |b| {
            b.iter(|| {
                merge(
                    written
                        .iter()
                        .map(|bytes| Sketch::from_bytes(bytes).unwrap())
                        .collect(),
                )
            });
        });
        group.bench_function(format!("quantile of {name}"), |b| {
            b.iter(|| whole.quantile(black_box(Quantile::MEDIAN)));
        });
    }
    // The exact way, for comparison: all values in one place.
    let values: Vec<_> = bytes().take(100_000).collect();
    group.bench_function("nearest rank of 100,000", |b| {
        b.iter_batched_ref(
            || values.clone(),
            |values| nearest_rank(values, Statistic::P90),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn training(c: &mut Criterion) {
    let start = Timestamp::from_secs(1_573_430_400);
    let until = start.saturating_add(Training::WINDOW);
    let mut group = c.benchmark_group("detect/train");
    // The smallest fleet that is enough, and one as large as its model is likely to have.
    for devices in [7, 700] {
        let values: Vec<Vec<_>> = {
            let mut values = messages();
            let steps = 1..=14 * 288_u32;
            let mut device = || {
                let times = steps
                    .clone()
                    .map(|n| start.saturating_add(Duration::from_secs(300) * n));
                times.zip(values.by_ref()).collect()
            };
            (0..devices).map(|_| device()).collect()
        };
        let train = |devices: &[Vec<(Timestamp, Number)>]| {
            let mut training = Training::new(ValueKind::Whole, until);
            for points in devices {
                training.add_device(points.iter().copied());
            }
            training.finish().unwrap()
        };
        if devices > 7 {
            group.sample_size(10);
        }
        let points = devices * values[0].len();
        group.bench_function(format!("{points} points of {devices} devices"), |b| {
            b.iter(|| train(black_box(&values)));
        });
        let model = train(&values);
        group.bench_function(format!("band of a model of {devices} devices"), |b| {
            b.iter(|| model.band(black_box(start), ConfidenceLevel::Medium));
        });
    }
    group.finish();
}

criterion_group!(benches, sketches, training);
criterion_main!(benches);
