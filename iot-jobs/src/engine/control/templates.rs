//! CreateJobTemplate, DescribeJobTemplate, ListJobTemplates, DeleteJobTemplate.

use alloc::format;
use alloc::string::String;

use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use super::create::{DocumentText, limit, missing_document, refused, texts};
use super::invalid;
use super::request::Request;
use crate::config::JobConfig;
use crate::config::schedule::check_windows;
use crate::engine::Turn;
use crate::engine::jobs::Job;
use crate::engine::template::Template;
use crate::reject::{ApiError, ApiErrorKind};
use crate::template::{MEMBERS, WINDOWS};
use crate::{DocumentError, JobDocument, ManagedTemplate, Placeholder};

/// What a job is made from, beside its request.
pub(super) enum Basis<'a> {
    Own(&'a Template),
    Managed(ManagedTemplate),
}

impl Basis<'_> {
    /// What the job takes over; its document is read apart.
    pub(super) fn members(&self) -> Map<String, Value> {
        match self {
            Self::Own(template) => template.members.clone(),
            Self::Managed(template) if template.description().is_empty() => Map::new(),
            Self::Managed(template) => {
                Map::from_iter([("description".into(), template.description().into())])
            }
        }
    }
}

impl Turn<'_> {
    /// The template of an ARN: one of the account, or a managed one.
    pub(super) fn basis(&self, arn: &str) -> Result<Basis<'_>, ApiError> {
        let own = arn.strip_prefix(&*self.state.arn_prefix());
        let managed = arn.strip_prefix(&*format!("arn:aws:iot:{}::", self.state.region));
        let found = match (own, managed) {
            (Some(own), _) => own
                .strip_prefix("jobtemplate/")
                .map(|id| self.state.templates.get(id).map(Basis::Own)),
            (None, Some(managed)) => managed.strip_prefix("jobtemplate/").map(|name| {
                let (name, version) = match name.split_once(':') {
                    Some((name, version)) => (name, Some(version)),
                    None => (name, None),
                };
                self.managed_template(name, version).map(Basis::Managed)
            }),
            (None, None) => None,
        };
        match found {
            Some(Some(basis)) => Ok(basis),
            Some(None) => Err(ApiError::not_found(format!("no job template `{arn}`"))),
            None => {
                let message = "`jobTemplateArn` must be the ARN of a job template of this account or of a managed one, of this region";
                Err(ApiError::invalid(message))
            }
        }
    }

    pub(super) fn create_template(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let id = request.required("jobTemplateId");
        let limits = &self.state.limits;
        let job = request.text("jobArn");
        let own = self.read_document(request)?;
        if job.is_some() && own.is_some() {
            let message = "`jobArn` must not be given beside a document";
            return Err(ApiError::invalid(message));
        }
        let job = job.map(|arn| self.job_of_arn(arn)).transpose()?;
        let mut members = job.map(members_of).unwrap_or_default();
        for name in MEMBERS.iter().chain([&WINDOWS]) {
            if *name != "document"
                && let Some(value) = request.get(name)
            {
                members.insert((*name).into(), value.clone());
            }
        }
        let (text, from_source) = match (own, job) {
            (Some(DocumentText { text, from_source }), _) => (text, from_source),
            (None, Some(job)) => (text_of(job, limits), false),
            (None, None) => return Err(missing_document()),
        };
        let document = JobDocument::parse(&text, limits);
        let document = document.map_err(|error| refused(&error, from_source))?;
        no_parameters(&document).map_err(|error| refused(&error, from_source))?;
        let at = Timestamp::from_secs(self.now.into());
        if let Some(windows) = members.get(WINDOWS) {
            check_windows(windows, limits).map_err(|error| invalid(&error))?;
        }
        self.package_versions(members.get("destinationPackageVersions"))?;
        let whole = Value::Object(members);
        JobConfig::from_json(&whole, limits, at).map_err(|error| invalid(&error))?;
        let Value::Object(members) = whole else {
            return Err(missing_document());
        };
        if self.state.templates.contains_key(id) {
            let message = format!("there is a job template `{id}`");
            return Err(ApiError::new(ApiErrorKind::Conflict, message));
        }
        if self.state.templates.len() >= limits.templates {
            let message = format!("there are {} job templates", limits.templates);
            return Err(limit(&message));
        }
        let template = Template {
            created_at: self.now,
            document: text.into(),
            members,
        };
        self.state.templates.insert(id.into(), template);
        let arn = self.state.arn("jobtemplate", id);
        Ok(json!({"jobTemplateArn": arn, "jobTemplateId": id}))
    }

    pub(super) fn describe_template(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let id = request.required("jobTemplateId");
        let template = self.state.templates.get(id);
        let template = template.ok_or_else(|| no_template(id))?;
        let mut answer = template.members.clone();
        for (name, value) in [
            ("jobTemplateArn", self.state.arn("jobtemplate", id).into()),
            ("jobTemplateId", id.into()),
            ("createdAt", template.created_at.into()),
            ("document", (&*template.document).into()),
        ] {
            answer.insert(name.into(), value);
        }
        Ok(Value::Object(answer))
    }

    /// In the order of the ids.
    pub(super) fn list_templates(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let size = request.page_size(&self.state.limits);
        let after = request.text("nextToken").unwrap_or_default();
        let all = self.state.templates.iter();
        let mut rest = all.filter(|(id, _)| &***id > after);
        let page: alloc::vec::Vec<_> = rest.by_ref().take(size).collect();
        let summaries = page.iter().map(|(id, template)| {
            json!({
                "jobTemplateArn": self.state.arn("jobtemplate", id),
                "jobTemplateId": &***id,
                "description": template.members.get("description"),
                "createdAt": template.created_at,
            })
        });
        let mut answer = json!({"jobTemplates": summaries.collect::<Value>()});
        if let (Some((last, _)), Some(_), Value::Object(answer)) =
            (page.last(), rest.next(), &mut answer)
        {
            answer.insert("nextToken".into(), (&***last).into());
        }
        Ok(answer)
    }

    pub(super) fn delete_template(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let id = request.required("jobTemplateId");
        match self.state.templates.remove(id) {
            Some(_) => Ok(Value::Null),
            None => Err(no_template(id)),
        }
    }

    fn job_of_arn(&self, arn: &str) -> Result<&Job, ApiError> {
        let resource = arn.strip_prefix(&*self.state.arn_prefix());
        let Some(id) = resource.and_then(|resource| resource.strip_prefix("job/")) else {
            let message = "`jobArn` must be the ARN of a job of this account and region";
            return Err(ApiError::invalid(message));
        };
        let job = self.state.jobs.number(id);
        job.and_then(|number| self.state.jobs.get(number))
            .ok_or_else(|| ApiError::not_found(format!("no job `{id}`")))
    }
}

