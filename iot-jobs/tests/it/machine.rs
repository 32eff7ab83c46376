//! Random calls on the engine and on the naive model side by side.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "indexing a value of JSON gives null where there is nothing; what is asked for here is there"
)]

use iot_jobs::strategies::{Call, GROUPS, THINGS, calls};
use iot_jobs::{Engine, Limits};
use iot_topics::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::engine_cases::same;
use crate::naive::Naive;
use crate::observe::{Known, laws, observe, pending_in_order, refused, texts};
use crate::registry::Registry;
use crate::service::Service;

/// Monday, 2024-03-04T10:00.
const START: u64 = 1_709_546_400;

/// Small ones, so that they are met.
fn limits() -> impl Strategy<Value = Limits> {
    let sizes = (2..=4_usize, 1..=3_usize, 0..=1_usize, 2..=4_usize);
    let retention = select([600_u64, 7_200, 63_072_000].as_slice());
    let concurrent = select([1_usize, 2, 500, 500].as_slice());
    (sizes, retention, concurrent).prop_map(|(sizes, retention, concurrent)| {
        let (targets, shown, more, active) = sizes;
        let mut limits = Limits::AWS_IOT;
        limits.targets = targets;
        limits.pending_shown = shown;
        limits.pending_windowed_shown = more;
        limits.active_jobs = active;
        limits.concurrent_jobs = concurrent;
        limits.retention = core::time::Duration::from_secs(retention);
        limits.status_details = 2;
        limits.document_bytes = 32;
        limits
    })
}

/// How the due points before a call are met: not (`L`), with a tick at each of them (`O`), and with
/// one a second before too (`E`). With a `+` all that can be asked is asked around the call.
const APPROACHES: &str = "([LOE][ +]){60}";

fn world() -> Registry {
    let mut world = Registry {
        things: THINGS.iter().map(|name| (*name).to_owned()).collect(),
        ..Registry::default()
    };
    for (group, things) in GROUPS.iter().zip([&THINGS[..2], &THINGS[..1]]) {
        let things = things.iter().map(|name| (*name).to_owned()).collect();
        world.groups.insert((*group).to_owned(), things);
    }
    world
}

/// Brings the registry to what the call says; not, if it says nothing new.
fn prepare(world: &mut Registry, call: &Call) -> bool {
    match call {
        Call::ThingJoined { thing, group } => {
            let new = world.things.contains(thing) && !world.groups[group].contains(thing);
            if new {
                world.join(thing, group);
            }
            new
        }
        Call::ThingLeft { thing, group } => {
            let member = world.groups[group].contains(thing);
            world.leave(thing, group);
            member
        }
        Call::ThingDeleted { thing } => {
            let known = world.things.contains(thing);
            world.delete(thing);
            known
        }
        _ => true,
    }
}

fn make<S: Service>(service: &mut S, call: &Call, world: &Registry, now: u64) -> Value {
    match call.operation() {
        Some(operation) => service.apply(operation, world, now),
        None => json!({"ok": null, "out": service.tick(world, now)}),
    }
}

/// Where two answers differ first.
fn agree(expected: &Value, actual: &Value, when: &dyn Fn() -> String) -> Result<(), TestCaseError> {
    fn differ(at: &str, expected: &Value, actual: &Value) -> String {
        let keys: Vec<String> = match (expected, actual) {
            (Value::Object(a), Value::Object(b)) => a.keys().chain(b.keys()).cloned().collect(),
            (Value::Array(a), Value::Array(b)) => {
                (0..a.len().max(b.len())).map(|it| it.to_string()).collect()
            }
            _ => Vec::new(),
        };
        let part = |value: &Value, key: &String| match value {
            Value::Array(list) => list.get(key.parse::<usize>().unwrap()).cloned(),
            value => value.get(key).cloned(),
        };
        for key in keys {
            let [a, b] = [part(expected, &key), part(actual, &key)];
            match (a, b) {
                (Some(a), Some(b)) if same(&a, &b) => {}
                (Some(a), Some(b)) => return differ(&format!("{at}/{key}"), &a, &b),
                (a, b) => return format!("{at}/{key}:\n naive {a:?}\nengine {b:?}"),
            }
        }
        format!("{at}:\n naive {expected}\nengine {actual}")
    }
    prop_assert!(
        same(expected, actual),
        "{} {}\n{}\n{}",
        when(),
        differ("", expected, actual),
        expected["out"],
        actual["out"]
    );
    Ok(())
}

