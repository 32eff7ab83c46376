//! Texts read as numbers, dates, networks and binaries. `None`: the text is nothing of the kind.
#![expect(
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "an oracle may panic: then the test that asks it fails"
)]

use core::net::IpAddr;

pub(super) fn in_network(network: &str, address: IpAddr) -> Option<bool> {
    let (base, prefix) = match network.split_once('/') {
        Some((base, prefix)) => (base, Some(prefix.parse::<u32>().ok()?)),
        None => (network, None),
    };
    let (base, address, bits) = match (base.parse().ok()?, address) {
        (IpAddr::V4(base), IpAddr::V4(it)) => (base.to_bits().into(), it.to_bits().into(), 32),
        (IpAddr::V6(base), IpAddr::V6(it)) => (base.to_bits(), it.to_bits(), 128),
        _ => return None,
    };
    let host = bits - prefix.unwrap_or(bits).min(bits);
    let network = |it: u128| it.checked_shr(host).unwrap_or(0);
    (prefix.unwrap_or(0) <= bits).then(|| network(base) == network(address))
}

/// A decimal number in units of 10^-9; the tests stay within that.
pub(super) fn number(text: &str) -> Option<i128> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (-1, unsigned),
        None => (1, text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    digits(whole)?;
    digits(fraction)?;
    Some(sign * digits(&format!("{whole}{fraction:0<9.9}"))?)
}

/// A date of the W3C note or whole seconds since 1970, in units of 10^-9 s. Four digits are a year.
pub(super) fn date(text: &str) -> Option<i128> {
    if let Some(epoch) = digits(text).filter(|_| text.len() != 4) {
        return Some(epoch * 1_000_000_000);
    }
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let year = parts.next().filter(|it| it.len() == 4).and_then(digits)?;
    let month = parts.next().map_or(Some(1), two_digits)?;
    let day = parts.next().map_or(Some(1), two_digits)?;
    let days = days_before(year, month)? + day - 1 - days_before(1970, 1)?;
    if parts.next().is_some() || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let nanos = time.map_or(Some(0), time_of_day)?;
    Some(days * 86_400 * 1_000_000_000 + nanos)
}

/// `hh:mm[:ss[.f]]` and `Z` or `+hh:mm` or `-hh:mm`: nanoseconds after the midnight of UTC.
fn time_of_day(text: &str) -> Option<i128> {
    let zone = text.find(['Z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone);
    let minutes = |text: &str| {
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    };
    let offset = match zone.split_at(1) {
        ("Z", "") => 0,
        ("+", offset) => minutes(offset)?,
        ("-", offset) => -minutes(offset)?,
        _ => return None,
    };
    let (clock, seconds) = match clock.match_indices(':').nth(1) {
        Some((colon, _)) => (&clock[..colon], &clock[colon + 1..]),
        None => (clock, "00"),
    };
    two_digits(seconds.split('.').next()?).filter(|it| *it < 60)?;
    Some((minutes(clock)? - offset) * 60 * 1_000_000_000 + number(seconds)?)
}

/// `parse` alone would take a sign.
fn digits(text: &str) -> Option<i128> {
    let all = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| all)
}

fn two_digits(text: &str) -> Option<i128> {
    (text.len() == 2).then(|| digits(text)).flatten()
}

fn days_in(year: i128, month: i128) -> i128 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i128::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_before(year: i128, month: i128) -> Option<i128> {
    let whole = (0..year).flat_map(|year| (1..=12).map(move |month| days_in(year, month)));
    let begun = (1..month).map(|month| days_in(year, month));
    (1..=12).contains(&month).then(|| whole.chain(begun).sum())
}

pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let quads: Vec<char> = text.chars().collect();
    let mut bytes = Vec::new();
    for (index, quad) in quads.chunks(4).enumerate() {
        let padding = quad.iter().rev().take_while(|it| **it == '=').count();
        if quad.len() < 4 || padding > 2 || (padding > 0 && (index + 1) * 4 < quads.len()) {
            return None;
        }
        let mut bits = 0_u32;
        for sextet in &quad[..4 - padding] {
            bits = bits << 6 | u32::try_from(alphabet.find(*sextet)?).ok()?;
        }
        bits <<= 6 * padding;
        bytes.extend(&bits.to_be_bytes()[1..4 - padding]);
    }
    Some(bytes)
}
