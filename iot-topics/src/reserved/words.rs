//! The words that stand as levels of reserved topics.

use crate::words::words;

/// The last level of the topics of an answer.
pub(crate) const REPLIES: &[&str] = &[ACCEPTED, REJECTED];
const ACCEPTED: &str = "accepted";
const REJECTED: &str = "rejected";

/// A request, or one of the two answers to it.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{Exchange, ShadowMessage, ShadowTopic};
///
/// let request = ShadowTopic::get("lamp".parse()?);
/// let answer = ShadowTopic { message: ShadowMessage::Get(Exchange::Accepted), ..request };
/// assert_eq!(answer.to_string(), "$aws/things/lamp/shadow/get/accepted");
///
/// let levels = Exchange::ALL.map(Exchange::reply_level);
/// assert_eq!(levels, [None, Some("accepted"), Some("rejected")]);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "every call of AWS IoT over MQTT has these three"
)]
pub enum Exchange {
    /// What the client publishes.
    Request,
    /// The answer when it succeeded.
    Accepted,
    /// The answer when it did not.
    Rejected,
}

impl Exchange {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Request, Self::Accepted, Self::Rejected];

    /// The last level of the topic of an answer, `None` for the request.
    #[must_use]
    pub const fn reply_level(self) -> Option<&'static str> {
        match self {
            Self::Request => None,
            Self::Accepted => Some(ACCEPTED),
            Self::Rejected => Some(REJECTED),
        }
    }

    /// The answer that a last level stands for.
    pub(crate) fn from_reply_level(level: &str) -> Option<Self> {
        match level {
            ACCEPTED => Some(Self::Accepted),
            REJECTED => Some(Self::Rejected),
            _ => None,
        }
    }
}

words! {
    reserved:
    /// The level of a topic that names the format of its payload.
    pub enum PayloadFormat {
        /// JavaScript Object Notation.
        Json = "json",
        /// Concise Binary Object Representation, RFC 8949.
        Cbor = "cbor",
    }
}

words! {
    reserved:
    /// What a client asks of a shadow.
    pub enum ShadowOperation {
        /// Read it.
        Get = "get",
        /// Merge a document into it.
        Update = "update",
        /// Delete it.
        Delete = "delete",
    }
}

words! {
    reserved:
    /// What AWS IoT tells after an update of a shadow, beside the answer.
    pub enum ShadowNotice {
        /// Desired and reported state differ.
        Delta = "delta",
        /// The documents before and after the update.
        Documents = "documents",
    }
}

words! {
    reserved:
    /// What a device asks of a stream (developer guide, Using AWS IoT MQTT-based file delivery in
    /// devices).
    pub enum StreamRequest {
        /// DescribeStream: which files, how large.
        Describe = "describe",
        /// GetStream: blocks of a file.
        Get = "get",
    }
}

words! {
    reserved:
    /// What comes back from a stream.
    pub enum StreamResponse {
        /// The answer to DescribeStream.
        Description = "description",
        /// One block of a file.
        Data = "data",
        /// The refusal of either request.
        Rejected = "rejected",
    }
}

words! {
    reserved:
    /// What a vehicle sends to AWS IoT FleetWise.
    pub enum FleetWiseUpload {
        /// What the vehicle has received and runs.
        Checkins = "checkins",
        /// Collected vehicle data.
        Signals = "signals",
    }
}

words! {
    reserved:
    /// What AWS IoT FleetWise sends to a vehicle.
    pub enum FleetWiseDownload {
        /// What to collect, and when.
        CollectionSchemes = "collection_schemes",
        /// How to decode what is collected.
        DecoderManifests = "decoder_manifests",
    }
}

words! {
    reserved:
    /// The radio network of a wireless event.
    pub enum WirelessNetwork {
        /// LoRaWAN.
        LoRaWan = "lorawan",
        /// Amazon Sidewalk.
        Sidewalk = "sidewalk",
    }
}

words! {
    reserved:
    /// The major version of a Greengrass core, as its health topic names it.
    pub enum GreengrassVersion {
        /// AWS IoT Greengrass V1.
        V1 = "greengrass",
        /// AWS IoT Greengrass V2.
        V2 = "greengrassv2",
    }
}

words! {
    reserved:
    /// The presence of a client (developer guide, Lifecycle events).
    pub enum PresenceKind {
        /// It connected.
        Connected = "connected",
        /// It disconnected.
        Disconnected = "disconnected",
        /// It was not allowed to connect, or not allowed to publish its will.
        ConnectFailed = "connect_failed",
    }
}

words! {
    reserved:
    /// A change of the subscriptions of a client (developer guide, Lifecycle events).
    pub enum SubscriptionKind {
        /// It subscribed.
        Subscribed = "subscribed",
        /// It unsubscribed.
        Unsubscribed = "unsubscribed",
    }
}

words! {
    reserved:
    /// What happened to a job (developer guide, Jobs events).
    pub enum JobOperation {
        /// All its executions ended.
        Completed = "completed",
        /// Its cancellation ended.
        Canceled = "canceled",
        /// Its deletion ended.
        Deleted = "deleted",
        /// Its cancellation began.
        CancellationInProgress = "cancellation_in_progress",
        /// Its deletion began.
        DeletionInProgress = "deletion_in_progress",
    }
}

words! {
    reserved:
    /// How a job execution ended (developer guide, Jobs events).
    pub enum JobExecutionOperation {
        /// The device reported success.
        Succeeded = "succeeded",
        /// The device reported failure.
        Failed = "failed",
        /// The device refused it.
        Rejected = "rejected",
        /// It was canceled.
        Canceled = "canceled",
        /// A timer of the job ran out.
        TimedOut = "timed_out",
        /// The thing left the target group, or was deleted.
        Removed = "removed",
        /// The execution was deleted.
        Deleted = "deleted",
    }
}

words! {
    reserved:
    /// The status of a command execution (developer guide, Command execution events).
    pub enum CommandExecutionStatus {
        /// Created, not yet started by the device.
        Created = "CREATED",
        /// The device works on it.
        InProgress = "IN_PROGRESS",
        /// The device reported success.
        Succeeded = "SUCCEEDED",
        /// The device reported failure.
        Failed = "FAILED",
        /// The device refused it.
        Rejected = "REJECTED",
        /// No final status arrived in time.
        TimedOut = "TIMED_OUT",
    }
}

words! {
    reserved:
    /// What happened to a thing, a thing type or a thing group (developer guide, Registry events).
    /// The payload has the word in upper case.
    pub enum RegistryOperation {
        /// It was created.
        Created = "created",
        /// It was updated; a thing type also when it was deprecated or undeprecated.
        Updated = "updated",
        /// It was deleted.
        Deleted = "deleted",
    }
}

words! {
    reserved:
    /// What happened to a membership or an association (developer guide, Registry events). The
    /// payload has the word in upper case.
    pub enum MembershipChange {
        /// It was added.
        Added = "added",
        /// It was removed.
        Removed = "removed",
    }
}
