//! Retained messages: one per topic, for those who subscribe later.
//!
//! Sources: developer guide, "MQTT", retained messages; general reference, "AWS IoT Core endpoints
//! and quotas".
//!
//! # Examples
//!
//! ```
//! use iot_topics::retained::RetainedStore;
//! use iot_topics::{Timestamp, TopicFilterRef, TopicNameRef};
//!
//! let now = Timestamp::from_secs(1_700_000_000);
//! let mut store = RetainedStore::default();
//! store.publish(TopicNameRef::parse("plant/7/config")?, b"on".to_vec(), now);
//!
//! // AWS IoT Core: who subscribes by the very name gets it, who subscribes by a wildcard does not.
//! let count = |store: &mut RetainedStore<_>, filter| {
//!     TopicFilterRef::parse(filter).map(|filter| store.on_subscribe(filter, now).len())
//! };
//! assert_eq!(count(&mut store, "plant/7/config")?, 1);
//! assert_eq!(count(&mut store, "plant/7/#")?, 0);
//! # Ok::<(), iot_topics::TopicError>(())
//! ```

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::filter::{MatchMode, TopicFilterRef};
use crate::limits::Limits;
use crate::name::{TopicName, TopicNameRef};
use crate::time::Timestamp;

/// Which subscriptions get retained messages.
///
/// # Examples
///
/// ```
/// use iot_topics::retained::{RetainedConfig, RetainedMode, RetainedStore};
/// use iot_topics::{Timestamp, TopicFilterRef, TopicNameRef};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// for (mode, count) in [(RetainedMode::Aws, 0), (RetainedMode::Mqtt311, 1)] {
///     let mut config = RetainedConfig::AWS_IOT;
///     config.mode = mode;
///     let mut store = RetainedStore::new(config);
///     store.publish(TopicNameRef::parse("plant/7")?, b"on".to_vec(), now);
///     let deliveries = store.on_subscribe(TopicFilterRef::parse("plant/+")?, now);
///     assert_eq!(deliveries.len(), count);
/// }
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "two published rules, callers choose one"
)]
pub enum RetainedMode {
    /// AWS IoT Core: only a filter that is the topic name itself.
    #[default]
    Aws,
    /// MQTT 3.1.1, 3.3.1.3: every filter that takes the name, by the rules of
    /// [`MatchMode::Mqtt`].
    Mqtt311,
}

/// The limits of a [`RetainedStore`].
///
/// # Examples
///
/// ```
/// use iot_topics::retained::{RetainRefusal, RetainedConfig, RetainedStore, RetainOutcome};
/// use iot_topics::{Timestamp, TopicNameRef};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut config = RetainedConfig::AWS_IOT_SMALL_REGION;
/// assert_eq!(config.max_messages, 100_000);
/// assert_eq!(config.idle_expiry, RetainedConfig::AWS_IOT.idle_expiry);
/// config.max_messages = 1;
/// let mut store = RetainedStore::new(config);
/// store.publish(TopicNameRef::parse("plant/7")?, b"on".to_vec(), now);
/// let outcome = store.publish(TopicNameRef::parse("plant/8")?, b"on".to_vec(), now);
/// assert_eq!(outcome, RetainOutcome::Refused(RetainRefusal::StoreFull { max: 1 }));
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RetainedConfig {
    /// Which subscriptions get retained messages.
    pub mode: RetainedMode,
    /// The most messages that are stored.
    pub max_messages: usize,
    /// How long a message is kept that is neither updated nor accessed.
    pub idle_expiry: Duration,
}

impl RetainedConfig {
    /// AWS IoT Core: exact filters, 500,000 messages, three years of 365 days.
    pub const AWS_IOT: Self = Self {
        mode: RetainedMode::Aws,
        max_messages: 500_000,
        idle_expiry: Duration::from_secs(3 * 365 * 86_400),
    };

    /// AWS IoT Core in the smaller Regions: 100,000 messages.
    pub const AWS_IOT_SMALL_REGION: Self = Self {
        max_messages: 100_000,
        ..Self::AWS_IOT
    };
}

