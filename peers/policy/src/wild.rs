//! One pattern, one text.

/// A pattern, a text, and whether the one takes the other.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: &'static str,
    pub pattern: String,
    pub text: String,
    pub expected: bool,
}

const PATTERN: &str = "arn:aws:iot:us-east-1:123456789012:topic/a/*/c/?/e*";

/// W1: what policies hold every day.
#[must_use]
pub fn everyday() -> Vec<Case> {
    let case = |id, rest: &str, expected| Case {
        id,
        pattern: PATTERN.into(),
        text: format!("arn:aws:iot:us-east-1:123456789012:topic/{rest}"),
        expected,
    };
    vec![
        case("hit", "a/berlin/roof/west/c/7/e/temperature/now", true),
        case(
            "near miss",
            "a/berlin/roof/west/c/7/f/temperature/now",
            false,
        ),
        case(
            "early miss",
            "b/berlin/roof/west/c/7/e/temperature/now",
            false,
        ),
    ]
}

/// W2: patterns and texts that are made to be slow. `length` is the text's.
#[must_use]
pub fn adversarial(length: usize) -> Vec<Case> {
    let text = "a".repeat(length);
    let case = |id, pattern: String, text: &str| Case {
        id,
        pattern,
        text: text.into(),
        expected: false,
    };
    vec![
        case("a*a*..b", format!("{}b", "a*".repeat(10)), &text),
        case("*a^64b*", format!("*{}b*", "a".repeat(64)), &text),
        case("*a^1024b*", format!("*{}b*", "a".repeat(1_024)), &text),
        case("*(?a)^32b*", format!("*{}b*", "?a".repeat(32)), &text),
        case("*(a?)^31c*", format!("*{}c*", "a?".repeat(31)), &text),
        case(
            "*(ab?)^40c* on ab",
            format!("*{}c*", "ab?".repeat(40)),
            &"ab".repeat(length / 2),
        ),
        case(
            "*(ab?)^40c* on abc",
            format!("*{}c*", "ab?".repeat(40)),
            &"abc".repeat(length / 3),
        ),
        case(
            "*b(?a)^50?aa* on ab",
            format!("*b{}?aa*", "?a".repeat(50)),
            &format!("{}b", "a".repeat(length - 1)),
        ),
        case("many stars", format!("{}b", "*a".repeat(1_000)), &text),
    ]
}
