//! The credential provider.
#![expect(
    clippy::unwrap_used,
    reason = "functions that tests call: a failure is the test's"
)]

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::time::Duration;

use iot_policy::principal::Authority;
use iot_policy::principal::credentials::{
    AttachedThing, CredentialDurations, CredentialsGrant, CredentialsRefusal, CredentialsRequest,
    CredentialsResponse, RoleAliasError, RoleAliasSettings,
};
use iot_policy::{
    ArnScope, Context, ContextValues, Decision, PolicyDocument, PolicySet, Unresolved, Variable,
};
use iot_topics::{RoleAlias, ThingName, Timestamp};
use proptest::prelude::*;

const ROLE: &str = "arn:aws:iam::123456789012:role/camera";
const HEADER: &str = "x-amzn-iot-thingname";

fn policy(effect: &str, resource: &str) -> Authority {
    let resource = format!("arn:aws:iot:us-east-1:123456789012:rolealias/{resource}");
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}",
            "Action": "iot:AssumeRoleWithCertificate", "Resource": "{resource}"}}}}"#
    );
    let document = PolicyDocument::from_json(&text).unwrap();
    Authority::certificate(Arc::new(PolicySet::compile([("P", document)])))
}

fn camera() -> AttachedThing {
    let attributes = BTreeMap::from([("site".parse().unwrap(), "berlin".parse().unwrap())]);
    AttachedThing::new("camera-7".parse().unwrap())
        .with_type("camera".parse().unwrap())
        .with_attributes(attributes)
}

/// Asks for `upload` with a certificate that `camera-7` alone is attached to.
fn ask(authority: &Authority, thing: Option<&str>) -> Result<CredentialsGrant, CredentialsRefusal> {
    let headers = thing.map(|name| (HEADER, name));
    let request = CredentialsRequest::parse("/role-aliases/upload/credentials", headers)?;
    let find = |name: &ThingName| Some(camera()).filter(|camera| camera.name() == name);
    authorize(&request, authority, find)
}

fn authorize(
    request: &CredentialsRequest,
    authority: &Authority,
    find: impl FnOnce(&ThingName) -> Option<AttachedThing>,
) -> Result<CredentialsGrant, CredentialsRefusal> {
    let alias = RoleAliasSettings::new(ROLE, None, None, &CredentialDurations::AWS_IOT).unwrap();
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let id = "ab".repeat(32).parse().unwrap();
    let context = Context::new(&scope);
    request.authorize(&alias, &id, authority, context, ContextValues::new(), find)
}

#[test]
fn the_policies_must_allow_the_alias() {
    let grant = ask(&policy("Allow", "upload"), None).unwrap();
    assert_eq!(
        (grant.role_arn.as_str(), grant.duration),
        (ROLE, Duration::from_secs(3_600))
    );
    for (authority, decision) in [
        (policy("Allow", "download"), Decision::ImplicitDeny),
        (policy("Allow", "Upload"), Decision::ImplicitDeny),
        (policy("Deny", "*"), Decision::ExplicitDeny),
        (Authority::none(), Decision::ImplicitDeny),
    ] {
        let refusal = ask(&authority, None).unwrap_err();
        assert_eq!(refusal, CredentialsRefusal::Denied(decision));
        assert_eq!(refusal.http_status(), 403);
    }
}

#[test]
fn the_thing_of_the_header_must_be_attached() {
    let authority = policy("Allow", "*");
    assert!(ask(&authority, Some("camera-7")).is_ok());
    for thing in ["camera-8", "Camera-7", "camera 7", ""] {
        let refusal = ask(&authority, Some(thing)).unwrap_err();
        assert_eq!(refusal, CredentialsRefusal::Thing, "{thing}");
        assert_eq!(refusal.http_status(), 403);
    }
}

