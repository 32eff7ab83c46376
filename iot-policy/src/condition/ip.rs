//! Address conditions: IPv4 and IPv6 networks.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::text::{Inline, Text};

/// A network of a policy: an address with or without a prefix length; without one it is a host.
///
/// Bits behind the prefix do not count: `203.0.113.7/24` is `203.0.113.0/24`. An IPv4 address in
/// its IPv6 form (`::ffff:203.0.113.7`) is that IPv4 address, on either side, as a socket for both
/// families reports it. Source: IAM user guide, "Condition operators"; RFC 4632, RFC 4291.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    first: Address,
    mask: u128,
}

/// An address as a number; those of the two families never compare equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address {
    bits: u128,
    is_v4: bool,
}

impl Network {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix_length(prefix)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() {
            Ipv4Addr::BITS
        } else {
            Ipv6Addr::BITS
        };
        let host = bits.checked_sub(prefix.unwrap_or(bits))?;
        // a network that holds more than IPv4 addresses is one of IPv6
        let address = match address {
            IpAddr::V6(v6) if host > Ipv4Addr::BITS => Address {
                bits: v6.to_bits(),
                is_v4: false,
            },
            _ => address.into(),
        };
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        Some(Self {
            first: address.masked(mask),
            mask,
        })
    }

    /// Whether the address is in the network.
    pub(super) fn contains(&self, address: Address) -> bool {
        address.masked(self.mask) == self.first
    }
}

impl Address {
    /// Reads an address of a request.
    pub(super) fn read(text: Text<'_>) -> Option<Self> {
        let address: Result<IpAddr, _> = if text.head.is_empty() {
            text.tail.parse()
        } else {
            // no address is longer than the room of `Inline`, which then is empty
            Inline::format(format_args!("{}{}", text.head, text.tail))
                .as_str()
                .parse()
        };
        address.ok().map(Self::from)
    }

    const fn masked(self, mask: u128) -> Self {
        Self {
            bits: self.bits & mask,
            is_v4: self.is_v4,
        }
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self {
                bits: v4.to_bits().into(),
                is_v4: true,
            },
            IpAddr::V6(v6) => Self {
                bits: v6.to_bits(),
                is_v4: false,
            },
        }
    }
}

