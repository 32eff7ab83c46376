//! What devices get of job documents: placeholders filled in at creation, URLs signed each time.

use iot_jobs::{Limits, PackageVersion};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::account::{Account, ROLE, arn};

/// A job on `T1` with this document, and a role.
fn with_document(document: &Value) -> Value {
    json!({
        "document": document.to_string(),
        "presignedUrlConfig": {"roleArn": ROLE, "expiresInSec": 60},
    })
}

#[test]
fn urls_are_signed_each_time_that_a_device_gets_the_document() {
    let mut account = Account::new();
    let document = json!({
        "get": "${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}",
        "put": "${aws:iot:s3-presigned-url-upload:https://b.s3.amazonaws.com/${thingName}/${jobId}-${executionNumber}}",
    });
    account.create("A", &with_document(&document)).unwrap();
    let told = json!({
        "get": "s3-presigned-url:https://s3.amazonaws.com/b/k:60",
        "put": "s3-presigned-url-upload:https://b.s3.amazonaws.com/T1/A-1:60",
    });
    let notified = account.sent.last().unwrap();
    assert_eq!(notified.0, "$aws/things/T1/jobs/notify-next");
    assert_eq!(notified.1["execution"]["jobDocument"], told);
    // Two URLs for each answer with a document, and none for those without.
    let requests = [
        ("start-next", json!({}), "/execution/jobDocument", 2),
        ("A/get", json!({}), "/execution/jobDocument", 2),
        ("$next/get", json!({}), "/execution/jobDocument", 2),
        ("A/get", json!({"includeJobDocument": false}), "", 0),
        ("get", json!({}), "", 0),
        ("A/update", json!({"status": "IN_PROGRESS"}), "", 0),
        (
            "A/update",
            json!({"status": "IN_PROGRESS", "includeJobDocument": true}),
            "/jobDocument",
            2,
        ),
    ];
    for (request, payload, at, signed) in requests {
        let before = account.fleet.signed.get();
        let answer = account.device(request, &payload);
        assert_eq!(account.fleet.signed.get() - before, signed, "{request}");
        if signed > 0 {
            assert_eq!(answer.pointer(at), Some(&told), "{request}");
        } else {
            assert!(!answer.to_string().contains("jobDocument"), "{request}");
        }
    }
    // Over HTTP it is a string.
    let path = "/things/T1/jobs/A";
    let now = iot_topics::Timestamp::from_secs(account.now);
    let answer = account
        .engine
        .handle_http("GET", path, b"", &account.fleet, &mut (), now);
    let answer: Value = serde_json::from_str(&answer.unwrap().body).unwrap();
    let text = answer["execution"]["jobDocument"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), told);
    // Nobody else gets signed URLs.
    let before = account.fleet.signed.get();
    for flag in [json!(null), json!(true)] {
        let arguments = json!({"jobId": "A", "beforeSubstitution": flag});
        let shown = account.call("GetJobDocument", arguments).unwrap();
        assert_eq!(shown["document"], document.to_string());
    }
    assert_eq!(account.fleet.signed.get(), before);
}

#[test]
fn without_a_signed_url_there_is_no_document() {
    let mut account = Account::new();
    let document = json!({"get": "${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/refused}"});
    account.create("A", &with_document(&document)).unwrap();
    let answer = account.device("start-next", &json!({}));
    assert_eq!(answer["execution"]["status"], "IN_PROGRESS");
    assert_eq!(answer["execution"].get("jobDocument"), None);
}

