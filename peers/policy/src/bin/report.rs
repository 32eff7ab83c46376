//! A table of medians, ours beside each peer, measured in turns in one process.
//!
//! `cargo run --release -p peers-policy --bin report`

use std::hint::black_box;
use std::time::Instant;

use iot_policy::{ArnScope, Context, PolicyDocument, PolicySet, Request, Thing, WildcardPattern};
use iot_topics::TopicNameRef;
use peers_measure::{counting, median};
use peers_policy::authorize::{Casbin, Cedar, Engine, IamRs, Ours};
use peers_policy::wild;
use peers_policy::workload::{OTHER, OWN, P4, documents, p4_with_conditions, p10};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

const ROUNDS: usize = 31;

fn main() {
    authorize();
    cold();
    load();
    wildcards();
}

/// The median time of one call of each, in ns: a round times all of them one after the other.
fn in_turns(work: &mut [(String, Box<dyn FnMut() -> bool + '_>)]) -> Vec<f64> {
    let mut repeats = Vec::new();
    for (_, call) in work.iter_mut() {
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed().as_micros() < 500 {
            black_box(call());
            count += 1;
        }
        repeats.push(count.max(1) * 4);
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
    samples.into_iter().map(median).collect()
}

fn print(title: &str, work: &mut [(String, Box<dyn FnMut() -> bool + '_>)]) {
    println!("\n{title}");
    let times = in_turns(work);
    for ((name, call), time) in work.iter_mut().zip(&times) {
        let before = counting::calls();
        black_box(call());
        let requests = counting::calls() - before;
        println!(
            "  {name:34} {time:>12.1} ns  {:>9.1} x  {requests:>6} allocations",
            time / times[0]
        );
    }
}

fn authorize() {
    let topics = [OWN, OTHER];
    let p4 = [P4.to_string()];
    let with_conditions = [p4_with_conditions()];
    for (answer, topic, expected) in [("allow", OWN, true), ("deny", OTHER, false)] {
        let topic = TopicNameRef::parse(topic).unwrap();
        let rows = |title: &str, engines: Vec<(&str, Box<dyn Engine>)>| {
            let mut work: Vec<(String, Box<dyn FnMut() -> bool>)> = Vec::new();
            for (name, engine) in engines {
                assert_eq!(engine.may_publish(topic), expected, "{name}");
                work.push((
                    name.into(),
                    Box::new(move || engine.may_publish(black_box(topic))),
                ));
            }
            print(&format!("{title}, {answer}"), &mut work);
        };
        rows(
            "P1 policy/P4",
            vec![
                ("iot-policy", Box::new(Ours::new(&p4))),
                ("iam-rs, request per call", Box::new(IamRs::new(&p4, &[]))),
                (
                    "iam-rs, request prebuilt",
                    Box::new(IamRs::new(&p4, &topics)),
                ),
            ],
        );
        rows(
            "P2 policy/P10",
            vec![
                ("iot-policy", Box::new(Ours::new(&p10()))),
                (
                    "iam-rs, request per call",
                    Box::new(IamRs::new(&p10(), &[])),
                ),
                (
                    "iam-rs, request prebuilt",
                    Box::new(IamRs::new(&p10(), &topics)),
                ),
                ("casbin, filled in", Box::new(Casbin::new(&p10()))),
            ],
        );
        rows(
            "P3 policy/P4 with two conditions",
            vec![
                ("iot-policy", Box::new(Ours::new(&with_conditions))),
                (
                    "iam-rs, request per call",
                    Box::new(IamRs::new(&with_conditions, &[])),
                ),
                (
                    "iam-rs, request prebuilt",
                    Box::new(IamRs::new(&with_conditions, &topics)),
                ),
                (
                    "cedar, filled in",
                    Box::new(Cedar::new(&with_conditions, true)),
                ),
            ],
        );
    }
}

/// P4: one of a million connections at random, all sharing P10. The cost of the loop itself, which
/// makes the name and the topic of the connection, is measured alone and taken off.
fn cold() {
    println!("\nP4 policy/cold, a connection is its thing name in 16 bytes");
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let policies = PolicySet::compile(documents(&p10()));
    for count in [1_000_u32, 1_000_000] {
        let connections: Vec<[u8; 16]> = (0..count)
            .map(|number| {
                format!("sensor-{number:09}")
                    .into_bytes()
                    .try_into()
                    .unwrap()
            })
            .collect();
        let run = |decide: bool| {
            let mut random = 0x9E37_79B9_u32;
            let mut topic = String::with_capacity(64);
            let start = Instant::now();
            let mut allowed = 0;
            for _ in 0..1_000_000 {
                random ^= random << 13;
                random ^= random >> 17;
                random ^= random << 5;
                // Where a packet comes from is known before its connection's state is read.
                let number = random % count;
                topic.clear();
                topic.push_str("dt/sensor-");
                let digits = [
                    100_000_000,
                    10_000_000,
                    1_000_000,
                    100_000,
                    10_000,
                    1_000,
                    100,
                    10,
                    1,
                ];
                topic.extend(digits.map(|unit| char::from(b'0' + (number / unit % 10) as u8)));
                topic.push_str("/telemetry");
                if decide {
                    let name = core::str::from_utf8(&connections[number as usize]).unwrap();
                    let thing = Thing::attached(name);
                    let context = Context::new(&scope).with_client_id(name).with_thing(thing);
                    let topic = TopicNameRef::parse(&topic).unwrap();
                    let request = Request::publish(topic, &context);
                    allowed += u32::from(policies.decide(&request).is_allowed());
                } else {
                    black_box(&topic);
                }
            }
            assert_eq!(allowed, if decide { 1_000_000 } else { 0 });
            start.elapsed().as_nanos() as f64 / 1e6
        };
        let samples = |decide| median((0..9).map(|_| run(decide)).collect());
        let (loop_alone, whole) = (samples(false), samples(true));
        println!(
            "  {count:>9} connections {:>8.1} ns a decision ({whole:.1} with the loop's {loop_alone:.1})",
            whole - loop_alone
        );
    }
}

fn load() {
    let text = p10().remove(9);
    print(
        &format!("P5 policy/load, {} bytes", text.len()),
        &mut [
            (
                "iot-policy, parse and compile".into(),
                Box::new(|| {
                    let document = PolicyDocument::from_json(black_box(&text)).unwrap();
                    PolicySet::compile([("p", document)]).policies().len() == 1
                }),
            ),
            (
                "iam-rs, parse and first decision".into(),
                Box::new(|| IamRs::first_decision(black_box(&text), OWN)),
            ),
        ],
    );
    let before = counting::bytes();
    let set = PolicySet::compile([("p", PolicyDocument::from_json(&text).unwrap())]);
    println!(
        "  resident, document and index: {} bytes",
        counting::bytes() - before
    );
    drop(set);
}

fn wildcards() {
    for case in wild::everyday() {
        let ours = WildcardPattern::new(&case.pattern);
        let pattern = case.pattern.as_bytes();
        let text = case.text.as_str();
        let wildmatch = wildmatch::WildMatch::new(&case.pattern);
        let wildcard = wildcard::WildcardBuilder::new(pattern)
            .without_escape()
            .build()
            .unwrap();
        print(
            &format!("W1 wild/{}", case.id),
            &mut [
                (
                    "iot-policy".into(),
                    Box::new(|| ours.matches(black_box(text))),
                ),
                (
                    "simplematch".into(),
                    Box::new(|| simplematch::dowild(pattern, black_box(text).as_bytes())),
                ),
                (
                    "wildmatch".into(),
                    Box::new(|| wildmatch.matches(black_box(text))),
                ),
                (
                    "wildcard".into(),
                    Box::new(|| wildcard.is_match(black_box(text).as_bytes())),
                ),
            ],
        );
    }
    println!("\nW2 wild/adversarial: ns a byte of text, by length of the text; regex at 4,096");
    for at in 0..wild::adversarial(64).len() {
        let mut line = String::new();
        let mut id = "";
        for length in [64, 128, 256, 512, 1_024, 2_048, 4_096] {
            let case = wild::adversarial(length).swap_remove(at);
            id = case.id;
            let ours = WildcardPattern::new(&case.pattern);
            let regex = regex_of(&case.pattern);
            assert_eq!(ours.matches(&case.text), case.expected);
            assert_eq!(regex.is_match(&case.text), case.expected);
            let times = in_turns(&mut [
                (
                    String::new(),
                    Box::new(|| ours.matches(black_box(&case.text))),
                ),
                (
                    String::new(),
                    Box::new(|| regex.is_match(black_box(&case.text))),
                ),
            ]);
            line += &format!("{:>8.2}", times[0] / length as f64);
            if length == 4_096 {
                line += &format!(
                    "  regex {:.2}: {:.1} x",
                    times[1] / 4_096.0,
                    times[1] / times[0]
                );
            }
        }
        println!("  {id:20}{line}");
    }
}

fn regex_of(pattern: &str) -> regex::Regex {
    let mut regex = String::from("(?s)^");
    for ch in pattern.chars() {
        match ch {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            ch => regex.push_str(&regex::escape(ch.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    regex::RegexBuilder::new(&regex)
        .size_limit(1 << 26)
        .build()
        .unwrap()
}
