//! The dates of certificates, their revocation, and which of them are looked at.
//!
//! Sources: developer guide, the pages "Device certificate expiring", "CA certificate expiring",
//! "Device certificate age", "Revoked device certificate still active", "Revoked CA certificate
//! still active" and "Intermediate CA revoked for active device certificates"; RFC 5280.

mod crl;

use core::time::Duration;

use iot_topics::Timestamp;

use super::configuration::Days;
use super::finding::ReasonCode;
use crate::words::words;
pub use crl::{IssuedCertificate, Revocations, intermediate_revoked};

words! {
    audit:
    /// The status of a certificate in the registry. A CA certificate has the first two.
    pub enum CertificateStatus {
        /// In use.
        Active = "ACTIVE",
        /// Switched off.
        Inactive = "INACTIVE",
        /// Switched off for good.
        Revoked = "REVOKED",
        /// On its way to another account.
        PendingTransfer = "PENDING_TRANSFER",
        /// Registered by its first connection, and not yet switched on.
        RegisterInactive = "REGISTER_INACTIVE",
        /// To be switched on by what provisions it.
        PendingActivation = "PENDING_ACTIVATION",
    }
}

impl CertificateStatus {
    /// Whether audits look at such a certificate: it is active or on its way to another account.
    /// Others are not even counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::CertificateStatus;
    ///
    /// assert!(CertificateStatus::PendingTransfer.is_audited());
    /// assert!(!CertificateStatus::RegisterInactive.is_audited());
    /// ```
    #[must_use]
    pub const fn is_audited(self) -> bool {
        matches!(self, Self::Active | Self::PendingTransfer)
    }
}

/// Whether a certificate that is valid up to and with `not_after` has expired, or will within
/// `threshold` (developer guide, "Device certificate expiring" and "CA certificate expiring"). An
/// instant of exactly `threshold` before is within.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Days, ReasonCode, expiry};
/// use iot_topics::Timestamp;
///
/// let not_after = Timestamp::from_secs(1_653_955_200);
/// let thirty_days_before = Timestamp::from_secs(1_653_955_200 - 30 * 86_400);
/// let why = expiry(not_after, thirty_days_before, Days::EXPIRATION_DEFAULT);
/// assert_eq!(why, Some(ReasonCode::CertificateApproachingExpiration));
/// ```
#[must_use]
pub fn expiry(not_after: Timestamp, now: Timestamp, threshold: Days) -> Option<ReasonCode> {
    if now > not_after {
        Some(ReasonCode::CertificatePastExpiration)
    } else if not_after.saturating_since(now) <= threshold.duration() {
        Some(ReasonCode::CertificateApproachingExpiration)
    } else {
        None
    }
}

/// Whether a certificate is of the age `threshold` or older (developer guide, "Device certificate
/// age"). `created` is when the registry got it; where that is not known, give the start of its
/// validity.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Days, ReasonCode, age};
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_651_363_200);
/// let created = Timestamp::from_secs(1_651_363_200 - 365 * 86_400);
/// let why = age(created, now, Days::AGE_DEFAULT);
/// assert_eq!(why, Some(ReasonCode::CertificatePastAgeThreshold));
/// ```
#[must_use]
pub fn age(created: Timestamp, now: Timestamp, threshold: Days) -> Option<ReasonCode> {
    // A creation in the future has no age, whatever the threshold.
    let age: Duration = now.saturating_since(created);
    (age >= threshold.duration()).then_some(ReasonCode::CertificatePastAgeThreshold)
}
