//! A collector as text, and back.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use iot_topics::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::collector::{CloudCollector, Device, STEP};
use super::wire::TallyWire;
use crate::detect::SnapshotError;
use crate::detect::dimension::{Dimension, DimensionOperator};

/// The first line: what this is, and in which form.
const HEADER: &str = r#"{"iot-defender-cloud":1}"#;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    end: Timestamp,
    scopes: Vec<(Value, DimensionOperator)>,
    /// How many lines follow.
    devices: usize,
}

/// The name, what was counted, and where it is connected from.
#[derive(Serialize, Deserialize)]
struct DeviceLine(Box<str>, TallyWire, Option<IpAddr>);

impl CloudCollector {
    /// The collector as text, a line for each device: with what it counted in the step that is
    /// open, and the connections that are. So a gateway that starts again goes on where it was, if
    /// its connections outlive it; if they do not, let it observe that they have ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CloudCollector, CloudEvent, Observation};
    ///
    /// let mut gateway = CloudCollector::new([], Default::default());
    /// let seen = Observation::new("lamp-7", CloudEvent::Connected);
    /// gateway.observe(seen, Default::default()).unwrap();
    /// let mut again = CloudCollector::restore(gateway.snapshot().as_bytes())?;
    /// assert_eq!(again.snapshot(), gateway.snapshot());
    /// assert_eq!(again.close(), gateway.close());
    /// # Ok::<(), iot_defender::detect::SnapshotError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        let scopes = self.scopes.iter();
        let head = Head {
            end: self.end,
            scopes: scopes
                .map(|it| (json!(it.dimension), it.operator))
                .collect(),
            devices: self.devices.len(),
        };
        let mut text = String::from(HEADER);
        text.push('\n');
        push(&mut text, &head);
        for (name, device) in &self.devices {
            let tally = TallyWire::of(&device.tally);
            push(&mut text, &DeviceLine(name.clone(), tally, device.address));
        }
        text
    }

    /// The collector that a snapshot was taken of.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]: any other text; it tells the line.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(iot_defender::detect::CloudCollector::restore(b"something else").is_err());
    /// ```
    pub fn restore(snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let refused = SnapshotError::new;
        let mut lines = (1..).zip(snapshot.split(|byte| *byte == b'\n'));
        if lines.next().map(|(_, line)| line) != Some(HEADER.as_bytes()) {
            return Err(refused(1, "must be the head of a snapshot in form 1"));
        }
        let head = lines.next().and_then(|(_, line)| read_head(line));
        let (end, scopes, count) =
            head.ok_or_else(|| refused(2, "must be a step, its scopes and a count"))?;
        let mut collector = Self::new(scopes, end);
        collector.end = end;
        let mut devices: BTreeMap<Box<str>, Device> = BTreeMap::new();
        for number in 3..count.saturating_add(3) {
            let line = lines
                .next()
                .and_then(|(_, line)| read_device(&collector, line));
            let (name, device) =
                line.ok_or_else(|| refused(number, "must be a device with all scopes"))?;
            let before = devices.last_key_value();
            if before.is_some_and(|(before, _)| *before >= name) {
                return Err(refused(number, "must be a device that comes later"));
            }
            devices.insert(name, device);
        }
        // The last line ends as the others do.
        if lines.next().map(|(_, line)| line) != Some(b"") || lines.next().is_some() {
            return Err(refused(count.saturating_add(3), "must be the end"));
        }
        collector.devices = devices;
        Ok(collector)
    }
}

fn push(text: &mut String, line: &impl Serialize) {
    // INVARIANT: numbers, texts, and maps with texts as keys.
    text.push_str(&serde_json::to_string(line).unwrap_or_default());
    text.push('\n');
}

type Scopes = Vec<(Dimension, DimensionOperator)>;

fn read_head(line: &[u8]) -> Option<(Timestamp, Scopes, usize)> {
    let head: Head = serde_json::from_slice(line).ok()?;
    let scopes = head.scopes.into_iter().map(|(dimension, operator)| {
        let dimension = Dimension::from_json(&dimension).ok()?;
        Some((dimension, operator))
    });
    let scopes = scopes.collect::<Option<Scopes>>()?;
    let is_end = head.end.as_millis().is_multiple_of(STEP) || head.end.as_millis() == u64::MAX;
    is_end.then_some((head.end, scopes, head.devices))
}

fn read_device(collector: &CloudCollector, line: &[u8]) -> Option<(Box<str>, Device)> {
    let DeviceLine(name, tally, address) = serde_json::from_slice(line).ok()?;
    let tally = tally.read().ok()?;
    if tally.cells.len() != collector.scopes.len() + 1 {
        return None;
    }
    let mut device = Device::new(&collector.scopes, &name);
    device.tally = tally;
    device.address = address.map(|address| address.to_canonical());
    Some((name, device))
}
