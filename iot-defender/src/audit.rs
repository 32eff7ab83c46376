//! Device Defender's audit: checks, what they find, and the machinery around them.
//!
//! # Examples
//!
//! ```
//! use iot_defender::audit::{Check, Severity};
//!
//! let check: Check = "DEVICE_CERT_APPROACHING_EXPIRATION_CHECK".parse().expect("is an old name of it");
//! assert_eq!(check, Check::DeviceCertificateExpiring);
//! assert_eq!(check.severity(), Severity::Medium);
//! ```

mod access;
mod account;
mod action_class;
mod audit_finding;
mod certificate;
mod check;
mod cognito;
mod configuration;
mod examine;
mod finding;
mod history;
mod id;
mod key_quality;
mod logging;
mod misconfiguration;
mod mitigation;
mod permissive;
mod query;
mod report;
mod request;
mod retention;
mod role_alias;
mod rules;
mod run;
mod schedule;
mod seconds;
mod settings;
mod suppression;
mod task;

pub use access::{Access, Reached, StatementPlace, Witness};
pub use account::{AuditConfiguration, read_checks};
pub use action_class::ActionClass;
pub use audit_finding::{AuditFinding, FindingMember};
pub use certificate::{
    CertificateStatus, IssuedCertificate, Revocations, age, expiry, intermediate_revoked,
};
pub use check::Check;
pub use cognito::{CognitoRole, cognito_access, is_cognito_pool_audited};
pub use configuration::{ConfigError, ConfigName, Days, threshold};
pub use examine::{
    CaCertificate, CertificateSource, CognitoPool, DeviceCertificate, DocumentSource, Examination,
    Found, Proof, RegisteredPolicy, ResourceError, RoleAliasResource, Unreadable,
    conflicting_client_id, shared_certificate,
};
pub use finding::{
    AccountId, AccountIdError, Finding, IssuerCertificate, NonCompliantResource, PolicyVersion,
    ReasonCode, RelatedResource, ResourceIdentifier, ResourceType, Severity,
};
pub use history::{AuditWindow, Connection, ConnectionHistory, Evidence, Overlap, Session};
pub use id::{
    AuditIdError, AuditTaskId, ClientRequestToken, FindingId, FindingKey, MitigationTaskId,
    ScheduledAuditName,
};
pub use key_quality::{
    KnownKeys, KnownKeysError, Profile, UnreadableKey, certificate_quality, is_roca, key_quality,
};
pub use logging::{FineGrainedLogging, LogLevel, Logging};
pub use misconfiguration::{
    Bypass, DeniedResource, Misconfiguration, TooManyPatterns, potential_misconfigurations,
};
pub use mitigation::{
    ActionFailure, ActionParams, ActionType, DefinedAction, ExecutionKey, ExecutionStatus,
    MitigationAction, MitigationActions, MitigationEffect, MitigationError, MitigationExecution,
    MitigationRequestError, MitigationRun, MitigationStatistics, MitigationStep, MitigationTarget,
    MitigationTask, MitigationTaskFilter, MitigationTaskRequest, MitigationTasks,
};
pub use permissive::broad_data_plane_access;
pub use query::{FindingPage, FindingQuery, FindingsOf, PageSize, QueryError, RelatedPage};
pub use report::{AuditMetric, AuditReport, CheckErrorCode, CheckFailure, CheckReport, Percent};
pub use request::RequestError;
pub use retention::Retention;
pub use role_alias::{role_alias_access, unused_service_access};
pub use run::{Audit, Judgement, Resource};
pub use schedule::{Date, DateError, DayOfMonth, DayOfWeek, Frequency, Schedule, ScheduleError};
pub use settings::{AuditSettings, TaskHeader};
pub use suppression::{SuppressedUntil, Suppression, SuppressionError, Suppressions};
pub use task::{CheckRunStatus, TaskStatistics, TaskStatus, TaskType};