impl Default for RetainedConfig {
    fn default() -> Self {
        Self::AWS_IOT
    }
}

/// What became of a message published with RETAIN.
///
/// # Examples
///
/// ```
/// use iot_topics::retained::{RetainOutcome, RetainedStore};
/// use iot_topics::{Timestamp, TopicNameRef};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut store = RetainedStore::default();
/// let outcome = store.publish(TopicNameRef::parse("plant/7")?, Vec::new(), now);
/// assert_eq!(outcome, RetainOutcome::Deleted { existed: false });
/// assert!(outcome.is_delivered());
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "callers must face each of the three"
)]
pub enum RetainOutcome {
    /// Stored, in place of the topic's earlier one. Live subscribers get it too.
    Stored {
        /// Whether there was an earlier one.
        replaced: bool,
    },
    /// The payload had no byte: the topic's message is deleted. Live subscribers get the empty
    /// message.
    Deleted {
        /// Whether there was one.
        existed: bool,
    },
    /// Neither stored nor delivered.
    Refused(RetainRefusal),
}

impl RetainOutcome {
    /// Whether the message goes to the subscribers of the moment, without the RETAIN flag.
    #[must_use]
    pub const fn is_delivered(self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}

/// Why a message is not retained.
///
/// # Examples
///
/// ```
/// use iot_topics::retained::{RetainOutcome, RetainRefusal, RetainedStore};
/// use iot_topics::{Timestamp, TopicNameRef};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let mut store = RetainedStore::default();
/// let update = TopicNameRef::parse("$aws/things/lamp/shadow/update")?;
/// let outcome = store.publish(update, b"{}".to_vec(), now);
/// let RetainOutcome::Refused(why) = outcome else { panic!("taken") };
/// assert_eq!(why, RetainRefusal::ReservedTopic);
/// assert_eq!(why.to_string(), "a message on a reserved topic is never retained");
/// assert!(store.is_empty(now));
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RetainRefusal {
    /// The topic starts with `$`.
    #[error("a message on a reserved topic is never retained")]
    ReservedTopic,
    /// The store is full: until some messages are deleted, every payload is throttled that is not
    /// empty, one that would replace a stored message too.
    #[error("the store is full with {max} messages")]
    StoreFull {
        /// The limit.
        max: usize,
    },
}

/// A message for one subscriber.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::retained::Delivery;
///
/// let payload = b"on".to_vec();
/// let delivery = Delivery::live(TopicNameRef::parse("plant/7")?, &payload);
/// assert!(!delivery.retain && delivery.payload == &payload);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Delivery<'s, P> {
    /// Its topic.
    pub name: TopicNameRef<'s>,
    /// Its payload.
    pub payload: &'s P,
    /// The RETAIN flag: set on a stored message sent at subscribe time, on no other.
    pub retain: bool,
    /// What is left of the message expiry interval, in whole seconds, rounded down.
    pub expires_in: Option<u64>,
}

impl<'s, P> Delivery<'s, P> {
    /// A message that is published now, for a subscriber of the moment: without the flag, even if
    /// it was published with RETAIN.
    pub const fn live(name: TopicNameRef<'s>, payload: &'s P) -> Self {
        Self {
            name,
            payload,
            retain: false,
            expires_in: None,
        }
    }
}

