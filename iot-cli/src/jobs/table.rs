//! A plan as a table, and in words.

use std::time::Duration;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use iot_jobs::plan::{Plan, PlanAbort, PlanEnd, Sample, ThingCounts};
use iot_jobs::{JobConfig, JobStatus};

use crate::words::{count, duration, number};

/// Rows that a plan is told in.
const ROWS: u32 = 12;

/// A column: its title, what it shows, and whether it is there even if all is zero.
type Column = (&'static str, fn(&ThingCounts) -> u32, bool);

const COLUMNS: &[Column] = &[
    ("WAITING", |things| things.waiting, true),
    ("QUEUED", |things| things.queued, true),
    ("IN PROGRESS", |things| things.in_progress, true),
    ("SUCCEEDED", |things| things.succeeded, true),
    ("FAILED", |things| things.failed, true),
    ("REJECTED", |things| things.rejected, false),
    ("TIMED OUT", |things| things.timed_out, false),
    ("CANCELED", |things| things.canceled, false),
];

/// Where the things are, at times that part the plan evenly.
pub(super) fn table(plan: &Plan) -> String {
    let shown = |(_, of, always): &&Column| {
        *always || plan.samples.iter().any(|sample| of(&sample.things) > 0)
    };
    let columns: Vec<_> = COLUMNS.iter().filter(shown).collect();
    let mut table = Table::new();
    table.load_style(NOTHING);
    let titles = columns.iter().map(|(title, ..)| *title);
    table.set_header(std::iter::once("AFTER").chain(titles));
    for sample in rows(&plan.samples, plan.ended) {
        let cells = columns
            .iter()
            .map(|(_, of, _)| number(of(&sample.things).into()));
        table.add_row(std::iter::once(duration(sample.at)).chain(cells));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines = table.to_string();
    let lines: Vec<_> = lines.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// The last sample at each of the times, once.
fn rows(samples: &[Sample], ended: Duration) -> Vec<&Sample> {
    let mut rows: Vec<&Sample> = Vec::new();
    for row in 0..=ROWS {
        let until = ended * row / ROWS;
        let sample = samples.iter().rev().find(|sample| sample.at <= until);
        let last = rows.last().map(|last| last.at);
        rows.extend(sample.filter(|sample| last != Some(sample.at)));
    }
    rows
}

/// What comes out.
pub(super) fn headline(plan: &Plan) -> String {
    let time = duration(plan.ended);
    match (plan.end, &plan.abort) {
        (PlanEnd::Completed, _) => format!("COMPLETED after {time}"),
        (PlanEnd::Canceled, Some(abort)) => format!("ABORTED after {}", duration(abort.at)),
        (PlanEnd::Canceled, None) => format!("{} after {time}", JobStatus::Canceled),
        (PlanEnd::Open, _) if is_settled(plan) => {
            format!("SETTLED after {time}: the job goes on for things that join")
        }
        (PlanEnd::Open, _) => format!("OPEN: nothing happens any more after {time}"),
        (PlanEnd::Horizon, _) => format!("OPEN at the horizon, after {time}"),
    }
}

/// Whether every thing has come to an end, and the job was not canceled.
pub(super) fn is_settled(plan: &Plan) -> bool {
    let things = &plan.things;
    let left = things.waiting + things.queued + things.in_progress;
    plan.end != PlanEnd::Canceled && left == 0
}

/// The answers below the headline.
pub(super) fn answers(plan: &Plan, config: &JobConfig) -> Vec<String> {
    let things = &plan.things;
    let mut answers = Vec::new();
    if let Some(abort) = &plan.abort {
        answers.extend(told(abort, config));
        let later = plan.ended.saturating_sub(abort.at);
        if !later.is_zero() {
            let later = duration(later);
            answers.push(format!("what ran by then ends within {later}"));
        }
    } else {
        answers.push(match config.abort {
            Some(_) => "no abort criterion fires".to_owned(),
            None => "there is no abort criterion".to_owned(),
        });
    }
    answers.push(match plan.rolled_out {
        Some(at) => format!("rolled out after {}", duration(at)),
        None => format!("{} never told of the job", are(things.waiting)),
    });
    answers.push(format!(
        "touched: {} told, {} started{}",
        are(things.notified()),
        number(plan.started.into()),
        match plan.retries {
            0 => String::new(),
            retries => format!(", {} tried again", count(retries, "execution")),
        }
    ));
    answers.push(format!("broken: {}", broken(things)));
    let stuck = things.queued + things.in_progress;
    if stuck > 0 {
        answers.push(format!(
            "stuck: {} queued, {} in progress",
            number(things.queued.into()),
            number(things.in_progress.into()),
        ));
    }
    answers
}

fn told(abort: &PlanAbort, config: &JobConfig) -> [String; 2] {
    let (criterion, ends) = (&abort.criterion, &abort.ends);
    let failure = criterion.failure();
    let criteria = config.abort.as_ref().map(|abort| abort.criteria());
    let place = criteria.and_then(|all| all.iter().position(|it| it == criterion));
    [
        format!(
            "by criterion {}: {} of {} executions that had ended were {} ({} % allowed, from {} on)",
            place.unwrap_or_default() + 1,
            number(failure.count(ends)),
            number(ends.done),
            match failure {
                iot_jobs::AbortFailure::All => "FAILED, REJECTED or TIMED_OUT",
                one => one.as_str(),
            },
            criterion.threshold(),
            number(criterion.min_executed_things().into()),
        ),
        format!("broken by then: {}", broken(&abort.things)),
    ]
}

fn broken(things: &ThingCounts) -> String {
    let parts = [
        (things.failed, "failed"),
        (things.rejected, "rejected it"),
        (things.timed_out, "timed out"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts
        .map(|(count, what)| format!("{} {what}", number((*count).into())))
        .collect();
    let all = count(things.broken(), "thing");
    match parts.is_empty() {
        true => all,
        false => format!("{all} ({})", parts.join(", ")),
    }
}

/// `1 thing is`, `2 things are`
fn are(things: u32) -> String {
    let verb = if things == 1 { "is" } else { "are" };
    format!("{} {verb}", count(things, "thing"))
}
