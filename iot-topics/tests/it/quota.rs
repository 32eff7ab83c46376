//! Buckets against an oracle that steps through every millisecond, presets, costs, spreading.

use core::time::Duration;

use iot_topics::Timestamp;
use iot_topics::quota::{
    AccountLimit, AccountMeter, Bucket, ConnectionLimits, ConnectionMeter, Direction, Excess,
    Operation, Preset, Publish, Quotas, Rate, RetryAfter, Scope, SubscribeRefusal, Usage, Verdict,
    paced, plan, spread_slot,
};
use proptest::prelude::*;

use Direction::{Inbound, Outbound};

#[test]
fn the_301st_connect_is_refused() {
    let mut connects = Quotas::deck_2018().bucket(Operation::Connect).unwrap();
    let now = ms(5_000);
    for _ in 0..300 {
        assert_eq!(connects.try_take(1, now), Ok(()));
    }
    let refused = connects.try_take(1, now).unwrap_err();
    assert_eq!(refused, RetryAfter::After(Duration::from_millis(4)));
    assert_eq!(connects.try_take(1, ms(5_003)), Err(after(1)));
    assert_eq!(connects.try_take(1, ms(5_004)), Ok(()));

    // Today: 3,000 or 100, and one a second for each client identifier.
    for (quotas, most) in [
        (Quotas::large_region(), 3_000),
        (Quotas::small_region(), 100),
    ] {
        let mut connects = quotas.bucket(Operation::Connect).unwrap();
        assert_eq!(connects.try_take(most, now), Ok(()));
        assert!(connects.try_take(1, now).is_err());
        let mut client = quotas.bucket(Operation::ConnectPerClient).unwrap();
        assert_eq!(client.try_take(1, now), Ok(()));
        assert_eq!(client.try_take(1, now), Err(after(1_000)));
    }
}

#[test]
fn fan_out_counts_each_receiver() {
    let usage = Usage::publish(3);
    assert_eq!((usage.inbound, usage.outbound), (1, 3));
    let quotas = Quotas::deck_2018();
    let rate = |operation| quotas.rate(operation).unwrap().tokens();
    let (inbound, outbound) = (
        rate(Operation::InboundPublish),
        rate(Operation::OutboundPublish),
    );
    assert_eq!((inbound, outbound), (3_000, 6_000));
    assert_eq!(
        inbound + outbound,
        9_000,
        "publishes of an account in a second"
    );
    // With three receivers each, outbound is what runs out.
    let mut account = AccountMeter::new(&quotas);
    assert_eq!(account.try_take(usage.times(2_000), ms(0)), Ok(()));
    let throttled = account.try_take(usage, ms(0)).unwrap_err();
    assert_eq!(throttled.operation, Operation::OutboundPublish);
    // All or nothing: the refused message has not paid inbound.
    assert_eq!(
        account.try_take(Usage::publish(0).times(1_000), ms(0)),
        Ok(())
    );
    assert!(account.try_take(Usage::publish(0), ms(0)).is_err());
}

#[test]
fn throttled_load_names_what_waits_longest() {
    let mut account = AccountMeter::new(&Quotas::deck_2018());
    let all_filters = Usage::subscribe(500);
    assert_eq!(account.try_take(all_filters, ms(0)), Ok(()));
    let longer = Usage::connect().times(300).plus(Usage::subscribe(100));
    let throttled = account.clone().try_take(longer, ms(0)).unwrap_err();
    assert_eq!(throttled.operation, Operation::Subscribe);
    assert_eq!(throttled.retry, after(200));
    // No wait is longer than for ever.
    let never = Usage::connect().times(301).plus(Usage::subscribe(100));
    let throttled = account.try_take(never, ms(0)).unwrap_err();
    assert_eq!(throttled.operation, Operation::Connect);
    assert_eq!(throttled.retry, RetryAfter::OverBurst { burst: 300 });
    let message = "CONNECT is throttled: more than the burst of 300";
    assert_eq!(throttled.to_string(), message);
}

