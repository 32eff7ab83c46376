//! Integration tests of the crate, one binary.

mod document;
mod locate;
mod refuse;
//! Tests of the public interface.

mod certificate;
