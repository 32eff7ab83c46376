//! Connections that are open at once: shared certificates and conflicting client ids.
//!
//! Sources: developer guide, "Device certificate shared" and "Conflicting MQTT client IDs".

mod evidence;
mod many;
mod part;
mod table;
mod window;

use alloc::collections::BTreeMap;

use iot_topics::Timestamp;

pub use evidence::{Evidence, Session};
use part::{At, Change, Part};
use table::Table;
use window::Rule;
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

    /// With other names for the three.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::Connection;
    ///
    /// let connection = Connection::new("certificate", "lamp-7", "session-1");
    /// assert_eq!(connection.map(str::len), Connection::new(11, 6, 9));
    /// ```
    pub fn map<U>(self, mut name: impl FnMut(T) -> U) -> Connection<U> {
        Connection {
            key: name(self.key),
            user: name(self.user),
            session: name(self.session),
        }
    }
}

/// A history of connections, as far as it was told: events go in one by one, findings come out
/// (developer guide, "Device certificate shared" and "Conflicting MQTT client IDs").
///
/// It holds the sessions that are open, and for a key with a finding its evidence. A history can
/// be cut anywhere, each piece taken in by itself (on another machine), and the pieces merged from
/// left to right or in any grouping: what comes out is the same. A piece that is not the first
/// holds more, for the sake of the pieces before it: the ends of sessions that it did not see
/// begin, and for each key a few of its sessions.
///
/// # What the caller sees to
///
/// The events of a key come in the order of their time (those of different keys as they like), of
/// one session the start first, and pieces are merged in the order of theirs. A session has an id
/// that no other of its key has.
///
/// An event may be told again: the start of a session that is open changes nothing, nor does the
/// end of one that is not, but for its reason. An id may be used again behind the end of its
/// session. Whether a piece repeats what the piece before it told is not seen in every case: such
/// a session can count as another one. Events in another order have an answer too, the same for
/// the same events; but an overlap can be missed, and instants are shown as they were told.
///
/// # Cost
///
/// An event costs time logarithmic in what is held, amortised, however many sessions of its key are
/// open: the changes of keys that are near each other wait for each other, a quarter as many as
/// there are keys at most. A merge costs as many events as the later piece holds.
///
/// An open session takes its three names and 16 bytes, and nearly as much again for what waits and
/// is reserved, if its key has no other; the two checks are two histories. For a fleet, let `T` be
/// a number or a digest of a name, and look up the few names that are in findings, in a second
/// reading of the log or in a table of your own: with digests of 64 bits a session takes 75 bytes
/// in each history. The second example does so.
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
///
/// Names of any length, as digests:
///
/// ```
/// use iot_defender::audit::{AuditWindow, Connection, ConnectionHistory, Overlap};
/// use iot_topics::Timestamp;
/// use sha2::{Digest, Sha256};
///
/// // Of 64 bits: among ten million names two are the same once in 370,000 fleets. It may be wider.
/// fn digest(name: &str) -> u64 {
///     let digest = Sha256::digest(name);
///     digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
/// }
///
/// let at = Timestamp::from_secs;
/// let window = AuditWindow::new(at(0), at(1_000));
/// let log = [("lamp-7", "certificate", "a", 10), ("lamp-7", "certificate", "b", 20)];
/// let mut history = ConnectionHistory::new(Overlap::ConflictingClientId, window);
/// for (client, principal, session, instant) in log {
///     let connection = Connection::new(client, principal, session);
///     history.connect(connection.map(digest), at(instant));
/// }
/// let findings = history.findings();
/// // The second reading: of the names, only those that were found.
/// let names = log.iter().filter(|(client, ..)| findings.contains_key(&digest(client)));
/// assert_eq!(names.count(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct ConnectionHistory<T> {
    rule: Rule,
    keys: Table<T, Part<T>, Change<T>>,
}

impl<T: Ord + Clone> ConnectionHistory<T> {
    /// A history, or the first piece of one.
    #[must_use]
    pub const fn new(overlap: Overlap, window: AuditWindow) -> Self {
        Self {
            rule: Rule {
                overlap,
                window,
                is_continued: false,
            },
            keys: Table::new(),
        }
    }

