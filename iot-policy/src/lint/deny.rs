//! What a Deny lets through.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::catalogue::LintId;
use super::finding::{Findings, Part, Place, advice};
use super::model::{Grant, Model, Named};
use super::pattern::{Atom, Budget, Pattern};
use crate::action::Action;
use crate::resource::ResourceKind;
use crate::statement::Effect;

/// A filter that is denied while a wider one is allowed and brings the same topics: the audit
/// reason TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS.
///
/// Takes one topic of the denied pattern, every `*` and `?` a character of its own. It is walked
/// round if it may be received, and a filter made of it (`#`, a part of its levels and `/#`, one
/// level as `+`) is allowed and not denied.
pub(crate) fn walked_round(model: &Model<'_>, findings: &mut Findings<'_>, budget: &mut Budget) {
    let denied = model.with(Effect::Deny, Action::SUBSCRIBE);
    for grant in denied.filter(|grant| !grant.is_conditional()) {
        for (item, target) in grant.targets(ResourceKind::TopicFilter) {
            let named = target.named(ResourceKind::TopicFilter);
            let is_topic = |named: &&Named| {
                !named
                    .atoms
                    .iter()
                    .any(|atom| matches!(atom, Atom::Char('+' | '#')))
            };
            let Some(named) = named.filter(is_topic) else {
                continue;
            };
            let found = way_round(model, named, budget);
            if budget.is_spent() {
                return;
            }
            if let Some((filter, allow)) = found {
                let message = alloc::format!(
                    "the filter `{}` is allowed and brings the same topics",
                    written(model, &filter)
                );
                let deny = "deny `iot:Receive` on the topics instead, or as well";
                findings.add_related(
                    LintId::DenyWalkedRound,
                    grant.resource_place(item),
                    Some(allow.action_place(Action::SUBSCRIBE)),
                    message,
                    advice(deny),
                );
            }
        }
    }
}

/// A filter that brings a topic of the denied pattern, and the statement that allows it.
fn way_round<'m>(
    model: &'m Model<'m>,
    denied: &Named,
    budget: &mut Budget,
) -> Option<(Vec<Atom>, &'m Grant<'m>)> {
    let topic: Vec<Atom> = denied
        .atoms
        .iter()
        .map(|atom| match atom {
            Atom::AnyRun | Atom::AnyChar => Atom::Char(SOME),
            atom => *atom,
        })
        .collect();
    let resource = |kind: ResourceKind, name: &[Atom]| {
        let mut whole = denied.scope.clone();
        whole.append(&Pattern::literal(kind.as_str()));
        whole.append(&Pattern::literal("/"));
        whole.append(&Pattern::glob(name));
        whole
    };
    let topic_arn = resource(ResourceKind::Topic, &topic);
    decided(model, Action::RECEIVE, &topic_arn, budget)?;
    let levels: Vec<&[Atom]> = topic.split(|atom| *atom == Atom::Char('/')).collect();
    let is_reserved = topic.first() == Some(&Atom::Char('$'));
    let wider = (0..levels.len()).flat_map(|level| {
        // A wildcard in the first place takes no name that starts with `$`.
        let below = (!(is_reserved && level == 0)).then(|| with_hash(&levels, level));
        let one = (!(is_reserved && level == 0)).then(|| with_plus(&levels, level));
        below.into_iter().chain(one)
    });
    for filter in wider {
        if !budget.spend(filter.len()) {
            return None;
        }
        let filter_arn = resource(ResourceKind::TopicFilter, &filter);
        if let Some(allow) = decided(model, Action::SUBSCRIBE, &filter_arn, budget) {
            return Some((filter, allow));
        }
    }
    None
}

/// The first levels, and `#`.
fn with_hash(levels: &[&[Atom]], level: usize) -> Vec<Atom> {
    let mut filter = Vec::new();
    for level in levels.iter().take(level) {
        filter.extend_from_slice(level);
        filter.push(Atom::Char('/'));
    }
    filter.push(Atom::Char('#'));
    filter
}

/// All levels, this one as `+`.
fn with_plus(levels: &[&[Atom]], at: usize) -> Vec<Atom> {
    let mut filter = Vec::new();
    for (index, level) in levels.iter().enumerate() {
        if index > 0 {
            filter.push(Atom::Char('/'));
        }
        if index == at {
            filter.push(Atom::Char('+'));
        } else {
            filter.extend_from_slice(level);
        }
    }
    filter
}

