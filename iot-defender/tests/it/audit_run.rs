//! Audits from the resources to the report.

#![expect(
    clippy::indexing_slicing,
    reason = "an order that names another resource must fail"
)]

use core::time::Duration;

use iot_defender::audit::{
    Audit, AuditFinding, AuditReport, AuditSettings, AuditWindow, CertificateStatus, Check,
    CheckErrorCode, CheckFailure, CheckRunStatus, CognitoPool, Connection, ConnectionHistory, Days,
    DocumentSource, Finding, FindingId, Logging, Overlap, Profile, ReasonCode, RegisteredPolicy,
    ResourceIdentifier, ResourceType, RoleAliasResource, Severity, SuppressedUntil, Suppression,
    TaskStatus,
};
use iot_topics::Timestamp;
use proptest::prelude::*;

use crate::audit_account::{
    ANY, Account, LAMP, OTHER, OWN, ROOT, START, SUB, all_checks, authority, device, id, policy,
    read, revoke, settings,
};

fn codes(findings: &[AuditFinding]) -> Vec<(Check, ReasonCode)> {
    let findings = findings.iter().map(|finding| &finding.finding);
    findings
        .map(|finding| (finding.check, finding.reason_code))
        .collect()
}

/// The report of the deck: an audit on demand of 14 checks, of which one finds something.
#[test]
fn f26_f27_report_of_the_deck() {
    let settings = settings(Check::ALL.iter().copied().take(14), START);
    let mut audit = Audit::new(&settings, &[]);
    for name in ["A", "B", "C", "D", "E"] {
        audit.feed(&policy(name, ANY));
    }
    audit.feed(&policy("F", OWN));
    let mut logging = Logging::default();
    logging.has_role = true;
    logging.level = Some("ERROR".parse().unwrap());
    audit.feed(&logging);

    let (report, findings) = audit.finish();
    assert!(findings.is_empty());
    assert_eq!(
        report.task.task_id.as_str(),
        "9ccc92239f3b0c242826600841cf94dc"
    );
    let statistics = report.statistics();
    assert_eq!(report.status(), TaskStatus::Completed);
    assert_eq!(statistics.total_checks, 14);
    assert_eq!(statistics.non_compliant_checks, 1);
    assert_eq!(statistics.compliant_checks, 13);
    let check = Check::IotPolicyOverlyPermissive;
    assert_eq!(check.severity(), Severity::Critical);
    let row = &report.checks[&check];
    assert_eq!((row.non_compliant_resources, row.total_resources), (5, 6));
    assert_eq!(row.non_compliant_percent().unwrap().to_string(), "83.3");
}

#[test]
fn dates_of_certificates() {
    let check = Check::DeviceCertificateExpiring;
    let not_after = read(LAMP).not_after();
    let at = |start: Timestamp| {
        let settings = settings([check], start);
        let findings = Audit::new(&settings, &[]).feed(&device(LAMP)).findings;
        let expiration = not_after.as_millis().to_string();
        for finding in &findings {
            let info = &finding.finding.resource.additional_info;
            assert_eq!(info["EXPIRATION_TIME"], expiration);
        }
        codes(&findings)
    };
    let before = |days: u64| not_after.saturating_sub(Duration::from_secs(days * 86_400));
    assert_eq!(at(before(31)), []);
    let approaching = [(check, ReasonCode::CertificateApproachingExpiration)];
    assert_eq!(at(before(30)), approaching);
    assert_eq!(at(not_after), approaching);
    let past = not_after.saturating_add(Duration::from_secs(1));
    assert_eq!(at(past), [(check, ReasonCode::CertificatePastExpiration)]);

    // The threshold of devices can be set, that of CAs cannot.
    let mut settings = settings([check, Check::CaCertificateExpiring], before(31));
    settings.expiration_threshold = Days::new(31).unwrap();
    let mut audit = Audit::new(&settings, &[authority(LAMP)]);
    assert_eq!(audit.feed(&device(LAMP)).findings.len(), 1);
    assert!(audit.finish().1.is_empty());
}