    /// A piece of a history that others come before.
    #[must_use]
    pub fn continued(overlap: Overlap, window: AuditWindow) -> Self {
        let mut piece = Self::new(overlap, window);
        piece.rule.is_continued = true;
        piece
    }

    /// A connection begins.
    pub fn connect(&mut self, connection: Connection<T>, at: Timestamp) {
        let (key, begun) = connection.at(at);
        self.change(key, Change::Begin(begun));
    }

    /// A connection ends; `duplicate`: for the reason `DUPLICATE_CLIENTID`.
    pub fn disconnect(&mut self, connection: Connection<T>, at: Timestamp, duplicate: bool) {
        let (key, ended) = connection.at(at);
        let end = if duplicate {
            Change::EndAsDuplicate
        } else {
            Change::End
        };
        self.change(key, end(ended));
    }

    /// Puts the piece behind this one to it. Both are of the same overlap and window; those of
    /// this one hold.
    pub fn merge(&mut self, later: Self) {
        let rule = later.rule;
        for (key, part) in later
            .keys
            .into_entries(move |part, change| Part::after(part, change, rule))
        {
            self.change(key, Change::Later(part));
        }
    }

    /// Each key that was used twice at once, with the first instance: that whose later session
    /// began first. The cost is linear in what is held.
    #[must_use]
    pub fn findings(&self) -> BTreeMap<&T, Evidence<T>> {
        let rule = self.rule;
        let mut findings = BTreeMap::new();
        self.keys.visit(
            |part, change| Part::after(part, change, rule),
            |key, part| {
                if let Some(evidence) = part.finding(rule) {
                    findings.insert(key, evidence);
                }
            },
        );
        findings
    }

    fn change(&mut self, key: T, change: Change<T>) {
        let rule = self.rule;
        self.keys
            .push(key, change, |part, change| Part::after(part, change, rule));
    }
}

impl<T> Connection<T> {
    fn at(self, at: Timestamp) -> (T, At<T>) {
        let Self { key, user, session } = self;
        let id = session;
        (key, At { id, user, at })
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
                pairs.any(|(a, b, from, to)| {
                    let first = if a.1 < b.1 { end(a) } else { end(b) };
                    let until = if a.1 == b.1 { to } else { first };
                    from < until && (5..=25).contains(&from)
                }) || rows.iter().any(|row| row.3 && (5..=25).contains(&end(row)))
            }
        }
    }

    /// What is found of sessions that are open from one second to another, told as they begin.
    fn conflict(sessions: &[(u64, u64)]) -> Option<Vec<u8>> {
        let row = |(begin, end): &(u64, u64)| (0, *begin, end - begin, false);
        let rows: Vec<Row> = sessions.iter().map(row).collect();
        let mut history = ConnectionHistory::new(Overlap::ConflictingClientId, WINDOW);
        feed(&mut history, &rows, &events(&rows));
        let evidence = history.findings().remove(&0)?;
        Some(evidence.sessions().map(|session| session.id).collect())
    }

    #[test]
    fn a_session_that_ends_as_it_begins_conflicts_with_one_open_before_and_after() {
        assert_eq!(conflict(&[(10, 20), (15, 15)]), Some([1, 0].into()));
        assert_eq!(conflict(&[(10, 32), (15, 15)]), Some([1, 0].into()));
        assert_eq!(conflict(&[(10, 40), (15, 15)]), Some([1, 0].into())); // stays open
        assert_eq!(conflict(&[(10, 40), (25, 25)]), Some([1, 0].into())); // the last of the window
        // Before and behind the window.
        assert_eq!(conflict(&[(1, 40), (4, 4), (26, 26)]), None);
        // One takes over from another.
        assert_eq!(conflict(&[(10, 15), (15, 20)]), None);
        assert_eq!(conflict(&[(10, 15), (15, 15), (15, 20)]), None);
        // Of one instant.
        assert_eq!(conflict(&[(15, 15), (15, 20)]), None);
        assert_eq!(conflict(&[(15, 15), (15, 15)]), None);
        assert_eq!(conflict(&[(15, 16), (15, 20)]), Some([1, 0].into()));
        // The first of all is shown.
        assert_eq!(
            conflict(&[(10, 40), (16, 16), (15, 15)]),
            Some([2, 0].into())
        );
        assert_eq!(
            conflict(&[(10, 40), (15, 20), (15, 15)]),
            Some([1, 0].into())
        );
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
