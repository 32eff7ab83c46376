//! Findings: what a check says about a resource.
//!
//! Source: API reference, `AuditFinding`.

mod resource;

use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::check::Check;
use crate::words::words;
pub use resource::{
    AccountId, AccountIdError, IssuerCertificate, NonCompliantResource, PolicyVersion,
    RelatedResource, ResourceIdentifier, ResourceType,
};

words! {
    audit:
    /// How grave a finding is. The order of the values is from the least to the gravest.
    pub enum Severity {
        /// To be known.
        Low = "LOW",
        /// To be planned.
        Medium = "MEDIUM",
        /// To be done soon.
        High = "HIGH",
        /// To be done now.
        Critical = "CRITICAL",
    }
}

words! {
    audit:
    /// Why a resource does not comply. Those of our own begin with `X_` and come only with the
    /// extended profile.
    pub enum ReasonCode {
        /// The certificate stands in its issuer's revocation list.
        CertificateRevokedByIssuer = "CERTIFICATE_REVOKED_BY_ISSUER",
        /// Two connections were open at once under the certificate.
        CertificateSharedByMultipleDevices = "CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES",
        /// ROCA: the primes are of the form that one maker's library gave them.
        KeyCve2017_15361 = "CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361",
        /// A key of Debian's OpenSSL of 2006 to 2008: one of a few that are all known.
        KeyCve2008_0166 = "CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166",
        /// A role without sign-in may administer AWS IoT.
        AllowsAccessToIotAdminActions = "ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS",
        /// The messages or shadows of other devices are in reach.
        AllowsBroadAccessToIotDataPlaneActions = "ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS",
        /// The data of any thing can be read.
        AllowsBroadAccessToIotThingAdminReadActions =
            "ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS",
        /// More than things can be administered.
        AllowsAccessToIotNonThingAdminActions = "ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS",
        /// Things can be changed.
        AllowsAccessToIotThingAdminWriteActions =
            "ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS",
        /// Every action of a service is allowed.
        AllowsBroadAccessToUsedServices = "ALLOWS_BROAD_ACCESS_TO_USED_SERVICES",
        /// A service that watches over the account is in reach.
        AllowsAccessToSecurityAuditingServices = "ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES",
        /// A service is in reach that was not used in a year.
        AllowsAccessToUnusedServices = "ALLOWS_ACCESS_TO_UNUSED_SERVICES",
        /// The certificate expires within the threshold.
        CertificateApproachingExpiration = "CERTIFICATE_APPROACHING_EXPIRATION",
        /// The certificate has expired.
        CertificatePastExpiration = "CERTIFICATE_PAST_EXPIRATION",
        /// Two connections were open at once with the client id.
        DuplicateClientIdAcrossConnections = "DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS",
        /// No log is kept.
        LoggingDisabled = "LOGGING_DISABLED",
        /// The certificate is older than the threshold.
        CertificatePastAgeThreshold = "CERTIFICATE_PAST_AGE_THRESHOLD",
        /// An issuer between the certificate and the root was revoked.
        IntermediateCaRevokedByIssuer = "INTERMEDIATE_CA_REVOKED_BY_ISSUER",
        /// A Deny names topics with `+` or `#`, which are plain letters there.
        PolicyContainsMqttWildcardsInDenyStatement =
            "POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT",
        /// What a Deny names is reached by a filter with wildcards.
        TopicFiltersIntendedToDenyAllowedUsingWildcards =
            "TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS",
        /// An RSA modulus of less than 2048 bits.
        XRsaModulusTooSmall = "X_RSA_MODULUS_TOO_SMALL",
        /// An RSA exponent that is even, below 65537, or of 257 bits or more.
        XRsaExponent = "X_RSA_EXPONENT",
        /// An RSA modulus with a prime factor of at most 65537.
        XRsaSmallFactor = "X_RSA_SMALL_FACTOR",
        /// An RSA modulus whose factors lie close together.
        XRsaFermat = "X_RSA_FERMAT",
        /// Signed with SHA-1.
        XSignatureSha1 = "X_SIGNATURE_SHA1",
        /// Signed with MD5.
        XSignatureMd5 = "X_SIGNATURE_MD5",
        /// An elliptic curve that AWS IoT does not register.
        XEcCurveNotAllowed = "X_EC_CURVE_NOT_ALLOWED",
        /// A kind of key that AWS IoT does not register.
        XKeyAlgorithmNotAllowed = "X_KEY_ALGORITHM_NOT_ALLOWED",
    }
}

impl ReasonCode {
    /// Whether the code is our own, of the extended profile.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::ReasonCode;
    ///
    /// assert!(ReasonCode::XRsaFermat.is_extended());
    /// assert!(!ReasonCode::LoggingDisabled.is_extended());
    /// ```
    #[must_use]
    pub fn is_extended(self) -> bool {
        self >= Self::XRsaModulusTooSmall
    }
}

/// What a check says about one resource, for one reason. Its order is that of its fields: by
/// check, then by resource, then by reason.
///
/// The ids and times that the API adds are the caller's: they belong to the task, not to the rule.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, Finding, ReasonCode, ResourceIdentifier, Severity};
///
/// let account = ResourceIdentifier::Account("123456789012".parse()?);
/// let finding = Finding::new(Check::LoggingDisabled, account, ReasonCode::LoggingDisabled);
/// assert_eq!(finding.check.severity(), Severity::Low);
/// assert!(finding.related.is_empty());
/// # Ok::<(), iot_defender::audit::AccountIdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// What does not comply.
    pub resource: NonCompliantResource,
    /// Why.
    pub reason_code: ReasonCode,
    /// Why, for a reader.
    pub reason: String,
    /// What has to do with it, in the order of the API.
    pub related: Vec<RelatedResource>,
}