#[test]
fn one_certificate_is_judged_by_all_its_checks() {
    let facts = read(LAMP);
    let mut settings = all_checks(facts.not_after());
    settings.age_threshold = Days::new(30).unwrap();
    revoke(&mut settings, LAMP);
    revoke(&mut settings, SUB);
    let issuers = [read(SUB)];
    let mut lamp = device(LAMP);
    lamp.issuers = &issuers;
    let mut audit = Audit::new(&settings, &[]);
    let findings = audit.feed(&lamp).findings;
    let expected = [
        (
            Check::DeviceCertificateExpiring,
            ReasonCode::CertificateApproachingExpiration,
        ),
        (
            Check::RevokedDeviceCertificateStillActive,
            ReasonCode::CertificateRevokedByIssuer,
        ),
        (
            Check::DeviceCertificateAge,
            ReasonCode::CertificatePastAgeThreshold,
        ),
        (
            Check::IntermediateCaRevokedForActiveDeviceCertificates,
            ReasonCode::IntermediateCaRevokedByIssuer,
        ),
    ];
    assert_eq!(codes(&findings), expected);
    let related = &findings[3].finding.related;
    assert_eq!(related[0].resource_type, ResourceType::IssuerCertificate);
    let ResourceIdentifier::IssuerCertificateIdentifier(issuer) = &related[0].resource_identifier
    else {
        panic!("{related:?}");
    };
    assert_eq!(issuer.issuer_certificate_subject, "cn=Sub,o=Example");
    assert_eq!(issuer.issuer_certificate_serial_number, "10");
    assert_eq!(issuer.issuer_id, read(SUB).id().as_str());

    // Its own revocation is no matter of the check of intermediates, nor is the root's.
    lamp.issuers = &[];
    assert_eq!(codes(&audit.feed(&lamp).findings), expected[..3]);
    lamp.status = CertificateStatus::PendingTransfer;
    assert_eq!(audit.feed(&lamp).findings.len(), 3);
    // Not even counted.
    lamp.status = CertificateStatus::PendingActivation;
    assert!(audit.feed(&lamp).findings.is_empty());
    let (report, _) = audit.finish();
    let counted = |check| report.checks[&check].total_resources;
    assert_eq!(counted(Check::DeviceCertificateKeyQuality), 3);
    assert_eq!(counted(Check::DeviceCertificateShared), 0);
}

