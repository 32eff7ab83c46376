//! A value in the order in which it was written.

use super::parse::Unordered;
use super::{Builder, Json, JsonRef};

/// A value that is not canonical in one thing: the members of its objects, also of those in
/// arrays, stand where they were written; of equal keys one member, where the first stood, with
/// the value of the last. So it is no [`Json`]: it can be neither merged nor compared.
#[derive(Clone, Debug)]
pub(crate) struct Written(Json);

impl Written {
    /// The value in its own order, with those members of it that `keep` holds of by their keys with
    /// quotes; `None` if that is the canonical form, which is given. Cost: as for reading.
    pub(crate) fn read(
        unordered: Unordered<'_>,
        canonical: JsonRef<'_>,
        keep: impl Fn(&str) -> bool,
        stamp: u32,
    ) -> Option<Self> {
        // Read before, it can be read again.
        let mut written = unordered.read(canonical, stamp).ok()?;
        if written.as_ref().raw_members().any(|(key, _)| !keep(key)) {
            let mut kept = Builder::with_capacity(canonical.text.len(), canonical.nodes.len());
            let open = kept.begin("");
            let members = written.as_ref().raw_members();
            for (key, value) in members.filter(|(key, _)| keep(key)) {
                kept.push(key, value);
            }
            kept.end(&open);
            written = kept;
        }
        (written.text != canonical.text).then(|| Self(written.finish_in_place()))
    }

    /// Not canonical: good for writing it and its metadata.
    pub(crate) const fn as_ref(&self) -> JsonRef<'_> {
        self.0.as_ref()
    }

    /// The same value, every leaf of which has that time.
    pub(crate) fn stamped(&self, stamp: u32) -> Self {
        Self(self.0.stamped(stamp))
    }
}
