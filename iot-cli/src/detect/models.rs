//! The file of models: what `iot detect train` writes and `iot detect` reads.

use std::path::Path;

use iot_defender::detect::{
    BehaviorName, BehaviorRef, Model, ModelLifecycle, ProfileName, TrainedModels,
};
use serde::{Deserialize, Serialize};

use super::setup::Setup;
use crate::output::{self, Failure};
use crate::source::Source;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    models: Vec<Entry>,
}

/// A behavior, and what was learnt of it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    security_profile_name: String,
    behavior_name: String,
    lifecycle: ModelLifecycle,
    model: Option<Model>,
}

pub(super) fn read(path: &Path) -> Result<TrainedModels, Failure> {
    let source = Source::read(path)?;
    let file: File = serde_json::from_str(&source.text)
        .map_err(|error| output::json_error(source.path.as_ref(), &source.text, &error))?;
    let mut models = TrainedModels::new();
    for (index, entry) in file.models.into_iter().enumerate() {
        let wrong = |member: &str, error: &dyn ToString| {
            let pointer = format!("/models/{index}/{member}");
            source.failure_at("these are no models", &pointer, &error.to_string())
        };
        let profile = ProfileName::parse(&entry.security_profile_name)
            .map_err(|error| wrong("securityProfileName", &error))?;
        let behavior = BehaviorName::parse(&entry.behavior_name)
            .map_err(|error| wrong("behaviorName", &error))?;
        let of = BehaviorRef {
            profile: &profile,
            behavior: &behavior,
        };
        if models.lifecycle(of).is_some() {
            return Err(wrong("behaviorName", &"there are two models of it"));
        }
        models.restore(of, entry.lifecycle, entry.model);
    }
    Ok(models)
}

/// The models of the behaviors of all profiles, as a text.
pub(super) fn text(setup: &Setup, models: &TrainedModels) -> Result<String, Failure> {
    let mut entries = Vec::new();
    for watched in &setup.profiles {
        for behavior in watched.profile.behaviors() {
            let of = BehaviorRef {
                profile: watched.profile.name(),
                behavior: behavior.name(),
            };
            if let Some(lifecycle) = models.lifecycle(of) {
                entries.push(Entry {
                    security_profile_name: of.profile.to_string(),
                    behavior_name: of.behavior.to_string(),
                    lifecycle: lifecycle.clone(),
                    model: models.model(of).cloned(),
                });
            }
        }
    }
    let file = File { models: entries };
    let text = serde_json::to_string_pretty(&file).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}
