//! S1, S2 and S3: ours beside each peer, answers checked equal first. S4: ours alone.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use peers_shadow::held::{self, Held, pair};
use peers_shadow::sides::Sides;
use peers_shadow::small::One;
use peers_shadow::stored;
use peers_shadow::workload::Differing;

fn updates<O: Held, P: Held>(c: &mut Criterion, id: &str) {
    for (name, differing) in [("few", Differing::Few), ("most", Differing::Most)] {
        let (mut ours, mut peer) = pair::<O, P>(differing);
        let mut group = c.benchmark_group(format!("{id}, {name} leaves differ"));
        group.bench_function(O::NAME, |b| b.iter(|| ours.update()));
        group.bench_function(P::NAME, |b| b.iter(|| peer.update()));
        group.finish();
    }
}

fn held(c: &mut Criterion) {
    updates::<held::Ours, held::Peer>(c, "S1 shadow/update held");
}

fn stored(c: &mut Criterion) {
    updates::<stored::Ours, stored::Peer>(c, "S2 shadow/update stored");
}

fn delta(c: &mut Criterion) {
    for (leaves, sides) in [(250, Sides::sections()), (500, Sides::documents())] {
        let mut group = c.benchmark_group("S3 shadow/delta 10");
        group.bench_function(BenchmarkId::new("iot-shadow", leaves), |b| {
            b.iter(|| black_box(&sides).delta());
        });
        group.bench_function(BenchmarkId::new("json_merge_patch_gen", leaves), |b| {
            b.iter(|| black_box(&sides).generate());
        });
        group.finish();
    }
}

fn small(c: &mut Criterion) {
    let (mut one, mut round) = (One::new(), 0);
    c.bench_function("S4 shadow/update 200 bytes", |b| {
        b.iter(|| {
            round += 1;
            one.update(round)
        });
    });
}

criterion_group!(benches, held, stored, delta, small);
criterion_main!(benches);
