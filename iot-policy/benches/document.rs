//! Reading a policy of 2 KB and 13 statements, strictly, against `serde_json` into a `Value`,
//! which checks no rule of the policy language.

#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use core::hint::black_box;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use iot_policy::{PolicyDocument, Statement};

fn document(c: &mut Criterion) {
    let resource = |index| {
        let variable = "${iot:Connection.Thing.ThingName}";
        format!("arn:aws:iot:eu-west-1:123456789012:topic/a/{index:02}/{variable}/*")
    };
    let statement =
        |index| Statement::allow("iot:Publish", resource(index)).with_sid(format!("Sid{index}"));
    let document = PolicyDocument::new((0..13).map(statement).collect()).unwrap();
    let text = document.to_json();
    assert!((1_900..2_048).contains(&text.len()), "{} bytes", text.len());

    let mut group = c.benchmark_group("document");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("from_json", |b| {
        b.iter(|| PolicyDocument::from_json(black_box(&text)).unwrap());
    });
    group.bench_function("serde_json_value", |b| {
        b.iter(|| serde_json::from_str::<serde_json::Value>(black_box(&text)).unwrap());
    });
    group.bench_function("to_json", |b| b.iter(|| black_box(&document).to_json()));
    group.finish();
}

criterion_group!(benches, document);
criterion_main!(benches);
