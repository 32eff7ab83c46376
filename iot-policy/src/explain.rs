//! Explanations: a decision in words, and what came nearest to allowing a refused request.

mod agreement;

use core::fmt::{self, Write as _};

use self::agreement::{Agreement, Budget};
use crate::action::Action;
use crate::condition::ConditionTrace;
use crate::context::Unresolved;
use crate::evaluate::{PatternTrace, Response, StatementTrace};
use crate::glob::Glob;
use crate::interner::Interner;
use crate::resource::{Resource, ResourceKind, resource_tokens, split_arn};
use crate::set::Decision;
use crate::shown::Shown;
use crate::statement::Effect;
use crate::token::{Syntax, Token, tokens};
use crate::variable::Variable;

/// A decision in words: one line for the decision, one for the reason. The alternate form
/// (`{:#}`) adds a line for every statement. The words are for people and may change; programs
/// read [`Response`] and [`NearMiss`].
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Context, PolicyDocument, PolicySet, Request, Statement};
///
/// let document = PolicyDocument::new(vec![
///     Statement::allow("iot:Connect", "*"),
///     Statement::deny("iot:Connect", "arn:aws:iot:us-east-1:123456789012:client/root"),
/// ])?;
/// let policies = PolicySet::compile([("Lamps", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("root");
/// let response = policies.evaluate(&Request::connect("root", &context));
/// assert_eq!(
///     response.explain().to_string(),
///     "EXPLICIT_DENY: iot:Connect on `arn:aws:iot:us-east-1:123456789012:client/root`\n\
///      statement 2 of Lamps denies it",
/// );
/// let long = format!("{:#}", response.explain());
/// assert_eq!(long.lines().count(), 4); // and a line for each of the two statements
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'r, 's> {
    response: &'r Response<'s>,
}

/// What came nearest to allowing a request that nothing allows.
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     ArnScope, Context, NearMiss, PolicyDocument, PolicySet, Request, ResourceKind, Statement,
/// };
/// use iot_topics::TopicFilterRef;
///
/// let topic = "arn:aws:iot:us-east-1:123456789012:topic/app/data";
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Subscribe", topic)])?;
/// let policies = PolicySet::compile([("App", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("app");
/// let filter = TopicFilterRef::parse("app/data")?;
/// let response = policies.evaluate(&Request::subscribe(filter, &context));
/// let Some(NearMiss::ResourceType { needs, says, .. }) = response.nearest_miss() else {
///     panic!("another miss");
/// };
/// assert_eq!((needs, says), (ResourceKind::TopicFilter, ResourceKind::Topic));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NearMiss<'r, 's> {
    /// A statement is about the request, but for a condition.
    Condition {
        /// The statement.
        statement: &'r StatementTrace<'s>,
        /// Its first condition that fails.
        condition: &'r ConditionTrace,
    },
    /// A pattern has the right name under another resource type.
    ResourceType {
        /// The statement.
        statement: &'r StatementTrace<'s>,
        /// The action.
        action: &'r str,
        /// The type that a request for the action carries.
        needs: ResourceKind,
        /// The type that the pattern has.
        says: ResourceKind,
    },
    /// A pattern could take the resource, had its variable a value.
    Variable {
        /// The statement.
        statement: &'r StatementTrace<'s>,
        /// The variable.
        variable: &'r Variable,
        /// Why it has no value.
        why: Unresolved,
    },
    /// A statement is about the resource, but not about the action.
    Action {
        /// The statement.
        statement: &'r StatementTrace<'s>,
    },
    /// A statement is about the action; this pattern agrees with the resource the furthest, by the
    /// bytes of the resource. Texts far longer than AWS IoT takes are not always compared to the end.
    Resource {
        /// The statement.
        statement: &'r StatementTrace<'s>,
        /// The pattern.
        pattern: &'r PatternTrace<'s>,
        /// How many bytes of the resolved pattern take a start of the resource: as many as can,
        /// wildcards among them. What differs stands behind them; nothing does if the resource goes
        /// on where the pattern ends.
        agree: usize,
    },
    /// The resource is one that the statement excludes by `NotResource`.
    Excluded {
        /// The statement.
        statement: &'r StatementTrace<'s>,
        /// The pattern under `NotResource` that takes the resource.
        pattern: &'r PatternTrace<'s>,
    },
    /// No statement with Allow is about the action or the resource.
    Nothing,
}

impl<'s> Response<'s> {
    /// The decision in words.
    #[must_use]
    pub const fn explain(&self) -> Explanation<'_, 's> {
        Explanation { response: self }
    }

