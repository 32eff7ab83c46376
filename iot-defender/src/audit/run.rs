//! An audit while it runs: resources go in one by one, findings come out.

mod authority;
mod resource;
mod tally;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::CertificateId;

use super::audit_finding::AuditFinding;
use super::check::Check;
use super::examine::{
    CaCertificate, Examination, Found, Unreadable, conflicting_client_id, shared_certificate,
};
use super::finding::Finding;
use super::history::Evidence;
use super::id::FindingKey;
use super::report::{AuditReport, CheckFailure};
use super::settings::AuditSettings;
use super::task::CheckRunStatus;
use authority::Authorities;
pub use resource::Resource;
use tally::Tally;

/// What came out of an audit when a resource went in.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::Judgement;
///
/// let judgement = Judgement::default();
/// assert!(judgement.findings.is_empty() && judgement.unreadable.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judgement {
    /// What was found, also what is suppressed; by check, then by reason.
    pub findings: Vec<AuditFinding>,
    /// What could not be looked at, by check. The report tells it too.
    pub unreadable: Vec<Unreadable>,
}

/// An audit while it runs. It holds numbers, and the device certificates that a revoked CA has
/// issued: not the resources.
///
/// The CA certificates of the account are told at the start, all other resources one by one and
/// each once, in any order. What comes out of [`feed`](Self::feed) is for the caller to keep; the
/// findings about CA certificates come with [`finish`](Self::finish), when all that they have
/// issued was seen. An audit can be split over workers, each with the same settings and CA
/// certificates and its share of the resources, and what they have merged in any order: the
/// report and the findings are the same, once sorted by their field `finding`.
///
/// What is not fed is not there. If resources or lists could not be fetched, the caller tells so
/// by [`fail`](Self::fail) or [`miss`](Self::miss); an audit cannot know it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     Audit, AuditSettings, Check, DocumentSource, PolicyVersion, RegisteredPolicy, TaskHeader,
///     TaskStatus,
/// };
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, [Check::IotPolicyOverlyPermissive]);
/// let mut audit = Audit::new(&settings, &[]);
///
/// for (name, resource) in [("Any", "*"), ("Own", "arn:aws:iot:us-east-1:1:client/lamp-7")] {
///     let text = format!(r#"{{
///         "Version": "2012-10-17",
///         "Statement": {{"Effect": "Allow", "Action": "iot:Connect", "Resource": "{resource}"}}
///     }}"#);
///     let version = PolicyVersion::new(name.parse()?, 1);
///     let policy = RegisteredPolicy::new(version, DocumentSource::Json(&text));
///     for finding in audit.feed(&policy).findings {
///         println!("{} {}", finding.finding_id, finding.finding.reason);
///     }
/// }
/// let (report, findings) = audit.finish();
/// assert!(findings.is_empty()); // there is no CA certificate
/// assert_eq!(report.status(), TaskStatus::Completed);
/// let check = &report.checks[&Check::IotPolicyOverlyPermissive];
/// assert_eq!((check.total_resources, check.non_compliant_resources), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Audit<'s> {
    settings: &'s AuditSettings,
    tallies: BTreeMap<Check, Tally>,
    authorities: Authorities,
}

