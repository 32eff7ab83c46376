//! Events of the registry.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::wire::{arn_name, payload};
use crate::ident::{GroupName, ThingName, ThingTypeName};
use crate::reserved::{EventTopic, MembershipChange, RegistryOperation};
use crate::time::Timestamp;

payload! {
    /// A thing was created, updated or deleted (developer guide, Registry events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::Timestamp;
    /// use iot_topics::event::ThingEvent;
    /// use iot_topics::reserved::RegistryOperation;
    ///
    /// let event = ThingEvent {
    ///     event_id: "e-1".into(),
    ///     timestamp: Timestamp::from_millis(1_700_000_000_123),
    ///     operation: RegistryOperation::Created,
    ///     account_id: "123456789012".into(),
    ///     thing_id: "b604f69c".into(),
    ///     thing_name: "pump".parse()?,
    ///     version_number: 1,
    ///     thing_type_name: None,
    ///     attributes: [("hall".into(), "7".into())].into(),
    /// };
    /// let json = serde_json::to_value(&event)?;
    /// assert_eq!(json["operation"], "CREATED");
    /// assert!(json["thingTypeName"].is_null());
    /// assert_eq!(event.topic().to_string(), "$aws/events/thing/pump/created");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub struct ThingEvent: "THING_EVENT" {
        /// Unique.
        pub event_id: String,
        /// When; milliseconds on the wire.
        pub timestamp: Timestamp,
        /// What happened; upper case on the wire.
        #[serde(with = "super::wire::upper")]
        pub operation: RegistryOperation,
        /// The account.
        pub account_id: String,
        /// The id of the thing.
        pub thing_id: String,
        /// The name of the thing.
        pub thing_name: ThingName,
        /// 1 when the thing is created, one more with each update.
        pub version_number: u64,
        /// The thing type, if there is one.
        pub thing_type_name: Option<ThingTypeName>,
        /// The attributes.
        #[serde(default, deserialize_with = "super::wire::null_as_empty")]
        pub attributes: BTreeMap<String, String>,
    }
}

impl ThingEvent {
    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> EventTopic {
        EventTopic::Thing {
            thing: self.thing_name.clone(),
            operation: self.operation,
        }
    }
}

payload! {
    /// A thing type was created, updated, deprecated, undeprecated or deleted (developer guide,
    /// Registry events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::ThingTypeEvent;
    /// use iot_topics::reserved::RegistryOperation;
    ///
    /// let event: ThingTypeEvent = serde_json::from_str(r#"{
    ///     "eventType": "THING_TYPE_EVENT",
    ///     "eventId": "e-1",
    ///     "timestamp": 1700000000123,
    ///     "operation": "UPDATED",
    ///     "accountId": "123456789012",
    ///     "thingTypeId": "c530ae83",
    ///     "thingTypeName": "pumps",
    ///     "isDeprecated": true,
    ///     "deprecationDate": 1700000000123,
    ///     "searchableAttributes": ["hall"],
    ///     "description": null
    /// }"#)?;
    /// assert_eq!(event.operation, RegistryOperation::Updated); // a deprecation is an update
    /// assert_eq!(event.deprecation_date, Some(event.timestamp));
    /// assert_eq!(event.topic().to_string(), "$aws/events/thingType/pumps/updated");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct ThingTypeEvent: "THING_TYPE_EVENT" {
        /// Unique.
        pub event_id: String,
        /// When; milliseconds on the wire.
        pub timestamp: Timestamp,
        /// What happened; upper case on the wire.
        #[serde(with = "super::wire::upper")]
        pub operation: RegistryOperation,
        /// The account.
        pub account_id: String,
        /// The id of the thing type.
        pub thing_type_id: String,
        /// The name of the thing type.
        pub thing_type_name: ThingTypeName,
        /// Whether things can no longer get it.
        pub is_deprecated: bool,
        /// Since when; milliseconds on the wire.
        pub deprecation_date: Option<Timestamp>,
        /// The attributes that things of this type are searched by.
        #[serde(default, deserialize_with = "super::wire::null_as_empty")]
        pub searchable_attributes: Vec<String>,
        /// What messages of these things are enriched with; a later addition, left out when empty.
        #[serde(
            default,
            deserialize_with = "super::wire::null_as_empty",
            skip_serializing_if = "Vec::is_empty"
        )]
        pub propagating_attributes: Vec<PropagatingAttribute>,
        /// What the creator says about it.
        pub description: Option<String>,
    }
}

impl ThingTypeEvent {
    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> EventTopic {
        EventTopic::ThingType {
            thing_type: self.thing_type_name.clone(),
            operation: self.operation,
        }
    }
}

