//! Whether what is subscribed to may be received, and the other way round.

use alloc::vec::Vec;

use super::catalogue::LintId;
use super::delivery::{Delivery, Names};
use super::finding::{At, Findings, Quoted, advice};
use super::model::{Grant, Model, Named, Target};
use super::pattern::{Atom, Budget, Pattern};
use crate::action::Action;
use crate::resource::ResourceKind;
use crate::statement::Effect;

/// Subscribe against Receive, over all documents. Deny statements and conditions are not looked
/// at: what they take away is not reported.
pub(crate) fn check(model: &Model<'_>, findings: &mut Findings<'_>, budget: &mut Budget) {
    let subscribe = Side::new(model, Action::SUBSCRIBE, ResourceKind::TopicFilter);
    let receive = Side::new(model, Action::RECEIVE, ResourceKind::Topic);
    let (Some(first_subscribe), Some(first_receive)) = (subscribe.first, receive.first) else {
        if let Some(grant) = subscribe.first {
            let at = grant.action_place(Action::SUBSCRIBE);
            let message = "no statement allows `iot:Receive`, so that no message is delivered";
            let suggestion = advice("allow `iot:Receive` on the topics of the filters");
            findings.add(LintId::ReceiveMissing, at, message, suggestion);
        }
        if let Some(grant) = receive.first {
            let at = grant.action_place(Action::RECEIVE);
            let message = "no statement allows `iot:Subscribe`";
            let suggestion = advice("allow `iot:Subscribe` on filters that take the topics");
            findings.add(LintId::SubscribeMissing, at, message, suggestion);
        }
        return;
    };
    let subscribe_at = first_subscribe.action_place(Action::SUBSCRIBE);
    let receive_at = first_receive.action_place(Action::RECEIVE);
    let filters: Vec<Filter<'_>> = subscribe.exact.iter().filter_map(Filter::new).collect();
    if !receive.is_open {
        for filter in &filters {
            let mut topics = receive.exact.iter();
            let is_received = topics.any(|topic| filter.delivers(topic.named, budget));
            if budget.is_spent() {
                return;
            }
            if !is_received {
                let target = filter.listed.target;
                let message = format_args!(
                    "no message that {} brings may be received",
                    Quoted(target.text)
                );
                let suggestion = advice("allow `iot:Receive` on the topics of the filter");
                findings.add_related(
                    LintId::SubscribeWithoutReceive,
                    filter.listed.grant.resource_place(filter.listed.item),
                    Some(receive_at),
                    message,
                    suggestion,
                );
            }
        }
    }
    if !subscribe.is_open {
        for topic in &receive.exact {
            // Replies on reserved topics come without a subscription.
            if topic.named.name.starts_with('$') {
                continue;
            }
            let mut all = filters.iter();
            let is_delivered = all.any(|filter| filter.delivers(topic.named, budget));
            if budget.is_spent() {
                return;
            }
            if !is_delivered {
                undelivered(topic, &filters, subscribe_at, findings);
            }
        }
    }
}

fn undelivered(
    topic: &Listed<'_>,
    filters: &[Filter<'_>],
    subscribe_at: At,
    findings: &mut Findings<'_>,
) {
    let at = topic.grant.resource_place(topic.item);
    let text = Quoted(topic.target.text);
    let is_parent = |filter: &&Filter<'_>| filter.is_below(topic.named);
    if let Some(filter) = filters.iter().find(is_parent) {
        let message = format_args!(
            "{} does not deliver {text}, only what is below",
            Quoted(filter.listed.target.text)
        );
        findings.add_related(
            LintId::ParentNotDelivered,
            at,
            Some(filter.listed.grant.resource_place(filter.listed.item)),
            message,
            advice("allow `iot:Subscribe` on the filter without `/#` too"),
        );
    } else {
        let message = format_args!("no filter that may be subscribed to takes {text}");
        findings.add_related(
            LintId::ReceiveWithoutSubscribe,
            at,
            Some(subscribe_at),
            message,
            advice("allow `iot:Subscribe` on a filter that takes the topics"),
        );
    }
}

/// What is allowed for one action.
struct Side<'m> {
    /// The first statement, if any.
    first: Option<&'m Grant<'m>>,
    /// The resources whose type is written out.
    exact: Vec<Listed<'m>>,
    /// Whether there are others, which may be anything.
    is_open: bool,
}

/// A resource in its statement.
struct Listed<'m> {
    grant: &'m Grant<'m>,
    item: usize,
    target: &'m Target<'m>,
    named: &'m Named,
}

impl<'m> Side<'m> {
    fn new(model: &'m Model<'m>, action: Action<'static>, kind: ResourceKind) -> Self {
        let mut side = Self {
            first: None,
            exact: Vec::new(),
            is_open: false,
        };
        for grant in model.with(Effect::Allow, action) {
            side.first.get_or_insert(grant);
            side.is_open |= grant.statement.resources().is_negated();
            for (item, target) in grant.targets(kind) {
                match target.named(kind) {
                    Some(named) => side.exact.push(Listed {
                        grant,
                        item,
                        target,
                        named,
                    }),
                    None => side.is_open = true,
                }
            }
        }
        side
    }
}

/// The filters of a resource.
struct Filter<'m> {
    listed: &'m Listed<'m>,
    names: Names,
    /// For a pattern that ends in `/#`: the pattern in front of it.
    parent: Option<Pattern>,
}

impl<'m> Filter<'m> {
    fn new(listed: &'m Listed<'m>) -> Option<Self> {
        let Delivery::Names(names) = Delivery::of(&listed.named.atoms) else {
            return None;
        };
        let parent = match listed.named.atoms.as_slice() {
            [parent @ .., Atom::Char('/'), Atom::Char('#')] => Some(Pattern::glob(parent)),
            _ => None,
        };
        Some(Self {
            listed,
            names,
            parent,
        })
    }

    fn delivers(&self, topic: &Named, budget: &mut Budget) -> bool {
        let scope = &self.listed.named.scope;
        self.names.reach(&topic.name, budget)
            && (*scope == topic.scope || scope.overlaps(&topic.scope, budget))
    }

    fn is_below(&self, topic: &Named) -> bool {
        self.parent.as_ref() == Some(&topic.name)
    }
}
