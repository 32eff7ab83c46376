//! Which messages of the service a device must act on.

use crate::operation::Operation;

/// The two versions by which a device tells what is new from what is late or comes twice.
///
/// They are two because `accepted` and `delta` of one update carry the same version: a device
/// that keeps one number for both, drops every delta whose `accepted` came first.
///
/// It is a table, without I/O or memory of what the messages said; [`DeviceShadow`] is built on it.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Action, Notice, Tracker};
///
/// let mut tracker = Tracker::default();
/// assert_eq!(tracker.take(Notice::Updated { version: 7 }), Action::None);
/// assert_eq!(tracker.take(Notice::Delta { version: 7 }), Action::Apply);
/// assert_eq!(tracker.take(Notice::Delta { version: 7 }), Action::Duplicate);
/// assert_eq!(tracker.take(Notice::Delta { version: 6 }), Action::Stale);
/// ```
///
/// [`DeviceShadow`]: crate::DeviceShadow
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tracker {
    known: Option<u64>,
    applied_delta: Option<u64>,
}

/// What a message of the service says, as far as versions go.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Action, Notice, Operation, Tracker};
///
/// let conflict = Notice::Rejected { operation: Operation::Update, code: 409 };
/// assert_eq!(Tracker::default().take(conflict), Action::Retry);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the service publishes these and nothing else"
)]
pub enum Notice {
    /// `update/delta`.
    Delta {
        /// Its version.
        version: u64,
    },
    /// `update/accepted` or `update/documents`, of whoever's update.
    Updated {
        /// Its version.
        version: u64,
    },
    /// `get/accepted`, in answer to a request of the device's own.
    Got {
        /// Its version.
        version: u64,
        /// Whether its state has a delta.
        has_delta: bool,
    },
    /// `delete/accepted`.
    Deleted {
        /// The version of the document that was deleted.
        version: u64,
    },
    /// `get/rejected`, `update/rejected` or `delete/rejected`, in answer to a request of the
    /// device's own.
    Rejected {
        /// What was asked.
        operation: Operation,
        /// The code.
        code: u16,
    },
}

/// What a message asks of a device.
///
/// # Examples
///
/// ```
/// assert_eq!(iot_shadow::Action::Apply.as_str(), "apply");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a device must face each of these")]
pub enum Action {
    /// Nothing.
    None,
    /// Carry out the delta.
    Apply,
    /// Nothing: something newer was seen.
    Stale,
    /// Nothing: this delta was carried out.
    Duplicate,
    /// There is no shadow: publish the whole reported state.
    Create,
    /// The shadow is gone: forget what it held.
    Reset,
    /// Another update was faster: get the shadow, then try again.
    Retry,
}

impl Tracker {
    /// A tracker that goes on from versions that were kept somewhere.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Action, Notice, Tracker};
    ///
    /// let mut tracker = Tracker::new(Some(7), Some(5));
    /// assert_eq!(tracker.take(Notice::Delta { version: 7 }), Action::Apply);
    /// assert_eq!((tracker.known(), tracker.applied_delta()), (Some(7), Some(7)));
    /// ```
    #[must_use]
    pub const fn new(known: Option<u64>, applied_delta: Option<u64>) -> Self {
        Self {
            known,
            applied_delta,
        }
    }

    /// The highest version seen since the last answer to a get.
    #[must_use]
    pub const fn known(self) -> Option<u64> {
        self.known
    }

    /// The version of the delta that was carried out last.
    #[must_use]
    pub const fn applied_delta(self) -> Option<u64> {
        self.applied_delta
    }

    /// Takes a message, and tells what to do about it.
    ///
    /// A delta that is older than something seen may be left out: each delta holds all that
    /// differs (developer guide, Using shadows in devices). The answer to a get is always right,
    /// also with a version that is lower: the service counts from the start again when a shadow
    /// was deleted for more than 48 hours.
    pub fn take(&mut self, notice: Notice) -> Action {
        let known = self.known;
        let (action, next) = match notice {
            Notice::Delta { version } if known > Some(version) => (Action::Stale, *self),
            Notice::Delta { version } if self.applied_delta == Some(version) => {
                (Action::Duplicate, *self)
            }
            Notice::Delta { version } => (Action::Apply, Self::new(Some(version), Some(version))),
            Notice::Updated { version } => (
                Action::None,
                Self::new(known.max(Some(version)), self.applied_delta),
            ),
            Notice::Got {
                version,
                has_delta: true,
            } => (Action::Apply, Self::new(Some(version), Some(version))),
            Notice::Got {
                version,
                has_delta: false,
            } => (Action::None, Self::new(Some(version), None)),
            Notice::Deleted { version } if known > Some(version) => (Action::Stale, *self),
            Notice::Deleted { .. } => (Action::Reset, Self::default()),
            Notice::Rejected {
                operation: Operation::Get,
                code: 404,
            } => (Action::Create, Self::default()),
            Notice::Rejected {
                operation: Operation::Update,
                code: 409,
            } => (Action::Retry, *self),
            Notice::Rejected { .. } => (Action::None, *self),
        };
        *self = next;
        action
    }
}

impl Action {
    /// The name in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Apply => "apply",
            Self::Stale => "stale",
            Self::Duplicate => "duplicate",
            Self::Create => "create",
            Self::Reset => "reset",
            Self::Retry => "retry",
        }
    }
}
