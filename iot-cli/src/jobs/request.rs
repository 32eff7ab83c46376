//! A request that creates a job, as a file holds it, and all that is wrong with it.

use std::ops::Range;
use std::path::Path;

use annotate_snippets::Level;
use iot_jobs::{
    ConfigError, Engine, FreeText, JobConfig, JobDocument, Limits, Operation, Placeholder, World,
};
use iot_policy::{Position, locate, locate_key};
use iot_topics::{JobId, Timestamp};
use serde_json::{Map, Value, json};

use crate::output::{self, Failure, Place};
use crate::source::Source;

/// A file that holds JSON.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) source: Source,
    pub(super) value: Value,
}

/// A field that breaks a rule, and where it is.
#[derive(Debug)]
pub(super) struct Problem {
    field: String,
    value: Option<String>,
    rule: String,
    message: String,
    range: Range<usize>,
}

const LIMITS: Limits = Limits::AWS_IOT;

impl Request {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let source = Source::read(path)?;
        match serde_json::from_str(&source.text) {
            Ok(value) => Ok(Self { source, value }),
            Err(error) => Err(output::json_error(
                source.path.as_ref(),
                &source.text,
                &error,
            )),
        }
    }

    /// The configuration, or drawings of all that is wrong with it.
    pub(super) fn config(&self, now: Timestamp) -> Result<JobConfig, Failure> {
        JobConfig::from_json(&self.value, &LIMITS, now).map_err(|_| {
            let errors = JobConfig::check(&self.value, &LIMITS, now);
            let problems = errors.iter().map(|error| self.problem(error, false));
            let drawings = problems.map(|problem| problem.draw(&self.source));
            Failure::Drawing(drawings.collect::<Vec<_>>().join("\n"))
        })
    }

    /// All that is wrong, in the order of the text. What only the service can find, it finds when
    /// nothing else is wrong.
    pub(super) fn problems(&self, now: Timestamp) -> Vec<Problem> {
        let errors = JobConfig::check(&self.value, &LIMITS, now);
        let mut problems: Vec<_> = errors.iter().map(|it| self.problem(it, false)).collect();
        let unknown = JobConfig::unknown_members(&self.value);
        problems.extend(unknown.iter().map(|it| self.problem(it, true)));
        self.job_id(&mut problems);
        self.description(&mut problems);
        self.document(&mut problems);
        if problems.is_empty() {
            problems.extend(self.refusal(now));
        }
        problems.sort_by_key(|problem| problem.range.start);
        problems
    }

    fn job_id(&self, problems: &mut Vec<Problem>) {
        let field = "jobId";
        match self.member(field) {
            Some(Value::String(id)) => {
                let error = JobId::check(id).err();
                problems.extend(error.map(|error| self.wrong(field, &error.to_string())));
            }
            Some(_) => problems.push(self.wrong(field, "must be a string")),
            None => {}
        }
    }

    fn description(&self, problems: &mut Vec<Problem>) {
        let field = "description";
        match self.member(field) {
            Some(Value::String(text)) => {
                let error = FreeText::parse(field, text, &LIMITS).err();
                problems.extend(error.map(|error| self.problem(&error, false)));
            }
            Some(_) => problems.push(self.wrong(field, "must be a string")),
            None => {}
        }
    }

    fn document(&self, problems: &mut Vec<Problem>) {
        let field = "document";
        let text = match self.member(field) {
            Some(Value::String(text)) => text,
            Some(_) => {
                return problems.push(self.wrong(field, "must be a string that holds JSON"));
            }
            None => return,
        };
        match JobDocument::parse(text, &LIMITS) {
            Ok(document) => {
                let role = self.value.pointer("/presignedUrlConfig/roleArn");
                if document.needs_role() && role.is_none_or(Value::is_null) {
                    let rule = "has URLs to sign, which needs `presignedUrlConfig.roleArn`";
                    problems.push(self.wrong(field, rule));
                }
            }
            Err(error) => problems.push(self.wrong(field, &error.to_string())),
        }
    }

    /// What the service says to it, in an account that has every thing and group, with something
    /// in place of what the file leaves out.
    fn refusal(&self, now: Timestamp) -> Option<Problem> {
        let mut arguments = self.value.as_object().cloned().unwrap_or_else(Map::new);
        arguments.retain(|_, value| !value.is_null());
        let target = self.value.pointer("/targets/0").and_then(Value::as_str);
        let scope = target.and_then(|arn| arn.strip_prefix("arn:aws:iot:"));
        let mut scope = scope.unwrap_or_default().split(':');
        let (region, account) = match (scope.next(), scope.next()) {
            (Some(region), Some(account)) => (region, account),
            _ => ("us-east-1", "123456789012"),
        };
        let template = arguments.get("jobTemplateArn").and_then(Value::as_str);
        // Managed templates have no account.
        let managed = template.is_some_and(|arn| arn.contains("::jobtemplate/"));
        if template.is_some() && !managed {
            arguments.remove("jobTemplateArn");
        }
        let thing = format!("arn:aws:iot:{region}:{account}:thing/thing");
        let has_document = managed || arguments.contains_key("documentSource");
        let left_out = [
            ("jobId", json!("job"), true),
            ("targets", json!([thing]), true),
            ("document", json!("{}"), !has_document),
        ];
        for (name, value, needed) in left_out {
            if needed {
                arguments.entry(name).or_insert(value);
            }
        }
        let arguments = &Value::Object(arguments);
        let api = "CreateJob";
        let create = Operation::Control { api, arguments };
        let mut engine = Engine::new(region, account);
        let error = engine.apply(create, &self.account(), &mut (), now).err()?;
        let message = error.message();
        let field = message.split('`').nth(1).unwrap_or_default();
        let member = field.split(['.', '[']).next().unwrap_or_default();
        let field = self.member(member).map_or("", |_| field);
        Some(self.wrong(field, message))
    }

    /// With the package attributes that the document asks for.
    fn account(&self) -> Anything {
        let text = self.member("document").and_then(Value::as_str);
        let document = text.and_then(|text| JobDocument::parse(text, &LIMITS).ok());
        let placeholders = document.iter().flat_map(JobDocument::placeholders);
        let attributes = placeholders.filter_map(|placeholder| match placeholder {
            Placeholder::PackageAttribute { key, .. } => Some((key.clone(), "value".into())),
            _ => None,
        });
        Anything {
            attributes: attributes.collect(),
        }
    }

    fn member(&self, name: &str) -> Option<&Value> {
        self.value.get(name).filter(|value| !value.is_null())
    }

    fn problem(&self, error: &ConfigError, is_unknown: bool) -> Problem {
        Problem {
            field: error.field().to_owned(),
            value: error.value().map(str::to_owned),
            rule: error.rule().to_owned(),
            message: error.to_string(),
            range: self.range(error.field(), is_unknown),
        }
    }

    /// A problem that is told in words, which may name the field.
    fn wrong(&self, field: &str, words: &str) -> Problem {
        let names_it = words.starts_with(&format!("`{field}`"));
        let rule = words.split_once(", but ").filter(|_| names_it);
        Problem {
            field: field.to_owned(),
            value: None,
            rule: rule.map_or(words, |(_, rule)| rule).to_owned(),
            message: match field {
                field if field.is_empty() || names_it => words.to_owned(),
                field => format!("`{field}`: {words}"),
            },
            range: self.range(field, false),
        }
    }

    /// Where a field is, or where what it is missing in begins.
    fn range(&self, field: &str, of_name: bool) -> Range<usize> {
        let text = &self.source.text;
        let mut pointer = pointer(field);
        if of_name && let Some(range) = locate_key(text, &pointer) {
            return range;
        }
        loop {
            if let Some(range) = locate(text, &pointer) {
                let lines = text.get(range.clone()).is_some_and(|it| it.contains('\n'));
                let end = if lines { range.start + 1 } else { range.end };
                return range.start..end;
            }
            match pointer.rfind('/') {
                Some(at) => pointer.truncate(at),
                None => return 0..0,
            }
        }
    }
}

