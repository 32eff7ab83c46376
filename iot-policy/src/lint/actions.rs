//! Lints of `Action` and `NotAction`.

use alloc::string::{String, ToString};

use super::catalogue::LintId;
use super::finding::{Findings, Part, Place, Quoted, advice, replace};
use super::model::{Grant, is_unknown};
use crate::action::Action;
use crate::resource::ResourceKind;
use crate::statement::{Effect, Patterns};

pub(crate) fn check(grant: &Grant<'_>, findings: &mut Findings<'_>) {
    let statement = grant.statement;
    let at = |part| (grant.document, Place::Statement(grant.index, part));
    for (item, pattern) in statement.actions().iter().enumerate() {
        let at = at(Part::Action(item));
        if pattern.contains("${") {
            let message =
                format_args!("{} holds a variable, which actions do not", Quoted(pattern));
            findings.add(LintId::MisplacedVariable, at, message, None);
            continue;
        }
        if let Some(known) = job_action(pattern) {
            let message = format_args!("the job data plane asks for `{known}`");
            findings.add(LintId::JobActionPrefix, at, message, replace(known));
        } else if is_of_greengrass(pattern) {
            continue;
        } else if is_unknown(pattern) {
            let message = format_args!("{} names no action of a device", Quoted(pattern));
            let known = Action::known().map(|action| action.to_string());
            let guess = findings.guess(pattern, known).map(replace);
            findings.add(LintId::UnknownAction, at, message, guess);
        } else {
            without_resource(grant, item, pattern, findings);
        }
    }
    if statement.actions().is_negated() && statement.effect() == Effect::Allow {
        findings.add(
            LintId::NotActionAllow,
            at(Part::ActionKey),
            "allows every action that is not listed",
            advice("list what is allowed under `Action`"),
        );
    }
    retain_on_reserved(grant, findings);
}

/// `iot:UpdateJobExecution` and its three relatives, by the name that requests carry.
fn job_action(pattern: &str) -> Option<&'static str> {
    let (service, name) = pattern.split_once(':')?;
    let jobs = || Action::known().filter_map(|action| action.as_str().split_once(':'));
    let same = |(of, known): &(&str, &str)| *of == JOBS && known.eq_ignore_ascii_case(name);
    jobs()
        .find(same)
        .filter(|_| service.eq_ignore_ascii_case("iot"))?;
    let action = Action::known()
        .find(|action| matches!(action.as_str().split_once(':'), Some(pair) if same(&pair)))?;
    Some(action.as_str())
}

/// Whether the action is one of a Greengrass core device: those are asked for by the same policies
/// and not judged here (Greengrass developer guide, "Device authentication and authorization").
fn is_of_greengrass(pattern: &str) -> bool {
    const GREENGRASS: &str = "greengrass:";
    let service = pattern.get(..GREENGRASS.len());
    service.is_some_and(|service| service.eq_ignore_ascii_case(GREENGRASS))
}

/// An action that none of the resources is for, while other actions of the statement have theirs.
/// Where no action has, the resources are reported instead.
fn without_resource(grant: &Grant<'_>, item: usize, pattern: &str, findings: &mut Findings<'_>) {
    let statement = grant.statement;
    if statement.actions().is_negated() || statement.resources().is_negated() {
        return;
    }
    let has_resource = |action: Action<'static>| match action.resource_kind() {
        Some(kind) => grant.kinds.contains(kind),
        None => grant.takes_any,
    };
    let this = Patterns::from(pattern);
    let actions = || Action::known().filter(|action| action.matches(&this));
    if actions().any(has_resource) || !grant.known_actions().any(has_resource) {
        return;
    }
    let kind = actions().find_map(Action::resource_kind);
    let place = Place::Statement(grant.index, Part::Action(item));
    let needs = match kind {
        Some(kind) => alloc::format!("a `{}/` resource", kind.as_str()),
        None => String::from("the resource `*`"),
    };
    let message = format_args!(
        "{} is asked for on {needs}, and the statement lists none",
        Quoted(pattern)
    );
    let suggestion = advice(alloc::format!("add {needs}, or remove the action"));
    findings.add(
        LintId::ActionWithoutResource,
        (grant.document, place),
        message,
        suggestion,
    );
}

/// `iot:RetainPublish` by its name, where all topics of the statement start with `$`.
fn retain_on_reserved(grant: &Grant<'_>, findings: &mut Findings<'_>) {
    let statement = grant.statement;
    let mut topics = grant.targets(ResourceKind::Topic).peekable();
    if statement.effect() == Effect::Deny || topics.peek().is_none() {
        return;
    }
    let is_reserved = |name: &super::model::Named| name.name.starts_with('$');
    if !topics.all(|(_, target)| target.named(ResourceKind::Topic).is_some_and(is_reserved)) {
        return;
    }
    for (item, pattern) in statement.actions().iter().enumerate() {
        if Action::parse(pattern) == Action::RETAIN_PUBLISH && !statement.actions().is_negated() {
            findings.add(
                LintId::RetainOnReserved,
                (
                    grant.document,
                    Place::Statement(grant.index, Part::Action(item)),
                ),
                "all topics of the statement start with `$`, where nothing is retained",
                super::finding::Suggestion::Remove,
            );
        }
    }
}

const JOBS: &str = "iotjobsdata";
