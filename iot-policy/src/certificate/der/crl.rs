//! Revocation lists: which certificates an issuer has taken back.
//!
//! Source: RFC 5280, section 5. `x509-cert` has a type for them that wants the version, which lists
//! of the first version leave out; so the frame is read here.

use alloc::string::String;
use alloc::vec::Vec;

use der::asn1::{Any, AnyRef, BitStringRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use iot_topics::Timestamp;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::Extensions;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifier;
use x509_cert::time::Time;

use super::{CertificateError, name, text, timestamp};

/// A revocation list (CRL) taken out of its DER form.
///
/// The names of issuers and the serial numbers have the form of
/// [`X509Certificate::issuer`](super::X509Certificate::issuer) and
/// [`serial_number`](super::X509Certificate::serial_number), so that texts can be compared. The
/// signature is not checked, nor whether the list is fresh.
///
/// # Examples
///
/// ```
/// use iot_policy::RevocationList;
///
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/revoked.crl"));
/// let list = RevocationList::from_der(der)?;
/// assert_eq!(list.issuer(), "cn=Plant CA,o=Acme");
/// assert!(list.next_update() > Some(list.this_update()));
/// let entry = &list.entries()[0];
/// assert_eq!((entry.issuer(), entry.serial_number()), ("cn=Plant CA,o=Acme", "4097"));
/// assert!(!entry.is_removed());
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    issuer: String,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: Vec<RevokedCertificate>,
}

/// An entry of a [`RevocationList`].
///
/// # Examples
///
/// ```
/// use iot_policy::RevocationList;
///
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/revoked.crl"));
/// let list = RevocationList::from_der(der)?;
/// // The second certificate was on hold, and is no longer.
/// assert!(list.entries()[1].is_removed());
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedCertificate {
    issuer: String,
    serial_number: String,
    is_removed: bool,
}

impl RevocationList {
    /// Reads a list of either version. The cost is linear in the length of `der`.
    ///
    /// # Errors
    ///
    /// [`CertificateError`]: `der` is not one revocation list in DER with nothing behind it; as
    /// with certificates, times before 1970 and serial numbers of more than 21 bytes are refused.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let mut reader = SliceReader::new(der).map_err(|error| CertificateError::new(error, 0))?;
        let list = reader.sequence(|outer| {
            let list = outer.sequence(body)?;
            AlgorithmIdentifier::<Any>::decode(outer)?;
            BitStringRef::decode(outer)?;
            Ok(list)
        });
        let position = usize::try_from(reader.position()).unwrap_or(usize::MAX);
        list.and_then(|list| reader.finish().map(|()| list))
            .map_err(|error: der::Error| CertificateError::new(error, position))
    }

    /// Who publishes the list.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// When the list was made.
    #[must_use]
    pub const fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one is made at the latest, if it says so.
    #[must_use]
    pub const fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// Its entries, in the order of the list.
    #[must_use]
    pub fn entries(&self) -> &[RevokedCertificate] {
        &self.entries
    }
}

impl RevokedCertificate {
    /// The issuer of the certificate: that of the list, unless an entry of an indirect list says
    /// another, which holds for those behind it too.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The serial number of the certificate, in decimal.
    #[must_use]
    pub fn serial_number(&self) -> &str {
        &self.serial_number
    }

    /// Whether the entry takes an earlier one back: its reason is `removeFromCRL`.
    #[must_use]
    pub const fn is_removed(&self) -> bool {
        self.is_removed
    }
}

fn body<'a>(reader: &mut SliceReader<'a>) -> der::Result<RevocationList> {
    if Tag::peek(reader)? == Tag::Integer {
        u8::decode(reader)?;
    }
    AlgorithmIdentifier::<Any>::decode(reader)?;
    let issuer = name::rfc4514(&Name::decode(reader)?);
    let this_update = timestamp(Time::decode(reader)?);
    let is_time = |tag| matches!(tag, Tag::UtcTime | Tag::GeneralizedTime);
    let next_update = match !reader.is_finished() && is_time(Tag::peek(reader)?) {
        true => Some(timestamp(Time::decode(reader)?)),
        false => None,
    };
    let mut entries = Vec::new();
    if !reader.is_finished() && Tag::peek(reader)? == Tag::Sequence {
        let mut current = issuer.clone();
        reader.sequence(|list| {
            while !list.is_finished() {
                entries.push(list.sequence(|inner| entry(inner, &mut current))?);
            }
            Ok::<(), der::Error>(())
        })?;
    }
    if !reader.is_finished() {
        AnyRef::decode(reader)?;
    }
    Ok(RevocationList {
        issuer,
        this_update,
        next_update,
        entries,
    })
}

fn entry<'a>(reader: &mut SliceReader<'a>, issuer: &mut String) -> der::Result<RevokedCertificate> {
    let serial = SerialNumber::<x509_cert::certificate::Rfc5280>::decode(reader)?;
    Time::decode(reader)?;
    let mut is_removed = false;
    let extensions = match reader.is_finished() {
        true => Extensions::new(),
        false => Extensions::decode(reader)?,
    };
    for extension in &extensions {
        let value = extension.extn_value.as_bytes();
        if extension.extn_id == REASON_CODE {
            let reason = AnyRef::from_der(value)?;
            is_removed = reason.tag() == Tag::Enumerated && reason.value() == REMOVE_FROM_CRL;
        } else if extension.extn_id == CERTIFICATE_ISSUER {
            *issuer = certificate_issuer(value)?;
        }
    }
    Ok(RevokedCertificate {
        issuer: issuer.clone(),
        serial_number: text::decimal(serial.as_bytes()),
        is_removed,
    })
}

/// The directory name among the names of an issuer.
fn certificate_issuer(der: &[u8]) -> der::Result<String> {
    for general in Vec::<AnyRef<'_>>::from_der(der)? {
        if let Tag::ContextSpecific {
            constructed: true,
            number,
        } = general.tag()
            && number.value() == 4
        {
            return Ok(name::rfc4514(&Name::from_der(general.value())?));
        }
    }
    Err(der::ErrorKind::Value { tag: Tag::Sequence }.into())
}

const REASON_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");
const REMOVE_FROM_CRL: &[u8] = &[8];
