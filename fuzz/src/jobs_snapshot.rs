//! Jobs that were kept as bytes.

use iot_jobs::{Engine, Limits};
use iot_topics::Timestamp;
use serde_json::json;

use crate::jobs_it::observe::{Known, laws, observe, pending_in_order};
use crate::jobs_it::registry::Registry;
use crate::jobs_it::service::Service;

/// A snapshot.
///
/// What is read is written in bytes that are read as the same, and goes on with what is due as an
/// engine does that got there by calls: counters are those of the executions, what has ended stays
/// so, lists are in order, the next deadline lies ahead, and all jobs can be canceled and deleted.
pub fn jobs_snapshot(data: &[u8]) {
    let Ok(mut engine) = Engine::restore(data) else {
        return;
    };
    let bytes = engine.snapshot();
    let again = Engine::restore(&bytes).unwrap();
    assert_eq!(again.snapshot(), bytes);

    // With other limits a page may be too small for what is looked at, and in another Region what is
    // behind the slash of an ARN may be no name.
    let is_ours = data.windows(HOME.len()).any(|it| it == HOME);
    if !is_ours || *engine.limits() != Limits::AWS_IOT {
        return;
    }
    let world = Registry {
        things: THINGS.iter().map(|it| (*it).to_owned()).collect(),
        ..Registry::default()
    };
    // No engine goes back in time, so that the first look is at its own.
    let (mut now, mut known) = (0, Known::new());
    for _ in 0..STEPS {
        Service::tick(&mut engine, &world, now);
        laws(&mut known, &observe(&mut engine, THINGS, &world, now));
        for thing in THINGS {
            pending_in_order(&mut engine, thing, &world, now);
        }
        let Some(next) = Service::next_deadline(&engine) else {
            break;
        };
        assert!(next > now);
        now = next;
    }

    let listed = engine.ask("ListJobs", &json!({}), &world, now);
    for job in listed["ok"]["jobs"].as_array().unwrap() {
        let request = json!({"jobId": job["jobId"], "force": true});
        engine.ask("CancelJob", &request, &world, now);
        let deleted = engine.ask("DeleteJob", &request, &world, now);
        assert!(deleted["err"].is_null(), "{deleted}");
    }
    let end = Timestamp::from_secs(now).as_secs() + 1;
    laws(&mut known, &observe(&mut engine, THINGS, &world, end));
    assert_eq!(Service::next_deadline(&engine), None);
}

/// Region and account, as a snapshot has them.
const HOME: &[u8] = b"\x09us-east-1\x0c123456789012";

/// Of what is due, that many.
const STEPS: usize = 24;

const THINGS: &[&str] = &["t1", "t2", "t3"];
