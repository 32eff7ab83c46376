//! Device Defender's audit: checks, what they find, and the machinery around them.

mod check;
mod finding;
mod mitigation;

pub use check::Check;
pub use finding::{
    AccountId, AccountIdError, Finding, IssuerCertificate, NonCompliantResource, PolicyVersion,
    ReasonCode, RelatedResource, ResourceIdentifier, ResourceType, Severity,
};
pub use mitigation::ActionType;
