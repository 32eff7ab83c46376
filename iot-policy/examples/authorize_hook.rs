//! A broker's authorize hook: policies are compiled once and shared, a session lends what it knows
//! to a context for each packet. Run it with `cargo run -p iot-policy --example authorize_hook`.

use iot_policy::{
    ArnScope, Authorize, ConnectRequest, Context, Outcome, PolicyDocument, PolicySet,
    ProtocolVersion, PublishRequest, Thing,
};
use iot_topics::{TopicFilterRef, TopicNameRef};

struct Session {
    client_id: String,
}

impl Session {
    /// In the registry of this broker every client has a thing of its name.
    fn context<'a>(&'a self, scope: &'a ArnScope) -> Context<'a> {
        let context = Context::new(scope).with_client_id(&self.client_id);
        context.with_thing(Thing::attached(&self.client_id))
    }
}

/// What the broker does, as AWS IoT does it; `refusal.reason_code()` is the byte to send.
/// Answers whether the connection stays open.
fn hook(packet: &str, outcome: Outcome<'_>) -> bool {
    let Some(refusal) = outcome.refusal() else {
        println!("{packet}: allowed");
        return true;
    };
    println!("{packet}: {refusal}");
    !refusal.closes_connection()
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let document = PolicyDocument::from_json(include_str!("authorize_hook.json"))?;
    let policies = PolicySet::compile([("Ratchet", document)]);
    let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    let (client_id, version) = ("ratchet".to_owned(), ProtocolVersion::Mqtt5);
    let session = Session { client_id };

    let (context, packet) = (session.context(&scope), ConnectRequest::mqtt5("ratchet", 0));
    let mut open = hook("CONNECT", policies.connect(&packet, &context));
    let filters = ["app/data", "cmd/#"]
        .into_iter()
        .flat_map(TopicFilterRef::parse);
    for (filter, outcome) in policies.subscribe(version, filters, &context) {
        open &= hook(&format!("SUBSCRIBE {filter}"), outcome);
    }
    for topic in ["app/data", "app/news"] {
        let outcome = policies.deliver(TopicNameRef::parse(topic)?, &context);
        open &= hook(&format!("delivery of {topic}"), outcome);
    }
    for topic in ["device/ratchet/data", "device/clank/data"] {
        let packet = PublishRequest::new(version, TopicNameRef::parse(topic)?);
        let outcome = policies.publish(&packet, &context);
        open &= hook(&format!("PUBLISH {topic}"), outcome);
    }
    println!("still connected: {open}");
    Ok(())
}
