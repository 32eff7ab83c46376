//! What gateways counted in one step, and the datapoints of it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::tally::{Cell, Tally};
use crate::detect::dimension::MetricDimension;
use crate::detect::metric::AwsMetric;
use crate::detect::value::Datapoint;

/// What one gateway, or several, counted in one step.
///
/// Merging is a sum, a union, a least and a greatest: parts of the same step, merged in whatever
/// order and grouping, are equal and have the same [text](Self::to_json).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, CloudCollector, CloudEvent, Datapoint, Observation};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(600);
/// let [mut one, other] = [1, 2].map(|attempts| {
///     let mut gateway = CloudCollector::new([], now);
///     for _ in 0..attempts {
///         let seen = Observation::new("lamp-7", CloudEvent::ConnectAttempt);
///         gateway.observe(seen, now).unwrap();
///     }
///     gateway.close()
/// });
/// one.merge(&other)?;
/// let mut datapoints = one.datapoints();
/// let attempts = datapoints.find(|it| it.metric == AwsMetric::NumConnectionAttempts).unwrap();
/// assert_eq!((attempts.device, attempts.value), ("lamp-7", Datapoint::Count(3)));
/// # Ok::<(), iot_defender::detect::MergeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepPart {
    pub(super) end: Timestamp,
    pub(super) scopes: Vec<MetricDimension>,
    /// Each has a cell for all topics and one for each scope.
    pub(super) devices: BTreeMap<Box<str>, Tally>,
}

/// A value that the cloud counted.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{CloudCollector, CloudEvent, Observation};
///
/// let mut gateway = CloudCollector::new([], Default::default());
/// let seen = Observation::new("lamp-7", CloudEvent::Connected);
/// gateway.observe(seen, Default::default()).unwrap();
/// let part = gateway.close();
/// let names: Vec<_> = part.datapoints().map(|it| it.metric.as_str()).collect();
/// assert_eq!(names[0], "aws:num-messages-sent");
/// assert_eq!(names.len(), 6);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "of what, which, and how much")]
pub struct CloudDatapoint<'a> {
    /// The device.
    pub device: &'a str,
    /// The metric.
    pub metric: AwsMetric,
    /// Of which messages; `None` for all.
    pub dimension: Option<&'a MetricDimension>,
    /// The value.
    pub value: Datapoint,
}

impl StepPart {
    pub(super) const fn new(
        end: Timestamp,
        scopes: Vec<MetricDimension>,
        devices: BTreeMap<Box<str>, Tally>,
    ) -> Self {
        Self {
            end,
            scopes,
            devices,
        }
    }

    /// The end of the step: the time of its datapoints.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::CloudCollector;
    ///
    /// let part = CloudCollector::new([], Default::default()).close();
    /// assert_eq!(part.end().as_secs(), 300);
    /// ```
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// Adds what another gateway counted in the step. Linear in the devices of the other.
    ///
    /// # Errors
    ///
    /// [`MergeError`]: it is of another step or has other scopes. Nothing is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CloudCollector, MergeError};
    ///
    /// let mut gateway = CloudCollector::new([], Default::default());
    /// let mut first = gateway.close();
    /// assert_eq!(first.merge(&gateway.close()), Err(MergeError::Step));
    /// ```
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        if self.end != other.end {
            return Err(MergeError::Step);
        }
        if self.scopes != other.scopes {
            return Err(MergeError::Scopes);
        }
        for (name, tally) in &other.devices {
            match self.devices.entry(name.clone()) {
                Entry::Occupied(mut known) => known.get_mut().merge(tally),
                Entry::Vacant(place) => drop(place.insert(tally.clone())),
            }
        }
        Ok(())
    }

    /// The datapoints, by device, metric and scope; those of all messages come before those of
    /// the scopes.
    ///
    /// The guide says that cloud-side metrics come every five minutes, and shows alarms whose value
    /// is 0. Which devices have which metrics is our choice beyond that:
    ///
    /// - A device that is connected at the end of the step, or of which anything was seen in it,
    ///   has all counters, be they 0. One that is away and silent has none.
    /// - The sizes of messages are there if there was a message, and source addresses if one was
    ///   seen. The address that a device stays connected from is a source in each step, but for no scope.
    /// - How long a device is disconnected is 0 while it is connected, and else the whole minutes
    ///   from its last disconnect to the end of the step, up to 14 days. A device that was never
    ///   seen to disconnect has none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::CloudCollector;
    ///
    /// let part = CloudCollector::new([], Default::default()).close();
    /// assert!(part.datapoints().next().is_none());
    /// ```
    pub fn datapoints(&self) -> impl Iterator<Item = CloudDatapoint<'_>> {
        self.devices.iter().flat_map(move |(device, tally)| {
            METRICS.iter().flat_map(move |metric| {
                let scopes = self.scopes.iter().map(Some);
                let cells = tally.cells.iter().zip(core::iter::once(None).chain(scopes));
                let wanted = if metric.supports_dimension() {
                    usize::MAX
                } else {
                    1
                };
                cells.take(wanted).filter_map(move |(cell, dimension)| {
                    Some(CloudDatapoint {
                        device,
                        metric: *metric,
                        dimension,
                        value: value(*metric, tally, cell, self.end)?,
                    })
                })
            })
        })
    }
}

/// The metrics that the cloud counts, in the order of [`AwsMetric`].
const METRICS: &[AwsMetric] = &[
    AwsMetric::MessageByteSize,
    AwsMetric::NumMessagesSent,
    AwsMetric::NumMessagesReceived,
    AwsMetric::NumAuthorizationFailures,
    AwsMetric::NumConnectionAttempts,
    AwsMetric::NumDisconnects,
    AwsMetric::SourceIpAddress,
    AwsMetric::DisconnectDuration,
];

fn value(metric: AwsMetric, tally: &Tally, cell: &Cell, end: Timestamp) -> Option<Datapoint> {
    let is_counted = tally.is_seen || tally.open > 0;
    let count = |count| is_counted.then_some(Datapoint::Count(count));
    match metric {
        AwsMetric::MessageByteSize => cell.sizes.map(Datapoint::Sizes),
        AwsMetric::NumMessagesSent => count(cell.sent),
        AwsMetric::NumMessagesReceived => count(cell.received),
        AwsMetric::NumAuthorizationFailures => count(cell.failures),
        AwsMetric::NumConnectionAttempts => count(tally.attempts),
        AwsMetric::NumDisconnects => count(tally.disconnects),
        AwsMetric::SourceIpAddress => {
            (!cell.sources.is_empty()).then(|| Datapoint::Addresses(cell.sources.to_vec()))
        }
        AwsMetric::DisconnectDuration if tally.open > 0 => Some(Datapoint::Count(0)),
        AwsMetric::DisconnectDuration => tally
            .disconnected
            .map(|at| Datapoint::Count(end.saturating_since(at).as_secs() / 60)),
        _ => None,
    }
}

/// Parts that do not belong together.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::MergeError;
///
/// assert_eq!(MergeError::Step.to_string(), "parts of different steps");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// They end at different times.
    #[error("parts of different steps")]
    Step,
    /// They count other dimensions, or the same in another order.
    #[error("parts with different scopes")]
    Scopes,
}
