//! Engines and collectors that are written and read between any two calls.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests that build values of parts that are legal"
)]

use iot_defender::detect::{
    AwsMetric, CloudCollector, CloudEvent, CustomMetric, CustomMetricType, Datapoint, Definitions,
    Dimension, DimensionOperator, Engine, MetricDimension, NearestRank, NoModels, Number,
    Observation, Reading, SecurityProfile, Target, Verification, VerificationState, ViolationEvent,
};
use iot_topics::{GroupName, Timestamp, TopicNameRef};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

const START: u64 = 1_573_786_800;
const STEP: u64 = 300;

#[derive(Clone, Copy, Debug)]
enum Call {
    /// Of which thing, what, and how much.
    Arrive(usize, usize, u8),
    Step,
    Silence(u8),
    Profile(usize, u8),
    Attach(usize, usize),
    Detach(usize, usize),
    Remove(usize),
    Join(usize, u8),
    Forget(usize),
    Verify(u8),
    Keep(u8),
}

const THINGS: [(&str, bool); 4] = [("a", true), ("b", true), ("c \"d\"", false), ("a", false)];
const PROFILES: [&str; 2] = ["p", "q"];
const GROUPS: [&str; 2] = ["g", "h"];

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        6 => (0..4_usize, 0..5_usize, 0..10_u8).prop_map(|(thing, what, n)| Call::Arrive(thing, what, n)),
        6 => Just(Call::Step),
        1 => (0..60_u8).prop_map(Call::Silence),
        1 => (0..2_usize, any::<u8>()).prop_map(|(profile, bits)| Call::Profile(profile, bits)),
        1 => (0..2_usize, 0..5_usize).prop_map(|(profile, target)| Call::Attach(profile, target)),
        1 => (0..2_usize, 0..5_usize).prop_map(|(profile, target)| Call::Detach(profile, target)),
        1 => (0..2_usize).prop_map(Call::Remove),
        2 => (0..4_usize, any::<u8>()).prop_map(|(thing, groups)| Call::Join(thing, groups)),
        1 => (0..4_usize).prop_map(Call::Forget),
        1 => any::<u8>().prop_map(Call::Verify),
        1 => (0..20_u8).prop_map(Call::Keep),
    ]
}

fn target(number: usize) -> Target {
    match number {
        0 => Target::All,
        1 => Target::Registered,
        2 => Target::Unregistered,
        number => Target::Group(GROUPS.get(number - 3).unwrap().parse().unwrap()),
    }
}

fn definitions() -> Definitions {
    let mut definitions = Definitions::default();
    for (name, kind) in [
        ("battery", CustomMetricType::Number),
        ("users", CustomMetricType::StringList),
    ] {
        let metric = CustomMetric::new(name.parse().unwrap(), kind);
        definitions.create_custom_metric(metric).unwrap();
    }
    let own = Dimension::new("Own".parse().unwrap(), ["a/#".to_string()]).unwrap();
    definitions.create_dimension(own).unwrap();
    definitions
}

/// A version of a profile: the bits say which behaviors it has.
fn profile(name: &str, bits: u8) -> SecurityProfile {
    let datapoints = 1 + (bits >> 5 & 1);
    let behavior = |name: &str, metric: &str, mut criteria: serde_json::Value| {
        criteria["consecutiveDatapointsToAlarm"] = json!(datapoints);
        criteria["consecutiveDatapointsToClear"] = json!(1 + (bits >> 6 & 1));
        json!({ "name": name, "metric": metric, "criteria": criteria, "suppressAlerts": bits > 99 })
    };
    let duration = if bits >> 7 == 0 { 600 } else { 3_600 };
    let below = |value| json!({ "comparisonOperator": "less-than", "value": value });
    let mut sent = below(json!({ "count": 5 }));
    sent["durationSeconds"] = json!(duration);
    let mut own = behavior("own", "aws:num-messages-sent", sent.clone());
    own["metricDimension"] = json!({ "dimensionName": "Own", "operator": "NOT_IN" });
    let among =
        json!({ "comparisonOperator": "in-set", "value": { "strings": ["root \"x\"", "é"] } });
    let all = [
        behavior("sent", "aws:num-messages-sent", sent),
        own,
        behavior(
            "size",
            "aws:message-byte-size",
            below(json!({ "count": 7 })),
        ),
        // A third is no fraction that ends.
        behavior("battery", "battery", below(json!({ "number": 10.0 / 3.0 }))),
        behavior("users", "users", among),
    ];
    let behaviors = all
        .into_iter()
        .zip(0..)
        .filter(|(_, place)| bits >> place & 1 == 0);
    let request = json!({
        "behaviors": behaviors.map(|(behavior, _)| behavior).collect::<Vec<_>>(),
        "additionalMetricsToRetainV2": [{ "metric": "users" }],
    });
    SecurityProfile::create(name.parse().unwrap(), &request, &definitions()).unwrap()
}

