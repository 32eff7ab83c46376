//! Parts as text.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use iot_topics::Timestamp;
use serde::{Deserialize, Serialize};

use super::part::StepPart;
use super::sources::Sources;
use super::tally::{Cell, Tally};
use crate::detect::dimension::{DimensionOperator, MetricDimension};
use crate::detect::value::MessageSizes;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PartWire {
    end: Timestamp,
    scopes: Vec<(String, DimensionOperator)>,
    devices: BTreeMap<Box<str>, TallyWire>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TallyWire {
    seen: bool,
    open: u64,
    disconnected: Option<Timestamp>,
    attempts: u64,
    disconnects: u64,
    cells: Vec<CellWire>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CellWire {
    sent: u64,
    received: u64,
    failures: u64,
    /// The least, the greatest, the sum.
    sizes: Option<[u64; 3]>,
    sources: Vec<IpAddr>,
}

impl StepPart {
    /// The part as JSON. Equal parts have the same text.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CloudCollector, StepPart};
    ///
    /// let part = CloudCollector::new([], Default::default()).close();
    /// assert_eq!(part.to_json(), r#"{"end":300000,"scopes":[],"devices":{}}"#);
    /// assert_eq!(StepPart::from_json(&part.to_json()), Ok(part));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let scopes = self.scopes.iter();
        let devices = self.devices.iter();
        let wire = PartWire {
            end: self.end,
            scopes: scopes
                .map(|it| (it.name.as_str().into(), it.operator))
                .collect(),
            devices: devices
                .map(|(name, it)| (name.clone(), TallyWire::of(it)))
                .collect(),
        };
        // INVARIANT: numbers, texts, and maps with texts as keys.
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// [`StepPartError`]: it is no such text.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::StepPart;
    ///
    /// assert!(StepPart::from_json(r#"{"end":300001,"scopes":[],"devices":{}}"#).is_err());
    /// ```
    pub fn from_json(text: &str) -> Result<Self, StepPartError> {
        let wire: PartWire = serde_json::from_str(text).map_err(|_| StepPartError)?;
        let scopes = wire.scopes.iter().map(|(name, operator)| {
            let name = name.parse().map_err(|_| StepPartError)?;
            Ok(MetricDimension::new(name, *operator))
        });
        let scopes: Vec<MetricDimension> = scopes.collect::<Result<_, _>>()?;
        let devices = wire.devices.into_iter().map(|(name, it)| {
            if it.cells.len() != scopes.len() + 1 {
                return Err(StepPartError);
            }
            Ok((name, it.read()?))
        });
        let devices = devices.collect::<Result<_, _>>()?;
        if !wire.end.as_millis().is_multiple_of(super::collector::STEP) {
            return Err(StepPartError);
        }
        Ok(Self::new(wire.end, scopes, devices))
    }
}

impl TallyWire {
    pub(super) fn of(tally: &Tally) -> Self {
        let cell = |cell: &Cell| CellWire {
            sent: cell.sent,
            received: cell.received,
            failures: cell.failures,
            sizes: cell.sizes.map(|it| [it.min(), it.max(), it.total()]),
            sources: cell.sources.to_vec(),
        };
        Self {
            seen: tally.is_seen,
            open: tally.open,
            disconnected: tally.disconnected,
            attempts: tally.attempts,
            disconnects: tally.disconnects,
            cells: tally.cells.iter().map(cell).collect(),
        }
    }

    pub(super) fn read(self) -> Result<Tally, StepPartError> {
        let cells = self.cells.into_iter().map(cell);
        Ok(Tally {
            is_seen: self.seen,
            open: self.open,
            disconnected: self.disconnected,
            attempts: self.attempts,
            disconnects: self.disconnects,
            cells: cells.collect::<Result<_, _>>()?,
        })
    }
}

fn cell(wire: CellWire) -> Result<Cell, StepPartError> {
    let read =
        |[min, max, total]: [u64; 3]| MessageSizes::new(min, max, total).ok_or(StepPartError);
    let mut sources = Sources::EMPTY;
    for source in wire.sources {
        sources.insert(source.to_canonical());
    }
    Ok(Cell {
        sent: wire.sent,
        received: wire.received,
        failures: wire.failures,
        sizes: wire.sizes.map(read).transpose()?,
        sources,
    })
}

/// A text that is no part of a step.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{StepPart, StepPartError};
///
/// assert_eq!(StepPart::from_json("{}"), Err(StepPartError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not a part of a step")]
#[expect(clippy::exhaustive_structs, reason = "there is nothing more to tell")]
pub struct StepPartError;
