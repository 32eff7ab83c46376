//! Text that must not come into logs.

use alloc::string::String;
use core::fmt;

use serde::Serialize;

/// Serialized as it is, but not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(in crate::principal) struct Secret(pub(in crate::principal) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}
