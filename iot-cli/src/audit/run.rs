//! The audit itself: an inventory in, a report out.

use std::collections::BTreeSet;

use iot_defender::audit::{
    AccountId, Audit, AuditReport, AuditSettings, CaCertificate, CertificateSource, Check,
    CheckFailure, CognitoPool, DeviceCertificate, DocumentSource, Judgement, RegisteredPolicy,
    ResourceIdentifier, RoleAliasResource, Severity, Suppression,
};
use iot_policy::X509Certificate;
use iot_topics::{CertificateId, Timestamp};

use super::events::Histories;
use super::inventory::{Certificate, Document, Inventory, Log, Role};
use super::piece::Place;
use super::progress::Progress;
use super::proof::Shown;
use super::settings::RunArgs;
use super::unread::{Lost, Unread};
use super::{human, json, reader, sarif};
use crate::Outcome;
use crate::output::{self, Failure, ReportFormat};

/// What an audit has found, and what it could not look at.
pub(super) struct Audited {
    pub(super) report: AuditReport,
    /// In the order of check, resource and reason.
    pub(super) findings: Vec<Shown>,
    pub(super) suppressions: Vec<Suppression>,
    pub(super) unread: Vec<Unread>,
    /// Checks that were not asked for by name and have nothing to look at.
    pub(super) not_run: Vec<(Check, &'static str)>,
    pub(super) left_alone: usize,
}

impl Audited {
    /// The findings that somebody wants to be told of.
    pub(super) fn open(&self) -> impl Iterator<Item = &Shown> {
        self.findings
            .iter()
            .filter(|shown| !shown.finding.is_suppressed)
    }
}

pub(super) fn run(arguments: &RunArgs) -> Result<Outcome, Failure> {
    if arguments.paths.is_empty() {
        return Err("no folder, file or glob is given".to_owned().into());
    }
    let mut inventory = reader::read(&arguments.paths)?;
    tell(&inventory.unread);
    let told = inventory.unread.len();
    inventory.account = arguments
        .account
        .or(inventory.account)
        .or_else(|| guessed(&inventory));
    let account = match inventory.account {
        Some(account) => account,
        None => "000000000000"
            .parse()
            .map_err(|error: iot_defender::audit::AccountIdError| error.to_string())?,
    };
    let (mut settings, suppressions) = arguments.settings(account)?;
    let not_run = choose(arguments, &inventory, &mut settings)?;
    settings.revocations = std::mem::take(&mut inventory.revocations);
    let mut audited = examine(inventory, &settings, arguments.previous);
    audited.suppressions = suppressions;
    audited.not_run = not_run;
    tell(audited.unread.get(told..).unwrap_or_default());
    match arguments.format {
        ReportFormat::Human => human::print(&audited)?,
        ReportFormat::Json => output::print_json(&json::report(&audited))?,
        ReportFormat::Sarif => output::print_json(&sarif::log(&audited))?,
    }
    if !audited.unread.is_empty() {
        let told = match audited.unread.len() {
            1 => "1 thing could not be read, and the report is without it".to_owned(),
            many => format!("{many} things could not be read, and the report is without them"),
        };
        return Err(told.into());
    }
    let least = Severity::from(arguments.fail_on);
    let found = audited.open().any(|shown| shown.severity() >= least);
    Ok((!found).into())
}

fn tell(unread: &[Unread]) {
    for unread in unread {
        unread.failure.print();
    }
}

/// The checks that are run: those that were asked for, or those that have something to look at.
fn choose(
    arguments: &RunArgs,
    inventory: &Inventory,
    settings: &mut AuditSettings,
) -> Result<Vec<(Check, &'static str)>, Failure> {
    let mut not_run = Vec::new();
    for check in Check::ALL {
        let is_named = arguments.checks.contains(check);
        match inventory.lacks(*check) {
            Some(lacking) if is_named => {
                return Err(format!("{check} has nothing to look at: {lacking}").into());
            }
            Some(lacking) if arguments.checks.is_empty() => not_run.push((*check, lacking)),
            None if is_named || arguments.checks.is_empty() => {
                settings.checks.insert(*check);
            }
            _ => {}
        }
    }
    Ok(not_run)
}

/// The account of the first ARN that has one.
fn guessed(inventory: &Inventory) -> Option<AccountId> {
    let certificates = inventory.devices.values().chain(inventory.cas.values());
    let arns = certificates.filter_map(|certificate| certificate.registered.arn.as_deref());
    let aliases = inventory.aliases.iter().map(|alias| alias.arn.as_str());
    let policies = inventory
        .policies
        .iter()
        .filter_map(|policy| policy.document.read.as_deref());
    let statements = policies.flat_map(|document| document.statements());
    let resources = statements.flat_map(|statement| statement.resources().iter());
    let mut arns = arns.chain(aliases).chain(resources);
    arns.find_map(|arn| arn.split(':').nth(4)?.parse().ok())
}

/// An audit under way.
struct Run<'i, 's> {
    inventory: &'i Inventory,
    audit: Audit<'s>,
    /// When the audit before this one started, if this one is scheduled.
    previous: Option<Timestamp>,
    findings: Vec<Shown>,
    unread: Vec<Unread>,
}

fn examine(
    mut inventory: Inventory,
    settings: &AuditSettings,
    previous: Option<Timestamp>,
) -> Audited {
    let mut unread = std::mem::take(&mut inventory.unread);
    let authorities = inventory.cas.iter().map(|(id, certificate)| {
        let status = certificate.registered.status();
        CaCertificate::new(id.clone(), status, source(certificate))
    });
    let authorities: Vec<_> = authorities.collect();
    let mut run = Run {
        inventory: &inventory,
        audit: Audit::new(settings, &authorities),
        previous,
        findings: Vec::new(),
        unread: Vec::new(),
    };
    run.devices();
    run.policies();
    run.roles();
    run.logging();
    run.connections(settings);
    let Run {
        mut audit,
        mut findings,
        unread: more,
        ..
    } = run;
    unread.extend(more);
    for check in &settings.checks {
        let of_check = unread.iter().filter(|it| it.lost.checks().contains(check));
        let gap = match of_check.count() {
            0 => continue,
            1 => "1 thing could not be read that this check may look at".to_owned(),
            many => format!("{many} things could not be read that this check may look at"),
        };
        audit.miss(*check, CheckFailure::new(None, &gap));
    }
    let (report, of_authorities) = audit.finish();
    findings.extend(of_authorities.into_iter().map(|finding| {
        let place = match &finding.finding.resource.resource_identifier {
            ResourceIdentifier::CaCertificateId(id) => place(inventory.cas.get(id)),
            _ => None,
        };
        Shown::new(finding, place, &[])
    }));
    findings.sort_by(|a, b| a.finding.finding.cmp(&b.finding.finding));
    Audited {
        report,
        findings,
        suppressions: Vec::new(),
        unread,
        not_run: Vec::new(),
        left_alone: inventory.left_alone.len(),
    }
}

impl<'i> Run<'i, '_> {
    fn keep(&mut self, judgement: Judgement, place: Option<&Place>, documents: &[Document]) {
        let shown = judgement
            .findings
            .into_iter()
            .map(|finding| Shown::new(finding, place.cloned(), documents));
        self.findings.extend(shown);
    }

