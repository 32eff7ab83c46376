//! The facts of a certificate in DER form: the one place of these crates that takes one apart.
//!
//! `x509-cert` reads the frame; what it holds back from a policy (the alternative names as a whole
//! if one is odd, string types beyond three) is read here, from the parts it hands out. None of its
//! types is public.

mod crl;
mod error;
mod key;
mod name;
mod text;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use der::asn1::{Any, AnyRef};
use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use iot_topics::{CertificateId, Timestamp};
use sha2::{Digest, Sha256};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::spki::AlgorithmIdentifier;

use super::{Certificate, NameField, Side};
pub use crl::{RevocationList, RevokedCertificate};
pub use error::{CertificateError, CertificateErrorKind};
pub use key::{Curve, KeyKind, RsaKey, SignatureHash};

/// The facts of an X.509 certificate, taken out of its DER form and owned.
///
/// For the values that policies see, with the limits of AWS IoT, ask for
/// [`variables`](Self::variables); an audit reads the rest. The signature is not checked: that is
/// the work of TLS.
///
/// # Examples
///
/// ```
/// use iot_policy::{NameField, Side, X509Certificate};
///
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/bulb.der"));
/// let certificate = X509Certificate::from_der(der)?;
/// assert!(certificate.id().as_str().starts_with("f5aa8ae9")); // the SHA-256 of the DER
/// assert_eq!(certificate.serial_number(), "10525622389124227206");
/// assert!(certificate.subject().ends_with("o=IoT Devices,c=US"));
/// assert!(certificate.issuer().contains("cn=IoT Devices Primary CA"));
/// assert!(certificate.names().any(|name| name == (Side::Subject, NameField::State, Some("NY"))));
/// assert_eq!(certificate.public_key().algorithm().oid(), "1.2.840.113549.1.1.1");
/// assert!(certificate.not_before() < certificate.not_after());
///
/// let variables = certificate.variables();
/// assert_eq!(variables.value(Side::Subject, NameField::State, 0), Ok("NY"));
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct X509Certificate {
    id: CertificateId,
    serial_number: String,
    subject: String,
    issuer: String,
    not_before: Timestamp,
    not_after: Timestamp,
    names: Vec<(Side, NameField, Option<String>)>,
    public_key: PublicKey,
    signature_algorithm: Algorithm,
    signed_algorithm: Algorithm,
}

