//! Decisions: P4, P10, with conditions, and one of a million connections at random.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench")]

#[expect(unreachable_pub, reason = "the workspace `peers` shares this file")]
mod workload;

use core::hint::black_box;
use core::net::IpAddr;

use criterion::{Criterion, criterion_group, criterion_main};
use iot_policy::{ArnScope, Context, Decision, PolicySet, Request, Thing};
use iot_topics::TopicNameRef;
use workload::{OTHER, OWN, P4, THING, documents, p4_with_conditions, p10};

fn hot(c: &mut Criterion) {
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let source: IpAddr = "192.0.2.7".parse().unwrap();
    let attributes = [("site", "berlin")];
    for (name, texts) in [
        ("P4", vec![P4.to_owned()]),
        ("P10", p10()),
        ("P4 conditions", vec![p4_with_conditions()]),
    ] {
        let policies = PolicySet::compile(documents(&texts));
        for (answer, topic) in [(Decision::Allowed, OWN), (Decision::ImplicitDeny, OTHER)] {
            let topic = TopicNameRef::parse(topic).unwrap();
            let decide = |thing: &str| {
                let thing = Thing::attached(thing).with_attributes(&attributes);
                let context = Context::new(&scope)
                    .with_client_id(thing.name())
                    .with_thing(thing)
                    .with_source_ip(source);
                policies.decide(&Request::publish(topic, &context))
            };
            assert_eq!(decide(THING), answer);
            let id = format!("policy/{name}/{}", answer.as_str().to_lowercase());
            c.bench_function(&id, |b| b.iter(|| decide(black_box(THING))));
        }
    }
}

/// What a broker keeps of a connection for policies: the thing name, and nothing else.
#[derive(Clone, Copy)]
struct Connection {
    thing: [u8; 16],
}

impl Connection {
    fn new(number: u32) -> Self {
        let mut thing = [0; 16];
        let name = format!("sensor-{number:08}");
        thing[..name.len()].copy_from_slice(name.as_bytes());
        Self { thing }
    }

    fn name(&self) -> &str {
        core::str::from_utf8(&self.thing[..15]).unwrap()
    }
}

fn cold(c: &mut Criterion) {
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let policies = PolicySet::compile(documents(&p10()));
    let mut group = c.benchmark_group("policy/cold");
    for count in [1_000_u32, 1_000_000] {
        let connections: Vec<_> = (0..count).map(Connection::new).collect();
        let mut random = 0x9E37_79B9_u32;
        let mut topic = String::new();
        group.bench_function(format!("{count} connections"), |b| {
            b.iter(|| {
                random ^= random << 13;
                random ^= random >> 17;
                random ^= random << 5;
                let connection = &connections[(random % count) as usize];
                topic.clear();
                topic.push_str("dt/");
                topic.push_str(connection.name());
                topic.push_str("/telemetry");
                let context = Context::new(&scope)
                    .with_client_id(connection.name())
                    .with_thing(Thing::attached(connection.name()));
                let topic = TopicNameRef::parse(&topic).unwrap();
                policies.decide(&Request::publish(topic, &context))
            });
        });
    }
    group.finish();
}

fn load(c: &mut Criterion) {
    let texts = p10();
    let first = texts.first().unwrap();
    c.bench_function("policy/load 2 KB", |b| {
        b.iter(|| PolicySet::compile(documents(core::slice::from_ref(black_box(first)))));
    });
}

criterion_group!(benches, hot, cold, load);
criterion_main!(benches);
