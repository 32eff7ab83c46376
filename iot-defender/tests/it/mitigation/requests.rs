//! What a request may ask for.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iot_defender::audit::{
    ActionParams, ActionType, Check, MitigationAction, MitigationActions, MitigationError,
    MitigationRequestError as Error, MitigationTask, MitigationTaskRequest, ReasonCode,
};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::{NOW, PREFIX, ROLE, all_actions, params};

/// The guide's table of actions and checks ("Mitigation actions"), each row by the number of the
/// check in the catalogue. Publishing is allowed everywhere.
const ALLOWED: [(ActionType, &[usize]); 5] = [
    (ActionType::UpdateCaCertificate, &[1, 4, 10]),
    (ActionType::UpdateDeviceCertificate, &[2, 3, 12, 13, 15, 16]),
    (ActionType::AddThingsToThingGroup, &[2, 3, 12, 13, 15, 16]),
    (ActionType::ReplaceDefaultPolicyVersion, &[7, 17]),
    (ActionType::EnableIotLogging, &[14]),
];

fn request(check: Check, actions: &[&str]) -> MitigationTaskRequest {
    let json = json!({
        "taskId": "m-1",
        "target": { "auditTaskId": "audit-1" },
        "auditCheckToActionsMapping": { check.as_str(): actions },
    });
    MitigationTaskRequest::from_json(&json).unwrap()
}

#[test]
fn each_check_takes_its_actions_and_no_other() {
    let actions = all_actions();
    let mut allowed = 0;
    for (check, number) in Check::ALL.iter().zip(1_usize..) {
        for action_type in ActionType::ALL {
            let name = action_type.as_str();
            let row = ALLOWED.iter().find(|(row, _)| row == action_type);
            let expected = if row.is_none_or(|(_, checks)| checks.contains(&number)) {
                allowed += 1;
                Ok(())
            } else {
                Err(Error::NotAllowed {
                    check: *check,
                    action: name.into(),
                    action_type: *action_type,
                })
            };
            let request = request(*check, &[name]);
            assert_eq!(request.check(&actions), expected, "{check} {name}");
            let started = MitigationTask::start(request, &actions, [], NOW).map(|_| ());
            assert_eq!(started, expected, "{check} {name}");
        }
    }
    assert_eq!(allowed, 17 + 3 + 6 + 6 + 2 + 1);
}

/// A good request, with a member of it replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut json = json!({
        "taskId": "m-1",
        "target": { "auditTaskId": "audit-1" },
        "auditCheckToActionsMapping": {
            "DEVICE_CERTIFICATE_SHARED_CHECK": ["PUBLISH_FINDING_TO_SNS"],
        },
        "clientRequestToken": "t-1",
    });
    assert!(MitigationTaskRequest::from_json(&json).is_ok());
    *json.pointer_mut(pointer).unwrap() = value;
    json
}

