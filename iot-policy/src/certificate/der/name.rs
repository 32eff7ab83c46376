//! Distinguished names: their attributes, and their form as text.

use alloc::string::String;
use core::fmt::Write;

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::name::Name;

use super::super::NameField;
use super::text;

/// The attributes that variables read, in the order of the encoding.
pub(super) fn fields(name: &Name) -> impl Iterator<Item = (NameField, &der::asn1::Any)> {
    name.iter().filter_map(|attribute| {
        let field = known(attribute)?.field?;
        Some((field, &attribute.value))
    })
}

/// The name as a string in the form of RFC 4514: last part first. The short names are in lower
/// case, as in the guide's example of a directory name; the RFC leaves that open.
pub(super) fn rfc4514(name: &Name) -> String {
    let mut string = String::new();
    let parts: alloc::vec::Vec<_> = name.iter_rdn().collect();
    for (at, part) in parts.into_iter().rev().enumerate() {
        for (within, attribute) in part.iter().enumerate() {
            match (at, within) {
                (0, 0) => {}
                (_, 0) => string.push(','),
                _ => string.push('+'),
            }
            push_attribute(&mut string, attribute);
        }
    }
    string
}

fn push_attribute(string: &mut String, attribute: &AttributeTypeAndValue) {
    let value = text::read(&attribute.value);
    if let (Some(known), Some(value)) = (known(attribute), value) {
        string.push_str(known.short);
        string.push('=');
        push_value(string, &value);
        return;
    }
    // RFC 4514, 2.4: without a short name, or without text, the value is its DER in hexadecimal.
    // Its `#` keeps such a name out of policies.
    match known(attribute) {
        Some(known) => string.push_str(known.short),
        None => {
            // Writing to a string cannot fail.
            let _ = write!(string, "{}", attribute.oid);
        }
    }
    string.push_str("=#");
    string.push_str(&text::hex(&super::encoded(&attribute.value)));
}

fn push_value(string: &mut String, value: &str) {
    let last = value.chars().count().saturating_sub(1);
    for (at, ch) in value.chars().enumerate() {
        match ch {
            '\0' => {
                string.push_str("\\00");
                continue;
            }
            '"' | '+' | ',' | ';' | '<' | '>' | '=' | '\\' => string.push('\\'),
            '#' if at == 0 => string.push('\\'),
            ' ' if at == 0 || at == last => string.push('\\'),
            _ => {}
        }
        string.push(ch);
    }
}

fn known(attribute: &AttributeTypeAndValue) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.oid == attribute.oid)
}

struct Known {
    oid: ObjectIdentifier,
    short: &'static str,
    field: Option<NameField>,
}

const fn known_as(oid: &str, short: &'static str, field: Option<NameField>) -> Known {
    Known {
        oid: ObjectIdentifier::new_unwrap(oid),
        short,
        field,
    }
}

/// The attributes of the guide's list, and the others for which RFC 4514 has a short name. (The
/// short name of `pseudonym` is that of X.520.)
static KNOWN: [Known; 18] = [
    known_as("2.5.4.3", "cn", Some(NameField::CommonName)),
    known_as("2.5.4.4", "sn", Some(NameField::Surname)),
    known_as("2.5.4.5", "serialNumber", Some(NameField::SerialNumber)),
    known_as("2.5.4.6", "c", Some(NameField::Country)),
    known_as("2.5.4.7", "l", None),
    known_as("2.5.4.8", "st", Some(NameField::State)),
    known_as("2.5.4.9", "street", None),
    known_as("2.5.4.10", "o", Some(NameField::Organization)),
    known_as("2.5.4.11", "ou", Some(NameField::OrganizationalUnit)),
    known_as("2.5.4.12", "title", Some(NameField::Title)),
    known_as("2.5.4.41", "name", None),
    known_as("2.5.4.42", "givenName", Some(NameField::GivenName)),
    known_as("2.5.4.43", "initials", Some(NameField::Initials)),
    known_as(
        "2.5.4.44",
        "generationQualifier",
        Some(NameField::GenerationQualifier),
    ),
    known_as(
        "2.5.4.46",
        "dnQualifier",
        Some(NameField::DistinguishedNameQualifier),
    ),
    known_as("2.5.4.65", "pseudonym", Some(NameField::Pseudonym)),
    known_as("0.9.2342.19200300.100.1.1", "uid", None),
    known_as("0.9.2342.19200300.100.1.25", "dc", None),
];
