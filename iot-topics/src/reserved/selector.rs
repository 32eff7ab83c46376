//! Which job a device asks about.

use core::fmt;
use core::str::FromStr;

use crate::ident::{IdentError, JobId};

/// A job, or `$next` for the first of the pending ones (developer guide, Jobs device MQTT API
/// operations, DescribeJobExecution).
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::JobSelector;
///
/// assert_eq!("$next".parse(), Ok(JobSelector::Next));
/// assert!("$last".parse::<JobSelector>().is_err());
/// assert_eq!(JobSelector::Next.as_str(), JobSelector::NEXT);
/// assert_eq!("firmware-2".parse::<JobSelector>()?.as_str(), "firmware-2");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "callers must answer both, and the API has no third"
)]
pub enum JobSelector {
    /// `$next`: the first pending job execution of the thing.
    Next,
    /// This job.
    Id(JobId),
}

impl JobSelector {
    /// The text for the first pending job execution.
    pub const NEXT: &'static str = "$next";

    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Next => Self::NEXT,
            Self::Id(id) => id.as_str(),
        }
    }
}

impl From<JobId> for JobSelector {
    fn from(id: JobId) -> Self {
        Self::Id(id)
    }
}

impl FromStr for JobSelector {
    type Err = IdentError;

    /// # Errors
    ///
    /// [`IdentError`] when the text is neither `$next` nor a job id.
    fn from_str(text: &str) -> Result<Self, IdentError> {
        if text == Self::NEXT {
            return Ok(Self::Next);
        }
        JobId::parse(text).map(Self::Id)
    }
}

impl fmt::Display for JobSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
