//! Violations as lines and tables.

use std::fmt::Display;

use clap::ValueEnum;
use clap::builder::styling::AnsiColor;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use iot_defender::detect::{
    ActiveViolation, Behavior, Bound, Condition, Explanation, ListedEvent, Membership, Metric,
    MetricValue, Verification, ViolationEvent, ViolationEventType,
};
use serde_json::{Value, json};

use crate::instant::shown;
use crate::output::{self, Failure};
use crate::words::number;

/// How violations are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum EventFormat {
    /// Text for a person
    #[default]
    Human,
    /// A `ViolationEvent` of the API a line, and at the end the active violations
    Json,
    /// What is sent to SNS, a line for each that is not suppressed
    Sns,
}

/// A violation event as a line; none if the format leaves it out.
pub(super) fn line(
    format: EventFormat,
    event: &ViolationEvent,
    why: Option<&Explanation<'_>>,
    width: usize,
) -> Result<Option<String>, Failure> {
    let failure = |error| Failure::from(format!("{error}"));
    match format {
        EventFormat::Human => Ok(Some(human(event, why, width))),
        EventFormat::Json => {
            let listed = ListedEvent {
                event,
                verification: &Verification::default(),
            };
            let mut json =
                serde_json::to_value(listed).map_err(|error: serde_json::Error| failure(error))?;
            if let (Some(why), Some(members)) = (why, json.as_object_mut()) {
                members.insert("explanation".to_owned(), why.to_string().into());
            }
            Ok(Some(json.to_string()))
        }
        EventFormat::Sns if !event.is_notified() => Ok(None),
        EventFormat::Sns => {
            let text = serde_json::to_string(&event.notification());
            text.map(Some).map_err(failure)
        }
    }
}

/// The heading above the lines for a person.
pub(super) fn heading(width: usize) -> String {
    let (time, event) = ("TIME", "EVENT");
    format!("{time:20}  {event:17}  {:width$}  THING: VALUE", "BEHAVIOR")
}

/// How wide the names of behaviors are.
pub(super) fn width<'a>(behaviors: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    let widths = behaviors.map(|(profile, behavior)| profile.len() + 1 + behavior.len());
    widths.max().unwrap_or_default().max("BEHAVIOR".len())
}

fn human(event: &ViolationEvent, why: Option<&Explanation<'_>>, width: usize) -> String {
    let style = output::style(match event.event_type {
        ViolationEventType::InAlarm => AnsiColor::Red,
        ViolationEventType::AlarmCleared => AnsiColor::Green,
        _ => AnsiColor::Yellow,
    });
    let name = format!("{}/{}", event.profile, event.behavior.name());
    let thing = output::printable(&event.thing);
    let time = shown(event.time);
    let word = event.event_type.as_str();
    let mut line = format!("{time}  {style}{word:17}{style:#}  {name:width$}  {thing}");
    if let Some(value) = &event.metric_value {
        let value = shown_value(event.behavior.metric(), value);
        line.push_str(&format!(": {}", output::printable(&value)));
        line.push_str(&format!(" (normal: {})", normal(&event.behavior)));
    }
    if let Some(why) = why {
        line.push_str(&format!("\n    {}", output::printable(&why.to_string())));
    }
    line
}

/// Items of a list that are shown.
const ITEMS: usize = 8;

/// A value as people read it.
fn shown_value(metric: &Metric, value: &MetricValue) -> String {
    let list = |items: &[String]| match items.split_at_checked(ITEMS) {
        Some((first, rest)) if !rest.is_empty() => {
            format!("{} and {} more", first.join(", "), rest.len())
        }
        _ if items.is_empty() => "none".to_owned(),
        _ => items.join(", "),
    };
    fn texts<T: Display>(items: &[T]) -> Vec<String> {
        items.iter().map(ToString::to_string).collect()
    }
    match value {
        MetricValue::Count(count) => match metric {
            Metric::Aws(metric) => match metric.unit() {
                Some(unit) => format!("{} {unit}", number(*count)),
                None => number(*count),
            },
            Metric::Custom(_) => number(*count),
        },
        MetricValue::Number(number) => number.get().to_string(),
        MetricValue::Cidrs(items) => list(&texts(items)),
        MetricValue::Ports(items) => list(&texts(items)),
        MetricValue::Numbers(items) => {
            let items: Vec<_> = items.iter().map(|item| item.get()).collect();
            list(&texts(&items))
        }
        MetricValue::Strings(items) => list(items),
    }
}

const fn bound(bound: Bound) -> &'static str {
    match bound {
        Bound::LessThan => "below",
        Bound::LessThanEquals => "at most",
        Bound::GreaterThan => "above",
        Bound::GreaterThanEquals => "at least",
    }
}

/// What a behavior takes for normal, in words.
pub(super) fn normal(behavior: &Behavior) -> String {
    let minutes = u64::from(behavior.window()) * 5;
    let within = match behavior.window() {
        1 => String::new(),
        _ => format!(" in {minutes} min"),
    };
    let set = |membership: &Membership, what: &str| match membership {
        Membership::In => format!("only {what} of the set"),
        Membership::NotIn => format!("no {what} of the set"),
    };
    match &behavior.criteria().condition {
        Condition::Count {
            bound: side, limit, ..
        } => {
            format!("{} {}{within}", bound(*side), number(*limit))
        }
        Condition::Number {
            bound: side, limit, ..
        } => format!("{} {}", bound(*side), limit.get()),
        Condition::Percentile {
            bound: side,
            statistic,
            ..
        } => format!("{} {statistic}{within}", bound(*side)),
        Condition::Model { confidence } => format!("learnt, {confidence} confidence"),
        Condition::Addresses { membership, .. } => set(membership, "addresses"),
        Condition::Ports { membership, .. } => set(membership, "ports"),
        Condition::Numbers { membership, .. } => set(membership, "numbers"),
        Condition::Strings { membership, .. } => set(membership, "texts"),
    }
}

/// The active violations as a table.
pub(super) fn table(active: &[ActiveViolation<'_>]) -> String {
    let rows = active.iter().map(|it| {
        let value = shown_value(it.behavior.metric(), it.last_value);
        [
            shown(it.start),
            shown(it.last_time),
            format!("{}/{}", it.profile, it.behavior.name()),
            output::printable(it.thing).into_owned(),
            output::printable(&value).into_owned(),
        ]
    });
    columns(["SINCE", "LAST", "BEHAVIOR", "THING", "LAST VALUE"], rows)
}

/// A table without lines.
pub(super) fn columns<const N: usize>(
    titles: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(titles);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines = table.to_string();
    let lines: Vec<_> = lines.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// The last line of the JSON format.
pub(super) fn active_json(active: &[ActiveViolation<'_>]) -> Result<Value, Failure> {
    let active = serde_json::to_value(active).map_err(|error| error.to_string())?;
    Ok(json!({ "activeViolations": active }))
}
