//! Laws of what Detect reads and compares.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests that build values of parts that are legal"
)]

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use iot_defender::detect::{
    Behavior, BehaviorDuration, Cidr, CidrSet, ComparisonOperator, ConfidenceLevel, CustomMetric,
    CustomMetricType, Definitions, Dimension, DimensionOperator, MetricValue, Number,
    ProfileUpdate, SecurityProfile, Statistic, TargetArn, ValueType, nearest_rank,
};
use iot_topics::TopicNameRef;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// One of each kind.
const METRICS: &[&str] = &[
    "aws:num-messages-sent",
    "aws:message-byte-size",
    "aws:source-ip-address",
    "aws:listening-tcp-ports",
    "aws:disconnect-duration",
    "string-list",
    "number-list",
    "ip-address-list",
    "number",
];

/// What requests are made of.
const WORDS: &[&str] = &[
    "behaviors",
    "name",
    "metric",
    "criteria",
    "value",
    "count",
    "cidrs",
    "SNS",
    "alertTargets",
    "metricDimension",
    "dimensionName",
    "additionalMetricsToRetainV2",
    "deleteBehaviors",
    "metricsExportConfig",
    "mqttTopic",
    "roleArn",
    "aws:num-disconnects",
    "stringValues",
];

/// Addresses that are near each other, so that networks have some of them.
fn address() -> impl Strategy<Value = IpAddr> {
    let v4 = vec(select(&[0_u8, 1, 10, 127, 128, 255][..]), 4);
    let v4 = v4.prop_map(|bytes| Ipv4Addr::from(<[u8; 4]>::try_from(bytes).unwrap()));
    let v6 = vec(select(&[0_u16, 1, 0x2001, 0xffff][..]), 8);
    let v6 = v6.prop_map(|parts| Ipv6Addr::from(<[u16; 8]>::try_from(parts).unwrap()));
    prop_oneof![
        v4.clone().prop_map(IpAddr::V4),
        v4.prop_map(|address| IpAddr::V6(address.to_ipv6_mapped())),
        v6.prop_map(IpAddr::V6),
    ]
}

fn network() -> impl Strategy<Value = String> {
    (address(), prop::option::of(0..=128_u8)).prop_map(|(address, prefix)| {
        let most = if address.is_ipv4() { 32 } else { 128 };
        match prefix {
            Some(prefix) => format!("{address}/{}", prefix.min(most)),
            None => address.to_string(),
        }
    })
}

/// Whether the first bits of both are the same, bit by bit.
fn naive_contains(network: &str, address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address.to_canonical() {
        IpAddr::V4(address) => format!("{:032b}", address.to_bits()),
        IpAddr::V6(address) => format!("{:0128b}", address.to_bits()),
    };
    let (base, prefix) = network.split_once('/').unwrap_or((network, "128"));
    let base: IpAddr = base.parse().unwrap();
    let is_mapped = base.is_ipv6() && base.to_canonical().is_ipv4();
    let prefix: usize = prefix.parse().unwrap();
    let prefix = if is_mapped {
        prefix.saturating_sub(96)
    } else {
        prefix
    };
    let (base, address) = (bits(base), bits(address));
    let prefix = prefix.min(base.len());
    base.len() == address.len() && base.get(..prefix) == address.get(..prefix)
}

fn definitions() -> Definitions {
    let mut definitions = Definitions::default();
    for kind in CustomMetricType::ALL {
        let metric = CustomMetric::new(kind.as_str().parse().unwrap(), *kind);
        definitions.create_custom_metric(metric).unwrap();
    }
    let dimension = Dimension::new("dimension".parse().unwrap(), ["a/#".to_string()]);
    definitions.create_dimension(dimension.unwrap()).unwrap();
    definitions
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u64>().prop_map(|count| json!({ "count": count })),
        any::<f64>().prop_map(|number| json!({ "number": number })),
        vec(network(), 0..4).prop_map(|cidrs| json!({ "cidrs": cidrs })),
        vec(0..70_000_u32, 0..4).prop_map(|ports| json!({ "ports": ports })),
        vec(any::<f64>(), 0..4).prop_map(|numbers| json!({ "numbers": numbers })),
        vec(".*", 0..4).prop_map(|strings| json!({ "strings": strings })),
        Just(json!({})),
    ]
}

/// Behaviors of which some are legal.
fn behavior() -> impl Strategy<Value = Value> {
    let operator = prop::option::weighted(0.8, select(ComparisonOperator::ALL));
    let fixed = prop::option::weighted(0.7, value());
    let statistic = prop::option::weighted(0.1, select(Statistic::ALL));
    let level = prop::option::weighted(0.1, select(ConfidenceLevel::ALL));
    let duration = prop::option::of(select(BehaviorDuration::ALL));
    let names = ("[a-z ]{1,3}", select(METRICS), any::<bool>());
    let criteria = (
        operator,
        fixed,
        statistic,
        level,
        duration,
        0..12_u8,
        0..12_u8,
    );
    (names, criteria).prop_map(|((name, metric, has_dimension), criteria)| {
        let (operator, fixed, statistic, level, duration, to_alarm, to_clear) = criteria;
        let mut json = json!({
            "name": name,
            "metric": metric,
            "metricDimension": has_dimension.then(|| json!({ "dimensionName": "dimension" })),
            "suppressAlerts": has_dimension,
        });
        json["criteria"] = json!({
            "comparisonOperator": operator,
            "value": fixed,
            "statisticalThreshold": statistic.map(|word| json!({ "statistic": word })),
            "mlDetectionConfig": level.map(|word| json!({ "confidenceLevel": word })),
            "durationSeconds": duration.map(BehaviorDuration::as_secs),
            "consecutiveDatapointsToAlarm": to_alarm,
            "consecutiveDatapointsToClear": to_clear,
        });
        json
    })
}

