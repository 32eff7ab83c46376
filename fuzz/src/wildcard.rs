//! Patterns with `*` and `?`.

use iot_policy::WildcardPattern;

use crate::input::lines;

/// Three lines: a pattern, a text, and how often each is repeated, as two bytes.
///
/// The pattern takes the text exactly when a table says so that is filled in cell by cell. With
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
const MAX_PATTERN: usize = 2_048;
const MAX_TEXT: usize = 4_096;

fn repeated(text: &str, times: Option<usize>, max: usize) -> String {
    let once = text.chars().take(max);
    let all = core::iter::repeat_n(once, times.unwrap_or(1).max(1));
    all.flatten().take(max).collect()
}

/// Keeps, for all prefixes of the text at once, whether the pattern so far takes them.
fn naive(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut takes = vec![false; text.len() + 1];
    takes[0] = true;
    for token in pattern.chars() {
        let mut next = Vec::with_capacity(takes.len());
        match token {
            '*' => next.extend(takes.iter().scan(false, |any, takes| {
                *any |= *takes;
                Some(*any)
            })),
            _ => {
                next.push(false);
                let steps = takes.iter().zip(&text);
                next.extend(steps.map(|(takes, ch)| *takes && (token == '?' || token == *ch)));
            }
        }
        takes = next;
    }
    takes[text.len()]
}
