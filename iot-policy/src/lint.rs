//! Suspicious but legal policies: what to warn of before a policy is put in force.
//!
//! [`LintId`] lists what there is to find, each with its severity and the page that it follows.
//! [`PolicyDocument::lints`] examines one document, [`lint_set`] and [`lint_texts`] several that
//! speak together. No decision depends on any of it.
//!
//! # What is known of a pattern
//!
//! Relations between statements compare patterns as sets of texts. A variable is an unknown text:
//! the same one in two patterns is the same text, and one that only one of them has may be
//! anything. In doubt nothing is reported; conditions of an Allow are taken to hold.
//!
//! # Examples
//!
//! ```
//! use iot_policy::lint::{Severity, lint_text};
//!
//! let lints = lint_text(r#"{
//!     "Version": "2012-10-17",
//!     "Statement": {
//!         "Effect": "Allow",
//!         "Action": "iot:Connect",
//!         "Resource": "arn:aws:iot:eu-west-1:123456789012:topic/lamp"
//!     }
//! }"#)?;
//! let worst = lints.iter().max_by_key(|lint| lint.severity()).unwrap();
//! assert_eq!(worst.severity(), Severity::Error);
//! assert_eq!(worst.id().as_str(), "wrong-resource-type");
//! assert_eq!(worst.id().title(), "a resource of a type that the actions never ask for");
//! # Ok::<(), iot_policy::PolicyError>(())
//! ```

mod actions;
mod catalogue;
mod conditions;
mod dead;
mod delivery;
mod deny;
mod document;
mod finding;
mod model;
mod nearest;
mod pattern;
mod reach;
mod reserved;
mod resources;
mod retain;
mod text;
mod variables;

use alloc::vec::Vec;

use crate::document::PolicyDocument;
use crate::error::PolicyError;

pub use catalogue::{LintId, Severity};
pub use finding::{Lint, Location, Suggestion};

use finding::Findings;
use model::Model;
use pattern::Budget;

impl PolicyDocument {
    /// What is suspicious about the document, taken alone: [`lint_set`] of this one document.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::PolicyDocument;
    /// use iot_policy::lint::LintId;
    ///
    /// let document = PolicyDocument::from_json(r#"{
    ///     "Version": "2012-10-17",
    ///     "Statement": [{
    ///         "Effect": "Allow",
    ///         "Action": "iot:Publish",
    ///         "Resource": "arn:aws:iot:eu-west-1:123456789012:topic/plant/+/temp"
    ///     }]
    /// }"#)?;
    /// let lints = document.lints();
    /// assert_eq!(lints.len(), 1);
    /// assert_eq!(lints[0].id(), LintId::MqttWildcardInTopic);
    /// # Ok::<(), iot_policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn lints(&self) -> Vec<Lint> {
        lint_set(&[self])
    }
}

/// What is suspicious about documents that speak together, such as the policies of one
/// certificate: each of them, and how their statements relate.
///
/// In the order of the documents, in each by place, at one place by lint.
///
/// Cost: linear in the documents, but for relations between statements, which compare patterns in
/// pairs, each for the product of their lengths. A fixed budget bounds that: documents larger than
/// AWS IoT takes, by a factor of ten or more, may exhaust it, and then the relations that were not
/// looked at are not reported. Of more than some 10,000 findings the rest is left out.
///
/// # Examples
///
/// ```
/// use iot_policy::lint::{LintId, lint_set};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let arn = |name: &str| format!("arn:aws:iot:eu-west-1:123456789012:{name}");
/// let one = Statement::allow("iot:Subscribe", arn("topicfilter/app/data"));
/// let one = PolicyDocument::new(vec![one])?;
/// let two = Statement::allow("iot:Receive", arn("topic/app/other"));
/// let two = PolicyDocument::new(vec![two])?;
///
/// let lints = lint_set(&[&one, &two]);
/// let ids: Vec<LintId> = lints.iter().map(|lint| lint.id()).collect();
/// assert_eq!(ids, [LintId::SubscribeWithoutReceive, LintId::ReceiveWithoutSubscribe]);
/// assert_eq!(lints[1].location().document(), 1);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[must_use]
pub fn lint_set(documents: &[&PolicyDocument]) -> Vec<Lint> {
    let mut findings = Findings::new(documents);
    examine(documents, &mut findings);
    findings.into_lints()
}

