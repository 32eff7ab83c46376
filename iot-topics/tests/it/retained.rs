//! Retained messages: examples, and the store against a naive list.
#![expect(
    clippy::unwrap_used,
    reason = "functions that tests call: a failure is the test's"
)]

use core::time::Duration;

use iot_topics::retained::{
    Delivery, RetainOutcome, RetainRefusal, RetainedConfig, RetainedMode, RetainedStore,
};
use iot_topics::{Limits, MatchMode, Timestamp, TopicFilterRef, TopicNameRef};
use proptest::prelude::*;

const THREE_YEARS: u64 = 3 * 365 * 86_400;

#[test]
fn only_the_exact_filter_gets_the_message() {
    let mut store = RetainedStore::default();
    store.publish(name("plant/7/temp"), b"21", at(0));
    for (text, delivered) in [
        ("plant/7/temp", true),
        ("plant/+/temp", false),
        ("plant/#", false),
        ("#", false),
        ("$share/g/plant/7/temp", false),
        ("plant/7", false),
        ("plant/7/temp/", false),
        ("Plant/7/temp", false),
    ] {
        let got = store.on_subscribe(filter(text), at(1));
        assert_eq!(got.len(), usize::from(delivered), "{text}");
        assert!(got.iter().all(|delivery| delivery.retain));
    }
}

#[test]
fn mqtt_311_mode_delivers_for_wildcards() {
    let mut config = RetainedConfig::AWS_IOT;
    config.mode = RetainedMode::Mqtt311;
    let mut store = RetainedStore::new(config);
    for text in ["a", "a/b", "a/b/c", "a!", "ab", "b/a", "/a"] {
        store.publish(name(text), text.as_bytes().to_vec(), at(0));
    }
    for (text, expected) in [
        ("a", vec!["a"]),
        ("a/#", vec!["a", "a/b", "a/b/c"]),
        ("a/+", vec!["a/b"]),
        ("+/a", vec!["/a", "b/a"]),
        ("+", vec!["a", "a!", "ab"]),
        ("#", vec!["/a", "a", "a!", "a/b", "a/b/c", "ab", "b/a"]),
        ("/#", vec!["/a"]),
        ("a/b/#", vec!["a/b", "a/b/c"]),
        ("c/#", vec![]),
        ("$share/g/a/#", vec![]),
        ("$share/g/a", vec![]),
    ] {
        let got: Vec<&str> = store
            .on_subscribe(filter(text), at(1))
            .iter()
            .map(|delivery| delivery.name.as_str())
            .collect();
        assert_eq!(got, expected, "{text}");
    }
}

#[test]
fn flag_is_set_at_subscribe_time_alone() {
    let mut store = RetainedStore::default();
    let payload = b"on".to_vec();
    let live = Delivery::live(name("a"), &payload);
    assert!(!live.retain);
    store.publish(name("a"), payload.clone(), at(0));
    let later = store.on_subscribe(filter("a"), at(1));
    assert_eq!(later.len(), 1);
    assert!(later[0].retain);
    assert_eq!((later[0].name, later[0].payload), (live.name, live.payload));
}

#[test]
fn empty_payload_deletes_and_is_delivered() {
    let mut store = RetainedStore::default();
    let first = store.publish(name("a"), "1", at(0));
    assert_eq!(first, RetainOutcome::Stored { replaced: false });
    let second = store.publish(name("a"), "2", at(1));
    assert_eq!(second, RetainOutcome::Stored { replaced: true });
    assert_eq!(store.get(name("a"), at(2)), Some(&"2"));
    let gone = store.publish(name("a"), "", at(3));
    assert_eq!(gone, RetainOutcome::Deleted { existed: true });
    assert!(first.is_delivered() && gone.is_delivered());
    assert_eq!(store.get(name("a"), at(4)), None);
    assert_eq!(
        store.publish(name("a"), "", at(5)),
        RetainOutcome::Deleted { existed: false }
    );
    assert!(store.is_empty(at(5)));
    assert_eq!(store.poll_timeout(), None);
}

#[test]
fn reserved_topics_are_refused() {
    let mut store = RetainedStore::default();
    for text in [
        "$aws/things/t/shadow/update",
        "$aws/rules/r/a",
        "$SYS/x",
        "$",
    ] {
        for payload in ["x", ""] {
            let outcome = store.publish(name(text), payload, at(0));
            let refused = RetainOutcome::Refused(RetainRefusal::ReservedTopic);
            assert_eq!(outcome, refused, "{text}");
            assert!(!outcome.is_delivered());
        }
    }
    // `$` elsewhere is an ordinary character.
    assert!(store.publish(name("a/$aws"), "x", at(0)).is_delivered());
    assert_eq!(store.len(at(0)), 1);
}