struct Account {
    engine: Engine,
    now: u64,
    arrived: Vec<(usize, usize, Datapoint)>,
    told: Vec<ViolationEvent>,
}

impl Account {
    fn new() -> Self {
        let mut account = Self {
            engine: Engine::new(),
            now: START,
            arrived: Vec::new(),
            told: Vec::new(),
        };
        for (place, name) in PROFILES.into_iter().enumerate() {
            account.engine.set_profile(&profile(name, 0));
            account.call(Call::Attach(place, 3 + place));
        }
        (0..THINGS.len()).for_each(|thing| account.call(Call::Join(thing, 3)));
        account
    }

    fn call(&mut self, call: Call) {
        let name = |profile: usize| *PROFILES.get(profile).unwrap();
        let thing = |thing: usize| *THINGS.get(thing).unwrap();
        match call {
            Call::Arrive(thing, what, n) => {
                let value = match what {
                    3 => Datapoint::Number(Number::new(f64::from(n) / 1.5).unwrap()),
                    4 => {
                        Datapoint::Strings(vec![["root \"x\"", "guest"][usize::from(n % 2)].into()])
                    }
                    _ => Datapoint::Count(n.into()),
                };
                self.arrived.push((thing, what, value));
            }
            Call::Step => self.step(),
            Call::Silence(hours) => self.now += u64::from(hours) * 3_600,
            Call::Profile(at, bits) => self.engine.set_profile(&profile(name(at), bits)),
            Call::Attach(at, to) => drop(self.engine.attach(name(at), target(to))),
            Call::Detach(at, from) => drop(self.engine.detach(name(at), &target(from))),
            Call::Remove(at) => self.engine.remove_profile(name(at)),
            Call::Join(at, groups) => {
                let (name, is_registered) = thing(at);
                let groups = GROUPS
                    .into_iter()
                    .zip(0..)
                    .filter(|(_, bit)| groups >> bit & 1 == 1);
                let groups: Vec<GroupName> = groups.map(|(it, _)| it.parse().unwrap()).collect();
                self.engine.set_device(name, is_registered, groups);
            }
            Call::Forget(at) => {
                let (name, is_registered) = thing(at);
                if let Some(device) = self.engine.device(name, is_registered) {
                    self.engine.remove_device(device);
                }
            }
            Call::Verify(number) => {
                let count = self.told.len().max(1);
                if let Some(event) = self.told.get(usize::from(number) % count) {
                    let state = VerificationState::BenignPositive;
                    let said = Verification::new(state, Some("a \\ test")).unwrap();
                    drop(self.engine.verify(&event.violation_id, said));
                }
            }
            Call::Keep(most) => self.engine.keep_events(most.into()),
        }
    }

    fn step(&mut self) {
        self.now += STEP;
        let dimension = MetricDimension::new("Own".parse().unwrap(), DimensionOperator::NotIn);
        let series = [
            (AwsMetric::NumMessagesSent.into(), None),
            (AwsMetric::NumMessagesSent.into(), Some(&dimension)),
            (AwsMetric::MessageByteSize.into(), None),
            ("battery".parse().unwrap(), None),
            ("users".parse().unwrap(), None),
        ];
        let readings = self.arrived.iter().filter_map(|(thing, what, value)| {
            let (name, is_registered) = THINGS.get(*thing)?;
            let (metric, dimension) = series.get(*what)?;
            Some(Reading {
                device: self.engine.device(name, *is_registered)?,
                series: self.engine.series(metric, *dimension)?,
                value,
            })
        });
        let readings: Vec<Reading<'_>> = readings.collect();
        let now = Timestamp::from_secs(self.now);
        let events = self
            .engine
            .step(now, &readings, &mut NearestRank, &NoModels);
        self.arrived.clear();
        self.told.extend(events);
    }

