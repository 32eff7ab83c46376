//! Files by path or by glob, and the policies in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use iot_policy::PolicyDocument;

use crate::output::{self, Failure};

/// The files that the arguments name, each once, in the order of the arguments. An argument that is
/// a file is that file; another one is a glob (`policies/**/*.json`) over the files below the
/// folder before its first wildcard, in byte order; links are followed.
pub(crate) fn expand(arguments: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for argument in arguments {
        let found = if Path::new(argument).is_file() {
            vec![PathBuf::from(argument)]
        } else {
            below(argument)
        };
        if found.is_empty() {
            return Err(format!("{argument}: no such file, and no file matches").into());
        }
        files.extend(found.into_iter().filter(|file| seen.insert(file.clone())));
    }
    Ok(files)
}

fn below(glob: &str) -> Vec<PathBuf> {
    let literal = glob.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let root = match literal.rsplit_once('/') {
        Some(("", _)) => Path::new("/"),
        Some((root, _)) => Path::new(root),
        None => Path::new("."),
    };
    let walk = walkdir::WalkDir::new(root)
        .follow_links(true)
        .sort_by_file_name();
    let files = walk
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file());
    let paths = files.map(walkdir::DirEntry::into_path);
    let matches = |path: &PathBuf| {
        let path = path.strip_prefix("./").unwrap_or(path);
        path.to_str().is_some_and(|path| {
            glob_match::glob_match(glob.strip_prefix("./").unwrap_or(glob), path)
        })
    };
    paths.filter(matches).collect()
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
            Ok(entry) => {
                failures
                    .push(format!("{}: neither file nor folder", entry.path().display()).into());
            }
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
