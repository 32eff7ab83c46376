//! Certificates that can be read, and whose key or signature cannot.
#![expect(
    clippy::expect_used,
    reason = "altered certificates must stay readable"
)]

use iot_defender::audit::{KnownKeys, Profile, UnreadableKey, certificate_quality};
use iot_policy::X509Certificate;

const BULB: &[u8] = include_bytes!("../../../iot-policy/tests/certificates/bulb.der");

/// The certificate with the first `from` replaced.
fn altered(from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = BULB.windows(from.len()).position(|part| part == from);
    let (before, rest) = BULB.split_at(at.unwrap_or(BULB.len()));
    [before, to, rest.get(from.len()..).unwrap_or_default()].concat()
}

fn quality(der: &[u8]) -> Result<usize, UnreadableKey> {
    let certificate = X509Certificate::from_der(der).expect("a certificate");
    let reasons = certificate_quality(&certificate, &KnownKeys::new(), Profile::Extended);
    reasons.map(|reasons| reasons.len())
}

#[test]
fn are_errors() {
    assert_eq!(quality(BULB), Ok(0));
    // ECDSA with SHA-256 and SHA-384.
    let (sha256, sha384) = (
        b"\x2a\x86\x48\xce\x3d\x04\x03\x02",
        b"\x2a\x86\x48\xce\x3d\x04\x03\x03",
    );
    let two = quality(&altered(sha256, sha384));
    assert_eq!(two, Err(UnreadableKey::TwoAlgorithms));
    // The modulus: a number, and a bit string.
    let (number, bits) = (
        b"\x30\x82\x01\x0a\x02\x82\x01",
        b"\x30\x82\x01\x0a\x03\x82\x01",
    );
    let key = quality(&altered(number, bits));
    assert!(matches!(key, Err(UnreadableKey::Key(_))), "{key:?}");
}
