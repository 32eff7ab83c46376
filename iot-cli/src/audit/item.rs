//! From JSON to the resources of an inventory.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use iot_defender::audit::{Logging, PolicyVersion};
use iot_policy::PolicyDocument;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::inventory::{Document, Log, Policy, Pool, Registered, Role, RoleAlias};
use super::pem;
use super::piece::{Piece, Place};
use super::reader::{Entry, Hint, Reader};
use super::shape::{self, Head, Kind, Raw};
use super::unread::Lost;
use crate::files;
use crate::instant;
use crate::output::{self, Failure};
use crate::source::Source;

const UNUSABLE: &str = "this JSON cannot be used";

/// Reads a value in one of the shapes.
fn shaped<'a, T: Deserialize<'a>>(piece: &'a Piece) -> Result<T, Failure> {
    serde_json::from_str(piece.text()).map_err(|error| piece.json_failure(UNUSABLE, &error))
}

fn text_of(piece: &Piece, raw: &RawValue) -> Result<String, Failure> {
    serde_json::from_str(raw.get()).map_err(|_| piece.part(raw).failure(UNUSABLE, "is no text"))
}

impl Reader {
    pub(super) fn json_file(&mut self, source: Source, hint: &Hint) {
        let piece = Piece::whole(source);
        self.items(&piece, hint, true, Lost::Anything);
    }

    /// An item or a list of them; `lost` is what a list that is none may have been about.
    fn items(&mut self, piece: &Piece, hint: &Hint, is_file: bool, lost: Lost) {
        if !piece.text().trim_start().starts_with('[') {
            return self.item(piece, hint, is_file, lost);
        }
        match shaped::<Vec<&RawValue>>(piece) {
            Ok(list) => {
                for raw in list {
                    self.item(&piece.part(raw), hint, false, lost);
                }
            }
            Err(failure) => self.refuse(failure, lost),
        }
    }

