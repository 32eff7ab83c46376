//! What an audit cannot read.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

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
    told(&[DECK, "--previous", super::NOW], "--previous: not before");
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

/// The checks that would have looked at it, and no others, do not say that all complies.
#[test]
fn what_is_lost_fails_the_checks_that_miss_it() {
    let folder = folder("what_is_lost_fails_the_checks");
    let own = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws:iot:us-east-1:1:client/x"}]}"#;
    let any = own.replace("client/x", "client/*");
    let alias = r#"{"roleAliasArn":"arn:aws:iot:us-east-1:123456789012:rolealias/cam","roleArn":"arn:aws:iam::123456789012:role/r"}"#;
    let small = fs::read(root().join(SMALL)).unwrap();
    let case = |name: &str, files: &[(&str, &[u8])], failed: &[&str], other: &[(&str, &str)]| {
        for (file, text) in files {
            write(&folder, &format!("{name}/{file}"), text);
        }
        let path = folder.join(name);
        let report = json_of(&[path.to_str().unwrap()]);
        let details = &report["task"]["auditDetails"];
        let checks = details.as_object().unwrap().iter();
        let failures = checks.filter(|(_, check)| check["checkRunStatus"] == "FAILED");
        let failures: Vec<_> = failures.map(|(name, _)| name.as_str()).collect();
        assert_eq!(failures, failed, "{name}: {details:#}");
        for (check, status) in other {
            assert_eq!(details[check]["checkRunStatus"], *status, "{name}");
        }
    };
    let permissive = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK";
    let lint = "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK";
    // Without the services that were used nothing is known of a role alias.
    let aliases = [
        "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK",
        "IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK",
    ];
    let alias = ("alias.json", alias.as_bytes());
    let policy = ("policies/own.json", own.as_bytes());
    let compliant = (permissive, "COMPLETED_COMPLIANT");
    case("alias", &[alias, policy], &aliases, &[compliant]);
    // Of two policies with one name one is not looked at; what the other does stays found.
    let twice = ("more/own.json", own.as_bytes());
    case("twice", &[policy, twice], &[permissive, lint], &[]);
    let wide = [
        ("any.json", any.as_bytes()),
        ("more/any.json", any.as_bytes()),
    ];
    let found = (permissive, "COMPLETED_NON_COMPLIANT");
    case("wide", &wide, &[lint], &[found]);
    let certificate = ("certificates/small.pem", small.as_slice());
    let revoked = [
        "INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK",
        "REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK",
    ];
    let list = ("crl/list.crl", &b"\x30\x03\x02\x01\x00"[..]);
    let dates = ("DEVICE_CERTIFICATE_EXPIRING_CHECK", "COMPLETED_COMPLIANT");
    case(
        "list",
        &[certificate, list, policy],
        &revoked,
        &[compliant, dates],
    );
    // A file of which nothing is known may have been anything.
    let json = ("notes.json", &b"{"[..]);
    case("anything", &[policy, json], &[permissive, lint], &[]);
    // Two certificates with one id.
    let pem = String::from_utf8(small.clone()).unwrap();
    let entry =
        |pem: &str| serde_json::json!({"certificateId": "0a".repeat(32), "certificatePem": pem});
    let other = fs::read_to_string(root().join("examples/audit/certificates/lathe.pem")).unwrap();
    let both = serde_json::json!([entry(&pem), entry(&other)]).to_string();
    let devices = [
        "DEVICE_CERTIFICATE_AGE_CHECK",
        "DEVICE_CERTIFICATE_EXPIRING_CHECK",
        "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK",
    ];
    case(
        "id",
        &[("certificates.json", both.as_bytes()), policy],
        &devices,
        &[compliant],
    );
    // Logging that cannot be used does not hide the connections behind it.
    let event =
        r#"{"eventType":"connected","clientId":"c","principal":"p","session":"s","ts":1650326400}"#;
    let all = format!(r#"{{"logging":{{"logLevel":"LOUD"}},"connections":[{event}]}}"#);
    let clients = ("CONFLICTING_CLIENT_IDS_CHECK", "COMPLETED_COMPLIANT");
    let inventory = ("inventory.json", all.as_bytes());
    case(
        "logging",
        &[inventory],
        &["LOGGING_DISABLED_CHECK"],
        &[clients],
    );
}

#[test]
fn sarif_tells_what_could_not_be_read() {
    let folder = folder("sarif_tells_what_could_not_be_read");
    let alias = write(
        &folder,
        "alias.json",
        r#"{"roleAliasArn":"a","roleArn":"b"}"#,
    );
    let sarif = |path: &str| -> Value {
        let ran = audit(&[path, "--format", "sarif"]);
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let log = sarif(&alias);
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = invocation["toolExecutionNotifications"].as_array().unwrap();
    let texts: Vec<_> = told
        .iter()
        .map(|it| it["message"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts.len(), 3, "{texts:#?}"); // the alias, and its two checks
    assert!(texts[0].contains("servicesUsedLastYear"), "{texts:#?}");
    assert!(
        texts.iter().all(|text| !text.contains('\u{1b}')),
        "{texts:#?}"
    );
    assert_eq!(
        sarif(SMALL)["runs"][0]["invocations"][0]["executionSuccessful"],
        true
    );
}

#[test]
fn names_of_files_make_no_messages() {
    let folder = folder("names_of_files_make_no_messages");
    let name = "certificates/a\nerror: b\u{202e}.pem";
    write(&folder, name, "0");
    let ran = audit(&[folder.to_str().unwrap()]);
    assert!(
        ran.stderr.contains(r"a\nerror: b\u{202e}.pem"),
        "{}",
        ran.stderr
    );
}

/// What the registry says is told with both places, and the certificate is looked at.
#[test]
fn a_certificate_with_two_statuses_is_looked_at() {
    let folder = folder("a_certificate_with_two_statuses");
    let pem = fs::read_to_string(root().join(SMALL)).unwrap();
    let entry =
        |status: &str| serde_json::json!({"certificatePem": pem, "status": status}).to_string();
    let check = "DEVICE_CERTIFICATE_EXPIRING_CHECK";
    let seen = |report: &Value| report["task"]["auditDetails"][check]["totalResourcesCount"] == 1;
    for (first, second) in [("ACTIVE", "INACTIVE"), ("REVOKED", "PENDING_TRANSFER")] {
        let first_file = write(&folder, "first.json", entry(first));
        let second_file = write(&folder, "second.json", entry(second));
        let arguments = [&*first_file, &*second_file, "--checks", check];
        let ran = audit(&arguments);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        let other = format!("is `{first}` in {first_file}:1:");
        for text in [
            "this certificate has two statuses",
            "second.json:1:",
            &other,
        ] {
            assert!(ran.stderr.contains(text), "{text}: {}", ran.stderr);
        }
        assert!(seen(&json_of(&arguments)));
        // Told twice, it is no contradiction.
        let again = write(&folder, "second.json", entry(first));
        let ran = audit(&[&first_file, &again, "--checks", check]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
}

#[test]
fn what_a_glob_cannot_look_at_is_told() {
    let folder = folder("what_a_glob_cannot_look_at");
    let own = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws:iot:us-east-1:1:client/x"}]}"#;
    write(&folder, "policies/own.json", own);
    write(&folder, "policies/old/more.json", own);
    symlink(&folder, folder.join("policies/loop")).unwrap();
    symlink("nowhere", folder.join("policies/gone.txt")).unwrap();
    symlink("nowhere", folder.join("policies/old/gone.json")).unwrap();
    let told = |glob: &str| {
        let glob = folder.join(glob);
        let ran = audit(&[glob.to_str().unwrap()]);
        let told = ["loop", "gone.txt", "gone.json"];
        let told = told.into_iter().filter(|name| ran.stderr.contains(name));
        (ran.code, told.collect::<Vec<_>>())
    };
    // What cannot match is not looked at.
    assert_eq!(told("policies/*.json"), (Some(0), vec![]));
    assert_eq!(told("policies/o*/*.json"), (Some(2), vec!["gone.json"]));
    let all = vec!["loop", "gone.txt", "gone.json"];
    assert_eq!(told("policies/**/*.json"), (Some(2), all));
}

/// A share of what was not looked at is no figure.
#[test]
fn a_check_that_failed_has_no_share() {
    let folder = folder("a_check_that_failed_has_no_share");
    write(
        &folder,
        "own.json",
        r#"{"Version":"2012-10-17","Statement":[]}"#,
    );
    write(&folder, "notes.json", "{");
    let ran = audit(&[folder.to_str().unwrap()]);
    let mut rows = ran.stdout.lines();
    let row = rows.find(|row| row.starts_with("IOT_POLICY_OVERLY_PERMISSIVE_CHECK"));
    let row: Vec<_> = row.unwrap().split_whitespace().collect();
    assert_eq!(row[1..6], ["CRITICAL", "-", "1", "-", "FAILED:"]);
    assert!(row.contains(&"read"), "{row:?}");
}
