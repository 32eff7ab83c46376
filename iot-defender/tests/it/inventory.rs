//! What the source documents of the project name, row by row.
#![expect(
    clippy::unwrap_used,
    reason = "functions that tests call: a failure is the test's"
)]

use core::num::NonZeroU64;
use core::time::Duration;

use iot_defender::audit::{
    ActionParams, ActionType, Audit, AuditConfiguration, AuditSettings, CertificateStatus, Check,
    CheckRunStatus, CognitoRole, Date, FineGrainedLogging, IssuedCertificate, KnownKeys, LogLevel,
    Logging, Profile, ReasonCode, ResourceIdentifier, ResourceType, Revocations, Schedule,
    ScheduleError, Severity, SuppressedUntil, Suppression, TaskHeader, TaskStatus,
    broad_data_plane_access, cognito_access, expiry, key_quality, role_alias_access, threshold,
    unused_service_access,
};
use iot_defender::cost::{Cents, Estimate, Fleet, Price, Prices, Tiers};
use iot_policy::{Curve, KeyKind, PolicyDocument, RsaKey, Statement};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::cases::Answers;
use crate::cases_history;
use crate::cases_machinery::found;
use crate::key_samples::{DEBIAN, sample};

fn arn(resource: &str) -> String {
    format!("arn:aws:iot:us-east-1:123456789012:{resource}")
}

fn policy(statements: Vec<Statement>) -> PolicyDocument {
    PolicyDocument::new(statements).unwrap()
}

/// 2022-04-20 00:30:51 UTC, when the audit of the slides ran.
const NOW: Timestamp = Timestamp::from_secs(1_650_414_651);

const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn f09_certificates_policies_client_ids_and_the_account_are_compared() {
    let looked_at = |of| Check::ALL.iter().any(|check| check.resource_type() == of);
    for of in [
        ResourceType::DeviceCertificate,
        ResourceType::CaCertificate,
        ResourceType::IotPolicy,
        ResourceType::ClientId,
        ResourceType::AccountSettings,
    ] {
        assert!(looked_at(of), "{of}");
    }
    assert!(!looked_at(ResourceType::IamRole), "these are only related");
}

#[test]
fn f10_an_audit_runs_at_once_or_by_a_schedule() {
    let mut configuration = AuditConfiguration::new();
    let target = [Check::LoggingDisabled];
    configuration.enable(target, true).unwrap();
    assert_eq!(configuration.start_on_demand(&target, 0), Ok(()));
    assert_eq!(configuration.create_scheduled(&target, 0), Ok(()));
    // Again, to see whether what was mended is.
    let mut mended = Logging::default();
    mended.has_role = true;
    for (logging, status) in [(Logging::default(), (1, 0)), (mended, (0, 1))] {
        let task =
            TaskHeader::on_demand("123456789012".parse().unwrap(), "t".parse().unwrap(), NOW);
        let settings = AuditSettings::new(task, target);
        let mut audit = Audit::new(&settings, &[]);
        assert_eq!(audit.report().status(), TaskStatus::InProgress);
        audit.feed(&logging);
        let (report, _) = audit.finish();
        let counts = report.statistics();
        assert_eq!(
            (counts.non_compliant_checks, counts.compliant_checks),
            status
        );
        assert_eq!(report.status(), TaskStatus::Completed);
    }
}

/// The names of the slides, three classes; three checks have come since.
const AUTHENTICATION: [&str; 8] = [
    "REVOKED_CA_CERT_CHECK",
    "DEVICE_CERTIFICATE_SHARED_CHECK",
    "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK",
    "CA_CERTIFICATE_KEY_QUALITY_CHECK",
    "CA_CERT_APPROACHING_EXPIRATION_CHECK",
    "CONFLICTING_CLIENT_IDS_CHECK",
    "DEVICE_CERT_APPROACHING_EXPIRATION_CHECK",
    "REVOKED_DEVICE_CERT_CHECK",
];
const AUTHORISATION: [&str; 5] = [
    "UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK",
    "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK",
    "IOT_POLICY_OVERLY_PERMISSIVE_CHECK",
    "IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK",
    "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK",
];
const LOGGING: [&str; 1] = ["LOGGING_DISABLED_CHECK"];

