//! A finding with the places that show it.

use std::collections::BTreeMap;

use iot_defender::audit::{
    Access, AuditFinding, Misconfiguration, Proof, Reached, RelatedResource, ResourceIdentifier,
    Severity, StatementPlace,
};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::inventory::Document;
use super::piece::{Piece, Place};
use crate::instant::shown;

/// A finding, the file of its resource, and what proves it.
pub(super) struct Shown {
    pub(super) finding: AuditFinding,
    pub(super) place: Option<Place>,
    pub(super) proofs: Vec<Proven>,
}

/// A statement that has to do with a finding.
pub(super) struct Proven {
    /// What of the statement is shown.
    pub(super) piece: Piece,
    /// What it does.
    pub(super) label: String,
    pub(super) witnesses: Vec<Witnessed>,
}

/// A request, or a subscription, that shows what is wrong.
pub(super) struct Witnessed {
    pub(super) text: String,
    pub(super) json: Value,
}

/// Actions that are named before the rest is counted.
const MOST: usize = 4;

impl Shown {
    /// `documents` are those that were judged, as the proof counts them.
    pub(super) fn new(finding: AuditFinding, place: Option<Place>, documents: &[Document]) -> Self {
        let proofs = match &finding.proof {
            Some(Proof::Access(access)) => of_access(access, documents),
            Some(Proof::Misconfiguration(way)) => of_misconfiguration(way, documents),
            _ => Vec::new(),
        };
        Self {
            finding,
            place,
            proofs,
        }
    }

    pub(super) fn severity(&self) -> Severity {
        self.finding.finding.check.severity()
    }

    /// `client id lamp: Client id is used ...`
    pub(super) fn title(&self) -> String {
        let finding = &self.finding.finding;
        format!(
            "{}: {}",
            name(&finding.resource.resource_identifier),
            finding.reason
        )
    }

    /// Facts about the resource, and what has to do with it.
    pub(super) fn facts(&self) -> Vec<String> {
        let finding = &self.finding.finding;
        let own = finding.resource.additional_info.iter();
        let own = own.map(|(key, value)| fact(key, value));
        own.chain(finding.related.iter().map(related)).collect()
    }

    /// Requests that show what is wrong.
    pub(super) fn witnesses(&self) -> impl Iterator<Item = &Witnessed> {
        self.proofs.iter().flat_map(|proof| &proof.witnesses)
    }
}

/// What is allowed, by the place that allows it: a resource of a statement where a witness tells
/// which, else its actions.
fn of_access(access: &Access, documents: &[Document]) -> Vec<Proven> {
    let mut statements = Statements::new(documents);
    let mut groups: Vec<(Piece, Vec<&Reached>)> = Vec::new();
    // There may be as many actions and statements as there is room for in a file: each place is
    // looked for once.
    let mut by_place = BTreeMap::new();
    let mut by_range = BTreeMap::new();
    for reached in &access.actions {
        let Some(place) = reached.statement else {
            continue;
        };
        let witness = reached.witness.as_ref();
        let resource = witness.and_then(|witness| witness.resource);
        let known = by_place.get(&(place, resource)).copied();
        let Some(index) = known.or_else(|| {
            let statement = statements.piece(place)?;
            let piece = match resource {
                Some(index) => resource_of(statement, index),
                None => statement.at("/Action"),
            };
            let range = (place.document, piece.range().start, piece.range().end);
            let index = *by_range.entry(range).or_insert(groups.len());
            if index == groups.len() {
                groups.push((piece, Vec::new()));
            }
            by_place.insert((place, resource), index);
            Some(index)
        }) else {
            continue;
        };
        if let Some((_, group)) = groups.get_mut(index) {
            group.push(reached);
        }
    }
    groups.into_iter().map(allowed).collect()
}

/// Where the statements of documents stand, each document read once.
struct Statements<'a> {
    documents: &'a [Document],
    read: BTreeMap<usize, Vec<Piece>>,
}

impl<'a> Statements<'a> {
    const fn new(documents: &'a [Document]) -> Self {
        Self {
            documents,
            read: BTreeMap::new(),
        }
    }

