//! Placeholders, parameters and templates.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests build values that are right"
)]

use iot_jobs::{
    DocumentError, DocumentTarget, JobDocument, Limits, ManagedTemplate, Package, PresignKind,
    Presigner, Resolver, with_template,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const LIMITS: Limits = Limits::AWS_IOT;

/// Knows one package version and one signature.
struct Catalog;

impl Resolver for Catalog {
    fn attributes(&mut self, package: &Package) -> Option<Map<String, Value>> {
        let attributes = json!({"size": 7, "hash": "a\"}\u{e9}", "trap": "${aws:iot:parameter:x}"});
        let known = package
            .named()
            .is_none_or(|package| package == ("app", "2"));
        known.then(|| attributes.as_object().unwrap().clone())
    }

    fn signature(&mut self, of: &str) -> Option<String> {
        (of == "job-1").then(|| "c2ln".to_owned())
    }
}

struct Signer;

impl Presigner for Signer {
    fn presign(&mut self, kind: PresignKind, url: &str) -> Option<String> {
        Some(format!("signed:{}:{url}", kind.as_str()))
    }

    fn artifact(&mut self, package: &Package) -> Option<String> {
        package
            .named()
            .map(|(name, version)| format!("artifact:{name}:{version}"))
    }
}

const TARGET: DocumentTarget<'_> = DocumentTarget {
    thing_name: "T1",
    job_id: "${thingName}",
    execution_number: 3,
};

/// A string value as a device sees it.
fn told(value: &str) -> Result<Value, DocumentError> {
    let text = json!({"key ${aws:iot:not-looked-at": value}).to_string();
    let document = JobDocument::parse(&text, &LIMITS)?.resolve(&mut Catalog)?;
    let text = document.for_device(&TARGET, &mut Signer)?;
    let told: Value = serde_json::from_str(&text).unwrap();
    Ok(told["key ${aws:iot:not-looked-at"].clone())
}

#[test]
fn placeholders_are_filled_in() {
    let cases = [
        (
            "plain } ${HOME} ${aws:other:x}",
            json!("plain } ${HOME} ${aws:other:x}"),
        ),
        (
            "<${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}>",
            json!("<signed:s3-presigned-url:https://s3.amazonaws.com/b/k>"),
        ),
        (
            "${aws:iot:s3-presigned-url-v2:https://b.s3.amazonaws.com/k%3FversionId%3D1}",
            json!("signed:s3-presigned-url-v2:https://b.s3.amazonaws.com/k%3FversionId%3D1"),
        ),
        // What a name holds is not looked at again.
        (
            "${aws:iot:s3-presigned-url-upload:https://s3.us-west-2.amazonaws.com/b/${jobId}/${thingName}-${executionNumber}}",
            json!(
                "signed:s3-presigned-url-upload:https://s3.us-west-2.amazonaws.com/b/${thingName}/T1-3"
            ),
        ),
        (
            "${aws:iot:package:app:version:2:attributes:size} kB",
            json!("7 kB"),
        ),
        (
            "${aws:iot:package:app:version:2:attributes:hash}",
            json!("a\"}\u{e9}"),
        ),
        (
            "${aws:iot:package:app:version:2:attributes:trap}",
            json!("${aws:iot:parameter:x}"),
        ),
        ("${aws:iot:package::version::attributes:size}", json!("7")),
        (
            "${aws:iot:package:app:version:2:attributes}",
            json!({"size": 7, "hash": "a\"}\u{e9}", "trap": "${aws:iot:parameter:x}"}),
        ),
        (
            "${aws:iot:package:app:version:2:artifact-location:s3-presigned-url}",
            json!("artifact:app:2"),
        ),
        ("${aws:iot:code-sign-signature:job-1}", json!("c2ln")),
    ];
    for (value, expected) in cases {
        assert_eq!(told(value), Ok(expected), "{value}");
    }
}

#[test]
fn placeholders_are_refused() {
    let upload = "${aws:iot:s3-presigned-url-upload:https://s3.us-west-2.amazonaws.com";
    let cases = [
        "${aws:iot:unknown:x}".to_owned(),
        "${aws:iot:}".to_owned(),
        "${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k".to_owned(),
        "${aws:iot:s3-presigned-url:}".to_owned(),
        format!("{upload}/b/${{other}}}}"),
        format!("{upload}/${{jobId}}/k}}"),
        format!("{upload}/b/${{jobId}}${{jobId}}${{jobId}}}}"),
        format!("{upload}/b/${{jobId}}"),
        "${aws:iot:s3-presigned-url-upload:https://${jobId}.s3.amazonaws.com/k}".to_owned(),
        "${aws:iot:s3-presigned-url-upload:b/k}".to_owned(),
        "${aws:iot:package:app:version::attributes:size}".to_owned(),
        "${aws:iot:package::version:2:attributes:size}".to_owned(),
        "${aws:iot:package:app:version:$null:attributes:size}".to_owned(),
        "${aws:iot:package:app:version:2:attributes:}".to_owned(),
        "${aws:iot:package:app:version:2:other}".to_owned(),
        "${aws:iot:package:a p:version:2:attributes}".to_owned(),
        "${aws:iot:package:app:version:3:attributes}".to_owned(),
        "${aws:iot:package:app:version:2:attributes:none}".to_owned(),
        "all: ${aws:iot:package:app:version:2:attributes}".to_owned(),
        "${aws:iot:package::version::artifact-location:s3-presigned-url}".to_owned(),
        "${aws:iot:code-sign-signature:job-2}".to_owned(),
        "${aws:iot:parameter:path}".to_owned(),
        "${aws:iot:parameter:p/q}".to_owned(),
    ];
    for value in &cases {
        let error = told(value).unwrap_err();
        assert!(error.is_placeholder(), "{value}: {error}");
    }
}

