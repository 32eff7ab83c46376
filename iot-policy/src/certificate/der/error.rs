//! Why bytes are not a certificate.

use core::fmt;

use super::super::Side;

/// Bytes that are not a certificate, with the place.
///
/// # Examples
///
/// ```
/// use iot_policy::{Certificate, CertificateErrorKind};
///
/// let error = Certificate::from_der(b"\x30\x05\x30").unwrap_err();
/// assert_eq!(error.kind(), CertificateErrorKind::Truncated);
/// assert_eq!(error.position(), 3);
/// assert_eq!(error.to_string(), "the bytes end too early at byte 3");
/// assert_eq!(error.extension(), None); // not in the alternative names
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CertificateError {
    kind: CertificateErrorKind,
    position: usize,
    extension: Option<Side>,
}

impl CertificateError {
    /// `position` is for an error that does not tell its own.
    pub(super) fn new(error: der::Error, position: usize) -> Self {
        let told = error.position().and_then(|at| usize::try_from(at).ok());
        Self {
            kind: error.kind().into(),
            position: told.unwrap_or(position),
            extension: None,
        }
    }

    pub(super) const fn repeated(side: Side) -> Self {
        Self {
            kind: CertificateErrorKind::RepeatedExtension,
            position: 0,
            extension: Some(side),
        }
    }

    pub(super) const fn within(mut self, side: Side) -> Self {
        self.extension = Some(side);
        self
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> CertificateErrorKind {
        self.kind
    }

    /// The byte that reading had come to, from the start of the DER, or of the content of the
    /// [`extension`](Self::extension): for a wrong type or length the one behind it, for a length
    /// that leads too far the end of what it stands in.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// The side whose extension of alternative names is at fault, if one is.
    #[must_use]
    pub const fn extension(&self) -> Option<Side> {
        self.extension
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.position)?;
        match self.extension {
            Some(Side::Subject) => f.write_str(" of the subject alternative names"),
            Some(Side::Issuer) => f.write_str(" of the issuer alternative names"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for CertificateError {}

/// What can be wrong with the DER form of a certificate.
///
/// # Examples
///
/// ```
/// use iot_policy::{Certificate, CertificateErrorKind};
///
/// let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/bulb.der"));
/// let error = Certificate::from_der(&der[..100]).unwrap_err();
/// assert_eq!(error.kind(), CertificateErrorKind::Truncated);
/// let error = Certificate::from_der(b"-----BEGIN CERTIFICATE-----").unwrap_err();
/// assert_eq!(error.kind(), CertificateErrorKind::Tag); // PEM is not DER
/// let error = Certificate::from_der(&[&der[..], b"\n"].concat()).unwrap_err();
/// assert_eq!(error.kind(), CertificateErrorKind::TrailingBytes);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateErrorKind {
    /// The bytes end inside an element, or an element inside one of its parts.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes stand behind the end of the certificate or of an element.
    #[error("bytes are left over")]
    TrailingBytes,
    /// The tag of another type stands there, or one that is not known.
    #[error("the type is another")]
    Tag,
    /// A length that is not in its shortest form, is indefinite, or does not suit the type.
    #[error("the length is not legal")]
    Length,
    /// A value that its type does not allow, or one that is not in its shortest form.
    #[error("the value is not legal")]
    Value,
    /// An extension that may stand there once stands there again.
    #[error("the extension is repeated")]
    RepeatedExtension,
}

impl From<der::ErrorKind> for CertificateErrorKind {
    fn from(kind: der::ErrorKind) -> Self {
        use der::ErrorKind;

        match kind {
            ErrorKind::Incomplete { .. } => Self::Truncated,
            ErrorKind::TrailingData { .. } => Self::TrailingBytes,
            ErrorKind::TagUnexpected { .. }
            | ErrorKind::TagUnknown { .. }
            | ErrorKind::TagNumberInvalid => Self::Tag,
            ErrorKind::IndefiniteLength
            | ErrorKind::Length { .. }
            | ErrorKind::Overflow
            | ErrorKind::Overlength => Self::Length,
            _ => Self::Value,
        }
    }
}
