//! Laws of plans, and rollouts whose course can be told without one.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests build values that are right"
)]

use core::time::Duration;

use iot_jobs::plan::{Assumptions, Delay, Outcome, Outcomes, Plan, PlanEnd, PlanError, Simulation};
use iot_jobs::{AbortFailure, JobConfig, Limits, Minute};
use iot_topics::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

const LIMITS: Limits = Limits::AWS_IOT;

/// Monday.
fn now() -> Timestamp {
    Minute::parse("2024-03-04T10:00").unwrap().timestamp()
}

fn config(request: &Value) -> JobConfig {
    JobConfig::from_json(request, &LIMITS, now()).unwrap()
}

fn plan(request: &Value, fleet: &Assumptions) -> Plan {
    Plan::new(&config(request), fleet, LIMITS, now()).unwrap()
}

fn constant(rate: u32) -> Value {
    json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": rate}})
}

fn outcomes(weights: [u32; 5]) -> Outcomes {
    Outcomes::new(Outcome::ALL.into_iter().zip(weights)).unwrap()
}

const fn minutes(minutes: u32) -> Duration {
    Duration::from_secs(minutes as u64 * 60)
}

/// Batch after batch with the rate of the rollout, as the guide's table has it.
fn minutes_of_rollout(request: &Value, things: u32) -> u32 {
    let (rollout, things) = (config(request).rollout, u64::from(things));
    let (mut notified, mut batches) = (0, 0);
    while notified < things {
        notified += u64::from(rollout.rate(notified, notified));
        batches += 1;
    }
    batches - 1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_constant_rate_takes_a_minute_for_each_batch_but_the_first(
        things in 1_u32..3_000, rate in 1_u32..=1_000,
    ) {
        let expected = minutes(things.div_ceil(rate) - 1);
        let plan = plan(&constant(rate), &Assumptions::new(things));
        prop_assert_eq!(plan.rolled_out, Some(expected));
        prop_assert_eq!((plan.end, plan.ended), (PlanEnd::Completed, expected));
        prop_assert_eq!(plan.things.succeeded, things);
    }

    #[test]
    fn an_exponential_rate_takes_as_long_as_its_batches(
        things in 1_u32..3_000, base in 5_u32..=100, tenths in 11_u32..=50,
        each in 1_u32..1_000, by_successes: bool,
    ) {
        let criterion = match by_successes {
            true => json!({"numberOfSucceededThings": each}),
            false => json!({"numberOfNotifiedThings": each}),
        };
        let request = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 1_000,
            "exponentialRate": {"baseRatePerMinute": base, "incrementFactor": f64::from(tenths) / 10.0,
                "rateIncreaseCriteria": criterion}}});
        let plan = plan(&request, &Assumptions::new(things));
        let expected = minutes(minutes_of_rollout(&request, things));
        prop_assert_eq!(plan.rolled_out, Some(expected));
    }

    /// Whatever is assumed: counts add up to the fleet, the series ends with the summary, an abort
    /// has its minimum, the same seed gives the same bytes.
    #[test]
    fn plans_are_sound((request, fleet) in jobs()) {
        let plan = plan(&request, &fleet);
        let last = plan.samples.last().unwrap();
        prop_assert_eq!((last.at, last.things, last.ends), (plan.ended, plan.things, plan.ends));
        prop_assert!(plan.samples.len() <= fleet.samples);
        prop_assert!(plan.samples.is_sorted_by(|a, b| a.at < b.at));
        prop_assert!(plan.samples[0].at.is_zero());
        let mut done = 0;
        for sample in &plan.samples {
            prop_assert_eq!(sample.things.total(), fleet.things);
            prop_assert!(sample.ends.done >= done);
            done = sample.ends.done;
        }
        prop_assert!(plan.started <= plan.things.notified());
        prop_assert_eq!(plan.rolled_out.is_some(), plan.things.waiting == 0);
        if plan.end == PlanEnd::Completed {
            let left = plan.things.queued + plan.things.in_progress;
            prop_assert_eq!(left, 0);
        }
        prop_assert_eq!(plan.abort.is_some(), plan.end == PlanEnd::Canceled);
        if plan.end == PlanEnd::Open && fleet.outcomes.weight(Outcome::Absence) == 0 {
            prop_assert_eq!(plan.things.queued, 0);
        }
        if let Some(abort) = &plan.abort {
            let (criterion, ends) = (&abort.criterion, &abort.ends);
            prop_assert!(ends.done >= u64::from(criterion.min_executed_things()));
            let bad = criterion.failure().count(ends);
            prop_assert!(bad * 10_000 >= u64::from(criterion.threshold().units()) * ends.done);
            prop_assert_eq!(abort.things.total(), fleet.things);
            prop_assert!(abort.at <= plan.ended);
            prop_assert_eq!(abort.things.waiting, plan.things.waiting);
        }
        let again = Plan::new(&config(&request), &fleet, LIMITS, now()).unwrap();
        prop_assert_eq!(format!("{plan:?}"), format!("{again:?}"));
    }

    #[test]
    fn no_abort_comes_before_its_minimum(minimum in 1_u32..400, things in 1_u32..300) {
        let mut request = constant(10);
        request["abortConfig"] = json!({"criteriaList": [{"failureType": "ALL", "action": "CANCEL",
            "thresholdPercentage": 0.01, "minNumberOfExecutedThings": minimum}]});
        let mut fleet = Assumptions::new(things);
        fleet.outcomes = outcomes([0, 1, 0, 0, 0]);
        let plan = plan(&request, &fleet);
        prop_assert_eq!(plan.abort.map(|abort| abort.ends.done), (minimum <= things).then_some(minimum.into()));
        prop_assert_eq!(plan.things.failed, minimum.min(things));
    }
}

