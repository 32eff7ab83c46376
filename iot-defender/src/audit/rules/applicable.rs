//! What documents say about one action.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};

use iot_policy::WildcardPattern;

use super::{Lengths, ResourcePattern, Rule};

/// The statements about one action that count.
pub(crate) struct Applicable<'r, 'd> {
    allows: Vec<&'r Rule<'d>>,
    denies: Vec<&'r Rule<'d>>,
    is_connect: bool,
    words: OnceCell<Words>,
    /// How many matches may still be spent on proofs.
    left: Cell<usize>,
}

/// Words that stand in no resource: no pattern has them in mind, not even as what stands for a
/// variable without a value.
pub(crate) struct Words {
    /// For the name of a device, and for another name.
    pub(crate) spoken: Option<[&'static str; 2]>,
    /// One character.
    pub(crate) plain: Option<char>,
}

/// An ARN of a resource that is granted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    Arn(String),
    /// There is none.
    Refuted,
    /// It was not looked for any longer.
    Open,
}

/// Matches that the search for one ARN may take among the denials, all attempts for an action
/// together, beside those that are linear in the document. No policy of 2,048 characters takes
/// them all.
const MOST: usize = 1 << 23;
/// So many attempts may look at the whole document.
const ATTEMPTS: usize = 16;

impl<'r, 'd> Applicable<'r, 'd> {
    pub(super) fn new(
        allows: Vec<&'r Rule<'d>>,
        denies: Vec<&'r Rule<'d>>,
        is_connect: bool,
    ) -> Self {
        let mut own = Self {
            allows,
            denies,
            is_connect,
            words: OnceCell::new(),
            left: Cell::new(0),
        };
        own.left = Cell::new(MOST.saturating_add(ATTEMPTS.saturating_mul(own.len())));
        own
    }

    /// The Allow statement that lets the action be done on a resource that no Deny names, and its
    /// pattern. `name` is the sixth part of the ARN. Cost: one match a pattern.
    pub(crate) fn granted(&self, name: &str) -> Option<(&'r Rule<'d>, Option<usize>)> {
        let takes = |rule: &Rule<'d>| rule.takes(name, self.is_connect);
        let found = self
            .allows
            .iter()
            .find_map(|rule| Some((*rule, takes(rule)?)))?;
        let is_denied = self.denies.iter().any(|rule| takes(rule).is_some());
        (!is_denied).then_some(found)
    }

    /// The lengths of a foreign name at which the action is [`granted`](Self::granted). `names` are
    /// those with one character of it, two, and so on, as far as they can differ. Cost: one match a
    /// pattern, and one more for each `?`.
    pub(crate) fn granted_lengths(&self, names: &[String]) -> Lengths {
        let of = |rules: &[&Rule<'d>]| {
            Lengths::union(rules.iter(), |rule| rule.lengths(names, self.is_connect))
        };
        let denied = of(&self.denies);
        if denied == Lengths::ALL {
            return Lengths::NONE;
        }
        of(&self.allows).but(denied)
    }

    /// What [`granted`](Self::granted) finds, with an ARN of the resource. Denies of all that is
    /// not of some account leave only ARNs of that account, and may leave none.
    pub(crate) fn granted_arn(&self, name: &str) -> Option<(&'r Rule<'d>, Option<usize>, Proof)> {
        let (rule, resource) = self.granted(name)?;
        let of = |proof| Some((rule, resource, proof));
        if !self.spend(self.len()) {
            return of(Proof::Open);
        }
        let own = rule.arn(resource, name);
        let denies = self.denies.iter().filter(|deny| deny.is_not_resource());
        let client_id = name.strip_prefix("client/").filter(|_| self.is_connect);
        // Of each Deny, what it leaves.
        let excepted: Vec<_> = denies.clone().map(|deny| deny.whole(client_id)).collect();
        let is_left = |arn: &str| excepted.iter().all(|patterns| takes(patterns, arn));
        if is_left(&own) {
            return of(Proof::Arn(own));
        }
        let allowed = rule.whole(client_id);
        let is_allowed = |arn: &str| takes(&allowed, arn) != rule.is_not_resource();
        let matches = excepted.iter().map(Vec::len).sum::<usize>() + allowed.len();
        let exceptions = denies
            .flat_map(|deny| deny.resources.iter().flatten())
            .filter(|it| it.takes(name, self.is_connect));
        for exception in exceptions {
            if !self.spend(matches) {
                return of(Proof::Open);
            }
            let arn = exception.arn(name);
            if is_allowed(&arn) && is_left(&arn) {
                return of(Proof::Arn(arn));
            }
        }
        of(Proof::Refuted)
    }

    /// The first Allow that is about AWS IoT, unless a Deny takes the action away altogether.
    pub(crate) fn granted_somewhere(&self) -> Option<&'r Rule<'d>> {
        let is_denied = self.denies.iter().any(|rule| rule.is_of_all());
        let mut allows = self.allows.iter().copied();
        allows.find(|rule| !is_denied && rule.is_about_iot())
    }