#[test]
fn f11_fourteen_checks_of_2022_and_three_since() {
    let slides = [&AUTHENTICATION[..], &AUTHORISATION, &LOGGING].concat();
    let named: Vec<Check> = slides.iter().map(|name| name.parse().unwrap()).collect();
    assert_eq!(named.len(), 14);
    let since = Check::ALL.iter().filter(|check| !named.contains(check));
    let since: Vec<_> = since.map(|check| check.as_str()).collect();
    assert_eq!(
        since,
        [
            "DEVICE_CERTIFICATE_AGE_CHECK",
            "INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK",
            "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK",
        ]
    );
}

#[test]
fn f12_a_revoked_ca() {
    assert_revoked("REVOKED_CA_CERT_CHECK", Severity::Critical);
}

#[test]
fn f24_a_revoked_device_certificate() {
    assert_revoked("REVOKED_DEVICE_CERT_CHECK", Severity::Medium);
}

fn assert_revoked(check: &str, severity: Severity) {
    let check: Check = check.parse().unwrap();
    let mut revocations = Revocations::new();
    let certificate = IssuedCertificate::new("cn=Root", "10");
    assert_eq!(revocations.reason(certificate), None);
    revocations.revoke(certificate);
    let reason = revocations.reason(certificate).unwrap();
    assert_eq!(check.reason_codes(), [reason]);
    assert_eq!(check.severity(), severity);
    let another = IssuedCertificate::new("cn=Root", "11");
    assert_eq!(revocations.reason(another), None);
}

#[test]
fn f13_connections_at_once_under_one_certificate() {
    let sessions = |second: u64| {
        json!([
            {"certificateId": "c", "clientId": "a", "connect": 1_650_300_000, "disconnect": 1_650_300_600},
            {"certificateId": "c", "clientId": "b", "connect": second, "disconnect": null},
        ])
    };
    let check = "DEVICE_CERTIFICATE_SHARED_CHECK";
    for (second, found) in [(1_650_300_599, json!(["c"])), (1_650_300_600, json!([]))] {
        let case = history(check, &sessions(second), "certificates", &found);
        holds(&cases_history::shared(&case));
    }
}

#[test]
fn f22_devices_with_one_client_id() {
    let sessions = |reason: &str| {
        json!([
            {"clientId": "d", "principal": "p", "connect": 1_650_300_000,
             "disconnect": 1_650_300_600, "reason": reason},
            {"clientId": "d", "principal": "q", "connect": 1_650_300_600, "disconnect": null},
        ])
    };
    let check = "CONFLICTING_CLIENT_IDS_CHECK";
    for (reason, found) in [
        ("DUPLICATE_CLIENTID", json!(["d"])),
        ("CLIENT_INITIATED_DISCONNECT", json!([])),
    ] {
        let case = history(check, &sessions(reason), "clientIds", &found);
        holds(&cases_history::client_ids(&case));
    }
}

fn history(check: &str, sessions: &Value, list: &str, found: &Value) -> Value {
    json!({
        "check": check,
        "input": {
            "taskType": "ON_DEMAND_AUDIT_TASK",
            "taskStart": NOW.as_secs(),
            "previousTaskStart": null,
            "sessions": sessions,
        },
        "expect": {list: found},
    })
}

fn holds(answers: &Answers) {
    assert_eq!(answers.actual, answers.expected);
}

#[test]
fn f14_keys_of_devices() {
    assert_key_quality("DEVICE_CERTIFICATE_KEY_QUALITY_CHECK");
}

#[test]
fn f15_keys_of_cas() {
    assert_key_quality("CA_CERTIFICATE_KEY_QUALITY_CHECK");
}

fn assert_key_quality(check: &str) {
    let check: Check = check.parse().unwrap();
    let mut debian = KnownKeys::new();
    debian.load_debian(DEBIAN).unwrap();
    let of = |name: &str, profile| {
        let modulus = sample(name);
        let key = KeyKind::Rsa(RsaKey::new(&modulus, &[1, 0, 1]));
        key_quality(&key, &debian, profile)
    };
    let roca = of("mod03.txt", Profile::Aws);
    let weak = of("rsa-debianweak.key", Profile::Aws);
    assert_eq!(check.reason_codes(), [roca, weak].concat());
    assert_eq!(of("rsa-ok.key", Profile::Extended), []);
    // AWS looks at the size when a certificate is registered, not here.
    let small = ReasonCode::XRsaModulusTooSmall;
    assert!(of("mod01.txt", Profile::Extended).contains(&small));
    assert!(!of("mod01.txt", Profile::Aws).contains(&small));
    let p256 = KeyKind::EllipticCurve(Curve::P256);
    assert_eq!(key_quality(&p256, &debian, Profile::Extended), []);
}

