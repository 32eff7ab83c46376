//! What policy variables read of a certificate.

use iot_policy::{Certificate, NameField, NameVariable, NoValue, Pick, Side};
use proptest::prelude::*;

#[test]
fn names_of_variables() {
    let mut seen = Vec::new();
    for field in NameField::ALL {
        for side in [Side::Subject, Side::Issuer] {
            let name = format!("iot:Certificate.{side}.{field}");
            assert_eq!(field.variable(side), name);
            assert!(!seen.contains(&name));
            seen.push(name.clone());
            for (suffix, pick) in [
                ("", Pick::First),
                (".0", Pick::Nth(0)),
                (".255", Pick::Nth(255)),
                (".List", Pick::List),
            ] {
                let text = format!("{name}{suffix}");
                let variable = NameVariable::new(side, *field, pick);
                assert_eq!(variable.to_string(), text);
                for text in [text.to_ascii_lowercase(), text.to_ascii_uppercase(), text] {
                    assert_eq!(NameVariable::parse(&text), Some(variable));
                }
            }
            for suffix in [".", ".256", ".01", ".+1", ".-1", ".List.1", ".1.List", "x"] {
                assert_eq!(NameVariable::parse(&format!("{name}{suffix}")), None);
            }
        }
    }
    assert_eq!(seen.len(), 36);
    for text in [
        "",
        "iot:Certificate.",
        "iot:Certificate.Subject",
        "iot:Certificate.Subject.",
        "iot:Certificate.Subject.List",
        "iot:Certificate.Subject.DNSName",
        "iot:Certificate.Owner.CommonName",
        "iot:Certificate.SerialNumber",
        "aws:Certificate.Subject.CommonName",
        "iot:Certificateé.Subject.CommonName",
    ] {
        assert_eq!(NameVariable::parse(text), None, "{text}");
    }
}

#[test]
fn index_counts_from_zero_and_to_five() {
    let certificate = ["1", "2", "3", "4", "5", "6"]
        .into_iter()
        .fold(Certificate::builder(), |builder, value| {
            builder.subject(NameField::CommonName, value)
        })
        .issuer(NameField::CommonName, "ca")
        .build();
    let get = |pick| {
        certificate.get(NameVariable::new(
            Side::Subject,
            NameField::CommonName,
            pick,
        ))
    };
    assert_eq!(get(Pick::First), Ok("1"));
    assert_eq!(get(Pick::Nth(0)), Ok("1"));
    assert_eq!(get(Pick::Nth(1)), Ok("2"));
    assert_eq!(get(Pick::Nth(4)), Ok("5"));
    let beyond = Err(NoValue::IndexOutOfRange { values: 5 });
    assert_eq!(get(Pick::Nth(5)), beyond);
    assert_eq!(get(Pick::Nth(255)), beyond);
    assert_eq!(get(Pick::List), Err(NoValue::ManyValues));
    let list = certificate.list(Side::Subject, NameField::CommonName);
    assert_eq!(list.len(), 5);
    assert!(list.eq(["1", "2", "3", "4", "5"]));
    assert_eq!(
        certificate.value(Side::Issuer, NameField::CommonName, 0),
        Ok("ca")
    );
    assert_eq!(certificate.list(Side::Subject, NameField::Country).len(), 0);
}

#[test]
fn limits() {
    let value = |text: &str| {
        let certificate = Certificate::builder()
            .subject(NameField::CommonName, text)
            .build();
        certificate
            .value(Side::Subject, NameField::CommonName, 0)
            .map(str::to_owned)
    };
    for ch in "*$+?#".chars() {
        let refused = Err(NoValue::ForbiddenCharacter(ch));
        assert_eq!(value(&ch.to_string()), refused);
        assert_eq!(value(&format!("dév{ch}1")), refused);
    }
    assert_eq!(
        value("${iot:ClientId}"),
        Err(NoValue::ForbiddenCharacter('$'))
    );
    for ch in ",\"\\=<>;".chars() {
        assert_eq!(value(&format!("a{ch}{ch}b")), Ok(format!("a\\{ch}\\{ch}b")));
    }
    // The guide's own example.
    assert_eq!(
        value("Amazon Web Services O=Amazon.com Inc. L=Seattle").as_deref(),
        Ok("Amazon Web Services O\\=Amazon.com Inc. L\\=Seattle"),
    );
    assert_eq!(value("").as_deref(), Ok(""));
    assert_eq!(value("a/b:c&d'e").as_deref(), Ok("a/b:c&d'e"));
    // Characters, not bytes; and those of the certificate, not the backslashes.
    for ch in ["x", "é", "温", "𝄞"] {
        assert_eq!(value(&ch.repeat(1024)), Ok(ch.repeat(1024)));
        assert_eq!(value(&ch.repeat(1025)), Err(NoValue::TooLong));
    }
    assert_eq!(value(&"=".repeat(1024)), Ok("\\=".repeat(1024)));
}

