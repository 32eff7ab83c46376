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

/// Maintenance windows, which become those of the schedule.
pub(crate) const WINDOWS: &str = "maintenanceWindows";

/// The `CreateJob` request with what a template has and it has not. A member of the request
/// replaces that of the template as a whole; a request with a document takes none from the
/// template; `null` is taken as missing. The `maintenanceWindows` of a template become those of the schedule.
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
    let given = |name: &str| request.get(name).is_some_and(|value| !value.is_null());
    let has_document = given("document") || given("documentSource");
    for name in MEMBERS {
        let document = matches!(*name, "document" | "documentSource");
        if let Some(value) = template.get(*name)
            && !given(name)
            && !(document && has_document)
        {
            whole.insert((*name).into(), value.clone());
        }
    }
    if let Some(windows) = template.get(WINDOWS) {
        let schedule = whole.entry("schedulingConfig").or_insert(Value::Null);
        if schedule.is_null() {
            *schedule = Map::new().into();
        }
        if let Value::Object(schedule) = schedule {
            let own = schedule.entry(WINDOWS).or_insert(Value::Null);
            if own.is_null() {
                *own = windows.clone();
            }
        }
    }
    whole
}
