//! What the source documents of the project name of Detect, row by row.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build profiles of parts that are legal"
)]

use iot_defender::detect::{
    AwsMetric, Band, BehaviorRef, ConfidenceLevel, CustomMetric, CustomMetricType, Datapoint,
    Definitions, DetectError, DeviceId, Engine, MessageSizes, Metric, MetricSide, Models,
    NearestRank, NoModels, Number, ProfileUpdate, Reading, SecurityProfile, Target, Verification,
    VerificationState, ViolationEvent, ViolationEventType, fleet_index, read_behaviors,
    violation_figures,
};
use iot_topics::{GroupName, Timestamp};
use serde_json::{Value, json};

const START: u64 = 1_573_786_800;

/// An account with one profile for all devices, whose clock goes forward by steps.
struct Account {
    engine: Engine,
    now: u64,
}

fn profile(name: &str, behaviors: &Value) -> SecurityProfile {
    let request = json!({
        "behaviors": behaviors,
        "alertTargets": { "SNS": { "alertTargetArn": "arn:topic", "roleArn": "arn:role" } },
    });
    SecurityProfile::create(name.parse().unwrap(), &request, &Definitions::default()).unwrap()
}

fn fewer(name: &str, metric: &str, count: u64) -> Value {
    let criteria = json!({ "comparisonOperator": "less-than", "value": { "count": count } });
    json!({ "name": name, "metric": metric, "criteria": criteria })
}

impl Account {
    fn new(behaviors: &Value) -> Self {
        let mut engine = Engine::new();
        engine.set_profile(&profile("fleet", behaviors));
        engine.attach("fleet", Target::All).unwrap();
        Self { engine, now: START }
    }

    fn thing(&mut self, name: &str) -> DeviceId {
        self.engine.set_device(name, true, [])
    }

    fn step(&mut self, values: &[(DeviceId, AwsMetric, Datapoint)]) -> Vec<ViolationEvent> {
        self.step_with(values, &NoModels)
    }

    fn step_with(
        &mut self,
        values: &[(DeviceId, AwsMetric, Datapoint)],
        models: &dyn Models,
    ) -> Vec<ViolationEvent> {
        self.now += 300;
        let readings: Vec<Reading<'_>> = values
            .iter()
            .map(|(device, metric, value)| Reading {
                device: *device,
                series: self.engine.series(&(*metric).into(), None).unwrap(),
                value,
            })
            .collect();
        let now = Timestamp::from_secs(self.now);
        self.engine.step(now, &readings, &mut NearestRank, models)
    }

    fn sent(&mut self, device: DeviceId, messages: u64) -> Vec<ViolationEvent> {
        let value = Datapoint::Count(messages);
        self.step(&[(device, AwsMetric::NumMessagesSent, value)])
    }
}

fn told(events: &[ViolationEvent]) -> Vec<(&str, &str, &str, ViolationEventType)> {
    let tell = |event: &ViolationEvent| -> (String, String) {
        (event.profile.to_string(), event.behavior.name().to_string())
    };
    assert!(events.is_sorted_by_key(|event| (tell(event), event.thing.clone())));
    let names = events.iter().map(|event| {
        let (profile, behavior) = (event.profile.as_str(), event.behavior.name().as_str());
        (profile, behavior, event.thing.as_str(), event.event_type)
    });
    names.collect()
}

