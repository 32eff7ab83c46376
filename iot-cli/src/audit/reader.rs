//! From files to an inventory.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use iot_defender::audit::IssuedCertificate;
use iot_policy::{RevocationList, X509Certificate, certificate_id};
use iot_topics::CertificateId;

use super::inventory::{Inventory, Log, Registered};
use super::pem::{self, Block};
use super::piece::{Piece, Place};
use super::progress::Progress;
use super::unread::{Lost, Unread};
use crate::files;
use crate::output::{Failure, one_line};
use crate::source::Source;

/// What a file or a list makes of a certificate or a policy document in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    Device,
    Ca,
    Issuer,
    /// The role of this name.
    Role(String),
}

/// Facts of the registry that stand apart from the certificate.
pub(super) struct Entry {
    pub(super) id: Option<CertificateId>,
    /// The path of the file without its extension, by which the certificate beside it is found.
    pub(super) stem: PathBuf,
    pub(super) registered: Registered,
    pub(super) piece: Piece,
}

#[derive(Default)]
pub(super) struct Reader {
    pub(super) inventory: Inventory,
    pub(super) entries: Vec<Entry>,
    stems: BTreeMap<PathBuf, CertificateId>,
    read: BTreeSet<PathBuf>,
}

/// Reads what the arguments name: folders, files and globs.
pub(super) fn read(arguments: &[String]) -> Result<Inventory, Failure> {
    let mut reader = Reader::default();
    let mut paths = Vec::new();
    for argument in arguments {
        let is_folder = Path::new(argument).is_dir();
        let (files, failures) = match is_folder {
            true => files::below_folder(Path::new(argument)),
            false => files::named(argument),
        };
        let is_nothing = files.is_empty() && !is_folder;
        for failure in failures {
            if is_nothing {
                return Err(failure);
            }
            reader.refuse(failure, Lost::Anything);
        }
        paths.extend(files.into_iter().map(|path| (path, !is_folder)));
    }
    let progress = Progress::new(paths.len(), "files");
    for (path, is_named) in paths {
        reader.file(&path, is_named);
        progress.step();
    }
    Ok(reader.finish())
}

impl Reader {
    pub(super) fn refuse(&mut self, failure: impl Into<Failure>, lost: Lost) {
        let failure = failure.into();
        self.inventory.unread.push(Unread { failure, lost });
    }

    /// Reads a file by its extension.
    pub(super) fn file(&mut self, path: &Path, is_named: bool) {
        self.file_as(path, is_named, &hint(path));
    }

    pub(super) fn file_as(&mut self, path: &Path, is_named: bool, hint: &Hint) {
        if !self.read.insert(path.to_owned()) {
            return;
        }
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str().unwrap_or_default() {
            "json" => match Source::read(path) {
                Ok(source) => self.json_file(source, hint),
                Err(failure) => self.refuse(failure, Lost::Anything),
            },
            "jsonl" | "ndjson" => self.inventory.connections.push(Log::File(path.to_owned())),
            "pem" | "crt" | "cer" | "der" => self.blocks(path, pem::CERTIFICATE, hint),
            "crl" => self.blocks(path, pem::REVOCATION_LIST, hint),
            _ if is_named => {
                let name = path.display().to_string();
                let name = one_line(&name);
                let kinds = "neither .json, .jsonl, .pem, .crt, .cer, .der nor .crl";
                self.refuse(format!("{name}: {kinds}"), Lost::Anything);
            }
            _ => {
                self.inventory.left_alone.insert(path.to_owned());
            }
        }
    }

