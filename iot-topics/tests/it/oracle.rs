//! Naive answers, written from the rules and not from the crate: slow, and plain to see.

use iot_topics::MatchMode;

/// Whether a legal filter takes a legal name.
pub(crate) fn matches(filter: &str, name: &str, mode: MatchMode) -> bool {
    let filter = filter_part(filter);
    if name.starts_with('$') && (filter.starts_with('+') || filter.starts_with('#')) {
        return false;
    }
    let filter: Vec<&str> = filter.split('/').collect();
    let name: Vec<&str> = name.split('/').collect();
    levels_match(&filter, &name, mode)
}

fn levels_match(filter: &[&str], name: &[&str], mode: MatchMode) -> bool {
    match (filter, name) {
        (["#"], []) => mode == MatchMode::Mqtt,
        (["#"], [_, ..]) => true,
        (["+", filter @ ..], [_, name @ ..]) => levels_match(filter, name, mode),
        ([wanted, filter @ ..], [level, name @ ..]) => {
            wanted == level && levels_match(filter, name, mode)
        }
        ([], []) => true,
        _ => false,
    }
}

/// What stands behind `$share/<group>/`.
pub(crate) fn filter_part(filter: &str) -> &str {
    let mut levels = filter.splitn(3, '/');
    match (levels.next(), levels.next(), levels.next()) {
        (Some("$share"), Some(_), Some(part)) => part,
        _ => filter,
    }
}

/// The wildcards of policy resources: `*` is any run of characters, `?` is one character.
///
/// Policies are not of this crate: iot-policy runs the cases of kind `glob` against its engine.
/// They stand in the file that both crates share, so here this oracle answers them.
pub(crate) fn glob(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], [_, tail @ ..]) => glob(rest, text) || glob(pattern, tail),
        (['*', rest @ ..], []) => glob(rest, text),
        (['?', pattern @ ..], [_, text @ ..]) => glob(pattern, text),
        ([wanted, pattern @ ..], [ch, text @ ..]) => wanted == ch && glob(pattern, text),
        _ => false,
    }
}
