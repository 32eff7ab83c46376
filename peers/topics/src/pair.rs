//! T1 and T2: one filter, one name.

use std::str::FromStr;
use std::sync::Arc;

use iot_topics::{CompiledFilter, MatchMode, TopicFilterRef, TopicNameRef};
use mqtt_topic_engine::{CacheStrategy, TopicPath, TopicPatternPath};

/// What is matched with what, and whether it is taken.
pub struct Case {
    pub id: &'static str,
    pub filter: &'static str,
    pub name: &'static str,
    pub taken: bool,
}

pub const CASES: [Case; 4] = [
    Case {
        id: "plus-hit",
        filter: "plant/+/line-7/temperature",
        name: "plant/building-12/line-7/temperature",
        taken: true,
    },
    Case {
        id: "hash-hit",
        filter: "plant/building-12/#",
        name: "plant/building-12/line-7/temperature",
        taken: true,
    },
    Case {
        id: "late-miss",
        filter: "plant/+/line-7/temperament",
        name: "plant/building-12/line-7/temperature",
        taken: false,
    },
    Case {
        id: "shadow-delta",
        filter: "$aws/things/+/shadow/name/+/update/delta",
        name: "$aws/things/sensor-0042/shadow/name/config/update/delta",
        taken: true,
    },
];

/// A way to match one filter with one name, prepared for a case.
pub trait Pair {
    const NAME: &'static str;

    fn new(case: &'static Case) -> Self;
    fn matches(&self) -> bool;

    /// Some peers give a wrong answer for some inputs, and are not measured on them.
    fn is_right_about(_: &Case) -> bool {
        true
    }
}

/// `iot_topics::CompiledFilter` and a parsed name.
pub struct Compiled(CompiledFilter, TopicNameRef<'static>);

impl Pair for Compiled {
    const NAME: &'static str = "iot-topics-compiled";

    fn new(case: &'static Case) -> Self {
        let filter = TopicFilterRef::parse(case.filter).expect("legal filter");
        let name = TopicNameRef::parse(case.name).expect("legal name");
        Self(CompiledFilter::new(filter), name)
    }

    #[inline]
    fn matches(&self) -> bool {
        self.0.matches_with(self.1, MatchMode::Mqtt)
    }
}

/// `iot_topics::TopicFilterRef` and a parsed name: checked texts, nothing prepared.
pub struct Uncompiled(TopicFilterRef<'static>, TopicNameRef<'static>);

impl Pair for Uncompiled {
    const NAME: &'static str = "iot-topics";

    fn new(case: &'static Case) -> Self {
        let filter = TopicFilterRef::parse(case.filter).expect("legal filter");
        Self(filter, TopicNameRef::parse(case.name).expect("legal name"))
    }

    #[inline]
    fn matches(&self) -> bool {
        self.0.matches_with(self.1, MatchMode::Mqtt)
    }
}

/// `mqtt::TopicFilterRef`, checked texts.
pub struct Protocol(&'static mqtt::TopicFilterRef, &'static mqtt::TopicNameRef);

impl Pair for Protocol {
    const NAME: &'static str = "mqtt-protocol";

    fn new(case: &'static Case) -> Self {
        let filter = mqtt::TopicFilterRef::new(case.filter).expect("legal filter");
        Self(
            filter,
            mqtt::TopicNameRef::new(case.name).expect("legal name"),
        )
    }

    #[inline]
    fn matches(&self) -> bool {
        self.0.get_matcher().is_match(self.1)
    }
}

/// `mqtt_topic_engine`, both parsed into levels, no cache.
pub struct Engine(TopicPatternPath, Arc<TopicPath>);

impl Pair for Engine {
    const NAME: &'static str = "mqtt-topic-engine";

    fn new(case: &'static Case) -> Self {
        let pattern = TopicPatternPath::new_from_string(case.filter, CacheStrategy::NoCache);
        let path = TopicPath::new(case.name).expect("legal name");
        Self(pattern.expect("legal filter"), Arc::new(path))
    }

    #[inline]
    fn matches(&self) -> bool {
        self.0.try_match(Arc::clone(&self.1)).is_ok()
    }
}

/// `rmqtt::topic::Topic`, both parsed into levels.
pub struct Rmqtt(rmqtt::topic::Topic, rmqtt::topic::Topic);

impl Pair for Rmqtt {
    const NAME: &'static str = "rmqtt";

    fn new(case: &'static Case) -> Self {
        let parse = |text| rmqtt::topic::Topic::from_str(text).expect("legal");
        Self(parse(case.filter), parse(case.name))
    }

    #[inline]
    fn matches(&self) -> bool {
        self.0.matches(&self.1)
    }
}

/// Functions of two texts.
macro_rules! text_pair {
    ($(#[$meta:meta])* $type:ident, $name:literal, $matches:path, $right:expr) => {
        $(#[$meta])*
        pub struct $type(&'static Case);

        impl Pair for $type {
            const NAME: &'static str = $name;

            fn new(case: &'static Case) -> Self {
                Self(case)
            }

            #[inline]
            fn matches(&self) -> bool {
                $matches(self.0.name, self.0.filter)
            }

            fn is_right_about(case: &Case) -> bool {
                let right: fn(&Case) -> bool = $right;
                right(case)
            }
        }
    };
}

text_pair!(
    /// `mqtt5_protocol`, which checks both texts at each call.
    Protocol5,
    "mqtt5-protocol",
    mqtt5_protocol::topic_matching::matches,
    |_| true
);
text_pair!(
    /// `rumqttc`, which takes no name with a leading `$`.
    Rumqttc,
    "rumqttc",
    rumqttc::matches,
    |case| !case.name.starts_with('$')
);
text_pair!(
    /// `mqttbytes`, which takes no name with a leading `$`.
    Mqttbytes,
    "mqttbytes",
    mqttbytes::matches,
    |case| !case.name.starts_with('$')
);