#[test]
fn read_certificates_and_der_are_judged_alike() {
    let facts = read(LAMP);
    let settings = all_checks(facts.not_after());
    let mut read = device(LAMP);
    read.source = iot_defender::audit::CertificateSource::Read(&facts);
    assert_eq!(read.examine(&settings), device(LAMP).examine(&settings));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_goes_on() {
    let settings = all_checks(START);
    let mut audit = Audit::new(&settings, &[authority(b"no CA")]);
    let mut broken = device(b"no certificate");
    broken.creation_date = Some(Timestamp::from_secs(0));
    let judgement = audit.feed(&broken);
    // The age does not need the certificate.
    let found = codes(&judgement.findings);
    let (age, why) = (
        Check::DeviceCertificateAge,
        ReasonCode::CertificatePastAgeThreshold,
    );
    assert_eq!(found, [(age, why)]);
    let unreadable = judgement.unreadable.iter().map(|it| it.check);
    let checks = [
        Check::DeviceCertificateKeyQuality,
        Check::DeviceCertificateExpiring,
        Check::RevokedDeviceCertificateStillActive,
    ];
    assert!(unreadable.eq(checks));
    audit.feed(&device(LAMP));
    for text in ["{", ANY] {
        audit.feed(&policy("P", text));
    }

    let (report, _) = audit.finish();
    let row = |check| &report.checks[&check];
    let expiring = row(Check::DeviceCertificateExpiring);
    // It cannot say that all complies.
    assert_eq!(expiring.status, CheckRunStatus::Failed);
    assert_eq!(
        (expiring.total_resources, expiring.unreadable_resources),
        (2, 1)
    );
    let message = expiring.message.as_deref().unwrap();
    let id = iot_policy::certificate_id(b"no certificate");
    assert!(message.contains(id.as_str()), "{message}");
    assert_eq!(
        row(Check::CaCertificateExpiring).status,
        CheckRunStatus::Failed
    );
    // What was found is found.
    let policies = row(Check::IotPolicyOverlyPermissive);
    assert_eq!(policies.status, CheckRunStatus::CompletedNonCompliant);
    assert!(policies.message.as_deref().unwrap().contains("policyName"));
    assert_eq!(report.status(), TaskStatus::Completed);
}

#[test]
fn f12_a_revoked_ca_lists_what_it_issued() {
    let check = Check::RevokedCaCertificateStillActive;
    let mut settings = settings([check], START);
    revoke(&mut settings, SUB);
    // By the name of the issuer, and as the registry knows.
    let mut registered = device(b"cannot be read");
    registered.ca_certificate_id = Some(iot_policy::certificate_id(SUB));
    let mut of_another = device(OTHER);
    of_another.ca_certificate_id = Some(iot_policy::certificate_id(ROOT));
    let mut inactive = device(OTHER);
    inactive.status = CertificateStatus::Inactive;

    let authorities = [authority(SUB), authority(ROOT)];
    let mut audit = Audit::new(&settings, &authorities);
    for certificate in [device(LAMP), registered, of_another, inactive] {
        let judgement = audit.feed(&certificate);
        assert!(judgement.findings.is_empty() && judgement.unreadable.is_empty());
    }
    let (report, findings) = audit.finish();
    assert_eq!(report.checks[&check].total_resources, 2);
    assert_eq!(report.checks[&check].non_compliant_resources, 1);
    assert_eq!(
        codes(&findings),
        [(check, ReasonCode::CertificateRevokedByIssuer)]
    );
    let sub = ResourceIdentifier::CaCertificateId(iot_policy::certificate_id(SUB));
    assert_eq!(findings[0].finding.resource.resource_identifier, sub);
    let mut issued = [LAMP, b"cannot be read"].map(iot_policy::certificate_id);
    issued.sort();
    let issued = issued.map(ResourceIdentifier::DeviceCertificateId);
    let related = findings[0].finding.related.iter();
    assert!(
        related
            .map(|related| &related.resource_identifier)
            .eq(&issued)
    );

    // A CA that is not active is not looked at.
    let mut inactive = authority(SUB);
    inactive.status = CertificateStatus::Inactive;
    let (report, findings) = Audit::new(&settings, &[inactive]).finish();
    assert_eq!(
        (report.checks[&check].total_resources, findings.len()),
        (0, 0)
    );
}

#[test]
fn keys_and_signatures_of_the_extended_profile() {
    // P-256, signed with SHA-256: no fault in either.
    let mut settings = settings([Check::DeviceCertificateKeyQuality], START);
    for profile in [Profile::Aws, Profile::Extended] {
        settings.profile = profile;
        assert!(
            Audit::new(&settings, &[])
                .feed(&device(LAMP))
                .findings
                .is_empty()
        );
    }
    // A policy that only the extended profile finds fault with.
    let mut settings = crate::audit_account::settings([Check::IotPolicyOverlyPermissive], START);
    let everything = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "iot:Subscribe", "Resource": "arn:aws:iot:us-east-1:1:topicfilter/#"}}"#;
    let found = |settings: &AuditSettings| {
        let findings = Audit::new(settings, &[]).feed(&policy("P", everything));
        findings.findings.len()
    };
    assert_eq!(found(&settings), 0);
    settings.profile = Profile::Extended;
    assert_eq!(found(&settings), 1);
}

