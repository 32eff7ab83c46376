//! Who finds what in the Numenta Anomaly Benchmark at how many false alarms. The argument is its
//! directory; `iot-defender/tests/nab/README.md` tells more.

extern crate alloc;

#[path = "../../../iot-defender/tests/nab/rules.rs"]
mod rules;
#[path = "../../../iot-defender/tests/nab/score.rs"]
mod score;
#[path = "../../../iot-defender/tests/nab/series.rs"]
mod series;

use std::path::Path;
use std::time::Instant;

use iot_defender::detect::ConfidenceLevel;
use rcf3::Forest;
use score::{Score, Strangeness, above, best_within};
use series::Series;

/// The score of a random cut forest that has seen all points before.
fn forest(all: &[Series], shingle: usize) -> Strangeness {
    let each = all.iter().map(|series| {
        let mut forest = Forest::builder(1)
            .shingle_size(shingle)
            .seed(1)
            .build()
            .expect("the parameters are legal");
        let scores = series.points.iter().map(|(_, value)| {
            let point = [*value as f32];
            forest.update_and_score(&point).expect("values are finite")
        });
        scores.collect::<Vec<_>>().split_off(series.probation())
    });
    each.collect()
}

fn main() {
    let directory = std::env::args_os()
        .nth(1)
        .expect("the argument is the directory of the benchmark");
    let all = series::read(Path::new(&directory));
    let points: usize = all.iter().map(|series| series.points.len()).sum();
    println!("{} series with {points} points", all.len());
    let timed = |name: &str, find: &dyn Fn() -> Strangeness| {
        let start = Instant::now();
        let strange = find();
        println!(
            "{name}: {:.1} us a point",
            start.elapsed().as_secs_f64() * 1e6 / points as f64
        );
        strange
    };
    let sigmas = timed("sigma", &|| rules::sigmas(&all));
    let widths = timed("band", &|| rules::widths(&all));
    let forests = [1, 4, 8].map(|shingle| {
        let name = format!("random cut forest, {shingle} points");
        (timed(&name, &|| forest(&all, shingle)), name)
    });
    let beside = |score: Score| {
        let (threshold, equal) = best_within(&all, &sigmas, score.false_alarms);
        println!("  {:30} {equal}", format!("{threshold:.2} sigma"));
        for (strange, name) in &forests {
            let (_, equal) = best_within(&all, strange, score.false_alarms);
            println!("  {name:30} {equal}");
        }
    };
    for level in ConfidenceLevel::ALL {
        let band = rules::band(&all, *level);
        println!("{:32} {band}", format!("band, {level}"));
        beside(band);
    }
    let three = above(&all, &sigmas, 3.0);
    println!("{:32} {three}", "3 sigma");
    let (threshold, equal) = best_within(&all, &widths, three.false_alarms);
    println!(
        "  {:30} {equal}",
        format!("band, LOW, {threshold:.2} times as wide")
    );
    beside(three);
}
