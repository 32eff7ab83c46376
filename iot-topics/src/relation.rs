//! What two filters have to do with each other: `covers` and `overlaps`.
//!
//! Both are about the sets of names that the filters take, over all legal names of any length and
//! depth. They are exact, walk both filters once and allocate nothing.

use crate::filter::{FilterLevel, FilterLevels, MatchMode, TopicFilterRef};

impl TopicFilterRef<'_> {
    /// Whether this filter takes every name that `other` takes, by the rule of AWS IoT Core.
    ///
    /// Over all legal names: [`Limits`](crate::Limits) are not considered, so `a/+` does not
    /// cover `a/#`, even where names had only two levels. Share names play no part.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::TopicFilterRef;
    ///
    /// let all = TopicFilterRef::parse("#")?;
    /// assert!(all.covers(TopicFilterRef::parse("plant/+/temperature")?));
    /// assert!(!all.covers(TopicFilterRef::parse("$aws/things/+/shadow/get")?));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub fn covers(self, other: TopicFilterRef<'_>) -> bool {
        self.covers_with(other, MatchMode::Aws)
    }

    /// Whether this filter takes every name that `other` takes.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{MatchMode, TopicFilterRef};
    ///
    /// let all = TopicFilterRef::parse("plant/#")?;
    /// let one = TopicFilterRef::parse("plant")?;
    /// assert!(all.covers_with(one, MatchMode::Mqtt));
    /// assert!(!all.covers_with(one, MatchMode::Aws));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub fn covers_with(self, other: TopicFilterRef<'_>, mode: MatchMode) -> bool {
        if starts_with_wildcard(self) && starts_with_dollar(other) {
            return false;
        }
        let mut wide = Spelled::new(self, mode);
        let mut narrow = Spelled::new(other, mode);
        loop {
            match (wide.next(), narrow.next()) {
                (Step::Rest, _) | (Step::End, Step::End) => return true,
                (Step::Any, Step::Any | Step::Literal(_)) => {}
                (Step::Literal(wide), Step::Literal(narrow)) if wide == narrow => {}
                _ => return false,
            }
        }
    }

    /// Whether some name is taken by both filters, by the rule of AWS IoT Core.
    ///
    /// Over all legal names, as [`TopicFilterRef::covers`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::TopicFilterRef;
    ///
    /// let filter = TopicFilterRef::parse("plant/+/temperature")?;
    /// assert!(filter.overlaps(TopicFilterRef::parse("plant/7/#")?));
    /// assert!(!filter.overlaps(TopicFilterRef::parse("plant/7/humidity")?));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub fn overlaps(self, other: TopicFilterRef<'_>) -> bool {
        self.overlaps_with(other, MatchMode::Aws)
    }

    /// Whether some name is taken by both filters.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::{MatchMode, TopicFilterRef};
    ///
    /// let all = TopicFilterRef::parse("plant/#")?;
    /// let one = TopicFilterRef::parse("+")?;
    /// assert!(all.overlaps_with(one, MatchMode::Mqtt)); // both take `plant`
    /// assert!(!all.overlaps_with(one, MatchMode::Aws));
    /// # Ok::<(), iot_topics::TopicError>(())
    /// ```
    #[must_use]
    pub fn overlaps_with(self, other: TopicFilterRef<'_>, mode: MatchMode) -> bool {
        if starts_with_wildcard(self) && starts_with_dollar(other)
            || starts_with_dollar(self) && starts_with_wildcard(other)
        {
            return false;
        }
        let mut left = Spelled::new(self, mode);
        let mut right = Spelled::new(other, mode);
        loop {
            match (left.next(), right.next()) {
                (Step::Rest, _) | (_, Step::Rest) | (Step::End, Step::End) => return true,
                (Step::End, _) | (_, Step::End) => return false,
                (Step::Literal(left), Step::Literal(right)) if left != right => return false,
                _ => {}
            }
        }
    }
}

fn starts_with_wildcard(filter: TopicFilterRef<'_>) -> bool {
    filter.filter_part().starts_with(['+', '#'])
}

fn starts_with_dollar(filter: TopicFilterRef<'_>) -> bool {
    filter.filter_part().starts_with('$')
}

/// What a filter asks of the next level of a name.
enum Step<'a> {
    Literal(&'a str),
    Any,
    /// Any number of levels more, none too.
    Rest,
    /// No level more.
    End,
}

/// A filter whose `#` is spelled out as `Any`, if it needs a level, and `Rest`.
struct Spelled<'a> {
    levels: FilterLevels<'a>,
    needs_level: bool,
    open: bool,
}

impl<'a> Spelled<'a> {
    fn new(filter: TopicFilterRef<'a>, mode: MatchMode) -> Self {
        // By the MQTT rule too, `#` and `/#` need a level: without one the name would be empty.
        let needs_level = mode == MatchMode::Aws || matches!(filter.filter_part(), "#" | "/#");
        Self {
            levels: filter.levels(),
            needs_level,
            open: false,
        }
    }

    fn next(&mut self) -> Step<'a> {
        match self.levels.next() {
            Some(FilterLevel::Literal(text)) => Step::Literal(text),
            Some(FilterLevel::SingleLevel) => Step::Any,
            Some(FilterLevel::MultiLevel) if self.needs_level => {
                self.open = true;
                Step::Any
            }
            Some(FilterLevel::MultiLevel) => Step::Rest,
            None if self.open => Step::Rest,
            None => Step::End,
        }
    }
}
