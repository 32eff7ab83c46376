//! Names of profiles, behaviors, dimensions and custom metrics.
//!
//! Source: API reference, `SecurityProfileName`, `BehaviorName`, `DimensionName`, `MetricName`: 1
//! to 128 of `a-z A-Z 0-9 : _ -`.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use iot_topics::{IdentError, ThingName};

/// Why a name is refused.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{BehaviorName, CustomMetricName, NameError};
///
/// assert!(matches!(BehaviorName::parse("two words"), Err(NameError::Ident(_))));
/// assert_eq!(CustomMetricName::parse("aws:mine"), Err(NameError::Reserved));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Its length or a character is not allowed.
    #[error(transparent)]
    Ident(#[from] IdentError),
    /// The name of a custom metric begins with `aws:`, as those of AWS do.
    #[error("`aws:` begins the names of AWS only")]
    Reserved,
}

/// A checked text with the usual conversions. The rule is a function from a text to a refusal.
macro_rules! names {
    ($($(#[$meta:meta])* $name:ident, $check:expr;)+) => {$(
        $(#[$meta])*
        ///
        /// A text of 1 to 128 characters, each one of `a-z A-Z 0-9 : _ -` (API reference).
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use iot_defender::detect::", stringify!($name), ";")]
        ///
        #[doc = concat!("let name: ", stringify!($name), " = \"battery-low\".parse()?;")]
        /// assert_eq!(name.as_str(), "battery-low");
        #[doc = concat!("assert!(", stringify!($name), "::parse(\"\").is_err());")]
        /// # Ok::<(), iot_defender::detect::NameError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks a name and takes a copy of it.
            ///
            /// # Errors
            ///
            /// [`NameError`]: its length, a character, or what it begins with is not allowed.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> Result<(), NameError> = $check;
                check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The text.
            #[must_use]
            pub const fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    )+};
}

names! {
    /// The name of a security profile.
    ProfileName, word;
    /// The name of a behavior, which its profile has once.
    BehaviorName, word;
    /// The name of a dimension.
    DimensionName, word;
    /// The name of a custom metric: it does not begin with `aws:`.
    CustomMetricName, custom;
}

fn word(text: &str) -> Result<(), NameError> {
    // Things are named by the same rule.
    ThingName::check(text).map_err(NameError::Ident)
}

fn custom(text: &str) -> Result<(), NameError> {
    word(text)?;
    if text.starts_with("aws:") {
        return Err(NameError::Reserved);
    }
    Ok(())
}
