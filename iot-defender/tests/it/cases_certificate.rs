//! Cases about the facts of certificates, and about logging.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use iot_defender::audit::{
    CertificateStatus, Check, ConfigName, Days, Finding, FineGrainedLogging, IssuedCertificate,
    KnownKeys, Logging, Profile, ReasonCode, ResourceIdentifier, Revocations, age,
    certificate_quality, expiry, intermediate_revoked, key_quality, threshold,
};
use iot_policy::{Curve, KeyKind, RsaKey, X509Certificate};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::cases::Answers;
use crate::cases_words::{answer, word};

pub(crate) fn key_quality_case(case: &Value) -> Answers {
    let input = &case["input"];
    let status: CertificateStatus = word(&input["status"]);
    let (numbers, known) = (Key::read(&input["key"]), known(input));
    let reasons = if status.is_audited() {
        key_quality(&numbers.kind(), &known, Profile::Aws)
    } else {
        Vec::new()
    };
    verdict(case, status.is_audited(), &reasons)
}

pub(crate) fn key_quality_extended(case: &Value) -> Answers {
    let input = &case["input"];
    let (numbers, known) = (Key::read(&input["key"]), known(input));
    let reasons = |profile| key_quality(&numbers.kind(), &known, profile);
    let extended = reasons(Profile::Extended);
    answer(case, both(&reasons(Profile::Aws), extended))
}

pub(crate) fn key_quality_der(case: &Value) -> Answers {
    let input = &case["input"];
    let der = base64(input["derBase64"].as_str().unwrap());
    let known = known(input);
    let reasons = |profile| {
        let certificate = X509Certificate::from_der(&der).ok()?;
        certificate_quality(&certificate, &known, profile).ok()
    };
    let actual = match (reasons(Profile::Aws), reasons(Profile::Extended)) {
        (Some(aws), Some(extended)) => both(&aws, extended),
        _ => json!({ "error": "malformed-der" }),
    };
    answer(case, actual)
}

/// The codes of AWS, which are the same in both profiles, and those of our own.
fn both(aws: &[ReasonCode], extended: Vec<ReasonCode>) -> Value {
    assert!(aws.iter().all(|code| !code.is_extended()));
    let (own, same): (Vec<_>, Vec<_>) = extended.into_iter().partition(|code| code.is_extended());
    assert_eq!(aws, same);
    json!({ "awsReasonCodes": aws, "extendedCodes": own })
}

pub(crate) fn expiry_case(case: &Value) -> Answers {
    let input = &case["input"];
    let status: CertificateStatus = word(&input["status"]);
    let not_after = seconds(&input["notAfter"]);
    let reason = status
        .is_audited()
        .then(|| expiry(not_after, seconds(&input["now"]), days(case)))
        .flatten();
    let reasons: Vec<_> = reason.into_iter().collect();
    let mut actual = told(case, status.is_audited(), &reasons);
    if let Some(reason) = reason {
        let account = ResourceIdentifier::Account("123456789012".parse().unwrap());
        let finding = Finding::new(word(&case["check"]), account, reason)
            .with_instant("EXPIRATION_TIME", not_after);
        actual["additionalInfo"] = json!(finding.resource.additional_info);
    }
    answer(case, actual)
}

pub(crate) fn age_case(case: &Value) -> Answers {
    let input = &case["input"];
    let status: CertificateStatus = word(&input["status"]);
    let created = ["creationDate", "notBefore"].map(|key| &input[key]);
    let created = created.into_iter().find(|created| !created.is_null());
    let reason = status
        .is_audited()
        .then(|| {
            age(
                seconds(created.unwrap()),
                seconds(&input["now"]),
                days(case),
            )
        })
        .flatten();
    let reasons: Vec<_> = reason.into_iter().collect();
    verdict(case, status.is_audited(), &reasons)
}

pub(crate) fn config(case: &Value) -> Answers {
    let settings = settings(&case["input"]["configuration"]);
    let read = settings.map(|settings| threshold(word(&case["check"]), settings));
    answer(
        case,
        json!({ "valid": read.is_some_and(|read| read.is_ok()) }),
    )
}

/// `None`, if a value is not a text.
fn settings(configuration: &Value) -> Option<Vec<(&str, &str)>> {
    let settings = configuration.as_object().into_iter().flatten();
    settings
        .map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect()
}

/// Settings of other checks say nothing of this one.
fn days(case: &Value) -> Days {
    let check: Check = word(&case["check"]);
    let mut settings = settings(&case["input"]["configuration"]).unwrap();
    settings.retain(|(name, _)| {
        name.parse()
            .is_ok_and(|name: ConfigName| name.check() == check)
    });
    threshold(check, settings).unwrap().unwrap()
}

pub(crate) fn revocation(case: &Value) -> Answers {
    let input = &case["input"];
    let status: CertificateStatus = word(&input["status"]);
    let mut revocations = Revocations::new();
    for list in input["crls"].as_array().into_iter().flatten() {
        read_crl(list, &mut revocations);
    }
    let reason = if word::<Check>(&case["check"])
        == Check::IntermediateCaRevokedForActiveDeviceCertificates
    {
        // What its own key signed is the anchor of the chain.
        let chain = input["chain"].as_array().into_iter().flatten();
        let below = chain.filter(|issuer| issuer["subject"] != issuer["issuer"]);
        let revoked = intermediate_revoked(below.map(issued), &revocations);
        revoked.map(|_| ReasonCode::IntermediateCaRevokedByIssuer)
    } else {
        revocations.reason(issued(input))
    };
    let reasons: Vec<_> = reason.filter(|_| status.is_audited()).into_iter().collect();
    verdict(case, status.is_audited(), &reasons)
}

