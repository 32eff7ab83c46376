//! What is done to an engine, one call after the other.

mod control;
mod device;

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use iot_topics::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use self::control::{control, create_job};
use self::device::device;
use super::job_id;
use super::schedule::{Relative, relative};
use crate::engine::Operation;

/// The things that [`calls`] speak of; there are no others.
///
/// # Examples
///
/// ```
/// assert!(iot_jobs::strategies::THINGS.contains(&"t1"));
/// ```
pub const THINGS: &[&str] = &["t1", "t2", "t3", "t4"];

/// The groups that [`calls`] speak of.
///
/// # Examples
///
/// ```
/// assert!(iot_jobs::strategies::GROUPS.contains(&"g"));
/// ```
pub const GROUPS: &[&str] = &["g", "h"];

/// A call of an engine, with what it speaks of. Whoever makes it keeps the registry: what
/// [`Call::ThingJoined`] says must be true there before the engine is told.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Operation, strategies::Call};
///
/// let call = Call::ThingDeleted { thing: "t1".into() };
/// assert!(matches!(call.operation(), Some(Operation::ThingDeleted { thing: "t1" })));
/// assert!(Call::Tick.operation().is_none());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Call {
    /// [`Engine::tick`](crate::Engine::tick).
    Tick,
    /// [`Operation::Control`].
    Control {
        /// The name of the API.
        api: &'static str,
        /// Its request.
        arguments: Value,
    },
    /// [`Operation::Publish`].
    Publish {
        /// The topic name.
        topic: String,
        /// The payload.
        payload: Vec<u8>,
    },
    /// [`Operation::ThingJoined`].
    ThingJoined {
        /// Who.
        thing: String,
        /// Where.
        group: String,
    },
    /// [`Operation::ThingLeft`].
    ThingLeft {
        /// Who.
        thing: String,
        /// Where.
        group: String,
    },
    /// [`Operation::ThingDeleted`].
    ThingDeleted {
        /// Who.
        thing: String,
    },
}

impl Call {
    /// The operation to apply; none for a tick.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, NoWorld, strategies::Call};
    /// use iot_topics::Timestamp;
    ///
    /// let call = Call::Publish { topic: "$aws/things/t1/jobs/get".into(), payload: Vec::new() };
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let mut sent = 0;
    /// let mut sink = |_: iot_jobs::Effect<'_>| sent += 1;
    /// let operation = call.operation().expect("is no tick");
    /// engine.apply(operation, &NoWorld, &mut sink, Timestamp::from_secs(7))?;
    /// assert_eq!(sent, 1);
    /// # Ok::<(), iot_jobs::ApiError>(())
    /// ```
    #[must_use]
    pub fn operation(&self) -> Option<Operation<'_>> {
        Some(match self {
            Self::Tick => return None,
            Self::Control { api, arguments } => Operation::Control { api, arguments },
            Self::Publish { topic, payload } => Operation::Publish { topic, payload },
            Self::ThingJoined { thing, group } => Operation::ThingJoined { thing, group },
            Self::ThingLeft { thing, group } => Operation::ThingLeft { thing, group },
            Self::ThingDeleted { thing } => Operation::ThingDeleted { thing },
        })
    }
}

/// Calls in the order of their times, the first from `start` on. They speak of [`THINGS`],
/// [`GROUPS`] and the account `123456789012` in `us-east-1`. The pauses are mostly short, and often
/// the length of a batch, a timer or a window, or a second less or more. Each job is for itself: no
/// templates and no placeholders. Most requests are right.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Engine, NoWorld, strategies::calls};
/// use iot_topics::Timestamp;
/// use proptest::prelude::*;
///
/// // Monday, 2024-03-04T10:00.
/// let start = Timestamp::from_secs(1_709_546_400);
/// proptest!(|(calls in calls(start))| {
///     let mut engine = Engine::new("us-east-1", "123456789012");
///     for (now, call) in calls {
///         if let Some(operation) = call.operation() {
///             let _ = engine.apply(operation, &NoWorld, &mut (), now);
///         }
///         prop_assert!(engine.next_deadline().is_none_or(|next| next > now));
///     }
/// });
/// ```
pub fn calls(start: Timestamp) -> impl Strategy<Value = Vec<(Timestamp, Call)>> {
    vec((pause(), planned()), 1..=60).prop_map(move |steps| {
        let mut now = start;
        let steps = steps.into_iter().map(|(pause, planned)| {
            now = now.saturating_add(Duration::from_secs(pause));
            (now, planned.at(now))
        });
        steps.collect()
    })
}

fn pause() -> impl Strategy<Value = u64> {
    const EDGES: &[u64] = &[
        29, 30, 59, 60, 61, 119, 120, 180, 600, 1_799, 1_800, 1_801, 3_599, 3_600, 7_200,
    ];
    prop_oneof![
        10 => 0..=1_u64,
        4 => 2..=20_u64,
        6 => select(EDGES),
        1 => 60..=10_000_u64,
        1 => select([86_400_u64, 172_800].as_slice()),
    ]
}

/// A call, but for the times of a schedule.
#[derive(Clone, Debug)]
struct Planned {
    call: Call,
    schedule: Option<Relative>,
}

impl Planned {
    fn at(self, now: Timestamp) -> Call {
        let mut call = self.call;
        if let (Some(schedule), Call::Control { arguments, .. }) = (self.schedule, &mut call)
            && let Some(map) = arguments.as_object_mut()
        {
            map.insert("schedulingConfig".to_owned(), schedule.at(now));
        }
        call
    }
}

fn planned() -> impl Strategy<Value = Planned> {
    let call = prop_oneof![
        2 => Just(Call::Tick),
        12 => device().boxed(),
        2 => membership().boxed(),
        6 => control().boxed(),
    ];
    let call = call.prop_map(|call| Planned {
        call,
        schedule: None,
    });
    let create = (
        create_job().boxed(),
        option::weighted(0.35, relative().boxed()),
    );
    let create = create.prop_map(|(arguments, schedule)| Planned {
        call: Call::Control {
            api: "CreateJob",
            arguments,
        },
        schedule,
    });
    prop_oneof![5 => call.boxed(), 1 => create.boxed()]
}

fn thing() -> impl Strategy<Value = String> {
    select(THINGS).prop_map(str::to_owned)
}

fn group() -> impl Strategy<Value = String> {
    select(GROUPS).prop_map(str::to_owned)
}

fn membership() -> impl Strategy<Value = Call> {
    prop_oneof![
        5 => (thing(), group()).prop_map(|(thing, group)| Call::ThingJoined { thing, group }),
        4 => (thing(), group()).prop_map(|(thing, group)| Call::ThingLeft { thing, group }),
        1 => thing().prop_map(|thing| Call::ThingDeleted { thing }),
    ]
}

/// An object of the members that are there.
fn members<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members = members.into_iter();
    let members = members.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    members.collect::<Map<_, _>>().into()
}

fn job() -> impl Strategy<Value = Value> {
    job_id().prop_map(Value::from)
}

fn maybe<T: Into<Value> + core::fmt::Debug>(
    weight: f64,
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<Value>> {
    option::weighted(weight, value.prop_map(Into::into))
}

fn wish() -> impl Strategy<Value = Option<Value>> {
    maybe(0.6, any::<bool>())
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![12 => 1..=3_u64, 1 => 0..=9_u64]
}

fn words() -> impl Strategy<Value = String> {
    "[ -~é]{0,8}"
}