#[test]
fn a_request_that_breaks_a_rule_is_refused_with_the_field() {
    let shared = Check::DeviceCertificateShared;
    let target = |value: Value| with("/target", value);
    let mapping = |value: Value| with("/auditCheckToActionsMapping", value);
    let filter = |value: Value| {
        target(json!({ "auditTaskId": "audit-1", "auditCheckToReasonCodeFilter": value }))
    };
    let ids = |count: usize| vec!["f"; count];
    let codes = |count: usize| vec!["CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES"; count];
    let mapped = |count: usize| json!({ "DEVICE_CERTIFICATE_SHARED_CHECK": vec!["a"; count] });
    let cases = [
        (json!([]), Error::NotAnObject, ""),
        (with("/taskId", json!("")), Error::TaskId, "taskId"),
        (with("/taskId", json!("a b")), Error::TaskId, "taskId"),
        (
            with("/taskId", json!("a".repeat(129))),
            Error::TaskId,
            "taskId",
        ),
        (with("/taskId", json!(7)), Error::TaskId, "taskId"),
        (with("/taskId", Value::Null), Error::TaskId, "taskId"),
        (
            with("/clientRequestToken", json!("")),
            Error::ClientRequestToken,
            "clientRequestToken",
        ),
        (
            with("/clientRequestToken", json!("a".repeat(65))),
            Error::ClientRequestToken,
            "clientRequestToken",
        ),
        (target(Value::Null), Error::Target, "target"),
        (target(json!({})), Error::Target, "target"),
        (
            target(json!({ "auditTaskId": "a", "findingIds": ["f"] })),
            Error::Target,
            "target",
        ),
        (
            target(json!({ "auditCheckToReasonCodeFilter": { shared.as_str(): codes(1) } })),
            Error::Target,
            "target",
        ),
        (
            target(
                json!({ "findingIds": ["f"], "auditCheckToReasonCodeFilter": { shared.as_str(): codes(1) } }),
            ),
            Error::Target,
            "target",
        ),
        (
            target(json!({ "auditTaskId": "a_b" })),
            Error::AuditTaskId,
            "target.auditTaskId",
        ),
        (
            target(json!({ "auditTaskId": "a".repeat(41) })),
            Error::AuditTaskId,
            "target.auditTaskId",
        ),
        (
            target(json!({ "findingIds": [] })),
            Error::FindingIds,
            "target.findingIds",
        ),
        (
            target(json!({ "findingIds": ids(26) })),
            Error::FindingIds,
            "target.findingIds",
        ),
        (
            target(json!({ "findingIds": ["a/b"] })),
            Error::FindingIds,
            "target.findingIds",
        ),
        (
            target(json!({ "findingIds": "f" })),
            Error::FindingIds,
            "target.findingIds",
        ),
        (
            filter(json!({})),
            Error::Filter,
            "target.auditCheckToReasonCodeFilter",
        ),
        (
            filter(json!([])),
            Error::Filter,
            "target.auditCheckToReasonCodeFilter",
        ),
        (
            filter(json!({ shared.as_str(): [] })),
            Error::ReasonCodes(shared),
            "target.auditCheckToReasonCodeFilter",
        ),
        (
            filter(json!({ shared.as_str(): codes(26) })),
            Error::ReasonCodes(shared),
            "target.auditCheckToReasonCodeFilter",
        ),
        (
            filter(json!({ shared.as_str(): ["NO_CODE"] })),
            Error::UnknownReasonCode("NO_CODE".into()),
            "target.auditCheckToReasonCodeFilter",
        ),
        (
            filter(json!({ shared.as_str(): ["LOGGING_DISABLED"] })),
            Error::ReasonOfAnotherCheck {
                check: shared,
                code: ReasonCode::LoggingDisabled,
            },
            "target.auditCheckToReasonCodeFilter",
        ),
        (
            filter(json!({ "NO_CHECK": codes(1) })),
            Error::UnknownCheck {
                field: "target.auditCheckToReasonCodeFilter",
                name: "NO_CHECK".into(),
            },
            "target.auditCheckToReasonCodeFilter",
        ),
        (
            mapping(Value::Null),
            Error::Mapping,
            "auditCheckToActionsMapping",
        ),
        (
            mapping(json!({})),
            Error::Mapping,
            "auditCheckToActionsMapping",
        ),
        (
            mapping(mapped(0)),
            Error::ActionNames(shared),
            "auditCheckToActionsMapping",
        ),
        (
            mapping(mapped(6)),
            Error::ActionNames(shared),
            "auditCheckToActionsMapping",
        ),
        (
            mapping(json!({ shared.as_str(): [1] })),
            Error::ActionNames(shared),
            "auditCheckToActionsMapping",
        ),
        (
            mapping(json!({ "NO_CHECK": ["a"] })),
            Error::UnknownCheck {
                field: "auditCheckToActionsMapping",
                name: "NO_CHECK".into(),
            },
            "auditCheckToActionsMapping",
        ),
        (
            // Two names of one check.
            mapping(json!({
                "REVOKED_CA_CERT_CHECK": ["a"],
                "REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK": ["a"],
            })),
            Error::RepeatedCheck {
                field: "auditCheckToActionsMapping",
                check: Check::RevokedCaCertificateStillActive,
            },
            "auditCheckToActionsMapping",
        ),
    ];
    for (json, expected, field) in cases {
        let error = MitigationTaskRequest::from_json(&json).unwrap_err();
        assert_eq!(error, expected, "{json}");
        assert_eq!(error.exception(), "InvalidRequestException");
        assert!(error.to_string().starts_with(field), "{error}");
    }
}

#[test]
fn the_bounds_themselves_pass() {
    let codes = vec!["CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES"; 25];
    let check = "DEVICE_CERTIFICATE_SHARED_CHECK";
    for json in [
        with("/taskId", json!("a".repeat(128))),
        with("/clientRequestToken", json!("a".repeat(64))),
        with("/clientRequestToken", Value::Null), // the SDKs make one
        with(
            "/target",
            json!({ "auditTaskId": "a".repeat(40), "findingIds": null }),
        ),
        with(
            "/target",
            json!({ "findingIds": vec!["f".repeat(128); 25] }),
        ),
        with(
            "/target",
            json!({ "auditTaskId": "a", "auditCheckToReasonCodeFilter": { check: codes } }),
        ),
        // The extended profile finds more about keys than AWS has codes for.
        with(
            "/target",
            json!({ "auditTaskId": "a", "auditCheckToReasonCodeFilter": {
                "CA_CERTIFICATE_KEY_QUALITY_CHECK": ["X_RSA_FERMAT"],
            } }),
        ),
        with(
            "/auditCheckToActionsMapping",
            json!({ check: ["a", "b", "c", "d", "e"] }),
        ),
    ] {
        let request = MitigationTaskRequest::from_json(&json);
        let request = request.unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(
            MitigationTaskRequest::from_json(&request.to_json()),
            Ok(request)
        );
    }
}