/// The retained messages of an account.
///
/// Payloads are whatever the broker has, as long as they tell their bytes: `Vec<u8>`, `Arc<[u8]>`.
///
/// A message is gone once its message expiry interval is over, or once it was neither updated nor
/// accessed for [`RetainedConfig::idle_expiry`]. An access is a delivery at subscribe time or a
/// [`RetainedStore::get`]; a listing is none. `now` never runs backwards: an earlier `now` counts
/// as the latest seen.
///
/// Cost, with n messages: publish, get and an exact subscription O(log n) name comparisons; a
/// wildcard subscription (mode [`RetainedMode::Mqtt311`] only) walks the names that start with the
/// text before its first wildcard, or before its `/#`. Memory: each name is held twice.
///
/// # Examples
///
/// ```
/// use iot_topics::retained::{RetainOutcome, RetainedStore};
/// use iot_topics::{Timestamp, TopicFilterRef, TopicNameRef};
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let name = TopicNameRef::parse("plant/7/config")?;
/// let mut store = RetainedStore::default();
///
/// let outcome = store.publish(name, b"on".to_vec(), now);
/// assert_eq!(outcome, RetainOutcome::Stored { replaced: false });
///
/// let exact = store.on_subscribe(TopicFilterRef::parse("plant/7/config")?, now);
/// assert!(exact.len() == 1 && exact[0].retain);
/// let wildcard = store.on_subscribe(TopicFilterRef::parse("plant/+/config")?, now);
/// assert!(wildcard.is_empty());
///
/// let outcome = store.publish(name, Vec::new(), now);
/// assert_eq!(outcome, RetainOutcome::Deleted { existed: true });
/// assert!(outcome.is_delivered());
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RetainedStore<P> {
    config: RetainedConfig,
    messages: BTreeMap<TopicName, Message<P>>,
    /// When each message is gone, the next one first.
    // INVARIANT: holds (t, name) exactly if `messages[name].gone_at == t`.
    deadlines: BTreeSet<(Timestamp, TopicName)>,
    latest: Timestamp,
}

#[derive(Clone, Debug)]
struct Message<P> {
    payload: P,
    gone_at: Timestamp,
    /// When the message expiry interval is over.
    expires_at: Option<Timestamp>,
}

impl<P> Default for RetainedStore<P> {
    fn default() -> Self {
        Self::new(RetainedConfig::AWS_IOT)
    }
}

impl<P> RetainedStore<P> {
    /// The least message expiry interval; AWS IoT takes 0 for it ("MQTT", message expiry).
    pub const MIN_MESSAGE_EXPIRY: Duration = Duration::from_secs(1);

    /// The greatest message expiry interval; AWS IoT takes it for any greater one.
    pub const MAX_MESSAGE_EXPIRY: Duration = Duration::from_secs(604_800);

    /// A store without messages.
    #[must_use]
    pub const fn new(config: RetainedConfig) -> Self {
        Self {
            config,
            messages: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            latest: Timestamp::from_millis(0),
        }
    }

