//! How a typed topic goes into its line of the catalogue, and comes out of it.

use alloc::vec::Vec;

use super::catalogue::Row;
use super::pattern::Captures;
use crate::name::TopicName;

/// A typed topic: a line of the catalogue and the texts of its open levels, in order.
pub(crate) trait Typed {
    /// Reads the texts of a name that fits the line; `None` for a line of another type.
    fn read(row: Row, captures: &mut Captures<'_>) -> Option<Self>
    where
        Self: Sized;

    /// The line.
    fn row(&self) -> Row;

    /// The texts, as many as the line has open levels.
    fn texts(&self) -> Vec<&str>;

    /// The name that `read` takes apart.
    fn name(&self) -> TopicName {
        self.row().entry().pattern().render(&self.texts())
    }
}

/// What every typed topic offers: its name, and the way into `ReservedTopic`.
macro_rules! typed_topic {
    ($name:ident, $variant:ident) => {
        impl $name {
            /// The topic name. [`ReservedTopic::parse`](crate::reserved::ReservedTopic::parse)
            /// is its inverse.
            #[must_use]
            pub fn to_topic_name(&self) -> $crate::TopicName {
                $crate::reserved::typed::Typed::name(self)
            }
        }

        impl ::core::fmt::Display for $name {
            /// Writes the topic name.
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.to_topic_name().as_str())
            }
        }

        impl From<$name> for $crate::reserved::ReservedTopic {
            fn from(topic: $name) -> Self {
                Self::$variant(topic)
            }
        }
    };
}

pub(crate) use typed_topic;
