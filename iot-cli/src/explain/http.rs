//! The calls of the HTTP data plane, as arguments.

use clap::Subcommand;
use iot_policy::{HttpCall, ShadowPath};
use iot_topics::{ClientId, JobId, ThingName};

use crate::output::Failure;
use crate::topic;

/// A call of the HTTP data plane.
#[derive(Debug, Subcommand)]
pub(super) enum Call {
    /// Publish a message
    Publish {
        /// The topic name
        topic: String,
        /// The message is retained
        #[arg(long)]
        retain: bool,
    },
    /// Read a shadow
    GetThingShadow {
        #[arg(value_name = "THING[/SHADOW]", value_parser = shadow_path)]
        shadow: ShadowPath,
    },
    /// Change a shadow
    UpdateThingShadow {
        #[arg(value_name = "THING[/SHADOW]", value_parser = shadow_path)]
        shadow: ShadowPath,
    },
    /// Delete a shadow
    DeleteThingShadow {
        #[arg(value_name = "THING[/SHADOW]", value_parser = shadow_path)]
        shadow: ShadowPath,
    },
    /// List the named shadows of a thing
    ListNamedShadowsForThing { thing: ThingName },
    /// Read a retained message
    GetRetainedMessage {
        /// The topic name
        topic: String,
    },
    /// List the retained messages
    ListRetainedMessages,
    /// Read a job execution
    DescribeJobExecution { thing: ThingName, job: JobId },
    /// List the job executions of a thing that are not done
    GetPendingJobExecutions { thing: ThingName },
    /// Start the next job execution of a thing
    StartNextPendingJobExecution { thing: ThingName },
    /// Change the status of a job execution
    UpdateJobExecution { thing: ThingName, job: JobId },
    /// Disconnect a client
    DeleteConnection { client_id: ClientId },
    /// Read about the connection of a client
    GetConnection {
        client_id: ClientId,
        /// With its addresses and ports
        #[arg(long)]
        include_socket_information: bool,
    },
    /// List the subscriptions of a client
    ListSubscriptions { client_id: ClientId },
    /// Send one client a message
    SendDirectMessage {
        client_id: ClientId,
        /// The topic name
        topic: String,
    },
}

impl Call {
    /// The name of the call in the API.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Publish { .. } => "Publish",
            Self::GetThingShadow { .. } => "GetThingShadow",
            Self::UpdateThingShadow { .. } => "UpdateThingShadow",
            Self::DeleteThingShadow { .. } => "DeleteThingShadow",
            Self::ListNamedShadowsForThing { .. } => "ListNamedShadowsForThing",
            Self::GetRetainedMessage { .. } => "GetRetainedMessage",
            Self::ListRetainedMessages => "ListRetainedMessages",
            Self::DescribeJobExecution { .. } => "DescribeJobExecution",
            Self::GetPendingJobExecutions { .. } => "GetPendingJobExecutions",
            Self::StartNextPendingJobExecution { .. } => "StartNextPendingJobExecution",
            Self::UpdateJobExecution { .. } => "UpdateJobExecution",
            Self::DeleteConnection { .. } => "DeleteConnection",
            Self::GetConnection { .. } => "GetConnection",
            Self::ListSubscriptions { .. } => "ListSubscriptions",
            Self::SendDirectMessage { .. } => "SendDirectMessage",
        }
    }

    pub(super) fn read(&self) -> Result<HttpCall<'_>, Failure> {
        Ok(match self {
            Self::Publish { topic, retain } => HttpCall::Publish {
                topic: topic::name(topic)?,
                retain: *retain,
            },
            Self::GetThingShadow { shadow } => HttpCall::GetThingShadow(shadow),
            Self::UpdateThingShadow { shadow } => HttpCall::UpdateThingShadow(shadow),
            Self::DeleteThingShadow { shadow } => HttpCall::DeleteThingShadow(shadow),
            Self::ListNamedShadowsForThing { thing } => HttpCall::ListNamedShadowsForThing(thing),
            Self::GetRetainedMessage { topic } => HttpCall::GetRetainedMessage(topic::name(topic)?),
            Self::ListRetainedMessages => HttpCall::ListRetainedMessages,
            Self::DescribeJobExecution { thing, job } => HttpCall::DescribeJobExecution {
                thing,
                job: job.as_str(),
            },
            Self::GetPendingJobExecutions { thing } => HttpCall::GetPendingJobExecutions(thing),
            Self::StartNextPendingJobExecution { thing } => {
                HttpCall::StartNextPendingJobExecution(thing)
            }
            Self::UpdateJobExecution { thing, job } => HttpCall::UpdateJobExecution {
                thing,
                job: job.as_str(),
            },
            Self::DeleteConnection { client_id } => HttpCall::DeleteConnection {
                client_id: client_id.as_str(),
            },
            Self::GetConnection {
                client_id,
                include_socket_information,
            } => HttpCall::GetConnection {
                client_id: client_id.as_str(),
                include_socket_information: *include_socket_information,
            },
            Self::ListSubscriptions { client_id } => HttpCall::ListSubscriptions {
                client_id: client_id.as_str(),
            },
            Self::SendDirectMessage { client_id, topic } => HttpCall::SendDirectMessage {
                client_id: client_id.as_str(),
                topic: topic::name(topic)?,
            },
        })
    }
}

/// The resource of a shadow, as its ARN has it: `THING`, or `THING/SHADOW`.
fn shadow_path(text: &str) -> Result<ShadowPath, String> {
    let wrong = |what, error: iot_topics::IdentError| format!("{what}: {error}");
    let (thing, shadow) = match text.split_once('/') {
        Some((thing, shadow)) => (thing, Some(shadow)),
        None => (text, None),
    };
    let thing = ThingName::parse(thing).map_err(|error| wrong("thing", error))?;
    Ok(match shadow {
        None => ShadowPath::classic(&thing),
        Some(shadow) => {
            let shadow = shadow.parse().map_err(|error| wrong("shadow", error))?;
            ShadowPath::named(&thing, &shadow)
        }
    })
}
