//! How one resource pattern compares with a resource.

use alloc::string::String;
use alloc::vec::Vec;

use crate::context::{Context, Found, Unresolved};
use crate::glob::Glob;
use crate::interner::{Interner, Values};
use crate::resource::{ResourceKind, resource_tokens, split_arn};
use crate::text::Text;
use crate::token::Token;
use crate::variable::Variable;

/// How one resource pattern of a statement compares with the resource of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternTrace<'s> {
    pattern: &'s str,
    resolved: String,
    matches: bool,
    unresolved: Vec<UnresolvedVariable>,
}

/// A variable of a pattern that has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnresolvedVariable {
    variable: Variable,
    why: Unresolved,
}

impl UnresolvedVariable {
    /// The variable.
    #[must_use]
    pub const fn variable(&self) -> &Variable {
        &self.variable
    }

    /// Why it has no value.
    #[must_use]
    pub const fn why(&self) -> Unresolved {
        self.why
    }
}

impl<'s> PatternTrace<'s> {
    pub(super) fn new(
        pattern: &'s str,
        variables: bool,
        resource: Text<'_>,
        context: &Context<'_>,
    ) -> Self {
        let mut interner = Interner::default();
        let glob = Glob::of_tokens(resource_tokens(pattern, variables), &mut interner);
        let slots = interner.into_slots();
        let mut trace = Self {
            pattern,
            resolved: String::new(),
            matches: glob.matches(
                resource,
                &Values {
                    slots: &slots,
                    context,
                },
            ),
            unresolved: Vec::new(),
        };
        for token in resource_tokens(pattern, variables) {
            trace.write(token, variables, context);
        }
        trace
    }

    /// Adds a token to the resolved text.
    fn write(&mut self, token: Token<'_>, variables: bool, context: &Context<'_>) {
        match token {
            Token::Literal(text) => self.write_literal(text, variables),
            Token::AnyRun => self.resolved.push('*'),
            Token::AnyChar => self.resolved.push('?'),
            Token::Variable { name, default } => {
                let variable = Variable::parse(name);
                match (context.single(&variable), default) {
                    (Ok(Found::Text(text)), _) => {
                        self.write_literal(text.head, true);
                        self.write_literal(text.tail, true);
                    }
                    (Ok(Found::Inline(text)), _) => self.write_literal(text.as_str(), true),
                    (Err(why), Some(default)) if !why.is_refusal() => {
                        self.write_literal(default, true);
                    }
                    (found, _) => {
                        self.resolved.push_str("${");
                        self.resolved.push_str(name);
                        self.resolved.push('}');
                        let why = found.err().unwrap_or(Unresolved::SeveralValues);
                        self.unresolved.push(UnresolvedVariable { variable, why });
                    }
                }
            }
        }
    }

    /// Adds text that stands for itself: a wildcard in it is written as `${*}`, `${?}`.
    fn write_literal(&mut self, text: &str, escape: bool) {
        for ch in text.chars() {
            if escape && matches!(ch, '*' | '?') {
                self.resolved.extend(['$', '{', ch, '}']);
            } else {
                self.resolved.push(ch);
            }
        }
    }

    /// The pattern as the document has it.
    #[must_use]
    pub const fn pattern(&self) -> &'s str {
        self.pattern
    }

    /// The pattern with the values of this request in the place of its variables. A `*` or `?`
    /// that came from a value is written `${*}`, `${?}`: it stands for itself.
    #[must_use]
    pub fn resolved(&self) -> &str {
        &self.resolved
    }

    /// Whether the pattern takes the resource.
    #[must_use]
    pub const fn matches(&self) -> bool {
        self.matches
    }

    /// The variables without a value: with one of them the pattern takes nothing.
    #[must_use]
    pub fn unresolved(&self) -> &[UnresolvedVariable] {
        &self.unresolved
    }

    /// The resource type that the pattern starts with, if it is written out.
    #[must_use]
    pub fn kind(&self) -> Option<ResourceKind> {
        let (_, part) = split_arn(self.pattern)?;
        ResourceKind::strip(part).map(|(kind, _)| kind)
    }
}
