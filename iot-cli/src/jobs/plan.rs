//! `iot jobs plan`.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use iot_jobs::plan::{
    Assumptions, Delay, Outcome, Outcomes, Plan, PlanEnd, Simulation, ThingCounts,
};
use iot_jobs::{EndCounts, JobConfig, Limits, Percentage};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::delay::{FORMS, delay};
use super::request::Request;
use super::{chart, table};
use crate::Outcome as Ending;
use crate::output::{self, Failure, Format};
use crate::source::clock;
use crate::words::time;

#[derive(Debug, Args)]
#[command(after_help = format!("The shares are percentages of all attempts, with up to two decimals; what they leave of 100 \
succeeds. Devices are drawn from the seed: the same arguments give the same plan.

{FORMS}

EXIT CODES:
  0 every thing comes to an end, 1 the job aborts or something is stuck, 2 bad input

EXAMPLES:
  iot jobs plan examples/jobs/deck.json --things 300000
  iot jobs plan examples/jobs/careful.json --things 20000 --failure 3 --pickup ~1h --duration 1m..10m
  iot jobs plan job.json --things 5000 --failure 2.5 --silence 1 --svg plan.svg --format json"))]
pub(crate) struct PlanCommand {
    /// The JSON of a CreateJob request, or its configurations; `-` is standard input
    config: PathBuf,
    /// How many things the job is aimed at
    #[arg(long, value_name = "NUMBER")]
    things: u32,
    /// Attempts that succeed [default: what the other shares leave]
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    success: Option<Percentage>,
    /// Attempts that the device reports as FAILED
    #[arg(long, value_name = "PERCENT", value_parser = percentage, default_value = "0")]
    failure: Percentage,
    /// Attempts that the device rejects
    #[arg(long, value_name = "PERCENT", value_parser = percentage, default_value = "0")]
    rejection: Percentage,
    /// Attempts that start and are not heard of again
    #[arg(long, value_name = "PERCENT", value_parser = percentage, default_value = "0")]
    silence: Percentage,
    /// Attempts whose device never asks for them
    #[arg(long, value_name = "PERCENT", value_parser = percentage, default_value = "0")]
    absence: Percentage,
    /// From when an execution is queued to when its device asks for it
    #[arg(long, value_name = "DELAY", value_parser = delay, default_value = "0")]
    pickup: Delay,
    /// From the start of an execution to the report of its device
    #[arg(long, value_name = "DELAY", value_parser = delay, default_value = "0")]
    duration: Delay,
    /// Other devices, with the same shares
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// When the job is created [default: the time of the clock]
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<Timestamp>,
    /// Draw it: executions over time, and what the abort criteria allow
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl PlanCommand {
    pub(super) fn run(&self) -> Result<Ending, Failure> {
        let assumptions = self.assumptions()?;
        let now = self.now.unwrap_or_else(clock);
        let config = Request::read(&self.config)?.config(now)?;
        let plan = simulate(&config, &assumptions, now)?;
        if let Some(file) = &self.svg {
            let written = fs::write(file, chart::svg(&plan, &config)?);
            written.map_err(|error| format!("{}: {error}", file.display()))?;
        }
        let settled = table::is_settled(&plan);
        match self.format {
            Format::Human => {
                let style = output::verdict(settled);
                output::print(table::table(&plan))?;
                output::print(format_args!("{style}{}{style:#}", table::headline(&plan)))?;
                for answer in table::answers(&plan, &config) {
                    output::print(format_args!("  {answer}"))?;
                }
            }
            Format::Json => output::print_json(&as_json(&plan))?,
        }
        Ok(settled.into())
    }

    fn assumptions(&self) -> Result<Assumptions, Failure> {
        let mut assumptions = Assumptions::new(self.things);
        assumptions.outcomes = self.outcomes()?;
        assumptions.pickup = self.pickup.clone();
        assumptions.duration = self.duration.clone();
        assumptions.seed = self.seed;
        Ok(assumptions)
    }

    fn outcomes(&self) -> Result<Outcomes, Failure> {
        let others = [
            (Outcome::Failure, self.failure),
            (Outcome::Rejection, self.rejection),
            (Outcome::Silence, self.silence),
            (Outcome::Absence, self.absence),
        ];
        let sum: u32 = others.iter().map(|(_, share)| share.units()).sum();
        let rest = (100 * Percentage::SCALE).checked_sub(sum);
        let rest = rest.map(Percentage::from_units);
        let success = match (rest, self.success) {
            (Some(rest), None) => rest,
            (Some(rest), Some(success)) if rest == success => success,
            _ => return Err("the shares must add up to 100".to_owned().into()),
        };
        let all = others.into_iter().chain([(Outcome::Success, success)]);
        Outcomes::new(all.map(|(outcome, share)| (outcome, share.units())))
            .map_err(|error| error.to_string().into())
    }
}

fn percentage(text: &str) -> Result<Percentage, String> {
    let most = Percentage::from_units(100 * Percentage::SCALE);
    let share = Percentage::parse(text).filter(|share| *share <= most);
    share.ok_or_else(|| "must be from 0 to 100, with at most two decimals".to_owned())
}

/// Steps between two looks at the progress bar.
const GLANCE: u32 = 256;

/// Runs the plan, with a progress bar if standard error is a terminal.
fn simulate(
    config: &JobConfig,
    assumptions: &Assumptions,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let bar = ProgressBar::new(assumptions.things.into());
    let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} things");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let simulation = Simulation::new(config, assumptions, Limits::AWS_IOT, now);
    let mut simulation = simulation.map_err(|error| error.to_string())?;
    let mut steps = 0_u32;
    while simulation.advance() {
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(GLANCE) {
            let things = simulation.things();
            let left = things.waiting + things.queued + things.in_progress;
            bar.set_position((assumptions.things - left).into());
        }
    }
    bar.finish_and_clear();
    Ok(simulation.finish())
}

