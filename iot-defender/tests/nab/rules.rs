//! Rules that learn each day from the 14 days before it.

use iot_defender::detect::{ConfidenceLevel, Model, Number, Training, ValueKind};

use super::score::{Score, Strangeness};
use super::series::{Point, Series};

const DAY: u64 = 86_400;

/// Cuts what is behind the probation into days; gives each with the points that it may be judged
/// by, those of the 14 days before it.
pub(crate) fn days(series: &Series) -> impl Iterator<Item = (&[Point], &[Point])> {
    let mut from = series.probation();
    core::iter::from_fn(move || {
        let (start, _) = series.points.get(from)?;
        // What is known when the first of its points comes.
        let (before, rest) = series.points.split_at(from);
        let (last, _) = before.last()?;
        let old = before.partition_point(|(at, _)| last.saturating_since(*at) >= Training::WINDOW);
        let today = start.as_secs() / DAY;
        let length = rest.partition_point(|(at, _)| at.as_secs() / DAY <= today);
        from += length;
        Some((before.split_at(old).1, rest.split_at(length).0))
    })
}

fn number(value: f64) -> Number {
    Number::new(value).expect("values are finite")
}

fn kind(series: &Series) -> ValueKind {
    if series.is_whole() {
        ValueKind::Whole
    } else {
        ValueKind::Any
    }
}

fn train(kind: ValueKind, known: &[Point]) -> Model {
    let (until, _) = known.last().expect("there is a probation");
    let mut training = Training::new(kind, *until);
    training.add_device(known.iter().map(|(at, value)| (*at, number(*value))));
    training.finish().expect("there are points")
}

/// The band of this crate.
pub(crate) fn band(all: &[Series], level: ConfidenceLevel) -> Score {
    let mut score = Score::default();
    for series in all {
        let kind = kind(series);
        let mut alarms = Vec::new();
        for (known, day) in days(series) {
            let model = train(kind, known);
            alarms.extend(
                day.iter()
                    .map(|(at, value)| !model.band(*at, level).contains(number(*value))),
            );
        }
        score.add(series, alarms.into_iter());
    }
    score
}

/// Distances from the median in widths of the band of low confidence: for thresholds that are none
/// of the three levels. Above 1 that level alarms.
pub(crate) fn widths(all: &[Series]) -> Strangeness {
    let each = all.iter().map(|series| {
        let kind = kind(series);
        let mut strange = Vec::new();
        for (known, day) in days(series) {
            let model = train(kind, known);
            strange.extend(day.iter().map(|(at, value)| {
                let (_, baseline) = model.at(*at);
                let (median, band) = (baseline.median().get(), baseline.band(ConfidenceLevel::Low));
                let limit = if *value < median { band.low } else { band.high };
                in_units((value - median).abs(), (limit.get() - median).abs())
            }));
        }
        strange
    });
    each.collect()
}

/// Distances from the mean in standard deviations: above 3 the rule of three sigma alarms.
pub(crate) fn sigmas(all: &[Series]) -> Strangeness {
    let each = all.iter().map(|series| {
        let mut strange = Vec::new();
        for (known, day) in days(series) {
            let count = known.len() as f64;
            let mean = known.iter().map(|(_, value)| value).sum::<f64>() / count;
            let square = known
                .iter()
                .map(|(_, value)| (value - mean) * (value - mean));
            let deviation = (square.sum::<f64>() / count).sqrt();
            let distances = day.iter().map(|(_, value)| (value - mean).abs());
            strange.extend(distances.map(|distance| in_units(distance, deviation)));
        }
        strange
    });
    each.collect()
}

/// Of a constant nothing but the constant is normal.
fn in_units(distance: f64, unit: f64) -> f64 {
    if distance == 0.0 {
        0.0
    } else {
        distance / unit
    }
}
