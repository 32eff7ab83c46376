//! Strategies for property tests, here and in other crates (feature `proptest1`).
//!
//! The alphabets are small, so that independent values often meet: few things, few jobs, times
//! that lie on either side of a timer.
//!
//! # Examples
//!
//! ```
//! use iot_jobs::{Limits, RolloutConfig, strategies::rollout_config};
//! use proptest::prelude::*;
//!
//! proptest!(|(config in rollout_config())| {
//!     let rollout = RolloutConfig::from_json(&config, &Limits::AWS_IOT);
//!     prop_assert_eq!(rollout.expect("is right").to_json(), config);
//! });
//! ```

mod call;
mod schedule;

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

pub use self::call::{Call, GROUPS, THINGS, calls};
pub use self::schedule::{cron, frequent_cron};
use crate::decimal::Decimal;
use crate::status::ExecutionStatus;

/// Job ids: mostly one of four, some of them awkward in topics.
///
/// # Examples
///
/// ```
/// use iot_jobs::strategies::job_id;
/// use proptest::prelude::*;
///
/// proptest!(|(id in job_id())| {
///     prop_assert!(id.len() <= 64 && !id.contains('/'));
/// });
/// ```
pub fn job_id() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => select(["A", "B", "C"].as_slice()).prop_map(str::to_owned),
        1 => select(["get", "start-next", "notify-next"].as_slice()).prop_map(str::to_owned),
        1 => "[A-Za-z0-9_-]{1,64}",
    ]
}

/// The states of executions, each as often.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Cause, strategies::execution_status};
/// use proptest::prelude::*;
///
/// proptest!(|(from in execution_status(), to in execution_status())| {
///     prop_assert!(!from.is_terminal() || !from.can_become(to, Cause::Device));
/// });
/// ```
pub fn execution_status() -> impl Strategy<Value = ExecutionStatus> {
    select(ExecutionStatus::ALL.as_slice())
}

/// Right values of `statusDetails` with up to two pairs.
///
/// # Examples
///
/// ```
/// use iot_jobs::strategies::status_details;
/// use proptest::prelude::*;
///
/// proptest!(|(details in status_details())| {
///     prop_assert!(details.as_object().is_some_and(|pairs| pairs.len() <= 2));
/// });
/// ```
pub fn status_details() -> impl Strategy<Value = Value> {
    let pair = ("[a-c:_-]", "[ -~é]{1,3}");
    let pair = pair.prop_map(|(key, value)| (key, Value::from(value)));
    vec(pair, 0..=2).prop_map(|pairs| pairs.into_iter().collect::<Map<_, _>>().into())
}

/// Right values of `jobExecutionsRolloutConfig`, mostly slow ones.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, RolloutConfig, strategies::rollout_config};
/// use proptest::prelude::*;
///
/// proptest!(|(config in rollout_config())| {
///     let rollout = RolloutConfig::from_json(&config, &Limits::AWS_IOT).expect("is right");
///     prop_assert!(rollout.rate(0, 0) <= rollout.rate(10, 10));
/// });
/// ```
pub fn rollout_config() -> impl Strategy<Value = Value> {
    let maximum = prop_oneof![4 => 1..=3_u32, 1 => 1..=1_000_u32];
    let criterion = select(["numberOfNotifiedThings", "numberOfSucceededThings"].as_slice());
    let exponential = (1..=2_u32, 11..=50_u32, criterion, 1..=3_u32);
    (maximum, option::of(exponential)).prop_map(|(maximum, exponential)| {
        let Some((base, tenths, criterion, threshold)) = exponential else {
            return json!({"maximumPerMinute": maximum});
        };
        json!({"maximumPerMinute": maximum.max(base), "exponentialRate": {
            "baseRatePerMinute": base,
            "incrementFactor": Decimal::<1>::from_units(tenths).to_json(),
            "rateIncreaseCriteria": {criterion: threshold},
        }})
    })
}

