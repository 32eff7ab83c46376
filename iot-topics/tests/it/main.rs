//! The integration tests of the crate, in one binary.

extern crate alloc;

mod api;
mod conformance;
mod events;
mod filter_map;
mod laws;
mod lifecycle;
mod limits;
mod oracle;
mod quota;
mod reserved;
mod retained;
