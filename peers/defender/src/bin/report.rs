//! All figures of iot-defender's audit in one run. Times are those of the one thread on its core,
//! so that what else the machine does counts as little as can be; its caches are shared even so.
//!
//! `cargo run --release -p peers-defender --bin report [millions of events] [one of D1 to D4]`

use std::fs;
use std::hint::black_box;

use cpu_time::ThreadTime;
use iot_defender::audit::{
    AuditWindow, Connection, ConnectionHistory, Days, KnownKeys, Overlap, Profile, age,
    broad_data_plane_access, certificate_quality, expiry,
};
use iot_policy::{PolicyDocument, X509Certificate};
use iot_topics::Timestamp;
use peers_defender::certificate;
use peers_defender::workload::{self, Drawn, Event, Kind, Log, NOW};
use peers_measure::{counting, median};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

const POLICIES: u32 = 10_000;
const CERTIFICATES: u32 = 100_000;

fn main() {
    let millions = std::env::args().nth(1);
    let millions = millions.map_or(50, |it| it.parse().expect("is a number of millions"));
    println!("load {}", load());
    let only = std::env::args().nth(2);
    let parts: [(&str, &dyn Fn()); 4] = [
        ("D1", &policies),
        ("D2", &certificates),
        ("D3", &|| connections(millions)),
        ("D4", &worst_cases),
    ];
    for (id, part) in parts {
        if only.as_ref().is_none_or(|only| only == id) {
            part();
        }
    }
    println!("load {}", load());
}

/// One line: what, how much, and what is wanted.
fn line(what: &str, figure: &str, wanted: &str) {
    println!("  {what:52} {figure:>26}   {wanted}");
}

fn policies() {
    println!("\nD1 {POLICIES} policies through the check for overly permissive ones");
    let texts: Vec<_> = (0..POLICIES).map(workload::policy).collect();
    let mut documents = Vec::new();
    let reading = timed(|| {
        let read = |text: &String| PolicyDocument::from_json(text).expect("is a policy");
        documents = texts.iter().map(read).collect();
    });
    line("read from JSON", &seconds(reading), "");
    let judge = |documents: &[PolicyDocument]| {
        let broad = documents
            .iter()
            .filter(|it| broad_data_plane_access(it, Profile::Aws).is_some());
        broad.count()
    };
    assert_eq!(
        judge(&documents),
        POLICIES as usize / 10 + POLICIES as usize / 100
    );
    let rounds = (0..5).map(|_| {
        timed(|| {
            black_box(judge(black_box(&documents)));
        })
    });
    line(
        "judged, with witnesses",
        &seconds(median(rounds.collect())),
        "at most 1 s",
    );
    let slow: Vec<_> = (0..POLICIES).map(|_| documents[50].clone()).collect();
    let time = timed(|| {
        black_box(judge(&slow));
    });
    line(
        "the same if every policy had `?` for its names",
        &seconds(time),
        "",
    );
}

fn certificates() {
    println!("\nD2 {CERTIFICATES} certificates from DER, RSA-2048 and P-256 in turn");
    let ders: Vec<_> = (0..CERTIFICATES).map(workload::certificate).collect();
    let mut known = KnownKeys::new();
    let mut drawn = Drawn::new(3);
    for _ in 0..50_000 {
        let bytes = [drawn.number(), drawn.number()]
            .map(u64::to_be_bytes)
            .concat();
        known.insert_debian(*bytes.first_chunk().expect("is long enough"));
    }
    for profile in [Profile::Aws, Profile::Extended] {
        let mut found = [0; 3];
        let time = timed(|| {
            found = [0; 3];
            for der in &ders {
                let it = X509Certificate::from_der(der).expect("is DER");
                let expiry = expiry(it.not_after(), NOW, Days::EXPIRATION_DEFAULT);
                let age = age(it.not_before(), NOW, Days::AGE_DEFAULT);
                let quality = certificate_quality(&it, &known, profile).expect("is a key");
                found[0] += usize::from(expiry.is_some());
                found[1] += usize::from(age.is_some());
                found[2] += usize::from(!quality.is_empty());
            }
        });
        let wanted = match profile {
            Profile::Aws => "at most 3 s",
            _ => "",
        };
        let what = format!("expiry, age and key quality, {profile:?}: {found:?}");
        line(&what, &seconds(time), wanted);
    }
    for der in &ders {
        assert_eq!(certificate::ours(der), certificate::peer(der));
    }
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..5 {
        for (times, read) in times.iter_mut().zip([certificate::ours, certificate::peer]) {
            times.push(timed(|| {
                ders.iter().for_each(|der| drop(black_box(read(der))))
            }));
        }
    }
    let [ours, peer] = times.map(median);
    line("dates and modulus, read by iot-policy", &seconds(ours), "");
    let figure = format!("{}, {:.2} x", seconds(peer), peer / ours);
    line("the same by x509-parser", &figure, "");
}