    /// A file of certificates or revocation lists; `label` is what it is if it is no PEM.
    fn blocks(&mut self, path: &Path, label: &str, hint: &Hint) {
        let place = Place::File(Rc::from(path.display().to_string()));
        let name = one_line(place.path());
        let blocks = match bytes(path).and_then(|bytes| pem::read(bytes, label)) {
            Ok(blocks) => blocks,
            Err(error) => {
                let lost = match label == pem::REVOCATION_LIST {
                    true => Lost::RevocationList,
                    false => Lost::Certificates,
                };
                return self.refuse(format!("{name}: {error}"), lost);
            }
        };
        let (lists, others): (Vec<_>, Vec<_>) = blocks
            .into_iter()
            .partition(|block| block.label == pem::REVOCATION_LIST);
        let (certificates, others): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|block| block.label == pem::CERTIFICATE);
        if let (true, true, Some(other)) =
            (lists.is_empty(), certificates.is_empty(), others.first())
        {
            let told = format!("{name}: a PEM of `{}`, not of `CERTIFICATE`", other.label);
            return self.refuse(told, Lost::Nothing);
        }
        for list in lists {
            self.revocation_list(&list.der, &place);
        }
        let registered = Registered::default();
        if let Some(id) = self.certificates(certificates, &place, hint, None, registered) {
            self.stems.insert(path.with_extension(""), id);
        }
    }

    pub(super) fn revocation_list(&mut self, der: &[u8], place: &Place) {
        match RevocationList::from_der(der) {
            Ok(list) => {
                self.inventory.has_revocations = true;
                for entry in list.entries() {
                    let certificate = IssuedCertificate::new(entry.issuer(), entry.serial_number());
                    match entry.is_removed() {
                        true => self.inventory.revocations.remove(certificate),
                        false => self.inventory.revocations.revoke(certificate),
                    }
                }
            }
            Err(error) => {
                let failure = place.failure("this is not a revocation list", &error.to_string());
                self.refuse(failure, Lost::RevocationList);
            }
        }
    }

    /// A certificate and, behind it, those of its issuers. Tells its id.
    pub(super) fn certificates(
        &mut self,
        blocks: Vec<Block>,
        place: &Place,
        hint: &Hint,
        id: Option<CertificateId>,
        registered: Registered,
    ) -> Option<CertificateId> {
        let mut blocks = blocks.into_iter();
        let first = blocks.next()?;
        let mut facts = |der: &[u8], lost: Lost| match X509Certificate::from_der(der) {
            Ok(facts) => Some(facts),
            Err(error) => {
                let failure = place.failure("this is not a certificate", &error.to_string());
                self.refuse(failure, lost);
                None
            }
        };
        let own = match hint {
            Hint::Issuer => facts(&first.der, Lost::Issuer),
            _ => facts(&first.der, Lost::Nothing),
        };
        let chain = blocks.filter_map(|block| facts(&block.der, Lost::Issuer));
        let chain: Vec<_> = chain.collect();
        if matches!(hint, Hint::Ca | Hint::Issuer) {
            for issuer in own.iter().chain(&chain) {
                let issuers = &mut self.inventory.issuers;
                let known = issuers.entry(issuer.subject().to_owned()).or_default();
                known
                    .entry(issuer.id().clone())
                    .or_insert_with(|| issuer.clone());
            }
        }
        let id = id.unwrap_or_else(|| certificate_id(&first.der));
        let certificates = match hint {
            Hint::Issuer => return None,
            Hint::Ca => &mut self.inventory.cas,
            Hint::Device | Hint::Role(_) => &mut self.inventory.devices,
        };
        let certificate = certificates.entry(id.clone()).or_default();
        match &certificate.der {
            None => {
                certificate.place = Some(place.clone());
                certificate.der = Some(first.der);
                certificate.facts = own;
            }
            Some(known) if *known == first.der => {}
            Some(_) => {
                let title = "this certificate is not looked at";
                let failure = place.failure(title, "its id is that of another");
                let lost = match hint {
                    Hint::Ca => Lost::Authority,
                    _ => Lost::Device,
                };
                self.refuse(failure, lost);
                return None;
            }
        }
        certificate.chain.extend(chain);
        if let Err(failure) = certificate.registered.fill(registered) {
            self.refuse(failure, Lost::Nothing);
        }
        Some(id)
    }

    /// Puts together what stood apart.
    fn finish(mut self) -> Inventory {
        for entry in std::mem::take(&mut self.entries) {
            let beside = || self.stems.get(&entry.stem).cloned();
            let (devices, cas) = (&mut self.inventory.devices, &mut self.inventory.cas);
            let is_here = |id: &CertificateId| devices.contains_key(id) || cas.contains_key(id);
            let id = entry.id.clone().filter(is_here).or_else(beside);
            let both = id.and_then(|id| devices.get_mut(&id).or_else(|| cas.get_mut(&id)));
            if let Some(certificate) = both {
                if let Err(failure) = certificate.registered.fill(entry.registered) {
                    self.refuse(failure, Lost::Nothing);
                }
            } else if entry.registered.status().is_audited() {
                let title = "the registry tells of a certificate that is not here";
                let failure = entry
                    .piece
                    .failure(title, "neither by its id nor beside the file");
                let lost = match entry.registered.is_authority() {
                    true => Lost::Authority,
                    false => Lost::Device,
                };
                self.refuse(failure, lost);
            }
        }
        self.inventory
    }
}

/// What the folder of a file says of it.
fn hint(path: &Path) -> Hint {
    let mut folders = path.ancestors().skip(1).filter_map(Path::file_name);
    let parent = folders.next().and_then(OsStr::to_str).unwrap_or_default();
    let above = folders.next().and_then(OsStr::to_str).unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match (parent, above) {
        ("ca" | "cas" | "ca-certificates", _) => Hint::Ca,
        ("issuers", _) => Hint::Issuer,
        ("roles", _) => Hint::Role(stem.into_owned()),
        (role, "roles") => Hint::Role(role.to_owned()),
        _ => Hint::Device,
    }
}

/// The largest file of certificates or revocation lists: five million entries of a list.
const MAX_BYTES: u64 = 1 << 28;

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_BYTES {
        return Err(format!("{size} bytes, more than {MAX_BYTES}"));
    }
    fs::read(path).map_err(|error| error.to_string())
}
