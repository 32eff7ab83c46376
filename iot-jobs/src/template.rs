//! Job templates: a job takes from one what its request does not say.

use alloc::string::String;

use serde_json::{Map, Value};

/// Members of a job template that a job takes over.
pub(crate) const MEMBERS: &[&str] = &[
    "description",
    "document",
    "documentSource",
    "presignedUrlConfig",
    "jobExecutionsRolloutConfig",
    "abortConfig",
    "timeoutConfig",
    "jobExecutionsRetryConfig",
    "destinationPackageVersions",
];

/// The `CreateJob` request with what a template has and it has not. A member of the request
/// replaces that of the template as a whole; a request with a document takes none from the
/// template. The `maintenanceWindows` of a template become those of the schedule.
///
/// # Examples
///
/// ```
/// use iot_jobs::with_template;
/// use serde_json::json;
///
/// let template = json!({"document": "{}", "timeoutConfig": {"inProgressTimeoutInMinutes": 5}});
/// let request = json!({"timeoutConfig": {}, "targets": []});
/// let whole = with_template(request.as_object().unwrap(), template.as_object().unwrap());
/// assert_eq!(
///     json!(whole),
///     json!({"document": "{}", "timeoutConfig": {}, "targets": []}),
/// );
/// ```
#[must_use]
pub fn with_template(
    request: &Map<String, Value>,
    template: &Map<String, Value>,
) -> Map<String, Value> {
    let mut whole = request.clone();
    let has_document = request.contains_key("document") || request.contains_key("documentSource");
    for name in MEMBERS {
        let document = matches!(*name, "document" | "documentSource");
        if let Some(value) = template.get(*name)
            && !whole.contains_key(*name)
            && !(document && has_document)
        {
            whole.insert((*name).into(), value.clone());
        }
    }
    if let Some(windows) = template.get("maintenanceWindows") {
        let schedule = whole
            .entry("schedulingConfig")
            .or_insert_with(|| Map::new().into());
        if let Value::Object(schedule) = schedule {
            schedule
                .entry("maintenanceWindows")
                .or_insert_with(|| windows.clone());
        }
    }
    whole
}