impl Finding {
    /// A finding with the code's own text and without related resources. The type of the resource
    /// is the one of the check.
    #[must_use]
    pub fn new(check: Check, identifier: ResourceIdentifier, reason_code: ReasonCode) -> Self {
        Self {
            check,
            resource: NonCompliantResource::new(check.resource_type(), identifier),
            reason_code,
            reason: reason_code.text().into(),
            related: Vec::new(),
        }
    }

    /// Adds a fact about the resource: its key and value as the API spells them.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, Finding, ReasonCode, ResourceIdentifier};
    ///
    /// let account = ResourceIdentifier::Account("123456789012".parse()?);
    /// let finding = Finding::new(Check::LoggingDisabled, account, ReasonCode::LoggingDisabled);
    /// let finding = finding.with_info("LOG_LEVEL", "DISABLED");
    /// assert_eq!(finding.resource.additional_info["LOG_LEVEL"], "DISABLED");
    /// # Ok::<(), iot_defender::audit::AccountIdError>(())
    /// ```
    #[must_use]
    pub fn with_info(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.resource
            .additional_info
            .insert(key.into(), value.into());
        self
    }

    /// Adds a fact that is an instant: decimal digits, epoch milliseconds.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, Finding, ReasonCode, ResourceIdentifier};
    /// use iot_topics::Timestamp;
    ///
    /// let account = ResourceIdentifier::Account("123456789012".parse()?);
    /// let finding = Finding::new(Check::LoggingDisabled, account, ReasonCode::LoggingDisabled);
    /// let finding = finding.with_instant("SINCE", Timestamp::from_secs(1_700_000_000));
    /// assert_eq!(finding.resource.additional_info["SINCE"], "1700000000000");
    /// # Ok::<(), iot_defender::audit::AccountIdError>(())
    /// ```
    #[must_use]
    pub fn with_instant(self, key: &'static str, instant: Timestamp) -> Self {
        self.with_info(key, resource::millis(instant))
    }
}

impl ReasonCode {
    /// A sentence for a reader. Two are known from samples of AWS (an expired certificate, a
    /// shared one) and are the same here; the others are ours.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::ReasonCode;
    ///
    /// let code = ReasonCode::CertificatePastExpiration;
    /// assert_eq!(code.text(), "Certificate is past its expiration.");
    /// ```
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::CertificateRevokedByIssuer => "Certificate is revoked by its issuer.",
            Self::CertificateSharedByMultipleDevices => {
                "Certificate shared by one or more devices."
            }
            Self::KeyCve2017_15361 => "Certificate key can be factored (CVE-2017-15361).",
            Self::KeyCve2008_0166 => "Certificate key is publicly known (CVE-2008-0166).",
            Self::AllowsAccessToIotAdminActions => "Role allows access to IoT admin actions.",
            Self::AllowsBroadAccessToIotDataPlaneActions => {
                "Policy allows broad access to IoT data plane actions."
            }
            Self::AllowsBroadAccessToIotThingAdminReadActions => {
                "Role allows broad access to IoT thing admin read actions."
            }
            Self::AllowsAccessToIotNonThingAdminActions => {
                "Role allows access to IoT non-thing admin actions."
            }
            Self::AllowsAccessToIotThingAdminWriteActions => {
                "Role allows access to IoT thing admin write actions."
            }
            Self::AllowsBroadAccessToUsedServices => "Role allows broad access to used services.",
            Self::AllowsAccessToSecurityAuditingServices => {
                "Role allows access to security auditing services."
            }
            Self::AllowsAccessToUnusedServices => "Role allows access to unused services.",
            Self::CertificateApproachingExpiration => "Certificate is approaching its expiration.",
            Self::CertificatePastExpiration => "Certificate is past its expiration.",
            Self::DuplicateClientIdAcrossConnections => {
                "Client id is used by more than one connection at once."
            }
            Self::LoggingDisabled => "Logging is disabled.",
            Self::CertificatePastAgeThreshold => "Certificate is past its age threshold.",
            Self::IntermediateCaRevokedByIssuer => "An intermediate CA is revoked by its issuer.",
            Self::PolicyContainsMqttWildcardsInDenyStatement => {
                "Policy contains MQTT wildcards in a Deny statement."
            }
            Self::TopicFiltersIntendedToDenyAllowedUsingWildcards => {
                "Topic filters meant to be denied are allowed by wildcards."
            }
            Self::XRsaModulusTooSmall => "RSA modulus has less than 2048 bits.",
            Self::XRsaExponent => "RSA exponent is even, below 65537 or above 256 bits.",
            Self::XRsaSmallFactor => "RSA modulus has a prime factor of at most 65537.",
            Self::XRsaFermat => "RSA primes lie close together.",
            Self::XSignatureSha1 => "Certificate is signed with SHA-1.",
            Self::XSignatureMd5 => "Certificate is signed with MD5.",
            Self::XEcCurveNotAllowed => "Elliptic curve is not one that AWS IoT registers.",
            Self::XKeyAlgorithmNotAllowed => "Kind of key is not one that AWS IoT registers.",
        }
    }
}
