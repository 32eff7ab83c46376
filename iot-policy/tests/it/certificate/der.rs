//! Certificates in DER: what is read is what OpenSSL prints of them.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use iot_policy::{
    Certificate, CertificateErrorKind, NameField, NoValue, Side, X509Certificate, certificate_id,
};
use proptest::prelude::*;

const BULB: &[u8] = include_bytes!("../../certificates/bulb.der");
const MANY: &[u8] = include_bytes!("../../certificates/many.der");
const LONG: &[u8] = include_bytes!("../../certificates/long.der");
const BMP: &[u8] = include_bytes!("../../certificates/bmp.der");
const TELETEX: &[u8] = include_bytes!("../../certificates/teletex.der");
const ALL: [&[u8]; 5] = [BULB, MANY, LONG, BMP, TELETEX];

/// `openssl x509 -fingerprint -sha256`, `-dates` in seconds since the epoch, `-serial` in decimal.
const FACTS: [(&[u8], &str, u64, u64, &str); 5] = [
    (
        BULB,
        "f5aa8ae95aa8327aa4383c4ebf930fd9419c880cb92e9d7aa1bb90fd4c5e667b",
        1795307948,
        2400107948,
        "10525622389124227206",
    ),
    (
        MANY,
        "60e2036036b45aafd2c9bc1a2aad2293947201590a3abf44fe71354f60922d55",
        1795307948,
        3523307948,
        "-1311768467294899695",
    ),
    (
        LONG,
        "525f199d0c2ddae47cc6ee5ad054be6ce7ffce288940953b681f2cbc86071c89",
        1795307948,
        2400107948,
        "0",
    ),
    (
        BMP,
        "4ce08adfe02b97030773395c54fb4af23eed09729d9ce8abdf3b5ce9e4a213fa",
        1795307948,
        2400107948,
        "127",
    ),
    (
        TELETEX,
        "c32057b9c3b7935323679b6a73e5e18b7c8d4237cfdf16dc4d067db1ce5bdef6",
        1795307948,
        2400107948,
        "127",
    ),
];

#[test]
fn facts_of_openssl() {
    for (der, id, not_before, not_after, serial_number) in FACTS {
        let certificate = X509Certificate::from_der(der).unwrap();
        assert_eq!(certificate.id().as_str(), id);
        assert_eq!(certificate_id(der).as_str(), id);
        assert_eq!(certificate.not_before().as_secs(), not_before);
        assert_eq!(certificate.not_after().as_secs(), not_after);
        assert_eq!(certificate.serial_number(), serial_number);
        let variables = certificate.variables();
        assert_eq!(variables.id().unwrap().as_str(), id);
        assert_eq!(variables.serial_number(), Ok(serial_number));
        assert_eq!(Certificate::from_der(der).unwrap(), variables);
    }
}

/// The tables of the developer guide, "Using X.509 certificate policy variables".
#[test]
fn the_example_of_the_guide() {
    let certificate = Certificate::from_der(BULB).unwrap();
    assert_eq!(certificate.serial_number(), Ok("10525622389124227206"));
    for (field, subject, issuer) in [
        (NameField::Country, "US", "US"),
        (NameField::Organization, "IoT Devices", "IoT Devices"),
        (NameField::OrganizationalUnit, "LightBulb", "SmartHome"),
        (NameField::State, "NY", "WA"),
        (
            NameField::CommonName,
            "LightBulb Device Cert",
            "IoT Devices Primary CA",
        ),
        (NameField::GivenName, "Bulb", "Primary CA1"),
        (NameField::Initials, "ZZ", "XY"),
        (
            NameField::DistinguishedNameQualifier,
            "Bulb001",
            "Example corp",
        ),
        (NameField::Surname, "Multi Color", "SmartHome"),
        (NameField::Title, "RGB", "CA1"),
        (NameField::Pseudonym, "RGB Device", "Primary_CA"),
        (NameField::GenerationQualifier, "4", "2"),
        (NameField::SerialNumber, "123", "987"),
        (NameField::DnsName, "example.com", "issuer.com"),
        (NameField::IpAddress, "1.2.3.4", "5.6.7.8"),
        (
            NameField::UniformResourceIdentifier,
            "ResourceIdentifier001",
            "PrimarySignerCA",
        ),
        (
            NameField::Rfc822Name,
            "device1@example.com",
            "primary@issuer.com",
        ),
        (
            NameField::DirectoryName,
            "cn=LightBulbCert,ou=SmartHome,o=IoT,c=US",
            "cn=Primary Issuer CA,ou=IoT Devices,o=Issuer,c=US",
        ),
    ] {
        assert!(
            certificate.list(Side::Subject, field).eq([subject]),
            "{field}"
        );
        assert!(
            certificate.list(Side::Issuer, field).eq([issuer]),
            "{field}"
        );
    }
    assert_eq!(certificate.available_keys().count(), 37);
}

