//! Findings about connections that were open at once.
//!
//! Sources: developer guide, "Device certificate shared" and "Conflicting MQTT client IDs", with
//! the sample of `ListAuditFindings`: the times of a connection are facts about the related
//! resource.

use alloc::string::{String, ToString as _};

use iot_topics::{CertificateId, Timestamp};

use super::super::check::Check;
use super::super::finding::{
    Finding, ReasonCode, RelatedResource, ResourceIdentifier, ResourceType,
};
use super::super::history::{Evidence, Session};

/// The finding about a certificate that two clients used at once. The clients are related
/// resources, the one that connected later first, with `CONNECTION_TIME` and, unless the
/// connection is open, `DISCONNECTION_TIME`.
///
/// `name` tells the client id that stands for a user in the history.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditWindow, Connection, ConnectionHistory, Overlap, shared_certificate,
/// };
/// use iot_topics::Timestamp;
///
/// let at = Timestamp::from_secs;
/// let window = AuditWindow::new(at(0), at(1_000));
/// let mut history = ConnectionHistory::new(Overlap::SharedCertificate, window);
/// let id = "6d48e3d0".repeat(8);
/// history.connect(Connection::new(&*id, "lamp", "1"), at(10));
/// history.connect(Connection::new(&*id, "copy", "2"), at(20));
/// history.disconnect(Connection::new(&*id, "lamp", "1"), at(30), false);
///
/// let findings = history.findings();
/// let evidence = findings.values().next().unwrap();
/// let finding = shared_certificate(id.parse()?, evidence, |user| user.to_string());
/// let [copy, lamp] = &finding.related[..] else { unreachable!() };
/// assert_eq!(copy.additional_info["CONNECTION_TIME"], "20000");
/// assert_eq!(copy.additional_info.get("DISCONNECTION_TIME"), None);
/// assert_eq!(lamp.additional_info["DISCONNECTION_TIME"], "30000");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
pub fn shared_certificate<T: Ord>(
    certificate: CertificateId,
    evidence: &Evidence<T>,
    name: impl Fn(&T) -> String,
) -> Finding {
    let mut finding = Finding::new(
        Check::DeviceCertificateShared,
        ResourceIdentifier::DeviceCertificateId(certificate),
        ReasonCode::CertificateSharedByMultipleDevices,
    );
    let related = evidence.sessions().map(|session| {
        let client = ResourceIdentifier::ClientId(name(&session.user));
        let related = RelatedResource::new(ResourceType::ClientId, client);
        with_times(related, session)
    });
    finding.related = related.collect();
    finding
}

/// The finding about a client id that two connections had at once. What they connected with are
/// related resources, the later connection first, with the times as
/// [`shared_certificate`] has them.
///
/// `name` tells the principal that stands for a user in the history. If it is the id or the ARN of
/// a certificate, the related resource is that certificate; otherwise it is the client id, with
/// the principal as `PRINCIPAL`, since the API has no identifier for others.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditWindow, Connection, ConnectionHistory, Overlap, ResourceType, conflicting_client_id,
/// };
/// use iot_topics::Timestamp;
///
/// let at = Timestamp::from_secs;
/// let window = AuditWindow::new(at(0), at(1_000));
/// let mut history = ConnectionHistory::new(Overlap::ConflictingClientId, window);
/// let certificate = format!("arn:aws:iot:us-east-1:123456789012:cert/{}", "6d".repeat(32));
/// history.connect(Connection::new("lamp", &*certificate, "1"), at(10));
/// history.connect(Connection::new("lamp", "us-east-1:4711", "2"), at(20));
///
/// let findings = history.findings();
/// let finding = conflicting_client_id("lamp".into(), &findings[&"lamp"], |user| user.to_string());
/// let [identity, certificate] = &finding.related[..] else { unreachable!() };
/// assert_eq!(identity.additional_info["PRINCIPAL"], "us-east-1:4711");
/// assert_eq!(certificate.resource_type, ResourceType::DeviceCertificate);
/// ```
pub fn conflicting_client_id<T: Ord>(
    client_id: String,
    evidence: &Evidence<T>,
    name: impl Fn(&T) -> String,
) -> Finding {
    let related = evidence.sessions().map(|session| {
        let related = principal(&client_id, name(&session.user));
        with_times(related, session)
    });
    let related = related.collect();
    let mut finding = Finding::new(
        Check::ConflictingClientIds,
        ResourceIdentifier::ClientId(client_id),
        ReasonCode::DuplicateClientIdAcrossConnections,
    );
    finding.related = related;
    finding
}

fn principal(client_id: &str, principal: String) -> RelatedResource {
    let certificate = match principal.split_once(":cert/") {
        Some((_, id)) => id,
        None => &principal,
    };
    if let Ok(id) = certificate.parse() {
        let certificate = ResourceIdentifier::DeviceCertificateId(id);
        return RelatedResource::new(ResourceType::DeviceCertificate, certificate);
    }
    let client = ResourceIdentifier::ClientId(client_id.into());
    let mut related = RelatedResource::new(ResourceType::ClientId, client);
    let info = &mut related.additional_info;
    info.insert("PRINCIPAL".into(), principal);
    related
}

fn with_times<T>(mut related: RelatedResource, session: &Session<T>) -> RelatedResource {
    let times = [
        ("CONNECTION_TIME", session.connected),
        ("DISCONNECTION_TIME", session.disconnected),
    ];
    let known = |(key, at): (&str, Option<Timestamp>)| {
        Some((String::from(key), at?.as_millis().to_string()))
    };
    let known = times.into_iter().filter_map(known);
    related.additional_info.extend(known);
    related
}
