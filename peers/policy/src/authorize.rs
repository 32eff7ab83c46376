//! One question: may the thing publish to the topic?

use std::net::IpAddr;

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi, Model};
use iot_policy::{ArnScope, Context, PolicyDocument, PolicySet, Request, Thing};
use iot_topics::TopicNameRef;

use crate::workload::{THING, documents};

const PREFIX: &str = "arn:aws:iot:us-east-1:123456789012:topic/";
const ATTRIBUTE: &str = "iot:Connection.Thing.Attributes[site]";

/// An engine that has taken a workload in.
pub trait Engine {
    /// Whether `THING` may publish to the topic.
    fn may_publish(&self, topic: TopicNameRef<'_>) -> bool;
}

/// iot-policy: the context is built for each question, as a broker does.
#[derive(Debug)]
pub struct Ours {
    policies: PolicySet,
    scope: ArnScope,
    attributes: [(&'static str, &'static str); 1],
    source: IpAddr,
}

impl Ours {
    #[must_use]
    pub fn new(texts: &[String]) -> Self {
        Self {
            policies: PolicySet::compile(documents(texts)),
            scope: ArnScope::new("aws", "us-east-1", "123456789012"),
            attributes: [("site", "berlin")],
            source: "192.0.2.7".parse().unwrap(),
        }
    }
}

impl Engine for Ours {
    fn may_publish(&self, topic: TopicNameRef<'_>) -> bool {
        let thing = Thing::attached(THING).with_attributes(&self.attributes);
        let context = Context::new(&self.scope)
            .with_client_id(THING)
            .with_thing(thing)
            .with_source_ip(self.source);
        self.policies
            .decide(&Request::publish(topic, &context))
            .is_allowed()
    }
}

/// iam-rs, with the request built for each question or once for each topic.
#[derive(Debug)]
pub struct IamRs {
    evaluator: iam_rs::PolicyEvaluator,
    prebuilt: Option<Vec<iam_rs::IAMRequest>>,
}

impl IamRs {
    /// With `topics` their requests are built beforehand; only those may be asked for then.
    #[must_use]
    pub fn new(texts: &[String], topics: &[&str]) -> Self {
        let parse = |text: &String| iam_rs::IAMPolicy::from_json(text).unwrap();
        let policies = texts.iter().map(parse).collect();
        let prebuilt = topics
            .iter()
            .map(|topic| Self::request(topic))
            .collect::<Vec<_>>();
        Self {
            evaluator: iam_rs::PolicyEvaluator::with_policies(policies),
            prebuilt: (!prebuilt.is_empty()).then_some(prebuilt),
        }
    }

    /// Reads a policy and answers one question, from nothing.
    #[must_use]
    pub fn first_decision(text: &str, topic: &str) -> bool {
        let policy = iam_rs::IAMPolicy::from_json(text).unwrap();
        let evaluator = iam_rs::PolicyEvaluator::with_policies(vec![policy]);
        Self::ask(&evaluator, &Self::request(topic))
    }

    fn request(topic: &str) -> iam_rs::IAMRequest {
        let context = iam_rs::Context::new()
            .with_string("iot:Connection.Thing.ThingName", THING)
            .with_string(ATTRIBUTE, "berlin")
            .with_string("aws:SourceIp", "192.0.2.7");
        let user = "arn:aws:iam::123456789012:user/sensor".to_string();
        iam_rs::IAMRequest::new_with_context(
            iam_rs::Principal::Aws(iam_rs::PrincipalId::String(user)),
            "iot:Publish",
            iam_rs::Arn::parse(&format!("{PREFIX}{topic}")).unwrap(),
            context,
        )
    }

