//! Patterns as sets of texts: do two of them overlap, does one take all that another takes.
//!
//! A pattern is an automaton with one way through it: steps that take one character each, and at
//! each place between two steps a loop that may take more. `a*b` is the steps `a` and `b` with a
//! loop between them. Both questions walk two such automata side by side.
//!
//! A variable is a step of its own. It stands for the same text wherever it occurs, and that text
//! is unknown: a loop takes it, the same variable takes it, a literal character does not.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

/// One part of a pattern, before loops are made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Atom {
    Char(char),
    /// `?`.
    AnyChar,
    /// `*`.
    AnyRun,
    /// A variable, by its number.
    Variable(u32),
}

/// What takes one character (or one unknown text).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Char(char),
    AnyChar,
    Variable(u32),
}

/// What may be taken between two steps; a wider one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loop {
    Nothing,
    /// Any text without `/`: one topic level.
    Level,
    Any,
}

/// A set of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    steps: Vec<Step>,
    // INVARIANT: one more than steps; the loop in front of each step, and the last one.
    loops: Vec<Loop>,
}

impl Pattern {
    /// The pattern that takes the empty text.
    pub(crate) fn empty() -> Self {
        Self {
            steps: Vec::new(),
            loops: vec![Loop::Nothing],
        }
    }

    /// The pattern that the policy language means.
    pub(crate) fn glob(atoms: &[Atom]) -> Self {
        let mut pattern = Self::empty();
        for atom in atoms {
            match *atom {
                Atom::Char(c) => pattern.push(Step::Char(c)),
                Atom::AnyChar => pattern.push(Step::AnyChar),
                Atom::Variable(number) => pattern.push(Step::Variable(number)),
                Atom::AnyRun => pattern.widen(Loop::Any),
            }
        }
        pattern.level_out();
        pattern
    }

    pub(crate) fn literal(text: &str) -> Self {
        let mut pattern = Self::empty();
        text.chars().for_each(|c| pattern.push(Step::Char(c)));
        pattern
    }

    pub(crate) fn push(&mut self, step: Step) {
        self.steps.push(step);
        self.loops.push(Loop::Nothing);
    }

    /// Lets the last place take more.
    pub(crate) fn widen(&mut self, by: Loop) {
        if let Some(last) = self.loops.last_mut() {
            *last = by.max(*last);
        }
    }

    pub(crate) fn append(&mut self, other: &Self) {
        let mut loops = other.loops.iter().copied();
        self.widen(loops.next().unwrap_or(Loop::Nothing));
        self.steps.extend_from_slice(&other.steps);
        self.loops.extend(loops);
    }

    /// `?*`, `*?` and `*?*` take the same texts: gives every place among such steps the loop, so
    /// that they look the same too.
    pub(crate) fn level_out(&mut self) {
        for index in 0..self.steps.len() {
            self.spread(index, index, index + 1);
        }
        for index in (0..self.steps.len()).rev() {
            self.spread(index, index + 1, index);
        }
    }

    fn spread(&mut self, step: usize, from: usize, to: usize) {
        if self.steps.get(step) == Some(&Step::AnyChar)
            && self.loops.get(from) == Some(&Loop::Any)
            && let Some(place) = self.loops.get_mut(to)
        {
            *place = Loop::Any;
        }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.steps.is_empty() && self.loops.first() == Some(&Loop::Any)
    }

    /// Whether every text of the pattern starts with the character.
    pub(crate) fn starts_with(&self, c: char) -> bool {
        self.loops.first() == Some(&Loop::Nothing) && self.steps.first() == Some(&Step::Char(c))
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = u32> {
        self.steps.iter().filter_map(|step| match step {
            Step::Variable(number) => Some(*number),
            _ => None,
        })
    }

    /// The pattern in which every variable that is not in `kept` may be any text.
    fn open_variables(&self, kept: &BTreeSet<u32>) -> Cow<'_, Self> {
        if self.variables().all(|number| kept.contains(&number)) {
            return Cow::Borrowed(self);
        }
        let mut open = Self::empty();
        let mut loops = self.loops.iter().copied();
        open.widen(loops.next().unwrap_or(Loop::Nothing));
        for (step, place) in self.steps.iter().zip(loops) {
            match step {
                Step::Variable(number) if !kept.contains(number) => open.widen(Loop::Any),
                step => open.push(*step),
            }
            open.widen(place);
        }
        Cow::Owned(open)
    }

