//! Batches of values that are exported, and values that are kept.
//!
//! Sources: developer guide, "Detect metrics export"; API reference, `ListMetricValues`.

mod snapshot;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use iot_topics::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::dimension::MetricDimension;
use super::metric::Metric;
use super::value::{Datapoint, MetricValue};

/// What a value is of: which device, which metric, and which of its messages. Its order is that of
/// the values of a batch.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, MeasuredOf};
///
/// let of = MeasuredOf::new("lamp-7", AwsMetric::NumDisconnects.into(), None);
/// assert_eq!(of.thing, "lamp-7");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct MeasuredOf {
    /// The thing or the client id.
    pub thing: String,
    /// The metric.
    pub metric: Metric,
    /// Which messages, if not all.
    pub dimension: Option<MetricDimension>,
}

impl MeasuredOf {
    /// A metric of a device.
    #[must_use]
    pub fn new(thing: &str, metric: Metric, dimension: Option<MetricDimension>) -> Self {
        Self {
            thing: thing.into(),
            metric,
            dimension,
        }
    }
}

/// What is sent to the MQTT topic of a profile that exports (developer guide, "Detect metrics
/// export"): serialized it is that payload, with times in milliseconds. Of values of one time that
/// were told more than once it has the one of the highest version.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, Datapoint, ExportBatch, MeasuredOf};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let of = MeasuredOf::new("lamp-7", AwsMetric::NumDisconnects.into(), None);
/// let time = Timestamp::from_secs(1_573_786_800);
/// let mut batch = ExportBatch::default();
/// batch.push(of.clone(), time, 2, &Datapoint::Count(5));
/// batch.push(of, time, 1, &Datapoint::Count(4)); // comes late
/// assert_eq!(batch.len(), 1);
/// assert!(!batch.is_empty());
/// assert_eq!(
///     serde_json::to_value(&batch).unwrap(),
///     json!({
///         "version": "1.0",
///         "metrics": [{
///             "name": "aws:num-disconnects",
///             "thing": "lamp-7",
///             "value": { "count": 5 },
///             "version": 2,
///             "timestamp": 1_573_786_800_000_u64,
///         }],
///     })
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportBatch {
    values: BTreeMap<(Timestamp, MeasuredOf), (u64, MetricValue)>,
}

impl ExportBatch {
    /// Adds a value, unless the batch has one of its time and of the same or a higher version.
    pub fn push(&mut self, of: MeasuredOf, time: Timestamp, version: u64, value: &Datapoint) {
        let newest = self.values.entry((time, of));
        let place = newest.or_insert_with(|| (version, value.to_value()));
        if place.0 < version {
            *place = (version, value.to_value());
        }
    }

    /// How many values it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl Serialize for ExportBatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows: Vec<Exported<'_>> = self.values.iter().map(Exported).collect();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("version", "1.0")?;
        map.serialize_entry("metrics", &rows)?;
        map.end()
    }
}

type Entry<'a> = (&'a (Timestamp, MeasuredOf), &'a (u64, MetricValue));

struct Exported<'a>(Entry<'a>);

impl Serialize for Exported<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ((time, of), (version, value)) = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &of.metric)?;
        map.serialize_entry("thing", &of.thing)?;
        map.serialize_entry("value", value)?;
        map.serialize_entry("version", version)?;
        map.serialize_entry("timestamp", &time.as_millis())?;
        if let Some(dimension) = &of.dimension {
            map.serialize_entry("dimension", &ExportedDimension(dimension))?;
        }
        map.end()
    }
}

struct ExportedDimension<'a>(&'a MetricDimension);

impl Serialize for ExportedDimension<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("operator", &self.0.operator)?;
        map.end()
    }
}

/// How long values of metrics are kept.
const RETENTION: Duration = Duration::from_secs(14 * 86_400);

/// The values of metrics of the past 14 days, which `ListMetricValues` lists (API reference):
/// [`MetricValueQuery`](super::MetricValueQuery) pages through them.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, Datapoint, MeasuredOf, MetricLog, MetricValue};
/// use iot_topics::Timestamp;
///
/// let of = MeasuredOf::new("lamp-7", AwsMetric::NumDisconnects.into(), None);
/// let day = |day: u64| Timestamp::from_secs(1_573_786_800 + day * 86_400);
/// let mut log = MetricLog::default();
/// log.push(&of, day(0), &Datapoint::Count(5));
/// log.push(&of, day(1), &Datapoint::Count(6));
/// let values: Vec<_> = log.values(&of, day(1)..=day(2)).collect();
/// assert_eq!(values, [(day(1), &MetricValue::Count(6))]);
/// log.expire(day(16));
/// assert_eq!(log.values(&of, day(0)..=day(2)).count(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricLog {
    series: BTreeMap<MeasuredOf, VecDeque<(Timestamp, MetricValue)>>,
}

impl MetricLog {
    /// Keeps a value. One that is older than the newest of its metric and device is passed over;
    /// one of the same time replaces it.
    pub fn push(&mut self, of: &MeasuredOf, time: Timestamp, value: &Datapoint) {
        let Some(values) = self.series.get_mut(of) else {
            let first = VecDeque::from([(time, value.to_value())]);
            self.series.insert(of.clone(), first);
            return;
        };
        match values.back_mut() {
            Some((newest, _)) if *newest > time => return,
            Some((newest, place)) if *newest == time => *place = value.to_value(),
            _ => values.push_back((time, value.to_value())),
        }
        trim(values, time);
    }

    /// Drops what is older than 14 days. The cost grows with the metrics of all devices.
    pub fn expire(&mut self, now: Timestamp) {
        self.series.retain(|_, values| {
            trim(values, now);
            !values.is_empty()
        });
    }

    /// The values of a metric of a device between two times, both included, the oldest first.
    pub fn values(
        &self,
        of: &MeasuredOf,
        times: core::ops::RangeInclusive<Timestamp>,
    ) -> impl Iterator<Item = (Timestamp, &MetricValue)> {
        let values = self.series.get(of).into_iter().flat_map(move |values| {
            let first = values.partition_point(|(time, _)| time < times.start());
            let rest = values.range(first..);
            let end = *times.end();
            rest.take_while(move |(time, _)| *time <= end)
        });
        values.map(|(time, value)| (*time, value))
    }
}

fn trim(values: &mut VecDeque<(Timestamp, MetricValue)>, now: Timestamp) {
    let is_old = |time: Timestamp| now.saturating_since(time) > RETENTION;
    while values.front().is_some_and(|(time, _)| is_old(*time)) {
        values.pop_front();
    }
}
