//! How values stand in the JSON of events, and the macro that declares a payload.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A payload whose `eventType` is one fixed word.
pub(crate) trait Typed {
    const EVENT_TYPE: &'static str;
}

/// The `eventType` of a payload while it is read: only the right word is taken.
pub(crate) struct EventType<T>(PhantomData<T>);

impl<'de, T: Typed> Deserialize<'de> for EventType<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Self(PhantomData))
    }
}

impl<T: Typed> Visitor<'_> for EventType<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", T::EVENT_TYPE)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self, E> {
        if text == T::EVENT_TYPE {
            Ok(self)
        } else {
            Err(E::invalid_value(Unexpected::Str(text), &self))
        }
    }
}

/// Declares a payload: a struct with the keys of AWS in camel case, and its `eventType`, which is
/// written and checked but is no field.
macro_rules! payload {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident: $event_type:literal {
            $(
                $(#[doc = $field_doc:literal])*
                $(#[serde($($serde:tt)+)])?
                pub $field:ident: $type:ty,
            )+
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq, ::serde::Serialize)]
        #[serde(tag = "eventType", rename = $event_type, rename_all = "camelCase")]
        #[expect(
            clippy::exhaustive_structs,
            reason = "who sends such an event writes every key, and wants to hear of a new one"
        )]
        pub struct $name {
            $(
                $(#[doc = $field_doc])*
                $(#[serde($($serde)+)])?
                pub $field: $type,
            )+
        }

        impl $crate::event::wire::Typed for $name {
            const EVENT_TYPE: &'static str = $event_type;
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                #[derive(::serde::Deserialize)]
                #[serde(rename_all = "camelCase")]
                struct Wire {
                    #[serde(rename = "eventType")]
                    _event_type: $crate::event::wire::EventType<$name>,
                    $(
                        $(#[serde($($serde)+)])?
                        $field: $type,
                    )+
                }

                let wire = Wire::deserialize(deserializer)?;
                Ok(Self { $($field: wire.$field),+ })
            }
        }
    };
}

pub(crate) use payload;

/// Words in upper case, as the registry events have them: `CREATED` for `created`.
pub(crate) mod upper {
    use alloc::format;
    use alloc::string::{String, ToString};
    use core::fmt::Display;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::words::Words;

    pub(crate) fn serialize<W: Display, S: Serializer>(
        word: &W,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&word.to_string().to_ascii_uppercase())
    }

    pub(crate) fn deserialize<'de, W: Words, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<W, D::Error> {
        let text = String::deserialize(deserializer)?;
        W::WORDS
            .iter()
            .find(|word| word.to_ascii_uppercase() == text)
            .and_then(|word| W::from_word(word))
            .ok_or_else(|| {
                let words = W::WORDS.join(", ").to_ascii_uppercase();
                D::Error::custom(format!("unknown variant `{text}`, expected one of {words}"))
            })
    }
}

/// A [`Timestamp`](crate::Timestamp) in seconds; the way out drops a fraction of a second.
pub(crate) mod seconds {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::time::Timestamp;

    pub(crate) fn serialize<S: Serializer>(
        at: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(at.as_secs())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        u64::deserialize(deserializer).map(Timestamp::from_secs)
    }
}

/// A collection that is empty when the key is `null`.
pub(crate) fn null_as_empty<'de, C, D>(deserializer: D) -> Result<C, D::Error>
where
    C: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The name at the end of an ARN `arn:<partition>:iot:<region>:<account>:<kind>/<name>`.
pub(crate) fn arn_name<'a>(arn: &'a str, kind: &str) -> Option<&'a str> {
    let mut parts = arn.splitn(6, ':');
    if parts.next() != Some("arn") || parts.nth(1) != Some("iot") {
        return None;
    }
    parts.nth(2)?.strip_prefix(kind)?.strip_prefix('/')
}
