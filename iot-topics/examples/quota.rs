//! Proves on paper that a fleet's design stays under the quotas of its account, before it is paid
//! for: the figures that AWS presented for device management in 2018, and those of today.
//!
//! `cargo run -p iot-topics --example quota`

use core::time::Duration;

use iot_topics::Timestamp;
use iot_topics::quota::{
    AccountMeter, Operation, Quotas, Rate, Throttled, Usage, plan, spread_slot,
};

const FLEET: u64 = 300_000;

fn main() -> Result<(), Throttled> {
    let accounts = [
        ("2018", Quotas::deck_2018()),
        ("2020", Quotas::y2020()),
        ("large Region", Quotas::large_region()),
        ("small Region", Quotas::small_region()),
    ];

    println!("1. {FLEET} devices report every five minutes to one subscriber.");
    let each_second = Usage::publish(1).times(FLEET / 300);
    for (name, quotas) in &accounts {
        print_verdict(name, quotas, each_second);
    }

    println!("2. Each report is a shadow update with three replies, two of them delivered.");
    let each_second = Usage::shadow_update(3, 2).times(FLEET / 300);
    for (name, quotas) in &accounts {
        print_verdict(name, quotas, each_second);
    }

    println!("3. Every device must be told something, by one call each.");
    let sleeping = plan(FLEET, Rate::per_second(1));
    let rollout = plan(FLEET, Rate::per_minute(1_000));
    println!(
        "   sleeping a second between calls: {:.2} days; a job with 1,000 a minute: {} minutes",
        sleeping.as_secs_f64() / 86_400.0,
        rollout.as_secs() / 60
    );

    println!("4. The network was away, and all of them connect again.");
    for (name, quotas) in &accounts {
        let Some(rate) = quotas.rate(Operation::Connect) else {
            continue;
        };
        // A fifth more than the least, since spread slots are even only on average.
        let window = plan(FLEET, rate) * 6 / 5;
        let at_once = refused(quotas, Duration::from_secs(1));
        let spread = refused(quotas, window);
        println!(
            "   {name}: {at_once} refused if all come within a second, {spread} if each waits \
             for its slot in {} s",
            window.as_secs()
        );
    }

    println!("5. What the client sees when a bucket is empty.");
    let now = Timestamp::from_secs(1_700_000_000);
    let mut account = AccountMeter::new(&Quotas::deck_2018());
    account.try_take(Usage::connect().times(300), now)?;
    if let Err(throttled) = account.try_take(Usage::connect(), now) {
        println!("   the 301st: {throttled}");
    }
    Ok(())
}

fn print_verdict(name: &str, quotas: &Quotas, each_second: Usage) {
    let exceeded = quotas.exceeded_by(each_second);
    if exceeded.is_empty() {
        println!("   {name}: stays under quota");
    }
    for one in exceeded {
        println!(
            "   {name}: {:?} needs {} a second, {} are allowed",
            one.operation,
            one.per_second,
            one.allowed.tokens()
        );
    }
}

/// How many of the fleet's CONNECTs are refused if each comes in its slot of the window.
fn refused(quotas: &Quotas, window: Duration) -> usize {
    let mut slots: Vec<Duration> = (0..FLEET)
        .map(|index| spread_slot(&format!("sensor-{index}"), window))
        .collect();
    slots.sort_unstable();
    let start = Timestamp::from_secs(1_700_000_000);
    let mut account = AccountMeter::new(quotas);
    slots
        .into_iter()
        .map(|slot| account.try_take(Usage::connect(), start.saturating_add(slot)))
        .filter(Result::is_err)
        .count()
}
