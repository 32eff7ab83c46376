//! The topics of events; the payloads are in the module `event`.

use alloc::vec;
use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use super::typed::{Typed, typed_topic};
use super::words::{
    CommandExecutionStatus, JobExecutionOperation, JobOperation, MembershipChange, PresenceKind,
    RegistryOperation, SubscriptionKind,
};
use crate::ident::{
    CertificateId, CommandId, GroupName, JobId, LifecycleClientId, ThingName, ThingTypeName,
};
use crate::words::words;

/// The topic of an event: `$aws/events/..`.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::reserved::{EventTopic, PresenceKind, ReservedTopic};
///
/// let name = TopicNameRef::parse("$aws/events/presence/disconnected/lamp")?;
/// let Some(ReservedTopic::Events(EventTopic::Presence { kind, client })) =
///     ReservedTopic::parse(name)
/// else {
///     panic!("not a presence event");
/// };
/// assert_eq!((kind, client.as_str()), (PresenceKind::Disconnected, "lamp"));
/// assert_eq!(EventTopic::Presence { kind, client }.to_topic_name().as_name_ref(), name);
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EventTopic {
    /// `certificates/registered/<ca>`: a certificate was registered automatically, or one that
    /// waits for its activation was presented.
    CertificateRegistered {
        /// The certificate authority that signed it.
        ca: CertificateId,
    },
    /// `presence/<kind>/<client>`.
    Presence {
        /// What happened.
        kind: PresenceKind,
        /// The client; with `/` in it the topic has more levels.
        client: LifecycleClientId,
    },
    /// `subscriptions/<kind>/<client>`.
    Subscriptions {
        /// What happened.
        kind: SubscriptionKind,
        /// The client.
        client: LifecycleClientId,
    },
    /// `job/<job>/<operation>`.
    Job {
        /// The job.
        job: JobId,
        /// What happened to it.
        operation: JobOperation,
    },
    /// `jobExecution/<job>/<operation>`.
    JobExecution {
        /// The job.
        job: JobId,
        /// What happened to one of its executions.
        operation: JobExecutionOperation,
    },
    /// `commandExecution/<command>/<status>`.
    CommandExecution {
        /// The command.
        command: CommandId,
        /// The status that one of its executions has now.
        status: CommandExecutionStatus,
    },
    /// `thing/<thing>/<operation>`.
    Thing {
        /// The thing.
        thing: ThingName,
        /// What happened to it.
        operation: RegistryOperation,
    },
    /// `thingGroup/<group>/<operation>`.
    ThingGroup {
        /// The thing group.
        group: GroupName,
        /// What happened to it.
        operation: RegistryOperation,
    },
    /// `thingType/<thing type>/<operation>`.
    ThingType {
        /// The thing type.
        thing_type: ThingTypeName,
        /// What happened to it.
        operation: RegistryOperation,
    },
    /// `thingTypeAssociation/thing/<thing>/thingType/<thing type>/<change>`.
    ThingTypeAssociation {
        /// The thing.
        thing: ThingName,
        /// The thing type.
        thing_type: ThingTypeName,
        /// What happened; `None` is the shorter form `thingTypeAssociation/thing/<thing>/<thing
        /// type>` of the table of reserved topics, which Registry events contradicts.
        change: Option<MembershipChange>,
    },
    /// `thingGroupMembership/thingGroup/<group>/thing/<thing>/<change>`.
    ThingGroupMembership {
        /// The thing group.
        group: GroupName,
        /// The thing.
        thing: ThingName,
        /// What happened.
        change: MembershipChange,
    },
    /// `thingGroupHierarchy/thingGroup/<parent>/childThingGroup/<child>/<change>`.
    ThingGroupHierarchy {
        /// The group that holds the other.
        parent: GroupName,
        /// The group that is held.
        child: GroupName,
        /// What happened.
        change: MembershipChange,
    },
}

words! {
    reserved:
    /// The families of events that an account switches on and off (API model, `EventType`;
    /// UpdateEventConfigurations).
    pub enum EventCategory {
        /// Things.
        Thing = "THING",
        /// Thing groups.
        ThingGroup = "THING_GROUP",
        /// Thing types.
        ThingType = "THING_TYPE",
        /// Things in thing groups.
        ThingGroupMembership = "THING_GROUP_MEMBERSHIP",
        /// Thing groups in thing groups.
        ThingGroupHierarchy = "THING_GROUP_HIERARCHY",
        /// Thing types of things.
        ThingTypeAssociation = "THING_TYPE_ASSOCIATION",
        /// Jobs.
        Job = "JOB",
        /// Job executions.
        JobExecution = "JOB_EXECUTION",
        /// Policies; no topic is documented.
        Policy = "POLICY",
        /// Certificates; no topic is documented.
        Certificate = "CERTIFICATE",
        /// Certificates of authorities; no topic is documented.
        CaCertificate = "CA_CERTIFICATE",
    }
}

