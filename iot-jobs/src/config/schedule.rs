//! When a job begins, when it ends, and the windows in which it rolls out.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::time::Duration;

use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use super::SCHEDULING;
use super::read::{self, Node, Reader};
use super::selection::TargetSelection;
use crate::text::longer_than;
use crate::{ConfigError, Cron, Limits, Minute};

mod openings;

pub use openings::Opening;

/// `schedulingConfig`: start, end and maintenance windows of a job, in UTC.
///
/// Source: developer guide, "Job configurations details", the scheduling configuration.
///
/// # Examples
///
/// ```
/// use iot_jobs::{EndBehavior, Limits, Minute, SchedulingConfig, TargetSelection};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_709_546_400); // Monday, 2024-03-04T10:00
/// let config = json!({
///     "startTime": "2024-03-04T11:00",
///     "endTime": "2024-03-08T12:00",
///     "endBehavior": "CANCEL",
///     "maintenanceWindows": [
///         {"startTime": "cron(0 22 ? * MON-FRI *)", "durationInMinutes": 180},
///     ],
/// });
/// let selection = TargetSelection::Continuous;
/// let schedule = SchedulingConfig::from_json(&config, &Limits::AWS_IOT, selection, now).unwrap();
/// assert_eq!(schedule.to_json(), config);
/// assert_eq!(schedule.start().unwrap().to_string(), "2024-03-04T11:00");
/// assert_eq!(schedule.end().unwrap().to_string(), "2024-03-08T12:00");
/// assert_eq!(schedule.end_behavior(), EndBehavior::Cancel);
/// assert!(schedule.is_windowed() && schedule.windows().len() == 1);
///
/// // Closed at eleven; opens at ten in the evening, closes at one.
/// let start = schedule.start().unwrap().timestamp();
/// assert_eq!(schedule.open_at(start), None);
/// let first = schedule.openings(start).next().unwrap();
/// assert_eq!(first.opens(), Minute::parse("2024-03-04T22:00").unwrap().timestamp());
/// assert_eq!(first.closes(), Some(Minute::parse("2024-03-05T01:00").unwrap().timestamp()));
/// assert_eq!(schedule.next_starts(start, 7).len(), 7);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchedulingConfig {
    start: Option<Minute>,
    end: Option<Minute>,
    end_behavior: EndBehavior,
    windows: Vec<MaintenanceWindow>,
}

/// `endBehavior`: what becomes of the executions when the end comes.
///
/// # Examples
///
/// ```
/// use iot_jobs::EndBehavior;
///
/// assert_eq!(EndBehavior::default().as_str(), "STOP_ROLLOUT");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed: the behaviors of the API")]
pub enum EndBehavior {
    /// Nothing more is rolled out; what is queued or runs is left alone.
    #[default]
    StopRollout,
    /// What is queued is canceled, too.
    Cancel,
    /// What runs is canceled, too.
    ForceCancel,
}

/// One of `maintenanceWindows`: opens when its cron expression fires, for so many minutes.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, SchedulingConfig, TargetSelection};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_709_546_400);
/// let config = json!({
///     "startTime": "2024-03-04T11:00",
///     "maintenanceWindows": [{"startTime": "cron(0 22 * * ? *)", "durationInMinutes": 60}],
/// });
/// let selection = TargetSelection::Continuous;
/// let schedule = SchedulingConfig::from_json(&config, &Limits::AWS_IOT, selection, now).unwrap();
/// let window = &schedule.windows()[0];
/// assert_eq!(window.cron().as_str(), "cron(0 22 * * ? *)");
/// assert_eq!(window.minutes(), 60);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceWindow {
    cron: Cron,
    minutes: u32,
}

impl EndBehavior {
    /// The word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StopRollout => "STOP_ROLLOUT",
            Self::Cancel => "CANCEL",
            Self::ForceCancel => "FORCE_CANCEL",
        }
    }
}

impl MaintenanceWindow {
    /// `startTime`
    #[must_use]
    pub const fn cron(&self) -> &Cron {
        &self.cron
    }

    /// `durationInMinutes`
    #[must_use]
    pub const fn minutes(&self) -> u32 {
        self.minutes
    }
}

impl SchedulingConfig {
    /// Reads the JSON of the API for a job of this selection that is created now.
    ///
    /// # Errors
    ///
    /// The first field that breaks a rule: a time in another form, a start or end too near or too
    /// far from now, an end too near to the start, a behavior without an end, windows of a
    /// snapshot job or without a start, a bad cron expression or duration.
    pub fn from_json(
        value: &Value,
        limits: &Limits,
        selection: TargetSelection,
        now: Timestamp,
    ) -> Result<Self, ConfigError> {
        let node = Node::new(SCHEDULING, value);
        read::first(limits, |reader| {
            Self::read(&node, reader, Some(selection), now)
        })
    }

    /// `startTime`
    #[must_use]
    pub const fn start(&self) -> Option<Minute> {
        self.start
    }

    /// `endTime`
    #[must_use]
    pub const fn end(&self) -> Option<Minute> {
        self.end
    }

    /// `endBehavior`; without an end it has no meaning.
    #[must_use]
    pub const fn end_behavior(&self) -> EndBehavior {
        self.end_behavior
    }

    /// `maintenanceWindows`
    #[must_use]
    pub fn windows(&self) -> &[MaintenanceWindow] {
        &self.windows
    }

    /// Whether there are maintenance windows.
    #[must_use]
    pub fn is_windowed(&self) -> bool {
        !self.windows.is_empty()
    }

