//! What a mitigation action is told.

use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::GroupName;
use serde_json::{Map, Value, json};

use super::ActionType;
use crate::audit::logging::LogLevel;

/// The parameters of a mitigation action: one block, that of its kind.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ActionParams, ActionType};
///
/// let params = ActionParams::from_json(&serde_json::json!({
///     "updateDeviceCertificateParams": { "action": "DEACTIVATE" },
/// }))?;
/// assert_eq!(params, ActionParams::UpdateDeviceCertificate);
/// assert_eq!(params.action_type(), ActionType::UpdateDeviceCertificate);
/// # Ok::<(), iot_defender::audit::MitigationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActionParams {
    /// Publishes the finding to a topic of SNS.
    PublishFindingToSns {
        /// The ARN of the topic, at most 350 characters.
        topic_arn: String,
    },
    /// Makes the device certificate inactive, which is the one thing that can be done to it.
    UpdateDeviceCertificate,
    /// Makes the CA certificate inactive, which is the one thing that can be done to it.
    UpdateCaCertificate,
    /// Puts the things of the certificate into groups.
    AddThingsToThingGroup {
        /// The groups, one to ten.
        groups: Vec<GroupName>,
        /// Whether things leave dynamic groups for them, if they are in too many.
        override_dynamic_groups: bool,
    },
    /// Makes a version without statements the one in force, which is the one template.
    ReplaceDefaultPolicyVersion,
    /// Turns logging on.
    EnableIotLogging {
        /// The role that writes, 20 to 2048 characters.
        role_arn: String,
        /// How much; not [`LogLevel::Disabled`].
        level: LogLevel,
    },
}

impl ActionParams {
    /// Reads `actionParams` of the API. Members that a block does not know are not looked at.
    ///
    /// # Errors
    ///
    /// [`MitigationError`]: not exactly one block, or the first member that breaks its rule.
    pub fn from_json(json: &Value) -> Result<Self, MitigationError> {
        let blocks = json.as_object().into_iter().flatten();
        let mut blocks = blocks.filter(|(_, block)| !block.is_null());
        let (Some((name, block)), None) = (blocks.next(), blocks.next()) else {
            return Err(MitigationError::Blocks);
        };
        let (_, read) = BLOCKS
            .iter()
            .find(|(block, _)| block == name)
            .ok_or(MitigationError::Blocks)?;
        read(block.as_object().ok_or(MitigationError::Blocks)?)
    }

    /// `actionParams` of the API; [`from_json`](Self::from_json) reads it back to an equal value.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::ActionParams;
    ///
    /// assert_eq!(
    ///     ActionParams::ReplaceDefaultPolicyVersion.to_json(),
    ///     serde_json::json!({
    ///         "replaceDefaultPolicyVersionParams": { "templateName": "BLANK_POLICY" },
    ///     }),
    /// );
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::PublishFindingToSns { topic_arn } => {
                json!({ "publishFindingToSnsParams": { "topicArn": topic_arn } })
            }
            Self::UpdateDeviceCertificate => {
                json!({ "updateDeviceCertificateParams": { "action": "DEACTIVATE" } })
            }
            Self::UpdateCaCertificate => {
                json!({ "updateCACertificateParams": { "action": "DEACTIVATE" } })
            }
            Self::AddThingsToThingGroup {
                groups,
                override_dynamic_groups,
            } => {
                let groups: Vec<&str> = groups.iter().map(GroupName::as_str).collect();
                json!({ "addThingsToThingGroupParams": {
                    "thingGroupNames": groups,
                    "overrideDynamicGroups": override_dynamic_groups,
                } })
            }
            Self::ReplaceDefaultPolicyVersion => {
                json!({ "replaceDefaultPolicyVersionParams": { "templateName": "BLANK_POLICY" } })
            }
            Self::EnableIotLogging { role_arn, level } => {
                json!({ "enableIoTLoggingParams": {
                    "roleArnForLogging": role_arn,
                    "logLevel": level,
                } })
            }
        }
    }

    /// The kind of the action.
    #[must_use]
    pub const fn action_type(&self) -> ActionType {
        match self {
            Self::PublishFindingToSns { .. } => ActionType::PublishFindingToSns,
            Self::UpdateDeviceCertificate => ActionType::UpdateDeviceCertificate,
            Self::UpdateCaCertificate => ActionType::UpdateCaCertificate,
            Self::AddThingsToThingGroup { .. } => ActionType::AddThingsToThingGroup,
            Self::ReplaceDefaultPolicyVersion => ActionType::ReplaceDefaultPolicyVersion,
            Self::EnableIotLogging { .. } => ActionType::EnableIotLogging,
        }
    }
}