fn no_template(id: &str) -> ApiError {
    ApiError::not_found(format!("no job template `{id}`"))
}

/// What a template takes over from a job.
fn members_of(job: &Job) -> Map<String, Value> {
    let given = MEMBERS
        .iter()
        .filter_map(|name| Some(((*name).into(), job.as_given.get(*name)?.clone())));
    let mut members: Map<String, Value> = given.collect();
    let schedule = job.as_given.get("schedulingConfig");
    if let Some(windows) = schedule.and_then(|schedule| schedule.get(WINDOWS)) {
        members.insert(WINDOWS.into(), windows.clone());
    }
    members
}

/// The document of a job, its parameters filled in.
fn text_of(job: &Job, limits: &crate::Limits) -> String {
    let given = job.document.given();
    match job.as_given.get("documentParameters") {
        Some(parameters) => match JobDocument::parse(&given, limits) {
            Ok(document) => document.with_parameters(&texts(parameters)),
            Err(_) => given.into_owned(),
        },
        None => given.into_owned(),
    }
}

/// Parameters are for managed templates alone.
fn no_parameters(document: &JobDocument) -> Result<(), DocumentError> {
    let parameter = |found: &&Placeholder| matches!(found, Placeholder::Parameter(_));
    match document.placeholders().find(parameter) {
        Some(Placeholder::Parameter(name)) => Err(DocumentError::Placeholder {
            placeholder: format!("${{aws:iot:parameter:{name}}}"),
            reason: "is for managed templates alone",
        }),
        _ => Ok(()),
    }
}