    fn ask(evaluator: &iam_rs::PolicyEvaluator, request: &iam_rs::IAMRequest) -> bool {
        evaluator.evaluate(request).unwrap().decision == iam_rs::Decision::Allow
    }
}

impl Engine for IamRs {
    fn may_publish(&self, topic: TopicNameRef<'_>) -> bool {
        match &self.prebuilt {
            None => Self::ask(&self.evaluator, &Self::request(topic.as_str())),
            Some(requests) => {
                let is_it = |request: &&iam_rs::IAMRequest| {
                    request.resource.resource.strip_prefix("topic/") == Some(topic.as_str())
                };
                Self::ask(&self.evaluator, requests.iter().find(is_it).unwrap())
            }
        }
    }
}

/// casbin: one policy line for each action and pattern, `keyMatch` on the filled-in pattern.
pub struct Casbin(Enforcer);

impl Casbin {
    #[must_use]
    pub fn new(texts: &[String]) -> Self {
        let lines = filled_in(texts)
            .map(|(action, resource)| vec!["sensor".to_string(), resource, action])
            .collect::<Vec<_>>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let enforcer = runtime.block_on(async {
            let mut model = DefaultModel::default();
            model.add_def("r", "r", "sub, obj, act");
            model.add_def("p", "p", "sub, obj, act");
            model.add_def("e", "e", "some(where (p.eft == allow))");
            model.add_def(
                "m",
                "m",
                "r.sub == p.sub && r.act == p.act && keyMatch(r.obj, p.obj)",
            );
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default())
                .await
                .unwrap();
            enforcer.add_policies(lines).await.unwrap();
            enforcer
        });
        Self(enforcer)
    }
}

impl Engine for Casbin {
    fn may_publish(&self, topic: TopicNameRef<'_>) -> bool {
        let resource = format!("{PREFIX}{topic}");
        self.0
            .enforce(("sensor", resource.as_str(), "iot:Publish"))
            .unwrap()
    }
}

/// cedar: one permit for each action and pattern, `like` on the filled-in pattern.
pub struct Cedar {
    policies: cedar_policy::PolicySet,
    entities: cedar_policy::Entities,
}

impl Cedar {
    /// With `conditions`: the attribute and the address are asked for, too.
    #[must_use]
    pub fn new(texts: &[String], conditions: bool) -> Self {
        let extra = if conditions {
            r#" && context.site == "berlin" && (context.source.isInRange(ip("192.0.2.0/24")) || context.source.isInRange(ip("2001:db8::/32")))"#
        } else {
            ""
        };
        let permits = filled_in(texts).map(|(action, resource)| {
            format!(
                r#"permit(principal, action == Action::"{action}", resource) when {{ context.resource like "{resource}"{extra} }};"#
            )
        });
        Self {
            policies: permits.collect::<String>().parse().unwrap(),
            entities: cedar_policy::Entities::empty(),
        }
    }
}

impl Engine for Cedar {
    fn may_publish(&self, topic: TopicNameRef<'_>) -> bool {
        use cedar_policy::{Context, EntityUid, RestrictedExpression};
        let pairs = [
            (
                "resource",
                RestrictedExpression::new_string(format!("{PREFIX}{topic}")),
            ),
            ("site", RestrictedExpression::new_string("berlin".into())),
            ("source", RestrictedExpression::new_ip("192.0.2.7")),
        ];
        let context =
            Context::from_pairs(pairs.map(|(key, value)| (key.to_string(), value))).unwrap();
        let uid = |text: &str| text.parse::<EntityUid>().unwrap();
        let request = cedar_policy::Request::new(
            uid(r#"Thing::"sensor""#),
            uid(r#"Action::"iot:Publish""#),
            uid(r#"Topic::"any""#),
            context,
            None,
        )
        .unwrap();
        let answer =
            cedar_policy::Authorizer::new().is_authorized(&request, &self.policies, &self.entities);
        answer.decision() == cedar_policy::Decision::Allow
    }
}

/// Each action and pattern that the documents allow, with the thing name filled in.
fn filled_in(texts: &[String]) -> impl Iterator<Item = (String, String)> {
    let documents = texts
        .iter()
        .map(|text| PolicyDocument::from_json(text).unwrap());
    let pairs = |document: PolicyDocument| {
        let statements = document.statements().iter();
        let pairs = statements.flat_map(|statement| {
            let actions = statement.actions().iter();
            actions.flat_map(|action| {
                let fill = |text: &str| text.replace("${iot:Connection.Thing.ThingName}", THING);
                let resources = statement.resources().iter();
                resources.map(move |resource| (action.to_string(), fill(resource)))
            })
        });
        pairs.collect::<Vec<_>>()
    };
    documents.flat_map(pairs)
}
