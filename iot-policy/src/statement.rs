//! Statements, their patterns and their conditions.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::operator::Operator;

/// One statement: what it allows or denies, on what, and when.
///
/// # Examples
///
/// ```
/// use iot_policy::{Condition, Effect, Patterns, PolicyDocument, Statement, Test};
///
/// let statement = Statement::deny(Patterns::all_but(["iot:Connect"]), "*")
///     .with_sid("Office")
///     .with_condition(Condition::new(Test::NotIpAddress, "aws:SourceIp", ["192.0.2.0/24"]));
/// assert_eq!((statement.sid(), statement.effect()), (Some("Office"), Effect::Deny));
/// assert_eq!((statement.action_key(), statement.resource_key()), ("NotAction", "Resource"));
/// assert!(statement.actions().is_negated() && !statement.resources().is_negated());
/// assert_eq!(statement.conditions().len(), 1);
/// assert_eq!(
///     PolicyDocument::new(vec![statement])?.to_json(),
///     concat!(
///         r#"{"Version":"2012-10-17","Statement":[{"Sid":"Office","Effect":"Deny","#,
///         r#""NotAction":["iot:Connect"],"Resource":"*","#,
///         r#""Condition":{"NotIpAddress":{"aws:SourceIp":["192.0.2.0/24"]}}}]}"#,
///     ),
/// );
/// // Without `Sid` and conditions:
/// let statement = Statement::allow("iot:Connect", "*");
/// assert_eq!(statement, Statement::new(Effect::Allow, "iot:Connect", "*"));
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Statement {
    sid: Option<Box<str>>,
    actions: Patterns,
    resources: Patterns,
    conditions: Box<[Condition]>,
    effect: Effect,
}

impl Statement {
    /// A statement without `Sid` and conditions. `"iot:Connect"` becomes `Action`, an array a
    /// list, [`Patterns::all_but`] `NotAction`; the same for resources.
    #[must_use]
    pub fn new(
        effect: Effect,
        actions: impl Into<Patterns>,
        resources: impl Into<Patterns>,
    ) -> Self {
        Self {
            sid: None,
            actions: actions.into(),
            resources: resources.into(),
            conditions: Box::default(),
            effect,
        }
    }

    /// [`new`](Self::new) with [`Effect::Allow`].
    #[must_use]
    pub fn allow(actions: impl Into<Patterns>, resources: impl Into<Patterns>) -> Self {
        Self::new(Effect::Allow, actions, resources)
    }

    /// [`new`](Self::new) with [`Effect::Deny`].
    #[must_use]
    pub fn deny(actions: impl Into<Patterns>, resources: impl Into<Patterns>) -> Self {
        Self::new(Effect::Deny, actions, resources)
    }

    /// With this `Sid`.
    #[must_use]
    pub fn with_sid(mut self, sid: impl Into<Box<str>>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// With one more condition, placed behind the others of its operator.
    #[must_use]
    pub fn with_condition(mut self, condition: Condition) -> Self {
        let mut conditions = self.conditions.into_vec();
        let same = |other: &Condition| other.operator == condition.operator;
        let at = conditions.iter().rposition(same);
        conditions.insert(at.map_or(conditions.len(), |at| at + 1), condition);
        self.conditions = conditions.into_boxed_slice();
        self
    }

    /// The parts as the parser found them: conditions with one operator stand together.
    pub(crate) fn from_parts(
        sid: Option<Box<str>>,
        effect: Effect,
        actions: Patterns,
        resources: Patterns,
        conditions: Vec<Condition>,
    ) -> Self {
        Self {
            sid,
            actions,
            resources,
            conditions: conditions.into_boxed_slice(),
            effect,
        }
    }

    /// The `Sid`; any text, unique in the document unless it is empty.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Whether the statement allows or denies.
    #[must_use]
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    /// `Action` or `NotAction`: patterns such as `iot:*`.
    #[must_use]
    pub const fn actions(&self) -> &Patterns {
        &self.actions
    }

    /// `Resource` or `NotResource`: `*` or patterns of ARNs, with variables.
    #[must_use]
    pub const fn resources(&self) -> &Patterns {
        &self.resources
    }

    /// The conditions, which must all hold. Those of one operator stand together.
    #[must_use]
    pub const fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// The key that the actions are written under.
    #[must_use]
    pub const fn action_key(&self) -> &'static str {
        if self.actions.is_negated {
            "NotAction"
        } else {
            "Action"
        }
    }

    /// The key that the resources are written under.
    #[must_use]
    pub const fn resource_key(&self) -> &'static str {
        if self.resources.is_negated {
            "NotResource"
        } else {
            "Resource"
        }
    }
}

/// What a matching statement does.
///
/// # Examples
///
/// ```
/// use iot_policy::{Effect, PolicyDocument};
///
/// let document = PolicyDocument::from_json(
///     r#"{"Statement": {"Effect": "Deny", "Action": "iot:*", "Resource": "*"}}"#,
/// )?;
/// assert_eq!(document.statements()[0].effect(), Effect::Deny);
/// assert_eq!(Effect::Deny.as_str(), "Deny");
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a third effect would change every decision"
)]
pub enum Effect {
    /// The request is allowed, unless another statement denies it.
    Allow,
    /// The request is denied, whatever other statements say.
    Deny,
}

impl Effect {
    /// The effect as a policy writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        [Self::Allow, Self::Deny]
            .into_iter()
            .find(|effect| effect.as_str() == text)
    }
}

