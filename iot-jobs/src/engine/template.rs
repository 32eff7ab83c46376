//! The job templates of the account.

use alloc::boxed::Box;
use alloc::string::String;

use serde_json::{Map, Value};

/// A job template; it is never changed.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) created_at: u32,
    /// Its text, read when the template was created.
    pub(super) document: Box<str>,
    /// What a job takes over: the description, the source of the document, the configurations,
    /// the maintenance windows, the packages.
    pub(super) members: Map<String, Value>,
}