/// [`lint_texts`] of one text.
///
/// # Errors
///
/// As [`PolicyDocument::from_json`]: a text that is not a legal document is no matter of lints.
///
/// # Examples
///
/// ```
/// use iot_policy::lint::lint_text;
/// use iot_policy::locate;
///
/// let text = r#"{
///     "Version": "2012-10-17",
///     "Statement": {"Effect": "Allow", "Action": "iot:Publsh", "Resource": "*"}
/// }"#;
/// let lints = lint_text(text)?;
/// assert_eq!(lints[0].to_string(), "warning unknown-action: `iot:Publsh` names no action of a device");
/// assert_eq!(&text[locate(text, lints[0].location().pointer()).unwrap()], "\"iot:Publsh\"");
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
pub fn lint_text(text: &str) -> Result<Vec<Lint>, PolicyError> {
    lint_texts(&[text]).map_err(|(_, error)| error)
}

/// Reads documents that speak together and tells what is suspicious: [`lint_set`], and what only
/// the text shows, such as its size.
///
/// # Errors
///
/// The index of the first text that is not a legal document, and why, as
/// [`PolicyDocument::from_json`] says.
///
/// # Examples
///
/// ```
/// use iot_policy::lint::lint_texts;
///
/// let allow = r#"{"Version": "2012-10-17", "Statement": {
///     "Effect": "Allow", "Action": "iot:Connect",
///     "Resource": "arn:aws:iot:eu-west-1:123456789012:client/lamp"}}"#;
/// let deny = r#"{"Version": "2012-10-17", "Statement": {
///     "Effect": "Deny", "Action": "iot:*", "Resource": "*"}}"#;
/// // Each is fine alone; together the second takes the first back.
/// assert!(lint_texts(&[allow]).is_ok_and(|lints| lints.is_empty()));
/// let lints = lint_texts(&[allow, deny]).map_err(|(_, error)| error)?;
/// assert_eq!(lints[0].id().as_str(), "overruled-statement");
/// assert_eq!(lints[0].location().document(), 0);
/// assert_eq!(lints[0].related().unwrap().document(), 1);
///
/// let (index, _) = lint_texts(&[allow, "{}"]).unwrap_err();
/// assert_eq!(index, 1);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
pub fn lint_texts(texts: &[&str]) -> Result<Vec<Lint>, (usize, PolicyError)> {
    let read = |(index, text): (usize, &&str)| {
        PolicyDocument::from_json(text).map_err(|error| (index, error))
    };
    let documents = texts.iter().enumerate().map(read);
    let documents = documents.collect::<Result<Vec<_>, _>>()?;
    let documents: Vec<&PolicyDocument> = documents.iter().collect();
    let mut findings = Findings::new(&documents);
    for (index, text) in texts.iter().enumerate() {
        text::check(index, text, &mut findings);
    }
    examine(&documents, &mut findings);
    Ok(findings.into_lints())
}

fn examine(documents: &[&PolicyDocument], findings: &mut Findings<'_>) {
    let model = Model::new(documents);
    for (index, policy) in documents.iter().enumerate() {
        document::check(index, policy, findings);
    }
    for grant in &model.grants {
        document::duplicates(grant, findings);
        actions::check(grant, findings);
        resources::check(grant, findings);
        reserved::check(grant, findings);
        variables::resources(grant, findings);
        conditions::check(grant, findings);
    }
    document::foreign_scopes(&model, findings);
    let budget = &mut Budget::default();
    reach::check(&model, findings, budget);
    deny::walked_round(&model, findings, budget);
    deny::lost(&model, findings, budget);
    retain::check(&model, findings, budget);
    dead::check(&model, findings, budget);
}