impl EventTopic {
    /// The switch that must be on for these events, off unless the account turned it on; `None`
    /// for those that have no switch. Lifecycle events cannot be turned off.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::reserved::{EventCategory, EventTopic, JobOperation, PresenceKind};
    ///
    /// let job = EventTopic::Job { job: "j".parse()?, operation: JobOperation::Completed };
    /// assert_eq!(job.category(), Some(EventCategory::Job));
    /// let online =
    ///     EventTopic::Presence { kind: PresenceKind::Connected, client: "lamp".parse()? };
    /// assert_eq!(online.category(), None);
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub const fn category(&self) -> Option<EventCategory> {
        Some(match self {
            Self::CertificateRegistered { .. }
            | Self::Presence { .. }
            | Self::Subscriptions { .. }
            | Self::CommandExecution { .. } => return None,
            Self::Job { .. } => EventCategory::Job,
            Self::JobExecution { .. } => EventCategory::JobExecution,
            Self::Thing { .. } => EventCategory::Thing,
            Self::ThingGroup { .. } => EventCategory::ThingGroup,
            Self::ThingType { .. } => EventCategory::ThingType,
            Self::ThingTypeAssociation { .. } => EventCategory::ThingTypeAssociation,
            Self::ThingGroupMembership { .. } => EventCategory::ThingGroupMembership,
            Self::ThingGroupHierarchy { .. } => EventCategory::ThingGroupHierarchy,
        })
    }
}

impl Typed for EventTopic {
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self> {
        Some(match row {
            Row::CertificateRegistered => Self::CertificateRegistered {
                ca: captures.take()?,
            },
            Row::Presence => Self::Presence {
                kind: captures.take()?,
                client: captures.take()?,
            },
            Row::Subscriptions => Self::Subscriptions {
                kind: captures.take()?,
                client: captures.take()?,
            },
            Row::Job => Self::Job {
                job: captures.take()?,
                operation: captures.take()?,
            },
            Row::JobExecution => Self::JobExecution {
                job: captures.take()?,
                operation: captures.take()?,
            },
            Row::CommandExecution => Self::CommandExecution {
                command: captures.take()?,
                status: captures.take()?,
            },
            Row::ThingChanged => Self::Thing {
                thing: captures.take()?,
                operation: captures.take()?,
            },
            Row::GroupChanged => Self::ThingGroup {
                group: captures.take()?,
                operation: captures.take()?,
            },
            Row::TypeChanged => Self::ThingType {
                thing_type: captures.take()?,
                operation: captures.take()?,
            },
            Row::TypeAssociation => Self::ThingTypeAssociation {
                thing: captures.take()?,
                thing_type: captures.take()?,
                change: Some(captures.take()?),
            },
            Row::TypeAssociationShort => Self::ThingTypeAssociation {
                thing: captures.take()?,
                thing_type: captures.take()?,
                change: None,
            },
            Row::GroupMembership => Self::ThingGroupMembership {
                group: captures.take()?,
                thing: captures.take()?,
                change: captures.take()?,
            },
            Row::GroupHierarchy => Self::ThingGroupHierarchy {
                parent: captures.take()?,
                child: captures.take()?,
                change: captures.take()?,
            },
            _ => return None,
        })
    }

    fn row(&self) -> Row {
        match self {
            Self::CertificateRegistered { .. } => Row::CertificateRegistered,
            Self::Presence { .. } => Row::Presence,
            Self::Subscriptions { .. } => Row::Subscriptions,
            Self::Job { .. } => Row::Job,
            Self::JobExecution { .. } => Row::JobExecution,
            Self::CommandExecution { .. } => Row::CommandExecution,
            Self::Thing { .. } => Row::ThingChanged,
            Self::ThingGroup { .. } => Row::GroupChanged,
            Self::ThingType { .. } => Row::TypeChanged,
            Self::ThingTypeAssociation {
                change: Some(_), ..
            } => Row::TypeAssociation,
            Self::ThingTypeAssociation { change: None, .. } => Row::TypeAssociationShort,
            Self::ThingGroupMembership { .. } => Row::GroupMembership,
            Self::ThingGroupHierarchy { .. } => Row::GroupHierarchy,
        }
    }

    fn texts(&self) -> Vec<&str> {
        match self {
            Self::CertificateRegistered { ca } => vec![ca.as_str()],
            Self::Presence { kind, client } => vec![kind.as_str(), client.as_str()],
            Self::Subscriptions { kind, client } => vec![kind.as_str(), client.as_str()],
            Self::Job { job, operation } => vec![job.as_str(), operation.as_str()],
            Self::JobExecution { job, operation } => vec![job.as_str(), operation.as_str()],
            Self::CommandExecution { command, status } => vec![command.as_str(), status.as_str()],
            Self::Thing { thing, operation } => vec![thing.as_str(), operation.as_str()],
            Self::ThingGroup { group, operation } => vec![group.as_str(), operation.as_str()],
            Self::ThingType {
                thing_type,
                operation,
            } => vec![thing_type.as_str(), operation.as_str()],
            Self::ThingTypeAssociation {
                thing,
                thing_type,
                change,
            } => {
                let mut texts = vec![thing.as_str(), thing_type.as_str()];
                texts.extend(change.map(MembershipChange::as_str));
                texts
            }
            Self::ThingGroupMembership {
                group,
                thing,
                change,
            } => vec![group.as_str(), thing.as_str(), change.as_str()],
            Self::ThingGroupHierarchy {
                parent,
                child,
                change,
            } => vec![parent.as_str(), child.as_str(), change.as_str()],
        }
    }
}

typed_topic!(EventTopic, Events);
