//! What the bits of a public key say.

use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};

use super::{CertificateError, PublicKey, decode};

/// A public key as far as audits look into it.
///
/// # Examples
///
/// ```
/// use iot_policy::{KeyKind, X509Certificate};
///
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/bulb.der"));
/// let certificate = X509Certificate::from_der(der)?;
/// let KeyKind::Rsa(key) = certificate.public_key().kind()? else {
///     unreachable!("the sample has an RSA key");
/// };
/// assert_eq!(key.exponent(), [1, 0, 1]); // 65537
/// assert_eq!(key.bits(), 2048);
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind<'a> {
    /// RSA, also if it is for PSS alone.
    Rsa(RsaKey<'a>),
    /// A point on an elliptic curve.
    EllipticCurve(Curve),
    /// Another kind.
    Other,
}

/// The curve of a key.
///
/// # Examples
///
/// ```
/// use iot_policy::{Curve, KeyKind};
///
/// assert_ne!(KeyKind::EllipticCurve(Curve::P256), KeyKind::EllipticCurve(Curve::Other));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// Another, one that is written out, or none.
    Other,
}

/// The numbers of an RSA key, most significant byte first and without leading zeros.
///
/// # Examples
///
/// ```
/// use iot_policy::RsaKey;
///
/// let key = RsaKey::new(&[0, 0x80, 1], &[3]);
/// assert_eq!((key.modulus(), key.exponent(), key.bits()), ([0x80, 1].as_slice(), [3].as_slice(), 16));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RsaKey<'a> {
    modulus: &'a [u8],
    exponent: &'a [u8],
}

impl<'a> RsaKey<'a> {
    /// From the two numbers, most significant byte first. Leading zeros are left out.
    #[must_use]
    pub fn new(modulus: &'a [u8], exponent: &'a [u8]) -> Self {
        Self {
            modulus: significant(modulus),
            exponent: significant(exponent),
        }
    }

    /// The modulus; empty for 0.
    #[must_use]
    pub const fn modulus(&self) -> &'a [u8] {
        self.modulus
    }

    /// The exponent; empty for 0.
    #[must_use]
    pub const fn exponent(&self) -> &'a [u8] {
        self.exponent
    }

    /// The length of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        let spare = self.modulus.first().map_or(0, |byte| byte.leading_zeros());
        self.modulus.len() * 8 - spare as usize
    }
}

impl PublicKey {
    /// What the bits of the key say. The cost is linear in their number, and nothing is copied.
    ///
    /// # Errors
    ///
    /// [`CertificateError`]: the key says it is RSA, and its bits are not a sequence of two
    /// numbers that are not negative. The position counts from the first of the
    /// [`bits`](Self::bits).
    pub fn kind(&self) -> Result<KeyKind<'_>, CertificateError> {
        match self.algorithm().oid() {
            RSA | RSA_PSS => {
                let (modulus, exponent) = sequence(self.bits(), |inner| {
                    Ok((UintRef::decode(inner)?, UintRef::decode(inner)?))
                })?;
                let key = RsaKey::new(modulus.as_bytes(), exponent.as_bytes());
                Ok(KeyKind::Rsa(key))
            }
            EC => {
                let curve = self.algorithm().parameters().and_then(curve);
                Ok(KeyKind::EllipticCurve(curve.unwrap_or(Curve::Other)))
            }
            _ => Ok(KeyKind::Other),
        }
    }
}

fn curve(parameters: &[u8]) -> Option<Curve> {
    let oid = ObjectIdentifier::from_der(parameters).ok()?;
    CURVES
        .iter()
        .find(|(known, _)| *known == oid)
        .map(|(_, curve)| *curve)
}

/// The parts of the one sequence that the bytes are.
fn sequence<'a, T>(
    bytes: &'a [u8],
    parts: impl FnOnce(&mut SliceReader<'a>) -> der::Result<T>,
) -> Result<T, CertificateError> {
    let mut reader = SliceReader::new(bytes).map_err(|error| CertificateError::new(error, 0))?;
    let value = reader.sequence(parts);
    let position = usize::try_from(reader.position()).unwrap_or(usize::MAX);
    value
        .and_then(|value| reader.finish().map(|()| value))
        .map_err(|error: der::Error| CertificateError::new(error, position))
}