#[test]
fn f16_a_role_without_sign_in() {
    let codes = |statement| cognito_codes(CognitoRole::Unauthenticated, statement);
    let thing = arn("thing/MyThing");
    let admin = ReasonCode::AllowsAccessToIotAdminActions;
    assert_eq!(
        codes(Statement::allow("iot:DescribeThing", &*thing)),
        [admin]
    );
    assert_eq!(codes(Statement::allow("iot:GetThingShadow", &*thing)), []);
    let data = ReasonCode::AllowsBroadAccessToIotDataPlaneActions;
    assert_eq!(codes(Statement::allow("iot:Publish", "*")), [data]);
}

#[test]
fn f17_a_role_with_sign_in() {
    let codes = |statement| cognito_codes(CognitoRole::Authenticated, statement);
    let thing = arn("thing/MyThing");
    assert_eq!(codes(Statement::allow("iot:DescribeThing", thing)), []);
    let read = ReasonCode::AllowsBroadAccessToIotThingAdminReadActions;
    assert_eq!(codes(Statement::allow("iot:DescribeThing", "*")), [read]);
}

fn cognito_codes(role: CognitoRole, statement: Statement) -> Vec<ReasonCode> {
    let access = cognito_access(role, &[policy(vec![statement])], Profile::Aws);
    access.iter().map(|access| access.reason_code).collect()
}

#[test]
fn f18_the_policy_of_the_wizard_and_the_least_one() {
    let actions = ["iot:Publish", "iot:Subscribe", "iot:Connect", "iot:Receive"];
    let wizard = policy(vec![Statement::allow(actions, "*")]);
    let access = broad_data_plane_access(&wizard, Profile::Aws).unwrap();
    let reached = access.actions.iter().map(|reached| &*reached.action);
    assert!(reached.eq(["iot:Connect", "iot:Publish", "iot:Subscribe"]));
    let least = [
        ("iot:Connect", "client/ratchet"),
        ("iot:Publish", "topic/device/ratchet/data"),
        ("iot:Receive", "topic/app/data"),
        ("iot:Subscribe", "topicfilter/app/data"),
    ];
    let least = least.map(|(action, resource)| Statement::allow(action, arn(resource)));
    assert_eq!(
        broad_data_plane_access(&policy(least.into()), Profile::Extended),
        None
    );
}

#[test]
fn f19_a_role_alias_that_allows_whole_services() {
    let codes = |action: &str, used: &[&str]| -> Vec<ReasonCode> {
        let role = [policy(vec![Statement::allow(action, "*")])];
        let access = role_alias_access(&role, used, Profile::Aws);
        access.iter().map(|access| access.reason_code).collect()
    };
    let whole = ReasonCode::AllowsBroadAccessToUsedServices;
    assert_eq!(codes("s3:*", &["s3"]), [whole]);
    assert_eq!(codes("s3:*", &["dynamodb"]), []);
    assert_eq!(codes("s3:PutObject", &["s3"]), []);
    assert_eq!(codes("*", &["s3"]).len(), 6);
}

#[test]
fn f20_services_that_nobody_used() {
    let role = [policy(vec![Statement::allow(
        ["s3:PutObject", "iot:Publish"],
        "*",
    )])];
    let unused = unused_service_access(&role, &["iot"]).unwrap();
    assert_eq!(unused.actions.len(), 1);
    assert_eq!(unused.actions[0].action, "s3");
    assert_eq!(unused_service_access(&role, &["iot", "s3"]), None);
}

#[test]
fn f21_a_ca_that_expires_within_30_days_or_has() {
    assert_expiry("CA_CERT_APPROACHING_EXPIRATION_CHECK");
}

#[test]
fn f23_a_device_certificate_that_expires_within_30_days_or_has() {
    assert_expiry("DEVICE_CERT_APPROACHING_EXPIRATION_CHECK");
    let audited = CertificateStatus::ALL
        .iter()
        .filter(|status| status.is_audited());
    let audited: Vec<_> = audited.map(|status| status.as_str()).collect();
    assert_eq!(audited, ["ACTIVE", "PENDING_TRANSFER"]);
}

fn assert_expiry(check: &str) {
    let days = threshold(check.parse().unwrap(), []).unwrap().unwrap();
    let second = Duration::from_secs(1);
    let soon = Some(ReasonCode::CertificateApproachingExpiration);
    for (left, reason) in [
        (31 * DAY, None),
        (30 * DAY + second, None),
        (30 * DAY, soon),
        (second, soon),
        (Duration::ZERO, soon),
    ] {
        let now = NOW.saturating_sub(left);
        assert_eq!(expiry(NOW, now, days), reason, "{left:?}");
    }
    let past = Some(ReasonCode::CertificatePastExpiration);
    assert_eq!(expiry(NOW.saturating_sub(second), NOW, days), past);
}

