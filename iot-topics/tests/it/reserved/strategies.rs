//! Reserved topics of every kind, and texts that look like them.

#![expect(clippy::unwrap_used, reason = "the patterns below make legal names")]

use core::fmt::Debug;
use core::str::FromStr;

use iot_topics::TopicNameRef;
use iot_topics::reserved::{
    BasicIngestTopic, CommandExecutionStatus, CommandMessage, CommandTarget, CommandTopic,
    DefenderTopic, DeviceLocationTopic, EventTopic, Exchange, FleetWiseDownload, FleetWiseMessage,
    FleetWiseTopic, FleetWiseUpload, GreengrassTopic, GreengrassVersion, JobExecutionOperation,
    JobOperation, JobSelector, JobsMessage, JobsTopic, MembershipChange, PayloadFormat,
    PresenceKind, ProvisioningCall, ProvisioningTopic, RegistryOperation, ReservedTopic,
    ShadowMessage, ShadowTopic, SiteWiseTopic, StreamMessage, StreamRequest, StreamResponse,
    StreamTopic, SubscriptionKind, TunnelTopic, WirelessNetwork, WirelessResource, WirelessTopic,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A reserved topic of any kind.
pub(super) fn reserved_topic() -> impl Strategy<Value = ReservedTopic> {
    prop_oneof![
        shadow().prop_map(Into::into),
        jobs().prop_map(Into::into),
        command().prop_map(Into::into),
        provisioning().prop_map(Into::into),
        device(),
        basic_ingest().prop_map(Into::into),
        event().prop_map(Into::into),
        service(),
    ]
}

/// Any few levels, some of them words of reserved topics or wildcards.
pub(super) fn levels() -> impl Strategy<Value = String> {
    proptest::collection::vec(level(), 1..10).prop_map(|levels| levels.join("/"))
}

/// One level.
pub(super) fn level() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(WORDS).prop_map(str::to_owned),
        1 => "[a-z $:+/é]{0,4}",
    ]
}

/// Names from a pattern, with the length that the tests want and the words of the catalogue among
/// them, so that a name can look like the level of another topic.
fn ident<T: FromStr<Err: Debug> + Debug + 'static>(pattern: &'static str) -> BoxedStrategy<T> {
    let words = [
        "get", "update", "accepted", "name", "thing", "json", "request",
    ];
    let words: Vec<&'static str> = words
        .into_iter()
        .filter(|w| w.parse::<T>().is_ok())
        .collect();
    let names = pattern.prop_map(|text| text.parse().unwrap());
    if words.is_empty() {
        return names.boxed();
    }
    prop_oneof![3 => names, 1 => select(words).prop_map(|word| word.parse().unwrap())].boxed()
}

fn word<T: Copy + Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    select(all)
}

/// Words of reserved topics, and wildcards.
const WORDS: &[&str] = &[
    "$aws",
    "$share",
    "",
    "+",
    "#",
    "things",
    "shadow",
    "name",
    "get",
    "update",
    "delta",
    "accepted",
    "rejected",
    "jobs",
    "$next",
    "start-next",
    "notify",
    "events",
    "presence",
    "connected",
    "rules",
    "json",
    "cbor",
    "commands",
    "executions",
    "response",
    "t",
];

const NAME: &str = "[a-zA-Z0-9:_-]{1,128}";
const ID: &str = "[a-zA-Z0-9_-]{1,36}";
const LEVEL: &str = "[^/+#\u{0}]{1,20}";
const CLIENT: &str = "[^+#$\u{0}]{1,20}";
const CERTIFICATE: &str = "[0-9a-f]{64}";

fn exchange() -> impl Strategy<Value = Exchange> {
    select(Exchange::ALL.as_slice())
}

fn format() -> impl Strategy<Value = PayloadFormat> {
    word(PayloadFormat::ALL)
}

fn shadow() -> impl Strategy<Value = ShadowTopic> {
    let message = prop_oneof![
        exchange().prop_map(ShadowMessage::Get),
        exchange().prop_map(ShadowMessage::Update),
        exchange().prop_map(ShadowMessage::Delete),
        Just(ShadowMessage::Delta),
        Just(ShadowMessage::Documents),
    ];
    (
        ident(NAME),
        option::of(ident("[$a-zA-Z0-9:_-]{1,64}")),
        message,
    )
        .prop_map(|(thing, shadow, message)| ShadowTopic {
            thing,
            shadow,
            message,
        })
}

fn jobs() -> impl Strategy<Value = JobsTopic> {
    let selector = prop_oneof![Just(JobSelector::Next), ident(ID).prop_map(JobSelector::Id),];
    let message = prop_oneof![
        exchange().prop_map(JobsMessage::GetPending),
        exchange().prop_map(JobsMessage::StartNext),
        (selector, exchange()).prop_map(|(job, exchange)| JobsMessage::Describe(job, exchange)),
        (ident(ID), exchange()).prop_map(|(job, exchange)| JobsMessage::Update(job, exchange)),
        Just(JobsMessage::Notify),
        Just(JobsMessage::NotifyNext),
    ];
    (ident(NAME), message).prop_map(|(thing, message)| JobsTopic { thing, message })
}

fn command() -> impl Strategy<Value = CommandTopic> {
    let target = prop_oneof![
        ident(NAME).prop_map(CommandTarget::Thing),
        ident("[^/+#$\u{0}]{1,20}").prop_map(CommandTarget::Client),
    ];
    let message = prop_oneof![
        Just(CommandMessage::Request),
        Just(CommandMessage::Response),
        Just(CommandMessage::Accepted),
        Just(CommandMessage::Rejected),
    ];
    (target, ident(ID), message, option::of(format())).prop_map(
        |(target, execution, message, format)| CommandTopic {
            target,
            execution,
            message,
            format,
        },
    )
}