#[test]
fn directory_name_has_its_own_separators() {
    let certificate = Certificate::builder()
        .subject(NameField::DirectoryName, "cn=a\\,b,o=c")
        .subject(NameField::DirectoryName, "cn=a+o=b")
        .build();
    let value = |index| certificate.value(Side::Subject, NameField::DirectoryName, index);
    assert_eq!(value(0), Ok("cn=a\\,b,o=c"));
    assert_eq!(value(1), Err(NoValue::ForbiddenCharacter('+')));
}

#[test]
fn a_value_without_text_keeps_its_place() {
    let certificate = Certificate::builder()
        .subject(NameField::CommonName, "a")
        .unreadable(Side::Subject, NameField::CommonName)
        .subject(NameField::CommonName, "x".repeat(1025).as_str())
        .subject(NameField::CommonName, "d*")
        .subject(NameField::CommonName, "e")
        .build();
    let value = |index| certificate.value(Side::Subject, NameField::CommonName, index);
    assert_eq!(value(0), Ok("a"));
    assert_eq!(value(1), Err(NoValue::NotText));
    assert_eq!(value(2), Err(NoValue::TooLong));
    assert_eq!(value(3), Err(NoValue::ForbiddenCharacter('*')));
    assert_eq!(value(4), Ok("e"));
    let unreadable = Certificate::UNREADABLE;
    let list = certificate.list(Side::Subject, NameField::CommonName);
    assert!(list.eq(["a", unreadable, unreadable, unreadable, "e"]));
}

#[test]
fn an_empty_certificate_has_nothing() {
    let certificate = Certificate::builder().build();
    assert_eq!(certificate, Certificate::default());
    assert_eq!(certificate.id(), None);
    assert_eq!(certificate.serial_number(), Err(NoValue::NotInCertificate));
    assert_eq!(certificate.available_keys().count(), 0);
}

#[test]
fn the_first_serial_number_counts() {
    let certificate = Certificate::builder()
        .serial_number("0a1b")
        .serial_number("other")
        .build();
    assert_eq!(certificate.serial_number(), Ok("0a1b"));
}

#[test]
fn a_certificate_is_small() {
    let id = size_of::<Option<iot_topics::CertificateId>>();
    assert_eq!(size_of::<Certificate>(), id + 4 * size_of::<usize>());
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Subject), Just(Side::Issuer)]
}

fn field() -> impl Strategy<Value = NameField> {
    prop::sample::select(NameField::ALL)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c,=\\\\;<>\"]{0,6}",
        2 => "\\PC{0,8}",
        1 => "[a*$+?#]{0,4}",
        1 => "[xé]{1020,1028}",
    ]
}

proptest! {
    /// The builder against a plain list of what was given.
    #[test]
    fn values_are_those_given(given in prop::collection::vec((side(), field(), text()), 0..40)) {
        let certificate = given
            .iter()
            .fold(Certificate::builder(), |builder, (side, field, text)| {
                builder.name(*side, *field, text)
            })
            .build();
        let mut keys = Vec::new();
        for side in [Side::Subject, Side::Issuer] {
            for field in NameField::ALL.iter().copied() {
                let texts: Vec<_> = given
                    .iter()
                    .filter(|(s, f, _)| (*s, *f) == (side, field))
                    .map(|(.., text)| text)
                    .collect();
                let list: Vec<_> = certificate.list(side, field).collect();
                prop_assert_eq!(list.len(), texts.len().min(5));
                for (index, text) in texts.iter().enumerate().take(5) {
                    let value = certificate.value(side, field, index);
                    prop_assert_eq!(value.unwrap_or(Certificate::UNREADABLE), list[index]);
                    let refused = text.contains(['*', '$', '+', '?', '#'])
                        || text.chars().count() > 1024;
                    prop_assert_eq!(value.is_err(), refused);
                    if let Ok(value) = value {
                        let plain = match field {
                            NameField::DirectoryName => value.to_owned(),
                            _ => unescape(value),
                        };
                        prop_assert_eq!(&plain, *text);
                        prop_assert!(plain.chars().count() <= 1024);
                    }
                }
                prop_assert!(certificate.value(side, field, list.len()).is_err());
                if certificate.value(side, field, 0).is_ok() {
                    keys.push(field.variable(side));
                }
            }
        }
        prop_assert!(certificate.available_keys().eq(keys));
    }
}

/// Takes one backslash away before each character that has one.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(ch) = chars.next() {
        plain.extend(if ch == '\\' { chars.next() } else { Some(ch) });
    }
    plain
}

#[cfg(feature = "x509")]
mod crl;
#[cfg(feature = "x509")]
mod der;