impl<'s> Audit<'s> {
    /// An audit, or the share of one worker, of an account with these CA certificates.
    #[must_use]
    pub fn new(settings: &'s AuditSettings, authorities: &[CaCertificate<'_>]) -> Self {
        let tallies = settings.checks.iter();
        Self {
            settings,
            tallies: tallies.map(|check| (*check, Tally::default())).collect(),
            authorities: Authorities::new(settings, authorities),
        }
    }

    /// Looks at a resource. The cost is that of its checks, and logarithmic in the suppressions.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, Logging, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let mut audit = Audit::new(&settings, &[]);
    /// let judgement = audit.feed(&Logging::default());
    /// assert_eq!(judgement.findings[0].finding.check, Check::LoggingDisabled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn feed<'r>(&mut self, resource: impl Into<Resource<'r>>) -> Judgement {
        self.take(resource.into().examine(self.settings))
    }

    /// Takes in what the checks say about a resource: what [`feed`](Self::feed) does after it has
    /// looked. So a worker may look, and another count. Checks that the audit does not run are
    /// left out.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, Logging, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let examination = Logging::default().examine(&settings);
    /// let mut audit = Audit::new(&settings, &[]);
    /// assert_eq!(audit.take(examination).findings.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn take(&mut self, examination: Examination) -> Judgement {
        self.authorities.relate(&examination);
        count(&mut self.tallies, self.settings, &examination);
        judged(self.settings, examination)
    }

    /// Takes in the certificates that a history of connections shows as shared: of `evaluated`
    /// certificates that were used in its window, these. `name` tells the client id that stands
    /// for a user of the history.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditSettings, AuditWindow, Check, Connection, ConnectionHistory, Overlap,
    ///     TaskHeader,
    /// };
    /// use iot_topics::{CertificateId, Timestamp};
    ///
    /// let at = Timestamp::from_secs;
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, at(9_000));
    /// let settings = AuditSettings::new(task, [Check::DeviceCertificateShared]);
    /// let overlap = Overlap::SharedCertificate;
    /// let mut history = ConnectionHistory::new(overlap, AuditWindow::of(overlap, at(9_000), None));
    /// let id: CertificateId = "6d48e3d0".repeat(8).parse()?;
    /// history.connect(Connection::new(id.as_str(), "lamp", "1"), at(10));
    /// history.connect(Connection::new(id.as_str(), "copy", "2"), at(20));
    ///
    /// let mut audit = Audit::new(&settings, &[]);
    /// let shared = history.findings().into_iter();
    /// let shared = shared.map(|(key, evidence)| (key.parse().expect("is one"), evidence));
    /// let findings = audit.shared_certificates(1, shared, |user| user.to_string());
    /// assert_eq!(findings[0].finding.related.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shared_certificates<T: Ord>(
        &mut self,
        evaluated: u64,
        shared: impl IntoIterator<Item = (CertificateId, Evidence<T>)>,
        name: impl Fn(&T) -> String,
    ) -> Vec<AuditFinding> {
        let findings = shared.into_iter();
        let findings = findings.map(|(id, evidence)| shared_certificate(id, &evidence, &name));
        self.overlaps(Check::DeviceCertificateShared, evaluated, findings)
    }

    /// Takes in the client ids that a history of connections shows as used twice at once: of
    /// `evaluated` client ids that were used in its window, these. `name` tells the principal that
    /// stands for a user of the history.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditSettings, AuditWindow, Check, Connection, ConnectionHistory, Overlap,
    ///     TaskHeader,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let at = Timestamp::from_secs;
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, at(9_000));
    /// let settings = AuditSettings::new(task, [Check::ConflictingClientIds]);
    /// let overlap = Overlap::ConflictingClientId;
    /// let mut history = ConnectionHistory::new(overlap, AuditWindow::of(overlap, at(9_000), None));
    /// history.connect(Connection::new("lamp", "us-east-1:1", "1"), at(10));
    /// history.connect(Connection::new("lamp", "us-east-1:2", "2"), at(20));
    ///
    /// let mut audit = Audit::new(&settings, &[]);
    /// let twice = history.findings().into_iter();
    /// let twice = twice.map(|(key, evidence)| (key.to_string(), evidence));
    /// audit.conflicting_client_ids(6, twice, |user| user.to_string());
    /// let (report, _) = audit.finish();
    /// let check = &report.checks[&Check::ConflictingClientIds];
    /// assert_eq!((check.total_resources, check.non_compliant_resources), (6, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn conflicting_client_ids<T: Ord>(
        &mut self,
        evaluated: u64,
        conflicts: impl IntoIterator<Item = (String, Evidence<T>)>,
        name: impl Fn(&T) -> String,
    ) -> Vec<AuditFinding> {
        let findings = conflicts.into_iter();
        let findings = findings.map(|(id, evidence)| conflicting_client_id(id, &evidence, &name));
        self.overlaps(Check::ConflictingClientIds, evaluated, findings)
    }

    /// Each of another resource. `evaluated` has them too, so it is at least their number.
    fn overlaps(
        &mut self,
        check: Check,
        evaluated: u64,
        findings: impl Iterator<Item = Finding>,
    ) -> Vec<AuditFinding> {
        if !self.settings.runs(check) {
            return Vec::new();
        }
        let mut out = Vec::new();
        for finding in findings {
            let mut examination = Examination::new(finding.resource.resource_identifier.clone());
            examination.checks.push(check);
            examination.found.push(Found::from(finding));
            out.extend(self.take(examination).findings);
        }
        let found = u64::try_from(out.len()).unwrap_or(u64::MAX);
        if let Some(tally) = self.tallies.get_mut(&check) {
            tally.total = tally.total.saturating_add(evaluated.saturating_sub(found));
        }
        out
    }

    /// Tells that a check cannot be done, and why: it ends as failed. What it found stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditSettings, Check, CheckErrorCode, CheckFailure, CheckRunStatus, TaskHeader,
    ///     TaskStatus,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let mut audit = Audit::new(&settings, &[]);
    /// let code = CheckErrorCode::InsufficientPermissions;
    /// audit.fail(Check::LoggingDisabled, CheckFailure::new(code, "not allowed to look"));
    /// let (report, _) = audit.finish();
    /// assert_eq!(report.checks[&Check::LoggingDisabled].status, CheckRunStatus::Failed);
    /// assert_eq!(report.status(), TaskStatus::Failed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fail(&mut self, check: Check, failure: CheckFailure) {
        if let Some(tally) = self.tallies.get_mut(&check) {
            tally.fail(failure);
        }
    }

    /// Tells that some resources of a check are not here, and why: their list broke off, or nothing
    /// is known of a file but that it is there. Such a check does not say that all complies: unless
    /// it finds something, it ends as failed.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditSettings, Check, CheckFailure, CheckRunStatus, Logging, TaskHeader,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let (logging, clients) = (Check::LoggingDisabled, Check::ConflictingClientIds);
    /// let settings = AuditSettings::new(task, [logging, clients]);
    /// let mut audit = Audit::new(&settings, &[]);
    /// audit.feed(&Logging::default());
    /// for check in [logging, clients] {
    ///     audit.miss(check, CheckFailure::new(None, "a file cannot be read"));
    /// }
    /// let (report, _) = audit.finish();
    /// assert_eq!(report.checks[&logging].status, CheckRunStatus::CompletedNonCompliant);
    /// assert_eq!(report.checks[&clients].status, CheckRunStatus::Failed);
    /// assert!(report.checks.values().all(|check| check.message.is_some()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn miss(&mut self, check: Check, gap: CheckFailure) {
        if let Some(tally) = self.tallies.get_mut(&check) {
            tally.miss(gap);
        }
    }

    /// Tells that a check has seen all its resources: it is done, also if the audit is canceled
    /// afterwards. [`finish`](Self::finish) does so for all.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditSettings, Check, CheckRunStatus, Logging, TaskHeader, TaskStatus,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let (logging, clients) = (Check::LoggingDisabled, Check::ConflictingClientIds);
    /// let settings = AuditSettings::new(task, [logging, clients]);
    /// let mut audit = Audit::new(&settings, &[]);
    /// audit.feed(&Logging::default());
    /// audit.complete(logging);
    /// let report = audit.cancel();
    /// assert_eq!(report.checks[&logging].status, CheckRunStatus::CompletedNonCompliant);
    /// assert_eq!(report.checks[&clients].status, CheckRunStatus::Canceled);
    /// assert_eq!(report.status(), TaskStatus::Canceled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn complete(&mut self, check: Check) {
        if let Some(tally) = self.tallies.get_mut(&check) {
            tally.is_complete = true;
        }
    }

    /// Takes in what another worker has of the same audit: with the same settings and CA
    /// certificates, and other resources.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, Logging, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let mut one = Audit::new(&settings, &[]);
    /// let mut other = Audit::new(&settings, &[]);
    /// other.feed(&Logging::default());
    /// one.merge(other);
    /// assert_eq!(one.report().checks[&Check::LoggingDisabled].total_resources, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn merge(&mut self, other: Self) {
        for (check, tally) in other.tallies {
            if let Some(own) = self.tallies.get_mut(&check) {
                own.merge(tally);
            }
        }
        self.authorities.merge(other.authorities);
    }

    /// How far it is: what was counted, with the checks in progress, or waiting for data if they
    /// have seen none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, TaskHeader, TaskStatus};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, Check::ALL.iter().copied());
    /// let report = Audit::new(&settings, &[]).report();
    /// assert_eq!(report.status(), TaskStatus::InProgress);
    /// assert_eq!(report.statistics().waiting_for_data_collection_checks, 17);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn report(&self) -> AuditReport {
        self.reported(Tally::status_so_far)
    }

    /// Ends it before all resources were seen: its checks are canceled, but for those that failed
    /// or are complete.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Audit, AuditSettings, Check, TaskHeader, TaskStatus};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, Check::ALL.iter().copied());
    /// let report = Audit::new(&settings, &[]).cancel();
    /// assert_eq!(report.status(), TaskStatus::Canceled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn cancel(self) -> AuditReport {
        self.reported(|tally| match tally.status_so_far() {
            status if status.is_final() => status,
            _ => CheckRunStatus::Canceled,
        })
    }

    /// Ends it when all resources were seen: the report, and the findings about CA certificates,
    /// by resource, then by check.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditSettings, CaCertificate, CertificateSource, CertificateStatus, Check,
    ///     DeviceCertificate, IssuedCertificate, TaskHeader,
    /// };
    /// use iot_policy::X509Certificate;
    /// use iot_topics::Timestamp;
    /// # let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../iot-policy/tests/certificates/bulb.der"));
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let check = Check::RevokedCaCertificateStillActive;
    /// let mut settings = AuditSettings::new(task, [check]);
    /// let ca = X509Certificate::from_der(der)?;
    /// settings.revocations.revoke(IssuedCertificate::new(ca.issuer(), ca.serial_number()));
    ///
    /// let (active, source) = (CertificateStatus::Active, CertificateSource::Read(&ca));
    /// let ca = CaCertificate::new(ca.id().clone(), active, source);
    /// let mut audit = Audit::new(&settings, &[ca.clone()]);
    /// let source = CertificateSource::Der(b"not needed: the registry knows who issued it");
    /// let mut lamp = DeviceCertificate::new("6d".repeat(32).parse()?, active, source);
    /// lamp.ca_certificate_id = Some(ca.id);
    /// audit.feed(&lamp);
    ///
    /// let (report, findings) = audit.finish();
    /// assert_eq!(report.checks[&check].non_compliant_resources, 1);
    /// assert_eq!(findings[0].finding.related.len(), 1); // the lamp
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn finish(self) -> (AuditReport, Vec<AuditFinding>) {
        let report = self.reported(Tally::status_at_end);
        let settings = self.settings;
        let examinations = self.authorities.into_examinations();
        let judgements = examinations.map(|examination| judged(settings, examination));
        let findings = judgements
            .flat_map(|judgement| judgement.findings)
            .collect();
        (report, findings)
    }

    fn reported(&self, status: impl Fn(&Tally) -> CheckRunStatus) -> AuditReport {
        let mut tallies = self.tallies.clone();
        for authority in self.authorities.examinations() {
            count(&mut tallies, self.settings, authority);
        }
        let checks = tallies.into_iter();
        let checks = checks.map(|(check, tally)| (check, tally.report(status(&tally))));
        AuditReport {
            task: self.settings.task.clone(),
            checks: checks.collect(),
        }
    }
}

