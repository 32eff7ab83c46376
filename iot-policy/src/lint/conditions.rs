//! Lints of conditions.

use alloc::collections::BTreeSet;

use super::catalogue::LintId;
use super::finding::{Findings, Part, Place, Quoted, advice, replace};
use super::model::Grant;
use super::variables::{self, OLD_THING_NAME, THING_NAME};
use crate::document::Version;
use crate::operator::{Family, Quantifier, Test};
use crate::statement::{Condition, Effect};
use crate::token::{Syntax, Token, tokens};
use crate::variable::Variable;

pub(crate) fn check(grant: &Grant<'_>, findings: &mut Findings<'_>) {
    let conditions = || grant.statement.conditions().iter();
    let demanded: BTreeSet<Variable> = conditions()
        .filter(|condition| demands_value(condition))
        .map(|condition| Variable::parse(condition.key()))
        .collect();
    for (index, condition) in conditions().enumerate() {
        let key = Variable::parse(condition.key());
        key_itself(grant, index, condition, &key, findings);
        operator(grant, index, condition, &key, findings);
        // Connect always has its attributes, and an empty set is the plain case: samples of the
        // developer guide ("Connect policy examples") rest on it.
        if key != Variable::ConnectAttributes && !demanded.contains(&key) {
            for_all_values(grant, index, condition, findings);
        }
        values(grant, index, condition, findings);
    }
}

/// Whether the key can have a value at all.
fn key_itself(
    grant: &Grant<'_>,
    index: usize,
    condition: &Condition,
    key: &Variable,
    findings: &mut Findings<'_>,
) {
    let place = Place::Statement(grant.index, Part::Key(index));
    let at = (grant.document, place);
    let name = Quoted(condition.key());
    if condition.key().eq_ignore_ascii_case(OLD_THING_NAME) {
        let message = format_args!("{name} is an old name of the key");
        findings.add(LintId::OldVariableName, at, message, replace(THING_NAME));
    }
    if !key.is_known() {
        let guess = findings.guess(condition.key(), variables::known_names());
        let message = format_args!("{name} is not a condition key of AWS IoT");
        findings.add(LintId::UnknownConditionKey, at, message, guess.map(replace));
    } else if let Some(why) = variables::other_actions(key, grant) {
        let message = format_args!("{name} {why}");
        findings.add(LintId::KeyNeverPresent, at, message, None);
    } else if let Some(why) = variables::never(key, grant, false) {
        let message = format_args!("{name} {why}");
        findings.add(LintId::VariableWithoutValue, at, message, None);
    } else if variables::over_http(key, grant) {
        let message =
            format_args!("{name} has no value for an HTTP call, and the actions are such");
        findings.add(LintId::VariableOverHttp, at, message, None);
    }
    let quantifier = condition.operator().quantifier();
    if condition.values().len() == 0 && quantifier != Some(Quantifier::ForAllValues) {
        let holds = if condition.operator().is_negated() {
            "always holds"
        } else {
            "never holds"
        };
        let message = format_args!("a condition on {name} without values {holds}");
        findings.add(LintId::EmptyValues, at, message, None);
    }
}

/// Whether the operator suits the key.
fn operator(
    grant: &Grant<'_>,
    index: usize,
    condition: &Condition,
    key: &Variable,
    findings: &mut Findings<'_>,
) {
    let place = Place::Statement(grant.index, Part::Operator(index));
    let at = (grant.document, place);
    let operator = condition.operator();
    let name = Quoted(condition.key());
    if operator.quantifier().is_none() && operator.test() != Test::Null && key.is_multi_valued() {
        let message = format_args!("{name} has several values, `{operator}` is for one");
        let suggestion = advice(alloc::format!("write `ForAnyValue:{operator}`"));
        findings.add(LintId::QuantifierMissing, at, message, suggestion);
    }
    let family = operator.test().family();
    if let Some(wanted) = better(key, family, condition) {
        let message = format_args!("{name} is compared by {wanted}, not by `{operator}`");
        findings.add(LintId::OperatorForKey, at, message, None);
    }
}

