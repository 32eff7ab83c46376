//! Whether the account keeps a log.
//!
//! Source: developer guide, "Logging disabled"; API reference, `GetLoggingOptions` and
//! `GetV2LoggingOptions`.

use super::finding::ReasonCode;
use crate::words::words;

words! {
    audit:
    /// How much is logged.
    pub enum LogLevel {
        /// Everything.
        Debug = "DEBUG",
        /// What happens.
        Info = "INFO",
        /// Errors only.
        Error = "ERROR",
        /// Errors and warnings.
        Warn = "WARN",
        /// Nothing.
        Disabled = "DISABLED",
    }
}

/// The logging of an account, in both generations of the API: `GetLoggingOptions` and
/// `GetV2LoggingOptions` (developer guide, "Logging disabled"). Without a role nothing can be
/// written; a level that is not told is not `DISABLED`.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{LogLevel, Logging, ReasonCode};
///
/// let mut logging = Logging::default(); // never set up
/// assert_eq!(logging.reason(), Some(ReasonCode::LoggingDisabled));
///
/// logging.fine_grained.has_role = true;
/// logging.fine_grained.default_level = Some(LogLevel::Error);
/// assert_eq!(logging.reason(), None);
///
/// logging.fine_grained.disable_all = true;
/// assert!(!logging.is_enabled());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Logging {
    /// Whether the first generation has a role.
    pub has_role: bool,
    /// `logLevel` of the first generation.
    pub level: Option<LogLevel>,
    /// The second generation.
    pub fine_grained: FineGrainedLogging,
}

/// Logging in the second generation of the API.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::FineGrainedLogging;
///
/// assert!(!FineGrainedLogging::default().has_role);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FineGrainedLogging {
    /// Whether it has a role.
    pub has_role: bool,
    /// `defaultLogLevel`.
    pub default_level: Option<LogLevel>,
    /// `disableAllLogs`.
    pub disable_all: bool,
}

impl Logging {
    /// Whether either generation writes a log.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        let writes =
            |role: bool, level: Option<LogLevel>| role && level != Some(LogLevel::Disabled);
        let fine = self.fine_grained;
        writes(self.has_role, self.level)
            || (!fine.disable_all && writes(fine.has_role, fine.default_level))
    }

    /// The reason of the check, if no log is kept.
    #[must_use]
    pub fn reason(&self) -> Option<ReasonCode> {
        (!self.is_enabled()).then_some(ReasonCode::LoggingDisabled)
    }
}
