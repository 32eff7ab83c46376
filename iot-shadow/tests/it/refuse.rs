//! What is refused, with the code, the words and the token of the answer.

use iot_shadow::{Operation, Profile, Rejection, Shadow, ShadowId, UpdateRequest};
use iot_topics::Timestamp;

/// Each check, and of two that fail the one that comes first.
#[test]
fn updates_are_refused_by_the_first_check_that_fails() {
    let nested = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    let deep = format!(r#"{{"state":{{"desired":{},"x":1}}}}"#, nested(9));
    let long = format!(r#"{{"state":{{}},"clientToken":"{}"}}"#, "é".repeat(33));
    for (payload, code, message) in [
        (
            &b"{\xff"[..],
            415,
            "Unsupported documented encoding; supported encoding is UTF-8",
        ),
        (b"", 400, "Invalid JSON"),
        (b"{", 400, "Invalid JSON"),
        (b"{\"state\":{}} x", 400, "Invalid JSON"),
        (b"\xef\xbb\xbf{\"state\":{}}", 400, "Invalid JSON"),
        (
            br#"{"state":{"desired":{"a":"\ud800"}}}"#,
            400,
            "Invalid JSON",
        ),
        (br#"{"state":{"desired":{"a":NaN}}}"#, 400, "Invalid JSON"),
        (b"66", 400, "Missing required node: state"),
        (b"[]", 400, "Missing required node: state"),
        (br#"{"version":"x"}"#, 400, "Missing required node: state"),
        (
            br#"{"state":[],"version":"x"}"#,
            400,
            "State node must be an object",
        ),
        (
            br#"{"state":{"reported":1,"desired":1}}"#,
            400,
            "Desired node must be an object",
        ),
        (
            br#"{"state":{"reported":[]},"version":"x"}"#,
            400,
            "Reported node must be an object",
        ),
        (
            br#"{"state":{},"version":"3","clientToken":7}"#,
            400,
            "Invalid version",
        ),
        (br#"{"state":{},"version":null}"#, 400, "Invalid version"),
        (br#"{"state":{},"version":true}"#, 400, "Invalid version"),
        (br#"{"state":{},"version":0.0}"#, 400, "Invalid version"),
        (br#"{"state":{},"version":-0}"#, 400, "Invalid version"),
        (br#"{"state":{},"version":0e0}"#, 400, "Invalid version"),
        (
            br#"{"state":{},"version":18446744073709551616.0}"#,
            400,
            "Invalid version",
        ),
        (
            br#"{"state":{"desired":{"a":[null]},"x":1},"clientToken":7}"#,
            400,
            "Invalid clientToken",
        ),
        (long.as_bytes(), 400, "Invalid clientToken"),
        (
            deep.as_bytes(),
            400,
            "JSON contains too many levels of nesting; maximum is 8",
        ),
        (
            br#"{"state":{"y":1,"x":1,"desired":{"a":[null]}}}"#,
            400,
            "State contains an invalid node: 'x'",
        ),
        (
            br#"{"state":{"desired":{"a":[null]}},"version":7}"#,
            400,
            "Invalid JSON",
        ),
        (br#"{"state":{},"version":7}"#, 409, "Version conflict"),
        (
            br#"{"state":{},"version":18446744073709551615}"#,
            409,
            "Version conflict",
        ),
        // Legal, if higher than that of any shadow.
        (
            br#"{"state":{},"version":18446744073709551616}"#,
            409,
            "Version conflict",
        ),
    ] {
        let id = ShadowId::classic("lamp".parse().unwrap());
        let mut shadow = Shadow::default();
        let told = String::from_utf8_lossy(payload);
        let now = Timestamp::from_secs(1);
        let outcome = shadow.handle(Operation::Update, payload, now, &Profile::aws());
        let body = serde_json::json!({"code": code, "message": message});
        let answer: serde_json::Value = serde_json::from_str(&outcome.body(&id)).unwrap();
        assert_eq!(answer, body, "{told}");
        assert_eq!(shadow, Shadow::Absent);
    }
    // The limit itself, and the version that a shadow has before it is.
    let legal = format!(r#"{{"state":{{"desired":{}}},"version":0}}"#, nested(8));
    assert!(UpdateRequest::parse(legal.as_bytes(), &Profile::aws()).is_ok());
    let mut shadow = Shadow::default();
    let update = shadow.handle(
        Operation::Update,
        legal.as_bytes(),
        Timestamp::default(),
        &Profile::aws(),
    );
    assert_eq!(update.code(), 200);
}

#[test]
fn tokens_come_back_as_they_were() {
    let id = ShadowId::named("lamp".parse().unwrap(), "$x".parse().unwrap());
    let body = |operation, payload: &str| {
        let mut shadow = Shadow::default();
        let outcome = shadow.handle(
            operation,
            payload.as_bytes(),
            Timestamp::default(),
            &Profile::aws(),
        );
        outcome.body(&id)
    };
    let token = format!("\"{}\"", "\\u00e9\\\"\\n".repeat(16));
    let echoed = format!(",\"clientToken\":\"{}\"}}", "é\\\"\\n".repeat(16));
    for operation in [Operation::Get, Operation::Update, Operation::Delete] {
        let answer = body(
            operation,
            &format!("{{\"clientToken\":{token},\"version\":9}}"),
        );
        assert!(answer.ends_with(&echoed), "{answer}");
        for other in [
            "",
            "[]",
            "{\"clientToken\":7}",
            "{\"clientToken\":\"t\"",
            "\"clientToken\"",
        ] {
            assert!(
                !body(operation, other).contains("clientToken\":"),
                "{other}"
            );
        }
    }
    let answer = body(Operation::Get, "");
    assert_eq!(
        answer,
        r#"{"code":404,"message":"No shadow exists with name: 'lamp~$x'"}"#
    );
}

/// Developer guide, Device Shadow error messages, and the API model of the data plane.
#[test]
fn codes_have_their_names() {
    for (rejection, code, name) in [
        (Rejection::MissingState, 400, "InvalidRequestException"),
        (Rejection::Unauthorized, 401, "UnauthorizedException"),
        (Rejection::NotFound, 404, "ResourceNotFoundException"),
        (Rejection::ThingNotFound, 404, "ResourceNotFoundException"),
        (
            Rejection::MethodNotAllowed,
            405,
            "MethodNotAllowedException",
        ),
        (
            Rejection::VersionConflict {
                requested: 1,
                current: 2,
            },
            409,
            "ConflictException",
        ),
        (
            Rejection::TooLarge { bytes: 2, max: 1 },
            413,
            "RequestEntityTooLargeException",
        ),
        (
            Rejection::Encoding,
            415,
            "UnsupportedDocumentEncodingException",
        ),
        (Rejection::TooManyRequests, 429, "ThrottlingException"),
        (Rejection::InternalFailure, 500, "InternalFailureException"),
        (
            Rejection::ServiceUnavailable,
            503,
            "ServiceUnavailableException",
        ),
    ] {
        assert_eq!((rejection.code(), rejection.http_error()), (code, name));
    }
}
