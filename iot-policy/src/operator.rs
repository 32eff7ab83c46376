//! Condition operators, from one table.

use core::fmt;
use core::str::FromStr;

use crate::error::PolicyErrorKind;

/// A condition operator as a policy writes it: `StringEquals`, `ForAllValues:StringLike`,
/// `NumericLessThanIfExists`.
///
/// Names are case sensitive: IAM refuses `stringEquals` ("Invalid Condition type"), while the
/// condition keys below it ignore case. `Null` never has `IfExists`.
/// Source: IAM user guide, "Condition operators" and "Using multiple keys and values".
///
/// # Examples
///
/// ```
/// use iot_policy::{Operator, Quantifier, Test};
///
/// let operator: Operator = "ForAnyValue:StringNotLikeIfExists".parse()?;
/// assert_eq!(operator.quantifier(), Some(Quantifier::ForAnyValue));
/// assert_eq!(operator.test(), Test::StringNotLike);
/// assert!(operator.if_exists() && operator.is_negated());
/// assert_eq!(operator.to_string(), "ForAnyValue:StringNotLikeIfExists");
///
/// assert_eq!(Operator::new(Some(Quantifier::ForAnyValue), Test::StringNotLike, true), Ok(operator));
/// assert!("stringEquals".parse::<Operator>().is_err());
/// assert!("NullIfExists".parse::<Operator>().is_err());
/// # Ok::<(), iot_policy::OperatorError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    test: Test,
    quantifier: Option<Quantifier>,
    if_exists: bool,
}

impl Operator {
    /// The three parts of an operator.
    ///
    /// # Errors
    ///
    /// [`OperatorError::NullIfExists`] for [`Test::Null`] with `if_exists`.
    pub const fn new(
        quantifier: Option<Quantifier>,
        test: Test,
        if_exists: bool,
    ) -> Result<Self, OperatorError> {
        if matches!(test, Test::Null) && if_exists {
            return Err(OperatorError::NullIfExists);
        }
        Ok(Self {
            test,
            quantifier,
            if_exists,
        })
    }

    /// `ForAllValues:` or `ForAnyValue:`, where one stands.
    #[must_use]
    pub const fn quantifier(self) -> Option<Quantifier> {
        self.quantifier
    }

    /// The comparison itself.
    #[must_use]
    pub const fn test(self) -> Test {
        self.test
    }

    /// Whether the name ends in `IfExists`: the condition holds where the key has no value.
    #[must_use]
    pub const fn if_exists(self) -> bool {
        self.if_exists
    }

    /// Whether the test is one of the `Not` tests.
    #[must_use]
    pub const fn is_negated(self) -> bool {
        self.test.is_negated()
    }
}

impl From<Test> for Operator {
    fn from(test: Test) -> Self {
        Self {
            test,
            quantifier: None,
            if_exists: false,
        }
    }
}

impl FromStr for Operator {
    type Err = OperatorError;

    fn from_str(text: &str) -> Result<Self, OperatorError> {
        let (quantifier, name) = Quantifier::ALL
            .into_iter()
            .find_map(|quantifier| {
                let name = text.strip_prefix(quantifier.as_str())?.strip_prefix(':')?;
                Some((Some(quantifier), name))
            })
            .unwrap_or((None, text));
        let (name, if_exists) = match name.strip_suffix(IF_EXISTS) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let row = TABLE.iter().find(|row| row.name == name);
        let row = row.ok_or(OperatorError::Unknown)?;
        Self::new(quantifier, row.test, if_exists)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(quantifier) = self.quantifier {
            write!(f, "{}:", quantifier.as_str())?;
        }
        f.write_str(self.test.as_str())?;
        f.write_str(if self.if_exists { IF_EXISTS } else { "" })
    }
}

/// How a condition reads a key that has several values.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Condition, ConnectAttributes, Context, Operator, Quantifier, Test, Version};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let packet = ConnectAttributes::new(true, true); // `PersistentConnect` and `LastWill`
/// let holds = |quantifier, context: &Context<'_>| {
///     let operator = Operator::new(Some(quantifier), Test::StringEquals, false)?;
///     let condition = Condition::new(operator, "iot:ConnectAttributes", ["LastWill"]);
///     Ok::<_, iot_policy::OperatorError>(condition.examine(Version::V2012_10_17, context).holds())
/// };
/// let context = Context::new(&scope).with_connect_attributes(packet);
/// assert!(holds(Quantifier::ForAnyValue, &context)?);
/// assert!(!holds(Quantifier::ForAllValues, &context)?);
/// // No value at all: every one of them passes, and none does.
/// assert!(holds(Quantifier::ForAllValues, &Context::new(&scope))?);
/// assert!(!holds(Quantifier::ForAnyValue, &Context::new(&scope))?);
/// assert_eq!(Quantifier::ALL.map(Quantifier::as_str), ["ForAllValues", "ForAnyValue"]);
/// # Ok::<(), iot_policy::OperatorError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the policy language has these two; a third would change every decision"
)]
pub enum Quantifier {
    /// Every value of the request passes; so does a request without a value.
    ForAllValues,
    /// Some value of the request passes.
    ForAnyValue,
}

