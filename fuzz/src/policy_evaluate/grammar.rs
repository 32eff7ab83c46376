//! From bytes to a question about policies.
//!
//! Line by line: the client id; the thing (how it is attached as a letter, then its name, type and
//! the value of its attribute `k`, between tabs; `=` is the client id); the common names of the
//! certificate, between tabs; the values of `x:Texts`, between tabs; three letters for the network,
//! the attributes of the Connect and the will; the request (a letter for the action, then the name
//! of the resource, or `!` and the whole of it). An empty line: there is none.
//!
//! Then the policies, a line for each statement or condition:
//!
//! - `A` or `D`, a letter for the action, a letter that says which list is a `Not` one, and the
//!   resources between blanks;
//! - `?`, letters for operator, modifier and key, and the values between blanks;
//! - `V` and a letter for the version: the next policy begins.
//!
//! In resources and values some capital letters stand for variables, see [`VARIABLES`].

use alloc::borrow::Cow;

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::Question;
use crate::input::{Bytes, choose, lines};
use crate::policy_it::oracle::OracleContext;

/// Longer input asks nothing new, and the oracle is slow.
const MAX_BYTES: usize = 1_024;
const MAX_CHARS: usize = 512;

const ARN: &str = "arn:aws:iot:us-east-1:123456789012:";

pub(super) fn question(data: &[u8]) -> Question {
    let data = data.get(..MAX_BYTES).unwrap_or(data);
    let mut lines = lines(data);
    let mut line = || lines.next().unwrap_or_default();
    let client = line();
    let thing = line();
    let thing = Thing::read(&thing, &client);
    let (names, texts, flags, asked) = (line(), line(), line(), line());
    let context = context(&client, thing.as_ref(), &names, &texts, &flags);
    let (action, resource) = request(&asked, &client, thing.map_or("b", |it| it.name));
    Question {
        policies: policies(lines),
        context,
        action,
        resource,
    }
}

struct Thing<'a> {
    name: &'a str,
    type_name: Option<&'a str>,
    attribute: Option<&'a str>,
    attached: bool,
    exclusive: bool,
}

impl<'a> Thing<'a> {
    fn read(line: &'a str, client: &'a str) -> Option<Self> {
        let attachment = line.chars().next()?;
        let mut parts = line[attachment.len_utf8()..].split('\t');
        let name = parts.next().unwrap_or_default();
        Some(Self {
            name: if name == "=" { client } else { name },
            type_name: parts.next(),
            attribute: parts.next(),
            attached: attachment != 'n',
            exclusive: attachment == 'x',
        })
    }
}

fn context(
    client: &str,
    thing: Option<&Thing<'_>>,
    names: &str,
    texts: &str,
    flags: &str,
) -> OracleContext {
    let mut context = json!({
        "domainName": "example.org",
        "keys": {"x:Text": texts, "x:Texts": texts.split('\t').collect::<Vec<_>>()},
    });
    if !client.is_empty() {
        context["clientId"] = client.into();
    }
    if let Some(thing) = thing {
        let attributes = thing.attribute.map(|value| ("k".to_owned(), value.into()));
        context["thing"] = json!({
            "name": thing.name,
            "attached": thing.attached,
            "exclusive": thing.exclusive,
            "typeName": thing.type_name,
            "attributes": attributes.into_iter().collect::<Map<_, _>>(),
        });
    }
    if !names.is_empty() {
        let names: Vec<&str> = names.split('\t').collect();
        context["cert"] = json!({
            "serialNumber": "0a1b",
            "subject": {"CommonName": names},
            "issuer": {"Organization": [names[0]]},
        });
    }
    let mut flags = Bytes::new(flags.as_bytes());
    let (address, value) = choose(&NETWORKS, flags.byte());
    if !address.is_empty() {
        context[address] = value.into();
    }
    context["connectAttributes"] = json!(choose(&CONNECTS, flags.byte()));
    let will = choose(&[(b' ', ""), (b'w', "a/b"), (b'W', "*")], flags.byte());
    if !will.is_empty() {
        context["lastWillTopic"] = format!("{ARN}topic/{will}").into();
    }
    OracleContext::deserialize(context).unwrap()
}

const NETWORKS: [(u8, (&str, &str)); 5] = [
    (b' ', ("", "")),
    (b'4', ("sourceIp", "192.0.2.7")),
    (b'6', ("sourceIp", "2001:db8::7")),
    (b'v', ("vpcSourceIp", "192.0.2.7")),
    (b'e', ("sourceVpce", "vpce-1")),
];

