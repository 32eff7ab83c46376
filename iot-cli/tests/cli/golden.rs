//! Outputs against the files of `tests/golden`; `BLESS=1` writes them anew.

use std::fs;
use std::path::Path;

use crate::{Ran, audit, borrowed, detect, iot, run, words};

/// The command lines, without `iot`, by the name of their golden file.
const COMMANDS: &[(&str, &str)] = &[
    ("help", "--help"),
    ("help-explain", "policy explain -h"),
    ("help-publish", "policy explain publish -h"),
    ("help-http", "policy explain http -h"),
    ("help-lint", "policy lint -h"),
    ("help-test", "policy test -h"),
    ("help-match", "topic match -h"),
    ("help-check", "topic check -h"),
    ("help-classify", "topic classify -h"),
    ("help-shadow-apply", "shadow apply -h"),
    ("help-shadow-diff", "shadow diff -h"),
    ("help-shadow-explain", "shadow explain -h"),
    ("help-jobs", "jobs -h"),
    ("help-jobs-check", "jobs check -h"),
    ("help-jobs-plan", "jobs plan -h"),
    ("help-jobs-cron", "jobs cron -h"),
    (
        "publish",
        "policy explain publish device/ratchet/data --client-id ratchet -p \
         examples/workshop/minimal.json",
    ),
    (
        "publish-json",
        "policy explain publish device/ratchet/data --client-id ratchet -p \
         examples/workshop/minimal.json --format json",
    ),
    (
        "publish-retain",
        "policy explain publish device/ratchet/data --retain --qos 1 -p \
         examples/workshop/minimal.json",
    ),
    (
        "publish-reserved",
        "policy explain publish '$aws/things/ratchet/shadow/update/accepted' -p \
         examples/workshop/wizard.json",
    ),
    (
        "publish-not-a-name",
        "policy explain publish device/+/data -p examples/workshop/minimal.json",
    ),
    (
        "subscribe",
        "policy explain subscribe app/data 'app/#' --client-id ratchet -p \
         examples/workshop/minimal.json",
    ),
    (
        "subscribe-311",
        "policy explain subscribe 'app/#' --mqtt 3.1.1 --client-id ratchet -p \
         examples/workshop/minimal.json",
    ),
    (
        "connect-will",
        "policy explain connect ratchet --will device/ratchet/gone --will-retain -p \
         examples/workshop/minimal.json",
    ),
    (
        "receive-verbose",
        "policy explain receive app/data --client-id ratchet -p examples/workshop/shadow.json \
         --verbose",
    ),
    (
        "http-shadow",
        "policy explain http get-thing-shadow ratchet/config -p examples/workshop/shadow.json",
    ),
    (
        "device-attached",
        "policy explain publish lab/5-1/ratchet/US --client-id ratchet -p \
         iot-cli/tests/data/device.json --thing examples/workshop/device/thing.json \
         --certificate examples/workshop/device/certificate.pem",
    ),
    (
        "device-not-attached",
        "policy explain publish lab/5-1/ratchet/US --client-id ratchet -p \
         iot-cli/tests/data/device.json --thing examples/workshop/device/thing.json \
         --attachment none --certificate examples/workshop/device/certificate.pem",
    ),
    (
        "device-exclusive",
        "policy explain publish lab/5-1/ratchet/US --client-id other -p \
         iot-cli/tests/data/device.json --thing examples/workshop/device/thing.json \
         --attachment exclusive --certificate examples/workshop/device/certificate.pem",
    ),
    (
        "device-no-certificate",
        "policy explain publish lab/5-1/ratchet/US --client-id ratchet -p \
         iot-cli/tests/data/device.json --thing examples/workshop/device/thing.json",
    ),
    ("test", "policy test examples/workshop/cases.jsonl"),
    (
        "test-failed",
        "policy test iot-cli/tests/data/failing.jsonl",
    ),
    (
        "test-failed-json",
        "policy test iot-cli/tests/data/failing.jsonl --format json",
    ),
    ("lint-minimal", "policy lint examples/workshop/minimal.json"),
    ("lint-workshop", "policy lint 'examples/workshop/*.json'"),
    (
        "lint-mistakes",
        "policy lint iot-cli/tests/data/mistakes.json",
    ),
    (
        "lint-mistakes-json",
        "policy lint iot-cli/tests/data/mistakes.json --format json",
    ),
    (
        "lint-errors",
        "policy lint iot-cli/tests/data/mistakes.json --min-severity error",
    ),
    (
        "lint-all-left-out",
        "policy lint examples/workshop/jitr.json --allow parent-not-delivered --allow \
         subscribe-without-receive",
    ),
    (
        "lint-together",
        "policy lint --together examples/workshop/minimal.json examples/workshop/wizard.json",
    ),
    ("match", "topic match plant/+/temp plant/7/temp"),
    ("match-parent", "topic match 'plant/#' plant"),
    (
        "match-parent-mqtt",
        "topic match 'plant/#' plant --mode mqtt",
    ),
    ("match-not-a-filter", "topic match 'plant/#/temp' plant"),
    ("check-both", "topic check plant/+7/temp"),
    (
        "check-filter",
        "topic check --filter '$share/workers/plant/#'",
    ),
    ("check-too-deep", "topic check --filter a/b/c/d/e/f/g/h/i"),
    (
        "check-too-deep-mqtt",
        "topic check --filter a/b/c/d/e/f/g/h/i --limits mqtt",
    ),
    (
        "check-retain",
        "topic check --name --retain '$aws/things/lamp/shadow/update'",
    ),
    ("check-empty", "topic check --name ''"),
    (
        "classify-shadow",
        "topic classify '$aws/things/lamp/shadow/name/night/update/delta'",
    ),
    (
        "classify-jobs-json",
        "topic classify '$aws/things/lamp/jobs/$next/get' --format json",
    ),
    ("classify-ingest", "topic classify '$aws/rules/store/a/b/c'"),
    ("classify-ordinary", "topic classify plant/7"),
    (
        "classify-unknown",
        "topic classify '$aws/things/lamp/shadov/get'",
    ),
    (
        "shadow-thermostat",
        "shadow apply examples/shadow/thermostat.jsonl",
    ),
    ("shadow-engine", "shadow apply examples/shadow/engine.jsonl"),
    (
        "shadow-engine-json",
        "shadow apply examples/shadow/engine.jsonl --format json",
    ),
    (
        "shadow-table",
        "shadow apply examples/shadow/table.jsonl --thing board",
    ),
    ("shadow-motor", "shadow apply examples/shadow/motor.jsonl"),
    (
        "shadow-command",
        "shadow apply examples/shadow/command.jsonl",
    ),
    (
        "shadow-command-section-change",
        "shadow apply examples/shadow/command.jsonl --delta-policy on-section-change --format json",
    ),
    (
        "shadow-trailing-comma",
        "shadow apply examples/shadow/trailing-comma.jsonl",
    ),
    (
        "shadow-limits",
        "shadow apply iot-cli/tests/data/limits.jsonl --thing lamp --max-document-bytes 20 \
         --max-depth 2",
    ),
    (
        "shadow-greengrass",
        "shadow apply iot-cli/tests/data/greengrass.jsonl --profile greengrass --now 1700000000",
    ),
    (
        "shadow-not-an-operation",
        "shadow apply iot-cli/tests/data/not-an-operation.jsonl --now 1700000000",
    ),
    (
        "shadow-explain",
        "shadow explain examples/shadow/thermostat.json",
    ),
    (
        "shadow-explain-json",
        "shadow explain examples/shadow/thermostat.json --thing thermostat --now 1700003600 \
         --format json",
    ),
    (
        "shadow-explain-engine",
        "shadow explain examples/shadow/engine.json --thing engine",
    ),
    (
        "shadow-explain-slide",
        "shadow explain examples/shadow/engine-slide.json --thing engine",
    ),
    (
        "shadow-explain-corners",
        "shadow explain iot-cli/tests/data/corners.json --now 1700000000",
    ),
    (
        "shadow-explain-wrong-metadata",
        "shadow explain iot-cli/tests/data/wrong-metadata.json",
    ),
    (
        "shadow-diff",
        "shadow diff examples/shadow/engine.json examples/shadow/engine-slide.json",
    ),
    (
        "shadow-diff-equal",
        "shadow diff examples/shadow/engine.json examples/shadow/engine.json",
    ),
    (
        "shadow-diff-null",
        "shadow diff examples/shadow/engine.json iot-cli/tests/data/null.json",
    ),
    (
        "jobs-check",
        "jobs check 'examples/jobs/*.json' iot-cli/tests/data/job-package.json --now 2024-03-04T10:00",
    ),
    (
        "jobs-check-mistakes",
        "jobs check iot-cli/tests/data/job-mistakes.json iot-cli/tests/data/job-refused.json --now \
         1709546400",
    ),
    (
        "jobs-check-mistakes-json",
        "jobs check iot-cli/tests/data/job-mistakes.json --now 2024-03-04T10:00 --format json",
    ),
    (
        "jobs-plan-deck",
        "jobs plan examples/jobs/deck.json --things 300000",
    ),
    (
        "jobs-plan-careful",
        "jobs plan examples/jobs/careful.json --things 20000 --failure 3 --silence 1 --pickup ~1h \
         --duration 1m..10m",
    ),
    (
        "jobs-plan-aborts",
        "jobs plan examples/jobs/careful.json --things 20000 --failure 8 --rejection 0.5 --pickup \
         5s,1m,10m,1d --duration 90s --seed 7",
    ),
    (
        "jobs-plan-aborts-json",
        "jobs plan examples/jobs/careful.json --things 500 --failure 50 --format json",
    ),
    (
        "jobs-plan-stuck",
        "jobs plan examples/jobs/deck-slow.json --things 100 --success 80 --silence 15 --absence 5",
    ),
    (
        "jobs-plan-windows",
        "jobs plan iot-cli/tests/data/job-package.json --things 5000 --pickup ~2h --duration 5m \
         --now 2024-03-04T10:00",
    ),
    (
        "jobs-plan-mistakes",
        "jobs plan iot-cli/tests/data/job-mistakes.json --things 1 --now 2024-03-04T10:00",
    ),
    (
        "jobs-cron",
        "jobs cron 'cron(0 22 ? * MON-FRI *)' --from 2024-03-08T22:00",
    ),
    (
        "jobs-cron-windows",
        "jobs cron 'cron(0/30 22 ? * 6#1 *)' --duration 45 --from 2024-03-04T10:00 --count 3",
    ),
    (
        "jobs-cron-json",
        "jobs cron 'cron(0 22 * * ? *)' --duration 60 --from 2024-03-04T22:30 --count 2 --format json",
    ),
    (
        "jobs-cron-never",
        "jobs cron 'cron(0 0 31 2 ? *)' --from 2024-03-04T10:00",
    ),
    (
        "jobs-cron-always",
        "jobs cron 'cron(* * * * ? *)' --duration 1 --from 2199-12-31T10:00",
    ),
    ("jobs-cron-wrong", "jobs cron 'cron(0 25 ? * MON-FRI *)'"),
    ("jobs-cron-no-form", "jobs cron '0 22 * * *'"),
];