/// Whether what a check says about a resource is suppressed.
fn is_suppressed(settings: &AuditSettings, check: Check, examination: &Examination) -> bool {
    let now = settings.task.start;
    let mut names = core::iter::once(&examination.resource).chain(&examination.also_known_as);
    names.any(|name| settings.suppressions.cover(check, name, now))
}

fn count(
    tallies: &mut BTreeMap<Check, Tally>,
    settings: &AuditSettings,
    examination: &Examination,
) {
    let found: BTreeSet<Check> = examination
        .found
        .iter()
        .map(|found| found.finding.check)
        .collect();
    for check in examination.checks.iter().collect::<BTreeSet<_>>() {
        let Some(tally) = tallies.get_mut(check) else {
            continue;
        };
        tally.total = tally.total.saturating_add(1);
        if found.contains(check) {
            tally.find(is_suppressed(settings, *check, examination));
        }
    }
    for unreadable in &examination.unreadable {
        if let Some(tally) = tallies.get_mut(&unreadable.check) {
            tally.skip(&examination.resource, &unreadable.error);
        }
    }
}

/// The findings with what the audit adds to them.
fn judged(settings: &AuditSettings, examination: Examination) -> Judgement {
    let mut judgement = Judgement::default();
    let task = &settings.task;
    let runs = |check| settings.runs(check);
    let suppressed: BTreeSet<Check> = examination
        .found
        .iter()
        .map(|found| found.finding.check)
        .filter(|check| is_suppressed(settings, *check, &examination))
        .collect();
    let found = examination.found.into_iter();
    for Found { finding, proof } in found.filter(|found| runs(found.finding.check)) {
        let finding_id = (settings.finding_id)(&FindingKey {
            account: task.account,
            task_id: &task.task_id,
            check: finding.check,
            resource: &finding.resource.resource_identifier,
            reason_code: finding.reason_code,
        });
        judgement.findings.push(AuditFinding {
            finding_id,
            task_id: task.task_id.clone(),
            task_start_time: task.start,
            finding_time: task.start,
            is_suppressed: suppressed.contains(&finding.check),
            finding,
            proof,
        });
    }
    let unreadable = examination.unreadable.into_iter();
    judgement.unreadable = unreadable.filter(|it| runs(it.check)).collect();
    judgement
}
