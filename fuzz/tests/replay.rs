//! Gives every seed and every find of the past to its target.
#![expect(
    clippy::unwrap_used,
    reason = "a file that cannot be read ends the test"
)]

use core::panic::AssertUnwindSafe;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use iot_fuzz::TARGETS;

#[test]
fn targets_take_every_file() {
    let mut failed = Vec::new();
    for (name, target) in TARGETS {
        let seeds = files("seeds", name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for path in seeds.into_iter().chain(files("regressions", name)) {
            let data = fs::read(&path).unwrap();
            if catch_unwind(AssertUnwindSafe(|| target(&data))).is_err() {
                failed.push(path);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Nor does a target without bytes fail, or with all that a byte can be.
#[test]
fn targets_take_anything() {
    let all: Vec<u8> = (0..=u8::MAX).collect();
    for (_, target) in TARGETS {
        target(b"");
        target(&all);
        target(&all.repeat(8));
    }
}

/// No target, seed or find is forgotten: a program of each name, and no directory of another one.
#[test]
fn targets_are_complete() {
    let names: Vec<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert!(names.is_sorted());
    assert_eq!(entries("seeds"), names);
    let programs = entries("fuzz_targets").into_iter();
    let programs: Vec<_> = programs
        .map(|it| it.strip_suffix(".rs").unwrap().to_owned())
        .collect();
    assert_eq!(programs, names);
    let manifest = fs::read_to_string(path("Cargo.toml")).unwrap();
    for name in &names {
        let program = format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"");
        assert!(
            manifest.contains(&program),
            "{name} is no program of Cargo.toml"
        );
        let shim = fs::read_to_string(path(&format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(
            shim.contains(&format!("iot_fuzz::{name}(data)")),
            "{name} calls another target"
        );
    }
    for name in entries("regressions") {
        assert!(
            names.contains(&name),
            "regressions/{name} belongs to no target"
        );
    }
}

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

fn files(kind: &str, target: &str) -> Vec<PathBuf> {
    let directory = path(kind).join(target);
    if !directory.exists() {
        return Vec::new();
    }
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// The names in a directory, in order; none if there is no such directory.
fn entries(relative: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(path(relative)) else {
        return Vec::new();
    };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
