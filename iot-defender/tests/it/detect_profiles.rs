//! The security profiles of an account: requests in, answers out, and engines that are told.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests that build values of parts that are legal"
)]

use alloc::collections::BTreeMap;

use iot_defender::detect::{
    AwsMetric, Datapoint, DetectError, Engine, NearestRank, NoModels, Reading, SecurityProfiles,
    Target, TargetArn, ViolationEvent, ViolationEventType,
};
use iot_topics::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

const PREFIX: &str = "arn:aws:iot:us-east-1:123456789012";
const START: u64 = 1_573_786_800;
const STEP: u64 = 300;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

fn target(resource: &str) -> TargetArn {
    format!("{PREFIX}:{resource}").parse().unwrap()
}

fn few(name: &str, metric: &str, count: u32) -> Value {
    let criteria = json!({ "comparisonOperator": "less-than", "value": { "count": count } });
    json!({ "name": name, "metric": metric, "criteria": criteria })
}

/// Whoever knows the answers of the API finds theirs.
#[test]
fn a_profile_is_made_changed_and_deleted() {
    let mut account = SecurityProfiles::new(PREFIX);
    let behavior = few("b", "aws:num-disconnects", 3);
    let mut request = json!({
        "securityProfileName": "lamps",
        "securityProfileDescription": "all lamps",
        "behaviors": [behavior],
    });
    account.create(&request, at(1)).unwrap();
    let error = account.create(&request, at(2)).unwrap_err();
    assert_eq!(error.exception(), "ResourceAlreadyExistsException");
    let described = account.get("lamps").unwrap().describe();
    let behaviors = described["behaviors"].clone();
    assert_eq!(
        described,
        json!({
            "securityProfileName": "lamps",
            "securityProfileDescription": "all lamps",
            "behaviors": behaviors,
            "version": 1,
            "securityProfileArn": format!("{PREFIX}:securityprofile/lamps"),
            "creationDate": 1.0,
            "lastModifiedDate": 1.0,
        })
    );

    request = json!({
        "securityProfileName": "lamps",
        "deleteBehaviors": true,
        "expectedVersion": 1,
    });
    let updated = account.update(&request, at(5)).unwrap().describe();
    assert_eq!(updated["version"], 2);
    assert_eq!(updated["securityProfileDescription"], "all lamps");
    assert_eq!(updated["behaviors"], Value::Null);
    assert_eq!(
        (&updated["creationDate"], &updated["lastModifiedDate"]),
        (&json!(1.0), &json!(5.0))
    );

    // What is refused changes nothing.
    let before = account.clone();
    let name = |request: &mut Value, name: &str| request["securityProfileName"] = name.into();
    let mut refused = |change: &dyn Fn(&mut Value)| {
        let mut wrong = request.clone();
        change(&mut wrong);
        account.update(&wrong, at(9)).unwrap_err()
    };
    let conflict = DetectError::VersionConflict {
        expected: 1,
        current: 2,
    };
    assert_eq!(refused(&|_| ()), conflict);
    assert_eq!(
        refused(&|it| it["expectedVersion"] = json!("2")),
        DetectError::Member("expectedVersion")
    );
    assert_eq!(
        refused(&|it| name(it, "pumps")),
        DetectError::NotFound("pumps".into())
    );
    assert_eq!(
        refused(&|it| name(it, "")),
        DetectError::Member("securityProfileName")
    );
    assert_eq!(
        refused(&|it| it["behaviors"] = json!([])),
        DetectError::SetAndDeleted("behaviors")
    );
    assert_eq!(account.delete("lamps", Some(1)), Err(conflict));
    assert_eq!(account, before);
    assert_eq!(account.delete("pumps", Some(1)), Ok(()));
    assert_eq!(account.delete("lamps", Some(2)), Ok(()));
    assert_eq!(account, SecurityProfiles::new(PREFIX));
}

