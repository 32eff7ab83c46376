//! Findings and reports in JSON, and questions about them.

#![expect(
    clippy::unwrap_used,
    reason = "a sample that is not in its form must fail"
)]

use std::sync::LazyLock;

use iot_defender::audit::{
    Audit, AuditFinding, Check, CheckFailure, FindingQuery, FindingsOf, Logging, PageSize,
    QueryError, Retention,
};
use iot_topics::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::audit_account::{
    Account, LAMP, ROOT, START, SUB, all_checks, authority, read, revoke, settings,
};

/// The findings of two audits a day apart, one of them with suppressions.
fn findings() -> Vec<AuditFinding> {
    let start = read(LAMP).not_after();
    let account = Account::new(start);
    let certificates = account.certificates();
    let mut all = Vec::new();
    for (task, start, suppressed) in [("monday", start, false), ("tuesday", after(start), true)] {
        let mut settings = all_checks(start);
        settings.task.task_id = task.parse().unwrap();
        revoke(&mut settings, SUB);
        let before = all.len();
        let mut audit = Audit::new(&settings, &[authority(SUB), authority(ROOT)]);
        for resource in account.resources(&certificates) {
            all.extend(audit.feed(resource).findings);
        }
        all.extend(audit.finish().1);
        for (finding, at) in all.iter_mut().skip(before).zip(0..) {
            finding.is_suppressed |= suppressed && at % 3 == 0;
        }
    }
    all
}

fn after(start: Timestamp) -> Timestamp {
    start.saturating_add(core::time::Duration::from_millis(86_400_250))
}

#[test]
fn a_finding_is_read_as_it_is_written() {
    let findings = findings();
    assert!(findings.len() > 20);
    for mut finding in findings {
        let json = finding.to_api_json();
        let read = AuditFinding::from_api_json(&json).unwrap();
        assert_eq!(read.to_api_json(), json);
        finding.proof = None;
        assert_eq!(read, finding);
    }
}

#[test]
fn members_of_a_finding() {
    let findings = findings();
    let about = |check: Check| {
        let mut of_check = findings
            .iter()
            .filter(|finding| finding.finding.check == check);
        of_check.next().unwrap()
    };
    let mut finding = about(Check::LoggingDisabled).clone();
    finding.task_start_time = Timestamp::from_millis(1_576_012_045_299);
    finding.finding_time = Timestamp::from_millis(1_576_012_046_000);
    let mut expected = json!({
        "findingId": finding.finding_id,
        "taskId": finding.task_id,
        "checkName": "LOGGING_DISABLED_CHECK",
        "taskStartTime": 1_576_012_045.299,
        "findingTime": 1_576_012_046.0,
        "severity": "LOW",
        "nonCompliantResource": {
            "resourceType": "ACCOUNT_SETTINGS",
            "resourceIdentifier": { "account": "123456789012" },
        },
        "relatedResources": [],
        "reasonForNonCompliance": "Logging is disabled.",
        "reasonForNonComplianceCode": "LOGGING_DISABLED",
        "isSuppressed": true,
    });
    finding.is_suppressed = true;
    assert_eq!(finding.to_api_json(), expected);
    expected["taskStartTime"] = json!(1_576_012_045_299_u64);
    expected["findingTime"] = json!(1_576_012_046_000_u64);
    assert_eq!(finding.to_sns_json(), expected);

    let alias = about(Check::IotRoleAliasOverlyPermissive).to_api_json();
    let role = json!({
        "resourceType": "IAM_ROLE",
        "resourceIdentifier": { "iamRoleArn": "arn:aws:iam::123456789012:role/device" },
    });
    assert_eq!(alias["relatedResources"], json!([role]));
    let policy = about(Check::IotPolicyOverlyPermissive).to_api_json();
    let version = &policy["nonCompliantResource"]["resourceIdentifier"]["policyVersionIdentifier"];
    assert_eq!(version["policyVersionId"], "1");
}

#[test]
fn an_issuer_of_which_little_is_known_is_written_as_it_was_read() {
    let mut json = findings()[0].to_api_json();
    json["relatedResources"] = json!([{
        "resourceType": "ISSUER_CERTIFICATE",
        "resourceIdentifier": {
            "issuerCertificateIdentifier": { "issuerCertificateSerialNumber": "0a:10" },
        },
        "additionalInfo": { "ANY": "fact" },
    }]);
    let finding = AuditFinding::from_api_json(&json).unwrap();
    assert_eq!(finding.to_api_json(), json);
}

