//! Certificates that OpenSSL made: `tests/openssl/README.md` tells how.
#![expect(
    clippy::unwrap_used,
    reason = "a line that is not in the format must fail"
)]

use alloc::collections::BTreeMap;
use std::io::Write as _;

use iot_defender::audit::{KnownKeys, Profile, certificate_quality};
use iot_policy::{Curve, KeyKind, SignatureHash, X509Certificate};
use iot_topics::Timestamp;
use serde_json::Value;

use crate::cases_certificate::base64;

/// The environment variable that names the file of certificates.
const VARIABLE: &str = "IOT_OPENSSL";

/// Fewer lines show too little.
const LEAST: usize = 500;

#[test]
#[ignore = "needs certificates of OpenSSL"]
fn certificates_of_openssl() {
    let file = std::env::var_os(VARIABLE).expect("a file of certificates");
    let lines = std::fs::read_to_string(file).unwrap();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines.lines() {
        let told: Value = serde_json::from_str(line).unwrap();
        let certificate = X509Certificate::from_der(&base64(told["der"].as_str().unwrap()))
            .unwrap_or_else(|error| panic!("{error}: {line}"));
        hold(&certificate, &told);
        for name in ["kind", "key"] {
            *kinds.entry(told[name].to_string()).or_default() += 1;
        }
    }
    let count = lines.lines().count();
    // Not `print!`: the harness would keep that to itself while the test passes.
    let told = format!("{count} certificates, {kinds:?}\n");
    std::io::stdout().lock().write_all(told.as_bytes()).unwrap();
    assert!(count >= LEAST && kinds.len() == 4 + 11, "{kinds:?}");
}

/// The certificate is what was asked for, and nothing that AWS finds fault with.
fn hold(certificate: &X509Certificate, told: &Value) {
    assert_eq!(certificate.serial_number(), told["serial"], "{told}");
    let hash = certificate.signature_algorithm().signature_hash();
    assert_eq!(hash.unwrap(), hash_of(&told["hash"]), "{told}");
    for (name, date) in [
        ("notBefore", certificate.not_before()),
        ("notAfter", certificate.not_after()),
    ] {
        if let Some(seconds) = told[name].as_u64() {
            assert_eq!(date, Timestamp::from_secs(seconds), "{told}");
        }
    }
    let key = certificate.public_key().kind().unwrap();
    assert!(is_key(&key, told["key"].as_str().unwrap()), "{told}");
    let known = KnownKeys::new();
    let reasons = certificate_quality(certificate, &known, Profile::Aws).unwrap();
    assert!(reasons.is_empty(), "{reasons:?}: {told}");
}

fn hash_of(name: &Value) -> Option<SignatureHash> {
    match name.as_str()? {
        "sha1" => Some(SignatureHash::Sha1),
        "sha256" => Some(SignatureHash::Sha256),
        "sha384" => Some(SignatureHash::Sha384),
        "sha512" => Some(SignatureHash::Sha512),
        _ => None,
    }
}

fn is_key(key: &KeyKind<'_>, name: &str) -> bool {
    match key {
        KeyKind::Rsa(rsa) => {
            let bits = name.strip_prefix("rsa-").unwrap_or_default();
            let exponent: &[u8] = if bits.ends_with("e3") {
                &[3]
            } else {
                &[1, 0, 1]
            };
            let bits = match bits {
                "pss" => "2048",
                bits => bits.split('-').next().unwrap_or_default(),
            };
            rsa.bits().to_string() == bits && rsa.exponent() == exponent
        }
        KeyKind::EllipticCurve(curve) => {
            *curve
                == match name {
                    "p-256" => Curve::P256,
                    "p-384" => Curve::P384,
                    "p-521" => Curve::P521,
                    _ => Curve::Other,
                }
                && name != "ed25519"
        }
        _ => name.starts_with("ed"),
    }
}