    fn refuse(&mut self, failure: Failure, lost: Lost) {
        self.unread.push(Unread { failure, lost });
    }

    fn devices(&mut self) {
        let progress = Progress::new(self.inventory.devices.len(), "certificates");
        for (id, certificate) in &self.inventory.devices {
            let registered = &certificate.registered;
            let chain: Vec<X509Certificate> = self.inventory.chain(certificate);
            let status = registered.status();
            let mut device = DeviceCertificate::new(id.clone(), status, source(certificate));
            device.arn = registered.arn.as_deref();
            device.creation_date = registered.created;
            device.ca_certificate_id.clone_from(&registered.ca);
            device.issuers = &chain;
            let judgement = self.audit.feed(&device);
            // A certificate that is none was told when it was read; here it may be its key.
            if certificate.facts.is_some()
                && let Some(unreadable) = judgement.unreadable.first()
                && let Some(place) = &certificate.place
            {
                let error = unreadable.error.to_string();
                self.refuse(place.failure("it cannot be judged", &error), Lost::Nothing);
            }
            self.keep(judgement, certificate.place.as_ref(), &[]);
            progress.step();
        }
    }

    fn policies(&mut self) {
        let progress = Progress::new(self.inventory.policies.len(), "policies");
        let mut seen = BTreeSet::new();
        for policy in &self.inventory.policies {
            let document = &policy.document;
            if !seen.insert(&policy.version) {
                let label = "its name and version are those of another";
                let failure = document.piece.failure("this policy is there twice", label);
                self.refuse(failure, Lost::Policy);
                continue;
            }
            let judged = RegisteredPolicy::new(policy.version.clone(), text(document));
            let judgement = self.audit.feed(&judged);
            if document.read.is_some()
                && let Some(unreadable) = judgement.unreadable.first()
            {
                let error = unreadable.error.to_string();
                let failure = document.piece.failure("it cannot be judged", &error);
                self.refuse(failure, Lost::Nothing);
            }
            let place = Place::Text(document.piece.clone());
            self.keep(judgement, Some(&place), std::slice::from_ref(document));
            progress.step();
        }
    }

