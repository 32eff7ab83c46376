//! Custom authorizers: from what a client sends to the end of its connection.
#![expect(
    clippy::unwrap_used,
    reason = "functions that tests call: a failure is the test's"
)]

use alloc::sync::Arc;
use core::time::Duration;

use iot_policy::principal::authorizer::{
    AuthSession, Authorizer, AuthorizerConfig, AuthorizerEvent, AuthorizerGrant, AuthorizerLimits,
    AuthorizerRefusal, AuthorizerResponse, AuthorizerStatus, ConnectCredentials, CredentialsError,
    Invocation, Protocol, ResponseError, SessionStep, TlsClient, TokenKeyName,
};
use iot_policy::principal::{Authority, EffectivePolicies, Principal, StaticGroups};
use iot_policy::store::PolicyStore;
use iot_policy::{ArnScope, Context, Decision, PolicyErrorKind, Request};
use iot_topics::lifecycle::DisconnectReason;
use iot_topics::{AuthorizerName, CertificateId, Timestamp, TopicNameRef};
use proptest::prelude::*;
use serde_json::json;

const ALL: &str = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn read(text: &str) -> Result<AuthorizerGrant, ResponseError> {
    AuthorizerResponse::from_json(text)?.validate(&AuthorizerLimits::AWS_IOT)
}