impl Problem {
    /// Draws it at its place in the text.
    pub(super) fn draw(&self, source: &Source) -> String {
        output::draw(
            Level::ERROR,
            &output::printable(&self.message),
            &Place {
                path: &source.path,
                source: &source.text,
                range: self.range.clone(),
                label: &output::printable(&self.rule),
            },
        )
    }

    pub(super) fn json(&self, source: &Source) -> Value {
        let start = Position::of(&source.text, self.range.start);
        let end = Position::of(&source.text, self.range.end);
        json!({
            "field": self.field,
            "value": self.value,
            "rule": self.rule,
            "message": self.message,
            "line": start.line,
            "column": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        })
    }
}

/// The JSON pointer of a path like `abortConfig.criteriaList[0].action`.
fn pointer(field: &str) -> String {
    let steps = field.split(['.', '[']).filter(|step| !step.is_empty());
    let steps = steps.map(|step| {
        let step = step.strip_suffix(']').unwrap_or(step);
        format!("/{}", step.replace('~', "~0").replace('/', "~1"))
    });
    steps.collect()
}

/// An account that has everything that is asked for.
struct Anything {
    attributes: Map<String, Value>,
}

impl World for Anything {
    fn has_thing(&self, _: &str) -> bool {
        true
    }

    fn has_group(&self, _: &str) -> bool {
        true
    }

    fn is_member(&self, _: &str, _: &str) -> bool {
        false
    }

    fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}

    fn read_document(&self, _: &str) -> Option<String> {
        Some("{}".to_owned())
    }

    fn package_attributes(&self, _: &str, _: &str) -> Option<Map<String, Value>> {
        Some(self.attributes.clone())
    }

    fn code_signature(&self, _: &str) -> Option<String> {
        Some("signature".to_owned())
    }
}