#[test]
fn each_filter_of_a_subscribe_counts() {
    assert_eq!(Usage::subscribe(3).subscriptions, 3);
    // The page's own example: two SUBSCRIBEs with three filters each are six.
    assert_eq!(Usage::subscribe(3).times(2).subscriptions, 6);
    let mut account = AccountMeter::new(&Quotas::deck_2018());
    for _ in 0..166 {
        assert_eq!(account.try_take(Usage::subscribe(3), ms(0)), Ok(()));
    }
    let throttled = account.try_take(Usage::subscribe(3), ms(0)).unwrap_err();
    assert_eq!(throttled.operation, Operation::Subscribe);
    assert_eq!(
        throttled.retry,
        after(2),
        "498 are gone, one token is short"
    );
    assert_eq!(account.try_take(Usage::subscribe(2), ms(0)), Ok(()));
}

#[test]
fn shadow_update_counts_its_replies_inbound() {
    let usage = Usage::shadow_update(3, 5);
    assert_eq!(usage.shadow_requests, 1);
    assert_eq!((usage.inbound, usage.outbound), (4, 5));
    assert_eq!(usage.connects + usage.subscriptions + usage.retained, 0);
    // 5,001 updates a second exceed 20,000 inbound, not to mention the shadow service's own 4,000.
    let exceeded = Quotas::large_region().exceeded_by(usage.times(5_001));
    let exceeded: Vec<_> = exceeded
        .iter()
        .map(|one| (one.operation, one.per_second))
        .collect();
    assert_eq!(
        exceeded,
        [
            (Operation::InboundPublish, 20_004),
            (Operation::OutboundPublish, 25_005),
            (Operation::ShadowRequest, 5_001)
        ]
    );
    assert_eq!(Quotas::large_region().exceeded_by(usage.times(4_000)), []);
}

#[test]
fn planner_has_the_figures_of_the_deck() {
    let sleeping = plan(300_000, Rate::per_second(1));
    assert_eq!(sleeping, Duration::from_secs(300_000));
    let days = sleeping.as_secs_f64() / 86_400.0;
    assert!((3.47..3.48).contains(&days), "{days}");
    let rollout = plan(300_000, Rate::per_minute(1_000));
    assert_eq!(rollout, Duration::from_secs(300 * 60));

    assert_eq!(plan(0, Rate::per_second(0)), Duration::ZERO);
    assert_eq!(plan(1, Rate::per_second(0)), Duration::MAX);
    assert_eq!(plan(1, Rate::per_second(3)), Duration::from_millis(334));
    assert_eq!(plan(u64::MAX, Rate::per_minute(1)), Duration::MAX);
}

#[test]
fn paced_calls_are_never_throttled() {
    // 1,000 calls of an API of ten a second.
    let rate = Quotas::large_region()
        .rate(Operation::RegisterThing)
        .unwrap();
    let mut bucket = Bucket::of(rate);
    let start = ms(1_700_000_000_000);
    let mut last = Duration::ZERO;
    for offset in paced(1_000, rate) {
        assert_eq!(bucket.try_take(1, start.saturating_add(offset)), Ok(()));
        last = offset;
    }
    assert_eq!(last, Duration::from_millis(99_900));
    assert!(last < plan(1_000, rate));
}

/// A bucket that holds fractions as (whole tokens, rest in token × period) and steps through every
/// millisecond.
struct Stepping {
    tokens: u64,
    period: u64,
    burst: u64,
    whole: u64,
    rest: u64,
    clock: u64,
}

impl Stepping {
    fn run_to(&mut self, now: u64) {
        while self.clock < now {
            self.clock += 1;
            self.rest += self.tokens;
            self.whole += self.rest / self.period;
            self.rest %= self.period;
            if self.whole >= self.burst {
                (self.whole, self.rest) = (self.burst, 0);
            }
        }
    }

    fn take(&mut self, n: u64, now: u64) -> bool {
        self.run_to(now);
        let given = n <= self.whole;
        if given {
            self.whole -= n;
        }
        given
    }