#[test]
fn packages_and_signatures_are_filled_in_at_creation() {
    let mut account = Account::new();
    let document = json!({
        "hash": "<${aws:iot:package:app:version:1:attributes:hash}>",
        "all": "${aws:iot:package:app:version:1:attributes}",
        "default": "${aws:iot:package:app:version:$default:attributes:hash}",
        "artifact": "${aws:iot:package:app:version:1:artifact-location:s3-presigned-url}",
        "sign": "${aws:iot:code-sign-signature:job-1}",
    });
    account.create("A", &with_document(&document)).unwrap();
    let told = account.device("start-next", &json!({}));
    assert_eq!(
        told["execution"]["jobDocument"],
        json!({
            "hash": "<#1\">",
            "all": {"hash": "#1\"", "size": 7},
            "default": "#2\"",
            "artifact": "artifact:app:1",
            "sign": "c2ln",
        })
    );
    let mut shown = |arguments: Value| {
        let answer = account.call("GetJobDocument", arguments).unwrap();
        answer["document"].as_str().unwrap().to_owned()
    };
    let after: Value = serde_json::from_str(&shown(json!({"jobId": "A"}))).unwrap();
    assert_eq!(
        (&after["hash"], &after["sign"]),
        (&json!("<#1\">"), &json!("c2ln"))
    );
    assert_eq!(after["artifact"], document["artifact"]);
    let before = shown(json!({"jobId": "A", "beforeSubstitution": true}));
    assert_eq!(before, document.to_string());
}

/// Document, `destinationPackageVersions`, exception; nothing for a job that is created.
#[test]
fn documents_that_are_refused() {
    let own = |version: &str| json!([arn(&format!("package/app/version/{version}"))]);
    let open = "${aws:iot:package::version::attributes:hash}";
    let invalid = Some("InvalidRequestException");
    let document = Some("InvalidJobDocumentException");
    let cases = [
        (json!("plain ${HOME} }"), json!(null), None),
        (json!(open), own("1"), None),
        (json!(open), json!(null), document),
        (json!(open), own("$null"), document),
        (
            json!(open),
            json!([arn("package/app/version/1"), arn("package/lib/version/1")]),
            document,
        ),
        (json!("${aws:iot:unknown:x}"), json!(null), document),
        (json!("${aws:iot:s3-presigned-url:x"), json!(null), document),
        (
            json!("${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/${thingName}}"),
            json!(null),
            document,
        ),
        (json!("${aws:iot:parameter:path}"), json!(null), document),
        (
            json!("${aws:iot:code-sign-signature:other}"),
            json!(null),
            document,
        ),
        (
            json!("${aws:iot:package:app:version:3:attributes:hash}"),
            json!(null),
            document,
        ),
        // What the document names, the job must install, if it says what it installs.
        (
            json!("${aws:iot:package:app:version:1:attributes:hash}"),
            own("2"),
            document,
        ),
        (
            json!("${aws:iot:package:app:version:$default:attributes:hash}"),
            own("2"),
            document,
        ),
        (
            json!("${aws:iot:package:app:version:$default:attributes:hash}"),
            own("$default"),
            None,
        ),
        (json!("x".repeat(32_767)), json!(null), invalid),
    ];
    for (value, packages, expected) in cases {
        let mut account = Account::new();
        let mut members = with_document(&value);
        members["destinationPackageVersions"] = packages.clone();
        let created = account.create("A", &members);
        let kind = created.err().map(|error| error.kind().as_str());
        assert_eq!(kind, expected, "{value} {packages}");
        assert_eq!(account.sent.is_empty(), expected.is_some());
    }
}

#[test]
fn urls_need_a_role() {
    let url = json!("${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}");
    let artifact = json!("${aws:iot:package:app:version:1:artifact-location:s3-presigned-url}");
    for value in [url, artifact] {
        let mut account = Account::new();
        for config in [json!(null), json!({"expiresInSec": 60})] {
            let mut members = with_document(&value);
            members["presignedUrlConfig"] = config;
            let error = account.create("A", &members).unwrap_err();
            assert_eq!(error.kind().as_str(), "InvalidRequestException");
            assert!(
                error.message().contains("presignedUrlConfig.roleArn"),
                "{error}"
            );
        }
        account.create("A", &with_document(&value)).unwrap();
        // Nor can it be taken away later.
        let update = json!({"jobId": "A", "presignedUrlConfig": {"expiresInSec": 60}});
        assert_eq!(
            account.refused("UpdateJob", update),
            "InvalidRequestException"
        );
        let update =
            json!({"jobId": "A", "presignedUrlConfig": {"roleArn": ROLE, "expiresInSec": 90}});
        account.call("UpdateJob", update).unwrap();
    }
}