/// `ForAllValues` under Allow.
fn for_all_values(
    grant: &Grant<'_>,
    index: usize,
    condition: &Condition,
    findings: &mut Findings<'_>,
) {
    if condition.operator().quantifier() != Some(Quantifier::ForAllValues)
        || grant.statement.effect() == Effect::Deny
    {
        return;
    }
    let place = Place::Statement(grant.index, Part::Operator(index));
    let key = condition.key();
    let message = format_args!("also allows requests without a value for {}", Quoted(key));
    let null = alloc::format!("add the condition `\"Null\": {{\"{key}\": \"false\"}}`");
    findings.add(
        LintId::ForAllValuesAllow,
        (grant.document, place),
        message,
        advice(null),
    );
}

/// Whether the condition fails when its key has no value.
fn demands_value(condition: &Condition) -> bool {
    let operator = condition.operator();
    match operator.test() {
        Test::Null => condition.values().eq(["false"]),
        _ => operator.quantifier() == Some(Quantifier::ForAnyValue) && !operator.if_exists(),
    }
}

/// The operators that suit a key, if those of `family` do not.
fn better(key: &Variable, family: Family, condition: &Condition) -> Option<&'static str> {
    let (suit, wanted): (&[Family], _) = match key {
        // A range is not a text that an address could be equal to.
        Variable::SourceIp | Variable::VpcSourceIp => {
            if family == Family::String && !condition.values().any(|value| value.contains('/')) {
                return None;
            }
            (&[Family::IpAddress], "`IpAddress` or `NotIpAddress`")
        }
        Variable::CurrentTime => (&[Family::Date, Family::String], "the date operators"),
        Variable::EpochTime => (
            &[Family::Date, Family::Numeric, Family::String],
            "the date or the numeric operators",
        ),
        Variable::SecureTransport | Variable::ThingIsAttached => {
            (&[Family::Bool, Family::String], "`Bool`")
        }
        Variable::LastWillTopic => (&[Family::Arn, Family::String], "`ArnLike` or `ArnNotLike`"),
        _ => return None,
    };
    (family != Family::Null && !suit.contains(&family)).then_some(wanted)
}

fn values(grant: &Grant<'_>, index: usize, condition: &Condition, findings: &mut Findings<'_>) {
    let test = condition.operator().test();
    let family = test.family();
    let at = |value| {
        let place = Place::Statement(grant.index, Part::Value(index, value));
        (grant.document, place)
    };
    let version = match grant.syntax.variables {
        true => Version::V2012_10_17,
        false => Version::V2008_10_17,
    };
    let mut unreadable = condition.unreadable_values(version).into_iter().peekable();
    for (item, value) in condition.values().enumerate() {
        let is_unreadable = unreadable.next_if_eq(&item).is_some();
        let wild = Syntax {
            wildcards: true,
            ..grant.syntax
        };
        if !family.takes_variables() && grant.syntax.variables && value.contains("${") {
            let message = format_args!(
                "`{}` takes no variables: {} is compared as it stands",
                test.as_str(),
                Quoted(value)
            );
            findings.add(LintId::MisplacedVariable, at(item), message, None);
        } else if is_unreadable {
            let message = format_args!("{} is not {}", Quoted(value), value_of(family));
            findings.add(LintId::UnreadableValue, at(item), message, None);
        }
        if family.takes_variables() {
            variables::text(grant, value, wild, at(item), false, findings);
        }
        let compares_whole = matches!(
            test,
            Test::StringEquals
                | Test::StringNotEquals
                | Test::StringEqualsIgnoreCase
                | Test::StringNotEqualsIgnoreCase
        );
        if compares_whole && tokens(value, wild).any(|token| token == Token::AnyRun) {
            let like = if test.is_negated() {
                Test::StringNotLike
            } else {
                Test::StringLike
            };
            let message = format_args!("`{}` takes `*` as itself", test.as_str());
            let suggestion = advice(alloc::format!("compare with `{}`", like.as_str()));
            findings.add(LintId::WildcardInEquals, at(item), message, suggestion);
        }
    }
}

/// What a value must be.
const fn value_of(family: Family) -> &'static str {
    match family {
        Family::String => "a text",
        Family::Numeric => "a number",
        Family::Date => "a date",
        Family::Bool | Family::Null => "`true` or `false`",
        Family::Binary => "base64",
        Family::IpAddress => "an address or a range of addresses",
        Family::Arn => "an ARN",
    }
}
