//! What operations cost, and an account that pays for them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::bucket::{Bucket, RetryAfter};
use super::rate::Rate;
use super::table::{Operation, Quotas, Scope};
use crate::time::Timestamp;

/// What one or many operations count against the rates of an account.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{Operation, Usage};
///
/// // One message to three subscribers.
/// let usage = Usage::publish(3);
/// assert_eq!((usage.inbound, usage.outbound), (1, 3));
/// // One SUBSCRIBE with three topic filters.
/// assert_eq!(Usage::subscribe(3).subscriptions, 3);
/// // A thousand devices, each doing both.
/// let fleet = usage.plus(Usage::subscribe(3)).times(1_000);
/// assert_eq!(fleet.outbound, 3_000);
/// // What counts twice: a retained message, and the messages of the shadow service.
/// assert_eq!(Usage::publish_retained(3).retained, 1);
/// assert_eq!(Usage::publish_retained(3).inbound, 1);
/// let update = Usage::shadow_update(2, 2); // `accepted` and `delta`, one subscriber each
/// assert_eq!((update.shadow_requests, update.inbound, update.outbound), (1, 3, 2));
///
/// let connects = Usage::connect().times(500);
/// assert_eq!(connects.amounts()[0], (Operation::Connect, 500));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Usage {
    /// CONNECTs.
    pub connects: u64,
    /// Messages processed before routing.
    pub inbound: u64,
    /// Messages that go to subscriptions.
    pub outbound: u64,
    /// Topic filters subscribed to.
    pub subscriptions: u64,
    /// Requests to the Device Shadow service.
    pub shadow_requests: u64,
    /// Publishes with RETAIN.
    pub retained: u64,
}

impl Usage {
    /// One CONNECT.
    #[must_use]
    pub fn connect() -> Self {
        Self {
            connects: 1,
            ..Self::default()
        }
    }

    /// One SUBSCRIBE: each of its filters counts.
    #[must_use]
    pub fn subscribe(filters: u64) -> Self {
        Self {
            subscriptions: filters,
            ..Self::default()
        }
    }

    /// One message: it counts once inbound, and outbound for each subscription that it goes to.
    #[must_use]
    pub fn publish(receivers: u64) -> Self {
        Self {
            inbound: 1,
            outbound: receivers,
            ..Self::default()
        }
    }

    /// One message with RETAIN.
    #[must_use]
    pub fn publish_retained(receivers: u64) -> Self {
        Self {
            retained: 1,
            ..Self::publish(receivers)
        }
    }

    /// One update of a shadow over MQTT: a request to the Device Shadow service, a message
    /// inbound, and each of the service's messages inbound too (up to three: `accepted`,
    /// `documents`, `delta`). `receivers` is the number of deliveries that these make together.
    #[must_use]
    pub fn shadow_update(replies: u64, receivers: u64) -> Self {
        Self {
            shadow_requests: 1,
            inbound: replies.saturating_add(1),
            outbound: receivers,
            ..Self::default()
        }
    }

    /// Both together; saturates.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            connects: self.connects.saturating_add(other.connects),
            inbound: self.inbound.saturating_add(other.inbound),
            outbound: self.outbound.saturating_add(other.outbound),
            subscriptions: self.subscriptions.saturating_add(other.subscriptions),
            shadow_requests: self.shadow_requests.saturating_add(other.shadow_requests),
            retained: self.retained.saturating_add(other.retained),
        }
    }

    /// So many times; saturates.
    #[must_use]
    pub const fn times(self, count: u64) -> Self {
        Self {
            connects: self.connects.saturating_mul(count),
            inbound: self.inbound.saturating_mul(count),
            outbound: self.outbound.saturating_mul(count),
            subscriptions: self.subscriptions.saturating_mul(count),
            shadow_requests: self.shadow_requests.saturating_mul(count),
            retained: self.retained.saturating_mul(count),
        }
    }

    /// What counts against which rate of the account.
    #[must_use]
    pub const fn amounts(self) -> [(Operation, u64); 6] {
        [
            (Operation::Connect, self.connects),
            (Operation::InboundPublish, self.inbound),
            (Operation::OutboundPublish, self.outbound),
            (Operation::Subscribe, self.subscriptions),
            (Operation::ShadowRequest, self.shadow_requests),
            (Operation::RetainedPublish, self.retained),
        ]
    }
}

/// A rate that a steady load exceeds.
///
/// # Examples
///
/// ```
/// use iot_topics::quota::{Operation, Quotas, Rate, Usage};
///
/// let reconnects = Usage::connect().times(400);
/// let exceeded = Quotas::deck_2018().exceeded_by(reconnects);
/// assert_eq!(exceeded.len(), 1);
/// assert_eq!((exceeded[0].operation, exceeded[0].per_second), (Operation::Connect, 400));
/// assert_eq!(exceeded[0].allowed, Rate::per_second(300));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exceeded {
    /// What there is too much of.
    pub operation: Operation,
    /// How much of it in each second.
    pub per_second: u64,
    /// The rate that is allowed.
    pub allowed: Rate,
}

