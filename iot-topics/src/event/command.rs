//! Events of commands.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::wire::{arn_name, payload};
use crate::ident::{CommandId, ExecutionId};
use crate::reserved::{CommandExecutionStatus, EventTopic};
use crate::time::Timestamp;

payload! {
    /// A command execution has another status (developer guide, Command execution events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::CommandExecutionEvent;
    ///
    /// let event: CommandExecutionEvent = serde_json::from_str(r#"{
    ///     "executionId": "2b0065c5",
    ///     "status": "SUCCEEDED",
    ///     "eventType": "COMMAND_EXECUTION",
    ///     "commandArn": "arn:aws:iot:eu-west-1:123456789012:command/open-valve",
    ///     "targetArn": "arn:aws:iot:eu-west-1:123456789012:thing/valve",
    ///     "timestamp": 1700000000456
    /// }"#)?;
    /// let topic = event.topic().unwrap();
    /// assert_eq!(topic.to_string(), "$aws/events/commandExecution/open-valve/SUCCEEDED");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct CommandExecutionEvent: "COMMAND_EXECUTION" {
        /// The execution.
        pub execution_id: ExecutionId,
        /// The status.
        pub status: CommandExecutionStatus,
        /// Why it has this status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status_reason: Option<StatusReason>,
        /// The ARN of the command.
        pub command_arn: String,
        /// The ARN of the thing or client that runs it.
        pub target_arn: String,
        /// When; milliseconds on the wire.
        pub timestamp: Timestamp,
    }
}

impl CommandExecutionEvent {
    /// The topic of the event; `None` when the ARN is not that of a command.
    #[must_use]
    pub fn topic(&self) -> Option<EventTopic> {
        let command = CommandId::parse(arn_name(&self.command_arn, "command")?).ok()?;
        let status = self.status;
        Some(EventTopic::CommandExecution { command, status })
    }
}

/// Why a command execution has its status.
///
/// # Examples
///
/// ```
/// use iot_topics::event::StatusReason;
///
/// let reason: StatusReason = serde_json::from_str(r#"{ "reasonCode": "VALVE_STUCK" }"#)?;
/// assert_eq!(reason.reason_code, "VALVE_STUCK");
/// assert_eq!(reason.reason_description, None); // a device need not say more
/// assert!(serde_json::from_str::<StatusReason>(r#"{ "reasonDescription": "stuck" }"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::exhaustive_structs,
    reason = "who sends such an event writes every key, and wants to hear of a new one"
)]
pub struct StatusReason {
    /// A code of the device's own.
    pub reason_code: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_description: Option<String>,
}