    /// What a new subscription to `filter` gets at once, in the order of the names. A shared
    /// subscription gets nothing, and nobody gets anything for a filter with a wildcard in
    /// [`RetainedMode::Aws`].
    pub fn on_subscribe(
        &mut self,
        filter: TopicFilterRef<'_>,
        now: Timestamp,
    ) -> Vec<Delivery<'_, P>> {
        let now = self.advance(now);
        let names = self.names_for(filter);
        for name in &names {
            self.touch(name, now);
        }
        names
            .iter()
            .filter_map(|name| self.messages.get_key_value(name))
            .map(|(name, message)| Delivery {
                name: name.as_name_ref(),
                payload: &message.payload,
                retain: true,
                expires_in: message
                    .expires_at
                    .map(|at| at.saturating_since(now).as_secs()),
            })
            .collect()
    }

    /// The message of a topic, as the `GetRetainedMessage` API has it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::retained::RetainedStore;
    /// use iot_topics::{Timestamp, TopicNameRef};
    ///
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let mut store = RetainedStore::default();
    /// store.publish(TopicNameRef::parse("plant/7")?, b"on".to_vec(), now);
    /// assert_eq!(store.get(TopicNameRef::parse("plant/7")?, now), Some(&b"on".to_vec()));
    /// assert_eq!(store.get(TopicNameRef::parse("plant/8")?, now), None);
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    pub fn get(&mut self, name: TopicNameRef<'_>, now: Timestamp) -> Option<&P> {
        let now = self.advance(now);
        let name = name.to_owned();
        self.touch(&name, now);
        self.messages.get(&name).map(|message| &message.payload)
    }

    /// All messages in the order of their names, as the `ListRetainedMessages` API has them.
    /// Costs O(n).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::retained::RetainedStore;
    /// use iot_topics::{Timestamp, TopicNameRef};
    ///
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let mut store = RetainedStore::default();
    /// for name in ["plant/8", "plant/7"] {
    ///     store.publish(TopicNameRef::parse(name)?, b"on".to_vec(), now);
    /// }
    /// let names: Vec<&str> = store.iter(now).map(|(name, _)| name.as_str()).collect();
    /// assert_eq!(names, ["plant/7", "plant/8"]);
    /// assert_eq!(store.len(now), 2);
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    pub fn iter(&self, now: Timestamp) -> impl Iterator<Item = (TopicNameRef<'_>, &P)> {
        let now = now.max(self.latest);
        self.messages
            .iter()
            .filter(move |(_, message)| message.gone_at > now)
            .map(|(name, message)| (name.as_name_ref(), &message.payload))
    }

    /// How many messages are stored. Costs O(log n) for each message that has expired since the
    /// last call of any method.
    pub fn len(&mut self, now: Timestamp) -> usize {
        self.advance(now);
        self.messages.len()
    }

    /// Whether no message is stored. Costs as [`RetainedStore::len`].
    pub fn is_empty(&mut self, now: Timestamp) -> bool {
        self.len(now) == 0
    }

    /// When the next message expires. Expired messages are dropped by the next call of any
    /// method; nobody has to wait for this.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// The stored names that a subscription to `filter` gets.
    fn names_for(&self, filter: TopicFilterRef<'_>) -> Vec<TopicName> {
        // A shared filter never takes its own text: names with `$` are not retained, and the
        // subscription in it is not for one client.
        if filter.share_name().is_some() {
            return Vec::new();
        }
        // A filter without wildcards is a topic name, checked already against some limits.
        if let Ok(name) = TopicNameRef::parse_with(filter.as_str(), Limits::MQTT) {
            let stored = self.messages.contains_key(name.as_str());
            return stored.then(|| name.to_owned()).into_iter().collect();
        }
        match self.config.mode {
            RetainedMode::Aws => Vec::new(),
            RetainedMode::Mqtt311 => self
                .names_from(literal_prefix(filter.as_str()))
                .filter(|name| filter.matches_with(name.as_name_ref(), MatchMode::Mqtt))
                .cloned()
                .collect(),
        }
    }

    /// The stored names that start with `prefix`, in order.
    fn names_from(&self, prefix: &str) -> impl Iterator<Item = &TopicName> {
        // An empty prefix is no name: all are taken, from the first one.
        let from = TopicNameRef::parse_with(prefix, Limits::MQTT)
            .ok()
            .map(TopicNameRef::to_owned);
        let prefix = String::from(prefix);
        let bounds = (
            from.map_or(core::ops::Bound::Unbounded, core::ops::Bound::Included),
            core::ops::Bound::Unbounded,
        );
        self.messages
            .range(bounds)
            .map(|(name, _)| name)
            .take_while(move |name| name.as_str().starts_with(&prefix))
    }

    /// Puts the idle expiry of a message off, if it is stored.
    fn touch(&mut self, name: &TopicName, now: Timestamp) {
        let idle = now.saturating_add(self.config.idle_expiry);
        let Some(message) = self.messages.get_mut(name) else {
            return;
        };
        let gone_at = message.expires_at.map_or(idle, |at| at.min(idle));
        if gone_at != message.gone_at {
            self.deadlines.remove(&(message.gone_at, name.clone()));
            self.deadlines.insert((gone_at, name.clone()));
            message.gone_at = gone_at;
        }
    }

    fn remove(&mut self, name: &TopicName) -> bool {
        let Some(message) = self.messages.remove(name) else {
            return false;
        };
        self.deadlines.remove(&(message.gone_at, name.clone()));
        true
    }

    /// Drops what has expired and tells the time that counts.
    fn advance(&mut self, now: Timestamp) -> Timestamp {
        self.latest = self.latest.max(now);
        while self.poll_timeout().is_some_and(|at| at <= self.latest) {
            if let Some((_, name)) = self.deadlines.pop_first() {
                self.messages.remove(&name);
            }
        }
        self.latest
    }
}