/// Security profiles for all devices or for groups, over metrics of devices and of the cloud.
#[test]
fn f32_a_profile_is_about_all_devices_or_a_group() {
    use ViolationEventType::InAlarm;

    let mut account = Account::new(&json!([fewer("quiet", "aws:num-messages-sent", 5)]));
    let engine = &mut account.engine;
    engine.set_profile(&profile(
        "group",
        &json!([fewer("idle", "aws:all-bytes-out", 5)]),
    ));
    let lamps: GroupName = "lamps".parse().unwrap();
    engine
        .attach("group", Target::Group(lamps.clone()))
        .unwrap();
    let lamp = engine.set_device("lamp", true, [lamps]);
    let pump = engine.set_device("pump", true, []);
    let many = || Datapoint::Count(9);
    let values = [
        (pump, AwsMetric::NumMessagesSent, many()),
        (pump, AwsMetric::AllBytesOut, many()),
        (lamp, AwsMetric::AllBytesOut, many()),
        (lamp, AwsMetric::NumMessagesSent, many()),
    ];
    assert_eq!(
        told(&account.step(&values)),
        [
            ("fleet", "quiet", "lamp", InAlarm),
            ("fleet", "quiet", "pump", InAlarm),
            ("group", "idle", "lamp", InAlarm),
        ]
    );
}

/// A profile has several behaviors, at most 100, of which one value has many elements.
#[test]
fn f33_a_profile_has_up_to_100_behaviors() {
    let behaviors = |count: u64| {
        let behavior = |number| fewer(&format!("b{number}"), "aws:num-disconnects", number);
        (0..count).map(behavior).collect::<Value>()
    };
    let read = |json: &Value| read_behaviors(json, &Definitions::default());
    assert_eq!(read(&behaviors(100)).unwrap().len(), 100);
    let error = read(&behaviors(101)).unwrap_err();
    assert!(matches!(
        error,
        DetectError::TooMany {
            found: 101,
            max: 100,
            ..
        }
    ));

    let ports = |name: &str, from: u16, to: u16| {
        let ports: Vec<u16> = (from..to).collect();
        let criteria = json!({ "comparisonOperator": "in-port-set", "value": { "ports": ports } });
        json!({ "name": name, "metric": "aws:listening-tcp-ports", "criteria": criteria })
    };
    assert!(read(&json!([ports("a", 0, 500), ports("b", 0, 500)])).is_ok());
    let error = read(&json!([ports("a", 0, 500), ports("b", 0, 501)])).unwrap_err();
    assert!(matches!(
        error,
        DetectError::TooMany {
            found: 1001,
            max: 1000,
            ..
        }
    ));
}

#[test]
fn f34_targets_are_all_registered_unregistered_and_groups() {
    let group = || Target::Group("g".parse().unwrap());
    // Registered, in the group; matched by all, registered, unregistered, group.
    for (is_registered, is_member, matched) in [
        (true, true, [true, true, false, true]),
        (true, false, [true, true, false, false]),
        (false, false, [true, false, true, false]),
        (false, true, [true, false, true, false]),
    ] {
        let groups = is_member.then_some("g");
        let targets = [
            Target::All,
            Target::Registered,
            Target::Unregistered,
            group(),
        ];
        assert_eq!(
            targets.map(|target| target.matches(is_registered, groups)),
            matched
        );
    }
}

/// Who registers a device that was known by its client id gets a second one.
#[test]
fn f34_registering_makes_a_second_identity() {
    let mut account = Account::new(&json!([fewer("quiet", "aws:num-messages-sent", 5)]));
    let ghost = account.engine.set_device("lamp", false, []);
    let lamp = account.thing("lamp");
    assert_ne!(ghost, lamp);
    let many = Datapoint::Count(9);
    let events = account.step(&[
        (lamp, AwsMetric::NumMessagesSent, many.clone()),
        (ghost, AwsMetric::NumMessagesSent, many),
    ]);
    let identities: Vec<bool> = events.iter().map(|event| event.is_registered).collect();
    assert_eq!(identities, [false, true]);
    assert_ne!(events[0].violation_id, events[1].violation_id);
}

#[test]
fn f34_a_target_has_up_to_five_profiles() {
    let mut engine = Engine::new();
    for number in 0..6 {
        engine.set_profile(&profile(&format!("p{number}"), &json!([])));
    }
    for number in 0..5 {
        engine.attach(&format!("p{number}"), Target::All).unwrap();
    }
    engine.attach("p0", Target::All).unwrap(); // it is attached already
    let error = engine.attach("p5", Target::All).unwrap_err();
    assert_eq!(error.exception(), "LimitExceededException");
    engine.detach("p3", &Target::All).unwrap();
    engine.attach("p5", Target::All).unwrap();
}

