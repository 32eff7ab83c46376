//! A table of medians, ours beside each peer, measured in turns in one process.
//!
//! `cargo run --release -p peers-topics --bin report [FILTERS]`; a million filters by default.

use std::hint::black_box;
use std::time::Instant;

use peers_measure::{counting, median};
use peers_topics::index::{Engine, Index, Ours, Rmqtt, assert_same};
use peers_topics::inputs;
use peers_topics::pair::{
    CASES, Case, Compiled, Engine as EnginePair, Mqttbytes, Pair, Protocol, Protocol5,
    Rmqtt as RmqttPair, Rumqttc, Uncompiled,
};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

const NAMES: usize = 16_384;
const ROUNDS: usize = 21;

fn main() {
    let count = match std::env::args().nth(1) {
        Some(text) => text.parse().expect("a number of filters"),
        None => 1_000_000,
    };
    pairs();
    many(count);
    masks();
}

fn pairs() {
    println!("T1 and T2: one filter, one name; median ns");
    println!(
        "{:20} {}",
        "",
        CASES.map(|case| format!("{:>14}", case.id)).concat()
    );
    let row = |name: &str, figures: [String; 4]| {
        println!(
            "{name:20} {}",
            figures.map(|figure| format!("{figure:>14}")).concat()
        );
    };
    row("T1 compiled", CASES.each_ref().map(time_pair::<Compiled>));
    row(
        "T2 uncompiled",
        CASES.each_ref().map(time_pair::<Uncompiled>),
    );
    row(Protocol::NAME, CASES.each_ref().map(time_pair::<Protocol>));
    row(
        EnginePair::NAME,
        CASES.each_ref().map(time_pair::<EnginePair>),
    );
    row(
        Protocol5::NAME,
        CASES.each_ref().map(time_pair::<Protocol5>),
    );
    row(
        RmqttPair::NAME,
        CASES.each_ref().map(time_pair::<RmqttPair>),
    );
    row(Rumqttc::NAME, CASES.each_ref().map(time_pair::<Rumqttc>));
    row(
        Mqttbytes::NAME,
        CASES.each_ref().map(time_pair::<Mqttbytes>),
    );
}

fn time_pair<P: Pair>(case: &'static Case) -> String {
    const CALLS: u32 = 20_000;
    let pair = P::new(case);
    if !P::is_right_about(case) {
        return "wrong".to_string();
    }
    assert_eq!(pair.matches(), case.taken, "{} {}", P::NAME, case.id);
    let sample = || {
        let start = Instant::now();
        for _ in 0..CALLS {
            black_box(black_box(&pair).matches());
        }
        start.elapsed().as_nanos() as f64 / f64::from(CALLS)
    };
    format!("{:.1}", median((0..ROUNDS).map(|_| sample()).collect()))
}

/// An index, and what has been measured of it.
struct Measured<I> {
    index: I,
    insert: f64,
    bytes: f64,
    parsed: Vec<f64>,
    text: Vec<f64>,
    allocations: f64,
}

impl<I: Index> Measured<I> {
    fn build(filters: &[String]) -> Self {
        let (bytes, start) = (counting::bytes(), Instant::now());
        let index = I::build(filters);
        let insert = start.elapsed().as_nanos() as f64 / filters.len() as f64;
        let bytes = (counting::bytes() - bytes) as f64 / filters.len() as f64;
        Self {
            index,
            insert,
            bytes,
            parsed: Vec::new(),
            text: Vec::new(),
            allocations: 0.0,
        }
    }

    fn round(&mut self, names: &[String]) -> (u32, u64) {
        let parsed: Vec<_> = names.iter().map(|name| I::parse(name)).collect();
        let all = || {
            let mut total = (0, 0);
            for name in &parsed {
                let (count, sum) = self.index.look_up(name);
                total = (total.0 + count, total.1 + sum);
            }
            total
        };
        // Once unmeasured, as criterion does: the index before has emptied the caches.
        all();
        let calls = counting::calls();
        let start = Instant::now();
        let total = all();
        let each = |start: Instant| start.elapsed().as_nanos() as f64 / names.len() as f64;
        self.parsed.push(each(start));
        self.allocations = (counting::calls() - calls) as f64 / names.len() as f64;
        let start = Instant::now();
        for name in names {
            black_box(self.index.look_up(&I::parse(black_box(name))));
        }
        self.text.push(each(start));
        total
    }

    fn print(&self, ours: [f64; 4]) {
        let parsed = median(self.parsed.clone());
        let text = median(self.text.clone());
        println!(
            "{:20} {parsed:9.0} ns {:5.1} x {text:9.0} ns {:5.1} x {:8.1} {:8.0} ns {:5.1} x {:8.1} {:5.1} x",
            I::NAME,
            parsed / ours[0],
            text / ours[1],
            self.allocations,
            self.insert,
            self.insert / ours[2],
            self.bytes,
            self.bytes / ours[3],
        );
    }
}

fn many(count: usize) {
    let filters = inputs::filters(count);
    let names = inputs::names(NAMES, count);
    let length = filters.iter().map(String::len).sum::<usize>() as f64 / count as f64;
    let mut ours = Measured::<Ours>::build(&filters);
    let mut engine = Measured::<Engine>::build(&filters);
    let mut rmqtt = Measured::<Rmqtt>::build(&filters);
    assert_same(&ours.index, &engine.index, &names);
    assert_same(&ours.index, &rmqtt.index, &names);
    let mut matches = 0;
    for _ in 0..ROUNDS {
        let expected = ours.round(&names);
        assert_eq!(engine.round(&names), expected);
        assert_eq!(rmqtt.round(&names), expected);
        matches = expected.0;
    }
    assert_eq!(ours.allocations, 0.0, "a look-up allocates nothing");
    let matches = f64::from(matches) / NAMES as f64;
    println!(
        "\nT3: {count} filters of {length:.1} bytes, {matches:.2} matches a name; medians and peer/ours"
    );
    println!(
        "{:20} {:>20} {:>20} {:>8} {:>19} {:>16}",
        "", "look up parsed name", "look up text", "allocs", "insert", "bytes a filter"
    );
    let base = [
        median(ours.parsed.clone()),
        median(ours.text.clone()),
        ours.insert,
        ours.bytes,
    ];
    ours.print(base);
    engine.print(base);
    rmqtt.print(base);
    ours.parsed.sort_by(f64::total_cmp);
    println!(
        "iot-topics best and worst round: {:.0} ns, {:.0} ns",
        ours.parsed[0],
        ours.parsed[ROUNDS - 1]
    );
}

fn masks() {
    const DEVICES: u64 = 16;
    let filters = inputs::masks(DEVICES);
    let names: Vec<String> = (0..DEVICES).map(inputs::deep_name).collect();
    let mut ours = Measured::<Ours>::build(&filters);
    let mut engine = Measured::<Engine>::build(&filters);
    let mut rmqtt = Measured::<Rmqtt>::build(&filters);
    assert_same(&ours.index, &engine.index, &names);
    assert_same(&ours.index, &rmqtt.index, &names);
    for _ in 0..ROUNDS * 20 {
        ours.round(&names);
        engine.round(&names);
        rmqtt.round(&names);
    }
    println!(
        "\nT4: all 128 sets of `+` below the first of 8 levels, {DEVICES} devices, 128 matches a name"
    );
    let base = [
        median(ours.parsed.clone()),
        median(ours.text.clone()),
        ours.insert,
        ours.bytes,
    ];
    ours.print(base);
    engine.print(base);
    rmqtt.print(base);
}
