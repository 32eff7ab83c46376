//! The configuration of an account, as the API has it.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iot_defender::audit::{AuditConfiguration, Check, Days, RequestError};
use proptest::collection::btree_map;
use proptest::prelude::{Just, Strategy, any};
use proptest::sample::select;
use proptest::{option, prop_assert, prop_assert_eq, proptest};
use serde_json::{Map, Value, json};

const ROLE: &str = "arn:aws:iam::123456789012:role/audit";

fn configured() -> AuditConfiguration {
    let mut configuration = AuditConfiguration::new();
    let request = json!({
        "roleArn": ROLE,
        "auditNotificationTargetConfigurations": { "SNS": {
            "targetArn": "arn:aws:sns:us-east-1:123456789012:audits",
            "roleArn": ROLE,
            "enabled": true,
        } },
        "auditCheckConfigurations": {
            "REVOKED_CA_CERT_CHECK": { "enabled": true },
            "DEVICE_CERTIFICATE_EXPIRING_CHECK": {
                "enabled": true,
                "configuration": { "CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60" },
            },
        },
    });
    configuration.update(&request, []).unwrap();
    configuration
}

#[test]
fn what_is_told_is_what_was_said() {
    let configuration = configured();
    let described = configuration.describe();
    assert_eq!(described["roleArn"], ROLE);
    let checks = &described["auditCheckConfigurations"];
    assert_eq!(
        checks["REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK"],
        json!({ "enabled": true })
    );
    assert_eq!(
        checks["DEVICE_CERTIFICATE_EXPIRING_CHECK"]["configuration"],
        json!({ "CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60" })
    );
    assert_eq!(
        checks["LOGGING_DISABLED_CHECK"],
        json!({ "enabled": false })
    );
    assert_eq!(
        described["auditNotificationTargetConfigurations"]["SNS"]["enabled"],
        true
    );

    // What is told can be said, and comes to the same.
    let mut again = AuditConfiguration::new();
    again.update(&described, []).unwrap();
    assert_eq!(again, configuration);
}

#[test]
fn what_is_left_out_stays() {
    let mut configuration = configured();
    for nothing in [
        json!({}),
        json!({ "roleArn": null, "auditCheckConfigurations": {} }),
    ] {
        configuration.update(&nothing, []).unwrap();
        assert_eq!(configuration, configured());
    }
    let check = Check::DeviceCertificateExpiring;
    let request = json!({ "auditCheckConfigurations": { check.as_str(): { "enabled": false } } });
    configuration.update(&request, []).unwrap();
    assert_eq!(configuration.threshold(check), Days::new(60));
    let request =
        json!({ "auditCheckConfigurations": { check.as_str(): { "configuration": {} } } });
    configuration.update(&request, []).unwrap();
    assert_eq!(
        configuration.threshold(check),
        Some(Days::EXPIRATION_DEFAULT)
    );
    assert!(!configuration.is_enabled(check));
}

