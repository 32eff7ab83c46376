//! The same questions about a certificate to two readers.

use iot_policy::X509Certificate;
use x509_parser::prelude::{FromDer as _, X509Certificate as Peer};
use x509_parser::public_key::PublicKey;

/// What the checks of dates and keys need: both dates in seconds, and the modulus of an RSA key.
pub type Facts = (u64, u64, Option<Vec<u8>>);

/// Read by iot-policy, which also reads the names.
pub fn ours(der: &[u8]) -> Facts {
    let certificate = X509Certificate::from_der(der).expect("is DER");
    let modulus = match certificate.public_key().kind().expect("is a key") {
        iot_policy::KeyKind::Rsa(key) => Some(key.modulus().to_vec()),
        _ => None,
    };
    (
        certificate.not_before().as_secs(),
        certificate.not_after().as_secs(),
        modulus,
    )
}

/// Read by x509-parser.
pub fn peer(der: &[u8]) -> Facts {
    let (_, certificate) = Peer::from_der(der).expect("is DER");
    let validity = certificate.validity();
    let seconds = |time: i64| u64::try_from(time).expect("is after 1970");
    let modulus = match certificate.public_key().parsed().expect("is a key") {
        PublicKey::RSA(key) => Some(
            key.modulus
                .strip_prefix(&[0])
                .unwrap_or(key.modulus)
                .to_vec(),
        ),
        _ => None,
    };
    (
        seconds(validity.not_before.timestamp()),
        seconds(validity.not_after.timestamp()),
        modulus,
    )
}
