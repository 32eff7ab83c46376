//! Decisions over policies.

mod grammar;

use serde_json::Value;

use crate::policy_it::engine;
use crate::policy_it::oracle::{self, OracleContext};

/// Policies, what is known of a connection, and a request, as the module `grammar` reads them.
///
/// The engine answers as an oracle does that was written from the documentation alone. The names
/// and values come from the bytes unfiltered, so one that is taken for a pattern is seen.
pub fn policy_evaluate(data: &[u8]) {
    decide(data);
}

/// As many digits as the oracle's numbers and dates hold, whatever they are.
const ORACLE_DIGITS: usize = 18;

struct Question {
    policies: Vec<Value>,
    context: OracleContext,
    action: &'static str,
    resource: String,
}

/// The answer, if the policies are well formed.
fn decide(data: &[u8]) -> Option<&'static str> {
    // The oracle's arithmetic ends where the engine's does not.
    let digits = data.split(|byte| !byte.is_ascii_digit());
    if digits.map(<[u8]>::len).max() > Some(ORACLE_DIGITS) {
        return None;
    }
    let Question {
        policies,
        context,
        action,
        resource,
    } = grammar::question(data);
    let actual = engine::decide(&policies, &context, action, &resource).ok()?;
    let expected = oracle::decide(&policies, &context, action, &resource);
    assert_eq!(
        actual, expected,
        "{action} {resource:?} {policies:?} {context:?}"
    );
    Some(actual)
}

#[cfg(test)]
mod tests {
    /// The seeds are worth something: together they have each answer.
    #[test]
    fn seeds_have_all_answers() {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/policy_evaluate");
        let seeds = std::fs::read_dir(seeds).unwrap();
        let answer = |seed: std::fs::DirEntry| super::decide(&std::fs::read(seed.path()).unwrap());
        let mut answers: Vec<_> = seeds.filter_map(|seed| answer(seed.unwrap())).collect();
        answers.sort_unstable();
        answers.dedup();
        assert_eq!(answers, ["allowed", "explicitDeny", "implicitDeny"]);
    }
}