#[test]
fn a_target_has_five_profiles() {
    let mut account = SecurityProfiles::new(PREFIX);
    let all = target("all/things");
    for number in 0..6 {
        let request = json!({ "securityProfileName": format!("p{number}") });
        account.create(&request, at(1)).unwrap();
    }
    for number in [0, 1, 2, 3, 4, 4] {
        account.attach(&format!("p{number}"), &all).unwrap();
    }
    let error = account.attach("p5", &all).unwrap_err();
    assert_eq!(error.exception(), "LimitExceededException");
    account
        .attach("p5", &target("all/registered-things"))
        .unwrap();
    // Who leaves makes room, detached or deleted.
    account.detach("p0", &all).unwrap();
    account.detach("p0", &all).unwrap();
    account.attach("p5", &all).unwrap();
    account.delete("p1", None).unwrap();
    account.attach("p0", &all).unwrap();
    assert!(account.attach("p1", &all).is_err());
    let asked = json!({ "securityProfileTargetArn": all, "maxResults": 2 });
    assert_eq!(names_of(&account, asked), ["p0", "p2", "p3", "p4", "p5"]);
    for foreign in [
        "arn:aws:iot:us-west-2:123456789012:all/things",
        "arn:aws-cn:iot:us-east-1:123456789012:all/things",
    ] {
        let error = account.attach("p0", &foreign.parse().unwrap());
        assert_eq!(error, Err(DetectError::Target(foreign.into())));
    }
}

/// All pages.
fn names_of(account: &SecurityProfiles, mut question: Value) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let page = account.list_for_target(&question, |_, _| false).unwrap();
        let mappings = page["securityProfileTargetMappings"].as_array().unwrap();
        assert!(!mappings.is_empty() && mappings.len() <= 2);
        for mapping in mappings {
            assert_eq!(
                mapping["target"]["arn"],
                question["securityProfileTargetArn"]
            );
            names.push(
                mapping["securityProfileIdentifier"]["name"]
                    .as_str()
                    .unwrap()
                    .to_string(),
            );
        }
        match page.get("nextToken") {
            Some(token) => question["nextToken"] = token.clone(),
            None => return names,
        }
    }
}

#[test]
fn lists_come_page_by_page() {
    let mut account = SecurityProfiles::new(PREFIX);
    for name in ["a", "b", "c"] {
        let metric = json!({ "metricName": name, "metricType": "number" });
        account.create_custom_metric(&metric, at(1)).unwrap();
    }
    let dimension = json!({ "name": "D", "type": "TOPIC_FILTER", "stringValues": ["#"] });
    account.create_dimension(&dimension, at(1)).unwrap();
    let scoped =
        json!({ "metric": "aws:num-messages-sent", "metricDimension": { "dimensionName": "D" } });
    for (name, retained) in [
        ("p", scoped),
        ("q", json!({ "metric": "b" })),
        ("r", json!({ "metric": "c" })),
    ] {
        let request =
            json!({ "securityProfileName": name, "additionalMetricsToRetainV2": [retained] });
        account.create(&request, at(1)).unwrap();
    }
    let listed = |question: Value| {
        let list = account.list(&question)?;
        let names = list["securityProfileIdentifiers"]
            .as_array()
            .unwrap()
            .iter();
        let names: Vec<_> = names
            .map(|it| it["name"].as_str().unwrap().to_string())
            .collect();
        let token = list
            .get("nextToken")
            .and_then(Value::as_str)
            .map(String::from);
        Ok::<_, DetectError>((names.concat(), token))
    };
    let page = |names: &str, token: Option<&str>| Ok((names.to_string(), token.map(String::from)));
    assert_eq!(listed(json!({})), page("pqr", None));
    assert_eq!(listed(json!({ "maxResults": 2 })), page("pq", Some("q")));
    assert_eq!(
        listed(json!({ "maxResults": 2, "nextToken": "q" })),
        page("r", None)
    );
    // Behind what has gone since.
    assert_eq!(listed(json!({ "nextToken": "pp" })), page("qr", None));
    assert_eq!(listed(json!({ "metricName": "b" })), page("q", None));
    assert_eq!(
        listed(json!({ "metricName": "aws:num-messages-sent" })),
        page("p", None)
    );
    assert_eq!(listed(json!({ "dimensionName": "D" })), page("p", None));
    assert_eq!(listed(json!({ "dimensionName": "E" })), page("", None));
    let both = json!({ "dimensionName": "D", "metricName": "b" });
    assert_eq!(listed(both), Err(DetectError::Member("dimensionName")));
    assert_eq!(
        listed(json!({ "nextToken": "" })),
        Err(DetectError::Member("nextToken"))
    );
    assert_eq!(
        listed(json!({ "maxResults": 0 })),
        Err(DetectError::Member("maxResults"))
    );
    let metrics = account.list_custom_metrics(&json!({ "maxResults": 2 }));
    assert_eq!(
        metrics,
        Ok(json!({ "metricNames": ["a", "b"], "nextToken": "b" }))
    );
    assert_eq!(
        account.list_dimensions(&json!({})),
        Ok(json!({ "dimensionNames": ["D"] }))
    );

    let targets = [
        "all/things",
        "all/registered-things",
        "thinggroup/g",
        "thinggroup/h",
    ];
    for it in targets {
        account.attach("p", &target(it)).unwrap();
        account.attach("q", &target(it)).unwrap();
    }
    let mut question = json!({ "securityProfileName": "p", "maxResults": 3 });
    let first = account.list_targets(&question).unwrap();
    let arn = |resource: &str| json!({ "arn": format!("{PREFIX}:{resource}") });
    let expected = [arn(targets[0]), arn(targets[1]), arn(targets[2])];
    assert_eq!(
        first,
        json!({ "securityProfileTargets": expected, "nextToken": "group:g" })
    );
    question["nextToken"] = first["nextToken"].clone();
    let second = account.list_targets(&question).unwrap();
    assert_eq!(
        second,
        json!({ "securityProfileTargets": [arn(targets[3])] })
    );
    question["securityProfileName"] = "none".into();
    assert_eq!(
        account.list_targets(&question),
        Err(DetectError::NotFound("none".into()))
    );

    // Below a group are groups, and only if they are asked for.
    let below = |recursive: bool, token: Value| {
        let question = json!({
            "securityProfileTargetArn": target("thinggroup/g"),
            "recursive": recursive,
            "maxResults": 3,
            "nextToken": token,
        });
        let list = account.list_for_target(&question, |group, parent| {
            (group.as_str(), parent.as_str()) == ("h", "g")
        });
        let list = list.unwrap();
        let mappings = list["securityProfileTargetMappings"]
            .as_array()
            .unwrap()
            .len();
        (mappings, list.get("nextToken").cloned())
    };
    assert_eq!(below(false, Value::Null), (2, None));
    assert_eq!(below(true, Value::Null), (3, Some(json!("p/group:h"))));
    assert_eq!(below(true, json!("p/group:h")), (1, None));
}

