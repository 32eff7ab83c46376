//! What a finding about connections shows.

use iot_topics::Timestamp;

/// A session.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::Session;
///
/// let session = Session::new("session", "lamp-7", None, None);
/// assert_eq!(session.connected, None); // before the history began
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Session<T> {
    /// Its id.
    pub id: T,
    /// Who uses it.
    pub user: T,
    /// When it began; `None`: before the history.
    pub connected: Option<Timestamp>,
    /// When it ended; `None`: it is open.
    pub disconnected: Option<Timestamp>,
}

impl<T> Session<T> {
    /// From its parts.
    #[must_use]
    pub const fn new(
        id: T,
        user: T,
        connected: Option<Timestamp>,
        disconnected: Option<Timestamp>,
    ) -> Self {
        Self {
            id,
            user,
            connected,
            disconnected,
        }
    }
}

/// The first time that a key was used twice at once.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AuditWindow, Connection, ConnectionHistory, Overlap};
/// use iot_topics::Timestamp;
///
/// let at = Timestamp::from_secs;
/// let window = AuditWindow::new(at(0), at(1_000));
/// let mut history = ConnectionHistory::new(Overlap::ConflictingClientId, window);
/// history.disconnect(Connection::new("lamp", "principal", "1"), at(7), true);
///
/// let findings = history.findings();
/// let evidence = &findings[&"lamp"];
/// assert_eq!(evidence.at(), at(7));
/// let mut sessions = evidence.sessions();
/// assert_eq!(sessions.next().unwrap().disconnected, Some(at(7)));
/// assert!(sessions.next().is_none()); // the other was not seen
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence<T> {
    at: Timestamp,
    later: Session<T>,
    earlier: Option<Session<T>>,
}

impl<T> Evidence<T> {
    pub(super) const fn of_pair(earlier: Session<T>, later: Session<T>, at: Timestamp) -> Self {
        Self {
            at,
            later,
            earlier: Some(earlier),
        }
    }

    pub(super) const fn of_end(at: Timestamp, session: Session<T>) -> Self {
        Self {
            at,
            later: session,
            earlier: None,
        }
    }

    /// When it began; for an end that tells of it, when that was.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The sessions, the later first: two, or the one that ended because of another.
    pub fn sessions(&self) -> impl Iterator<Item = &Session<T>> {
        core::iter::once(&self.later).chain(&self.earlier)
    }

    pub(super) fn sessions_mut(&mut self) -> impl Iterator<Item = &mut Session<T>> {
        core::iter::once(&mut self.later).chain(&mut self.earlier)
    }

    /// A session may have been open when it was shown.
    pub(super) fn learn_end(&mut self, id: &T, at: Timestamp)
    where
        T: PartialEq,
    {
        self.sessions_mut()
            .filter(|session| session.id == *id && session.disconnected.is_none())
            .for_each(|session| session.disconnected = Some(at));
    }
}

impl<T: Ord> Evidence<T> {
    /// What makes one piece of evidence come before another. It does not depend on what is learned
    /// about the sessions afterwards. Of one instant, an end comes before a pair: so a pair that
    /// begins with an event cannot come before what that event itself tells.
    fn order(&self) -> (Timestamp, Option<&T>, &T) {
        match &self.earlier {
            None => (self.at, None, &self.later.id),
            Some(earlier) => (self.at, Some(&self.later.id), &earlier.id),
        }
    }

    /// The first of the two.
    pub(super) fn first(self, other: Self) -> Self {
        if other.order() < self.order() {
            other
        } else {
            self
        }
    }
}
