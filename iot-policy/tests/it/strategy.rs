//! Random questions of a small world: few names, so that patterns match, and hostile ones among
//! them, so that a value that is taken for a pattern is seen.
#![expect(
    clippy::indexing_slicing,
    reason = "indexing a value of JSON makes the member"
)]

use core::fmt;

use proptest::collection::{btree_map, vec};
use proptest::option::{self, weighted};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::oracle::{OneOrMany, OracleCertificate, OracleContext, OracleThing};

/// Policies, what is known, and what is asked.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) policies: Vec<Value>,
    pub(crate) context: OracleContext,
    pub(crate) action: String,
    pub(crate) resource: String,
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} on {:?}", self.action, self.resource)?;
        for policy in &self.policies {
            writeln!(f, "{policy}")?;
        }
        write!(f, "{:?}", self.context)
    }
}

pub(crate) const ARN: &str = "arn:aws:iot:us-east-1:123456789012:";

const ACTIONS: &[&str] = &[
    "iot:Publish",
    "iot:Subscribe",
    "iot:Receive",
    "iot:Connect",
    "iot:RetainPublish",
    "iot:GetThingShadow",
    "iotjobsdata:DescribeJobExecution",
];

const ACTION_PATTERNS: &[&str] = &[
    "iot:Publish",
    "iot:Publish",
    "iot:Subscribe",
    "iot:Connect",
    "IOT:publish",
    "iot:*",
    "*",
    "iot:?ublish",
    "iot:*Publish",
    "iot:Re*",
    "iot:*i*e",
    "iotjobsdata:*",
    "iot*",
];

/// Client identifiers, names of things, values of attributes and certificates.
const NAMES: &[&str] = &[
    "a",
    "b",
    "c",
    "A",
    "*",
    "?",
    "+",
    "#",
    "$",
    "",
    "**",
    "a*",
    "a/b",
    "a:b",
    "é",
    "aé𝄞",
    "}",
    "a,b",
    "123456789012",
    "123456789012:topic/a",
    "${iot:ClientId}",
    "${*}",
    "${",
];

/// Before the name; the weights keep most of them on the ARN that is asked.
const HEADS: &[&str] = &[
    ARN,
    ARN,
    ARN,
    ARN,
    ARN,
    ARN,
    "arn:aws:iot:*:123456789012:",
    "arn:aws:iot:us-east-1:*:",
    "arn:*:iot:*:*:",
    "arn:aws:iot:us-?ast-1:12345678901?:",
    "arn:aws:iot:us-west-2:123456789012:",
    "arn:aws:iot:us-east-1:${iot:ClientId}:",
    "arn:aws:iot:us-east-1:123456789012",
    "*:",
    "*",
];

const KINDS: &[&str] = &[
    "topic/",
    "topic/",
    "topic/",
    "topicfilter/",
    "client/",
    "thing/",
    "topic*",
    "?opic/",
    "*",
    "",
];

const PIECES: &[&str] = &[
    "a",
    "b",
    "c",
    "/",
    "/",
    "*",
    "*",
    "?",
    "+",
    "é",
    ":",
    "$",
    "{",
    "}",
    "${iot:ClientId}",
    "${iot:ClientId}",
    "${IOT:CLIENTID}",
    "${iot:Connection.Thing.ThingName}",
    "${iot:Thing.ThingName}",
    "${iot:Connection.Thing.ThingTypeName, '*'}",
    "${iot:Connection.Thing.Attributes[k]}",
    "${iot:Connection.Thing.Attributes[K], 'b'}",
    "${iot:Certificate.Subject.CommonName}",
    "${iot:Certificate.Subject.CommonName, 'c'}",
    "${iot:Certificate.Subject.CommonName.1}",
    "${iot:Certificate.Subject.CommonName.List}",
    "${iot:ConnectAttributes}",
    "${aws:SourceIp}",
    "${x:Text}",
    "${x:None}",
    "${x:None, 'a'}",
    "${x:None, ''}",
    "${*}",
    "${?}",
    "${$}",
    "${",
];

