//! Jobs for things that something is wrong with.

mod fill;

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::{GroupName, JobId, ThingName};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::call::ApiCall;
use super::error::RemedyError;
use super::incident::Incident;

/// Targets of a job ("AWS IoT Device Management quotas").
const MAX_TARGETS: usize = 100;

/// What a job is for.
///
/// # Examples
///
/// ```
/// use iot_defender::remedy::JobTarget;
///
/// let target = JobTarget::Group("quarantine".parse()?);
/// let arn = target.arn("arn:aws:iot:us-east-1:123456789012");
/// assert_eq!(arn, "arn:aws:iot:us-east-1:123456789012:thinggroup/quarantine");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "jobs have no other targets")]
pub enum JobTarget {
    /// A thing.
    Thing(ThingName),
    /// The things of a group.
    Group(GroupName),
}

impl JobTarget {
    /// Its ARN. `prefix` is what the ARNs of the account begin with, up to and without the colon
    /// behind the number of the account.
    #[must_use]
    pub fn arn(&self, prefix: &str) -> String {
        match self {
            Self::Thing(name) => format!("{prefix}:thing/{name}"),
            Self::Group(name) => format!("{prefix}:thinggroup/{name}"),
        }
    }
}

/// What every job of a kind has in common: the members of `CreateJob` but `jobId` and `targets`.
///
/// In texts of the document and in the description `${defender:thing}`, `${defender:id}` and
/// `${defender:reason}` stand for what the incident says. What they stand for is data: control
/// characters and `$` in it become `_`, so that a client id or a behavior that someone else named
/// cannot bring a placeholder of AWS IoT Jobs (a presigned URL, for instance) into the document,
/// and of each at most 256 characters are taken.
///
/// # Examples
///
/// ```
/// use iot_defender::remedy::{Incident, JobTemplate};
///
/// let reboot = JobTemplate::from_json(&serde_json::json!({
///     "document": { "because": "${defender:reason}", "operation": "reboot" },
///     "description": "restart after ${defender:id}",
///     "timeoutConfig": { "inProgressTimeoutInMinutes": 10 },
/// }))?;
/// let incident = Incident::new("lamp-7".parse()?, "v-1", "${aws:iot:thing-name} sends too much");
/// let call = reboot.job(&incident, "arn:aws:iot:us-east-1:123456789012");
/// assert_eq!(call.operation, "CreateJob");
/// assert_eq!(call.arguments["targets"][0], "arn:aws:iot:us-east-1:123456789012:thing/lamp-7");
/// assert_eq!(
///     call.arguments["document"],
///     r#"{"because":"_{aws:iot:thing-name} sends too much","operation":"reboot"}"#,
/// );
/// assert_eq!(call.arguments["description"], "restart after v-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobTemplate {
    members: Map<String, Value>,
    /// All of the members as text, which tells templates apart.
    digest: [u8; 32],
}

impl JobTemplate {
    /// Reads the members of `CreateJob`. The document may stand as an object too; it becomes the
    /// text that the API wants. Other members are passed on as they are: the service that gets the
    /// call checks them.
    ///
    /// # Errors
    ///
    /// [`RemedyError`]: not an object, `jobId` or `targets` in it, a document that is no object,
    /// or a placeholder `${defender:...}` that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::remedy::{JobTemplate, RemedyError};
    ///
    /// let unknown = serde_json::json!({ "document": { "why": "${defender:cause}" } });
    /// let error = JobTemplate::from_json(&unknown).unwrap_err();
    /// assert_eq!(error, RemedyError::Placeholder("cause".into()));
    /// ```
    pub fn from_json(json: &Value) -> Result<Self, RemedyError> {
        let mut members = json.as_object().ok_or(RemedyError::NotAnObject)?.clone();
        if let Some(member) = FILLED_IN
            .into_iter()
            .find(|name| members.contains_key(*name))
        {
            return Err(RemedyError::Member(member));
        }
        if let Some(document) = members.get_mut("document") {
            *document = document_text(document)?.into();
        }
        for name in TEXTS {
            if let Some(text) = members.get(name).and_then(Value::as_str) {
                fill::check(text)?;
            }
        }
        let digest = Sha256::digest(Value::Object(members.clone()).to_string()).into();
        Ok(Self { members, digest })
    }

