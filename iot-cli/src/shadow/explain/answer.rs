//! The answer of `iot shadow explain`, for people and for programs.

use std::borrow::Cow;
use std::time::Duration;

use iot_shadow::{Json, JsonRef};
use iot_topics::Timestamp;
use iot_topics::reserved::ShadowMessage;
use serde::Serialize;
use serde_json::value::RawValue;

use super::leaf::{Leaf, Side, Status};
use super::subject::Subject;
use crate::output::{self, Failure, Format};

pub(super) fn print(
    subject: &Subject,
    leaves: &[Leaf<'_>],
    delta: Option<&Json>,
    format: Format,
) -> Result<(), Failure> {
    match format {
        Format::Human => output::print(human(subject, leaves, delta).join("\n")),
        Format::Json => {
            let answer = Answer::new(subject, leaves, delta);
            let mut text = answer
                .and_then(|answer| serde_json::to_string_pretty(&answer))
                .map_err(|error| error.to_string())?;
            text.push('\n');
            output::print_bytes(text.as_bytes())
        }
    }
}

fn human(subject: &Subject, leaves: &[Leaf<'_>], delta: Option<&Json>) -> Vec<String> {
    let mut lines = vec![title(subject)];
    if !leaves.is_empty() {
        lines.extend(table(subject.now, leaves));
    }
    if let Some(told) = subject.told.as_ref().filter(|told| delta != Some(told)) {
        let told = output::printable(told.as_str());
        lines.push(format!(
            "the file tells the delta {told}, which is not that of its state"
        ));
    }
    let style = output::verdict(delta.is_none());
    let topic = match &subject.id {
        Some(id) => id.topic(ShadowMessage::Delta).to_string(),
        None => "update/delta".to_owned(),
    };
    lines.push(match delta {
        None => format!("{style}no delta{style:#}: a device is told nothing on `{topic}`"),
        Some(delta) => {
            let delta = output::printable(delta.as_str());
            format!(
                "{style}delta {delta}{style:#}: a device is told on `{topic}` after every accepted update, and when it gets the shadow"
            )
        }
    });
    lines
}

/// Which shadow this is about, and when.
fn title(subject: &Subject) -> String {
    let mut title = match &subject.id {
        Some(id) => format!("shadow {id}"),
        None => "shadow".to_owned(),
    };
    if let Some(version) = subject.version {
        title += &format!(", version {version}");
    }
    if subject.tells_times() {
        title += &format!(", at {}", subject.now.as_secs());
    }
    title
}

const HEAD: [&str; 6] = ["LEAF", "DESIRED", "AGE", "REPORTED", "AGE", "STATUS"];

/// The leaves in columns; a column that has nothing is left out.
fn table(now: Timestamp, leaves: &[Leaf<'_>]) -> Vec<String> {
    let rows: Vec<_> = leaves.iter().map(|leaf| row(now, leaf)).collect();
    let mut widths = [0; HEAD.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |cells: [&str; HEAD.len()]| {
        let cells = cells.iter().zip(HEAD).zip(widths);
        let shown = cells.filter(|(_, width)| *width > 0);
        let padded = shown.map(|((cell, head), width)| {
            let width = width.max(head.len());
            format!("{cell:width$}")
        });
        let line = padded.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned()
    };
    let mut lines = vec![line(HEAD)];
    for (row, leaf) in rows.iter().zip(leaves) {
        let line = line(row.each_ref().map(String::as_str));
        let style = output::verdict(false);
        lines.push(match leaf.status.is_open() {
            true => format!("{style}{line}{style:#}"),
            false => line,
        });
    }
    lines
}

fn row(now: Timestamp, leaf: &Leaf<'_>) -> [String; HEAD.len()] {
    let value = |side: &Option<Side<'_>>| {
        let value = side.as_ref().map(|side| short(side.value));
        value.unwrap_or_default()
    };
    let age = |side: &Option<Side<'_>>| {
        let written = side.as_ref().and_then(|side| side.written);
        written.map_or_else(String::new, |written| {
            in_words(now.saturating_since(written))
        })
    };
    let mut status = leaf.status.words().to_owned();
    if let Some(order) = order(leaf) {
        status = format!("{status}, {order}");
    }
    [
        output::printable(&leaf.path).into_owned(),
        value(&leaf.desired),
        age(&leaf.desired),
        value(&leaf.reported),
        age(&leaf.reported),
        status,
    ]
}

/// Whether a device that differs has said so since it was asked: one that has not may be offline,
/// one that has does not follow.
fn order(leaf: &Leaf<'_>) -> Option<&'static str> {
    if leaf.status != Status::Differs {
        return None;
    }
    let desired = leaf.desired.as_ref()?.written?;
    let reported = leaf.reported.as_ref()?.written?;
    match reported.cmp(&desired) {
        std::cmp::Ordering::Less => Some("not reported since"),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some("reported since"),
    }
}

/// A value as far as a column goes.
fn short(value: JsonRef<'_>) -> String {
    let text: Cow<'_, str> = output::printable(value.as_str());
    match text.char_indices().nth(COLUMN) {
        None => text.into_owned(),
        Some(_) => text.chars().take(COLUMN - 1).chain(['…']).collect(),
    }
}

/// Characters of a value at most.
const COLUMN: usize = 32;

/// A duration by its two largest units.
fn in_words(age: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = age.as_secs();
    let mut parts = Vec::new();
    for (seconds, unit) in UNITS {
        let count = rest / seconds;
        rest %= seconds;
        if count > 0 {
            parts.push(format!("{count} {unit}"));
        }
        if parts.len() == 2 || (count == 0 && parts.len() == 1) {
            break;
        }
    }
    match parts.is_empty() {
        true => "0 s".to_owned(),
        false => parts.join(" "),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    thing: Option<&'a str>,
    shadow: Option<&'a str>,
    version: Option<u64>,
    /// When the ages are told at, if there are any.
    now: Option<u64>,
    has_delta: bool,
    delta: Option<Box<RawValue>>,
    /// What the file itself tells.
    told_delta: Option<Box<RawValue>>,
    leaves: Vec<AnswerLeaf<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AnswerLeaf<'a> {
    path: &'a str,
    status: &'static str,
    desired: Option<AnswerSide>,
    reported: Option<AnswerSide>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AnswerSide {
    /// As it is written: a number may be longer than any type of a number.
    value: Box<RawValue>,
    timestamp: Option<u64>,
    age_seconds: Option<u64>,
}

impl<'a> Answer<'a> {
    fn new(
        subject: &'a Subject,
        leaves: &'a [Leaf<'_>],
        delta: Option<&Json>,
    ) -> Result<Self, serde_json::Error> {
        let id = subject.id.as_ref();
        let leaves = leaves.iter().map(|leaf| {
            Ok(AnswerLeaf {
                path: &leaf.path,
                status: leaf.status.as_str(),
                desired: AnswerSide::new(leaf.desired.as_ref(), subject.now)?,
                reported: AnswerSide::new(leaf.reported.as_ref(), subject.now)?,
            })
        });
        Ok(Self {
            thing: id.map(|id| id.thing.as_str()),
            shadow: id.and_then(|id| Some(id.shadow.as_ref()?.as_str())),
            version: subject.version,
            now: subject.tells_times().then(|| subject.now.as_secs()),
            has_delta: delta.is_some(),
            delta: delta.map(|delta| raw(delta.as_ref())).transpose()?,
            told_delta: subject
                .told
                .as_ref()
                .map(|told| raw(told.as_ref()))
                .transpose()?,
            leaves: leaves.collect::<Result<_, serde_json::Error>>()?,
        })
    }
}

impl AnswerSide {
    fn new(side: Option<&Side<'_>>, now: Timestamp) -> Result<Option<Self>, serde_json::Error> {
        let Some(side) = side else { return Ok(None) };
        Ok(Some(Self {
            value: raw(side.value)?,
            timestamp: side.written.map(Timestamp::as_secs),
            age_seconds: side
                .written
                .map(|written| now.saturating_since(written).as_secs()),
        }))
    }
}

fn raw(value: JsonRef<'_>) -> Result<Box<RawValue>, serde_json::Error> {
    RawValue::from_string(value.as_str().to_owned())
}
