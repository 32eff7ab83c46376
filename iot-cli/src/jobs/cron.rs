//! `iot jobs cron`.

use std::ops::Range;

use annotate_snippets::Level;
use clap::Args;
use iot_jobs::{Cron, CronError, Limits, Minute, SchedulingConfig, TargetSelection};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::Outcome;
use crate::output::{self, Failure, Format, Place};
use crate::source::clock;
use crate::words::{duration, time};

#[derive(Debug, Args)]
#[command(after_help = "All times are in UTC, as those of the service are.

EXIT CODES:
  0 it fires, 1 it never fires again, 2 this is no cron expression

EXAMPLES:
  iot jobs cron 'cron(0 22 ? * MON-FRI *)'
  iot jobs cron 'cron(0 1 ? * 1#1 *)' --from 2024-03-04T10:00 --count 3
  iot jobs cron 'cron(0 22 * * ? *)' --duration 180")]
pub(crate) struct CronCommand {
    /// The expression, as `startTime` of a maintenance window has it
    #[arg(value_name = "EXPRESSION")]
    expression: String,
    /// Tell what comes at this time or after it [default: that of the clock]
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Timestamp>,
    /// How many times to tell, at most
    #[arg(long, value_name = "NUMBER", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// Minutes that a window is open: tell from when to when it is
    #[arg(long, value_name = "MINUTES")]
    duration: Option<u32>,
    /// How to print the times
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// From when to when; the end only of windows that end.
type Span = (Minute, Option<Minute>);

impl CronCommand {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let most = Limits::AWS_IOT.cron_chars;
        if self.expression.chars().count() > most {
            return Err(format!("a cron expression has at most {most} characters").into());
        }
        let cron = Cron::parse(&self.expression).map_err(|error| self.failure(&error))?;
        let from = Minute::ceil(self.from.unwrap_or_else(clock));
        let most = usize::try_from(self.count).unwrap_or(usize::MAX);
        let spans: Vec<Span> = match self.duration {
            Some(minutes) => {
                let schedule = schedule(&cron, minutes, from)?;
                let openings = schedule.openings(from.timestamp()).take(most);
                let minute = |time: Timestamp| Minute::floor(time);
                openings
                    .map(|it| (minute(it.opens()), it.closes().map(minute)))
                    .collect()
            }
            None => {
                let after = |minute: &Minute| {
                    let next = Timestamp::from_secs(minute.timestamp().as_secs() + 60);
                    cron.next(Minute::floor(next))
                };
                let fires = std::iter::successors(cron.next(from), after).take(most);
                fires.map(|minute| (minute, None)).collect()
            }
        };
        match self.format {
            Format::Human => self.human(&spans)?,
            Format::Json => {
                let spans = spans.iter().map(|(opens, closes)| {
                    let mut span = json!({"startTime": opens.to_string()});
                    if self.duration.is_some()
                        && let Some(members) = span.as_object_mut()
                    {
                        let closes = closes.map(|closes| closes.to_string());
                        members.insert("endTime".into(), closes.into());
                    }
                    span
                });
                let spans: Value = spans.collect();
                output::print_json(&json!({"expression": self.expression, "times": spans}))?;
            }
        }
        Ok((!spans.is_empty()).into())
    }

    fn human(&self, spans: &[Span]) -> Result<(), Failure> {
        for (opens, closes) in spans {
            match (self.duration, closes) {
                (None, _) => output::print(opens)?,
                (Some(_), None) => output::print(format_args!("{opens} and never closes"))?,
                (Some(_), Some(closes)) => {
                    let open = closes.timestamp().saturating_since(opens.timestamp());
                    output::print(format_args!("{opens} to {closes} ({})", duration(open)))?;
                }
            }
        }
        if spans.is_empty() {
            output::print("it never fires again")?;
        }
        Ok(())
    }

    fn failure(&self, error: &CronError) -> Failure {
        let text = &self.expression;
        let range = error.field().and_then(|field| field_of(text, field));
        let label = error.to_string();
        Failure::Drawing(output::draw(
            Level::ERROR,
            "this is no cron expression of a maintenance window",
            &Place {
                path: "cron expression",
                source: text,
                range: range.unwrap_or(0..text.len()),
                label: &output::printable(&label),
            },
        ))
    }
}

/// A schedule of one window that is open from its first hit on.
fn schedule(cron: &Cron, minutes: u32, from: Minute) -> Result<SchedulingConfig, Failure> {
    let config = json!({
        "startTime": from.to_string(),
        "maintenanceWindows": [{"startTime": cron.as_str(), "durationInMinutes": minutes}],
    });
    // The schedule is no job's: it may start at once.
    let mut limits = Limits::AWS_IOT;
    limits.schedule_lead = std::time::Duration::ZERO;
    let continuous = TargetSelection::Continuous;
    SchedulingConfig::from_json(&config, &limits, continuous, from.timestamp())
        .map_err(|error| Failure::from(format!("--duration {}", error.rule())))
}

/// Where a field of the expression stands.
fn field_of(text: &str, field: &str) -> Option<Range<usize>> {
    let names = [
        "minute",
        "hour",
        "day of month",
        "month",
        "day of week",
        "year",
    ];
    let index = names.iter().position(|name| *name == field)?;
    let prefix = "cron(";
    let mut at = prefix.len();
    let inner = text.strip_prefix(prefix)?;
    let mut left = index;
    for word in inner.split(|c: char| c.is_ascii_whitespace()) {
        if !word.is_empty() && left == 0 {
            let word = word.strip_suffix(')').unwrap_or(word);
            return Some(at..at + word.len());
        }
        left -= usize::from(!word.is_empty());
        at += word.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found() {
        let text = "cron( 0  22 ? * MON-FRI *)";
        let word = |field| text.get(field_of(text, field).unwrap()).unwrap();
        assert_eq!((word("minute"), word("hour")), ("0", "22"));
        assert_eq!((word("day of week"), word("year")), ("MON-FRI", "*"));
        assert_eq!(field_of("cron(0 0)", "year"), None);
    }
}