#[test]
fn older_names_of_checks_are_read_and_not_written() {
    let mapping = json!({ "REVOKED_DEVICE_CERT_CHECK": ["a", "b"] });
    let json = with("/auditCheckToActionsMapping", mapping);
    let request = MitigationTaskRequest::from_json(&json).unwrap();
    let written = &request.to_json()["auditCheckToActionsMapping"];
    let expected = json!({ "REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK": ["a", "b"] });
    assert_eq!(written, &expected);
}

#[test]
fn an_action_that_the_account_does_not_have_is_refused() {
    let request = request(
        Check::LoggingDisabled,
        &["PUBLISH_FINDING_TO_SNS", "Missing"],
    );
    let expected = Error::UnknownAction {
        check: Check::LoggingDisabled,
        action: "Missing".into(),
    };
    assert_eq!(request.check(&all_actions()), Err(expected));
}

#[test]
fn actions_are_read_written_and_described() {
    for action_type in ActionType::ALL {
        let params = params(*action_type);
        assert_eq!(
            ActionParams::from_json(&params.to_json()),
            Ok(params.clone())
        );
        let action = MitigationAction::new("A_-9", ROLE, params).unwrap();
        assert_eq!(
            MitigationAction::from_json(&action.to_json()),
            Ok(action.clone())
        );

        let mut actions = MitigationActions::new(PREFIX);
        let defined = actions.create(action.clone(), "id-1", NOW).unwrap();
        let mut expected = action.to_json();
        let rest = json!({
            "actionType": action_type.as_str(),
            "actionArn": "arn:aws:iot:us-east-1:123456789012:mitigationaction/A_-9",
            "actionId": "id-1",
            "creationDate": 1_650_000_000.0,
            "lastModifiedDate": 1_650_000_000.0,
        });
        expected
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        assert_eq!(defined.describe(), expected);
    }
    for (json, expected) in [
        (json!(1), Error::NotAnObject),
        (json!({}), Error::Action(MitigationError::Blocks)),
        (
            json!({ "actionParams": params(ActionType::UpdateCaCertificate).to_json() }),
            Error::Action(MitigationError::ActionName),
        ),
    ] {
        assert_eq!(MitigationAction::from_json(&json), Err(expected));
    }
}

#[test]
fn an_account_has_a_hundred_actions() {
    let mut actions = MitigationActions::new(PREFIX);
    let action = |number: usize| {
        let name = format!("a{number}");
        MitigationAction::new(&name, ROLE, ActionParams::UpdateCaCertificate).unwrap()
    };
    for number in 0..100 {
        actions.create(action(number), "id", NOW).unwrap();
    }
    let error = actions.create(action(100), "id", NOW).unwrap_err();
    assert_eq!(error, Error::TooManyActions);
    assert_eq!(error.exception(), "LimitExceededException");
    let error = actions.create(action(7), "id", NOW).unwrap_err();
    assert_eq!(error.exception(), "ResourceAlreadyExistsException");
    assert!(actions.delete("a7") && !actions.delete("a7"));
    assert!(actions.create(action(100), "id", NOW).is_ok());
    assert_eq!(actions.iter().len(), 100);
}

#[test]
fn an_update_changes_what_it_names_or_nothing() {
    let mut actions = all_actions();
    let before = actions.clone();
    let later = Timestamp::from_millis(1_650_000_001_250);
    for (request, exception) in [
        (json!([]), "InvalidRequestException"),
        (
            json!({ "actionName": "Missing" }),
            "ResourceNotFoundException",
        ),
        (
            json!({ "actionName": "ENABLE_IOT_LOGGING", "roleArn": "short" }),
            "InvalidRequestException",
        ),
        (
            json!({ "actionName": "ENABLE_IOT_LOGGING", "actionParams": {} }),
            "InvalidRequestException",
        ),
    ] {
        let error = actions.update(&request, later).unwrap_err();
        assert_eq!(error.exception(), exception);
        assert_eq!(actions, before);
    }
    let role = "arn:aws:iam::123456789012:role/other";
    let request =
        json!({ "actionName": "ENABLE_IOT_LOGGING", "roleArn": role, "actionParams": null });
    let updated = actions.update(&request, later).unwrap();
    assert_eq!(updated.action().role_arn(), role);
    assert_eq!(
        updated.action().params(),
        &params(ActionType::EnableIotLogging)
    );
    assert_eq!(updated.describe()["creationDate"], 1_650_000_000.0);
    assert_eq!(updated.describe()["lastModifiedDate"], 1_650_000_001.25);
}