#[test]
fn limits_of_a_document() {
    let text = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    assert!(JobDocument::parse(&text(32_768), &LIMITS).is_ok());
    let long = JobDocument::parse(&text(32_769), &LIMITS).unwrap_err();
    assert_eq!(
        long,
        DocumentError::TooLong {
            bytes: 32_769,
            max: 32_768
        }
    );
    assert!(!long.is_placeholder());
}

#[test]
fn managed_documents_take_their_parameters_and_no_others() {
    for template in ManagedTemplate::all() {
        let document = JobDocument::parse(&template.document(), &LIMITS).unwrap();
        let required = template
            .parameters()
            .into_iter()
            .filter(|parameter| !parameter.is_optional());
        let mut given: alloc::collections::BTreeMap<_, _> = required
            .map(|parameter| (parameter.key().to_owned(), "v\"".to_owned()))
            .collect();
        let filled = template.fill(&given, &LIMITS).unwrap();
        assert_eq!(filled, document.with_parameters(&given));
        assert_eq!(
            JobDocument::parse(&filled, &LIMITS)
                .unwrap()
                .placeholders()
                .count(),
            0
        );
        let refused = |given: &_| {
            template
                .fill(given, &LIMITS)
                .unwrap_err()
                .field()
                .to_owned()
        };
        given.insert("other".to_owned(), "v".to_owned());
        assert_eq!(refused(&given), "documentParameters.other");
        given.remove("other");
        given.insert("runAsUser".to_owned(), "u".repeat(257));
        assert_eq!(refused(&given), "documentParameters.runAsUser");
        given.insert("runAsUser".to_owned(), String::new());
        assert_eq!(refused(&given), "documentParameters.runAsUser");
    }
}

/// An object has no place within a text, whatever package it is of; no catalog is asked.
#[test]
fn all_attributes_are_a_whole_value() {
    let all = "${aws:iot:package::version::attributes}";
    let parse = |value: &str| JobDocument::parse(&json!({"a": value}).to_string(), &LIMITS);
    assert!(parse(all).is_ok());
    for value in [format!("x{all}"), format!("{all} "), format!("{all}{all}")] {
        assert!(parse(&value).unwrap_err().is_placeholder(), "{value}");
    }
}

/// A value of a parameter may bring a placeholder of its own, as of a download.
#[test]
fn a_parameter_may_be_a_url_to_sign() {
    let template = ManagedTemplate::find("AWS-Download-File").unwrap();
    let url = "${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}";
    let given = [("downloadUrl", url), ("filePath", "/tmp/k")];
    let given = given
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    let filled = template.fill(&given, &LIMITS).unwrap();
    assert!(JobDocument::parse(&filled, &LIMITS).unwrap().needs_role());
}

#[test]
fn a_request_goes_before_its_template() {
    let object = |value: Value| value.as_object().unwrap().clone();
    let template = object(json!({
        "jobTemplateId": "t", "description": "d", "document": "{}",
        "maintenanceWindows": [{"startTime": "cron(0 22 * * ? *)", "durationInMinutes": 60}],
    }));
    let request = object(json!({
        "documentSource": "https://s3.amazonaws.com/b/k", "schedulingConfig": {"startTime": "s"},
    }));
    let whole = with_template(&request, &template);
    assert_eq!(
        json!(whole),
        json!({
            "description": "d", "documentSource": "https://s3.amazonaws.com/b/k",
            "schedulingConfig": {"startTime": "s", "maintenanceWindows": template["maintenanceWindows"]},
        })
    );
    assert_eq!(with_template(&request, &Map::new()), request);
    // Windows are no way around the rules of schedules: what is null is missing there too.
    let windows = &template["maintenanceWindows"];
    for schedule in [
        Value::Null,
        json!({}),
        json!({"maintenanceWindows": Value::Null}),
    ] {
        let request = Map::from_iter([("schedulingConfig".to_owned(), schedule)]);
        let whole = with_template(&request, &template);
        let told = &whole["schedulingConfig"]["maintenanceWindows"];
        assert_eq!(told, windows, "{request:?}");
    }
}

proptest! {
    /// Any text is read or refused, and what has no placeholder is handed on as it is.
    #[test]
    fn any_string_is_read_or_refused(value in "(\\$\\{(aws:iot:)?(s3-presigned-url(-upload|-v2)?:)?|package:|:version:|[a-z{}:/$]|attributes|\"|\\\\|é){0,12}") {
        match told(&value) {
            Ok(told) if !value.contains("${aws:iot:") => prop_assert_eq!(told, json!(value)),
            Ok(_) => {}
            Err(error) => {
                let found = value.contains("${aws:iot:");
                prop_assert!(error.is_placeholder() && found);
            }
        }
    }

    #[test]
    fn any_text_is_a_document_or_refused(text in "[\\[\\]{}\",:a-z0-9\\\\$ -]{0,40}|.{0,40}") {
        if let Ok(document) = JobDocument::parse(&text, &LIMITS) {
            let resolved = document.resolve(&mut Catalog);
            prop_assert!(resolved.is_err() || document.placeholders().count() > 0 || resolved.unwrap().unsigned() == text);
        }
    }

    /// A parameter stays within its string, whatever it holds.
    #[test]
    fn a_parameter_never_leaves_its_string(value in ".{1,20}") {
        let document = JobDocument::parse(r#"{"a": "<${aws:iot:parameter:p}>", "b": 1}"#, &LIMITS).unwrap();
        let filled = document.with_parameters(&[("p".to_owned(), value.clone())].into());
        let filled: Value = serde_json::from_str(&filled).unwrap();
        prop_assert_eq!(filled, json!({"a": format!("<{value}>"), "b": 1}));
    }
}
