//! The reserved topics of AWS IoT Core, one table: everything this crate says about a topic that
//! starts with `$` is read from here.

use core::fmt;

use super::pattern::{Id, Level, PREFIX, Pattern, Wildcards};
use super::split::Split;
use super::words::{
    CommandExecutionStatus, FleetWiseDownload, FleetWiseUpload, GreengrassVersion,
    JobExecutionOperation, JobOperation, MembershipChange, PayloadFormat, PresenceKind, REPLIES,
    RegistryOperation, ShadowNotice, ShadowOperation, StreamRequest, StreamResponse,
    SubscriptionKind, WirelessNetwork,
};
use crate::words::Words;

/// One line of the reserved-topic catalogue: a pattern, and the rules of the topics that follow it.
///
/// `Display` writes the pattern: `{name}` stands for an identifier, `{a|b}` for one of the words,
/// `{name...}` for all remaining levels.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved;
///
/// let entry = reserved::catalogue()
///     .find(|entry| entry.to_string() == "$aws/things/{thingName}/jobs/notify")
///     .unwrap();
/// assert!(entry.may_subscribe() && !entry.may_publish());
/// assert!(!entry.is_reply()); // needs a subscription
/// assert_eq!(entry.payload(), reserved::Payload::Json);
/// assert_eq!(entry.source(), "developer guide, Reserved topics");
/// assert!(entry.note().starts_with("a later edition")); // where editions differ
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CatalogueEntry {
    row: Row,
    family: Family,
    pattern: Pattern,
    operations: Operations,
    payload: Payload,
    source: &'static str,
    note: &'static str,
}

impl CatalogueEntry {
    /// Whether clients may publish to the topics of this line.
    #[must_use]
    pub const fn may_publish(&self) -> bool {
        self.operations.publish
    }

    /// Whether clients may subscribe to the topics of this line.
    #[must_use]
    pub const fn may_subscribe(&self) -> bool {
        self.operations.subscribe
    }

    /// Whether AWS IoT delivers these messages straight to the client that asked, subscribed or
    /// not; no other client and no rule sees them.
    #[must_use]
    pub const fn is_reply(&self) -> bool {
        self.operations.reply
    }

    /// What the payload of these topics is.
    #[must_use]
    pub const fn payload(&self) -> Payload {
        self.payload
    }

    /// The page of the documentation that lists the topic.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// What the documentation leaves open or contradicts itself in, and the reading taken here;
    /// empty for most lines.
    #[must_use]
    pub const fn note(&self) -> &'static str {
        self.note
    }

    pub(crate) const fn row(&self) -> Row {
        self.row
    }

    pub(crate) const fn family(&self) -> Family {
        self.family
    }

    pub(crate) const fn pattern(&self) -> Pattern {
        self.pattern
    }

    /// Whether the filter takes a name of this line.
    fn overlaps(&self, filter: &Split<'_>) -> bool {
        let wildcards = self.operations.wildcards;
        self.pattern.compare(filter, wildcards).is_ok()
    }
}

impl fmt::Display for CatalogueEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pattern.fmt(f)
    }
}

/// What the payload of a reserved topic is.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved::{Payload, classify};
///
/// let payload = |name| classify(name).unwrap().payload();
/// assert_eq!(payload("$aws/things/lamp/shadow/update"), Payload::Json);
/// assert_eq!(payload("$aws/things/lamp/defender/metrics/cbor"), Payload::NamedByTopic);
/// assert_eq!(payload("$aws/iotfleetwise/vehicles/van-12/signals"), Payload::Protobuf);
/// assert_eq!(payload("$aws/rules/store/plant/7"), Payload::Any);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Payload {
    /// JSON.
    Json,
    /// JSON or CBOR, as a level of the topic says.
    NamedByTopic,
    /// Protocol Buffers.
    Protobuf,
    /// Any bytes.
    Any,
}

/// All lines of the catalogue.
///
/// # Examples
///
/// ```
/// use iot_topics::reserved;
///
/// // The topics that carry Protocol Buffers.
/// let lines: Vec<String> = reserved::catalogue()
///     .filter(|entry| entry.payload() == reserved::Payload::Protobuf)
///     .map(ToString::to_string)
///     .collect();
/// assert_eq!(lines.len(), 2);
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static CatalogueEntry> {
    CATALOGUE.iter().copied()
}

/// The line that a topic name follows; no two lines take the same name. The error is the number
/// of bytes up to the first level that no line has.
pub(crate) fn find(name: &str) -> Result<(&'static CatalogueEntry, Split<'_>), usize> {
    let name = split(name).ok_or(0_usize)?;
    candidates(&name)
        .find(|entry| entry.pattern.compare(&name, Wildcards::None).is_ok())
        .map(|entry| (entry, name))
        .ok_or_else(|| furthest(&name, Wildcards::None))
}