impl Quotas {
    /// The rates of the account that a steady load exceeds, in the order of the table. Empty: the
    /// design stays under quota. Rates that the preset does not have are not checked.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::quota::{Operation, Quotas, Usage};
    ///
    /// // 4,000 devices that each publish once a second, to one subscriber.
    /// let load = Usage::publish(1).times(4_000);
    /// let exceeded = Quotas::deck_2018().exceeded_by(load);
    /// assert_eq!(exceeded[0].operation, Operation::InboundPublish);
    /// assert!(Quotas::large_region().exceeded_by(load).is_empty());
    /// ```
    #[must_use]
    pub fn exceeded_by(&self, each_second: Usage) -> Vec<Exceeded> {
        let amounts = each_second.amounts().into_iter();
        amounts
            .filter_map(|(operation, per_second)| {
                let allowed = self.rate(operation)?;
                (Rate::per_second(per_second) > allowed).then_some(Exceeded {
                    operation,
                    per_second,
                    allowed,
                })
            })
            .collect()
    }
}

/// A load that is throttled now.
///
/// # Examples
///
/// ```
/// use iot_topics::Timestamp;
/// use iot_topics::quota::{AccountMeter, Operation, Quotas, Usage};
///
/// let mut account = AccountMeter::new(&Quotas::deck_2018());
/// let now = Timestamp::from_secs(1_700_000_000);
/// let throttled = account.try_take(Usage::connect().times(301), now).unwrap_err();
/// assert_eq!(throttled.operation, Operation::Connect);
/// assert_eq!(throttled.to_string(), "CONNECT is throttled: more than the burst of 300");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} is throttled: {retry}")]
#[non_exhaustive]
pub struct Throttled {
    /// The rate that is exceeded; of several, the one with the longest wait.
    pub operation: Operation,
    /// When to try again.
    pub retry: RetryAfter,
}

/// The buckets of an account: one for each rate of [`Scope::Account`] that its quotas have.
///
/// # Examples
///
/// ```
/// use iot_topics::Timestamp;
/// use iot_topics::quota::{AccountMeter, Operation, Quotas, Usage};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut account = AccountMeter::new(&Quotas::deck_2018());
/// account.try_take(Usage::connect().times(300), now)?;
/// let error = account.try_take(Usage::connect(), now).unwrap_err();
/// assert_eq!(error.operation, Operation::Connect);
/// assert_eq!(error.to_string(), "CONNECT is throttled: retry after 4ms");
/// # Ok::<(), iot_topics::quota::Throttled>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountMeter {
    buckets: BTreeMap<Operation, Bucket>,
}

impl AccountMeter {
    /// Full buckets, each of one second's tokens.
    #[must_use]
    pub fn new(quotas: &Quotas) -> Self {
        let buckets = Operation::ALL
            .iter()
            .copied()
            .filter(|operation| operation.scope() == Scope::Account)
            .filter_map(|operation| Some((operation, quotas.bucket(operation)?)));
        Self {
            buckets: buckets.collect(),
        }
    }

    /// Pays for a load from every bucket that it concerns, or from none. A rate that the quotas do
    /// not have is free.
    ///
    /// # Errors
    ///
    /// [`Throttled`] when a bucket has too little.
    pub fn try_take(&mut self, usage: Usage, now: Timestamp) -> Result<(), Throttled> {
        let short = usage.amounts().into_iter().filter_map(|(operation, n)| {
            let retry = self.buckets.get(&operation)?.check(n, now).err()?;
            Some(Throttled { operation, retry })
        });
        // No wait at all is the longest one.
        let worst = short.max_by_key(|short| {
            let wait = short.retry.duration();
            (wait.is_none(), wait)
        });
        if let Some(worst) = worst {
            return Err(worst);
        }
        for (operation, n) in usage.amounts() {
            if let Some(bucket) = self.buckets.get_mut(&operation) {
                bucket
                    .try_take(n, now)
                    .map_err(|retry| Throttled { operation, retry })?;
            }
        }
        Ok(())
    }

    /// The bucket of an operation, for one that no [`Usage`] tells, such as an API call.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::Timestamp;
    /// use iot_topics::quota::{AccountMeter, Operation, Quotas};
    ///
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let mut account = AccountMeter::new(&Quotas::large_region());
    /// let searches = account.bucket_mut(Operation::SearchIndex).unwrap();
    /// assert!(searches.try_take(15, now).is_ok());
    /// assert!(searches.try_take(1, now).is_err());
    /// // A rate of each client is no rate of the account.
    /// assert!(account.bucket_mut(Operation::ConnectPerClient).is_none());
    /// ```
    pub fn bucket_mut(&mut self, operation: Operation) -> Option<&mut Bucket> {
        self.buckets.get_mut(&operation)
    }
}
