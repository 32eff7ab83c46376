//! Who is online, from lifecycle events that come late, twice and in any order.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::time::Duration;

use crate::ident::ClientId;
use crate::time::Timestamp;

/// The two kinds of presence events.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::{PresenceEvent, PresenceKind, PresenceTracker};
/// use iot_topics::{ClientId, Timestamp};
///
/// let client: ClientId = "ratchet".parse()?;
/// let at = Timestamp::from_secs(100);
/// let mut tracker = PresenceTracker::default();
/// // The two events of one short connection, in the wrong order: it is over.
/// for kind in [PresenceKind::Disconnected, PresenceKind::Connected] {
///     tracker.observe(PresenceEvent { client: &client, kind, version: 1, at }, at);
/// }
/// assert_eq!(tracker.confirm(Timestamp::from_secs(105)), [client]);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a client is connected or not, callers must face both"
)]
pub enum PresenceKind {
    /// From `$aws/events/presence/connected/<clientId>`.
    // INVARIANT: ahead of `Disconnected`, for the two share a version and come in this order.
    Connected,
    /// From `$aws/events/presence/disconnected/<clientId>`.
    Disconnected,
}

/// What a tracker needs of a presence event.
///
/// # Examples
///
/// ```
/// use iot_topics::Timestamp;
/// use iot_topics::lifecycle::{Change, PresenceEvent, PresenceKind, PresenceTracker};
///
/// let event = PresenceEvent {
///     client: &"ratchet".parse()?,
///     kind: PresenceKind::Connected,
///     version: 0,
///     at: Timestamp::from_secs(100),
/// };
/// let mut tracker = PresenceTracker::default();
/// let now = Timestamp::from_secs(101);
/// assert_eq!(tracker.observe(event, now), Change::Online);
/// assert_eq!(tracker.observe(event, now), Change::Stale); // delivered twice
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers build it from the event they received"
)]
pub struct PresenceEvent<'a> {
    /// `clientId`.
    pub client: &'a ClientId,
    /// `eventType`.
    pub kind: PresenceKind,
    /// `versionNumber`: grows with each connection of the client, and starts over at 0 after a
    /// long absence. A connection's two events share it.
    pub version: u64,
    /// `timestamp`: about when it happened.
    pub at: Timestamp,
}

/// What an event changed.
///
/// # Examples
///
/// ```
/// use iot_topics::Timestamp;
/// use iot_topics::lifecycle::{Change, PresenceEvent, PresenceKind, PresenceTracker};
///
/// let client = "ratchet".parse()?;
/// let gone = Timestamp::from_secs(100);
/// let event = PresenceEvent {
///     client: &client,
///     kind: PresenceKind::Disconnected,
///     version: 7,
///     at: gone,
/// };
/// let mut tracker = PresenceTracker::default();
/// let confirm_at = Timestamp::from_secs(105); // five seconds to come back in
/// assert_eq!(tracker.observe(event, gone), Change::Offline { confirm_at });
///
/// let back = PresenceEvent { kind: PresenceKind::Connected, version: 8, ..event };
/// assert_eq!(tracker.observe(back, gone), Change::Online);
/// assert_eq!(tracker.confirm(confirm_at), []);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "callers must face each of the three"
)]
pub enum Change {
    /// The client is connected. What was to be done about its absence is off.
    Online,
    /// The client went away. Act only if it is still away at `confirm_at`.
    Offline {
        /// When the absence counts.
        confirm_at: Timestamp,
    },
    /// A duplicate, or older than what is known: nothing changed.
    Stale,
}

/// Where a client is.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::{Presence, PresenceEvent, PresenceKind, PresenceTracker};
/// use iot_topics::{ClientId, Timestamp};
///
/// let client: ClientId = "ratchet".parse()?;
/// let at = Timestamp::from_secs(100);
/// let mut tracker = PresenceTracker::default();
/// let kind = PresenceKind::Disconnected;
/// tracker.observe(PresenceEvent { client: &client, kind, version: 1, at }, at);
///
/// let confirm_at = Timestamp::from_secs(105);
/// assert_eq!(tracker.presence(&client, at), Some(Presence::Leaving { confirm_at }));
/// assert_eq!(tracker.presence(&client, confirm_at), Some(Presence::Offline));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "callers must face each of the three"
)]
pub enum Presence {
    /// Connected.
    Online,
    /// Disconnected, but not for long enough to act on it.
    Leaving {
        /// When the absence counts.
        confirm_at: Timestamp,
    },
    /// Disconnected.
    Offline,
}

/// The times of a [`PresenceTracker`].
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_topics::lifecycle::{PresenceConfig, PresenceTracker};
///
/// let mut config = PresenceConfig::AWS_IOT;
/// config.confirm_after = Duration::from_secs(30);
/// assert_eq!(PresenceTracker::new(config).poll_timeout(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PresenceConfig {
    /// How long a client is away before AWS IoT starts its `versionNumber` over: about an hour,
    /// or the expiry of its persistent session. With several expiries in a fleet, the shortest.
    pub reset_after: Duration,
    /// How long to wait before acting on a disconnect.
    pub confirm_after: Duration,
}

