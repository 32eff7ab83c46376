//! A metric as a picture: its values, what is normal, and the alarms.

use std::collections::BTreeSet;

use iot_topics::Timestamp;
use plotters::prelude::*;
use plotters::series::DashedLineSeries;

use super::plot::{Limits, Plot};
use super::told::normal;
use crate::instant::shown;
use crate::output::Failure;
use crate::words::{count, number};

const SIZE: (u32, u32) = (960, 540);

/// Pixels at the right that the names of the curves have.
const KEY: u32 = 250;

/// Curves that are told apart, those with alarms first; others are grey. The colours are those of Okabe and Ito, which the
/// colour-blind can tell apart.
const CURVES: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
];
const OTHERS: RGBColor = RGBColor(160, 160, 160);
const ALARM: RGBColor = RGBColor(213, 94, 0);
const INK: RGBColor = RGBColor(40, 40, 40);

/// What lies farther from zero is drawn here.
const FAR: f64 = 1e15;

/// Draws the values that the behavior judged, device by device, what it took for normal, and where
/// alarms began and ended.
pub(super) fn svg(plot: &Plot<'_>) -> Result<String, Failure> {
    let mut svg = String::new();
    draw(plot, &mut svg).map_err(|error| format!("the chart: {error}"))?;
    Ok(svg)
}

type Drawing = Result<(), Box<dyn std::error::Error>>;

/// The least and the most of values and limits, with some room.
fn range(plot: &Plot<'_>) -> (f64, f64) {
    let values = plot.curves.values().flatten().map(|(_, value)| *value);
    let limits = plot.limits.iter();
    let limits = limits.flat_map(|it| [it.low, it.high]).flatten();
    let (mut least, mut most) = (0.0_f64, 1.0_f64);
    for value in values.chain(limits) {
        let value = value.clamp(-FAR, FAR);
        (least, most) = (least.min(value), most.max(value));
    }
    let room = (most - least) * 0.05;
    (if least < 0.0 { least - room } else { 0.0 }, most + room)
}

fn draw(plot: &Plot<'_>, svg: &mut String) -> Drawing {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let limits = plot.limits.iter().map(|limits| limits.at);
    let curves = plot.curves.values().flatten().map(|(at, _)| *at);
    let first = limits
        .clone()
        .chain(curves.clone())
        .min()
        .unwrap_or_default();
    let last = limits.chain(curves).max().unwrap_or_default();
    let time = |at: Timestamp| at.saturating_since(first).as_secs_f64();
    let (least, most) = range(plot);
    let name = format!("{}/{}", plot.profile(), plot.behavior.name());
    let begun = plot.alarms.iter().filter(|alarm| alarm.begins).count();
    let title = format!("{name}: {}", count(begun as u64, "alarm"));
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .margin_right(KEY)
        .x_label_area_size(42)
        .y_label_area_size(84)
        .build_cartesian_2d(0.0..time(last).max(300.0), least..most)?;
    let label = |seconds: &f64| {
        let text = shown(Timestamp::from_millis(
            first.as_millis().saturating_add((seconds * 1_000.0) as u64),
        ));
        // Month, day and minute.
        text.get(5..16).unwrap_or_default().replace('T', " ")
    };
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(6)
        .x_label_formatter(&label)
        .x_desc("UTC")
        .y_desc(plot.behavior.metric().as_str())
        .y_label_formatter(&|value| tick(*value, most - least))
        .draw()?;
    let inside = |value: f64| value.clamp(least, most);
    let mut key = Vec::new();
    let edge = |of: fn(&Limits) -> Option<f64>| {
        let points = plot.limits.iter();
        let points = points.filter_map(|limit| Some((time(limit.at), inside(of(limit)?))));
        points.collect::<Vec<_>>()
    };
    let (low, high) = (edge(|limits| limits.low), edge(|limits| limits.high));
    if !low.is_empty() && !high.is_empty() {
        let band = high.iter().chain(low.iter().rev()).copied();
        let band: Vec<_> = band.collect();
        chart.draw_series([Polygon::new(band, INK.mix(0.08))])?;
    }
    if !low.is_empty() || !high.is_empty() {
        key.push((
            format!("normal: {}", normal(plot.behavior)),
            INK,
            Sign::Dashes,
        ));
    }
    for line in [low, high] {
        chart.draw_series(DashedLineSeries::new(line, 6, 4, INK.stroke_width(1)))?;
    }
    let (mut curves, mut names): (Vec<_>, _) = (plot.curves.iter().collect(), Vec::new());
    let alarmed: BTreeSet<_> = plot.alarms.iter().map(|alarm| &alarm.device).collect();
    curves.sort_by_key(|(device, _)| !alarmed.contains(device));
    for (index, (device, curve)) in curves.into_iter().enumerate().rev() {
        let color = CURVES.get(index).copied().unwrap_or(OTHERS);
        let points = curve.iter().map(|(at, value)| (time(*at), inside(*value)));
        chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?;
        if index < CURVES.len() {
            names.push((short(&device.name), color, Sign::Line));
        }
    }
    key.extend(names.into_iter().rev());
    if let Some(others) = plot
        .curves
        .len()
        .checked_sub(CURVES.len())
        .filter(|it| *it > 0)
    {
        key.push((format!("{others} more"), OTHERS, Sign::Line));
    }
    for (begins, text, color) in [(true, "alarm", ALARM), (false, "cleared", INK)] {
        let of = plot.alarms.iter().filter(|alarm| alarm.begins == begins);
        let places: Vec<_> = of.map(|it| (time(it.at), inside(it.value))).collect();
        if places.is_empty() {
            continue;
        }
        let style = match begins {
            true => ShapeStyle::from(&color).filled(),
            false => color.stroke_width(2),
        };
        chart.draw_series(places.iter().map(|place| Circle::new(*place, 5, style)))?;
        key.push((text.to_owned(), color, Sign::Circle(style)));
    }
    let left = i32::try_from(SIZE.0 - KEY).unwrap_or_default() + 12;
    for ((name, color, sign), y) in key.into_iter().zip((60..).step_by(22)) {
        let dash = |from: i32, to| {
            PathElement::new([(left + from, y), (left + to, y)], color.stroke_width(2))
        };
        match sign {
            Sign::Line => root.draw(&dash(0, 20))?,
            Sign::Dashes => {
                root.draw(&dash(0, 6))?;
                root.draw(&dash(10, 16))?;
            }
            Sign::Circle(style) => root.draw(&Circle::new((left + 10, y), 5, style))?,
        }
        root.draw(&Text::new(name, (left + 28, y - 5), ("sans-serif", 13)))?;
    }
    root.present()?;
    Ok(())
}

/// A number beside its axis.
fn tick(value: f64, range: f64) -> String {
    if range < 10.0 {
        return format!("{value:.2}");
    }
    let sign = if value <= -0.5 { "-" } else { "" };
    format!("{sign}{}", number(value.abs().round() as u64))
}

/// How a row of the key begins.
enum Sign {
    Line,
    Dashes,
    Circle(ShapeStyle),
}

/// A name that fits into the key. XML has no control characters.
fn short(name: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut chars = name.chars().map(shown);
    let begin: String = chars.by_ref().take(24).collect();
    match chars.next() {
        Some(_) => format!("{begin}\u{2026}"),
        None => begin,
    }
}