/// Whether a filter takes a name of some line that clients may subscribe to (`Ok(true)`), or only
/// names of lines that they may not (`Ok(false)`). The error is as for [`find`].
pub(crate) fn subscribable(filter: &str) -> Result<bool, usize> {
    let filter = split(filter).ok_or(0_usize)?;
    let mut subscribable = candidates(&filter).filter(|entry| entry.may_subscribe());
    if subscribable.any(|entry| entry.overlaps(&filter)) {
        return Ok(true);
    }
    // By any wildcard, even one that the topic does not allow: the topic is there.
    let known = |entry: &CatalogueEntry| entry.pattern.compare(&filter, Wildcards::All).is_ok();
    if candidates(&filter).any(known) {
        return Ok(false);
    }
    Err(furthest(&filter, Wildcards::All))
}

/// Whether the limit on slashes does not hold for a name or a filter: when it is a name of the
/// catalogue, or takes one. Basic Ingest is not meant, which has a rule of its own: what stands
/// behind `$aws/rules/<rule>/` is counted as an ordinary topic.
pub(crate) fn exempts(text: &str) -> bool {
    split(text).is_some_and(|text| {
        candidates(&text).any(|entry| entry.family != Family::BasicIngest && entry.overlaps(&text))
    })
}

fn split(text: &str) -> Option<Split<'_>> {
    text.strip_prefix(PREFIX).map(Split::new)
}

/// The lines that a text can fit.
fn candidates(text: &Split<'_>) -> impl Iterator<Item = &'static CatalogueEntry> {
    catalogue().filter(move |entry| entry.pattern.may_fit(text))
}

/// The bytes of the whole text up to the first level that no line has; for a text that fits none.
fn furthest(text: &Split<'_>, wildcards: Wildcards) -> usize {
    let furthest = catalogue()
        .filter_map(|entry| entry.pattern.compare(text, wildcards).err())
        .max();
    PREFIX.len() + furthest.unwrap_or_default()
}

/// What clients may do with a topic.
#[derive(Clone, Copy, Debug)]
struct Operations {
    publish: bool,
    subscribe: bool,
    reply: bool,
    /// The wildcards of a filter that take these topics.
    wildcards: Wildcards,
}

/// The type that reads and writes a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    BasicIngest,
    Commands,
    Defender,
    DeviceLocation,
    Events,
    FleetWise,
    Greengrass,
    Jobs,
    Provisioning,
    Shadow,
    SiteWise,
    Streams,
    Tunnels,
    Wireless,
}

/// Publish.
const P: Operations = Operations {
    publish: true,
    subscribe: false,
    reply: false,
    wildcards: Wildcards::All,
};
/// Subscribe.
const S: Operations = Operations {
    publish: false,
    subscribe: true,
    ..P
};
/// Publish and subscribe.
const PS: Operations = Operations { publish: true, ..S };
/// Subscribe, and delivered straight to the client that asked ("Receive" in the guide).
const SR: Operations = Operations { reply: true, ..S };
/// Subscribe, with `+` as the only wildcard.
const S_PLUS: Operations = Operations {
    wildcards: Wildcards::SingleLevel,
    ..S
};

// Literal levels are written `L("..")`, so that a line of the table reads as a topic.
use Level::Literal as L;