/// Any JSON, with the words of requests in it.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(WORDS).prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let members = vec((select(WORDS).prop_map(String::from), inner.clone()), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    // Few of the behaviors that are drawn are legal.
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_set_has_what_one_of_its_networks_has(
        networks in vec(network(), 0..6),
        address in address(),
    ) {
        let one: Vec<Cidr> = networks.iter().map(|text| text.parse().unwrap()).collect();
        for (network, text) in one.iter().zip(&networks) {
            prop_assert_eq!(network.contains(address), naive_contains(text, address), "{}", text);
            prop_assert_eq!(&network.to_string(), text);
        }
        let set: CidrSet = one.iter().copied().collect();
        let is_in_one = one.iter().any(|network| network.contains(address));
        prop_assert_eq!(set.contains(address), is_in_one);
    }

    #[test]
    fn a_behavior_is_read_as_it_is_written(json in behavior()) {
        let definitions = definitions();
        if let Ok(behavior) = Behavior::from_json(&json, &definitions) {
            let written = serde_json::to_value(&behavior).unwrap();
            prop_assert_eq!(Behavior::from_json(&written, &definitions), Ok(behavior.clone()));
            let (name, metric) = (behavior.name().clone(), behavior.metric().clone());
            let (dimension, criteria) = (behavior.dimension().cloned(), behavior.criteria().clone());
            let mut made =
                Behavior::new(name, metric, dimension, criteria, &definitions).unwrap();
            made.suppress_alerts = behavior.suppress_alerts;
            prop_assert_eq!(made, behavior);
        }
    }

    /// Whatever comes in, an answer goes out, and what is accepted can be written and read again.
    #[test]
    fn any_json_has_an_answer(json in any_json(), text in ".*") {
        let definitions = definitions();
        let _ = Dimension::from_json(&json);
        let _ = ProfileUpdate::from_json(&json, &definitions);
        if let Ok(value) = MetricValue::from_json(&json) {
            let written = serde_json::to_value(&value).unwrap();
            prop_assert_eq!(MetricValue::from_json(&written), Ok(value));
        }
        if let Ok(profile) = SecurityProfile::create("p".parse().unwrap(), &json, &definitions) {
            let written = serde_json::to_value(&profile).unwrap();
            let again = SecurityProfile::create("p".parse().unwrap(), &written, &definitions);
            prop_assert_eq!(again, Ok(profile));
        }
        for kind in ValueType::ALL {
            let _ = iot_defender::detect::Datapoint::from_json(*kind, &json);
        }
        if let Ok(arn) = text.parse::<TargetArn>() {
            prop_assert_eq!(arn.as_str(), &text);
        }
    }

    /// Half of the values at most are below the median, and half above.
    #[test]
    fn a_percentile_has_its_share_below(values in vec(-9..9_i8, 1..40), at in select(Statistic::ALL)) {
        let numbers: Vec<Number> =
            values.iter().map(|value| Number::new(f64::from(*value)).unwrap()).collect();
        let percentile = nearest_rank(&mut numbers.clone(), at).unwrap();
        let below = numbers.iter().filter(|number| **number < percentile).count() * 10_000;
        let up_to = numbers.iter().filter(|number| **number <= percentile).count() * 10_000;
        let share = at.ten_thousandths() as usize * numbers.len();
        prop_assert!(below <= share && share <= up_to);
    }

    /// A message is in a dimension or not in it, whatever the client is called.
    #[test]
    fn a_message_is_in_a_dimension_or_not(
        client in "[ab+#/$]{0,3}",
        topic in "[ab/$]{1,4}",
        values in vec(
            select(&["a/+", "#", "a/${iot:ClientId}", "${iot:ClientId}", "+/b/#", "a"][..]),
            1..3,
        ),
    ) {
        let values = values.into_iter().map(str::to_owned);
        let dimension = Dimension::new("d".parse().unwrap(), values).unwrap();
        let topic = TopicNameRef::parse(&topic).unwrap();
        let bound = dimension.bind(&client);
        let is_in = bound.counts(topic, DimensionOperator::In);
        prop_assert_ne!(is_in, bound.counts(topic, DimensionOperator::NotIn));
        let is_named = dimension.values().iter().any(|value| {
            value.replace("${iot:ClientId}", &client) == topic.as_str()
        });
        prop_assert!(is_in || !is_named);
    }
}
