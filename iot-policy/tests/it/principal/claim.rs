//! The policy of a claim certificate, shared by all devices that leave the factory.

use alloc::sync::Arc;

use iot_policy::principal::Authority;
use iot_policy::{Action, Context, Decision, PolicySet, Request, ResourceKind};
use iot_topics::{TopicFilterRef, TopicNameRef};
use proptest::prelude::*;

use super::{scope, set};

/// Fleet provisioning by claim: what the developer guide lets a claim certificate do.
fn claim_policy() -> Arc<PolicySet> {
    set(r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": [
            "arn:aws:iot:us-east-1:123456789012:topic/$aws/certificates/create/*",
            "arn:aws:iot:us-east-1:123456789012:topic/$aws/provisioning-templates/fleet/provision/*"]},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": [
            "arn:aws:iot:us-east-1:123456789012:topicfilter/$aws/certificates/create/*",
            "arn:aws:iot:us-east-1:123456789012:topicfilter/$aws/provisioning-templates/fleet/provision/*"]}
    ]}"#)
}

#[test]
fn a_claim_certificate_reaches_the_provisioning_topics() {
    let authority = Authority::certificate(claim_policy());
    let scope = scope();
    let context = Context::new(&scope).with_client_id("new device");
    for start in [
        "$aws/certificates/create/json",
        "$aws/provisioning-templates/fleet/provision/cbor",
    ] {
        let request = Request::publish(TopicNameRef::parse(start).unwrap(), &context);
        assert_eq!(authority.decide(&request), Decision::Allowed);
        for end in ["accepted", "rejected"] {
            let answer = format!("{start}/{end}");
            let request = Request::subscribe(TopicFilterRef::parse(&answer).unwrap(), &context);
            assert_eq!(authority.decide(&request), Decision::Allowed);
            let request = Request::receive(TopicNameRef::parse(&answer).unwrap(), &context);
            assert_eq!(authority.decide(&request), Decision::Allowed);
        }
    }
}

proptest! {
    /// Near misses of the allowed topics, and anything else: refused.
    #[test]
    fn a_claim_certificate_reaches_nothing_else(
        text in prop_oneof![
            "[a-z$#+/]{1,12}",
            r"\$aws/(certificates|provisioning-templates|things|rules)(/(create|create-from-csr|fleet|fleet2|provision|get|\+|#)){0,3}(/json)?",
        ],
    ) {
        let authority = Authority::certificate(claim_policy());
        let scope = scope();
        let context = Context::new(&scope).with_client_id("new device");
        let allowed = ["$aws/certificates/create/", "$aws/provisioning-templates/fleet/provision/"]
            .iter()
            .any(|start| text.starts_with(start));
        let decide = |action, kind| authority.decide(&Request::on(action, kind, &text, &context)).is_allowed();
        prop_assert_eq!(decide(Action::PUBLISH, ResourceKind::Topic), allowed);
        prop_assert_eq!(decide(Action::RECEIVE, ResourceKind::Topic), allowed);
        prop_assert_eq!(decide(Action::SUBSCRIBE, ResourceKind::TopicFilter), allowed);
        prop_assert!(!decide(Action::RETAIN_PUBLISH, ResourceKind::Topic));
        prop_assert!(!decide(Action::UPDATE_THING_SHADOW, ResourceKind::Thing));
        prop_assert!(!decide(Action::ASSUME_ROLE_WITH_CERTIFICATE, ResourceKind::RoleAlias));
    }
}