/// The first statement that allows the resource, if no statement without condition denies it. A
/// condition of an Allow is taken to hold.
fn decided<'m>(
    model: &'m Model<'m>,
    action: Action<'static>,
    resource: &Pattern,
    budget: &mut Budget,
) -> Option<&'m Grant<'m>> {
    if !budget.spend(model.grants.len()) {
        return None;
    }
    let allow = model
        .with(Effect::Allow, action)
        .find(|grant| takes(grant, resource, budget))?;
    let is_denied = model
        .with(Effect::Deny, action)
        .filter(|grant| !grant.is_conditional())
        .any(|grant| takes(grant, resource, budget));
    (!is_denied && !budget.is_spent()).then_some(allow)
}

fn takes(grant: &Grant<'_>, resource: &Pattern, budget: &mut Budget) -> bool {
    let mut listed = grant.resources.iter();
    if grant.statement.resources().is_negated() {
        !listed.any(|target| target.whole.covers(resource, budget))
    } else {
        listed.any(|target| target.whole.covers(resource, budget))
    }
}

/// A filter as text, for a message.
fn written(model: &Model<'_>, filter: &[Atom]) -> String {
    const MOST: usize = 120;
    let mut text = String::new();
    for atom in filter {
        if text.len() > MOST {
            text.push('…');
            break;
        }
        match atom {
            Atom::Char(SOME) => text.push('x'),
            Atom::Char(c) if c.is_control() => text.extend(c.escape_default()),
            Atom::Char(c) => text.push(*c),
            Atom::AnyChar => text.push('?'),
            Atom::AnyRun => text.push('*'),
            Atom::Variable(number) => {
                let variable = model.variable(*number).map(|(variable, _)| variable);
                let name = variable.map(ToString::to_string).unwrap_or_default();
                text.push_str(&alloc::format!("${{{name}}}"));
            }
        }
    }
    text
}

/// A Deny whose resource needs a variable, beside an Allow that does not need it.
pub(crate) fn lost(model: &Model<'_>, findings: &mut Findings<'_>, budget: &mut Budget) {
    let denies = |grant: &&Grant<'_>| {
        grant.statement.effect() == Effect::Deny && !grant.statement.resources().is_negated()
    };
    for grant in model.grants.iter().filter(denies) {
        for (item, target) in grant.resources.iter().enumerate() {
            let needed: BTreeSet<u32> = target
                .whole
                .variables()
                .filter(|number| matches!(model.variable(*number), Some((_, None))))
                .collect();
            if needed.is_empty() || target.kinds.is_empty() {
                continue;
            }
            if !budget.spend(model.grants.len()) {
                return;
            }
            let mut allows = model.grants.iter().filter(|allow| {
                allow.statement.effect() == Effect::Allow && shares_action(grant, allow)
            });
            let found = allows.find_map(|allow| {
                let number = still_allowed(allow, &target.whole, &needed, budget)?;
                Some((number, allow))
            });
            if budget.is_spent() {
                return;
            }
            let Some((number, allow)) = found else {
                continue;
            };
            let Some((variable, _)) = model.variable(number) else {
                continue;
            };
            let message = format_args!("without a value for `{variable}` nothing is denied");
            let suggestion = advice("deny the resource with a pattern that needs no variable");
            findings.add_related(
                LintId::DenyLostWithoutValue,
                grant.resource_place(item),
                Some((allow.document, Place::Statement(allow.index, Part::Whole))),
                message,
                suggestion,
            );
        }
    }
}

fn shares_action(one: &Grant<'_>, two: &Grant<'_>) -> bool {
    one.known_actions().any(|action| two.names(action))
}

/// A variable that the Deny needs and the statement, which allows some of the same, does not.
fn still_allowed(
    allow: &Grant<'_>,
    denied: &Pattern,
    needed: &BTreeSet<u32>,
    budget: &mut Budget,
) -> Option<u32> {
    if allow.statement.resources().is_negated() {
        return needed.first().copied();
    }
    allow.resources.iter().find_map(|target| {
        if !budget.spend(target.text.len() + 1) {
            return None;
        }
        let theirs: BTreeSet<u32> = target.whole.variables().collect();
        let missing = needed.difference(&theirs).next()?;
        target
            .whole
            .overlaps_unknown(denied, budget)
            .then_some(*missing)
    })
}

/// Stands for what `*` and `?` leave open; for private use, so in no policy.
const SOME: char = '\u{F8FF}';