/// One to three digits.
fn prefix_length(text: &str) -> Option<u32> {
    let is_short = (1..=3).contains(&text.len());
    let is_number = is_short && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;

    use super::*;

    fn read(text: Text<'_>) -> Option<Address> {
        Address::read(text)
    }

    fn is_in(text: &str, network: &str) -> Option<bool> {
        let network = Network::parse(network)?;
        Some(network.contains(read(Text::whole(text))?))
    }

    #[test]
    fn containment() {
        for (address, network, expected) in [
            ("203.0.113.7", "203.0.113.0/24", true),
            ("203.0.114.7", "203.0.113.0/24", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.8", "203.0.113.7", false),
            ("203.0.113.9", "203.0.113.7/24", true), // host bits do not count
            ("203.0.113.7", "203.0.113.7/32", true),
            ("203.0.113.6", "203.0.113.7/31", true),
            ("255.255.255.255", "0.0.0.0/0", true),
            ("203.0.113.7", "203.0.113.0/024", true),
            ("2001:db8::1", "2001:db8::/32", true),
            ("2001:DB8:0:0::1", "2001:db8::1", true),
            ("2001:db9::1", "2001:db8::/32", false),
            ("2001:db8::1", "::/0", true),
            ("203.0.113.7", "::/0", false),
            ("2001:db8::1", "0.0.0.0/0", false),
            ("::ffff:203.0.113.7", "203.0.113.0/24", true),
            ("::ffff:cb00:7107", "203.0.113.7", true),
            ("203.0.113.7", "::ffff:203.0.113.0/120", true),
            ("203.0.114.7", "::ffff:203.0.113.0/120", false),
            ("203.0.113.7", "::ffff:0:0/96", true),
            ("::ffff:203.0.113.7", "::ffff:203.0.113.7", true),
            ("::ffff:203.0.113.7", "::/0", false), // it is an IPv4 address
            ("::1", "::ffff:0:0/80", true),        // wider than the IPv4 addresses: IPv6
        ] {
            assert_eq!(
                is_in(address, network),
                Some(expected),
                "{address} in {network}"
            );
        }
    }

    #[test]
    fn other_texts_are_no_networks() {
        for text in [
            "",
            "/",
            "10.0.0.0/",
            "/8",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/ 8",
            "10.0.0.0/0008",
            "10.0.0.0/8/8",
            "10.0.0/8",
            "10/8",
            "10.0.0.0/255.0.0.0",
            "10.0.0.256",
            "010.0.0.1",
            " 10.0.0.1",
            "10.0.0.1 ",
            "::/129",
            "::/999",
            "fe80::1%eth0",
            "*",
            "10.0.0.*",
            "localhost",
            "[::1]",
            "10.0.0.1:80",
            "::ffff:10.0.0.0/129",
            "${aws:SourceIp}",
            "１.0.0.0",
        ] {
            assert_eq!(Network::parse(text), None, "{text:?}");
        }
        assert_eq!(read(Text::whole("10.0.0.0/8")), None);
        assert_eq!(read(Text::whole("")), None);
    }

    #[test]
    fn a_text_in_two_pieces_is_one_address() {
        let v6 = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff";
        let expected = Address::from(v6.parse::<IpAddr>().unwrap());
        for at in 0..=v6.len() {
            let (head, tail) = v6.split_at(at);
            assert_eq!(read(Text::new(head, tail)), Some(expected));
        }
        assert_eq!(read(Text::new("1", &"0".repeat(100))), None);
    }

    fn bit(bytes: &[u8], index: usize) -> bool {
        bytes[index / 8] >> (7 - index % 8) & 1 == 1
    }

    /// Compares bit by bit.
    fn naive(ours: &[u8], network: &[u8], prefix: usize) -> bool {
        (0..prefix).all(|index| bit(ours, index) == bit(network, index))
    }

    proptest! {
        #[test]
        fn v4_is_the_naive_loop(ours: u32, flips in 0..=32_u32, prefix in 0..=32_usize) {
            let theirs = ours ^ 1_u32.checked_shl(flips).unwrap_or(0);
            let (ours, theirs) = (Ipv4Addr::from(ours), Ipv4Addr::from(theirs));
            let network = Network::parse(&format!("{theirs}/{prefix}")).unwrap();
            let expected = naive(&ours.octets(), &theirs.octets(), prefix);
            prop_assert_eq!(network.contains(IpAddr::from(ours).into()), expected);
            let mapped = Network::parse(&format!("::ffff:{theirs}/{}", prefix + 96));
            prop_assert_eq!(mapped, Some(network));
            prop_assert_eq!(network.contains(IpAddr::from(ours.to_ipv6_mapped()).into()), expected);
        }

        #[test]
        fn v6_is_the_naive_loop(ours: u128, flips in 0..=128_u32, prefix in 0..=128_usize) {
            let theirs = ours ^ 1_u128.checked_shl(flips).unwrap_or(0);
            let (ours, theirs) = (Ipv6Addr::from(ours), Ipv6Addr::from(theirs));
            prop_assume!(ours.to_ipv4_mapped().is_none() && theirs.to_ipv4_mapped().is_none());
            let network = Network::parse(&format!("{theirs}/{prefix}")).unwrap();
            let expected = naive(&ours.octets(), &theirs.octets(), prefix);
            prop_assert_eq!(network.contains(IpAddr::from(ours).into()), expected);
        }

        #[test]
        fn reading_is_total(text in "[0-9a-f:./]{0,24}|\\PC{0,12}") {
            let _ = (Network::parse(&text), read(Text::whole(&text)));
        }
    }
}