#[test]
fn f25_an_account_without_a_log() {
    let mut fine_grained = FineGrainedLogging::default();
    fine_grained.has_role = true;
    fine_grained.default_level = Some(LogLevel::Error);
    let mut logging = Logging::default();
    assert_eq!(logging.reason(), Some(ReasonCode::LoggingDisabled));
    logging.fine_grained = fine_grained;
    assert_eq!(logging.reason(), None);
    logging.fine_grained.disable_all = true;
    assert_eq!(logging.reason(), Some(ReasonCode::LoggingDisabled));
}

#[test]
fn f29_schedules() {
    let runs = |[frequency, week, month]: [&str; 3], created: &str| {
        let fields = [week, month].map(|field| Some(field).filter(|field| !field.is_empty()));
        let schedule = Schedule::from_fields(frequency, fields[0], fields[1])?;
        let created: Date = created.parse().unwrap();
        let runs = schedule.runs_after(created, created).take(2);
        Ok::<_, ScheduleError>(runs.map(|run| run.to_string()).collect::<Vec<_>>())
    };
    for (fields, created, expected) in [
        (
            ["DAILY", "", ""],
            "2022-04-20",
            ["2022-04-21", "2022-04-22"],
        ),
        (
            ["WEEKLY", "FRI", ""],
            "2022-04-20",
            ["2022-04-22", "2022-04-29"],
        ),
        (
            ["BIWEEKLY", "FRI", ""],
            "2022-04-20",
            ["2022-04-22", "2022-05-06"],
        ),
        (
            ["MONTHLY", "", "1"],
            "2022-04-20",
            ["2022-05-01", "2022-06-01"],
        ),
        (
            ["MONTHLY", "", "LAST"],
            "2024-02-01",
            ["2024-02-29", "2024-03-31"],
        ),
        (
            ["MONTHLY", "", "LAST"],
            "2023-02-01",
            ["2023-02-28", "2023-03-31"],
        ),
        (
            ["MONTHLY", "", "29"],
            "2023-02-01",
            ["2023-02-28", "2023-03-29"],
        ),
        (
            ["MONTHLY", "", "31"],
            "2022-04-20",
            ["2022-04-30", "2022-05-31"],
        ),
    ] {
        assert_eq!(runs(fields, created).unwrap(), expected, "{fields:?}");
    }
    assert_eq!(
        runs(["WEEKLY", "", ""], "2022-04-20"),
        Err(ScheduleError::DayOfWeek)
    );
    assert_eq!(
        runs(["MONTHLY", "", ""], "2022-04-20"),
        Err(ScheduleError::DayOfMonth)
    );
}

/// The CA of the slides, in full length.
fn ca() -> ResourceIdentifier {
    ResourceIdentifier::CaCertificateId("6d48e3d0".repeat(8).parse().unwrap())
}

#[test]
fn f30_what_is_suppressed_stands_apart() {
    let check = Check::CaCertificateExpiring;
    let another = ResourceIdentifier::CaCertificateId("ab".repeat(32).parse().unwrap());
    let suppression = Suppression::new(check, ca(), SuppressedUntil::Indefinitely).unwrap();
    let audited = |check, resources: &[_]| found(check, resources, [suppression.clone()], NOW);
    let (report, is_suppressed) = audited(check, &[ca(), another]);
    assert_eq!(is_suppressed, [true, false]);
    assert_eq!(
        (report.non_compliant_resources, report.suppressed_resources),
        (1, 1)
    );
    assert_eq!(report.status, CheckRunStatus::CompletedNonCompliant);
    let (report, _) = audited(check, &[ca()]);
    assert_eq!(report.status, CheckRunStatus::CompletedCompliant);
    // Of another check it says nothing.
    let (_, is_suppressed) = audited(Check::CaCertificateKeyQuality, &[ca()]);
    assert_eq!(is_suppressed, [false]);
}