#[test]
fn what_is_in_use_stays() {
    let mut account = SecurityProfiles::new(PREFIX);
    let metric = json!({ "metricName": "m", "metricType": "number", "clientRequestToken": "t" });
    let made = account.create_custom_metric(&metric, at(1)).unwrap();
    assert_eq!(
        made,
        json!({ "metricName": "m", "metricArn": format!("{PREFIX}:custommetric/m") })
    );
    assert_eq!(account.create_custom_metric(&metric, at(7)), Ok(made));
    for (member, value) in [
        ("clientRequestToken", json!("u")),
        ("metricType", json!("string-list")),
        ("displayName", json!("M")),
    ] {
        let mut other = metric.clone();
        other[member] = value;
        let error = account.create_custom_metric(&other, at(7)).unwrap_err();
        assert_eq!(
            error.exception(),
            "ResourceAlreadyExistsException",
            "{member}"
        );
    }
    for (member, value) in [
        ("clientRequestToken", json!("a b")),
        ("clientRequestToken", json!("")),
        ("metricType", json!("count")),
        ("metricType", Value::Null),
        ("metricName", json!("aws:m")),
        ("metricName", json!(7)),
        ("displayName", json!(7)),
        ("displayName", json!("a\nb")),
    ] {
        let mut wrong = metric.clone();
        wrong["metricName"] = "n".into();
        wrong[member] = value;
        let error = account.create_custom_metric(&wrong, at(7)).unwrap_err();
        assert_eq!(error.exception(), "InvalidRequestException", "{member}");
    }
    assert_eq!(
        account.describe_custom_metric("m").unwrap()["creationDate"],
        1.0
    );
    assert_eq!(
        account.describe_custom_metric("n"),
        Err(DetectError::NotFound("n".into()))
    );

    let dimension = json!({ "name": "D", "type": "TOPIC_FILTER", "stringValues": ["#"] });
    account.create_dimension(&dimension, at(1)).unwrap();
    // Without a token nobody knows whether it came twice.
    assert!(account.create_dimension(&dimension, at(1)).is_err());
    let scoped =
        json!({ "metric": "aws:num-messages-sent", "metricDimension": { "dimensionName": "D" } });
    let request = json!({
        "securityProfileName": "p",
        "additionalMetricsToRetainV2": [{ "metric": "m" }, scoped],
    });
    account.create(&request, at(1)).unwrap();
    let referenced = DetectError::Referenced("p".parse().unwrap());
    assert_eq!(account.delete_custom_metric("m"), Err(referenced.clone()));
    assert_eq!(account.delete_dimension("D"), Err(referenced));
    let free = json!({ "securityProfileName": "p", "deleteAdditionalMetricsToRetain": true });
    account.update(&free, at(2)).unwrap();
    account.delete_custom_metric("m").unwrap();
    account.delete_dimension("D").unwrap();
    assert_eq!(account.definitions().custom_metrics().count(), 0);
    assert_eq!(
        account.list_dimensions(&json!({})),
        Ok(json!({ "dimensionNames": [] }))
    );
    assert!(
        account
            .create(
                &json!({ "securityProfileName": "q", "behaviors": [few("b", "m", 1)] }),
                at(3)
            )
            .is_err()
    );
    assert!(account.update_dimension(&dimension, at(3)).is_err());
}