fn as_json(plan: &Plan) -> Value {
    let abort = plan.abort.as_ref().map(|abort| {
        json!({
            "afterSeconds": abort.at.as_secs(),
            "failureType": abort.criterion.failure().as_str(),
            "thresholdPercentage": abort.criterion.threshold().to_json(),
            "minNumberOfExecutedThings": abort.criterion.min_executed_things(),
            "things": things(&abort.things),
            "executions": executions(&abort.ends),
        })
    });
    let samples = plan.samples.iter().map(|sample| {
        json!({
            "afterSeconds": sample.at.as_secs(),
            "things": things(&sample.things),
            "executions": executions(&sample.ends),
        })
    });
    json!({
        "end": match plan.end {
            PlanEnd::Completed => "completed",
            PlanEnd::Canceled => "canceled",
            PlanEnd::Open => "open",
            PlanEnd::Horizon => "horizon",
        },
        "endedAfterSeconds": plan.ended.as_secs(),
        "rolledOutAfterSeconds": plan.rolled_out.map(|at| at.as_secs()),
        "things": things(&plan.things),
        "executions": executions(&plan.ends),
        "brokenThings": plan.things.broken(),
        "notifiedThings": plan.things.notified(),
        "startedThings": plan.started,
        "retries": plan.retries,
        "abort": abort,
        "samples": samples.collect::<Value>(),
    })
}

fn things(things: &ThingCounts) -> Value {
    json!({
        "waiting": things.waiting,
        "queued": things.queued,
        "inProgress": things.in_progress,
        "succeeded": things.succeeded,
        "failed": things.failed,
        "rejected": things.rejected,
        "timedOut": things.timed_out,
        "canceled": things.canceled,
    })
}

fn executions(ends: &EndCounts) -> Value {
    json!({
        "ended": ends.done,
        "failed": ends.failed,
        "rejected": ends.rejected,
        "timedOut": ends.timed_out,
    })
}