fn jobs() -> impl Strategy<Value = (Value, Assumptions)> {
    let rollout = prop_oneof![
        (1_u32..100).prop_map(|rate| json!({"maximumPerMinute": rate})),
        (1_u32..100, 1_u32..100).prop_map(|(base, things)| json!({"maximumPerMinute": 100,
            "exponentialRate": {"baseRatePerMinute": base, "incrementFactor": 1.5,
                "rateIncreaseCriteria": {"numberOfSucceededThings": things}}})),
    ];
    let failure = prop_oneof![
        Just("FAILED"),
        Just("REJECTED"),
        Just("TIMED_OUT"),
        Just("ALL")
    ];
    let abort = (failure, 1_u32..10_000, 1_u32..100).prop_map(|(failure, threshold, minimum)| {
        json!({"criteriaList": [{"failureType": failure, "action": "CANCEL",
            "thresholdPercentage": f64::from(threshold) / 100.0, "minNumberOfExecutedThings": minimum}]})
    });
    let abort = proptest::option::of(abort);
    let retry = (
        prop_oneof![Just("FAILED"), Just("TIMED_OUT"), Just("ALL")],
        0_u32..4,
    );
    let retry = retry.prop_map(|(failure, retries)| {
        json!({"criteriaList": [{"failureType": failure, "numberOfRetries": retries}]})
    });
    let timeout = proptest::option::of(
        (1_u32..60).prop_map(|minutes| json!({"inProgressTimeoutInMinutes": minutes})),
    );
    let schedule = prop_oneof![
        3 => Just(json!({})),
        1 => Just(json!({"startTime": "2024-03-04T11:00", "endTime": "2024-03-04T13:00",
            "endBehavior": "CANCEL"})),
        1 => Just(json!({"startTime": "2024-03-04T10:45", "endTime": "2024-03-05T13:00",
            "endBehavior": "FORCE_CANCEL"})),
        2 => Just(json!({"startTime": "2024-03-04T11:00", "maintenanceWindows": [
            {"startTime": "cron(0/20 * * * ? *)", "durationInMinutes": 7}]})),
    ];
    let requests = (
        rollout,
        abort,
        proptest::option::of(retry),
        timeout,
        schedule,
    );
    let requests = requests.prop_map(|(rollout, abort, retry, timeout, schedule)| {
        let windowed = schedule.get("maintenanceWindows").is_some();
        json!({
            "targetSelection": if windowed { "CONTINUOUS" } else { "SNAPSHOT" },
            "jobExecutionsRolloutConfig": rollout, "abortConfig": abort,
            "jobExecutionsRetryConfig": retry, "timeoutConfig": timeout,
            "schedulingConfig": schedule,
        })
    });
    let weights = [1_u32..9, 0..9, 0..9, 0..9, 0..2].prop_map(outcomes);
    (
        requests,
        0_u32..600,
        weights,
        delay(),
        delay(),
        any::<u64>(),
        16_usize..200,
    )
        .prop_map(
            |(request, things, outcomes, pickup, duration, seed, samples)| {
                let mut fleet = Assumptions::new(things);
                fleet.outcomes = outcomes;
                (fleet.pickup, fleet.duration) = (pickup, duration);
                (fleet.seed, fleet.samples) = (seed, samples);
                (request, fleet)
            },
        )
}

