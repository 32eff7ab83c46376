//! Statements that others make pointless.

use super::catalogue::LintId;
use super::finding::{Findings, Part, Place, Suggestion};
use super::model::{Grant, Model};
use super::pattern::{Atom, Budget, Pattern};
use crate::statement::Effect;

/// An Allow within a Deny, and a statement within another of the same effect. Each must be within
/// one other statement; what several cover together is not found.
pub(crate) fn check(model: &Model<'_>, findings: &mut Findings<'_>, budget: &mut Budget) {
    for (order, grant) in model.grants.iter().enumerate() {
        let mut others = model.grants.iter().enumerate();
        let found = others.find_map(|(other_order, other)| {
            if order == other_order || !budget.spend(1) {
                return None;
            }
            let is_same = grant.statement.effect() == other.statement.effect();
            if !is_same && grant.statement.effect() == Effect::Deny {
                return None;
            }
            let holds_whenever = !other.is_conditional()
                || is_same && grant.statement.conditions() == other.statement.conditions();
            if !holds_whenever || !covers(other, grant, budget) {
                return None;
            }
            // Of two that cover each other the first one stays.
            let is_twin = is_same
                && order < other_order
                && (!grant.is_conditional() || other.is_conditional())
                && covers(grant, other, budget);
            (!is_twin).then_some((other, is_same))
        });
        if budget.is_spent() {
            return;
        }
        let Some((other, is_same)) = found else {
            continue;
        };
        let at = (grant.document, Place::Statement(grant.index, Part::Whole));
        let related = (other.document, Place::Statement(other.index, Part::Whole));
        let (id, message) = if is_same {
            (
                LintId::RedundantStatement,
                "another statement of the same effect covers all of it",
            )
        } else {
            (
                LintId::OverruledStatement,
                "a Deny without condition covers all that the statement allows",
            )
        };
        findings.add_related(id, at, Some(related), message, Suggestion::Remove);
    }
}

/// Whether `wide` speaks of every action and resource that `narrow` speaks of.
fn covers(wide: &Grant<'_>, narrow: &Grant<'_>, budget: &mut Budget) -> bool {
    covers_actions(wide, narrow, budget) && covers_resources(wide, narrow, budget)
}

fn covers_actions(wide: &Grant<'_>, narrow: &Grant<'_>, budget: &mut Budget) -> bool {
    if !narrow.known_actions().all(|action| wide.names(action)) {
        return false;
    }
    let (theirs, ours) = (narrow.statement.actions(), wide.statement.actions());
    if !narrow.names_other() || ours == theirs {
        return true;
    }
    if ours.is_negated() || theirs.is_negated() {
        return !ours.is_negated() && ours.iter().any(|pattern| pattern == "*");
    }
    theirs.iter().all(|narrow| {
        let narrow = action_pattern(narrow);
        ours.iter()
            .any(|wide| action_pattern(wide).covers(&narrow, budget))
    })
}

/// Actions are compared without regard to case and hold no variables.
fn action_pattern(text: &str) -> Pattern {
    let atoms = text.chars().map(|c| match c {
        '*' => Atom::AnyRun,
        '?' => Atom::AnyChar,
        c => Atom::Char(c.to_ascii_lowercase()),
    });
    Pattern::glob(&atoms.collect::<alloc::vec::Vec<_>>())
}

fn covers_resources(wide: &Grant<'_>, narrow: &Grant<'_>, budget: &mut Budget) -> bool {
    let (theirs, ours) = (narrow.statement.resources(), wide.statement.resources());
    match (ours.is_negated(), theirs.is_negated()) {
        (false, false) => narrow.resources.iter().all(|narrow| {
            let mut listed = wide.resources.iter();
            listed.any(|wide| wide.whole.covers(&narrow.whole, budget))
        }),
        (true, false) => narrow.resources.iter().all(|narrow| {
            let mut excepted = wide.resources.iter();
            !excepted.any(|except| except.whole.overlaps_ever(&narrow.whole, budget))
        }),
        (false, true) => wide.resources.iter().any(|target| target.whole.is_any()),
        (true, true) => ours == theirs && wide.syntax == narrow.syntax,
    }
}
