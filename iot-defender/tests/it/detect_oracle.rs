//! The engine beside a naive one that looks at the whole past in each step.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests that build profiles of parts that are legal"
)]

use alloc::collections::BTreeMap;

use iot_defender::detect::{
    AwsMetric, Datapoint, Definitions, Engine, NearestRank, NoModels, Reading, SecurityProfile,
    Statistic, Target, ViolationEventType,
};
use iot_topics::{GroupName, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const START: u64 = 1_573_786_800;

/// A behavior about the messages that are sent.
#[derive(Clone, Debug)]
struct Rule {
    is_upper: bool,
    /// A limit, or a percentile.
    limit: Result<u64, Statistic>,
    window: usize,
    to_alarm: usize,
    to_clear: usize,
}

/// Of each step of a thing whether it is in the target, and its datapoint.
type Series = Vec<(bool, Option<u64>)>;

/// Step, behavior and thing by their numbers, what happened, the value.
type Event = (usize, usize, usize, ViolationEventType, Option<u64>);

/// The value of a behavior in a step: nothing before the window is full, and without a datapoint in
/// it.
fn value(series: &Series, rule: &Rule, now: usize) -> Option<u64> {
    // What came before the thing last joined is forgotten.
    let joined = (0..=now).rev().take_while(|step| series[*step].0).last()?;
    let first = (joined..=now).find(|step| series[*step].1.is_some())?;
    if now + 1 < first + rule.window {
        return None;
    }
    let window = (now + 1).saturating_sub(rule.window).max(joined)..=now;
    let mut counts = window.filter_map(|step| series[step].1).peekable();
    counts.peek()?;
    Some(counts.sum())
}

fn is_normal(things: &[Series], rule: &Rule, now: usize, value_now: u64) -> Option<bool> {
    let limit = match rule.limit {
        Ok(limit) => limit,
        Err(statistic) => {
            let mut all: Vec<u64> = things
                .iter()
                .filter_map(|series| value(series, rule, now))
                .collect();
            all.sort_unstable();
            let share = all.len() * statistic.ten_thousandths() as usize;
            let rank = share.div_ceil(10_000).max(1);
            (all.len() >= 2).then(|| all[rank - 1])?
        }
    };
    Some(if rule.is_upper {
        value_now <= limit
    } else {
        value_now >= limit
    })
}

/// What happens to a behavior of a thing, told from the start of the series.
fn naive(things: &[Series], rules: &[Rule]) -> Vec<Event> {
    let mut events = Vec::new();
    for (thing, series) in things.iter().enumerate() {
        for (number, rule) in rules.iter().enumerate() {
            let (mut in_alarm, mut streak, mut last) = (false, 0, None);
            for step in 0..series.len() {
                let is_stale = last.is_some_and(|last| step - last > 576);
                if is_stale || !series[step].0 {
                    if in_alarm {
                        let kind = ViolationEventType::AlarmInvalidated;
                        events.push((step, number, thing, kind, None));
                    }
                    (in_alarm, streak) = (false, 0);
                }
                if series[step].0 && series[step].1.is_some() {
                    last = Some(step);
                }
                // Who is silent is counted, but not judged.
                let has_datapoint = series[step].0 && series[step].1.is_some();
                let Some(value) = value(series, rule, step).filter(|_| has_datapoint) else {
                    continue;
                };
                let Some(is_normal) = is_normal(things, rule, step, value) else {
                    continue;
                };
                streak = if is_normal == in_alarm { streak + 1 } else { 0 };
                let needed = if in_alarm {
                    rule.to_clear
                } else {
                    rule.to_alarm
                };
                if streak == needed {
                    (in_alarm, streak) = (!in_alarm, 0);
                    let kind = match in_alarm {
                        true => ViolationEventType::InAlarm,
                        false => ViolationEventType::AlarmCleared,
                    };
                    events.push((step, number, thing, kind, Some(value)));
                }
            }
        }
    }
    events.sort_by_key(|event| (event.0, event.1, event.2));
    events
}

fn behavior(number: usize, rule: &Rule) -> Value {
    let mut criteria = json!({
        "comparisonOperator": if rule.is_upper { "less-than-equals" } else { "greater-than-equals" },
        "durationSeconds": rule.window * 300,
        "consecutiveDatapointsToAlarm": rule.to_alarm,
        "consecutiveDatapointsToClear": rule.to_clear,
    });
    match rule.limit {
        Ok(limit) => criteria["value"] = json!({ "count": limit }),
        Err(statistic) => criteria["statisticalThreshold"] = json!({ "statistic": statistic }),
    }
    json!({ "name": format!("b{number}"), "metric": "aws:num-messages-sent", "criteria": criteria })
}

/// The same by the engine, whose memory after the last step comes with it.
fn engine(things: &[Series], rules: &[Rule]) -> (Vec<Event>, String) {
    let behaviors: Vec<Value> = rules
        .iter()
        .enumerate()
        .map(|(n, rule)| behavior(n, rule))
        .collect();
    let request = json!({ "behaviors": behaviors });
    let name = "p".parse().unwrap();
    let profile = SecurityProfile::create(name, &request, &Definitions::default()).unwrap();
    let mut engine = Engine::new();
    engine.set_profile(&profile);
    let group: GroupName = "g".parse().unwrap();
    engine.attach("p", Target::Group(group.clone())).unwrap();
    let series = engine
        .series(&AwsMetric::NumMessagesSent.into(), None)
        .unwrap();
    let mut events = Vec::new();
    for step in 0..things[0].len() {
        // The same again changes nothing.
        if step % 7 == 4 {
            engine.set_profile(&profile);
        }
        let mut arrived = Vec::new();
        for (thing, of_thing) in things.iter().enumerate() {
            let (is_member, value) = of_thing[step];
            let groups = is_member.then(|| group.clone());
            let device = engine.set_device(&format!("t{thing}"), true, groups);
            arrived.extend(value.map(|count| (device, Datapoint::Count(count))));
        }
        let readings: Vec<Reading<'_>> = arrived
            .iter()
            .map(|(device, value)| Reading {
                device: *device,
                series,
                value,
            })
            .collect();
        let now = Timestamp::from_secs(START + step as u64 * 300);
        for event in engine.step(now, &readings, &mut NearestRank, &NoModels) {
            let number = |name: &str| {
                name.trim_start_matches(char::is_alphabetic)
                    .parse()
                    .unwrap()
            };
            let value = serde_json::to_value(&event.metric_value).unwrap();
            events.push((
                step,
                number(event.behavior.name().as_str()),
                number(&event.thing),
                event.event_type,
                value["count"].as_u64(),
            ));
        }
    }
    let kept: Vec<_> = engine.events().collect();
    let kept = json!([kept, engine.active_violations()]);
    (events, kept.to_string())
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let limit = prop_oneof![
        (0..8_u64).prop_map(Ok),
        select(
            &[
                Statistic::P0,
                Statistic::P10,
                Statistic::P50,
                Statistic::P90
            ][..]
        )
        .prop_map(Err),
    ];
    let window = select(&[1_usize, 2, 3, 6, 12][..]);
    let rule = (any::<bool>(), limit, window, 1..4_usize, 1..4_usize);
    let rule = rule.prop_map(|(is_upper, limit, window, to_alarm, to_clear)| Rule {
        is_upper,
        limit,
        window,
        to_alarm,
        to_clear,
    });
    vec(rule, 1..4)
}

/// Some things for some steps, with a silence of about two days in some.
fn things() -> impl Strategy<Value = Vec<Series>> {
    let value = prop_oneof![
        1 => Just(None),
        3 => (0..6_u64).prop_map(Some),
    ];
    let point = (prop::bool::weighted(0.95), value);
    let series = (
        vec(point, 30),
        prop::option::weighted(0.3, (0..30_usize, 570..580_usize)),
    );
    let series = series.prop_map(|(mut points, silence)| {
        let (at, length) = silence.unwrap_or((0, 0));
        points.splice(at..at, vec![(true, None); length]);
        points.resize(610, (true, None));
        points
    });
    vec(series, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_tells_what_the_naive_one_does(things in things(), rules in rules()) {
        let (events, kept) = engine(&things, &rules);
        prop_assert_eq!(&events, &naive(&things, &rules));
        let again = engine(&things, &rules);
        prop_assert_eq!((events, kept), again);
    }

    /// An alarm begins before it ends, and ends before the next begins.
    #[test]
    fn alarms_begin_and_end_in_turn(things in things(), rules in rules()) {
        let mut on = BTreeMap::new();
        for (_, behavior, thing, kind, _) in engine(&things, &rules).0 {
            let is_on: &mut bool = on.entry((behavior, thing)).or_default();
            prop_assert_eq!(*is_on, kind != ViolationEventType::InAlarm);
            *is_on = !*is_on;
        }
    }
}