#[test]
fn what_is_wrong_is_told_by_its_member() {
    let age = |said: Value| json!({ "auditCheckConfigurations": { "DEVICE_CERTIFICATE_AGE_CHECK": said } });
    let sns = |said: Value| json!({ "auditNotificationTargetConfigurations": { "SNS": said } });
    let names = [
        "CA_CERT_APPROACHING_EXPIRATION_CHECK",
        "CA_CERTIFICATE_EXPIRING_CHECK",
    ];
    for (request, told) in [
        (json!([]), "the request is not an object"),
        (
            json!({ "roleArn": "short" }),
            "roleArn: not 20 to 2048 characters",
        ),
        (
            json!({ "roleArn": 7 }),
            "roleArn: not 20 to 2048 characters",
        ),
        (
            json!({ "auditNotificationTargetConfigurations": { "MAIL": {} } }),
            "auditNotificationTargetConfigurations: a type other than SNS",
        ),
        (
            sns(json!({ "enabled": true, "roleArn": ROLE })),
            "auditNotificationTargetConfigurations: SNS is enabled without targetArn and roleArn",
        ),
        (
            sns(json!({ "enabled": "yes" })),
            "auditNotificationTargetConfigurations: SNS.enabled is not true or false",
        ),
        (
            json!({ "auditCheckConfigurations": [] }),
            "auditCheckConfigurations: not an object",
        ),
        (
            json!({ "auditCheckConfigurations": { "NO_CHECK": {} } }),
            "auditCheckConfigurations: no check is named `NO_CHECK`",
        ),
        (
            json!({ "auditCheckConfigurations": { names[0]: {}, names[1]: {} } }),
            "auditCheckConfigurations: `CA_CERTIFICATE_EXPIRING_CHECK` stands there by two of its names",
        ),
        (
            age(json!(true)),
            "auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK: not an object",
        ),
        (
            age(json!({ "enabled": 1 })),
            "auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK: enabled is not true or false",
        ),
        (
            age(json!({ "configuration": { "CERT_AGE_THRESHOLD_IN_DAYS": 400 } })),
            "auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK: configuration has a value that is not a text",
        ),
        (
            age(json!({ "configuration": { "CERT_AGE_THRESHOLD_IN_DAYS": "29" } })),
            "auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK.configuration: the days are not 30 to 3652",
        ),
        (
            age(json!({ "configuration": { "CERT_EXPIRATION_THRESHOLD_IN_DAYS": "60" } })),
            "auditCheckConfigurations.DEVICE_CERTIFICATE_AGE_CHECK.configuration: the check does not have that setting",
        ),
    ] {
        let mut configuration = configured();
        let error = configuration.update(&request, []).unwrap_err();
        assert_eq!(error.to_string(), told);
        assert_eq!(error.exception(), "InvalidRequestException");
        assert_eq!(configuration, configured());
    }
}

#[test]
fn the_first_one_needs_a_role_and_a_check() {
    let mut configuration = AuditConfiguration::new();
    let check = json!({ "LOGGING_DISABLED_CHECK": { "enabled": true } });
    let mut request = json!({ "auditCheckConfigurations": check });
    assert_eq!(
        configuration.update(&request, []),
        Err(RequestError::NoRole)
    );
    request["roleArn"] = json!(ROLE);
    request["auditCheckConfigurations"]["LOGGING_DISABLED_CHECK"]["enabled"] = json!(false);
    assert_eq!(
        configuration.update(&request, []),
        Err(RequestError::NoCheck)
    );
    assert_eq!(configuration, AuditConfiguration::new());
}

fn changes() -> impl Strategy<Value = Value> {
    let days = (
        20..60_u32,
        select(vec![
            "CERT_AGE_THRESHOLD_IN_DAYS",
            "CERT_EXPIRATION_THRESHOLD_IN_DAYS",
        ]),
    );
    let settings = option::of(days.prop_map(|(days, name)| json!({ name: days.to_string() })));
    let said = (option::of(any::<bool>()), settings)
        .prop_map(|(enabled, settings)| json!({ "enabled": enabled, "configuration": settings }));
    let names = select(Check::ALL).prop_map(|check| check.as_str().to_owned());
    let checks = btree_map(names, said, 0..4).prop_map(|checks| {
        let checks: Map<String, Value> = checks.into_iter().collect();
        Value::Object(checks)
    });
    let role = option::of(Just(ROLE));
    (role, checks)
        .prop_map(|(role, checks)| json!({ "roleArn": role, "auditCheckConfigurations": checks }))
}

/// What is accepted can be told and said again; what is refused changes nothing; what a schedule
/// runs stays enabled.
#[test]
fn requests_keep_the_laws() {
    let scheduled = || [Check::LoggingDisabled, Check::DeviceCertificateAge];
    proptest!(|(requests in proptest::collection::vec(changes(), 1..8))| {
        let mut configuration = AuditConfiguration::new();
        for request in requests {
            let before = configuration.clone();
            match configuration.update(&request, scheduled()) {
                Err(_) => prop_assert_eq!(&configuration, &before),
                Ok(()) => {
                    let kept = |check: &Check| !before.is_enabled(*check) || configuration.is_enabled(*check);
                    prop_assert!(scheduled().iter().all(kept));
                    let described = configuration.describe();
                    let mut again = AuditConfiguration::new();
                    if Check::ALL.iter().any(|check| configuration.is_enabled(*check)) {
                        again.update(&described, []).unwrap();
                        prop_assert_eq!(&again, &configuration);
                    }
                    prop_assert_eq!(configuration.update(&described, []), Ok(()));
                    prop_assert_eq!(configuration.describe(), described);
                }
            }
        }
    });
}