    /// The first `now`, not before the given one, at which `n` can be had.
    fn ready(&self, n: u64, now: u64) -> u64 {
        let mut copy = Self { ..*self };
        copy.run_to(now);
        while copy.whole < n {
            copy.run_to(copy.clock + 1);
        }
        copy.clock.max(now)
    }
}

fn rate() -> impl Strategy<Value = Rate> {
    prop_oneof![
        (1..5_000_u64).prop_map(Rate::per_second),
        (30..2_000_u64).prop_map(Rate::per_minute),
    ]
}

proptest! {
    #[test]
    fn bucket_agrees_with_stepping_through_time(
        rate in rate(),
        burst in 0..20_u64,
        calls in prop::collection::vec((0..400_u64, 0..50_u64, 0..25_u64), 1..40),
    ) {
        let mut bucket = Bucket::new(rate, burst);
        let mut oracle = Stepping {
            tokens: rate.tokens(),
            period: u64::try_from(rate.period().as_millis()).unwrap(),
            burst,
            whole: burst,
            rest: 0,
            clock: 0,
        };
        let mut clock = 0;
        for (ahead, behind, n) in calls {
            clock += ahead;
            let now = clock - behind.min(clock);
            let before = bucket.clone();
            let checked = bucket.check(n, ms(now));
            prop_assert_eq!(&bucket, &before, "a check takes nothing");
            let result = bucket.try_take(n, ms(now));
            prop_assert_eq!(checked, result);
            let given = oracle.take(n, now);
            prop_assert_eq!(result.is_ok(), given);
            prop_assert_eq!(bucket.available(ms(now)), oracle.whole);
            match result {
                Ok(()) => {}
                Err(RetryAfter::After(wait)) => {
                    let at = oracle.ready(n, now);
                    prop_assert_eq!(ms(now).saturating_add(wait), ms(at));
                    // To the millisecond: then, and not before.
                    prop_assert_eq!(bucket.check(n, ms(at)), Ok(()));
                    prop_assert!(bucket.check(n, ms(at - 1)).is_err());
                }
                Err(error) => {
                    prop_assert_eq!(error, RetryAfter::OverBurst { burst });
                    prop_assert!(n > burst);
                }
            }
        }
    }

    /// Written and read before each call, a bucket gives what it would have given; of what it has
    /// no more than the burst is taken back.
    #[test]
    fn a_bucket_outlives_its_text(
        rate in rate(),
        burst in 0..20_u64,
        calls in prop::collection::vec((0..400_u64, 0..25_u64), 1..40),
    ) {
        let mut bucket = Bucket::new(rate, burst);
        let mut clock = 0;
        for (ahead, n) in calls {
            clock += ahead;
            let text = serde_json::to_string(&bucket).unwrap();
            let mut again: Bucket = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&again, &bucket);
            prop_assert_eq!(serde_json::to_string(&again).unwrap(), text.clone());
            prop_assert_eq!(again.try_take(n, ms(clock)), bucket.try_take(n, ms(clock)));

            let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
            json["tokens"] = burst.into();
            let is_full = json["part"] == 0;
            prop_assert_eq!(serde_json::from_value::<Bucket>(json.clone()).is_ok(), is_full);
            json["tokens"] = (burst + 1).into();
            prop_assert!(serde_json::from_value::<Bucket>(json).is_err());
        }
    }

    #[test]
    fn no_window_gets_more_than_burst_and_rate(
        rate in rate(),
        burst in 0..50_u64,
        calls in prop::collection::vec((0..300_u64, 1..30_u64), 1..60),
    ) {
        let mut bucket = Bucket::new(rate, burst);
        let mut clock = 0;
        let mut granted = Vec::new();
        for (ahead, n) in calls {
            clock += ahead;
            if bucket.try_take(n, ms(clock)).is_ok() {
                granted.push((clock, n));
            }
        }
        let period = u64::try_from(rate.period().as_millis()).unwrap();
        for (first, &(from, _)) in granted.iter().enumerate() {
            let mut sum = 0;
            for &(until, n) in &granted[first..] {
                sum += n;
                // sum ≤ burst + rate × t, without a division.
                prop_assert!(sum * period <= burst * period + rate.tokens() * (until - from));
            }
        }
    }

    #[test]
    fn paced_calls_pass_a_small_bucket(rate in rate(), count in 0..400_u64, start in 0..9_999_u64) {
        let period = u64::try_from(rate.period().as_millis()).unwrap();
        let mut bucket = Bucket::new(rate, rate.tokens().div_ceil(period) + 1);
        let mut calls = 0;
        let mut earlier = Duration::ZERO;
        for offset in paced(count, rate) {
            prop_assert!(offset >= earlier && offset <= plan(count, rate));
            prop_assert_eq!(bucket.try_take(1, ms(start).saturating_add(offset)), Ok(()));
            calls += 1;
            earlier = offset;
        }
        prop_assert_eq!(calls, count);
    }

    #[test]
    fn extreme_figures_do_not_overflow(
        tokens in any::<u64>(),
        burst in any::<u64>(),
        calls in prop::collection::vec((any::<u64>(), any::<u64>()), 1..20),
    ) {
        for rate in [Rate::per_second(tokens), Rate::per_minute(tokens)] {
            let mut bucket = Bucket::new(rate, burst);
            for (n, now) in &calls {
                let before = bucket.available(ms(*now));
                let result = bucket.try_take(*n, ms(*now));
                prop_assert_eq!(result.is_ok(), *n <= before);
                match result {
                    Err(RetryAfter::After(wait)) => {
                        let then = ms(*now).saturating_add(wait);
                        prop_assert_eq!(bucket.check(*n, then), Ok(()));
                    }
                    Err(never) => prop_assert_eq!(bucket.check(*n, ms(u64::MAX)), Err(never)),
                    Ok(()) => {}
                }
                prop_assert!(bucket.available(ms(*now)) <= burst);
            }
            let _ = plan(burst, rate);
        }
    }

    #[test]
    fn account_pays_all_or_nothing_and_retry_works(
        loads in prop::collection::vec((0..400_u64, 0..600_u64, 0..4_u64, 0..9_u64, 0..500_u64), 1..30),
    ) {
        let mut account = AccountMeter::new(&Quotas::deck_2018());
        let mut clock = 0;
        for (connects, publishes, receivers, filters, ahead) in loads {
            clock += ahead;
            let usage = Usage::connect()
                .times(connects)
                .plus(Usage::publish(receivers).times(publishes))
                .plus(Usage::subscribe(filters));
            let before = account.clone();
            let Err(throttled) = account.try_take(usage, ms(clock)) else {
                continue;
            };
            prop_assert_eq!(&account, &before);
            match throttled.retry.duration() {
                None => prop_assert!(connects > 300),
                Some(wait) => {
                    let later = ms(clock).saturating_add(wait);
                    prop_assert_eq!(account.clone().try_take(usage, later), Ok(()));
                    let sooner = ms(later.as_millis() - 1);
                    prop_assert!(account.clone().try_take(usage, sooner).is_err());
                }
            }
        }
    }

    #[test]
    fn slot_is_stable_and_within_the_window(id in ".{0,40}", millis in 0..u64::MAX) {
        let window = Duration::from_millis(millis);
        let slot = spread_slot(&id, window);
        prop_assert!(slot < window || millis == 0);
        prop_assert_eq!(slot, spread_slot(&id, window));
        // The place within the window is the same in every window: half the window, half the slot.
        let half = spread_slot(&id, Duration::from_millis(millis / 2));
        let twice = half.as_millis() * 2;
        prop_assert!(slot.as_millis() >= twice && slot.as_millis() <= twice + 2);
    }
}

