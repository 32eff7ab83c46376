//! `iot detect train`: learns from the past, and tells how far that is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use iot_defender::detect::{
    Behavior, BehaviorRef, DeviceSeries, Metric, ModelStatus, ProfileName, TrainedModels, Training,
    ValueKind,
};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::feed::Step;
use super::input::{self, Sink};
use super::line::Device;
use super::models;
use super::setup::{self, Setup, SetupArgs, Watched};
use super::told::columns;
use crate::Outcome;
use crate::instant::{instant, shown};
use crate::output::{self, Failure, Format};
use crate::source::STDIN;
use crate::words::count;

#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "The lines are those of `iot detect`; its help tells of them, and of profiles. \
Behaviors with an
mlDetectionConfig are learnt, each from the datapoints of the devices that its profile is about. A
model needs 14 days and 25,000 datapoints, and is built anew each day; after 30 days of retries it
expires. How it is built is our own: AWS does not tell how its models are.

EXIT CODES:
  0 each behavior has an active model, 1 one has none, 2 bad input

EXAMPLES:
  iot detect train -p examples/detect/learnt.json history.jsonl --models models.json
  zcat history-*.gz | iot detect train -p examples/detect/learnt.json --format json"
)]
pub(super) struct TrainCommand {
    /// The past: reports, datapoints and events, one a line; `-` is standard input
    #[arg(value_name = "FILE", default_value = STDIN, hide_default_value = true)]
    file: PathBuf,
    #[command(flatten)]
    setup: SetupArgs,
    /// Since when data is collected [default: since the first line]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    since: Option<Timestamp>,
    /// Write what is learnt to this file, for `iot detect --models`
    #[arg(long, value_name = "FILE")]
    models: Option<PathBuf>,
    /// How to print the progress
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl TrainCommand {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let setup = self.setup.setup()?;
        let mut school = School::new(&setup, self.since);
        if school.pupils.is_empty() {
            return Err(
                "no behavior has an mlDetectionConfig: there is nothing to learn"
                    .to_owned()
                    .into(),
            );
        }
        let tally = input::read(&self.file, &setup, &mut school)?;
        if let Some(path) = &self.models {
            setup::write(path, &models::text(&setup, &school.models)?)?;
        }
        match self.format {
            Format::Human => output::print(school.table())?,
            Format::Json => output::print_json(&school.json()?)?,
        }
        match tally.refused {
            0 => Ok(school.is_active().into()),
            refused => Err(format!("{} not taken", count(refused, "line")).into()),
        }
    }
}

/// A behavior that is learnt.
struct Pupil<'s> {
    watched: &'s Watched,
    behavior: &'s Behavior,
    series: BTreeMap<Device, DeviceSeries>,
    /// Datapoints of the day.
    today: u64,
}

struct School<'s> {
    setup: &'s Setup,
    pupils: Vec<Pupil<'s>>,
    models: TrainedModels,
    since: Option<Timestamp>,
    /// The end of the day.
    midnight: Option<Timestamp>,
    /// Days that are over.
    days: u64,
}

const DAY: Duration = Duration::from_secs(86_400);
const STEP: u64 = 300;

impl<'s> School<'s> {
    fn new(setup: &'s Setup, since: Option<Timestamp>) -> Self {
        let behaviors = setup.profiles.iter().flat_map(|watched| {
            let behaviors = watched.profile.behaviors().iter();
            behaviors.map(move |behavior| (watched, behavior))
        });
        let learnt = behaviors.filter(|(_, behavior)| behavior.confidence().is_some());
        let pupils = learnt.map(|(watched, behavior)| Pupil {
            watched,
            behavior,
            series: BTreeMap::new(),
            today: 0,
        });
        Self {
            setup,
            pupils: pupils.collect(),
            models: TrainedModels::new(),
            since,
            midnight: None,
            days: 0,
        }
    }

    /// Begins with the first step, or when it was said.
    fn midnight(&mut self, first: Timestamp) -> Timestamp {
        if let Some(midnight) = self.midnight {
            return midnight;
        }
        let begin = Timestamp::from_secs(first.as_secs().saturating_sub(STEP));
        let since = self.since.unwrap_or(begin);
        for pupil in &self.pupils {
            self.models.start(pupil.of(), since);
        }
        let midnight = since.saturating_add(DAY);
        self.midnight = Some(midnight);
        midnight
    }

    fn end_day(&mut self, midnight: Timestamp) {
        for pupil in &mut self.pupils {
            let points = std::mem::take(&mut pupil.today);
            let pupil = &*pupil;
            let train = || pupil.train(midnight);
            self.models.end_day(pupil.of(), points, train);
        }
        let past = midnight.as_millis();
        let window = u64::try_from(Training::WINDOW.as_millis()).unwrap_or(u64::MAX);
        let past = Timestamp::from_millis(past.saturating_sub(window));
        for pupil in &mut self.pupils {
            for series in pupil.series.values_mut() {
                series.forget_before(past);
            }
        }
        self.midnight = Some(midnight.saturating_add(DAY));
        self.days += 1;
    }