impl PresenceConfig {
    /// One hour and five seconds, as "Lifecycle events" has them.
    pub const AWS_IOT: Self = Self {
        reset_after: Duration::from_secs(3_600),
        confirm_after: Duration::from_secs(5),
    };
}

impl Default for PresenceConfig {
    fn default() -> Self {
        Self::AWS_IOT
    }
}

/// Follows the lifecycle events of many clients: who is online, whose absence is confirmed, who
/// has been silent for too long.
///
/// Events are delivered at least once and in any order. Of two events of a client whose
/// timestamps are less than half of [`PresenceConfig::reset_after`] apart, the one with the
/// greater version is the later (and of one connection's two events, the disconnect); else the
/// one with the later timestamp, since the version may have started over in between. So the state
/// does not depend on the order of arrival, as long as AWS's clocks and `now` agree to within that
/// half.
///
/// `now` never runs backwards: an earlier `now` counts as the latest seen. An event's timestamp
/// that lies ahead of `now` counts as `now`.
///
/// Memory: one entry for each client until [`PresenceTracker::forget`]. Each call costs
/// O(log clients), but for the listings.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::{Change, PresenceEvent, PresenceKind, PresenceTracker};
/// use iot_topics::{ClientId, Timestamp};
///
/// let client: ClientId = "ratchet".parse()?;
/// let mut tracker = PresenceTracker::default();
/// let event = |kind, version, secs| PresenceEvent {
///     client: &client,
///     kind,
///     version,
///     at: Timestamp::from_secs(secs),
/// };
///
/// // Took over by a second connection: the new connect arrives ahead of the old disconnect.
/// tracker.observe(event(PresenceKind::Connected, 4, 100), Timestamp::from_secs(101));
/// let new = tracker.observe(event(PresenceKind::Connected, 5, 160), Timestamp::from_secs(161));
/// assert_eq!(new, Change::Online);
/// let old = tracker.observe(event(PresenceKind::Disconnected, 4, 160), Timestamp::from_secs(162));
/// assert_eq!(old, Change::Stale);
///
/// let gone = tracker.observe(event(PresenceKind::Disconnected, 5, 200), Timestamp::from_secs(201));
/// assert_eq!(gone, Change::Offline { confirm_at: Timestamp::from_secs(206) });
/// assert_eq!(tracker.poll_timeout(), Some(Timestamp::from_secs(206)));
/// assert_eq!(tracker.confirm(Timestamp::from_secs(205)), []);
/// assert_eq!(tracker.confirm(Timestamp::from_secs(206)), [client.clone()]);
/// assert!(tracker.forget(&client)); // the device is scrapped
/// assert_eq!(tracker.presence(&client, Timestamp::from_secs(206)), None);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PresenceTracker {
    config: PresenceConfig,
    clients: BTreeMap<ClientId, Client>,
    /// Absences that are not confirmed, the next one first.
    // INVARIANT: holds (t, c) exactly if the client c has `unconfirmed == Some(t)`.
    unconfirmed: BTreeSet<(Timestamp, ClientId)>,
    latest: Timestamp,
}

#[derive(Clone, Copy, Debug, Default)]
struct Client {
    /// The latest presence event; none of a client known by its messages alone.
    last_event: Option<Seen>,
    unconfirmed: Option<Timestamp>,
    heard: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    version: u64,
    kind: PresenceKind,
    at: Timestamp,
}

impl Seen {
    fn is_later_than(self, other: Self, same_epoch: Duration) -> bool {
        let apart = self
            .at
            .saturating_since(other.at)
            .max(other.at.saturating_since(self.at));
        if apart < same_epoch {
            (self.version, self.kind) > (other.version, other.kind)
        } else {
            self.at > other.at
        }
    }
}

impl PresenceTracker {
    /// A tracker that knows no client.
    #[must_use]
    pub const fn new(config: PresenceConfig) -> Self {
        Self {
            config,
            clients: BTreeMap::new(),
            unconfirmed: BTreeSet::new(),
            latest: Timestamp::from_millis(0),
        }
    }