fn histories() -> [ConnectionHistory<u64>; 2] {
    [Overlap::SharedCertificate, Overlap::ConflictingClientId]
        .map(|overlap| ConnectionHistory::new(overlap, AuditWindow::of(overlap, NOW, None)))
}

/// Ten devices to five events, a fifth of them connected.
fn connections(millions: u32) {
    println!("\nD3 {millions} million events of connections through both checks");
    let mut log = Log::of(millions * 200_000);
    let mut buffer: Vec<Event> = Vec::with_capacity(1_000_000);
    let before = counting::bytes();
    let [mut shared, mut clients] = histories();
    let mut live = 0.0;
    let mut time = 0.0;
    let mut most = 0;
    for _ in 0..millions {
        buffer.clear();
        buffer.extend(log.by_ref().take(1_000_000));
        let begins = buffer
            .iter()
            .filter(|event| event.kind == Kind::Begin)
            .count();
        live += 2.0 * begins as f64 - buffer.len() as f64;
        time += timed(|| {
            for event in &buffer {
                event.tell(&mut shared, &mut clients);
            }
        });
        most = most.max(counting::bytes() - before);
    }
    let each = time / f64::from(millions) * 1e3;
    let figure = format!("{time:.2} s, {each:.0} ns an event");
    line("fed, one thread", &figure, "at most 20 s");
    let bytes = |bytes: usize| format!("{:.1} B", bytes as f64 / live);
    // Names are numbers of 64 bits here: who holds texts for them counts these as well.
    line("sessions that are open", &format!("{live:.0}"), "");
    let held = counting::bytes() - before;
    line(
        "requested for each of them, in both together",
        &bytes(held),
        "at most 200 B",
    );
    line("the same at most", &bytes(most), "");
    let mut found = (0, 0);
    let time = timed(|| found = (shared.findings().len(), clients.findings().len()));
    let what = format!("findings: {} and {}", found.0, found.1);
    line(&what, &seconds(time), "");
}

/// One worst case.
type Case = (&'static str, fn(u64));

fn worst_cases() {
    println!("\nD4 what must not be quadratic: 250,000 and 1,000,000 of it");
    let cases: [Case; 3] = [
        ("sessions of a certificate, one client id, ended", |many| {
            one_key(many, 1, true);
        }),
        ("sessions of a certificate, before the window", |many| {
            one_key(many, many, false);
        }),
        ("pieces of a history, an event each", pieces),
    ];
    for (what, case) in cases {
        let [few, many] = [250_000, 1_000_000].map(|many| timed(|| case(many)));
        let figure = format!("{few:.2} s, {many:.2} s");
        line(what, &figure, &format!("{:.1} x", many / few));
    }
}

/// One certificate with so many sessions at once, each of which then ends.
fn one_key(sessions: u64, clients: u64, is_within: bool) {
    let at = |instant| Timestamp::from_secs(instant);
    let from = if is_within { 0 } else { 3 * sessions };
    let window = AuditWindow::new(at(from), at(4 * sessions));
    let mut history = ConnectionHistory::new(Overlap::SharedCertificate, window);
    let connection = |session| Connection::new(0_u64, session % clients, session);
    for session in 0..sessions {
        history.connect(connection(session), at(session));
    }
    for session in 0..sessions {
        history.disconnect(connection(session), at(sessions + session), false);
    }
    assert!(history.findings().is_empty());
}

fn pieces(many: u64) {
    let window = AuditWindow::new(Timestamp::default(), NOW);
    let mut history = ConnectionHistory::new(Overlap::SharedCertificate, window);
    for number in 0..many {
        let mut piece = ConnectionHistory::continued(Overlap::SharedCertificate, window);
        piece.connect(
            Connection::new(number % 2, 0, number),
            Timestamp::from_secs(number),
        );
        history.merge(piece);
    }
    assert!(history.findings().is_empty());
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = ThreadTime::now();
    work();
    start.elapsed().as_secs_f64()
}

fn seconds(time: f64) -> String {
    format!("{time:.3} s")
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
