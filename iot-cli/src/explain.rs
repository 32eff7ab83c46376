//! `iot policy explain`.

mod answer;
mod asker;
mod http;

use clap::{Args, Subcommand, ValueEnum};
use iot_policy::{
    Authorize, ConnectRequest, Operation, PolicySet, ProtocolVersion, PublishRequest, Qos,
    SubscribeRequest, Will,
};
use iot_topics::{ClientId, TopicFilterRef};

use self::answer::Answer;
use self::asker::Asker;
use self::http::Call;
use crate::Outcome;
use crate::output::Failure;
use crate::topic;

#[derive(Debug, Args)]
#[command(after_help = "EXIT CODES:
  0 everything is allowed, 1 something is not, 2 input that cannot be read

EXAMPLES:
  iot policy explain publish device/ratchet/data --client-id ratchet -p minimal.json
  iot policy explain subscribe app/data 'app/#' --client-id ratchet -p minimal.json
  iot policy explain connect ratchet --will device/ratchet/gone -p 'policies/*.json'
  iot policy explain receive app/data --client-id ratchet -p minimal.json --verbose
  iot policy explain http get-thing-shadow ratchet/config -p shadow.json --format json")]
pub(crate) struct Explain {
    #[command(subcommand)]
    asked: Asked,
    #[command(flatten)]
    asker: Asker,
}

/// What the client does.
#[derive(Debug, Subcommand)]
enum Asked {
    /// The client sends CONNECT
    Connect {
        /// The client id
        client_id: ClientId,
        /// The topic of the will
        #[arg(long, value_name = "TOPIC")]
        will: Option<String>,
        /// The will has RETAIN
        #[arg(long, requires = "will")]
        will_retain: bool,
        /// The session outlives the connection: no clean session, or a session expiry above 0
        #[arg(long)]
        persistent: bool,
        /// The version of MQTT
        #[arg(long, value_enum, default_value_t, value_name = "VERSION")]
        mqtt: Version,
    },
    /// The client sends PUBLISH
    Publish {
        /// The topic name
        topic: String,
        /// The message has RETAIN
        #[arg(long)]
        retain: bool,
        /// The quality of service
        #[arg(long, value_parser = clap::value_parser!(u8).range(0..=1), default_value_t = 0)]
        qos: u8,
        /// The version of MQTT
        #[arg(long, value_enum, default_value_t, value_name = "VERSION")]
        mqtt: Version,
    },
    /// The client sends SUBSCRIBE
    Subscribe {
        /// The topic filters
        #[arg(required = true)]
        filters: Vec<String>,
        /// The version of MQTT
        #[arg(long, value_enum, default_value_t, value_name = "VERSION")]
        mqtt: Version,
    },
    /// A message is to be delivered to the client
    #[command(visible_alias = "deliver")]
    Receive {
        /// The topic name
        topic: String,
    },
    /// A call over HTTP; it has no client id and no thing
    #[command(subcommand)]
    Http(Call),
}

/// A version of MQTT.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Version {
    /// MQTT 3.1.1
    #[value(name = "3.1.1")]
    Mqtt311,
    /// MQTT 5
    #[default]
    #[value(name = "5")]
    Mqtt5,
}

impl From<Version> for ProtocolVersion {
    fn from(version: Version) -> Self {
        match version {
            Version::Mqtt311 => Self::Mqtt311,
            Version::Mqtt5 => Self::Mqtt5,
        }
    }
}

impl Explain {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        let documents = self.asker.documents()?;
        let scope = self.asker.scope(&documents)?;
        let connection = self.asker.connection()?;
        let policies = PolicySet::compile(documents);
        let context = connection.context(&scope);
        if let (Asked::Connect { .. } | Asked::Http(_), Some(_)) =
            (&self.asked, &connection.client_id)
        {
            let name = self.asked.name();
            return Err(format!("`{name}` goes without --client-id: see its help").into());
        }
        let mut answers = Vec::new();
        for (subject, operation) in self.asked.operations()? {
            let checks = operation.checks(&context);
            answers.push(Answer {
                operation: self.asked.name(),
                subject,
                outcome: policies.authorize(&operation, &context),
                checks: checks
                    .map(|check| policies.evaluate(&check.request()))
                    .collect(),
            });
        }
        answer::print(&answers, self.asker.format(), self.asker.verbose())?;
        Ok(answers.iter().all(Answer::is_allowed).into())
    }
}

impl Asked {
    const fn name(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "connect",
            Self::Publish { .. } => "publish",
            Self::Subscribe { .. } => "subscribe",
            Self::Receive { .. } => "receive",
            Self::Http(_) => "http",
        }
    }

    /// The operations, each with its subject: the client id, topic, topic filter or call.
    fn operations(&self) -> Result<Vec<(&str, Operation<'_>)>, Failure> {
        Ok(match self {
            Self::Connect {
                client_id,
                will,
                will_retain,
                persistent,
                mqtt,
            } => {
                let id = client_id.as_str();
                let packet = match mqtt {
                    Version::Mqtt311 => ConnectRequest::mqtt311(id, !persistent),
                    Version::Mqtt5 => ConnectRequest::mqtt5(id, u32::from(*persistent)),
                };
                let will = will.as_deref().map(topic::name).transpose()?;
                let packet = match will {
                    Some(topic) => packet.with_will(Will::new(topic).with_retain(*will_retain)),
                    None => packet,
                };
                vec![(id, packet.into())]
            }
            Self::Publish {
                topic,
                retain,
                qos,
                mqtt,
            } => {
                let qos = match qos {
                    0 => Qos::AtMostOnce,
                    _ => Qos::AtLeastOnce,
                };
                let packet = PublishRequest::new((*mqtt).into(), topic::name(topic)?)
                    .with_qos(qos)
                    .with_retain(*retain);
                vec![(topic, packet.into())]
            }
            Self::Subscribe { filters, mqtt } => {
                let packet = |text| -> Result<_, Failure> {
                    let filter: TopicFilterRef<'_> = topic::filter(text)?;
                    let packet = SubscribeRequest::new((*mqtt).into(), filter);
                    Ok((filter.as_str(), packet.into()))
                };
                filters
                    .iter()
                    .map(|text| packet(text))
                    .collect::<Result<_, _>>()?
            }
            Self::Receive { topic } => {
                vec![(topic, Operation::Deliver(topic::name(topic)?))]
            }
            Self::Http(call) => vec![(call.name(), Operation::Http(call.read()?))],
        })
    }
}
