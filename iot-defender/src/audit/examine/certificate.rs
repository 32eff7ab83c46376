//! Certificates as the registry has them, and all checks that look at one.
//!
//! Sources: API reference, `CertificateDescription`, `CACertificateDescription`; developer guide,
//! the pages of the checks.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::OnceCell;

use iot_policy::{CertificateError, X509Certificate};
use iot_topics::{CertificateId, Timestamp};

use super::super::certificate::{
    CertificateStatus, IssuedCertificate, age, expiry, intermediate_revoked,
};
use super::super::check::Check;
use super::super::configuration::Days;
use super::super::finding::{
    Finding, IssuerCertificate, ReasonCode, RelatedResource, ResourceIdentifier, ResourceType,
};
use super::super::key_quality::certificate_quality;
use super::super::settings::AuditSettings;
use super::{Examination, Issuer, ResourceError};

/// A certificate as the caller has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::CertificateSource;
/// use iot_policy::X509Certificate;
/// # let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../iot-policy/tests/certificates/bulb.der"));
///
/// let read = X509Certificate::from_der(der)?;
/// assert_ne!(CertificateSource::Der(der), CertificateSource::Read(&read));
/// # Ok::<(), iot_policy::CertificateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is read or it is not")]
pub enum CertificateSource<'a> {
    /// In DER, not yet read.
    Der(&'a [u8]),
    /// Its facts.
    Read(&'a X509Certificate),
}

/// The facts of a certificate, read when they are asked for, and once.
struct Facts<'a> {
    source: CertificateSource<'a>,
    read: OnceCell<Result<Cow<'a, X509Certificate>, CertificateError>>,
}

impl<'a> Facts<'a> {
    const fn of(source: CertificateSource<'a>) -> Self {
        let read = OnceCell::new();
        Self { source, read }
    }

    fn read(&self) -> Result<&X509Certificate, CertificateError> {
        let facts = self.read.get_or_init(|| match self.source {
            CertificateSource::Der(der) => X509Certificate::from_der(der).map(Cow::Owned),
            CertificateSource::Read(certificate) => Ok(Cow::Borrowed(certificate)),
        });
        facts.as_deref().map_err(|error| *error)
    }
}

/// The certificate of a device, as registered.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{CertificateSource, CertificateStatus, DeviceCertificate};
///
/// let source = CertificateSource::Der(b"\x30\x82");
/// let id = "6d48e3d0".repeat(8).parse()?;
/// let certificate = DeviceCertificate::new(id, CertificateStatus::Inactive, source);
/// assert_eq!(certificate.creation_date, None);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceCertificate<'a> {
    /// Its id.
    pub id: CertificateId,
    /// Its ARN, by which it can be suppressed in the check of revoked intermediates.
    pub arn: Option<&'a str>,
    /// Its status.
    pub status: CertificateStatus,
    /// When the registry got it. Where that is not known, the start of its validity counts.
    pub creation_date: Option<Timestamp>,
    /// The registered CA certificate that it was registered with. Where it is not known, the name
    /// of the issuer is compared.
    pub ca_certificate_id: Option<CertificateId>,
    /// The certificate.
    pub source: CertificateSource<'a>,
    /// The certificates between it and the root, from it upwards, as the caller has verified the
    /// chain.
    pub issuers: &'a [X509Certificate],
}

impl<'a> DeviceCertificate<'a> {
    /// A certificate of which nothing else is known.
    #[must_use]
    pub const fn new(
        id: CertificateId,
        status: CertificateStatus,
        source: CertificateSource<'a>,
    ) -> Self {
        Self {
            id,
            arn: None,
            status,
            creation_date: None,
            ca_certificate_id: None,
            source,
            issuers: &[],
        }
    }

