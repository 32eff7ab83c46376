//! What policy variables need of a client certificate.
//!
//! Source of the limits: developer guide, "Using X.509 certificate policy variables" and "X.509
//! certificate AWS IoT Core policy variables".

mod builder;
#[cfg(feature = "x509")]
mod der;
mod name;

use alloc::boxed::Box;
use core::ops::Range;

use iot_topics::CertificateId;

pub use builder::CertificateBuilder;
#[cfg(feature = "x509")]
pub use der::{
    Algorithm, CertificateError, CertificateErrorKind, Curve, KeyKind, PublicKey, RevocationList,
    RevokedCertificate, RsaKey, SignatureHash, X509Certificate, certificate_id,
};
pub use name::{NameField, NameVariable, Pick, Side};

/// The values of a client certificate that policy variables stand for.
///
/// A broker has one for each connection, so it is small: three pointers, 8 bytes a value and the
/// text of the values. It is built by [`Certificate::builder`], or from DER by
/// `Certificate::from_der` with the feature `x509`.
///
/// Of each value this holds what AWS IoT lets a policy see:
///
/// - A field has at most five values, the first five of the certificate.
/// - A value with one of `*` `$` `+` `?` `#`, or of more than 1024 characters, has no text: its
///   variable stays as it is written. The characters are those of the certificate, before the next
///   rule.
/// - Each of `,` `"` `\` `=` `<` `>` `;` in a value has a backslash before it, wherever the
///   variable stands, so that resource and condition see the same text. The form of a
///   [`NameField::DirectoryName`] has such separators itself (`cn=dev-7,o=Acme`); there the
///   backslash stands only inside the parts.
///
/// # Examples
///
/// ```
/// use iot_policy::{Certificate, NameField, NoValue, Side};
///
/// let id = "00".repeat(32).parse()?;
/// let certificate = Certificate::builder()
///     .id(id)
///     .serial_number("2587")
///     .subject(NameField::CommonName, "dev-*")
///     .subject(NameField::Organization, "Example, Inc.")
///     .build();
/// let value = |field| certificate.value(Side::Subject, field, 0);
/// assert_eq!(value(NameField::CommonName), Err(NoValue::ForbiddenCharacter('*')));
/// assert_eq!(value(NameField::Organization), Ok("Example\\, Inc."));
/// assert_eq!(value(NameField::Country), Err(NoValue::NotInCertificate));
/// assert_eq!(certificate.serial_number(), Ok("2587"));
/// assert!(certificate.id().is_some());
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    id: Option<CertificateId>,
    // The texts one after the other; that of an entry ends at its `end`.
    text: Box<str>,
    // INVARIANT: ascending by slot, then as in the certificate.
    entries: Box<[Entry]>,
}

impl Certificate {
    /// What a list holds in the place of a value that has no text.
    ///
    /// No value of a certificate is equal to it, since `$` is forbidden. A policy reaches it only
    /// on purpose, as `${$}{}`, or with a wildcard that takes everything.
    pub const UNREADABLE: &'static str = "${}";

    /// An empty certificate to put values into.
    pub fn builder() -> CertificateBuilder {
        CertificateBuilder::default()
    }

    /// `iot:CertificateId`.
    #[must_use]
    pub const fn id(&self) -> Option<&CertificateId> {
        self.id.as_ref()
    }

    /// `iot:Certificate.SerialNumber`.
    ///
    /// # Errors
    ///
    /// [`NoValue`], if the certificate was built without one, or with a text that breaks a limit.
    pub fn serial_number(&self) -> Result<&str, NoValue> {
        self.read(self.range(Slot::SerialNumber), 0)
    }

    /// The value of a field, `index` counted from zero.
    ///
    /// # Errors
    ///
    /// [`NoValue`]: the variable is not replaced, for this reason.
    pub fn value(&self, side: Side, field: NameField, index: usize) -> Result<&str, NoValue> {
        self.read(self.range(Slot::Name(side, field)), index)
    }

    /// The value of a variable that has one value.
    ///
    /// # Errors
    ///
    /// As for [`value`](Self::value); [`NoValue::ManyValues`] for a `.List`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{Certificate, NameField, NameVariable};
    ///
    /// let certificate = Certificate::builder()
    ///     .subject(NameField::Country, "US")
    ///     .subject(NameField::Country, "CA")
    ///     .build();
    /// let second = NameVariable::parse("iot:Certificate.Subject.Country.1").unwrap();
    /// assert_eq!(certificate.get(second), Ok("CA"));
    /// ```
    pub fn get(&self, variable: NameVariable) -> Result<&str, NoValue> {
        let index = match variable.pick {
            Pick::First => 0,
            Pick::Nth(index) => usize::from(index),
            Pick::List => return Err(NoValue::ManyValues),
        };
        self.value(variable.side, variable.field, index)
    }