/// Right values of `abortConfig`.
///
/// # Examples
///
/// ```
/// use iot_jobs::{AbortConfig, EndCounts, Limits, strategies::abort_config};
/// use proptest::prelude::*;
///
/// proptest!(|(config in abort_config())| {
///     let abort = AbortConfig::from_json(&config, &Limits::AWS_IOT).expect("is right");
///     prop_assert!(abort.fires(&EndCounts::default()).is_none());
/// });
/// ```
pub fn abort_config() -> impl Strategy<Value = Value> {
    let kinds = &["FAILED", "REJECTED", "TIMED_OUT", "ALL"];
    let kinds = subsequence(kinds.as_slice(), 1..=4).prop_shuffle();
    let hundredths = prop_oneof![
        select([1, 3_333, 3_334, 5_000, 6_667, 10_000].as_slice()),
        1..=10_000_u32,
    ];
    let rest = vec((hundredths, 1..=4_u32), 4);
    (kinds, rest).prop_map(|(kinds, rest)| {
        let list = kinds.iter().zip(rest).map(|(kind, (hundredths, min))| {
            json!({
                "failureType": kind,
                "action": "CANCEL",
                "thresholdPercentage": Decimal::<2>::from_units(hundredths).to_json(),
                "minNumberOfExecutedThings": min,
            })
        });
        json!({"criteriaList": list.collect::<Vec<_>>()})
    })
}

/// Right values of `jobExecutionsRetryConfig` with few retries.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, RetryConfig, strategies::retry_config};
/// use proptest::prelude::*;
///
/// proptest!(|(config in retry_config())| {
///     prop_assert!(RetryConfig::from_json(&config, &Limits::AWS_IOT).is_ok());
/// });
/// ```
pub fn retry_config() -> impl Strategy<Value = Value> {
    let criterion = |kind: &'static str| {
        (0..=2_u32)
            .prop_map(move |retries| json!({"failureType": kind, "numberOfRetries": retries}))
    };
    let both = (criterion("TIMED_OUT"), criterion("FAILED"));
    let list = prop_oneof![
        criterion("ALL").prop_map(|it| [it].to_vec()),
        criterion("FAILED").prop_map(|it| [it].to_vec()),
        criterion("TIMED_OUT").prop_map(|it| [it].to_vec()),
        both.prop_map(|(a, b)| [a, b].to_vec()),
    ];
    list.prop_map(|list| json!({"criteriaList": list}))
}

/// Right values of `timeoutConfig`, mostly of a few minutes.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, TimeoutConfig, strategies::timeout_config};
/// use proptest::prelude::*;
///
/// proptest!(|(config in timeout_config())| {
///     prop_assert!(TimeoutConfig::from_json(&config, &Limits::AWS_IOT).is_ok());
/// });
/// ```
pub fn timeout_config() -> impl Strategy<Value = Value> {
    let minutes = prop_oneof![6 => 1..=3_u32, 1 => 1..=10_080_u32];
    minutes.prop_map(|minutes| json!({"inProgressTimeoutInMinutes": minutes}))
}

/// The objects as they are, and now and then with a member that is missing, of another type, out
/// of its range or unknown.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, RetryConfig, strategies::{retry_config, slipped}};
/// use proptest::prelude::*;
///
/// proptest!(|(config in slipped(retry_config()))| {
///     if let Err(refused) = RetryConfig::from_json(&config, &Limits::AWS_IOT) {
///         prop_assert!(refused.to_string().contains("must"));
///     }
/// });
/// ```
pub fn slipped(objects: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    let wrong = select(
        [
            json!(0),
            json!(-2),
            json!(1.25),
            json!(100_000),
            json!(""),
            json!("x"),
            json!(true),
            json!([]),
            json!({}),
            Value::Null,
        ]
        .to_vec(),
    );
    let slip = option::weighted(
        0.06,
        (any::<prop::sample::Index>(), option::weighted(0.8, wrong)),
    );
    (objects, slip).prop_map(|(mut object, slip)| {
        let (Some((at, wrong)), Some(map)) = (slip, object.as_object_mut()) else {
            return object;
        };
        let names: Vec<String> = map.keys().cloned().collect();
        let name = match names.is_empty() {
            true => "unknown".to_owned(),
            false => at.get(&names).clone(),
        };
        match wrong {
            Some(wrong) => map.insert(name, wrong),
            None => map.remove(&name),
        };
        object
    })
}

fn thing_arn(name: &str) -> String {
    format!("arn:aws:iot:us-east-1:123456789012:thing/{name}")
}

fn group_arn(name: &str) -> String {
    format!("arn:aws:iot:us-east-1:123456789012:thinggroup/{name}")
}