type Read = fn(&Map<String, Value>) -> Result<ActionParams, MitigationError>;

const BLOCKS: [(&str, Read); 6] = [
    ("updateDeviceCertificateParams", |block| {
        deactivate(block).map(|()| ActionParams::UpdateDeviceCertificate)
    }),
    ("updateCACertificateParams", |block| {
        deactivate(block).map(|()| ActionParams::UpdateCaCertificate)
    }),
    ("addThingsToThingGroupParams", add_things),
    ("replaceDefaultPolicyVersionParams", |block| {
        match text(block, "templateName") {
            Some("BLANK_POLICY") => Ok(ActionParams::ReplaceDefaultPolicyVersion),
            _ => Err(MitigationError::TemplateName),
        }
    }),
    ("enableIoTLoggingParams", |block| {
        let role_arn = text(block, "roleArnForLogging").filter(|arn| is_role(arn));
        let level = text(block, "logLevel").and_then(|level| level.parse().ok());
        Ok(ActionParams::EnableIotLogging {
            role_arn: role_arn.ok_or(MitigationError::RoleArnForLogging)?.into(),
            level: level
                .filter(|level| *level != LogLevel::Disabled)
                .ok_or(MitigationError::LogLevel)?,
        })
    }),
    ("publishFindingToSnsParams", |block| {
        let topic_arn = text(block, "topicArn");
        let topic_arn = topic_arn.filter(|arn| (1..=350).contains(&arn.chars().count()));
        Ok(ActionParams::PublishFindingToSns {
            topic_arn: topic_arn.ok_or(MitigationError::TopicArn)?.into(),
        })
    }),
];

fn deactivate(block: &Map<String, Value>) -> Result<(), MitigationError> {
    match text(block, "action") {
        Some("DEACTIVATE") => Ok(()),
        _ => Err(MitigationError::Action),
    }
}

fn add_things(block: &Map<String, Value>) -> Result<ActionParams, MitigationError> {
    let names = block.get("thingGroupNames").and_then(Value::as_array);
    let names = names.filter(|names| (1..=10).contains(&names.len()));
    let groups = names.ok_or(MitigationError::ThingGroupNames)?.iter();
    let groups: Option<_> = groups
        .map(|name| GroupName::parse(name.as_str()?).ok())
        .collect();
    let override_dynamic_groups = match block.get("overrideDynamicGroups") {
        None | Some(Value::Null) => Some(false),
        Some(value) => value.as_bool(),
    };
    Ok(ActionParams::AddThingsToThingGroup {
        groups: groups.ok_or(MitigationError::ThingGroupNames)?,
        override_dynamic_groups: override_dynamic_groups
            .ok_or(MitigationError::OverrideDynamicGroups)?,
    })
}

fn text<'a>(block: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    block.get(key).and_then(Value::as_str)
}

pub(crate) fn is_role(arn: &str) -> bool {
    (20..=2048).contains(&arn.chars().count())
}

/// A mitigation action that cannot be.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ActionParams, MitigationError};
///
/// let error = ActionParams::from_json(&serde_json::json!({})).unwrap_err();
/// assert_eq!(error, MitigationError::Blocks);
/// assert_eq!(error.to_string(), "actionParams: not exactly one of the six blocks");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MitigationError {
    /// No block, two, or one that is not known.
    #[error("actionParams: not exactly one of the six blocks")]
    Blocks,
    /// What is done to a certificate.
    #[error("action: not DEACTIVATE")]
    Action,
    /// The groups.
    #[error("thingGroupNames: not one to ten names of groups")]
    ThingGroupNames,
    /// Whether dynamic groups are left.
    #[error("overrideDynamicGroups: not true or false")]
    OverrideDynamicGroups,
    /// The template of the policy.
    #[error("templateName: not BLANK_POLICY")]
    TemplateName,
    /// The role that writes the log.
    #[error("roleArnForLogging: not 20 to 2048 characters")]
    RoleArnForLogging,
    /// How much is logged.
    #[error("logLevel: none of DEBUG, INFO, ERROR and WARN")]
    LogLevel,
    /// The topic of SNS.
    #[error("topicArn: not 1 to 350 characters")]
    TopicArn,
    /// The name of the action.
    #[error("actionName: not 1 to 128 characters of `A-Z a-z 0-9 _ -`")]
    ActionName,
    /// The role of the action.
    #[error("roleArn: not 20 to 2048 characters")]
    RoleArn,
}
