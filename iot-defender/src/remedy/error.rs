//! Why a remedy cannot be.

use alloc::string::String;

/// A remedy that is not well formed.
///
/// # Examples
///
/// ```
/// use iot_defender::remedy::{GroupMove, RemedyError};
///
/// let error = GroupMove::into_groups([]).unwrap_err();
/// assert_eq!(error, RemedyError::Groups);
/// assert_eq!(error.to_string(), "not one to ten groups to move into");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RemedyError {
    /// A thing is in ten groups at most.
    #[error("not one to ten groups to move into")]
    Groups,
    /// The template is not an object.
    #[error("the template is not an object")]
    NotAnObject,
    /// The template has a member that the remedy itself fills in.
    #[error("{0}: stands in the template, and is filled in for each job")]
    Member(&'static str),
    /// The document is no object, and no text of one.
    #[error("document: neither an object nor the text of one")]
    Document,
    /// The template asks for something that an incident does not have.
    #[error("`${{defender:{0}}}` is none of thing, id and reason")]
    Placeholder(String),
    /// The template asks for the incident, and the job is for none.
    #[error("the template has placeholders, and the job is for no single incident")]
    NoIncident,
    /// Targets of a job.
    #[error("targets: not 1 to 100 things and groups")]
    Targets,
}