#[test]
fn behaviors_are_validated_each() {
    let account = SecurityProfiles::new(PREFIX);
    let validate = |behaviors: Value| {
        account
            .validate(&json!({ "behaviors": behaviors }))
            .unwrap()
    };
    let good = few("good", "aws:num-disconnects", 1);
    assert!(validate(json!([good])).is_valid());
    assert!(validate(json!([])).is_valid());
    let wrong = [
        few("one", "none", 1),
        good.clone(),
        few("two", "aws:source-ip-address", 1),
        json!(7),
    ];
    assert_eq!(validate(json!(wrong)).errors().len(), 3);
    let twice = validate(json!([good, good]));
    assert_eq!(twice.errors().len(), 1);
    let many: Vec<Value> = (0..101)
        .map(|n| few(&format!("b{n}"), "aws:num-disconnects", 1))
        .collect();
    let error = validate(json!(many)).errors()[0].to_string();
    assert_eq!(error, "101 behaviors, the limit is 100");
    assert!(account.validate(&json!({ "behaviors": {} })).is_err());
}

#[derive(Clone, Debug)]
enum Call {
    Create(usize, u8),
    Update(usize, u8),
    Delete(usize),
    Attach(usize, usize),
    Detach(usize, usize),
    Step(u8),
}

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
const TARGETS: [&str; 5] = [
    "all/things",
    "all/registered-things",
    "all/unregistered-things",
    "thinggroup/g",
    "thinggroup/h",
];
const DEVICES: [(&str, bool, &[&str]); 4] = [
    ("one", true, &["g"]),
    ("two", true, &["g", "h"]),
    ("three", true, &[]),
    ("one", false, &[]),
];

fn call() -> impl Strategy<Value = Call> {
    let name = || 0..NAMES.len();
    let target = || 0..TARGETS.len();
    prop_oneof![
        3 => (name(), any::<u8>()).prop_map(|(name, bits)| Call::Create(name, bits)),
        2 => (name(), any::<u8>()).prop_map(|(name, bits)| Call::Update(name, bits)),
        1 => name().prop_map(Call::Delete),
        4 => (name(), target()).prop_map(|(name, to)| Call::Attach(name, to)),
        2 => (name(), target()).prop_map(|(name, from)| Call::Detach(name, from)),
        3 => any::<u8>().prop_map(Call::Step),
    ]
}

fn request(name: &str, bits: u8) -> Value {
    let metrics = ["aws:num-disconnects", "aws:num-connection-attempts"];
    let behaviors = metrics
        .iter()
        .zip(0..)
        .filter(|(_, bit)| bits >> bit & 1 == 0);
    let behaviors = behaviors
        .map(|(metric, bit)| few(&format!("b{bit}"), metric, 1 + u32::from(bits >> 2 & 3)));
    json!({
        "securityProfileName": name,
        "securityProfileDescription": format!("d{bits}"),
        "behaviors": behaviors.collect::<Vec<_>>(),
    })
}

fn engine() -> Engine {
    let mut engine = Engine::new();
    for (name, is_registered, groups) in DEVICES {
        let groups = groups.iter().map(|it| it.parse().unwrap());
        engine.set_device(name, is_registered, groups);
    }
    engine
}

/// Each device has as many disconnects and attempts as its bits say.
fn step(engine: &mut Engine, now: u64, bits: u8) -> Vec<ViolationEvent> {
    let values: Vec<Datapoint> = (0..4)
        .map(|n| Datapoint::Count(u64::from(bits >> (2 * n) & 3) * 2))
        .collect();
    let mut readings = Vec::new();
    for ((name, is_registered, _), value) in DEVICES.iter().zip(&values) {
        let device = engine.device(name, *is_registered).unwrap();
        for metric in [AwsMetric::NumDisconnects, AwsMetric::NumConnectionAttempts] {
            if let Some(series) = engine.series(&metric.into(), None) {
                readings.push(Reading {
                    device,
                    series,
                    value,
                });
            }
        }
    }
    engine.step(at(now), &readings, &mut NearestRank, &NoModels)
}

