//! From the lines of a snapshot to an engine.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;

use iot_topics::GroupName;
use serde_json::Value;

use super::super::device::{Device, Devices};
use super::super::machine::Machine;
use super::super::machine::row::{Row, value_of};
use super::super::{Engine, LAST_STEP, SeriesId, time_of};
use super::HEADER;
use super::wire::{DeviceLine, EndedLine, EventLine, Head, ProfileLine, SaidLine};
use crate::detect::behavior::Behavior;
use crate::detect::definitions::Definitions;
use crate::detect::history::History;
use crate::detect::lines::{Lines, Read};
use crate::detect::profile::SecurityProfile;
use crate::detect::target::Target;
use crate::detect::violation::{Verification, ViolationEvent, ViolationEventType, ViolationId};

pub(super) fn restore(snapshot: &[u8], id: ViolationId) -> Read<Engine> {
    let mut lines = Lines::new(HEADER, snapshot)?;
    let head: Head = lines.next("must be the counts of a snapshot")?;
    lines.check(head.now <= LAST_STEP, "must have a step that can be")?;
    let mut engine = Engine::with_ids(id);
    engine.now = head.now;
    for wire in &head.series {
        let series = wire
            .read()
            .filter(|series| !engine.series.contains_key(series));
        let series = lines.hold(series, "must have metrics that differ")?;
        let next = SeriesId(engine.series.len() as u32);
        engine.series.insert(series, next);
    }
    let by_group = devices(&mut engine.devices, &head, &mut lines)?;
    profiles(&mut engine, &head, &by_group, &mut lines)?;
    history(&mut engine, &head, &mut lines)?;
    lines.end()?;
    Ok(engine)
}

/// The places of the devices of each group.
type ByGroup = BTreeMap<GroupName, Vec<u32>>;

fn devices(devices: &mut Devices, head: &Head, lines: &mut Lines<'_>) -> Read<ByGroup> {
    let mut by_group = ByGroup::new();
    for index in 0..head.devices {
        let DeviceLine(generation, device) = lines.next("must be a device")?;
        let device = match device {
            None => None,
            Some((name, is_registered, groups)) => {
                let groups = groups.iter().map(|group| GroupName::parse(group).ok());
                let groups: Option<Vec<GroupName>> = groups.collect();
                let groups = lines.hold(groups, "must have names of groups")?;
                for group in &groups {
                    let of_group = by_group.entry(group.clone()).or_default();
                    of_group.push(index as u32);
                }
                Some(Device {
                    name,
                    is_registered,
                    groups,
                    rows: Vec::new(),
                })
            }
        };
        let is_new = devices.push(generation, device);
        lines.check(is_new, "must be a device of another name")?;
    }
    let is_free = devices.set_free(head.free.clone());
    lines.check(
        is_free,
        "must be the last device, with the free places told",
    )?;
    Ok(by_group)
}

fn profiles(
    engine: &mut Engine,
    head: &Head,
    by_group: &ByGroup,
    lines: &mut Lines<'_>,
) -> Read<()> {
    for place in 0..head.profiles {
        let line: Option<ProfileLine> = lines.next("must be a profile")?;
        let Some(line) = line else {
            engine.machines.push(None);
            continue;
        };
        let profile = lines.hold(read_profile(&line.profile), "must be a profile as accepted")?;
        let mut machine = Machine::new(&profile);
        let mut is_known = true;
        machine.set_behaviors(&profile, &mut |behavior| {
            let key = (behavior.metric().clone(), behavior.dimension().cloned());
            let known = engine.series.get(&key).copied();
            is_known &= known.is_some();
            known.unwrap_or(SeriesId(0))
        });
        lines.check(is_known, "must have metrics of the head")?;
        for target in &line.targets {
            let target = lines.hold(Target::read(target), "must have targets")?;
            let is_allowed = engine.attached.attach(&target, place as u32);
            let is_new = machine.targets.insert(target);
            lines.check(is_allowed && is_new, "must have targets with five at most")?;
        }
        let name = profile.name().clone();
        let before = engine.names.insert(name, place as u32);
        lines.check(before.is_none(), "must be a profile of another name")?;
        let about = |device: &Device| engine.attached.of(device).any(|of| of == place as u32);
        for index in members(&machine, &engine.devices, by_group, about) {
            let Some(device) = engine.devices.id_at(index) else {
                continue;
            };
            let row: Row = lines.next("must be a device of the profile")?;
            let row = machine.restore_row(device, row, engine.now);
            let row = row.map_err(|rule| lines.refuse(rule))?;
            if let Some(device) = engine.devices.get_mut(device) {
                device.rows.push((place as u32, row));
            }
        }
        engine.active.extend(machine.alarm_ids().cloned());
        engine.machines.push(Some(machine));
    }
    Ok(())
}

