//! iot-policy and its peers, each behind the same two questions.
//!
//! What a peer is given: iam-rs reads the policies as they are and the thing name as a context
//! value; cedar and casbin cannot hold a variable in a pattern, so the thing name is filled in
//! beforehand, which is less work than AWS asks for.

#[path = "../../../iot-policy/benches/workload.rs"]
pub mod workload;

pub mod authorize;
pub mod wild;