#[test]
fn keys_and_signatures() {
    let bulb = X509Certificate::from_der(BULB).unwrap();
    let key = bulb.public_key();
    assert_eq!(key.algorithm().oid(), "1.2.840.113549.1.1.1");
    // NULL.
    assert_eq!(key.algorithm().parameters(), Some(&[5, 0][..]));
    // A sequence of a modulus of 256 bytes with its zero byte, and 65537.
    assert_eq!(key.bits().len(), 270);
    assert!(key.bits().ends_with(&[2, 3, 1, 0, 1]));
    assert_eq!(bulb.signature_algorithm().oid(), "1.2.840.10045.4.3.2");
    assert_eq!(bulb.signature_algorithm().parameters(), None);

    let many = X509Certificate::from_der(MANY).unwrap();
    let key = many.public_key();
    assert_eq!(key.algorithm().oid(), "1.2.840.10045.2.1");
    // The curve: 1.2.840.10045.3.1.7.
    let curve: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    assert_eq!(key.algorithm().parameters(), Some(curve));
    assert_eq!(key.bits().len(), 65);
    for (der, key) in [(BULB, bulb.public_key()), (MANY, many.public_key())] {
        let info = key.to_der();
        assert!(der.windows(info.len()).any(|part| part == info));
        assert!(info.ends_with(key.bits()));
    }
}

#[test]
fn many_values() {
    let certificate = Certificate::from_der(MANY).unwrap();
    let list = |field| certificate.list(Side::Subject, field).collect::<Vec<_>>();
    assert_eq!(
        list(NameField::OrganizationalUnit),
        ["one", "two", "three", "four", "five"]
    );
    assert_eq!(
        list(NameField::Organization),
        [
            "Amazon Web Services O\\=Amazon.com Inc. L\\=Seattle",
            "A\\, \\\"B\\\" \\\\ \\<C\\>\\;"
        ],
    );
    // The order of the encoding: DER sorts the members of one part.
    assert_eq!(list(NameField::CommonName), ["a", "b"]);
    assert_eq!(list(NameField::GivenName), ["given"]);
    assert_eq!(list(NameField::Surname), ["温度計"]);
    let no = Certificate::UNREADABLE;
    assert_eq!(list(NameField::Title), [no, "plain", no, no, no]);
    assert_eq!(
        certificate.value(Side::Subject, NameField::Title, 2),
        Err(NoValue::ForbiddenCharacter('$')),
    );
    assert_eq!(
        list(NameField::DnsName),
        ["1.example", "2.example", no, "4.example", "5.example"],
    );
    assert_eq!(list(NameField::IpAddress), ["2001:db8::1", "192.0.2.1"]);
    assert_eq!(
        list(NameField::DirectoryName),
        [no, "cn=trail\\ ,o=Example\\, Inc."]
    );
    assert_eq!(
        certificate.value(Side::Subject, NameField::DirectoryName, 0),
        Err(NoValue::ForbiddenCharacter('+')),
    );
    // A mail address inside the name is not an alternative name.
    assert!(list(NameField::Rfc822Name).is_empty());
    // Signed by itself; without alternative names of the issuer.
    assert_eq!(
        certificate.value(Side::Issuer, NameField::Country, 0),
        Ok("JP")
    );
    assert!(
        certificate
            .list(Side::Issuer, NameField::DnsName)
            .eq([""; 0])
    );
}

#[test]
fn whole_names() {
    let many = X509Certificate::from_der(MANY).unwrap();
    assert_eq!(
        many.subject(),
        "1.2.840.113549.1.9.1=#16106d61696c406578616d706c652e636f6d,l=not a variable,sn=温度計,\
         title=why?,title=a\\+b,title=price $5,title=plain,title=*,cn=a+cn=b+givenName=given,\
         ou=six,ou=five,ou=four,ou=three,ou=two,ou=one,o=A\\, \\\"B\\\" \\\\ \\<C\\>\\;,\
         o=Amazon Web Services O\\=Amazon.com Inc. L\\=Seattle,c=JP",
    );
    assert_eq!(many.issuer(), many.subject());
    let units: Vec<_> = many
        .names()
        .filter(|(side, field, _)| {
            (*side, *field) == (Side::Subject, NameField::OrganizationalUnit)
        })
        .map(|(.., value)| value.unwrap())
        .collect();
    assert_eq!(units, ["one", "two", "three", "four", "five", "six"]);
    assert_eq!(
        X509Certificate::from_der(BMP).unwrap().subject(),
        "serialNumber=7,cn=Détecteur,c=FR"
    );
}

