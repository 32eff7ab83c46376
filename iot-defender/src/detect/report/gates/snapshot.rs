//! Gates as text, and back.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;

use iot_topics::Timestamp;
use iot_topics::quota::Bucket;
use serde::{Deserialize, Serialize};

use super::ReportGates;
use crate::detect::SnapshotError;
use crate::detect::lines::{Lines, Writer, text_of};
use crate::detect::report::throttle::ReportGate;

/// The first line: what this is, and in which form.
const HEADER: &str = r#"{"iot-defender-report-gates":1}"#;

/// How many lines follow, and the quota, if there is one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    gates: usize,
    quota: Option<Bucket>,
}

/// The thing, when its last report was accepted, and the number of that.
#[derive(Serialize, Deserialize)]
struct GateLine(Box<str>, Timestamp, u64);

impl ReportGates {
    /// The gates as text, a line for each thing, so that a broker that starts again still knows who
    /// reported when, and with which number. Equal gates have equal texts.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportGates;
    /// use iot_topics::quota::Bucket;
    ///
    /// let gates = ReportGates::with_quota(Bucket::of(ReportGates::QUOTA));
    /// assert_eq!(ReportGates::restore(gates.snapshot().as_bytes())?, gates);
    /// # Ok::<(), iot_defender::detect::SnapshotError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        text_of(|sink| self.snapshot_to(sink))
    }

    /// The same, line by line.
    ///
    /// # Examples
    ///
    /// ```
    /// let gates = iot_defender::detect::ReportGates::default();
    /// let mut file = String::new();
    /// gates.snapshot_to(&mut |line| file.push_str(line));
    /// assert_eq!(file, gates.snapshot());
    /// ```
    pub fn snapshot_to(&self, sink: &mut dyn FnMut(&str)) {
        let mut out = Writer::new(HEADER, sink);
        out.line(&Head {
            gates: self.gates.len(),
            quota: self.quota.clone(),
        });
        for (thing, gate) in &self.gates {
            // INVARIANT: a report went through each.
            let (at, report_id) = gate.last().unwrap_or_default();
            out.line(&GateLine(thing.clone(), at, report_id));
        }
    }

    /// The gates that a snapshot was taken of.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]: any other text; it tells the line. The cost grows with the text, and by the
    /// logarithm of the number of its lines.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(iot_defender::detect::ReportGates::restore(b"something else").is_err());
    /// ```
    pub fn restore(snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let mut lines = Lines::new(HEADER, snapshot)?;
        let head: Head = lines.next("must be a count and a quota")?;
        let mut gates: BTreeMap<Box<str>, ReportGate> = BTreeMap::new();
        for _ in 0..head.gates {
            let line: GateLine = lines.next("must be the gate of a thing")?;
            let GateLine(thing, at, report_id) = line;
            let before = gates.last_key_value();
            let is_later = before.is_none_or(|(before, _)| *before < thing);
            lines.check(is_later, "must be a thing that comes later")?;
            lines.check(report_id > 0, "must have the number of a report")?;
            gates.insert(thing, ReportGate::since(at, report_id));
        }
        lines.end()?;
        let quota = head.quota;
        Ok(Self { gates, quota })
    }
}
