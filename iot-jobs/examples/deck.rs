//! 300,000 devices, at one a second and at 1,000 a minute: the figure with which AWS presented
//! rollout rates at re:Invent 2018, computed by the planner.
//!
//! `cargo run --release -p iot-jobs --example deck`

use core::error::Error;

use iot_jobs::plan::{Assumptions, Plan};
use iot_jobs::{JobConfig, Limits, Minute};
use serde_json::json;

const DEVICES: u32 = 300_000;

fn main() -> Result<(), Box<dyn Error>> {
    let now = Minute::parse("2018-11-26T09:00")?.timestamp();
    for (words, per_minute) in [("one a second", 60), ("1,000 a minute", 1_000)] {
        let request = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": per_minute}});
        let config = JobConfig::from_json(&request, &Limits::AWS_IOT, now)?;
        let plan = Plan::new(&config, &Assumptions::new(DEVICES), Limits::AWS_IOT, now)?;
        // The first batch goes out at once: the last of 300 does so 299 minutes later.
        let minutes = plan.rolled_out.map_or(0, |time| time.as_secs() / 60 + 1);
        let tenths_of_days = (minutes * 10 + 720) / 1_440;
        let (days, tenths) = (tenths_of_days / 10, tenths_of_days % 10);
        println!("{words}: {minutes} minutes, or {days}.{tenths} days");
    }
    Ok(())
}