    /// What comparing the two costs at most.
    fn cost(&self, other: &Self) -> usize {
        (self.steps.len() + 1).saturating_mul(other.steps.len() + 1)
    }

    /// Whether some text is taken by both.
    ///
    /// A variable that only one of them has may be any text. One that both have is the same
    /// unknown text in both, and no other part's: `x/${v}` and `x/${v}/*` do not overlap, although
    /// with two different values they could. True when the budget is spent.
    pub(crate) fn overlaps(&self, other: &Self, budget: &mut Budget) -> bool {
        self.may_overlap(other, budget).unwrap_or_else(|| {
            let theirs: BTreeSet<u32> = other.variables().collect();
            let shared = self.variables().filter(|number| theirs.contains(number));
            self.overlaps_keeping(&shared.collect(), other)
        })
    }

    /// Whether some text is taken by both, whatever text the variables of `other` stand for: only
    /// a `*` and the same variable take them.
    pub(crate) fn overlaps_unknown(&self, other: &Self, budget: &mut Budget) -> bool {
        self.may_overlap(other, budget)
            .unwrap_or_else(|| self.overlaps_keeping(&other.variables().collect(), other))
    }

    /// Whether some text may be taken by both, for some values of the variables: with `a` for `V`,
    /// `*V` and `Va` both take `aa`. Every variable may be any text here, so that this may say yes
    /// where no value makes them overlap, never no where one does.
    pub(crate) fn overlaps_ever(&self, other: &Self, budget: &mut Budget) -> bool {
        self.may_overlap(other, budget)
            .unwrap_or_else(|| self.overlaps_keeping(&BTreeSet::new(), other))
    }

    /// The answer where it needs no comparison: another start, or a budget that is spent.
    fn may_overlap(&self, other: &Self, budget: &mut Budget) -> Option<bool> {
        if !budget.spend(self.steps.len().min(other.steps.len()) + PAIR) {
            return Some(true);
        }
        if self.differs_in_front(other) {
            return Some(false);
        }
        (!budget.spend(self.cost(other))).then_some(true)
    }

    fn overlaps_keeping(&self, kept: &BTreeSet<u32>, other: &Self) -> bool {
        let (one, two) = (self.open_variables(kept), other.open_variables(kept));
        one.meets(&two)
    }

    /// Whether both start with literal characters, and with different ones: the common case.
    fn differs_in_front(&self, other: &Self) -> bool {
        let front = |pattern: &Self| {
            let places = pattern.loops.iter().zip(&pattern.steps);
            let fixed = |(place, step): &(&Loop, &Step)| {
                **place == Loop::Nothing && matches!(step, Step::Char(_))
            };
            places.take_while(fixed).count()
        };
        let shared = self.steps.iter().zip(&other.steps);
        let same = shared.take_while(|(one, two)| one == two).count();
        same < front(self).min(front(other))
    }

    fn meets(&self, other: &Self) -> bool {
        // `row` holds the places of `other` that go together with one place of this pattern.
        let mut row: Vec<bool> = other.loops.iter().map(|_| false).collect();
        if let Some(first) = row.first_mut() {
            *first = true;
        }
        let entering = || core::iter::once(None).chain(other.steps.iter().copied().map(Some));
        let mut steps = self.steps.iter();
        for here in &self.loops {
            let mut before = false;
            for (place, step) in row.iter_mut().zip(entering()) {
                *place |= before && step.is_some_and(|step| here.meets(step));
                before = *place;
            }
            let Some(step) = steps.next() else { break };
            let mut before = false;
            let theirs = other.loops.iter().zip(entering());
            for (place, (around, entering)) in row.iter_mut().zip(theirs) {
                let stays = *place && around.meets(*step);
                let moves = before && entering.is_some_and(|entering| step.meets(entering));
                before = core::mem::replace(place, stays || moves);
            }
            if !row.contains(&true) {
                return false;
            }
        }
        row.last() == Some(&true)
    }

