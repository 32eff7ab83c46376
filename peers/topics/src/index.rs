//! T3 and T4: many filters, one look-up.

use std::hint::black_box;
use std::str::FromStr;

use iot_topics::{FilterMap, MatchMode, TopicFilterRef, TopicNameRef};
use mqtt_topic_engine::{CacheStrategy, QoS, TopicPath, TopicPatternPath, TopicRouter};
use rmqtt::topic::Topic;
use rmqtt::trie::TopicTree;

/// An index of filters, each with a number; it is asked for the numbers alone.
///
/// Parsing a filter is part of inserting it, as it is for a broker. Names are parsed beforehand or
/// not: both are measured.
pub trait Index {
    const NAME: &'static str;
    /// A parsed name.
    type Name<'n>;

    fn new() -> Self;
    fn parse(name: &str) -> Self::Name<'_>;
    fn insert(&mut self, filter: &str, value: u32);
    fn each(&self, name: &Self::Name<'_>, take: impl FnMut(u32));

    fn build(filters: &[String]) -> Self
    where
        Self: Sized,
    {
        let mut index = Self::new();
        for (value, filter) in (0..).zip(filters) {
            index.insert(filter, value);
        }
        index
    }

    /// How many filters match, and the sum of their numbers.
    fn look_up(&self, name: &Self::Name<'_>) -> (u32, u64) {
        let (mut count, mut sum) = (0, 0);
        self.each(black_box(name), |value| {
            count += 1;
            sum += u64::from(value);
        });
        (count, sum)
    }

    fn sorted(&self, name: &str) -> Vec<u32> {
        let mut values = Vec::new();
        self.each(&Self::parse(name), |value| values.push(value));
        values.sort_unstable();
        values
    }
}

/// `iot_topics::FilterMap`; the other indexes know the rules of MQTT only, so it follows them.
pub struct Ours(pub FilterMap<u32>);

impl Index for Ours {
    const NAME: &'static str = "iot-topics";

    type Name<'n> = TopicNameRef<'n>;

    fn new() -> Self {
        Self(FilterMap::with_mode(MatchMode::Mqtt))
    }

    fn parse(name: &str) -> TopicNameRef<'_> {
        TopicNameRef::parse(name).expect("legal name")
    }

    fn insert(&mut self, filter: &str, value: u32) {
        let filter = TopicFilterRef::parse(filter).expect("legal filter");
        self.0.insert(filter, value);
    }

    #[inline]
    fn each(&self, name: &Self::Name<'_>, mut take: impl FnMut(u32)) {
        for entry in self.0.matches(*name) {
            take(*entry.value());
        }
    }
}

/// `mqtt_topic_engine::TopicRouter`, without caches of matches.
pub struct Engine(TopicRouter<u32>);

impl Index for Engine {
    const NAME: &'static str = "mqtt-topic-engine";

    type Name<'n> = TopicPath;

    fn new() -> Self {
        Self(TopicRouter::new())
    }

    fn parse(name: &str) -> TopicPath {
        TopicPath::new(name).expect("legal name")
    }

    fn insert(&mut self, filter: &str, value: u32) {
        let pattern = TopicPatternPath::new_from_string(filter, CacheStrategy::NoCache);
        self.0
            .add_subscription(pattern.expect("legal filter"), QoS::AtMostOnce, value);
    }

    fn each(&self, name: &Self::Name<'_>, mut take: impl FnMut(u32)) {
        for (_, _, value) in self.0.get_subscribers(name) {
            take(*value);
        }
    }
}

/// `rmqtt::trie::TopicTree`.
pub struct Rmqtt(TopicTree<u32>);

impl Index for Rmqtt {
    const NAME: &'static str = "rmqtt";

    type Name<'n> = Topic;

    fn new() -> Self {
        Self(TopicTree::default())
    }

    fn parse(name: &str) -> Topic {
        Topic::from_str(name).expect("legal name")
    }

    fn insert(&mut self, filter: &str, value: u32) {
        let filter = Topic::from_str(filter).expect("legal filter");
        self.0.insert(&filter, value);
    }

    fn each(&self, name: &Self::Name<'_>, mut take: impl FnMut(u32)) {
        for (_, values) in self.0.matches(name).iter() {
            values.into_iter().copied().for_each(&mut take);
        }
    }
}

/// Panics unless two indexes give the same values for each name.
pub fn assert_same(left: &impl Index, right: &impl Index, names: &[String]) {
    for name in names {
        assert_eq!(left.sorted(name), right.sorted(name), "{name}");
    }
}
