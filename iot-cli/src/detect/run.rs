//! `iot detect`: judges what arrives.

use std::path::PathBuf;

use clap::Args;
use iot_defender::detect::{BehaviorName, Metric, TrainedModels, ViolationEventType};

use super::chart;
use super::feed::Step;
use super::input::{self, Sink, Tally};
use super::judge::Judge;
use super::models;
use super::plot::Plot;
use super::setup::{self, Setup, SetupArgs};
use super::told::{self, EventFormat};
use crate::Outcome;
use crate::output::{self, Failure};
use crate::source::STDIN;
use crate::words::count;

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Reports, datapoints and events, one a line; `-` is standard input
    #[arg(value_name = "FILE", default_value = STDIN, hide_default_value = true)]
    file: PathBuf,
    #[command(flatten)]
    setup: SetupArgs,
    /// What `iot detect train` has learnt, for ML behaviors
    #[arg(long, value_name = "FILE")]
    models: Option<PathBuf>,
    /// How to print violations
    #[arg(long, value_enum, default_value_t)]
    format: EventFormat,
    /// Draw a metric with what is normal of it, and the alarms, as SVG
    #[arg(long, value_name = "FILE", requires = "metric")]
    chart: Option<PathBuf>,
    /// The metric of the chart
    #[arg(long, requires = "chart")]
    metric: Option<Metric>,
    /// The behavior of the chart [default: the first about the metric]
    #[arg(long, requires = "chart")]
    behavior: Option<BehaviorName>,
    /// The only device of the chart
    #[arg(long, value_name = "NAME", requires = "chart")]
    thing: Option<String>,
}

impl RunArgs {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let setup = self.setup.setup()?;
        let models = match &self.models {
            Some(path) => models::read(path)?,
            None => TrainedModels::new(),
        };
        let plot = self.plot(&setup)?;
        let width = told::width(setup.profiles.iter().flat_map(|watched| {
            let profile = watched.profile.name().as_str();
            let behaviors = watched.profile.behaviors().iter();
            behaviors.map(move |behavior| (profile, behavior.name().as_str()))
        }));
        let mut run = Run {
            judge: Judge::new(&setup, models, plot)?,
            format: self.format,
            width,
            counts: [0; 3],
        };
        let tally = input::read(&self.file, &setup, &mut run)?;
        if let (Some(path), Some(plot)) = (&self.chart, &run.judge.plot) {
            setup::write(path, &chart::svg(plot)?)?;
        }
        run.summary(&tally)?;
        let [alarms, ..] = run.counts;
        match tally.refused {
            0 => Ok((alarms == 0).into()),
            refused => Err(format!("{} not taken", count(refused, "line")).into()),
        }
    }

    fn plot<'s>(&self, setup: &'s Setup) -> Result<Option<Plot<'s>>, Failure> {
        let Some(metric) = &self.metric else {
            return Ok(None);
        };
        let plot = Plot::new(setup, metric, self.behavior.as_ref(), self.thing.clone())?;
        Ok(Some(plot))
    }
}

struct Run<'s> {
    judge: Judge<'s>,
    format: EventFormat,
    width: usize,
    /// Alarms, and those that were cleared and became invalid.
    counts: [u64; 3],
}

impl Sink for Run<'_> {
    fn step(&mut self, step: Step) -> Result<Vec<String>, Failure> {
        let mut lines = Vec::new();
        for event in self.judge.step(&step) {
            if self.counts == [0; 3] && self.format == EventFormat::Human {
                lines.push(told::heading(self.width));
            }
            let place = match event.event_type {
                ViolationEventType::InAlarm => 0,
                ViolationEventType::AlarmCleared => 1,
                _ => 2,
            };
            if let Some(count) = self.counts.get_mut(place) {
                *count += 1;
            }
            let is_alarm = event.event_type == ViolationEventType::InAlarm;
            let why = self.judge.models.explain_event(&event);
            let why = why.as_ref().filter(|_| is_alarm);
            lines.extend(told::line(self.format, &event, why, self.width)?);
        }
        Ok(lines)
    }

    fn status(&self) -> String {
        let [alarms, ..] = self.counts;
        count(alarms, "violation")
    }
}

impl Run<'_> {
    fn summary(&self, tally: &Tally) -> Result<(), Failure> {
        let active = self.judge.engine.active_violations();
        match self.format {
            EventFormat::Human => {}
            EventFormat::Json => return output::print(told::active_json(&active)?),
            EventFormat::Sns => return Ok(()),
        }
        let [alarms, cleared, invalid] = self.counts;
        if alarms > 0 {
            output::print("")?;
        }
        let style = output::verdict(alarms == 0);
        let devices = count(self.judge.devices() as u64, "device");
        let from = format!(
            "{} of {devices} in {}",
            count(tally.taken, "line"),
            count(tally.steps, "step")
        );
        let alarms = match alarms {
            0 => "no violation".to_owned(),
            alarms => format!(
                "{}, {cleared} cleared, {invalid} invalidated, {} active",
                count(alarms, "violation"),
                active.len()
            ),
        };
        output::print(format_args!("{style}{alarms}{style:#} ({from})"))?;
        if !active.is_empty() {
            output::print("")?;
            output::print(told::table(&active))?;
        }
        Ok(())
    }
}