    fn listed(&self) -> (Vec<String>, Vec<String>) {
        let events = self
            .engine
            .events()
            .map(|it| serde_json::to_string(&it).unwrap());
        let active = self.engine.active_violations();
        let active = active.iter().map(|it| serde_json::to_string(it).unwrap());
        (events.collect(), active.collect())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Written and read before each call, an engine tells what it would have told.
    #[test]
    fn a_restored_engine_goes_on_as_before(calls in vec(call(), 0..80)) {
        let (mut straight, mut restored) = (Account::new(), Account::new());
        for call in calls {
            let text = restored.engine.snapshot();
            restored.engine = Engine::restore(text.as_bytes()).unwrap();
            prop_assert_eq!(restored.engine.snapshot(), text);
            straight.call(call);
            restored.call(call);
            prop_assert_eq!(straight.listed(), restored.listed());
            for (name, is_registered) in THINGS {
                let device = straight.engine.device(name, is_registered);
                prop_assert_eq!(device, restored.engine.device(name, is_registered));
            }
        }
        prop_assert_eq!(&straight.told, &restored.told);
        prop_assert_eq!(straight.engine.snapshot(), restored.engine.snapshot());
        let profiles = |account: &Account| account.engine.profiles().cloned().collect::<Vec<_>>();
        prop_assert_eq!(profiles(&straight), profiles(&restored));
    }

    /// Whatever the text, there is an answer; and what is taken can be written and read again.
    #[test]
    fn any_text_has_an_answer(
        calls in vec(call(), 0..40),
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..4),
    ) {
        let mut account = Account::new();
        calls.into_iter().for_each(|call| account.call(call));
        let mut text = account.engine.snapshot().into_bytes();
        for (place, byte, how) in changes {
            let at = place.index(text.len());
            match how {
                0 => text.truncate(at.max(1)),
                1 => drop(text.remove(at.min(text.len() - 1))),
                _ => *text.get_mut(at).unwrap() = b"0123456789,null[]"[usize::from(byte) % 17],
            }
            if text.is_empty() {
                text.push(b'\n');
            }
        }
        if let Ok(mut engine) = Engine::restore(&text) {
            let again = engine.snapshot();
            prop_assert_eq!(Engine::restore(again.as_bytes()).unwrap().snapshot(), again);
            let now = Timestamp::from_secs(START * 2);
            drop(engine.step(now, &[], &mut NearestRank, &NoModels));
        }
    }

    #[test]
    fn a_restored_collector_goes_on_as_before(
        events in vec((0..3_usize, 0..6_u8, 0..4_u8, any::<bool>()), 0..60),
    ) {
        let own = ["a/${iot:ClientId}/#".to_string()];
        let scopes = [(Dimension::new("Own".parse().unwrap(), own).unwrap(), DimensionOperator::In)];
        let mut straight = CloudCollector::new(scopes, Timestamp::from_secs(START));
        let mut restored = straight.clone();
        for (device, what, address, is_end) in events {
            let text = restored.snapshot();
            restored = CloudCollector::restore(text.as_bytes()).unwrap();
            prop_assert_eq!(restored.snapshot(), text);
            let topic = TopicNameRef::parse("a/lamp-1/x").unwrap();
            let event = match what {
                0 => CloudEvent::ConnectAttempt,
                1 => CloudEvent::Connected,
                2 => CloudEvent::Disconnected,
                3 => CloudEvent::AuthorizationFailure { topic: Some(topic) },
                4 => CloudEvent::MessageSent { topic, bytes: 10 },
                _ => CloudEvent::MessageReceived { topic, bytes: 7 },
            };
            let name = ["lamp-1", "lamp \"2\"", "é"][device];
            let mut seen = Observation::new(name, event);
            if address > 0 {
                seen = seen.from([192, 0, 2, address].into());
            }
            for collector in [&mut straight, &mut restored] {
                collector.observe(seen, collector.end().saturating_sub(core::time::Duration::from_secs(1))).unwrap();
            }
            if is_end {
                prop_assert_eq!(straight.close(), restored.close());
            }
        }
        prop_assert_eq!(straight.snapshot(), restored.snapshot());
        let text = straight.snapshot();
        for end in 0..text.len() {
            let is_cut = CloudCollector::restore(&text.as_bytes()[..end]).is_err();
            prop_assert!(is_cut, "{}", end);
        }
    }
}

