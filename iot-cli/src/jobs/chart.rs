//! A plan as a picture.

use std::time::Duration;

use iot_jobs::plan::{Plan, Sample};
use iot_jobs::{AbortCriterion, AbortFailure, EndCounts, JobConfig};
use plotters::prelude::*;
use plotters::series::DashedLineSeries;

use super::table::headline;
use crate::output::Failure;
use crate::words::{count, number};

const SIZE: (u32, u32) = (960, 540);

/// Pixels at the right that the names of the curves have.
const KEY: u32 = 190;

/// A curve: its name, its colour, what it shows, and whether it is there even if all is zero. The
/// colours are those of Okabe and Ito, which the colour-blind can tell apart.
type Curve = (&'static str, RGBColor, fn(&Sample) -> u64, bool);

const CURVES: &[Curve] = &[
    (
        "queued",
        RGBColor(0, 114, 178),
        |it| it.things.queued.into(),
        true,
    ),
    (
        "in progress",
        RGBColor(230, 159, 0),
        |it| it.things.in_progress.into(),
        true,
    ),
    (
        "succeeded",
        RGBColor(0, 158, 115),
        |it| it.things.succeeded.into(),
        true,
    ),
    ("failed", RGBColor(213, 94, 0), |it| it.ends.failed, true),
    (
        "rejected",
        RGBColor(204, 121, 167),
        |it| it.ends.rejected,
        false,
    ),
    (
        "timed out",
        RGBColor(86, 180, 233),
        |it| it.ends.timed_out,
        false,
    ),
    (
        "canceled",
        RGBColor(120, 120, 120),
        |it| it.things.canceled.into(),
        false,
    ),
];

const INK: RGBColor = RGBColor(40, 40, 40);

/// Draws executions over time, by where they are, each attempt by itself as the abort criteria
/// count them; and for each criterion the line that its failures must not reach.
pub(super) fn svg(plan: &Plan, config: &JobConfig) -> Result<String, Failure> {
    let mut svg = String::new();
    draw(plan, config, &mut svg).map_err(|error| format!("the chart: {error}"))?;
    Ok(svg)
}

type Drawing = Result<(), Box<dyn std::error::Error>>;

fn draw(plan: &Plan, config: &JobConfig, svg: &mut String) -> Drawing {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (unit, seconds) = unit(plan);
    let time = |at: Duration| at.as_secs_f64() / seconds;
    let shown = |(_, _, of, always): &&Curve| *always || plan.samples.iter().any(|it| of(it) > 0);
    let curves: Vec<_> = CURVES.iter().filter(shown).collect();
    let all = curves
        .iter()
        .flat_map(|(_, _, of, _)| plan.samples.iter().map(of));
    let most = all.max().unwrap_or_default().max(1) as f64 * 1.05;
    let end = time(plan.ended).max(1.0);
    let title = format!(
        "{}: {}",
        count(plan.things.total(), "thing"),
        headline(plan)
    );
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .margin_right(KEY)
        .x_label_area_size(42)
        .y_label_area_size(84)
        .build_cartesian_2d(0.0..end, 0.0..most)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(format!("{unit} since the job was created"))
        .y_desc("executions")
        .y_label_formatter(&|executions| number(*executions as u64))
        .draw()?;
    let mut key = Vec::new();
    for (name, color, of, _) in curves {
        let points = plan.samples.iter().map(|it| (time(it.at), of(it) as f64));
        chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?;
        key.push((String::from(*name), *color, false));
    }
    for criterion in config.abort.iter().flat_map(|abort| abort.criteria()) {
        let color = color(criterion.failure());
        let points = judged(plan).map(|(at, ends)| (time(at), threshold(criterion, ends)));
        // What is above the chart would be drawn over its title.
        let points = points.map(|(time, executions)| (time, executions.min(most)));
        chart.draw_series(DashedLineSeries::new(points, 6, 4, color.stroke_width(1)))?;
        let (failure, share) = (criterion.failure().as_str(), criterion.threshold());
        key.push((format!("abort at {share} % {failure}"), color, true));
    }
    if let Some(abort) = &plan.abort {
        let at = time(abort.at);
        let line = [(at, 0.0), (at, most)];
        chart.draw_series(LineSeries::new(line, INK.stroke_width(1)))?;
        key.push(("aborted".to_owned(), INK, false));
    }
    let left = i32::try_from(SIZE.0 - KEY).unwrap_or_default() + 12;
    for ((name, color, dashed), y) in key.into_iter().zip((60..).step_by(22)) {
        let dash = |from: i32, to| {
            PathElement::new([(left + from, y), (left + to, y)], color.stroke_width(2))
        };
        match dashed {
            false => root.draw(&dash(0, 20))?,
            true => {
                root.draw(&dash(0, 6))?;
                root.draw(&dash(10, 16))?;
            }
        }
        root.draw(&Text::new(name, (left + 28, y - 5), ("sans-serif", 13)))?;
    }
    root.present()?;
    Ok(())
}

/// What the abort criteria judged, and when: nothing after the job was canceled.
fn judged(plan: &Plan) -> impl Iterator<Item = (Duration, &EndCounts)> + Clone {
    let abort = plan.abort.as_ref();
    let until = abort.map_or(plan.ended, |abort| abort.at);
    let samples = plan.samples.iter().map(|sample| (sample.at, &sample.ends));
    let before = samples.filter(move |(at, _)| abort.is_none() || *at < until);
    before.chain(abort.map(|abort| (abort.at, &abort.ends)))
}

/// How many executions of its kind make a criterion fire, once as many have ended as it asks for.
fn threshold(criterion: &AbortCriterion, ends: &EndCounts) -> f64 {
    let done = ends.done.max(criterion.min_executed_things().into());
    done as f64 * f64::from(criterion.threshold().units()) / 10_000.0
}

/// That of the curve that a criterion looks at.
fn color(failure: AbortFailure) -> RGBColor {
    let name = match failure {
        AbortFailure::Failed => "failed",
        AbortFailure::Rejected => "rejected",
        AbortFailure::TimedOut => "timed out",
        AbortFailure::All => "",
    };
    let curve = CURVES.iter().find(|(curve, ..)| *curve == name);
    curve.map_or(INK, |(_, color, ..)| *color)
}

/// The unit in which the end of the plan is a number of one to three digits, in seconds.
fn unit(plan: &Plan) -> (&'static str, f64) {
    match plan.ended.as_secs() {
        0..7_200 => ("minutes", 60.0),
        7_200..259_200 => ("hours", 3_600.0),
        _ => ("days", 86_400.0),
    }
}
