//! Members of a typed state that may be left out or be null.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};

/// A member of a merge patch as a type of your own: left out, null, or a value. `Option` can not
/// tell the first two apart, and to a shadow they are opposites.
///
/// A field of this type needs `#[serde(default, skip_serializing_if = "Patch::is_keep")]`. Without
/// the second, writing [`Patch::Keep`] fails: null in its place would delete the member.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Json, Patch};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
/// #[serde(default)]
/// struct Lamp {
///     #[serde(skip_serializing_if = "Patch::is_keep")]
///     on: Patch<bool>,
///     #[serde(skip_serializing_if = "Patch::is_keep")]
///     alarm: Patch<String>,
///     #[serde(skip_serializing_if = "Patch::is_keep")]
///     level: Patch<u8>,
/// }
///
/// let lamp = Lamp { on: Patch::Set(true), alarm: Patch::Clear, level: Patch::Keep };
/// let json = Json::from_serialize(&lamp)?;
/// assert_eq!(json.as_str(), r#"{"alarm":null,"on":true}"#);
/// assert_eq!(json.deserialize::<Lamp>()?, lamp);
/// # Ok::<(), iot_shadow::serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a member of a merge patch is missing, null or a value"
)]
pub enum Patch<T> {
    /// Left out: the member stays as it is.
    #[default]
    Keep,
    /// Null: the member goes.
    Clear,
    /// The member gets this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether it is left out.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Patch;
    ///
    /// assert!(Patch::<u8>::Keep.is_keep());
    /// assert!(!Patch::<u8>::Clear.is_keep());
    /// ```
    #[must_use]
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Changes a member as the patch says.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Patch;
    ///
    /// let mut level = Some(1);
    /// Patch::Keep.apply(&mut level);
    /// assert_eq!(level, Some(1));
    /// Patch::Set(2).apply(&mut level);
    /// assert_eq!(level, Some(2));
    /// Patch::Clear.apply(&mut level);
    /// assert_eq!(level, None);
    /// ```
    pub fn apply(self, member: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *member = None,
            Self::Set(value) => *member = Some(value),
        }
    }
}

impl<T: PartialEq> Patch<T> {
    /// What must be reported when a member was `old` and is `new`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Patch;
    ///
    /// assert_eq!(Patch::between(&Some(1), Some(1)), Patch::Keep);
    /// assert_eq!(Patch::between(&Some(1), Some(2)), Patch::Set(2));
    /// assert_eq!(Patch::between(&Some(1), None), Patch::Clear);
    /// ```
    #[must_use]
    pub fn between(old: &Option<T>, new: Option<T>) -> Self {
        if *old == new {
            return Self::Keep;
        }
        new.map_or(Self::Clear, Self::Set)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep => Err(S::Error::custom(
                "a member to keep must be left out: `skip_serializing_if` is missing",
            )),
            Self::Clear => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    /// A member that is there: null or a value. `#[serde(default)]` fills in one that is not.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}