fn delay() -> impl Strategy<Value = Delay> {
    prop_oneof![
        (0_u32..1_000).prop_map(Delay::fixed),
        (0_u32..1_000, 0_u32..5_000)
            .prop_map(|(min, span)| Delay::uniform(min, min + span).unwrap()),
        (0_u32..5_000).prop_map(Delay::exponential),
        proptest::collection::btree_set(0_u32..10_000, 1..8)
            .prop_map(|values| Delay::quantiles(Vec::from_iter(values)).unwrap()),
    ]
}

/// The figures of "AWS IoT Device Management Jobs" of re:Invent 2018.
#[test]
fn three_hundred_thousand_devices() {
    let mut fleet = Assumptions::new(300_000);
    fleet.outcomes = outcomes([0, 0, 0, 0, 1]); // only the rollout counts
    let at = |rate| plan(&constant(rate), &fleet).rolled_out;
    assert_eq!(at(60), Some(minutes(5_000 - 1))); // one a second: 3.5 days
    assert_eq!(at(1_000), Some(minutes(300 - 1)));
}

#[test]
fn another_rate_leaves_every_outcome_as_it_is() {
    let mut fleet = Assumptions::new(2_000);
    fleet.outcomes = outcomes([80, 15, 5, 0, 0]);
    let (slow, fast) = (plan(&constant(7), &fleet), plan(&constant(900), &fleet));
    assert_eq!((slow.things, slow.ends), (fast.things, fast.ends));
    fleet.seed = 1;
    assert_ne!(plan(&constant(7), &fleet).things, slow.things);
}

#[test]
fn what_times_out_is_broken_and_may_be_tried_again() {
    let request = json!({
        "timeoutConfig": {"inProgressTimeoutInMinutes": 10},
        "jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "TIMED_OUT", "numberOfRetries": 2}]},
    });
    let mut fleet = Assumptions::new(50);
    fleet.outcomes = outcomes([0, 0, 0, 1, 0]);
    let silent = plan(&request, &fleet);
    assert_eq!(
        (silent.end, silent.ended),
        (PlanEnd::Completed, minutes(30))
    );
    assert_eq!((silent.things.timed_out, silent.ends.timed_out), (50, 150));
    assert_eq!((silent.started, silent.retries), (50, 100));

    // A report that comes with the timeout comes too late; one that is a second faster does not.
    fleet.outcomes = Outcomes::SUCCESS;
    fleet.duration = Delay::fixed(600);
    assert_eq!(plan(&request, &fleet).things.timed_out, 50);
    fleet.duration = Delay::fixed(599);
    assert_eq!(plan(&request, &fleet).things.succeeded, 50);
}

