//! Which certificates their issuers have revoked.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};

use super::super::finding::ReasonCode;

/// A certificate by what its issuer calls it: the issuer's name and the serial number.
///
/// Both are texts that are compared as they are, letter for letter; the caller writes them in one
/// form on all sides, as `issuer` and `serial_number` of
/// [`X509Certificate`](iot_policy::X509Certificate) are.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::IssuedCertificate;
///
/// let certificate = IssuedCertificate::new("cn=Sub", "10");
/// assert_eq!((certificate.issuer, certificate.serial_number), ("cn=Sub", "10"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct IssuedCertificate<'a> {
    /// The name of the issuer.
    pub issuer: &'a str,
    /// The serial number.
    pub serial_number: &'a str,
}

impl<'a> IssuedCertificate<'a> {
    /// From the two.
    #[must_use]
    pub const fn new(issuer: &'a str, serial_number: &'a str) -> Self {
        Self {
            issuer,
            serial_number,
        }
    }
}

/// What revocation lists say. Whether a list is signed by its issuer, and whether it is fresh, the
/// caller has checked.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{IssuedCertificate, Revocations};
///
/// let mut revocations = Revocations::new();
/// let certificate = IssuedCertificate::new("cn=Root", "10");
/// revocations.revoke(certificate);
/// assert!(revocations.has(certificate));
/// assert!(!revocations.has(IssuedCertificate::new("cn=Other", "10")));
///
/// revocations.remove(certificate); // the reason removeFromCRL
/// assert!(!revocations.has(certificate));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revocations {
    by_issuer: BTreeMap<String, BTreeSet<String>>,
}

impl Revocations {
    /// No list.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            by_issuer: BTreeMap::new(),
        }
    }

    /// Takes in an entry of a list.
    pub fn revoke(&mut self, certificate: IssuedCertificate<'_>) {
        // No `entry`: it needs the issuer's name owned for each certificate.
        let serial = certificate.serial_number.to_string();
        if let Some(serials) = self.by_issuer.get_mut(certificate.issuer) {
            serials.insert(serial);
        } else {
            self.by_issuer
                .insert(certificate.issuer.to_string(), BTreeSet::from([serial]));
        }
    }

    /// Takes in an entry with the reason `removeFromCRL`: what came before is taken back.
    pub fn remove(&mut self, certificate: IssuedCertificate<'_>) {
        if let Some(serials) = self.by_issuer.get_mut(certificate.issuer) {
            serials.remove(certificate.serial_number);
        }
    }

    /// Whether the certificate is revoked.
    #[must_use]
    pub fn has(&self, certificate: IssuedCertificate<'_>) -> bool {
        let serials = self.by_issuer.get(certificate.issuer);
        serials.is_some_and(|serials| serials.contains(certificate.serial_number))
    }

    /// The reason of the checks of revoked certificates, if this one is.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{IssuedCertificate, ReasonCode, Revocations};
    ///
    /// let mut revocations = Revocations::new();
    /// let certificate = IssuedCertificate::new("cn=Root", "10");
    /// revocations.revoke(certificate);
    /// let why = revocations.reason(certificate);
    /// assert_eq!(why, Some(ReasonCode::CertificateRevokedByIssuer));
    /// ```
    #[must_use]
    pub fn reason(&self, certificate: IssuedCertificate<'_>) -> Option<ReasonCode> {
        self.has(certificate)
            .then_some(ReasonCode::CertificateRevokedByIssuer)
    }
}

/// The first of the `issuers` that is revoked: those between a device's certificate and the
/// root, from the device upwards (developer guide, "Intermediate CA revoked for active device
/// certificates"). Neither the device's own certificate nor the root is one of
/// them.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{IssuedCertificate, Revocations, intermediate_revoked};
///
/// let upper = IssuedCertificate::new("cn=Root", "10");
/// let lower = IssuedCertificate::new("cn=Sub", "7");
/// let mut revocations = Revocations::new();
/// revocations.revoke(upper);
/// assert_eq!(intermediate_revoked([lower, upper], &revocations), Some(upper));
/// ```
#[must_use]
pub fn intermediate_revoked<'a>(
    issuers: impl IntoIterator<Item = IssuedCertificate<'a>>,
    revocations: &Revocations,
) -> Option<IssuedCertificate<'a>> {
    issuers.into_iter().find(|issuer| revocations.has(*issuer))
}