    /// What the checks of device certificates say: key quality, expiry, revocation, age, and
    /// revoked intermediates. Only an active certificate, or one on its way to another account, is
    /// looked at. DER is read once, if a check needs it.
    ///
    /// Whether it is shared is for the history of connections to say:
    /// [`Audit::shared_certificates`](super::super::Audit::shared_certificates).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     AuditSettings, CertificateSource, CertificateStatus, Check, DeviceCertificate,
    ///     ReasonCode, TaskHeader,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::DeviceCertificateAge]);
    /// let source = CertificateSource::Der(b"not needed for the age");
    /// let id = "00".repeat(32).parse()?;
    /// let mut certificate = DeviceCertificate::new(id, CertificateStatus::Active, source);
    /// certificate.creation_date = Some(Timestamp::from_secs(0));
    /// let found = certificate.examine(&settings).found;
    /// assert_eq!(found[0].finding.reason_code, ReasonCode::CertificatePastAgeThreshold);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn examine(&self, settings: &AuditSettings) -> Examination {
        let resource = ResourceIdentifier::DeviceCertificateId(self.id.clone());
        let mut examination = Examination::new(resource);
        if !self.status.is_audited() {
            return examination;
        }
        let now = settings.task.start;
        let facts = Facts::of(self.source);
        let Checks {
            quality,
            expiring,
            revoked,
        } = DEVICE;
        examination.run(settings, quality, |about| {
            key_quality(about, quality, facts.read()?, settings)
        });
        examination.run(settings, expiring, |about| {
            let not_after = facts.read()?.not_after();
            Ok(dates(
                about,
                expiring,
                not_after,
                now,
                settings.expiration_threshold,
            ))
        });
        examination.run(settings, revoked, |about| {
            Ok(revocation(about, revoked, facts.read()?, settings))
        });
        let check = Check::DeviceCertificateAge;
        examination.run(settings, check, |about| {
            let created = match self.creation_date {
                Some(created) => created,
                None => facts.read()?.not_before(),
            };
            let why = age(created, now, settings.age_threshold).into_iter();
            Ok(why.map(|why| about.finding(check, why)).collect())
        });
        self.intermediates(&mut examination, settings);
        if settings.runs(CA.revoked) {
            examination.issuer = self.issuer(&facts);
        }
        examination
    }

    /// Who issued it; not known, if it cannot be read.
    fn issuer(&self, facts: &Facts<'_>) -> Option<Issuer> {
        match &self.ca_certificate_id {
            Some(id) => Some(Issuer::Registered(id.clone())),
            None => Some(Issuer::Named(facts.read().ok()?.issuer().to_string())),
        }
    }

    fn intermediates(&self, examination: &mut Examination, settings: &AuditSettings) {
        let check = Check::IntermediateCaRevokedForActiveDeviceCertificates;
        if !settings.runs(check) {
            return;
        }
        let issued = self.issuers.iter().map(issued);
        let revoked = intermediate_revoked(issued, &settings.revocations);
        let issuer = revoked.and_then(|revoked| {
            let mut issuers = self.issuers.iter();
            issuers.find(|issuer| self::issued(issuer) == revoked)
        });
        let issuer = issuer.map(identifier);
        examination.run(settings, check, |about| {
            let issuer = issuer.iter().cloned();
            let finding = issuer.map(|issuer| {
                let why = ReasonCode::IntermediateCaRevokedByIssuer;
                let mut finding = about.finding(check, why);
                let kind = ResourceType::IssuerCertificate;
                finding.related.push(RelatedResource::new(kind, issuer));
                finding
            });
            Ok(finding.collect())
        });
        let arn = self
            .arn
            .map(|arn| ResourceIdentifier::DeviceCertificateArn(arn.into()));
        examination
            .also_known_as
            .extend(arn.into_iter().chain(issuer));
    }
}

/// A registered CA certificate.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{CaCertificate, CertificateSource, CertificateStatus};
///
/// let source = CertificateSource::Der(b"\x30\x82");
/// let id = "6d48e3d0".repeat(8).parse()?;
/// let certificate = CaCertificate::new(id, CertificateStatus::Active, source);
/// assert!(certificate.status.is_audited());
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaCertificate<'a> {
    /// Its id.
    pub id: CertificateId,
    /// Its status.
    pub status: CertificateStatus,
    /// The certificate.
    pub source: CertificateSource<'a>,
}

impl<'a> CaCertificate<'a> {
    /// From the three.
    #[must_use]
    pub const fn new(
        id: CertificateId,
        status: CertificateStatus,
        source: CertificateSource<'a>,
    ) -> Self {
        Self { id, status, source }
    }

