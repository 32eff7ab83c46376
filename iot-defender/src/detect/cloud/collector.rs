//! Counts the events of one gateway.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::IpAddr;
use core::time::Duration;

use iot_topics::{Timestamp, TopicNameRef};

use super::part::StepPart;
use super::tally::{Cell, Tally, add};
use super::{CloudEvent, Observation};
use crate::detect::dimension::{BoundDimension, Dimension, DimensionOperator, MetricDimension};
use crate::detect::value::MessageSizes;

/// How long a step is.
pub(super) const STEP: u64 = 300_000;
/// How long a device that is away is known: as long as datapoints are kept.
const MEMORY: Duration = Duration::from_secs(14 * 86_400);
/// What stands for the client id in a value of a dimension.
const CLIENT_ID: &str = "${iot:ClientId}";

/// Counts what one gateway sees of devices, in steps of five minutes (developer guide, "Cloud-side
/// metrics").
///
/// The gateway [observes](Self::observe) what happens, and [closes](Self::close) each step: that
/// gives a [`StepPart`]. The parts of all gateways, merged in whatever order, have the datapoints of
/// the fleet.
///
/// A metric can be counted for a [dimension](super::super::Dimension), too: then the topic of a
/// message decides whether it counts. Each dimension with its operator is a scope of the collector.
///
/// [`observe`](Self::observe) allocates for a device that it has not seen before and for addresses
/// that are new in a step, beyond as many as there were, and else nothing. It takes the logarithm
/// of the devices, and a look at each scope if the event has a topic.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     AwsMetric, CloudCollector, CloudEvent, Datapoint, Dimension, DimensionError,
///     DimensionOperator, MessageSizes, Observation,
/// };
/// use iot_topics::{Timestamp, TopicNameRef};
///
/// let commands = Dimension::new("Commands".parse()?, ["cmd/#".to_string()])?;
/// let mut collector =
///     CloudCollector::new([(commands, DimensionOperator::In)], Timestamp::from_secs(600));
/// for (topic, bytes) in [("cmd/on", 10), ("state", 500)] {
///     let topic = TopicNameRef::parse(topic).unwrap();
///     let event = CloudEvent::MessageSent { topic, bytes };
///     let now = Timestamp::from_secs(700);
///     collector.observe(Observation::new("lamp-7", event), now).unwrap();
/// }
/// let part = collector.close();
/// assert_eq!(part.end(), Timestamp::from_secs(900));
/// let sizes = part.datapoints().filter(|it| it.metric == AwsMetric::MessageByteSize);
/// let sizes: Vec<_> = sizes.map(|it| (it.dimension.is_some(), it.value)).collect();
/// assert_eq!(
///     sizes,
///     [
///         (false, Datapoint::Sizes(MessageSizes::new(10, 500, 510).unwrap())),
///         (true, Datapoint::Sizes(MessageSizes::of(10))),
///     ],
/// );
/// # Ok::<(), DimensionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CloudCollector {
    pub(super) scopes: Vec<Scope>,
    names: Vec<MetricDimension>,
    pub(super) devices: BTreeMap<Box<str>, Device>,
    /// Of the step that is open.
    pub(super) end: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) dimension: Dimension,
    pub(super) operator: DimensionOperator,
    /// For all devices, unless a value has the client id.
    shared: Option<BoundDimension>,
}

#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) tally: Tally,
    /// Where it is connected from.
    pub(super) address: Option<IpAddr>,
    /// The scopes that are not shared, in their order.
    own: Vec<BoundDimension>,
}

impl CloudCollector {
    /// Counts from that time on, in the step that it is in.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::CloudCollector;
    /// use iot_topics::Timestamp;
    ///
    /// let collector = CloudCollector::new([], Timestamp::from_secs(1_000));
    /// assert_eq!(collector.end(), Timestamp::from_secs(1_200));
    /// ```
    #[must_use]
    pub fn new(
        scopes: impl IntoIterator<Item = (Dimension, DimensionOperator)>,
        now: Timestamp,
    ) -> Self {
        let scopes = scopes.into_iter().map(|(dimension, operator)| {
            let mut values = dimension.values().iter();
            let is_shared = !values.any(|value| value.contains(CLIENT_ID));
            let shared = is_shared.then(|| dimension.bind(""));
            Scope {
                dimension,
                operator,
                shared,
            }
        });
        let scopes: Vec<Scope> = scopes.collect();
        let name =
            |scope: &Scope| MetricDimension::new(scope.dimension.name().clone(), scope.operator);
        let step = now.as_millis() / STEP;
        Self {
            names: scopes.iter().map(name).collect(),
            scopes,
            devices: BTreeMap::new(),
            end: Timestamp::from_millis(step.saturating_add(1).saturating_mul(STEP)),
        }
    }

