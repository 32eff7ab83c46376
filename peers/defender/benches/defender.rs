//! D2: the facts of one certificate, ours beside x509-parser, answers checked equal first.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use peers_defender::certificate::{Facts, ours, peer};
use peers_defender::workload::certificate;

type Reader = fn(&[u8]) -> Facts;

fn certificates(c: &mut Criterion) {
    for (key, number) in [("RSA-2048", 2), ("P-256", 3)] {
        let der = certificate(number);
        assert_eq!(ours(&der), peer(&der));
        let mut group = c.benchmark_group(format!("D2 certificate/{key}"));
        let readers: [(&str, Reader); 2] = [("iot-policy", ours), ("x509-parser", peer)];
        for (name, read) in readers {
            group.bench_function(BenchmarkId::from_parameter(name), |b| {
                b.iter(|| read(black_box(&der)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, certificates);
criterion_main!(benches);
