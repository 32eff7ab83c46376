//! Files by path or by glob.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;

/// The files that the arguments name, each once, in the order of the arguments. An argument that is
/// a file is that file; another one is a glob (`policies/**/*.json`) over the files below the
/// folder before its first wildcard, in byte order.
pub(crate) fn expand(arguments: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let mut files: Vec<PathBuf> = Vec::new();
    for argument in arguments {
        let found = if Path::new(argument).is_file() {
            vec![PathBuf::from(argument)]
        } else {
            below(argument)
        };
        if found.is_empty() {
            return Err(format!("{argument}: no such file, and no file matches").into());
        }
        for file in found {
            if !files.contains(&file) {
                files.push(file);
            }
        }
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
    let walk = walkdir::WalkDir::new(root).sort_by_file_name();
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

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
