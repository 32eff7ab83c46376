//! Device Defender's audit: checks, what they find, and the machinery around them.

mod certificate;
mod check;
mod configuration;
mod finding;
mod key_quality;
mod logging;
mod mitigation;

pub use certificate::{
    CertificateStatus, IssuedCertificate, Revocations, age, expiry, intermediate_revoked,
};
pub use check::Check;
pub use configuration::{ConfigError, ConfigName, Days, threshold};
pub use finding::{
    AccountId, AccountIdError, Finding, IssuerCertificate, NonCompliantResource, PolicyVersion,
    ReasonCode, RelatedResource, ResourceIdentifier, ResourceType, Severity,
};
pub use key_quality::{
    KnownKeys, KnownKeysError, Profile, UnreadableKey, certificate_quality, is_roca, key_quality,
};
pub use logging::{FineGrainedLogging, LogLevel, Logging};
pub use mitigation::ActionType;
