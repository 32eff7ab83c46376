//! Lints of `Resource` and `NotResource`.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::catalogue::LintId;
use super::delivery::Delivery;
use super::finding::{At, Findings, Part, Place, Quoted, advice, replace};
use super::model::{Arn, Grant, Target};
use super::nearest::nearest;
use super::pattern::Atom;
use crate::action::Action;
use crate::resource::ResourceKind;
use crate::statement::Effect;
use crate::token::Token;
use crate::variable::Variable;

pub(crate) fn check(grant: &Grant<'_>, findings: &mut Findings<'_>) {
    let statement = grant.statement;
    for (item, target) in grant.resources.iter().enumerate() {
        let at = grant.resource_place(item);
        if target.kinds.is_empty() {
            no_resource(target, at, findings);
        } else if !wrong_type(grant, target, at, findings) {
            mqtt_wildcards(grant, target, at, findings);
            everything(grant, target, at, findings);
            client_id(grant, target, at, findings);
        }
    }
    if statement.resources().is_negated() && statement.effect() == Effect::Allow {
        findings.add(
            LintId::NotResourceAllow,
            (
                grant.document,
                Place::Statement(grant.index, Part::ResourceKey),
            ),
            "allows the actions on every resource that is not listed",
            advice("list what is allowed under `Resource`"),
        );
    }
}

/// A pattern that the ARN of no request fits.
fn no_resource(target: &Target<'_>, at: At, findings: &mut Findings<'_>) {
    let text = Quoted(target.text);
    let Some(arn) = &target.arn else {
        let message = format_args!("{text} is not an ARN of six parts");
        let shape = "arn:aws:iot:<region>:<account>:<type>/<name>";
        let suggestion = advice(alloc::format!("write `{shape}`"));
        findings.add(LintId::MalformedArn, at, message, suggestion);
        return;
    };
    let [prefix, partition, service, region, account] = &arn.scope;
    if Arn::literal(service) == Some("greengrass") {
        return;
    }
    let named = [
        ("does not start with `arn`", prefix),
        ("has no partition", partition),
        ("is not of the service `iot`", service),
        ("has no Region", region),
        ("has no account", account),
    ];
    let is_wrong = |index: usize, part: &[Token<'_>]| match (index, Arn::literal(part)) {
        (0, Some(text)) => text != "arn",
        (2, Some(text)) => text != "iot",
        (_, literal) => literal == Some(""),
    };
    let mut faults = named.iter().enumerate();
    let fault = faults.find(|(index, (_, part))| is_wrong(*index, part));
    if let Some((_, (fault, _))) = fault {
        let message = format_args!("{text} {fault}");
        findings.add(LintId::MalformedArn, at, message, None);
        return;
    }
    let word = match arn.resource.first() {
        Some(Token::Literal(text)) => text
            .split_once('/')
            .map(|(word, _)| word)
            .filter(|word| !word.is_empty()),
        _ => None,
    };
    let Some(word) = word else {
        let message = format_args!("{text} has no type and name, as in `topic/<name>`");
        findings.add(LintId::MalformedArn, at, message, None);
        return;
    };
    let known = ResourceKind::ALL.map(|kind| kind.as_str().to_owned());
    let suggestion = nearest(word, known.into_iter()).and_then(|kind| {
        // Nothing before the type holds a slash: the first is that of the type.
        let (head, name) = target.text.split_once('/')?;
        let head = head.strip_suffix(word)?;
        Some(replace(alloc::format!("{head}{kind}/{name}")))
    });
    let message = format_args!("no request carries a resource of type {}", Quoted(word));
    findings.add(LintId::UnknownResourceType, at, message, suggestion);
}

/// A resource that is for none of the statement's actions; tells whether it is.
fn wrong_type(grant: &Grant<'_>, target: &Target<'_>, at: At, findings: &mut Findings<'_>) -> bool {
    if target.whole.is_any() || grant.names_unknown {
        return false;
    }
    let kinds = || grant.known_actions().filter_map(Action::resource_kind);
    if kinds().any(|kind| target.kinds.contains(kind)) || grant.known_actions().next().is_none() {
        return false;
    }
    let Some(kind) = kinds().next() else {
        let message = "the action is asked for on `*`, not on a resource";
        findings.add(LintId::WrongResourceType, at, message, replace("*"));
        return true;
    };
    let is_one = kinds().all(|other| other == kind);
    let suggestion = target.named.as_ref().filter(|_| is_one).and_then(|named| {
        let (head, name) = target.text.split_once('/')?;
        let head = head.strip_suffix(named.kind.as_str())?;
        let both = [ResourceKind::Topic, ResourceKind::TopicFilter];
        let is_meant = both.contains(&kind) && both.contains(&named.kind);
        is_meant.then(|| replace(alloc::format!("{head}{}/{name}", kind.as_str())))
    });
    let mut wanted = String::new();
    for kind in ResourceKind::ALL {
        if kinds().any(|other| other == kind) {
            let gap = if wanted.is_empty() { "" } else { ", " };
            wanted.push_str(&alloc::format!("{gap}`{}/`", kind.as_str()));
        }
    }
    let message = format_args!(
        "{} never matches: the actions are asked for on {wanted}",
        Quoted(target.text)
    );
    findings.add(LintId::WrongResourceType, at, message, suggestion);
    true
}

