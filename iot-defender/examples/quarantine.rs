//! A lamp sends far too many messages. It is moved into a quarantine group, whose policy denies it
//! all but its own jobs: its next message is refused, and the job that mends it still arrives.
//!
//! `cargo run -p iot-defender --example quarantine`

extern crate alloc;

use alloc::sync::Arc;
use core::error::Error;

use iot_defender::detect::{
    AwsMetric, Datapoint, Definitions, DeviceId, Engine, Intake, Metric, NearestRank, NoModels,
    SecurityProfile, Target, ViolationEventType,
};
use iot_defender::remedy::{ApiCall, GroupMove};
use iot_policy::principal::{Authority, EffectivePolicies, Principal, StaticGroups};
use iot_policy::store::{PolicyStore, PolicyTarget};
use iot_policy::{ArnScope, Context, Decision, Request, Thing};
use iot_topics::{CertificateId, Timestamp, TopicNameRef};
use serde_json::{Value, json};

/// What every lamp may do.
const LAMPS: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "iot:Connect",
            "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}"
        },
        {
            "Effect": "Allow",
            "Action": "iot:Publish",
            "Resource": [
                "arn:aws:iot:us-east-1:123456789012:topic/dt/${iot:Connection.Thing.ThingName}/*",
                "arn:aws:iot:us-east-1:123456789012:topic/$aws/things/${iot:Connection.Thing.ThingName}/jobs/*"
            ]
        }
    ]
}"#;

/// What a thing in quarantine may not do, whatever other policies allow.
const QUARANTINE: &str = r#"{
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Deny",
        "Action": "iot:Publish",
        "NotResource": "arn:aws:iot:us-east-1:123456789012:topic/$aws/things/${iot:Connection.Thing.ThingName}/jobs/*"
    }
}"#;

struct Account {
    scope: ArnScope,
    policies: PolicyStore,
    groups: StaticGroups,
    certificate: CertificateId,
}

impl Account {
    fn new(now: Timestamp) -> Result<Self, Box<dyn Error>> {
        let certificate: CertificateId = "6d".repeat(32).parse()?;
        let mut policies = PolicyStore::default();
        policies.create_policy(&"Lamps".parse()?, LAMPS, now)?;
        policies.create_policy(&"Quarantine".parse()?, QUARANTINE, now)?;
        let device = Principal::Certificate(certificate.clone());
        let device = device.target().ok_or("a certificate can have policies")?;
        policies.attach(&"Lamps".parse()?, &device)?;
        let group = PolicyTarget::ThingGroup("quarantine".parse()?);
        policies.attach(&"Quarantine".parse()?, &group)?;
        let mut groups = StaticGroups::default();
        groups.add_thing("lamp-7".parse()?, "room-7".parse()?);
        Ok(Self {
            scope: ArnScope::new("aws", "us-east-1", "123456789012"),
            policies,
            groups,
            certificate,
        })
    }

    /// What the account does with `UpdateThingGroupsForThing`.
    fn apply(&mut self, call: &ApiCall) -> Result<(), Box<dyn Error>> {
        let texts = |name: &str| {
            let all = call.arguments.get(name).and_then(Value::as_array);
            all.into_iter().flatten().filter_map(Value::as_str)
        };
        let thing = call.arguments.get("thingName").and_then(Value::as_str);
        let thing = thing.ok_or("no thingName")?.parse()?;
        for group in texts("thingGroupsToRemove") {
            self.groups.remove_thing(&thing, &group.parse()?);
        }
        for group in texts("thingGroupsToAdd") {
            self.groups.add_thing(thing.clone(), group.parse()?);
        }
        Ok(())
    }

    /// What the broker decides when `lamp-7` publishes.
    fn publish(&self, topic: &str) -> Result<Decision, Box<dyn Error>> {
        let context = Context::new(&self.scope)
            .with_client_id("lamp-7")
            .with_thing(Thing::attached("lamp-7"));
        let principal = Principal::Certificate(self.certificate.clone());
        let view = self.policies.current();
        let effective = EffectivePolicies::of_connection(view, &principal, &context, &self.groups)?;
        let authority = Authority::certificate(Arc::new(effective.compile()));
        let topic = TopicNameRef::parse(topic)?;
        let decision = authority.decide(&Request::publish(topic, &context));
        println!("   lamp-7 publishes to {}: {decision:?}", topic.as_str());
        Ok(decision)
    }
}

/// Held to fewer than ten messages in five minutes.
fn lamps(lamp: &str) -> Result<(Engine, DeviceId), Box<dyn Error>> {
    let request = json!({ "behaviors": [{
        "name": "FewMessages",
        "metric": "aws:num-messages-sent",
        "criteria": { "comparisonOperator": "less-than", "value": { "count": 10 } },
    }] });
    let profile = SecurityProfile::create("Lamps".parse()?, &request, &Definitions::default())?;
    let mut engine = Engine::new();
    engine.set_profile(&profile);
    engine.attach("Lamps", Target::Group("room-7".parse()?))?;
    let device = engine.set_device(lamp, true, ["room-7".parse()?]);
    Ok((engine, device))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut account = Account::new(Timestamp::from_secs(1_650_000_000))?;
    let (telemetry, jobs) = ("dt/lamp-7/state", "$aws/things/lamp-7/jobs/start-next");

    println!("-- all is well");
    assert_eq!(account.publish(telemetry)?, Decision::Allowed);

    let (mut engine, device) = lamps("lamp-7")?;
    let mut intake = Intake::default();
    let sent = Metric::from(AwsMetric::NumMessagesSent);
    intake.take(device, sent, None, Datapoint::Count(4_000));
    let now = Timestamp::from_secs(1_650_000_300);
    let told = intake.step(&mut engine, None, now, &mut NearestRank, &NoModels);
    let [violation] = told.events.as_slice() else {
        return Err("one alarm, and no more".into());
    };
    assert_eq!(violation.event_type, ViolationEventType::InAlarm);
    let incident = violation.incident().ok_or("lamp-7 is a thing")?;
    println!("-- {} violates {}", incident.thing(), incident.reason());

    let quarantine = GroupMove::into_groups(["quarantine".parse()?])?
        .out_of(["room-7".parse()?])
        .overriding_dynamic_groups();
    let call = quarantine.call(incident.thing());
    println!("-- {} {}", call.operation, call.arguments);
    account.apply(&call)?;
    // It is not in the room any more, and so Detect has nothing to say of it.
    engine.set_device("lamp-7", true, ["quarantine".parse()?]);
    let now = Timestamp::from_secs(1_650_000_600);
    let told = intake.step(&mut engine, None, now, &mut NearestRank, &NoModels);
    let types: Vec<_> = told.events.iter().map(|event| event.event_type).collect();
    assert_eq!(types, [ViolationEventType::AlarmInvalidated]);

    assert_eq!(account.publish(telemetry)?, Decision::ExplicitDeny);
    assert_eq!(account.publish(jobs)?, Decision::Allowed);

    let release = GroupMove::into_groups(["room-7".parse()?])?.out_of(["quarantine".parse()?]);
    println!("-- it was mended, and comes back");
    account.apply(&release.call(incident.thing()))?;
    assert_eq!(account.publish(telemetry)?, Decision::Allowed);
    Ok(())
}

#[test]
fn the_story_goes_as_told() -> Result<(), Box<dyn Error>> {
    main()
}
