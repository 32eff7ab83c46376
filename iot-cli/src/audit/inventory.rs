//! What an account has, as far as it was given.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use iot_defender::audit::{
    AccountId, CertificateStatus, Check, Logging, PolicyVersion, Revocations,
};
use iot_policy::{PolicyDocument, X509Certificate};
use iot_topics::{CertificateId, Timestamp};
use serde_json::value::RawValue;

use super::piece::{Piece, Place};
use super::unread::{Lost, Unread};
use crate::output::Failure;

#[derive(Debug, Default)]
pub(super) struct Inventory {
    pub(super) account: Option<AccountId>,
    pub(super) devices: BTreeMap<CertificateId, Certificate>,
    pub(super) cas: BTreeMap<CertificateId, Certificate>,
    /// Certificates of issuers, registered or not, by their subject and id.
    pub(super) issuers: BTreeMap<String, BTreeMap<CertificateId, X509Certificate>>,
    pub(super) revocations: Revocations,
    /// Whether a revocation list was given.
    pub(super) has_revocations: bool,
    pub(super) policies: Vec<Policy>,
    pub(super) pools: Vec<Pool>,
    pub(super) aliases: Vec<RoleAlias>,
    pub(super) roles: BTreeMap<String, Vec<Document>>,
    pub(super) logging: Option<(Logging, Place)>,
    pub(super) connections: Vec<Log>,
    /// What cannot be used, in the order of reading.
    pub(super) unread: Vec<Unread>,
    /// Files in a folder that are of no kind that an audit reads.
    pub(super) left_alone: BTreeSet<PathBuf>,
}

/// A certificate of the registry, put together from all that tells of it.
#[derive(Debug, Default)]
pub(super) struct Certificate {
    pub(super) place: Option<Place>,
    pub(super) der: Option<Vec<u8>>,
    pub(super) facts: Option<X509Certificate>,
    /// The certificates behind it in the same file.
    pub(super) chain: Vec<X509Certificate>,
    pub(super) registered: Registered,
}

/// What the registry knows of a certificate.
#[derive(Clone, Debug, Default)]
pub(super) struct Registered {
    pub(super) arn: Option<String>,
    /// With the object that says so.
    pub(super) status: Option<(CertificateStatus, Piece)>,
    pub(super) created: Option<Timestamp>,
    pub(super) ca: Option<CertificateId>,
}

impl Registered {
    /// Takes from another what is not known. Of two statuses that differ, one of a certificate in
    /// use counts, so that it is looked at, and the contradiction is an error.
    pub(super) fn fill(&mut self, other: Self) -> Result<(), Failure> {
        self.arn = self.arn.take().or(other.arn);
        self.created = self.created.or(other.created);
        self.ca = self.ca.take().or(other.ca);
        let (Some((known, first)), Some((told, second))) = (&self.status, &other.status) else {
            self.status = self.status.take().or(other.status);
            return Ok(());
        };
        if known == told {
            return Ok(());
        }
        let first = first.at("/status");
        let (line, column) = first.lines().start;
        let label = format!("is `{known}` in {}:{line}:{column}", first.path());
        let title = "this certificate has two statuses";
        let failure = second.at("/status").failure(title, &label);
        if told.is_audited() && !known.is_audited() {
            self.status = other.status;
        }
        Err(failure)
    }

    /// Whether its ARN says that it is a CA's.
    pub(super) fn is_authority(&self) -> bool {
        self.arn
            .as_deref()
            .is_some_and(|arn| arn.contains(":cacert/"))
    }

    /// A certificate of which nothing else is known is in use.
    pub(super) fn status(&self) -> CertificateStatus {
        let known = self.status.as_ref().map(|(status, _)| *status);
        known.unwrap_or(CertificateStatus::Active)
    }
}

/// A policy document and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) piece: Piece,
    /// The text, if it stands in the piece as a JSON string.
    pub(super) unquoted: Option<Rc<str>>,
    /// `None` if it is no policy, which was told.
    pub(super) read: Option<Rc<PolicyDocument>>,
}

impl Document {
    pub(super) fn text(&self) -> &str {
        self.unquoted
            .as_deref()
            .unwrap_or_else(|| self.piece.text())
    }

    /// Where its statements stand. Cost: linear in the text.
    pub(super) fn statements(&self) -> Vec<Piece> {
        if self.unquoted.is_some() {
            return Vec::from([self.piece.clone()]);
        }
        let list = self.piece.at("/Statement");
        match serde_json::from_str::<Vec<&RawValue>>(list.text()) {
            Ok(statements) => statements.iter().map(|raw| list.part(raw)).collect(),
            // A statement may stand without a list around it.
            Err(_) => Vec::from([list]),
        }
    }
}

