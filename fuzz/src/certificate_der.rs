//! Certificates as DER.

use iot_policy::{Certificate, NameField, NoValue, Side, X509Certificate, certificate_id};

/// Any bytes have an answer; what is read obeys the limits of AWS IoT.
pub fn certificate_der(data: &[u8]) {
    let certificate = match X509Certificate::from_der(data) {
        Ok(certificate) => certificate,
        Err(error) => {
            assert!(error.position() <= data.len(), "{error}");
            assert!(!error.to_string().is_empty());
            assert_eq!(Certificate::from_der(data), Err(error));
            return;
        }
    };
    assert_eq!(*certificate.id(), certificate_id(data));
    let variables = certificate.variables();
    assert_eq!(Certificate::from_der(data).as_ref(), Ok(&variables));
    let serial = certificate.serial_number();
    assert_eq!(variables.serial_number(), Ok(serial));
    assert!(
        serial
            .strip_prefix('-')
            .unwrap_or(serial)
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    );
    let mut keys = 1;
    for side in [Side::Subject, Side::Issuer] {
        for field in NameField::ALL.iter().copied() {
            let whole: Vec<_> = certificate
                .names()
                .filter(|(s, f, _)| (*s, *f) == (side, field))
                .map(|(.., value)| value)
                .collect();
            let list: Vec<_> = variables.list(side, field).collect();
            assert_eq!(list.len(), whole.len().min(5));
            for (index, (whole, listed)) in whole.iter().zip(&list).enumerate() {
                match (whole, variables.value(side, field, index)) {
                    (Some(whole), Ok(value)) => {
                        assert_eq!(value, *listed);
                        assert!(whole.chars().count() <= 1024);
                        assert!(!value.contains(['*', '$', '+', '?', '#']));
                        let plain = value.replace('\\', "");
                        assert_eq!(plain, whole.replace('\\', ""));
                    }
                    (Some(whole), Err(NoValue::TooLong)) => assert!(whole.chars().count() > 1024),
                    (Some(whole), Err(NoValue::ForbiddenCharacter(ch))) => {
                        assert!("*$+?#".contains(ch) && whole.contains(ch));
                    }
                    (None, Err(NoValue::NotText)) => assert_eq!(*listed, Certificate::UNREADABLE),
                    other => panic!("{side} {field} {index}: {other:?}"),
                }
            }
            keys += usize::from(variables.value(side, field, 0).is_ok());
            assert!(variables.value(side, field, list.len()).is_err());
        }
    }
    assert_eq!(variables.available_keys().count(), keys);
}
