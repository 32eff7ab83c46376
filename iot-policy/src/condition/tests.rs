//! Conditions as a whole, against the values of a connection.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::ToString;

use iot_topics::{Timestamp, TopicNameRef};

use super::*;
use crate::context::{ConnectAttributes, ContextValues, Thing, VpcPeer};
use crate::operator::Test;
use crate::resource::ArnScope;

const VARIABLES: Version = Version::V2012_10_17;

/// Whether a condition holds, asked in both ways.
fn holds(operator: &str, key: &str, values: &[&str], context: &Context<'_>) -> bool {
    holds_in(VARIABLES, operator, key, values, context)
}

fn holds_in(
    version: Version,
    operator: &str,
    key: &str,
    values: &[&str],
    context: &Context<'_>,
) -> bool {
    let operator: Operator = operator.parse().unwrap();
    let condition = Condition::new(operator, key, values.to_vec());
    let mut interner = Interner::default();
    let variables = version == VARIABLES;
    let compiled = CompiledCondition::compile(&condition, variables, &mut interner);
    let slots = interner.into_slots();
    let values = Values {
        slots: &slots,
        context,
    };
    let answer = compiled.holds(&values);
    let trace = compiled.examine(&values);
    assert_eq!(trace.holds(), answer, "{trace}");
    assert_eq!(condition.examine(version, context), trace);
    answer
}

fn scope() -> ArnScope {
    ArnScope::new("aws", "us-east-1", "123456789012")
}

