//! All figures of iot-jobs in one run. Times are those of the one thread on its core, so that
//! what else the machine does counts as little as can be; its caches are shared even so.
//!
//! `cargo run --release -p peers-jobs --bin report [things]`

use std::fs;
use std::time::Instant;

use cpu_time::ThreadTime;
use iot_jobs::ExecutionStatus;
use peers_jobs::fleet::Fleet;
use peers_jobs::service::{FULL_REPORT, Hash, REPORT, Reader, Request, Service};
use peers_jobs::worst;
use peers_measure::{counting, median};
use serde_json::json;

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

fn main() {
    let start = Instant::now();
    let things = std::env::args().nth(1);
    let things = things.map_or(10_000_000, |it| it.parse().expect("is a number of things"));
    println!("{things} things, load {}", load());
    resident(things);
    lives(things);
    concurrent(things);
    texts();
    worst_cases();
    let (wall, thread) = (start.elapsed(), ThreadTime::now().as_duration());
    println!(
        "{wall:.0?} by the clock, of which {thread:.0?} on a core; load {}",
        load()
    );
}

/// One line: what, how much, and what is wanted.
fn line(what: &str, figure: &str, wanted: &str) {
    println!("  {what:52} {figure:>26}   {wanted}");
}

/// What one engine takes, with all executions in it, and what it does then.
fn resident(things: u32) {
    println!("\nJ1 one job on all things");
    let before = (counting::bytes(), resident_bytes());
    let fleet = Fleet::of(things);
    let mut service = Service::new(fleet, Reader::write());
    let bytes = |what: &str| {
        let (counted, resident) = (counting::bytes() - before.0, resident_bytes() - before.1);
        let mib = resident as f64 / f64::from(1 << 20);
        let each = |bytes: usize| bytes as f64 / f64::from(things);
        let figure = format!("{mib:.0} MiB, {:.1} B", each(resident));
        let wanted = format!("at most 1024 MiB, 104 B; requested {:.1} B", each(counted));
        line(what, &figure, &wanted);
    };
    let start = ThreadTime::now();
    service.create("fw-2", "all");
    line("create", &seconds(start), "");
    bytes("resident, waiting");

    let mut batches = Vec::new();
    while service.waiting("fw-2") > 0 {
        let start = ThreadTime::now();
        service.minute();
        batches.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let worst = batches.iter().copied().fold(0.0, f64::max);
    let figure = format!("{:.2} ms, at most {worst:.2}", median(batches));
    line(
        "a batch of 1,000, all texts written",
        &figure,
        "at most 1 ms",
    );
    bytes("resident, queued");

    let rate = rate(fleet.shuffled(), |number| service.start_next(number));
    line(
        "start by name, at random, typed",
        &rate,
        "at least 600,000/s",
    );
    bytes("resident, in progress, each with a timer");

    let start = ThreadTime::now();
    for _ in 0..1_000_000 {
        service.tick();
    }
    let nanoseconds = start.elapsed().as_nanos() as f64 / 1e6;
    line(
        "idle tick",
        &format!("{nanoseconds:.0} ns"),
        "at most 200 ns",
    );

    let some = || fleet.shuffled().take(2_000_000);
    let rate = self::rate(some(), |number| {
        service.update("fw-2", number, ExecutionStatus::InProgress);
    });
    line(
        "update by name, at random, typed",
        &rate,
        "at least 600,000/s",
    );
    let mut request = Request::new(REPORT);
    let rate = self::rate(some(), |number| {
        service.publish_update("fw-2", number, &mut request);
    });
    line(
        "update as a message, JSON in and out",
        &rate,
        "at least 150,000/s",
    );
    let mut request = Request::new(FULL_REPORT);
    let some = fleet.shuffled().take(500_000.min(things as usize));
    let rate = self::rate(some, |number| {
        service.publish_update("fw-2", number, &mut request);
    });
    line("the same with all members", &rate, "at least 150,000/s");

    service.reader = Reader::Count(0);
    let start = ThreadTime::now();
    service.call("CancelJob", &json!({"jobId": "fw-2", "force": true}));
    line("cancel all with force", &seconds(start), "at most 2 s");
    let job = service.engine.job("fw-2").expect("is there");
    assert_eq!(job.count(ExecutionStatus::Canceled), things);
    let start = ThreadTime::now();
    service.call("DeleteJob", &json!({"jobId": "fw-2"}));
    line("delete all", &seconds(start), "at most 2 s");
    let left = counting::bytes() - before.0;
    line("left of it", &format!("{left} B"), "");
    drop(service);

    let mut service = Service::new(fleet, Reader::Count(0));
    service.create("fw-3", "all");
    service.roll_out("fw-3");
    let start = ThreadTime::now();
    service.call("CancelJob", &json!({"jobId": "fw-3"}));
    line("cancel all that are queued", &seconds(start), "at most 2 s");
}

/// The whole life of a job on all things, twice.
fn lives(things: u32) {
    println!("\nJ2 create, roll out, start, succeed; nothing is encoded");
    let mut hashes = Vec::new();
    for run in ["once", "again"] {
        let mut service = Service::new(Fleet::of(things), Reader::Kinds(Hash::default()));
        let start = ThreadTime::now();
        service.live("fw-2");
        let time = seconds(start);
        let Reader::Kinds(Hash(hash)) = service.reader else {
            continue;
        };
        line(run, &time, &format!("at most 60 s; hash {hash:016x}"));
        hashes.push(hash);
    }
    assert_eq!(hashes[0], hashes[1], "two runs differ");
}

/// As many jobs at once as an account may have, each on things of its own, and then on the same.
fn concurrent(things: u32) {
    const JOBS: u32 = 500;
    println!("\nJ3 {JOBS} jobs that roll out 1,000 a minute each, all texts written");
    let parts = Fleet {
        things,
        parts: JOBS,
    };
    let minutes = (things / JOBS / 1_000).saturating_sub(1).max(1);
    let apart = (parts, minutes, "on things of their own", "at most 0.5 s");
    // A list of ten in each message.
    let same = (Fleet::of(20_000), 6, "on the same 20,000 things", "");
    for (fleet, minutes, what, wanted) in [apart, same] {
        let mut service = Service::new(fleet, Reader::Count(0));
        for job in 0..JOBS {
            let group = if fleet.parts > 1 {
                format!("part-{job}")
            } else {
                "all".into()
            };
            service.create(&format!("fw-{job}"), &group);
        }
        let rolling = service.engine.jobs().filter(|job| job.is_rolling_out());
        assert_eq!(rolling.count(), JOBS as usize);
        service.reader = Reader::write();
        let mut times = Vec::new();
        for _ in 0..minutes {
            let start = ThreadTime::now();
            service.minute();
            times.push(start.elapsed().as_secs_f64());
        }
        let worst = times.iter().copied().fold(0.0, f64::max);
        let figure = format!("{:.3} s, at most {worst:.3}", median(times));
        line(&format!("a minute, {what}"), &figure, wanted);
    }
}

/// All texts of the lives of two jobs, twice.
fn texts() {
    println!("\nJ4 all topics and payloads of a job on 100,000 things, events among them");
    let hashes = ["once", "again"].map(|run| {
        let mut service = Service::new(Fleet::of(100_000), Reader::texts());
        service.engine.set_events(true);
        let start = ThreadTime::now();
        service.live("fw-2");
        let time = seconds(start);
        let Reader::Texts(_, Hash(hash)) = service.reader else {
            return 0;
        };
        line(run, &time, &format!("hash {hash:016x}"));
        hash
    });
    assert_eq!(hashes[0], hashes[1], "two runs differ");
}

/// One worst case.
type Case = (&'static str, fn(u32) -> u64);

fn worst_cases() {
    println!("\nJ5 what must not be quadratic: 25,000 and 100,000 of it, all texts written");
    let cases: [Case; 3] = [
        (
            "jobs on one thing, run newest first",
            worst::many_jobs_on_a_thing,
        ),
        ("times a thing joins again and runs", worst::rejoining),
        (
            "things that join outside the window",
            worst::joining_outside_the_window,
        ),
    ];
    for (what, case) in cases {
        let times = [25_000, 100_000].map(|many| {
            let start = ThreadTime::now();
            case(many);
            start.elapsed().as_secs_f64()
        });
        let [few, many] = times;
        let figure = format!("{few:.2} s, {many:.2} s");
        line(what, &figure, &format!("{:.1} x", many / few));
    }
}

fn rate(numbers: impl Iterator<Item = u32>, mut call: impl FnMut(u32)) -> String {
    let start = ThreadTime::now();
    let mut count = 0_u32;
    for number in numbers {
        call(number);
        count += 1;
    }
    let each = start.elapsed().as_secs_f64() / f64::from(count);
    format!("{:.0} ns, {:.0}/s", each * 1e9, 1.0 / each)
}

fn seconds(start: ThreadTime) -> String {
    format!("{:.2} s", start.elapsed().as_secs_f64())
}

/// Bytes of this process that are in memory.
fn resident_bytes() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse::<usize>().ok());
    pages.unwrap_or_default() * 4_096
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
