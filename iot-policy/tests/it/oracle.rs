//! A second reading of the policy language, to hold the engine against.
//!
//! Written from the documentation alone (developer guide, "AWS IoT Core policies" and its pages on
//! variables, examples and X.509 certificates; IAM user guide, "Variables and tags", "Condition
//! operators" and "Conditions with multiple context keys or values"), without a look at the engine:
//! what both get wrong, both authors got wrong. It reads the JSON of a policy afresh for every
//! question, it takes for granted that the document is well formed, and it is slow.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "an oracle may panic: then the test that asks it fails"
)]

use core::cmp::Ordering;

use serde_json::Value;

mod compare;
mod context;

use compare::{base64, date, in_network, number};
pub(crate) use context::{OneOrMany, OracleCertificate, OracleContext, OracleThing};
use context::{Values, is_multi_valued};

/// `allowed`, `explicitDeny` or `implicitDeny`: a Deny that matches beats an Allow that matches.
pub(crate) fn decide(
    policies: &[Value],
    context: &OracleContext,
    action: &str,
    resource: &str,
) -> &'static str {
    let speaks = |effect: &str| {
        policies.iter().any(|policy| {
            let ask = Ask {
                context,
                // Before this version `${...}` is text like any other.
                variables: policy["Version"] == "2012-10-17",
            };
            one_or_many(&policy["Statement"]).any(|statement| {
                statement["Effect"] == effect && ask.matches(statement, action, resource)
            })
        })
    };
    match (speaks("Deny"), speaks("Allow")) {
        (true, _) => "explicitDeny",
        (false, true) => "allowed",
        (false, false) => "implicitDeny",
    }
}

/// A character of a pattern, and whether the policy wrote it: only then may it be a wildcard.
type Written = (char, bool);

struct Ask<'a> {
    context: &'a OracleContext,
    variables: bool,
}

