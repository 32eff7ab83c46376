//! Questions about values of metrics.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::audit::seconds;
use crate::detect::dimension::{DimensionOperator, MetricDimension};
use crate::detect::export::{MeasuredOf, MetricLog};
use crate::detect::refusal::DetectError;
use crate::detect::value::MetricValue;
use crate::paging::{PageSize, answer};
use crate::question::{device, needed, paging, parsed, time};

/// Which values are asked for, as `ListMetricValues` has it.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, Datapoint, DetectError, MetricLog, MetricValueQuery};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let query = MetricValueQuery::from_json(&json!({
///     "thingName": "lamp-7",
///     "metricName": "aws:num-disconnects",
///     "startTime": 1_573_776_000,
///     "endTime": 1_573_862_400,
/// }))?;
/// let mut log = MetricLog::default();
/// log.push(&query.of, Timestamp::from_secs(1_573_786_800), &Datapoint::Count(5));
/// assert_eq!(query.list(&log)?.to_api_json(), json!({ "metricDatumList": [
///     { "timestamp": 1_573_786_800.0, "value": { "count": 5 } },
/// ] }));
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MetricValueQuery {
    /// Of which device and metric.
    pub of: MeasuredOf,
    /// Not before.
    pub start: Timestamp,
    /// Not after.
    pub end: Timestamp,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

impl MetricValueQuery {
    /// All values between two times, both included, the first page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, MeasuredOf, MetricLog, MetricValueQuery};
    ///
    /// let of = MeasuredOf::new("lamp-7", AwsMetric::NumDisconnects.into(), None);
    /// let query = MetricValueQuery::new(of, Default::default(), Default::default());
    /// assert!(query.list(&MetricLog::default()).is_ok_and(|page| page.values.is_empty()));
    /// ```
    #[must_use]
    pub fn new(of: MeasuredOf, start: Timestamp, end: Timestamp) -> Self {
        Self {
            of,
            start,
            end,
            max_results: PageSize::default(),
            next_token: None,
        }
    }

    /// Reads the question as the API has it. An operator without a dimension is not looked at, and
    /// a dimension without one is `IN`.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: the first member that is missing or breaks its rule.
    pub fn from_json(json: &Value) -> Result<Self, DetectError> {
        let thing = device(json)?.ok_or(DetectError::Member("thingName"))?;
        let metric = needed(json, "metricName")?;
        let operator: Option<DimensionOperator> = parsed(json, "dimensionValueOperator")?;
        let operator = operator.unwrap_or(DimensionOperator::In);
        let dimension = parsed(json, "dimensionName")?;
        let dimension = dimension.map(|name| MetricDimension::new(name, operator));
        let (max_results, next_token) = paging(json)?;
        Ok(Self {
            of: MeasuredOf::new(&thing, metric, dimension),
            start: time(json, "startTime")?,
            end: time(json, "endTime")?,
            max_results,
            next_token,
        })
    }

    /// A page of the values, the oldest first. The token is the time of the next, in milliseconds.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: the token was not given out by this list.
    pub fn list<'l>(&self, log: &'l MetricLog) -> Result<MetricValuePage<'l>, DetectError> {
        let start = match &self.next_token {
            None => self.start,
            Some(token) => {
                let next = token.parse().map_err(|_| DetectError::Member("nextToken"));
                self.start.max(Timestamp::from_millis(next?))
            }
        };
        let mut asked = log.values(&self.of, start..=self.end);
        let values = asked.by_ref().take(self.max_results.items()).collect();
        let next_token = asked.next().map(|(time, _)| time.as_millis().to_string());
        Ok(MetricValuePage { values, next_token })
    }
}

/// A page of values.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::MetricValuePage;
///
/// fn newest(page: &MetricValuePage<'_>) -> Option<String> {
///     let (time, value) = page.values.last()?;
///     Some(format!("{value:?} at {} s", time.as_secs()))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricValuePage<'l> {
    /// The values and their times.
    pub values: Vec<(Timestamp, &'l MetricValue)>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl MetricValuePage<'_> {
    /// The answer of `ListMetricValues`. Times are seconds with a fraction.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let datum =
            |(time, value): &(_, _)| json!({ "timestamp": seconds::write(*time), "value": value });
        let values: Value = self.values.iter().map(datum).collect();
        answer("metricDatumList", &values, self.next_token.as_deref())
    }
}
