//! What the checks say about one resource of the account.
//!
//! A resource is taken as the caller has it, its text or bytes not yet read. A resource that
//! cannot be read is a fault of that resource, told beside what could be found about it.

mod certificate;
mod connection;
mod policy;
mod role;

use alloc::string::String;
use alloc::vec::Vec;

use iot_policy::{CertificateError, PolicyError};
use iot_topics::CertificateId;

use super::access::Access;
use super::check::Check;
use super::finding::{Finding, ReasonCode, ResourceIdentifier};
use super::key_quality::UnreadableKey;
use super::logging::Logging;
use super::misconfiguration::{Misconfiguration, TooManyPatterns};
use super::settings::AuditSettings;
pub use certificate::{CaCertificate, CertificateSource, DeviceCertificate};
pub use connection::{conflicting_client_id, shared_certificate};
pub use policy::{DocumentSource, RegisteredPolicy};
pub use role::{CognitoPool, RoleAliasResource};

/// What the checks say about one resource.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditSettings, CertificateSource, CertificateStatus, Check, DeviceCertificate, TaskHeader,
/// };
/// use iot_topics::Timestamp;
/// # let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../iot-policy/tests/certificates/bulb.der"));
///
/// let start = Timestamp::from_secs(7_000_000_000);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let checks = [Check::DeviceCertificateExpiring, Check::DeviceCertificateKeyQuality];
/// let settings = AuditSettings::new(task, checks);
///
/// let id = iot_policy::certificate_id(der);
/// let source = CertificateSource::Der(der);
/// let certificate = DeviceCertificate::new(id, CertificateStatus::Active, source);
/// let examination = certificate.examine(&settings);
/// assert_eq!(examination.checks, checks.into_iter().rev().collect::<Vec<_>>());
/// let text = &examination.found[0].finding.reason;
/// assert_eq!(text, "Certificate is past its expiration.");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Examination {
    /// Which resource.
    pub resource: ResourceIdentifier,
    /// Other names that a suppression may have for it.
    pub also_known_as: Vec<ResourceIdentifier>,
    /// The checks that look at it, in the order of [`Check::ALL`]. None, if it is out of the
    /// scope of all: it is not even counted then.
    pub checks: Vec<Check>,
    /// What they found, by check, then by reason.
    pub found: Vec<Found>,
    /// What they could not look at, by check.
    pub unreadable: Vec<Unreadable>,
    /// Of a device certificate, who issued it.
    pub(super) issuer: Option<Issuer>,
}

/// Who issued a device certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Issuer {
    /// As the registry knows.
    Registered(CertificateId),
    /// As the certificate says.
    Named(String),
}

/// A finding and the proof of it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, Finding, Found, ReasonCode, ResourceIdentifier};
///
/// let account = ResourceIdentifier::Account("123456789012".parse()?);
/// let finding = Finding::new(Check::LoggingDisabled, account, ReasonCode::LoggingDisabled);
/// assert_eq!(Found::from(finding).proof, None);
/// # Ok::<(), iot_defender::audit::AccountIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// What proves it, of a policy or a role.
    pub proof: Option<Proof>,
}

/// What proves a finding about a policy or a role.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Profile, Proof, broad_data_plane_access};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", "*")])?;
/// let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
/// let proof = Proof::Access(access);
/// assert!(matches!(proof, Proof::Access(access) if access.actions[0].action == "iot:Connect"));
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Proof {
    /// What is within reach, by which statement, and a resource that shows it.
    Access(Access),
    /// Which resources of a Deny do not deny what was meant, and what walks round them.
    Misconfiguration(Misconfiguration),
}

/// A resource that a check could not look at.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditSettings, CertificateSource, CertificateStatus, Check, DeviceCertificate, TaskHeader,
/// };
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, [Check::DeviceCertificateExpiring]);
/// let source = CertificateSource::Der(b"no certificate");
/// let id = "00".repeat(32).parse()?;
/// let certificate = DeviceCertificate::new(id, CertificateStatus::Active, source);
/// let unreadable = &certificate.examine(&settings).unreadable[0];
/// assert_eq!(unreadable.check, Check::DeviceCertificateExpiring);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// Which check.
    pub check: Check,
    /// Why.
    pub error: ResourceError,
}

/// Why a resource cannot be looked at.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::ResourceError;
/// use iot_policy::X509Certificate;
///
/// let error = X509Certificate::from_der(b"").unwrap_err();
/// let text = ResourceError::Certificate(error).to_string();
/// assert!(text.starts_with("certificate: "));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// The bytes are not a certificate.
    #[error("certificate: {0}")]
    Certificate(CertificateError),
    /// The key or the signature of the certificate.
    #[error("certificate: {0}")]
    Key(#[from] UnreadableKey),
    /// The text is not a policy.
    #[error("policy: {0}")]
    Policy(PolicyError),
    /// The policy is longer than one of AWS IoT can be.
    #[error("policy: {0}")]
    TooManyPatterns(#[from] TooManyPatterns),
}

impl From<CertificateError> for ResourceError {
    fn from(error: CertificateError) -> Self {
        Self::Certificate(error)
    }
}

impl From<PolicyError> for ResourceError {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        Self {
            finding,
            proof: None,
        }
    }
}

impl Examination {
    /// A resource that no check has looked at yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, Examination, Finding, ReasonCode, ResourceIdentifier};
    ///
    /// let lamp = ResourceIdentifier::ClientId("lamp-7".into());
    /// let (check, why) = (Check::ConflictingClientIds, ReasonCode::DuplicateClientIdAcrossConnections);
    /// let mut examination = Examination::new(lamp.clone());
    /// examination.checks.push(check);
    /// examination.found.push(Finding::new(check, lamp, why).into());
    /// assert!(examination.unreadable.is_empty());
    /// ```
    #[must_use]
    pub const fn new(resource: ResourceIdentifier) -> Self {
        Self {
            resource,
            also_known_as: Vec::new(),
            checks: Vec::new(),
            found: Vec::new(),
            unreadable: Vec::new(),
            issuer: None,
        }
    }

    /// Runs a check, if the audit has it.
    fn run<F: Into<Found>>(
        &mut self,
        settings: &AuditSettings,
        check: Check,
        rule: impl FnOnce(&Self) -> Result<Vec<F>, ResourceError>,
    ) {
        if !settings.runs(check) {
            return;
        }
        self.checks.push(check);
        match rule(self) {
            Ok(found) => self.found.extend(found.into_iter().map(Into::into)),
            Err(error) => self.unreadable.push(Unreadable { check, error }),
        }
    }

    fn finding(&self, check: Check, reason_code: ReasonCode) -> Finding {
        Finding::new(check, self.resource.clone(), reason_code)
    }

    fn access(&self, check: Check, access: impl IntoIterator<Item = Access>) -> Vec<Found> {
        let access = access.into_iter();
        access
            .map(|access| Found {
                finding: access.finding(check, self.resource.clone()),
                proof: Some(Proof::Access(access)),
            })
            .collect()
    }
}

impl Logging {
    /// What the check of logging says about the account.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditSettings, Check, Logging, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let examination = Logging::default().examine(&settings);
    /// assert_eq!(examination.found[0].finding.reason, "Logging is disabled.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn examine(&self, settings: &AuditSettings) -> Examination {
        let account = ResourceIdentifier::Account(settings.task.account);
        let mut examination = Examination::new(account);
        let check = Check::LoggingDisabled;
        examination.run(settings, check, |about| {
            let reason = self.reason().into_iter();
            Ok(reason.map(|why| about.finding(check, why)).collect())
        });
        examination
    }
}
