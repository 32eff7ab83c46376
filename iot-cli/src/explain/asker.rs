//! Who asks, and which policies are asked: the arguments that all operations share.

use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use iot_policy::{ArnScope, Attachment, Certificate, ContextValues, PolicyDocument};
use iot_topics::ClientId;
use serde::Deserialize;

use crate::connection::{Connection, ThingFacts, VpcFacts};
use crate::files::{self, Documents};
use crate::output::{self, Failure, Format};

#[derive(Debug, Args)]
pub(super) struct Asker {
    /// Policy files, by path or by glob; at least one
    #[arg(long = "policy", short, global = true, num_args = 1.., value_name = "FILE")]
    policies: Vec<String>,
    /// The MQTT client id of the connection
    #[arg(long, global = true, value_name = "ID")]
    client_id: Option<ClientId>,
    /// The thing, in the JSON of DescribeThing
    #[arg(long, global = true, value_name = "FILE")]
    thing: Option<PathBuf>,
    /// How the thing is attached to the certificate or identity [default: attached]
    #[arg(long, global = true, value_name = "HOW", value_enum)]
    attachment: Option<HowAttached>,
    /// The client certificate, as PEM
    #[arg(long, global = true, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// The address of the peer
    #[arg(long, global = true, value_name = "ADDRESS")]
    source_ip: Option<IpAddr>,
    /// The VPC of the peer, for a connection through a VPC endpoint
    #[arg(long, global = true, value_name = "ID")]
    source_vpc: Option<String>,
    /// The VPC endpoint
    #[arg(long, global = true, value_name = "ID")]
    source_vpce: Option<String>,
    /// The address of the peer in its VPC
    #[arg(long, global = true, value_name = "ADDRESS")]
    vpc_source_ip: Option<IpAddr>,
    /// The host name of the endpoint that the client connects to
    #[arg(long, global = true, value_name = "HOST")]
    domain_name: Option<String>,
    /// The ARN that partition, Region and account are taken from; without it, the first ARN of the
    /// policies that names them
    #[arg(long, global = true, value_name = "ARN")]
    scope: Option<String>,
    /// How to print the answer
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
    /// Tell what every statement says
    #[arg(long, short, global = true)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum HowAttached {
    /// Attached
    #[default]
    Attached,
    /// Attached, to this one alone
    Exclusive,
    /// Not attached
    None,
}

/// The answer of DescribeThing, as far as policies look at it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribedThing {
    thing_name: String,
    thing_type_name: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

impl Asker {
    pub(super) const fn format(&self) -> Format {
        self.format
    }

    pub(super) const fn verbose(&self) -> bool {
        self.verbose
    }

    pub(super) fn documents(&self) -> Result<Vec<(String, PolicyDocument)>, Failure> {
        if self.policies.is_empty() {
            return Err("no policy is given: name a file with `--policy`"
                .to_owned()
                .into());
        }
        let mut documents = Documents::default();
        let paths = files::expand(&self.policies)?;
        paths.iter().map(|path| documents.get(path)).collect()
    }

    /// The scope that was given, or that of the first ARN in the policies that has one.
    pub(super) fn scope(
        &self,
        documents: &[(String, PolicyDocument)],
    ) -> Result<ArnScope, Failure> {
        if let Some(arn) = &self.scope {
            let scope = ArnScope::of_arn(arn);
            return scope.ok_or_else(|| format!("--scope: `{arn}` is no ARN of AWS IoT").into());
        }
        let statements = documents
            .iter()
            .flat_map(|(_, document)| document.statements());
        let resources = statements.flat_map(|statement| statement.resources().iter());
        let mut literal = resources.filter(|text| {
            let mut head = text.splitn(6, ':').take(5);
            head.all(|part| !part.contains(['*', '?', '$']))
        });
        let scope = literal.find_map(ArnScope::of_arn);
        Ok(scope.unwrap_or_else(|| ArnScope::new("aws", "us-east-1", "123456789012")))
    }

    pub(super) fn connection(&self) -> Result<Connection, Failure> {
        let certificate = self.certificate.as_deref().map(read_certificate);
        Ok(Connection {
            client_id: self.client_id.as_ref().map(|id| id.as_str().to_owned()),
            thing: self.thing()?,
            certificate: certificate.transpose()?,
            source_ip: self.source_ip,
            domain_name: self.domain_name.clone(),
            vpc: VpcFacts {
                source_ip: self.vpc_source_ip,
                vpc: self.source_vpc.clone(),
                endpoint: self.source_vpce.clone(),
            },
            values: ContextValues::new(),
        })
    }

    fn thing(&self) -> Result<Option<ThingFacts>, Failure> {
        let Some(path) = &self.thing else {
            return match self.attachment {
                Some(_) => Err("--attachment says how the thing of `--thing` is attached"
                    .to_owned()
                    .into()),
                None => Ok(None),
            };
        };
        let text = files::read(path)?;
        let thing: DescribedThing =
            serde_json::from_str(&text).map_err(|error| output::json_error(path, &text, &error))?;
        Ok(Some(ThingFacts {
            name: thing.thing_name,
            type_name: thing.thing_type_name,
            attributes: thing.attributes,
            attachment: match self.attachment.unwrap_or_default() {
                HowAttached::Attached => Attachment::Attached,
                HowAttached::Exclusive => Attachment::Exclusive,
                HowAttached::None => Attachment::NotAttached,
            },
        }))
    }
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