#[test]
fn a_lookup_that_answers_another_thing_is_refused() {
    let alias = "upload".parse().unwrap();
    let request = CredentialsRequest::new(alias, Some("other".parse().unwrap()));
    let answer = authorize(&request, &policy("Allow", "*"), |_| Some(camera()));
    assert_eq!(answer, Err(CredentialsRefusal::Thing));
}

#[test]
fn thing_variables_come_from_the_header() {
    let id = "ab".repeat(32);
    for (resource, alias, without) in [
        ("${iot:Connection.Thing.ThingName}", "camera-7", false),
        ("${iot:Connection.Thing.ThingTypeName}", "camera", false),
        ("${iot:Connection.Thing.Attributes[site]}", "berlin", false),
        ("${iot:CertificateId}", id.as_str(), true),
    ] {
        let authority = policy("Allow", resource);
        let decide = |thing: Option<&str>| {
            let request = CredentialsRequest::new(
                alias.parse().unwrap(),
                thing.map(|name| name.parse().unwrap()),
            );
            authorize(&request, &authority, |_| Some(camera())).is_ok()
        };
        assert!(decide(Some("camera-7")), "{resource}");
        assert_eq!(decide(None), without, "{resource}");
    }
}

#[test]
fn role_variables_are_for_role_policies_alone() {
    let one = |text: &str| vec![text.to_owned()];
    let id = one(&"ab".repeat(32));
    let with_thing = ask(&policy("Allow", "*"), Some("camera-7"))
        .unwrap()
        .role_values;
    let expected = ContextValues::from([
        (Variable::CredentialsThingName, one("camera-7")),
        (Variable::CredentialsThingTypeName, one("camera")),
        (Variable::CredentialsCertificateId, id.clone()),
    ]);
    assert_eq!(with_thing, expected);
    let without = ask(&policy("Allow", "*"), None).unwrap().role_values;
    assert_eq!(
        without,
        ContextValues::from([(Variable::CredentialsCertificateId, id)])
    );

    // In an AWS IoT policy they have no value.
    assert!(
        ask(
            &policy("Allow", "${credentials-iot:ThingName}"),
            Some("camera-7")
        )
        .is_err()
    );
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let context = Context::new(&scope);
    let value = context.value(&Variable::CredentialsThingName);
    assert_eq!(value, Err(Unresolved::RolePoliciesOnly));
    // In a policy of the role they have.
    let context = context.with_values(&with_thing);
    assert_eq!(
        context.value(&Variable::CredentialsThingName).unwrap(),
        ["camera-7"]
    );
}

#[test]
fn paths_and_headers() {
    let none: [(&str, &str); 0] = [];
    for (path, expected) in [
        ("/role-aliases/a/credentials", Ok("a")),
        ("/role-aliases/a%3Db%40c/credentials", Ok("a=b@c")),
        ("/role-aliases/A/credentials", Ok("A")),
        ("/role-aliases//credentials", Err(CredentialsRefusal::Alias)),
        (
            "/role-aliases/a/b/credentials",
            Err(CredentialsRefusal::Alias),
        ),
        (
            "/role-aliases/a%2Fb/credentials",
            Err(CredentialsRefusal::Alias),
        ),
        (
            "/role-aliases/a%/credentials",
            Err(CredentialsRefusal::Alias),
        ),
        (
            "/role-aliases/*/credentials",
            Err(CredentialsRefusal::Alias),
        ),
        (
            "/role-aliases/a/credentials/",
            Err(CredentialsRefusal::Path),
        ),
        ("/role-aliases/credentials", Err(CredentialsRefusal::Path)),
        ("/Role-Aliases/a/credentials", Err(CredentialsRefusal::Path)),
        ("", Err(CredentialsRefusal::Path)),
    ] {
        let request = CredentialsRequest::parse(path, none);
        let alias = request.as_ref().map(|request| request.alias().as_str());
        assert_eq!(alias, expected.as_ref().copied(), "{path}");
    }
    assert_eq!(CredentialsRefusal::Path.http_status(), 404);
    assert_eq!(CredentialsRefusal::Alias.http_status(), 400);

    let path = "/role-aliases/a/credentials";
    let headers = [("Host", "h"), ("X-Amzn-Iot-ThingName", " camera-7 ")];
    let request = CredentialsRequest::parse(path, headers).unwrap();
    assert_eq!(request.thing().unwrap().as_str(), "camera-7");
    let twice = [(HEADER, "camera-7"), ("X-AMZN-IOT-THINGNAME", "camera-7")];
    assert_eq!(
        CredentialsRequest::parse(path, twice),
        Err(CredentialsRefusal::Thing)
    );
}