    fn roles(&mut self) {
        for pool in &self.inventory.pools {
            let guests = self.documents(pool.unauthenticated.as_ref());
            let users = self.documents(pool.authenticated.as_ref());
            let (guest_texts, user_texts) = (texts(guests), texts(users));
            let mut judged = CognitoPool::new(&pool.id);
            // What is not known may be true.
            let start = self.audit.report().task.start;
            judged.last_connection = Some(pool.last_connection.unwrap_or(start));
            judged.unauthenticated = &guest_texts;
            judged.authenticated = &user_texts;
            let judgement = self.audit.feed(&judged);
            let place = Place::Text(pool.place.clone());
            for finding in judgement.findings {
                let documents = match finding.finding.check {
                    Check::UnauthenticatedCognitoRoleOverlyPermissive => guests,
                    _ => users,
                };
                let documents = documents.unwrap_or_default();
                self.findings
                    .push(Shown::new(finding, Some(place.clone()), documents));
            }
        }
        for alias in &self.inventory.aliases {
            let documents = self.documents(Some(&alias.role));
            let policies = texts(documents);
            let used: Vec<&str> = alias.services_used.iter().map(String::as_str).collect();
            let judged = RoleAliasResource {
                arn: &alias.arn,
                role_arn: &alias.role_arn,
                policies: &policies,
                services_used: &used,
            };
            let judgement = self.audit.feed(&judged);
            let place = Place::Text(alias.place.clone());
            self.keep(judgement, Some(&place), documents.unwrap_or_default());
        }
    }

    fn logging(&mut self) {
        if let Some((logging, place)) = &self.inventory.logging {
            let judgement = self.audit.feed(logging);
            self.keep(judgement, Some(place), &[]);
        }
    }

    fn connections(&mut self, settings: &AuditSettings) {
        let checks = [Check::DeviceCertificateShared, Check::ConflictingClientIds];
        if !checks.iter().any(|check| settings.checks.contains(check)) {
            return;
        }
        let mut histories = Histories::new(settings.task.start, self.previous);
        for log in &self.inventory.connections {
            for failure in histories.log(log) {
                self.refuse(failure, Lost::Connections);
            }
        }
        let log = self.inventory.connections.first().map(|log| match log {
            Log::File(path) => Place::File(path.display().to_string().into()),
            Log::Items(pieces) => match pieces.first() {
                Some(piece) => Place::Text(piece.clone()),
                None => Place::File("".into()),
            },
        });
        let shared = &histories.shared;
        let found = shared.history.findings().into_iter();
        let found = found.filter_map(|(key, evidence)| {
            let id: CertificateId = histories.name(*key).parse().ok()?;
            Some((id, evidence))
        });
        let evaluated = shared.evaluated();
        let name = |user: &u64| histories.name(*user).to_owned();
        let found = self.audit.shared_certificates(evaluated, found, name);
        for finding in found {
            let own = match &finding.finding.resource.resource_identifier {
                ResourceIdentifier::DeviceCertificateId(id) => {
                    place(self.inventory.devices.get(id))
                }
                _ => None,
            };
            self.findings
                .push(Shown::new(finding, own.or_else(|| log.clone()), &[]));
        }
        let conflicts = &histories.conflicts;
        let found = conflicts.history.findings().into_iter();
        let found = found.map(|(key, evidence)| (name(key), evidence));
        let evaluated = conflicts.evaluated();
        let found = self.audit.conflicting_client_ids(evaluated, found, name);
        for finding in found {
            self.findings.push(Shown::new(finding, log.clone(), &[]));
        }
    }

    /// The policies of a role: none if there is no role, `None` if it is named and not there.
    fn documents(&mut self, role: Option<&'i Role>) -> Option<&'i [Document]> {
        let inventory = self.inventory;
        let Some(role) = role else {
            return Some(&[]);
        };
        let documents = inventory.documents(role);
        if let (None, Role::Named(_, piece)) = (documents, role) {
            let failure = piece.failure("the policies of this role are not here", "is not known");
            self.refuse(failure, Lost::Nothing);
        }
        documents
    }
}

fn place(certificate: Option<&Certificate>) -> Option<Place> {
    certificate.and_then(|certificate| certificate.place.clone())
}

fn source(certificate: &Certificate) -> CertificateSource<'_> {
    match &certificate.facts {
        Some(facts) => CertificateSource::Read(facts),
        None => CertificateSource::Der(certificate.der.as_deref().unwrap_or_default()),
    }
}

fn text(document: &Document) -> DocumentSource<'_> {
    match &document.read {
        Some(read) => DocumentSource::Read(read),
        None => DocumentSource::Json(document.text()),
    }
}

/// The documents of a role. One that is not there is a document that cannot be read, so that no
/// check takes it for one that allows nothing.
fn texts(documents: Option<&[Document]>) -> Vec<DocumentSource<'_>> {
    match documents {
        Some(documents) => documents.iter().map(text).collect(),
        None => vec![DocumentSource::Json("")],
    }
}
