//! Revocation lists in DER.

use iot_policy::{CertificateErrorKind, RevocationList};
use proptest::prelude::*;

const REVOKED: &[u8] = include_bytes!("../../certificates/revoked.crl");
const INDIRECT: &[u8] = include_bytes!("../../certificates/indirect.crl");
const EMPTY: &[u8] = include_bytes!("../../certificates/empty.crl");

fn entries(list: &RevocationList) -> Vec<(&str, &str, bool)> {
    let entries = list.entries().iter();
    entries
        .map(|it| (it.issuer(), it.serial_number(), it.is_removed()))
        .collect()
}

#[test]
fn entries_are_those_that_openssl_prints() {
    let list = RevocationList::from_der(REVOKED).unwrap();
    let ca = "cn=Plant CA,o=Acme";
    assert_eq!(
        entries(&list),
        [
            (ca, "4097", false),
            (ca, "4099", true),
            (ca, "18446744073709551615", false),
        ]
    );
}

#[test]
fn indirect_lists_name_the_issuer_of_each_entry() {
    let list = RevocationList::from_der(INDIRECT).unwrap();
    let (own, other) = ("cn=Publisher", "cn=Other CA");
    assert_eq!(
        entries(&list),
        [(own, "1", false), (other, "2", false), (other, "3", false)]
    );
    assert_eq!(list.next_update(), None);
}

#[test]
fn lists_of_the_first_version_may_be_empty() {
    let list = RevocationList::from_der(EMPTY).unwrap();
    assert_eq!(list.issuer(), "cn=Publisher");
    assert_eq!(list.this_update().as_secs(), 1_648_771_200);
    assert!(list.entries().is_empty());
}

#[test]
fn what_is_no_list_is_refused() {
    let kind = |der: &[u8]| RevocationList::from_der(der).unwrap_err().kind();
    assert_eq!(kind(b""), CertificateErrorKind::Truncated);
    assert_eq!(kind(&REVOKED[..200]), CertificateErrorKind::Truncated);
    let longer = [REVOKED, b"\n"].concat();
    assert_eq!(kind(&longer), CertificateErrorKind::TrailingBytes);
    let certificate = include_bytes!("../../certificates/bulb.der");
    assert!(RevocationList::from_der(certificate).is_err());
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(at in 0..REVOKED.len(), byte: u8, cut in 0..REVOKED.len()) {
        let mut der = REVOKED.to_vec();
        der[at] = byte;
        let _ = RevocationList::from_der(&der);
        prop_assert!(RevocationList::from_der(&REVOKED[..cut]).is_err());
    }
}