#[test]
fn values_of_the_connection() {
    let scope = scope();
    let attributes = [("envType", "prod"), ("n", "007"), ("empty", "")];
    let topic = TopicNameRef::parse("will/x").unwrap();
    let context = Context::new(&scope)
        .with_client_id("dev-1-prod")
        .with_thing(Thing::attached("dev-1-prod").with_attributes(&attributes))
        .with_source_ip("::ffff:203.0.113.7".parse().unwrap())
        .with_domain_name("Example.com")
        .with_connect_attributes(ConnectAttributes::new(true, true))
        .with_last_will_topic(topic)
        .with_time(Timestamp::from_millis(1_795_307_328_999))
        .with_secure_transport(true);
    let attribute = |name| ["iot:Connection.Thing.Attributes[", name, "]"].concat();
    for (operator, key, values, expected) in [
        (
            "StringEquals",
            attribute("envType"),
            &["test", "prod"][..],
            true,
        ),
        ("StringEquals", attribute("envtype"), &["prod"], false), // names as written
        ("StringEquals", attribute("empty"), &[""], true),        // empty is a value
        (
            "StringNotEquals",
            attribute("envType"),
            &["test", "prod"],
            false,
        ),
        ("NumericEquals", attribute("n"), &["7.0"], true),
        ("StringEquals", attribute("n"), &["7"], false),
        ("NumericLessThan", attribute("envType"), &["7"], false),
        ("NumericNotEquals", attribute("envType"), &["7"], true), // matches nothing
        (
            "StringLike",
            "iot:ClientId".to_owned(),
            &["*${iot:Connection.Thing.Attributes[envType]}"],
            true,
        ),
        ("StringLike", "IOT:clientid".to_owned(), &["dev-?-*"], true),
        ("StringEquals", "iot:ClientId".to_owned(), &["dev-*"], false),
        (
            "StringEquals",
            "iot:ClientId".to_owned(),
            &["${iot:Connection.Thing.ThingName}"],
            true,
        ),
        (
            "StringEquals",
            "iot:ClientId".to_owned(),
            &["${iot:Connection.Thing.ThingTypeName}"],
            false,
        ),
        (
            "StringNotEquals",
            "iot:ClientId".to_owned(),
            &["${iot:Connection.Thing.ThingTypeName}"],
            true,
        ),
        (
            "StringNotLike",
            "iot:ClientId".to_owned(),
            &["*${iot:Connection.Thing.ThingTypeName}*"],
            true,
        ),
        (
            "StringEqualsIgnoreCase",
            "iot:DomainName".to_owned(),
            &["EXAMPLE.COM"],
            true,
        ),
        (
            "StringNotEqualsIgnoreCase",
            "iot:DomainName".to_owned(),
            &["EXAMPLE.COM"],
            false,
        ),
        (
            "IpAddress",
            "aws:SourceIp".to_owned(),
            &["10.0.0.0/8", "203.0.113.0/24"],
            true,
        ),
        (
            "NotIpAddress",
            "aws:SourceIp".to_owned(),
            &["203.0.113.0/24"],
            false,
        ),
        (
            "IpAddress",
            "iot:ClientId".to_owned(),
            &["0.0.0.0/0", "::/0"],
            false,
        ),
        (
            "NotIpAddress",
            "iot:ClientId".to_owned(),
            &["0.0.0.0/0", "::/0"],
            true,
        ),
        (
            "IpAddress",
            "aws:SourceIp".to_owned(),
            &["${aws:SourceIp}"],
            false,
        ),
        ("Bool", "aws:SecureTransport".to_owned(), &["TRUE"], true),
        (
            "Bool",
            "aws:SecureTransport".to_owned(),
            &["${iot:Connection.Thing.IsAttached}"],
            true,
        ),
        (
            "Bool",
            "aws:SecureTransport".to_owned(),
            &["${iot:ClientId}", "false"],
            false,
        ),
        (
            "Bool",
            "iot:ClientId".to_owned(),
            &["${iot:ClientId}"],
            false,
        ),
        (
            "ArnLike",
            "iot:LastWillTopic".to_owned(),
            &["arn:aws:iot:*:*:topic/will/*"],
            true,
        ),
        (
            "ArnEquals",
            "iot:LastWillTopic".to_owned(),
            &["arn:aws:iot:us-east-1:123456789012:topic/will/x"],
            true,
        ),
        (
            "ArnEquals",
            "iot:LastWillTopic".to_owned(),
            &["arn:aws:iot:*:topic/will/x"],
            false,
        ),
        (
            "ArnNotLike",
            "iot:LastWillTopic".to_owned(),
            &["arn:aws:iot:*:*:topic/*"],
            false,
        ),
        (
            "ArnNotEquals",
            "iot:ClientId".to_owned(),
            &["*:*:*:*:*:*"],
            true,
        ),
        (
            "StringLike",
            "iot:LastWillTopic".to_owned(),
            &["arn:aws:iot:*:topic/*/x"],
            true,
        ),
        (
            "StringEquals",
            "iot:LastWillTopic".to_owned(),
            &["arn:aws:iot:us-east-1:123456789012:topic/will/x"],
            true,
        ),
        (
            "DateEquals",
            "aws:CurrentTime".to_owned(),
            &["2026-11-22T00:28:48Z"],
            true,
        ),
        (
            "DateGreaterThan",
            "aws:CurrentTime".to_owned(),
            &["2026-11-22T00:28:47.999Z"],
            true,
        ),
        (
            "DateLessThan",
            "aws:CurrentTime".to_owned(),
            &["1795307328"],
            false,
        ),
        (
            "DateLessThanEquals",
            "aws:EpochTime".to_owned(),
            &["2026-11-22T01:28:48+01:00"],
            true,
        ),
        (
            "NumericGreaterThanEquals",
            "aws:EpochTime".to_owned(),
            &["1.795307328e9"],
            true,
        ),
        (
            "ForAllValues:StringEquals",
            "iot:ConnectAttributes".to_owned(),
            &["PersistentConnect"],
            false,
        ),
        (
            "ForAnyValue:StringLike",
            "iot:ConnectAttributes".to_owned(),
            &["*Will"],
            true,
        ),
        (
            "StringEquals",
            "iot:ConnectAttributes".to_owned(),
            &["LastWill"],
            true,
        ),
        (
            "StringNotEquals",
            "iot:ConnectAttributes".to_owned(),
            &["LastWill"],
            false,
        ),
        ("Null", "iot:ConnectAttributes".to_owned(), &["false"], true),
        ("Null", "aws:SourceVpce".to_owned(), &["false"], false),
        (
            "Null",
            "aws:SourceVpce".to_owned(),
            &["true", "false"],
            true,
        ),
        (
            "ForAnyValue:Null",
            "aws:SourceVpce".to_owned(),
            &["true"],
            true,
        ),
        (
            "ForAllValues:Null",
            "aws:SourceVpce".to_owned(),
            &["false"],
            false,
        ),
        ("Null", "iot:ClientId".to_owned(), &["true"], false),
        (
            "StringEquals",
            "iot:Nonsense".to_owned(),
            &["${iot:Nonsense}"],
            false,
        ),
        ("StringEqualsIfExists", "iot:Nonsense".to_owned(), &[], true),
        ("StringLike", "iot:ClientId".to_owned(), &[], false),
        ("StringNotLike", "iot:ClientId".to_owned(), &[], true),
    ] {
        assert_eq!(
            holds(operator, &key, values, &context),
            expected,
            "{operator} {key} {values:?}"
        );
    }
}

