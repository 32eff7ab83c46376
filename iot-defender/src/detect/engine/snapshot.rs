//! A whole engine as text, and back.
//!
//! Kept is what cannot be derived. Which devices a profile is about, which alarms are looked at
//! when, and which violations are on is made anew, so that a text cannot bring an engine into a
//! state that calls would not.

mod error;
mod read;
mod wire;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use iot_topics::GroupName;
use serde_json::{Value, json};

pub use self::error::SnapshotError;
use self::read::restore;
use self::wire::{DeviceLine, EndedLine, EventLine, Head, ProfileLine, SaidLine};
use super::Engine;
use crate::detect::behavior::Behavior;
use crate::detect::lines::{Writer, text_of};
use crate::detect::violation::{ViolationEvent, ViolationId, violation_id};
use crate::detect::wire::SeriesWire;

/// The first line: what this is, and in which form.
const HEADER: &str = r#"{"iot-defender-detect":1}"#;

impl Engine {
    /// The engine as text, a line for each device, each profile of a device, and each event; the
    /// same for engines that were told the same. A quiet behavior of a thing takes about 16 bytes,
    /// and two or more for each further step of its window.
    ///
    /// Take it between two steps: what arrived since the last is not a part of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Engine;
    ///
    /// let mut engine = Engine::new();
    /// let lamp = engine.set_device("lamp-7", true, []);
    /// let restored = Engine::restore(engine.snapshot().as_bytes())?;
    /// assert_eq!(restored.device("lamp-7", true), Some(lamp));
    /// assert_eq!(restored.snapshot(), engine.snapshot());
    /// # Ok::<(), iot_defender::detect::SnapshotError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        text_of(|sink| self.snapshot_to(sink))
    }

    /// The same, line by line, so that a fleet need not be held twice.
    ///
    /// # Examples
    ///
    /// ```
    /// let engine = iot_defender::detect::Engine::new();
    /// let mut file = String::new();
    /// engine.snapshot_to(&mut |line| file.push_str(line));
    /// assert_eq!(file, engine.snapshot());
    /// ```
    pub fn snapshot_to(&self, sink: &mut dyn FnMut(&str)) {
        let mut out = Writer::new(HEADER, sink);
        let events: Vec<&ViolationEvent> = self.history.events().map(|it| it.event).collect();
        let mut table = Table::default();
        for event in self.ended.iter().chain(events.iter().copied()) {
            table.add(&event.behavior);
        }
        let mut series: Vec<_> = self.series.iter().collect();
        series.sort_unstable_by_key(|(_, id)| **id);
        let series = series.into_iter();
        let series = series.map(|((metric, dimension), _)| SeriesWire::of(metric, dimension));
        let verifications = self.history.verifications();
        out.line(&Head {
            now: self.now,
            series: series.collect(),
            devices: self.devices.slots().len(),
            free: self.devices.free().to_vec(),
            profiles: self.machines.len(),
            behaviors: table.all.len(),
            ended: self.ended.len(),
            events: events.len(),
            dropped: self.history.dropped(),
            most: self.history.most() as u64,
            said: verifications.len(),
        });
        for (generation, device) in self.devices.slots() {
            out.line(&DeviceLine(
                generation,
                device.map(|device| {
                    let groups = device.groups.iter().map(GroupName::as_str);
                    let groups = groups.map(String::from).collect();
                    (device.name.clone(), device.is_registered, groups)
                }),
            ));
        }
        for (place, machine) in (0..).zip(&self.machines) {
            let Some(machine) = machine else {
                out.line(&None::<ProfileLine>);
                continue;
            };
            out.line(&ProfileLine {
                profile: json!(machine.profile),
                targets: machine
                    .targets
                    .iter()
                    .map(|it| alloc::format!("{it}"))
                    .collect(),
            });
            for (_, device) in self.devices.slots() {
                let mut rows = device.into_iter().flat_map(|device| &device.rows);
                if let Some((_, row)) = rows.find(|(of, _)| *of == place) {
                    out.line(&machine.row(*row, self.now));
                }
            }
        }
        for behavior in &table.all {
            out.line(behavior);
        }
        for event in &self.ended {
            out.line(&EndedLine {
                id: event.violation_id.clone(),
                thing: event.thing.clone(),
                registered: event.is_registered,
                profile: event.profile.as_str().into(),
                behavior: table.add(&event.behavior),
            });
        }
        for event in events {
            out.line(&EventLine {
                id: event.violation_id.clone(),
                thing: event.thing.clone(),
                registered: event.is_registered,
                profile: event.profile.as_str().into(),
                behavior: table.add(&event.behavior),
                value: event.metric_value.as_ref().map(|value| json!(value)),
                kind: event.event_type,
                step: (event.time.as_secs() / super::STEP_SECONDS) as u32,
            });
        }
        for (id, said) in verifications {
            out.line(&SaidLine(
                id.clone(),
                said.state(),
                said.description().map(String::from),
            ));
        }
    }

    /// The engine that a snapshot was taken of: from here on both tell the same of the same. Ids
    /// of devices and series stay valid.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]: any other text; it tells the line. No line takes more memory or time
    /// than some times what its length and that of the lines before it allow.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Engine;
    ///
    /// assert!(Engine::restore(b"something else").is_err());
    /// ```
    pub fn restore(snapshot: &[u8]) -> Result<Self, SnapshotError> {
        Self::restore_with_ids(snapshot, violation_id)
    }

    /// The same, for an engine whose violations are named by another function.
    ///
    /// # Errors
    ///
    /// As for [`restore`](Self::restore).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Engine, ViolationId};
    ///
    /// let id: ViolationId = |source| format!("{}-{}", source.thing, source.start.as_secs());
    /// let snapshot = Engine::with_ids(id).snapshot();
    /// assert!(Engine::restore_with_ids(snapshot.as_bytes(), id).is_ok());
    /// ```
    pub fn restore_with_ids(snapshot: &[u8], id: ViolationId) -> Result<Self, SnapshotError> {
        restore(snapshot, id)
    }
}

/// The behaviors of events, each once.
#[derive(Default)]
struct Table {
    all: Vec<Value>,
    by_text: BTreeMap<String, usize>,
    /// By where they lie: most events have theirs from one of a few places.
    by_place: BTreeMap<usize, usize>,
}

impl Table {
    fn add(&mut self, behavior: &Arc<Behavior>) -> usize {
        let place = Arc::as_ptr(behavior) as usize;
        if let Some(number) = self.by_place.get(&place) {
            return *number;
        }
        let json = json!(**behavior);
        let next = self.all.len();
        let number = *self.by_text.entry(alloc::format!("{json}")).or_insert(next);
        if number == next {
            self.all.push(json);
        }
        self.by_place.insert(place, number);
        number
    }
}