    /// The Deny statements that hold whatever the request.
    pub(crate) fn denies(&self) -> impl Iterator<Item = &'r Rule<'d>> {
        self.denies.iter().copied()
    }

    /// Whether nothing is allowed, whatever the resource.
    pub(crate) const fn is_silent(&self) -> bool {
        self.allows.is_empty()
    }

    /// The most `?` of one pattern: a name with one character more is not told from a longer one.
    pub(crate) fn most_single_wildcards(&self) -> usize {
        let most = self.resources().map(ResourcePattern::single_wildcards);
        most.max().unwrap_or(0)
    }

    /// Words that stand nowhere in the resources. They are looked for once.
    pub(crate) fn words(&self) -> &Words {
        self.words.get_or_init(|| {
            const SPOKEN: [&str; 2] = ["another-device", "example"];
            let is_fresh = |word: &str| {
                let mut rules = self.rules();
                !rules.any(|rule| {
                    let mut texts = rule.statement.resources().iter();
                    texts.any(|text| text.contains(word))
                })
            };
            let mut plain = ('a'..='z').rev().chain('0'..='9');
            Words {
                spoken: SPOKEN.iter().all(|word| is_fresh(word)).then_some(SPOKEN),
                plain: plain.find(|ch| is_fresh(ch.encode_utf8(&mut [0; 4]))),
            }
        })
    }

    fn rules(&self) -> impl Iterator<Item = &'r Rule<'d>> {
        self.allows.iter().chain(&self.denies).copied()
    }

    fn resources(&self) -> impl Iterator<Item = &'r ResourcePattern<'d>> {
        self.rules()
            .flat_map(|rule| rule.resources.iter().flatten())
    }

    /// How many patterns of resources there are.
    fn len(&self) -> usize {
        self.resources().count()
    }

    /// Whether so many matches more may be made.
    fn spend(&self, matches: usize) -> bool {
        let left = self.left.get().checked_sub(matches);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

fn takes(patterns: &[WildcardPattern], arn: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(arn))
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use iot_policy::{Effect, Patterns, PolicyDocument, Statement};
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::audit::rules::{FOREIGN, Rules};

    fn document(statements: &[(bool, bool, Vec<String>)]) -> PolicyDocument {
        let statements = statements.iter().map(|(is_deny, is_negated, parts)| {
            let effect = if *is_deny {
                Effect::Deny
            } else {
                Effect::Allow
            };
            let arns = parts.iter().map(|part| format!("arn:aws:iot:r:1:{part}"));
            let arns: Vec<_> = arns.collect();
            let resources = if *is_negated {
                Patterns::all_but(arns)
            } else {
                Patterns::only(arns)
            };
            Statement::new(effect, Patterns::only(["iot:Connect"]), resources)
        });
        PolicyDocument::new(statements.collect::<Vec<_>>()).unwrap()
    }

    fn names(most: usize) -> Vec<String> {
        let name = |length| format!("client/{}", String::from(FOREIGN).repeat(length));
        (1..=most).map(name).collect()
    }

    proptest! {
        /// A length beyond the `?` of a pattern is not tried, and is told all the same.
        #[test]
        fn lengths_are_as_each_name_is(
            statements in vec((
                any::<bool>(),
                prop::bool::weighted(0.2),
                vec("(client/)?([?*\u{E001}]|\\$\\{iot:ClientId\\}){0,7}", 1..3),
            ), 1..4),
        ) {
            let documents = [document(&statements)];
            let rules = Rules::new(&documents);
            let about = rules.about("iot:Connect");
            let names = names(MOST_LENGTHS);
            let granted = about.granted_lengths(&names);
            for (at, name) in names.iter().enumerate() {
                prop_assert_eq!(granted.has(at), about.granted(name).is_some(), "{}", at + 1);
            }
        }
    }

    const MOST_LENGTHS: usize = 20;

    /// Each account is denied by one of the two.
    #[test]
    fn a_search_for_an_account_ends() {
        let deny = |from: u64| {
            let account = |at| format!("arn:aws:iot:*:{}:*", 100_000_000_000 + at);
            let resources = Patterns::all_but((from..from + 30).map(account));
            Statement::new(Effect::Deny, Patterns::only(["iot:Connect"]), resources)
        };
        let allow = Statement::allow("iot:Connect", "*");
        let documents = [PolicyDocument::new(Vec::from([allow, deny(0), deny(30)])).unwrap()];
        let rules = Rules::new(&documents);
        let about = rules.about("iot:Connect");
        let proof = || about.granted_arn("client/x").unwrap().2;
        assert_eq!(proof(), Proof::Refuted);
        // The document, and of 60 candidates each against 61 patterns.
        about.left.set(61 + 60 * 61);
        assert_eq!(proof(), Proof::Refuted);
        assert_eq!(about.left.get(), 0);
        about.left.set(61 + 60 * 61 - 1);
        assert_eq!(proof(), Proof::Open);
        assert_eq!(proof(), Proof::Open);
    }
}