/// SNS is told when an alarm begins and when it ends, and of nothing in between.
#[test]
fn f35_notifications_are_sent_as_the_state_changes() {
    let mut loud = fewer("quiet", "aws:num-messages-sent", 5);
    let mut account = Account::new(&json!([loud]));
    let lamp = account.thing("lamp");
    let notified: Vec<usize> = [9, 9, 9, 1, 1]
        .map(|messages| account.sent(lamp, messages))
        .iter()
        .map(|events| events.iter().filter(|event| event.is_notified()).count())
        .collect();
    assert_eq!(notified, [1, 0, 0, 1, 0]);

    // Who is told is no part of what is normal: the alarm goes on.
    assert_eq!(account.sent(lamp, 9).len(), 1);
    loud["suppressAlerts"] = json!(true);
    account
        .engine
        .set_profile(&profile("fleet", &json!([loud])));
    let events = account.sent(lamp, 1);
    assert_eq!(events.len(), 1);
    assert!(!events[0].is_notified());
}

/// The messages between 2 and 8 that a model expects.
struct TwoToEight;

impl Models for TwoToEight {
    fn band(&self, of: BehaviorRef<'_>, level: ConfidenceLevel, at: Timestamp) -> Option<Band> {
        assert_eq!(
            (of.behavior.as_str(), level),
            ("ml", ConfidenceLevel::Medium)
        );
        assert_eq!(at.as_secs() % 300, 0);
        Some(Band::new(Number::from(2_u32), Number::from(8_u32)))
    }
}

#[test]
fn f36_a_profile_has_rules_and_models() {
    use ViolationEventType::InAlarm;

    let learnt = json!({
        "name": "ml",
        "metric": "aws:num-messages-sent",
        "criteria": { "mlDetectionConfig": { "confidenceLevel": "MEDIUM" } },
    });
    let mut account = Account::new(&json!(
        [fewer("quiet", "aws:num-messages-sent", 5), learnt,]
    ));
    let (lamp, pump) = (account.thing("lamp"), account.thing("pump"));
    let sent = |device, messages| {
        (
            device,
            AwsMetric::NumMessagesSent,
            Datapoint::Count(messages),
        )
    };
    let events = account.step_with(&[sent(pump, 1), sent(lamp, 6)], &TwoToEight);
    assert_eq!(
        told(&events),
        [
            ("fleet", "ml", "pump", InAlarm),
            ("fleet", "quiet", "lamp", InAlarm)
        ]
    );
    let json = serde_json::to_value(events[0].notification()).unwrap();
    assert_eq!(
        json["violationEventAdditionalInfo"],
        json!({ "confidenceLevel": "MEDIUM" })
    );
}

