//! The agent of a device, message by message. That it does all its jobs once, whatever the network
//! does, is shown by `tests/model`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "names and topics that are legal, and what must be there"
)]

use core::time::Duration;

use iot_jobs::{
    AgentError, AgentEvent, AgentRequest, ExecutionId, ExecutionStatus, JobAgent, JobRecord,
    Limits, Outcome, Reaction, StatusDetails, StepTimeout, StopReason,
};
use iot_topics::{Timestamp, TopicNameRef};
use serde_json::{Value, json};

/// An agent, its clock, and the token of its latest request.
struct Bench {
    agent: JobAgent,
    now: Timestamp,
    token: String,
}

type Handled = Result<AgentEvent, AgentError>;

impl Bench {
    fn of(mut agent: JobAgent) -> Self {
        agent.connect();
        Self {
            agent,
            now: Timestamp::from_secs(1_000),
            token: String::new(),
        }
    }

    fn new() -> Self {
        Self::of(JobAgent::new("t".parse().unwrap(), 1))
    }

    /// One that works on `a#1` at version 2.
    fn at_work() -> (Self, ExecutionId) {
        let mut bench = Self::new();
        bench.asks("start-next");
        let event = bench.answer(
            "start-next/accepted",
            json!({"execution": execution("a", 1)}),
        );
        let Ok(AgentEvent::Run(job)) = event else {
            panic!("{event:?}")
        };
        (bench, job.id)
    }

    /// The next request, which must be to that topic.
    fn asks(&mut self, about: &str) -> Value {
        let AgentRequest { topic, payload } = self.agent.poll_output(self.now).unwrap();
        assert_eq!(topic.to_string(), format!("$aws/things/t/jobs/{about}"));
        assert_eq!(self.agent.poll_output(self.now), None, "one at a time");
        let payload: Value = serde_json::from_str(&payload).unwrap();
        self.token = payload["clientToken"].as_str().unwrap().into();
        payload
    }

    fn is_silent(&mut self) -> bool {
        self.agent.poll_output(self.now).is_none()
    }

    fn hear(&mut self, about: &str, payload: &str) -> Handled {
        let topic = format!("$aws/things/t/jobs/{about}");
        let topic = TopicNameRef::parse(&topic).unwrap();
        self.agent
            .handle_message(topic, payload.as_bytes(), self.now)
    }

    /// Answers the latest request.
    fn answer(&mut self, about: &str, mut payload: Value) -> Handled {
        payload["clientToken"] = self.token.clone().into();
        payload["timestamp"] = self.now.as_secs().into();
        self.hear(about, &payload.to_string())
    }

    fn reject(&mut self, about: &str, code: &str, state: Value) -> Handled {
        let mut payload = json!({"code": code, "message": "no"});
        if !state.is_null() {
            payload["executionState"] = state;
        }
        self.answer(&format!("{about}/rejected"), payload)
    }

    /// Waits for what it waits for, and tells how long that was.
    fn wait(&mut self) -> Duration {
        let until = self.agent.poll_timeout().unwrap();
        let waited = until.saturating_since(self.now);
        self.now = until;
        self.agent.handle_timeout(until);
        waited
    }

    fn finish(&mut self, id: &ExecutionId, outcome: Outcome) {
        self.agent.finish(id, outcome, None).unwrap();
    }
}

fn execution(job: &str, number: u64) -> Value {
    json!({"jobId": job, "status": "IN_PROGRESS", "queuedAt": 900, "startedAt": 950, "lastUpdatedAt": 950,
        "versionNumber": 2, "executionNumber": number, "jobDocument": {"do": job}})
}

fn state(status: &str, version: u64) -> Value {
    json!({"status": status, "versionNumber": version})
}

fn details(text: &str) -> StatusDetails {
    StatusDetails::from_pairs([("step", text)], &Limits::AWS_IOT).unwrap()
}

fn record(text: &str) -> JobRecord {
    JobRecord::from_json(text.as_bytes()).unwrap()
}

fn stop(id: &ExecutionId, reason: StopReason) -> Handled {
    let id = id.clone();
    Ok(AgentEvent::Stop { id, reason })
}

const NOTHING: Handled = Ok(AgentEvent::Nothing);

