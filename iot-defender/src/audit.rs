//! Device Defender's audit: checks, what they find, and the machinery around them.

mod account;
mod certificate;
mod check;
mod configuration;
mod finding;
mod history;
mod key_quality;
mod logging;
mod mitigation;
mod request;
mod schedule;
mod suppression;
mod task;

pub use account::{AuditConfiguration, read_checks};
pub use certificate::{
    CertificateStatus, IssuedCertificate, Revocations, age, expiry, intermediate_revoked,
};
pub use check::Check;
pub use configuration::{ConfigError, ConfigName, Days, threshold};
pub use finding::{
    AccountId, AccountIdError, Finding, IssuerCertificate, NonCompliantResource, PolicyVersion,
    ReasonCode, RelatedResource, ResourceIdentifier, ResourceType, Severity,
};
pub use history::{AuditWindow, Connection, ConnectionHistory, Evidence, Overlap, Session};
pub use key_quality::{
    KnownKeys, KnownKeysError, Profile, UnreadableKey, certificate_quality, is_roca, key_quality,
};
pub use logging::{FineGrainedLogging, LogLevel, Logging};
pub use mitigation::{
    ActionParams, ActionType, ExecutionStatus, MitigationAction, MitigationError, MitigationRun,
    MitigationStatistics,
};
pub use request::RequestError;
pub use schedule::{Date, DateError, DayOfMonth, DayOfWeek, Frequency, Schedule, ScheduleError};
pub use suppression::{CheckOutcome, SuppressedUntil, Suppression, SuppressionError};
pub use task::{AuditTask, CheckRunStatus, TaskStatistics, TaskStatus, TaskType};