#[test]
fn f37_alarms_go_to_the_api_cloudwatch_sns_and_the_index() {
    let mut account = Account::new(&json!([fewer("quiet", "aws:num-messages-sent", 5)]));
    let lamp = account.thing("lamp");
    let mut events = account.sent(lamp, 9);
    account.sent(lamp, 8);
    let time = START + 300;
    let behavior = json!({
        "name": "quiet",
        "metric": "aws:num-messages-sent",
        "criteria": {
            "comparisonOperator": "less-than",
            "value": { "count": 5 },
            "consecutiveDatapointsToAlarm": 1,
            "consecutiveDatapointsToClear": 1,
        },
    });
    let id = events[0].violation_id.clone();
    let notification = json!({
        "violationId": id,
        "thingName": "lamp",
        "securityProfileName": "fleet",
        "behavior": behavior,
        "metricValue": { "count": 9 },
        "violationEventType": "in-alarm",
        "violationEventTime": time * 1_000,
    });
    assert_eq!(
        serde_json::to_value(events[0].notification()).unwrap(),
        notification
    );

    let verification = Verification::new(VerificationState::BenignPositive, Some("a test"));
    account.engine.verify(&id, verification.unwrap()).unwrap();
    let active = account.engine.active_violations();
    assert_eq!(
        serde_json::to_value(&active).unwrap(),
        json!([{
            "violationId": id,
            "thingName": "lamp",
            "securityProfileName": "fleet",
            "behavior": behavior,
            "lastViolationValue": { "count": 8 },
            "verificationState": "BENIGN_POSITIVE",
            "verificationStateDescription": "a test",
            "lastViolationTime": time + 300,
            "violationStartTime": time,
        }])
    );
    let index = fleet_index(account.engine.events().map(|listed| listed.event), active);
    let fields = json!({
        "violationCount": 1,
        "fleet": { "quiet": {
            "metricName": "aws:num-messages-sent",
            "lastViolationTime": (time + 300) * 1_000,
            "lastViolationValue": { "count": 8 },
            "inViolation": true,
        } },
    });
    assert_eq!(serde_json::to_value(&index["lamp"]).unwrap(), fields);

    events.extend(account.sent(lamp, 1));
    let figures = violation_figures(&events);
    let (of, figures) = figures.first_key_value().unwrap();
    assert_eq!((of.0.as_str(), of.1.as_str()), ("fleet", "quiet"));
    let counts = figures.metrics().map(|(_, count)| count);
    assert_eq!(counts, [1, 1, 0]);

    // The history has both, with what was said of them.
    let listed: Vec<Value> = account
        .engine
        .events()
        .map(|listed| serde_json::to_value(listed).unwrap())
        .collect();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["violationEventTime"], time);
    assert_eq!(listed[1]["verificationState"], "BENIGN_POSITIVE");
    let index = fleet_index(account.engine.events().map(|listed| listed.event), []);
    assert_eq!(index["lamp"].count(), 0);
}

#[test]
fn f37_violations_are_kept_for_30_days() {
    let mut account = Account::new(&json!([fewer("quiet", "aws:num-messages-sent", 5)]));
    let lamp = account.thing("lamp");
    account.sent(lamp, 9);
    let id = account.sent(lamp, 1)[0].violation_id.clone();
    let ended = account.now;
    account.now = ended + 30 * 86_400 - 300;
    account.step(&[]);
    assert_eq!(account.engine.events().count(), 1);
    account.engine.verify(&id, Verification::default()).unwrap();
    account.step(&[]);
    assert_eq!(account.engine.events().count(), 0);
    let error = account
        .engine
        .verify(&id, Verification::default())
        .unwrap_err();
    assert_eq!(error.exception(), "ResourceNotFoundException");
}

#[test]
fn f37_no_more_events_are_kept_than_asked_for() {
    let mut account = Account::new(&json!([fewer("quiet", "aws:num-messages-sent", 5)]));
    account.engine.keep_events(3);
    let lamp = account.thing("lamp");
    let told: Vec<ViolationEvent> = [9, 1, 9, 1, 9]
        .iter()
        .flat_map(|messages| account.sent(lamp, *messages))
        .collect();
    let kept: Vec<_> = account
        .engine
        .events()
        .map(|listed| listed.event.clone())
        .collect();
    assert_eq!(told.len(), 5);
    assert_eq!(kept, told[2..]);
    // The alarm that is on can be verified though nothing of it is kept.
    account.engine.keep_events(0);
    account.step(&[]);
    let id = &told[4].violation_id;
    assert_eq!(account.engine.verify(id, Verification::default()), Ok(()));
    assert!(
        account
            .engine
            .verify(&told[0].violation_id, Verification::default())
            .is_err()
    );
}

