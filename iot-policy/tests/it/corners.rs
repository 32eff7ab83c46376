//! Corners of the language that random questions seldom reach. Engine and oracle must both give
//! the answer that stands here.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a question that cannot be asked ends the test that asks it"
)]

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::engine;
use crate::oracle::{self, OracleContext};
use crate::strategy::ARN;

/// Is a Publish on the resource allowed by the one statement that this completes?
fn allowed(statement: &Value, context: &Value, resource: &str) -> bool {
    let mut policy = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "iot:Publish", "Resource": "*",
    }});
    for (member, value) in statement.as_object().unwrap() {
        policy["Statement"][member] = value.clone();
    }
    let policies = [policy];
    let context = OracleContext::deserialize(context).unwrap();
    let engine = engine::decide(&policies, &context, "iot:Publish", resource).unwrap();
    let oracle = oracle::decide(&policies, &context, "iot:Publish", resource);
    assert_eq!(engine, oracle, "{statement} {context:?} {resource}");
    engine == "allowed"
}

#[test]
fn variables_in_resources() {
    let common_name = |names: &[&str]| json!({"cert": {"subject": {"CommonName": names}}});
    let thing = |thing: Value| json!({"clientId": "t", "thing": thing});
    let client = |id: &str| json!({"clientId": id});
    let nothing = json!({});
    let six = common_name(&["1", "2", "3", "4", "5", "6"]);

    // The name of a topic in the policy, what is known, the topic, and whether they match.
    let rows = [
        // Several values cannot stand for a text; nor do they call for the default.
        ("${x:K}", json!({"keys": {"x:K": ["a", "b"]}}), "a", false),
        (
            "${x:K, 'z'}",
            json!({"keys": {"x:K": ["a", "b"]}}),
            "z",
            false,
        ),
        ("${x:K, 'z'}", json!({"keys": {"x:K": ["a"]}}), "a", true),
        ("${x:K, 'z'}", nothing.clone(), "z", true),
        ("${iot:ClientId, ''}", nothing.clone(), "", true),
        (
            "${iot:Certificate.Subject.CommonName.List, 'z'}",
            common_name(&["a"]),
            "z",
            false,
        ),
        (
            "${iot:Certificate.Subject.CommonName.List, 'z'}",
            common_name(&[]),
            "z",
            true,
        ),
        // A default is data too, and is not expanded.
        ("${iot:ClientId, '*'}", nothing.clone(), "*", true),
        ("${iot:ClientId, '*'}", nothing.clone(), "abc", false),
        // The name of an attribute may hold a comma.
        (
            "${iot:Connection.Thing.Attributes[a,b], 'z'}",
            thing(json!({"name": "t", "attached": true, "attributes": {"a,b": "c"}})),
            "c",
            true,
        ),
        // White space counts in front of a name, with a default and without.
        ("${ iot:ClientId}", client("c"), "c", false),
        ("${ iot:ClientId, 'z'}", client("c"), "c", false),
        ("${ iot:ClientId, 'z'}", client("c"), "z", true),
        // A value of the certificate that is refused is no lack of a value.
        (
            "${iot:Certificate.Subject.CommonName, 'z'}",
            common_name(&["a*"]),
            "z",
            false,
        ),
        (
            "${iot:Certificate.Subject.CommonName, 'z'}",
            common_name(&["a*"]),
            "a*",
            false,
        ),
        (
            "${iot:Certificate.Subject.CommonName, 'z'}",
            common_name(&[&"x".repeat(1025)]),
            "z",
            false,
        ),
        (
            "${iot:Certificate.Subject.CommonName}",
            common_name(&[&"é".repeat(1024)]),
            &"é".repeat(1024),
            true,
        ),
        (
            "${iot:Certificate.Subject.CommonName}",
            common_name(&["a,b"]),
            "a\\,b",
            true,
        ),
        (
            "${iot:Certificate.Subject.CommonName}",
            common_name(&["a,b"]),
            "a,b",
            false,
        ),
        (
            "${iot:Certificate.Subject.CommonName.4}",
            six.clone(),
            "5",
            true,
        ),
        ("${iot:Certificate.Subject.CommonName.5}", six, "6", false),
        (
            "${iot:Certificate.Subject.CommonName.01}",
            common_name(&["a", "b"]),
            "b",
            false,
        ),
        // Who the thing of a connection is.
        (
            "${iot:Connection.Thing.IsAttached}",
            client("t"),
            "false",
            true,
        ),
        (
            "${iot:Connection.Thing.IsAttached}",
            nothing.clone(),
            "false",
            false,
        ),
        (
            "${iot:Connection.Thing.ThingName}",
            thing(json!({"name": "t", "attached": true})),
            "t",
            true,
        ),
        (
            "${iot:Connection.Thing.ThingName}",
            thing(json!({"name": "u", "attached": true})),
            "u",
            false,
        ),
        (
            "${iot:Connection.Thing.ThingName}",
            thing(json!({"name": "u", "attached": true, "exclusive": true})),
            "u",
            true,
        ),
        (
            "${iot:Connection.Thing.ThingName}",
            thing(json!({"name": "u", "exclusive": true})),
            "u",
            false,
        ),
        (
            "${iot:Connection.Thing.ThingName}",
            json!({"thing": {"name": "u", "attached": true, "exclusive": true}}),
            "u",
            false,
        ),
        (
            "${iot:Connection.Thing.Attributes[a,b]}",
            thing(json!({"name": "t", "attached": true, "attributes": {"a,b": "q"}})),
            "q",
            true,
        ),
        (
            "${IOT:connection.THING.attributes[k]}",
            thing(json!({"name": "t", "attached": true, "attributes": {"k": "q"}})),
            "q",
            true,
        ),
        (
            "${iot:Connection.Thing.Attributes[K]}",
            thing(json!({"name": "t", "attached": true, "attributes": {"k": "q"}})),
            "q",
            false,
        ),
        (
            "${aws:SourceIp}",
            json!({"sourceIp": "192.0.2.1", "sourceVpce": "v"}),
            "192.0.2.1",
            false,
        ),
        // Values given outright go first.
        (
            "${iot:ClientId}",
            json!({"clientId": "a", "keys": {"IOT:CLIENTID": "b"}}),
            "b",
            true,
        ),
        (
            "${iot:ClientId}",
            json!({"clientId": "a", "keys": {"IOT:CLIENTID": "b"}}),
            "a",
            false,
        ),
        // What is and is not a variable.
        ("$${iot:ClientId}", client("a"), "$a", true),
        ("${$}{iot:ClientId}", client("a"), "${iot:ClientId}", true),
        ("${$}{iot:ClientId}", client("a"), "a", false),
        ("${iot:ClientId", client("a"), "${iot:ClientId", true),
        ("${iot:ClientId*", client("a"), "${iot:ClientId/x", true),
        ("$(*)", nothing.clone(), "$(abc)", true),
        ("${}", nothing.clone(), "${}", false),
        (
            "${iot:ClientId}",
            client("${iot:ClientId}"),
            "${iot:ClientId}",
            true,
        ),
        ("${iot:ClientId}", client("*"), "a", false),
        ("?", client("a"), "é", true),
        ("?", client("a"), "", false),
    ];
    for (name, context, topic, expected) in rows {
        let statement = json!({"Resource": format!("{ARN}topic/{name}")});
        let answer = allowed(&statement, &context, &format!("{ARN}topic/{topic}"));
        assert_eq!(answer, expected, "{name} {context} {topic}");
    }
}