/// A good answer with more members.
fn with(members: &str) -> String {
    format!(r#"{{"isAuthenticated": true, "principalId": "lamp1", {members}}}"#)
}

fn documents(count: usize) -> String {
    let documents = vec![ALL; count].join(",");
    with(&format!(r#""policyDocuments": [{documents}]"#))
}

#[test]
fn the_sample_of_the_guide_is_taken() {
    // It has a member that is none of an answer.
    let text = r#"{
        "password": "test",
        "isAuthenticated": true,
        "principalId": "TEST123",
        "policyDocuments": [{"Version": "2012-10-17", "Statement": [
            {"Action": "iot:Connect", "Effect": "Allow", "Resource": "*"},
            {"Action": "iot:Publish", "Effect": "Allow",
             "Resource": "arn:aws:iot:us-east-1:123456789012:topic/telemetry/${iot:ClientId}"}]}],
        "disconnectAfterInSeconds": 3600,
        "refreshAfterInSeconds": 300
    }"#;
    let grant = read(text).unwrap();
    assert_eq!(grant.principal_id(), "TEST123");
    assert_eq!(grant.disconnect_after(), Duration::from_secs(3_600));
    assert_eq!(grant.refresh_after(), Duration::from_secs(300));

    let authority = Authority::custom(Arc::new(grant.compile()));
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope).with_client_id("lamp");
    for (topic, expected) in [
        ("telemetry/lamp", Decision::Allowed),
        ("telemetry/other", Decision::ImplicitDeny),
    ] {
        let request = Request::publish(TopicNameRef::parse(topic).unwrap(), &context);
        assert_eq!(authority.decide(&request), expected);
    }
}

#[test]
fn documents_are_objects_or_strings() {
    let quoted = serde_json::to_string(ALL).unwrap();
    let text = with(&format!(r#""policyDocuments": [{ALL}, {quoted}]"#));
    let response = AuthorizerResponse::from_json(&text).unwrap();
    assert_eq!(response.policy_documents, [ALL, ALL]);
    let grant = response.validate(&AuthorizerLimits::AWS_IOT).unwrap();
    assert_eq!(grant.documents()[0], grant.documents()[1]);
    let compiled = grant.compile();
    let names: Vec<&str> = compiled
        .policies()
        .iter()
        .map(|policy| policy.name())
        .collect();
    assert_eq!(names, ["authorizer[0]", "authorizer[1]"]);
}

#[test]
fn members_may_be_absent_or_null() {
    for text in [
        r#"{"isAuthenticated": true, "principalId": "a"}"#,
        r#"{"isAuthenticated": true, "principalId": "a", "policyDocuments": null,
            "refreshAfterInSeconds": null, "disconnectAfterInSeconds": null}"#,
    ] {
        let grant = read(text).unwrap();
        assert!(grant.documents().is_empty());
        let day = Duration::from_secs(86_400);
        assert_eq!(
            (grant.disconnect_after(), grant.refresh_after()),
            (day, day)
        );
    }
}

#[test]
fn who_is_not_authenticated_gets_nothing() {
    assert_eq!(
        read(r#"{"isAuthenticated": false}"#),
        Err(ResponseError::NotAuthenticated)
    );
    // the rest does not matter
    let text = r#"{"isAuthenticated": false, "principalId": "-", "policyDocuments": [{}]}"#;
    assert_eq!(read(text), Err(ResponseError::NotAuthenticated));
    for text in [
        "{}",
        r#"{"isAuthenticated": null, "principalId": "a"}"#,
        r#"{"isAuthenticated": "true", "principalId": "a"}"#,
        r#"{"isAuthenticated": 1, "principalId": "a"}"#,
        r#"{"IsAuthenticated": true, "principalId": "a"}"#,
        r#"{"isAuthenticated": false, "isAuthenticated": true, "principalId": "a"}"#,
    ] {
        assert!(
            matches!(read(text), Err(ResponseError::Malformed(_))),
            "{text}"
        );
    }
}

#[test]
fn the_principal_has_1_to_128_letters_and_digits() {
    let of = |id: &str| read(&json!({"isAuthenticated": true, "principalId": id}).to_string());
    for good in ["a", "Z9", &"x".repeat(128)] {
        assert_eq!(of(good).unwrap().principal_id(), good);
    }
    for bad in ["", "a-b", "a b", "é", "a\n", &"x".repeat(129)] {
        assert_eq!(of(bad), Err(ResponseError::PrincipalId), "{bad}");
    }
    assert_eq!(
        read(r#"{"isAuthenticated": true}"#),
        Err(ResponseError::PrincipalId)
    );
}

#[test]
fn ten_documents_of_2048_characters() {
    assert_eq!(read(&documents(10)).unwrap().documents().len(), 10);
    let (max, got) = (10, 11);
    assert_eq!(
        read(&documents(11)),
        Err(ResponseError::TooManyDocuments { max, got })
    );

    let padded = |length: usize| {
        let resource = "x".repeat(length - ALL.len() + 1);
        ALL.replace(r#""Resource":"*""#, &format!(r#""Resource":"{resource}""#))
    };
    for quoted in [false, true] {
        let text = |length| {
            let document = padded(length);
            assert_eq!(document.len(), length);
            let document = if quoted {
                serde_json::to_string(&document).unwrap()
            } else {
                document
            };
            with(&format!(r#""policyDocuments": [{ALL}, {document}]"#))
        };
        assert!(read(&text(2_048)).is_ok());
        let Err(ResponseError::Document { index: 1, error }) = read(&text(2_049)) else {
            panic!("taken");
        };
        let (max, got) = (2_048, 2_049);
        assert_eq!(error.kind(), PolicyErrorKind::TooManyChars { max, got });
    }
}

#[test]
fn a_document_that_is_no_policy_refuses_the_whole_answer() {
    for document in [
        "{}",
        r#""""#,
        r#""{}""#,
        r#"{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    ] {
        let answer = read(&with(&format!(r#""policyDocuments": [{ALL}, {document}]"#)));
        assert!(
            matches!(answer, Err(ResponseError::Document { index: 1, .. })),
            "{document}"
        );
    }
    for documents in ["{}", "[7]", "[null]", "[[]]", r#""x""#] {
        let answer = read(&with(&format!(r#""policyDocuments": {documents}"#)));
        assert!(
            matches!(answer, Err(ResponseError::Malformed(_))),
            "{documents}"
        );
    }
}

#[test]
fn times_are_whole_seconds_from_300_to_86400() {
    for key in ["disconnectAfterInSeconds", "refreshAfterInSeconds"] {
        let of = |value: &str| read(&with(&format!(r#""{key}": {value}"#)));
        for good in ["300", "3600", "86400"] {
            assert!(of(good).is_ok(), "{key} {good}");
        }
        for bad in [
            "299",
            "86401",
            "0",
            "-300",
            "4294967596",
            "9223372036854775807",
        ] {
            let Err(ResponseError::OutOfRange {
                key: named,
                got,
                min: 300,
                max: 86_400,
            }) = of(bad)
            else {
                panic!("{key} {bad}");
            };
            assert_eq!((named, got.to_string().as_str()), (key, bad));
        }
        for bad in [
            "300.0",
            "3e2",
            "300.5",
            "9223372036854775808",
            r#""300""#,
            "true",
            "[300]",
        ] {
            assert!(
                matches!(of(bad), Err(ResponseError::Malformed(_))),
                "{key} {bad}"
            );
        }
    }
}

#[test]
fn an_answer_is_one_json_object() {
    for text in [
        "",
        "null",
        "[]",
        "true",
        "{",
        "{}}",
        r#"{"isAuthenticated": true, "principalId": "a",}"#,
        r#"{"isAuthenticated": true, "principalId": "a"} x"#,
        r#"{"isAuthenticated": true, "principalId": "a", "x": [1 2]}"#,
        r#"{"isAuthenticated": true, "principalId": "a", "x": {"y" "z"}}"#,
        r#"{"isAuthenticated": true, "principalId": "a", "x": [}]}"#,
    ] {
        assert!(
            matches!(read(text), Err(ResponseError::Malformed(_))),
            "{text}"
        );
    }
    // depth costs nothing
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(&with(&format!(r#""x": {deep}"#))).is_ok());

    let Err(ResponseError::Malformed(error)) =
        read("{\"isAuthenticated\": true,\n \"principalId\": 7}")
    else {
        panic!("taken");
    };
    assert_eq!(error.pointer(), "/principalId");
    let position = error.position().unwrap();
    assert_eq!((position.line, position.column), (2, 17));
}

#[test]
fn a_response_is_written_as_test_invoke_authorizer_does() {
    let response = AuthorizerResponse::from_json(&documents(1)).unwrap();
    assert_eq!(
        serde_json::to_value(&response).unwrap(),
        json!({"isAuthenticated": true, "principalId": "lamp1", "policyDocuments": [ALL]}),
    );
    let text = with(r#""refreshAfterInSeconds": 300, "disconnectAfterInSeconds": 400"#);
    let response = AuthorizerResponse::from_json(&text).unwrap();
    let written = serde_json::to_string(&response).unwrap();
    assert_eq!(AuthorizerResponse::from_json(&written).unwrap(), response);
}

#[test]
fn with_a_certificate_its_policies_count_too() {
    let id: CertificateId = "ab".repeat(32).parse().unwrap();
    let principal = Principal::Custom {
        certificate: Some(id.clone()),
    };
    let mut store = PolicyStore::default();
    let deny = r#"{"Statement": {"Effect": "Deny", "Action": "iot:Publish", "Resource": "*"}}"#;
    let name = "Own".parse().unwrap();
    store
        .create_policy(&name, deny, Timestamp::default())
        .unwrap();
    store.attach(&name, &principal.target().unwrap()).unwrap();
    let attached = EffectivePolicies::of_principal(
        store.current(),
        &principal,
        None,
        &StaticGroups::default(),
    );

    let answer =
        json!({"isAuthenticated": true, "principalId": id.as_str(), "policyDocuments": [ALL]});
    let grant = read(&answer.to_string()).unwrap();
    assert_eq!(grant.check_certificate(&id), Ok(()));
    let other = "cd".repeat(32).parse().unwrap();
    assert_eq!(
        grant.check_certificate(&other),
        Err(ResponseError::OtherPrincipal)
    );

    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope).with_client_id("lamp");
    let publish = Request::publish(TopicNameRef::parse("t").unwrap(), &context);
    let connect = Request::connect("lamp", &context);
    let authority = Authority::custom(Arc::new(grant.compile_with(&attached.unwrap())));
    assert_eq!(authority.decide(&publish), Decision::ExplicitDeny);
    assert_eq!(authority.decide(&connect), Decision::Allowed);
    assert_eq!(grant.compile().decide(&publish), Decision::Allowed);
}

#[test]
fn credentials_in_a_user_name() {
    let read = |text| ConnectCredentials::from_username(text).unwrap();
    let plain = read("lamp");
    assert_eq!(
        (plain.username(), plain.authorizer_name(), plain.signature()),
        (Some("lamp"), None, None)
    );
    assert_eq!(read("").username(), None);
    assert_eq!(read("a%20b").username(), Some("a%20b"));

    // A signature that was not encoded keeps its `+`, `/` and `=`.
    let raw = read(
        "u?x-amz-customauthorizer-signature=a+/b==&x-amz-customauthorizer-name=n%2Dm&tok=x%3Fy?z",
    );
    assert_eq!(raw.signature(), Some("a+/b=="));
    assert_eq!(raw.authorizer_name().unwrap().as_str(), "n-m");
    assert_eq!(raw.value("tok"), Ok(Some("x?y?z")));
    assert_eq!(raw.value("TOK"), Ok(Some("x?y?z")));
    assert_eq!(raw.value("none"), Ok(None));
    // empty parameters, and one without a value
    assert_eq!(read("u?&&a&=b&").value("a"), Ok(Some("")));
    assert!(!format!("{raw:?}").contains("x?y"), "{raw:?}");
}

#[test]
fn credentials_in_doubt_are_refused() {
    let read = ConnectCredentials::from_username;
    for key in [
        "x-amz-customauthorizer-name",
        "x-amz-customauthorizer-signature",
    ] {
        let upper = key.to_uppercase();
        let error = read(&format!("u?{key}=a&{upper}=a")).unwrap_err();
        assert_eq!(error, CredentialsError::GivenTwice(key.into()));
    }
    let twice = read("u?t=1&t=2").unwrap();
    assert_eq!(
        twice.value("t"),
        Err(CredentialsError::GivenTwice("t".into()))
    );
    assert_eq!(
        read("u?a=b&t=%4"),
        Err(CredentialsError::PercentEncoding { at: 4 })
    );
    assert_eq!(
        read("u?%FF=b"),
        Err(CredentialsError::PercentEncoding { at: 0 })
    );
    let error = read("u?x-amz-customauthorizer-name=a%20b").unwrap_err();
    assert!(matches!(error, CredentialsError::AuthorizerName(_)));
    let error = read("u?x-amz-customauthorizer-name=").unwrap_err();
    assert!(matches!(error, CredentialsError::AuthorizerName(_)));

    // a header and a parameter
    let headers = [("X-Amz-CustomAuthorizer-Name", "a")];
    let error =
        ConnectCredentials::from_http(headers, "x-amz-customauthorizer-name=b").unwrap_err();
    assert!(matches!(error, CredentialsError::GivenTwice(_)));
}

fn authorizers() -> [Authorizer; 3] {
    let name = |text: &str| text.parse::<AuthorizerName>().unwrap();
    [
        Authorizer::new(name("open")),
        Authorizer::new(name("signed")).with_signing(TokenKeyName::parse("tok").unwrap()),
        Authorizer::new(name("off")).with_status(AuthorizerStatus::Inactive),
    ]
}

fn choose(
    config: &AuthorizerConfig,
    username: &str,
) -> Result<(String, bool, Option<String>), AuthorizerRefusal> {
    let all = authorizers();
    let find = |name: &AuthorizerName| all.iter().find(|authorizer| authorizer.name() == name);
    let verify = |authorizer: &Authorizer, token: &str, signature: &str| {
        authorizer.name().as_str() == "signed" && signature == "c2ln" && token == "abc"
    };
    let credentials = ConnectCredentials::from_username(username).unwrap();
    config
        .choose(&credentials, find, &verify)
        .map(|invocation: Invocation<'_>| {
            let name = invocation.authorizer().name().to_string();
            (
                name,
                invocation.signature_verified(),
                invocation.token().map(Into::into),
            )
        })
}

#[test]
fn the_named_authorizer_goes_before_the_default() {
    let name = |text: &str| text.parse::<AuthorizerName>().unwrap();
    let config = AuthorizerConfig::with_default(name("open"));
    assert_eq!(choose(&config, "u"), Ok(("open".into(), false, None)));
    let signed =
        "u?x-amz-customauthorizer-name=signed&tok=abc&x-amz-customauthorizer-signature=c2ln";
    assert_eq!(
        choose(&config, signed),
        Ok(("signed".into(), true, Some("abc".into())))
    );
    // one that is of no use is not replaced by the default
    let of = |text: &str| choose(&config, &format!("u?x-amz-customauthorizer-name={text}"));
    assert_eq!(of("off"), Err(AuthorizerRefusal::Inactive(name("off"))));
    assert_eq!(of("gone"), Err(AuthorizerRefusal::Unknown(name("gone"))));

    let mut config = config;
    config.allow_override = false;
    assert_eq!(
        choose(&config, signed),
        Err(AuthorizerRefusal::NoOverride(name("signed")))
    );
    assert!(choose(&config, "u?x-amz-customauthorizer-name=open").is_ok());
    assert_eq!(
        choose(&AuthorizerConfig::default(), "u"),
        Err(AuthorizerRefusal::NoAuthorizer)
    );
    let config = AuthorizerConfig::with_default(name("off"));
    assert_eq!(
        choose(&config, "u"),
        Err(AuthorizerRefusal::Inactive(name("off")))
    );
}

#[test]
fn a_token_needs_its_signature() {
    let config = AuthorizerConfig::with_default("signed".parse().unwrap());
    let of = |query: &str| choose(&config, &format!("u?{query}")).map(|(_, verified, _)| verified);
    let sign = "x-amz-customauthorizer-signature";
    assert_eq!(of(&format!("tok=abc&{sign}=c2ln")), Ok(true));
    assert_eq!(
        of(&format!("tok=abd&{sign}=c2ln")),
        Err(AuthorizerRefusal::BadSignature)
    );
    assert_eq!(
        of(&format!("tok=abc&{sign}=c2lm")),
        Err(AuthorizerRefusal::BadSignature)
    );
    assert_eq!(of("tok=abc"), Err(AuthorizerRefusal::NoSignature));
    assert_eq!(of(&format!("{sign}=c2ln")), Err(AuthorizerRefusal::NoToken));
    assert_eq!(
        of(&format!("tok=&{sign}=c2ln")),
        Err(AuthorizerRefusal::NoToken)
    );
    let long = "x".repeat(6_145);
    assert_eq!(
        of(&format!("tok={long}&{sign}=c2ln")),
        Err(AuthorizerRefusal::NoToken)
    );
    for signature in ["", "==", "a===", "a b", "a=b", &"a".repeat(2_561)] {
        let refusal = of(&format!("tok=abc&{sign}={signature}"));
        assert_eq!(refusal, Err(AuthorizerRefusal::NoSignature), "{signature}");
    }
    let twice = of(&format!("tok=abc&tok=abc&{sign}=c2ln"));
    assert!(matches!(twice, Err(AuthorizerRefusal::Credentials(_))));
}

#[test]
fn the_event_has_the_keys_of_the_guide() {
    let all = authorizers();
    let credentials =
        ConnectCredentials::from_username("?tok=abc&x-amz-customauthorizer-signature=c2ln")
            .unwrap();
    let config = AuthorizerConfig::with_default("signed".parse().unwrap());
    let find = |name: &AuthorizerName| all.iter().find(|authorizer| authorizer.name() == name);
    let invocation = config
        .choose(&credentials, find, &|_: &Authorizer, _: &str, _: &str| true)
        .unwrap();
    let id: CertificateId = "ab".repeat(32).parse().unwrap();
    let event = AuthorizerEvent::new("c-1", Some(&invocation))
        .with_mqtt(Some("u?tok=abc"), Some(b"pass"), None)
        .with_http([("Host", "h")], "qos=1")
        .with_server_name("example.com")
        .with_certificate(TlsClient::new("PEM", &id));
    assert_eq!(
        event.protocols(),
        [Protocol::Tls, Protocol::Http, Protocol::Mqtt]
    );
    assert_eq!(
        serde_json::to_value(&event).unwrap(),
        json!({
            "token": "abc",
            "signatureVerified": true,
            "protocols": ["tls", "http", "mqtt"],
            "protocolData": {
                "tls": {"serverName": "example.com", "x509CertificatePem": "PEM", "principalId": "ab".repeat(32)},
                "http": {"headers": {"Host": "h"}, "queryString": "?qos=1"},
                "mqtt": {"username": "u?tok=abc", "password": "cGFzcw=="},
            },
            "connectionMetadata": {"id": "c-1"},
        }),
    );
    let shown = format!("{event:?} {invocation:?}");
    assert!(
        !shown.contains("abc") && !shown.contains("cGFzcw"),
        "{shown}"
    );
    let bare = serde_json::to_string(&AuthorizerEvent::new("c-1", None)).unwrap();
    assert_eq!(
        bare,
        r#"{"signatureVerified":false,"protocols":[],"protocolData":{},"connectionMetadata":{"id":"c-1"}}"#
    );
}

fn grant(refresh: u64, disconnect: u64) -> AuthorizerGrant {
    let times =
        format!(r#""refreshAfterInSeconds": {refresh}, "disconnectAfterInSeconds": {disconnect}"#);
    read(&with(&times)).unwrap()
}

const TTL: SessionStep = SessionStep::Disconnect(DisconnectReason::CustomauthTtlExpiration);
const FAILED: SessionStep = SessionStep::Disconnect(DisconnectReason::AuthError);

#[test]
fn a_session_is_refreshed_and_ends() {
    let at = Timestamp::from_secs;
    let mut session = AuthSession::new(&grant(300, 1_000), at(0));
    assert_eq!(session.poll(at(299)), SessionStep::KeepGoing);
    assert_eq!(session.poll(at(300)), SessionStep::Refresh);
    assert_eq!(session.poll(at(305)), SessionStep::Refresh);
    // a later answer moves the refresh, not the end
    assert_eq!(
        session.refresh(Ok(&grant(600, 86_400)), at(305)),
        SessionStep::KeepGoing
    );
    assert_eq!(session.poll_timeout(), at(905));
    assert_eq!(session.poll(at(905)), SessionStep::Refresh);
    assert_eq!(
        session.refresh(Ok(&grant(300, 300)), at(905)),
        SessionStep::KeepGoing
    );
    assert_eq!(session.poll_timeout(), at(1_000));
    assert_eq!(session.poll(at(999)), SessionStep::KeepGoing);
    assert_eq!(session.poll(at(1_000)), TTL);
    assert_eq!(session.refresh(Ok(&grant(300, 300)), at(1_001)), TTL);
}

#[test]
fn a_refresh_that_fails_ends_the_session_for_good() {
    let at = Timestamp::from_secs;
    for error in [
        read(r#"{"isAuthenticated": false}"#).unwrap_err(),
        read("timeout").unwrap_err(),
    ] {
        let mut session = AuthSession::new(&grant(300, 1_000), at(0));
        assert_eq!(session.refresh(Err(&error), at(300)), FAILED);
        assert_eq!(session.refresh(Ok(&grant(300, 1_000)), at(301)), FAILED);
    }
    let mut session = AuthSession::new(&grant(300, 1_000), at(0));
    session.no_answer();
    assert_eq!(session.poll(at(306)), FAILED);
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in any::<String>(), members in "[\\[\\]{}\",:0-9a-z ]{0,40}") {
        let _ = read(&text);
        let _ = read(&with(&members));
        let _ = ConnectCredentials::from_username(&text);
        let _ = ConnectCredentials::from_http([(text.as_str(), text.as_str())], &text);
    }

    /// Whatever JSON a Lambda function writes: who is let in had `isAuthenticated: true`.
    #[test]
    fn nobody_is_let_in_without_being_authenticated(
        authenticated in prop_oneof![Just(json!(true)), Just(json!(false)), Just(json!(null)), Just(json!("true")), Just(json!(1))],
        id in prop_oneof![Just(json!("a")), Just(json!(null)), Just(json!("a b"))],
        times in prop::collection::vec(prop_oneof![Just(json!(300)), Just(json!(299)), Just(json!(86_401)), Just(json!(null))], 2),
        count in 0..12_usize,
    ) {
        let answer = json!({
            "isAuthenticated": authenticated, "principalId": id,
            "refreshAfterInSeconds": times[0], "disconnectAfterInSeconds": times[1],
            "policyDocuments": vec![ALL; count],
        });
        let in_range = |time: &serde_json::Value| time.is_null() || *time == json!(300);
        let good = authenticated == json!(true) && id == json!("a") && times.iter().all(in_range) && count <= 10;
        prop_assert_eq!(read(&answer.to_string()).is_ok(), good);
    }

    /// The end of a session is fixed at its start, whatever the refreshes say.
    #[test]
    fn no_refresh_moves_the_end(
        disconnect in 300..86_401_u64,
        refreshes in prop::collection::vec((0..90_000_u64, 300..86_401_u64, 300..86_401_u64), 0..20),
    ) {
        let at = Timestamp::from_secs;
        let mut session = AuthSession::new(&grant(300, disconnect), at(0));
        for (now, refresh, other) in refreshes {
            let step = session.refresh(Ok(&grant(refresh, other)), at(now));
            prop_assert_eq!(step == TTL, now >= disconnect);
        }
        prop_assert_eq!(session.poll(at(disconnect)), TTL);
        prop_assert!(session.poll(at(disconnect - 1)) != TTL);
        prop_assert!(session.poll_timeout() <= at(disconnect));
    }

    /// What is encoded is decoded, once.
    #[test]
    fn parameters_are_decoded_once(token in any::<String>()) {
        let encoded: String = token.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let credentials = ConnectCredentials::from_username(&format!("u?t={encoded}")).unwrap();
        prop_assert_eq!(credentials.value("t"), Ok(Some(token.as_str())));
    }
}