#[test]
fn a_source_is_read_once() {
    let mut account = Account::new();
    account
        .create("A", &json!({"documentSource": r#"s3:{"a": 1}"#}))
        .unwrap();
    account.device("start-next", &json!({}));
    let answer = account.call("DescribeJob", json!({"jobId": "A"})).unwrap();
    assert_eq!(answer["documentSource"], r#"s3:{"a": 1}"#);
    assert_eq!(answer["job"].get("documentSource"), None);
    let shown = account.call("GetJobDocument", json!({"jobId": "A"}));
    assert_eq!(shown.unwrap()["document"], r#"{"a": 1}"#);
    assert_eq!(account.fleet.read.get(), 1);
    let cases = [
        (
            json!({"documentSource": "nowhere"}),
            "InvalidRequestException",
        ),
        (
            json!({"documentSource": "s3:long"}),
            "LimitExceededException",
        ),
        (json!({"documentSource": "s3:{"}), "InvalidRequestException"),
        (
            json!({"documentSource": "s3:1", "document": "1"}),
            "InvalidRequestException",
        ),
        (json!({"documentSource": ""}), "InvalidRequestException"),
        (
            json!({"documentSource": "x".repeat(1_351)}),
            "InvalidRequestException",
        ),
        (json!({}), "InvalidRequestException"),
    ];
    for (members, expected) in cases {
        let error = account.create("B", &members).unwrap_err();
        assert_eq!(error.kind().as_str(), expected, "{members}");
    }
}

#[test]
fn a_document_has_a_thousand_levels_and_no_more() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let mut account = Account::new();
    account.sent = Vec::new();
    let mut created = |levels| {
        let arguments = json!({
            "jobId": format!("A{levels}"), "targets": [arn("thing/T1")], "document": nested(levels),
        });
        let operation = iot_jobs::Operation::Control {
            api: "CreateJob",
            arguments: &arguments,
        };
        let mut told = String::new();
        let mut sink = |effect: iot_jobs::Effect<'_>| told = effect.payload();
        let now = iot_topics::Timestamp::from_secs(account.now);
        let created = account
            .engine
            .apply(operation, &account.fleet, &mut sink, now);
        created.map(|_| told)
    };
    assert!(created(1_000).unwrap().contains(&nested(1_000)));
    let error = created(1_001).unwrap_err();
    assert_eq!(error.kind().as_str(), "InvalidRequestException");
    assert!(error.message().contains("at byte 1000"), "{error}");
}

#[test]
fn success_installs_packages() {
    let packages = json!([
        arn("package/app/version/$default"),
        arn("package/lib/version/$null"),
    ]);
    let ends = ["SUCCEEDED", "FAILED", "REJECTED"];
    for end in ends {
        let mut account = Account::new();
        account.engine.set_events(true);
        let members = json!({"document": "{}", "destinationPackageVersions": packages});
        account.create("A", &members).unwrap();
        let job = account.job("A");
        let resolved = json!([
            arn("package/app/version/2"),
            arn("package/lib/version/$null"),
        ]);
        assert_eq!(job["destinationPackageVersions"], resolved);
        let before = json!({"jobId": "A", "beforeSubstitution": true});
        let before = account.call("DescribeJob", before).unwrap();
        assert_eq!(before["job"]["destinationPackageVersions"], packages);
        account.sent.clear();
        account.device("A/update", &json!({"status": end}));
        let topics: Vec<_> = account.sent.iter().map(|(topic, _)| &**topic).collect();
        let event = format!("$aws/events/jobExecution/A/{}", end.to_lowercase());
        let shadow = "$aws/things/T1/shadow/name/$package/update";
        let mut expected = vec![
            "$aws/things/T1/jobs/A/update/accepted",
            "$aws/things/T1/jobs/notify",
            "$aws/things/T1/jobs/notify-next",
            &*event,
            "$aws/events/job/A/completed",
        ];
        if end == "SUCCEEDED" {
            expected.insert(4, shadow);
            let got = vec![
                ("app".to_owned(), Some("2".to_owned())),
                ("lib".to_owned(), None),
            ];
            assert_eq!(account.installed, [("T1".to_owned(), got)]);
            let update = json!({"state": {"reported": {"app": {"version": "2"}, "lib": null}}});
            assert_eq!(account.sent[4].1, update);
            assert_eq!(account.sent[3].1["eventId"], "event-1");
            assert_eq!(account.sent[5].1["eventId"], "event-2");
        } else {
            assert_eq!(account.installed, []);
        }
        assert_eq!(topics, expected);
    }
}

#[test]
fn package_versions_are_checked() {
    let one = |resource: &str| json!([arn(resource)]);
    let many = |count: u32| -> Value {
        let arns = (0..count).map(|it| arn(&format!("package/lib/version/{it}")));
        arns.collect()
    };
    let long = |name: usize, version: usize| {
        let (name, version) = ("n".repeat(name), "v".repeat(version));
        one(&format!("package/{name}/version/{version}"))
    };
    let invalid = "InvalidRequestException";
    let cases = [
        (json!("arn"), invalid, "destinationPackageVersions"),
        (json!([]), invalid, "destinationPackageVersions"),
        (json!([7]), invalid, "destinationPackageVersions[0]"),
        (json!(["app"]), invalid, "destinationPackageVersions[0]"),
        (one("package/app"), invalid, "[0]"),
        (one("package/a b/version/1"), invalid, "[0]"),
        (one("package/app/version/$other"), invalid, "[0]"),
        (one("package//version/1"), invalid, "[0]"),
        (long(129, 1), invalid, "[0]"),
        (long(1, 65), invalid, "[0]"),
        (
            json!(["arn:aws:iot:us-east-1:210987654321:package/app/version/1"]),
            invalid,
            "[0]",
        ),
        (
            json!([arn("package/app/version/1"), arn("package/app/version/2")]),
            invalid,
            "destinationPackageVersions[1]",
        ),
        (many(26), invalid, "at most 25"),
        (
            one("package/app/version/9"),
            "ResourceNotFoundException",
            "app",
        ),
    ];
    let mut account = Account::new();
    for (packages, kind, names) in cases {
        let members = json!({"document": "{}", "destinationPackageVersions": packages});
        let error = account.create("A", &members).unwrap_err();
        assert_eq!(error.kind().as_str(), kind, "{packages}");
        assert!(error.message().contains(names), "{error}");
    }
    assert!(
        PackageVersion::parse(&format!(
            "package/{}/version/{}",
            "n".repeat(128),
            "v".repeat(64)
        ))
        .is_some()
    );
    assert_eq!(Limits::AWS_IOT.package_versions, 25);
}

proptest! {
    /// A document without placeholders reaches the device as it is; any other text is refused or
    /// told as JSON.
    #[test]
    fn what_is_told_is_json(value in "(\\$\\{(aws:iot:)?(s3-presigned-url:|package:app:version:|code-sign-signature:)?|[12]:attributes(:hash)?|job-1|[a-z{}:/$\"\\\\]|é){0,9}") {
        let mut account = Account::new();
        let document = json!({"a": value});
        let has_placeholder = value.contains("${aws:iot:");
        if account.create("A", &with_document(&document)).is_ok() {
            let told = account.device("start-next", &json!({}));
            let told = &told["execution"]["jobDocument"];
            prop_assert!(has_placeholder || *told == document);
            prop_assert!(told.is_object());
        } else {
            prop_assert!(has_placeholder);
            prop_assert!(account.sent.is_empty());
        }
    }
}