struct Pair {
    engine: Engine,
    naive: Naive,
    world: Registry,
    known: Known,
    /// What was done, to be done again.
    done: Vec<(u64, Call, Registry)>,
}

impl Pair {
    fn step(&mut self, call: &Call, now: u64) -> Result<(), TestCaseError> {
        if !prepare(&mut self.world, call) {
            return Ok(());
        }
        self.done.push((now, call.clone(), self.world.clone()));
        let world = &self.world;
        let expected = make(&mut self.naive, call, world, now);
        let actual = make(&mut self.engine, call, world, now);
        agree(&expected, &actual, &|| format!("at {now}, {call:?}"))?;
        if let Call::Control {
            api: "CreateJob",
            arguments,
        } = call
        {
            let new = arguments["jobId"].to_string();
            self.known
                .retain(|(job, ..), _| actual["err"].is_string() || *job != new);
        }
        let next = Service::next_deadline(&self.engine);
        prop_assert_eq!(
            self.naive.next_deadline(),
            next,
            "naive, engine after {:?}",
            call
        );
        prop_assert!(next.is_none_or(|next| next > now), "{:?} at {}", next, now);
        // A tick at the same second forgets what is over for long, and tells nothing.
        prop_assert_eq!(
            Service::tick(&mut self.engine, world, now),
            Vec::<Value>::new()
        );
        prop_assert_eq!(self.naive.tick(world, now), Vec::<Value>::new());
        let next = Service::next_deadline(&self.engine);
        prop_assert_eq!(
            self.naive.next_deadline(),
            next,
            "naive, engine after a tick more"
        );
        Ok(())
    }

    /// With all that is asked around a call.
    fn checked(&mut self, call: &Call, now: u64) -> Result<(), TestCaseError> {
        if !prepare(&mut self.world.clone(), call) {
            return Ok(());
        }
        self.step(&Call::Tick, now)?;
        self.step(call, now)?;
        let after = observe(&mut self.engine, THINGS, &self.world, now);
        let expected = observe(&mut self.naive, THINGS, &self.world, now);
        agree(&expected, &after, &|| format!("after {call:?}"))?;
        laws(&mut self.known, &after);
        for thing in THINGS {
            pending_in_order(&mut self.engine, thing, &self.world, now);
        }
        // Asked again, as the answer of the call is not kept.
        if let Call::Control { .. } | Call::Publish { .. } = call {
            let answer = make(&mut self.engine, call, &self.world, now);
            let expected = make(&mut self.naive, call, &self.world, now);
            agree(&expected, &answer, &|| format!("again {call:?}"))?;
            self.done.push((now, call.clone(), self.world.clone()));
            if refused(&answer) {
                let later = observe(&mut self.engine, THINGS, &self.world, now);
                prop_assert_eq!(&later, &after, "{:?} was refused", call);
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 1_500, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn engine_and_naive_model_agree(
        limits in limits(),
        events in any::<bool>(),
        calls in calls(Timestamp::from_secs(START)),
        approaches in APPROACHES,
    ) {
        let mut pair = Pair {
            engine: Service::new(limits.clone(), events),
            naive: Service::new(limits.clone(), events),
            world: world(),
            known: Known::new(),
            done: Vec::new(),
        };
        let mut last = START;
        for ((now, call), approach) in calls.iter().zip(approaches.as_bytes().chunks(2)) {
            let now = now.as_secs();
            let mut ticks = 0;
            while let Some(due) = Service::next_deadline(&pair.engine).filter(|due| *due <= now) {
                ticks += 1;
                if approach[0] == b'L' || ticks > 20 {
                    break;
                }
                if approach[0] == b'E' && due > last + 1 {
                    pair.step(&Call::Tick, due - 1)?;
                }
                pair.step(&Call::Tick, due)?;
                last = due;
            }
            if approach[1] == b'+' {
                pair.checked(call, now)?;
            } else {
                pair.step(call, now)?;
            }
            last = now;
        }
        pair.step(&Call::Tick, last)?;
        let (world, engine) = (&pair.world, &mut pair.engine);
        let [expected, actual] = [observe(&mut pair.naive, THINGS, world, last), observe(engine, THINGS, world, last)];
        agree(&expected, &actual, &|| "at the end".to_owned())?;
        let done = || pair.done.iter().map(|(now, call, world)| (*now, call.operation(), world));
        prop_assert_eq!(texts(&limits, done()), texts(&limits, done()));
    }
}
