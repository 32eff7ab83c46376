//! What an audit cannot read.

use std::fs;
use std::os::unix::fs::symlink;

use super::{DECK, SMALL, audit, json_of, write};
use crate::{folder, root, run};

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_audited() {
    let folder = folder("what_cannot_be_read_is_told");
    let wizard = fs::read(root().join("examples/workshop/wizard.json")).unwrap();
    let write = |name: &str, text: &[u8]| write(&folder, name, text);
    write("policies/wizard.json", &wizard);
    let listed = format!(
        r#"{{"certificates":[{{"certificateId":"{}"}}]}}"#,
        "0a".repeat(32)
    );
    let alias = r#"{"roleAliasArn":"a","roleArn":"b"}"#;
    let pool = r#"{"identityPoolId":"p","roles":{"authenticated":"arn:aws:iam::1:role/none"}}"#;
    let event = |ts: u32| {
        format!(
            r#"{{"eventType":"connected","clientId":"c","principal":"p","session":"s","ts":{ts}}}"#
        )
    };
    let log = [
        event(9),
        event(8),
        "x".repeat(1 << 20),
        "\u{1b}[31m".into(),
        "{}".into(),
    ]
    .join("\n");
    let deep = "[".repeat(200_000);
    let told: &[(&str, &[u8], &[&str])] = &[
        ("policies/deep.json", deep.as_bytes(), &["deep.json:1:"]),
        ("policies/twice.json", &wizard, &[]),
        (
            "policies/none.json",
            br#"{"a": 1}"#,
            &["none.json:1:1", "no resource of an audit"],
        ),
        (
            "policies/bad.json",
            br#"{"Statement": [{"Effect": "Alow"}]}"#,
            &["bad.json:1:", "not a policy"],
        ),
        (
            "policies/no name.json",
            br#"{"Version":"2012-10-17","Statement":[]}"#,
            &["no name of a policy"],
        ),
        (
            "policies/bytes.json",
            b"\xff\xfe",
            &["bytes.json: not UTF-8"],
        ),
        (
            "certificates/junk.pem",
            b"\x00\x01\x02",
            &["junk.pem: this is not a certificate"],
        ),
        (
            "certificates/key.pem",
            b"-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n",
            &["a PEM of `KEY`"],
        ),
        (
            "certificates/half.pem",
            b"-----BEGIN CERTIFICATE-----\nAAAA",
            &["half.pem: "],
        ),
        (
            "certificates/\u{1b}[31m.der",
            b"0",
            &["\\u{1b}[31m.der: this is not a certificate"],
        ),
        (
            "crl/junk.crl",
            b"\x30\x03\x02\x01\x00",
            &["junk.crl: this is not a revocation list"],
        ),
        (
            "listed.json",
            listed.as_bytes(),
            &["listed.json:1:", "tells of a certificate"],
        ),
        (
            "alias.json",
            alias.as_bytes(),
            &["alias.json:1:1", "servicesUsedLastYear"],
        ),
        (
            "pool.json",
            pool.as_bytes(),
            &["pool.json:1:", "the policies of this role are not here"],
        ),
        (
            "logging.json",
            br#"{"defaultLogLevel":"LOUD"}"#,
            &["logging.json:1:", "no level of a log"],
        ),
        (
            "log.jsonl",
            log.as_bytes(),
            &[
                "log.jsonl:2: at 1970-01-01T00:00:08Z, behind an event",
                "log.jsonl:3: more than 65536 bytes",
                "log.jsonl:4: ",
                "log.jsonl:5: missing field `eventType`",
            ],
        ),
    ];
    for (name, text, _) in told {
        write(name, text);
    }
    symlink(&folder, folder.join("loop")).unwrap();
    symlink("nowhere", folder.join("dangling.json")).unwrap();

    let ran = audit(&[folder.to_str().unwrap()]);
    assert_eq!(ran.code, Some(2));
    let told = told.iter().flat_map(|(.., told)| told.iter().copied());
    let links = ["loop", "dangling.json"];
    for told in told.chain(links) {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    assert!(ran.stderr.len() < 16_384, "{}", ran.stderr.len());
    for output in [&ran.stdout, &ran.stderr] {
        assert!(!output.contains('\u{1b}'), "{output}");
    }
    assert!(
        ran.stdout.contains("policy wizard, version 1"),
        "{}",
        ran.stdout
    );
    // A check that could not see all does not say that all complies.
    let pools = "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK";
    let report = json_of(&[folder.to_str().unwrap()]);
    let conflicts = "CONFLICTING_CLIENT_IDS_CHECK";
    assert_eq!(
        report["task"]["auditDetails"][conflicts]["checkRunStatus"],
        "FAILED"
    );
    assert_eq!(
        report["task"]["auditDetails"][pools]["checkRunStatus"],
        "FAILED"
    );
    assert!(report["unreadable"].as_array().unwrap().len() > 18);
}

#[test]
fn what_is_no_audit_is_refused() {
    let told = |arguments: &[&str], told: &str| {
        let ran = audit(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert_eq!(ran.stdout, "", "{arguments:?}");
        assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
    };
    told(&["--profile", "aws"], "no folder, file or glob");
    told(&["none/*.json"], "none/*.json: no such file");
    told(&[DECK, "--checks", "NONE_CHECK"], "iot audit checks");
    told(
        &[SMALL, "--checks", "LOGGING_DISABLED_CHECK"],
        "no logging options",
    );
    told(
        &[DECK, "--cert-age-days", "29"],
        "the days are not 30 to 3652",
    );
    told(&[DECK, "--account", "1"], "twelve digits");
    told(&[DECK, "--task-id", "a b"], "not 1 to 40 letters");
    told(&[DECK, "--suppressions", DECK], "deck.json:1:1");
    told(&[DECK, "--suppressions", "none.json"], "none.json");
    told(&[DECK, "--fail-on", "fatal"], "--fail-on");
    let folder = folder("what_is_no_audit_is_refused");
    let date = r#"[{"checkName":"LOGGING_DISABLED_CHECK","resourceIdentifier":{"account":"123456789012"},"expirationDate":"x"}]"#;
    let date = write(&folder, "date.json", date);
    told(&[DECK, "--suppressions", &date], "date.json:1:105");
    let named = write(&folder, "notes.txt", "");
    let ran = audit(&[&named]);
    assert!(
        ran.stderr.contains("notes.txt: neither .json"),
        "{}",
        ran.stderr
    );
    let wrong = run(&["audit", "schedule", "WEEKLY"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("dayOfWeek"), "{}", wrong.stderr);
}

/// U+009B begins a command to a terminal, and stands in JSON as it is.
#[test]
fn what_is_quoted_drives_no_terminal() {
    let folder = folder("what_is_quoted_drives_no_terminal");
    let policy = |resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iot:Connect","Resource":"{resource}"}}}}"#
        )
    };
    let wide = "arn:aws:iot:us-east-1:1:client/\u{9b}31m*\u{7f}";
    let wide = write(
        &folder,
        "wide.json",
        policy("*").replace("*", &format!("*\",\"Sid\":\"{wide}")),
    );
    let wrong = write(
        &folder,
        "wrong.json",
        policy("\u{9b}31m").replace("Allow", "Alow"),
    );
    let event =
        r#"{"eventType":"connected","clientId":"c\u001b[31m","principal":"\u009b","ts":1650326400"#;
    let log = write(
        &folder,
        "log.jsonl",
        format!("{event},\"session\":\"1\"}}\n{event},\"session\":\"2\"}}\n"),
    );
    let ran = audit(&[&wide, &wrong, &log]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stdout.contains(r"client id `c\u{1b}[31m`"),
        "{}",
        ran.stdout
    );
    let lint = run(&["policy", "lint", &wrong]);
    for output in [&ran.stdout, &ran.stderr, &lint.stderr] {
        let drives = |c: char| c.is_control() && c != '\n';
        assert!(!output.contains(drives), "{}", output.escape_debug());
    }
    assert!(ran.stdout.contains("wide.json:1:"), "{}", ran.stdout);
    assert!(lint.stderr.contains("wrong.json:1:"), "{}", lint.stderr);
}
