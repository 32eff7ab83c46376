//! What the conditions of a statement mean to the audit.

use iot_policy::{Condition, Effect, Statement, Test, Variable};

/// The conditions of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// None.
    Absent,
    /// Of an Allow: among others, that the connection has the thing that its client id names.
    Attached,
    /// Of a Deny: nothing but that it has not.
    Detached,
    /// Any others.
    Other,
}

impl Guard {
    pub(crate) fn of(statement: &Statement) -> Self {
        let mut conditions = statement.conditions().iter();
        if conditions.len() == 0 {
            return Self::Absent;
        }
        match statement.effect() {
            Effect::Allow if conditions.any(asks_attached) => Self::Attached,
            Effect::Deny if conditions.all(asks_detached) => Self::Detached,
            Effect::Allow | Effect::Deny => Self::Other,
        }
    }

    /// Whether a statement with these conditions counts: an Allow that a foreign device may use, a
    /// Deny that it cannot get round.
    pub(crate) fn counts(self, effect: Effect, is_connect: bool) -> bool {
        match effect {
            Effect::Allow => !(is_connect && self == Self::Attached),
            Effect::Deny => self == Self::Absent || is_connect && self == Self::Detached,
        }
    }
}

/// Whether the condition holds for no connection without a thing.
fn asks_attached(condition: &Condition) -> bool {
    let is_true = |value: &str| value.eq_ignore_ascii_case("true");
    is_about_attachment(condition) && condition.values().all(is_true)
}

/// Whether the condition holds for every connection without a thing.
fn asks_detached(condition: &Condition) -> bool {
    let any_case = condition.operator().test() == Test::Bool;
    let is_false =
        |value: &str| value == "false" || any_case && value.eq_ignore_ascii_case("false");
    is_about_attachment(condition) && condition.values().any(is_false)
}

/// With `...IfExists` a condition says nothing of a connection whose thing is not known, and with
/// a quantifier something else again: neither is the guard that the guide shows.
fn is_about_attachment(condition: &Condition) -> bool {
    let operator = condition.operator();
    matches!(operator.test(), Test::Bool | Test::StringEquals)
        && !operator.if_exists()
        && operator.quantifier().is_none()
        && Variable::parse(condition.key()) == Variable::ThingIsAttached
}
