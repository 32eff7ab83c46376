//! Reports of devices, in JSON and in CBOR.

use base64ct::{Base64, Encoding as _};
use iot_defender::detect::{MetricsReport, Names};
use serde_json::{Value, json};

use super::{detect, lines, write};
use crate::folder;

/// A report with so many bytes sent, and its line.
fn report(format: &str, step: u64, bytes: u64) -> Value {
    let report = json!({
        "header": { "report_id": step + 1, "version": "1.0" },
        "metrics": { "network_stats": { "bytes_out": bytes } },
    });
    let payload = if format == "cbor" {
        let read = MetricsReport::from_json(report.to_string().as_bytes()).unwrap();
        Base64::encode_string(&read.to_cbor(Names::Short)).into()
    } else {
        report
    };
    json!({ "ts": 1_700_000_100 + step * 300, "thing": "lamp", format: payload })
}

#[test]
fn a_report_is_json_or_cbor() {
    let folder = folder("a_report_is_json_or_cbor");
    let profile = json!({
        "securityProfileName": "traffic",
        "behaviors": [{
            "name": "little",
            "metric": "aws:all-bytes-out",
            "criteria": { "comparisonOperator": "less-than", "value": { "count": 100 } },
        }],
    });
    let profile = write(&folder, "traffic.json", profile.to_string());
    let told = |name: &str, formats: [&str; 4]| {
        let steps = (0..).zip(formats).zip([5, 100, 99, 4_096]);
        let lines = steps.map(|((step, format), bytes)| report(format, step, bytes).to_string());
        let text = lines.collect::<Vec<_>>().join("\n");
        let file = write(&folder, name, text);
        detect(&["-p", &profile, &file, "--format", "json"])
    };
    let json = told("json.jsonl", ["report"; 4]);
    assert_eq!((json.code, &*json.stderr), (Some(1), ""));
    let events = lines(&json);
    assert_eq!(events[0]["metricValue"], json!({ "count": 100 }));
    assert_eq!(events.len(), 4);
    let cbor = told("cbor.jsonl", ["cbor"; 4]);
    assert_eq!((cbor.code, &cbor.stdout), (json.code, &json.stdout));
    let mixed = told("mixed.jsonl", ["report", "cbor", "cbor", "report"]);
    assert_eq!((mixed.code, &mixed.stdout), (json.code, &json.stdout));
}

#[test]
fn what_is_no_cbor_is_told() {
    let folder = folder("what_is_no_cbor_is_told");
    let good = report("cbor", 0, 5);
    let with = |member: &str, value: Value| {
        let mut line = good.clone();
        line[member] = value;
        line.to_string()
    };
    let text = good["cbor"].as_str().unwrap();
    let longer = [&*Base64::decode_vec(text).unwrap(), b"\0"].concat();
    let longer = Base64::encode_string(&longer);
    for (line, message) in [
        (with("cbor", "?".into()), "not base64"),
        (with("cbor", "omY".into()), "not base64"),
        (with("cbor", "".into()), "the payload ends too early"),
        (with("cbor", longer.into()), "something behind the end"),
        (with("cbor", 7.into()), "invalid type"),
        (with("report", json!({})), "in JSON or as `cbor`"),
        (with("topic", "a".into()), "in JSON or as `cbor`"),
        (
            format!("{good}\n{good}"),
            "too soon after the report before",
        ),
    ] {
        let file = write(&folder, "bad.jsonl", &line);
        let ran = detect(&["--threat", "exfiltration", &file]);
        assert_eq!(ran.code, Some(2), "{line}");
        assert!(ran.stderr.contains(message), "{line}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("error: 1 line not taken"),
            "{line}: {}",
            ran.stderr
        );
    }
}
