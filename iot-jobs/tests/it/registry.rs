//! A registry for tests.

use alloc::collections::BTreeMap;

use iot_jobs::{ManagedTemplate, PresignKind, PresignedUrlConfig, World};

/// Things by name, groups with their things in the order in which they joined.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(crate) things: Vec<String>,
    pub(crate) groups: BTreeMap<String, Vec<String>>,
    pub(crate) managed: Vec<ManagedTemplate>,
}

impl Registry {
    pub(crate) fn join(&mut self, thing: &str, group: &str) {
        let members = self.groups.entry(group.to_owned()).or_default();
        if !members.iter().any(|name| name == thing) {
            members.push(thing.to_owned());
        }
    }

    pub(crate) fn leave(&mut self, thing: &str, group: &str) {
        let members = self.groups.entry(group.to_owned()).or_default();
        members.retain(|name| name != thing);
    }

    pub(crate) fn delete(&mut self, thing: &str) {
        self.things.retain(|name| name != thing);
        for members in self.groups.values_mut() {
            members.retain(|name| name != thing);
        }
    }
}

impl World for Registry {
    fn has_thing(&self, thing: &str) -> bool {
        self.things.iter().any(|name| name == thing)
    }

    fn has_group(&self, group: &str) -> bool {
        self.groups.contains_key(group)
    }

    fn is_member(&self, thing: &str, group: &str) -> bool {
        let members = self.groups.get(group);
        members.is_some_and(|members| members.iter().any(|name| name == thing))
    }

    fn members(&self, group: &str, each: &mut dyn FnMut(&str)) {
        for name in self.groups.get(group).into_iter().flatten() {
            each(name);
        }
    }

    fn presign(&self, kind: PresignKind, url: &str, _: &PresignedUrlConfig) -> Option<String> {
        Some(format!("signed:{}:{url}", kind.as_str()))
    }

    fn managed_templates(&self) -> Vec<ManagedTemplate> {
        self.managed.clone()
    }
}