const ASSET: Level = Level::Id(Id::Level("assetId"));
const ASSET_MODEL: Level = Level::Id(Id::Level("assetModelId"));
const CA: Level = Level::Id(Id::CaCertificate);
const CHANGE: Level = Level::Word(MembershipChange::WORDS);
const CHANGED: Level = Level::Word(RegistryOperation::WORDS);
const CLIENT: Level = Level::Id(Id::CommandClient);
const CLIENT_REST: Level = Level::Rest(Id::LifecycleClient);
const COMMAND: Level = Level::Id(Id::Command);
const DEVICE: Level = Level::Id(Id::DeviceLocation);
const EVENT_NAME: Level = Level::Id(Id::Level("eventName"));
const EVENT_TYPE: Level = Level::Id(Id::Level("eventType"));
const EXECUTION: Level = Level::Id(Id::Execution);
const FORMAT: Level = Level::Word(PayloadFormat::WORDS);
const GROUP: Level = Level::Id(Id::Group);
const IDENTIFIER: Level = Level::Id(Id::Level("id"));
const IDENTIFIER_TYPE: Level = Level::Id(Id::Level("identifierType"));
const JOB: Level = Level::Id(Id::Job);
const JOB_OR_NEXT: Level = Level::Id(Id::JobOrNext);
const NETWORK: Level = Level::Word(WirelessNetwork::WORDS);
const PROPERTY: Level = Level::Id(Id::Level("propertyId"));
const REPLY: Level = Level::Word(REPLIES);
const RESOURCE_TYPE: Level = Level::Id(Id::Level("resourceType"));
const RULE: Level = Level::Id(Id::Rule);
const SHADOW: Level = Level::Id(Id::Shadow);
const SHADOW_NOTICE: Level = Level::Word(ShadowNotice::WORDS);
const SHADOW_OPERATION: Level = Level::Word(ShadowOperation::WORDS);
const STATE_TEMPLATE: Level = Level::Id(Id::Level("stateTemplateName"));
const STREAM: Level = Level::Id(Id::Stream);
const TEMPLATE: Level = Level::Id(Id::Template);
const THING: Level = Level::Id(Id::Thing);
const THING_TYPE: Level = Level::Id(Id::ThingType);
const TOPIC_REST: Level = Level::Rest(Id::Topic);

const COMMAND_EVENTS: &str = "developer guide, Command execution events";
const FLEETWISE: &str = "AWS IoT FleetWise developer guide, MQTT topics";
const GREENGRASS: &str = "AWS IoT Greengrass developer guide, Minimal AWS IoT policy";
const INGEST: &str = "developer guide, Reducing messaging costs with Basic Ingest";
const LIFECYCLE: &str = "developer guide, Lifecycle events";
const LOCATION: &str =
    "developer guide, Resolving device location using AWS IoT Core Device Location MQTT topics";
const REGISTRY: &str = "developer guide, Registry events";
const RESERVED: &str = "developer guide, Reserved topics";
const WIRELESS: &str = "developer guide, Event notifications for AWS IoT Wireless";

const ASSOCIATION_NOTE: &str = "the table of reserved topics prints this form, Registry events \
                                prints the long one: both are taken";
const CLIENT_NOTE: &str =
    "client identifiers with `+` or `#` have no lifecycle events, one with `/` makes more levels";
const OUTSIDE_NOTE: &str = "uncertain: not in the table of reserved topics of AWS IoT Core";
const REJECTED_NOTE: &str = "the table prints Publish for the rejected one; the sample policies \
                             receive it, so it is read as an answer";
const RESPONSE_NOTE: &str = "the table has this topic only with a payload format";
const NOTIFY_NOTE: &str = "a later edition adds Receive, but no request asks for this message";
const PLUS_NOTE: &str = "`+` is the only wildcard for these topics";
const CREATE_NOTE: &str = "the table speaks of a signing request, which `create` does not take";

macro_rules! catalogue {
    ($($family:ident, $source:ident {
        $($row:ident: $operations:ident $payload:ident
          [$($level:expr),+ $(,)?] $($note:ident)?;)+
    })+) => {
        /// The lines of the catalogue by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Row {
            $($($row,)+)+
        }

        impl Row {
            pub(crate) const fn entry(self) -> &'static CatalogueEntry {
                match self {
                    $($(Self::$row => {
                        const ENTRY: &CatalogueEntry = &CatalogueEntry {
                            row: Row::$row,
                            family: Family::$family,
                            pattern: Pattern(&[$($level),+]),
                            operations: $operations,
                            payload: Payload::$payload,
                            source: $source,
                            note: note!($($note)?),
                        };
                        ENTRY
                    })+)+
                }
            }
        }

        static CATALOGUE: &[&CatalogueEntry] = &[$($(Row::$row.entry(),)+)+];
    };
}

macro_rules! note {
    () => {
        ""
    };
    ($note:ident) => {
        $note
    };
}

