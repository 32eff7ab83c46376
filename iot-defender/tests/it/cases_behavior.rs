//! Cases about what behaviors, targets and dimensions say.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use alloc::collections::BTreeMap;

use iot_defender::detect::{
    Behavior, CustomMetric, CustomMetricType, Datapoint, Definitions, Dimension, DimensionOperator,
    Number, Sketch, Statistic, Target, TargetArn, nearest_rank, read_behaviors,
};
use iot_topics::TopicNameRef;
use serde_json::{Value, json};

use crate::cases::Answers;
use crate::cases_words::{answer, word};

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().unwrap().iter().map(text)
}

/// Numbers are compared by what they are, not by how they are written.
pub(crate) fn plain(number: &Value) -> Value {
    let number = number.as_f64().and_then(Number::new);
    serde_json::to_value(number).unwrap()
}

fn define(definitions: &mut Definitions, name: &str, kind: CustomMetricType) {
    let metric = CustomMetric::new(name.parse().unwrap(), kind);
    definitions.create_custom_metric(metric).unwrap();
}

/// Of the custom metrics that behaviors name, what their criteria say.
pub(crate) fn implied<'v>(behaviors: impl IntoIterator<Item = &'v Value>) -> Definitions {
    let mut kinds = BTreeMap::new();
    for behavior in behaviors {
        let metric = text(&behavior["metric"]);
        let value = &behavior["criteria"]["value"];
        let has = |member: &str| value.get(member).is_some();
        let kind = match () {
            () if metric.starts_with("aws:") => continue,
            () if has("strings") => CustomMetricType::StringList,
            () if has("numbers") => CustomMetricType::NumberList,
            () if has("cidrs") => CustomMetricType::IpAddressList,
            () => CustomMetricType::Number,
        };
        kinds.insert(metric, kind);
    }
    let mut definitions = Definitions::default();
    for (name, kind) in kinds {
        define(&mut definitions, name, kind);
    }
    definitions
}

pub(crate) fn behavior_validation(case: &Value) -> Answers {
    let input = &case["input"];
    let mut definitions = Definitions::default();
    for (name, kind) in input["customMetrics"].as_object().into_iter().flatten() {
        define(&mut definitions, name, word(kind));
    }
    for name in input["dimensions"].as_array().into_iter().flatten() {
        let name = text(name).parse().unwrap();
        let dimension = Dimension::new(name, ["any/#".to_string()]).unwrap();
        definitions.create_dimension(dimension).unwrap();
    }
    let read = read_behaviors(&input["behaviors"], &definitions);
    let mut actual = json!({ "valid": read.is_ok() });
    // Of a text it is said only what stands in it somewhere.
    if let Some(part) = case["expect"]["errorContains"].as_str() {
        let said = read.err().map(|error| error.to_string());
        let said = said.unwrap_or_default();
        let shown = if said.contains(part) { part } else { &said };
        actual["errorContains"] = json!(shown);
    }
    answer(case, actual)
}

pub(crate) fn criteria(case: &Value) -> Answers {
    let input = &case["input"];
    let behavior = json!({
        "name": "case",
        "metric": input["metric"],
        "criteria": input["criteria"],
    });
    let definitions = implied([&behavior]);
    let behavior = Behavior::from_json(&behavior, &definitions).unwrap();
    let kind = definitions.value_type(behavior.metric()).unwrap();
    let value = Datapoint::from_json(kind, &input["value"]).unwrap();
    let holds = behavior.criteria().condition.holds(&value).unwrap();
    answer(case, json!({ "conforms": holds }))
}

pub(crate) fn percentile(case: &Value) -> Answers {
    let input = &case["input"];
    let number = |value: &Value| Number::new(value.as_f64().unwrap()).unwrap();
    let mut values: Vec<_> = input["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(number)
        .collect();
    let statistic: Statistic = word(&input["statistic"]);
    let mut sketch = Sketch::new();
    for value in &values {
        sketch.insert(*value);
    }
    // With a negative value there are no percentiles.
    let threshold = (sketch.negatives() == 0)
        .then(|| nearest_rank(&mut values, statistic))
        .flatten();
    assert!(sketch.quantile(statistic) == threshold || !sketch.is_exact());
    let mut case = case.clone();
    case["expect"]["threshold"] = plain(&case["expect"]["threshold"]);
    answer(&case, json!({ "threshold": threshold }))
}

pub(crate) fn target(case: &Value) -> Answers {
    let arn: Result<TargetArn, _> = text(&case["input"]["arn"]).parse();
    let target = arn.as_ref().ok().map(|arn| arn.target().to_string());
    answer(case, json!({ "valid": arn.is_ok(), "target": target }))
}

pub(crate) fn dimension(case: &Value) -> Answers {
    let input = &case["input"];
    let values = texts(&input["stringValues"]).map(str::to_owned);
    let dimension = Dimension::new("case".parse().unwrap(), values).unwrap();
    let operator = match &input["operator"] {
        Value::Null => DimensionOperator::In,
        operator => word(operator),
    };
    let bound = dimension.bind(text(&input["clientId"]));
    let counts = |topic: &&str| bound.counts(TopicNameRef::parse(topic).unwrap(), operator);
    let count = texts(&input["publishedTopics"]).filter(counts).count();
    answer(case, json!({ "count": count }))
}

pub(crate) fn membership(case: &Value) -> Answers {
    let input = &case["input"];
    let is_registered = input["registered"] == true;
    let groups: Vec<&str> = texts(&input["groups"]).collect();
    let target = |name: &str| match name {
        "all" => Target::All,
        "registered" => Target::Registered,
        "unregistered" => Target::Unregistered,
        group => Target::Group(group.strip_prefix("group:").unwrap().parse().unwrap()),
    };
    let matches = |name: &&str| target(name).matches(is_registered, groups.iter().copied());
    let matched: Vec<&str> = texts(&input["targets"]).filter(matches).collect();
    answer(case, json!({ "matched": matched }))
}
