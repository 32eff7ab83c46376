//! Why bytes are no snapshot.

use alloc::borrow::Cow;

/// Why bytes are no snapshot of an engine: where, and the rule that is broken there.
///
/// # Examples
///
/// ```
/// use iot_jobs::Engine;
///
/// let error = Engine::restore(b"something else").unwrap_err();
/// assert_eq!((error.offset(), error.rule()), (0, "must be a snapshot of iot-jobs in form 1"));
/// assert_eq!(error.to_string(), "byte 0 must be a snapshot of iot-jobs in form 1");
///
/// let mut bytes = Engine::new("us-east-1", "123456789012").snapshot();
/// bytes.push(0);
/// assert_eq!(Engine::restore(&bytes).unwrap_err().offset(), bytes.len() - 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset} {rule}")]
pub struct SnapshotError {
    offset: usize,
    rule: Cow<'static, str>,
}

impl SnapshotError {
    pub(super) fn new(offset: usize, rule: impl Into<Cow<'static, str>>) -> Self {
        Self {
            offset,
            rule: rule.into(),
        }
    }

    /// Where what breaks the rule begins, in bytes from the start.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// What holds there, as "must be ..".
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }
}
