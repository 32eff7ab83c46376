//! `iot shadow diff`.

use std::path::{Path, PathBuf};

use clap::Args;
use iot_shadow::{Json, JsonRef, diff_patch, merge_patch};

use super::changes::{below, changes, lines};
use super::{STDIN, Source};
use crate::Outcome;
use crate::output::{self, Failure, Format};

#[derive(Debug, Args)]
#[command(
    after_help = "Both files hold a JSON object; `-` is standard input. Numbers are equal when they have the \
same value, arrays when all of their items are.

EXIT CODES:
  0 the objects are equal, 1 they differ, 2 a file holds no JSON object, or NEW has a null that no merge patch can write

EXAMPLES:
  iot shadow diff before.json after.json
  iot shadow diff before.json after.json --format json > patch.json"
)]
pub(crate) struct Diff {
    /// The object before
    old: PathBuf,
    /// The object after
    new: PathBuf,
    /// How to print the patch: with what it changes, or alone
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Diff {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        if self.old == Path::new(STDIN) && self.new == self.old {
            return Err("only one of the two can be standard input"
                .to_owned()
                .into());
        }
        let (_, old) = object(&self.old)?;
        let (source, new) = object(&self.new)?;
        let patch = diff_patch(old.as_ref(), new.as_ref());
        if merge_patch(old.as_ref(), patch.as_ref()) != new {
            let path = unwritable(old.as_ref(), new.as_ref(), "").unwrap_or_default();
            let label = "a merge patch removes with null, and so can write none";
            return Err(source.failure_at(TITLE, &path, label));
        }
        if self.format == Format::Human {
            for line in lines(&changes(old.as_ref(), new.as_ref())) {
                output::print(output::printable(&line))?;
            }
            output::print(format_args!("patch: {}", output::printable(patch.as_str())))?;
        } else {
            output::print_bytes(format!("{patch}\n").as_bytes())?;
        }
        Ok(patch.as_ref().is_empty_object().into())
    }
}

const TITLE: &str = "this JSON has no merge patch";

fn object(path: &Path) -> Result<(Source, Json), Failure> {
    let source = Source::read(path)?;
    let json = source.json()?;
    match json.as_ref().is_object() {
        true => Ok((source, json)),
        false => Err(source.failure_at(TITLE, "", "is no object")),
    }
}

/// Where `new` has a null outside of arrays that `old` has not.
fn unwritable(old: JsonRef<'_>, new: JsonRef<'_>, above: &str) -> Option<String> {
    let old: std::collections::BTreeMap<_, _> = old.members().collect();
    new.members().find_map(|(key, value)| {
        let path = below(above, &key);
        let old = old.get(&key);
        match old {
            _ if value.is_object() => {
                let nothing = Json::empty_object();
                unwritable(*old.unwrap_or(&nothing.as_ref()), value, &path)
            }
            Some(old) if old.is_null() => None,
            _ => value.is_null().then_some(path),
        }
    })
}
