//! The file in which `iot shadow apply` keeps shadows.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;

use iot_shadow::{Profile, RestoreError, RestoreErrorKind, ShadowStore};

use super::Source;
use crate::files;
use crate::output::Failure;

/// The shadows of the file; none if there is no file yet.
pub(super) fn load(path: &Path, profile: Profile) -> Result<ShadowStore, Failure> {
    if fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok(ShadowStore::new(profile));
    }
    let source = Source {
        path: path.display().to_string(),
        text: files::read(path)?,
    };
    restore(&source, profile)
}

/// The shadows of a snapshot.
pub(super) fn restore(source: &Source, profile: Profile) -> Result<ShadowStore, Failure> {
    ShadowStore::restore(source.text.as_bytes(), profile)
        .map_err(|error| no_snapshot(source, &error))
}

fn no_snapshot(source: &Source, error: &RestoreError) -> Failure {
    let above = source
        .text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let line = above.map(str::len).sum::<usize>();
    let column = match error.kind() {
        RestoreErrorKind::Json(error) => error.position(),
        _ => 0,
    };
    let label = match error.kind() {
        RestoreErrorKind::Json(error) => error.kind().to_string(),
        kind => kind.to_string(),
    };
    let at = line + column;
    source.failure("this is no snapshot of shadows", at..at, &label)
}

/// Writes the shadows, in such a way that the file has either its old content or all of the new.
pub(super) fn save(path: &Path, store: &ShadowStore) -> Result<(), Failure> {
    replace(path, store.snapshot().as_bytes())
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    // A link stays one: what it points to is written.
    let (target, old) = match fs::canonicalize(path) {
        Ok(target) => {
            let old = fs::metadata(&target)?;
            (target, Some(old))
        }
        Err(_) => (path.to_owned(), None),
    };
    let beside = beside(&target);
    let written = File::create_new(&beside).and_then(|mut file| {
        if let Some(old) = old {
            file.set_permissions(old.permissions())?;
        }
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&beside, &target)
    });
    written.inspect_err(|error| {
        // What is there already is not ours to take away.
        if error.kind() != ErrorKind::AlreadyExists {
            let _gone = fs::remove_file(&beside);
        }
    })
}

/// A file in the same folder, so that it can take the place of the other in one step.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.new", process::id()));
    path.with_file_name(name)
}