impl X509Certificate {
    /// Reads a certificate. The cost is linear in the length of `der`, but for a multi-valued part
    /// of a name, which is sorted.
    ///
    /// A single name that cannot be read (not ASCII where ASCII is prescribed, half a UTF-16
    /// character, an address of seven bytes) is kept as a name without text; see
    /// [`names`](Self::names).
    ///
    /// # Errors
    ///
    /// [`CertificateError`]: `der` is not one certificate in DER with nothing behind it, or has an
    /// extension of alternative names that is not DER or stands there twice. Refused are also
    /// times before 1970, serial numbers of more than 21 bytes, and `UniversalString`, which
    /// `der` does not know.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let certificate = decode::<x509_cert::Certificate>(der)?;
        let body = certificate.tbs_certificate();
        let mut names = Vec::new();
        for (side, name) in [
            (Side::Subject, body.subject()),
            (Side::Issuer, body.issuer()),
        ] {
            names.extend(
                name::fields(name)
                    .map(|(field, value)| (side, field, text::read(value).map(Into::into))),
            );
        }
        for (side, oid) in [
            (Side::Subject, SUBJECT_ALT_NAME),
            (Side::Issuer, ISSUER_ALT_NAME),
        ] {
            let mut extensions = body
                .extensions()
                .into_iter()
                .flatten()
                .filter(|extension| extension.extn_id == oid);
            if let Some(extension) = extensions.next() {
                alternative_names(side, extension.extn_value.as_bytes(), &mut names)
                    .map_err(|error| error.within(side))?;
            }
            if extensions.next().is_some() {
                return Err(CertificateError::repeated(side));
            }
        }
        let key = body.subject_public_key_info();
        Ok(Self {
            id: certificate_id(der),
            serial_number: text::decimal(body.serial_number().as_bytes()),
            subject: name::rfc4514(body.subject()),
            issuer: name::rfc4514(body.issuer()),
            not_before: timestamp(body.validity().not_before),
            not_after: timestamp(body.validity().not_after),
            names,
            public_key: PublicKey {
                algorithm: Algorithm::new(&key.algorithm),
                bits: key.subject_public_key.raw_bytes().into(),
                der: encoded(key).into(),
            },
            signature_algorithm: Algorithm::new(certificate.signature_algorithm()),
            signed_algorithm: Algorithm::new(body.signature()),
        })
    }

    /// The certificate id of AWS IoT: the SHA-256 of the DER.
    #[must_use]
    pub const fn id(&self) -> &CertificateId {
        &self.id
    }

    /// The serial number in decimal, as AWS IoT tells it; with a `-` if it is negative.
    #[must_use]
    pub fn serial_number(&self) -> &str {
        &self.serial_number
    }

    /// The subject in the form of RFC 4514, last part first: `cn=dev-7,o=Acme`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The issuer, in the form of [`subject`](Self::subject).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The first instant of validity.
    #[must_use]
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last second of validity.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Every value that a field of the variables has, in the order of the certificate, whole and
    /// without backslashes. `None` stands for a value that is no text.
    pub fn names(&self) -> impl Iterator<Item = (Side, NameField, Option<&str>)> {
        let names = self.names.iter();
        names.map(|(side, field, value)| (*side, *field, value.as_deref()))
    }

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// What the certificate is signed with, as told beside the signature.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &Algorithm {
        &self.signature_algorithm
    }

    /// What the certificate is signed with, as told inside what is signed. RFC 5280 wants it equal
    /// to [`signature_algorithm`](Self::signature_algorithm); that is not checked here.
    #[must_use]
    pub const fn signed_algorithm(&self) -> &Algorithm {
        &self.signed_algorithm
    }

    /// What policies see of it.
    #[must_use]
    pub fn variables(&self) -> Certificate {
        let builder = Certificate::builder()
            .id(self.id.clone())
            .serial_number(&self.serial_number);
        self.names()
            .fold(builder, |builder, (side, field, value)| match value {
                Some(value) => builder.name(side, field, value),
                None => builder.unreadable(side, field),
            })
            .build()
    }
}

impl Certificate {
    /// What policies see of a certificate in DER form. Its id is the SHA-256 of `der`.
    ///
    /// # Errors
    ///
    /// As for [`X509Certificate::from_der`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{Certificate, NameField, Side};
    ///
    /// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/bulb.der"));
    /// let certificate = Certificate::from_der(der)?;
    /// assert_eq!(
    ///     certificate.value(Side::Subject, NameField::CommonName, 0),
    ///     Ok("LightBulb Device Cert"),
    /// );
    /// assert_eq!(
    ///     certificate.value(Side::Subject, NameField::DirectoryName, 0),
    ///     Ok("cn=LightBulbCert,ou=SmartHome,o=IoT,c=US"),
    /// );
    /// # Ok::<(), iot_policy::CertificateError>(())
    /// ```
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        X509Certificate::from_der(der).map(|certificate| certificate.variables())
    }
}

/// The public key of a certificate, as its bytes.
///
/// # Examples
///
/// ```
/// use iot_policy::X509Certificate;
///
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/bulb.der"));
/// let certificate = X509Certificate::from_der(der)?;
/// let key = certificate.public_key();
/// assert_eq!(key.algorithm().oid(), "1.2.840.113549.1.1.1"); // RSA
/// assert_eq!(key.bits()[0], 0x30); // modulus and exponent: a DER sequence
/// assert!(key.to_der().ends_with(key.bits()));
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    bits: Box<[u8]>,
    der: Box<[u8]>,
}

impl PublicKey {
    /// Which kind of key: the algorithm, and for an elliptic curve the curve as its parameters.
    #[must_use]
    pub const fn algorithm(&self) -> &Algorithm {
        &self.algorithm
    }

    /// The content of the bit string: for RSA a DER sequence of modulus and exponent, for an
    /// elliptic curve the point.
    #[must_use]
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// The whole `SubjectPublicKeyInfo` in DER: what lists of known keys are made of.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }
}

