//! Patterns with `*` and `?`.

use alloc::collections::BTreeMap;

use iot_policy::WildcardPattern;

use crate::input::lines;

/// Three lines: a pattern, a text, and how often each is repeated, as two bytes.
///
/// The pattern takes the text exactly when a table says so that is filled in row by row. With
/// the repetitions both grow to the sizes where a matcher that tries places anew would stand
/// still: then libFuzzer's time limit speaks.
pub fn wildcard(data: &[u8]) {
    let mut lines = lines(data);
    let [pattern, text, times] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let mut times = times.bytes().map(|byte| usize::from(byte % 128));
    let pattern = repeated(&pattern, times.next(), MAX_PATTERN);
    let text = repeated(&text, times.next(), MAX_TEXT);

    let compiled = WildcardPattern::new(&pattern);
    assert_eq!(compiled.as_str(), pattern);
    assert_eq!(
        compiled.matches(&text),
        naive(&pattern, &text),
        "{pattern:?} {text:?}"
    );
    let is_stars = !pattern.is_empty() && pattern.chars().all(|ch| ch == '*');
    assert_eq!(compiled.is_universal(), is_stars, "{pattern:?}");
    if !pattern.contains(['*', '?']) {
        assert_eq!(compiled.matches(&text), pattern == text);
    }
    assert!(WildcardPattern::new(&format!("*{pattern}*")).matches(&pattern));
}

/// The characters of a policy, and more than a resource can have.
const MAX_PATTERN: usize = 2_600;
const MAX_TEXT: usize = 4_096;

fn repeated(text: &str, times: Option<usize>, max: usize) -> String {
    let once = text.chars().take(max);
    let all = core::iter::repeat_n(once, times.unwrap_or(1).max(1));
    all.flatten().take(max).collect()
}

/// Keeps for all prefixes of the text, a bit each, whether the pattern so far takes them.
fn naive(pattern: &str, text: &str) -> bool {
    let mut places: BTreeMap<char, Bits> = BTreeMap::new();
    let words = text.chars().count() / 64 + 1;
    let empty = vec![0; words];
    for (at, ch) in text.chars().enumerate() {
        places.entry(ch).or_insert_with(|| empty.clone())[at / 64] |= 1 << (at % 64);
    }
    let mut takes = empty.clone();
    takes[0] = 1;
    for token in pattern.chars() {
        takes = match token {
            '*' => from_first_on(takes),
            '?' => one_further(&takes),
            ch => {
                let places = places.get(&ch).unwrap_or(&empty);
                let both = takes
                    .iter()
                    .zip(places)
                    .map(|(takes, is_here)| takes & is_here);
                one_further(&both.collect())
            }
        };
    }
    let end = text.chars().count();
    takes[end / 64] >> (end % 64) & 1 == 1
}

type Bits = Vec<u64>;

fn one_further(bits: &Bits) -> Bits {
    let carries = core::iter::once(0).chain(bits.iter().map(|word| word >> 63));
    let shifted = bits.iter().zip(carries);
    shifted.map(|(word, carry)| word << 1 | carry).collect()
}

fn from_first_on(mut bits: Bits) -> Bits {
    let mut above = 0;
    for word in &mut bits {
        // A word together with its negative: all bits from the lowest one on.
        *word |= word.wrapping_neg() | above;
        above = if *word == 0 { 0 } else { u64::MAX };
    }
    bits
}