#[test]
fn pools_are_judged_by_each_role_while_they_are_in_use() {
    const BAD: &[DocumentSource<'static>] = &[DocumentSource::Json(OWN), DocumentSource::Json("[")];
    const ANY_ROLE: &[DocumentSource<'static>] = &[DocumentSource::Json(ANY)];
    let settings = all_checks(START);
    let mut pool = CognitoPool::new("us-east-1:pool");
    pool.unauthenticated = BAD;
    pool.authenticated = ANY_ROLE;
    let month = Duration::from_secs(31 * 86_400);
    pool.last_connection = Some(START.saturating_sub(month + Duration::from_secs(1)));
    assert_eq!(pool.examine(&settings).checks, []);

    pool.last_connection = Some(START.saturating_sub(month));
    let examination = pool.examine(&settings);
    let [guests, users] = [
        Check::UnauthenticatedCognitoRoleOverlyPermissive,
        Check::AuthenticatedCognitoRoleOverlyPermissive,
    ];
    assert_eq!(examination.checks, [guests, users]);
    let unreadable = examination.unreadable.iter().map(|it| it.check);
    assert!(unreadable.eq([guests]));
    let found = examination.found.iter().map(|found| &found.finding);
    let reasons = found.map(|finding| (finding.check, finding.reason_code));
    assert!(reasons.eq(users.reason_codes().iter().map(|why| (users, *why))));
    let proofs = examination.found.iter().map(|found| &found.proof);
    assert!(proofs.into_iter().all(Option::is_some));

    let mut audit = Audit::new(&settings, &[]);
    assert_eq!(audit.feed(&pool).findings.len(), 4);
    let (report, _) = audit.finish();
    let row = &report.checks[&users];
    // Four reasons, one resource.
    assert_eq!((row.total_resources, row.non_compliant_resources), (1, 1));
}

#[test]
fn role_aliases_name_their_role() {
    const ANY_ROLE: &[DocumentSource<'static>] = &[DocumentSource::Json(ANY)];
    let role_arn = "arn:aws:iam::123456789012:role/camera";
    let alias = RoleAliasResource {
        arn: "arn:aws:iot:us-east-1:123456789012:rolealias/camera",
        role_arn,
        policies: ANY_ROLE,
        services_used: &["S3"],
    };
    let findings = Audit::new(&all_checks(START), &[]).feed(&alias).findings;
    let (permissive, unused) = (
        Check::IotRoleAliasOverlyPermissive,
        Check::IotRoleAliasAllowsAccessToUnusedServices,
    );
    let security = ReasonCode::AllowsAccessToSecurityAuditingServices;
    let reasons = permissive.reason_codes().iter();
    let reasons = reasons.filter(|why| **why != security);
    let mut expected: Vec<_> = reasons.map(|why| (permissive, *why)).collect();
    expected.push((unused, ReasonCode::AllowsAccessToUnusedServices));
    assert_eq!(codes(&findings), expected);
    for finding in &findings {
        let [role] = &finding.finding.related[..] else {
            panic!("{finding:?}");
        };
        assert_eq!(role.resource_type, ResourceType::IamRole);
        let arn = ResourceIdentifier::IamRoleArn(role_arn.into());
        assert_eq!(role.resource_identifier, arn);
    }
    let reason = &findings.last().unwrap().finding.reason;
    assert_eq!(reason, "Role allows access to unused services: [iot].");
}

#[test]
fn checks_that_are_not_run_look_at_nothing() {
    let settings = settings([], START);
    let account = Account::new(START);
    let certificates = account.certificates();
    for resource in account.resources(&certificates) {
        let examination = resource.examine(&settings);
        assert!(examination.checks.is_empty() && examination.unreadable.is_empty());
    }
    assert!(authority(b"no CA").examine(&settings).unreadable.is_empty());
    let (report, _) = Audit::new(&settings, &[]).finish();
    assert!(report.checks.is_empty());
}

#[test]
fn suppressed_findings_stay_and_do_not_count() {
    let check = Check::IntermediateCaRevokedForActiveDeviceCertificates;
    let issuers = [read(SUB)];
    let mut lamp = device(LAMP);
    lamp.issuers = &issuers;
    let arn = "arn:aws:iot:us-east-1:123456789012:cert/lamp";
    lamp.arn = Some(arn);
    let mut plain = settings([check, Check::RevokedDeviceCertificateStillActive], START);
    revoke(&mut plain, SUB);
    revoke(&mut plain, LAMP);
    let found = Audit::new(&plain, &[]).feed(&lamp).findings;
    let issuer = found[1].finding.related[0].resource_identifier.clone();

    // By whichever of its names.
    for name in [
        ResourceIdentifier::DeviceCertificateId(iot_policy::certificate_id(LAMP)),
        ResourceIdentifier::DeviceCertificateArn(arn.into()),
        issuer,
    ] {
        let mut settings = plain.clone();
        let end = START.saturating_add(Duration::from_millis(1));
        let until = SuppressedUntil::Instant(end);
        settings.suppressions = [Suppression::new(check, name, until).unwrap()]
            .into_iter()
            .collect();
        let mut audit = Audit::new(&settings, &[]);
        let findings = audit.feed(&lamp).findings;
        let suppressed = findings.iter().map(|finding| finding.is_suppressed);
        assert!(suppressed.eq([false, true]));
        let (report, _) = audit.finish();
        let row = &report.checks[&check];
        assert_eq!(row.status, CheckRunStatus::CompletedCompliant);
        assert_eq!(
            (row.non_compliant_resources, row.suppressed_resources),
            (0, 1)
        );
        let other = &report.checks[&Check::RevokedDeviceCertificateStillActive];
        assert_eq!(other.status, CheckRunStatus::CompletedNonCompliant);

        settings.task.start = end;
        let findings = Audit::new(&settings, &[]).feed(&lamp).findings;
        assert!(findings.iter().all(|finding| !finding.is_suppressed));
    }
}

#[test]
fn connections_are_judged_by_their_history() {
    let settings = all_checks(START);
    let overlap = Overlap::SharedCertificate;
    let window = AuditWindow::of(overlap, START, None);
    let mut history = ConnectionHistory::new(overlap, window);
    let begin = |seconds| window.from().saturating_add(Duration::from_secs(seconds));
    history.connect(Connection::new(7, 1, 1), begin(10));
    history.connect(Connection::new(7, 2, 2), begin(20));
    history.disconnect(Connection::new(7, 1, 1), begin(30), false);
    history.connect(Connection::new(8, 3, 3), begin(40));

    let mut audit = Audit::new(&settings, &[]);
    let shared = history.findings().into_iter();
    let shared = shared.map(|(key, evidence)| (id(&key.to_string()), evidence));
    let names = ["", "lamp", "copy", "other"];
    let findings = audit.shared_certificates(2, shared, |user| names[*user].into());
    assert_eq!(findings.len(), 1);
    let finding = &findings[0].finding;
    assert_eq!(finding.reason, "Certificate shared by one or more devices.");
    let clients = ["copy", "lamp"].map(|client| ResourceIdentifier::ClientId(client.into()));
    let related = finding.related.iter();
    assert!(
        related
            .map(|related| &related.resource_identifier)
            .eq(&clients)
    );

    let row = |audit: &Audit<'_>| {
        let row = &audit.report().checks[&Check::DeviceCertificateShared];
        (row.total_resources, row.non_compliant_resources)
    };
    assert_eq!(row(&audit), (2, 1));
    // Fewer than were found cannot have been looked at.
    let shared = history.findings().into_iter();
    let shared = shared.map(|(key, evidence)| (id(&key.to_string()), evidence));
    audit.shared_certificates(0, shared, |user| names[*user].into());
    assert_eq!(row(&audit), (3, 2));
}

#[test]
fn a_check_that_fails_does_not_complete() {
    let settings = settings([Check::LoggingDisabled, Check::ConflictingClientIds], START);
    let mut one = Audit::new(&settings, &[]);
    let mut other = one.clone();
    one.feed(&Logging::default());
    let code = CheckErrorCode::InsufficientPermissions;
    one.fail(Check::LoggingDisabled, CheckFailure::new(code, "b"));
    other.fail(Check::LoggingDisabled, CheckFailure::new(code, "a"));
    other.fail(
        Check::DeviceCertificateAge,
        CheckFailure::new(None, "is not run"),
    );
    let mut reversed = other.clone();
    reversed.merge(one.clone());
    one.merge(other);
    let (report, _) = one.finish();
    assert_eq!(report, reversed.finish().0);
    assert_eq!(report.checks.len(), 2);
    let row = &report.checks[&Check::LoggingDisabled];
    assert_eq!(row.status, CheckRunStatus::Failed);
    assert_eq!(
        (row.error_code, row.message.as_deref()),
        (Some(code), Some("a"))
    );
    assert_eq!(report.metrics().count(), 2); // of the other check
    let long = CheckFailure::new(None, &"é".repeat(3000));
    assert_eq!(long.message.chars().count(), 2048);
}

/// Nothing is told to comply while something of it is not here; what was found stays found.
#[test]
fn a_check_that_misses_something_does_not_comply() {
    let checks = [Check::LoggingDisabled, Check::IotPolicyOverlyPermissive];
    let settings = settings(checks, START);
    let mut one = Audit::new(&settings, &[]);
    one.feed(&policy("A", ANY));
    let mut other = Audit::new(&settings, &[]);
    for check in checks {
        other.miss(check, CheckFailure::new(None, "b"));
        other.miss(check, CheckFailure::new(None, "a"));
    }
    other.miss(Check::ConflictingClientIds, CheckFailure::new(None, "a")); // is not run
    let mut reversed = other.clone();
    reversed.merge(one.clone());
    one.merge(other);
    let (report, _) = one.finish();
    assert_eq!(report, reversed.finish().0);
    let rows = report.checks.values();
    let rows: Vec<_> = rows
        .map(|row| (row.status, row.message.as_deref()))
        .collect();
    let expected = [
        (CheckRunStatus::CompletedNonCompliant, Some("a")),
        (CheckRunStatus::Failed, Some("a")),
    ];
    assert_eq!(rows, expected);
}

fn ids(settings: &AuditSettings, policy: &RegisteredPolicy<'_>) -> Vec<String> {
    let findings = Audit::new(settings, &[]).feed(policy).findings;
    let ids = findings.iter();
    ids.map(|finding| finding.finding_id.to_string()).collect()
}

#[test]
fn ids_are_told_by_what_was_found() {
    let mut settings = all_checks(START);
    let mut any = policy("P", ANY);
    let first = ids(&settings, &any);
    assert_eq!(first.len(), 1);
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    assert!(
        first[0].len() == 32 && first[0].bytes().all(hex),
        "{first:?}"
    );
    assert_eq!(first, ids(&settings, &any));
    settings.task.task_id = "another".parse().unwrap();
    assert_ne!(first, ids(&settings, &any));

    settings.finding_id = FindingId::of_resource;
    let kept = ids(&settings, &any);
    settings.task.task_id = "a-third".parse().unwrap();
    assert_eq!(kept, ids(&settings, &any));
    any.version.policy_version_id = 2;
    assert_ne!(kept, ids(&settings, &any));
    settings.task.account = "210987654321".parse().unwrap();
    any.version.policy_version_id = 1;
    assert_ne!(kept, ids(&settings, &any));

    settings.finding_id = |key| format!("{}-mine", key.check).parse().unwrap();
    assert_eq!(
        ids(&settings, &any),
        ["IOT_POLICY_OVERLY_PERMISSIVE_CHECK-mine"]
    );
}

/// All that an audit says, by check and resource.
fn outcome(
    settings: &AuditSettings,
    account: &Account,
    order: &[(usize, usize)],
) -> (AuditReport, Vec<AuditFinding>) {
    let certificates = account.certificates();
    let resources = account.resources(&certificates);
    let authorities = [authority(SUB), authority(b"no CA"), authority(ROOT)];
    let mut workers = vec![Audit::new(settings, &authorities); 3];
    let mut findings = Vec::new();
    for (at, worker) in order {
        findings.extend(workers[*worker].feed(resources[*at]).findings);
    }
    let mut all = workers.remove(order[0].1);
    for worker in workers {
        all.merge(worker);
    }
    let (report, more) = all.finish();
    findings.extend(more);
    findings.sort_by(|a, b| a.finding.cmp(&b.finding));
    (report, findings)
}

fn shares() -> impl Strategy<Value = Vec<(usize, usize)>> {
    let order = Just((0..15).collect::<Vec<usize>>()).prop_shuffle();
    let workers = proptest::collection::vec(0..3_usize, 15);
    (order, workers).prop_map(|(order, workers)| order.into_iter().zip(workers).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn workers_and_order_change_nothing(shares in shares(), extended in any::<bool>()) {
        let start = read(LAMP).not_after();
        let account = Account::new(start);
        let mut settings = all_checks(start);
        if extended {
            settings.profile = Profile::Extended;
        }
        revoke(&mut settings, SUB);
        let one_by_one: Vec<_> = (0..15).map(|at| (at, 0)).collect();
        let expected = outcome(&settings, &account, &one_by_one);
        prop_assert_eq!(&outcome(&settings, &account, &shares), &expected);
        let certificates = account.certificates();
        prop_assert_eq!(account.resources(&certificates).len(), shares.len());

        // Each check counts what it says.
        let (report, findings) = expected;
        for (check, row) in &report.checks {
            let mut found: Vec<&Finding> = findings
                .iter()
                .map(|finding| &finding.finding)
                .filter(|finding| finding.check == *check)
                .collect();
            found.dedup_by(|a, b| a.resource.resource_identifier == b.resource.resource_identifier);
            prop_assert_eq!(row.non_compliant_resources, found.len() as u64, "{}", check);
        }
    }
}