impl<P: AsRef<[u8]>> RetainedStore<P> {
    /// Takes in a message published with RETAIN: stores it, or deletes the topic's message if the
    /// payload is empty.
    ///
    /// Whether the client may do so (`iot:RetainPublish`), and how often, is decided elsewhere.
    pub fn publish(&mut self, name: TopicNameRef<'_>, payload: P, now: Timestamp) -> RetainOutcome {
        self.store(name, payload, None, now)
    }

    /// As [`RetainedStore::publish`], with an MQTT 5 message expiry interval, which AWS IoT takes
    /// for at least 1 second and at most 7 days.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::time::Duration;
    /// use iot_topics::retained::RetainedStore;
    /// use iot_topics::{Timestamp, TopicFilterRef, TopicNameRef};
    ///
    /// let at = |secs: u64| Timestamp::from_secs(1_700_000_000 + secs);
    /// let name = TopicNameRef::parse("plant/7")?;
    /// let mut store = RetainedStore::default();
    /// store.publish_with_expiry(name, b"on".to_vec(), Duration::from_secs(60), at(0));
    /// assert_eq!(store.poll_timeout(), Some(at(60)));
    /// let deliveries = store.on_subscribe(TopicFilterRef::parse("plant/7")?, at(45));
    /// assert_eq!(deliveries[0].expires_in, Some(15));
    /// assert_eq!(store.get(name, at(60)), None);
    ///
    /// let week = RetainedStore::<Vec<u8>>::MAX_MESSAGE_EXPIRY;
    /// store.publish_with_expiry(name, b"on".to_vec(), Duration::MAX, at(60)); // cut to 7 days
    /// assert_eq!(store.poll_timeout(), Some(at(60).saturating_add(week)));
    /// let second = RetainedStore::<Vec<u8>>::MIN_MESSAGE_EXPIRY;
    /// store.publish_with_expiry(name, b"on".to_vec(), Duration::ZERO, at(61)); // raised to 1 s
    /// assert_eq!(store.poll_timeout(), Some(at(61).saturating_add(second)));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    pub fn publish_with_expiry(
        &mut self,
        name: TopicNameRef<'_>,
        payload: P,
        message_expiry: Duration,
        now: Timestamp,
    ) -> RetainOutcome {
        let interval = message_expiry.clamp(Self::MIN_MESSAGE_EXPIRY, Self::MAX_MESSAGE_EXPIRY);
        self.store(name, payload, Some(interval), now)
    }

    fn store(
        &mut self,
        name: TopicNameRef<'_>,
        payload: P,
        message_expiry: Option<Duration>,
        now: Timestamp,
    ) -> RetainOutcome {
        let now = self.advance(now);
        if name.is_reserved() {
            return RetainOutcome::Refused(RetainRefusal::ReservedTopic);
        }
        let name = name.to_owned();
        if payload.as_ref().is_empty() {
            let existed = self.remove(&name);
            return RetainOutcome::Deleted { existed };
        }
        let max = self.config.max_messages;
        if self.messages.len() >= max {
            return RetainOutcome::Refused(RetainRefusal::StoreFull { max });
        }
        let replaced = self.remove(&name);
        let idle = now.saturating_add(self.config.idle_expiry);
        let expires_at = message_expiry.map(|interval| now.saturating_add(interval));
        let gone_at = expires_at.map_or(idle, |at| at.min(idle));
        self.deadlines.insert((gone_at, name.clone()));
        let message = Message {
            payload,
            gone_at,
            expires_at,
        };
        self.messages.insert(name, message);
        RetainOutcome::Stored { replaced }
    }
}

/// The text that every name starts with that the filter takes by the rules of
/// [`MatchMode::Mqtt`]: for `a/+` it is `a/`, for `a/#` only `a`, since that takes the parent too.
fn literal_prefix(filter: &str) -> &str {
    let literal = filter.split(['+', '#']).next().unwrap_or_default();
    match filter.strip_suffix("/#") {
        Some(parent) if parent.len() < literal.len() => parent,
        _ => literal,
    }
}