    /// Whether this pattern takes every text that `other` takes, whatever the variables hold.
    /// False when the budget is spent.
    pub(crate) fn covers(&self, other: &Self, budget: &mut Budget) -> bool {
        if !budget.spend(self.cost(other)) {
            return false;
        }
        // `row` holds the places of this pattern that go together with one place of `other`.
        let mut row: Vec<bool> = self.loops.iter().map(|_| false).collect();
        if let Some(first) = row.first_mut() {
            *first = true;
        }
        let mut steps = other.steps.iter();
        for around in &other.loops {
            for (place, here) in row.iter_mut().zip(&self.loops) {
                *place &= here >= around;
            }
            let Some(step) = steps.next() else { break };
            let mut before = false;
            let entering = core::iter::once(None).chain(self.steps.iter().map(Some));
            for (place, (here, entering)) in row.iter_mut().zip(self.loops.iter().zip(entering)) {
                let stays = *place && here.takes(*step);
                let moves = before && entering.is_some_and(|entering| entering.takes(*step));
                before = core::mem::replace(place, stays || moves);
            }
            if !row.contains(&true) {
                return false;
            }
        }
        row.last() == Some(&true)
    }
}

impl Step {
    /// Whether some text is both; an unknown text may have one character.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::AnyChar, _) | (_, Self::AnyChar) => true,
            (one, two) => one == two,
        }
    }

    /// Whether it takes all that `other` takes.
    fn takes(self, other: Self) -> bool {
        match (self, other) {
            (Self::AnyChar, Self::Char(_)) => true,
            (one, two) => one == two,
        }
    }
}

impl Loop {
    fn meets(self, step: Step) -> bool {
        match self {
            Self::Nothing => false,
            Self::Level => step != Step::Char('/'),
            Self::Any => true,
        }
    }

    fn takes(self, step: Step) -> bool {
        match self {
            Self::Nothing => false,
            Self::Level => matches!(step, Step::Char(c) if c != '/'),
            Self::Any => true,
        }
    }
}

/// How much work the comparisons of patterns may do: each costs the product of two lengths.
///
/// Once it is spent no relation is reported any more, so that a hostile document of hundreds of
/// kilobytes costs a bounded time. Documents within the limits of AWS IoT use a fraction of it.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
    is_spent: bool,
}

impl Budget {
    pub(crate) const fn new(left: usize) -> Self {
        Self {
            left,
            is_spent: false,
        }
    }

    /// Takes `work` off, or tells that there is not as much left.
    pub(crate) const fn spend(&mut self, work: usize) -> bool {
        match self.left.checked_sub(work) {
            Some(left) if !self.is_spent => self.left = left,
            _ => self.is_spent = true,
        }
        !self.is_spent
    }

    pub(crate) const fn is_spent(&self) -> bool {
        self.is_spent
    }
}

/// What looking at a pair of patterns costs, besides their lengths.
const PAIR: usize = 32;

impl Default for Budget {
    /// Several times what a set of ten documents of 2,048 characters needs.
    fn default() -> Self {
        Self::new(1 << 24)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use alloc::string::String;

    use super::*;

    const TEXT: [char; 3] = ['a', '/', 'b'];

    /// All texts over `alphabet` of at most `length` characters.
    pub(crate) fn texts(alphabet: &[char], length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..length {
            let to = all.len();
            for index in from..to {
                for c in alphabet {
                    let mut text = all[index].clone();
                    text.push(*c);
                    all.push(text);
                }
            }
            from = to;
        }
        all
    }

    fn atoms(pattern: &str) -> Vec<Atom> {
        let atom = |c| match c {
            '?' => Atom::AnyChar,
            '*' => Atom::AnyRun,
            'V' => Atom::Variable(1),
            'W' => Atom::Variable(2),
            c => Atom::Char(c),
        };
        pattern.chars().map(atom).collect()
    }

    fn glob(pattern: &str) -> Pattern {
        Pattern::glob(&atoms(pattern))
    }

    /// The oracle: what `*` and `?` mean, by the letter.
    fn takes(pattern: &[Atom], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([Atom::AnyRun, rest @ ..], _) => {
                takes(rest, text) || matches!(text, [_, tail @ ..] if takes(pattern, tail))
            }
            ([Atom::AnyChar, rest @ ..], [_, tail @ ..]) => takes(rest, tail),
            ([Atom::Char(c), rest @ ..], [d, tail @ ..]) => c == d && takes(rest, tail),
            _ => false,
        }
    }

