//! Connections that are open at once: shared certificates and conflicting client ids.
//!
//! Sources: developer guide, "Device certificate shared" and "Conflicting MQTT client IDs".

mod evidence;
mod part;
mod window;

use alloc::collections::BTreeMap;

use iot_topics::Timestamp;

pub use evidence::{Evidence, Session};
use part::Part;
pub use window::{AuditWindow, Overlap};

/// A connection that begins or ends.
///
/// `T` is what the caller has for names: texts, or numbers that stand for them.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::Connection;
///
/// let connection = Connection::new("certificate", "lamp-7", "session-1");
/// assert_eq!(connection.key, "certificate");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Connection<T> {
    /// What must not be used twice at once: the certificate, or the client id.
    pub key: T,
    /// Who uses it: the client id, or the principal.
    pub user: T,
    /// The session, by which its end is known; its own among those of the key.
    pub session: T,
}

impl<T> Connection<T> {
    /// From the three.
    #[must_use]
    pub const fn new(key: T, user: T, session: T) -> Self {
        Self { key, user, session }
    }
}

/// A history of connections, as far as it was told: events go in one by one, findings come out.
///
/// It holds the sessions that are open, and for a key with a finding its evidence. A history can
/// be cut anywhere, each piece taken in by itself (on another machine), and the pieces merged from
/// left to right or in any grouping: what comes out is the same. A piece that is not the first
/// holds more, for the sake of the pieces before it: the ends of sessions that it did not see
/// begin, and for each key two of its sessions.
///
/// The cost of an event is logarithmic in what is held, and linear in the open sessions of its key
/// that could be evidence.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AuditWindow, Connection, ConnectionHistory, Overlap};
/// use iot_topics::Timestamp;
///
/// let at = Timestamp::from_secs;
/// let window = AuditWindow::new(at(0), at(1_000));
/// let lamp = Connection::new("certificate", "lamp", "1");
/// let copy = Connection::new("certificate", "copy", "2");
///
/// let mut morning = ConnectionHistory::new(Overlap::SharedCertificate, window);
/// morning.connect(lamp, at(10));
/// let mut evening = ConnectionHistory::continued(Overlap::SharedCertificate, window);
/// evening.connect(copy, at(20));
/// evening.disconnect(lamp, at(30), false);
///
/// morning.merge(evening);
/// let findings = morning.findings();
/// let (key, evidence) = findings.first_key_value().unwrap();
/// assert_eq!(*key, &"certificate");
/// assert_eq!(evidence.sessions().map(|session| session.user).collect::<Vec<_>>(), ["copy", "lamp"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionHistory<T> {
    overlap: Overlap,
    window: AuditWindow,
    is_continued: bool,
    parts: BTreeMap<T, Part<T>>,
}

impl<T: Ord + Clone> ConnectionHistory<T> {
    /// A history, or the first piece of one.
    #[must_use]
    pub const fn new(overlap: Overlap, window: AuditWindow) -> Self {
        Self {
            overlap,
            window,
            is_continued: false,
            parts: BTreeMap::new(),
        }
    }

    /// A piece of a history that others come before.
    #[must_use]
    pub fn continued(overlap: Overlap, window: AuditWindow) -> Self {
        Self {
            is_continued: true,
            ..Self::new(overlap, window)
        }
    }

    /// A connection begins.
    pub fn connect(&mut self, connection: Connection<T>, at: Timestamp) {
        let Connection { key, user, session } = connection;
        self.parts
            .entry(key)
            .or_default()
            .open(Session::new(session, user, Some(at), None));
    }

    /// A connection ends; `duplicate`: for the reason `DUPLICATE_CLIENTID`.
    pub fn disconnect(&mut self, connection: Connection<T>, at: Timestamp, duplicate: bool) {
        let Connection { key, user, session } = connection;
        let rule = (self.overlap, self.window);
        let is_continued = self.is_continued;
        let ended = Session::new(session, user, None, Some(at));
        if let Some(part) = self.parts.get_mut(&key) {
            part.close(ended, duplicate, rule, is_continued);
            if part.is_empty() {
                self.parts.remove(&key);
            }
            return;
        }
        // A session from before the history, of a key that nothing is known of.
        let mut part = Part::default();
        part.close(ended, duplicate, rule, is_continued);
        if !part.is_empty() {
            self.parts.insert(key, part);
        }
    }

    /// Puts the piece behind this one to it. Both are of the same overlap and window; those of
    /// this one hold.
    pub fn merge(&mut self, later: Self) {
        let rule = (self.overlap, self.window);
        for (key, part) in later.parts {
            let own = self.parts.entry(key.clone()).or_default();
            own.merge(part, rule, self.is_continued);
            if own.is_empty() {
                self.parts.remove(&key);
            }
        }
    }

