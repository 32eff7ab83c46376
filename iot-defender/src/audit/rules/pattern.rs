//! Resource patterns, with something in the place of their variables.
//!
//! A variable stands for something of the principal's own, so that it takes no name of another
//! device. Characters of Unicode's private use area stand for what a policy cannot have in mind:
//! its own name, a foreign one, and any other.

use alloc::borrow::Cow;
use alloc::string::String;

use iot_policy::{PatternPart, Variable, Version, WildcardPattern};

use super::Lengths;

/// Stands for the value of a variable.
pub(crate) const OWN: char = '\u{E000}';
/// Once or repeated, the name of a thing or client that is not the principal's.
pub(crate) const FOREIGN: char = '\u{E001}';
/// Any name of a shadow or job, and what a wildcard leaves open.
pub(crate) const NAME: char = '\u{E002}';

const OWN_TEXT: &str = "\u{E000}";

/// What an ARN of AWS IoT begins with, where a pattern leaves it open.
const DEFAULTS: [&str; 5] = ["arn", "aws", "iot", "us-east-1", "123456789012"];

/// A resource pattern that may name something of AWS IoT. Partition, Region and account are not
/// compared: a policy is about its own account.
pub(crate) struct ResourcePattern<'d> {
    text: &'d str,
    /// In front of the sixth part; shorter if a `*` stands for the rest.
    prefix: &'d str,
    /// The sixth part.
    part: &'d str,
    glob: WildcardPattern,
    has_client_id: bool,
    version: Version,
    single_wildcards: usize,
}

impl<'d> ResourcePattern<'d> {
    /// Compiles a pattern; `None` if it can name nothing of AWS IoT. Samples of the guide have a
    /// `/` in front of the type, which is dropped; but not under `NotResource`, where that would
    /// take away what a statement is about.
    pub(crate) fn new(text: &'d str, version: Version, is_negated: bool) -> Option<Self> {
        let (prefix, part) = split(text)?;
        // The word in front, and the service; Region and account may be anything.
        for (at, default) in DEFAULTS.iter().enumerate().step_by(2).take(2) {
            if let Some(given) = piece(prefix, at) {
                let is_it =
                    given.as_ref() == *default || WildcardPattern::new(&given).matches(default);
                if !is_it {
                    return None;
                }
            }
        }
        let (prefix, part) = match part.strip_prefix('/').filter(|_| !is_negated) {
            Some(rest) => text.split_at_checked(text.len() - rest.len())?,
            None => (prefix, part),
        };
        let mut parts = PatternPart::of(part, version);
        let is_single = |it: &PatternPart<'_>| *it == PatternPart::AnyChar;
        Some(Self {
            text,
            prefix,
            part,
            glob: glob(part, version, OWN_TEXT),
            has_client_id: parts.any(is_client_id),
            version,
            single_wildcards: PatternPart::of(part, version).filter(is_single).count(),
        })
    }

    /// Whether the pattern takes a resource: the sixth part of its ARN. Who connects picks the
    /// value of `${iot:ClientId}`, so it is the one that is asked for.
    pub(crate) fn takes(&self, name: &str, is_connect: bool) -> bool {
        let client_id = name.strip_prefix("client/");
        match client_id.filter(|_| is_connect && self.has_client_id) {
            Some(client_id) => glob(self.part, self.version, client_id).matches(name),
            None => self.glob.matches(name),
        }
    }

    /// The lengths of a foreign name at which the pattern takes a resource. `names` are those with
    /// one character of it, two, and so on. Cost: at most one match a `?`, and one more.
    pub(crate) fn lengths(&self, names: &[String], is_connect: bool) -> Lengths {
        // A name with more characters than that has one under a `*`, or in the client id, so that
        // one more makes no difference.
        let told = self.single_wildcards + self.part.matches(FOREIGN).count();
        let mut taken = Lengths::NONE;
        for (at, name) in names.iter().take(told + 1).enumerate() {
            if self.takes(name, is_connect) {
                taken = if at == told {
                    taken.and_from(at)
                } else {
                    taken.and(at)
                };
            }
        }
        taken
    }

    /// The whole pattern, partition, Region and account among it, as it takes ARNs.
    pub(crate) fn whole(&self, client_id: Option<&str>) -> WildcardPattern {
        glob(self.text, self.version, client_id.unwrap_or(OWN_TEXT))
    }

    /// Whether every resource is taken.
    pub(crate) fn is_universal(&self) -> bool {
        self.glob.is_universal()
    }

    /// How many `?` there are.
    pub(crate) const fn single_wildcards(&self) -> usize {
        self.single_wildcards
    }

    /// The sixth part, as written.
    pub(crate) fn parts(&self) -> impl Iterator<Item = PatternPart<'d>> {
        PatternPart::of(self.part, self.version)
    }

    /// An ARN that the pattern takes if it takes the name: what it leaves open is made up.
    pub(crate) fn arn(&self, name: &str) -> String {
        let mut arn = String::new();
        for (at, default) in DEFAULTS.iter().enumerate() {
            let given = piece(self.prefix, at);
            let takes_default = given
                .as_ref()
                .is_none_or(|given| WildcardPattern::new(given).matches(default));
            match given {
                Some(given) if !takes_default => {
                    arn.extend(given.chars().filter(|ch| *ch != '*').map(|ch| match ch {
                        '?' => 'x',
                        ch => ch,
                    }));
                }
                _ => arn.push_str(default),
            }
            arn.push(':');
        }
        if self.prefix.ends_with('/') && self.prefix.matches(':').count() >= 5 {
            arn.push('/');
        }
        arn.push_str(name);
        arn
    }
}

/// The ARN of a resource in some account.
pub(crate) fn default_arn(name: &str) -> String {
    let mut arn = DEFAULTS.join(":");
    arn.push(':');
    arn.push_str(name);
    arn
}

/// The sixth part of an ARN and what is in front of it. With fewer colons, a `*` in the last part
/// may stand for the others.
fn split(text: &str) -> Option<(&str, &str)> {
    if let Some((colon, _)) = text.match_indices(':').nth(4) {
        return text.split_at_checked(colon + 1);
    }
    let last = text.rfind(':').map_or(0, |colon| colon + 1);
    let star = text.get(last..)?.find('*')?;
    text.split_at_checked(last + star)
}

/// The pattern of one of the first five parts; none if nothing is said of it. Only what a colon
/// ends is whole.
fn piece(prefix: &str, at: usize) -> Option<Cow<'_, str>> {
    let mut pieces = prefix.split(':');
    let piece = pieces.nth(at)?;
    if pieces.next().is_some() {
        return Some(Cow::Borrowed(piece));
    }
    let mut open = String::from(piece);
    open.push('*');
    Some(Cow::Owned(open))
}

/// Compiles the sixth part; of the variables only the client id may have a value.
fn glob(part: &str, version: Version, client_id: &str) -> WildcardPattern {
    let parts = PatternPart::of(part, version).map(|it| match it {
        PatternPart::Variable { .. } if is_client_id(it) => PatternPart::Literal(client_id),
        PatternPart::Variable { .. } => PatternPart::Literal(OWN_TEXT),
        it => it,
    });
    WildcardPattern::from_parts(parts)
}

fn is_client_id(part: PatternPart<'_>) -> bool {
    let PatternPart::Variable { name, .. } = part else {
        return false;
    };
    Variable::parse(name) == Variable::ClientId
}
