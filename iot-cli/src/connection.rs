//! The connection or call that asks: what the arguments or a test case tell of it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use iot_policy::{ArnScope, Attachment, Certificate, Context, ContextValues, Thing, VpcPeer};

/// Everything that is known, owned; a `Context` borrows it.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    pub(crate) client_id: Option<String>,
    pub(crate) thing: Option<ThingFacts>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) source_ip: Option<IpAddr>,
    pub(crate) domain_name: Option<String>,
    pub(crate) vpc: VpcFacts,
    /// Values that are given outright; they go before all others.
    pub(crate) values: ContextValues,
}

/// A thing of the registry.
#[derive(Debug)]
pub(crate) struct ThingFacts {
    pub(crate) name: String,
    pub(crate) type_name: Option<String>,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) attachment: Attachment,
}

/// The way through a VPC endpoint; all empty for another way.
#[derive(Debug, Default)]
pub(crate) struct VpcFacts {
    pub(crate) source_ip: Option<IpAddr>,
    pub(crate) vpc: Option<String>,
    pub(crate) endpoint: Option<String>,
}

impl ThingFacts {
    fn thing(&self) -> Thing<'_> {
        let thing = Thing::attached(&self.name)
            .with_attributes(&self.attributes)
            .with_attachment(self.attachment);
        match &self.type_name {
            Some(name) => thing.with_type(name),
            None => thing,
        }
    }
}

impl VpcFacts {
    fn peer(&self) -> Option<VpcPeer<'_>> {
        let peer = VpcPeer::new(
            self.source_ip,
            self.vpc.as_deref(),
            self.endpoint.as_deref(),
        );
        (peer != VpcPeer::default()).then_some(peer)
    }
}

impl Connection {
    pub(crate) fn context<'a>(&'a self, scope: &'a ArnScope) -> Context<'a> {
        let mut context = Context::new(scope);
        // A context without values answers faster and says the same.
        if !self.values.is_empty() {
            context = context.with_values(&self.values);
        }
        if let Some(client_id) = &self.client_id {
            context = context.with_client_id(client_id);
        }
        if let Some(thing) = &self.thing {
            context = context.with_thing(thing.thing());
        }
        if let Some(certificate) = &self.certificate {
            context = context.with_certificate(certificate);
        }
        if let Some(address) = self.source_ip {
            context = context.with_source_ip(address);
        }
        if let Some(peer) = self.vpc.peer() {
            context = context.with_vpc_peer(peer);
        }
        if let Some(name) = &self.domain_name {
            context = context.with_domain_name(name);
        }
        context
    }
}