#[test]
fn length_limit() {
    let certificate = Certificate::from_der(LONG).unwrap();
    let value =
        |index| certificate.value(Side::Subject, NameField::DistinguishedNameQualifier, index);
    assert_eq!(value(0), Ok("x".repeat(1024).as_str()));
    assert_eq!(value(1), Err(NoValue::TooLong));
}

#[test]
fn string_types() {
    for der in [BMP, TELETEX] {
        let certificate = Certificate::from_der(der).unwrap();
        assert_eq!(
            certificate.value(Side::Subject, NameField::CommonName, 0),
            Ok("Détecteur")
        );
        assert_eq!(
            certificate.value(Side::Issuer, NameField::CommonName, 0),
            Ok("Détecteur")
        );
    }
    // The same bytes are not UTF-8: the value has no text, the certificate is still one.
    let der = replaced(TELETEX, b"\x14\x09D\xe9", b"\x0c\x09D\xe9");
    let certificate = Certificate::from_der(&der).unwrap();
    // Where it stands first, as the issuer.
    let value = |field| certificate.value(Side::Issuer, field, 0);
    assert_eq!(value(NameField::CommonName), Err(NoValue::NotText));
    assert_eq!(value(NameField::Country), Ok("FR"));
    let name = X509Certificate::from_der(&der).unwrap();
    assert_eq!(
        name.issuer(),
        "serialNumber=7,cn=#0c0944e974656374657572,c=FR"
    );
    // UniversalString.
    let der = replaced(TELETEX, b"\x14\x09D\xe9", b"\x1c\x09D\xe9");
    let error = Certificate::from_der(&der).unwrap_err();
    assert_eq!(error.kind(), CertificateErrorKind::Tag);
    assert_eq!(der[error.position() - 1], 0x1c);
}

#[test]
fn odd_alternative_names_have_no_text() {
    let value = |der: &[u8], field, index| {
        let certificate = Certificate::from_der(der).unwrap();
        certificate
            .value(Side::Subject, field, index)
            .map(str::to_owned)
    };
    let no = Err(NoValue::NotText);
    let der = replaced(MANY, b"2.example", b"\xe9.example");
    assert_eq!(value(&der, NameField::DnsName, 1), no);
    assert_eq!(
        value(&der, NameField::DnsName, 3).as_deref(),
        Ok("4.example")
    );
    let der = replaced(BULB, b"device1@", b"d\xc3\xa9vice@");
    assert_eq!(value(&der, NameField::Rfc822Name, 0), no);
    let der = replaced(BULB, b"ResourceIdentifier001", b"\xffesourceIdentifier001");
    assert_eq!(value(&der, NameField::UniformResourceIdentifier, 0), no);
    // The address of one byte less, and a URI of one more in front of it.
    let der = replaced(MANY, b"\x87\x04\xc0\x00\x02\x01", b"\x87\x01\x0a\x86\x01a");
    assert_eq!(value(&der, NameField::IpAddress, 1), no);
    assert_eq!(
        value(&der, NameField::UniformResourceIdentifier, 0).as_deref(),
        Ok("a")
    );
    // A directory name that is a set.
    let der = replaced(MANY, b"\x30\x29\x31\x16", b"\x31\x29\x31\x16");
    assert_eq!(value(&der, NameField::DirectoryName, 1), no);
}

#[test]
fn refused() {
    let refused = |der: &[u8]| {
        let error = Certificate::from_der(der).unwrap_err();
        assert_eq!(error, X509Certificate::from_der(der).unwrap_err());
        (error.kind(), error.position(), error.extension())
    };
    use CertificateErrorKind as Kind;
    assert_eq!(refused(b""), (Kind::Truncated, 0, None));
    assert_eq!(refused(b"-----BEGIN CERTIFICATE-----").0, Kind::Tag);
    let mut der = BULB.to_vec();
    der.push(0);
    assert_eq!(refused(&der), (Kind::TrailingBytes, BULB.len(), None));
    // An indefinite length.
    assert_eq!(refused(b"\x30\x80\x00\x00").0, Kind::Length);
    // The subject's extension made a second one of the issuer, and the other way round.
    let der = replaced(BULB, &[6, 3, 0x55, 0x1d, 17], &[6, 3, 0x55, 0x1d, 18]);
    assert_eq!(
        refused(&der),
        (Kind::RepeatedExtension, 0, Some(Side::Issuer))
    );
    let der = replaced(BULB, &[6, 3, 0x55, 0x1d, 18], &[6, 3, 0x55, 0x1d, 17]);
    assert_eq!(
        refused(&der),
        (Kind::RepeatedExtension, 0, Some(Side::Subject))
    );
    // A first alternative name that is longer than the extension.
    let der = replaced(BULB, b"\x82\x0bexample.com", b"\x82\x7fexample.com");
    let (kind, position, extension) = refused(&der);
    assert_eq!((kind, extension), (Kind::Truncated, Some(Side::Subject)));
    // The end of the extension.
    assert_eq!(position, 134);
    let error = Certificate::from_der(&der).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with(" of the subject alternative names"),
        "{error}"
    );
}

