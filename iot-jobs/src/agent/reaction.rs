//! What the code of a rejection asks of a device.

/// What a device does about the code of a rejected request (developer guide, Jobs device MQTT API
/// operations, ErrorCode). For firmware that has a machine of its own; [`JobAgent`] is built on it.
///
/// # Examples
///
/// ```
/// use iot_jobs::Reaction;
///
/// assert_eq!(Reaction::to("VersionMismatch"), Reaction::Reread);
/// assert!(Reaction::to("RequestThrottled").is_retryable());
/// assert!(Reaction::to("ACodeOfTheFuture").is_retryable());
/// ```
///
/// [`JobAgent`]: crate::JobAgent
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a device must face each of these")]
pub enum Reaction {
    /// The same request may succeed later: make it again after a pause.
    Retry,
    /// The execution is not in the state that the request was made for: take the state that the
    /// rejection tells, or describe the execution, then decide anew.
    Reread,
    /// There is nothing left to report: stop the work, ask for the next one.
    Stop,
    /// The request is wrong, and the same one will be refused again.
    Amend,
}

/// All codes but those that ask for patience.
const REACTIONS: &[(&str, Reaction)] = &[
    ("InvalidTopic", Reaction::Amend),
    ("InvalidJson", Reaction::Amend),
    ("InvalidRequest", Reaction::Amend),
    ("ResourceNotFound", Reaction::Stop),
    ("TerminalStateReached", Reaction::Stop),
    ("VersionMismatch", Reaction::Reread),
    ("InvalidStateTransition", Reaction::Reread),
];

impl Reaction {
    /// The reaction to a code. One that is not known is taken for a passing trouble, as are
    /// `RequestThrottled` and `InternalError`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iot_jobs::Reaction::to("TerminalStateReached"), iot_jobs::Reaction::Stop);
    /// ```
    #[must_use]
    pub fn to(code: &str) -> Self {
        let row = REACTIONS.iter().find(|(known, _)| *known == code);
        row.map_or(Self::Retry, |(_, reaction)| *reaction)
    }

    /// Whether the same request may succeed later.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!iot_jobs::Reaction::to("InvalidRequest").is_retryable());
    /// ```
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Retry)
    }
}
