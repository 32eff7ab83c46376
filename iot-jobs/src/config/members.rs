//! Which members a `CreateJob` request has.

use alloc::format;
use alloc::vec::Vec;

use serde_json::Value;

use super::JobConfig;
use super::read::{Node, Reader, all};
use crate::{ConfigError, Limits};

/// The members of each object, by its path; `[]` stands for any element. What is not here has
/// members of its caller's choice (API reference, CreateJob).
const MEMBERS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "abortConfig",
            "description",
            "destinationPackageVersions",
            "document",
            "documentParameters",
            "documentSource",
            "jobExecutionsRetryConfig",
            "jobExecutionsRolloutConfig",
            "jobId",
            "jobTemplateArn",
            "namespaceId",
            "presignedUrlConfig",
            "schedulingConfig",
            "tags",
            "targetSelection",
            "targets",
            "timeoutConfig",
        ],
    ),
    ("abortConfig", &["criteriaList"]),
    (
        "abortConfig.criteriaList[]",
        &[
            "action",
            "failureType",
            "minNumberOfExecutedThings",
            "thresholdPercentage",
        ],
    ),
    ("jobExecutionsRetryConfig", &["criteriaList"]),
    (
        "jobExecutionsRetryConfig.criteriaList[]",
        &["failureType", "numberOfRetries"],
    ),
    (
        "jobExecutionsRolloutConfig",
        &["exponentialRate", "maximumPerMinute"],
    ),
    (
        "jobExecutionsRolloutConfig.exponentialRate",
        &[
            "baseRatePerMinute",
            "incrementFactor",
            "rateIncreaseCriteria",
        ],
    ),
    (
        "jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria",
        &["numberOfNotifiedThings", "numberOfSucceededThings"],
    ),
    ("presignedUrlConfig", &["expiresInSec", "roleArn"]),
    (
        "schedulingConfig",
        &["endBehavior", "endTime", "maintenanceWindows", "startTime"],
    ),
    (
        "schedulingConfig.maintenanceWindows[]",
        &["durationInMinutes", "startTime"],
    ),
    ("tags[]", &["Key", "Value"]),
    ("timeoutConfig", &["inProgressTimeoutInMinutes"]),
];

impl JobConfig {
    /// Every member of a request that `CreateJob` does not have, at whatever depth. Services and
    /// SDKs differ in what they do about one; a name that is misspelled says nothing to any of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::JobConfig;
    /// use serde_json::json;
    ///
    /// let request = json!({"timeoutConfig": {"inProgressTimeout": 5}});
    /// let unknown = JobConfig::unknown_members(&request);
    /// assert_eq!(unknown.len(), 1);
    /// assert_eq!(unknown[0].field(), "timeoutConfig.inProgressTimeout");
    /// ```
    #[must_use]
    pub fn unknown_members(request: &Value) -> Vec<ConfigError> {
        all(&Limits::AWS_IOT, |reader| {
            let node = Node::new("", request);
            look(&node, "", reader);
            Some(())
        })
    }
}

/// Looks at the members of a value; no deeper than the table goes.
fn look(node: &Node<'_>, shape: &str, reader: &mut Reader<'_>) {
    let known = MEMBERS.iter().find(|(path, _)| *path == shape);
    let (Some((_, known)), Value::Object(members)) = (known, node.value) else {
        return;
    };
    for (name, value) in members {
        let member = Node {
            path: node.path_of(name),
            value,
        };
        if !known.contains(&name.as_str()) {
            reader.refuse::<()>(&member, "must not be given: there is no such member");
            continue;
        }
        let shape = match shape {
            "" => name.clone(),
            shape => format!("{shape}.{name}"),
        };
        look(&member, &shape, reader);
        let items = value.as_array().into_iter().flatten().enumerate();
        for (index, value) in items {
            let path = format!("{}[{index}]", member.path);
            look(&Node { path, value }, &format!("{shape}[]"), reader);
        }
    }
}
