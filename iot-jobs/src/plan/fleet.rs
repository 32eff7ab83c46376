//! The registry of a planned fleet.

use alloc::string::String;
use core::fmt::Write as _;

use crate::World;

/// Things `device-0000001` and so on, all in one group.
#[derive(Debug)]
pub(super) struct Fleet {
    pub(super) things: u32,
}

pub(super) const GROUP: &str = "fleet";

const PREFIX: &str = "device-";

/// Writes the name of a thing over what the text holds; things count from 0, their names from 1.
pub(super) fn name(thing: u32, text: &mut String) {
    text.clear();
    // Writing to a `String` cannot fail.
    let _ = write!(text, "{PREFIX}{:07}", u64::from(thing) + 1);
}

impl World for Fleet {
    fn has_thing(&self, thing: &str) -> bool {
        let number = thing.strip_prefix(PREFIX).map(str::parse);
        matches!(number, Some(Ok(1..)))
            && number.is_some_and(|number| number.is_ok_and(|number: u32| number <= self.things))
    }

    fn has_group(&self, group: &str) -> bool {
        group == GROUP
    }

    fn is_member(&self, thing: &str, group: &str) -> bool {
        self.has_group(group) && self.has_thing(thing)
    }

    fn members(&self, group: &str, each: &mut dyn FnMut(&str)) {
        let mut text = String::new();
        if self.has_group(group) {
            for thing in 0..self.things {
                name(thing, &mut text);
                each(&text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn knows_the_things_that_it_names() {
        let fleet = Fleet { things: 12 };
        let mut names = Vec::new();
        fleet.members(GROUP, &mut |name| names.push(String::from(name)));
        assert_eq!(names.len(), 12);
        assert_eq!(
            (&*names[0], &*names[11]),
            ("device-0000001", "device-0000012")
        );
        assert!(names.iter().all(|name| fleet.is_member(name, GROUP)));
        for other in ["device-0000000", "device-0000013", "device-", "pump"] {
            assert!(!fleet.has_thing(other), "{other}");
        }
    }
}