#[test]
fn a_text_is_no_bucket_that_could_not_be() {
    let bucket = Bucket::new(Rate::per_minute(7), u64::MAX);
    let text = serde_json::to_string(&bucket).unwrap();
    assert_eq!(serde_json::from_str::<Bucket>(&text).unwrap(), bucket);
    for (from, to) in [
        ("\"period\":60000", "\"period\":59999"),
        ("\"period\":60000", "\"period\":0"),
        ("\"part\":0", "\"part\":1"),
        (
            "\"tokens\":18446744073709551615,\"part\":0",
            "\"tokens\":1,\"part\":60000",
        ),
        ("\"latest\":0", "\"last\":0"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(
            serde_json::from_str::<Bucket>(&changed).is_err(),
            "{changed}"
        );
    }
}

#[test]
fn asking_for_more_than_the_burst_never_helps() {
    let mut bucket = Bucket::new(Rate::per_second(10), 5);
    let never = bucket.try_take(6, ms(0)).unwrap_err();
    assert_eq!(never, RetryAfter::OverBurst { burst: 5 });
    assert_eq!(never.duration(), None);
    assert_eq!(never.to_string(), "more than the burst of 5");
    assert_eq!(bucket.try_take(5, ms(0)), Ok(()), "nothing was taken");

    let mut dry = Bucket::new(Rate::per_second(0), 1);
    assert_eq!(dry.try_take(1, ms(0)), Ok(()));
    assert_eq!(dry.try_take(1, ms(u64::MAX)), Err(RetryAfter::NoRefill));
    assert_eq!(dry.try_take(0, ms(0)), Ok(()));
}

#[test]
fn a_wait_ends_in_time_or_is_none() {
    let mut bucket = Bucket::new(Rate::per_minute(1), u64::MAX);
    assert_eq!(bucket.try_take(u64::MAX, ms(0)), Ok(()));
    assert_eq!(bucket.try_take(u64::MAX, ms(0)), Err(RetryAfter::NotInTime));
    assert_eq!(RetryAfter::NotInTime.duration(), None);

    // To the last millisecond: 60,000 of them a token.
    let most = u64::MAX / 60_000;
    let start = u64::MAX % 60_000;
    let mut bucket = Bucket::new(Rate::per_minute(1), most);
    assert_eq!(bucket.try_take(most, ms(start)), Ok(()));
    assert_eq!(bucket.check(most, ms(start)), Err(after(most * 60_000)));
    assert_eq!(bucket.check(most, ms(u64::MAX)), Ok(()));
    let mut bucket = Bucket::new(Rate::per_minute(1), most);
    assert_eq!(bucket.try_take(most, ms(start + 1)), Ok(()));
    assert_eq!(
        bucket.check(most, ms(start + 1)),
        Err(RetryAfter::NotInTime)
    );
}

#[test]
fn time_does_not_run_backwards() {
    let mut bucket = Bucket::new(Rate::per_second(1), 1);
    assert_eq!(bucket.try_take(1, ms(10_000)), Ok(()));
    assert_eq!(bucket.try_take(1, ms(2_000)), Err(after(9_000)));
    assert_eq!(bucket.try_take(1, ms(10_999)), Err(after(1)));
    assert_eq!(bucket.try_take(1, ms(11_000)), Ok(()));
}

#[test]
fn presets_have_the_published_figures() {
    // Per second: 2018, 2020, large Region, small Region; 0 stands for none.
    let figures = [
        (Operation::Connect, [300, 500, 3_000, 100]),
        (Operation::ConnectPerClient, [0, 0, 1, 1]),
        (Operation::InboundPublish, [3_000, 20_000, 20_000, 2_000]),
        (Operation::OutboundPublish, [6_000, 20_000, 20_000, 2_000]),
        (Operation::Subscribe, [500, 500, 3_000, 200]),
        (Operation::ConnectionPublish, [0, 100, 100, 100]),
        (Operation::ConnectionByte, [0, 524_288, 524_288, 524_288]),
        (Operation::ShadowRequest, [0, 0, 4_000, 400]),
        (Operation::ShadowRequestPerShadow, [0, 0, 20, 20]),
        (Operation::RetainedPublish, [0, 0, 500, 50]),
        (Operation::RetainedPublishPerTopic, [0, 0, 1, 1]),
        (Operation::RegisterThing, [0, 0, 10, 10]),
        (Operation::RegisterThingMqtt, [0, 0, 10, 10]),
        (Operation::CreateKeysAndCertificateMqtt, [0, 0, 10, 10]),
        (Operation::CreateCertificateFromCsrMqtt, [0, 0, 20, 20]),
        (Operation::RegisterCertificate, [0, 0, 15, 15]),
        (Operation::UpdateThing, [0, 0, 100, 50]),
        (Operation::SearchIndex, [0, 0, 15, 15]),
        (Operation::AssumeRoleWithCertificate, [0, 0, 100, 50]),
    ];
    let presets = [
        (Preset::Deck2018, Quotas::deck_2018()),
        (Preset::Y2020, Quotas::y2020()),
        (Preset::LargeRegion, Quotas::large_region()),
        (Preset::SmallRegion, Quotas::small_region()),
    ];
    assert_eq!(figures.map(|(operation, _)| operation), Operation::ALL);
    for (column, (preset, quotas)) in presets.iter().enumerate() {
        assert_eq!(quotas, &Quotas::preset(*preset));
        for (operation, row) in figures {
            let expected = Some(row[column]).filter(|figure| *figure > 0);
            let rate = quotas.rate(operation);
            assert_eq!(rate.map(Rate::tokens), expected, "{preset:?} {operation:?}");
            assert!(rate.is_none_or(|rate| rate.period() == Duration::from_secs(1)));
        }
        let held = |limit| quotas.limit(limit).unwrap_or(0);
        let connections = [0, 500_000, 500_000, 100_000][column];
        assert_eq!(held(AccountLimit::Connections), connections);
        assert_eq!(held(AccountLimit::Subscriptions), connections);
        let retained = [0, 0, 500_000, 100_000][column];
        assert_eq!(held(AccountLimit::RetainedMessages), retained);
        assert_eq!(held(AccountLimit::SharedGroups), [0, 0, 100, 100][column]);
        let in_group = held(AccountLimit::SubscriptionsPerSharedGroup);
        assert_eq!(in_group, [0, 0, 100, 100][column]);
    }
}

#[test]
fn raised_quotas_count() {
    let mut quotas = Quotas::deck_2018();
    let load = Usage::connect().times(301);
    assert_eq!(quotas.exceeded_by(load).len(), 1);
    quotas.set_rate(Operation::Connect, Rate::per_minute(301 * 60));
    assert_eq!(quotas.exceeded_by(load), []);
    quotas.set_limit(AccountLimit::Connections, 7);
    assert_eq!(quotas.limit(AccountLimit::Connections), Some(7));
    // An account meter has the rates of the account, and no others.
    let mut account = AccountMeter::new(&Quotas::large_region());
    for operation in Operation::ALL.iter().copied() {
        let metered = account.bucket_mut(operation).is_some();
        assert_eq!(
            metered,
            operation.scope() == Scope::Account,
            "{operation:?}"
        );
    }
}

#[test]
fn retained_publishes_have_rates_of_their_own() {
    let mut account = AccountMeter::new(&Quotas::large_region());
    assert_eq!(
        account.try_take(Usage::publish_retained(0).times(500), ms(0)),
        Ok(())
    );
    let throttled = account
        .try_take(Usage::publish_retained(0), ms(0))
        .unwrap_err();
    assert_eq!(throttled.operation, Operation::RetainedPublish);
    assert_eq!(account.try_take(Usage::publish(0), ms(0)), Ok(()));
}

#[test]
fn connection_limits_agree_with_the_table() {
    let limits = ConnectionLimits::AWS_IOT;
    let quotas = Quotas::large_region();
    let rate = |operation| quotas.rate(operation).unwrap().tokens();
    assert_eq!(
        limits.publishes_per_second,
        rate(Operation::ConnectionPublish)
    );
    assert_eq!(limits.bytes_per_second, rate(Operation::ConnectionByte));
    assert_eq!(
        (limits.client_id_bytes, limits.payload_bytes),
        (128, 131_072)
    );
    assert!(iot_topics::ClientId::parse(&"c".repeat(128)).is_ok());
    assert!(iot_topics::ClientId::parse(&"c".repeat(129)).is_err());
}

#[test]
fn subscriptions_of_a_connection_are_limited() {
    let limits = ConnectionLimits::AWS_IOT;
    let too_many = SubscribeRefusal::TooManyFilters { max: 8, got: 9 };
    for (held, filters, granted) in [
        (0, 8, Ok(8)),
        (42, 8, Ok(8)),
        (43, 8, Ok(7)),
        (50, 1, Ok(0)),
        (99, 1, Ok(0)),
        (0, 9, Err(too_many)),
        (0, 0, Ok(0)),
    ] {
        assert_eq!(limits.subscribe(held, filters), granted, "{held} {filters}");
    }
}

#[test]
fn publishes_beyond_a_hundred_a_second_are_dropped() {
    let mut connection = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
    for index in 0..100 {
        let direction = if index % 2 == 0 { Inbound } else { Outbound };
        let verdict = connection.publish(packet(direction, false, 1), ms(0));
        assert_eq!((verdict, verdict.excess()), (Verdict::Passed, None));
    }
    let verdict = connection.publish(packet(Inbound, true, 1), ms(0));
    assert_eq!(verdict, Verdict::Dropped);
    assert_eq!(
        verdict.excess(),
        Some(Operation::ConnectionPublish.excess())
    );
    assert_eq!(
        connection.in_flight(Inbound),
        0,
        "a dropped publish gets no PUBACK"
    );
    let verdict = connection.publish(packet(Inbound, true, 1), ms(10));
    assert_eq!(verdict, Verdict::Passed);
}

#[test]
fn data_beyond_half_a_megabyte_a_second_is_delayed() {
    let mut connection = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
    let big = packet(Inbound, false, 128 * 1_024);
    for _ in 0..4 {
        assert_eq!(connection.publish(big, ms(0)), Verdict::Passed);
    }
    let verdict = connection.publish(big, ms(0));
    assert_eq!(verdict, Verdict::Delayed(Duration::from_millis(250)));
    assert_eq!(verdict.excess(), Some(Operation::ConnectionByte.excess()));
    assert_eq!(connection.publish(big, ms(250)), Verdict::Passed);
    // Never possible, so no delay helps.
    let huge = packet(Inbound, false, 600_000);
    assert_eq!(connection.publish(huge, ms(9_000)), Verdict::Refused);
}

#[test]
fn a_hundred_unacknowledged_publishes_are_the_most() {
    let mut connection = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
    let mut clock = 0;
    for direction in [Inbound, Outbound] {
        for _ in 0..100 {
            clock += 10;
            let verdict = connection.publish(packet(direction, true, 1), ms(clock));
            assert_eq!(verdict, Verdict::Passed);
        }
        assert_eq!(connection.in_flight(direction), 100);
    }
    clock += 1_000;
    let inbound = connection.publish(packet(Inbound, true, 1), ms(clock));
    assert_eq!(inbound.excess(), Some(Excess::Refused));
    let outbound = connection.publish(packet(Outbound, true, 1), ms(clock));
    assert_eq!(outbound, Verdict::AwaitsAck);
    assert_eq!(outbound.excess(), Some(Excess::Delayed));
    // QoS 0 waits for nothing.
    let qos_0 = connection.publish(packet(Outbound, false, 1), ms(clock));
    assert_eq!(qos_0, Verdict::Passed);
    assert!(connection.acknowledge(Outbound));
    let outbound = connection.publish(packet(Outbound, true, 1), ms(clock));
    assert_eq!(outbound, Verdict::Passed);
    let mut fresh = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
    assert!(!fresh.acknowledge(Inbound));
}

#[test]
fn a_delivery_that_waits_for_an_acknowledgement_costs_no_bytes() {
    let mut connection = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
    for clock in 1..=100 {
        let verdict = connection.publish(packet(Outbound, true, 1), ms(clock * 10));
        assert_eq!(verdict, Verdict::Passed);
    }
    let big = 128 * 1_024;
    for _ in 0..10 {
        let verdict = connection.publish(packet(Outbound, true, big), ms(9_000));
        assert_eq!(verdict, Verdict::AwaitsAck);
    }
    // The bytes of a whole second are left.
    for _ in 0..4 {
        let verdict = connection.publish(packet(Inbound, false, big), ms(9_000));
        assert_eq!(verdict, Verdict::Passed);
    }
    let verdict = connection.publish(packet(Inbound, false, big), ms(9_000));
    assert_eq!(verdict, Verdict::Delayed(Duration::from_millis(250)));
}

#[test]
fn a_refused_publish_has_cost_its_bytes() {
    let mut connection = ConnectionMeter::new(ConnectionLimits::AWS_IOT);
    for clock in 1..=100 {
        connection.publish(packet(Inbound, true, 1), ms(clock * 10));
    }
    let big = packet(Inbound, true, 128 * 1_024);
    for _ in 0..4 {
        assert_eq!(connection.publish(big, ms(9_000)), Verdict::Refused);
    }
    let verdict = connection.publish(big, ms(9_000));
    assert_eq!(verdict, Verdict::Delayed(Duration::from_millis(250)));
}

#[test]
fn slots_are_pinned() {
    // A device must keep its slot when the crate is updated: these never change.
    let hour = Duration::from_secs(3_600);
    let slots = ["", "ratchet", "sensor-0001", "sensor-0002", "センサー"]
        .map(|id| spread_slot(id, hour).as_millis());
    assert_eq!(slots, PINNED_SLOTS);
    // The widest window shows every bit.
    let widest = spread_slot("ratchet", Duration::MAX).as_millis();
    assert_eq!(widest, PINNED_WIDEST);
}

#[test]
fn slots_are_uniform() {
    // Chi-square over 100 bins of 10,000 ids: 99 degrees of freedom, mean 99, deviation 14.1.
    // The bound is beyond five deviations; a generator that clusters exceeds it by far, one that
    // is too even (a counter) falls under the lower one.
    for pattern in [
        "sensor-{}",
        "{}",
        "device/{}/gateway",
        "AAAAAAAAAAAAAAAA{}Z",
    ] {
        let mut bins = [0_u32; 100];
        for index in 0..10_000 {
            let id = pattern.replace("{}", &index.to_string());
            let slot = spread_slot(&id, Duration::from_millis(100_000));
            let bin = usize::try_from(slot.as_millis() / 1_000).unwrap();
            bins[bin] += 1;
        }
        let chi_square: f64 = bins
            .iter()
            .map(|count| (f64::from(*count) - 100.0).powi(2) / 100.0)
            .sum();
        assert!(
            (50.0..170.0).contains(&chi_square),
            "{pattern}: {chi_square}"
        );
    }
}

#[test]
fn spread_reconnects_stay_under_quota() {
    // A fleet of 30,000 lost its network. At once, all but 300 are refused; spread over two
    // minutes by their ids, none is.
    let fleet: Vec<String> = (0..30_000).map(|index| format!("thing-{index}")).collect();
    let quotas = Quotas::deck_2018();
    let mut at_once = AccountMeter::new(&quotas);
    let accepted = fleet
        .iter()
        .filter(|_| at_once.try_take(Usage::connect(), ms(0)).is_ok())
        .count();
    assert_eq!(accepted, 300);

    let window = Duration::from_secs(120);
    let mut slots: Vec<Duration> = fleet.iter().map(|id| spread_slot(id, window)).collect();
    slots.sort();
    let mut spread = AccountMeter::new(&quotas);
    for slot in slots {
        assert_eq!(
            spread.try_take(Usage::connect(), ms(0).saturating_add(slot)),
            Ok(())
        );
    }
}

/// Worked out by another program.
const PINNED_SLOTS: [u128; 5] = [3_447_624, 598_157, 2_410_754, 735_414, 79_664];
const PINNED_WIDEST: u128 = 3_065_017_954_568_834_697;

fn ms(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn after(millis: u64) -> RetryAfter {
    RetryAfter::After(Duration::from_millis(millis))
}

fn packet(direction: Direction, qos_1: bool, bytes: u64) -> Publish {
    Publish {
        direction,
        qos_1,
        bytes,
    }
}
