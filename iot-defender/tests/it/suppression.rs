//! What of a suppression is taken.
#![expect(
    clippy::indexing_slicing,
    reason = "members of an object that is written here"
)]

use iot_defender::audit::{Check, ResourceIdentifier, SuppressedUntil, Suppression};
use serde_json::{Value, json};

fn is_taken(members: &Value) -> bool {
    let mut suppression = json!({
        "checkName": "DEVICE_CERT_APPROACHING_EXPIRATION_CHECK",
        "resourceIdentifier": {"deviceCertificateId": "ab".repeat(32)},
        "suppressIndefinitely": true,
    });
    for (name, value) in members.as_object().into_iter().flatten() {
        suppression[name] = value.clone();
    }
    Suppression::from_json(&suppression).is_ok()
}

#[test]
fn exactly_one_identifier_that_is_no_null() {
    let id = "ab".repeat(32);
    assert!(is_taken(&json!({})));
    for identifiers in [
        json!({"deviceCertificateId": id, "caCertificateId": null}),
        json!({"deviceCertificateId": format!("0x{}", "ab".repeat(31))}),
    ] {
        assert!(
            is_taken(&json!({"resourceIdentifier": identifiers})),
            "{identifiers}"
        );
    }
    for identifiers in [
        json!(null),
        json!({}),
        json!({"deviceCertificateId": null}),
        json!({"deviceCertificateId": id, "caCertificateId": id}),
        json!({"deviceCertificateId": id, "deviceCertificateArn": 7}),
        json!({"deviceCertificateId": format!("0x{id}")}),
        json!({"caCertificateId": id}),
    ] {
        assert!(
            !is_taken(&json!({"resourceIdentifier": identifiers})),
            "{identifiers}"
        );
    }
}

#[test]
fn a_description_is_a_thousand_visible_characters_or_spaces() {
    let client = ResourceIdentifier::ClientId("lamp".into());
    let until = SuppressedUntil::Indefinitely;
    let suppression = Suppression::new(Check::ConflictingClientIds, client, until).unwrap();
    for (text, is_allowed) in [
        (String::new(), true),
        ("Prüfstand 試験".into(), true),
        ("é".repeat(1000), true),
        ("é".repeat(1001), false),
        ("a\tb".into(), false),
        ("a\nb".into(), false),
        ("a\u{7f}b".into(), false),
        ("a\u{a0}b".into(), false),
        ("a\u{3000}b".into(), false),
        ("a\u{2028}b".into(), false),
    ] {
        let described = suppression.clone().with_description(&text);
        assert_eq!(described.is_ok(), is_allowed, "{text:?}");
    }
}