    /// Each key that was used twice at once, with the first instance: that whose later session
    /// began first.
    #[must_use]
    pub fn findings(&self) -> BTreeMap<&T, Evidence<T>> {
        let rule = (self.overlap, self.window);
        let parts = self.parts.iter();
        parts
            .filter_map(|(key, part)| Some((key, part.finding(rule)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    const WINDOW: AuditWindow = AuditWindow::new(Timestamp::from_secs(5), Timestamp::from_secs(25));

    /// A session: its user, begin, length, and whether it ends as a duplicate.
    type Row = (u8, u64, u64, bool);

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let row = (0_u8..3, 0_u64..30, 0_u64..12, prop::bool::weighted(0.05));
        proptest::collection::vec(row, 0..9)
    }

    /// Instant, session, whether it begins. Sessions that would end at 33 or later stay open.
    fn events(rows: &[Row]) -> Vec<(u64, u8, bool)> {
        let mut events = Vec::new();
        for ((_, begin, length, _), session) in rows.iter().zip(0..) {
            events.push((*begin, session, true));
            if begin + length < 33 {
                events.push((begin + length, session, false));
            }
        }
        // Stable: the begin of a session of no length stays before its end.
        events.sort_by_key(|(at, ..)| *at);
        events
    }

    fn feed(history: &mut ConnectionHistory<u8>, rows: &[Row], events: &[(u64, u8, bool)]) {
        for (at, session, begins) in events {
            let (user, .., duplicate) = rows[usize::from(*session)];
            let connection = Connection::new(0, user, *session);
            let at = Timestamp::from_secs(*at);
            if *begins {
                history.connect(connection, at);
            } else {
                history.disconnect(connection, at, duplicate);
            }
        }
    }

    /// Looks at each pair of sessions.
    fn slow(overlap: Overlap, rows: &[Row]) -> bool {
        let end = |row: &Row| {
            Some(row.1 + row.2)
                .filter(|end| *end < 33)
                .unwrap_or(u64::MAX)
        };
        let pairs = rows
            .iter()
            .enumerate()
            .flat_map(|(at, a)| rows.iter().skip(at + 1).map(move |b| (a, b)));
        let mut pairs = pairs.map(|(a, b)| (a, b, a.1.max(b.1), end(a).min(end(b))));
        match overlap {
            Overlap::SharedCertificate => {
                pairs.any(|(a, b, from, to)| a.0 != b.0 && from.max(5) < to.min(25))
            }
            Overlap::ConflictingClientId => {
                pairs.any(|(_, _, from, to)| from < to && (5..=25).contains(&from))
                    || rows.iter().any(|row| row.3 && (5..=25).contains(&end(row)))
            }
        }
    }

    proptest! {
        #[test]
        fn finds_what_pairs_show(rows in rows(), shared in any::<bool>()) {
            let overlap = if shared { Overlap::SharedCertificate } else { Overlap::ConflictingClientId };
            let mut history = ConnectionHistory::new(overlap, WINDOW);
            feed(&mut history, &rows, &events(&rows));
            prop_assert_eq!(!history.findings().is_empty(), slow(overlap, &rows));
        }

        #[test]
        fn cuts_change_nothing(
            rows in rows(),
            shared in any::<bool>(),
            cuts in (0.0..=1.0_f64, 0.0..=1.0_f64),
            right_first in any::<bool>(),
        ) {
            let overlap = if shared { Overlap::SharedCertificate } else { Overlap::ConflictingClientId };
            let events = events(&rows);
            let mut whole = ConnectionHistory::new(overlap, WINDOW);
            feed(&mut whole, &rows, &events);

            let cut = |at: f64| (at * events.len() as f64) as usize;
            let (from, to) = (cut(cuts.0.min(cuts.1)), cut(cuts.0.max(cuts.1)));
            let mut first = ConnectionHistory::new(overlap, WINDOW);
            feed(&mut first, &rows, &events[..from]);
            let mut second = ConnectionHistory::continued(overlap, WINDOW);
            feed(&mut second, &rows, &events[from..to]);
            let mut third = ConnectionHistory::continued(overlap, WINDOW);
            feed(&mut third, &rows, &events[to..]);
            if right_first {
                second.merge(third);
                first.merge(second);
            } else {
                first.merge(second);
                first.merge(third);
            }
            prop_assert_eq!(first.findings(), whole.findings());
        }
    }
}