    /// A path, or an object of a kind that its members tell.
    fn item(&mut self, piece: &Piece, hint: &Hint, is_file: bool, lost: Lost) {
        let done = match piece.text().starts_with('"') && !is_file {
            true => self
                .paths(piece, Some(hint), lost)
                .map_err(|failure| (failure, lost)),
            false => match shaped::<Head<'_>>(piece) {
                Ok(head) => {
                    let lost = head.kind().map_or(lost, |kind| lost_with(kind, hint));
                    self.object(piece, &head, hint, is_file)
                        .map_err(|failure| (failure, lost))
                }
                Err(failure) => Err((failure, lost)),
            },
        };
        if let Err((failure, lost)) = done {
            self.refuse(failure, lost);
        }
    }

    fn object(
        &mut self,
        piece: &Piece,
        head: &Head<'_>,
        hint: &Hint,
        is_file: bool,
    ) -> Result<(), Failure> {
        match head.kind() {
            Some(Kind::Document) => self.document_item(piece, hint),
            Some(Kind::Policy) => self.policy(piece),
            Some(Kind::Certificate) => match head.certificate_description {
                Some(inner) => self.certificate(&piece.part(inner), hint),
                None => self.certificate(piece, hint),
            },
            Some(Kind::Pool) => self.pool(piece),
            Some(Kind::Role) => self.role(piece),
            Some(Kind::RoleAlias) => match head.role_alias_description {
                Some(inner) => self.role_alias(&piece.part(inner)),
                None => self.role_alias(piece),
            },
            Some(Kind::Logging) => self.logging(piece),
            Some(Kind::Inventory) if is_file => self.inventory(piece, head, hint),
            _ => Err(piece.failure(
                "this is no resource of an audit",
                "has no member by which one is known",
            )),
        }
    }

    /// Other files, as seen from the one that names them; `lost` is what they may be about.
    fn paths(&mut self, piece: &Piece, hint: Option<&Hint>, lost: Lost) -> Result<(), Failure> {
        let path: String = shaped(piece)?;
        let folder = Path::new(piece.path())
            .parent()
            .unwrap_or_else(|| Path::new(""));
        let argument = folder.join(&path).to_string_lossy().into_owned();
        let (files, failures) = files::named(&argument);
        for failure in failures {
            self.refuse(failure, lost);
        }
        for file in files {
            match hint {
                Some(hint) => self.file_as(&file, true, hint),
                None => self.inventory.connections.push(Log::File(file)),
            }
        }
        Ok(())
    }

    fn inventory(&mut self, piece: &Piece, head: &Head<'_>, hint: &Hint) -> Result<(), Failure> {
        if let Some(raw) = head.account {
            let account = text_of(piece, raw)?.parse();
            let account = account.map_err(|error: iot_defender::audit::AccountIdError| {
                piece.part(raw).failure(UNUSABLE, &error.to_string())
            })?;
            self.inventory.account = Some(account);
        }
        // `aws iot list-ca-certificates` has `certificates` too; their ARNs tell them apart.
        let lists: [(&Raw<'_>, &Hint, Lost); 8] = [
            (&head.ca_certificates, &Hint::Ca, Lost::Authority),
            (&head.issuer_certificates, &Hint::Issuer, Lost::Issuer),
            (&head.certificates, hint, Lost::Certificates),
            (&head.revocation_lists, hint, Lost::RevocationList),
            (&head.policies, hint, Lost::Policy),
            (&head.identity_pools, hint, Lost::Pool),
            (&head.roles, hint, Lost::Role),
            (&head.role_aliases, hint, Lost::RoleAlias),
        ];
        for (list, hint, lost) in lists {
            if let Some(raw) = list {
                self.items(&piece.part(raw), hint, false, lost);
            }
        }
        if let Some(raw) = head.logging
            && let Err(failure) = self.logging(&piece.part(raw))
        {
            self.refuse(failure, Lost::Logging);
        }
        if let Some(raw) = head.connections
            && let Err(failure) = self.connections(&piece.part(raw))
        {
            self.refuse(failure, Lost::Connections);
        }
        Ok(())
    }

    fn connections(&mut self, piece: &Piece) -> Result<(), Failure> {
        if piece.text().starts_with('"') {
            return self.paths(piece, None, Lost::Connections);
        }
        let mut events = Vec::new();
        for raw in shaped::<Vec<&RawValue>>(piece)? {
            let part = piece.part(raw);
            match raw.get().starts_with('"') {
                true => self.paths(&part, None, Lost::Connections)?,
                false => events.push(part),
            }
        }
        if !events.is_empty() {
            self.inventory.connections.push(Log::Items(events));
        }
        Ok(())
    }

    fn certificate(&mut self, piece: &Piece, hint: &Hint) -> Result<(), Failure> {
        let read: shape::Certificate = shaped(piece)?;
        let fail = |pointer: &str, label: &str| piece.at(pointer).failure(UNUSABLE, label);
        let id = |text: &Option<String>, pointer: &str| match text {
            None => Ok(None),
            Some(text) => {
                let id = text.parse().map(Some);
                id.map_err(|error: iot_topics::IdentError| fail(pointer, &error.to_string()))
            }
        };
        let status = read.status.as_deref().map(str::parse).transpose();
        let created = read
            .creation_date
            .as_ref()
            .map(instant::from_json)
            .transpose();
        let status = status.map_err(|_| fail("/status", "no certificate has this status"))?;
        let registered = Registered {
            status: status.map(|status| (status, piece.clone())),
            created: created.map_err(|error| fail("/creationDate", &error))?,
            ca: id(&read.ca_certificate_id, "/caCertificateId")?,
            arn: read.certificate_arn,
        };
        let id = id(&read.certificate_id, "/certificateId")?;
        let hint = match registered.is_authority() {
            true => &Hint::Ca,
            false => hint,
        };
        let Some(text) = read.certificate_pem else {
            let stem = PathBuf::from(piece.path()).with_extension("");
            self.entries.push(Entry {
                id,
                stem,
                registered,
                piece: piece.clone(),
            });
            return Ok(());
        };
        let blocks = pem::blocks(&text).map_err(|error| fail("/certificatePem", &error))?;
        if blocks
            .first()
            .is_none_or(|block| block.label != pem::CERTIFICATE)
        {
            return Err(fail("/certificatePem", "is no PEM of `CERTIFICATE`"));
        }
        let place = Place::Text(piece.at("/certificatePem"));
        self.certificates(blocks, &place, hint, id, registered);
        Ok(())
    }

    /// A bare document: a policy by the name of its file, or a policy of a role.
    fn document_item(&mut self, piece: &Piece, hint: &Hint) -> Result<(), Failure> {
        let document = self.document(piece.clone())?;
        if let Hint::Role(name) = hint {
            let documents = self.inventory.roles.entry(name.clone()).or_default();
            documents.push(document);
            return Ok(());
        }
        let stem = Path::new(piece.path()).file_stem().unwrap_or_default();
        let name = stem.to_string_lossy().parse();
        let name = name.map_err(|error: iot_topics::IdentError| {
            format!("{}: no name of a policy: {error}", piece.path())
        })?;
        let version = PolicyVersion::new(name, 1);
        self.inventory.policies.push(Policy { version, document });
        Ok(())
    }

    /// A document, or one in a JSON string. One that is no policy is told, and kept.
    fn document(&mut self, piece: Piece) -> Result<Document, Failure> {
        let unquoted: Option<Rc<str>> = match piece.text().starts_with('"') {
            true => Some(shaped::<String>(&piece)?.into()),
            false => None,
        };
        let mut document = Document {
            piece,
            unquoted,
            read: None,
        };
        match PolicyDocument::from_json(document.text()) {
            Ok(read) => document.read = Some(Rc::new(read)),
            Err(error) => {
                let failure = match document.unquoted {
                    Some(_) => {
                        let label = error.to_string();
                        document.piece.failure("this is not a policy", &label)
                    }
                    None => {
                        let at = error.position().map(|position| position.offset);
                        document.piece.policy_failure(at, &error)
                    }
                };
                self.refuse(failure, Lost::Nothing);
            }
        }
        Ok(document)
    }

    fn policy(&mut self, piece: &Piece) -> Result<(), Failure> {
        let read: shape::Policy<'_> = shaped(piece)?;
        if read.is_default_version == Some(false) {
            return Ok(());
        }
        let fail = |pointer: &str, label: &str| piece.at(pointer).failure(UNUSABLE, label);
        let stem = Path::new(piece.path()).file_stem().unwrap_or_default();
        let name = match read.policy_name {
            Some(name) => name,
            None => stem.to_string_lossy().into_owned(),
        };
        let name = name.parse();
        let name = name.map_err(|error: iot_topics::IdentError| {
            fail("/policyName", &format!("no name of a policy: {error}"))
        })?;
        let id = read.default_version_id.or(read.policy_version_id);
        let id = id.as_deref().unwrap_or("1").parse();
        let id = id.map_err(|_| fail("", "has no version that is a number"))?;
        let version = PolicyVersion::new(name, id);
        let document = self.document(piece.part(read.policy_document))?;
        self.inventory.policies.push(Policy { version, document });
        Ok(())
    }

    fn documents(&mut self, piece: &Piece, list: &[&RawValue]) -> Result<Vec<Document>, Failure> {
        #[derive(Deserialize)]
        struct Wrapped<'a> {
            #[serde(borrow, rename = "policyDocument", alias = "PolicyDocument")]
            document: Raw<'a>,
        }
        let document = |raw: &&RawValue| {
            let part = piece.part(raw);
            let inner = match part.text().starts_with('{') {
                true => shaped::<Wrapped<'_>>(&part)?
                    .document
                    .map(|raw| part.part(raw)),
                false => None,
            };
            self.document(inner.unwrap_or(part))
        };
        list.iter().map(document).collect()
    }

    fn role(&mut self, piece: &Piece) -> Result<(), Failure> {
        let read: shape::Role<'_> = shaped(piece)?;
        let documents = self.documents(piece, &read.policies)?;
        let known = self.inventory.roles.entry(read.role_arn).or_default();
        known.extend(documents);
        Ok(())
    }

    fn pool(&mut self, piece: &Piece) -> Result<(), Failure> {
        let read: shape::Pool<'_> = shaped(piece)?;
        let last = read.last_connection_date.as_ref().map(instant::from_json);
        let last_connection = last
            .transpose()
            .map_err(|error| piece.at("/lastConnectionDate").failure(UNUSABLE, &error))?;
        let mut role = |raw: Raw<'_>| -> Result<Option<Role>, Failure> {
            let Some(raw) = raw else { return Ok(None) };
            let part = piece.part(raw);
            if raw.get().starts_with('"') {
                return Ok(Some(Role::Named(shaped(&part)?, part)));
            }
            let inner: shape::Role<'_> = shaped(&part)?;
            let documents = self.documents(&part, &inner.policies)?;
            Ok(Some(Role::Given(documents)))
        };
        let unauthenticated = role(read.roles.unauthenticated)?;
        let authenticated = role(read.roles.authenticated)?;
        self.inventory.pools.push(Pool {
            id: read.identity_pool_id,
            place: piece.clone(),
            last_connection,
            unauthenticated,
            authenticated,
        });
        Ok(())
    }

    fn role_alias(&mut self, piece: &Piece) -> Result<(), Failure> {
        let read: shape::RoleAlias<'_> = shaped(piece)?;
        let Some(services_used) = read.services_used_last_year else {
            let label = "has no list `servicesUsedLastYear`";
            return Err(piece.failure("this role alias cannot be judged", label));
        };
        let role = match read.policies {
            Some(list) => Role::Given(self.documents(piece, &list)?),
            None => Role::Named(read.role_arn.clone(), piece.at("/roleArn")),
        };
        self.inventory.aliases.push(RoleAlias {
            arn: read.role_alias_arn,
            role_arn: read.role_arn,
            place: piece.clone(),
            role,
            services_used,
        });
        Ok(())
    }

    fn logging(&mut self, piece: &Piece) -> Result<(), Failure> {
        let read: shape::Logging = shaped(piece)?;
        let level = |text: &Option<String>, pointer: &str| {
            let level = text.as_deref().map(str::parse).transpose();
            level.map_err(|_| piece.at(pointer).failure(UNUSABLE, "is no level of a log"))
        };
        let first = level(&read.log_level, "/logLevel")?;
        let second = level(&read.default_log_level, "/defaultLogLevel")?;
        let place = Place::Text(piece.clone());
        let known = self
            .inventory
            .logging
            .get_or_insert_with(|| (Logging::default(), place));
        let logging = &mut known.0;
        let has_role = read.role_arn.is_some();
        // The first generation has `logLevel`, the second the other two.
        if let Some(level) = first {
            logging.level = Some(level);
            logging.has_role = has_role;
        }
        if let Some(level) = second {
            logging.fine_grained.default_level = Some(level);
            logging.fine_grained.has_role = has_role;
        }
        logging.fine_grained.disable_all |= read.disable_all_logs.unwrap_or_default();
        Ok(())
    }
}

/// What is lost with an object of a kind.
const fn lost_with(kind: Kind, hint: &Hint) -> Lost {
    match (kind, hint) {
        (Kind::Document | Kind::Role, Hint::Role(_)) | (Kind::Role, _) => Lost::Role,
        (Kind::Document | Kind::Policy, _) => Lost::Policy,
        (Kind::Certificate, Hint::Issuer) => Lost::Issuer,
        (Kind::Certificate, _) => Lost::Certificates,
        (Kind::Pool, _) => Lost::Pool,
        (Kind::RoleAlias, _) => Lost::RoleAlias,
        (Kind::Logging, _) => Lost::Logging,
        (Kind::Inventory, _) => Lost::Anything,
    }
}

/// What stands in the place of a policy, as [`output::policy_error`] draws it.
impl Piece {
    fn policy_failure(&self, at: Option<usize>, error: &iot_policy::PolicyError) -> Failure {
        let place = match at {
            Some(at) => self.byte(at),
            None => self.at(error.pointer()),
        };
        let label = output::printable(&error.kind().to_string()).into_owned();
        place.failure("this is not a policy", &label)
    }
}