/// An MQTT 5 user property that AWS IoT adds to the messages of a thing (developer guide, Adding
/// propagating attributes for message enrichment).
///
/// # Examples
///
/// ```
/// use iot_topics::event::PropagatingAttribute;
///
/// let attribute: PropagatingAttribute = serde_json::from_str(r#"{
///     "userPropertyKey": "client",
///     "thingAttribute": null,
///     "connectionAttribute": "iot:ClientId"
/// }"#)?;
/// assert_eq!(attribute.user_property_key, "client");
/// assert_eq!(attribute.thing_attribute, None); // one of the two is the source
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::exhaustive_structs,
    reason = "who sends such an event writes every key, and wants to hear of a new one"
)]
pub struct PropagatingAttribute {
    /// The key of the user property.
    pub user_property_key: String,
    /// The attribute of the thing that is its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thing_attribute: Option<String>,
    /// The variable of the connection that is its value, such as `iot:ClientId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_attribute: Option<String>,
}

payload! {
    /// A thing got or lost its thing type (developer guide, Registry events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::ThingTypeAssociationEvent;
    /// use iot_topics::reserved::MembershipChange;
    ///
    /// let event: ThingTypeAssociationEvent = serde_json::from_str(r#"{
    ///     "eventType": "THING_TYPE_ASSOCIATION_EVENT",
    ///     "eventId": "e-1",
    ///     "operation": "REMOVED",
    ///     "thingId": "b604f69c",
    ///     "thingName": "pump",
    ///     "thingTypeName": "pumps",
    ///     "timestamp": 1700000000123
    /// }"#)?;
    /// assert_eq!(event.operation, MembershipChange::Removed);
    /// assert_eq!(
    ///     event.topic().to_string(),
    ///     "$aws/events/thingTypeAssociation/thing/pump/thingType/pumps/removed",
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct ThingTypeAssociationEvent: "THING_TYPE_ASSOCIATION_EVENT" {
        /// Unique.
        pub event_id: String,
        /// What happened; upper case on the wire.
        #[serde(with = "super::wire::upper")]
        pub operation: MembershipChange,
        /// The id of the thing.
        pub thing_id: String,
        /// The name of the thing.
        pub thing_name: ThingName,
        /// The name of the thing type.
        pub thing_type_name: ThingTypeName,
        /// When; milliseconds on the wire.
        pub timestamp: Timestamp,
    }
}

impl ThingTypeAssociationEvent {
    /// The topic of the event, in the form that Registry events gives.
    #[must_use]
    pub fn topic(&self) -> EventTopic {
        EventTopic::ThingTypeAssociation {
            thing: self.thing_name.clone(),
            thing_type: self.thing_type_name.clone(),
            change: Some(self.operation),
        }
    }
}

payload! {
    /// A thing group was created, updated or deleted (developer guide, Registry events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::ThingGroupEvent;
    ///
    /// let event: ThingGroupEvent = serde_json::from_str(r#"{
    ///     "eventType": "THING_GROUP_EVENT",
    ///     "eventId": "e-1",
    ///     "timestamp": 1700000000123,
    ///     "operation": "CREATED",
    ///     "accountId": "123456789012",
    ///     "thingGroupId": "8f82a106",
    ///     "thingGroupName": "hall-7",
    ///     "versionNumber": 1,
    ///     "parentGroupName": "plant",
    ///     "parentGroupId": "4a4e1c7b",
    ///     "description": null,
    ///     "rootToParentThingGroups": [{
    ///         "groupArn": "arn:aws:iot:eu-west-1:123456789012:thinggroup/plant",
    ///         "groupId": "4a4e1c7b"
    ///     }],
    ///     "attributes": { "floor": "2" },
    ///     "dynamicGroupMappingId": null
    /// }"#)?;
    /// assert_eq!(event.parent_group_name.as_ref().map(|name| name.as_str()), Some("plant"));
    /// assert_eq!(event.root_to_parent_thing_groups.len(), 1); // the parent is a root
    /// assert_eq!(event.topic().to_string(), "$aws/events/thingGroup/hall-7/created");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct ThingGroupEvent: "THING_GROUP_EVENT" {
        /// Unique.
        pub event_id: String,
        /// When; milliseconds on the wire.
        pub timestamp: Timestamp,
        /// What happened; upper case on the wire.
        #[serde(with = "super::wire::upper")]
        pub operation: RegistryOperation,
        /// The account.
        pub account_id: String,
        /// The id of the group.
        pub thing_group_id: String,
        /// The name of the group.
        pub thing_group_name: GroupName,
        /// 1 when the group is created, one more with each update.
        pub version_number: u64,
        /// The name of the group above, if there is one.
        pub parent_group_name: Option<GroupName>,
        /// The id of the group above, if there is one.
        pub parent_group_id: Option<String>,
        /// What the creator says about it.
        pub description: Option<String>,
        /// The groups above, from the root to the parent.
        #[serde(default, deserialize_with = "super::wire::null_as_empty")]
        pub root_to_parent_thing_groups: Vec<ParentGroup>,
        /// The attributes.
        #[serde(default, deserialize_with = "super::wire::null_as_empty")]
        pub attributes: BTreeMap<String, String>,
        /// For a dynamic group, an id that the page does not explain.
        pub dynamic_group_mapping_id: Option<String>,
    }
}