fn provisioning() -> impl Strategy<Value = ProvisioningTopic> {
    let call = prop_oneof![
        Just(ProvisioningCall::CreateKeysAndCertificate),
        Just(ProvisioningCall::CreateCertificateFromCsr),
        ident(ID).prop_map(ProvisioningCall::RegisterThing),
    ];
    (call, format(), exchange()).prop_map(|(call, format, exchange)| ProvisioningTopic {
        call,
        format,
        exchange,
    })
}

fn device() -> impl Strategy<Value = ReservedTopic> {
    let stream_message = prop_oneof![
        word(StreamRequest::ALL).prop_map(StreamMessage::Request),
        word(StreamResponse::ALL).prop_map(StreamMessage::Response),
    ];
    prop_oneof![
        (ident(NAME), format(), exchange()).prop_map(|(thing, format, exchange)| {
            DefenderTopic {
                thing,
                format,
                exchange,
            }
            .into()
        }),
        (ident(NAME), ident(ID), stream_message, format()).prop_map(
            |(thing, stream, message, format)| {
                StreamTopic {
                    thing,
                    stream,
                    message,
                    format,
                }
                .into()
            }
        ),
        ident(NAME).prop_map(|thing| TunnelTopic { thing }.into()),
        (ident("[a-zA-Z0-9-]{1,40}"), exchange())
            .prop_map(|(device, exchange)| DeviceLocationTopic { device, exchange }.into()),
        (ident(NAME), word(GreengrassVersion::ALL)).prop_map(|(thing, version)| GreengrassTopic {
            thing,
            version
        }
        .into()),
    ]
}

fn basic_ingest() -> impl Strategy<Value = BasicIngestTopic> {
    let topic = "[^+#/\u{0}]{1,30}|[a-z]{0,3}(/[a-z]{0,3}){1,7}".prop_map(|text| {
        TopicNameRef::parse_with(&text, iot_topics::Limits::MQTT)
            .unwrap()
            .to_owned()
    });
    (ident("[a-zA-Z0-9_]{1,128}"), option::of(topic))
        .prop_map(|(rule, topic)| BasicIngestTopic::new(rule, topic).unwrap())
}

fn event() -> impl Strategy<Value = EventTopic> {
    let registry = || word(RegistryOperation::ALL);
    let change = || word(MembershipChange::ALL);
    prop_oneof![
        ident(CERTIFICATE).prop_map(|ca| EventTopic::CertificateRegistered { ca }),
        (word(PresenceKind::ALL), ident(CLIENT))
            .prop_map(|(kind, client)| EventTopic::Presence { kind, client }),
        (word(SubscriptionKind::ALL), ident(CLIENT))
            .prop_map(|(kind, client)| EventTopic::Subscriptions { kind, client }),
        (ident(ID), word(JobOperation::ALL))
            .prop_map(|(job, operation)| EventTopic::Job { job, operation }),
        (ident(ID), word(JobExecutionOperation::ALL))
            .prop_map(|(job, operation)| EventTopic::JobExecution { job, operation }),
        (ident(ID), word(CommandExecutionStatus::ALL))
            .prop_map(|(command, status)| EventTopic::CommandExecution { command, status }),
        (ident(NAME), registry())
            .prop_map(|(thing, operation)| EventTopic::Thing { thing, operation }),
        (ident(NAME), registry())
            .prop_map(|(group, operation)| EventTopic::ThingGroup { group, operation }),
        (ident(NAME), registry()).prop_map(|(thing_type, operation)| EventTopic::ThingType {
            thing_type,
            operation,
        }),
        (ident(NAME), ident(NAME), option::of(change())).prop_map(|(thing, thing_type, change)| {
            EventTopic::ThingTypeAssociation {
                thing,
                thing_type,
                change,
            }
        }),
        (ident(NAME), ident(NAME), change()).prop_map(|(group, thing, change)| {
            EventTopic::ThingGroupMembership {
                group,
                thing,
                change,
            }
        }),
        (ident(NAME), ident(NAME), change()).prop_map(|(parent, child, change)| {
            EventTopic::ThingGroupHierarchy {
                parent,
                child,
                change,
            }
        }),
    ]
}

fn service() -> impl Strategy<Value = ReservedTopic> {
    let resource =
        (ident(LEVEL), ident(LEVEL)).prop_map(|(identifier_type, id)| WirelessResource {
            identifier_type,
            id,
        });
    let vehicle_message = prop_oneof![
        word(FleetWiseUpload::ALL).prop_map(FleetWiseMessage::Upload),
        word(FleetWiseDownload::ALL).prop_map(FleetWiseMessage::Download),
        ident(LEVEL).prop_map(FleetWiseMessage::LastKnownState),
    ];
    prop_oneof![
        (ident(LEVEL), ident(LEVEL), ident(LEVEL)).prop_map(|(asset_model, asset, property)| {
            SiteWiseTopic {
                asset_model,
                asset,
                property,
            }
            .into()
        }),
        (
            ident(LEVEL),
            ident(LEVEL),
            word(WirelessNetwork::ALL),
            ident(LEVEL),
            option::of(resource),
        )
            .prop_map(
                |(event_name, event_type, network, resource_type, resource)| {
                    WirelessTopic {
                        event_name,
                        event_type,
                        network,
                        resource_type,
                        resource,
                    }
                    .into()
                }
            ),
        (ident(NAME), vehicle_message).prop_map(|(vehicle, message)| FleetWiseTopic {
            vehicle,
            message
        }
        .into()),
    ]
}