#[test]
fn a_finding_without_a_member_is_refused() {
    let json = findings()[0].to_api_json();
    for (name, may_lack) in [
        ("findingId", false),
        ("taskId", false),
        ("checkName", false),
        ("taskStartTime", false),
        ("findingTime", false),
        ("severity", true),
        ("nonCompliantResource", false),
        ("relatedResources", true),
        ("reasonForNonCompliance", true),
        ("reasonForNonComplianceCode", false),
        ("isSuppressed", true),
    ] {
        let mut without = json.clone();
        assert!(
            without.as_object_mut().unwrap().remove(name).is_some(),
            "{name}"
        );
        let read = AuditFinding::from_api_json(&without);
        assert_eq!(read.is_ok(), may_lack, "{name}");
        if let Err(error) = read {
            assert_eq!(error.name(), name);
        }
        let mut odd = json.clone();
        odd[name] = json!({ "odd": 1 });
        let read = AuditFinding::from_api_json(&odd);
        assert_eq!(read.is_ok(), name == "severity", "{name}");
    }
}

#[test]
fn members_of_reports() {
    let mut settings = settings([Check::LoggingDisabled, Check::ConflictingClientIds], START);
    settings.task.scheduled_audit = Some("every_night".parse().unwrap());
    let mut audit = Audit::new(&settings, &[]);
    audit.feed(&Logging::default());
    audit.fail(
        Check::ConflictingClientIds,
        CheckFailure::new(None, "no log"),
    );
    let (report, _) = audit.finish();
    let api = json!({
        "taskStatus": "COMPLETED",
        "taskType": "SCHEDULED_AUDIT_TASK",
        "taskStartTime": 1_650_414_651.0,
        "taskStatistics": {
            "totalChecks": 2,
            "inProgressChecks": 0,
            "waitingForDataCollectionChecks": 0,
            "compliantChecks": 0,
            "nonCompliantChecks": 1,
            "failedChecks": 1,
            "canceledChecks": 0,
        },
        "scheduledAuditName": "every_night",
        "auditDetails": {
            "CONFLICTING_CLIENT_IDS_CHECK": {
                "checkRunStatus": "FAILED",
                "totalResourcesCount": 0,
                "nonCompliantResourcesCount": 0,
                "suppressedNonCompliantResourcesCount": 0,
                "message": "no log",
            },
            "LOGGING_DISABLED_CHECK": {
                "checkRunStatus": "COMPLETED_NON_COMPLIANT",
                "checkCompliant": false,
                "totalResourcesCount": 1,
                "nonCompliantResourcesCount": 1,
                "suppressedNonCompliantResourcesCount": 0,
            },
        },
    });
    assert_eq!(report.to_api_json(), api);
    let sns = json!({
        "accountId": "123456789012",
        "taskId": "9ccc92239f3b0c242826600841cf94dc",
        "taskStatus": "COMPLETED",
        "taskType": "SCHEDULED_AUDIT_TASK",
        "scheduledAuditName": "every_night",
        "failedChecksCount": 1,
        "canceledChecksCount": 0,
        "nonCompliantChecksCount": 1,
        "compliantChecksCount": 0,
        "totalChecksCount": 2,
        "taskStartTime": 1_650_414_651_000_u64,
        "auditDetails": [
            {
                "checkName": "CONFLICTING_CLIENT_IDS_CHECK",
                "checkRunStatus": "FAILED",
                "nonCompliantResourcesCount": 0,
                "totalResourcesCount": 0,
                "suppressedNonCompliantResourcesCount": 0,
                "message": "no log",
            },
            {
                "checkName": "LOGGING_DISABLED_CHECK",
                "checkRunStatus": "COMPLETED_NON_COMPLIANT",
                "nonCompliantResourcesCount": 1,
                "totalResourcesCount": 1,
                "suppressedNonCompliantResourcesCount": 0,
            },
        ],
    });
    assert_eq!(report.to_sns_json(), sns);
    let names: Vec<_> = report
        .metrics()
        .map(|metric| (metric.name, metric.check, metric.scheduled_audit_name))
        .collect();
    let schedule = String::from("every_night");
    let logging = Check::LoggingDisabled;
    let expected = [
        ("NonCompliantResources", logging, schedule.clone()),
        ("ResourcesEvaluated", logging, schedule),
    ];
    assert_eq!(names, expected);
}