#[test]
fn f38_the_cloud_measures_seven_metrics() {
    let cloud = AwsMetric::ALL
        .iter()
        .filter(|metric| metric.side() == MetricSide::Cloud);
    let names: Vec<&str> = cloud.map(|metric| metric.as_str()).collect();
    for name in [
        "aws:num-authorization-failures",
        "aws:num-connection-attempts",
        "aws:num-disconnects",
        "aws:message-byte-size",
        "aws:num-messages-received",
        "aws:num-messages-sent",
        "aws:source-ip-address",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(names.len(), 8); // and, since 2023, aws:disconnect-duration
}

#[test]
fn f45_ml_behaviors_have_datapoints_to_alarm_and_to_clear() {
    let behavior = |name: &str, metric: &str, to_alarm: u32| {
        json!({
            "name": name,
            "metric": metric,
            "criteria": {
                "mlDetectionConfig": { "confidenceLevel": "MEDIUM" },
                "consecutiveDatapointsToAlarm": to_alarm,
                "consecutiveDatapointsToClear": 1,
            },
            "suppressAlerts": true,
        })
    };
    let read = |json: &Value| read_behaviors(json, &Definitions::default());
    let deck = json!([
        behavior("Messages_sent_ML_behavior", "aws:num-messages-sent", 1),
        behavior(
            "Messages_received_ML_behavior",
            "aws:num-messages-received",
            1
        ),
        behavior(
            "Authorization_failures_ML_behavior",
            "aws:num-authorization-failures",
            10
        ),
    ]);
    let behaviors = read(&deck).unwrap();
    assert_eq!(serde_json::to_value(&behaviors).unwrap(), deck);
    for (count, message) in [(0, "0"), (11, "11")] {
        let error = read(&json!([behavior("b", "aws:num-disconnects", count)])).unwrap_err();
        let said = format!(
            "Behavior b is malformed. consecutiveDatapointsToAlarm {message} should be in range[1,10]"
        );
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn f47_an_alarm_begins_and_is_cleared_or_becomes_invalid() {
    use ViolationEventType::{AlarmCleared, AlarmInvalidated, InAlarm};

    let mut account = Account::new(&json!([fewer("quiet", "aws:num-messages-sent", 5)]));
    let lamp = account.thing("lamp");
    let mut history = Vec::new();
    for messages in [9, 9, 1, 9] {
        history.extend(account.sent(lamp, messages));
    }
    // Two days and a step of silence.
    account.now += 172_800;
    history.extend(account.step(&[]));
    let types: Vec<_> = history.iter().map(|event| event.event_type).collect();
    assert_eq!(types, [InAlarm, AlarmCleared, InAlarm, AlarmInvalidated]);
    let ids: Vec<&str> = history
        .iter()
        .map(|event| event.violation_id.as_str())
        .collect();
    assert!(ids[0] == ids[1] && ids[1] != ids[2] && ids[2] == ids[3]);
    assert_eq!(history[3].metric_value, None);
    let kept: Vec<_> = account.engine.events().map(|listed| listed.event).collect();
    assert_eq!(kept, history.iter().collect::<Vec<_>>());
    assert!(account.engine.active_violations().is_empty());
}

/// What comes late in the silence ends the old alarm, and begins another in the same step.
#[test]
fn f47_an_alarm_becomes_invalid_before_the_next_begins() {
    use ViolationEventType::{AlarmInvalidated, InAlarm};

    let mut account = Account::new(&json!([fewer("quiet", "aws:num-messages-sent", 5)]));
    let lamp = account.thing("lamp");
    account.sent(lamp, 9);
    account.now += 172_800;
    let events = account.sent(lamp, 9);
    let types: Vec<_> = events.iter().map(|event| event.event_type).collect();
    assert_eq!(types, [AlarmInvalidated, InAlarm]);
    assert_eq!(account.engine.active_violations().len(), 1);
}

#[test]
fn f47_alarms_become_invalid_with_their_behavior_profile_target_and_device() {
    use ViolationEventType::{AlarmInvalidated, InAlarm};

    let behaviors = json!([
        fewer("few", "aws:num-messages-sent", 5),
        fewer("quiet", "aws:num-messages-sent", 6),
    ]);
    type Change = fn(&mut Engine, DeviceId);
    let changes: [(Change, usize); 6] = [
        (|engine, _| engine.remove_profile("fleet"), 2),
        (|engine, _| engine.detach("fleet", &Target::All).unwrap(), 2),
        (|engine, device| engine.remove_device(device), 2),
        (
            |engine, _| {
                let one = json!([fewer("quiet", "aws:num-messages-sent", 6)]);
                engine.set_profile(&profile("fleet", &one));
            },
            1,
        ),
        (
            |engine, _| {
                let changed = json!([
                    fewer("few", "aws:num-messages-sent", 4),
                    fewer("more", "aws:num-messages-sent", 6),
                    fewer("quiet", "aws:num-messages-sent", 6),
                ]);
                engine.set_profile(&profile("fleet", &changed));
            },
            1,
        ),
        (
            |engine, _| engine.attach("fleet", Target::Registered).unwrap(),
            0,
        ),
    ];
    for (index, (change, invalid)) in changes.into_iter().enumerate() {
        let mut account = Account::new(&behaviors);
        let lamp = account.thing("lamp");
        let began = account.sent(lamp, 9);
        assert_eq!(told(&began).len(), 2);
        change(&mut account.engine, lamp);
        assert_eq!(
            account.engine.active_violations().len(),
            2 - invalid,
            "{index}"
        );
        let events = account.step(&[]);
        let types = events.iter().map(|event| event.event_type);
        assert!(types.clone().all(|kind| kind == AlarmInvalidated));
        assert_eq!(types.count(), invalid, "{index}");
        if let Some(event) = events.first() {
            assert_eq!(event.violation_id, began[0].violation_id);
            assert_eq!(event.time, Timestamp::from_secs(account.now));
        }
        // A behavior that stayed goes on where it was.
        if account.engine.device("lamp", true).is_some() {
            let value = Datapoint::Count(9);
            let next = account.step(&[(lamp, AwsMetric::NumMessagesSent, value)]);
            let is_new = |event: &&ViolationEvent| event.event_type == InAlarm;
            let begun = next.iter().filter(is_new).count();
            assert_eq!(begun, if index == 4 { 2 } else { 0 }, "{index}");
        }
    }
}

#[test]
fn f54_thresholds_are_fixed_or_percentiles() {
    let largest = json!({
        "name": "largest",
        "metric": "aws:message-byte-size",
        "criteria": {
            "comparisonOperator": "less-than-equals",
            "statisticalThreshold": { "statistic": "p50" },
            "durationSeconds": 300,
        },
    });
    let smallest = json!({
        "name": "smallest",
        "metric": "aws:message-byte-size",
        "criteria": { "comparisonOperator": "greater-than", "value": { "count": 8 } },
    });
    let mut account = Account::new(&json!([largest, smallest]));
    let (lamp, pump) = (account.thing("lamp"), account.thing("pump"));
    let size = |device, bytes| {
        let sizes = Datapoint::Sizes(MessageSizes::of(bytes));
        (device, AwsMetric::MessageByteSize, sizes)
    };
    // What comes of a device in one step is added: the lamp has 9 + 40, the pump 40.
    let events = account.step(&[size(lamp, 9), size(pump, 40), size(lamp, 40)]);
    let shown: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event.thing.as_str(),
                serde_json::to_value(&event.metric_value).unwrap(),
            )
        })
        .collect();
    assert_eq!(shown, [("lamp", json!({ "count": 49 }))]);
    let events = account.step(&[size(lamp, 7), size(lamp, 9)]);
    assert_eq!(events[0].behavior.name().as_str(), "smallest");
    assert_eq!(
        serde_json::to_value(&events[0].metric_value).unwrap(),
        json!({ "count": 7 })
    );
}

