//! Tests of the crate as its users see it, in one binary.

extern crate alloc;

mod authorizer;
mod cases;
mod certificate;
mod condition_laws;
mod conformance;
mod corners;
mod credentials;
mod document;
mod engine;
mod found;
mod laws;
mod lint;
mod locate;
mod operation;
mod oracle;
mod oracle_proof;
mod principal;
mod refuse;
mod store;
mod strategy;