/// A piece of the name that is asked for: a text, or what the context has.
#[derive(Clone, Debug)]
enum Asked {
    Text(&'static str),
    ClientId,
    ThingName,
}

pub(crate) fn question() -> impl Strategy<Value = Question> {
    let policies = vec(policy(), 0..=3);
    let name = vec(asked(), 0..=4);
    let head = select(&[ARN, ARN, ARN, ARN, "arn:aws:iot:us-west-2:123456789012:"][..]);
    (
        policies,
        context(),
        select(ACTIONS),
        head,
        name,
        any::<u8>(),
    )
        .prop_map(|(policies, context, action, head, name, odd)| {
            let kind = match action {
                _ if odd < 16 => "topicfilter/",
                "iot:Connect" => "client/",
                "iot:Subscribe" => "topicfilter/",
                "iot:GetThingShadow" | "iotjobsdata:DescribeJobExecution" => "thing/",
                _ => "topic/",
            };
            let thing = context.thing.as_ref().map(|thing| thing.name.as_str());
            let name = name.iter().map(|piece| match piece {
                Asked::Text(text) => text,
                Asked::ClientId => context.client_id.as_deref().unwrap_or("c"),
                Asked::ThingName => thing.unwrap_or("b"),
            });
            let resource = format!("{head}{kind}{}", name.collect::<String>());
            Question {
                policies,
                action: action.to_owned(),
                resource,
                context,
            }
        })
}

/// One condition alone: the answer is whether it holds.
pub(crate) fn condition_question() -> impl Strategy<Value = Question> {
    (condition(), context()).prop_map(|((operator, tests), context)| {
        let policy = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*",
            "Condition": {operator: tests},
        }});
        Question {
            policies: vec![policy],
            context,
            action: "iot:Publish".to_owned(),
            resource: format!("{ARN}topic/a"),
        }
    })
}

fn asked() -> impl Strategy<Value = Asked> {
    let texts = &["a", "b", "c", "/", "*", "?", "+", "é", ":", "$", "", "}"][..];
    prop_oneof![
        6 => select(texts).prop_map(Asked::Text),
        1 => select(NAMES).prop_map(Asked::Text),
        2 => Just(Asked::ClientId),
        2 => Just(Asked::ThingName),
    ]
}

pub(crate) fn policy() -> impl Strategy<Value = Value> {
    let version = prop_oneof![
        8 => Just(Some("2012-10-17")),
        1 => Just(Some("2008-10-17")),
        1 => Just(None),
    ];
    (version, vec(statement(), 1..=3), any::<bool>()).prop_map(
        |(version, mut statements, single)| {
            let statement = match statements.pop() {
                Some(only) if single && statements.is_empty() => only,
                last => {
                    statements.extend(last);
                    Value::Array(statements)
                }
            };
            match version {
                Some(version) => json!({"Version": version, "Statement": statement}),
                None => json!({"Statement": statement}),
            }
        },
    )
}

fn statement() -> impl Strategy<Value = Value> {
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    let not = || prop_oneof![7 => Just(""), 1 => Just("Not")];
    let actions = || vec(select(ACTION_PATTERNS).prop_map(str::to_owned), 1..=3);
    let resources = || vec(resource_pattern(), 1..=3);
    let all = || Just(vec!["*".to_owned()]);
    // All of it, or one of the parts alone, so that its answer is seen.
    let parts = prop_oneof![
        3 => (actions(), not(), resources(), not(), conditions(0)),
        1 => (all(), Just(""), resources(), not(), Just(Map::new())),
        1 => (all(), Just(""), all(), Just(""), conditions(1)),
    ];
    (effect, parts).prop_map(
        |(effect, (actions, not_actions, resources, not_resources, conditions))| {
            let mut statement = json!({
                "Effect": effect,
                format!("{not_actions}Action"): actions,
                format!("{not_resources}Resource"): resources,
            });
            if !conditions.is_empty() {
                statement["Condition"] = Value::Object(conditions);
            }
            statement
        },
    )
}

