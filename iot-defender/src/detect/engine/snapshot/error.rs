//! Why a text is no snapshot.

/// Why a text is no snapshot: the line, and the rule that is broken there.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Engine;
///
/// let error = Engine::restore(b"something else").unwrap_err();
/// assert_eq!((error.line(), error.rule()), (1, "must be the head of a snapshot in form 1"));
/// assert_eq!(error.to_string(), "line 1 must be the head of a snapshot in form 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("line {line} {rule}")]
pub struct SnapshotError {
    line: usize,
    rule: &'static str,
}

impl SnapshotError {
    pub(in crate::detect) const fn new(line: usize, rule: &'static str) -> Self {
        Self { line, rule }
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// What holds there, as "must be ..".
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }
}