impl Ask<'_> {
    fn matches(&self, statement: &Value, action: &str, resource: &str) -> bool {
        let action = action.to_ascii_lowercase();
        let is_action = |pattern: &str| glob(&literal(&pattern.to_ascii_lowercase()), &action);
        let is_resource = |pattern: &str| self.resource_matches(pattern, resource);
        listed(statement, "Action", "NotAction", is_action)
            && listed(statement, "Resource", "NotResource", is_resource)
            && members(&statement["Condition"]).all(|(operator, tests)| {
                members(tests).all(|(key, values)| self.condition(operator, key, values))
            })
    }

    /// Variables stand after the fifth colon only.
    fn resource_matches(&self, pattern: &str, resource: &str) -> bool {
        let name = pattern
            .match_indices(':')
            .nth(4)
            .map_or(pattern.len(), |(colon, _)| colon + 1);
        let (head, tail) = pattern.split_at(name);
        self.expand(tail)
            .is_some_and(|tail| glob(&[literal(head), tail].concat(), resource))
    }

    /// The text with values in the place of its variables; `None` if one has no value.
    fn expand(&self, text: &str) -> Option<Vec<Written>> {
        let open = text.find("${").filter(|_| self.variables);
        let Some((start, length)) = open.and_then(|at| Some((at, text[at..].find('}')?))) else {
            return Some(literal(text));
        };
        let value = self.variable(&text[start + 2..start + length])?;
        let mut written = literal(&text[..start]);
        written.extend(value.chars().map(|character| (character, false)));
        written.extend(self.expand(&text[start + length + 1..])?);
        Some(written)
    }

    /// What stands between `${` and `}`.
    fn variable(&self, inside: &str) -> Option<String> {
        if ["*", "?", "$"].contains(&inside) {
            return Some(inside.to_owned());
        }
        let (name, default) = match inside
            .strip_suffix('\'')
            .and_then(|it| it.split_once(", '"))
        {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (inside, None),
        };
        match self.context.values(name) {
            Values::Known(values) => match values.as_slice() {
                [] => default,
                [value] if !is_multi_valued(name) => Some(value.clone()),
                _ => None,
            },
            Values::Refused => None,
        }
    }

    fn condition(&self, operator: &str, key: &str, tests: &Value) -> bool {
        let tests: Vec<String> = one_or_many(tests).map(text_of).collect();
        let (set, operator) = operator.split_once(':').unwrap_or(("", operator));
        let base = operator.strip_suffix("IfExists").unwrap_or(operator);
        let negated = base.contains("Not");

        let values = match self.context.values(key) {
            Values::Known(values) => values,
            Values::Refused => Vec::new(),
        };
        if base == "Null" {
            let absent = if values.is_empty() { "true" } else { "false" };
            return tests.iter().any(|test| test.eq_ignore_ascii_case(absent));
        }
        if values.is_empty() {
            let if_exists = base != operator;
            return if_exists || set == "ForAllValues" || (negated && set != "ForAnyValue");
        }
        let positive = base.replace("Not", "");
        let hit = |value: &String| {
            let hits = |test: &String| self.compare(&positive, test, value);
            tests.iter().any(|test| hits(test) == Some(true))
        };
        match set {
            "ForAllValues" => values.iter().all(|value| hit(value) != negated),
            "ForAnyValue" => values.iter().any(|value| hit(value) != negated),
            _ => values.iter().any(hit) != negated,
        }
    }

    /// One value of the policy against one of the request. `None`: one of them is not of the
    /// operator's type, or a variable has no value.
    fn compare(&self, operator: &str, test: &str, value: &str) -> Option<bool> {
        let expanded = || Some(self.expand(test)?.iter().map(|it| it.0).collect::<String>());
        let is_bool = |text: &str| ["true", "false"].contains(&text);
        Some(match operator {
            "StringEquals" => expanded()? == value,
            "StringEqualsIgnoreCase" => expanded()?.to_lowercase() == value.to_lowercase(),
            "StringLike" => glob(&self.expand(test)?, value),
            "ArnEquals" | "ArnLike" => arn_like(&self.expand(test)?, value),
            "Bool" => {
                let (test, value) = (expanded()?.to_lowercase(), value.to_lowercase());
                is_bool(&test) && test == value
            }
            "IpAddress" => in_network(test, value.parse().ok()?)?,
            "BinaryEquals" => base64(test)? == base64(value)?,
            _ => {
                let (order, how) = match operator.strip_prefix("Numeric") {
                    Some(how) => (number(value)?.cmp(&number(test)?), how),
                    None => (
                        date(value)?.cmp(&date(test)?),
                        operator.strip_prefix("Date")?,
                    ),
                };
                match how {
                    "Equals" => order == Ordering::Equal,
                    "LessThan" => order == Ordering::Less,
                    "LessThanEquals" => order != Ordering::Greater,
                    "GreaterThan" => order == Ordering::Greater,
                    "GreaterThanEquals" => order != Ordering::Less,
                    _ => return None,
                }
            }
        })
    }
}

fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.iter(),
        one => core::slice::from_ref(one).iter(),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn listed(statement: &Value, only: &str, all_but: &str, hit: impl Fn(&str) -> bool) -> bool {
    let any = |list: &Value| one_or_many(list).any(|it| it.as_str().is_some_and(&hit));
    match statement.get(only) {
        Some(list) => any(list),
        None => !any(&statement[all_but]),
    }
}

fn literal(text: &str) -> Vec<Written> {
    text.chars().map(|character| (character, true)).collect()
}

/// `*` is any run, `?` any one character, if the policy wrote them. Walks the pattern once and
/// keeps all prefixes of the text that the pattern so far takes.
fn glob(pattern: &[Written], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut takes = vec![false; text.len() + 1];
    takes[0] = true;
    for token in pattern {
        let mut next = vec![false; text.len() + 1];
        for end in 0..=text.len() {
            next[end] = match token {
                ('*', true) => takes[..=end].contains(&true),
                ('?', true) => end > 0 && takes[end - 1],
                (character, _) => end > 0 && takes[end - 1] && text[end - 1] == *character,
            };
        }
        takes = next;
    }
    takes[text.len()]
}

/// Six parts, each a glob of its own. A colon inside a value parts nothing.
fn arn_like(pattern: &[Written], value: &str) -> bool {
    let patterns: Vec<_> = pattern.splitn(6, |token| *token == (':', true)).collect();
    let parts: Vec<_> = value.splitn(6, ':').collect();
    patterns.len() == 6
        && parts.len() == 6
        && patterns.iter().zip(parts).all(|(it, part)| glob(it, part))
}