pub(crate) fn resource_pattern() -> impl Strategy<Value = String> {
    let name = vec(select(PIECES), 0..=4).prop_map(|pieces| pieces.concat());
    prop_oneof![
        1 => Just("*".to_owned()),
        9 => (select(HEADS), select(KINDS), name)
            .prop_map(|(head, kind, name)| format!("{head}{kind}{name}")),
    ]
}

/// A kind of operators with keys and values that suit each other often enough.
struct Family {
    operators: &'static [&'static str],
    keys: &'static [&'static str],
    values: &'static [&'static str],
}

const TEXTS: Family = Family {
    operators: &[
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ],
    keys: &[
        "iot:ClientId",
        "IOT:clientid",
        "iot:Connection.Thing.ThingName",
        "iot:Thing.ThingName",
        "iot:Connection.Thing.ThingTypeName",
        "iot:Connection.Thing.Attributes[k]",
        "iot:Connection.Thing.Attributes[K]",
        "iot:ConnectAttributes",
        "iot:ConnectAttributes",
        "iot:DomainName",
        "aws:SourceVpce",
        "aws:SourceVpc",
        "iot:Certificate.Subject.CommonName",
        "iot:Certificate.Subject.CommonName.0",
        "iot:Certificate.Subject.CommonName.1",
        "iot:Certificate.Subject.CommonName.4",
        "iot:Certificate.Subject.CommonName.5",
        "iot:Certificate.Subject.CommonName.List",
        "iot:Certificate.Issuer.Organization",
        "iot:Certificate.SerialNumber",
        "iot:Certificate.AvailableKeys",
        "x:Text",
        "x:Texts",
        "x:None",
    ],
    values: &[
        "a",
        "A",
        "b",
        "c",
        "",
        "*",
        "a*",
        "?",
        "a?",
        "$",
        "PersistentConnect",
        "LastWill",
        "*Connect",
        "NewFeature",
        "iot:Certificate.Issuer.Organization",
        "${iot:ClientId}",
        "${iot:Connection.Thing.ThingName}",
        "${*}",
        "a${?}",
        "${x:None}",
        "${x:None, 'a'}",
        "*${x:Text}",
        "${x:Texts}",
        "${iot:Certificate.Subject.CommonName}",
        "a\\,b",
        "${",
    ],
};

const NUMBERS: Family = Family {
    operators: &[
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ],
    keys: &["x:Number", "x:Numbers", "aws:EpochTime", "x:Text", "x:None"],
    values: &[
        "1",
        "1.0",
        "01",
        "1.50",
        "-1",
        "0",
        "-0.0",
        "2",
        "1577836800",
    ],
};

const DATES: Family = Family {
    operators: &[
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
    ],
    keys: &["aws:CurrentTime", "aws:EpochTime", "x:Text", "x:None"],
    values: &[
        "2020-01-01T00:00:00Z",
        "2020-01-01T01:00:00+01:00",
        "2019-12-31T23:59:59.5Z",
        "2020-01-01",
        "2020-02",
        "2020-02-29T12:30Z",
        "1577836800",
    ],
};

const BOOLS: Family = Family {
    operators: &["Bool"],
    keys: &[
        "iot:Connection.Thing.IsAttached",
        "iot:Connection.Thing.IsAttached",
        "aws:SecureTransport",
        "iot:ClientId",
        "x:None",
    ],
    values: &[
        "true",
        "TRUE",
        "false",
        "False",
        "a",
        "${iot:Connection.Thing.IsAttached}",
        "${aws:SecureTransport, 'false'}",
    ],
};

const ADDRESSES: Family = Family {
    operators: &["IpAddress", "NotIpAddress"],
    keys: &["aws:SourceIp", "aws:VpcSourceIp", "x:Text", "x:None"],
    values: &[
        "10.0.0.0/8",
        "10.1.2.3",
        "10.1.2.3/32",
        "10.1.2.3/16",
        "0.0.0.0/0",
        "::/0",
        "2001:db8::/32",
        "2001:DB8::1",
    ],
};

