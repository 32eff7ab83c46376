//! A certificate's values, one after the other, with the limits of AWS IoT applied.

use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::CertificateId;

use super::{Certificate, Entry, MAX_CHARACTERS, MAX_VALUES, NameField, Side, Slot, State};

/// Builds a [`Certificate`] from values that were read elsewhere. Values of one field keep the
/// order in which they are given.
///
/// # Examples
///
/// ```
/// use iot_policy::{Certificate, NameField, NoValue, Side};
///
/// let certificate = Certificate::builder()
///     .serial_number("2587")
///     .subject(NameField::CommonName, "dev-7")
///     .subject(NameField::Country, "US")
///     .subject(NameField::Country, "CA")
///     .build();
/// assert_eq!(certificate.value(Side::Subject, NameField::Country, 1), Ok("CA"));
/// let certificate = Certificate::builder()
///     .id("00".repeat(32).parse()?)
///     .issuer(NameField::Organization, "Acme")
///     .name(Side::Issuer, NameField::Country, "DE")
///     .unreadable(Side::Issuer, NameField::Country)
///     .build();
/// let country = |index| certificate.value(Side::Issuer, NameField::Country, index);
/// assert_eq!((country(0), country(1)), (Ok("DE"), Err(NoValue::NotText)));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CertificateBuilder {
    id: Option<CertificateId>,
    // At most `MAX_VALUES` a slot, so the look through it in `push` is bounded.
    values: Vec<(Slot, State, String)>,
}

impl CertificateBuilder {
    /// The certificate id.
    pub fn id(mut self, id: CertificateId) -> Self {
        self.id = Some(id);
        self
    }

    /// The serial number of the certificate, as `iot:Certificate.SerialNumber` shall tell it. AWS
    /// IoT tells it in decimal (developer guide, "Using X.509 certificate policy variables").
    /// The first call counts.
    pub fn serial_number(mut self, text: &str) -> Self {
        if !self.has(Slot::SerialNumber) {
            self.push(Slot::SerialNumber, text, escape(text));
        }
        self
    }

    /// One more value of a field of the subject. `value` is the plain text: the backslashes of
    /// AWS IoT are written here. A [`NameField::DirectoryName`] is in the form of RFC 4514
    /// already, and is kept as it is.
    pub fn subject(self, field: NameField, value: &str) -> Self {
        self.name(Side::Subject, field, value)
    }

    /// One more value of a field of the issuer; as [`subject`](Self::subject).
    pub fn issuer(self, field: NameField, value: &str) -> Self {
        self.name(Side::Issuer, field, value)
    }

    /// One more value of a field on either side; as [`subject`](Self::subject).
    pub fn name(mut self, side: Side, field: NameField, value: &str) -> Self {
        let text = match field {
            NameField::DirectoryName => value.into(),
            _ => escape(value),
        };
        self.push(Slot::Name(side, field), value, text);
        self
    }

    /// One more value that is no text. It keeps its place, so that an index never slides to
    /// another value.
    pub fn unreadable(mut self, side: Side, field: NameField) -> Self {
        self.keep(Slot::Name(side, field), State::NotText, String::new());
        self
    }

    /// The certificate.
    #[must_use]
    pub fn build(mut self) -> Certificate {
        // Stable: the values of one slot stay in order.
        self.values.sort_by_key(|(slot, ..)| *slot);
        let mut pool = String::with_capacity(self.values.iter().map(|(.., text)| text.len()).sum());
        let entries = self
            .values
            .into_iter()
            .map(|(slot, state, text)| {
                pool.push_str(&text);
                // INVARIANT: 37 slots of 5 values of 1024 characters, each at most doubled by
                // its backslash, are under 2 MB.
                let end = u32::try_from(pool.len()).unwrap_or(u32::MAX);
                Entry { slot, state, end }
            })
            .collect();
        Certificate {
            id: self.id,
            text: pool.into_boxed_str(),
            entries,
        }
    }

    /// `value` as the certificate has it decides, `text` is what a variable then stands for.
    fn push(&mut self, slot: Slot, value: &str, text: String) {
        match limit(value) {
            State::Text => self.keep(slot, State::Text, text),
            // The text of a value that no policy sees takes no memory.
            refused => self.keep(slot, refused, String::new()),
        }
    }

    fn keep(&mut self, slot: Slot, state: State, text: String) {
        let same = self.values.iter().filter(|(other, ..)| *other == slot);
        if same.count() < MAX_VALUES {
            self.values.push((slot, state, text));
        }
    }

    fn has(&self, slot: Slot) -> bool {
        self.values.iter().any(|(other, ..)| *other == slot)
    }
}

fn limit(value: &str) -> State {
    if value.chars().nth(MAX_CHARACTERS).is_some() {
        return State::TooLong;
    }
    value
        .bytes()
        .find(|byte| FORBIDDEN.contains(byte))
        .map_or(State::Text, State::Forbidden)
}

fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for ch in value.chars() {
        if ESCAPED.contains(ch) {
            text.push('\\');
        }
        text.push(ch);
    }
    text
}

/// Wildcards: a value that has one is not put in the place of its variable.
const FORBIDDEN: &[u8] = b"*$+?#";

/// Special characters: written with a backslash. `+` is on the guide's list too, and cannot get
/// this far.
const ESCAPED: &str = ",\"\\+=<>;";