#[test]
fn full_store_throttles_all_but_deletes() {
    let mut config = RetainedConfig::AWS_IOT;
    assert_eq!(config.max_messages, 500_000);
    config.max_messages = 2;
    let mut store = RetainedStore::new(config);
    store.publish(name("a"), "1", at(0));
    store.publish(name("b"), "1", at(0));
    let full = RetainOutcome::Refused(RetainRefusal::StoreFull { max: 2 });
    assert_eq!(store.publish(name("c"), "1", at(1)), full);
    assert_eq!(
        store.publish(name("a"), "2", at(1)),
        full,
        "an update is throttled too"
    );
    assert_eq!(store.get(name("a"), at(1)), Some(&"1"));
    assert_eq!(
        store.publish(name("c"), "", at(1)),
        RetainOutcome::Deleted { existed: false }
    );
    assert_eq!(store.publish(name("c"), "1", at(1)), full);
    store.publish(name("b"), "", at(1));
    assert!(store.publish(name("a"), "2", at(1)).is_delivered());

    config.max_messages = 0;
    let mut none = RetainedStore::new(config);
    assert!(!none.publish(name("a"), "1", at(0)).is_delivered());
}

#[test]
fn expired_messages_make_room() {
    let mut config = RetainedConfig::AWS_IOT;
    config.max_messages = 1;
    let mut store = RetainedStore::new(config);
    store.publish(name("a"), "1", at(0));
    assert!(
        !store
            .publish(name("b"), "1", at(THREE_YEARS - 1))
            .is_delivered()
    );
    assert!(
        store
            .publish(name("b"), "1", at(THREE_YEARS))
            .is_delivered()
    );
}

#[test]
fn three_years_count_from_the_last_update_or_access() {
    let mut store = RetainedStore::default();
    for text in ["subscribed", "got", "updated", "listed", "lonely"] {
        store.publish(name(text), "1", at(0));
    }
    store.on_subscribe(filter("subscribed"), at(10));
    store.get(name("got"), at(10));
    store.publish(name("updated"), "2", at(10));
    assert_eq!(store.iter(at(10)).count(), 5);
    // A wildcard that delivers nothing accesses nothing.
    store.on_subscribe(filter("#"), at(10));
    assert_eq!(store.poll_timeout(), Some(at(THREE_YEARS)));
    assert_eq!(store.len(at(THREE_YEARS - 1)), 5);
    let left: Vec<&str> = store
        .iter(at(THREE_YEARS))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(left, ["got", "subscribed", "updated"]);
    assert_eq!(store.len(at(THREE_YEARS)), 3);
    assert_eq!(store.len(at(THREE_YEARS + 10)), 0);
}

#[test]
fn message_expiry_interval_ends_a_message() {
    let mut store = RetainedStore::default();
    let minute = Duration::from_secs(60);
    store.publish_with_expiry(name("a"), "1", minute, at(0));
    let got = store.on_subscribe(filter("a"), Timestamp::from_millis(20_001));
    assert_eq!(got[0].expires_in, Some(39), "39.999 s are left");
    assert_eq!(store.on_subscribe(filter("a"), at(59)).len(), 1);
    assert_eq!(store.on_subscribe(filter("a"), at(60)).len(), 0);

    // 0 counts as a second, everything over a week as a week.
    store.publish_with_expiry(name("a"), "1", Duration::ZERO, at(100));
    assert_eq!(store.poll_timeout(), Some(at(101)));
    store.publish_with_expiry(name("a"), "1", Duration::MAX, at(100));
    assert_eq!(store.poll_timeout(), Some(at(100 + 604_800)));
    // A later message without an interval has none.
    store.publish(name("a"), "1", at(100));
    assert_eq!(
        store.on_subscribe(filter("a"), at(700_000))[0].expires_in,
        None
    );
}

#[test]
fn time_does_not_run_backwards() {
    let mut store = RetainedStore::default();
    store.publish_with_expiry(name("a"), "1", Duration::from_secs(10), at(100));
    store.publish_with_expiry(name("b"), "1", Duration::from_secs(10), at(50));
    assert_eq!(store.poll_timeout(), Some(at(110)));
    assert_eq!(store.len(at(109)), 2);
    assert_eq!(store.len(at(110)), 0);
    assert_eq!(store.iter(at(0)).count(), 0);
}

/// The store as a list that is searched from end to end.
#[derive(Default)]
struct Naive {
    /// name, payload, last use, message expiry.
    messages: Vec<(String, String, u64, Option<u64>)>,
    latest: u64,
}

impl Naive {
    fn advance(&mut self, now: u64, idle: u64) -> u64 {
        self.latest = self.latest.max(now);
        let now = self.latest;
        self.messages
            .retain(|(_, _, used, end)| used + idle > now && end.is_none_or(|end| end > now));
        now
    }
}