#[test]
fn variables_stand_after_the_fifth_colon() {
    let context = json!({"clientId": "123456789012", "keys": {"k": "123456789012"}});
    let rows = [
        (
            "arn:aws:iot:us-east-1:${k}:topic/${k}",
            "arn:aws:iot:us-east-1:${k}:topic/123456789012",
            true,
        ),
        (
            "arn:aws:iot:us-east-1:${k}:topic/a",
            "arn:aws:iot:us-east-1:123456789012:topic/a",
            false,
        ),
        // The fifth colon is the one of the variable.
        (
            "arn:aws:iot:r:${iot:ClientId}",
            "arn:aws:iot:r:${iot:ClientId}",
            true,
        ),
        (
            "arn:aws:iot:r:${iot:ClientId}",
            "arn:aws:iot:r:123456789012",
            false,
        ),
        (
            "arn:aws:iot:${iot:ClientId}:${k}",
            "arn:aws:iot:${iot:ClientId}:123456789012",
            true,
        ),
        // Without five colons there is none; `*` is a wildcard wherever it stands.
        ("arn:${*}", "arn:${aws:iot:r:1:topic/a}", true),
    ];
    for (pattern, resource, expected) in rows {
        let answer = allowed(&json!({"Resource": pattern}), &context, resource);
        assert_eq!(answer, expected, "{pattern} {resource}");
    }
}

