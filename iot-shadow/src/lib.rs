#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod device;
mod document;
mod http;
mod id;
mod json;
mod message;
mod metadata;
mod operation;
mod outcome;
mod patch;
mod profile;
mod rejection;
mod request;
mod shadow;
mod store;
#[cfg(feature = "proptest1")]
pub mod strategies;
mod sync;

pub use device::{
    Acknowledgement, Action, DeviceError, DeviceEvent, DeviceShadow, Notice, Patch, Tracker,
};
pub use document::{DocumentError, Leaf, ShadowDocument};
pub use http::{HttpAnswer, HttpRequest};
pub use id::ShadowId;
pub use json::{Json, JsonError, JsonErrorKind, JsonRef};
pub use message::Message;
pub use operation::Operation;
pub use outcome::{Deleted, Got, Outcome, Rejected, Updated};
pub use patch::{delta, diff_patch, has_delta, merge_patch};
pub use profile::{DeltaPolicy, EmptyObjects, EmptySection, NullInArrays, Profile, UnknownMember};
pub use rejection::Rejection;
pub use request::{ClientToken, Refused, UpdateRequest};
pub use serde_json;
pub use shadow::Shadow;
pub use store::{NamedShadows, RestoreError, RestoreErrorKind, ShadowStore};
pub use sync::{Merged, Owner, three_way};
