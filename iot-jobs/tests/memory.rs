//! What an execution takes, and what gives it back: 104 bytes and a name, so that ten million fit
//! into a GiB. In a binary of its own, as it counts what all threads allocate.
#![expect(
    clippy::unwrap_used,
    reason = "a request that is refused must fail the test"
)]

use allocation_counter::measure;
use iot_jobs::{Engine, ExecutionStatus, Operation, StartNext, World};
use iot_topics::Timestamp;
use serde_json::{Value, json};

/// They fill their table as ten million do: six slots of ten.
const THINGS: u32 = 160_000;

/// Bytes for each execution, with its timer, its thing, and a name of 19 bytes.
const BYTES: i64 = 104;

struct Fleet;

fn name(number: u32) -> String {
    format!("thing-{number:013}")
}

impl World for Fleet {
    fn has_thing(&self, _: &str) -> bool {
        true
    }

    fn has_group(&self, _: &str) -> bool {
        true
    }

    fn is_member(&self, _: &str, _: &str) -> bool {
        true
    }

    fn members(&self, _: &str, each: &mut dyn FnMut(&str)) {
        (0..THINGS).for_each(|number| each(&name(number)));
    }
}

/// A thousand a minute, each of which starts at once.
fn roll_out(engine: &mut Engine) -> u64 {
    let mut now = 1_700_000_000;
    let job = json!({
        "jobId": "fw-2",
        "document": "{}",
        "targets": ["arn:aws:iot:us-east-1:123456789012:thinggroup/all"],
        "timeoutConfig": {"inProgressTimeoutInMinutes": 10_080},
    });
    call(engine, "CreateJob", &job, now);
    for number in 0..THINGS {
        if number > 0 && number % 1_000 == 0 {
            now += 60;
        }
        let (thing, at) = (name(number), Timestamp::from_secs(now));
        let started = engine.start_next(&thing, &StartNext::default(), &Fleet, &mut (), at);
        assert_eq!(started.unwrap().unwrap().version(), 2);
    }
    now
}

fn call(engine: &mut Engine, api: &str, arguments: &Value, now: u64) {
    let operation = Operation::Control { api, arguments };
    let now = Timestamp::from_secs(now);
    engine.apply(operation, &Fleet, &mut (), now).unwrap();
}

#[test]
fn ten_million_fit_into_a_gib() {
    let mut engine = Engine::new("us-east-1", "123456789012");
    let mut now = 0;
    let taken = measure(|| now = roll_out(&mut engine)).bytes_current;
    let job = engine.job("fw-2").unwrap();
    assert_eq!(job.count(ExecutionStatus::InProgress), THINGS);

    let each = taken / i64::from(THINGS);
    assert!(each <= BYTES, "{each} bytes an execution");

    let left = measure(|| {
        let delete = json!({"jobId": "fw-2", "force": true});
        call(&mut engine, "DeleteJob", &delete, now);
    });
    let left = taken + left.bytes_current;
    assert!(left < 10_000, "{left} bytes are left of it");
}