/// Who is in alarm, by the events so far.
fn alarms(told: &[ViolationEvent]) -> BTreeMap<String, (String, String, String)> {
    let mut alarms = BTreeMap::new();
    for event in told {
        let id = event.violation_id.clone();
        if event.event_type == ViolationEventType::InAlarm {
            let of = (
                event.profile.to_string(),
                event.behavior.name().to_string(),
                event.thing.clone(),
            );
            assert_eq!(alarms.insert(id, of), None);
        } else {
            assert!(alarms.remove(&id).is_some());
        }
    }
    alarms
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    /// An engine that is told after each call hears what one hears that is called itself; one that
    /// is told now and then is about the same devices, and so is one that begins; and an account
    /// that is written and read is the same.
    #[test]
    fn engines_follow_the_account(calls in vec(call(), 0..60)) {
        let mut account = SecurityProfiles::new(PREFIX);
        let (mut called, mut always, mut rarely) = (engine(), engine(), engine());
        let (mut told, mut told_rarely) = (Vec::new(), Vec::new());
        let mut now = START;
        for (number, call) in calls.into_iter().enumerate() {
            let text = account.snapshot();
            account = SecurityProfiles::restore(text.as_bytes()).unwrap();
            prop_assert_eq!(account.snapshot(), text);
            match call {
                Call::Create(name, bits) => {
                    if let Ok(it) = account.create(&request(NAMES[name], bits), at(now)) {
                        called.set_profile(it.profile());
                    }
                }
                Call::Update(name, bits) => {
                    if let Ok(it) = account.update(&request(NAMES[name], bits), at(now)) {
                        called.set_profile(it.profile());
                    }
                }
                Call::Delete(name) => {
                    account.delete(NAMES[name], None).unwrap();
                    called.remove_profile(NAMES[name]);
                }
                Call::Attach(name, to) => {
                    let arn = target(TARGETS[to]);
                    let attached = account.attach(NAMES[name], &arn);
                    prop_assert_eq!(called.attach(NAMES[name], arn.target().clone()), attached);
                }
                Call::Detach(name, from) => {
                    let arn = target(TARGETS[from]);
                    let detached = account.detach(NAMES[name], &arn);
                    prop_assert_eq!(called.detach(NAMES[name], arn.target()), detached);
                }
                Call::Step(bits) => {
                    now += STEP;
                    let events = step(&mut called, now, bits);
                    prop_assert_eq!(&step(&mut always, now, bits), &events);
                    told.extend(events);
                    told_rarely.extend(step(&mut rarely, now, bits));
                }
            }
            account.tell(&mut always);
            if number % 7 == 6 {
                account.tell(&mut rarely);
                let mut new = engine();
                account.tell(&mut new);
                // Once more changes nothing.
                let before = rarely.snapshot();
                account.tell(&mut rarely);
                prop_assert_eq!(rarely.snapshot(), before);
                for (name, is_registered, _) in DEVICES {
                    let of = |engine: &Engine| {
                        let device = engine.device(name, is_registered).unwrap();
                        engine.profiles_of(device).into_iter().cloned().collect::<Vec<_>>()
                    };
                    prop_assert_eq!(of(&rarely), of(&called));
                    prop_assert_eq!(of(&new), of(&called));
                }
                // Whoever is in alarm is meant by the profile, and told so.
                told_rarely.extend(step(&mut rarely, now, 0));
                prop_assert_eq!(alarms(&told_rarely).len(), rarely.active_violations().len());
            }
        }
        // What ended since the last step is told by the next.
        let events = step(&mut called, now + STEP, 0);
        prop_assert_eq!(&step(&mut always, now + STEP, 0), &events);
        told.extend(events);
        prop_assert_eq!(alarms(&told).len(), called.active_violations().len());
        prop_assert_eq!(account.iter().len(), called.profiles().count());
    }
}

