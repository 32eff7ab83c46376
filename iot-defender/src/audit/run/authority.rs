//! The CA certificates of an audit, and what the revoked ones have issued.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::CertificateId;

use super::super::check::Check;
use super::super::examine::{CaCertificate, Examination, Issuer};
use super::super::finding::{RelatedResource, ResourceIdentifier, ResourceType};
use super::super::settings::AuditSettings;

const REVOKED: Check = Check::RevokedCaCertificateStillActive;

/// Judged at the start; told at the end, when all that they have issued was seen.
#[derive(Clone, Debug)]
pub(super) struct Authorities {
    /// By id.
    examinations: Vec<Examination>,
    /// Those that are a finding of the check of revocation, and what each has issued.
    revoked: BTreeMap<CertificateId, BTreeSet<CertificateId>>,
    /// The revoked ones by subject; more than one may have the same.
    by_name: BTreeMap<String, Vec<CertificateId>>,
}

impl Authorities {
    pub(super) fn new(settings: &AuditSettings, certificates: &[CaCertificate<'_>]) -> Self {
        let mut all = Self {
            examinations: Vec::new(),
            revoked: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        for certificate in certificates {
            let (examination, subject) = certificate.examined(settings);
            let mut found = examination.found.iter();
            if found.any(|found| found.finding.check == REVOKED) {
                let id = &certificate.id;
                all.revoked.entry(id.clone()).or_default();
                if let Some(subject) = subject {
                    all.by_name.entry(subject).or_default().push(id.clone());
                }
            }
            all.examinations.push(examination);
        }
        all.examinations.sort_by(|a, b| a.resource.cmp(&b.resource));
        all
    }

    /// Remembers a device certificate of a revoked one.
    pub(super) fn relate(&mut self, examination: &Examination) {
        let (Some(issuer), ResourceIdentifier::DeviceCertificateId(device)) =
            (&examination.issuer, &examination.resource)
        else {
            return;
        };
        let (id, named) = match issuer {
            Issuer::Registered(id) => (Some(id), None),
            Issuer::Named(name) => (None, self.by_name.get(name)),
        };
        for id in id.into_iter().chain(named.into_iter().flatten()) {
            if let Some(issued) = self.revoked.get_mut(id) {
                issued.insert(device.clone());
            }
        }
    }

    /// Takes in what another worker saw, of the same certificates.
    pub(super) fn merge(&mut self, other: Self) {
        for (id, mut issued) in other.revoked {
            if let Some(own) = self.revoked.get_mut(&id) {
                own.append(&mut issued);
            }
        }
    }

    pub(super) fn examinations(&self) -> &[Examination] {
        &self.examinations
    }

    /// By id; the revoked ones with what they have issued.
    pub(super) fn into_examinations(self) -> impl Iterator<Item = Examination> {
        let Self {
            examinations,
            revoked,
            ..
        } = self;
        examinations.into_iter().map(move |mut examination| {
            if let ResourceIdentifier::CaCertificateId(id) = &examination.resource
                && let Some(issued) = revoked.get(id)
            {
                relate_devices(&mut examination, issued);
            }
            examination
        })
    }
}

fn relate_devices(examination: &mut Examination, issued: &BTreeSet<CertificateId>) {
    let found = examination.found.iter_mut();
    for found in found.filter(|found| found.finding.check == REVOKED) {
        let devices = issued.iter().map(|device| {
            let device = ResourceIdentifier::DeviceCertificateId(device.clone());
            RelatedResource::new(ResourceType::DeviceCertificate, device)
        });
        found.finding.related.extend(devices);
    }
}
