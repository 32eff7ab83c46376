//! One load of the report alone, small enough for callgrind: minutes in which jobs roll out 1,000 a
//! minute each, all on the same things, topics and payloads written.
//!
//! `valgrind --tool=callgrind --toggle-collect='*run_minute*' profile <things> <jobs> <minutes>`

use cpu_time::ThreadTime;
use peers_jobs::fleet::Fleet;
use peers_jobs::service::{Hash, Reader, Service};
use peers_measure::median;

fn main() {
    let numbers = std::env::args().skip(1);
    let numbers: Vec<u32> = numbers.map(|it| it.parse().expect("is a number")).collect();
    let [things, jobs, minutes] = numbers[..] else {
        panic!("wants the numbers of things, jobs and minutes");
    };
    let prepare = |reader| {
        let mut service = Service::new(Fleet::of(things), Reader::Count(0));
        (0..jobs).for_each(|job| service.create(&format!("fw-{job}"), "all"));
        service.reader = reader;
        service
    };
    let mut service = prepare(Reader::write());
    let times: Vec<_> = (0..minutes).map(|_| run_minute(&mut service)).collect();
    let worst = times.iter().copied().fold(0.0, f64::max);
    println!("{:.3} ms a minute, at most {worst:.3}", median(times));
    // What must stay the same, whatever is made faster.
    let mut service = prepare(Reader::texts());
    (0..minutes).for_each(|_| service.minute());
    if let Reader::Texts(_, Hash(hash)) = service.reader {
        println!("hash of all texts {hash:016x}");
    }
}

/// Milliseconds of this thread.
#[inline(never)]
fn run_minute(service: &mut Service) -> f64 {
    let start = ThreadTime::now();
    service.minute();
    start.elapsed().as_secs_f64() * 1e3
}
