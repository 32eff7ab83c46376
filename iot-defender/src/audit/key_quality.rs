//! Keys that can be computed from what a certificate tells.
//!
//! Sources: developer guide, "Device certificate key quality" and "CA certificate key quality";
//! CVE-2017-15361 and CVE-2008-0166. AWS looks for these two; the extended profile for more, under
//! codes of our own.

mod extended;
mod fermat;
mod known;
mod residue;
mod roca;

use alloc::vec::Vec;

use iot_policy::{CertificateError, KeyKind, X509Certificate};

use super::finding::ReasonCode;
pub use known::{KnownKeys, KnownKeysError};
pub use roca::is_roca;

/// Which faults of keys, certificates and policies are looked for.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::Profile;
///
/// assert_eq!(Profile::default(), Profile::Aws);
/// assert_ne!(Profile::Aws, Profile::Extended);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// Those that AWS tells, and no other.
    #[default]
    Aws,
    /// Ours as well.
    Extended,
}

/// What is wrong with a key, in the order of the codes (developer guide, "Device certificate key
/// quality" and "CA certificate key quality").
///
/// The cost is linear in the length of the modulus. In the extended profile it grows with the
/// square, up to 16384 bits; a longer modulus is not searched for close factors.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{KnownKeys, Profile, ReasonCode, key_quality};
/// use iot_policy::{KeyKind, RsaKey};
///
/// let key = KeyKind::Rsa(RsaKey::new(&[0xc5, 0x37], &[3]));
/// let known = KnownKeys::new();
/// assert!(key_quality(&key, &known, Profile::Aws).is_empty());
/// let why = key_quality(&key, &known, Profile::Extended);
/// assert!(why.contains(&ReasonCode::XRsaModulusTooSmall));
/// assert!(why.contains(&ReasonCode::XRsaExponent));
/// ```
#[must_use]
pub fn key_quality(key: &KeyKind<'_>, known: &KnownKeys, profile: Profile) -> Vec<ReasonCode> {
    let mut reasons = Vec::new();
    if let KeyKind::Rsa(rsa) = key {
        if is_roca(rsa.modulus()) {
            reasons.push(ReasonCode::KeyCve2017_15361);
        }
        if known.has(rsa.modulus()) {
            reasons.push(ReasonCode::KeyCve2008_0166);
        }
    }
    if profile == Profile::Extended {
        reasons.extend(extended::key_faults(key));
    }
    reasons
}

/// What is wrong with the key of a certificate and, in the extended profile, with its signature.
///
/// # Errors
///
/// [`UnreadableKey`]: the certificate's key says it is RSA and its bits are not, or its signature
/// names two algorithms. Such a certificate is counted and reported as unreadable.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{KnownKeys, Profile, certificate_quality};
/// use iot_policy::X509Certificate;
/// # let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../iot-policy/tests/certificates/bulb.der"));
///
/// let certificate = X509Certificate::from_der(der)?;
/// let why = certificate_quality(&certificate, &KnownKeys::new(), Profile::Extended);
/// assert_eq!(why, Ok(vec![]));
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
pub fn certificate_quality(
    certificate: &X509Certificate,
    known: &KnownKeys,
    profile: Profile,
) -> Result<Vec<ReasonCode>, UnreadableKey> {
    if certificate.signature_algorithm() != certificate.signed_algorithm() {
        return Err(UnreadableKey::TwoAlgorithms);
    }
    let hash = certificate
        .signature_algorithm()
        .signature_hash()
        .map_err(UnreadableKey::Signature)?;
    let key = certificate
        .public_key()
        .kind()
        .map_err(UnreadableKey::Key)?;
    let mut reasons = key_quality(&key, known, profile);
    if profile == Profile::Extended {
        reasons.extend(hash.and_then(extended::signature_fault));
        reasons.sort_unstable();
    }
    Ok(reasons)
}

/// A certificate in DER whose key or signature cannot be read.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::UnreadableKey;
///
/// let error = UnreadableKey::TwoAlgorithms;
/// assert_eq!(error.to_string(), "signatureAlgorithm: another than the certificate was signed with");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum UnreadableKey {
    /// The public key.
    #[error("subjectPublicKey: {0}")]
    Key(CertificateError),
    /// The parameters of the signature.
    #[error("signatureAlgorithm: {0}")]
    Signature(CertificateError),
    /// The signature's algorithm is not the one inside what is signed.
    #[error("signatureAlgorithm: another than the certificate was signed with")]
    TwoAlgorithms,
}