#[derive(Clone, Debug)]
enum Op {
    Publish(usize, &'static str, Option<u64>),
    Subscribe(usize),
    Get(usize),
    List,
}

const NAMES: [&str; 7] = ["a", "a/b", "a/b/c", "b", "/", "a/", "$x"];
const FILTERS: [&str; 12] = [
    "a",
    "a/b",
    "a/",
    "/",
    "#",
    "a/#",
    "a/+",
    "+",
    "+/+",
    "+/b/#",
    "$share/g/a",
    "$share/g/#",
];

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (
            0..NAMES.len(),
            prop::sample::select(vec!["", "x", "y"]),
            prop::option::of(1..9_u64),
        )
            .prop_map(|(name, payload, expiry)| Op::Publish(name, payload, expiry)),
        2 => (0..FILTERS.len()).prop_map(Op::Subscribe),
        1 => (0..NAMES.len()).prop_map(Op::Get),
        1 => Just(Op::List),
    ]
}

proptest! {
    #[test]
    fn store_agrees_with_a_list(
        wildcards in any::<bool>(),
        max in 0..5_usize,
        idle in 1..12_u64,
        ops in prop::collection::vec((op(), 0..4_u64, 0..3_u64), 0..80),
    ) {
        let mut config = RetainedConfig::AWS_IOT;
        config.max_messages = max;
        config.idle_expiry = Duration::from_secs(idle);
        if wildcards {
            config.mode = RetainedMode::Mqtt311;
        }
        let mut store = RetainedStore::new(config);
        let mut naive = Naive::default();
        let mut clock = 0;
        for (op, ahead, behind) in ops {
            clock += ahead;
            let now = clock - behind.min(clock);
            let latest = naive.advance(now, idle);
            match op {
                Op::Publish(index, payload, expiry) => {
                    let text = NAMES[index];
                    let outcome = match expiry {
                        None => store.publish(name(text), payload, at(now)),
                        Some(secs) => {
                            let interval = Duration::from_secs(secs);
                            store.publish_with_expiry(name(text), payload, interval, at(now))
                        }
                    };
                    let before = naive.messages.len();
                    let expected = if text.starts_with('$') {
                        RetainOutcome::Refused(RetainRefusal::ReservedTopic)
                    } else if !payload.is_empty() && before >= max {
                        RetainOutcome::Refused(RetainRefusal::StoreFull { max })
                    } else {
                        naive.messages.retain(|(name, ..)| name != text);
                        let existed = naive.messages.len() < before;
                        if payload.is_empty() {
                            RetainOutcome::Deleted { existed }
                        } else {
                            let end = expiry.map(|secs| latest + secs);
                            naive.messages.push((text.into(), payload.into(), latest, end));
                            RetainOutcome::Stored { replaced: existed }
                        }
                    };
                    prop_assert_eq!(outcome, expected);
                }
                Op::Subscribe(index) => {
                    let text = FILTERS[index];
                    let mut expected = Vec::new();
                    for (topic, payload, used, end) in &mut naive.messages {
                        let mode = MatchMode::Mqtt;
                        let taken = if text.starts_with("$share/") {
                            false
                        } else if wildcards {
                            filter(text).matches_with(name(topic), mode)
                        } else {
                            text == topic.as_str()
                        };
                        if taken {
                            *used = latest;
                            let left = end.map(|end| end - latest);
                            expected.push((topic.clone(), payload.clone(), true, left));
                        }
                    }
                    expected.sort();
                    let got: Vec<_> = store
                        .on_subscribe(filter(text), at(now))
                        .iter()
                        .map(|one| {
                            let payload = String::from(*one.payload);
                            (one.name.to_string(), payload, one.retain, one.expires_in)
                        })
                        .collect();
                    prop_assert_eq!(got, expected);
                }
                Op::Get(index) => {
                    let text = NAMES[index];
                    let found = naive.messages.iter_mut().find(|(name, ..)| name == text);
                    let expected = found.map(|(_, payload, used, _)| {
                        *used = latest;
                        payload.clone()
                    });
                    let got = store.get(name(text), at(now)).map(|payload| String::from(*payload));
                    prop_assert_eq!(got, expected);
                }
                Op::List => {
                    let mut expected: Vec<_> =
                        naive.messages.iter().map(|(name, ..)| name.clone()).collect();
                    expected.sort();
                    let got: Vec<_> =
                        store.iter(at(now)).map(|(name, _)| name.to_string()).collect();
                    prop_assert_eq!(got, expected);
                    prop_assert_eq!(store.len(at(now)), naive.messages.len());
                    let next = naive
                        .messages
                        .iter()
                        .map(|(_, _, used, end)| end.unwrap_or(u64::MAX).min(used + idle))
                        .min();
                    prop_assert_eq!(store.poll_timeout(), next.map(at));
                }
            }
        }
    }
}

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn name(text: &str) -> TopicNameRef<'_> {
    TopicNameRef::parse_with(text, Limits::AWS_IOT).unwrap()
}

fn filter(text: &str) -> TopicFilterRef<'_> {
    TopicFilterRef::parse(text).unwrap()
}
