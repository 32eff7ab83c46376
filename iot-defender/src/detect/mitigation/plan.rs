//! What a task does, fixed when it starts: the violations that a request chose, and the actions.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::{ThingName, Timestamp};

use super::request::DetectMitigationRequest;
use super::target::DetectMitigationTarget;
use super::task::DetectMitigationStep;
use crate::audit::{
    ActionParams, DefinedAction, ExecutionKey, MitigationActions, MitigationEffect,
    MitigationRequestError,
};
use crate::detect::behavior::Behavior;
use crate::detect::engine::Engine;
use crate::detect::name::ProfileName;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) request: DetectMitigationRequest,
    pub(super) definitions: Vec<DefinedAction>,
    pub(super) violations: Vec<Chosen>,
    /// Violations that the target names, and that the filters leave out.
    pub(super) left_out: usize,
}

/// A violation that a task works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) id: String,
    /// The thing or the client id.
    pub(super) device: String,
    /// Nothing if the device is not in the registry.
    thing: Option<ThingName>,
}

impl Plan {
    pub(super) fn new(
        request: DetectMitigationRequest,
        actions: &MitigationActions,
        engine: &Engine,
    ) -> Result<Self, MitigationRequestError> {
        let definitions = request.definitions(actions)?;
        let found = found(&request, engine);
        let named = match &request.target {
            DetectMitigationTarget::Violations(ids) => ids.as_slice(),
            DetectMitigationTarget::Profile { .. } => &[],
        };
        if let Some(id) = named.iter().find(|id| !found.contains_key(id.as_str())) {
            return Err(MitigationRequestError::NoSuchViolation(id.clone()));
        }
        let all = found.len();
        let mut chosen: Vec<_> = found.into_iter().filter(|(_, it)| it.is_meant()).collect();
        let left_out = if named.is_empty() {
            0
        } else {
            all - chosen.len()
        };
        // Stable: those that are equal keep the order of their ids.
        chosen.sort_by_key(|(_, it)| (it.profile, it.behavior.name(), it.device, it.is_registered));
        let violations: Vec<Chosen> = chosen
            .into_iter()
            .map(|(id, it)| Chosen {
                id: id.into(),
                device: it.device.into(),
                thing: ThingName::parse(it.device)
                    .ok()
                    .filter(|_| it.is_registered),
            })
            .collect();
        Ok(Self {
            request,
            definitions,
            violations,
            left_out,
        })
    }

    /// How many actions there are for each violation.
    pub(super) fn action_counts(&self) -> impl Iterator<Item = usize> {
        self.violations.iter().map(|_| self.definitions.len())
    }

    /// What is to be done; nothing, if the device is not in the registry.
    pub(super) fn step(&self, key: ExecutionKey) -> Option<DetectMitigationStep> {
        let chosen = self.violations.get(key.finding)?;
        let action = self.definitions.get(key.action)?.action();
        let thing = chosen.thing.clone()?;
        let ActionParams::AddThingsToThingGroup {
            groups,
            override_dynamic_groups,
        } = action.params()
        else {
            return None;
        };
        Some(DetectMitigationStep {
            key,
            violation_id: chosen.id.clone(),
            action: action.name().to_string(),
            role_arn: action.role_arn().to_string(),
            effect: MitigationEffect::AddThingsToGroups {
                things: Vec::from([thing.clone()]),
                groups: groups.clone(),
                override_dynamic_groups: *override_dynamic_groups,
            },
            thing,
        })
    }
}

/// A violation of the engine that the target means.
struct Violation<'e> {
    profile: &'e ProfileName,
    behavior: &'e Behavior,
    device: &'e str,
    is_registered: bool,
    is_active: bool,
    is_in_time: bool,
    request: &'e DetectMitigationRequest,
}

impl Violation<'_> {
    /// Whether the filters leave it in.
    fn is_meant(&self) -> bool {
        self.is_in_time
            && (self.is_active || !self.request.only_active)
            && (!self.behavior.suppress_alerts || self.request.takes_suppressed())
    }
}

fn found<'e>(
    request: &'e DetectMitigationRequest,
    engine: &'e Engine,
) -> BTreeMap<&'e str, Violation<'e>> {
    let mut found: BTreeMap<&str, Violation<'_>> = BTreeMap::new();
    let is_aimed_at = |id: &str, profile: &ProfileName, behavior: &Behavior| match &request.target {
        DetectMitigationTarget::Violations(ids) => ids.iter().any(|named| named == id),
        DetectMitigationTarget::Profile {
            profile: of,
            behavior: named,
        } => of == profile && named.as_ref().is_none_or(|named| named == behavior.name()),
    };
    let is_in_time = |time: Timestamp| {
        let occurred = request.occurred.as_ref();
        occurred.is_none_or(|occurred| occurred.contains(&time))
    };
    for event in engine.events().map(|listed| listed.event) {
        if !is_aimed_at(&event.violation_id, &event.profile, &event.behavior) {
            continue;
        }
        let violation = found
            .entry(&event.violation_id)
            .or_insert_with(|| Violation {
                profile: &event.profile,
                behavior: &event.behavior,
                device: &event.thing,
                is_registered: event.is_registered,
                is_active: false,
                is_in_time: false,
                request,
            });
        violation.is_in_time |= is_in_time(event.time);
    }
    for active in engine.active_violations() {
        if !is_aimed_at(active.violation_id, active.profile, active.behavior) {
            continue;
        }
        let violation = found
            .entry(active.violation_id)
            .or_insert_with(|| Violation {
                profile: active.profile,
                behavior: active.behavior,
                device: active.thing,
                is_registered: active.is_registered,
                is_active: true,
                is_in_time: false,
                request,
            });
        violation.is_active = true;
        // Its first event may be too old to be kept.
        violation.is_in_time |= is_in_time(active.start);
    }
    found
}