#[test]
fn a_thing_of_the_longest_name_has_all_filters() {
    let agent = JobAgent::new("t".repeat(128).parse().unwrap(), 1);
    assert_eq!(agent.subscriptions().count(), 7);
}

#[test]
fn an_empty_execution_is_no_job_and_no_error() {
    for answer in [
        json!({}),
        json!({"execution": {}}),
        json!({"execution": null}),
    ] {
        let mut bench = Bench::new();
        bench.asks("start-next");
        assert_eq!(
            bench.answer("start-next/accepted", answer),
            Ok(AgentEvent::Idle)
        );
        assert!(bench.agent.is_idle() && bench.is_silent());
        assert_eq!(bench.hear("notify-next", r#"{"timestamp":1}"#), NOTHING);
        assert_eq!(
            bench.hear("notify-next", r#"{"timestamp":1,"execution":{}}"#),
            NOTHING
        );
        assert!(bench.is_silent());
        let notice = json!({"timestamp": 1, "execution": execution("a", 1)}).to_string();
        assert_eq!(bench.hear("notify-next", &notice), NOTHING);
        bench.asks("start-next");
    }
}

#[test]
fn what_is_notified_while_start_next_is_under_way_is_asked_for() {
    let mut bench = Bench::new();
    bench.asks("start-next");
    let notice = json!({"execution": execution("a", 1)}).to_string();
    assert_eq!(bench.hear("notify-next", &notice), NOTHING);
    assert!(bench.is_silent());
    assert_eq!(bench.answer("start-next/accepted", json!({})), NOTHING);
    bench.asks("start-next");
}

#[test]
fn notifications_and_answers_that_come_twice_do_nothing() {
    let (mut bench, id) = Bench::at_work();
    let notice = json!({"execution": execution("a", 1)}).to_string();
    assert_eq!(bench.hear("notify-next", &notice), NOTHING);
    let again = bench.answer(
        "start-next/accepted",
        json!({"execution": execution("a", 1)}),
    );
    assert_eq!(again, NOTHING);
    assert!(bench.is_silent());

    bench.finish(&id, Outcome::Succeeded);
    bench.asks("a/update");
    let outcome = Outcome::Succeeded;
    let finished = Ok(AgentEvent::Finished { id, outcome });
    let accepted = json!({"executionState": state("SUCCEEDED", 3)});
    assert_eq!(
        bench.answer("a/update/accepted", accepted.clone()),
        finished
    );
    assert_eq!(bench.answer("a/update/accepted", accepted), NOTHING);
    // A notification from before the end leads to a question, not to a run.
    bench.asks("start-next");
    assert_eq!(
        bench.answer("start-next/accepted", json!({})),
        Ok(AgentEvent::Idle)
    );
    assert_eq!(bench.hear("notify-next", &notice), NOTHING);
    bench.asks("start-next");
    assert_eq!(
        bench.answer("start-next/accepted", json!({})),
        Ok(AgentEvent::Idle)
    );
}

#[test]
fn answers_from_before_a_reconnect_do_nothing() {
    let mut bench = Bench::new();
    bench.asks("start-next");
    let late = json!({"execution": execution("a", 1), "clientToken": bench.token}).to_string();
    bench.agent.disconnect();
    assert_eq!(bench.agent.poll_timeout(), None);
    bench.agent.connect();
    assert_eq!(bench.hear("start-next/accepted", &late), NOTHING);
    bench.asks("start-next");
    assert_eq!(bench.hear("start-next/accepted", &late), NOTHING);
    let event = bench.answer(
        "start-next/accepted",
        json!({"execution": execution("b", 1)}),
    );
    assert!(matches!(event, Ok(AgentEvent::Run(job)) if job.document["do"] == "b"));
}

#[test]
fn an_answer_must_be_to_the_question() {
    let mut bench = Bench::new();
    bench.asks("start-next");
    let described = json!({"execution": execution("a", 1)});
    assert_eq!(bench.answer("a/get/accepted", described), NOTHING);
    assert_eq!(bench.answer("a/update/accepted", json!({})), NOTHING);
    assert_eq!(bench.hear("start-next/accepted", "{}"), NOTHING);
    assert_eq!(bench.hear("notify", "{}"), NOTHING);
    assert_eq!(bench.hear("x/y/z", "{}"), Err(AgentError::Topic));
    assert_eq!(
        bench.answer("start-next/accepted", json!({})),
        Ok(AgentEvent::Idle)
    );
}

#[test]
fn what_cannot_be_read_changes_nothing_and_is_asked_for_again() {
    let mut bench = Bench::new();
    bench.asks("start-next");
    for (broken, member) in [
        (json!({"execution": 7}), "execution"),
        (json!({"execution": {"jobId": "a"}}), "status"),
        (
            json!({"execution": {"status": "IN_PROGRESS"}}),
            "versionNumber",
        ),
        (
            json!({"execution": {"status": "IN_PROGRESS", "versionNumber": "x"}}),
            "versionNumber",
        ),
        (
            json!({"execution": {"status": "IN_PROGRESS", "versionNumber": 2}}),
            "jobId",
        ),
        (
            json!({"execution": {"status": "IN_PROGRESS", "versionNumber": 2, "jobId": "a"}}),
            "executionNumber",
        ),
    ] {
        let event = bench.answer("start-next/accepted", broken);
        assert_eq!(event, Err(AgentError::Member { name: member }));
    }
    assert_eq!(
        bench.hear("start-next/accepted", "[]"),
        Err(AgentError::Json)
    );
    assert_eq!(
        bench.hear("start-next/accepted", "\u{1}"),
        Err(AgentError::Json)
    );
    assert_eq!(bench.wait(), Duration::from_secs(10));
    assert!(bench.is_silent());
    bench.wait();
    bench.asks("start-next");
    // The guide writes numbers as texts in places.
    let mut texts = execution("a", 1);
    (texts["versionNumber"], texts["executionNumber"]) = (json!("2"), json!("1"));
    let event = bench.answer("start-next/accepted", json!({"execution": texts}));
    assert!(matches!(event, Ok(AgentEvent::Run(job)) if job.id.to_string() == "a#1"));
}

#[test]
fn without_answers_the_pauses_grow_to_640_seconds() {
    let mut bench = Bench::new();
    let mut most = 20;
    for _ in 0..10 {
        bench.asks("start-next");
        assert_eq!(bench.wait(), Duration::from_secs(10), "for the answer");
        let pause = bench.wait();
        let (least, most_pause) = (Duration::from_secs(most / 2), Duration::from_secs(most));
        assert!((least..=most_pause).contains(&pause), "{pause:?} of {most}");
        most = (most * 2).min(640);
    }
    bench.asks("start-next");
    assert_eq!(
        bench.answer("start-next/accepted", json!({})),
        Ok(AgentEvent::Idle)
    );
    let silence = bench.wait().as_secs();
    assert!((12 * 3_600..=24 * 3_600).contains(&silence), "{silence}");
    bench.asks("start-next");
    bench.wait();
    assert!(bench.wait() <= Duration::from_secs(20), "counted anew");
}

#[test]
fn throttled_requests_are_made_again() {
    let (mut bench, id) = Bench::at_work();
    bench.finish(&id, Outcome::Failed);
    for code in ["RequestThrottled", "InternalError", "Unheard"] {
        let before = bench.asks("a/update");
        let event = bench.reject("a/update", code, Value::Null);
        assert!(matches!(event, Ok(AgentEvent::Refused { code: told, .. }) if told == code));
        assert!(bench.is_silent());
        bench.wait();
        let again = bench.agent.clone().poll_output(bench.now).unwrap();
        let again: Value = serde_json::from_str(&again.payload).unwrap();
        assert_eq!(
            (&again["status"], &again["expectedVersion"]),
            (&json!("FAILED"), &json!(2))
        );
        assert_ne!(again["clientToken"], before["clientToken"]);
    }
}

#[test]
fn another_version_is_taken_over_once_and_then_after_a_pause() {
    let (mut bench, id) = Bench::at_work();
    bench.agent.progress(&id, Some(details("1")), None).unwrap();
    assert_eq!(bench.asks("a/update")["expectedVersion"], 2);
    let event = bench.reject("a/update", "VersionMismatch", state("IN_PROGRESS", 3));
    assert_eq!(event, NOTHING);
    let again = bench.asks("a/update");
    assert_eq!(again["expectedVersion"], 3);
    assert_eq!(again["statusDetails"], json!({"step": "1"}));
    assert_eq!(
        bench.reject("a/update", "VersionMismatch", state("IN_PROGRESS", 5)),
        NOTHING
    );
    assert!(bench.is_silent());
    bench.wait();
    assert_eq!(bench.asks("a/update")["expectedVersion"], 5);
    let event = bench.answer(
        "a/update/accepted",
        json!({"executionState": state("IN_PROGRESS", 6)}),
    );
    let version = 6;
    assert_eq!(event, Ok(AgentEvent::Reported { id, version }));
    assert!(bench.is_silent());
}

#[test]
fn a_mismatch_without_a_state_makes_it_describe() {
    let (mut bench, id) = Bench::at_work();
    bench.finish(&id, Outcome::Succeeded);
    bench.asks("a/update");
    assert_eq!(
        bench.reject("a/update", "VersionMismatch", Value::Null),
        NOTHING
    );
    let describe = bench.asks("a/get");
    assert_eq!(describe["executionNumber"], 1);
    assert_eq!(describe["includeJobDocument"], false);
    let mut found = execution("a", 1);
    found["versionNumber"] = json!(8);
    assert_eq!(
        bench.answer("a/get/accepted", json!({"execution": found})),
        NOTHING
    );
    assert_eq!(bench.asks("a/update")["expectedVersion"], 8);
}

#[test]
fn the_lost_answer_to_a_last_report_is_found_in_the_mismatch() {
    for code in ["VersionMismatch", "InvalidStateTransition"] {
        let (mut bench, id) = Bench::at_work();
        bench.finish(&id, Outcome::Succeeded);
        bench.asks("a/update");
        bench.wait();
        bench.wait();
        bench.asks("a/update");
        let event = bench.reject("a/update", code, state("SUCCEEDED", 3));
        let outcome = Outcome::Succeeded;
        assert_eq!(event, Ok(AgentEvent::Finished { id, outcome }));
        bench.asks("start-next");
    }
}

#[test]
fn a_refused_report_tells_what_became_of_the_execution() {
    let ended = |status| StopReason::Ended(status);
    for (code, told, reason) in [
        (
            "InvalidStateTransition",
            state("CANCELED", 3),
            ended(ExecutionStatus::Canceled),
        ),
        (
            "VersionMismatch",
            state("TIMED_OUT", 3),
            ended(ExecutionStatus::TimedOut),
        ),
        (
            "VersionMismatch",
            state("REMOVED", 2),
            ended(ExecutionStatus::Removed),
        ),
        ("VersionMismatch", state("QUEUED", 1), StopReason::NotFound),
        ("TerminalStateReached", Value::Null, StopReason::Terminal),
        ("ResourceNotFound", Value::Null, StopReason::NotFound),
    ] {
        for ends in [true, false] {
            let (mut bench, id) = Bench::at_work();
            bench.agent.progress(&id, Some(details("1")), None).unwrap();
            if ends {
                bench.finish(&id, Outcome::Succeeded);
            }
            bench.asks("a/update");
            assert_eq!(
                bench.reject("a/update", code, told.clone()),
                stop(&id, reason),
                "{code}"
            );
            let refused = bench.agent.progress(&id, None, None);
            assert_eq!(refused, Err(AgentError::NotRunning { id: id.clone() }));
            assert!(bench.agent.finish(&id, Outcome::Failed, None).is_err());
            let outcome = if ends {
                Outcome::Succeeded
            } else {
                Outcome::Failed
            };
            assert_eq!(bench.agent.record().unwrap().outcome(), Some(outcome));
            bench.asks("start-next");
        }
    }
}

#[test]
fn a_cancellation_is_noticed_without_a_report() {
    let (mut bench, id) = Bench::at_work();
    assert!(bench.is_silent());
    assert_eq!(bench.hear("notify-next", r#"{"timestamp":1}"#), NOTHING);
    bench.asks("a/get");
    let event = bench.reject("a/get", "TerminalStateReached", Value::Null);
    assert_eq!(event, stop(&id, StopReason::Terminal));
    bench.asks("start-next");
}

#[test]
fn a_cancellation_that_overtakes_start_next_is_noticed() {
    let mut bench = Bench::new();
    bench.asks("start-next");
    assert_eq!(bench.hear("notify-next", "{}"), NOTHING);
    let started = json!({"execution": execution("a", 1)});
    let event = bench.answer("start-next/accepted", started);
    assert!(matches!(event, Ok(AgentEvent::Run(_))));
    assert_eq!(bench.asks("a/get")["includeJobDocument"], false);
}

#[test]
fn a_question_about_the_execution_at_work_is_asked_until_it_is_answered() {
    for failure in ["RequestThrottled", "InvalidRequest", "lost", "disconnected"] {
        let (mut bench, _) = Bench::at_work();
        assert_eq!(bench.hear("notify-next", "{}"), NOTHING);
        bench.asks("a/get");
        match failure {
            "lost" => _ = bench.wait(),
            "disconnected" => bench.agent.connect(),
            code => _ = bench.reject("a/get", code, Value::Null).unwrap(),
        }
        if failure != "disconnected" {
            bench.wait();
        }
        bench.asks("a/get");
    }
}

#[test]
fn another_head_is_no_cancellation() {
    let (mut bench, id) = Bench::at_work();
    let notice = json!({"execution": execution("b", 1)}).to_string();
    assert_eq!(bench.hear("notify-next", &notice), NOTHING);
    bench.asks("a/get");
    let found = json!({"execution": execution("a", 1)});
    assert_eq!(bench.answer("a/get/accepted", found), NOTHING);
    assert!(bench.is_silent());
    bench.finish(&id, Outcome::Succeeded);
    bench.asks("a/update");
}

#[test]
fn a_job_of_the_same_name_is_another_one() {
    let mut anew = execution("a", 1);
    anew["queuedAt"] = json!(999);
    let (mut bench, id) = Bench::at_work();
    bench.agent.connect();
    bench.asks("a/get");
    let event = bench.answer("a/get/accepted", json!({"execution": anew}));
    assert_eq!(event, stop(&id, StopReason::NotFound));
    bench.asks("start-next");
    let event = bench.answer("start-next/accepted", json!({"execution": anew}));
    assert!(matches!(event, Ok(AgentEvent::Run(_))));
}

#[test]
fn what_is_over_and_handed_out_again_is_ended_and_not_run() {
    let (mut bench, id) = Bench::at_work();
    bench.finish(&id, Outcome::Rejected);
    bench.asks("a/update");
    bench.answer("a/update/accepted", json!({})).unwrap();
    bench.asks("start-next");
    let event = bench.answer(
        "start-next/accepted",
        json!({"execution": execution("a", 1)}),
    );
    assert_eq!(event, NOTHING);
    assert!(bench.is_silent(), "not at once: it may go on like this");
    bench.wait();
    assert_eq!(bench.asks("a/update")["status"], "REJECTED");
    let event = bench.reject("a/update", "InvalidStateTransition", state("REJECTED", 3));
    let outcome = Outcome::Rejected;
    assert_eq!(event, Ok(AgentEvent::Finished { id, outcome }));
}

#[test]
fn a_retry_is_another_execution() {
    let (mut bench, id) = Bench::at_work();
    bench.finish(&id, Outcome::Failed);
    bench.asks("a/update");
    bench.answer("a/update/accepted", json!({})).unwrap();
    bench.asks("start-next");
    let event = bench.answer(
        "start-next/accepted",
        json!({"execution": execution("a", 2)}),
    );
    assert!(matches!(event, Ok(AgentEvent::Run(job)) if job.id.number == 2));
}

#[test]
fn an_ended_execution_in_start_next_is_no_job() {
    let mut bench = Bench::new();
    bench.asks("start-next");
    let mut ended = execution("a", 1);
    ended["status"] = json!("CANCELED");
    assert_eq!(
        bench.answer("start-next/accepted", json!({"execution": ended})),
        NOTHING
    );
    bench.wait();
    bench.asks("start-next");
}

#[test]
fn a_refused_start_next_is_made_again_whatever_the_code() {
    for code in [
        "InvalidRequest",
        "ResourceNotFound",
        "VersionMismatch",
        "RequestThrottled",
    ] {
        let mut bench = Bench::new();
        bench.asks("start-next");
        let event = bench.reject("start-next", code, Value::Null);
        assert!(matches!(event, Ok(AgentEvent::Refused { .. })));
        bench.wait();
        bench.asks("start-next");
    }
}

#[test]
fn wrong_progress_is_dropped_and_a_wrong_last_report_loses_its_details() {
    let (mut bench, id) = Bench::at_work();
    bench.agent.progress(&id, Some(details("1")), None).unwrap();
    bench.asks("a/update");
    let event = bench.reject("a/update", "InvalidRequest", Value::Null);
    assert!(matches!(event, Ok(AgentEvent::Refused { .. })));
    bench.asks("a/get");
    bench
        .answer("a/get/accepted", json!({"execution": execution("a", 1)}))
        .unwrap();
    assert!(bench.is_silent());

    bench
        .agent
        .finish(&id, Outcome::Failed, Some(details("2")))
        .unwrap();
    assert_eq!(
        bench.asks("a/update")["statusDetails"],
        json!({"step": "2"})
    );
    bench
        .reject("a/update", "InvalidRequest", Value::Null)
        .unwrap();
    assert_eq!(bench.asks("a/update").get("statusDetails"), None);
    bench
        .reject("a/update", "InvalidRequest", Value::Null)
        .unwrap();
    assert!(bench.is_silent());
    bench.wait();
    assert_eq!(bench.asks("a/update")["status"], "FAILED");
}

#[test]
fn reports_that_wait_become_one() {
    let (mut bench, id) = Bench::at_work();
    let five = Some(StepTimeout::Minutes(5));
    bench.agent.progress(&id, Some(details("1")), five).unwrap();
    bench.agent.progress(&id, Some(details("2")), None).unwrap();
    let first = bench.asks("a/update");
    assert_eq!(first["statusDetails"], json!({"step": "2"}));
    assert_eq!(first["stepTimeoutInMinutes"], 5);
    // What comes while that has no answer goes with it once it is given up.
    bench.agent.progress(&id, Some(details("3")), None).unwrap();
    bench.agent.disconnect();
    bench
        .agent
        .progress(&id, None, Some(StepTimeout::Discard))
        .unwrap();
    bench.agent.connect();
    let second = bench.asks("a/update");
    assert_eq!(second["statusDetails"], json!({"step": "3"}));
    assert_eq!(second["stepTimeoutInMinutes"], -1);
    assert_eq!(second["expectedVersion"], 2);
    // The end takes the place of what was not told of the way.
    bench.agent.progress(&id, Some(details("4")), None).unwrap();
    bench.finish(&id, Outcome::Succeeded);
    bench.answer("a/update/accepted", json!({})).unwrap();
    let last = bench.asks("a/update");
    assert_eq!(
        (&last["status"], &last["expectedVersion"]),
        (&json!("SUCCEEDED"), &json!(3))
    );
    assert_eq!(last["statusDetails"], json!({"step": "4"}));
}

#[test]
fn step_timers_have_bounds() {
    let (mut bench, id) = Bench::at_work();
    for minutes in [1, 10_080] {
        assert_eq!(
            bench
                .agent
                .progress(&id, None, Some(StepTimeout::Minutes(minutes))),
            Ok(())
        );
    }
    for minutes in [0, 10_081] {
        let refused = bench
            .agent
            .progress(&id, None, Some(StepTimeout::Minutes(minutes)));
        assert_eq!(refused, Err(AgentError::StepTimeout { minutes }));
    }
}

#[test]
fn what_ran_before_a_restart_is_resumed_once() {
    let (bench, id) = Bench::at_work();
    let kept = bench.agent.record().unwrap().to_json();
    assert_eq!(
        kept,
        r#"{"jobId":"a","executionNumber":1,"queuedAt":900,"phase":"running"}"#
    );
    let agent = JobAgent::new("t".parse().unwrap(), 2).with_record(record(&kept));
    let mut bench = Bench::of(agent);
    assert_eq!(bench.asks("a/get")["includeJobDocument"], true);
    let found = json!({"execution": execution("a", 1)});
    let event = bench.answer("a/get/accepted", found.clone());
    assert!(matches!(event, Ok(AgentEvent::Resume(job)) if job.document["do"] == "a"));
    bench.agent.connect();
    assert_eq!(bench.asks("a/get")["includeJobDocument"], false);
    assert_eq!(bench.answer("a/get/accepted", found), NOTHING);
    bench.finish(&id, Outcome::Succeeded);
    assert_eq!(bench.asks("a/update")["expectedVersion"], 2);
}

#[test]
fn what_had_ended_before_a_restart_is_reported_and_not_resumed() {
    let (mut bench, id) = Bench::at_work();
    bench
        .agent
        .finish(&id, Outcome::Failed, Some(details("3")))
        .unwrap();
    let kept = bench.agent.record().unwrap().clone();
    assert_eq!(record(&kept.to_json()), kept);
    let mut bench = Bench::of(JobAgent::new("t".parse().unwrap(), 2).with_record(kept));
    assert_eq!(bench.asks("a/get")["includeJobDocument"], false);
    let found = json!({"execution": execution("a", 1)});
    assert_eq!(bench.answer("a/get/accepted", found), NOTHING);
    let report = bench.asks("a/update");
    assert_eq!(
        (&report["status"], &report["statusDetails"]),
        (&json!("FAILED"), &json!({"step": "3"}))
    );
    bench.answer("a/update/accepted", json!({})).unwrap();
    let kept = bench.agent.record().unwrap().clone();
    assert!(kept.is_over());
    assert_eq!(record(&kept.to_json()), kept);

    let mut bench = Bench::of(JobAgent::new("t".parse().unwrap(), 3).with_record(kept));
    bench.asks("start-next");
}

#[test]
fn the_record_does_not_change_with_progress() {
    let (mut bench, id) = Bench::at_work();
    let kept = bench.agent.record().unwrap().clone();
    bench.agent.progress(&id, Some(details("1")), None).unwrap();
    bench.asks("a/update");
    bench
        .answer(
            "a/update/accepted",
            json!({"executionState": state("IN_PROGRESS", 3)}),
        )
        .unwrap();
    assert_eq!(bench.agent.record(), Some(&kept));
}

#[test]
fn records_that_say_something_else_are_refused() {
    let wrong = |text: &str| JobRecord::from_json(text.as_bytes()).unwrap_err();
    let member = |name| AgentError::Member { name };
    let start = r#"{"jobId":"a","executionNumber":1"#;
    assert_eq!(wrong("[]"), AgentError::Json);
    assert_eq!(wrong(r#"{"jobId":"a b"}"#), member("jobId"));
    assert_eq!(wrong(r#"{"jobId":"a"}"#), member("executionNumber"));
    assert_eq!(wrong(&format!("{start}}}")), member("phase"));
    assert_eq!(
        wrong(&format!(r#"{start},"phase":"running"}}"#)),
        member("queuedAt")
    );
    for phase in ["ended", "over"] {
        let text = format!(r#"{start},"queuedAt":1,"phase":"{phase}","status":"CANCELED"}}"#);
        assert_eq!(wrong(&text), member("status"));
    }
    let text = format!(
        r#"{start},"queuedAt":1,"phase":"ended","status":"FAILED","statusDetails":{{"a":7}}}}"#
    );
    assert_eq!(wrong(&text), member("statusDetails"));
}

#[test]
fn a_busy_device_asks_about_its_execution_when_the_service_is_silent() {
    let (mut bench, _) = Bench::at_work();
    assert!(bench.wait() >= Duration::from_secs(12 * 3_600));
    bench.asks("a/get");
}

/// Each code that the engine can send has a reaction on purpose.
#[test]
fn each_code_of_the_engine_has_its_reaction() {
    use iot_jobs::RejectCode::*;
    for (code, reaction) in [
        (InvalidTopic, Reaction::Amend),
        (InvalidJson, Reaction::Amend),
        (InvalidRequest, Reaction::Amend),
        (ResourceNotFound, Reaction::Stop),
        (VersionMismatch, Reaction::Reread),
        (InvalidStateTransition, Reaction::Reread),
        (TerminalStateReached, Reaction::Stop),
    ] {
        assert_eq!(Reaction::to(code.as_str()), reaction);
    }
}
