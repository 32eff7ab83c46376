#![no_std]
#![forbid(unsafe_code)]
//! AWS IoT Core policies.

extern crate alloc;

mod check;
mod document;
mod error;
mod limits;
mod locate;
mod operator;
mod parse;
mod pointer;
mod print;
mod reader;
mod statement;
#[cfg(feature = "proptest1")]
pub mod strategies;

pub use document::{PolicyDocument, Version};
pub use error::{PolicyError, PolicyErrorKind, Position};
pub use limits::DocumentLimits;
pub use locate::{locate, locate_key};
pub use operator::{Family, Operator, OperatorError, Quantifier, Test};
pub use statement::{Condition, ConditionValues, Effect, Patterns, Statement};
mod certificate;

#[cfg(feature = "x509")]
pub use certificate::{
    Algorithm, CertificateError, CertificateErrorKind, PublicKey, X509Certificate, certificate_id,
};
pub use certificate::{
    Certificate, CertificateBuilder, NameField, NameVariable, NoValue, Pick, Side,
};
