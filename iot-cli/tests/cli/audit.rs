//! `iot audit`: exit codes, suppressions, formats.

mod commands;
mod refused;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::{Ran, folder, root, run};
pub(crate) use commands::COMMANDS;

const NOW: &str = "2022-04-20T00:30:51Z";
const FLEET: &str = "examples/audit";
const DECK: &str = "iot-cli/tests/data/audit/deck.json";
const SMALL: &str = "iot-cli/tests/data/audit/small.pem";

fn audit(arguments: &[&str]) -> Ran {
    run(&[&["audit", "--now", NOW], arguments].concat())
}

fn json_of(arguments: &[&str]) -> Value {
    let ran = audit(&[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&ran.stdout).unwrap()
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut codes: Vec<_> = findings
        .map(|finding| finding["reasonForNonComplianceCode"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    codes
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn exit_code_is_by_severity() {
    let code = |arguments: &[&str]| audit(arguments).code;
    assert_eq!(code(&[FLEET]), Some(1));
    assert_eq!(code(&[FLEET, "--fail-on", "critical"]), Some(1));
    let logging = [FLEET, "--checks", "LOGGING_DISABLED_CHECK"];
    assert_eq!(code(&logging), Some(1));
    let least = |severity| code(&[&logging[..], &["--fail-on", severity]].concat());
    assert_eq!(least("low"), Some(1));
    assert_eq!(least("medium"), Some(0));
    let policies = [DECK, "--checks", "LOGGING_DISABLED_CHECK"];
    assert_eq!(code(&policies), Some(0));
}

#[test]
fn wide_policy_is_found_and_the_minimal_one_is_not() {
    let policies = [
        "examples/workshop/wizard.json",
        "examples/workshop/minimal.json",
    ];
    let report = json_of(&policies);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let finding = &findings[0];
    let resource = &finding["nonCompliantResource"]["resourceIdentifier"];
    assert_eq!(resource["policyVersionIdentifier"]["policyName"], "wizard");
    assert_eq!(finding["location"]["file"], policies[0]);
    let witnesses = &finding["statements"][0]["witnesses"];
    assert_eq!(witnesses[0]["action"], "iot:Connect");
    assert!(finding["remedy"].is_string());
    assert_eq!(
        finding["mitigationActions"][1],
        "REPLACE_DEFAULT_POLICY_VERSION"
    );
    // Checks that have nothing to look at are not told to be compliant.
    assert_eq!(report["task"]["taskStatistics"]["totalChecks"], 2);
    assert_eq!(
        report["notRun"]["LOGGING_DISABLED_CHECK"],
        "no logging options"
    );
}

#[test]
fn suppressed_findings_do_not_count() {
    let suppressions = "iot-cli/tests/data/audit/suppressions.json";
    let arguments = [FLEET, "--suppressions", suppressions];
    let logging = [&arguments[..], &["--checks", "LOGGING_DISABLED_CHECK"]].concat();
    let ran = audit(&logging);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert!(
        ran.stdout.ends_with("no finding, 1 suppressed\n"),
        "{}",
        ran.stdout
    );
    let report = json_of(&logging);
    assert_eq!(report["findings"][0]["isSuppressed"], true);
    assert_eq!(report["task"]["taskStatistics"]["compliantChecks"], 1);

    let sarif = audit(&[&arguments[..], &["--format", "sarif"]].concat());
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let suppressed: Vec<_> = results
        .iter()
        .filter(|result| result.get("suppressions").is_some())
        .collect();
    assert_eq!(suppressed.len(), 2);
    let logging = &suppressed[1];
    assert_eq!(logging["ruleId"], "LOGGING_DISABLED_CHECK");
    let told = json!([{"kind": "external", "justification": "logs go to the edge"}]);
    assert_eq!(logging["suppressions"], told);

    // The one of the policy ends; a line for each is read as well.
    let later = run(&[
        "audit",
        FLEET,
        "--suppressions",
        suppressions,
        "--now",
        "2022-04-22",
    ]);
    assert!(
        later.stdout.ends_with("findings, 1 suppressed\n"),
        "{}",
        later.stdout
    );
    let folder = folder("suppressed_findings_do_not_count");
    let list = fs::read_to_string(root().join(suppressions)).unwrap();
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    let lines: Vec<_> = list.iter().map(Value::to_string).collect();
    let lines = write(&folder, "suppressions.jsonl", lines.join("\n"));
    let ran = audit(&[FLEET, "--suppressions", &lines]);
    assert!(
        ran.stdout.ends_with("findings, 2 suppressed\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn fingerprints_do_not_change_from_run_to_run() {
    let fingerprints = |now: &str, id: &str| {
        let arguments = [
            "audit",
            FLEET,
            "--now",
            now,
            "--task-id",
            id,
            "--format",
            "sarif",
        ];
        let sarif: Value = serde_json::from_str(&run(&arguments).stdout).unwrap();
        let typed: Result<serde_sarif::sarif::Sarif, _> = serde_json::from_value(sarif.clone());
        assert_eq!(typed.unwrap().runs.len(), 1);
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap();
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(root().join(uri).is_file(), "{uri}");
        }
        let prints = results
            .iter()
            .map(|result| result["partialFingerprints"].clone());
        prints.collect::<Vec<_>>()
    };
    let first = fingerprints(NOW, "one");
    let mut unique: Vec<String> = first.iter().map(Value::to_string).collect();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!((first.len(), unique.len()), (12, 12));
    assert_eq!(fingerprints("2022-04-20T01:00:00Z", "two"), first);
}

#[test]
fn one_file_with_everything_is_the_same_fleet() {
    let folder = folder("one_file_with_everything_is_the_same_fleet");
    let json = |path: &str| -> Value {
        let text = fs::read_to_string(root().join(FLEET).join(path)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let pem = |path: &str| fs::read_to_string(root().join(FLEET).join(path)).unwrap();
    let mut certificates = json("certificates.json")["certificates"].take();
    let names = ["drill", "lathe", "press", "ratchet", "retired", "wrench"];
    for (certificate, name) in certificates.as_array_mut().unwrap().iter_mut().zip(names) {
        certificate["certificatePem"] = pem(&format!("certificates/{name}.pem")).into();
    }
    let policy = |name: &str| json!({"policyName": name, "policyDocument": json(&format!("policies/{name}.json"))});
    let events = pem("connections.jsonl");
    let events: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let plant = json!({"certificatePem": pem("ca/plant.pem"), "status": "ACTIVE"});
    let path = |path: &str| root().join(FLEET).join(path).canonicalize().unwrap();
    let role = json!({
        "roleArn": "arn:aws:iam::123456789012:role/camera-upload",
        "policies": [json("roles/camera-upload/kinesis.json")],
    });
    let whole = json!({
        "account": "123456789012",
        "certificates": certificates,
        "caCertificates": [plant],
        "issuerCertificates": [path("issuers/line-1.pem"), path("issuers/line-2.pem")],
        "revocationLists": path("crl/plant.crl"),
        "policies": [policy("building"), policy("ratchet"), policy("wizard"), json("policies/shadows.json")],
        "identityPools": [json("identity-pool.json")],
        "roles": [role],
        "roleAliases": [json("role-alias.json")],
        "logging": json("logging.json"),
        "connections": events,
    });
    let file = write(&folder, "whole.json", whole.to_string());
    let bare = |mut report: Value| {
        for finding in report["findings"].as_array_mut().unwrap() {
            let members = finding.as_object_mut().unwrap();
            members.remove("location");
            members.remove("statements");
        }
        report
    };
    assert_eq!(bare(json_of(&[&file])), bare(json_of(&[FLEET])));
}

#[test]
fn keys_that_are_known_or_weak() {
    let plain = ["--checks", "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK", SMALL];
    assert!(codes(&json_of(&plain)).is_empty());
    let extended = [&plain[..], &["--profile", "extended"]].concat();
    assert_eq!(
        codes(&json_of(&extended)),
        ["X_RSA_MODULUS_TOO_SMALL", "X_SIGNATURE_SHA1"]
    );

    let folder = folder("keys_that_are_known_or_weak");
    let debian = write(
        &folder,
        "debian",
        "# RSA-1024\nDEBIAN\n".replace("DEBIAN", SHA1),
    );
    let known = "CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166";
    let with = |more: &[&str]| json_of(&[&plain[..], more].concat());
    assert_eq!(codes(&with(&["--known-keys", &debian])), [known]);
    let badkeys = write(&folder, "badkeys", [SHA256, &[3]].concat());
    let badkeys = ["--known-keys", &badkeys];
    assert_eq!(codes(&with(&badkeys)), [known]);
    let list = |list| codes(&with(&[&badkeys[..], &["--known-key-list", list]].concat())).len();
    assert_eq!((list("3"), list("4")), (1, 0));
    let wrong = write(&folder, "wrong", [0xff; 17]);
    let ran = audit(&[&plain[..], &["--known-keys", &wrong]].concat());
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("wrong: the list is not whole records"),
        "{}",
        ran.stderr
    );
}

/// Of the modulus of `small.pem`: the end of `openssl x509 -noout -modulus | sha1sum`, and the
/// first 15 bytes of the SHA-256 over its bytes.
const SHA1: &str = "2d8a201ccdf9b760b755";
const SHA256: &[u8] = &[
    0xec, 0x0c, 0xec, 0x40, 0x2c, 0xf9, 0x81, 0x9e, 0x72, 0x6c, 0xdd, 0x6f, 0x6c, 0xc7, 0x97,
];

/// A scheduled audit looks at the connections since the one before it.
#[test]
fn connections_are_those_since_the_audit_before() {
    let folder = folder("connections_since_the_audit_before");
    let event = |kind: &str, principal: &str, ts: u32| {
        format!(
            r#"{{"eventType":"{kind}","clientId":"lamp","principal":"{principal}","session":"{principal}","ts":{ts}}}"#
        )
    };
    let log = [
        event("connected", "a", 1_650_000_000),
        event("connected", "b", 1_650_000_010),
        event("disconnected", "a", 1_650_000_020),
        event("disconnected", "b", 1_650_000_030),
        event("connected", "a", 1_650_400_000),
    ];
    let log = write(&folder, "log.jsonl", log.join("\n"));
    let count = |more: &[&str]| {
        let report = json_of(&[&[log.as_str()], more].concat());
        let check = &report["task"]["auditDetails"]["CONFLICTING_CLIENT_IDS_CHECK"];
        let count = |name: &str| check[name].as_u64().unwrap();
        (
            count("nonCompliantResourcesCount"),
            count("totalResourcesCount"),
        )
    };
    assert_eq!(count(&[]), (1, 1));
    assert_eq!(count(&["--previous", "1650000005"]), (1, 1));
    assert_eq!(count(&["--previous", "1650300000"]), (0, 1));
    assert_eq!(count(&["--previous", "1650410000"]), (0, 1)); // it is on still
}