#[test]
fn durations_of_then_and_now() {
    for (durations, least, most) in [
        (CredentialDurations::AWS_IOT, 900, 43_200),
        (CredentialDurations::DECK_2018, 900, 3_600),
    ] {
        let of = |seconds| {
            RoleAliasSettings::new(ROLE, Some(seconds), None, &durations)
                .map(|settings| settings.duration().as_secs())
        };
        assert_eq!(of(least), Ok(u64::from(least)));
        assert_eq!(of(most), Ok(u64::from(most)));
        for got in [0, least - 1, most + 1, u32::MAX] {
            let (min, max) = (least, most);
            assert_eq!(of(got), Err(RoleAliasError::Duration { got, min, max }));
        }
    }
    let of = |seconds, session| {
        RoleAliasSettings::new(ROLE, seconds, Some(session), &CredentialDurations::AWS_IOT)
    };
    assert!(of(Some(7_200), 7_200).is_ok());
    let (got, max) = (7_201, 7_200);
    assert_eq!(
        of(Some(7_201), 7_200),
        Err(RoleAliasError::RoleSession { got, max })
    );

    for (length, good) in [(19, false), (20, true), (2_048, true), (2_049, false)] {
        let arn = "r".repeat(length);
        let settings = RoleAliasSettings::new(&arn, None, None, &CredentialDurations::AWS_IOT);
        assert_eq!(settings.is_ok(), good, "{length}");
    }
}

#[test]
fn secrets_are_written_to_the_client_and_not_to_logs() {
    let now = Timestamp::from_millis(1_516_267_086_999);
    let response =
        CredentialsResponse::new("AKID", "S3CRET", "T0KEN", Duration::from_secs(900), now);
    let shown = format!("{response:?}");
    assert!(
        !shown.contains("S3CRET") && !shown.contains("T0KEN"),
        "{shown}"
    );
    let written = serde_json::to_value(&response).unwrap();
    let expected = serde_json::json!({"credentials": {
        "accessKeyId": "AKID", "secretAccessKey": "S3CRET", "sessionToken": "T0KEN",
        "expiration": "2018-01-18T09:33:06Z",
    }});
    assert_eq!(written, expected);
    let credentials = response.credentials();
    assert_eq!(credentials.access_key_id(), "AKID");
    assert_eq!(
        (credentials.secret_access_key(), credentials.session_token()),
        ("S3CRET", "T0KEN")
    );
    assert_eq!(
        credentials.expiration(),
        Timestamp::from_millis(1_516_267_986_999)
    );
}

proptest! {
    #[test]
    fn a_path_is_read_back(alias in "[a-zA-Z0-9_=,@-]{1,128}") {
        let request = CredentialsRequest::new(alias.parse().unwrap(), None);
        let none: [(&str, &str); 0] = [];
        prop_assert_eq!(CredentialsRequest::parse(&request.path(), none), Ok(request));
    }

    #[test]
    fn any_request_has_an_answer(path in any::<String>(), name in any::<String>(), value in any::<String>()) {
        let _ = CredentialsRequest::parse(&path, [(name.as_str(), value.as_str())]);
        let path = format!("/role-aliases/{path}/credentials");
        let answer = CredentialsRequest::parse(&path, [(HEADER, value.as_str())]);
        if let Ok(request) = answer {
            prop_assert!(RoleAlias::check(request.alias().as_str()).is_ok());
        }
    }
}
