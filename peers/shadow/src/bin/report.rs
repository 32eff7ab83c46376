//! A table of medians, ours beside each peer, measured in turns in one process.
//!
//! `cargo run --release -p peers-shadow --bin report`

use std::hint::black_box;
use std::time::Instant;

use peers_measure::{counting, median};
use peers_shadow::held::{self, Held, pair};
use peers_shadow::sides::Sides;
use peers_shadow::small::{Many, One, ids, shuffled};
use peers_shadow::stored;
use peers_shadow::workload::{Differing, update_request};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

const ROUNDS: usize = 31;

/// Shadows in the store.
const MANY: u32 = 300_000;

fn main() {
    println!(
        "A request is {} bytes; medians and least of {ROUNDS} rounds",
        update_request(0).len()
    );
    for differing in [Differing::Few, Differing::Most] {
        updates::<held::Ours, held::Peer>("S1 update, held", differing);
    }
    for differing in [Differing::Few, Differing::Most] {
        updates::<stored::Ours, stored::Peer>("S2 update, stored as text", differing);
    }
    deltas();
    one();
    many();
}

/// One of those that are measured: its name, and a call.
type Row<'a> = (&'a str, Box<dyn FnMut() -> usize + 'a>);

/// The median and the least time of one call of each, in ns: a round times all of them one after
/// the other.
fn in_turns(work: &mut [Row<'_>]) -> Vec<[f64; 2]> {
    let mut repeats = Vec::new();
    for (_, call) in work.iter_mut() {
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed().as_micros() < 2_000 {
            black_box(call());
            count += 1;
        }
        repeats.push(count);
    }
    let mut samples = vec![Vec::new(); work.len()];
    for _ in 0..ROUNDS {
        for (at, (_, call)) in work.iter_mut().enumerate() {
            let start = Instant::now();
            for _ in 0..repeats[at] {
                black_box(call());
            }
            samples[at].push(start.elapsed().as_nanos() as f64 / f64::from(repeats[at]));
        }
    }
    samples
        .into_iter()
        .map(|samples| {
            let least = samples.iter().copied().fold(f64::INFINITY, f64::min);
            [median(samples), least]
        })
        .collect()
}

fn print(title: &str, work: &mut [Row<'_>]) {
    println!("\n{title}");
    let times = in_turns(work);
    for ((name, call), [time, least]) in work.iter_mut().zip(&times) {
        let before = counting::calls();
        black_box(call());
        let calls = counting::calls() - before;
        println!(
            "  {name:28} {time:>9.0} ns {:>6.1} x; least {least:>9.0} ns {:>6.1} x; {calls:>5} allocations",
            time / times[0][0],
            least / times[0][1]
        );
    }
}

fn updates<O: Held, P: Held>(title: &str, differing: Differing) {
    let (mut ours, mut peer) = pair::<O, P>(differing);
    let [accepted, delta] = ours.messages().map(|message| message.to_string().len());
    let title = format!("{title}; accepted {accepted} bytes, delta {delta}");
    let mut work: [Row<'_>; 2] = [
        (O::NAME, Box::new(|| ours.update())),
        (P::NAME, Box::new(|| peer.update())),
    ];
    print(&title, &mut work);
}

fn deltas() {
    for (title, sides) in [
        ("S3 delta, 10 of 250 leaves", Sides::sections()),
        ("S3 delta, 10 of 500 leaves", Sides::documents()),
    ] {
        let mut work: [Row<'_>; 2] = [
            (
                "iot-shadow",
                Box::new(|| black_box(&sides).delta().as_str().len()),
            ),
            (
                "json_merge_patch_gen",
                Box::new(|| usize::from(black_box(&sides).generate().is_some())),
            ),
        ];
        print(title, &mut work);
    }
}

fn one() {
    let (mut one, mut round) = (One::new(), 0);
    let mut update = || {
        round += 1;
        one.update(round)
    };
    let bytes = update();
    let [time, least] = in_turns(&mut [("", Box::new(&mut update))])[0];
    let before = counting::calls();
    update();
    let calls = counting::calls() - before;
    println!("\nS4 update of a shadow of 200 bytes, {bytes} bytes of messages");
    println!(
        "  {time:.0} ns, {:.0} a second; least {least:.0} ns, {:.0} a second; {calls} allocations",
        1e9 / time,
        1e9 / least
    );
}

fn many() {
    println!("\nS4 {MANY} shadows of 200 bytes, each updated once, all messages");
    let ids = ids(MANY);
    let shuffled = shuffled(&ids);
    let (before, start) = (counting::bytes(), Instant::now());
    let mut store = Many::new(&ids);
    let created = start.elapsed().as_secs_f64();
    let bytes = (counting::bytes() - before) as f64 / f64::from(MANY);
    println!("  created in order    {created:>6.3} s, {bytes:.0} bytes each are held");
    for (title, ids) in [("in order", &ids), ("shuffled", &shuffled)] {
        let samples = (1..=9).map(|time| {
            let start = Instant::now();
            black_box(store.update(ids, time));
            start.elapsed().as_secs_f64()
        });
        let samples: Vec<_> = samples.collect();
        let least = samples.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "  updated {title}    {:>6.3} s, least {least:.3} s",
            median(samples)
        );
    }
    let bytes = (counting::bytes() - before) as f64 / f64::from(MANY);
    println!("  then {bytes:.0} bytes each are held");
}