    /// Takes in one event, which came at `now`.
    pub fn observe(&mut self, event: PresenceEvent<'_>, now: Timestamp) -> Change {
        let now = self.advance(now);
        let seen = Seen {
            version: event.version,
            kind: event.kind,
            at: event.at.min(now),
        };
        let client = self.clients.entry(event.client.clone()).or_default();
        client.heard = client.heard.max(seen.at);
        // At least 1 ms, so that of two events at one instant the version decides.
        let same_epoch = (self.config.reset_after / 2).max(Duration::from_millis(1));
        if let Some(known) = client.last_event
            && !seen.is_later_than(known, same_epoch)
        {
            return Change::Stale;
        }
        client.last_event = Some(seen);
        if let Some(at) = client.unconfirmed.take() {
            self.unconfirmed.remove(&(at, event.client.clone()));
        }
        match event.kind {
            PresenceKind::Connected => Change::Online,
            PresenceKind::Disconnected => {
                let confirm_at = now.saturating_add(self.config.confirm_after);
                client.unconfirmed = Some(confirm_at);
                self.unconfirmed.insert((confirm_at, event.client.clone()));
                Change::Offline { confirm_at }
            }
        }
    }

    /// Notes that a message of the client came at `now`: a status check, telemetry. It counts
    /// against silence and says nothing about the connection.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::time::Duration;
    ///
    /// use iot_topics::lifecycle::PresenceTracker;
    /// use iot_topics::{ClientId, Timestamp};
    ///
    /// let client: ClientId = "ratchet".parse()?;
    /// let mut tracker = PresenceTracker::default();
    /// tracker.heard(&client, Timestamp::from_secs(100));
    /// let now = Timestamp::from_secs(701);
    /// assert_eq!(tracker.presence(&client, now), None); // connected or not: unknown
    /// let silent: Vec<_> = tracker.silent(Duration::from_secs(600), now).collect();
    /// assert_eq!(silent, [(&client, Timestamp::from_secs(100))]);
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn heard(&mut self, client: &ClientId, now: Timestamp) {
        let now = self.advance(now);
        let client = self.clients.entry(client.clone()).or_default();
        client.heard = client.heard.max(now);
    }

    /// Where the client is; `None` if no presence event of it is known.
    #[must_use]
    pub fn presence(&self, client: &ClientId, now: Timestamp) -> Option<Presence> {
        let client = self.clients.get(client)?;
        let now = now.max(self.latest);
        Some(match (client.last_event?.kind, client.unconfirmed) {
            (PresenceKind::Connected, _) => Presence::Online,
            (PresenceKind::Disconnected, Some(confirm_at)) if confirm_at > now => {
                Presence::Leaving { confirm_at }
            }
            (PresenceKind::Disconnected, _) => Presence::Offline,
        })
    }

    /// When [`PresenceTracker::confirm`] next has something to tell.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.unconfirmed.first().map(|(at, _)| *at)
    }

    /// The clients whose absence is confirmed by `now`, in the order of their deadlines. Each
    /// absence is told once. Costs O(log clients) for each client told.
    pub fn confirm(&mut self, now: Timestamp) -> Vec<ClientId> {
        let now = self.advance(now);
        let mut confirmed = Vec::new();
        while self.poll_timeout().is_some_and(|at| at <= now) {
            let Some((_, id)) = self.unconfirmed.pop_first() else {
                break;
            };
            if let Some(client) = self.clients.get_mut(&id) {
                client.unconfirmed = None;
            }
            confirmed.push(id);
        }
        confirmed
    }

    /// The clients of which nothing, neither event nor message, has been heard for longer than
    /// `silence`, with when each was last heard, in the order of their identifiers. A connected
    /// client can be silent too. Costs O(clients).
    ///
    /// # Examples
    ///
    /// ```
    /// use core::time::Duration;
    ///
    /// use iot_topics::lifecycle::PresenceTracker;
    /// use iot_topics::{ClientId, Timestamp};
    ///
    /// let (lamp, pump): (ClientId, ClientId) = ("lamp".parse()?, "pump".parse()?);
    /// let mut tracker = PresenceTracker::default();
    /// tracker.heard(&lamp, Timestamp::from_secs(100));
    /// tracker.heard(&pump, Timestamp::from_secs(200));
    /// let silent = tracker.silent(Duration::from_secs(60), Timestamp::from_secs(200));
    /// assert_eq!(silent.collect::<Vec<_>>(), [(&lamp, Timestamp::from_secs(100))]);
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn silent(
        &self,
        silence: Duration,
        now: Timestamp,
    ) -> impl Iterator<Item = (&ClientId, Timestamp)> {
        let now = now.max(self.latest);
        self.clients
            .iter()
            .filter(move |(_, client)| now.saturating_since(client.heard) > silence)
            .map(|(id, client)| (id, client.heard))
    }

    /// Drops all that is known of the client; whether anything was. A late event of it counts as
    /// its first.
    pub fn forget(&mut self, client: &ClientId) -> bool {
        let Some(known) = self.clients.remove(client) else {
            return false;
        };
        if let Some(at) = known.unconfirmed {
            self.unconfirmed.remove(&(at, client.clone()));
        }
        true
    }

    fn advance(&mut self, now: Timestamp) -> Timestamp {
        self.latest = self.latest.max(now);
        self.latest
    }
}