#[test]
fn an_empty_set_is_no_value() {
    let scope = scope();
    let context = Context::new(&scope).with_connect_attributes(ConnectAttributes::default());
    for (operator, values, expected) in [
        ("Null", "true", true),
        ("Null", "false", false),
        ("StringEquals", "LastWill", false),
        ("StringNotEquals", "LastWill", true),
        ("StringEqualsIfExists", "LastWill", true),
        ("ForAllValues:StringEquals", "PersistentConnect", true),
        ("ForAnyValue:StringEquals", "PersistentConnect", false),
        ("ForAnyValue:StringNotEquals", "PersistentConnect", false),
    ] {
        let holds = holds(operator, "iot:ConnectAttributes", &[values], &context);
        assert_eq!(holds, expected, "{operator} {values}");
    }
}

#[test]
fn substituted_text_is_data() {
    let scope = scope();
    for client_id in ["*", "?", "a*", "${iot:ClientId}", "${*}", "a:b", "+/#", "é"] {
        let values = ContextValues::from([("x:Other".into(), alloc::vec!["other".to_owned()])]);
        let context = Context::new(&scope)
            .with_client_id(client_id)
            .with_values(&values);
        for operator in ["StringLike", "StringEquals", "StringEqualsIgnoreCase"] {
            let value = &["${iot:ClientId}"];
            assert!(
                holds(operator, "iot:ClientId", value, &context),
                "{client_id}"
            );
            assert!(!holds(operator, "x:Other", value, &context), "{client_id}");
        }
        let arn = ["a:b:c:d:e:", client_id].concat();
        let values = ContextValues::from([("x:Arn".into(), alloc::vec![arn])]);
        let context = context.with_values(&values);
        assert!(holds(
            "ArnLike",
            "x:Arn",
            &["*:b:c:d:e:${iot:ClientId}"],
            &context
        ));
        let values = ContextValues::from([("x:Arn".into(), alloc::vec!["a:b:c:d:e:f".into()])]);
        let context = context.with_values(&values);
        assert!(!holds(
            "ArnLike",
            "x:Arn",
            &["*:b:c:d:e:${iot:ClientId}"],
            &context
        ));
        assert!(!holds(
            "ArnLike",
            "x:Arn",
            &["a:${iot:ClientId}:c:d:e:f"],
            &context
        ));
    }
}

#[test]
fn variables_belong_to_the_new_version() {
    let scope = scope();
    let context = Context::new(&scope).with_client_id("${iot:ClientId}x");
    for (operator, value) in [
        ("StringEquals", "${iot:ClientId}x"),
        ("StringEqualsIgnoreCase", "${IOT:clientid}X"),
        ("StringLike", "$*x"),
    ] {
        assert!(holds_in(
            Version::V2008_10_17,
            operator,
            "iot:ClientId",
            &[value],
            &context
        ));
    }
    assert!(!holds(
        "StringEquals",
        "iot:ClientId",
        &["${iot:ClientId}x"],
        &context
    ));
    let bool_of_variable = Condition::new(Test::Bool, "aws:SecureTransport", "${iot:ClientId}");
    assert_eq!(
        bool_of_variable.unreadable_values(Version::V2008_10_17),
        [0]
    );
    assert!(bool_of_variable.unreadable_values(VARIABLES).is_empty());
}