const ARNS: Family = Family {
    operators: &["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
    keys: &["iot:LastWillTopic", "iot:LastWillTopic", "x:Arn", "x:None"],
    values: &[
        "arn:aws:iot:us-east-1:123456789012:topic/a",
        "arn:aws:iot:us-east-1:123456789012:topic/*",
        "arn:aws:iot:*:*:?opic/${iot:ClientId}",
        "arn:aws:iot:us-east-1:${iot:ClientId}:topic/a",
        "arn:aws:iot:us-east-1:${iot:ClientId}",
        "arn:aws:iot:*:topic/a",
        "arn:*:*:*:*:*",
        "arn:*:*:*:*:${x:None}",
    ],
};

const NULLS: Family = Family {
    operators: &["Null"],
    keys: TEXTS.keys,
    values: &["true", "false", "TRUE"],
};

const BINARIES: Family = Family {
    operators: &["BinaryEquals"],
    keys: &["x:Binary", "x:Binary", "x:Texts", "x:None"],
    values: &["YQ==", "YQ/+", "YWI=", ""],
};

fn conditions(least: usize) -> impl Strategy<Value = Map<String, Value>> {
    vec(condition(), least..=2).prop_map(|conditions| conditions.into_iter().collect())
}

/// An operator and the object of its keys.
fn condition() -> impl Strategy<Value = (String, Value)> {
    prop_oneof![
        6 => tests_of(&TEXTS),
        2 => tests_of(&NUMBERS),
        2 => tests_of(&DATES),
        2 => tests_of(&BOOLS),
        2 => tests_of(&ADDRESSES),
        2 => tests_of(&ARNS),
        1 => tests_of(&NULLS),
        1 => tests_of(&BINARIES),
    ]
}

fn tests_of(family: &'static Family) -> BoxedStrategy<(String, Value)> {
    let set = select(&["", "", "ForAllValues:", "ForAnyValue:"][..]);
    let if_exists = select(&["", "", "IfExists"][..]);
    let operator =
        (set, select(family.operators), if_exists).prop_map(|(set, name, if_exists)| match name {
            "Null" => name.to_owned(),
            _ => format!("{set}{name}{if_exists}"),
        });
    let values = prop_oneof![
        2 => select(family.values).prop_map(Value::from),
        3 => vec(select(family.values), 0..=3).prop_map(Value::from),
    ];
    let keys = btree_map(select(family.keys).prop_map(str::to_owned), values, 1..=2);
    (operator, keys)
        .prop_map(|(operator, mut keys)| {
            // Another spelling of the same key is a duplicate, which a document must not have.
            if keys.contains_key("iot:ClientId") {
                keys.remove("IOT:clientid");
            }
            (operator, keys.into_iter().collect())
        })
        .boxed()
}

pub(crate) fn name() -> impl Strategy<Value = String> {
    select(NAMES).prop_map(str::to_owned)
}

pub(crate) fn context() -> impl Strategy<Value = OracleContext> {
    let peer = (
        option::of(address()),
        weighted(0.2, select(&["a", "b"][..])),
        weighted(0.1, select(&["a", "b"][..])),
        weighted(0.1, address()),
        option::of(select(&["a", "d.example"][..])),
    );
    let attributes = subsequence(&["PersistentConnect", "LastWill", "NewFeature"][..], 0..=3);
    let will = option::of(select(
        &[
            "arn:aws:iot:us-east-1:123456789012:topic/a",
            "arn:aws:iot:us-east-1:123456789012:topic/x:y/*",
            "arn:aws:iot:us-east-1:topic/a",
            "a",
        ][..],
    ));
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let thing = weighted(0.8, thing());
    (
        weighted(0.85, name()),
        thing,
        certificate(),
        peer,
        attributes,
        will,
        keys(),
    )
        .prop_map(
            move |(client_id, thing, cert, peer, attributes, will, keys)| OracleContext {
                thing: thing.map(|(same, thing)| match &client_id {
                    Some(id) if same => OracleThing {
                        name: id.clone(),
                        ..thing
                    },
                    _ => thing,
                }),
                client_id,
                source_ip: owned(peer.0),
                source_vpce: owned(peer.1),
                source_vpc: owned(peer.2),
                vpc_source_ip: owned(peer.3),
                domain_name: owned(peer.4),
                connect_attributes: attributes.into_iter().map(str::to_owned).collect(),
                last_will_topic: owned(will),
                cert,
                keys,
            },
        )
}

fn address() -> impl Strategy<Value = &'static str> {
    select(&["10.1.2.3", "192.0.2.1", "2001:db8::1", "::1"][..])
}