fn significant(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

const CURVES: [(ObjectIdentifier, Curve); 3] = [
    (
        ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        Curve::P256,
    ),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), Curve::P384),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), Curve::P521),
];
const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";

/// What a signature is computed over.
///
/// # Examples
///
/// ```
/// use iot_policy::{SignatureHash, X509Certificate};
///
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/bulb.der"));
/// let certificate = X509Certificate::from_der(der)?;
/// let algorithm = certificate.signature_algorithm();
/// assert_eq!(algorithm.signature_hash()?, Some(SignatureHash::Sha256));
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SignatureHash {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl super::Algorithm {
    /// The hash of a signature of RSA, ECDSA or DSA. `None` if the algorithm is none of these, or
    /// its hash none of [`SignatureHash`]. PSS that names no hash uses SHA-1 (RFC 8017).
    ///
    /// # Errors
    ///
    /// [`CertificateError`]: the algorithm is PSS, and its parameters are not those of PSS. The
    /// position counts from the first byte of the [`parameters`](Self::parameters).
    pub fn signature_hash(&self) -> Result<Option<SignatureHash>, CertificateError> {
        if self.oid() == RSA_PSS {
            return self.parameters().map_or(Ok(None), pss_hash);
        }
        Ok(known(self.oid(), &SIGNATURES))
    }
}

/// The first part of the parameters, if it has the tag `[0]`, is an algorithm.
fn pss_hash(parameters: &[u8]) -> Result<Option<SignatureHash>, CertificateError> {
    let parts = decode::<alloc::vec::Vec<AnyRef<'_>>>(parameters)?;
    let Some(first) = parts.first() else {
        return Ok(Some(SignatureHash::Sha1));
    };
    match first.tag() {
        Tag::ContextSpecific { number, .. } if number.value() == 0 => {
            let oid = sequence(first.value(), |inner| {
                let oid = ObjectIdentifier::decode(inner)?;
                Option::<AnyRef<'_>>::decode(inner)?;
                Ok(oid)
            })?;
            Ok(HASHES
                .iter()
                .find(|(at, _)| *at == oid)
                .map(|(_, hash)| *hash))
        }
        _ => Ok(Some(SignatureHash::Sha1)),
    }
}

fn known(oid: &str, table: &[(&str, SignatureHash)]) -> Option<SignatureHash> {
    let found = table.iter().find(|(at, _)| *at == oid);
    found.map(|(_, hash)| *hash)
}

const SIGNATURES: [(&str, SignatureHash); 12] = [
    ("1.2.840.113549.1.1.4", SignatureHash::Md5),
    ("1.2.840.113549.1.1.5", SignatureHash::Sha1),
    ("1.2.840.113549.1.1.11", SignatureHash::Sha256),
    ("1.2.840.113549.1.1.12", SignatureHash::Sha384),
    ("1.2.840.113549.1.1.13", SignatureHash::Sha512),
    ("1.3.14.3.2.29", SignatureHash::Sha1),
    ("1.2.840.10045.4.1", SignatureHash::Sha1),
    ("1.2.840.10045.4.3.2", SignatureHash::Sha256),
    ("1.2.840.10045.4.3.3", SignatureHash::Sha384),
    ("1.2.840.10045.4.3.4", SignatureHash::Sha512),
    ("1.2.840.10040.4.3", SignatureHash::Sha1),
    ("2.16.840.1.101.3.4.3.2", SignatureHash::Sha256),
];

const HASHES: [(ObjectIdentifier, SignatureHash); 5] = [
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.2.5"),
        SignatureHash::Md5,
    ),
    (
        ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
        SignatureHash::Sha1,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
        SignatureHash::Sha256,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
        SignatureHash::Sha384,
    ),
    (
        ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
        SignatureHash::Sha512,
    ),
];