/// A step is judged once. What comes for it later is in the windows of the next.
#[test]
fn f54_what_comes_late_counts_in_later_windows() {
    let mut behavior = fewer("quiet", "aws:num-messages-sent", 10);
    behavior["criteria"]["durationSeconds"] = json!(600);
    let mut account = Account::new(&json!([behavior]));
    let lamp = account.thing("lamp");
    assert!(account.sent(lamp, 1).is_empty());
    account.now -= 300;
    assert!(account.sent(lamp, 50).is_empty());
    let events = account.sent(lamp, 1);
    assert_eq!(
        serde_json::to_value(&events[0].metric_value).unwrap(),
        json!({ "count": 52 })
    );
    // An earlier time is the newest.
    account.now -= 3_000;
    assert!(account.sent(lamp, 0).is_empty());
    assert_eq!(account.engine.active_violations().len(), 1);
}

#[test]
fn f55_custom_metrics_have_four_types_and_go_when_nobody_names_them() {
    let mut definitions = Definitions::default();
    for (name, kind) in [
        ("firmware", CustomMetricType::StringList),
        ("peers", CustomMetricType::IpAddressList),
        ("processes", CustomMetricType::NumberList),
        ("battery", CustomMetricType::Number),
    ] {
        let metric = || CustomMetric::new(name.parse().unwrap(), kind);
        definitions.create_custom_metric(metric()).unwrap();
        let error = definitions.create_custom_metric(metric()).unwrap_err();
        assert_eq!(error.exception(), "ResourceAlreadyExistsException");
    }
    let behavior = |metric: &str, operator: &str, value: &Value| {
        let criteria = json!({ "comparisonOperator": operator, "value": value });
        json!({ "name": metric, "metric": metric, "criteria": criteria })
    };
    let behaviors = json!([
        behavior("firmware", "in-set", &json!({ "strings": ["v1"] })),
        behavior(
            "peers",
            "not-in-cidr-set",
            &json!({ "cidrs": ["10.0.0.0/8"] })
        ),
        behavior("processes", "not-in-set", &json!({ "numbers": [666] })),
        behavior("battery", "greater-than", &json!({ "number": 7.5 })),
    ]);
    let request = json!({ "behaviors": behaviors });
    let name = "custom".parse().unwrap();
    let mut profile = SecurityProfile::create(name, &request, &definitions).unwrap();

    let mut engine = Engine::new();
    engine.set_profile(&profile);
    engine.attach("custom", Target::All).unwrap();
    let lamp = engine.set_device("lamp", true, []);
    let values = [
        ("firmware", json!(["v1", "v2"])),
        ("peers", json!(["10.1.2.3:443"])),
        ("processes", json!([1, 666])),
        ("battery", json!(7.5)),
    ];
    let values = values.map(|(name, json)| {
        let metric: Metric = name.parse().unwrap();
        let kind = definitions.value_type(&metric).unwrap();
        (
            engine.series(&metric, None).unwrap(),
            Datapoint::from_json(kind, &json).unwrap(),
        )
    });
    let readings = values.each_ref().map(|(series, value)| Reading {
        device: lamp,
        series: *series,
        value,
    });
    let now = Timestamp::from_secs(START);
    let events = engine.step(now, &readings, &mut NearestRank, &NoModels);
    let shown: Vec<Value> = events
        .iter()
        .map(|event| serde_json::to_value(&event.metric_value).unwrap())
        .collect();
    let expected = [
        json!({ "number": 7.5 }),
        json!({ "strings": ["v1", "v2"] }),
        json!({ "cidrs": ["10.1.2.3"] }),
        json!({ "numbers": [1, 666] }),
    ];
    assert_eq!(shown, expected);

    let error = definitions
        .delete_custom_metric("battery", [&profile])
        .unwrap_err();
    assert_eq!(error, DetectError::Referenced("custom".parse().unwrap()));
    let update = ProfileUpdate::from_json(&json!({ "deleteBehaviors": true }), &definitions);
    profile.update(update.unwrap(), None).unwrap();
    definitions
        .delete_custom_metric("battery", [&profile])
        .unwrap();
    assert_eq!(definitions.custom_metric("battery"), None);
}