/// Whether it is named like the client, and the thing.
fn thing() -> impl Strategy<Value = (bool, OracleThing)> {
    let attributes = btree_map(
        select(&["k", "K"][..]).prop_map(str::to_owned),
        name(),
        0..=2,
    );
    let is = |likely| proptest::bool::weighted(likely);
    (
        is(0.7),
        name(),
        is(0.85),
        is(0.3),
        option::of(name()),
        attributes,
    )
        .prop_map(|(same, name, attached, exclusive, type_name, attributes)| {
            let thing = OracleThing {
                name,
                attached,
                exclusive,
                type_name,
                attributes,
            };
            (same, thing)
        })
}

fn certificate() -> impl Strategy<Value = Option<OracleCertificate>> {
    let names = prop_oneof![2 => vec(name(), 1..=2), 1 => vec(name(), 5..=6)];
    let issuers = vec(
        select(&["a", "x,y", "+"][..]).prop_map(str::to_owned),
        1..=2,
    );
    let number = option::of(Just("0a1b".to_owned()));
    let certificate = (weighted(0.8, names), option::of(issuers), number);
    weighted(
        0.8,
        certificate.prop_map(|(names, issuers, serial_number)| OracleCertificate {
            id: None,
            serial_number,
            subject: names
                .map(|it| ("CommonName".to_owned(), it))
                .into_iter()
                .collect(),
            issuer: issuers
                .map(|it| ("Organization".to_owned(), it))
                .into_iter()
                .collect(),
        }),
    )
}

/// Values that are given outright.
fn keys() -> impl Strategy<Value = alloc::collections::BTreeMap<String, OneOrMany>> {
    let number = select(&["1", "-1.5", "0", "1.000000001", "a"][..]);
    let seconds = select(&["1577836800", "1577836799", "1", "1582979400"][..]);
    let date = select(&["2020-01-01T00:00:00Z", "2020-02-29T12:30:00Z", "2021-06-05"][..]);
    let secure = select(&["true", "false"][..]);
    let arn = select(
        &[
            "arn:aws:iot:us-east-1:123456789012:topic/a",
            "arn:a:b:c:d:e:f",
            "a:b",
        ][..],
    );
    let key = prop_oneof![
        3 => name().prop_map(|it| ("x:Text", OneOrMany::One(it))),
        2 => vec(name(), 1..=3).prop_map(|it| ("x:Texts", OneOrMany::Many(it))),
        2 => number.prop_map(|it| ("x:Number", OneOrMany::One(it.to_owned()))),
        1 => vec(select(&["1", "2"][..]).prop_map(str::to_owned), 0..=2)
            .prop_map(|it| ("x:Numbers", OneOrMany::Many(it))),
        1 => seconds.prop_map(|it| ("aws:EpochTime", OneOrMany::One(it.to_owned()))),
        1 => date.prop_map(|it| ("aws:CurrentTime", OneOrMany::One(it.to_owned()))),
        1 => secure.prop_map(|it| ("aws:SecureTransport", OneOrMany::One(it.to_owned()))),
        1 => select(BINARIES.values).prop_map(|it| ("x:Binary", OneOrMany::One(it.to_owned()))),
        1 => arn.prop_map(|it| ("x:Arn", OneOrMany::One(it.to_owned()))),
        1 => name().prop_map(|it| ("IOT:Connection.Thing.ThingName", OneOrMany::One(it))),
    ];
    vec(key, 0..=8).prop_map(|keys| {
        let keys = keys.into_iter();
        keys.map(|(name, values)| (name.to_owned(), values))
            .collect()
    })
}
