//! A log of values as text, and back.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{MeasuredOf, MetricLog, RETENTION};
use crate::detect::SnapshotError;
use crate::detect::lines::{Lines, Writer, text_of};
use crate::detect::value::MetricValue;
use crate::detect::wire::SeriesWire;

/// The first line: what this is, and in which form.
const HEADER: &str = r#"{"iot-defender-metric-log":1}"#;

/// How many lines follow.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    series: usize,
}

/// The thing, the metric, and its values with their times, the oldest first.
#[derive(Serialize, Deserialize)]
struct SeriesLine(String, SeriesWire, Vec<(Timestamp, Value)>);

impl MetricLog {
    /// The log as text, a line for each metric of a device. Equal logs have equal texts.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, Datapoint, MeasuredOf, MetricLog};
    ///
    /// let of = MeasuredOf::new("lamp-7", AwsMetric::NumDisconnects.into(), None);
    /// let mut log = MetricLog::default();
    /// log.push(&of, Default::default(), &Datapoint::Count(5));
    /// assert_eq!(MetricLog::restore(log.snapshot().as_bytes())?, log);
    /// # Ok::<(), iot_defender::detect::SnapshotError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        text_of(|sink| self.snapshot_to(sink))
    }

    /// The same, line by line, so that it need not be held twice.
    ///
    /// # Examples
    ///
    /// ```
    /// let log = iot_defender::detect::MetricLog::default();
    /// let mut file = String::new();
    /// log.snapshot_to(&mut |line| file.push_str(line));
    /// assert_eq!(file, log.snapshot());
    /// ```
    pub fn snapshot_to(&self, sink: &mut dyn FnMut(&str)) {
        let mut out = Writer::new(HEADER, sink);
        out.line(&Head {
            series: self.series.len(),
        });
        for (of, values) in &self.series {
            let series = SeriesWire::of(&of.metric, &of.dimension);
            let values = values.iter().map(|(time, value)| (*time, json!(value)));
            out.line(&SeriesLine(of.thing.clone(), series, values.collect()));
        }
    }

    /// The log that a snapshot was taken of.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]: any other text; it tells the line. The cost grows with the text, and
    /// by the logarithm of the number of its lines.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(iot_defender::detect::MetricLog::restore(b"something else").is_err());
    /// ```
    pub fn restore(snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let mut lines = Lines::new(HEADER, snapshot)?;
        let head: Head = lines.next("must be a count")?;
        let mut series: BTreeMap<MeasuredOf, VecDeque<(Timestamp, MetricValue)>> = BTreeMap::new();
        for _ in 0..head.series {
            let line: SeriesLine = lines.next("must be the values of a metric of a thing")?;
            let SeriesLine(thing, of, values) = line;
            let of = lines.hold(of.read(), "must be of a metric")?;
            let (metric, dimension) = of;
            let of = MeasuredOf {
                thing,
                metric,
                dimension,
            };
            let before = series.last_key_value();
            let is_later = before.is_none_or(|(before, _)| *before < of);
            lines.check(is_later, "must be of what comes later")?;
            let values = values
                .into_iter()
                .map(|(time, value)| Some((time, MetricValue::from_json(&value).ok()?)));
            let values = values.collect::<Option<VecDeque<_>>>();
            let values = lines.hold(values, "must have values")?;
            lines.check(is_kept(&values), "must have values of 14 days in order")?;
            series.insert(of, values);
        }
        lines.end()?;
        Ok(Self { series })
    }
}

/// Whether the values of a log can be so.
fn is_kept(values: &VecDeque<(Timestamp, MetricValue)>) -> bool {
    let (Some((first, _)), Some((last, _))) = (values.front(), values.back()) else {
        return false;
    };
    let is_rising = values.iter().is_sorted_by(|(one, _), (two, _)| one < two);
    is_rising && last.saturating_since(*first) <= RETENTION
}