#[test]
fn every_prefix_is_refused() {
    for der in ALL {
        for length in 0..der.len() {
            let error = Certificate::from_der(&der[..length]).unwrap_err();
            assert!(error.position() <= length);
        }
    }
}

/// A part of a name with very many members, in the order that a naive sort fears.
#[test]
fn a_huge_name_is_read() {
    let attribute = |value: &[u8]| {
        let value = element(0x0c, value);
        element(0x30, &[&element(6, &[0x55, 4, 3])[..], &value].concat())
    };
    let members = (0..20_000u32)
        .rev()
        .map(|n| attribute(format!("{n:06}").as_bytes()));
    let name = element(0x30, &element(0x31, &members.collect::<Vec<_>>().concat()));
    let certificate = X509Certificate::from_der(&with_subject(&name)).unwrap();
    assert_eq!(
        certificate
            .names()
            .filter(|(side, ..)| *side == Side::Subject)
            .count(),
        20_000
    );
    let variables = certificate.variables();
    let names = variables.list(Side::Subject, NameField::CommonName);
    assert!(names.eq(["000000", "000001", "000002", "000003", "000004"]));
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = X509Certificate::from_der(&bytes);
    }

    #[test]
    fn a_changed_certificate_has_an_answer(
        der in prop::sample::select(&ALL[..]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut der = der.to_vec();
        for (at, byte) in changes {
            let at = at.index(der.len());
            der[at] = byte;
        }
        obeys_the_limits(&der)?;
    }

    #[test]
    fn a_flipped_bit_has_an_answer(
        der in prop::sample::select(&ALL[..]),
        at in any::<prop::sample::Index>(),
        bit in 0..8u8,
    ) {
        let mut der = der.to_vec();
        let at = at.index(der.len());
        der[at] ^= 1 << bit;
        obeys_the_limits(&der)?;
    }
}

fn obeys_the_limits(der: &[u8]) -> Result<(), TestCaseError> {
    let Ok(certificate) = X509Certificate::from_der(der) else {
        return Ok(());
    };
    let variables = certificate.variables();
    for side in [Side::Subject, Side::Issuer] {
        for field in NameField::ALL.iter().copied() {
            let all: Vec<_> = certificate
                .names()
                .filter(|(s, f, _)| (*s, *f) == (side, field))
                .map(|(.., value)| value)
                .collect();
            prop_assert_eq!(variables.list(side, field).len(), all.len().min(5));
            for (index, whole) in all.into_iter().take(5).enumerate() {
                if let Ok(value) = variables.value(side, field, index) {
                    prop_assert!(whole.unwrap().chars().count() <= 1024);
                    prop_assert!(value.chars().count() <= 2048);
                    prop_assert!(!value.contains(['*', '$', '+', '?', '#']));
                }
            }
        }
    }
    Ok(())
}

/// `der` with `from` replaced where it first stands; of one length, so that it stays DER.
fn replaced(der: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = der
        .windows(from.len())
        .position(|part| part == from)
        .unwrap();
    let mut der = der.to_vec();
    der.splice(at..at + to.len(), to.iter().copied());
    der
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let short: Vec<u8> = length
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect();
    let mut element = vec![tag];
    if content.len() >= 0x80 {
        element.push(0x80 | u8::try_from(short.len()).unwrap());
        element.extend(short);
    } else {
        element.push(length[3]);
    }
    element.extend(content);
    element
}

/// A certificate without extensions, for a subject.
fn with_subject(subject: &[u8]) -> Vec<u8> {
    let algorithm = element(0x30, &element(6, &[0x2b, 0x65, 0x70]));
    let time = element(0x17, b"300101000000Z");
    let key = element(0x30, &[&algorithm[..], &element(3, &[0; 33])].concat());
    let body = [
        element(2, &[1]),
        algorithm.clone(),
        element(0x30, &[]),
        element(0x30, &[&time[..], &time].concat()),
        subject.to_vec(),
        key,
    ];
    let body = element(0x30, &body.concat());
    element(0x30, &[body, algorithm, element(3, &[0; 65])].concat())
}
