//! Reserved topics that clients do not publish or subscribe to.

use alloc::string::String;

use iot_topics::{TopicError, TopicErrorKind, TopicFilterRef, TopicNameRef, reserved};

use super::catalogue::LintId;
use super::finding::{Findings, Quoted};
use super::model::{Grant, Named};
use super::pattern::Atom;
use crate::action::Action;
use crate::resource::ResourceKind;
use crate::statement::Effect;

/// Topics and filters under Allow that are written out, but for variables.
pub(crate) fn check(grant: &Grant<'_>, findings: &mut Findings<'_>) {
    if grant.statement.effect() == Effect::Deny {
        return;
    }
    // A topic that is there for Receive may stand in the same list.
    let on_topics = |action: &Action<'_>| action.resource_kind() == Some(ResourceKind::Topic);
    let publishes = |action| matches!(action, Action::PUBLISH | Action::RETAIN_PUBLISH);
    let only_publishes = grant.known_actions().filter(on_topics).all(publishes);
    if grant.names(Action::PUBLISH) && only_publishes && !grant.names_unknown {
        let name = |text: &str| TopicNameRef::parse(text).ok().map(reserved::check_publish);
        judge(grant, ResourceKind::Topic, name, findings);
    }
    if grant.names(Action::SUBSCRIBE) {
        let filter = |text: &str| {
            let filter = TopicFilterRef::parse(text).ok();
            filter.map(reserved::check_subscribe)
        };
        judge(grant, ResourceKind::TopicFilter, filter, findings);
    }
}

fn judge(
    grant: &Grant<'_>,
    kind: ResourceKind,
    ask: impl Fn(&str) -> Option<Result<(), TopicError>>,
    findings: &mut Findings<'_>,
) {
    for (item, target) in grant.targets(kind) {
        let Some((text, is_literal)) = target.named(kind).and_then(written) else {
            continue;
        };
        let Some(Err(error)) = ask(&text) else {
            continue;
        };
        let id = match kind {
            ResourceKind::TopicFilter => LintId::SubscribeToReserved,
            _ => LintId::PublishToReserved,
        };
        let text = Quoted(target.text);
        let at = grant.resource_place(item);
        match error.kind() {
            TopicErrorKind::ReservedNotPublishable => {
                let message = format_args!("clients do not publish to {text}");
                findings.add(id, at, message, None);
            }
            TopicErrorKind::ReservedNotSubscribable => {
                let message = format_args!("{text} takes no topic to subscribe to");
                findings.add(id, at, message, None);
            }
            // With a variable the name may be another one.
            TopicErrorKind::ReservedUnknown if is_literal => {
                let message = format_args!("AWS IoT has no reserved topic as in {text}");
                findings.add(id, at, message, None);
            }
            _ => {}
        }
    }
}

/// The name as text, any word in the place of variables, and whether there is none; nothing for a
/// name with wildcards, or one that is not reserved.
fn written(named: &Named) -> Option<(String, bool)> {
    const SOME: char = 'x';
    // `${` is what was to be a variable, in a document that knows none.
    let is_reserved = matches!(named.atoms.as_slice(), [Atom::Char('$'), next, ..]
        if *next != Atom::Char('{'));
    let mut is_literal = true;
    let text = named.atoms.iter().map(|atom| match atom {
        Atom::Char(c) => Some(*c),
        Atom::Variable(_) => {
            is_literal = false;
            Some(SOME)
        }
        Atom::AnyChar | Atom::AnyRun => None,
    });
    let text = text.collect::<Option<String>>().filter(|_| is_reserved)?;
    Some((text, is_literal))
}
