//! D1 to D4: one policy, one certificate, a log of connections that fits into the cache, and roles
//! that are made to be slow.
#![expect(clippy::unwrap_used, reason = "a bench")]

mod hostile;
#[expect(
    unreachable_pub,
    clippy::indexing_slicing,
    reason = "the workspace `peers` shares this file"
)]
mod workload;

use core::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hostile::HOSTILE;
use iot_defender::audit::{
    AuditWindow, ConnectionHistory, Days, KnownKeys, Overlap, Profile, age,
    broad_data_plane_access, certificate_quality, expiry, role_alias_access,
};
use iot_policy::{PolicyDocument, X509Certificate};
use iot_topics::Timestamp;
use workload::{Event, Log, NOW, certificate, policy};

fn policies(c: &mut Criterion) {
    let mut group = c.benchmark_group("defender/D1 policy");
    for (id, number, is_broad) in [
        ("own name", 0, false),
        ("denied", 8, false),
        ("broad", 9, true),
        ("?", 50, true),
    ] {
        let document = PolicyDocument::from_json(&policy(number)).unwrap();
        assert_eq!(
            broad_data_plane_access(&document, Profile::Aws).is_some(),
            is_broad,
            "{id}"
        );
        group.bench_function(id, |b| {
            b.iter(|| broad_data_plane_access(black_box(&document), Profile::Aws));
        });
    }
    group.finish();
}

fn certificates(c: &mut Criterion) {
    let mut group = c.benchmark_group("defender/D2 certificate from DER");
    let known = KnownKeys::new();
    for (id, number) in [("RSA-2048", 2), ("P-256", 3)] {
        let der = certificate(number);
        group.bench_function(id, |b| {
            b.iter(|| {
                let certificate = X509Certificate::from_der(black_box(&der)).unwrap();
                let expiry = expiry(certificate.not_after(), NOW, Days::EXPIRATION_DEFAULT);
                let age = age(certificate.not_before(), NOW, Days::AGE_DEFAULT);
                let quality = certificate_quality(&certificate, &known, Profile::Aws).unwrap();
                (expiry, age, quality)
            });
        });
    }
    group.finish();
}

fn connections(c: &mut Criterion) {
    let window = |overlap| AuditWindow::of(overlap, NOW, None);
    let empty = || {
        [Overlap::SharedCertificate, Overlap::ConflictingClientId]
            .map(|overlap| ConnectionHistory::new(overlap, window(overlap)))
    };
    let events: Vec<Event> = Log::of(10_000).take(50_000).collect();
    assert!(
        events
            .iter()
            .all(|event| event.at < NOW && event.at > Timestamp::default())
    );
    c.bench_function("defender/D3 50,000 events of connections", |b| {
        b.iter_batched(
            empty,
            |[mut shared, mut clients]| {
                for event in &events {
                    event.tell(&mut shared, &mut clients);
                }
                (shared, clients)
            },
            BatchSize::LargeInput,
        );
    });
}

/// Of two sizes, so that what is not linear shows.
fn roles(c: &mut Criterion) {
    let mut group = c.benchmark_group("defender/D4 hostile role");
    group.sample_size(10);
    for bytes in [250_000, 1_000_000] {
        group.throughput(Throughput::Bytes(bytes));
        for (id, of) in HOSTILE {
            let role = [of(bytes)];
            group.bench_function(BenchmarkId::new(*id, bytes), |b| {
                b.iter(|| role_alias_access(black_box(&role), &["s3"], Profile::Aws));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, policies, certificates, connections, roles);
criterion_main!(benches);
