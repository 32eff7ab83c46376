//! The band beside the rule of three sigma on a public, labelled set of series:
//! `tests/nab/README.md` tells how to run it.
#![expect(
    clippy::expect_used,
    reason = "a set that is not in the format must fail"
)]

#[path = "../nab/rules.rs"]
mod rules;
#[path = "../nab/score.rs"]
mod score;
#[path = "../nab/series.rs"]
mod series;

use std::path::Path;

use iot_defender::detect::ConfidenceLevel;
use score::{above, best_within};

#[test]
#[ignore = "needs the Numenta Anomaly Benchmark in the directory that IOT_NAB names"]
fn band_is_ahead_of_sigmas() {
    let directory = std::env::var_os("IOT_NAB").expect("IOT_NAB names a directory");
    let all = series::read(Path::new(&directory));
    let sigmas = rules::sigmas(&all);
    let mut rows = Vec::new();
    for level in ConfidenceLevel::ALL {
        let band = rules::band(&all, *level);
        let (threshold, equal) = best_within(&all, &sigmas, band.false_alarms);
        rows.push((format!("band, {level}"), band));
        rows.push((format!("{threshold:.2} sigma"), equal));
    }
    let three = above(&all, &sigmas, 3.0);
    let (threshold, equal) = best_within(&all, &rules::widths(&all), three.false_alarms);
    rows.push((format!("band, {threshold:.2} wide"), equal));
    rows.push(("3 sigma".to_owned(), three));
    for (name, score) in &rows {
        println!("{name:15} {score}");
    }
    for pair in rows.chunks_exact(2) {
        if let [(name, band), (_, equal)] = pair {
            assert!(band.found >= equal.found, "{name}");
            assert!(band.precision() > equal.precision(), "{name}");
            assert!(band.found > equal.found || *equal == three, "{name}");
        }
    }
}