    /// What came nearest to allowing the request; `None` if it is allowed, or denied by a
    /// statement.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{ArnScope, Context, NearMiss, PolicyDocument, PolicySet, Request, Statement};
    ///
    /// let nobody = PolicySet::default();
    /// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    /// let context = Context::new(&scope).with_client_id("lamp");
    /// let connect = Request::connect("lamp", &context);
    /// assert_eq!(nobody.evaluate(&connect).nearest_miss(), Some(NearMiss::Nothing));
    ///
    /// let everybody = PolicyDocument::new(vec![Statement::allow("iot:*", "*")])?;
    /// let everybody = PolicySet::compile([("All", everybody)]);
    /// assert_eq!(everybody.evaluate(&connect).nearest_miss(), None); // it is allowed
    /// # Ok::<(), iot_policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn nearest_miss(&self) -> Option<NearMiss<'_, 's>> {
        if self.decision() != Decision::ImplicitDeny {
            return None;
        }
        let allows = || {
            self.statements()
                .iter()
                .filter(|trace| trace.effect() == Effect::Allow)
        };
        let about_action = || allows().filter(|trace| trace.action_matches());
        // From the nearest kind of miss to the furthest; within a kind the first statement.
        let condition = about_action().find_map(|statement| {
            let condition = statement
                .conditions()
                .iter()
                .find(|condition| !condition.holds())?;
            let miss = NearMiss::Condition {
                statement,
                condition,
            };
            statement.resource_matches().then_some(miss)
        });
        condition
            .or_else(|| about_action().find_map(|statement| self.excluded(statement)))
            .or_else(|| about_action().find_map(|statement| self.other_type(statement)))
            .or_else(|| about_action().find_map(|statement| self.without_value(statement)))
            .or_else(|| {
                let statement = allows().find(|trace| trace.resource_matches())?;
                Some(NearMiss::Action { statement })
            })
            .or_else(|| self.furthest(about_action()))
            .or(Some(NearMiss::Nothing))
    }

    fn excluded<'r>(&self, statement: &'r StatementTrace<'s>) -> Option<NearMiss<'r, 's>> {
        if !statement.statement()?.resources().is_negated() {
            return None;
        }
        let pattern = statement
            .resources()
            .iter()
            .find(|pattern| pattern.matches())?;
        Some(NearMiss::Excluded { statement, pattern })
    }

    fn other_type<'r>(&'r self, statement: &'r StatementTrace<'s>) -> Option<NearMiss<'r, 's>> {
        let needs = Action::parse(self.action()).resource_kind()?;
        let name = Resource::from_arn(self.resource()).name();
        statement.resources().iter().find_map(|pattern| {
            let says = pattern.kind().filter(|says| *says != needs)?;
            let (_, part) = split_arn(pattern.pattern())?;
            let (_, wanted) = ResourceKind::strip(part)?;
            let action = self.action();
            let miss = NearMiss::ResourceType {
                statement,
                action,
                needs,
                says,
            };
            loosely(tokens(wanted, SYNTAX), name).then_some(miss)
        })
    }

    fn without_value<'r>(&self, statement: &'r StatementTrace<'s>) -> Option<NearMiss<'r, 's>> {
        statement.resources().iter().find_map(|pattern| {
            let unresolved = pattern.unresolved().first()?;
            let miss = NearMiss::Variable {
                statement,
                variable: unresolved.variable(),
                why: unresolved.why(),
            };
            let tokens = resource_tokens(pattern.pattern(), true);
            loosely(tokens, self.resource()).then_some(miss)
        })
    }

    fn furthest<'r>(
        &self,
        statements: impl Iterator<Item = &'r StatementTrace<'s>>,
    ) -> Option<NearMiss<'r, 's>>
    where
        's: 'r,
    {
        let patterns = statements.flat_map(|statement| {
            statement
                .resources()
                .iter()
                .map(move |pattern| (statement, pattern))
        });
        let mut budget = Budget::default();
        patterns
            .map(|(statement, pattern)| {
                let agreement = Agreement::of(pattern.resolved(), self.resource(), &mut budget);
                (statement, pattern, agreement)
            })
            .reduce(|best, next| {
                if next.2.text > best.2.text {
                    next
                } else {
                    best
                }
            })
            .map(|(statement, pattern, agreement)| NearMiss::Resource {
                statement,
                pattern,
                agree: agreement.pattern,
            })
    }
}

