//! Closed sets of words that stand on the wire.

/// A word that is not in the set it was looked up in.
///
/// # Examples
///
/// ```
/// use iot_topics::UnknownWord;
/// use iot_topics::reserved::PayloadFormat;
///
/// assert_eq!("cbor".parse(), Ok(PayloadFormat::Cbor));
/// assert_eq!("CBOR".parse::<PayloadFormat>(), Err(UnknownWord));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("no such word")]
#[expect(
    clippy::exhaustive_structs,
    reason = "there is nothing to tell but that it happened"
)]
pub struct UnknownWord;

/// What all sets of words share; the macro below writes it.
pub(crate) trait Words: Copy + 'static {
    /// Every word, in the order of the declaration.
    const WORDS: &'static [&'static str];

    /// The value that stands for a word, case and all.
    fn from_word(word: &str) -> Option<Self>;
}

/// An enum whose variants are words: `ALL`, `as_str`, `Display`, `FromStr` and serde. The module is
/// the public one, for the example.
macro_rules! words {
    (
        $module:ident:
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$meta])*
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use iot_topics::", stringify!($module), "::", stringify!($name), ";")]
        ///
        #[doc = concat!("for value in ", stringify!($name), "::ALL {")]
        ///     assert_eq!(value.as_str().parse(), Ok(*value));
        /// }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* #[doc = concat!("(`", $word, "`)")] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::words::Words for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                <Self as $crate::words::Words>::from_word(word).ok_or($crate::words::UnknownWord)
            }
        }

        #[cfg(feature = "serde")]
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let word =
                    <::alloc::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                word.parse().map_err(|_| {
                    <D::Error as ::serde::de::Error>::unknown_variant(
                        &word,
                        <Self as $crate::words::Words>::WORDS,
                    )
                })
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use words;
