//! A set of addresses, mostly of one.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::net::IpAddr;

/// How many are kept in a list, whose memory stays from step to step.
const FEW: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sources {
    /// Up to [`FEW`], in order.
    Few(Vec<IpAddr>),
    /// More.
    Many(BTreeSet<IpAddr>),
}

impl Sources {
    pub(super) const EMPTY: Self = Self::Few(Vec::new());

    pub(super) fn insert(&mut self, address: IpAddr) {
        match self {
            Self::Few(few) => {
                let Err(place) = few.binary_search(&address) else {
                    return;
                };
                if few.len() < FEW {
                    few.insert(place, address);
                } else {
                    let all = few.iter().copied().chain([address]);
                    *self = Self::Many(all.collect());
                }
            }
            Self::Many(many) => {
                many.insert(address);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        match other {
            Self::Few(few) => few.iter().for_each(|address| self.insert(*address)),
            Self::Many(many) => many.iter().for_each(|address| self.insert(*address)),
        }
    }

    pub(super) fn clear(&mut self) {
        match self {
            Self::Few(few) => few.clear(),
            Self::Many(_) => *self = Self::EMPTY,
        }
    }

    /// In order.
    pub(super) fn to_vec(&self) -> Vec<IpAddr> {
        match self {
            Self::Few(few) => few.clone(),
            Self::Many(many) => many.iter().copied().collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Few(few) => few.is_empty(),
            Self::Many(many) => many.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_set_of_any_size_is_the_same_in_any_order() {
        for size in 0..40_u32 {
            let addresses: Vec<IpAddr> = (0..size).map(|it| Ipv4Addr::from(it).into()).collect();
            let (mut up, mut down) = (Sources::EMPTY, Sources::EMPTY);
            for address in &addresses {
                up.insert(*address);
                up.insert(*address);
            }
            for address in addresses.iter().rev() {
                let mut one = Sources::EMPTY;
                one.insert(*address);
                one.merge(&down);
                down = one;
            }
            assert_eq!(up, down);
            assert_eq!(up.to_vec(), addresses);
            assert_eq!(up.is_empty(), size == 0);
            up.clear();
            assert_eq!(up, Sources::EMPTY);
        }
    }
}
