//! Deciding allocates nothing. A test binary of its own, since the counter is the allocator.

use core::hint::black_box;

use allocation_counter::measure;
use iot_policy::{
    ArnScope, Authorize, Certificate, ConnectRequest, Context, HttpCall, NameField, Operation,
    PolicyDocument, PolicySet, ProtocolVersion, PublishRequest, Request, ShadowPath, Side, Thing,
    Will,
};
use iot_topics::{Timestamp, TopicFilterRef, TopicNameRef};

/// Every way that a decision can take: the tree, variables, wildcards in the middle, negation,
/// conditions of each kind, actions that are not known.
const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "iot:Connect",
     "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}",
     "Condition": {"ForAllValues:StringLike": {"iot:ConnectAttributes": ["Persistent*", "LastWill"]},
                   "ArnLikeIfExists": {"iot:LastWillTopic": "arn:aws:iot:*:*:topic/lost/*"}}},
    {"Effect": "Allow", "Action": ["iot:Publish", "iot:RetainPublish"],
     "Resource": ["arn:aws:iot:us-east-1:123456789012:topic/dt/*/${iot:ClientId}/?",
                  "arn:aws:iot:us-east-1:123456789012:topic/lost/${iot:Connection.Thing.Attributes[site]}"],
     "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"},
                   "DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
                   "NumericLessThan": {"aws:EpochTime": "99999999999"},
                   "Bool": {"aws:SecureTransport": "true"},
                   "StringEquals": {"iot:Certificate.Subject.CommonName": "${iot:ClientId}"},
                   "Null": {"iot:Connection.Thing.ThingTypeName": "true"}}},
    {"Effect": "Allow", "Action": ["iot:Subscribe", "iot:Receive", "vendor:*"],
     "Resource": "arn:aws:iot:us-east-1:123456789012:topic*"},
    {"Effect": "Allow", "Action": ["iot:*Shadow*", "iotjobsdata:*", "iot:List*"], "Resource": "*"},
    {"Effect": "Deny", "NotAction": "iot:Connect",
     "NotResource": ["*", "arn:aws:iot:us-east-1:123456789012:topic/${iot:DomainName}"]},
    {"Effect": "Deny", "Action": "iot:Receive",
     "Resource": "arn:aws:iot:us-east-1:123456789012:topic/secret/*"}]}"#;

#[test]
fn deciding_allocates_nothing() -> Result<(), Box<dyn core::error::Error>> {
    let policies = PolicySet::compile([("policy", PolicyDocument::from_json(POLICY)?)]);
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let certificate = Certificate::builder()
        .name(Side::Subject, NameField::CommonName, "lamp")
        .build();
    let attributes = [("site", "berlin")];
    let context = Context::new(&scope)
        .with_client_id("lamp")
        .with_thing(Thing::attached("lamp").with_attributes(&attributes))
        .with_certificate(&certificate)
        .with_source_ip("192.0.2.7".parse()?)
        .with_secure_transport(true)
        .with_time(Timestamp::from_secs(1_800_000_000));
    let thing = "lamp".parse()?;
    let shadow = ShadowPath::named(&thing, &"colour".parse()?);

    let name = |text| TopicNameRef::parse(text);
    let publish = |text| name(text).map(|name| PublishRequest::new(ProtocolVersion::Mqtt5, name));
    let will = Will::new(name("lost/berlin")?).with_retain(true);
    let connect = ConnectRequest::mqtt311("lamp", false).with_will(will);
    let operations = [
        (Operation::from(connect), true),
        (ConnectRequest::mqtt5("other", 9).into(), false),
        (publish("dt/a/b/lamp/7")?.with_retain(true).into(), true),
        (publish("dt/a/b/other/7")?.into(), false),
        (
            publish("$aws/things/lamp/shadow/update/accepted")?.into(),
            false,
        ),
        (Operation::Deliver(name("app/data")?), true),
        (Operation::Deliver(name("secret/x")?), false),
        (HttpCall::GetThingShadow(&shadow).into(), true),
        (HttpCall::ListRetainedMessages.into(), true),
        (
            HttpCall::UpdateJobExecution {
                thing: &thing,
                job: "j",
            }
            .into(),
            true,
        ),
        (HttpCall::DeleteConnection { client_id: "x" }.into(), false),
    ];
    for (operation, allowed) in operations {
        let mut answer = None;
        let counted = measure(|| {
            answer = Some(
                policies
                    .authorize(black_box(&operation), &context)
                    .is_allowed(),
            );
        });
        assert_eq!(answer, Some(allowed), "{operation:?}");
        assert_eq!(counted.count_total, 0, "{operation:?}");
    }

    let filters = [
        TopicFilterRef::parse("app/#")?,
        TopicFilterRef::parse("$aws/things/+/shadow/#")?,
        TopicFilterRef::parse("$aws/rules/#")?,
        TopicFilterRef::parse("$share/g/a")?,
    ];
    let version = ProtocolVersion::Mqtt311;
    let mut granted = 0;
    let counted = measure(|| {
        let outcomes = policies.subscribe(version, black_box(filters), &context);
        granted = outcomes.filter(|(_, outcome)| outcome.is_allowed()).count();
    });
    assert_eq!((granted, counted.count_total), (3, 0));

    let unknown = iot_policy::Action::parse("vendor:Dance");
    let request = Request::on(unknown, iot_policy::ResourceKind::Topic, "floor", &context);
    let mut decision = None;
    let counted = measure(|| decision = Some(policies.decide(black_box(&request))));
    assert!(decision.is_some_and(iot_policy::Decision::is_allowed));
    assert_eq!(counted.count_total, 0);

    let control = measure(|| drop(black_box(vec![1_u8])));
    assert_eq!(control.count_total, 1, "the counter counts");
    Ok(())
}
