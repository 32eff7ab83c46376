//! CreateJob.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::{GroupName, ThingName, Timestamp};
use serde_json::{Map, Value};

use super::invalid;
use super::request::Request;
use super::templates::Basis;
use crate::config::JobConfig;
use crate::engine::document::Document;
use crate::engine::jobs::{Job, Target};
use crate::engine::settings::Settings;
use crate::engine::{State, Turn};
use crate::reject::{ApiError, ApiErrorKind};
use crate::{
    ConfigError, DocumentError, JobDocument, PackageVersion, PresignedUrlConfig, TargetSelection,
    with_template,
};

/// Members of the request that DescribeJob tells as they came.
const AS_GIVEN: [&str; 12] = [
    "abortConfig",
    "description",
    "destinationPackageVersions",
    "documentParameters",
    "documentSource",
    "jobExecutionsRetryConfig",
    "jobExecutionsRolloutConfig",
    "jobTemplateArn",
    "namespaceId",
    "presignedUrlConfig",
    "schedulingConfig",
    "timeoutConfig",
];

impl Turn<'_> {
    pub(super) fn create_job(&mut self, request: Request<'_>) -> Result<Value, ApiError> {
        let id = request.required("jobId");
        let basis = request.text("jobTemplateArn");
        let basis = basis.map(|arn| self.basis(arn)).transpose()?;
        let whole = match &basis {
            Some(basis) => Cow::Owned(with_template(request.members(), &basis.members()).into()),
            None => Cow::Borrowed(request.whole()),
        };
        let limits = &self.state.limits;
        let at = Timestamp::from_secs(self.now.into());
        let config = JobConfig::from_json(&whole, limits, at).map_err(|error| invalid(&error))?;
        let document = self.document(request, basis.as_ref(), &whole)?;
        if document.needs_role() {
            needs_role(config.presigned.as_ref())?;
        }
        if self.state.jobs.number(id).is_some() {
            let message = format!("there is a job `{id}`");
            return Err(ApiError::new(ApiErrorKind::ResourceAlreadyExists, message));
        }
        let targets = self.targets(request)?;
        if self.state.jobs.active() >= limits.active_jobs {
            let message = format!("there are {} active jobs", limits.active_jobs);
            return Err(limit(&message));
        }
        let given = AS_GIVEN.iter().filter_map(|name| {
            let value = whole.get(name).filter(|value| !value.is_null())?;
            Some((String::from(*name), value.clone()))
        });
        let given: Map<String, Value> = given.collect();
        let continuous = config.selection == TargetSelection::Continuous;
        let settings = Settings(config);
        let mut job = Job::new(id, continuous, targets, document, given, settings, self.now);
        job.start = job.config.start();
        job.end = job.config.end();
        let starts = job.start.is_none();
        if starts {
            job.status = crate::status::JobStatus::InProgress;
        }
        let number = self.state.jobs.insert(job);
        self.state.listen(number);
        let answer = self.named(number);
        if starts {
            self.start_job(number);
        }
        self.state.jobs.note(number);
        Ok(answer)
    }

    /// The document, from the request or its template, with what is filled in at the creation.
    fn document(
        &self,
        request: Request<'_>,
        basis: Option<&Basis<'_>>,
        whole: &Value,
    ) -> Result<Document, ApiError> {
        let own = self.read_document(request)?;
        let parameters = request.get("documentParameters");
        let (given, text) = match (&own, basis) {
            (None, Some(Basis::Managed(template))) => {
                let parameters = parameters.map(texts).unwrap_or_default();
                let filled = template.fill(&parameters, &self.state.limits);
                let filled = filled.map_err(|error| invalid(&error))?;
                (Cow::Owned(template.document()), Cow::Owned(filled))
            }
            _ if parameters.is_some() => {
                let message = "`documentParameters` must not be given, as the document is not that of a managed template";
                return Err(ApiError::invalid(message));
            }
            (Some(own), _) => (Cow::Borrowed(&*own.text), Cow::Borrowed(&*own.text)),
            (None, Some(Basis::Own(template))) => {
                let text = &*template.document;
                (Cow::Borrowed(text), Cow::Borrowed(text))
            }
            (None, None) => return Err(missing_document()),
        };
        let parsed = JobDocument::parse(&text, &self.state.limits);
        let from_source = own.as_ref().is_some_and(|own| own.from_source);
        let parsed = parsed.map_err(|error| refused(&error, from_source))?;
        let packages = self.package_versions(whole.get("destinationPackageVersions"))?;
        check_packages(&parsed, &packages)?;
        Document::new(&given, &parsed, packages, self.world)
            .map_err(|error| refused(&error, from_source))
    }

    /// The text that a request brings or names.
    pub(super) fn read_document(
        &self,
        request: Request<'_>,
    ) -> Result<Option<DocumentText>, ApiError> {
        match (request.text("document"), request.text("documentSource")) {
            (Some(_), Some(_)) => {
                let message = "`documentSource` must not be given beside `document`";
                Err(ApiError::invalid(message))
            }
            (Some(text), None) => Ok(Some(DocumentText {
                text: text.into(),
                from_source: false,
            })),
            (None, Some(source)) => match self.world.read_document(source) {
                Some(text) => Ok(Some(DocumentText {
                    text,
                    from_source: true,
                })),
                None => Err(ApiError::invalid(format!(
                    "`documentSource` is `{source}`, which cannot be read"
                ))),
            },
            (None, None) => Ok(None),
        }
    }

    /// The targets, which must exist.
    pub(super) fn targets(&self, request: Request<'_>) -> Result<Vec<Target>, ApiError> {
        let max = self.state.limits.targets;
        let targets = request.get("targets").and_then(Value::as_array);
        let targets = targets.map(Vec::as_slice).unwrap_or_default();
        let mut parsed = Vec::new();
        for (index, target) in targets.iter().enumerate() {
            let found = target.as_str().and_then(|arn| self.state.parse_target(arn));
            let found = found.ok_or_else(|| {
                let rule = "must be the ARN of a thing or a group of this account and region";
                let field = format!("targets[{index}]");
                invalid(&ConfigError::new(field, Some(target), rule))
            })?;
            parsed.push(found);
            if parsed.len() > max {
                return Err(limit(&format!("a job has at most {max} targets")));
            }
        }
        let unknown = parsed.iter().find(|target| match target {
            Target::Thing(name) => !self.world.has_thing(name),
            Target::Group(name) => !self.world.has_group(name),
        });
        match unknown {
            Some(target) => {
                let arn = self.state.target_arn(target);
                Err(ApiError::not_found(format!("no `{arn}`")))
            }
            None => Ok(parsed),
        }
    }

    /// Reads `destinationPackageVersions`: each package at most once.
    pub(super) fn package_versions(
        &self,
        value: Option<&Value>,
    ) -> Result<Vec<PackageVersion>, ApiError> {
        let field = "destinationPackageVersions";
        let items = value.and_then(Value::as_array).map(Vec::as_slice);
        let items = items.unwrap_or_default();
        let max = self.state.limits.package_versions;
        if items.len() > max {
            let rule = format!("must have at most {max} elements");
            return Err(invalid(&ConfigError::new(field, value, rule)));
        }
        let prefix = self.state.arn_prefix();
        let mut seen = BTreeSet::new();
        let mut entries = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let refuse = |rule: &'static str| {
                let field = format!("{field}[{index}]");
                Err(invalid(&ConfigError::new(field, Some(item), rule)))
            };
            let resource = item.as_str().and_then(|arn| arn.strip_prefix(&*prefix));
            let Some(entry) = resource.and_then(PackageVersion::parse) else {
                return refuse("must be the ARN of a package version of this account and region");
            };
            if !seen.insert(String::from(entry.package())) {
                return refuse("must not name a package a second time");
            }
            if let Some(version) = entry.version()
                && !self.world.has_package_version(entry.package(), version)
            {
                return Err(ApiError::not_found(format!("no `{prefix}{entry}`")));
            }
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// A document that does not come from a template.
pub(super) struct DocumentText {
    pub(super) text: String,
    pub(super) from_source: bool,
}