    /// The values of `.List`, at most five; none if the certificate has none.
    ///
    /// A value without text stays in the list, as [`Certificate::UNREADABLE`]. To leave it out, or
    /// to take the list for absent, would let `ForAllValues` under Allow pass without a look at
    /// it. As a text that equals nothing it fails the positive comparisons and holds the
    /// negated ones, as a variable without value does; `StringLike` with `*` takes it. What remains open is a Deny that names the
    /// value itself: no text can be on the safe side of Allow and of Deny.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{Certificate, NameField, Side};
    ///
    /// let certificate = Certificate::builder()
    ///     .subject(NameField::OrganizationalUnit, "sensors")
    ///     .subject(NameField::OrganizationalUnit, "50+")
    ///     .build();
    /// let units = certificate.list(Side::Subject, NameField::OrganizationalUnit);
    /// assert!(units.eq(["sensors", Certificate::UNREADABLE]));
    /// ```
    #[must_use]
    pub fn list(
        &self,
        side: Side,
        field: NameField,
    ) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.range(Slot::Name(side, field))
            .map(|at| self.text(at).unwrap_or(Self::UNREADABLE))
    }

    /// `iot:Certificate.AvailableKeys`: the names of the variables `iot:Certificate...` that have
    /// a value, that is a first value, spelled as the guide's page does. First the subject's, then
    /// the issuer's, then the serial number.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{Certificate, NameField};
    ///
    /// let certificate = Certificate::builder()
    ///     .serial_number("2587")
    ///     .issuer(NameField::Country, "US")
    ///     .subject(NameField::CommonName, "*")
    ///     .build();
    /// let keys = ["iot:Certificate.Issuer.Country", "iot:Certificate.SerialNumber"];
    /// assert!(certificate.available_keys().eq(keys));
    /// ```
    pub fn available_keys(&self) -> impl Iterator<Item = &'static str> + Clone {
        let mut last = None;
        self.entries.iter().filter_map(move |entry| {
            let first = last.replace(entry.slot) != Some(entry.slot);
            (first && entry.state == State::Text).then(|| entry.slot.variable())
        })
    }

    fn range(&self, slot: Slot) -> Range<usize> {
        let start = self.entries.partition_point(|entry| entry.slot < slot);
        let rest = self.entries.get(start..).unwrap_or_default();
        start..start + rest.iter().take_while(|entry| entry.slot == slot).count()
    }

    fn read(&self, mut range: Range<usize>, index: usize) -> Result<&str, NoValue> {
        let values = range.len();
        match range.nth(index) {
            Some(at) => self.text(at),
            None if values == 0 => Err(NoValue::NotInCertificate),
            None => Err(NoValue::IndexOutOfRange { values }),
        }
    }

    /// The text of the entry at that place.
    fn text(&self, at: usize) -> Result<&str, NoValue> {
        let entry = self.entries.get(at).ok_or(NoValue::NotInCertificate)?;
        match entry.state {
            State::Text => {}
            State::NotText => return Err(NoValue::NotText),
            State::TooLong => return Err(NoValue::TooLong),
            State::Forbidden(byte) => return Err(NoValue::ForbiddenCharacter(byte.into())),
        }
        let before = at.checked_sub(1).and_then(|at| self.entries.get(at));
        let start = before.map_or(0, |entry| entry.end as usize);
        let text = self.text.get(start..entry.end as usize);
        text.ok_or(NoValue::NotInCertificate)
    }
}

/// Why a variable of the certificate has no value.
///
/// In a resource such a variable stays as it is written and matches nothing; in a condition its
/// key is absent.
///
/// # Examples
///
/// ```
/// use iot_policy::NoValue;
///
/// let why = NoValue::ForbiddenCharacter('+');
/// assert_eq!(why.to_string(), "the certificate's value has a `+`, which AWS IoT does not substitute");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoValue {
    /// The certificate has no such field.
    #[error("the certificate has no such field")]
    NotInCertificate,
    /// The field has fewer values.
    #[error("the index is out of range: {values} values count, the first is 0")]
    IndexOutOfRange {
        /// The values that count, at most five.
        values: usize,
    },
    /// The certificate's value cannot be read as text.
    #[error("the certificate's value is not text")]
    NotText,
    /// The certificate's value has more than 1024 characters.
    #[error("the certificate's value has more than {MAX_CHARACTERS} characters")]
    TooLong,
    /// The certificate's value has one of `*` `$` `+` `?` `#`: the first of them.
    #[error("the certificate's value has a `{0}`, which AWS IoT does not substitute")]
    ForbiddenCharacter(char),
    /// A `.List` was asked for its one value.
    #[error("a list stands only as the key of a condition")]
    ManyValues,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    slot: Slot,
    state: State,
    end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Name(Side, NameField),
    SerialNumber,
}

impl Slot {
    const fn variable(self) -> &'static str {
        match self {
            Self::Name(side, field) => field.variable(side),
            Self::SerialNumber => "iot:Certificate.SerialNumber",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    NotText,
    TooLong,
    /// The character, which is ASCII.
    Forbidden(u8),
}

/// "Array fields" of the guide's limits.
const MAX_VALUES: usize = 5;

/// "String length" of the guide's limits.
const MAX_CHARACTERS: usize = 1024;

const _: () = assert!(size_of::<Entry>() == 8, "an entry is 8 bytes");
