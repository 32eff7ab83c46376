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
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Context, PolicyDocument, PolicySet, Request, ResourceKind, Statement};
///
/// let own = "arn:aws:iot:us-east-1:123456789012:client/${iot:ClientId}-*";
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", own)])?;
/// let policies = PolicySet::compile([("Own", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("lamp*");
/// let response = policies.evaluate(&Request::connect("lamp*", &context));
///
/// let pattern = &response.statements()[0].resources()[0];
/// assert_eq!(pattern.pattern(), own);
/// assert_eq!(pattern.kind(), Some(ResourceKind::Client));
/// // The `*` of the policy is a wildcard, that of the client is a character.
/// assert_eq!(pattern.resolved(), "arn:aws:iot:us-east-1:123456789012:client/lamp${*}-*");
/// assert!(!pattern.matches() && pattern.unresolved().is_empty());
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternTrace<'s> {
    pattern: &'s str,
    resolved: String,
    matches: bool,
    unresolved: Vec<UnresolvedVariable>,
}

/// A variable of a pattern that has no value.
///
/// # Examples
///
/// ```
/// use iot_policy::{
///     ArnScope, Context, PolicyDocument, PolicySet, Request, Statement, Thing, Unresolved, Variable,
/// };
///
/// let own = "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}";
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", own)])?;
/// let policies = PolicySet::compile([("Things", document)]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("lamp-2").with_thing(Thing::attached("lamp"));
/// let response = policies.evaluate(&Request::connect("lamp-2", &context));
///
/// let unresolved = &response.statements()[0].resources()[0].unresolved()[0];
/// assert_eq!(unresolved.variable(), &Variable::ThingName);
/// assert_eq!(unresolved.why(), Unresolved::ClientIdDiffers);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
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
            trace.write(token, context);
        }
        trace
    }

    /// Adds a token to the resolved text.
    fn write(&mut self, token: Token<'_>, context: &Context<'_>) {
        match token {
            Token::Literal(text) => self.write_literal(text),
            Token::AnyRun => self.resolved.push('*'),
            Token::AnyChar => self.resolved.push('?'),
            Token::Variable { name, default } => {
                let variable = Variable::parse(name);
                match (context.single(&variable), default) {
                    (Ok(Found::Text(text)), _) => {
                        self.write_literal(text.head);
                        self.write_literal(text.tail);
                    }
                    (Ok(Found::Inline(text)), _) => self.write_literal(text.as_str()),
                    (Err(why), Some(default)) if !why.is_refusal() => {
                        self.write_literal(default);
                    }
                    (found, _) => {
                        self.resolved.push_str("${");
                        self.resolved.push_str(name);
                        if let Some(default) = default {
                            self.resolved.extend([", '", default, "'"]);
                        }
                        self.resolved.push('}');
                        let why = found.err().unwrap_or(Unresolved::SeveralValues);
                        self.unresolved.push(UnresolvedVariable { variable, why });
                    }
                }
            }
        }
    }

    /// Adds text that stands for itself: what would be read as something else is escaped.
    fn write_literal(&mut self, text: &str) {
        for ch in text.chars() {
            match ch {
                '*' | '?' => self.resolved.extend(['$', '{', ch, '}']),
                // All that ends in `$` so far is literal text, perhaps of the token before.
                '{' if self.resolved.ends_with('$') => self.resolved.push_str("{$}{"),
                _ => self.resolved.push(ch),
            }
        }
    }

    /// The pattern as the document has it.
    #[must_use]
    pub const fn pattern(&self) -> &'s str {
        self.pattern
    }

    /// The pattern with the values of this request in the place of its variables.
    ///
    /// What stands for itself is written so that it cannot be taken for anything else: `${*}` and
    /// `${?}` for the characters, `${$}{` for a `${` that starts no variable (from a value, or in a
    /// document whose version has no variables). So each `*` and `?` is a wildcard, and each
    /// `${...}` with a name is a variable without a value.
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

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use proptest::prelude::*;

    use super::*;
    use crate::resource::ArnScope;
    use crate::token::{Syntax, tokens};

    const SHOWN: Syntax = Syntax {
        wildcards: true,
        variables: true,
    };

    fn resolved(pattern: &str, variables: bool, client_id: &str) -> String {
        let scope = ArnScope::new("aws", "us-east-1", "123456789012");
        let context = Context::new(&scope).with_client_id(client_id);
        let trace = PatternTrace::new(pattern, variables, Text::whole(""), &context);
        trace.resolved().to_string()
    }

    #[test]
    fn what_stands_for_itself_is_escaped() {
        for (pattern, client_id, expected) in [
            (":::::a/${iot:ClientId}/*", "b", ":::::a/b/*"),
            (":::::${iot:ClientId}/?", "*?", ":::::${*}${?}/?"),
            (":::::${iot:ClientId}", "${x:K}", ":::::${$}{x:K}"),
            (":::::${iot:ClientId}", "${*}", ":::::${$}{${*}}"),
            // Only together are they something else.
            (":::::${iot:ClientId}", "$aws{$}", ":::::$aws{$}"),
            (":::::${iot:ClientId}{a}", "$", ":::::${$}{a}"),
            (":::::$${iot:ClientId}", "{a}", ":::::${$}{a}"),
            (":::::${$}{a}${*}", "", ":::::${$}{a}${*}"),
            (":::::a${*", "", ":::::a${$}{*"),
            ("arn:${*}::::a", "", "arn:${$}{*}::::a"),
            (":::::${x:K}/${x:L, '*'}", "", ":::::${x:K}/${*}"),
        ] {
            assert_eq!(resolved(pattern, true, client_id), expected, "{pattern}");
        }
        let literal = resolved(":::::${iot:ClientId}*", false, "c");
        assert_eq!(literal, ":::::${$}{iot:ClientId}*");
    }

    #[test]
    fn a_refused_value_leaves_the_variable_with_its_default() {
        let pattern = ":::::${iot:ConnectAttributes, 'x'}";
        let scope = ArnScope::new("aws", "us-east-1", "123456789012");
        let context =
            Context::new(&scope).with_connect_attributes(crate::ConnectAttributes::default());
        let trace = PatternTrace::new(pattern, true, Text::whole(""), &context);
        assert_eq!(trace.resolved(), pattern);
    }

    proptest! {
        /// Read as a pattern, what is shown takes what the pattern takes.
        #[test]
        fn what_is_shown_takes_the_same(
            pattern in "[a$*?{}]{0,4}(\\$\\{iot:ClientId\\}[a$*?{}]{0,4}){0,2}",
            variables in any::<bool>(),
            client_id in "[a$*?{}]{0,4}",
            name in "[a$*?{}]{0,10}",
        ) {
            let scope = ArnScope::new("aws", "us-east-1", "123456789012");
            let context = Context::new(&scope).with_client_id(&client_id);
            let exact = pattern.replace("${iot:ClientId}", &client_id);
            for name in [&name, &exact, &pattern] {
                let pattern = alloc::format!(":::::{pattern}");
                let name = alloc::format!(":::::{name}");
                let trace = PatternTrace::new(&pattern, variables, Text::whole(&name), &context);
                prop_assume!(trace.unresolved().is_empty());
                let shown = Glob::of_tokens(tokens(trace.resolved(), SHOWN), &mut Interner::default());
                prop_assert_eq!(shown.matches_plain(&name), trace.matches(), "{}", trace.resolved());
            }
        }
    }
}