    /// What the checks of CA certificates say: revocation, key quality, expiry within 30 days.
    /// Only an active certificate is looked at. DER is read once.
    ///
    /// The device certificates that a revoked one has issued are added by the
    /// [`Audit`](super::super::Audit), which sees them.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     AuditSettings, CaCertificate, CertificateSource, CertificateStatus, Check, TaskHeader,
    /// };
    /// use iot_topics::Timestamp;
    /// # let der = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../iot-policy/tests/certificates/bulb.der"));
    ///
    /// let start = Timestamp::from_secs(7_000_000_000);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, Check::ALL.iter().copied());
    /// let source = CertificateSource::Der(der);
    /// let id = iot_policy::certificate_id(der);
    /// let certificate = CaCertificate::new(id, CertificateStatus::Active, source);
    /// let examination = certificate.examine(&settings);
    /// assert_eq!(examination.checks.len(), 3);
    /// assert_eq!(examination.found[0].finding.check, Check::CaCertificateExpiring);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn examine(&self, settings: &AuditSettings) -> Examination {
        self.examined(settings).0
    }

    /// With its subject, by which certificates name their issuer.
    pub(in super::super) fn examined(
        &self,
        settings: &AuditSettings,
    ) -> (Examination, Option<String>) {
        let resource = ResourceIdentifier::CaCertificateId(self.id.clone());
        let mut examination = Examination::new(resource);
        let Checks {
            quality,
            expiring,
            revoked,
        } = CA;
        let runs = [quality, expiring, revoked];
        if !self.status.is_audited() || !runs.iter().any(|check| settings.runs(*check)) {
            return (examination, None);
        }
        let facts = Facts::of(self.source);
        examination.run(settings, revoked, |about| {
            Ok(revocation(about, revoked, facts.read()?, settings))
        });
        examination.run(settings, quality, |about| {
            key_quality(about, quality, facts.read()?, settings)
        });
        examination.run(settings, expiring, |about| {
            let not_after = facts.read()?.not_after();
            let now = settings.task.start;
            Ok(dates(
                about,
                expiring,
                not_after,
                now,
                Days::EXPIRATION_DEFAULT,
            ))
        });
        let subject = facts.read().ok().map(|facts| facts.subject().to_string());
        (examination, subject)
    }
}

/// The checks that there are for devices and for CAs.
struct Checks {
    quality: Check,
    expiring: Check,
    revoked: Check,
}

const DEVICE: Checks = Checks {
    quality: Check::DeviceCertificateKeyQuality,
    expiring: Check::DeviceCertificateExpiring,
    revoked: Check::RevokedDeviceCertificateStillActive,
};
const CA: Checks = Checks {
    quality: Check::CaCertificateKeyQuality,
    expiring: Check::CaCertificateExpiring,
    revoked: Check::RevokedCaCertificateStillActive,
};

fn key_quality(
    about: &Examination,
    check: Check,
    facts: &X509Certificate,
    settings: &AuditSettings,
) -> Result<Vec<Finding>, ResourceError> {
    let reasons = certificate_quality(facts, &settings.known_keys, settings.profile)?;
    let findings = reasons.into_iter().map(|why| about.finding(check, why));
    Ok(findings.collect())
}

fn dates(
    about: &Examination,
    check: Check,
    not_after: Timestamp,
    now: Timestamp,
    threshold: Days,
) -> Vec<Finding> {
    let why = expiry(not_after, now, threshold).into_iter();
    let finding = |why| {
        let finding = about.finding(check, why);
        finding.with_instant("EXPIRATION_TIME", not_after)
    };
    why.map(finding).collect()
}

fn revocation(
    about: &Examination,
    check: Check,
    facts: &X509Certificate,
    settings: &AuditSettings,
) -> Vec<Finding> {
    let why = settings.revocations.reason(issued(facts)).into_iter();
    why.map(|why| about.finding(check, why)).collect()
}

fn issued(facts: &X509Certificate) -> IssuedCertificate<'_> {
    IssuedCertificate::new(facts.issuer(), facts.serial_number())
}

/// The longest subject in `IssuerCertificateIdentifier`.
const MAX_SUBJECT: usize = 1000;

fn identifier(issuer: &X509Certificate) -> ResourceIdentifier {
    let subject: String = issuer.subject().chars().take(MAX_SUBJECT).collect();
    let (id, serial_number) = (issuer.id().as_str(), issuer.serial_number());
    let identifier = IssuerCertificate::new(&subject, id, serial_number);
    ResourceIdentifier::IssuerCertificateIdentifier(identifier)
}
