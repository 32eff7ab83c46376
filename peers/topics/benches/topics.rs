//! T1 to T4 under criterion; `report` prints the same as one table.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use peers_topics::index::{Engine, Index, Ours, Rmqtt, assert_same};
use peers_topics::inputs;
use peers_topics::pair::{
    CASES, Compiled, Engine as EnginePair, Mqttbytes, Pair, Protocol, Protocol5,
    Rmqtt as RmqttPair, Rumqttc, Uncompiled,
};

const FILTERS: usize = 1_000_000;
const NAMES: usize = 16_384;

fn pair<P: Pair>(criterion: &mut Criterion, group: &str) {
    for case in &CASES {
        if P::is_right_about(case) {
            let pair = P::new(case);
            assert_eq!(pair.matches(), case.taken, "{} {}", P::NAME, case.id);
            let id = format!("{group}/{}/{}", case.id, P::NAME);
            criterion.bench_function(&id, |bench| bench.iter(|| black_box(&pair).matches()));
        }
    }
}

fn pairs(criterion: &mut Criterion) {
    pair::<Compiled>(criterion, "T1");
    pair::<EnginePair>(criterion, "T1");
    pair::<RmqttPair>(criterion, "T1");
    pair::<Uncompiled>(criterion, "T2");
    pair::<Protocol>(criterion, "T2");
    pair::<Protocol5>(criterion, "T2");
    pair::<Rumqttc>(criterion, "T2");
    pair::<Mqttbytes>(criterion, "T2");
}

fn look_up<I: Index>(criterion: &mut Criterion, group: &str, index: &I, names: &[String]) {
    let names: Vec<_> = names.iter().map(|name| I::parse(name)).collect();
    let mut next = names.iter().cycle();
    criterion.bench_function(&format!("{group}/{}", I::NAME), |bench| {
        bench.iter_batched(
            || next.next().expect("names go round"),
            |name| index.look_up(name),
            BatchSize::NumIterations(NAMES as u64),
        );
    });
}

fn insert<I: Index>(criterion: &mut Criterion, filters: &[String]) {
    let mut group = criterion.benchmark_group("T3/insert");
    group.sample_size(10);
    group.throughput(Throughput::Elements(filters.len() as u64));
    group.bench_function(I::NAME, |bench| {
        bench.iter_with_large_drop(|| I::build(filters));
    });
}

fn many(criterion: &mut Criterion) {
    let filters = inputs::filters(FILTERS);
    let names = inputs::names(NAMES, FILTERS);
    let (ours, engine, rmqtt) = (
        Ours::build(&filters),
        Engine::build(&filters),
        Rmqtt::build(&filters),
    );
    assert_same(&ours, &engine, &names);
    assert_same(&ours, &rmqtt, &names);
    look_up(criterion, "T3/lookup", &ours, &names);
    look_up(criterion, "T3/lookup", &engine, &names);
    look_up(criterion, "T3/lookup", &rmqtt, &names);
    drop((ours, engine, rmqtt));
    let some = &filters[..FILTERS / 10];
    insert::<Ours>(criterion, some);
    insert::<Engine>(criterion, some);
    insert::<Rmqtt>(criterion, some);
}

fn masks(criterion: &mut Criterion) {
    let filters = inputs::masks(16);
    let names: Vec<String> = (0..16).map(inputs::deep_name).collect();
    let (ours, engine, rmqtt) = (
        Ours::build(&filters),
        Engine::build(&filters),
        Rmqtt::build(&filters),
    );
    assert_same(&ours, &engine, &names);
    assert_same(&ours, &rmqtt, &names);
    look_up(criterion, "T4/lookup", &ours, &names);
    look_up(criterion, "T4/lookup", &engine, &names);
    look_up(criterion, "T4/lookup", &rmqtt, &names);
}

criterion_group!(benches, pairs, many, masks);
criterion_main!(benches);
