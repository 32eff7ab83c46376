//! Lints of one statement.

use iot_policy::lint::LintId as L;

use super::{Case, case, ids};

pub(crate) const CASES: &[Case] = &[
    case(
        L::OddSid,
        r#"[{"Sid": "allow connect", "Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]"#,
        "/0/Sid",
        r#"[{"Sid": "AllowConnect1", "Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]"#,
    ),
    case(
        L::EmptyCondition,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {}}"#,
        "/Condition",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#,
    ),
    case(
        L::EmptyCondition,
        r#"[{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {}}}]"#,
        "/0/Condition",
        r#"[{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]"#,
    ),
    // Actions.
    case(
        L::UnknownAction,
        r#"{"Effect": "Allow", "Action": ["iot:Connect", "iot:publsh"], "Resource": "*"}"#,
        "/Action/1",
        r#"{"Effect": "Allow", "Action": ["iot:Connect", "IOT:publish", "iot:Pub*", "greengrass:Discover"], "Resource": "*"}"#,
    ),
    case(
        L::UnknownAction,
        r#"{"Effect": "Deny", "NotAction": "iot:CreateThing", "Resource": "*"}"#,
        "/NotAction",
        r#"{"Effect": "Deny", "NotAction": "iot:*", "Resource": "*"}"#,
    ),
    case(
        L::JobActionPrefix,
        r#"{"Effect": "Allow", "Action": "iot:updateJobExecution", "Resource": "~thing/t"}"#,
        "/Action",
        r#"{"Effect": "Allow", "Action": "iotjobsdata:UpdateJobExecution", "Resource": "~thing/t"}"#,
    ),
    case(
        L::ActionWithoutResource,
        r#"{"Effect": "Allow", "Action": ["iot:Publish", "iot:Connect"], "Resource": "~topic/a"}"#,
        "/Action/1",
        r#"{"Effect": "Allow", "Action": ["iot:Publish", "iot:Connect"], "Resource": ["~topic/a", "~client/a"]}"#,
    ),
    case(
        L::ActionWithoutResource,
        r#"{"Effect": "Allow", "Action": ["iot:GetRetainedMessage", "iot:ListRetainedMessages"], "Resource": "~topic/a"}"#,
        "/Action/1",
        r#"{"Effect": "Allow", "Action": ["iot:GetRetainedMessage", "iot:ListRetainedMessages"], "Resource": "*"}"#,
    ),
    case(
        L::NotActionAllow,
        r#"{"Effect": "Allow", "NotAction": "iot:Publish", "Resource": "~client/a"}"#,
        "#/NotAction",
        r#"{"Effect": "Deny", "NotAction": "iot:Publish", "Resource": "~client/a"}"#,
    ),
    case(
        L::RetainOnReserved,
        r#"{"Effect": "Allow", "Action": ["iot:Publish", "iot:RetainPublish"], "Resource": "~topic/$aws/things/t/shadow/update"}"#,
        "/Action/1",
        r#"{"Effect": "Allow", "Action": ["iot:Publish", "iot:RetainPublish"], "Resource": ["~topic/$aws/things/t/shadow/update", "~topic/a"]}"#,
    ),
    // Resources.
    case(
        L::MalformedArn,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "topic/a"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws-cn:iot:*:*:topic/a:b"}"#,
    ),
    case(
        L::MalformedArn,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:sns:us-east-1:123456789012:topic/a"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:*:topic/a"}"#,
    ),
    case(
        L::MalformedArn,
        // As a sample of the page "Events" has it.
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~/$aws/events/*"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/$aws/events/*"}"#,
    ),
    case(
        L::MalformedArn,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:iot::123456789012:topic/a"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "greengrass:*", "Resource": "arn:aws:greengrass:us-east-1:123456789012:components:c:versions:1"}"#,
    ),
    case(
        L::UnknownResourceType,
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicFilter/a"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topic*"}"#,
    ),
    case(
        L::WrongResourceType,
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": ["~topicfilter/a", "~topic/a"]}"#,
        "/Resource/1",
        r#"{"Effect": "Allow", "Action": ["iot:Subscribe", "iot:Receive"], "Resource": ["~topicfilter/a", "~topic/a"]}"#,
    ),
    case(
        L::WrongResourceType,
        r#"{"Effect": "Allow", "Action": "iot:Pub*", "Resource": "~topicfilter/a"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:*", "Resource": "~topicfilter/a"}"#,
    ),
    case(
        L::WrongResourceType,
        r#"{"Effect": "Allow", "Action": "iot:ListRetainedMessages", "Resource": "~topic/a"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "NotAction": "iot:ListRetainedMessages", "Resource": "~topic/a"}"#,
    ),
    case(
        L::MqttWildcardInTopic,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a/+/${iot:Connection.Thing.Attributes[x+y]}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a/*/${iot:Connection.Thing.Attributes[x+y]}"}"#,
    ),
    case(
        L::MqttWildcardInDeny,
        r#"{"Effect": "Deny", "Action": "iot:Subscribe", "Resource": "~topicfilter/a/#"}"#,
        "/Resource",
        r#"{"Effect": "Deny", "Action": "iot:Subscribe", "NotResource": "~topicfilter/a/#"}"#,
    ),
    case(
        L::MqttWildcardInDeny,
        r#"{"Effect": "Deny", "Action": "iot:Publish", "Resource": "~topic/a/+"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a/+"}"#,
    ),
    case(
        L::ImpossibleFilter,
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/a/#/b"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/$share/g/a/+/#"}"#,
    ),
    case(
        L::SubscribeToEverything,
        r#"{"Effect": "Allow", "Action": "iot:*", "Resource": ["~client/a", "~topicfilter/*"]}"#,
        "/Resource/1",
        r#"{"Effect": "Allow", "Action": ["iot:Subscribe"], "Resource": ["~topicfilter/a/*", "~topicfilter/#"]}"#,
    ),
    case(
        L::SubscribeToEverything,
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}}"#,
    ),
    case(
        L::PublishToReserved,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/$aws/things/${iot:Connection.Thing.ThingName}/shadow/update/accepted"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": "~topic/$aws/things/t/shadow/update/accepted"}"#,
    ),
    case(
        L::PublishToReserved,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/$aws/things/t/shadov/update"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource":
            ["~topic/$aws/things/${iot:ClientId}/shadow/update", "~topic/$aws/things/t/${iot:ClientId}/update", "~topic/$aws/things/*/shadov", "~topic/a"]}"#,
    ),
    case(
        L::SubscribeToReserved,
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/$aws/rules/#"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource":
            ["~topicfilter/$aws/things/+/jobs/#", "~topicfilter/$aws/things/${iot:ClientId}/shadow/+/accepted", "~topicfilter/$share/g/a"]}"#,
    ),
    case(
        L::SubscribeToReserved,
        r#"{"Effect": "Allow", "Action": "iot:Subscribe", "Resource": "~topicfilter/$SYS/#"}"#,
        "/Resource",
        r#"{"Effect": "Deny", "Action": "iot:Subscribe", "Resource": "~topicfilter/$SYS/#"}"#,
    ),
    case(
        L::ForeignScope,
        r#"[{"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:iot:us-east-1:210987654321:topic/a"},
            {"Effect": "Allow", "Action": "iot:Publish", "Resource": ["~topic/b", "~topic/c"]}]"#,
        "/0/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": ["~topic/b", "arn:aws:iot:*:*:topic/a", "*"]}"#,
    ),
    case(
        L::DuplicatePattern,
        r#"{"Effect": "Allow", "Action": ["iot:Connect", "iot:connect"], "Resource": "*"}"#,
        "/Action/1",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": ["~client/a", "~client/A"]}"#,
    ),
    case(
        L::DuplicatePattern,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"iot:DomainName": ["a", "b", "a"]}}}"#,
        "/Condition/StringEquals/iot:DomainName/2",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"iot:DomainName": ["a", "b"]}}}"#,
    ),
    case(
        L::NotResourceAllow,
        r#"{"Effect": "Allow", "Action": "iot:Receive", "NotResource": "~topic/a/*"}"#,
        "#/NotResource",
        r#"{"Effect": "Deny", "Action": "iot:Receive", "NotResource": "~topic/a/*"}"#,
    ),
    case(
        L::EscapeWithParentheses,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a$(*)b$($)"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a${*}b${$}"}"#,
    ),
    case(
        L::ClientIdInConnect,
        r#"{"Effect": "Allow", "Action": "iot:*", "Resource": "~client/${IoT:clientId}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": ["iot:Connect", "iot:Publish"], "Resource": ["~client/a-${iot:ClientId}", "~topic/${iot:ClientId}"]}"#,
    ),
    case(
        L::ClientIdInConnect,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "~client/${iot:ClientId}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "~client/${iot:ClientId}", "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}}"#,
    ),
    // Variables.
    case(
        L::UnknownVariable,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:ClientID}/${iot:Certificate.Subject.ComonName}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:ClientID}/${iot:Certificate.Subject.CommonName}"}"#,
    ),
    case(
        L::OldVariableName,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:Thing.ThingName}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:Connection.Thing.ThingName}"}"#,
    ),
    case(
        L::OldVariableName,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "*", "Condition": {"StringLike": {"iot:thing.thingname": "a*"}}}"#,
        "#/Condition/StringLike/iot:thing.thingname",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "*", "Condition": {"StringLike": {"iot:connection.thing.thingname": "a*"}}}"#,
    ),
    case(
        L::MisplacedVariable,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "arn:aws:iot:${aws:Region}:123456789012:topic/a"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/a:${iot:ClientId}"}"#,
    ),
    case(
        L::MisplacedVariable,
        r#"{"Effect": "Allow", "Action": "iot:${iot:ClientId}", "Resource": "*"}"#,
        "/Action",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}"#,
    ),
    case(
        L::MisplacedVariable,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "${iot:ClientId}"}}}"#,
        "/Condition/IpAddress/aws:SourceIp",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringLike": {"iot:ClientId": "${iot:CertificateId}"}}}"#,
    ),
    case(
        L::UnterminatedVariable,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:ClientId}/${iot:ClientId/a"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:ClientId}/$a{"}"#,
    ),
    case(
        L::VariableWithoutValue,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:Certificate.Subject.CommonName.List}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:Certificate.Subject.CommonName.4}"}"#,
    ),
    case(
        L::VariableWithoutValue,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:Certificate.Subject.CommonName.5}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:Certificate.Subject.CommonName.5, 'none'}"}"#,
    ),
    case(
        L::VariableWithoutValue,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "*", "Condition": {"StringEquals": {"credentials-iot:ThingName": "a"}}}"#,
        "#/Condition/StringEquals/credentials-iot:ThingName",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "*", "Condition": {"StringEquals": {"iot:ClientId": "a"}}}"#,
    ),
    case(
        L::VariableWithoutValue,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${iot:LastWillTopic}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:*", "Resource": "~topic/${iot:LastWillTopic}"}"#,
    ),
    case(
        L::VariableOverHttp,
        r#"{"Effect": "Allow", "Action": "iot:GetThingShadow", "Resource": "~thing/${iot:Connection.Thing.ThingName}"}"#,
        "/Resource",
        r#"{"Effect": "Allow", "Action": "iot:GetThingShadow", "Resource": "~thing/${iot:CertificateId}"}"#,
    ),
    case(
        L::VariableOverHttp,
        r#"{"Effect": "Allow", "Action": "iotjobsdata:UpdateJobExecution", "Resource": "*", "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}}"#,
        "#/Condition/Bool/iot:Connection.Thing.IsAttached",
        r#"{"Effect": "Allow", "Action": ["iotjobsdata:UpdateJobExecution", "iot:Connect"], "Resource": "*", "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}}"#,
    ),
    case(
        L::VariableInNotResource,
        r#"{"Effect": "Allow", "Action": "iot:Publish", "NotResource": "~topic/${iot:Connection.Thing.ThingName}/*"}"#,
        "/NotResource",
        r#"{"Effect": "Allow", "Action": "iot:Publish", "NotResource": "~topic/${iot:Connection.Thing.ThingName, 'none'}/*"}"#,
    ),
    // Conditions.
    case(
        L::UnknownConditionKey,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransprt": "true"}}}"#,
        "#/Condition/Bool/aws:SecureTransprt",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"Bool": {"AWS:securetransport": "true"}}}"#,
    ),
    case(
        L::KeyNeverPresent,
        r#"{"Effect": "Deny", "Action": "iot:Publish", "Resource": "*", "Condition": {"ArnLike": {"iot:LastWillTopic": "~topic/a"}}}"#,
        "#/Condition/ArnLike/iot:LastWillTopic",
        r#"{"Effect": "Deny", "Action": ["iot:Publish", "iot:Connect"], "Resource": "*", "Condition": {"ArnLike": {"iot:LastWillTopic": "~topic/a"}}}"#,
    ),
    case(
        L::KeyNeverPresent,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"iot:JobId": "j"}}}"#,
        "#/Condition/StringEquals/iot:JobId",
        r#"{"Effect": "Allow", "Action": "iotjobsdata:DescribeJobExecution", "Resource": "*", "Condition": {"StringEquals": {"iot:JobId": "j"}}}"#,
    ),
    case(
        L::UnreadableValue,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.0.0.0/33"]}}}"#,
        "/Condition/IpAddress/aws:SourceIp/1",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}}"#,
    ),
    case(
        L::UnreadableValue,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"NumericEquals": {"aws:EpochTime": "abc"}}}"#,
        "/Condition/NumericEquals/aws:EpochTime",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"NumericEquals": {"aws:EpochTime": 1e3}}}"#,
    ),
    case(
        L::OperatorForKey,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceIp": "10.0.0.0/8"}}}"#,
        "#/Condition/StringEquals",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceIp": "10.0.0.1"}}}"#,
    ),
    case(
        L::OperatorForKey,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"NumericLessThan": {"aws:CurrentTime": "5"}}}"#,
        "#/Condition/NumericLessThan",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}, "Null": {"aws:SourceIp": "false"}}}"#,
    ),
    case(
        L::QuantifierMissing,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"iot:ConnectAttributes": "LastWill"}}}"#,
        "#/Condition/StringEquals",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"iot:ConnectAttributes": "LastWill"}, "Null": {"iot:ConnectAttributes": "false"}}}"#,
    ),
    case(
        L::ForAllValuesAllow,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"iot:Certificate.Subject.CommonName.List": "a"}}}"#,
        "#/Condition/ForAllValues:StringEquals",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {
            "ForAllValues:StringEquals": {"iot:Certificate.Subject.CommonName.List": "a", "iot:ConnectAttributes": "LastWill"},
            "Null": {"iot:certificate.Subject.CommonName.List": false}}}"#,
    ),
    case(
        L::ForAllValuesAllow,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"ForAllValues:StringNotLike": {"iot:ClientId": "a*"}}}"#,
        "#/Condition/ForAllValues:StringNotLike",
        r#"{"Effect": "Deny", "Action": "iot:Connect", "Resource": "*", "Condition": {"ForAllValues:StringNotLike": {"iot:ClientId": "a*"}}}"#,
    ),
    case(
        L::WildcardInEquals,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"iot:ClientId": "dev-*"}}}"#,
        "/Condition/StringEquals/iot:ClientId",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"iot:ClientId": "dev-${*}?"}, "StringLike": {"iot:ClientId": "dev-*"}}}"#,
    ),
    case(
        L::EmptyValues,
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"StringEquals": {"iot:ClientId": []}}}"#,
        "#/Condition/StringEquals/iot:ClientId",
        r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"iot:ConnectAttributes": []}}}"#,
    ),
];

/// One mistake is told once: where no resource suits any action, the resources are at fault.
#[test]
fn a_mistake_is_told_once() {
    let statement = r#"{"Effect": "Allow", "Action": ["iot:Publish", "iot:RetainPublish"], "Resource": "~topicfilter/a"}"#;
    assert_eq!(ids(statement), [L::WrongResourceType]);
    let statement = r#"{"Effect": "Deny", "Action": "iot:Publish", "Resource": "~topic/a/#"}"#;
    assert_eq!(ids(statement), [L::MqttWildcardInDeny]);
    let statement = r#"{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*",
        "Condition": {"IpAddress": {"aws:SourceIp": ["${iot:ClientId}"]}}}"#;
    assert_eq!(ids(statement), [L::MisplacedVariable]);
}

/// The same variable at several places of one text is told once, different ones each.
#[test]
fn variables_of_one_text() {
    let statement =
        r#"{"Effect": "Allow", "Action": "iot:Publish", "Resource": "~topic/${a}/${b}/${a}"}"#;
    assert_eq!(ids(statement), [L::UnknownVariable, L::UnknownVariable]);
}