fn commands() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    COMMANDS
        .iter()
        .chain(audit::COMMANDS)
        .chain(detect::COMMANDS)
}

const MINIMAL: &str = "examples/workshop/minimal.json";

#[test]
fn outputs_are_as_kept() {
    let bless = std::env::var_os("BLESS").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut differ = Vec::new();
    for (name, command) in commands() {
        let actual = transcript(&run(&borrowed(&words(command))));
        let file = folder.join(name).with_extension("txt");
        if bless {
            fs::write(&file, actual).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if expected != actual {
            differ.push(format!(
                "== {name}: expected\n{expected}== actual\n{actual}"
            ));
        }
    }
    assert!(
        differ.is_empty(),
        "{}\nBLESS=1 writes them anew",
        differ.join("\n")
    );
}

fn transcript(ran: &Ran) -> String {
    let code = ran.code.unwrap();
    format!("{}{}exit code {code}\n", ran.stdout, ran.stderr)
}

#[test]
fn no_golden_file_is_left_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(commands().any(|(command, _)| *command == name), "{name}");
    }
}

#[test]
fn colours_are_shown_when_forced_and_never_under_no_color() {
    let arguments = ["policy", "explain", "receive", "x", "-p", MINIMAL];
    let plain = run(&arguments);
    assert!(!plain.stdout.contains('\u{1b}'));
    let forced = Ran::of(&iot(&arguments).env("CLICOLOR_FORCE", "1").output().unwrap());
    assert!(forced.stdout.starts_with('\u{1b}'), "{}", forced.stdout);
    let refused = iot(&arguments).env("NO_COLOR", "1").output().unwrap();
    assert_eq!(Ran::of(&refused).stdout, plain.stdout);

    let wrong = ["topic", "match", "a/#/b", "a"];
    assert!(!run(&wrong).stderr.contains('\u{1b}'));
    let forced = Ran::of(&iot(&wrong).env("CLICOLOR_FORCE", "1").output().unwrap());
    assert!(forced.stderr.contains('\u{1b}'));
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, Some(0));
        for command in [
            "classify", "shadow", "apply", "diff", "jobs", "cron", "audit", "schedule",
        ] {
            assert!(ran.stdout.contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn conformance_cases_of_the_engine_pass() {
    let ran = run(&[
        "policy",
        "test",
        "iot-policy/tests/conformance/policy.jsonl",
    ]);
    assert!(
        ran.stdout.ends_with(" passed, 0 failed\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.code, Some(0));
}
