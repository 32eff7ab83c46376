//! Datapoints, and what becomes of alarms.

use alloc::collections::BTreeMap;

use iot_defender::detect::{
    AwsMetric, CustomMetric, CustomMetricType, Datapoint, Definitions, Engine, MessageSizes,
    Metric, NearestRank, NoModels, Number, Reading, SecurityProfile, Target, ViolationEvent,
    ViolationEventType,
};
use iot_topics::{GroupName, Timestamp};
use serde_json::json;

use crate::input::{Bytes, choose};

/// Three bytes a call: what, of which thing, and how much.
///
/// Of each behavior of each thing alarms begin and end in turn, what is active is what has begun
/// and not ended, events are in order and only of this step, an alarm becomes invalid without a
/// value, and an engine that is written and read again before each call tells the same.
pub fn detect_series(data: &[u8]) {
    let first = run(data, false);
    assert_eq!(first, run(data, true));
}

fn run(data: &[u8], is_restored: bool) -> Vec<ViolationEvent> {
    let mut bytes = Bytes::new(data);
    let mut account = Account::new();
    while !bytes.is_empty() {
        let call = choose(&CALLS, bytes.byte());
        let (thing, amount) = (bytes.byte(), bytes.byte());
        if is_restored {
            let text = account.engine.snapshot();
            account.engine = Engine::restore(text.as_bytes()).unwrap();
            assert_eq!(account.engine.snapshot(), text);
        }
        account.call(call, thing, amount);
    }
    account.step();
    account.told
}

#[derive(Clone, Copy)]
enum Call {
    Step,
    /// Goes forward by so many hours.
    Silence,
    Sent,
    Size,
    Ports,
    Battery,
    Join,
    Leave,
    Forget,
    /// Makes a profile have other behaviors.
    Change,
    Remove,
}

const CALLS: [(u8, Call); 11] = [
    (b'.', Call::Step),
    (b'_', Call::Silence),
    (b's', Call::Sent),
    (b'm', Call::Size),
    (b'p', Call::Ports),
    (b'b', Call::Battery),
    (b'j', Call::Join),
    (b'l', Call::Leave),
    (b'f', Call::Forget),
    (b'c', Call::Change),
    (b'r', Call::Remove),
];

const THINGS: [(u8, (&str, bool)); 4] = [
    (b'1', ("a", true)),
    (b'2', ("b", true)),
    (b'3', ("c", true)),
    (b'4', ("a", false)),
];

const PROFILES: [(u8, &str); 2] = [(b'1', "p"), (b'2', "q")];

