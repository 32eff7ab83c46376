//! Conditions, compiled once and then asked without allocating.
//!
//! Three questions are kept apart. Which values the request has, [`Context`] says. How one of them
//! compares with the values of the policy is the matter of `operands`, with one file a family of
//! operators. What follows from the number of values and of matches, for negated operators,
//! quantifiers and `IfExists`, is one small table in `counts`.

mod arn;
mod binary;
mod boolean;
mod counts;
mod date;
mod ip;
mod null;
mod numeric;
mod operands;
mod relation;
mod string;
mod trace;

use alloc::string::String;
use alloc::vec::Vec;

use crate::context::{Context, Unresolved};
use crate::document::Version;
use crate::interner::{Interner, Values};
use crate::operator::Operator;
use crate::statement::Condition;
use crate::variable::Variable;

use counts::Counts;
use operands::Operands;
pub use trace::{Compared, ConditionTrace, RequestValue};

/// A condition, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct CompiledCondition {
    key: Variable,
    operator: Operator,
    operands: Operands,
}

impl Condition {
    /// Compares the values that `context` has for the key with those of the condition, as in a
    /// document of `version`. For tools: a policy set compiles its conditions once.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{ArnScope, Compared, Condition, Context, Test, Version};
    ///
    /// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    /// let context = Context::new(&scope).with_source_ip("203.0.113.7".parse()?);
    /// let networks = ["192.0.2.0/24", "203.0.113.0/24"];
    /// let condition = Condition::new(Test::NotIpAddress, "aws:SourceIp", networks);
    ///
    /// let trace = condition.examine(Version::V2012_10_17, &context);
    /// assert!(!trace.holds());
    /// assert_eq!(trace.values().unwrap()[0].compared(), Compared::Matches { value: 1 });
    /// assert_eq!(
    ///     trace.to_string(),
    ///     "`NotIpAddress` on `aws:SourceIp` fails: `203.0.113.7` matches value 2",
    /// );
    /// # Ok::<(), core::net::AddrParseError>(())
    /// ```
    #[must_use]
    pub fn examine(&self, version: Version, context: &Context<'_>) -> ConditionTrace {
        let mut interner = Interner::default();
        let variables = version == Version::V2012_10_17;
        let compiled = CompiledCondition::compile(self, variables, &mut interner);
        compiled.examine(&Values {
            slots: &interner.into_slots(),
            context,
        })
    }

    /// The values that are not of the operator's kind, such as `NumericEquals` with `abc`, by
    /// their places: no request ever matches them, so that a positive operator holds less and a
    /// negated one more often than its author meant.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{Condition, Test, Version};
    ///
    /// let networks = ["10.0.0.0/33", "10.0.0.0/8"];
    /// let condition = Condition::new(Test::NotIpAddress, "aws:SourceIp", networks);
    /// assert_eq!(condition.unreadable_values(Version::V2012_10_17), [0]);
    /// ```
    #[must_use]
    pub fn unreadable_values(&self, version: Version) -> Vec<usize> {
        let mut interner = Interner::default();
        let variables = version == Version::V2012_10_17;
        CompiledCondition::compile(self, variables, &mut interner)
            .operands
            .unreadable()
    }
}

impl CompiledCondition {
    /// Compiles a condition; `variables` tells whether `${...}` means a variable in the document.
    pub(crate) fn compile(condition: &Condition, variables: bool, interner: &mut Interner) -> Self {
        let test = condition.operator().test();
        Self {
            key: Variable::parse(condition.key()),
            operator: condition.operator(),
            operands: Operands::compile(test, condition.values(), variables, interner),
        }
    }

    /// Whether the condition holds. Allocates nothing.
    pub(crate) fn holds(&self, values: &Values<'_>) -> bool {
        self.judge(values, |_| {}).0
    }

    /// Whether the condition holds, and why.
    pub(crate) fn examine(&self, values: &Values<'_>) -> ConditionTrace {
        let mut compared = Vec::new();
        let (holds, absence) = self.judge(values, |one| compared.push(one));
        let found = match absence {
            Some(why) => Err(why),
            None => values.context.value(&self.key),
        };
        let pair = |texts: Vec<String>| {
            let pairs = texts.into_iter().zip(compared);
            pairs
                .map(|(text, compared)| RequestValue { text, compared })
                .collect()
        };
        ConditionTrace {
            operator: self.operator,
            key: self.key.clone(),
            holds,
            values: found.map(pair),
        }
    }

    /// The verdict, and why the key has no value if it has none; `see` is told how each value of
    /// the request compares.
    fn judge(
        &self,
        values: &Values<'_>,
        mut see: impl FnMut(Compared),
    ) -> (bool, Option<Unresolved>) {
        let mut counts = Counts::default();
        let absence = self.compare_each(values, &mut |compared| {
            counts.add(compared);
            see(compared);
        });
        let holds = match &self.operands {
            Operands::Null(null) => null.position(counts.is_absent()).is_some(),
            _ => counts.verdict(self.operator),
        };
        (holds, absence.err())
    }

    fn compare_each(
        &self,
        values: &Values<'_>,
        see: &mut impl FnMut(Compared),
    ) -> Result<(), Unresolved> {
        let found = values.context.find(&self.key)?;
        self.operands.compare(&found, values, see);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