const SYNTAX: Syntax = Syntax {
    wildcards: true,
    variables: true,
};

/// Whether a pattern takes a text if each variable may be any text.
fn loosely<'p>(tokens: impl Iterator<Item = Token<'p>>, text: &str) -> bool {
    let tokens = tokens.map(|token| match token {
        Token::Variable { .. } => Token::AnyRun,
        other => other,
    });
    Glob::of_tokens(tokens, &mut Interner::default()).matches_plain(text)
}

impl fmt::Display for Explanation<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let response = self.response;
        write!(
            Shown(f),
            "{}: {} on `{}`",
            response.decision(),
            response.action(),
            response.resource()
        )?;
        f.write_str("\n")?;
        let verb = match response.decision() {
            Decision::Allowed => "allows",
            Decision::ExplicitDeny => "denies",
            Decision::ImplicitDeny => "",
        };
        let mut deciding = response.deciding();
        match (response.nearest_miss(), deciding.next()) {
            (Some(miss), _) => write!(f, "{miss}")?,
            (None, Some(statement)) => {
                write!(f, "{} {verb} it", label(statement))?;
                match deciding.count() {
                    0 => {}
                    1 => f.write_str(", and so does 1 more")?,
                    more => write!(f, ", and so do {more} more")?,
                }
            }
            (None, None) => {}
        }
        if f.alternate() {
            for statement in response.statements() {
                write!(f, "\n{statement}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for NearMiss<'_, '_> {
    /// One sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Shown(f);
        match self {
            Self::Condition {
                statement,
                condition,
            } => {
                write!(f, "{} would allow it, but {condition}", label(statement))
            }
            Self::ResourceType {
                statement,
                action,
                needs,
                says,
            } => {
                let (needs, says) = (needs.as_str(), says.as_str());
                write!(
                    f,
                    "{action} needs `{needs}/`, {} says `{says}/`",
                    label(statement)
                )
            }
            Self::Variable {
                statement,
                variable,
                why,
            } => {
                let label = label(statement);
                write!(
                    f,
                    "{label} needs a value for `{variable}`, which has none: {why}"
                )
            }
            Self::Action { statement } => {
                write!(
                    f,
                    "{} is about this resource, but not about the action",
                    label(statement)
                )
            }
            Self::Resource {
                statement,
                pattern,
                agree,
            } => {
                let label = label(statement);
                let resolved = pattern.resolved();
                let from = resolved.get(*agree..).unwrap_or_default();
                if from.is_empty() {
                    write!(f, "{label} takes `{resolved}` only, the resource goes on")
                } else {
                    write!(
                        f,
                        "{label} takes `{resolved}`, the resource differs from `{from}` on"
                    )
                }
            }
            Self::Excluded { statement, pattern } => {
                let label = label(statement);
                write!(
                    f,
                    "{label} excludes the resource by NotResource `{}`",
                    pattern.resolved()
                )
            }
            Self::Nothing => f.write_str("no statement allows the action"),
        }
    }
}

impl fmt::Display for StatementTrace<'_> {
    /// One line: what the statement says, and which of action, resource and conditions failed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = &mut Shown(f);
        write!(f, "  {} ({}): ", label(self), self.effect().as_str())?;
        if self.matches() {
            return f.write_str("matches");
        }
        let mut separator = "";
        if !self.action_matches() {
            f.write_str("other action")?;
            separator = "; ";
        }
        if !self.resource_matches() {
            write!(f, "{separator}other resource")?;
            separator = "; ";
            for unresolved in self.resources().iter().flat_map(PatternTrace::unresolved) {
                let (variable, why) = (unresolved.variable(), unresolved.why());
                write!(f, "{separator}`{variable}` has no value: {why}")?;
            }
        }
        for condition in self
            .conditions()
            .iter()
            .filter(|condition| !condition.holds())
        {
            write!(f, "{separator}{condition}")?;
            separator = "; ";
        }
        Ok(())
    }
}

/// `statement 3 of Sensors`, with its `Sid` if it has one.
fn label<'a>(trace: &'a StatementTrace<'_>) -> impl fmt::Display + 'a {
    struct Label<'a>(&'a StatementTrace<'a>);
    impl fmt::Display for Label<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let f = &mut Shown(f);
            write!(f, "statement {} ", self.0.index() + 1)?;
            if let Some(sid) = self.0.statement().and_then(|statement| statement.sid()) {
                write!(f, "({sid}) ")?;
            }
            write!(f, "of {}", self.0.policy())
        }
    }
    Label(trace)
}