struct Account {
    engine: Engine,
    now: Timestamp,
    arrived: Vec<((&'static str, bool), Metric, Datapoint)>,
    told: Vec<ViolationEvent>,
    /// The alarms that are on, by profile, behavior and thing, and their ids.
    on: BTreeMap<(String, String, String, bool), String>,
}

impl Account {
    fn new() -> Self {
        let mut account = Self {
            engine: Engine::new(),
            now: Timestamp::from_secs(1_573_786_800),
            arrived: Vec::new(),
            told: Vec::new(),
            on: BTreeMap::new(),
        };
        for (_, profile) in PROFILES {
            account.change(profile, 0);
        }
        for (_, thing) in THINGS {
            account.join(thing);
        }
        account
    }

    fn call(&mut self, call: Call, thing: u8, amount: u8) {
        let profile = choose(&PROFILES, thing);
        let thing = choose(&THINGS, thing);
        let count = u64::from(amount % 10);
        match call {
            Call::Step => self.step(),
            Call::Silence => {
                self.now = Timestamp::from_secs(self.now.as_secs() + u64::from(amount) * 3_600);
            }
            Call::Sent => {
                let metric = AwsMetric::NumMessagesSent.into();
                self.arrived.push((thing, metric, Datapoint::Count(count)));
            }
            Call::Size => {
                let sizes = Datapoint::Sizes(MessageSizes::of(count));
                self.arrived
                    .push((thing, AwsMetric::MessageByteSize.into(), sizes));
            }
            Call::Ports => {
                let ports = Datapoint::Ports((20..20 + u16::from(amount % 10)).collect());
                self.arrived
                    .push((thing, AwsMetric::ListeningTcpPorts.into(), ports));
            }
            Call::Battery => {
                let number = Number::new(f64::from(amount) - 5.0).unwrap();
                let metric = "battery".parse().unwrap();
                self.arrived
                    .push((thing, metric, Datapoint::Number(number)));
            }
            Call::Join => self.join(thing),
            Call::Leave => {
                self.engine.set_device(thing.0, thing.1, []);
            }
            Call::Forget => {
                if let Some(device) = self.engine.device(thing.0, thing.1) {
                    self.engine.remove_device(device);
                }
            }
            Call::Change => self.change(profile, amount),
            Call::Remove => self.engine.remove_profile(profile),
        }
    }

    fn join(&mut self, (name, is_registered): (&str, bool)) {
        let group: GroupName = "g".parse().unwrap();
        self.engine.set_device(name, is_registered, [group]);
    }

    /// A version of a profile: the bits of `amount` say what it has.
    fn change(&mut self, profile: &str, amount: u8) {
        let mut definitions = Definitions::default();
        let battery = CustomMetric::new("battery".parse().unwrap(), CustomMetricType::Number);
        definitions.create_custom_metric(battery).unwrap();
        let datapoints = 1 + u32::from(amount & 1);
        let behavior = |name: &str, metric: &str, mut criteria: serde_json::Value| {
            criteria["consecutiveDatapointsToAlarm"] = json!(datapoints);
            json!({ "name": name, "metric": metric, "criteria": criteria })
        };
        let duration = if amount & 2 == 0 { 600 } else { 3_600 };
        let all = [
            behavior(
                "sent",
                "aws:num-messages-sent",
                json!({
                    "comparisonOperator": "less-than",
                    "value": { "count": 5 },
                    "durationSeconds": duration,
                }),
            ),
            behavior(
                "many",
                "aws:num-messages-sent",
                json!({
                    "comparisonOperator": "less-than-equals",
                    "statisticalThreshold": { "statistic": "p50" },
                    "durationSeconds": 300,
                }),
            ),
            behavior(
                "size",
                "aws:message-byte-size",
                json!({
                    "comparisonOperator": "greater-than",
                    "value": { "count": 3 },
                }),
            ),
            behavior(
                "ports",
                "aws:listening-tcp-ports",
                json!({
                    "comparisonOperator": "not-in-port-set",
                    "value": { "ports": [23] },
                }),
            ),
            behavior(
                "battery",
                "battery",
                json!({
                    "comparisonOperator": "less-than",
                    "statisticalThreshold": { "statistic": "p90" },
                    "durationSeconds": 300,
                }),
            ),
        ];
        let kept = all.into_iter().skip(usize::from(amount >> 2) % 5);
        let request = json!({ "behaviors": kept.collect::<Vec<_>>() });
        let name = profile.parse().unwrap();
        let version = SecurityProfile::create(name, &request, &definitions).unwrap();
        self.engine.set_profile(&version);
        let target = if amount & 64 == 0 {
            Target::Group("g".parse().unwrap())
        } else {
            Target::Unregistered
        };
        self.engine.attach(profile, target).unwrap();
    }

    fn step(&mut self) {
        self.now = Timestamp::from_secs(self.now.as_secs() + 300);
        let readings: Vec<Reading<'_>> = self
            .arrived
            .iter()
            .filter_map(|((name, is_registered), metric, value)| {
                Some(Reading {
                    device: self.engine.device(name, *is_registered)?,
                    series: self.engine.series(metric, None)?,
                    value,
                })
            })
            .collect();
        let events = self
            .engine
            .step(self.now, &readings, &mut NearestRank, &NoModels);
        self.arrived.clear();
        assert!(events.is_sorted_by_key(key));
        for event in &events {
            assert_eq!(event.time, self.now);
            let is_invalid = event.event_type == ViolationEventType::AlarmInvalidated;
            assert_eq!(event.metric_value.is_none(), is_invalid);
            let before = if event.event_type == ViolationEventType::InAlarm {
                assert!(
                    self.on
                        .insert(key(event), event.violation_id.clone())
                        .is_none()
                );
                continue;
            } else {
                self.on.remove(&key(event))
            };
            assert_eq!(before.as_ref(), Some(&event.violation_id));
        }
        let active = self.engine.active_violations();
        let active: Vec<&str> = active
            .iter()
            .map(|violation| violation.violation_id)
            .collect();
        let on: Vec<&str> = self.on.values().map(String::as_str).collect();
        assert_eq!(active, on);
        self.told.extend(events);
    }
}

fn key(event: &ViolationEvent) -> (String, String, String, bool) {
    let behavior = event.behavior.name().to_string();
    (
        event.profile.to_string(),
        behavior,
        event.thing.clone(),
        event.is_registered,
    )
}