/// `+` and `#`, which are wildcards for a broker and ordinary characters for a policy.
fn mqtt_wildcards(grant: &Grant<'_>, target: &Target<'_>, at: At, findings: &mut Findings<'_>) {
    let Some(named) = &target.named else { return };
    let holds = named
        .atoms
        .iter()
        .any(|atom| matches!(atom, Atom::Char('+' | '#')));
    let is_filter = named.kind == ResourceKind::TopicFilter;
    if !holds || !(is_filter || named.kind == ResourceKind::Topic) {
        return;
    }
    let suggestion = || replace(with_policy_wildcards(target.text));
    let is_listed = !grant.statement.resources().is_negated();
    if is_filter && Delivery::of(&named.atoms) == Delivery::NoFilter {
        let message = format_args!("no legal topic filter fits {}", Quoted(target.text));
        findings.add(LintId::ImpossibleFilter, at, message, suggestion());
    } else if grant.statement.effect() == Effect::Deny && is_listed {
        let message = format_args!(
            "{} denies that text alone: `+` and `#` are no wildcards here",
            Quoted(target.text)
        );
        findings.add(LintId::MqttWildcardInDeny, at, message, suggestion());
    } else if !is_filter {
        let message = format_args!(
            "no topic name fits {}: `+` and `#` are no wildcards here",
            Quoted(target.text)
        );
        findings.add(LintId::MqttWildcardInTopic, at, message, suggestion());
    }
}

/// `+` and `#` as `*`, except in variables.
fn with_policy_wildcards(text: &str) -> String {
    let mut wild = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let end = behind.find('}').map_or(behind.len(), |at| at + 1);
        let (variable, after) = behind.split_at_checked(end).unwrap_or((behind, ""));
        wild.push_str(&before.replace(['+', '#'], "*"));
        wild.push_str("${");
        wild.push_str(variable);
        rest = after;
    }
    wild.push_str(&rest.replace(['+', '#'], "*"));
    wild
}

/// Subscribe allowed without condition on `*` or on `topicfilter/*`.
fn everything(grant: &Grant<'_>, target: &Target<'_>, at: At, findings: &mut Findings<'_>) {
    let statement = grant.statement;
    let filter = target.named(ResourceKind::TopicFilter);
    let is_all = target.whole.is_any() || filter.is_some_and(|named| named.name.is_any());
    if is_all
        && statement.effect() == Effect::Allow
        && grant.names(Action::SUBSCRIBE)
        && !grant.is_conditional()
        && !statement.resources().is_negated()
    {
        findings.add(
            LintId::SubscribeToEverything,
            at,
            format_args!(
                "{} allows to subscribe to `#`, the topics of all devices",
                Quoted(target.text)
            ),
            advice("name the topic filters, with `${iot:Connection.Thing.ThingName}` in them"),
        );
    }
}

/// Connect on `client/${iot:ClientId}`, without a condition.
fn client_id(grant: &Grant<'_>, target: &Target<'_>, at: At, findings: &mut Findings<'_>) {
    let statement = grant.statement;
    let is_alone = |arn: &&Arn<'_>| {
        matches!(arn.resource.as_slice(), [Token::Literal("client/"), Token::Variable { name, .. }]
            if Variable::parse(name) == Variable::ClientId)
    };
    if statement.effect() == Effect::Allow
        && grant.names(Action::CONNECT)
        && !grant.is_conditional()
        && !statement.resources().is_negated()
        && target.arn.as_ref().filter(is_alone).is_some()
    {
        let head = target.text.split_once("${").map(|(head, _)| head);
        let thing = |head| replace(alloc::format!("{head}${{iot:Connection.Thing.ThingName}}"));
        findings.add(
            LintId::ClientIdInConnect,
            at,
            "allows every client id, that of other devices too",
            head.map(thing),
        );
    }
}