catalogue! {
    Shadow, RESERVED {
        Shadow: PS Json [L("things"), THING, L("shadow"), SHADOW_OPERATION];
        ShadowReply: S Json [L("things"), THING, L("shadow"), SHADOW_OPERATION, REPLY];
        ShadowNotice: S Json [L("things"), THING, L("shadow"), L("update"), SHADOW_NOTICE];
        NamedShadow: PS Json
            [L("things"), THING, L("shadow"), L("name"), SHADOW, SHADOW_OPERATION];
        NamedShadowReply: S Json
            [L("things"), THING, L("shadow"), L("name"), SHADOW, SHADOW_OPERATION, REPLY];
        NamedShadowNotice: S Json
            [L("things"), THING, L("shadow"), L("name"), SHADOW, L("update"), SHADOW_NOTICE];
    }
    Jobs, RESERVED {
        JobsGet: P Json [L("things"), THING, L("jobs"), L("get")];
        JobsGetReply: SR Json [L("things"), THING, L("jobs"), L("get"), REPLY];
        JobsStartNext: P Json [L("things"), THING, L("jobs"), L("start-next")];
        JobsStartNextReply: SR Json [L("things"), THING, L("jobs"), L("start-next"), REPLY];
        JobGet: P Json [L("things"), THING, L("jobs"), JOB_OR_NEXT, L("get")];
        JobGetReply: SR Json [L("things"), THING, L("jobs"), JOB_OR_NEXT, L("get"), REPLY];
        JobUpdate: P Json [L("things"), THING, L("jobs"), JOB, L("update")];
        JobUpdateReply: SR Json [L("things"), THING, L("jobs"), JOB, L("update"), REPLY];
        JobsNotify: S Json [L("things"), THING, L("jobs"), L("notify")] NOTIFY_NOTE;
        JobsNotifyNext: S Json [L("things"), THING, L("jobs"), L("notify-next")] NOTIFY_NOTE;
    }
    Commands, RESERVED {
        ThingRequest: SR Any
            [L("commands"), L("things"), THING, L("executions"), EXECUTION, L("request")];
        ThingRequestAs: SR NamedByTopic
            [L("commands"), L("things"), THING, L("executions"), EXECUTION, L("request"), FORMAT];
        ThingResponse: P Any
            [L("commands"), L("things"), THING, L("executions"), EXECUTION, L("response")]
            RESPONSE_NOTE;
        ThingResponseAs: P NamedByTopic
            [L("commands"), L("things"), THING, L("executions"), EXECUTION, L("response"), FORMAT];
        ThingReply: SR Any
            [L("commands"), L("things"), THING, L("executions"), EXECUTION, L("response"), REPLY]
            REJECTED_NOTE;
        ThingReplyAs: SR NamedByTopic
            [L("commands"), L("things"), THING, L("executions"), EXECUTION, L("response"), REPLY,
             FORMAT]
            REJECTED_NOTE;
        ClientRequest: SR Any
            [L("commands"), L("clients"), CLIENT, L("executions"), EXECUTION, L("request")];
        ClientRequestAs: SR NamedByTopic
            [L("commands"), L("clients"), CLIENT, L("executions"), EXECUTION, L("request"), FORMAT];
        ClientResponse: P Any
            [L("commands"), L("clients"), CLIENT, L("executions"), EXECUTION, L("response")]
            RESPONSE_NOTE;
        ClientResponseAs: P NamedByTopic
            [L("commands"), L("clients"), CLIENT, L("executions"), EXECUTION, L("response"), FORMAT];
        ClientReply: SR Any
            [L("commands"), L("clients"), CLIENT, L("executions"), EXECUTION, L("response"), REPLY]
            REJECTED_NOTE;
        ClientReplyAs: SR NamedByTopic
            [L("commands"), L("clients"), CLIENT, L("executions"), EXECUTION, L("response"), REPLY,
             FORMAT]
            REJECTED_NOTE;
    }
    Provisioning, RESERVED {
        Create: P NamedByTopic [L("certificates"), L("create"), FORMAT] CREATE_NOTE;
        CreateReply: SR NamedByTopic [L("certificates"), L("create"), FORMAT, REPLY];
        CreateFromCsr: P NamedByTopic [L("certificates"), L("create-from-csr"), FORMAT];
        CreateFromCsrReply: SR NamedByTopic
            [L("certificates"), L("create-from-csr"), FORMAT, REPLY];
        Provision: P NamedByTopic
            [L("provisioning-templates"), TEMPLATE, L("provision"), FORMAT];
        ProvisionReply: SR NamedByTopic
            [L("provisioning-templates"), TEMPLATE, L("provision"), FORMAT, REPLY];
    }
    Defender, RESERVED {
        Metrics: P NamedByTopic [L("things"), THING, L("defender"), L("metrics"), FORMAT];
        MetricsReply: S NamedByTopic
            [L("things"), THING, L("defender"), L("metrics"), FORMAT, REPLY];
    }
    Streams, RESERVED {
        StreamRequest: P NamedByTopic
            [L("things"), THING, L("streams"), STREAM, Level::Word(StreamRequest::WORDS), FORMAT];
        StreamResponse: SR NamedByTopic
            [L("things"), THING, L("streams"), STREAM, Level::Word(StreamResponse::WORDS), FORMAT];
    }
    Tunnels, RESERVED {
        TunnelNotify: S Json [L("things"), THING, L("tunnels"), L("notify")];
    }
    DeviceLocation, LOCATION {
        Location: P Json [L("device_location"), DEVICE, L("get_position_estimate")];
        LocationReply: S_PLUS Json
            [L("device_location"), DEVICE, L("get_position_estimate"), REPLY] PLUS_NOTE;
    }
    BasicIngest, INGEST {
        Rule: P Any [L("rules"), RULE];
        RuleTopic: P Any [L("rules"), RULE, TOPIC_REST];
    }
    SiteWise, RESERVED {
        AssetProperty: S Json
            [L("sitewise"), L("asset-models"), ASSET_MODEL, L("assets"), ASSET, L("properties"),
             PROPERTY];
    }
    Events, RESERVED {
        CertificateRegistered: S Json [L("events"), L("certificates"), L("registered"), CA];
        Job: S Json [L("events"), L("job"), JOB, Level::Word(JobOperation::WORDS)];
        JobExecution: S Json
            [L("events"), L("jobExecution"), JOB, Level::Word(JobExecutionOperation::WORDS)];
    }
    Events, COMMAND_EVENTS {
        CommandExecution: S Json
            [L("events"), L("commandExecution"), COMMAND,
             Level::Word(CommandExecutionStatus::WORDS)];
    }
    Events, LIFECYCLE {
        Presence: S Json
            [L("events"), L("presence"), Level::Word(PresenceKind::WORDS), CLIENT_REST] CLIENT_NOTE;
        Subscriptions: S Json
            [L("events"), L("subscriptions"), Level::Word(SubscriptionKind::WORDS), CLIENT_REST]
            CLIENT_NOTE;
    }
    Events, REGISTRY {
        ThingChanged: S Json [L("events"), L("thing"), THING, CHANGED];
        GroupChanged: S Json [L("events"), L("thingGroup"), GROUP, CHANGED];
        TypeChanged: S Json [L("events"), L("thingType"), THING_TYPE, CHANGED];
        TypeAssociation: S Json
            [L("events"), L("thingTypeAssociation"), L("thing"), THING, L("thingType"), THING_TYPE,
             CHANGE];
        GroupMembership: S Json
            [L("events"), L("thingGroupMembership"), L("thingGroup"), GROUP, L("thing"), THING,
             CHANGE];
        GroupHierarchy: S Json
            [L("events"), L("thingGroupHierarchy"), L("thingGroup"), GROUP, L("childThingGroup"),
             GROUP, CHANGE];
    }
    Events, RESERVED {
        TypeAssociationShort: S Json
            [L("events"), L("thingTypeAssociation"), L("thing"), THING, THING_TYPE]
            ASSOCIATION_NOTE;
    }
    Wireless, WIRELESS {
        WirelessResources: S Json
            [L("iotwireless"), L("events"), EVENT_NAME, EVENT_TYPE, NETWORK, RESOURCE_TYPE];
        WirelessResource: S Json
            [L("iotwireless"), L("events"), EVENT_NAME, EVENT_TYPE, NETWORK, RESOURCE_TYPE,
             IDENTIFIER_TYPE, IDENTIFIER];
    }
    FleetWise, FLEETWISE {
        VehicleUpload: P Protobuf
            [L("iotfleetwise"), L("vehicles"), THING, Level::Word(FleetWiseUpload::WORDS)]
            OUTSIDE_NOTE;
        VehicleDownload: S Protobuf
            [L("iotfleetwise"), L("vehicles"), THING, Level::Word(FleetWiseDownload::WORDS)]
            OUTSIDE_NOTE;
        VehicleState: S Json
            [L("iotfleetwise"), L("vehicles"), THING, L("last_known_state"), STATE_TEMPLATE,
             L("data")]
            OUTSIDE_NOTE;
    }
    Greengrass, GREENGRASS {
        Health: PS Json
            [L("things"), THING, Level::Word(GreengrassVersion::WORDS), L("health"), L("json")]
            OUTSIDE_NOTE;
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::reserved::split::MAX_LEVELS;

    #[test]
    fn patterns_are_shorter_than_what_is_split() {
        for entry in catalogue() {
            let pattern = entry.to_string();
            let levels = pattern.strip_prefix(PREFIX).unwrap();
            // The notation has a slash between levels and none within.
            assert!(levels.split('/').count() < MAX_LEVELS, "{pattern}");
        }
    }

    #[test]
    fn only_the_last_level_takes_the_rest() {
        for entry in catalogue() {
            let pattern = entry.to_string();
            if let Some(at) = pattern.find("...}") {
                assert_eq!(at + 4, pattern.len(), "{pattern}");
            }
        }
    }
}
