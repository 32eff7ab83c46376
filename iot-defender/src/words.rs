//! Closed sets of words that stand on the wire.

/// An enum whose variants are words: `ALL`, `as_str`, `Display`, `FromStr` and serde. Words behind
/// `or` are read, and never written. The path in front is the public one, for the example.
macro_rules! words {
    (
        $module:ident:
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal $(or $alias:literal)*,)+
        }
    ) => {
        $(#[$meta])*
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use iot_defender::", stringify!($module), "::", stringify!($name), ";")]
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

        impl ::core::str::FromStr for $name {
            type Err = ::iot_topics::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word $(| $alias)* => Ok(Self::$variant),)+
                    _ => Err(::iot_topics::UnknownWord),
                }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let word =
                    <::alloc::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                word.parse().map_err(|_| {
                    <D::Error as ::serde::de::Error>::unknown_variant(&word, &[$($word),+])
                })
            }
        }
    };
}

pub(crate) use words;
