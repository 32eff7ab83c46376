//! Cases about series of datapoints, and what they make of alarms.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use alloc::collections::BTreeMap;

use iot_defender::detect::{
    Band, BehaviorRef, ConfidenceLevel, Datapoint, DetectError, Engine, Metric, Models,
    NearestRank, NoModels, Number, ProfileUpdate, Reading, SecurityProfile, Target, ValueType,
    Verification, VerificationState, ViolationEvent,
};
use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use crate::cases::Answers;
use crate::cases_behavior::{implied, plain, text};
use crate::cases_words::answer;

const STEP: u64 = 300;

/// The bands that a case gives, by behavior and level.
struct Given<'v>(&'v Value);

impl Models for Given<'_> {
    fn band(&self, of: BehaviorRef<'_>, level: ConfidenceLevel, _: Timestamp) -> Option<Band> {
        let band = self.0.get(of.behavior.as_str())?.get(level.as_str())?;
        let edge = |index: usize| Number::new(band[index].as_f64().unwrap()).unwrap();
        Some(Band::new(edge(0), edge(1)))
    }
}

/// A profile whose devices are the group `target`.
struct Fleet {
    engine: Engine,
    behaviors: Vec<Value>,
    profile: SecurityProfile,
}

const PROFILE: &str = "profile";

impl Fleet {
    fn new(behaviors: &[Value]) -> Self {
        let mut fleet = Self {
            engine: Engine::new(),
            profile: read(behaviors),
            behaviors: behaviors.to_vec(),
        };
        fleet.engine.set_profile(&fleet.profile);
        let target = Target::Group("target".parse().unwrap());
        fleet.engine.attach(PROFILE, target).unwrap();
        fleet
    }

    fn join(&mut self, thing: &str) {
        let group = "target".parse().unwrap();
        self.engine.set_device(thing, true, [group]);
    }

    /// What happens before a step: to a behavior, to a thing, or to the profile and its target.
    fn control(&mut self, action: &str, name: &str, is_thing: bool) {
        let words = action.to_lowercase();
        let has = |any: &[&str]| any.iter().any(|word| words.contains(word));
        let is_end = has(&["leave", "remove", "delete", "detach", "drop", "exit"]);
        let is_begin = has(&["join", "enter", "add", "attach", "return"]) && !is_end;
        assert!(is_end != is_begin, "no such control: {action}");
        let is_thing = is_thing && !has(&["behavior", "profile"]);
        match (is_thing, is_end) {
            (true, true) => drop(self.engine.set_device(name, true, [])),
            (true, false) => self.join(name),
            (false, true) if has(&["behavior"]) => self.remove_behavior(name),
            (false, true) if has(&["profile"]) => self.engine.remove_profile(PROFILE),
            (false, true) if has(&["target"]) => {
                let target = Target::Group("target".parse().unwrap());
                self.engine.detach(PROFILE, &target).unwrap();
            }
            _ => panic!("no such control: {action}"),
        }
    }

    fn remove_behavior(&mut self, name: &str) {
        let known = self.behaviors.len();
        self.behaviors.retain(|behavior| behavior["name"] != name);
        assert_ne!(self.behaviors.len(), known, "no such behavior: {name}");
        let definitions = implied(&self.behaviors);
        let request = json!({ "behaviors": self.behaviors });
        let update = ProfileUpdate::from_json(&request, &definitions).unwrap();
        self.profile.update(update, None).unwrap();
        self.engine.set_profile(&self.profile);
    }
}

fn read(behaviors: &[Value]) -> SecurityProfile {
    let request = json!({ "behaviors": behaviors });
    let name = PROFILE.parse().unwrap();
    SecurityProfile::create(name, &request, &implied(behaviors)).unwrap()
}

