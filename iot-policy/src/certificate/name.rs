//! Which of a certificate's names a policy variable asks for.

use core::fmt;

/// Whose names: those of the certificate's holder, or those of the authority that signed it.
///
/// # Examples
///
/// ```
/// use iot_policy::Side;
///
/// assert_eq!(Side::parse("issuer"), Some(Side::Issuer));
/// assert_eq!(Side::Subject.as_str(), "Subject");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a certificate has two names")]
pub enum Side {
    /// The holder of the certificate: the device.
    Subject,
    /// The authority that issued it.
    Issuer,
}

impl Side {
    /// As it stands in the name of a variable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "Subject",
            Self::Issuer => "Issuer",
        }
    }

    /// The side of that name, in any letter case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Subject, Self::Issuer]
            .into_iter()
            .find(|side| side.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! name_fields {
    ($($(#[doc = $doc:expr])* $field:ident = $text:literal,)*) => {
        /// A part of a name that policy variables can read (developer guide, "X.509 certificate
        /// AWS IoT Core policy variables").
        ///
        /// # Examples
        ///
        /// ```
        /// use iot_policy::{NameField, Side};
        ///
        /// let field = NameField::parse("alternativename.dnsname").unwrap();
        /// assert_eq!(field, NameField::DnsName);
        /// assert_eq!(field.as_str(), "AlternativeName.DNSName");
        /// assert!(NameField::ALL.contains(&field));
        /// assert_eq!(
        ///     field.variable(Side::Subject),
        ///     "iot:Certificate.Subject.AlternativeName.DNSName",
        /// );
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum NameField {
            $($(#[doc = $doc])* $field,)*
        }

        impl NameField {
            /// Every field, in the order of the guide's page.
            pub const ALL: &'static [Self] = &[$(Self::$field,)*];

            /// As it stands in the name of a variable.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$field => $text,)*
                }
            }

            /// The whole name of the variable that reads the first value of the field.
            #[must_use]
            pub const fn variable(self, side: Side) -> &'static str {
                match (side, self) {
                    $((Side::Subject, Self::$field) => {
                        concat!("iot:Certificate.Subject.", $text)
                    })*
                    $((Side::Issuer, Self::$field) => {
                        concat!("iot:Certificate.Issuer.", $text)
                    })*
                }
            }
        }
    };
}

name_fields! {
    /// dnQualifier.
    DistinguishedNameQualifier = "DistinguishedNameQualifier",
    /// countryName (C).
    Country = "Country",
    /// organizationName (O).
    Organization = "Organization",
    /// organizationalUnitName (OU).
    OrganizationalUnit = "OrganizationalUnit",
    /// stateOrProvinceName (ST).
    State = "State",
    /// commonName (CN).
    CommonName = "CommonName",
    /// serialNumber: an attribute of the name, not the serial number of the certificate.
    SerialNumber = "SerialNumber",
    /// title.
    Title = "Title",
    /// surname (SN).
    Surname = "Surname",
    /// givenName (GN).
    GivenName = "GivenName",
    /// initials.
    Initials = "Initials",
    /// pseudonym.
    Pseudonym = "Pseudonym",
    /// generationQualifier.
    GenerationQualifier = "GenerationQualifier",
    /// A mail address among the alternative names.
    Rfc822Name = "AlternativeName.RFC822Name",
    /// A host name among the alternative names.
    DnsName = "AlternativeName.DNSName",
    /// A whole distinguished name among the alternative names.
    DirectoryName = "AlternativeName.DirectoryName",
    /// A URI among the alternative names.
    UniformResourceIdentifier = "AlternativeName.UniformResourceIdentifier",
    /// An address among the alternative names.
    IpAddress = "AlternativeName.IPAddress",
}

impl NameField {
    /// The field of that name, in any letter case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|field| field.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for NameField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which of several values: what may follow the field in the name of a variable.
///
/// The guide calls the index one-based, and its example reads the *second* country by `.1`: the
/// index counts from zero.
///
/// # Examples
///
/// ```
/// use iot_policy::Pick;
///
/// assert_eq!(Pick::parse("1"), Some(Pick::Nth(1)));
/// assert_eq!(Pick::parse("list"), Some(Pick::List));
/// assert_eq!(Pick::parse("01"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "AWS documents these three")]
pub enum Pick {
    /// Nothing follows: the first value.
    First,
    /// `.N`, the number as it is written: `.1` is the second value.
    Nth(u8),
    /// `.List`: all values; in conditions only.
    List,
}

impl Pick {
    /// What stands behind the last dot of a variable: a number below 256 without leading zeros,
    /// or `List` in any letter case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("List") {
            return Some(Self::List);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        plain.then(|| text.parse().ok().map(Self::Nth)).flatten()
    }
}

/// A policy variable that reads a name of the certificate:
/// `iot:Certificate.<side>.<field>`, then nothing, `.<index>` or `.List`.
///
/// # Examples
///
/// ```
/// use iot_policy::{NameField, NameVariable, Pick, Side};
///
/// let variable = NameVariable::parse("iot:Certificate.Subject.Country.1").unwrap();
/// assert_eq!(variable, NameVariable::new(Side::Subject, NameField::Country, Pick::Nth(1)));
/// assert_eq!(variable.to_string(), "iot:Certificate.Subject.Country.1");
/// assert_eq!(NameVariable::parse("iot:Certificate.SerialNumber"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct NameVariable {
    /// Whose name.
    pub side: Side,
    /// Which part of it.
    pub field: NameField,
    /// Which of its values.
    pub pick: Pick,
}

impl NameVariable {
    /// From its parts.
    #[must_use]
    pub const fn new(side: Side, field: NameField, pick: Pick) -> Self {
        Self { side, field, pick }
    }

    /// Reads the name of a variable, in any letter case. `None` if it does not name a part of a
    /// certificate's names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (head, rest) = text.split_at_checked(PREFIX.len())?;
        if !head.eq_ignore_ascii_case(PREFIX) {
            return None;
        }
        let (side, rest) = rest.split_once('.')?;
        let side = Side::parse(side)?;
        if let Some(field) = NameField::parse(rest) {
            return Some(Self::new(side, field, Pick::First));
        }
        let (field, pick) = rest.rsplit_once('.')?;
        Some(Self::new(
            side,
            NameField::parse(field)?,
            Pick::parse(pick)?,
        ))
    }
}

impl fmt::Display for NameVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.variable(self.side))?;
        match self.pick {
            Pick::First => Ok(()),
            Pick::Nth(index) => write!(f, ".{index}"),
            Pick::List => f.write_str(".List"),
        }
    }
}

const PREFIX: &str = "iot:Certificate.";