#[test]
fn values_that_need_no_text_compare_as_their_text() {
    let scope = scope();
    let typed = Context::new(&scope)
        .with_source_ip("::ffff:10.1.2.3".parse().unwrap())
        .with_vpc_peer(VpcPeer::new("2001:db8::7".parse().ok(), None, None))
        .with_time(Timestamp::from_millis(1_700_000_000_500));
    let keys = ["aws:SourceIp", "aws:VpcSourceIp", "aws:CurrentTime"];
    let text = |key: &str| typed.value(&key.into()).ok();
    let values: ContextValues = keys
        .iter()
        .filter_map(|key| Some(((*key).into(), text(key)?)))
        .collect();
    assert_eq!(
        values.len(),
        2,
        "over a VPC endpoint `aws:SourceIp` has no value"
    );
    let by_text = Context::new(&scope).with_values(&values);
    let pools: BTreeMap<&str, &[&str]> = BTreeMap::from([
        (
            "IpAddress",
            &["10.0.0.0/8", "::/0", "2001:db8::/32", "::ffff:0:0/96", "x"][..],
        ),
        ("NotIpAddress", &["2001:db8::7", "0.0.0.0/0"]),
        (
            "DateEquals",
            &[
                "1700000000",
                "2023-11-14T22:13:20Z",
                "2023-11-14T22:13:20.5Z",
            ],
        ),
        (
            "DateLessThanEquals",
            &["2023", "2024", "1699999999", "1700000000"],
        ),
        ("StringLike", &["2023-*", "*::7", "*:2?Z"]),
    ]);
    for (operator, pool) in pools {
        for (key, value) in keys
            .iter()
            .flat_map(|key| pool.iter().map(move |v| (key, v)))
        {
            let answer = holds(operator, key, &[value], &typed);
            assert_eq!(
                holds(operator, key, &[value], &by_text),
                answer,
                "{operator} {key} {value}"
            );
        }
    }
}

#[test]
fn unreadable_values_are_told() {
    for (test, values, expected) in [
        (Test::NumericEquals, ["1", "abc", "1e5"], &[1][..]),
        (Test::DateLessThan, ["2026", "2026-13", "now"], &[1, 2]),
        (Test::Bool, ["true", "yes", "False"], &[1]),
        (Test::BinaryEquals, ["Zg==", "Z", "Zg"], &[1]),
        (
            Test::IpAddress,
            ["10.0.0.0/33", "::", "${aws:SourceIp}"],
            &[0, 2],
        ),
        (Test::ArnLike, ["*", "arn:aws:iot:*:*:*", "arn:*"], &[0, 2]),
        (Test::Null, ["true", "false", "maybe"], &[2]),
        (Test::StringEquals, ["", "x", "${open"], &[]),
        (Test::StringEqualsIgnoreCase, ["", "x", "${open"], &[]),
    ] {
        let condition = Condition::new(test, "k", values);
        assert_eq!(condition.unreadable_values(VARIABLES), expected, "{test:?}");
    }
}

#[test]
fn sentences() {
    let scope = scope();
    let context = Context::new(&scope)
        .with_client_id("c")
        .with_connect_attributes(ConnectAttributes::new(true, true));
    let empty = Context::new(&scope).with_connect_attributes(ConnectAttributes::default());
    for (operator, key, values, context, expected) in [
        (
            "ForAllValues:StringEquals",
            "iot:connectattributes",
            &["LastWill"][..],
            &context,
            "`ForAllValues:StringEquals` on `iot:ConnectAttributes` fails: \
             `PersistentConnect` matches no value, `LastWill` matches value 1",
        ),
        (
            "ForAllValues:StringEquals",
            "iot:ConnectAttributes",
            &[],
            &empty,
            "`ForAllValues:StringEquals` on `iot:ConnectAttributes` holds: the set of values is empty",
        ),
        (
            "IpAddressIfExists",
            "aws:SourceVpce",
            &[],
            &context,
            "`IpAddressIfExists` on `aws:SourceVpce` holds: the peer came another way",
        ),
        (
            "NumericLessThan",
            "iot:ClientId",
            &["1"],
            &context,
            "`NumericLessThan` on `iot:ClientId` fails: `c` is nothing that the operator compares",
        ),
        (
            "Null",
            "iot:ClientId",
            &["true", "false"],
            &context,
            "`Null` on `iot:ClientId` holds: `c` matches value 2",
        ),
    ] {
        let operator: Operator = operator.parse().unwrap();
        let trace = Condition::new(operator, key, values.to_vec()).examine(VARIABLES, context);
        assert_eq!(trace.to_string(), expected);
    }
}