impl State {
    /// A target of this account and region.
    fn parse_target(&self, arn: &str) -> Option<Target> {
        let (kind, name) = arn.strip_prefix(&*self.arn_prefix())?.split_once('/')?;
        match kind {
            "thing" if ThingName::check(name).is_ok() => Some(Target::Thing(name.into())),
            "thinggroup" if GroupName::check(name).is_ok() => Some(Target::Group(name.into())),
            _ => None,
        }
    }
}

pub(super) fn limit(message: &str) -> ApiError {
    ApiError::new(ApiErrorKind::LimitExceeded, message)
}

pub(super) fn missing_document() -> ApiError {
    ApiError::invalid("`document` is missing, but must be given, or else `documentSource`")
}

/// A document that is not one. What is too long is another error if it comes from a source.
pub(super) fn refused(error: &DocumentError, from_source: bool) -> ApiError {
    let message = format!("`document`: {error}");
    match error {
        DocumentError::TooLong { .. } if from_source => limit(&message),
        error if error.is_placeholder() => ApiError::new(ApiErrorKind::InvalidJobDocument, message),
        _ => ApiError::invalid(message),
    }
}

/// URLs are signed by a role that may read what they name (developer guide, Presigned URLs).
pub(super) fn needs_role(presigned: Option<&PresignedUrlConfig>) -> Result<(), ApiError> {
    if presigned.and_then(PresignedUrlConfig::role_arn).is_none() {
        let message = "`presignedUrlConfig.roleArn` is missing, and the document has URLs to sign";
        return Err(ApiError::invalid(message));
    }
    Ok(())
}

/// The packages of a document must be those that the job installs, if it names some (developer
/// guide, "Preparing AWS IoT jobs" of the software package catalog).
fn check_packages(document: &JobDocument, destinations: &[PackageVersion]) -> Result<(), ApiError> {
    let refuse = |message| Err(ApiError::new(ApiErrorKind::InvalidJobDocument, message));
    if document.needs_destination() && destinations.len() != 1 {
        return refuse(format!(
            "a package without a name needs one element of `destinationPackageVersions`, and there are {}",
            destinations.len()
        ));
    }
    for placeholder in document.placeholders() {
        let Some((name, version)) = placeholder.package().and_then(crate::Package::named) else {
            continue;
        };
        let matches =
            |entry: &PackageVersion| entry.package() == name && entry.version() == Some(version);
        if !destinations.is_empty() && !destinations.iter().any(matches) {
            return refuse(format!(
                "`document` names version `{version}` of the package `{name}`, and `destinationPackageVersions` does not"
            ));
        }
    }
    Ok(())
}

/// Texts by name, as the table of the call has checked.
pub(super) fn texts(value: &Value) -> BTreeMap<String, String> {
    let pairs = value.as_object().into_iter().flatten();
    let pairs = pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.into())));
    pairs.collect()
}
