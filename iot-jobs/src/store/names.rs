//! Names of things, once each, under small ids.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::NONE;

/// All names in one text, with a table of open addressing over them: 27 bytes and the name itself
/// a thing, at most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    text: String,
    ends: Vec<usize>,
    /// Ids by hash; a power of two long, at most three quarters full.
    table: Vec<u32>,
}

impl Names {
    pub(crate) fn name(&self, id: u32) -> &str {
        let range = usize::try_from(id).ok().and_then(|id| {
            let start = match id.checked_sub(1) {
                Some(before) => *self.ends.get(before)?,
                None => 0,
            };
            self.text.get(start..*self.ends.get(id)?)
        });
        range.unwrap_or_default()
    }

    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let id = *self.table.get(self.slot(name)?)?;
        (id != NONE).then_some(id)
    }

    pub(crate) fn intern(&mut self, name: &str) -> u32 {
        if self.ends.len() >= self.table.len() / 4 * 3 {
            self.grow();
        }
        let slot = self.slot(name);
        let new = u32::try_from(self.ends.len()).unwrap_or(NONE);
        match slot.and_then(|slot| self.table.get_mut(slot)) {
            Some(entry) if *entry == NONE => {
                *entry = new;
                self.text.push_str(name);
                self.ends.push(self.text.len());
                new
            }
            Some(entry) => *entry,
            None => NONE,
        }
    }

    /// Where the name stands, or would. There is always a place, unless the table is empty.
    fn slot(&self, name: &str) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        let mut slot = hash(name) & mask;
        loop {
            let id = *self.table.get(slot)?;
            if id == NONE || self.name(id) == name {
                return Some(slot);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        self.table = vec![NONE; (self.table.len() * 2).max(16)];
        for id in (0..).take(self.ends.len()) {
            let slot = self.slot(self.name(id));
            if let Some(entry) = slot.and_then(|slot| self.table.get_mut(slot)) {
                *entry = id;
            }
        }
    }
}

/// FNV-1a of 64 bits, its high half folded in.
fn hash(name: &str) -> usize {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    usize::try_from((hash ^ (hash >> 32)) & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_name_keeps_its_id() {
        let mut names = Names::default();
        assert_eq!(names.find("pump-0"), None);
        for round in 0..2 {
            for id in 0..1_000 {
                assert_eq!(names.intern(&format!("pump-{id}")), id, "round {round}");
            }
        }
        for id in 0..1_000 {
            assert_eq!(names.name(id), format!("pump-{id}"));
            assert_eq!(names.find(&format!("pump-{id}")), Some(id));
        }
        assert_eq!(names.find("pump-1000"), None);
        assert_eq!(names.name(1_000), "");
    }
}