/// The places of the devices that a profile is about, in order. What is about all is looked for
/// among all, and that are few profiles; else among the groups.
fn members(
    machine: &Machine,
    devices: &Devices,
    by_group: &ByGroup,
    is_about: impl Fn(&Device) -> bool,
) -> Vec<u32> {
    let is_member = |index: &u32| {
        let device = devices.id_at(*index).and_then(|id| devices.get(id));
        device.is_some_and(&is_about)
    };
    let is_group = |target: &Target| matches!(target, Target::Group(_));
    if !machine.targets.iter().all(is_group) {
        let all = 0..devices.slots().len() as u32;
        return all.filter(is_member).collect();
    }
    let groups = machine.targets.iter().filter_map(|target| match target {
        Target::Group(name) => by_group.get(name),
        _ => None,
    });
    let near: BTreeSet<u32> = groups.flatten().copied().collect();
    near.into_iter().filter(is_member).collect()
}

fn read_profile(json: &Value) -> Option<SecurityProfile> {
    let items = |name| json.get(name).and_then(Value::as_array);
    let behaviors = items("behaviors").into_iter().flatten();
    let retained = items("additionalMetricsToRetainV2").into_iter().flatten();
    let definitions = Definitions::implied(behaviors.chain(retained));
    let name = json.get("securityProfileName")?.as_str()?.parse().ok()?;
    let version = json
        .get("version")?
        .as_u64()
        .filter(|version| *version > 0)?;
    let profile = SecurityProfile::create(name, json, &definitions).ok()?;
    Some(profile.in_version(version))
}

fn history(engine: &mut Engine, head: &Head, lines: &mut Lines<'_>) -> Read<()> {
    let mut behaviors = Vec::new();
    for _ in 0..head.behaviors {
        let json: Value = lines.next("must be a behavior")?;
        let behavior = Behavior::from_json(&json, &Definitions::implied([&json])).ok();
        let behavior = lines.hold(behavior, "must be a behavior as accepted")?;
        behaviors.push(Arc::new(behavior));
    }
    const RULE: &str = "must be an event of a profile and a behavior";
    for _ in 0..head.ended {
        let line: EndedLine = lines.next("must be an alarm that has ended")?;
        engine.active.insert(line.id.clone());
        engine.ended.push(ViolationEvent {
            violation_id: line.id,
            thing: line.thing,
            is_registered: line.registered,
            profile: lines.hold(line.profile.parse().ok(), RULE)?,
            behavior: lines.hold(behaviors.get(line.behavior).cloned(), RULE)?,
            metric_value: None,
            event_type: ViolationEventType::AlarmInvalidated,
            time: time_of(0),
        });
    }
    let mut events: Vec<ViolationEvent> = Vec::new();
    for _ in 0..head.events {
        let line: EventLine = lines.next("must be an event")?;
        let behavior = lines.hold(behaviors.get(line.behavior).cloned(), RULE)?;
        let metric_value = match &line.value {
            None => None,
            Some(value) => {
                let value = value_of(&behavior, value);
                Some(value.map_err(|rule| lines.refuse(rule))?)
            }
        };
        let is_invalid = line.kind == ViolationEventType::AlarmInvalidated;
        lines.check(
            metric_value.is_none() == is_invalid,
            "must have a value or not",
        )?;
        let time = time_of(line.step);
        let is_later = events.last().is_none_or(|before| before.time <= time);
        lines.check(
            is_later && line.step <= engine.now,
            "must be in order of time",
        )?;
        events.push(ViolationEvent {
            violation_id: line.id,
            thing: line.thing,
            is_registered: line.registered,
            profile: lines.hold(line.profile.parse().ok(), RULE)?,
            behavior,
            metric_value,
            event_type: line.kind,
            time,
        });
    }
    let is_countable = head.dropped <= u64::MAX / 2;
    lines.check(is_countable, "must follow events that can be counted")?;
    let most = usize::try_from(head.most).unwrap_or(usize::MAX);
    engine.history = History::restore(most, head.dropped, &events);
    for _ in 0..head.said {
        let SaidLine(id, state, description) = lines.next("must be what is said of a violation")?;
        let said = Verification::new(state, description.as_deref()).ok();
        let said = lines.hold(said, "must have a description as accepted")?;
        let is_new = engine.history.verifications().get(&id).is_none();
        let is_kept = engine.verify(&id, said).is_ok();
        lines.check(is_new && is_kept, "must be of a violation that is kept")?;
    }
    Ok(())
}