    /// The JSON of the API; `{}` without a schedule.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        if let Some(start) = self.start {
            map.insert(START.into(), start.to_string().into());
        }
        if let Some(end) = self.end {
            map.insert(END.into(), end.to_string().into());
            map.insert(BEHAVIOR.into(), self.end_behavior.as_str().into());
        }
        if self.is_windowed() {
            let window = |window: &MaintenanceWindow| json!({START: window.cron.as_str(), DURATION: window.minutes});
            map.insert(WINDOWS.into(), self.windows.iter().map(window).collect());
        }
        Value::Object(map)
    }

    /// Without a selection, as it was not readable, windows are not held against it.
    pub(super) fn read(
        node: &Node<'_>,
        reader: &mut Reader<'_>,
        selection: Option<TargetSelection>,
        now: Timestamp,
    ) -> Option<Self> {
        let node = reader.object(Node::new(&node.path, node.value))?;
        let limits = reader.limits;
        let start = node
            .member(START)
            .map(|node| time(&node, reader, now, limits.schedule_start));
        let end = node.member(END).map(|end| {
            let minute = time(&end, reader, now, limits.schedule_end)?;
            match start {
                Some(Some(start)) => after(&end, reader, start, minute),
                _ => Some(minute),
            }
        });
        let behavior = node.member(BEHAVIOR).map(|behavior| match end {
            Some(_) => reader.word(&behavior, BEHAVIORS),
            None => reader.refuse(&behavior, "must not be given without `endTime`"),
        });
        let windows = node.member(WINDOWS).map(|windows| {
            // What is wrong inside of them is told even so.
            let fit = if selection == Some(TargetSelection::Snapshot) {
                reader.refuse(&windows, "must not be given, as the job is not CONTINUOUS")
            } else if start.is_none() {
                reader.refuse(&windows, "must not be given without `startTime`")
            } else {
                Some(())
            };
            let read = read_windows(&windows, reader);
            fit.and(read)
        });
        Some(Self {
            start: start.map_or(Some(None), |start| start.map(Some))?,
            end: end.map_or(Some(None), |end| end.map(Some))?,
            end_behavior: behavior.unwrap_or_else(|| Some(EndBehavior::default()))?,
            windows: windows.unwrap_or_else(|| Some(Vec::new()))?,
        })
    }
}

/// Holds the `maintenanceWindows` of a job template to the rules; those of the schedule around them
/// hold when a job takes them over.
pub(crate) fn check_windows(value: &Value, limits: &Limits) -> Result<(), ConfigError> {
    let node = Node::new(WINDOWS, value);
    read::first(limits, |reader| read_windows(&node, reader)).map(drop)
}

const START: &str = "startTime";
const END: &str = "endTime";
const BEHAVIOR: &str = "endBehavior";
const WINDOWS: &str = "maintenanceWindows";
const DURATION: &str = "durationInMinutes";

const BEHAVIORS: &[(&str, EndBehavior)] = &[
    ("STOP_ROLLOUT", EndBehavior::StopRollout),
    ("CANCEL", EndBehavior::Cancel),
    ("FORCE_CANCEL", EndBehavior::ForceCancel),
];

/// No window reaches further than into the next day, whatever the limits are.
const DAY: u32 = crate::civil::DAY as u32;

/// AWS tells no number of windows; this bounds the work of each look at them.
const WINDOWS_MAX: usize = 100;

fn time(
    node: &Node<'_>,
    reader: &mut Reader<'_>,
    now: Timestamp,
    most: Duration,
) -> Option<Minute> {
    let Some(Ok(minute)) = node.value.as_str().map(Minute::parse) else {
        return reader.refuse(node, "must be a time in UTC like `2024-03-04T11:00`");
    };
    let (least, most) = (
        now.saturating_add(reader.limits.schedule_lead),
        now.saturating_add(most),
    );
    if (least..=most).contains(&minute.timestamp()) {
        return Some(minute);
    }
    let (least, most) = (Minute::ceil(least), Minute::floor(most));
    reader.refuse(
        node,
        format!("must be from `{least}` to `{most}`, counted from now"),
    )
}

fn after(node: &Node<'_>, reader: &mut Reader<'_>, start: Minute, end: Minute) -> Option<Minute> {
    let least = start
        .timestamp()
        .saturating_add(reader.limits.schedule_lead);
    if end.timestamp() >= least {
        return Some(end);
    }
    let least = Minute::ceil(least);
    reader.refuse(
        node,
        format!("must be at least `{least}`, as `startTime` is `{start}`"),
    )
}

fn read_windows(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Vec<MaintenanceWindow>> {
    let items = reader.list(node, 0, WINDOWS_MAX)?;
    let read: Vec<_> = items.into_iter().map(|item| window(item, reader)).collect();
    read.into_iter().collect()
}

fn window(node: Node<'_>, reader: &mut Reader<'_>) -> Option<MaintenanceWindow> {
    let node = reader.object(node)?;
    let cron = reader
        .required(&node, START)
        .and_then(|node| expression(&node, reader));
    let minutes = reader.required(&node, DURATION);
    let minutes =
        minutes.and_then(|node| reader.whole(&node, 1, reader.limits.window_minutes.min(DAY)));
    Some(MaintenanceWindow {
        cron: cron?,
        minutes: minutes?,
    })
}

fn expression(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Cron> {
    let max = reader.limits.cron_chars;
    let text = node
        .value
        .as_str()
        .filter(|text| !text.is_empty() && !longer_than(text, max));
    let Some(text) = text else {
        return reader.refuse(
            node,
            format!("must be a cron expression of 1 to {max} characters"),
        );
    };
    match Cron::parse(text) {
        Ok(cron) => Some(cron),
        Err(error) => {
            let rule = format!("must be a cron expression: {error}");
            reader.refuse(node, rule.to_owned())
        }
    }
}
