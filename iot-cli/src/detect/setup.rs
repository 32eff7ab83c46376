//! What is watched: profiles with their targets, definitions, and who is in which group.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use clap::Args;
use iot_defender::detect::{
    Definitions, DetectError, Dimension, DimensionOperator, Engine, Metric, MetricDimension,
    NormalDevice, ProfileName, SecurityProfile, Target, Threat,
};
use iot_topics::GroupName;

use super::request::ProfileFile;
use crate::files;
use crate::output::{self, Failure};
use crate::source::Source;

#[derive(Debug, Args)]
pub(super) struct SetupArgs {
    /// Files and globs of security profiles and what belongs to them; may be given several times
    #[arg(short, long, value_name = "FILE")]
    profile: Vec<String>,
    /// Watch for a threat with its ready profile; may be given several times
    #[arg(long, value_name = "THREAT")]
    threat: Vec<Threat>,
    /// What is normal of a device, for ready profiles: JSON [default: a small sensor]
    #[arg(long, value_name = "FILE")]
    normal: Option<PathBuf>,
}

/// A profile, and what it is attached to.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) profile: SecurityProfile,
    pub(super) targets: Vec<Target>,
}

#[derive(Debug, Default)]
pub(super) struct Setup {
    pub(super) definitions: Definitions,
    pub(super) profiles: Vec<Watched>,
    /// Of each thing its groups.
    groups: BTreeMap<String, BTreeSet<GroupName>>,
    /// What behaviors are about.
    asked: BTreeMap<Metric, BTreeSet<Option<MetricDimension>>>,
}

impl SetupArgs {
    pub(super) fn setup(&self) -> Result<Setup, Failure> {
        let mut setup = Setup::default();
        let files: Vec<_> = files::expand(&self.profile)?
            .iter()
            .map(|path| ProfileFile::read(path))
            .collect::<Result<_, _>>()?;
        for file in &files {
            file.define(&mut setup.definitions)?;
            for (group, thing) in file.members()? {
                setup.groups.entry(thing).or_default().insert(group);
            }
        }
        for file in &files {
            let watched = file.profile(&setup.definitions)?;
            if let Some(watched) = watched {
                setup.add(watched)?;
            }
        }
        let normal = match &self.normal {
            Some(path) => read_normal(path)?,
            None => NormalDevice::default(),
        };
        for threat in &self.threat {
            let name = ProfileName::parse(threat.as_str());
            let profile = name
                .map_err(DetectError::from)
                .and_then(|name| threat.profile(name, &normal));
            setup.add(Watched {
                profile: profile.map_err(|error| format!("{threat}: {error}"))?,
                targets: vec![Target::All],
            })?;
        }
        if setup.profiles.is_empty() {
            return Err("nothing to watch for: --profile or --threat tells what"
                .to_owned()
                .into());
        }
        Ok(setup)
    }
}

/// What is normal of a device, from a file.
pub(super) fn read_normal(path: &std::path::Path) -> Result<NormalDevice, Failure> {
    let source = Source::read(path)?;
    serde_json::from_str(&source.text)
        .map_err(|error| output::json_error(source.path.as_ref(), &source.text, &error))
}

impl Setup {
    fn add(&mut self, watched: Watched) -> Result<(), Failure> {
        let name = watched.profile.name();
        let mut others = self.profiles.iter();
        if others.any(|other| other.profile.name() == name) {
            return Err(format!("there are two security profiles `{name}`").into());
        }
        for behavior in watched.profile.behaviors() {
            let scopes = self.asked.entry(behavior.metric().clone()).or_default();
            scopes.insert(behavior.dimension().cloned());
        }
        self.profiles.push(watched);
        Ok(())
    }

    /// An engine that holds devices to the profiles.
    pub(super) fn engine(&self) -> Result<Engine, Failure> {
        let mut engine = Engine::new();
        for Watched { profile, targets } in &self.profiles {
            engine.set_profile(profile);
            for target in targets {
                let attached = engine.attach(profile.name().as_str(), target.clone());
                attached.map_err(|error| format!("{}: `{target}`: {error}", profile.name()))?;
            }
        }
        Ok(engine)
    }

    /// The groups of a device. One that is not in the registry is in none.
    pub(super) fn groups(&self, name: &str, is_registered: bool) -> Vec<GroupName> {
        let groups = self.groups.get(name).filter(|_| is_registered);
        groups.into_iter().flatten().cloned().collect()
    }

    /// Whether a behavior is about a metric.
    pub(super) fn asks_for(&self, metric: &Metric, dimension: Option<&MetricDimension>) -> bool {
        let scopes = self.asked.get(metric);
        scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope.as_ref() == dimension))
    }

    /// The dimensions that behaviors are scoped to, each with its operator.
    pub(super) fn scopes(&self) -> Vec<(Dimension, DimensionOperator)> {
        let behaviors = self.profiles.iter().flat_map(|it| it.profile.behaviors());
        let named: BTreeSet<_> = behaviors
            .filter_map(|behavior| behavior.dimension())
            .collect();
        let scopes = named.into_iter().filter_map(|dimension| {
            let definition = self.definitions.dimension(dimension.name.as_str())?;
            Some((definition.clone(), dimension.operator))
        });
        scopes.collect()
    }
}

impl Watched {
    /// Whether the profile is about a device.
    pub(super) fn is_about(&self, is_registered: bool, groups: &[GroupName]) -> bool {
        let names = || groups.iter().map(GroupName::as_str);
        let mut targets = self.targets.iter();
        targets.any(|target| target.matches(is_registered, names()))
    }
}

/// Writes a file that a command was asked for.
pub(super) fn write(path: &std::path::Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into())
}