impl ThingGroupEvent {
    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> EventTopic {
        EventTopic::ThingGroup {
            group: self.thing_group_name.clone(),
            operation: self.operation,
        }
    }
}

/// One of the groups above a thing group.
///
/// # Examples
///
/// ```
/// use iot_topics::event::ParentGroup;
///
/// let group: ParentGroup = serde_json::from_str(r#"{
///     "groupArn": "arn:aws:iot:eu-west-1:123456789012:thinggroup/plant",
///     "groupId": "4a4e1c7b"
/// }"#)?;
/// assert!(group.group_arn.ends_with(":thinggroup/plant"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::exhaustive_structs,
    reason = "who sends such an event writes every key, and wants to hear of a new one"
)]
pub struct ParentGroup {
    /// The ARN of the group.
    pub group_arn: String,
    /// The id of the group.
    pub group_id: String,
}

payload! {
    /// A thing was added to or removed from a thing group (developer guide, Registry events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::ThingGroupMembershipEvent;
    ///
    /// let mut event: ThingGroupMembershipEvent = serde_json::from_str(r#"{
    ///     "eventType": "THING_GROUP_MEMBERSHIP_EVENT",
    ///     "eventId": "e-1",
    ///     "timestamp": 1700000000123,
    ///     "operation": "ADDED",
    ///     "accountId": "123456789012",
    ///     "groupArn": "arn:aws:iot:eu-west-1:123456789012:thinggroup/hall-7",
    ///     "groupId": "8f82a106",
    ///     "thingArn": "arn:aws:iot:eu-west-1:123456789012:thing/pump",
    ///     "thingId": "b604f69c",
    ///     "membershipId": "8f82a106:b604f69c"
    /// }"#)?;
    /// assert_eq!(
    ///     event.topic().unwrap().to_string(),
    ///     "$aws/events/thingGroupMembership/thingGroup/hall-7/thing/pump/added",
    /// );
    /// event.group_arn = "hall-7".into(); // the names are read from the ARNs
    /// assert_eq!(event.topic(), None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct ThingGroupMembershipEvent: "THING_GROUP_MEMBERSHIP_EVENT" {
        /// Unique.
        pub event_id: String,
        /// When; milliseconds on the wire.
        pub timestamp: Timestamp,
        /// What happened; upper case on the wire.
        #[serde(with = "super::wire::upper")]
        pub operation: MembershipChange,
        /// The account.
        pub account_id: String,
        /// The ARN of the group.
        pub group_arn: String,
        /// The id of the group.
        pub group_id: String,
        /// The ARN of the thing.
        pub thing_arn: String,
        /// The id of the thing.
        pub thing_id: String,
        /// The id of the membership, made when the thing is added.
        pub membership_id: String,
    }
}

impl ThingGroupMembershipEvent {
    /// The topic of the event; `None` when the ARNs are not those of a thing group and a thing.
    #[must_use]
    pub fn topic(&self) -> Option<EventTopic> {
        Some(EventTopic::ThingGroupMembership {
            group: GroupName::parse(arn_name(&self.group_arn, "thinggroup")?).ok()?,
            thing: ThingName::parse(arn_name(&self.thing_arn, "thing")?).ok()?,
            change: self.operation,
        })
    }
}

payload! {
    /// A thing group was added to or removed from another (developer guide, Registry events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::ThingGroupHierarchyEvent;
    ///
    /// let event: ThingGroupHierarchyEvent = serde_json::from_str(r#"{
    ///     "eventType": "THING_GROUP_HIERARCHY_EVENT",
    ///     "eventId": "e-1",
    ///     "timestamp": 1700000000123,
    ///     "operation": "ADDED",
    ///     "accountId": "123456789012",
    ///     "thingGroupId": "4a4e1c7b",
    ///     "thingGroupName": "plant",
    ///     "childGroupId": "8f82a106",
    ///     "childGroupName": "hall-7"
    /// }"#)?;
    /// assert_eq!(
    ///     event.topic().to_string(),
    ///     "$aws/events/thingGroupHierarchy/thingGroup/plant/childThingGroup/hall-7/added",
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct ThingGroupHierarchyEvent: "THING_GROUP_HIERARCHY_EVENT" {
        /// Unique.
        pub event_id: String,
        /// When; milliseconds on the wire.
        pub timestamp: Timestamp,
        /// What happened; upper case on the wire.
        #[serde(with = "super::wire::upper")]
        pub operation: MembershipChange,
        /// The account.
        pub account_id: String,
        /// The id of the group above.
        pub thing_group_id: String,
        /// The name of the group above.
        pub thing_group_name: GroupName,
        /// The id of the group below.
        pub child_group_id: String,
        /// The name of the group below.
        pub child_group_name: GroupName,
    }
}

impl ThingGroupHierarchyEvent {
    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> EventTopic {
        EventTopic::ThingGroupHierarchy {
            parent: self.thing_group_name.clone(),
            child: self.child_group_name.clone(),
            change: self.operation,
        }
    }
}
