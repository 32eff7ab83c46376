//! Asks the crate what the oracle is asked: the one place of these tests that knows its API.
#![expect(
    clippy::unwrap_used,
    reason = "a context that the crate cannot hold ends the test that asks for it"
)]

use iot_policy::{
    Action, ArnScope, Attachment, Certificate, ConnectAttributes, Context, ContextValues, Decision,
    NameField, PolicyDocument, PolicyError, PolicySet, Request, Resource, ResourceKind, Thing,
    Variable, VpcPeer,
};
use iot_topics::{CertificateId, TopicNameRef};
use serde_json::Value;

use crate::oracle::{OracleContext, OracleThing};

/// The answer of `decide`, which is the answer of `evaluate` too.
pub(crate) fn decide(
    policies: &[Value],
    context: &OracleContext,
    action: &str,
    resource: &str,
) -> Result<&'static str, PolicyError> {
    let documents = policies
        .iter()
        .map(|policy| PolicyDocument::from_json(&policy.to_string()))
        .collect::<Result<Vec<_>, _>>()?;
    let names = (1..).map(|number| format!("policy-{number}"));
    let set = PolicySet::compile(names.zip(documents));

    let scope = ArnScope::of_arn(resource)
        .unwrap_or_else(|| ArnScope::new("aws", "us-east-1", "123456789012"));
    let values = outright(context, &scope);
    let certificate = certificate(context);
    let mut known = Context::new(&scope).with_values(&values);
    if let Some(id) = &context.client_id {
        known = known.with_client_id(id);
    }
    if let Some(name) = &context.domain_name {
        known = known.with_domain_name(name);
    }
    if let Some(address) = &context.source_ip {
        known = known.with_source_ip(address.parse().unwrap());
    }
    if context.is_over_vpc() {
        known = known.with_vpc_peer(VpcPeer::new(
            context.vpc_source_ip.as_ref().map(|it| it.parse().unwrap()),
            context.source_vpc.as_deref(),
            context.source_vpce.as_deref(),
        ));
    }
    if let Some((persistent, last_will)) = plain_attributes(context) {
        known = known.with_connect_attributes(ConnectAttributes::new(persistent, last_will));
    }
    if let Some(topic) = plain_will(context, &scope) {
        known = known.with_last_will_topic(topic);
    }
    if let Some(thing) = &context.thing {
        known = known.with_thing(registered(thing));
    }
    if let Some(certificate) = &certificate {
        known = known.with_certificate(certificate);
    }

    let request = Request::new(Action::parse(action), Resource::from_arn(resource), &known);
    let decision = set.decide(&request);
    assert_eq!(
        decision,
        set.evaluate(&request).decision(),
        "decide, evaluate"
    );
    Ok(match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicitDeny",
        Decision::ImplicitDeny => "implicitDeny",
    })
}

/// What no setter of a context takes.
fn outright(context: &OracleContext, scope: &ArnScope) -> ContextValues {
    let mut values = ContextValues::new();
    if plain_attributes(context).is_none() {
        let name = Variable::parse("iot:ConnectAttributes");
        values.insert(name, context.connect_attributes.clone());
    }
    if let (Some(arn), None) = (&context.last_will_topic, plain_will(context, scope)) {
        values.insert(Variable::parse("iot:LastWillTopic"), vec![arn.clone()]);
    }
    let id = context.cert.as_ref().and_then(|it| it.id.as_ref());
    if let Some(id) = id.filter(|it| CertificateId::parse(it).is_err()) {
        values.insert(Variable::parse("iot:CertificateId"), vec![id.clone()]);
    }
    for (name, given) in &context.keys {
        values.insert(Variable::parse(name), given.to_vec());
    }
    values
}

fn plain_attributes(context: &OracleContext) -> Option<(bool, bool)> {
    let has = |name: &str| context.connect_attributes.iter().any(|it| it == name);
    let (persistent, last_will) = (has("PersistentConnect"), has("LastWill"));
    let count = usize::from(persistent) + usize::from(last_will);
    (count == context.connect_attributes.len()).then_some((persistent, last_will))
}

fn plain_will<'a>(context: &'a OracleContext, scope: &ArnScope) -> Option<TopicNameRef<'a>> {
    let arn = context.last_will_topic.as_deref()?;
    let name = arn.strip_prefix(&scope.arn(ResourceKind::Topic, ""))?;
    TopicNameRef::parse(name).ok()
}

fn registered(thing: &OracleThing) -> Thing<'_> {
    let attachment = match (thing.attached, thing.exclusive) {
        (false, _) => Attachment::NotAttached,
        (true, false) => Attachment::Attached,
        (true, true) => Attachment::Exclusive,
    };
    let registered = Thing::attached(&thing.name)
        .with_attributes(&thing.attributes)
        .with_attachment(attachment);
    match &thing.type_name {
        Some(name) => registered.with_type(name),
        None => registered,
    }
}

fn certificate(context: &OracleContext) -> Option<Certificate> {
    let given = context.cert.as_ref()?;
    let mut builder = Certificate::builder();
    if let Some(id) = given
        .id
        .as_deref()
        .and_then(|it| CertificateId::parse(it).ok())
    {
        builder = builder.id(id);
    }
    if let Some(number) = &given.serial_number {
        builder = builder.serial_number(number);
    }
    for (field, values) in &given.subject {
        let field = NameField::parse(field).unwrap();
        builder = values
            .iter()
            .fold(builder, |it, value| it.subject(field, value));
    }
    for (field, values) in &given.issuer {
        let field = NameField::parse(field).unwrap();
        builder = values
            .iter()
            .fold(builder, |it, value| it.issuer(field, value));
    }
    Some(builder.build())
}