/// The actions or the resources of a statement: those that match one of the texts, or (`NotAction`,
/// `NotResource`) those that match none.
///
/// # Examples
///
/// ```
/// use iot_policy::Patterns;
///
/// let patterns = Patterns::from("iot:Connect");
/// assert!(patterns.is_single() && !patterns.is_negated());
/// let patterns = Patterns::all_but(["iot:Connect", "iot:Publish"]);
/// assert!(patterns.is_negated());
/// assert_eq!((patterns.len(), patterns.is_empty()), (2, false));
/// assert_eq!(patterns.get(1), Some("iot:Publish"));
/// assert!(Patterns::only(["iot:Connect", "iot:Publish"]).iter().eq(patterns.iter()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Patterns {
    texts: Texts,
    is_negated: bool,
}

impl Patterns {
    /// What matches one of these, written as an array.
    #[must_use]
    pub fn only(texts: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        Self::from_texts(Texts::many(texts), false)
    }

    /// What matches none of these, written as an array.
    #[must_use]
    pub fn all_but(texts: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        Self::from_texts(Texts::many(texts), true)
    }

    pub(crate) const fn from_texts(texts: Texts, is_negated: bool) -> Self {
        Self { texts, is_negated }
    }

    /// Whether this is `NotAction` or `NotResource`.
    #[must_use]
    pub const fn is_negated(&self) -> bool {
        self.is_negated
    }

    /// Whether the one text is written without an array.
    #[must_use]
    pub const fn is_single(&self) -> bool {
        self.texts.is_single()
    }

    /// How many there are; at least one in a document.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.as_slice().len()
    }

    /// Whether there is none, which no document has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text with this index.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        self.texts.as_slice().get(index).map(AsRef::as_ref)
    }

    /// The texts as written, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + Clone {
        self.texts.as_slice().iter().map(AsRef::as_ref)
    }
}

impl From<&str> for Patterns {
    fn from(text: &str) -> Self {
        Self::from_texts(Texts::One(text.into()), false)
    }
}

impl From<String> for Patterns {
    fn from(text: String) -> Self {
        Self::from_texts(Texts::One(text.into()), false)
    }
}

impl<S: Into<Box<str>>, const N: usize> From<[S; N]> for Patterns {
    fn from(texts: [S; N]) -> Self {
        Self::only(texts)
    }
}

impl<S: Into<Box<str>>> From<Vec<S>> for Patterns {
    fn from(texts: Vec<S>) -> Self {
        Self::only(texts)
    }
}

/// One condition: an operator, the key that it looks at and the values to compare with.
///
/// # Examples
///
/// ```
/// use iot_policy::{Condition, Test};
///
/// let condition = Condition::new(Test::Bool, "aws:SecureTransport", "true");
/// assert_eq!((condition.operator().test(), condition.key()), (Test::Bool, "aws:SecureTransport"));
/// assert!(condition.values().eq(["true"]) && condition.is_single());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    key: Box<str>,
    values: Texts,
    operator: Operator,
}

impl Condition {
    /// A condition; the values are a string or an array of strings, which may be empty.
    #[must_use]
    pub fn new(
        operator: impl Into<Operator>,
        key: impl Into<Box<str>>,
        values: impl Into<ConditionValues>,
    ) -> Self {
        Self {
            key: key.into(),
            values: values.into().0,
            operator: operator.into(),
        }
    }

    /// The operator.
    #[must_use]
    pub const fn operator(&self) -> Operator {
        self.operator
    }

    /// The key as written; its case does not matter, except within `[...]`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The values as written, numbers and Booleans as text; there may be none.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator + Clone {
        self.values.as_slice().iter().map(AsRef::as_ref)
    }

    /// Whether the one value is written without an array.
    #[must_use]
    pub const fn is_single(&self) -> bool {
        self.values.is_single()
    }
}

/// What [`Condition::new`] takes as values: a text, or an array or `Vec` of texts.
///
/// # Examples
///
/// ```
/// use iot_policy::{Condition, ConditionValues, Test};
///
/// let values = |values: ConditionValues| {
///     let condition = Condition::new(Test::StringLike, "iot:ClientId", values);
///     (condition.values().len(), condition.is_single())
/// };
/// assert_eq!(values("lamp-*".into()), (1, true)); // written as a string
/// assert_eq!(values(["lamp-*"].into()), (1, false)); // as an array
/// assert_eq!(values(Vec::<String>::new().into()), (0, false)); // which may be empty
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConditionValues(pub(crate) Texts);

impl From<&str> for ConditionValues {
    fn from(text: &str) -> Self {
        Self(Texts::One(text.into()))
    }
}

impl From<String> for ConditionValues {
    fn from(text: String) -> Self {
        Self(Texts::One(text.into()))
    }
}

impl<S: Into<Box<str>>, const N: usize> From<[S; N]> for ConditionValues {
    fn from(texts: [S; N]) -> Self {
        Self(Texts::many(texts))
    }
}

impl<S: Into<Box<str>>> From<Vec<S>> for ConditionValues {
    fn from(texts: Vec<S>) -> Self {
        Self(Texts::many(texts))
    }
}

/// A string, or an array of strings: the two ways in which the grammar writes a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Texts {
    One(Box<str>),
    Many(Box<[Box<str>]>),
}

impl Texts {
    fn many(texts: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        Self::Many(texts.into_iter().map(Into::into).collect())
    }

    pub(crate) const fn as_slice(&self) -> &[Box<str>] {
        match self {
            Self::One(text) => core::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }

    const fn is_single(&self) -> bool {
        matches!(self, Self::One(_))
    }
}