    #[test]
    fn both_relations_agree_with_enumeration() {
        // `b` is in no pattern: it stands for the characters that a pattern does not name.
        let samples: Vec<Vec<char>> = texts(&TEXT, 6)
            .iter()
            .map(|t| t.chars().collect())
            .collect();
        let all: Vec<(String, Pattern, Vec<bool>)> = texts(&['a', '/', '?', '*'], 3)
            .into_iter()
            .map(|pattern| {
                let atoms = atoms(&pattern);
                let taken = samples.iter().map(|text| takes(&atoms, text)).collect();
                (pattern, Pattern::glob(&atoms), taken)
            })
            .collect();
        for (one, first, taken) in &all {
            for (two, second, also) in &all {
                let pairs = || taken.iter().zip(also);
                let budget = &mut Budget::new(1_000);
                let expected = pairs().any(|(one, two)| *one && *two);
                assert_eq!(first.overlaps(second, budget), expected, "{one} and {two}");
                let expected = pairs().all(|(one, two)| *one || !*two);
                assert_eq!(first.covers(second, budget), expected, "{one} takes {two}");
            }
        }
    }

    #[test]
    fn an_unknown_text_is_equal_to_itself() {
        for (one, two, overlap, cover) in [
            ("V", "V", true, true),
            ("V", "W", true, false),
            ("V", "a", true, false),
            ("*", "V", true, true),
            ("V", "*", true, false),
            ("?", "V", true, false),
            ("xVy", "x*y", true, false),
            ("x*y", "xVy", true, true),
            ("V/*", "V", false, false),
            ("V/W", "V/a", true, false),
            ("VV", "V", false, false),
            ("V/a", "V/b", false, false),
        ] {
            let (first, second) = (glob(one), glob(two));
            let budget = &mut Budget::new(1_000);
            assert_eq!(first.overlaps(&second, budget), overlap, "{one} {two}");
            assert_eq!(second.overlaps(&first, budget), overlap, "{two} {one}");
            assert_eq!(first.covers(&second, budget), cover, "{one} takes {two}");
        }
    }

    #[test]
    fn some_value_may_make_an_overlap() {
        for (one, two, ever) in [
            ("*V", "Va", true),
            ("V/*", "V", true),
            ("V/a", "V/b", false),
            ("aV", "bV", false),
            ("V", "W", true),
        ] {
            let (first, second) = (glob(one), glob(two));
            let budget = &mut Budget::new(1_000);
            assert_eq!(first.overlaps_ever(&second, budget), ever, "{one} {two}");
            assert_eq!(second.overlaps_ever(&first, budget), ever, "{two} {one}");
        }
    }

    #[test]
    fn a_level_ends_at_a_slash() {
        let mut level = Pattern::literal("a/");
        level.widen(Loop::Level);
        level.append(&Pattern::literal("/c"));
        for (text, expected) in [("a/b/c", true), ("a//c", true), ("a/b/b/c", false)] {
            let text = Pattern::literal(text);
            assert_eq!(level.overlaps(&text, &mut Budget::default()), expected);
            assert_eq!(level.covers(&text, &mut Budget::default()), expected);
        }
        let any = glob("a/*/c");
        assert!(any.covers(&level, &mut Budget::default()));
        assert!(!level.covers(&any, &mut Budget::default()));
    }

    #[test]
    fn a_spent_budget_answers_so_that_nothing_is_reported() {
        let (one, two) = (glob("*a"), glob("*b"));
        let budget = &mut Budget::new(PAIR + 2);
        assert!(one.overlaps(&two, budget) && budget.is_spent());
        assert!(!one.covers(&one, budget));
    }
}