#[test]
fn nobody_comes() {
    let mut fleet = Assumptions::new(70);
    fleet.outcomes = outcomes([0, 0, 0, 0, 1]);
    let absent = plan(&constant(10), &fleet);
    assert_eq!((absent.end, absent.things.queued), (PlanEnd::Open, 70));
    assert_eq!((absent.ended, absent.started), (minutes(6), 0));

    // Windows go on in vain until the schedule ends.
    let request = json!({"targetSelection": "CONTINUOUS", "schedulingConfig": {
        "startTime": "2024-03-04T11:00", "endTime": "2026-03-04T10:00", "endBehavior": "CANCEL",
        "maintenanceWindows": [{"startTime": "cron(* * * * ? *)", "durationInMinutes": 1},
            {"startTime": "cron(0 22 * * ? *)", "durationInMinutes": 60}],
    }});
    let windowed = plan(&request, &fleet);
    assert_eq!(
        (windowed.end, windowed.things.canceled),
        (PlanEnd::Completed, 70)
    );
    let end = Minute::parse("2026-03-04T10:00").unwrap().timestamp();
    assert_eq!(windowed.ended, end.saturating_since(now()));
}

#[test]
fn windows_stretch_a_rollout() {
    let request = json!({"targetSelection": "CONTINUOUS",
        "jobExecutionsRolloutConfig": {"maximumPerMinute": 1},
        "schedulingConfig": {"startTime": "2024-03-04T11:00",
            "maintenanceWindows": [{"startTime": "cron(0 22 * * ? *)", "durationInMinutes": 10}]}});
    let mut fleet = Assumptions::new(25);
    fleet.pickup = Delay::fixed(300);
    let plan = plan(&request, &fleet);
    // Ten a night at most, on the third night five; each of them starts five minutes later, or as
    // soon as the next window opens.
    let third = Minute::parse("2024-03-06T22:04").unwrap().timestamp();
    assert_eq!(plan.rolled_out, Some(third.saturating_since(now())));
    assert_eq!(plan.ended, third.saturating_since(now()) + minutes(5));
    assert_eq!((plan.end, plan.things.succeeded), (PlanEnd::Open, 25));

    // A device that comes after the window has closed gets its execution in the next one; so does
    // one that would reject it.
    fleet.pickup = Delay::fixed(11 * 60);
    let fourth = Minute::parse("2024-03-07T22:00").unwrap().timestamp();
    for weights in [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0]] {
        fleet.outcomes = outcomes(weights);
        let plan = self::plan(&request, &fleet);
        assert_eq!(plan.ended, fourth.saturating_since(now()), "{weights:?}");
        assert_eq!(plan.things.succeeded + plan.things.rejected, 25);
    }
}

#[test]
fn a_plan_stops_at_its_horizon() {
    let mut fleet = Assumptions::new(1_000);
    fleet.horizon = minutes(10);
    let stopped = plan(&constant(1), &fleet);
    assert_eq!(
        (stopped.end, stopped.things.succeeded),
        (PlanEnd::Horizon, 11)
    );
    // Time itself ends in 2106.
    fleet.horizon = Duration::MAX;
    fleet.pickup = Delay::fixed(u32::MAX);
    assert_eq!(plan(&constant(1), &fleet).end, PlanEnd::Horizon);
}

#[test]
fn an_empty_fleet_is_done_and_a_wrong_time_refused() {
    let none = plan(&constant(1), &Assumptions::new(0));
    assert_eq!((none.end, none.samples.len()), (PlanEnd::Completed, 1));
    let scheduled = config(&json!({"schedulingConfig": {"startTime": "2024-03-04T11:00"}}));
    let later = Timestamp::from_secs(1_800_000_000);
    let refused = Simulation::new(&scheduled, &Assumptions::new(1), LIMITS, later);
    assert!(matches!(refused, Err(PlanError::Refused(_))));
}

#[test]
fn the_first_criterion_in_the_list_is_told() {
    let request = json!({"abortConfig": {"criteriaList": [
        {"failureType": "REJECTED", "action": "CANCEL", "thresholdPercentage": 90, "minNumberOfExecutedThings": 1},
        {"failureType": "ALL", "action": "CANCEL", "thresholdPercentage": 10, "minNumberOfExecutedThings": 20},
    ]}});
    let mut fleet = Assumptions::new(5_000);
    fleet.outcomes = outcomes([1, 1, 0, 0, 0]);
    fleet.duration = Delay::uniform(10, 100).unwrap();
    let abort = plan(&request, &fleet).abort.unwrap();
    assert_eq!(abort.criterion.failure(), AbortFailure::All);
    assert_eq!(abort.ends.done, 20);
}
