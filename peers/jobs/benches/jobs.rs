//! J6: calls to an engine with 200,000 executions, as many as criterion's patience has.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use iot_jobs::ExecutionStatus;
use peers_jobs::fleet::Fleet;
use peers_jobs::service::{FULL_REPORT, REPORT, Reader, Request, Service};

const THINGS: u32 = 200_000;

/// A job that runs on all things.
fn running() -> Service {
    let mut service = Service::new(Fleet::of(THINGS), Reader::write());
    service.create("fw-2", "all");
    service.roll_out("fw-2");
    (0..THINGS).for_each(|number| service.start_next(number));
    service
}

fn calls(c: &mut Criterion) {
    let mut service = running();
    let mut things = Fleet::of(THINGS).shuffled().cycle();
    let mut next = || things.next().expect("it is a cycle");
    let mut group = c.benchmark_group("J6 jobs");
    group.bench_function("idle tick", |b| b.iter(|| service.tick()));
    group.bench_function("update, typed", |b| {
        b.iter(|| service.update("fw-2", next(), ExecutionStatus::InProgress));
    });
    let mut report = Request::new(REPORT);
    group.bench_function("update, JSON in and out", |b| {
        b.iter(|| service.publish_update("fw-2", next(), &mut report));
    });
    let full = FULL_REPORT.replace(r#""expectedVersion":"4","#, "");
    let mut full = Request::new(&full);
    group.bench_function("update, all members", |b| {
        b.iter(|| service.publish_update("fw-2", next(), &mut full));
    });
    group.finish();
}

fn batch(c: &mut Criterion) {
    let mut group = c.benchmark_group("J6 jobs");
    let waiting = || {
        let mut service = Service::new(Fleet::of(2_000), Reader::write());
        service.create("fw-2", "all");
        service
    };
    group.bench_function("batch of 1,000 with its texts", |b| {
        b.iter_batched_ref(
            waiting,
            |service| black_box(service).minute(),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("life of 10,000", |b| {
        b.iter(|| {
            let mut service = Service::new(Fleet::of(10_000), Reader::write());
            service.live("fw-2");
            service
        });
    });
    group.finish();
}

criterion_group!(benches, calls, batch);
criterion_main!(benches);