impl Quantifier {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ForAllValues, Self::ForAnyValue];

    /// The name as a policy writes it, without the colon.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForAllValues => "ForAllValues",
            Self::ForAnyValue => "ForAnyValue",
        }
    }
}

/// What the values of a condition are, and so how they are compared.
///
/// # Examples
///
/// ```
/// use iot_policy::{Family, Test};
///
/// assert_eq!(Test::DateLessThan.family(), Family::Date);
/// // Where a policy may write `${iot:ClientId}` as a value:
/// let tests: Vec<_> = Test::all().filter(|test| test.family().takes_variables()).collect();
/// assert!(tests.contains(&Test::ArnLike) && tests.contains(&Test::Bool));
/// assert!(!tests.contains(&Test::IpAddress) && !tests.contains(&Test::NumericEquals));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the policy language is closed; a new family would change every decision"
)]
pub enum Family {
    /// Text.
    String,
    /// Numbers.
    Numeric,
    /// Instants: ISO 8601 or seconds since the Unix epoch.
    Date,
    /// `true` or `false`.
    Bool,
    /// Bytes in base64.
    Binary,
    /// IPv4 and IPv6 ranges.
    IpAddress,
    /// Amazon resource names, by their six parts.
    Arn,
    /// Whether the key has a value at all.
    Null,
}

impl Family {
    /// Whether `${...}` in the values is a variable (IAM user guide, "Condition operators":
    /// string, ARN and Boolean operators).
    #[must_use]
    pub const fn takes_variables(self) -> bool {
        matches!(self, Self::String | Self::Arn | Self::Bool)
    }
}

/// The comparison of a condition operator, without quantifier and `IfExists` (IAM user guide,
/// "Condition operators"). Each variant says what a value of the request must be, compared with a
/// value of the condition.
///
/// # Examples
///
/// ```
/// use iot_policy::{Family, Test};
///
/// assert_eq!(Test::StringNotLike.as_str(), "StringNotLike");
/// assert_eq!(Test::StringNotLike.family(), Family::String);
/// assert!(Test::StringNotLike.is_negated() && !Test::Null.is_negated());
/// assert_eq!(Test::all().len(), 27);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the policy language is closed; a new test would change every decision"
)]
pub enum Test {
    /// The same text.
    StringEquals,
    /// Another text.
    StringNotEquals,
    /// The same text but for letter case.
    StringEqualsIgnoreCase,
    /// Another text, even without regard to letter case.
    StringNotEqualsIgnoreCase,
    /// A text that the value takes, with `*` and `?` as wildcards.
    StringLike,
    /// A text that the value does not take.
    StringNotLike,
    /// The same number.
    NumericEquals,
    /// Another number.
    NumericNotEquals,
    /// A number less than the value.
    NumericLessThan,
    /// The number or a lesser one.
    NumericLessThanEquals,
    /// A number greater than the value.
    NumericGreaterThan,
    /// The number or a greater one.
    NumericGreaterThanEquals,
    /// The same instant.
    DateEquals,
    /// Another instant.
    DateNotEquals,
    /// An earlier instant.
    DateLessThan,
    /// The instant or an earlier one.
    DateLessThanEquals,
    /// A later instant.
    DateGreaterThan,
    /// The instant or a later one.
    DateGreaterThanEquals,
    /// The same truth value, in any letter case.
    Bool,
    /// The same bytes.
    BinaryEquals,
    /// An address in the network; without a prefix length the address itself.
    IpAddress,
    /// An address outside the network.
    NotIpAddress,
    /// As [`ArnLike`](Self::ArnLike).
    ArnEquals,
    /// As [`ArnNotLike`](Self::ArnNotLike).
    ArnNotEquals,
    /// An ARN each of whose six parts the value takes, with `*` and `?` as wildcards.
    ArnLike,
    /// An ARN that the value does not take.
    ArnNotLike,
    /// `true`: the key has no value. `false`: it has one.
    Null,
}

impl Test {
    /// The name as a policy writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// What the values are.
    #[must_use]
    pub const fn family(self) -> Family {
        self.row().family
    }

    /// Whether this is one of the `Not` tests, which hold when no value matches.
    #[must_use]
    pub const fn is_negated(self) -> bool {
        self.row().negated
    }

    /// Every test, in the order of the table.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|row| row.test)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the table has one row a test, in the order of the enum: see the test below"
    )]
    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

/// Why a text is not a condition operator.
///
/// # Examples
///
/// ```
/// use iot_policy::{Operator, OperatorError};
///
/// assert_eq!("StringMatches".parse::<Operator>(), Err(OperatorError::Unknown));
/// assert_eq!("NullIfExists".parse::<Operator>(), Err(OperatorError::NullIfExists));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum OperatorError {
    /// No such operator; names are case sensitive.
    #[error("unknown condition operator")]
    Unknown,
    /// `Null` asks whether a key exists, so `IfExists` says nothing.
    #[error("`Null` cannot be combined with `IfExists`")]
    NullIfExists,
}

