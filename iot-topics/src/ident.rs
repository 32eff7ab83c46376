//! Names that AWS IoT checks: things, shadows, jobs, rules, client identifiers and the like.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::text::text_conversions;

/// Why a name is refused.
///
/// # Examples
///
/// ```
/// use iot_topics::{IdentError, ThingName};
///
/// let error = ThingName::parse("room/7").unwrap_err();
/// assert_eq!(error, IdentError::BadChar { ch: '/', position: 4 });
/// assert_eq!(error.to_string(), "`/` is not allowed at byte 4");
/// ```
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
    /// The name has more characters than the limit, where characters are counted.
    #[error("{got} characters, the limit is {max}")]
    TooManyChars {
        /// The limit in characters.
        max: usize,
        /// The characters of the name.
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
    #[error("`{}` is not allowed at byte {position}", .ch.escape_debug())]
    BadChar {
        /// The character.
        ch: char,
        /// Its byte, from the start.
        position: usize,
    },
}

/// The least and the most, and of what.
#[derive(Clone, Copy)]
enum Length {
    Bytes(usize, usize),
    Chars(usize, usize),
}

macro_rules! ident {
    ($(#[doc = $doc:expr])* $name:ident, $length:expr, $allowed:expr, $sample:literal, not $wrong:literal) => {
        $(#[doc = $doc])*
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use iot_topics::", stringify!($name), ";")]
        ///
        #[doc = concat!("let name: ", stringify!($name), " = ", stringify!($sample), ".parse()?;")]
        #[doc = concat!("assert_eq!(name.as_str(), ", stringify!($sample), ");")]
        #[doc = concat!("assert_eq!(", stringify!($name), "::check(", stringify!($sample), "), Ok(()));")]
        #[doc = concat!("assert!(", stringify!($name), "::parse(", stringify!($wrong), ").is_err());")]
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

            /// Checks a name of this kind, without a copy.
            ///
            /// # Errors
            ///
            /// As for `parse`.
            pub fn check(text: &str) -> Result<(), IdentError> {
                check(text, $length, $allowed)
            }

            /// The text.
            #[must_use]
            pub const fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdentError;

            fn try_from(text: &str) -> Result<Self, IdentError> {
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

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        text_conversions!($name, IdentError);
    };
}

ident! {
    /// The name of a thing: 1 to 128 of `a-z A-Z 0-9 : _ -` (API model, `ThingName`).
    ThingName, Length::Bytes(1, 128), |_, ch| word(ch) || ch == ':',
    "sensor-0042", not "sensor 0042"
}
ident! {
    /// The name of a thing type: 1 to 128 of `a-z A-Z 0-9 : _ -` (API model, `ThingTypeName`).
    ThingTypeName, Length::Bytes(1, 128), |_, ch| word(ch) || ch == ':',
    "thermometer", not "thermo/meter"
}
ident! {
    /// The name of a thing group: 1 to 128 of `a-z A-Z 0-9 : _ -` (API model, `ThingGroupName`).
    GroupName, Length::Bytes(1, 128), |_, ch| word(ch) || ch == ':',
    "building-7", not "building.7"
}
ident! {
    /// The name of a thing's or thing group's attribute: 1 to 128 of
    /// `a-z A-Z 0-9 _ . , @ / : # -` (API model, `AttributeName`).
    AttributeName, Length::Bytes(1, 128), |_, ch| attribute(ch),
    "wing/room#2", not "wing room"
}
ident! {
    /// The value of an attribute: 0 to 800 of `a-z A-Z 0-9 _ . , @ / : # = [ ] -` (API model,
    /// `AttributeValue`). The one name here that may be empty.
    AttributeValue, Length::Bytes(0, 800), |_, ch| attribute(ch) || matches!(ch, '=' | '[' | ']'),
    "[north,east]", not "north + east"
}
ident! {
    /// The name of a named shadow: 1 to 64 of `a-z A-Z 0-9 $ : _ -` (API model, `ShadowName`).
    ShadowName, Length::Bytes(1, 64), |_, ch| word(ch) || matches!(ch, ':' | '$'),
    "config", not "config/2"
}
ident! {
    /// An MQTT client identifier: 1 to 128 bytes of UTF-8 that do not start with `$`
    /// ("AWS IoT Core endpoints and quotas", client ID size). U+0000 is refused by MQTT.
    ClientId, Length::Bytes(1, 128), client,
    "Fühler 42", not "$sensor"
}
ident! {
    /// The id of a job: 1 to 64 of `a-z A-Z 0-9 _ -` (API model, `JobId`). `$next`, which stands
    /// in its place in a topic, is none.
    JobId, Length::Bytes(1, 64), |_, ch| word(ch),
    "firmware-1_2", not "$next"
}
ident! {
    /// The id of a stream: 1 to 128 of `a-z A-Z 0-9 _ -` (API model, `StreamId`).
    StreamId, Length::Bytes(1, 128), |_, ch| word(ch),
    "image-7", not "image:7"
}
ident! {
    /// The name of a provisioning template: 1 to 36 of `0-9 A-Z a-z _ -` (API model, `TemplateName`).
    TemplateName, Length::Bytes(1, 36), |_, ch| word(ch),
    "fleet", not "a-name-that-is-longer-than-36-letters"
}
ident! {
    /// The id of a command: 1 to 64 of `a-z A-Z 0-9 _ -` (API model, `CommandId`).
    CommandId, Length::Bytes(1, 64), |_, ch| word(ch),
    "reboot", not "reboot!"
}
ident! {
    /// The id under which a device asks for its location: letters, digits and dashes (developer
    /// guide, AWS IoT Core Device Location, resolving by MQTT). The guide names no length; 1 to
    /// 128 here.
    DeviceLocationId, Length::Bytes(1, 128), |_, ch| ch.is_ascii_alphanumeric() || ch == '-',
    "tracker-7", not "tracker_7"
}
ident! {
    /// The name of a rule: 1 to 128 of `a-z A-Z 0-9 _` (API model, `RuleName`).
    RuleName, Length::Bytes(1, 128), |_, ch| ch.is_ascii_alphanumeric() || ch == '_',
    "store_telemetry", not "store-telemetry"
}
ident! {
    /// A role alias: 1 to 128 of `a-z A-Z 0-9 _ = , @ -` (API model, `RoleAlias`).
    RoleAlias, Length::Bytes(1, 128), |_, ch| word(ch) || matches!(ch, '=' | ',' | '@'),
    "camera-upload", not "camera/upload"
}
ident! {
    /// The name of a custom authorizer: 1 to 128 of `a-z A-Z 0-9 _ = , @ -` (API model,
    /// `AuthorizerName`).
    AuthorizerName, Length::Bytes(1, 128), |_, ch| word(ch) || matches!(ch, '=' | ',' | '@'),
    "token-check", not "token.check"
}
ident! {
    /// The name of a policy: 1 to 128 of `a-z A-Z 0-9 _ + = , . @ -` (API model, `PolicyName`).
    PolicyName, Length::Bytes(1, 128), |_, ch| word(ch) || matches!(ch, '+' | '=' | ',' | '.' | '@'),
    "Sensors", not "Sensors*"
}
ident! {
    /// The id of a certificate: 64 hexadecimal digits, the SHA-256 of its DER form (API model,
    /// `CertificateId`). The model also takes `0x` and 62 digits, so it is taken here.
    ///
    /// Kept as it is written: AWS writes lower case, the API model takes either, and ids that
    /// differ in case are different texts here.
    CertificateId, Length::Bytes(64, 64), hexadecimal(),
    "cb31f7c9a91ad4e9e6a2d1a0c6a8b7f0e5d4c3b2a19080706050403020100fff", not "cb31f7c9"
}
ident! {
    /// The share name (group) of a shared subscription: 1 to 128 characters without `/`, `+`, `#`
    /// and U+0000 (MQTT 5.0, 4.8.2; "AWS IoT Core endpoints and quotas" for the length).
    ShareName, Length::Chars(1, 128), |_, ch| !matches!(ch, '/' | '+' | '#' | '\0'),
    "workers", not "work/ers"
}

ident! {
    /// The id of one execution of a command: 1 to 64 of `a-z A-Z 0-9 _ -` (API model,
    /// `CommandExecutionId`).
    ExecutionId, Length::Bytes(1, 64), |_, ch| word(ch),
    "2bd65c51-4cfd-49e4", not "2bd65c51:4cfd"
}
ident! {
    /// A client identifier that has lifecycle events: a [`ClientId`] without `+` and `#`, since the
    /// others have none (developer guide, Lifecycle events). It may hold `/`.
    LifecycleClientId, Length::Bytes(1, 128),
    |at, ch| client(at, ch) && !matches!(ch, '+' | '#'),
    "hall/lamp", not "lamp#7"
}
ident! {
    /// A client identifier that can be one level of a command topic: a [`ClientId`] without `/`,
    /// `+` and `#`.
    CommandClientId, Length::Bytes(1, 128),
    |at, ch| client(at, ch) && !matches!(ch, '/' | '+' | '#'),
    "lamp 7", not "hall/lamp"
}
ident! {
    /// One level of a reserved topic for which the documentation gives no pattern: 1 to 128 bytes
    /// without `/`, `+`, `#` and U+0000.
    TopicLevel, Length::Bytes(1, 128), |_, ch| !matches!(ch, '/' | '+' | '#' | '\0'),
    "wireless_devices", not "wireless/devices"
}

const fn client(at: usize, ch: char) -> bool {
    ch != '\0' && !(at == 0 && ch == '$')
}

const fn word(ch: char) -> bool {
    ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-')
}

const fn attribute(ch: char) -> bool {
    word(ch) || matches!(ch, '.' | ',' | '@' | '/' | ':' | '#')
}

/// `(0x)?[a-fA-F0-9]+`
fn hexadecimal() -> impl FnMut(usize, char) -> bool {
    let mut is_behind_zero = false;
    move |at, ch| {
        let is_allowed = ch.is_ascii_hexdigit() || is_behind_zero && ch == 'x';
        is_behind_zero = at == 0 && ch == '0';
        is_allowed
    }
}

fn check(
    text: &str,
    length: Length,
    mut allowed: impl FnMut(usize, char) -> bool,
) -> Result<(), IdentError> {
    check_length(text, length)?;
    match text.char_indices().find(|(at, ch)| !allowed(*at, *ch)) {
        Some((position, ch)) => Err(IdentError::BadChar { ch, position }),
        None => Ok(()),
    }
}

fn check_length(text: &str, length: Length) -> Result<(), IdentError> {
    let (got, min, max) = match length {
        Length::Bytes(min, max) => (text.len(), min, max),
        Length::Chars(min, max) => (text.chars().count(), min, max),
    };
    if got == 0 && min > 0 {
        return Err(IdentError::Empty);
    }
    if got < min {
        return Err(IdentError::TooShort { min, got });
    }
    if got > max {
        return Err(match length {
            Length::Bytes(..) => IdentError::TooLong { max, got },
            Length::Chars(..) => IdentError::TooManyChars { max, got },
        });
    }
    Ok(())
}
