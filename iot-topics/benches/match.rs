//! One filter against one name: compiled (T1) and uncompiled (T2).

#![expect(clippy::unwrap_used, reason = "the texts of a bench are legal")]

use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use iot_topics::{CompiledFilter, Limits, MatchMode, TopicFilterRef, TopicNameRef};

struct Pair {
    id: &'static str,
    filter: &'static str,
    name: &'static str,
    taken: bool,
}

/// Names of 37 bytes and four levels, but for the last.
const PAIRS: [Pair; 5] = [
    Pair {
        id: "plus hit",
        filter: "factory/line-7/+/temperature",
        name: "factory/line-7/device0042/temperature",
        taken: true,
    },
    Pair {
        id: "three plus hit",
        filter: "+/line-7/+/+",
        name: "factory/line-7/device0042/temperature",
        taken: true,
    },
    Pair {
        id: "hash hit",
        filter: "factory/line-7/#",
        name: "factory/line-7/device0042/temperature",
        taken: true,
    },
    Pair {
        id: "late miss",
        filter: "factory/line-7/+/temperatura",
        name: "factory/line-7/device0042/temperature",
        taken: false,
    },
    Pair {
        id: "aws shadow delta hit",
        filter: "$aws/things/+/shadow/name/+/update/delta",
        name: "$aws/things/device0042/shadow/name/config/update/delta",
        taken: true,
    },
];

fn compiled(c: &mut Criterion) {
    let mut group = c.benchmark_group("topics/T1 compiled");
    for pair in PAIRS {
        let filter = CompiledFilter::new(TopicFilterRef::parse(pair.filter).unwrap());
        let name = TopicNameRef::parse(pair.name).unwrap();
        assert_eq!(filter.matches(name), pair.taken);
        group.bench_function(pair.id, |b| {
            b.iter(|| black_box(&filter).matches(black_box(name)));
        });
    }
    group.finish();
}

fn uncompiled(c: &mut Criterion) {
    let mut group = c.benchmark_group("topics/T2 uncompiled");
    for pair in PAIRS {
        let filter = TopicFilterRef::parse(pair.filter).unwrap();
        let name = TopicNameRef::parse(pair.name).unwrap();
        assert_eq!(filter.matches(name), pair.taken);
        group.bench_function(pair.id, |b| {
            b.iter(|| black_box(filter).matches(black_box(name)));
        });
    }
    group.finish();
}

/// The longest texts of the protocol: the time per byte stays that of short ones.
fn adversarial(c: &mut Criterion) {
    let mut group = c.benchmark_group("topics/65,535 bytes");
    let filter_text = ["+/"; 32_767].concat() + "+";
    let name_text = ["a/"; 32_767].concat() + "a";
    let filter = TopicFilterRef::parse_with(&filter_text, Limits::MQTT).unwrap();
    let compiled = CompiledFilter::new(filter);
    let name = TopicNameRef::parse_with(&name_text, Limits::MQTT).unwrap();
    assert!(filter.matches(name) && compiled.matches(name) && filter.covers(filter));
    group.bench_function("compiled", |b| {
        b.iter(|| black_box(&compiled).matches(black_box(name)));
    });
    group.bench_function("uncompiled", |b| {
        b.iter(|| black_box(filter).matches(black_box(name)));
    });
    group.bench_function("covers", |b| {
        b.iter(|| black_box(filter).covers_with(black_box(filter), MatchMode::Mqtt));
    });
    group.bench_function("overlaps", |b| {
        b.iter(|| black_box(filter).overlaps_with(black_box(filter), MatchMode::Mqtt));
    });
    group.finish();
}

criterion_group!(benches, compiled, uncompiled, adversarial);
criterion_main!(benches);