    /// The job for one incident: `CreateJob` for its thing. The same template, incident and thing
    /// make the same job id, so that the service refuses a second one instead of rolling it out
    /// again.
    #[must_use]
    pub fn job(&self, incident: &Incident, prefix: &str) -> ApiCall {
        let mut members = self.members.clone();
        for name in TEXTS {
            if let Some(Value::String(text)) = members.get_mut(name) {
                *text = fill::fill(text, incident, name == "document");
            }
        }
        let target = JobTarget::Thing(incident.thing().clone());
        create_job(members, self.job_id(incident), [target.arn(prefix)])
    }

    /// The id of the job for an incident: `defender-` and 32 hexadecimal digits.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::remedy::{Incident, JobTemplate};
    ///
    /// let reboot = JobTemplate::from_json(&serde_json::json!({ "document": { "operation": "reboot" } }))?;
    /// let update = JobTemplate::from_json(&serde_json::json!({ "document": { "operation": "update" } }))?;
    /// let incident = Incident::new("lamp-7".parse()?, "v-1", "too many messages");
    /// assert_eq!(reboot.job_id(&incident), reboot.job_id(&incident));
    /// assert_ne!(reboot.job_id(&incident), update.job_id(&incident));
    /// assert!(iot_topics::JobId::check(&reboot.job_id(&incident)).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn job_id(&self, incident: &Incident) -> String {
        let mut hash = Sha256::new();
        hash.update(self.digest);
        for part in [incident.thing().as_str(), incident.id()] {
            // The length in front keeps the parts apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let digits = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
        core::iter::once("defender-".to_string())
            .chain(digits)
            .collect()
    }

    /// One job for many things and groups, 1 to 100 targets, each once, in their order.
    ///
    /// # Errors
    ///
    /// [`RemedyError::Targets`], and [`RemedyError::NoIncident`] if the template has placeholders.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::remedy::{JobTarget, JobTemplate};
    ///
    /// let update = JobTemplate::from_json(&serde_json::json!({
    ///     "documentSource": "https://s3.amazonaws.com/jobs/security-update.json",
    ///     "targetSelection": "CONTINUOUS",
    /// }))?;
    /// let targets = [JobTarget::Group("quarantine".parse()?)];
    /// let call = update.job_for(&"update-1".parse()?, targets, "arn:aws:iot:us-east-1:123456789012")?;
    /// assert_eq!(call.arguments["jobId"], "update-1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn job_for(
        &self,
        job_id: &JobId,
        targets: impl IntoIterator<Item = JobTarget>,
        prefix: &str,
    ) -> Result<ApiCall, RemedyError> {
        let mut texts = TEXTS
            .iter()
            .filter_map(|name| self.members.get(*name)?.as_str());
        if texts.any(fill::has_placeholder) {
            return Err(RemedyError::NoIncident);
        }
        let mut arns: Vec<String> = Vec::new();
        for target in targets {
            let arn = target.arn(prefix);
            if !arns.contains(&arn) {
                arns.push(arn);
            }
            if arns.len() > MAX_TARGETS {
                break;
            }
        }
        if !(1..=MAX_TARGETS).contains(&arns.len()) {
            return Err(RemedyError::Targets);
        }
        Ok(create_job(self.members.clone(), job_id.to_string(), arns))
    }
}

const FILLED_IN: [&str; 2] = ["jobId", "targets"];
/// The members in which placeholders are looked for.
const TEXTS: [&str; 2] = ["document", "description"];

fn document_text(document: &Value) -> Result<String, RemedyError> {
    match document {
        Value::Object(_) => Ok(document.to_string()),
        Value::String(text) => {
            let read: Result<Map<String, Value>, _> = serde_json::from_str(text);
            read.map_err(|_| RemedyError::Document)?;
            Ok(text.clone())
        }
        _ => Err(RemedyError::Document),
    }
}

fn create_job(
    mut members: Map<String, Value>,
    job_id: String,
    targets: impl IntoIterator<Item = String>,
) -> ApiCall {
    members.insert("jobId".into(), job_id.into());
    let targets: Vec<Value> = targets.into_iter().map(Value::from).collect();
    members.insert("targets".into(), targets.into());
    ApiCall::iot("CreateJob", members.into())
}
