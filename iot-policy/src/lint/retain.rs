//! RetainPublish against Publish.

use super::catalogue::LintId;
use super::finding::{Findings, Quoted, advice};
use super::model::{Grant, Model};
use super::pattern::Budget;
use crate::action::Action;
use crate::resource::ResourceKind;
use crate::statement::Effect;

/// Topics with RetainPublish but without Publish, where Publish is allowed at all. Deny
/// statements and conditions are not looked at.
pub(crate) fn check(model: &Model<'_>, findings: &mut Findings<'_>, budget: &mut Budget) {
    let publish = || model.with(Effect::Allow, Action::PUBLISH);
    let Some(first) = publish().next() else {
        return;
    };
    let publish_at = first.action_place(Action::PUBLISH);
    for grant in model.with(Effect::Allow, Action::RETAIN_PUBLISH) {
        if grant.names(Action::PUBLISH) {
            continue;
        }
        for (item, target) in grant.targets(ResourceKind::Topic) {
            let may_allow = |other: &Grant<'_>, budget: &mut Budget| {
                other.statement.resources().is_negated()
                    || other
                        .resources
                        .iter()
                        .any(|theirs| theirs.whole.overlaps(&target.whole, budget))
            };
            let is_allowed = publish().any(|other| may_allow(other, budget));
            if budget.is_spent() {
                return;
            }
            if !is_allowed {
                let message = format_args!(
                    "no statement allows `iot:Publish` on {}, which a retained message needs too",
                    Quoted(target.text)
                );
                findings.add_related(
                    LintId::RetainWithoutPublish,
                    grant.resource_place(item),
                    Some(publish_at),
                    message,
                    advice("add `iot:Publish` to the actions"),
                );
            }
        }
    }
}
