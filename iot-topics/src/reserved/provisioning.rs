//! The topics of fleet provisioning.

use alloc::vec;
use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use super::typed::{Typed, typed_topic};
use super::words::{Exchange, PayloadFormat};
use crate::ident::TemplateName;

/// A topic of fleet provisioning: `$aws/certificates/..` and `$aws/provisioning-templates/..`
/// (developer guide, Device provisioning MQTT API).
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{Exchange, PayloadFormat, ProvisioningCall, ProvisioningTopic};
///
/// let register = ProvisioningTopic {
///     call: ProvisioningCall::RegisterThing("fleet".parse()?),
///     format: PayloadFormat::Cbor,
///     exchange: Exchange::Rejected,
/// };
/// assert_eq!(
///     register.to_topic_name().as_str(),
///     "$aws/provisioning-templates/fleet/provision/cbor/rejected",
/// );
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the open levels of a published topic"
)]
pub struct ProvisioningTopic {
    /// The call.
    pub call: ProvisioningCall,
    /// How the request and its answers are encoded.
    pub format: PayloadFormat,
    /// Request or answer.
    pub exchange: Exchange,
}

/// The calls of fleet provisioning.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::{ProvisioningCall, ReservedTopic};
///
/// let name = TopicNameRef::parse("$aws/certificates/create-from-csr/json/accepted")?;
/// let topic = ReservedTopic::parse(name);
/// let Some(ReservedTopic::Provisioning(topic)) = topic else { panic!("no provisioning") };
/// assert_eq!(topic.call, ProvisioningCall::CreateCertificateFromCsr);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a provisioning service must face every call"
)]
pub enum ProvisioningCall {
    /// `certificates/create`: CreateKeysAndCertificate.
    CreateKeysAndCertificate,
    /// `certificates/create-from-csr`: CreateCertificateFromCsr.
    CreateCertificateFromCsr,
    /// `provisioning-templates/<template>/provision`: RegisterThing.
    RegisterThing(TemplateName),
}

impl Typed for ProvisioningTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        let call = match row {
            Row::Create | Row::CreateReply => ProvisioningCall::CreateKeysAndCertificate,
            Row::CreateFromCsr | Row::CreateFromCsrReply => {
                ProvisioningCall::CreateCertificateFromCsr
            }
            Row::Provision | Row::ProvisionReply => {
                ProvisioningCall::RegisterThing(captures.take()?)
            }
            _ => return None,
        };
        Some(Self {
            call,
            format: captures.take()?,
            exchange: captures.take_exchange()?,
        })
    }

    fn row(&self) -> Row {
        use ProvisioningCall::{CreateCertificateFromCsr, CreateKeysAndCertificate, RegisterThing};
        match (&self.call, self.exchange) {
            (CreateKeysAndCertificate, Exchange::Request) => Row::Create,
            (CreateKeysAndCertificate, _) => Row::CreateReply,
            (CreateCertificateFromCsr, Exchange::Request) => Row::CreateFromCsr,
            (CreateCertificateFromCsr, _) => Row::CreateFromCsrReply,
            (RegisterThing(_), Exchange::Request) => Row::Provision,
            (RegisterThing(_), _) => Row::ProvisionReply,
        }
    }

    fn texts(&self) -> Vec<&str> {
        let mut texts = vec![];
        if let ProvisioningCall::RegisterThing(template) = &self.call {
            texts.push(template.as_str());
        }
        texts.push(self.format.as_str());
        texts.extend(self.exchange.reply_level());
        texts
    }
}

typed_topic!(ProvisioningTopic, Provisioning);
