//! Addresses and networks.

use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, Ipv6Addr, SocketAddr};
use core::str::FromStr;

use serde::{Serialize, Serializer};

/// A network, as `10.0.0.0/8` or `2001:db8::/32`, or one address. Bits behind the prefix do not count. An IPv4 address that is written
/// as an IPv6 one is the IPv4 address.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Cidr, CidrError};
///
/// let network: Cidr = "10.1.2.3/8".parse()?;
/// assert!(network.contains("10.200.0.1".parse().unwrap()));
/// assert!(network.contains("::ffff:10.200.0.1".parse().unwrap()));
/// assert!(!network.contains("2001:db8::1".parse().unwrap()));
/// assert_eq!(network.to_string(), "10.1.2.3/8");
/// let one: Cidr = "10.1.2.3".parse()?;
/// assert!(!one.contains("10.1.2.4".parse().unwrap()));
/// assert_eq!(Cidr::from("10.1.2.3".parse::<std::net::IpAddr>().unwrap()), one);
/// assert!("300.0.0.0/8".parse::<Cidr>().is_err());
/// # Ok::<(), CidrError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    address: IpAddr,
    prefix: Option<u8>,
}

/// A text that is no address and no network: 2 to 43 of `a-f A-F 0-9 : . /`, and at most as many
/// bits as an address has.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Cidr, CidrError};
///
/// assert_eq!("10.0.0.0/33".parse::<Cidr>(), Err(CidrError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not an address or a network like `10.0.0.0/8`")]
#[expect(clippy::exhaustive_structs, reason = "there is nothing more to tell")]
pub struct CidrError;

impl Cidr {
    /// Whether the address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (is_v4, first, last) = self.range();
        let (family, bits) = key(address);
        family == is_v4 && (first..=last).contains(&bits)
    }

    /// Whether IPv4, and the first and the last address.
    fn range(&self) -> (bool, u128, u128) {
        let (is_v4, bits) = key(self.address);
        // A prefix of a mapped address that is within the mapping is of all IPv4, and more.
        let written = match self.address {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        };
        let host = written - u32::from(self.prefix.unwrap_or(written as u8));
        let own = if is_v4 { 32 } else { 128 };
        let mask = match host.min(own) {
            128 => u128::MAX,
            host => (1 << host) - 1,
        };
        (is_v4, bits & !mask, bits | mask)
    }
}

/// Whether IPv4, and the address as a number.
const fn key(address: IpAddr) -> (bool, u128) {
    match address.to_canonical() {
        IpAddr::V4(address) => (true, address.to_bits() as u128),
        IpAddr::V6(address) => (false, address.to_bits()),
    }
}

impl From<IpAddr> for Cidr {
    fn from(address: IpAddr) -> Self {
        Self {
            address,
            prefix: None,
        }
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, CidrError> {
        let read = || {
            let (address, prefix) = match text.split_once('/') {
                Some((address, prefix)) => (address, Some(prefix)),
                None => (text, None),
            };
            let address: IpAddr = address.parse().ok()?;
            let most = if address.is_ipv4() { 32 } else { 128 };
            let prefix = match prefix {
                Some(digits) => {
                    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                    let prefix: Option<u8> = digits.parse().ok();
                    Some(prefix.filter(|bits| plain && digits.len() <= 3 && *bits <= most)?)
                }
                None => None,
            };
            Some(Self { address, prefix })
        };
        // No address is longer: the rule on characters and their number follows from that.
        read().filter(|_| text.len() <= 43).ok_or(CidrError)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix {
            Some(prefix) => write!(f, "{}/{prefix}", self.address),
            None => fmt::Display::fmt(&self.address, f),
        }
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The address of a text like `10.1.2.3`, `10.1.2.3:443`, `2001:db8::1` or `[2001:db8::1]:443`. A
/// port is dropped.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::address_of;
///
/// assert_eq!(address_of("10.1.2.3:443"), "10.1.2.3".parse().ok());
/// assert_eq!(address_of("[2001:db8::1]:443"), "2001:db8::1".parse().ok());
/// assert_eq!(address_of("2001:db8::1"), "2001:db8::1".parse().ok());
/// assert_eq!(address_of("10.1.2.3:port"), None);
/// ```
#[must_use]
pub fn address_of(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Some(socket.ip());
    }
    let bracketed = text.strip_prefix('[')?.strip_suffix(']')?;
    bracketed.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

/// Networks as they were given, and their union in a form in which an address is quickly found.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::CidrSet;
///
/// let set: CidrSet = ["10.0.0.0/9", "10.128.0.0/9"]
///     .into_iter()
///     .map(|text| text.parse().unwrap())
///     .collect();
/// assert!(set.contains("10.128.7.1".parse().unwrap()));
/// assert!(!set.contains("11.0.0.1".parse().unwrap()));
/// assert_eq!(set.as_slice().len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CidrSet {
    given: Vec<Cidr>,
    /// Ranges of IPv6 and then IPv4, apart from each other and rising.
    ranges: Vec<(bool, u128, u128)>,
}

impl CidrSet {
    /// Whether one of them has the address: takes time logarithmic in their number.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (is_v4, bits) = key(address);
        let behind = self
            .ranges
            .partition_point(|(family, first, _)| (*family, *first) <= (is_v4, bits));
        let before = behind
            .checked_sub(1)
            .and_then(|index| self.ranges.get(index));
        before.is_some_and(|(family, _, last)| *family == is_v4 && bits <= *last)
    }

    /// As they were given.
    #[must_use]
    pub const fn as_slice(&self) -> &[Cidr] {
        self.given.as_slice()
    }
}

impl FromIterator<Cidr> for CidrSet {
    fn from_iter<I: IntoIterator<Item = Cidr>>(networks: I) -> Self {
        let given: Vec<Cidr> = networks.into_iter().collect();
        let mut all: Vec<_> = given.iter().map(Cidr::range).collect();
        all.sort_unstable();
        let mut ranges: Vec<(bool, u128, u128)> = Vec::with_capacity(all.len());
        for (is_v4, first, last) in all {
            match ranges.last_mut() {
                Some((family, _, end)) if *family == is_v4 && first <= *end => {
                    *end = last.max(*end)
                }
                _ => ranges.push((is_v4, first, last)),
            }
        }
        Self { given, ranges }
    }
}

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_prefix_of_a_mapped_address_counts_from_the_mapping() {
        let network: Cidr = "::ffff:10.0.0.0/104".parse().expect("is one");
        assert!(network.contains(IpAddr::V4(Ipv4Addr::new(10, 9, 9, 9))));
        assert!(!network.contains(IpAddr::V4(Ipv4Addr::new(11, 0, 0, 0))));
    }
}