/// A line that is wrong, and the rule that it breaks.
#[test]
fn a_snapshot_is_refused_by_its_line() {
    let mut account = Account::new();
    account.call(Call::Arrive(0, 0, 9));
    account.step();
    account.call(Call::Arrive(0, 0, 9));
    account.step();
    let text = account.engine.snapshot();
    assert!(!account.told.is_empty());
    for (from, to, rule) in [
        (
            "detect\":1",
            "detect\":2",
            "must be the head of a snapshot in form 1",
        ),
        (
            "\"now\":5245958",
            "\"now\":4294967295",
            "must have a step that can be",
        ),
        (
            "\"free\":[]",
            "\"free\":[0]",
            "must be the last device, with the free places told",
        ),
        (
            "[\"b\",true",
            "[\"a\",true",
            "must be a device of another name",
        ),
        (
            "[\"group:h\"]",
            "[\"group:h\",\"group:h\"]",
            "must have targets with five at most",
        ),
        ("[\"group:h\"]", "[\"lamps\"]", "must have targets"),
        (
            "\"securityProfileName\":\"q\"",
            "\"securityProfileName\":\"p\"",
            "must be a profile of another name",
        ),
        (
            "\"kind\":\"in-alarm\"",
            "\"kind\":\"alarm-invalidated\"",
            "must have a value or not",
        ),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert_eq!(
            Engine::restore(changed.as_bytes()).unwrap_err().rule(),
            rule,
            "{from}"
        );
    }
    let mut longer = text;
    longer.push_str("[]\n");
    let error = Engine::restore(longer.as_bytes()).unwrap_err();
    assert_eq!(error.line(), longer.lines().count());
}

/// What the documentation of `Engine::snapshot` says of its size.
#[test]
fn a_quiet_behavior_takes_few_bytes() {
    let below = |name: usize, metric: &str| {
        json!({
            "name": format!("b{name}"),
            "metric": metric,
            "criteria": { "comparisonOperator": "less-than", "value": { "count": 1_000_000 } },
        })
    };
    let metrics: Vec<AwsMetric> = AwsMetric::ALL
        .iter()
        .copied()
        .filter(|metric| metric.unit().is_some() && *metric != AwsMetric::DisconnectDuration)
        .take(10)
        .collect();
    let behaviors = metrics.iter().enumerate();
    let behaviors: Vec<_> = behaviors
        .map(|(place, it)| below(place, it.as_str()))
        .collect();
    let request = json!({ "behaviors": behaviors });
    let profile = SecurityProfile::create("p".parse().unwrap(), &request, &definitions());
    let mut engine = Engine::new();
    engine.set_profile(&profile.unwrap());
    engine.attach("p", Target::All).unwrap();
    let devices: Vec<_> = (0..1_000)
        .map(|it| engine.set_device(&format!("thing-{it}"), true, []))
        .collect();
    let value = &Datapoint::Count(7);
    let series: Vec<_> = metrics
        .iter()
        .map(|it| engine.series(&(*it).into(), None).unwrap())
        .collect();
    let readings = devices.iter().flat_map(|device| {
        series.iter().map(|series| Reading {
            device: *device,
            series: *series,
            value,
        })
    });
    let readings: Vec<Reading<'_>> = readings.collect();
    for step in [0, 8_000] {
        let now = Timestamp::from_secs(START + step * STEP);
        assert!(
            engine
                .step(now, &readings, &mut NearestRank, &NoModels)
                .is_empty()
        );
    }
    let bytes = engine.snapshot().len();
    println!("{} bytes a behavior of a thing", bytes / 10_000);
    assert!(bytes <= 20 * 10_000, "{bytes}");
}