/// An algorithm of a certificate: its object identifier and its parameters.
///
/// # Examples
///
/// ```
/// use iot_policy::X509Certificate;
///
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/bulb.der"));
/// let certificate = X509Certificate::from_der(der)?;
/// let algorithm = certificate.signature_algorithm();
/// assert_eq!(algorithm.oid(), "1.2.840.10045.4.3.2"); // ECDSA with SHA-256
/// assert_eq!(algorithm.parameters(), None);
/// assert_eq!(certificate.signed_algorithm(), algorithm);
/// let key = certificate.public_key().algorithm(); // of RSA
/// assert_eq!(key.parameters(), Some([0x05, 0x00].as_slice())); // NULL
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithm {
    oid: Box<str>,
    parameters: Option<Box<[u8]>>,
}

impl Algorithm {
    fn new(identifier: &AlgorithmIdentifier<Any>) -> Self {
        Self {
            oid: identifier.oid.to_string().into(),
            parameters: identifier
                .parameters
                .as_ref()
                .map(|any| encoded(any).into()),
        }
    }

    /// The object identifier in dotted form: `1.2.840.10045.2.1`.
    #[must_use]
    pub fn oid(&self) -> &str {
        &self.oid
    }

    /// The parameters in DER, with tag and length.
    #[must_use]
    pub fn parameters(&self) -> Option<&[u8]> {
        self.parameters.as_deref()
    }
}

/// The id that AWS IoT gives a certificate: the SHA-256 of its DER form, in lower-case
/// hexadecimal.
///
/// # Examples
///
/// ```
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/bulb.der"));
/// assert!(iot_policy::certificate_id(der).as_str().starts_with("f5aa8ae9"));
/// ```
#[must_use]
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "64 hexadecimal digits are a certificate id"
)]
pub fn certificate_id(der: &[u8]) -> CertificateId {
    let digest: [u8; 32] = Sha256::digest(der).into();
    CertificateId::try_from(text::hex(&digest)).expect("64 hexadecimal digits")
}

fn alternative_names(
    side: Side,
    der: &[u8],
    names: &mut Vec<(Side, NameField, Option<String>)>,
) -> Result<(), CertificateError> {
    for name in decode::<Vec<AnyRef<'_>>>(der)? {
        let Tag::ContextSpecific {
            constructed,
            number,
        } = name.tag()
        else {
            continue;
        };
        let bytes = name.value();
        let (field, value) = match (number.value(), constructed) {
            (1, false) => (NameField::Rfc822Name, text::ascii(bytes).map(Into::into)),
            (2, false) => (NameField::DnsName, text::ascii(bytes).map(Into::into)),
            (4, true) => {
                let name = x509_cert::name::Name::from_der(bytes);
                (
                    NameField::DirectoryName,
                    name.ok().map(|name| name::rfc4514(&name)),
                )
            }
            (6, false) => (
                NameField::UniformResourceIdentifier,
                text::ascii(bytes).map(Into::into),
            ),
            (7, false) => (NameField::IpAddress, text::address(bytes)),
            // The kinds that no variable reads.
            _ => continue,
        };
        names.push((side, field, value));
    }
    Ok(())
}

/// The whole of `der` as one value. The reader knows the place of the faults that do not tell it.
fn decode<'a, T>(der: &'a [u8]) -> Result<T, CertificateError>
where
    T: Decode<'a, Error = der::Error>,
{
    let mut reader = SliceReader::new(der).map_err(|error| CertificateError::new(error, 0))?;
    let value = T::decode(&mut reader);
    let position = usize::try_from(reader.position()).unwrap_or(usize::MAX);
    value
        .and_then(|value| reader.finish().map(|()| value))
        .map_err(|error| CertificateError::new(error, position))
}

/// The DER of a value that was decoded from DER.
fn encoded(value: &impl Encode) -> Vec<u8> {
    // INVARIANT: encoding fails only where lengths overflow, and these were read from bytes.
    value.to_der().unwrap_or_default()
}

fn timestamp(time: x509_cert::time::Time) -> Timestamp {
    Timestamp::from_secs(time.to_unix_duration().as_secs())
}

const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const ISSUER_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.18");
