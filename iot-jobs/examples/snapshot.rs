//! How long a fleet takes to be written to bytes, and to be restored:
//!
//! ```text
//! cargo run --release -p iot-jobs --example snapshot -- 10000000
//! ```

use core::error::Error;
use std::time::Instant;

use iot_jobs::{Engine, ExecutionStatus, Limits, Operation, Update, World};
use iot_topics::Timestamp;
use serde_json::json;

/// One group with so many things.
struct Fleet(u32);

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
        for number in 0..self.0 {
            each(&name(number));
        }
    }
}

fn name(number: u32) -> String {
    format!("thing-number-{number:07}")
}

fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args().nth(1);
    let count: u32 = count.map_or(Ok(100_000), |count| count.parse())?;
    let fleet = Fleet(count);
    let mut limits = Limits::AWS_IOT;
    limits.maximum_per_minute = count;
    let mut engine = Engine::with_limits("us-east-1", "123456789012", limits);
    let now = Timestamp::from_secs(1_700_000_000);
    let job = json!({
        "jobId": "fw-2",
        "targets": ["arn:aws:iot:us-east-1:123456789012:thinggroup/all"],
        "document": "{}",
        "jobExecutionsRolloutConfig": {"maximumPerMinute": count},
        "timeoutConfig": {"inProgressTimeoutInMinutes": 60},
    });
    let create = Operation::Control {
        api: "CreateJob",
        arguments: &job,
    };
    engine.apply(create, &fleet, &mut (), now)?;
    // A third has succeeded, a third is running.
    let statuses = [ExecutionStatus::Succeeded, ExecutionStatus::InProgress];
    for (number, status) in (0..count).zip(statuses.into_iter().cycle()) {
        if number % 3 != 2 {
            let update = Update::new(status);
            engine.update(&name(number), "fw-2", &update, &fleet, &mut (), now)?;
        }
    }

    let start = Instant::now();
    let bytes = engine.snapshot();
    println!(
        "{count} executions: {} bytes in {:?}",
        bytes.len(),
        start.elapsed()
    );
    drop(engine);
    let start = Instant::now();
    let restored = Engine::restore(&bytes)?;
    println!("restored in {:?}", start.elapsed());
    if restored.snapshot() != bytes {
        return Err("the restored engine is another one".into());
    }
    Ok(())
}
