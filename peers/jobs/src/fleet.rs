//! Things by number, with names of 19 bytes.

use iot_jobs::World;

/// Bytes of each name.
pub const NAME: usize = 19;

const PREFIX: &str = "thing-";

/// A fleet of that many things. The group `all` has all of them, `part-<n>` the n-th of as many
/// parts as there are.
#[derive(Clone, Copy, Debug)]
pub struct Fleet {
    pub things: u32,
    pub parts: u32,
}

impl Fleet {
    #[must_use]
    pub const fn of(things: u32) -> Self {
        Self { things, parts: 1 }
    }

    /// The numbers of the things of a group.
    fn range(&self, group: &str) -> core::ops::Range<u32> {
        let each = self.things / self.parts;
        match group
            .strip_prefix("part-")
            .and_then(|n| n.parse::<u32>().ok())
        {
            Some(part) => part * each..(part + 1) * each,
            None => 0..self.things,
        }
    }

    /// All numbers, each once, in an order in which no two neighbours are near each other.
    pub fn shuffled(&self) -> impl Iterator<Item = u32> + Clone + use<> {
        let things = u64::from(self.things);
        // A prime, so that the steps come by everywhere.
        let step = 7_368_787 % things.max(1);
        (0..things).map(move |n| (n * step.max(1) % things) as u32)
    }
}

/// The name of a thing. Its digits look as if drawn, and no two are the same.
#[must_use]
pub fn name(number: u32) -> Name {
    let mut name = [b'0'; NAME];
    name[..PREFIX.len()].copy_from_slice(PREFIX.as_bytes());
    // Coprime to 10^13, so that no two numbers meet.
    let mut digits = u64::from(number) * 7_919_003 % 10_000_000_000_000;
    for place in name[PREFIX.len()..].iter_mut().rev() {
        *place = b'0' + (digits % 10) as u8;
        digits /= 10;
    }
    Name(name)
}

/// A name, without memory of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name([u8; NAME]);

impl Name {
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).expect("is ASCII")
    }
}

impl World for Fleet {
    fn has_thing(&self, _: &str) -> bool {
        true
    }

    fn has_group(&self, _: &str) -> bool {
        true
    }

    fn is_member(&self, _: &str, _: &str) -> bool {
        false
    }

    fn members(&self, group: &str, each: &mut dyn FnMut(&str)) {
        for number in self.range(group) {
            each(name(number).as_str());
        }
    }
}
