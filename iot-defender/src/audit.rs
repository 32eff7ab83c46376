//! Device Defender's audit: checks, what they find, and the machinery around them.
//!
//! # From certificates and policies to findings
//!
//! 1. [`TaskHeader`]: which account, which task, when. [`AuditSettings`]: which checks, and what
//!    they need to know besides the resources: thresholds, [`Revocations`], [`KnownKeys`],
//!    [`Suppressions`], the [`Profile`].
//! 2. [`Audit::new`] with the [`CaCertificate`]s of the account, then [`Audit::feed`] with each
//!    [`DeviceCertificate`], [`RegisteredPolicy`], [`CognitoPool`], [`RoleAliasResource`] and the
//!    [`Logging`]. Each call gives the [`AuditFinding`]s about its resource.
//! 3. Connections are counted in a [`ConnectionHistory`] for each [`Overlap`], whose findings go to
//!    [`Audit::shared_certificates`] and [`Audit::conflicting_client_ids`].
//! 4. What is not here is told by [`Audit::fail`] and [`Audit::miss`].
//! 5. [`Audit::finish`] gives the [`AuditReport`], and the findings about CA certificates.
//!
//! # Around an audit
//!
//! - Before: [`AuditConfiguration`] has the checks that an account has enabled, and their settings;
//!   [`ScheduledAudits`] says what is due when; [`AuditTasks`] starts and cancels the audits of an
//!   account, and keeps how far each is.
//! - Afterwards: [`FindingQuery`] lists findings page by page, [`Retention`] says how long they are
//!   kept, [`MitigationActions`], [`MitigationTaskRequest`] and [`MitigationTasks`] do something about
//!   them.
//! - Without any of it: each rule can be asked alone, as [`broad_data_plane_access`],
//!   [`certificate_quality`], [`expiry`] and their like.
//!
//! # Examples
//!
//! ```
//! use iot_defender::audit::{
//!     Audit, AuditSettings, CertificateSource, CertificateStatus, Check, DeviceCertificate,
//!     DocumentSource, PolicyVersion, ReasonCode, RegisteredPolicy, TaskHeader,
//! };
//! use iot_policy::certificate_id;
//! use iot_topics::Timestamp;
//!
//! let der = include_bytes!("../tests/certificates/lamp.der");
//! let json = r#"{
//!     "Version": "2012-10-17",
//!     "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]
//! }"#;
//!
//! let now = Timestamp::from_secs(4_000_000_000);
//! let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, now);
//! let settings = AuditSettings::new(task, Check::ALL.iter().copied());
//! let mut audit = Audit::new(&settings, &[]);
//!
//! let (id, status) = (certificate_id(der), CertificateStatus::Active);
//! let lamp = DeviceCertificate::new(id, status, CertificateSource::Der(der));
//! let policy = PolicyVersion::new("Lamps".parse()?, 1);
//! let policy = RegisteredPolicy::new(policy, DocumentSource::Json(json));
//! let mut findings = audit.feed(&lamp).findings;
//! findings.extend(audit.feed(&policy).findings);
//! let (report, of_authorities) = audit.finish();
//! findings.extend(of_authorities);
//!
//! let codes: Vec<ReasonCode> = findings.iter().map(|it| it.finding.reason_code).collect();
//! assert!(codes.contains(&ReasonCode::CertificatePastExpiration));
//! assert!(codes.contains(&ReasonCode::AllowsBroadAccessToIotDataPlaneActions));
//! assert_eq!(report.checks[&Check::DeviceCertificateExpiring].total_resources, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
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
pub(crate) mod mitigation;
mod permissive;
pub(crate) mod query;
mod report;
mod request;
mod retention;
mod role_alias;
mod rules;
mod run;
mod schedule;
mod scheduled;
pub(crate) mod seconds;
mod settings;
mod suppression;
mod task;
mod tasks;

pub use access::{Access, Reached, StatementPlace, Witness};
pub use account::{AuditConfiguration, NotificationTarget, read_checks};
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
    MitigationAction, MitigationActionPage, MitigationActionQuery, MitigationActions,
    MitigationEffect, MitigationError, MitigationExecution, MitigationExecutionPage,
    MitigationExecutionQuery, MitigationRequestError, MitigationRun, MitigationStatistics,
    MitigationStep, MitigationTarget, MitigationTask, MitigationTaskPage, MitigationTaskQuery,
    MitigationTaskRequest, MitigationTasks,
};
pub use permissive::broad_data_plane_access;
pub use query::{FindingPage, FindingQuery, FindingsOf, PageSize, QueryError, RelatedPage};
pub use report::{AuditMetric, AuditReport, CheckErrorCode, CheckFailure, CheckReport, Percent};
pub use request::RequestError;
pub use retention::Retention;
pub use role_alias::{role_alias_access, unused_service_access};
pub use run::{Audit, Judgement, Resource};
pub use schedule::{Date, DateError, DayOfMonth, DayOfWeek, Frequency, Schedule, ScheduleError};
pub use scheduled::{
    ScheduledAudit, ScheduledAuditPage, ScheduledAuditQuery, ScheduledAuditRequest,
    ScheduledAudits, ScheduledRun,
};
pub use settings::{AuditSettings, TaskHeader};
pub use suppression::{SuppressedUntil, Suppression, SuppressionError, Suppressions};
pub use task::{CheckRunStatus, TaskStatistics, TaskStatus, TaskType};
pub use tasks::{AuditTaskPage, AuditTaskQuery, AuditTasks, OnDemandAuditRequest};
