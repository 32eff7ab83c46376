//! The workloads that every engine is measured on.

use iot_policy::PolicyDocument;

/// One policy of 4 statements, 756 bytes.
pub const P4: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "iot:Connect",
     "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}"},
    {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": [
      "arn:aws:iot:us-east-1:123456789012:topicfilter/cmd/${iot:Connection.Thing.ThingName}/*",
      "arn:aws:iot:us-east-1:123456789012:topicfilter/cfg/${iot:Connection.Thing.ThingName}/*"]},
    {"Effect": "Allow", "Action": "iot:Receive",
     "Resource": "arn:aws:iot:us-east-1:123456789012:topic/cmd/${iot:Connection.Thing.ThingName}/*"},
    {"Effect": "Allow", "Action": "iot:Publish",
     "Resource": "arn:aws:iot:us-east-1:123456789012:topic/dt/${iot:Connection.Thing.ThingName}/*"}
  ]
}"#;

/// P4 with two condition operators on the statement that allows to publish.
pub fn p4_with_conditions() -> String {
    let conditions = r#""Condition": {
       "StringEquals": {"iot:Connection.Thing.Attributes[site]": "berlin"},
       "IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"]}},
     "Resource": "arn:aws:iot:us-east-1:123456789012:topic/dt/"#;
    P4.replace(
        r#""Resource": "arn:aws:iot:us-east-1:123456789012:topic/dt/"#,
        conditions,
    )
}

/// 10 policies of about 1.9 KB, 130 statements; only the last one is about `dt/`.
pub fn p10() -> Vec<String> {
    let statement = |number: usize| {
        let place = if number == 129 {
            "dt".into()
        } else {
            format!("telemetry-{number:03}")
        };
        format!(
            r#"{{"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:us-east-1:123456789012:topic/{place}/${{iot:Connection.Thing.ThingName}}/*"}}"#
        )
    };
    (0..10)
        .map(|policy| {
            let statements: Vec<_> = (policy * 13..(policy + 1) * 13).map(statement).collect();
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
                statements.join(",")
            )
        })
        .collect()
}

/// The documents of a workload, named by their place.
pub fn documents(texts: &[String]) -> Vec<(String, PolicyDocument)> {
    let parse = |text: &String| PolicyDocument::from_json(text).unwrap();
    texts
        .iter()
        .map(parse)
        .enumerate()
        .map(|(at, document)| (format!("p{at}"), document))
        .collect()
}

/// The thing that asks.
pub const THING: &str = "sensor-0042";
/// A topic of that thing.
pub const OWN: &str = "dt/sensor-0042/telemetry";
/// A topic of another thing.
pub const OTHER: &str = "dt/sensor-0043/telemetry";
