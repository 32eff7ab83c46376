//! The lines of a snapshot, behind the first: a head, the places of devices, those of profiles
//! (each followed by a row for each device that it is about), the behaviors of events, alarms that
//! have ended and are to be told, events, and what is said of violations.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::detect::violation::{VerificationState, ViolationEventType};
use crate::detect::wire::SeriesWire;

/// How many lines of what follow, and what an engine has once.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) now: u32,
    pub(super) series: Vec<SeriesWire>,
    pub(super) devices: usize,
    pub(super) free: Vec<u32>,
    pub(super) profiles: usize,
    pub(super) behaviors: usize,
    pub(super) ended: usize,
    pub(super) events: usize,
    pub(super) dropped: u64,
    pub(super) most: u64,
    pub(super) said: usize,
}

/// The generation of a place; the name, whether it is in the registry, and the groups.
#[derive(Serialize, Deserialize)]
pub(super) struct DeviceLine(
    pub(super) u32,
    pub(super) Option<(Box<str>, bool, Vec<String>)>,
);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileLine {
    pub(super) profile: Value,
    pub(super) targets: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndedLine {
    pub(super) id: String,
    pub(super) thing: String,
    pub(super) registered: bool,
    pub(super) profile: String,
    pub(super) behavior: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventLine {
    pub(super) id: String,
    pub(super) thing: String,
    pub(super) registered: bool,
    pub(super) profile: String,
    pub(super) behavior: usize,
    pub(super) value: Option<Value>,
    pub(super) kind: ViolationEventType,
    pub(super) step: u32,
}

/// An id, and what is said of it.
#[derive(Serialize, Deserialize)]
pub(super) struct SaidLine(
    pub(super) String,
    pub(super) VerificationState,
    pub(super) Option<String>,
);