/// The device stays in one of the targets all the time, though all of them change, and two targets
/// are full before and after.
#[test]
fn what_stays_meant_stays_in_alarm() {
    let mut account = SecurityProfiles::new(PREFIX);
    let (group, all) = (target("thinggroup/g"), target("all/things"));
    for name in &NAMES[..5] {
        account.create(&request(name, 0), at(1)).unwrap();
        account.attach(name, &group).unwrap();
    }
    for name in &NAMES[5..] {
        account.create(&request(name, 0), at(1)).unwrap();
        account.attach(name, &all).unwrap();
    }
    let mut engine = engine();
    account.tell(&mut engine);
    let events = step(&mut engine, START, 0xff);
    assert_eq!(events.len(), 2 * (5 * 2 + 2 * 4));

    // Two swap their targets with two others, which the full target would not let in before.
    for (leaver, comer) in [("a", "f"), ("b", "g")] {
        account.detach(leaver, &group).unwrap();
        account.attach(leaver, &all).unwrap();
        account.detach(comer, &all).unwrap();
        account.attach(comer, &group).unwrap();
    }
    account.tell(&mut engine);
    let events = step(&mut engine, START + STEP, 0xff);
    let of = |kind| events.iter().filter(move |event| event.event_type == kind);
    // Those two things of the group stay; the two other devices change.
    let is_other = |event: &ViolationEvent| {
        !(event.is_registered && ["one", "two"].contains(&event.thing.as_str()))
    };
    assert_eq!(of(ViolationEventType::AlarmInvalidated).count(), 2 * 2 * 2);
    assert_eq!(of(ViolationEventType::InAlarm).count(), 2 * 2 * 2);
    assert!(events.iter().all(is_other), "{events:?}");
    let targets = account.get("a").unwrap().targets();
    assert!(targets.contains(&Target::All) && targets.len() == 1);
}

#[test]
fn a_snapshot_is_refused_by_its_line() {
    let mut account = SecurityProfiles::new(PREFIX);
    let metric = json!({ "metricName": "m", "metricType": "number", "displayName": "M", "clientRequestToken": "t" });
    account.create_custom_metric(&metric, at(3)).unwrap();
    let dimension = json!({ "name": "D", "type": "TOPIC_FILTER", "stringValues": ["#"] });
    account.create_dimension(&dimension, at(3)).unwrap();
    for name in &NAMES[..6] {
        let mut request = request(name, 0);
        request["additionalMetricsToRetainV2"] = json!([{ "metric": "m" }]);
        account.create(&request, at(3)).unwrap();
        account
            .attach(
                name,
                &target(if *name == "f" {
                    "thinggroup/g"
                } else {
                    "all/things"
                }),
            )
            .unwrap();
    }
    let text = account.snapshot();
    assert_eq!(SecurityProfiles::restore(text.as_bytes()), Ok(account));
    let metric = "must be another custom metric, as accepted";
    let profile = "must be another profile, as accepted";
    for (from, to, line, rule) in [
        (
            "profiles\":1",
            "profiles\":2",
            1,
            "must be the head of a snapshot in form 1",
        ),
        (
            "\"metrics\":1",
            "\"metric\":1",
            2,
            "must be a prefix and counts",
        ),
        ("\"created\":3000", "\"created\":3001", 3, metric),
        ("\"token\":\"t\"", "\"token\":\"\"", 3, metric),
        ("\"number\"", "\"numbers\"", 3, metric),
        ("[\"#\"]", "[]", 4, "must be another dimension, as accepted"),
        ("\"metricName\":\"m\"", "\"metricName\":\"n\"", 5, profile),
        ("\"version\":1", "\"version\":0", 5, profile),
        (",3000,3000,", ",3001,3000,", 5, profile),
        (
            "\"securityProfileName\":\"b\"",
            "\"securityProfileName\":\"a\"",
            6,
            profile,
        ),
        ("[\"group:g\"]", "[\"all\"]", 10, profile),
        ("[\"group:g\"]", "[\"group:g\",\"group:g\"]", 10, profile),
        ("[\"group:g\"]", "[\"group:g\",\"all\"]", 10, profile),
        ("[\"group:g\"]", "[\"g\"]", 10, profile),
        ("\"profiles\":6", "\"profiles\":5", 10, "must be the end"),
        ("\"profiles\":6", "\"profiles\":7", 11, "must be a profile"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let error = SecurityProfiles::restore(changed.as_bytes()).unwrap_err();
        assert_eq!((error.line(), error.rule()), (line, rule), "{from}");
    }
    for end in 0..text.len() {
        assert!(
            SecurityProfiles::restore(&text.as_bytes()[..end]).is_err(),
            "{end}"
        );
    }
}
