//! The connection or call that asks: what the arguments or a test case tell of it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use iot_policy::{
    ArnScope, Attachment, Certificate, ConnectAttributes, Context, ContextValues, Thing,
};
use iot_topics::TopicName;
use serde::Deserialize;

/// Everything that is known, owned; a `Context` borrows it.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    pub(crate) client_id: Option<String>,
    pub(crate) thing: Option<ThingFacts>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) source_ip: Option<IpAddr>,
    pub(crate) domain_name: Option<String>,
    pub(crate) connect: Option<ConnectAttributes>,
    pub(crate) will_topic: Option<TopicName>,
    pub(crate) values: ContextValues,
}

/// A thing, in the JSON of DescribeThing or in that of a test case.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ThingFacts {
    #[serde(alias = "thingName")]
    pub(crate) name: String,
    #[serde(default, alias = "thingTypeName")]
    pub(crate) type_name: Option<String>,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, String>,
    #[serde(default = "attached")]
    pub(crate) attached: bool,
    #[serde(default)]
    pub(crate) exclusive: bool,
}

const fn attached() -> bool {
    true
}

impl ThingFacts {
    fn thing(&self) -> Thing<'_> {
        let attachment = match (self.attached, self.exclusive) {
            (false, _) => Attachment::NotAttached,
            (true, true) => Attachment::Exclusive,
            (true, false) => Attachment::Attached,
        };
        let thing = Thing::new(&self.name)
            .with_attributes(&self.attributes)
            .with_attachment(attachment);
        match &self.type_name {
            Some(name) => thing.with_type(name),
            None => thing,
        }
    }
}

impl Connection {
    pub(crate) fn context<'a>(&'a self, scope: &'a ArnScope) -> Context<'a> {
        let mut context = Context::new(scope).with_values(&self.values);
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
        if let Some(name) = &self.domain_name {
            context = context.with_domain_name(name);
        }
        if let Some(attributes) = self.connect {
            context = context.with_connect_attributes(attributes);
        }
        if let Some(topic) = &self.will_topic {
            context = context.with_last_will_topic(topic.as_name_ref());
        }
        context
    }
}