#[test]
fn questions_as_the_api_has_them() {
    let read = |json: Value| FindingQuery::from_json(&json);
    for (json, error) in [
        (json!([]), QueryError::NotAnObject),
        (json!({}), QueryError::TaskOrTime),
        (json!({ "endTime": 1 }), QueryError::TaskOrTime),
        (json!({ "taskId": "no/id" }), QueryError::Member("taskId")),
        (
            json!({ "startTime": "1", "endTime": 1 }),
            QueryError::Member("startTime"),
        ),
        (
            json!({ "taskId": "t", "maxResults": 0 }),
            QueryError::Member("maxResults"),
        ),
        (
            json!({ "taskId": "t", "checkName": "X" }),
            QueryError::Member("checkName"),
        ),
        (
            json!({ "taskId": "t", "resourceIdentifier": {} }),
            QueryError::Member("resourceIdentifier"),
        ),
        (
            json!({ "taskId": "t", "listSuppressedFindings": "yes" }),
            QueryError::Member("listSuppressedFindings"),
        ),
        (
            json!({ "taskId": "t", "nextToken": 1 }),
            QueryError::NextToken,
        ),
    ] {
        assert_eq!(read(json.clone()), Err(error), "{json}");
    }
    let query = read(json!({ "taskId": "t", "startTime": null, "maxResults": 250 })).unwrap();
    assert_eq!(query.max_results, PageSize::new(250).unwrap());

    let findings = findings();
    let count = |json: Value| read(json).unwrap().list(&findings).unwrap().findings.len();
    let second = after(read_start()).as_millis() as f64 / 1_000.0;
    let of_task = |task: &str| count(json!({ "taskId": task, "maxResults": 250 }));
    let between =
        |from: f64, to: f64| count(json!({ "startTime": from, "endTime": to, "maxResults": 250 }));
    assert_eq!(of_task("monday") + of_task("tuesday"), findings.len());
    assert_eq!(between(second, second), of_task("tuesday"));
    assert_eq!(between(0.0, second - 0.001), of_task("monday"));
    let suppressed = |suppressed: bool| {
        count(
            json!({ "taskId": "tuesday", "listSuppressedFindings": suppressed, "maxResults": 250 }),
        )
    };
    assert!(suppressed(true) > 0);
    assert_eq!(suppressed(true) + suppressed(false), of_task("tuesday"));
    let about = json!({
        "taskId": "monday",
        "checkName": "UNAUTHENTICATED_COGNITO_IDENTITY_UNRESTRICTED_ACCESS_CHECK",
        "resourceIdentifier": { "cognitoIdentityPoolId": "a" },
    });
    assert_eq!(count(about), 2);
    assert_eq!(
        count(json!({ "taskId": "monday" })),
        25.min(of_task("monday"))
    );
}

fn read_start() -> Timestamp {
    read(LAMP).not_after()
}

#[test]
fn a_token_that_was_not_given_out_is_refused() {
    let findings = findings();
    let mut query = FindingQuery::new(FindingsOf::Task("monday".parse().unwrap()));
    for token in ["", "0", "monday.", "monday.0123"] {
        query.next_token = Some(token.into());
        assert_eq!(query.list(&findings), Err(QueryError::NextToken), "{token}");
    }
}

#[test]
fn related_resources_come_in_pages() {
    let findings = findings();
    let revoked = findings
        .iter()
        .find(|finding| finding.finding.check == Check::RevokedCaCertificateStillActive)
        .unwrap();
    let one = PageSize::new(1).unwrap();
    let mut related = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = revoked.list_related(one, token.as_deref()).unwrap();
        assert_eq!(page.related.len(), 1);
        related.extend(page.related.iter().cloned());
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(related, revoked.finding.related);
    assert_eq!(related.len(), 3);
    for token in ["4", "-1", "x"] {
        let page = revoked.list_related(one, Some(token));
        assert_eq!(page, Err(QueryError::NextToken), "{token}");
    }
    let first = revoked.list_related(one, None).unwrap().to_api_json();
    assert_eq!(first["nextToken"], "1");
    assert_eq!(first["relatedResources"].as_array().unwrap().len(), 1);
}

#[test]
fn old_audits_are_forgotten() {
    let mut findings = findings();
    let all = findings.clone();
    let day = core::time::Duration::from_secs(86_400);
    let now = read_start().saturating_add(90 * day);
    let forgotten = Retention::default().forget(&mut findings, now);
    assert!(!forgotten.is_empty() && !findings.is_empty());
    assert!(
        forgotten
            .iter()
            .all(|finding| finding.task_id.as_str() == "monday")
    );
    assert!(
        findings
            .iter()
            .all(|finding| finding.task_id.as_str() == "tuesday")
    );
    assert_eq!(forgotten.len() + findings.len(), all.len());
    assert!(
        Retention::of_days(180)
            .forget(&mut findings, now)
            .is_empty()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn pages_together_are_all(size in 1_u64..=250, suppressed in any::<Option<bool>>()) {
        static FINDINGS: LazyLock<Vec<AuditFinding>> = LazyLock::new(findings);
        let findings = &*FINDINGS;
        let (from, to) = (Timestamp::from_secs(0), Timestamp::from_millis(u64::MAX));
        let mut query = FindingQuery::new(FindingsOf::Time { from, to });
        query.max_results = PageSize::new(size).unwrap();
        query.suppressed = suppressed;
        let mut listed = Vec::new();
        loop {
            let page = query.list(findings).unwrap();
            prop_assert!(page.findings.len() <= size as usize);
            let json = page.to_api_json();
            prop_assert_eq!(json["nextToken"].as_str(), page.next_token.as_deref());
            listed.extend(page.findings);
            query.next_token = page.next_token;
            if query.next_token.is_none() {
                break;
            }
        }
        let asked: Vec<_> = findings
            .iter()
            .filter(|finding| suppressed.is_none_or(|asked| asked == finding.is_suppressed))
            .collect();
        prop_assert_eq!(listed, asked);
    }
}
