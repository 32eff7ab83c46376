//! Certificates and keys before the checks of the audit.

use core::time::Duration;

use iot_defender::audit::{
    Days, IssuedCertificate, KnownKeys, Profile, ReasonCode, Revocations, age, certificate_quality,
    expiry, intermediate_revoked, is_roca, key_quality,
};
use iot_policy::{KeyKind, RsaKey, X509Certificate};
use iot_topics::Timestamp;

/// Any bytes as a certificate, and, where they are none, as an RSA key.
///
/// What the profile of AWS tells, the extended one tells too, and besides nothing but codes of our
/// own. Dates decide at the instant they should.
pub fn defender_certificate(data: &[u8]) {
    let Ok(certificate) = X509Certificate::from_der(data) else {
        let (exponent, modulus) = data.split_at(data.len().min(4));
        key(&KeyKind::Rsa(RsaKey::new(modulus, exponent)));
        return;
    };
    if let Ok(kind) = certificate.public_key().kind() {
        key(&kind);
    }
    let known = KnownKeys::new();
    let judge = |profile| certificate_quality(&certificate, &known, profile);
    match (judge(Profile::Aws), judge(Profile::Extended)) {
        (Ok(aws), Ok(extended)) => contained(&aws, &extended),
        (aws, extended) => {
            assert_eq!(aws, extended);
            let error = aws.unwrap_err().to_string();
            assert!(!error.contains(char::is_control), "{error}");
        }
    }
    dates(certificate.not_before(), certificate.not_after());
    let issued = IssuedCertificate::new(certificate.issuer(), certificate.serial_number());
    let mut revocations = Revocations::new();
    assert_eq!(revocations.reason(issued), None);
    revocations.revoke(issued);
    assert_eq!(
        revocations.reason(issued),
        Some(ReasonCode::CertificateRevokedByIssuer)
    );
    assert_eq!(intermediate_revoked([issued], &revocations), Some(issued));
    revocations.remove(issued);
    assert!(!revocations.has(issued));
}

fn contained(aws: &[ReasonCode], extended: &[ReasonCode]) {
    assert!(extended.is_sorted_by(|a, b| a < b), "{extended:?}");
    let (own, same): (Vec<_>, Vec<_>) = extended.iter().partition(|code| code.is_extended());
    assert_eq!(aws, same, "{own:?}");
}

fn key(key: &KeyKind<'_>) {
    let known = KnownKeys::new();
    let aws = key_quality(key, &known, Profile::Aws);
    contained(&aws, &key_quality(key, &known, Profile::Extended));
    let KeyKind::Rsa(rsa) = key else {
        assert!(aws.is_empty());
        return;
    };
    let has = |code| aws.contains(&code);
    assert_eq!(has(ReasonCode::KeyCve2017_15361), is_roca(rsa.modulus()));
    assert!(!has(ReasonCode::KeyCve2008_0166));
    // A modulus that has the form is a power of 65537 modulo each of these primes, and one that is
    // a power of 65537 has the form.
    if is_roca(rsa.modulus()) {
        for prime in [11_u32, 13, 17, 37, 73, 97, 103, 157] {
            let step = |rest: u32, byte: &u8| (rest * 256 + u32::from(*byte)) % prime;
            let rest = rsa.modulus().iter().fold(0, step);
            let powers = core::iter::successors(Some(1), |it| Some(it * 65_537 % prime));
            let mut powers = powers.take(prime as usize);
            assert!(powers.any(|power| power == rest), "{prime}");
        }
    }
    let exponent = u32::try_from(rsa.bits() % 8).unwrap();
    assert!(is_roca(&65_537_u128.pow(exponent.min(7)).to_be_bytes()));
}

fn dates(not_before: Timestamp, not_after: Timestamp) {
    let threshold = Days::EXPIRATION_DEFAULT;
    let instant = Duration::from_millis(1);
    let approaching = Some(ReasonCode::CertificateApproachingExpiration);
    assert_eq!(expiry(not_after, not_after, threshold), approaching);
    let behind = not_after.saturating_add(instant);
    assert_eq!(
        expiry(not_after, behind, threshold),
        Some(ReasonCode::CertificatePastExpiration)
    );
    let first = not_after.saturating_sub(threshold.duration());
    assert_eq!(expiry(not_after, first, threshold), approaching);
    if first > Timestamp::default() {
        assert_eq!(
            expiry(not_after, first.saturating_sub(instant), threshold),
            None
        );
    }
    let old = not_before.saturating_add(Days::AGE_DEFAULT.duration());
    assert!(age(not_before, old, Days::AGE_DEFAULT).is_some());
    assert!(age(not_before, old.saturating_sub(instant), Days::AGE_DEFAULT).is_none());
}
