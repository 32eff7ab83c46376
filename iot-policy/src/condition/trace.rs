//! Why a condition holds or fails, as data.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use crate::context::Unresolved;
use crate::operator::Operator;
use crate::shown::Shown;
use crate::variable::Variable;

/// Why one condition holds or fails for a request.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Condition, Context, Test, Unresolved, Variable, Version};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let condition = Condition::new(Test::StringLike, "iot:ClientId", "sensor-*");
///
/// let context = Context::new(&scope).with_client_id("lamp-1");
/// let trace = condition.examine(Version::V2012_10_17, &context);
/// assert_eq!(
///     trace.to_string(),
///     "`StringLike` on `iot:ClientId` fails: `lamp-1` matches no value",
/// );
///
/// assert_eq!((trace.operator().test(), trace.key()), (Test::StringLike, &Variable::ClientId));
///
/// let trace = condition.examine(Version::V2012_10_17, &Context::new(&scope));
/// assert_eq!(trace.values(), Err(Unresolved::NoClientId));
/// assert!(!trace.holds());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionTrace {
    pub(super) operator: Operator,
    pub(super) key: Variable,
    pub(super) holds: bool,
    pub(super) values: Result<Vec<RequestValue>, Unresolved>,
}

impl ConditionTrace {
    /// The operator.
    #[must_use]
    pub const fn operator(&self) -> Operator {
        self.operator
    }

    /// The key that the condition looks at.
    #[must_use]
    pub const fn key(&self) -> &Variable {
        &self.key
    }

    /// Whether the condition holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.holds
    }

    /// The values that the request has for the key; an empty set counts as no value.
    ///
    /// # Errors
    ///
    /// Why the request has none.
    pub fn values(&self) -> Result<&[RequestValue], Unresolved> {
        self.values.as_deref().map_err(|why| *why)
    }
}

impl fmt::Display for ConditionTrace {
    /// One sentence; the values of the policy are counted from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Shown(f);
        let verdict = if self.holds { "holds" } else { "fails" };
        write!(f, "`{}` on `{}` {verdict}: ", self.operator, self.key)?;
        let values = match &self.values {
            Ok(values) if values.is_empty() => return f.write_str("the set of values is empty"),
            Ok(values) => values,
            Err(why) => return write!(f, "{why}"),
        };
        let mut separator = "";
        for RequestValue { text, compared } in values {
            write!(f, "{separator}`{text}` {compared}")?;
            separator = ", ";
        }
        Ok(())
    }
}

/// One value that a request has for the key of a condition.
///
/// See [`ConditionTrace`].
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Compared, Condition, ConnectAttributes, Context, Test, Version};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let packet = ConnectAttributes::new(true, true);
/// let context = Context::new(&scope).with_connect_attributes(packet);
/// let condition = Condition::new(Test::StringEquals, "iot:ConnectAttributes", "LastWill");
/// let trace = condition.examine(Version::V2012_10_17, &context);
/// let values = trace.values().unwrap();
/// assert_eq!((values[0].text(), values[0].compared()), ("PersistentConnect", Compared::MatchesNone));
/// assert_eq!((values[1].text(), values[1].compared()), ("LastWill", Compared::Matches { value: 0 }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestValue {
    pub(super) text: String,
    pub(super) compared: Compared,
}

impl RequestValue {
    /// The value.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it compares with the values of the condition, before a `Not` is considered.
    #[must_use]
    pub const fn compared(&self) -> Compared {
        self.compared
    }
}

/// How one value of a request compares with the values of a condition, before a `Not` of the
/// operator is considered.
///
/// See [`ConditionTrace`].
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Compared, Condition, Context, Test, Version};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("seven");
/// let condition = Condition::new(Test::NumericNotEquals, "iot:ClientId", ["7", "8"]);
/// let trace = condition.examine(Version::V2012_10_17, &context);
/// assert_eq!(trace.values().unwrap()[0].compared(), Compared::Unreadable);
/// assert!(trace.holds()); // no number matches none of them: the `Not` holds
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a value matches, does not, or cannot be asked"
)]
pub enum Compared {
    /// It matches this value of the condition, the first one that it matches; counted from 0.
    /// For `Null`: this value asks that the key has a value.
    Matches {
        /// The place.
        value: usize,
    },
    /// It matches no value of the condition.
    MatchesNone,
    /// It is not a number, a date, an address, ..., as the operator needs; it matches no value.
    Unreadable,
}

impl Compared {
    pub(super) fn at(place: Option<usize>) -> Self {
        place.map_or(Self::MatchesNone, |value| Self::Matches { value })
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matches { value } => write!(f, "matches value {}", value + 1),
            Self::MatchesNone => f.write_str("matches no value"),
            Self::Unreadable => f.write_str("is nothing that the operator compares"),
        }
    }
}