/// Serial numbers, or entries with a serial number and a reason; those that were removed in a list
/// of their own, or by their reason.
fn read_crl(list: &Value, revocations: &mut Revocations) {
    let issuer = list["issuer"].as_str().unwrap();
    let is_removal = |text: &str| text.to_lowercase().contains("remove");
    let mut removed = Vec::new();
    for (key, entries) in list.as_object().unwrap() {
        for entry in entries.as_array().into_iter().flatten() {
            let serials = ["serial", "serialNumber"].map(|key| entry[key].as_str());
            let serial = entry
                .as_str()
                .or_else(|| serials.into_iter().flatten().next());
            let certificate = IssuedCertificate::new(issuer, serial.unwrap());
            if is_removal(key) || entry["reason"].as_str().is_some_and(is_removal) {
                removed.push(certificate);
            } else {
                revocations.revoke(certificate);
            }
        }
        for (serial, reason) in entries.as_object().into_iter().flatten() {
            if reason.as_str().is_some_and(is_removal) {
                removed.push(IssuedCertificate::new(issuer, serial));
            }
        }
    }
    removed.into_iter().for_each(|it| revocations.remove(it));
}

fn issued(certificate: &Value) -> IssuedCertificate<'_> {
    IssuedCertificate::new(
        certificate["issuer"].as_str().unwrap(),
        certificate["serial"].as_str().unwrap(),
    )
}

pub(crate) fn logging(case: &Value) -> Answers {
    let (v1, v2) = (&case["input"]["v1"], &case["input"]["v2"]);
    let level = |level: &Value| level.as_str().map(|level| level.parse().unwrap());
    let mut fine_grained = FineGrainedLogging::default();
    fine_grained.has_role = v2["roleArn"].is_string();
    fine_grained.default_level = level(&v2["defaultLogLevel"]);
    fine_grained.disable_all = v2["disableAllLogs"] == true;
    let mut logging = Logging::default();
    logging.has_role = v1["roleArn"].is_string();
    logging.level = level(&v1["logLevel"]);
    logging.fine_grained = fine_grained;
    let reasons: Vec<_> = logging.reason().into_iter().collect();
    verdict(case, true, &reasons)
}

fn verdict(case: &Value, evaluated: bool, reasons: &[ReasonCode]) -> Answers {
    answer(case, told(case, evaluated, reasons))
}

pub(crate) fn told(case: &Value, evaluated: bool, reasons: &[ReasonCode]) -> Value {
    let check: Check = word(&case["check"]);
    let possible = check.reason_codes();
    assert!(reasons.iter().all(|reason| possible.contains(reason)));
    json!({
        "compliant": reasons.is_empty(),
        "evaluated": evaluated,
        "severity": check.severity(),
        "resourceType": check.resource_type(),
        "reasonCodes": reasons,
    })
}

enum Key {
    Rsa(Vec<u8>, Vec<u8>),
    Curve(Curve),
    Other,
}

impl Key {
    fn read(key: &Value) -> Self {
        match key["type"].as_str().unwrap() {
            "RSA" => {
                let modulus = hex(key["modulusHex"].as_str().unwrap());
                let exponent = match key["exponentHex"].as_str() {
                    Some(digits) => hex(digits),
                    None => key["exponent"]
                        .as_u64()
                        .unwrap_or(65_537)
                        .to_be_bytes()
                        .into(),
                };
                Self::Rsa(modulus, exponent)
            }
            "EC" | "ECDSA" => Self::Curve(match key["curve"].as_str() {
                Some("P-256" | "prime256v1" | "secp256r1") => Curve::P256,
                Some("P-384" | "secp384r1") => Curve::P384,
                Some("P-521" | "secp521r1") => Curve::P521,
                _ => Curve::Other,
            }),
            _ => Self::Other,
        }
    }

    fn kind(&self) -> KeyKind<'_> {
        match self {
            Self::Rsa(modulus, exponent) => KeyKind::Rsa(RsaKey::new(modulus, exponent)),
            Self::Curve(curve) => KeyKind::EllipticCurve(*curve),
            Self::Other => KeyKind::Other,
        }
    }
}

fn known(input: &Value) -> KnownKeys {
    let mut known = KnownKeys::new();
    for suffix in input["debianSha1Suffixes"].as_array().into_iter().flatten() {
        known.load_debian(suffix.as_str().unwrap()).unwrap();
    }
    known
}

fn seconds(value: &Value) -> Timestamp {
    Timestamp::from_secs(value.as_u64().unwrap())
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16).unwrap();
    // An odd number of digits begins with half a byte.
    let pairs = text.as_bytes().rchunks(2).rev();
    pairs
        .map(|pair| {
            let byte = pair
                .iter()
                .map(digit)
                .fold(0, |byte, digit| byte << 4 | digit);
            u8::try_from(byte).unwrap()
        })
        .collect()
}

pub(crate) fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_usize, 0);
    for digit in text.trim_end_matches('=').chars() {
        held = (held << 6 | DIGITS.find(digit).unwrap()) & 0xfff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes
}
