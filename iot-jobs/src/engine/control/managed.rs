//! DescribeManagedJobTemplate, ListManagedJobTemplates.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::request::Request;
use crate::engine::Turn;
use crate::reject::ApiError;
use crate::{DocumentParameter, ManagedTemplate};

/// Where the documents of managed templates run.
const ENVIRONMENTS: [&str; 1] = ["LINUX"];

impl Turn<'_> {
    /// A managed template; without a version the latest.
    pub(super) fn managed_template(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Option<ManagedTemplate> {
        let named = |template: &ManagedTemplate| {
            template.name() == name && version.is_none_or(|version| template.version() == version)
        };
        let all = self.managed().into_values().filter(named);
        all.max_by_key(|template| order(template.version()))
    }

    /// Those of the world go before those that are built in.
    fn managed(&self) -> BTreeMap<(String, String), ManagedTemplate> {
        let built_in = ManagedTemplate::all().cloned();
        let all = built_in.chain(self.world.managed_templates());
        let all = all.map(|it| ((it.name().to_string(), it.version().to_string()), it));
        all.collect()
    }

    pub(super) fn describe_managed_template(
        &self,
        request: Request<'_>,
    ) -> Result<Value, ApiError> {
        let name = request.required("templateName");
        let version = request.text("templateVersion");
        let template = self.managed_template(name, version);
        let template = template
            .ok_or_else(|| ApiError::not_found(format!("no managed job template `{name}`")))?;
        let mut answer = self.managed_summary(&template);
        let parameters = template.parameters();
        answer.insert(
            "documentParameters".into(),
            parameters.iter().map(parameter).collect(),
        );
        answer.insert("document".into(), template.document().into());
        Ok(Value::Object(answer))
    }

    /// In the order of names and versions.
    pub(super) fn list_managed_templates(&self, request: Request<'_>) -> Result<Value, ApiError> {
        let size = request.page_size(&self.state.limits);
        let name = request.text("templateName");
        let after = request.text("nextToken").unwrap_or_default();
        let all = self.managed();
        let token = |(name, version): &(String, String)| format!("{name}:{version}");
        let mut rest = all
            .iter()
            .filter(|((known, _), _)| name.is_none_or(|name| known == name))
            .filter(|(key, _)| *token(key) > *after);
        let page: Vec<_> = rest.by_ref().take(size).collect();
        let summaries = page
            .iter()
            .map(|(_, template)| Value::Object(self.managed_summary(template)));
        let mut answer = json!({"managedJobTemplates": summaries.collect::<Value>()});
        if let (Some((last, _)), Some(_), Value::Object(answer)) =
            (page.last(), rest.next(), &mut answer)
        {
            answer.insert("nextToken".into(), token(last).into());
        }
        Ok(answer)
    }

    fn managed_summary(&self, template: &ManagedTemplate) -> Map<String, Value> {
        let (name, version) = (template.name(), template.version());
        let region = &self.state.region;
        let arn = format!("arn:aws:iot:{region}::jobtemplate/{name}:{version}");
        let environments = ENVIRONMENTS.iter().map(|it| Value::from(*it));
        Map::from_iter([
            ("templateArn".into(), arn.into()),
            ("templateName".into(), name.into()),
            ("templateVersion".into(), version.into()),
            ("description".into(), template.description().into()),
            ("environments".into(), environments.collect()),
        ])
    }
}

/// `10.0` comes after `9.0`.
fn order(version: &str) -> Vec<u64> {
    let numbers = version.split('.').map(|number| number.parse());
    numbers.map(Result::unwrap_or_default).collect()
}

fn parameter(parameter: &DocumentParameter) -> Value {
    json!({
        "key": parameter.key(),
        "description": parameter.description(),
        "regex": parameter.pattern().to_string(),
        "example": parameter.example(),
        "optional": parameter.is_optional(),
    })
}
