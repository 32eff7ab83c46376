//! Names that AWS IoT checks: things, shadows, jobs, rules, client identifiers.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum IdentError {
    /// The name has no character.
    #[error("the name is empty")]
    Empty,
    /// The name has more bytes than the limit.
    #[error("{got} bytes, the limit is {max}")]
    TooLong {
        /// The limit in bytes.
        max: usize,
        /// The bytes of the name.
        got: usize,
    },
    /// The name has fewer bytes than a name of this kind always has.
    #[error("{got} bytes, a name of this kind has {min}")]
    TooShort {
        /// The least number of bytes.
        min: usize,
        /// The bytes of the name.
        got: usize,
    },
    /// A character that names of this kind do not have.
    #[error("`{ch}` is not allowed at byte {position}")]
    BadChar {
        /// The character.
        ch: char,
        /// Its byte, from the start.
        position: usize,
    },
}

macro_rules! ident {
    ($(#[doc = $doc:expr])* $name:ident, $len:expr, $allowed:expr, $sample:literal) => {
        $(#[doc = $doc])*
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use iot_topics::", stringify!($name), ";")]
        ///
        #[doc = concat!("let name: ", stringify!($name), " = ", stringify!($sample), ".parse()?;")]
        #[doc = concat!("assert_eq!(name.as_str(), ", stringify!($sample), ");")]
        #[doc = concat!("assert!(", stringify!($name), "::parse(\"\").is_err());")]
        /// # Ok::<(), iot_topics::IdentError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks a name of this kind and takes a copy of it.
            ///
            /// # Errors
            ///
            /// [`IdentError`] when the length or a character is not allowed.
            pub fn parse(text: &str) -> Result<Self, IdentError> {
                Self::check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// Checks a name of this kind.
            ///
            /// # Errors
            ///
            /// As for `parse`.
            pub fn check(text: &str) -> Result<(), IdentError> {
                check(text, $len, $allowed)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdentError;

            fn from_str(text: &str) -> Result<Self, IdentError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentError;

            fn try_from(text: String) -> Result<Self, IdentError> {
                Self::check(&text)?;
                Ok(Self(text))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

ident! {
    /// The name of a thing: 1 to 128 of `a-z A-Z 0-9 : _ -` (API model, `ThingName`).
    ThingName, 1..=128, |_, ch| word(ch) || ch == ':', "sensor-0042"
}
ident! {
    /// The name of a thing type: 1 to 128 of `a-z A-Z 0-9 : _ -` (API model, `ThingTypeName`).
    ThingTypeName, 1..=128, |_, ch| word(ch) || ch == ':', "thermometer"
}
ident! {
    /// The name of a thing group: 1 to 128 of `a-z A-Z 0-9 : _ -` (API model, `ThingGroupName`).
    GroupName, 1..=128, |_, ch| word(ch) || ch == ':', "building-7"
}
ident! {
    /// The name of a named shadow: 1 to 64 of `a-z A-Z 0-9 $ : _ -` (API model, `ShadowName`).
    ShadowName, 1..=64, |_, ch| word(ch) || matches!(ch, ':' | '$'), "config"
}
ident! {
    /// An MQTT client identifier: 1 to 128 bytes of UTF-8 that do not start with `$`
    /// ("AWS IoT Core endpoints and quotas", client ID size). U+0000 is refused by MQTT.
    ClientId, 1..=128, |at, ch| ch != '\0' && !(at == 0 && ch == '$'), "sensor-0042"
}
ident! {
    /// The id of a job: 1 to 64 of `a-z A-Z 0-9 _ -` (API model, `JobId`).
    JobId, 1..=64, |_, ch| word(ch), "firmware-1_2"
}
ident! {
    /// The id of a stream: 1 to 128 of `a-z A-Z 0-9 _ -` (API model, `StreamId`).
    StreamId, 1..=128, |_, ch| word(ch), "image-7"
}
ident! {
    /// The name of a provisioning template: 1 to 36 of `0-9 A-Z a-z _ -` (API model, `TemplateName`).
    TemplateName, 1..=36, |_, ch| word(ch), "fleet"
}
ident! {
    /// The id of a command: 1 to 64 of `a-z A-Z 0-9 _ -` (API model, `CommandId`).
    CommandId, 1..=64, |_, ch| word(ch), "reboot"
}
ident! {
    /// The name of a rule: 1 to 128 of `a-z A-Z 0-9 _` (API model, `RuleName`).
    RuleName, 1..=128, |_, ch| ch.is_ascii_alphanumeric() || ch == '_', "store_telemetry"
}
ident! {
    /// A role alias: 1 to 128 of `a-z A-Z 0-9 _ = , @ -` (API model, `RoleAlias`).
    RoleAlias, 1..=128, |_, ch| word(ch) || matches!(ch, '=' | ',' | '@'), "camera-upload"
}
ident! {
    /// The name of a policy: 1 to 128 of `a-z A-Z 0-9 _ + = , . @ -` (API model, `PolicyName`).
    PolicyName, 1..=128, |_, ch| word(ch) || matches!(ch, '+' | '=' | ',' | '.' | '@'), "Sensors"
}
ident! {
    /// The id of a certificate: 64 hexadecimal digits, the SHA-256 of its DER form (API model,
    /// `CertificateId`).
    CertificateId, 64..=64, |_, ch: char| ch.is_ascii_hexdigit(),
    "cb31f7c9a91ad4e9e6a2d1a0c6a8b7f0e5d4c3b2a19080706050403020100fff"
}
ident! {
    /// The share name (group) of a shared subscription: 1 to 128 characters without `/`, `+`, `#`
    /// (MQTT 5.0, 4.8.2).
    ShareName, 1..=512, |_, ch| !matches!(ch, '/' | '+' | '#' | '\0'), "workers"
}

const fn word(ch: char) -> bool {
    ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-')
}

fn check(
    text: &str,
    length: core::ops::RangeInclusive<usize>,
    allowed: impl Fn(usize, char) -> bool,
) -> Result<(), IdentError> {
    if text.is_empty() {
        return Err(IdentError::Empty);
    }
    if text.len() > *length.end() {
        return Err(IdentError::TooLong {
            max: *length.end(),
            got: text.len(),
        });
    }
    if text.len() < *length.start() {
        return Err(IdentError::TooShort {
            min: *length.start(),
            got: text.len(),
        });
    }
    match text.char_indices().find(|(at, ch)| !allowed(*at, *ch)) {
        Some((position, ch)) => Err(IdentError::BadChar { ch, position }),
        None => Ok(()),
    }
}
