//! `iot policy explain`.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use iot_policy::{
    Action, ArnScope, Certificate, ConnectAttributes, Decision, PolicyDocument, PolicySet, Request,
    Resource, Response,
};
use iot_topics::{ClientId, TopicFilterRef, TopicNameRef};
use serde_json::json;

use crate::connection::{Connection, ThingFacts};
use crate::output::{Format, policy_error};
use crate::{Failure, Outcome, files};

/// An operation against policy files.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// What the client does
    operation: Operation,
    /// The topic, the topic filter, or the client id
    subject: String,
    /// Policy files, by path or by glob
    #[arg(long = "policy", short, required = true, num_args = 1.., value_name = "FILE")]
    policies: Vec<String>,
    /// The MQTT client id; leave it out for a call over HTTP
    #[arg(long)]
    client_id: Option<String>,
    /// The thing, as JSON of DescribeThing
    #[arg(long, value_name = "FILE")]
    thing: Option<PathBuf>,
    /// The client certificate, as PEM
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// The address of the peer
    #[arg(long, value_name = "ADDRESS")]
    source_ip: Option<IpAddr>,
    /// The endpoint that the client connects to
    #[arg(long, value_name = "HOST")]
    domain_name: Option<String>,
    /// The ARN that the partition, Region and account are taken from; without it, the first ARN in
    /// the policies
    #[arg(long, value_name = "ARN")]
    scope: Option<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Tell what every statement says
    #[arg(long, short)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Operation {
    Connect,
    Publish,
    Subscribe,
    Receive,
}

impl Explain {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        let documents = read_policies(&self.policies)?;
        let scope = self.scope(&documents)?;
        let connection = self.connection()?;
        let policies = PolicySet::compile(documents);
        let context = connection.context(&scope);
        let request = match self.operation {
            Operation::Connect => Request::connect(&self.subject, &context),
            Operation::Publish => Request::publish(self.topic()?, &context),
            Operation::Receive => Request::receive(self.topic()?, &context),
            Operation::Subscribe => {
                let filter = TopicFilterRef::parse(&self.subject);
                let filter = filter.map_err(|error| format!("{}: {error}", self.subject))?;
                Request::subscribe(filter, &context)
            }
        };
        let response = policies.evaluate(&request);
        self.print(&response);
        Ok(match response.decision() {
            Decision::Allowed => Outcome::Good,
            Decision::ExplicitDeny | Decision::ImplicitDeny => Outcome::Bad,
        })
    }

    fn topic(&self) -> Result<TopicNameRef<'_>, Failure> {
        TopicNameRef::parse(&self.subject)
            .map_err(|error| format!("{}: {error}", self.subject).into())
    }

    fn connection(&self) -> Result<Connection, Failure> {
        let client_id = match self.operation {
            Operation::Connect => Some(self.subject.clone()),
            _ => self.client_id.clone(),
        };
        if let Some(client_id) = &client_id {
            ClientId::check(client_id).map_err(|error| format!("client id: {error}"))?;
        }
        let connect =
            (self.operation == Operation::Connect).then(|| ConnectAttributes::new(false, false));
        Ok(Connection {
            client_id,
            thing: self.thing.as_deref().map(read_thing).transpose()?,
            certificate: self
                .certificate
                .as_deref()
                .map(read_certificate)
                .transpose()?,
            source_ip: self.source_ip,
            domain_name: self.domain_name.clone(),
            connect,
            ..Connection::default()
        })
    }

    /// The scope that was given, or that of the first ARN in the policies.
    fn scope(&self, documents: &[(String, PolicyDocument)]) -> Result<ArnScope, Failure> {
        if let Some(arn) = &self.scope {
            let scope = ArnScope::of_arn(arn);
            return scope.ok_or_else(|| format!("{arn}: not an ARN of AWS IoT").into());
        }
        let statements = documents
            .iter()
            .flat_map(|(_, document)| document.statements());
        let resources = statements.flat_map(|statement| statement.resources().iter());
        let literal = resources.filter(|text| {
            text.splitn(6, ':')
                .take(5)
                .all(|part| !part.contains(['*', '?', '$']))
        });
        let scope = literal.filter_map(ArnScope::of_arn).next();
        Ok(scope.unwrap_or_else(|| ArnScope::new("aws", "us-east-1", "123456789012")))
    }

    fn print(&self, response: &Response<'_>) {
        match (self.format, self.verbose) {
            (Format::Human, false) => anstream::println!("{}", response.explain()),
            (Format::Human, true) => anstream::println!("{:#}", response.explain()),
            (Format::Json, _) => anstream::println!("{:#}", as_json(response)),
        }
    }
}

fn as_json(response: &Response<'_>) -> serde_json::Value {
    let statements = response.statements().iter().map(|trace| {
        json!({
            "policy": trace.policy(),
            "pointer": trace.pointer(),
            "effect": trace.effect().as_str(),
            "action": trace.action_matches(),
            "resource": trace.resource_matches(),
            "resources": trace.resources().iter().map(|pattern| json!({
                "pattern": pattern.pattern(),
                "resolved": pattern.resolved(),
                "matches": pattern.matches(),
            })).collect::<Vec<_>>(),
            "conditions": trace.conditions().iter().map(|condition| json!({
                "holds": condition.holds(),
                "reason": condition.to_string(),
            })).collect::<Vec<_>>(),
        })
    });
    let resource = Resource::from_arn(response.resource());
    json!({
        "decision": response.decision().as_str(),
        "action": Action::parse(response.action()).as_str(),
        "resource": resource.to_string(),
        "reason": response.explain().to_string(),
        "missingContextValues": response.missing_context().map(|(variable, why)| json!({
            "name": variable.to_string(),
            "reason": why.to_string(),
        })).collect::<Vec<_>>(),
        "statements": statements.collect::<Vec<_>>(),
    })
}

/// Reads policy files; a policy is named by its file without the extension.
pub(crate) fn read_policies(
    arguments: &[String],
) -> Result<Vec<(String, PolicyDocument)>, Failure> {
    let read = |path: PathBuf| {
        let text = files::read(&path)?;
        let document =
            PolicyDocument::from_json(&text).map_err(|error| policy_error(&path, &text, &error))?;
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok((name, document))
    };
    files::expand(arguments)?.into_iter().map(read).collect()
}

fn read_thing(path: &Path) -> Result<ThingFacts, Failure> {
    let text = files::read(path)?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn read_certificate(path: &Path) -> Result<Certificate, Failure> {
    let name = path.display();
    let pem = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    let (label, der) = pem_rfc7468::decode_vec(&pem).map_err(|error| format!("{name}: {error}"))?;
    if label != "CERTIFICATE" {
        return Err(format!("{name}: a PEM of `{label}`, not of `CERTIFICATE`").into());
    }
    Certificate::from_der(&der).map_err(|error| format!("{name}: {error}").into())
}
