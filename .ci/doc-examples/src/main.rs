//! Fails unless every public module, type, trait, function, constant and macro of a crate has an
//! example that is compiled, and every method stands in one, its own or another's.
//!
//! The arguments are files of `rustdoc --output-format json`. Their format is not stable: one that
//! is not understood shows as items missing, or as no item at all, which is a failure too.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::process::ExitCode;

use serde_json::Value;

/// The kinds of items that need an example of their own. Functions that belong to a type or a
/// trait are its methods.
const KINDS: [&str; 10] = [
    "module",
    "struct",
    "enum",
    "union",
    "trait",
    "type_alias",
    "function",
    "constant",
    "static",
    "macro",
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut complete = true;
    for path in std::env::args().skip(1) {
        let rustdoc: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
        let found = Found::read(&rustdoc).ok_or_else(|| format!("{path}: no output of rustdoc"))?;
        complete &= found.report();
    }
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What a crate has, by place in its source.
#[derive(Default)]
struct Found {
    items: usize,
    methods: usize,
    without: BTreeSet<String>,
}

impl Found {
    fn read(rustdoc: &Value) -> Option<Self> {
        let index = rustdoc["index"].as_object()?;
        let own = &index.get(&rustdoc["root"].to_string())?["crate_id"];
        let methods = methods(index.values());
        let docs = |item: &Value| examples(item["docs"].as_str().unwrap_or_default());
        let code: String = index.values().map(docs).collect();
        let is_part_of_word = |ch: char| ch.is_alphanumeric() || ch == '_';
        let shown: BTreeSet<&str> = code.split(|ch| !is_part_of_word(ch)).collect();

        let mut found = Self::default();
        for (id, item) in index.iter().filter(|(_, item)| &item["crate_id"] == own) {
            let (Some(kind), Some(name)) = (kind(item), item["name"].as_str()) else {
                continue;
            };
            let is_shown = match methods.get(id) {
                Some(true) if kind == "function" => {
                    found.methods += 1;
                    shown.contains(name)
                }
                None if KINDS.contains(&kind) && item["visibility"] == "public" => {
                    found.items += 1;
                    !docs(item).is_empty()
                }
                _ => continue,
            };
            if !is_shown {
                let (file, line) = (&item["span"]["filename"], &item["span"]["begin"][0]);
                let file = file.as_str().unwrap_or_default();
                found
                    .without
                    .insert(format!("{file}:{line}: {kind} `{name}`"));
            }
        }
        Some(found)
    }

    /// Prints it; tells whether nothing is missing.
    fn report(&self) -> bool {
        for place in &self.without {
            println!("{place} has no example");
        }
        println!("{} items, {} methods", self.items, self.methods);
        self.without.is_empty() && self.items > 0 && self.methods > 0
    }
}

/// What is inside of types and traits, by id: whether it is there to be called by that name, which
/// the parts of an implementation of a trait are not.
fn methods<'a>(index: impl Iterator<Item = &'a Value>) -> BTreeMap<String, bool> {
    let mut methods = BTreeMap::new();
    for item in index {
        let inner = &item["inner"];
        let (owner, is_public) = match kind(item) {
            Some("trait") => (&inner["trait"], true),
            Some("impl") => (&inner["impl"], inner["impl"]["trait"].is_null()),
            _ => continue,
        };
        let ids = owner["items"].as_array().into_iter().flatten();
        methods.extend(ids.map(|id| (id.to_string(), is_public)));
    }
    methods
}

/// The word that says what an item is.
fn kind(item: &Value) -> Option<&str> {
    item["inner"].as_object()?.keys().next().map(String::as_str)
}

/// The code of the examples that run, or are compiled to fail.
fn examples(docs: &str) -> String {
    let mut code = String::new();
    // Inside of a block: whether it counts.
    let mut block = None;
    for line in docs.lines() {
        block = match (line.trim().strip_prefix("```"), block) {
            (Some(_), Some(_)) => None,
            (Some(info), None) => Some(matches!(
                info,
                "" | "rust" | "should_panic" | "compile_fail"
            )),
            (None, Some(true)) => {
                code.extend([line, "\n"]);
                block
            }
            (None, _) => block,
        };
    }
    code
}