pub(crate) fn series(case: &Value) -> Answers {
    let input = &case["input"];
    assert_eq!(input["stepSeconds"], STEP);
    let behaviors = input["behaviors"].as_array().unwrap();
    let definitions = implied(behaviors);
    let mut fleet = Fleet::new(behaviors);
    let things = input["things"].as_object().unwrap();
    for thing in things.keys() {
        fleet.join(thing);
    }
    let models = Given(&input["models"]);
    let controls = input["controls"].as_array().map_or(&[][..], Vec::as_slice);
    let (mut events, mut notifications, mut level) = (Vec::new(), 0, None);
    for step in 0..=input["endStep"].as_u64().unwrap() {
        for control in controls.iter().filter(|control| control[0] == step) {
            let name = control.get(2).and_then(Value::as_str).unwrap_or_default();
            fleet.control(text(&control[1]), name, things.contains_key(name));
        }
        let mut arrived = Vec::new();
        for (thing, metrics) in things {
            for (name, values) in metrics.as_object().unwrap() {
                let value = values.get(step as usize).filter(|value| !value.is_null());
                let metric: Metric = name.parse().unwrap();
                let kind = definitions.value_type(&metric).unwrap_or(ValueType::Number);
                let series = fleet.engine.series(&metric, None);
                if let (Some(value), Some(series)) = (value, series) {
                    let device = fleet.engine.device(thing, true).unwrap();
                    let value = Datapoint::from_json(kind, value).unwrap();
                    arrived.push((device, series, value));
                }
            }
        }
        let readings: Vec<Reading<'_>> = arrived
            .iter()
            .map(|(device, series, value)| Reading {
                device: *device,
                series: *series,
                value,
            })
            .collect();
        let now = Timestamp::from_secs(input["start"].as_u64().unwrap() + step * STEP);
        let happened = fleet.engine.step(now, &readings, &mut NearestRank, &models);
        for event in &happened {
            assert_eq!(event.time, now);
            notifications += u32::from(event.is_notified());
            level = level.or_else(|| event.behavior.confidence());
        }
        events.extend(happened.iter().map(|event| shown(step, event)));
    }
    let mut case = case.clone();
    for event in case["expect"]["events"].as_array_mut().unwrap() {
        if let Some(value) = event.get_mut("value") {
            *value = plainly(value);
        }
    }
    // Within a step the cases do not say in which order things happen: the tests of the inventory do.
    let key = |event: &Value| {
        (
            event["step"].as_u64(),
            event["behavior"].to_string(),
            event["thing"].to_string(),
        )
    };
    events.sort_by_key(key);
    case["expect"]["events"]
        .as_array_mut()
        .unwrap()
        .sort_by_key(key);
    let mut actual = json!({ "events": events, "notifications": notifications });
    if let Some(level) = level {
        actual["confidenceLevel"] = json!(level);
    }
    if let Some(active) = case["expect"].get("activeViolations") {
        assert!(active.is_array() || active.is_number());
        let now: Vec<_> = fleet.engine.active_violations();
        actual["activeViolations"] = json!(now);
    }
    answer(&case, actual)
}

fn shown(step: u64, event: &ViolationEvent) -> Value {
    let mut shown = json!({
        "step": step,
        "thing": event.thing,
        "behavior": event.behavior.name(),
        "type": event.event_type,
    });
    if let Some(value) = &event.metric_value {
        let value: Map<String, Value> = serde_json::from_value(json!(value)).unwrap();
        shown["value"] = plainly(value.values().next().unwrap());
    }
    shown
}

fn plainly(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plainly).collect(),
        Value::Number(_) => plain(value),
        _ => value.clone(),
    }
}

pub(crate) fn verification(case: &Value) -> Answers {
    let mut fleet = Fleet::new(&[json!({
        "name": "case",
        "metric": "aws:num-disconnects",
        "criteria": { "comparisonOperator": "less-than", "value": { "count": 1 } },
    })]);
    fleet.join("thing");
    let engine = &mut fleet.engine;
    let metric = "aws:num-disconnects".parse().unwrap();
    let reading = Reading {
        device: engine.device("thing", true).unwrap(),
        series: engine.series(&metric, None).unwrap(),
        value: &Datapoint::Count(1),
    };
    let now = Timestamp::from_secs(1_573_786_800);
    let events = engine.step(now, &[reading], &mut NearestRank, &NoModels);
    let id = &events[0].violation_id;
    let mut errors: BTreeMap<&str, Value> = BTreeMap::new();
    for op in case["input"]["ops"].as_array().unwrap() {
        if let Err(error) = verify(engine, id, op) {
            errors.insert("error", json!(error.exception()));
        }
    }
    let listed = json!(engine.events().next().unwrap());
    let active = json!(engine.active_violations()[0]);
    assert_eq!(listed["verificationState"], active["verificationState"]);
    let mut actual = listed;
    actual["ok"] = json!(errors.is_empty());
    actual["valid"] = json!(errors.is_empty());
    actual["verificationStateDescription"] = active
        .get("verificationStateDescription")
        .cloned()
        .unwrap_or_default();
    if let Some(error) = errors.remove("error") {
        actual["error"] = error;
    }
    answer(case, actual)
}

fn verify(engine: &mut Engine, id: &str, op: &Value) -> Result<(), DetectError> {
    let state: Result<VerificationState, _> = text(&op["state"]).parse();
    let state = state.map_err(|_| DetectError::Member("verificationState"))?;
    let verification = Verification::new(state, op["description"].as_str())?;
    engine.verify(id, verification)
}