impl From<OperatorError> for PolicyErrorKind {
    fn from(error: OperatorError) -> Self {
        match error {
            OperatorError::Unknown => Self::UnknownOperator,
            OperatorError::NullIfExists => Self::NullIfExists,
        }
    }
}

struct Row {
    test: Test,
    name: &'static str,
    family: Family,
    negated: bool,
}

const IF_EXISTS: &str = "IfExists";

/// One row a test, in the order of [`Test`] (IAM user guide, "Condition operators").
#[rustfmt::skip]
static TABLE: [Row; 27] = {
    use Family as F;
    use Test as T;
    const fn row(test: Test, name: &'static str, family: Family, negated: bool) -> Row {
        Row { test, name, family, negated }
    }
    [
        row(T::StringEquals, "StringEquals", F::String, false),
        row(T::StringNotEquals, "StringNotEquals", F::String, true),
        row(T::StringEqualsIgnoreCase, "StringEqualsIgnoreCase", F::String, false),
        row(T::StringNotEqualsIgnoreCase, "StringNotEqualsIgnoreCase", F::String, true),
        row(T::StringLike, "StringLike", F::String, false),
        row(T::StringNotLike, "StringNotLike", F::String, true),
        row(T::NumericEquals, "NumericEquals", F::Numeric, false),
        row(T::NumericNotEquals, "NumericNotEquals", F::Numeric, true),
        row(T::NumericLessThan, "NumericLessThan", F::Numeric, false),
        row(T::NumericLessThanEquals, "NumericLessThanEquals", F::Numeric, false),
        row(T::NumericGreaterThan, "NumericGreaterThan", F::Numeric, false),
        row(T::NumericGreaterThanEquals, "NumericGreaterThanEquals", F::Numeric, false),
        row(T::DateEquals, "DateEquals", F::Date, false),
        row(T::DateNotEquals, "DateNotEquals", F::Date, true),
        row(T::DateLessThan, "DateLessThan", F::Date, false),
        row(T::DateLessThanEquals, "DateLessThanEquals", F::Date, false),
        row(T::DateGreaterThan, "DateGreaterThan", F::Date, false),
        row(T::DateGreaterThanEquals, "DateGreaterThanEquals", F::Date, false),
        row(T::Bool, "Bool", F::Bool, false),
        row(T::BinaryEquals, "BinaryEquals", F::Binary, false),
        row(T::IpAddress, "IpAddress", F::IpAddress, false),
        row(T::NotIpAddress, "NotIpAddress", F::IpAddress, true),
        row(T::ArnEquals, "ArnEquals", F::Arn, false),
        row(T::ArnNotEquals, "ArnNotEquals", F::Arn, true),
        row(T::ArnLike, "ArnLike", F::Arn, false),
        row(T::ArnNotLike, "ArnNotLike", F::Arn, true),
        row(T::Null, "Null", F::Null, false),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.test as usize, index, "{}", row.name);
            assert_eq!(alloc::format!("{:?}", row.test), row.name);
            assert_eq!(row.negated, row.name.contains("Not"), "{}", row.name);
        }
        assert_eq!(Test::Null as usize + 1, TABLE.len());
    }

    #[test]
    fn every_operator_reads_back() {
        let mut count = 0;
        for test in Test::all() {
            for quantifier in [
                None,
                Some(Quantifier::ForAllValues),
                Some(Quantifier::ForAnyValue),
            ] {
                for if_exists in [false, true] {
                    let Ok(operator) = Operator::new(quantifier, test, if_exists) else {
                        assert!(test == Test::Null && if_exists);
                        continue;
                    };
                    assert_eq!(operator.to_string().parse(), Ok(operator));
                    count += 1;
                }
            }
        }
        assert_eq!(count, 27 * 6 - 3);
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "stringEquals",
            "STRINGEQUALS",
            "StringEquals ",
            " StringEquals",
            "StringEqualsifExists",
            "StringEqualsIfExistsIfExists",
            "ForAllValues",
            "ForAllValues:",
            "ForAllValues:IfExists",
            "IfExists",
            "forAllValues:StringEquals",
            "ForAllValues::StringEquals",
            "ForAnyValue:ForAllValues:StringEquals",
            "StringEqual",
            "BinaryNotEquals",
            "NullEquals",
        ] {
            assert_eq!(
                text.parse::<Operator>(),
                Err(OperatorError::Unknown),
                "{text:?}"
            );
        }
        for text in ["NullIfExists", "ForAllValues:NullIfExists"] {
            assert_eq!(text.parse::<Operator>(), Err(OperatorError::NullIfExists));
        }
        assert!("ForAllValues:Null".parse::<Operator>().is_ok());
    }
}