#[test]
fn variables_of_an_old_document_are_text() {
    let context = json!({"clientId": "a"});
    for version in [json!({"Version": "2008-10-17"}), json!({})] {
        let ask = |name: &str, topic: &str| {
            let mut policy = version.clone();
            policy["Statement"] = json!({
                "Effect": "Allow", "Action": "*", "Resource": format!("{ARN}topic/{name}"),
                "Condition": {"StringNotEquals": {"iot:ClientId": "${iot:ClientId}"}},
            });
            let (policies, resource) = ([policy], format!("{ARN}topic/{topic}"));
            let context = OracleContext::deserialize(&context).unwrap();
            let engine = engine::decide(&policies, &context, "iot:Publish", &resource).unwrap();
            let oracle = oracle::decide(&policies, &context, "iot:Publish", &resource);
            assert_eq!(engine, oracle, "{policies:?} {topic}");
            engine
        };
        assert_eq!(ask("${iot:ClientId}", "a"), "implicitDeny");
        assert_eq!(ask("${iot:ClientId}", "${iot:ClientId}"), "allowed");
        assert_eq!(ask("${*}", "${a/b}"), "allowed");
        assert_eq!(ask("${*}", "*"), "implicitDeny");
    }
}

#[test]
fn conditions() {
    let will = "arn:aws:iot:us-east-1:123456789012:topic/a";
    let none = json!([]);
    // The operator, the values of the policy, the values of the key, and whether it holds.
    let rows = [
        ("StringEquals", json!([]), json!("a"), false),
        ("StringNotEquals", json!([]), json!("a"), true),
        ("ForAllValues:StringNotEquals", json!([]), json!("a"), true),
        (
            "ForAnyValue:StringNotEquals",
            json!("z"),
            none.clone(),
            false,
        ),
        ("ForAllValues:StringEquals", json!("z"), none.clone(), true),
        ("StringNotEquals", json!("z"), none.clone(), true),
        ("StringNotEquals", json!("a"), json!(["a", "b"]), false),
        ("StringEquals", json!("a"), json!(["b", "a"]), true),
        (
            "ForAnyValue:StringEqualsIfExists",
            json!("z"),
            none.clone(),
            true,
        ),
        ("StringEquals", json!(["b", true, 7]), json!("7"), true),
        ("StringNotLike", json!("${x:None}"), json!("a"), true),
        ("StringLike", json!("${x:None}"), json!("${x:None}"), false),
        ("StringEquals", json!("a*"), json!("a*"), true),
        ("StringLike", json!("${x:Star}"), json!("a"), false),
        ("Bool", json!(true), json!("TRUE"), true),
        ("Bool", json!("a"), json!("a"), false),
        ("Null", json!("true"), none.clone(), true),
        ("Null", json!("False"), json!("a"), true),
        ("Null", json!([]), json!("a"), false),
        ("Null", json!("${x:None, 'false'}"), json!("a"), false),
        ("NumericEquals", json!(1.5), json!("1.50"), true),
        ("NumericEquals", json!("1"), json!("one"), false),
        ("NumericNotEquals", json!("1"), json!("one"), true),
        ("NumericEquals", json!("${x:One}"), json!("1"), false),
        (
            "DateEquals",
            json!("2020-01-01T01:30:00+01:30"),
            json!("1577836800"),
            true,
        ),
        (
            "DateEquals",
            json!("2019-12-31T23:30:00-00:30"),
            json!("2020-01-01T00:00Z"),
            true,
        ),
        (
            "DateEquals",
            json!("2019-02-29"),
            json!("2019-03-01"),
            false,
        ),
        ("IpAddress", json!("10.1.2.3/8"), json!("10.9.9.9"), true),
        (
            "IpAddress",
            json!("2001:db8::/33"),
            json!("2001:db8:8000::"),
            false,
        ),
        ("NotIpAddress", json!("::/0"), json!("10.1.1.1"), true),
        ("IpAddress", json!("10.0.0.0/33"), json!("10.0.0.0"), false),
        ("ArnLike", json!("*"), json!(will), false),
        ("ArnNotLike", json!("*"), json!(will), true),
        ("ArnLike", json!("arn:*:topic/a"), json!(will), false),
        (
            "ArnEquals",
            json!("arn:*:*:*:*:*/a"),
            json!("arn:a:b:c:d:e:f/a"),
            true,
        ),
        (
            "ArnEquals",
            json!("arn:aws:iot:us-east-1:${x:Two}"),
            json!(will),
            false,
        ),
        (
            "ArnEquals",
            json!("arn:aws:iot:us-east-1:${x:Account}:topic/a"),
            json!(will),
            true,
        ),
        ("BinaryEquals", json!("YQ=="), json!("YQ=="), true),
        ("BinaryEquals", json!("YQ=="), json!("yq=="), false),
    ];
    for (operator, tests, values, expected) in rows {
        let statement = json!({"Condition": {operator: {"x:K": tests}}});
        let context = json!({"keys": {
            "x:K": values,
            "x:Star": "*",
            "x:One": "1",
            "x:Account": "123456789012",
            "x:Two": "123456789012:topic/a",
        }});
        let answer = allowed(&statement, &context, &format!("{ARN}topic/a"));
        assert_eq!(answer, expected, "{operator} {tests} {values}");
    }
}