    /// The end of the step that is open. What happens at that very time is of the next one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::CloudCollector;
    /// use iot_topics::Timestamp;
    ///
    /// let mut collector = CloudCollector::new([], Timestamp::from_secs(600));
    /// let end = collector.end();
    /// assert_eq!(collector.close().end(), end);
    /// assert_eq!(collector.end(), Timestamp::from_secs(1_200));
    /// ```
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// Counts an event. One from before the step counts in the step: its own is told already.
    ///
    /// # Errors
    ///
    /// [`StepIsOver`]: it is of a later step. [`close`](Self::close) this one first.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CloudCollector, CloudEvent, Observation, StepIsOver};
    /// use iot_topics::Timestamp;
    ///
    /// let mut collector = CloudCollector::new([], Timestamp::from_secs(600));
    /// let seen = Observation::new("lamp-7", CloudEvent::ConnectAttempt);
    /// let next = Timestamp::from_secs(900);
    /// assert_eq!(collector.observe(seen, next), Err(StepIsOver { end: next }));
    /// collector.close();
    /// assert_eq!(collector.observe(seen, next), Ok(()));
    /// ```
    pub fn observe(&mut self, seen: Observation<'_>, now: Timestamp) -> Result<(), StepIsOver> {
        if now >= self.end {
            return Err(StepIsOver { end: self.end });
        }
        let Self {
            scopes, devices, ..
        } = self;
        let source = seen.source.map(|source| source.to_canonical());
        if !devices.contains_key(seen.device) {
            devices.insert(seen.device.into(), Device::new(scopes, seen.device));
        }
        let Some(device) = devices.get_mut(seen.device) else {
            return Ok(());
        };
        device.tally.is_seen = true;
        let all = |cell: &mut Cell| source.into_iter().for_each(|it| cell.sources.insert(it));
        match seen.event {
            CloudEvent::ConnectAttempt => {
                add(&mut device.tally.attempts, 1);
                device.count(scopes, None, all);
            }
            CloudEvent::Connected => {
                add(&mut device.tally.open, 1);
                device.address = source;
                device.count(scopes, None, all);
            }
            CloudEvent::Disconnected => {
                let tally = &mut device.tally;
                tally.open = tally.open.saturating_sub(1);
                tally.disconnected = tally.disconnected.max(Some(now));
                add(&mut tally.disconnects, 1);
                device.count(scopes, None, all);
            }
            CloudEvent::AuthorizationFailure { topic } => device.count(scopes, topic, |cell| {
                add(&mut cell.failures, 1);
                all(cell);
            }),
            CloudEvent::MessageSent { topic, bytes } => device.count(scopes, Some(topic), |cell| {
                add(&mut cell.sent, 1);
                size(cell, bytes);
                all(cell);
            }),
            CloudEvent::MessageReceived { topic, bytes } => {
                device.count(scopes, Some(topic), |cell| {
                    add(&mut cell.received, 1);
                    size(cell, bytes);
                    all(cell);
                });
            }
        }
        Ok(())
    }

    /// Ends the step, gives what was counted in it, and begins the next one. Linear in the devices.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::CloudCollector;
    /// use iot_topics::Timestamp;
    ///
    /// let mut collector = CloudCollector::new([], Timestamp::from_secs(600));
    /// assert_eq!(collector.close().datapoints().count(), 0);
    /// ```
    pub fn close(&mut self) -> StepPart {
        let end = self.end;
        let tallies = self.devices.iter();
        let tallies = tallies.map(|(name, device)| (name.clone(), device.tally.clone()));
        let part = StepPart::new(end, self.names.clone(), tallies.collect());
        self.devices.retain(|_, device| {
            let tally = &mut device.tally;
            tally.clear();
            if tally.open > 0 {
                let cell = tally.cells.first_mut().zip(device.address);
                cell.into_iter()
                    .for_each(|(cell, it)| cell.sources.insert(it));
            }
            let is_recent = |at| end.saturating_since(at) < MEMORY;
            tally.open > 0 || tally.disconnected.is_some_and(is_recent)
        });
        self.end = Timestamp::from_millis(end.as_millis().saturating_add(STEP));
        part
    }
}

impl Device {
    pub(super) fn new(scopes: &[Scope], name: &str) -> Self {
        let own = scopes.iter().filter(|scope| scope.shared.is_none());
        Self {
            tally: Tally::new(scopes.len()),
            address: None,
            own: own.map(|scope| scope.dimension.bind(name)).collect(),
        }
    }

    /// Counts for all topics, and for the scopes that the topic is in.
    fn count(
        &mut self,
        scopes: &[Scope],
        topic: Option<TopicNameRef<'_>>,
        mut count: impl FnMut(&mut Cell),
    ) {
        let Some((all, cells)) = self.tally.cells.split_first_mut() else {
            return;
        };
        count(all);
        let Some(topic) = topic else {
            return;
        };
        let mut own = self.own.iter();
        for (cell, scope) in cells.iter_mut().zip(scopes) {
            let bound = scope.shared.as_ref().or_else(|| own.next());
            if bound.is_some_and(|bound| bound.counts(topic, scope.operator)) {
                count(cell);
            }
        }
    }
}

fn size(cell: &mut Cell, bytes: u64) {
    let this = MessageSizes::of(bytes);
    cell.sizes = Some(cell.sizes.map_or(this, |sizes| sizes.and(this)));
}

/// An event of a later step than the one that is open.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::StepIsOver;
/// use iot_topics::Timestamp;
///
/// let error = StepIsOver { end: Timestamp::from_secs(900) };
/// assert_eq!(error.to_string(), "the step ended at 900 s");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the step ended at {} s", .end.as_secs())]
#[expect(clippy::exhaustive_structs, reason = "there is nothing more to tell")]
pub struct StepIsOver {
    /// The end of the step.
    pub end: Timestamp,
}
