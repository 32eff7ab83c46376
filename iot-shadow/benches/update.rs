//! Updates of a document of 8 KB and of one of 200 bytes, with their messages, and a delta alone.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench")]

#[expect(unreachable_pub, reason = "the workspace `peers` shares this file")]
mod workload;

use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use iot_shadow::{Operation, Outcome, Profile, Shadow, ShadowDocument, Updated};
use iot_topics::Timestamp;
use workload::{
    Differing, START, document_request, small_document_request, small_update_request,
    update_request,
};

/// A shadow after its first update.
fn created(payload: &str) -> Shadow {
    let (mut shadow, now) = (Shadow::default(), Timestamp::from_secs(START));
    let outcome = shadow.handle(Operation::Update, payload.as_bytes(), now, &Profile::aws());
    assert_eq!(outcome.code(), 200);
    shadow
}

fn updates(
    c: &mut Criterion,
    id: &str,
    mut shadow: Shadow,
    request: fn(u32) -> String,
    write: fn(&Updated<'_>, &mut String),
) {
    let requests: Vec<_> = (0..64).map(request).collect();
    let (mut requests, mut time) = (requests.iter().cycle(), START);
    let mut buffer = String::new();
    c.bench_function(id, |b| {
        b.iter(|| {
            time += 1;
            buffer.clear();
            let payload = requests.next().unwrap().as_bytes();
            let now = Timestamp::from_secs(time);
            match shadow.handle(Operation::Update, payload, now, &Profile::aws()) {
                Outcome::Updated(updated) => write(&updated, &mut buffer),
                refused => panic!("{refused:?}"),
            }
            buffer.len()
        });
    });
}

fn accepted_and_delta(updated: &Updated<'_>, buffer: &mut String) {
    updated.write_accepted(buffer);
    updated.write_delta(buffer);
}

fn all_messages(updated: &Updated<'_>, buffer: &mut String) {
    accepted_and_delta(updated, buffer);
    updated.write_documents(buffer);
}

/// S1 and S4.
fn update(c: &mut Criterion) {
    for (name, differing) in [("few", Differing::Few), ("most", Differing::Most)] {
        updates(
            c,
            &format!("shadow/S1 update 8 KB, {name} leaves differ"),
            created(&document_request(differing)),
            update_request,
            accepted_and_delta,
        );
    }
    updates(
        c,
        "shadow/S4 update 200 bytes, all messages",
        created(small_document_request()),
        small_update_request,
        all_messages,
    );
}

/// S2: the parts that a stored document adds.
fn stored(c: &mut Criterion) {
    let shadow = created(&document_request(Differing::Few));
    let document = shadow.document().unwrap();
    let (state, metadata) = (document.state().to_string(), document.metadata());
    c.bench_function("shadow/S2 read 8 KB and its metadata", |b| {
        b.iter(|| {
            let (state, metadata) = (black_box(&state), black_box(&metadata));
            ShadowDocument::from_texts(state.as_bytes(), metadata.as_bytes(), 7).unwrap()
        });
    });
    c.bench_function("shadow/S2 write the metadata of 8 KB", |b| {
        b.iter(|| black_box(document).metadata());
    });
}

/// S3.
fn delta(c: &mut Criterion) {
    let mut shadow = created(&document_request(Differing::Few));
    let (payload, now) = (update_request(0), Timestamp::from_secs(START + 1));
    let outcome = shadow.handle(Operation::Update, payload.as_bytes(), now, &Profile::aws());
    assert_eq!(outcome.code(), 200);
    let document = shadow.document().unwrap();
    let leaves = document.delta().unwrap().as_str().matches(':').count() - 5;
    assert_eq!(leaves, 10);
    c.bench_function("shadow/S3 delta of 10 leaves of 250", |b| {
        b.iter(|| black_box(document).delta());
    });
}

criterion_group!(benches, update, stored, delta);
criterion_main!(benches);
