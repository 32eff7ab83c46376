//! From a finding, or a violation, to what is done about it: requests of other parts of AWS IoT,
//! as data.
//!
//! The mitigation actions of Device Defender are few. What a fleet needs beyond them (a restart, a
//! security update, the move into a quarantine group, a narrower policy) begins here: an
//! [`Incident`] says which thing and why, and [`JobTemplate`], [`GroupMove`] and
//! [`PolicyReplacement`] make of it the call that does it. The caller sends the call, to AWS or to
//! the engine of the sister crate that answers such calls.
//!
//! Source: API reference, the operation that each call names.
//!
//! # Examples
//!
//! ```
//! use iot_defender::remedy::{GroupMove, Incident};
//!
//! let incident = Incident::new("lamp-7".parse()?, "f-1", "CERTIFICATE_PAST_EXPIRATION");
//! let quarantine = GroupMove::into_groups(["quarantine".parse()?])?;
//! let call = quarantine.call(incident.thing());
//! assert_eq!(call.operation, "UpdateThingGroupsForThing");
//! assert_eq!(call.arguments["thingName"], "lamp-7");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod call;
mod error;
mod group;
mod incident;
mod job;
mod policy;

pub use call::{ApiCall, Service};
pub use error::RemedyError;
pub use group::GroupMove;
pub use incident::Incident;
pub use job::{JobTarget, JobTemplate};
pub use policy::PolicyReplacement;
