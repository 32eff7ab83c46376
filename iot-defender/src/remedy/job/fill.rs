//! Placeholders for what an incident says.

use alloc::string::String;

use super::{Incident, RemedyError};

const OPEN: &str = "${defender:";

/// Characters that are taken of a value.
const MAX_CHARS: usize = 256;

/// Whether all placeholders of a text are known. One without an end is plain text.
pub(super) fn check(text: &str) -> Result<(), RemedyError> {
    let names = pieces(text).filter_map(|piece| piece.1);
    let mut unknown = names.filter(|name| !NAMES.contains(name));
    match unknown.next() {
        Some(name) => Err(RemedyError::Placeholder(name.into())),
        None => Ok(()),
    }
}

pub(super) fn has_placeholder(text: &str) -> bool {
    pieces(text).any(|(_, name)| name.is_some())
}

/// Puts values in, in one pass: no value is looked into. `is_json` says that the text is JSON,
/// where a placeholder can only stand in a string.
pub(super) fn fill(text: &str, incident: &Incident, is_json: bool) -> String {
    let mut filled = String::with_capacity(text.len());
    for (plain, name) in pieces(text) {
        filled.push_str(plain);
        let value = match name {
            Some("thing") => incident.thing().as_str(),
            Some("id") => incident.id(),
            Some("reason") => incident.reason(),
            _ => continue,
        };
        for ch in value.chars().take(MAX_CHARS) {
            match ch {
                '$' => filled.push('_'),
                _ if ch.is_control() => filled.push('_'),
                '"' | '\\' if is_json => filled.extend(['\\', ch]),
                _ => filled.push(ch),
            }
        }
    }
    filled
}

const NAMES: [&str; 3] = ["thing", "id", "reason"];

/// The text in pieces: what is plain, and the name of the placeholder behind it.
fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest.take()?;
        let placeholder = text.split_once(OPEN).and_then(|(plain, behind)| {
            let (name, behind) = behind.split_once('}')?;
            Some((plain, name, behind))
        });
        let Some((plain, name, behind)) = placeholder else {
            return Some((text, None));
        };
        rest = Some(behind);
        Some((plain, Some(name)))
    })
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString as _;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn values_are_not_looked_into() {
        let incident = Incident::new("lamp".parse().unwrap(), "${defender:thing}", "a\n$\"\\");
        let text = "${defender:id} ${defender:reason}${defender:thing} ${defender:id ${x}";
        assert_eq!(
            check(text),
            Err(RemedyError::Placeholder("id ${x".to_string()))
        );
        let text = "${defender:id} ${defender:reason}${defender:thing} ${defender:";
        assert_eq!(check(text), Ok(()));
        let filled = fill(text, &incident, false);
        assert_eq!(filled, "_{defender:thing} a__\"\\lamp ${defender:");
        assert_eq!(fill("plain", &incident, false), "plain");
        assert!(has_placeholder(text) && !has_placeholder("${defender:"));
    }

    proptest! {
        /// Whatever an incident says, the document stays the object that it was, with the text in
        /// its place, and no placeholder of anybody comes in.
        #[test]
        fn documents_stay_documents(id in ".*", reason in ".*") {
            let incident = Incident::new("lamp".parse().unwrap(), &id, &reason);
            let text = json!({ "a": "${defender:id}", "b": ["<${defender:reason}>"] }).to_string();
            let filled: Value = serde_json::from_str(&fill(&text, &incident, true)).unwrap();
            let plain = |text: &str| -> String {
                let chars = text.chars().take(256);
                chars.map(|ch| if ch.is_control() || ch == '$' { '_' } else { ch }).collect()
            };
            let expected = json!({ "a": plain(&id), "b": [format!("<{}>", plain(&reason))] });
            prop_assert_eq!(filled, expected);
        }
    }
}