const CONNECTS: [(u8, &[&str]); 4] = [
    (b' ', &[]),
    (b'p', &["PersistentConnect"]),
    (b'l', &["LastWill"]),
    (b'b', &["PersistentConnect", "LastWill"]),
];

fn request(line: &str, client: &str, thing: &str) -> (&'static str, String) {
    let letter = line.bytes().next().unwrap_or(b'p');
    let (action, kind) = choose(&ACTIONS, letter);
    let name = line.get(1..).unwrap_or_default();
    let resource = match name.strip_prefix('!') {
        Some(whole) => whole.to_owned(),
        None => {
            let piece = |ch: char| match ch {
                'C' => Cow::Borrowed(client),
                'T' => Cow::Borrowed(thing),
                ch => Cow::Owned(ch.into()),
            };
            let name: String = name.chars().map(piece).collect();
            format!("{ARN}{kind}/{name}")
        }
    };
    (action, resource.chars().take(MAX_CHARS).collect())
}

const ACTIONS: [(u8, (&str, &str)); 7] = [
    (b'p', ("iot:Publish", "topic")),
    (b's', ("iot:Subscribe", "topicfilter")),
    (b'r', ("iot:Receive", "topic")),
    (b'c', ("iot:Connect", "client")),
    (b'k', ("iot:RetainPublish", "topic")),
    (b't', ("iot:GetThingShadow", "thing")),
    (b'j', ("iotjobsdata:DescribeJobExecution", "thing")),
];

fn policies<'a>(lines: impl Iterator<Item = Cow<'a, str>>) -> Vec<Value> {
    let mut policies = Vec::new();
    let mut version = Some("2012-10-17");
    let mut statements: Vec<Value> = Vec::new();
    let mut finish = |version: Option<&str>, statements: &mut Vec<Value>| {
        let mut policy = json!({"Statement": core::mem::take(statements)});
        if let Some(version) = version {
            policy["Version"] = version.into();
        }
        if policy["Statement"] != json!([]) {
            policies.push(policy);
        }
    };
    for line in lines {
        let mut bytes = Bytes::new(line.as_bytes());
        match bytes.byte() {
            b'V' => {
                finish(version, &mut statements);
                version = choose(&VERSIONS, bytes.byte());
            }
            b'?' => {
                if let Some(last) = statements.last_mut() {
                    add_condition(last, bytes);
                }
            }
            b'D' => statements.push(statement("Deny", bytes)),
            _ => statements.push(statement("Allow", bytes)),
        }
    }
    finish(version, &mut statements);
    policies
}

const VERSIONS: [(u8, Option<&str>); 3] = [
    (b'2', Some("2012-10-17")),
    (b'0', Some("2008-10-17")),
    (b'-', None),
];

fn statement(effect: &str, mut line: Bytes<'_>) -> Value {
    let action = choose(&ACTION_PATTERNS, line.byte());
    let (action_key, resource_key) = choose(&KEYS, line.byte());
    let text = line.text();
    let resource = |text: &str| {
        let text = with_variables(text);
        match text.as_str() {
            "*" => text,
            other if other.starts_with("arn:") => text,
            other => format!("{ARN}{other}"),
        }
    };
    let resources: Vec<String> = text.split(' ').map(resource).collect();
    json!({"Effect": effect, action_key: action, resource_key: resources})
}

const ACTION_PATTERNS: [(u8, &str); 12] = [
    (b'p', "iot:Publish"),
    (b's', "iot:Subscribe"),
    (b'r', "iot:Receive"),
    (b'c', "iot:Connect"),
    (b'k', "iot:RetainPublish"),
    (b't', "iot:GetThingShadow"),
    (b'j', "iotjobsdata:*"),
    (b'*', "*"),
    (b'i', "iot:*"),
    (b'P', "IOT:publish"),
    (b'?', "iot:?ublish"),
    (b'e', "iot:*i*e"),
];

const KEYS: [(u8, (&str, &str)); 4] = [
    (b' ', ("Action", "Resource")),
    (b'r', ("Action", "NotResource")),
    (b'a', ("NotAction", "Resource")),
    (b'n', ("NotAction", "NotResource")),
];

