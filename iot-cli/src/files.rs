//! Files by path or by glob, and the policies in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use iot_policy::PolicyDocument;

use crate::output::{self, Failure};

/// The files that the arguments name, each once, in the order of the arguments. An argument that is
/// a file is that file; another one is a glob (`policies/**/*.json`) over the files below the
/// folder before its first wildcard, in byte order; links are followed. What cannot be looked at is
/// an error, if a file that is meant may be in it.
pub(crate) fn expand(arguments: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for argument in arguments {
        let (found, failures) = named(argument);
        if let Some(failure) = failures.into_iter().next() {
            return Err(failure);
        }
        files.extend(found.into_iter().filter(|file| seen.insert(file.clone())));
    }
    Ok(files)
}

/// The files that one argument names, as [`expand`] has them, and what of them cannot be looked
/// at. That there is no file is told as well.
pub(crate) fn named(argument: &str) -> (Vec<PathBuf>, Vec<Failure>) {
    let (found, mut failures) = if Path::new(argument).is_file() {
        (vec![PathBuf::from(argument)], Vec::new())
    } else {
        below(argument)
    };
    if found.is_empty() && failures.is_empty() {
        failures.push(format!("{argument}: no such file, and no file matches").into());
    }
    (found, failures)
}

fn below(glob: &str) -> (Vec<PathBuf>, Vec<Failure>) {
    let literal = glob.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let root = match literal.rsplit_once('/') {
        Some(("", _)) => Path::new("/"),
        Some((root, _)) => Path::new(root),
        None => Path::new("."),
    };
    let (mut files, mut failures) = (Vec::new(), Vec::new());
    if !root.exists() {
        return (files, failures);
    }
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    let walk = walkdir::WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            entry.depth() == 0 || !entry.file_type().is_dir() || leads(glob, entry.path())
        });
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_dir() || !is_match(glob, entry.path()) => {}
            Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
            Ok(entry) => failures.push(neither(entry.path())),
            Err(error) => {
                let is_meant =
                    |path: &Path| path == root || is_match(glob, path) || leads(glob, path);
                if error.path().is_none_or(is_meant) {
                    failures.push(error.to_string().into());
                }
            }
        }
    }
    (files, failures)
}

fn is_match(glob: &str, path: &Path) -> bool {
    let path = path.strip_prefix("./").unwrap_or(path);
    glob_match::glob_match(glob, &path.to_string_lossy())
}

/// Whether a file below a folder may match a glob.
fn leads(glob: &str, folder: &Path) -> bool {
    let folder = folder
        .strip_prefix("./")
        .unwrap_or(folder)
        .to_string_lossy();
    if glob.contains('{') {
        return true; // may have a `/` in it
    }
    let mut parts = glob.split('/');
    let mut names = folder.split('/');
    loop {
        match (parts.next(), names.next()) {
            (Some("**"), _) | (Some(_), None) => return true,
            (Some(part), Some(name)) if glob_match::glob_match(part, name) => {}
            _ => return false,
        }
    }
}

fn neither(path: &Path) -> Failure {
    format!("{}: neither file nor folder", path.display()).into()
}

/// The files of a folder and of those below it, in byte order, and what of it cannot be looked at.
/// Links are followed; one that leads to a folder above it is told.
pub(crate) fn below_folder(root: &Path) -> (Vec<PathBuf>, Vec<Failure>) {
    let mut files = Vec::new();
    let mut failures = Vec::new();
    let walk = walkdir::WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => failures.push(neither(entry.path())),
            Err(error) => failures.push(error.to_string().into()),
        }
    }
    (files, failures)
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let bytes = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{name}: not UTF-8 at byte {at}").into()
    })
}

/// Policies that were read, so that none is read twice.
#[derive(Debug, Default)]
pub(crate) struct Documents(BTreeMap<PathBuf, PolicyDocument>);

impl Documents {
    /// A policy, named by its file without the extension.
    pub(crate) fn get(&mut self, path: &Path) -> Result<(String, PolicyDocument), Failure> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if let Some(document) = self.0.get(path) {
            return Ok((name.into_owned(), document.clone()));
        }
        let text = read(path)?;
        let document = PolicyDocument::from_json(&text)
            .map_err(|error| output::policy_error(path, &text, &error))?;
        self.0.insert(path.to_owned(), document.clone());
        Ok((name.into_owned(), document))
    }
}
