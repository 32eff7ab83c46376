//! Whether a job goes on with things that join.

use super::read::{Node, Reader};

/// `targetSelection`: whether a job runs on things that join a target group later.
///
/// # Examples
///
/// ```
/// use iot_jobs::TargetSelection;
///
/// assert_eq!(TargetSelection::default(), TargetSelection::Snapshot);
/// assert_eq!(TargetSelection::Continuous.as_str(), "CONTINUOUS");
/// assert_eq!(TargetSelection::parse("SNAPSHOT"), Some(TargetSelection::Snapshot));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed: the two kinds of job")]
pub enum TargetSelection {
    /// The members at the start of the rollout; the job ends by itself.
    #[default]
    Snapshot,
    /// Also things that join later.
    Continuous,
}

const WORDS: &[(&str, TargetSelection)] = &[
    ("SNAPSHOT", TargetSelection::Snapshot),
    ("CONTINUOUS", TargetSelection::Continuous),
];

impl TargetSelection {
    /// The word of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Snapshot => "SNAPSHOT",
            Self::Continuous => "CONTINUOUS",
        }
    }

    /// Reads the word of the API.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        WORDS
            .iter()
            .find(|(text, _)| *text == word)
            .map(|(_, value)| *value)
    }

    pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        reader.word(node, WORDS)
    }
}
