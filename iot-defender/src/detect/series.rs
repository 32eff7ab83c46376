//! The past of one metric of one device, to be drawn or to be learnt from.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;

use iot_topics::Timestamp;

use super::behavior::Behavior;
use super::behavior::criteria::Condition;
use super::metric::MetricKind;
use super::number::Number;
use super::value::Datapoint;

/// The datapoints of a metric of a device, step by step, as an [`Engine`](super::Engine) takes them:
/// within a step counters and sizes of messages are added, and of others the last counts. Lists are
/// not kept.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     Behavior, BehaviorError, Datapoint, Definitions, DeviceSeries, MetricKind, Number,
/// };
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let behavior = Behavior::from_json(&json!({
///     "name": "Quiet",
///     "metric": "aws:num-messages-sent",
///     "criteria": {
///         "comparisonOperator": "less-than",
///         "value": { "count": 100 },
///         "durationSeconds": 600,
///     },
/// }), &Definitions::default())?;
/// let mut series = DeviceSeries::new(MetricKind::Counter);
/// let at = Timestamp::from_secs;
/// series.push(at(300), &Datapoint::Count(40));
/// series.push(at(600), &Datapoint::Count(50));
/// series.push(at(600), &Datapoint::Count(20));
/// assert_eq!(series.judged(&behavior, at(300)), None); // the ten minutes are not over
/// assert_eq!(series.judged(&behavior, at(600)), Some(Number::from(110_u32)));
/// # Ok::<(), BehaviorError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSeries {
    kind: MetricKind,
    points: BTreeMap<u64, Datapoint>,
    /// The step of the first that ever came.
    first: Option<u64>,
}

const STEP_SECONDS: u64 = 300;

impl DeviceSeries {
    /// The series of a metric of that kind, without datapoints.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DeviceSeries, MetricKind};
    ///
    /// assert_eq!(DeviceSeries::new(MetricKind::Gauge).numbers().count(), 0);
    /// ```
    #[must_use]
    pub const fn new(kind: MetricKind) -> Self {
        Self {
            kind,
            points: BTreeMap::new(),
            first: None,
        }
    }

    /// Takes a datapoint of the step that ended last before `at`, which may be any. The cost is
    /// logarithmic.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Datapoint, DeviceSeries, MetricKind, Number};
    /// use iot_topics::Timestamp;
    ///
    /// let mut series = DeviceSeries::new(MetricKind::Gauge);
    /// let at = Timestamp::from_secs(600);
    /// series.push(at, &Datapoint::Count(4));
    /// series.push(at, &Datapoint::Count(3));
    /// assert_eq!(series.numbers().collect::<Vec<_>>(), [(at, Number::from(3_u32))]);
    /// ```
    pub fn push(&mut self, at: Timestamp, value: &Datapoint) {
        let value = match (self.kind, value) {
            (MetricKind::List, _) => return,
            (MetricKind::MessageSize, Datapoint::Count(bytes)) => {
                Datapoint::Sizes(super::value::MessageSizes::of(*bytes))
            }
            (_, value) => value.clone(),
        };
        let step = at.as_secs() / STEP_SECONDS;
        self.first = Some(self.first.map_or(step, |first| first.min(step)));
        match self.points.entry(step) {
            Entry::Vacant(place) => {
                place.insert(value);
            }
            Entry::Occupied(mut place) => match (self.kind, place.get_mut(), value) {
                (MetricKind::Counter, Datapoint::Count(sum), Datapoint::Count(more)) => {
                    *sum = sum.saturating_add(more);
                }
                (MetricKind::MessageSize, Datapoint::Sizes(all), Datapoint::Sizes(more)) => {
                    *all = all.and(more);
                }
                (_, place, value) => *place = value,
            },
        }
    }

    /// Forgets what is older than a time.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Datapoint, DeviceSeries, MetricKind};
    /// use iot_topics::Timestamp;
    ///
    /// let mut series = DeviceSeries::new(MetricKind::Counter);
    /// series.push(Timestamp::from_secs(300), &Datapoint::Count(4));
    /// series.forget_before(Timestamp::from_secs(600));
    /// assert_eq!(series.numbers().count(), 0);
    /// ```
    pub fn forget_before(&mut self, at: Timestamp) {
        let kept = self.points.split_off(&at.as_secs().div_ceil(STEP_SECONDS));
        self.points = kept;
    }

    /// The values of all steps in order of time, as models and percentiles take them: of messages
    /// the sum of their sizes.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Datapoint, DeviceSeries, MessageSizes, MetricKind, Number};
    /// use iot_topics::Timestamp;
    ///
    /// let mut series = DeviceSeries::new(MetricKind::MessageSize);
    /// let at = Timestamp::from_secs(300);
    /// series.push(at, &Datapoint::Sizes(MessageSizes::new(10, 30, 90).unwrap()));
    /// assert_eq!(series.numbers().collect::<Vec<_>>(), [(at, Number::from(90_u32))]);
    /// ```
    #[must_use]
    pub fn numbers(&self) -> impl DoubleEndedIterator<Item = (Timestamp, Number)> {
        self.points.iter().filter_map(|(step, value)| {
            let at = Timestamp::from_secs(step.saturating_mul(STEP_SECONDS));
            Some((at, number(value)?))
        })
    }

    /// The value that a behavior about the metric judges in the step that ended last before `at`;
    /// `None` if there is no datapoint, or if the window of a counter is not full.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{
    ///     Behavior, BehaviorError, Datapoint, Definitions, DeviceSeries, MessageSizes, MetricKind,
    ///     Number,
    /// };
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let behavior = Behavior::from_json(&json!({
    ///     "name": "Small",
    ///     "metric": "aws:message-byte-size",
    ///     "criteria": { "comparisonOperator": "less-than", "value": { "count": 100 } },
    /// }), &Definitions::default())?;
    /// let mut series = DeviceSeries::new(MetricKind::MessageSize);
    /// let at = Timestamp::from_secs(300);
    /// series.push(at, &Datapoint::Sizes(MessageSizes::new(10, 30, 90).unwrap()));
    /// assert_eq!(series.judged(&behavior, at), Some(Number::from(30_u32))); // the largest
    /// # Ok::<(), BehaviorError>(())
    /// ```
    #[must_use]
    pub fn judged(&self, behavior: &Behavior, at: Timestamp) -> Option<Number> {
        let step = at.as_secs() / STEP_SECONDS;
        let value = self.points.get(&step)?;
        match (self.kind, value, &behavior.criteria().condition) {
            (MetricKind::Counter, ..) => {
                let window = u64::from(behavior.window());
                let begin = (step + 1).saturating_sub(window);
                if self.first? > begin {
                    return None;
                }
                let counts = self.points.range(begin..=step).map(|(_, value)| value);
                let sum = counts.fold(0_u64, |sum, value| match value {
                    Datapoint::Count(count) => sum.saturating_add(*count),
                    _ => sum,
                });
                Some(Number::from_count(sum))
            }
            (_, Datapoint::Sizes(sizes), Condition::Count { bound, .. }) => {
                Some(Number::from_count(bound.worst(*sizes)))
            }
            (_, value, _) => number(value),
        }
    }
}

/// A value as models and percentiles take it; nothing for a list.
pub(super) const fn number(value: &Datapoint) -> Option<Number> {
    match value {
        Datapoint::Count(count) => Some(Number::from_count(*count)),
        Datapoint::Sizes(sizes) => Some(Number::from_count(sizes.total())),
        Datapoint::Number(number) => Some(*number),
        _ => None,
    }
}
