//! Integration tests of the crate, one binary.

mod document;
mod locate;
mod refuse;
