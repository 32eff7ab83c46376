//! Which time an audit looks at.

use core::time::Duration;

use iot_topics::Timestamp;

/// What is looked for.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, Overlap};
///
/// assert_eq!(Overlap::SharedCertificate.check(), Check::DeviceCertificateShared);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two checks of connections")]
pub enum Overlap {
    /// Two client ids at once under one certificate, for some time within the window. The same
    /// client id twice is a conflict of client ids instead.
    SharedCertificate,
    /// Two sessions with one client id, of which the later begins within the window and before the
    /// end of the other; or an end within it that tells so. The principal may be the same. Of two
    /// that begin in one instant, that which ends first counts as the first: so neither may end
    /// in it.
    ConflictingClientId,
}

/// The time that an audit looks at, both ends in it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AuditWindow, Overlap};
/// use iot_topics::Timestamp;
///
/// let (last, now) = (Timestamp::from_secs(1_651_276_800), Timestamp::from_secs(1_651_363_200));
/// let window = AuditWindow::of(Overlap::SharedCertificate, now, Some(last));
/// assert_eq!(window.from(), Timestamp::from_secs(1_651_269_600)); // two hours before
/// assert_eq!(window.to(), Timestamp::from_secs(1_651_356_000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuditWindow {
    from: Timestamp,
    to: Timestamp,
}

impl AuditWindow {
    /// From one instant to another.
    #[must_use]
    pub const fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to }
    }

    /// The window of an audit that starts at `start`: on demand the 31 days before, for a
    /// scheduled one the time since its previous start. Shared certificates show after two hours:
    /// a window of theirs ends, and one of a scheduled audit begins, by so much earlier.
    #[must_use]
    pub const fn of(overlap: Overlap, start: Timestamp, previous: Option<Timestamp>) -> Self {
        let late = match overlap {
            Overlap::SharedCertificate => DELAY,
            Overlap::ConflictingClientId => Duration::ZERO,
        };
        let from = match previous {
            Some(previous) => previous.saturating_sub(late),
            None => start.saturating_sub(ON_DEMAND),
        };
        Self::new(from, start.saturating_sub(late))
    }

    /// Its begin.
    #[must_use]
    pub const fn from(self) -> Timestamp {
        self.from
    }

    /// Its end.
    #[must_use]
    pub const fn to(self) -> Timestamp {
        self.to
    }

    fn has(self, instant: Timestamp) -> bool {
        self.from <= instant && instant <= self.to
    }
}

const DELAY: Duration = Duration::from_secs(2 * 60 * 60);
const ON_DEMAND: Duration = Duration::from_secs(31 * 24 * 60 * 60);

impl Overlap {
    /// The check that looks for it.
    #[must_use]
    pub const fn check(self) -> crate::audit::Check {
        match self {
            Self::SharedCertificate => crate::audit::Check::DeviceCertificateShared,
            Self::ConflictingClientId => crate::audit::Check::ConflictingClientIds,
        }
    }
}

/// What decides about the sessions of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) overlap: Overlap,
    pub(super) window: AuditWindow,
    /// Whether there may be pieces of the history before this one.
    pub(super) is_continued: bool,
}

impl Rule {
    /// Whether a time that two sessions have in common counts; or, of one session, whether there
    /// can be another with which it has such a time while that began first.
    pub(super) fn may_count(self, from: Timestamp, to: Option<Timestamp>) -> bool {
        let Self {
            overlap, window, ..
        } = self;
        match overlap {
            Overlap::SharedCertificate => {
                let to = to.map_or(window.to, |to| to.min(window.to));
                from.max(window.from) < to
            }
            Overlap::ConflictingClientId => window.has(from) && to.is_none_or(|to| from < to),
        }
    }

    /// Whether a session that ends as it begins counts if another one is open before and after.
    pub(super) fn may_pass(self, from: Timestamp, to: Timestamp) -> bool {
        let is_conflict = self.overlap == Overlap::ConflictingClientId;
        is_conflict && from == to && self.window.has(from)
    }

    /// Whether all that sessions begun by `from` and open until `now` have in common is behind
    /// `now`, or as good as that: whether they count cannot change any more.
    pub(super) fn is_settled(self, from: Timestamp, now: Timestamp) -> bool {
        match self.overlap {
            Overlap::SharedCertificate => from.max(self.window.from) < now,
            Overlap::ConflictingClientId => from < now,
        }
    }

    /// Whether a session that begins at `at` can be in an overlap at all.
    pub(super) fn reaches(self, at: Timestamp) -> bool {
        match self.overlap {
            Overlap::SharedCertificate => at < self.window.to,
            Overlap::ConflictingClientId => at <= self.window.to,
        }
    }

    /// Whether two at once must have different users.
    pub(super) fn is_of_users(self) -> bool {
        self.overlap == Overlap::SharedCertificate
    }

    /// Whether an end at `at` for the reason of a duplicate client id tells of a conflict.
    pub(super) fn is_told_by_end(self, at: Timestamp) -> bool {
        self.overlap == Overlap::ConflictingClientId && self.window.has(at)
    }
}