    /// The statement at a place; the whole of a document that is a text in a text.
    fn piece(&mut self, place: StatementPlace) -> Option<&Piece> {
        let document = self.documents.get(place.document)?;
        let read = self.read.entry(place.document);
        let statements = read.or_insert_with(|| document.statements());
        statements
            .get(place.statement)
            .or_else(|| statements.first())
    }
}

fn allowed((piece, group): (Piece, Vec<&Reached>)) -> Proven {
    let names = group
        .iter()
        .take(MOST)
        .map(|reached| reached.action.as_str());
    let mut label = format!("allows {}", names.collect::<Vec<_>>().join(", "));
    if let Some(more @ 1..) = group.len().checked_sub(MOST) {
        label += &format!(" and {more} more");
    }
    let witnesses = group.iter().filter_map(|reached| reached.witness.as_ref());
    let witnesses = witnesses.map(|witness| Witnessed {
        text: format!("{} on `{}` is allowed", witness.action, witness.arn),
        json: json!({"action": witness.action, "resource": witness.arn}),
    });
    Proven {
        piece,
        label,
        witnesses: witnesses.collect(),
    }
}

/// A resource, which may stand without a list around it.
fn resource_of(statement: &Piece, index: usize) -> Piece {
    let resource = statement.at(&format!("/Resource/{index}"));
    match resource.text() == statement.text() {
        true => statement.at("/Resource"),
        false => resource,
    }
}

fn of_misconfiguration(way: &Misconfiguration, documents: &[Document]) -> Vec<Proven> {
    let mut statements = Statements::new(documents);
    let denied = way.resources.iter().filter_map(|denied| {
        let piece = resource_of(statements.piece(denied.statement)?, denied.resource);
        let witness = denied.bypass.as_ref().map(|bypass| Witnessed {
            text: format!(
                "the filter `{}`, allowed by statement {}, brings `{}`",
                bypass.filter,
                bypass.allowed_by.statement + 1,
                bypass.topic
            ),
            json: json!({"topicFilter": bypass.filter, "topic": bypass.topic}),
        });
        let label = match denied.bypass {
            Some(_) => "denies no other filter that brings the same",
            None => "`+` and `#` are plain characters here",
        };
        Some(Proven {
            piece,
            label: label.to_owned(),
            witnesses: witness.into_iter().collect(),
        })
    });
    denied.collect()
}

/// A resource in words.
pub(super) fn name(identifier: &ResourceIdentifier) -> String {
    use ResourceIdentifier as By;

    match identifier {
        By::DeviceCertificateId(id) => format!("certificate {id}"),
        By::CaCertificateId(id) => format!("CA certificate {id}"),
        By::IssuerCertificateIdentifier(issuer) => format!(
            "issuer `{}`, serial number {}",
            issuer.issuer_certificate_subject, issuer.issuer_certificate_serial_number
        ),
        By::CognitoIdentityPoolId(id) => format!("identity pool {id}"),
        By::ClientId(id) => format!("client id `{id}`"),
        By::PolicyVersionIdentifier(version) => format!(
            "policy {}, version {}",
            version.policy_name, version.policy_version_id
        ),
        By::RoleAliasArn(arn) => format!("role alias {arn}"),
        By::IamRoleArn(arn) => format!("role {arn}"),
        By::Account(account) => format!("account {account}"),
        By::DeviceCertificateArn(arn) => format!("certificate {arn}"),
        _ => "a resource".to_owned(),
    }
}

fn related(resource: &RelatedResource) -> String {
    let facts = resource.additional_info.iter();
    let facts: Vec<_> = facts.map(|(key, value)| fact(key, value)).collect();
    let name = name(&resource.resource_identifier);
    match facts.is_empty() {
        true => name,
        false => format!("{name}, {}", facts.join(", ")),
    }
}

/// `CONNECTION_TIME 2022-04-20T00:30:51Z`: the times among the facts are in milliseconds.
fn fact(key: &str, value: &str) -> String {
    let time = key.ends_with("_TIME").then(|| value.parse().ok()).flatten();
    match time.map(Timestamp::from_millis) {
        Some(time) => format!("{key} {}", shown(time)),
        None => format!("{key} {value}"),
    }
}