#[test]
fn f31_what_a_suppression_is_made_of() {
    let months = NOW.as_secs() + 90 * 86_400;
    let suppression = Suppression::from_json(&json!({
        "checkName": "CA_CERT_APPROACHING_EXPIRATION_CHECK",
        "resourceIdentifier": {"caCertificateId": "6d48e3d0".repeat(8)},
        "expirationDate": months,
    }))
    .unwrap();
    assert_eq!(suppression.description(), "");
    let check = Check::CaCertificateExpiring;
    let end = Timestamp::from_secs(months);
    let last = end.saturating_sub(Duration::from_millis(1));
    assert!(suppression.covers(check, &ca(), last));
    assert!(!suppression.covers(check, &ca(), end));
    let for_ever = Suppression::new(check, ca(), SuppressedUntil::Indefinitely).unwrap();
    let for_ever = for_ever
        .with_description("the line of 2019 is out of service")
        .unwrap();
    assert!(for_ever.covers(check, &ca(), end));
}

#[test]
fn f56_the_actions_that_are_there() {
    let role = "arn:aws:iam::123456789012:role/log";
    let groups = json!({"thingGroupNames": ["quarantine"], "overrideDynamicGroups": true});
    for (block, params, action) in [
        (
            "addThingsToThingGroupParams",
            groups,
            ActionType::AddThingsToThingGroup,
        ),
        (
            "enableIoTLoggingParams",
            json!({"roleArnForLogging": role, "logLevel": "WARN"}),
            ActionType::EnableIotLogging,
        ),
        (
            "publishFindingToSnsParams",
            json!({"topicArn": "arn:aws:sns:us-east-1:123456789012:findings"}),
            ActionType::PublishFindingToSns,
        ),
        (
            "replaceDefaultPolicyVersionParams",
            json!({"templateName": "BLANK_POLICY"}),
            ActionType::ReplaceDefaultPolicyVersion,
        ),
        (
            "updateCACertificateParams",
            json!({"action": "DEACTIVATE"}),
            ActionType::UpdateCaCertificate,
        ),
        (
            "updateDeviceCertificateParams",
            json!({"action": "DEACTIVATE"}),
            ActionType::UpdateDeviceCertificate,
        ),
    ] {
        let read = ActionParams::from_json(&json!({ block: params }));
        assert_eq!(read.unwrap().action_type(), action);
        assert!(
            Check::ALL.iter().any(|check| check.allows(action)),
            "{action}"
        );
        for name in [
            "action",
            "templateName",
            "logLevel",
            "thingGroupNames",
            "topicArn",
        ] {
            let mut without = params.clone();
            if without.as_object_mut().unwrap().remove(name).is_some() {
                assert!(
                    ActionParams::from_json(&json!({ block: without })).is_err(),
                    "{name}"
                );
            }
        }
    }
}

/// The prices of Tokyo in April 2022, as the slides have them.
fn tokyo() -> Prices {
    let tiers =
        |unit: u64, price: &str| Tiers::flat(NonZeroU64::new(unit).unwrap(), dollars(price));
    Prices::new(
        tiers(1, "0.00149"),
        tiers(100_000, "0.034"),
        tiers(100_000, "1.00").up_to(300_000, dollars("2.70")),
    )
}

fn dollars(text: &str) -> Price {
    text.parse().unwrap()
}

/// The fleet of the slides.
fn fleet() -> Fleet {
    let mut fleet = Fleet::default();
    fleet.devices = 100;
    fleet.rule_metrics = 4;
    fleet.rule_reports_an_hour = 2;
    fleet.ml_metrics = 6;
    fleet.ml_reports_an_hour = 2;
    fleet
}

fn estimate() -> Estimate {
    tokyo().estimate(&fleet())
}

#[test]
fn f63_devices_and_datapoints_are_paid() {
    let mut fleet = fleet();
    fleet.rule_metrics = 0;
    fleet.ml_reports_an_hour = 0;
    let silent = tokyo().estimate(&fleet);
    assert_eq!(silent.total(), silent.audit);
    fleet.devices = 0;
    assert_eq!(tokyo().estimate(&fleet), Estimate::default());
}

#[test]
fn f64_the_audit_of_100_devices() {
    assert_eq!(estimate().audit, Cents::new(15));
}

#[test]
fn f65_datapoints_of_rules() {
    assert_eq!(fleet().rule_datapoints(), 576_000);
    assert_eq!(estimate().rules, Cents::new(20));
}

#[test]
fn f66_datapoints_of_machine_learning_in_tiers() {
    assert_eq!(fleet().ml_datapoints(), 864_000);
    assert_eq!(tokyo().machine_learning.cost(300_000), Cents::new(810));
    assert_eq!(estimate().machine_learning, Cents::new(810 + 564));
}

#[test]
fn f67_the_sum_of_rounded_lines() {
    assert_eq!(estimate().total().to_string(), "14.09");
}
