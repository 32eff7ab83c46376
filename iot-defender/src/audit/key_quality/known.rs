//! Keys that are publicly known: CVE-2008-0166.
//!
//! Debian's OpenSSL drew its random numbers from the number of the process alone, so that all its
//! keys could be listed. The key itself does not show it; the caller brings the list.

use alloc::collections::BTreeSet;

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The fingerprints of keys that are publicly known. Without a list, no key is.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::KnownKeys;
///
/// let mut known = KnownKeys::new();
/// assert!(!known.has(b"modulus"));
/// known.load_debian("# a comment\nb7ead9492dfd921fc4f9\n")?;
/// assert_eq!(known.len(), 1);
/// # Ok::<(), iot_defender::audit::KnownKeysError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownKeys {
    /// The last 10 bytes of a SHA-1.
    sha1: BTreeSet<[u8; 10]>,
    /// The first 15 bytes of a SHA-256.
    sha256: BTreeSet<[u8; 15]>,
}

impl KnownKeys {
    /// No list.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            sha1: BTreeSet::new(),
            sha256: BTreeSet::new(),
        }
    }

    /// Adds the fingerprint of Debian's lists: the last ten bytes of the SHA-1 over `Modulus=`,
    /// the modulus in upper-case hexadecimal digits, and a line feed.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::KnownKeys;
    ///
    /// let mut known = KnownKeys::new();
    /// known.insert_debian([0xb7, 0xea, 0xd9, 0x49, 0x2d, 0xfd, 0x92, 0x1f, 0xc4, 0xf9]);
    /// assert_eq!(known.len(), 1);
    /// ```
    pub fn insert_debian(&mut self, fingerprint: [u8; 10]) {
        self.sha1.insert(fingerprint);
    }

    /// Adds a list as the packages `openssl-blacklist` have it: a line for each key, 20
    /// hexadecimal digits. Empty lines and those with `#` in front are left out.
    ///
    /// # Errors
    ///
    /// [`KnownKeysError::Line`]: the first line that is something else. What stood before it is
    /// taken in.
    pub fn load_debian(&mut self, text: &str) -> Result<(), KnownKeysError> {
        for (line, at) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fingerprint = digits(line).ok_or(KnownKeysError::Line(at))?;
            self.insert_debian(fingerprint);
        }
        Ok(())
    }

    /// Adds the records of a list as badkeys has it: records of 16 bytes, each the first 15 bytes
    /// of the SHA-256 over the modulus and the number of the list that the key is from. Only those
    /// of the lists `take` says, which badkeys names beside the file, are taken in.
    ///
    /// # Errors
    ///
    /// [`KnownKeysError::Length`]: the bytes are not whole records. Nothing is taken in.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{KnownKeys, KnownKeysError};
    ///
    /// let mut known = KnownKeys::new();
    /// known.load_badkeys(&[7; 32], |list| list == 7)?;
    /// assert_eq!(known.len(), 1); // the same twice
    /// assert_eq!(known.load_badkeys(&[7; 33], |_| true), Err(KnownKeysError::Length));
    /// assert!(!known.is_empty());
    /// # Ok::<(), KnownKeysError>(())
    /// ```
    pub fn load_badkeys(
        &mut self,
        records: &[u8],
        take: impl Fn(u8) -> bool,
    ) -> Result<(), KnownKeysError> {
        let (records, []) = records.as_chunks::<16>() else {
            return Err(KnownKeysError::Length);
        };
        for [fingerprint @ .., list] in records {
            if take(*list) {
                self.sha256.insert(*fingerprint);
            }
        }
        Ok(())
    }

    /// How many fingerprints there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sha1.len() + self.sha256.len()
    }

    /// Whether no list was loaded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sha1.is_empty() && self.sha256.is_empty()
    }

    /// Whether the key of this RSA modulus is known: bytes, most significant first. The exponent
    /// does not count. A hash is computed only for lists that are there.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::KnownKeys;
    ///
    /// let mut known = KnownKeys::new();
    /// // The end of `printf 'Modulus=C537\n' | sha1sum`.
    /// known.load_debian("6499cb32b4d4f1f6b5d0")?;
    /// assert!(known.has(&[0, 0xc5, 0x37]));
    /// # Ok::<(), iot_defender::audit::KnownKeysError>(())
    /// ```
    #[must_use]
    pub fn has(&self, modulus: &[u8]) -> bool {
        let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
        let modulus = modulus.get(zeros..).unwrap_or_default();
        let by_sha1 = || {
            let digest: [u8; 20] = debian(modulus);
            let end = digest.last_chunk();
            end.is_some_and(|end| self.sha1.contains(end))
        };
        let by_sha256 = || {
            let digest: [u8; 32] = Sha256::digest(modulus).into();
            let start = digest.first_chunk();
            start.is_some_and(|start| self.sha256.contains(start))
        };
        (!self.sha1.is_empty() && by_sha1()) || (!self.sha256.is_empty() && by_sha256())
    }
}

fn debian(modulus: &[u8]) -> [u8; 20] {
    let mut hash = Sha1::new();
    hash.update(b"Modulus=");
    for byte in modulus {
        hash.update([upper(byte >> 4), upper(byte & 15)]);
    }
    hash.update(b"\n");
    hash.finalize().into()
}

const fn upper(digit: u8) -> u8 {
    if digit < 10 {
        b'0' + digit
    } else {
        b'A' + digit - 10
    }
}

fn digits(text: &str) -> Option<[u8; 10]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let mut bytes = [0; 10];
    if pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?;
    }
    Some(bytes)
}

/// A list of known keys that is not in its format.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{KnownKeys, KnownKeysError};
///
/// let error = KnownKeys::new().load_debian("# list\nb7ea").unwrap_err();
/// assert_eq!(error, KnownKeysError::Line(2));
/// assert_eq!(error.to_string(), "line 2 is not 20 hexadecimal digits");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum KnownKeysError {
    /// A line of a list of Debian, counted from 1.
    #[error("line {0} is not 20 hexadecimal digits")]
    Line(usize),
    /// The bytes of a list of badkeys.
    #[error("the list is not whole records of 16 bytes")]
    Length,
}
