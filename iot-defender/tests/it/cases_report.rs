//! Answers the cases of reports and of their topics.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use iot_defender::detect::{
    CustomMetricType, Datapoint, Datapoints, ReceivedReport, ReportGate, ReportTopic,
    receive_report,
};
use iot_topics::Timestamp;
use iot_topics::reserved::Exchange;
use serde_json::{Map, Value, json};

use crate::cases::Answers;
use crate::cases_words::{answer, word};

/// `payload` is the value of a JSON payload, `payloadText` its text, `payloadHex` the bytes of any.
/// Of what is rejected the case may ask for a part of the details only.
pub(crate) fn report(case: &Value) -> Answers {
    let input = &case["input"];
    let payload = ["payload", "payloadText", "payloadHex"].map(|name| input.get(name));
    let payload = match payload {
        [Some(value), None, None] => serde_json::to_vec(value).unwrap(),
        [None, Some(text), None] => text.as_str().unwrap().into(),
        [None, None, Some(hex)] => bytes(hex.as_str().unwrap()),
        _ => panic!("not one payload"),
    };
    let second = |key: &str| {
        input
            .get(key)
            .map(|at| Timestamp::from_secs(at.as_u64().unwrap()))
    };
    let mut gate =
        second("previousReportAt").map_or_else(ReportGate::default, |at| ReportGate::since(at, 0));
    let declared =
        |name: &str| -> Option<CustomMetricType> { input["customMetrics"].get(name).map(word) };
    let now = second("receivedAt").unwrap_or_default();
    let received = receive_report(&mut gate, word(&input["format"]), &payload, declared, now);

    let text = received.reply.to_json(input["thingName"].as_str().unwrap());
    let mut actual: Value = serde_json::from_str(&text).unwrap();
    if let ReceivedReport::Accepted { datapoints, .. } = received.outcome {
        actual["metrics"] = metrics(&datapoints);
    }
    let expected = &case["expect"];
    if let (Some(asked), Some(known)) = (
        expected.get("statusDetails").and_then(Value::as_object),
        actual
            .get_mut("statusDetails")
            .and_then(Value::as_object_mut),
    ) {
        known.retain(|key, _| asked.contains_key(key));
    }
    // What has the same value is written the same way.
    if let (Some(asked), Some(known)) = (expected.get("metrics"), actual.get_mut("metrics"))
        && equal(asked, known)
    {
        known.clone_from(asked);
    }
    answer(case, actual)
}

fn metrics(datapoints: &Datapoints) -> Value {
    let members = datapoints.values.iter().map(|(metric, value)| {
        let value = match value {
            Datapoint::Count(count) => json!(count),
            Datapoint::Number(number) => json!(number),
            Datapoint::Numbers(numbers) => json!(numbers),
            Datapoint::Strings(texts) => json!(texts),
            Datapoint::Ports(ports) => json!(ports),
            Datapoint::Addresses(addresses) => json!(addresses),
            Datapoint::Sizes(_) => panic!("a report has no sizes of messages"),
        };
        (metric.to_string(), value)
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// By value, as the format says; addresses in any order.
fn equal(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(a), Value::Number(b)) if a.as_u64() != b.as_u64() || !a.is_u64() => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
        }
        (Value::Array(a), Value::Array(b)) => {
            let is_address = |it: &Value| {
                it.as_str()
                    .is_some_and(|it| it.parse::<core::net::IpAddr>().is_ok())
            };
            let (mut a, mut b) = (a.clone(), b.clone());
            if a.iter().chain(&b).all(is_address) {
                a.sort_by_key(Value::to_string);
                b.sort_by_key(Value::to_string);
            }
            a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => expected == actual,
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "half a byte");
    let byte = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16);
    pairs.iter().map(|pair| byte(pair).unwrap()).collect()
}

pub(crate) fn topic(case: &Value) -> Answers {
    let topic = ReportTopic::parse(case["input"]["topic"].as_str().unwrap());
    let found = topic.map(|topic| {
        let kind = match topic.exchange {
            Exchange::Request => "publish",
            Exchange::Accepted => "accepted",
            Exchange::Rejected => "rejected",
        };
        json!({ "thingName": topic.thing.as_str(), "format": topic.format.as_str(), "kind": kind })
    });
    answer(case, json!({ "match": found }))
}
