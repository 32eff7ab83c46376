//! An account to audit.
#![expect(
    clippy::unwrap_used,
    reason = "a sample that is not in its form must fail"
)]

use iot_defender::audit::{
    AuditSettings, CaCertificate, CertificateSource, CertificateStatus, Check, CognitoPool,
    DeviceCertificate, DocumentSource, IssuedCertificate, Logging, PolicyVersion, RegisteredPolicy,
    Resource, RoleAliasResource, TaskHeader,
};
use iot_policy::X509Certificate;
use iot_topics::{CertificateId, Timestamp};

pub(crate) const ROOT: &[u8] = include_bytes!("../certificates/root.der");
pub(crate) const SUB: &[u8] = include_bytes!("../certificates/sub.der");
pub(crate) const LAMP: &[u8] = include_bytes!("../certificates/lamp.der");
pub(crate) const OTHER: &[u8] = include_bytes!("../certificates/other.der");

pub(crate) const ANY: &str = r#"{
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": ["iot:*", "s3:*"], "Resource": "*"}
}"#;
pub(crate) const OWN: &str = r#"{
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "iot:Publish",
        "Resource": "arn:aws:iot:us-east-1:123456789012:topic/sensors/*"
    }
}"#;

/// The instant on the deck's report.
pub(crate) const START: Timestamp = Timestamp::from_secs(1_650_414_651);

pub(crate) fn read(der: &[u8]) -> X509Certificate {
    X509Certificate::from_der(der).unwrap()
}

pub(crate) fn id(digits: &str) -> CertificateId {
    digits.repeat(64 / digits.len()).parse().unwrap()
}

pub(crate) fn settings(checks: impl IntoIterator<Item = Check>, start: Timestamp) -> AuditSettings {
    let task = "9ccc92239f3b0c242826600841cf94dc".parse().unwrap();
    let task = TaskHeader::on_demand("123456789012".parse().unwrap(), task, start);
    AuditSettings::new(task, checks)
}

pub(crate) fn all_checks(start: Timestamp) -> AuditSettings {
    settings(Check::ALL.iter().copied(), start)
}

pub(crate) fn revoke(settings: &mut AuditSettings, der: &[u8]) {
    let certificate = read(der);
    let issued = IssuedCertificate::new(certificate.issuer(), certificate.serial_number());
    settings.revocations.revoke(issued);
}

pub(crate) fn device(der: &[u8]) -> DeviceCertificate<'_> {
    let source = CertificateSource::Der(der);
    DeviceCertificate::new(
        iot_policy::certificate_id(der),
        CertificateStatus::Active,
        source,
    )
}

pub(crate) fn authority(der: &[u8]) -> CaCertificate<'_> {
    let source = CertificateSource::Der(der);
    CaCertificate::new(
        iot_policy::certificate_id(der),
        CertificateStatus::Active,
        source,
    )
}

pub(crate) fn policy<'a>(name: &str, text: &'a str) -> RegisteredPolicy<'a> {
    let version = PolicyVersion::new(name.parse().unwrap(), 1);
    RegisteredPolicy::new(version, DocumentSource::Json(text))
}

/// Resources of each kind: good ones, bad ones, and some that cannot be read.
pub(crate) struct Account {
    issuers: Vec<X509Certificate>,
    policies: Vec<RegisteredPolicy<'static>>,
    pools: Vec<CognitoPool<'static>>,
    aliases: Vec<RoleAliasResource<'static>>,
    logging: Logging,
}

const ANY_ROLE: &[DocumentSource<'static>] = &[DocumentSource::Json(ANY)];
const NO_ROLE: &[DocumentSource<'static>] = &[DocumentSource::Json("no policy")];

impl Account {
    pub(crate) fn new(now: Timestamp) -> Self {
        let policies = [("Any", ANY), ("Own", OWN), ("None", "{"), ("More", ANY)];
        let policies = policies.iter().map(|(name, text)| policy(name, text));
        let pools = [("a", ANY_ROLE), ("b", NO_ROLE), ("c", &[])].map(|(id, role)| {
            let mut pool = CognitoPool::new(id);
            pool.last_connection = Some(now);
            pool.unauthenticated = role;
            pool.authenticated = role;
            pool
        });
        let aliases =
            [("arn:a", ANY_ROLE), ("arn:b", NO_ROLE)].map(|(arn, policies)| RoleAliasResource {
                arn,
                role_arn: "arn:aws:iam::123456789012:role/device",
                policies,
                services_used: &["s3"],
            });
        Self {
            issuers: vec![read(SUB)],
            policies: policies.collect(),
            pools: pools.into(),
            aliases: aliases.into(),
            logging: Logging::default(),
        }
    }

    pub(crate) fn certificates(&self) -> Vec<DeviceCertificate<'_>> {
        let mut lamp = device(LAMP);
        lamp.issuers = &self.issuers;
        let mut registered = device(b"cannot be read");
        registered.ca_certificate_id = Some(iot_policy::certificate_id(SUB));
        let mut inactive = device(SUB);
        inactive.status = CertificateStatus::Inactive;
        vec![lamp, device(OTHER), registered, inactive, device(b"\x30")]
    }

    pub(crate) fn resources<'a>(
        &'a self,
        certificates: &'a [DeviceCertificate<'a>],
    ) -> Vec<Resource<'a>> {
        let certificates = certificates.iter().map(Resource::from);
        certificates
            .chain(self.policies.iter().map(Resource::from))
            .chain(self.pools.iter().map(Resource::from))
            .chain(self.aliases.iter().map(Resource::from))
            .chain([Resource::from(&self.logging)])
            .collect()
    }
}