#[derive(Debug)]
pub(super) struct Policy {
    pub(super) version: PolicyVersion,
    pub(super) document: Document,
}

#[derive(Debug)]
pub(super) struct Pool {
    pub(super) id: String,
    pub(super) place: Piece,
    /// `None`: it is not known.
    pub(super) last_connection: Option<Timestamp>,
    pub(super) unauthenticated: Option<Role>,
    pub(super) authenticated: Option<Role>,
}

/// A role as a pool or a role alias has it.
#[derive(Debug)]
pub(super) enum Role {
    Given(Vec<Document>),
    /// By its ARN, with the place that names it.
    Named(String, Piece),
}

#[derive(Debug)]
pub(super) struct RoleAlias {
    pub(super) arn: String,
    pub(super) role_arn: String,
    pub(super) place: Piece,
    pub(super) role: Role,
    pub(super) services_used: Vec<String>,
}

/// A log of connections.
#[derive(Debug)]
pub(super) enum Log {
    File(PathBuf),
    /// Events that stand in an inventory.
    Items(Vec<Piece>),
}

impl Inventory {
    /// The policies of a role: as given, or by its ARN or name.
    pub(super) fn documents<'a>(&'a self, role: &'a Role) -> Option<&'a [Document]> {
        match role {
            Role::Given(documents) => Some(documents),
            Role::Named(arn, _) => {
                let name = arn.rsplit('/').next().unwrap_or_default();
                let found = self.roles.get(arn).or_else(|| self.roles.get(name));
                found.map(Vec::as_slice)
            }
        }
    }

    /// Why a check has nothing to look at, if so. What could not be read is something.
    pub(super) fn lacks(&self, check: Check) -> Option<&'static str> {
        use Check as C;

        let lacks = |is_empty: bool, lost: Lost, what: &'static str| {
            let is_lost = || self.unread.iter().any(|unread| unread.lost == lost);
            (is_empty && !is_lost()).then_some(what)
        };
        let devices = self.devices.is_empty();
        let devices = lacks(devices, Lost::Device, "no device certificate");
        let cas = lacks(self.cas.is_empty(), Lost::Authority, "no CA certificate");
        let lists = !self.has_revocations;
        let lists = lacks(lists, Lost::RevocationList, "no revocation list");
        match check {
            C::RevokedCaCertificateStillActive => cas.or(lists),
            C::CaCertificateKeyQuality | C::CaCertificateExpiring => cas,
            C::DeviceCertificateKeyQuality
            | C::DeviceCertificateExpiring
            | C::DeviceCertificateAge => devices,
            C::RevokedDeviceCertificateStillActive
            | C::IntermediateCaRevokedForActiveDeviceCertificates => devices.or(lists),
            C::DeviceCertificateShared | C::ConflictingClientIds => {
                let logs = self.connections.is_empty();
                lacks(logs, Lost::Connections, "no log of connections")
            }
            C::UnauthenticatedCognitoRoleOverlyPermissive
            | C::AuthenticatedCognitoRoleOverlyPermissive => {
                lacks(self.pools.is_empty(), Lost::Pool, "no identity pool")
            }
            C::IotRoleAliasOverlyPermissive | C::IotRoleAliasAllowsAccessToUnusedServices => {
                lacks(self.aliases.is_empty(), Lost::RoleAlias, "no role alias")
            }
            C::LoggingDisabled => {
                lacks(self.logging.is_none(), Lost::Logging, "no logging options")
            }
            C::IotPolicyOverlyPermissive | C::IotPolicyPotentialMisconfiguration => {
                lacks(self.policies.is_empty(), Lost::Policy, "no policy")
            }
            _ => Some("it is not known what it looks at"),
        }
    }

    /// The certificates between one and its root, from it upwards, by the names of the issuers. Of
    /// several issuers with one name all are taken, since nothing here tells which signed. The root
    /// is none of them.
    pub(super) fn chain(&self, certificate: &Certificate) -> Vec<X509Certificate> {
        let mut chain: Vec<X509Certificate> = certificate.chain.clone();
        let mut open: Vec<String> = Vec::new();
        open.extend(
            certificate
                .facts
                .iter()
                .map(|facts| facts.issuer().to_owned()),
        );
        open.extend(chain.iter().map(|issuer| issuer.issuer().to_owned()));
        let own = certificate.chain.iter().map(X509Certificate::id);
        let mut known: BTreeSet<&CertificateId> = own.collect();
        let mut seen = BTreeSet::new();
        while let Some(name) = open.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            for (id, issuer) in self.issuers.get(&name).into_iter().flatten() {
                open.push(issuer.issuer().to_owned());
                if known.insert(id) {
                    chain.push(issuer.clone());
                }
            }
        }
        chain.retain(|issuer| issuer.issuer() != issuer.subject());
        chain
    }
}