    fn is_active(&self) -> bool {
        let mut summaries = self.summaries().into_iter();
        summaries.all(|(_, status, ..)| status == ModelStatus::Active)
    }

    /// Of each behavior its status, the shares of days and datapoints, and when it was last built.
    fn summaries(&self) -> Vec<(&Pupil<'s>, ModelStatus, [f64; 2], Option<Timestamp>)> {
        let summary = |pupil| {
            let of = Pupil::of(pupil);
            let lifecycle = self.models.lifecycle(of);
            let status = lifecycle.map_or(ModelStatus::PendingBuild, |it| it.status());
            let days = lifecycle.map_or(0.0, |it| it.days_percentage());
            let points = lifecycle.map_or(0.0, |it| it.datapoints_percentage());
            let built = lifecycle.and_then(|it| {
                let summary = it.summary(of.profile.as_str(), of.behavior.as_str());
                summary.last_model_refresh_date
            });
            (pupil, status, [days, points], built)
        };
        self.pupils.iter().map(summary).collect()
    }

    fn table(&self) -> String {
        let rows = self
            .summaries()
            .into_iter()
            .map(|(pupil, status, shares, built)| {
                let behavior = pupil.behavior;
                let criteria = behavior.criteria();
                let [days, points] = shares.map(bar);
                let (alarm, clear) = (criteria.to_alarm.get(), criteria.to_clear.get());
                [
                    format!("{}/{}", pupil.watched.profile.name(), behavior.name()),
                    status.to_string(),
                    days,
                    points,
                    built.map_or_else(|| "never".to_owned(), shown),
                    behavior
                        .confidence()
                        .map_or("", |level| level.as_str())
                        .to_owned(),
                    format!("{alarm}/{clear}"),
                    match behavior.suppress_alerts {
                        true => "suppressed",
                        false => "on",
                    }
                    .to_owned(),
                ]
            });
        let titles = [
            "BEHAVIOR",
            "MODEL",
            "DAYS",
            "DATAPOINTS",
            "LAST BUILT",
            "CONFIDENCE",
            "ALARM/CLEAR",
            "NOTIFICATIONS",
        ];
        columns(titles, rows)
    }

    fn json(&self) -> Result<Value, Failure> {
        let names: BTreeSet<&ProfileName> = self
            .pupils
            .iter()
            .map(|it| it.watched.profile.name())
            .collect();
        let summaries = names
            .into_iter()
            .flat_map(|name| self.models.summaries(name));
        let summaries: Vec<_> = summaries.collect();
        let summaries = serde_json::to_value(summaries).map_err(|error| error.to_string())?;
        Ok(json!({ "summaries": summaries }))
    }
}

impl<'s> Pupil<'s> {
    fn of(&self) -> BehaviorRef<'s> {
        BehaviorRef {
            profile: self.watched.profile.name(),
            behavior: self.behavior.name(),
        }
    }

    fn train(&self, until: Timestamp) -> Option<iot_defender::detect::Model> {
        let kind = match self.behavior.metric() {
            Metric::Aws(_) => ValueKind::Whole,
            Metric::Custom(_) => ValueKind::Any,
        };
        let mut training = Training::new(kind, until);
        for series in self.series.values() {
            training.add_device(series.numbers());
        }
        training.finish()
    }

    fn learn(&mut self, step: &Step, setup: &Setup) {
        let (metric, dimension) = (self.behavior.metric(), self.behavior.dimension());
        let mut devices = BTreeSet::new();
        for measured in &step.values {
            if measured.metric != *metric || measured.dimension.as_ref() != dimension {
                continue;
            }
            let device = &measured.device;
            let groups = setup.groups(&device.name, device.is_registered);
            if !self.watched.is_about(device.is_registered, &groups) {
                continue;
            }
            let kind = self.behavior.kind();
            let series = self.series.entry(device.clone());
            let series = series.or_insert_with(|| DeviceSeries::new(kind));
            series.push(step.end, &measured.value);
            devices.insert(device);
        }
        self.today += devices.len() as u64;
    }
}

impl Sink for School<'_> {
    fn step(&mut self, step: Step) -> Result<Vec<String>, Failure> {
        let mut midnight = self.midnight(step.end);
        while step.end > midnight {
            self.end_day(midnight);
            midnight = self.midnight(step.end);
        }
        // What was before is not collected.
        if self.since.is_none_or(|since| step.end > since) {
            for pupil in &mut self.pupils {
                pupil.learn(&step, self.setup);
            }
        }
        if step.end == midnight {
            self.end_day(midnight);
        }
        Ok(Vec::new())
    }

    fn status(&self) -> String {
        format!("{} over", count(self.days, "day"))
    }
}

/// `█████░░░░░  52.5 %`
fn bar(percent: f64) -> String {
    const WIDTH: usize = 10;
    let full = ((percent / 10.0).floor() as usize).min(WIDTH);
    let (full, rest) = ("\u{2588}".repeat(full), "\u{2591}".repeat(WIDTH - full));
    format!("{full}{rest} {percent:.1} %")
}