fn add_condition(statement: &mut Value, mut line: Bytes<'_>) {
    let operator = choose(&OPERATORS, line.byte());
    let (before, behind) = choose(&MODIFIERS, line.byte());
    let key = choose(&CONDITION_KEYS, line.byte());
    let text = line.text();
    let values: Vec<String> = text.split(' ').map(with_variables).collect();
    let operator = format!("{before}{operator}{behind}");
    statement["Condition"][operator][key] = json!(values);
}

const OPERATORS: [(u8, &str); 28] = [
    (b'=', "StringEquals"),
    (b'!', "StringNotEquals"),
    (b'i', "StringEqualsIgnoreCase"),
    (b'I', "StringNotEqualsIgnoreCase"),
    (b'*', "StringLike"),
    (b'~', "StringNotLike"),
    (b'a', "ArnEquals"),
    (b'A', "ArnNotEquals"),
    (b'l', "ArnLike"),
    (b'L', "ArnNotLike"),
    (b'4', "IpAddress"),
    (b'6', "NotIpAddress"),
    (b'b', "Bool"),
    (b'x', "BinaryEquals"),
    (b'0', "Null"),
    (b'n', "NumericEquals"),
    (b'N', "NumericNotEquals"),
    (b'<', "NumericLessThan"),
    (b'[', "NumericLessThanEquals"),
    (b'>', "NumericGreaterThan"),
    (b']', "NumericGreaterThanEquals"),
    (b'd', "DateEquals"),
    (b'D', "DateNotEquals"),
    (b'(', "DateLessThan"),
    (b'{', "DateLessThanEquals"),
    (b')', "DateGreaterThan"),
    (b'}', "DateGreaterThanEquals"),
    (b'?', "StringMatches"),
];

const MODIFIERS: [(u8, (&str, &str)); 6] = [
    (b' ', ("", "")),
    (b'e', ("", "IfExists")),
    (b'a', ("ForAllValues:", "")),
    (b'o', ("ForAnyValue:", "")),
    (b'A', ("ForAllValues:", "IfExists")),
    (b'O', ("ForAnyValue:", "IfExists")),
];

const CONDITION_KEYS: [(u8, &str); 17] = [
    (b'C', "iot:ClientId"),
    (b'T', "iot:Connection.Thing.ThingName"),
    (b'Y', "iot:Connection.Thing.ThingTypeName"),
    (b'K', "iot:Connection.Thing.Attributes[k]"),
    (b'I', "iot:Connection.Thing.IsAttached"),
    (b'N', "iot:Certificate.Subject.CommonName"),
    (b'1', "iot:Certificate.Subject.CommonName.1"),
    (b'L', "iot:Certificate.Subject.CommonName.List"),
    (b'O', "iot:Certificate.Issuer.Organization"),
    (b'V', "iot:Certificate.AvailableKeys"),
    (b'M', "iot:ConnectAttributes"),
    (b'W', "iot:LastWillTopic"),
    (b'S', "aws:SourceIp"),
    (b'P', "aws:VpcSourceIp"),
    (b'X', "x:Text"),
    (b'x', "x:Texts"),
    (b'Z', "x:None"),
];

fn with_variables(text: &str) -> String {
    let piece = |ch: char| {
        let variable = VARIABLES.iter().find(|(letter, _)| *letter == ch);
        variable.map_or_else(|| Cow::Owned(ch.into()), |(_, text)| Cow::Borrowed(*text))
    };
    let pattern: String = text.chars().map(piece).collect();
    pattern.chars().take(MAX_CHARS).collect()
}

/// What capital letters in resources and values stand for.
const VARIABLES: [(char, &str); 15] = [
    ('C', "${iot:ClientId}"),
    ('T', "${iot:Connection.Thing.ThingName}"),
    ('Y', "${iot:Connection.Thing.ThingTypeName, '*'}"),
    ('K', "${iot:Connection.Thing.Attributes[k]}"),
    ('N', "${iot:Certificate.Subject.CommonName}"),
    ('O', "${iot:Certificate.Subject.CommonName.1, 'c'}"),
    ('L', "${iot:Certificate.Subject.CommonName.List}"),
    ('M', "${iot:ConnectAttributes}"),
    ('S', "${aws:SourceIp}"),
    ('X', "${x:Text}"),
    ('Z', "${x:None}"),
    ('Q', "${x:None, 'a'}"),
    ('E', "${*}"),
    ('F', "${?}"),
    ('G', "${$}"),
];
