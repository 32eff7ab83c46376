//! Pages of lists.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

use serde_json::{Value, json};

/// How many items a page has at most: 1 to 250, and 25 if nothing is said.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::PageSize; // `detect::PageSize` is the same
///
/// assert_eq!(PageSize::default().get(), 25);
/// assert_eq!(PageSize::new(250).map(PageSize::get), Some(250));
/// assert_eq!(PageSize::new(0), None);
/// assert_eq!(PageSize::new(251), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageSize(u8);

impl PageSize {
    /// So many; `None` outside 1 to 250.
    #[must_use]
    pub const fn new(items: u64) -> Option<Self> {
        if items >= 1 && items <= 250 {
            Some(Self(items as u8))
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    pub(crate) const fn items(self) -> usize {
        self.0 as usize
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(25)
    }
}

impl PageSize {
    /// Reads `maxResults` of a question; `None` if it is not in its form.
    pub(crate) fn read(question: &Value) -> Option<Self> {
        match question.get("maxResults") {
            None | Some(Value::Null) => Some(Self::default()),
            Some(most) => Self::new(most.as_u64()?),
        }
    }
}

/// The answer of a list: its items, and the token if there are more.
pub(crate) fn answer(name: &str, items: &Value, token: Option<&str>) -> Value {
    let mut json = json!({ name: items });
    if let (Some(token), Some(members)) = (token, json.as_object_mut()) {
        members.insert("nextToken".into(), token.into());
    }
    json
}

/// Where an item stands in its list: what the list is ordered by. As text it stands in tokens.
pub(crate) trait Place<'t>: Ord + Copy + Display {
    /// Reads the text; `None` if no item can stand there.
    fn read(text: &'t str) -> Option<Self>;
}

impl Place<'_> for usize {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// A token that was not given out by the list that it is shown to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ForeignToken;

/// The page that a question asks for. Its token is the mark of the list and the place of the last
/// item: the next page begins right though items come and go, that one too.
pub(crate) struct Paging<'t> {
    /// What tells tokens of this list from those of others.
    pub(crate) mark: &'t str,
    pub(crate) most: PageSize,
    pub(crate) token: Option<&'t str>,
}

impl<'t> Paging<'t> {
    /// The page of a list in the order of its places, and the token if there are more. The cost
    /// is that of the pages before, too.
    pub(crate) fn cut<T, P: Place<'t>>(
        &self,
        list: impl IntoIterator<Item = (P, T)>,
    ) -> Result<(Vec<T>, Option<String>), ForeignToken> {
        let last: Option<P> = self.token.map(|token| self.place(token)).transpose()?;
        let is_told = |place: P| last.is_some_and(|last| place <= last);
        let mut rest = list.into_iter().skip_while(|(place, _)| is_told(*place));
        let (mut items, mut end) = (Vec::new(), None);
        for (place, item) in rest.by_ref().take(self.most.items()) {
            items.push(item);
            end = Some(place);
        }
        let end = end.filter(|_| rest.next().is_some());
        Ok((items, end.map(|end| self.token_of(end))))
    }

    fn token_of(&self, place: impl Display) -> String {
        format!("{}/{place}", self.mark)
    }

    fn place<P: Place<'t>>(&self, token: &'t str) -> Result<P, ForeignToken> {
        let text = token.strip_prefix(self.mark);
        let text = text.and_then(|text| text.strip_prefix('/'));
        let place = text.and_then(P::read);
        // Other spellings of the place were never given out.
        let place = place.filter(|place| self.token_of(place) == token);
        place.ok_or(ForeignToken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(
        list: &[usize],
        most: u64,
        token: Option<&str>,
    ) -> Result<(Vec<usize>, Option<String>), ForeignToken> {
        let (mark, most) = ("list", PageSize::new(most).unwrap());
        let paging = Paging { mark, most, token };
        paging.cut(list.iter().map(|place| (*place, *place)))
    }

    proptest! {
        /// Page after page is the whole list, each full but the last. What comes and goes between
        /// two pages changes nothing of what else is told.
        #[test]
        fn pages_are_the_list(
            places in prop::collection::btree_set(0_usize..1000, 0..60),
            most in 1_u64..=250,
            gone in any::<prop::sample::Index>(),
        ) {
            let mut list: Vec<usize> = places.into_iter().collect();
            let whole = list.clone();
            let (mut told, mut token) = (Vec::new(), None);
            loop {
                let (items, next) = cut(&list, most, token.as_deref()).unwrap();
                prop_assert!(items.len() as u64 == most || next.is_none());
                prop_assert_eq!(next.is_some(), whole.last() > items.last());
                told.extend(items);
                // What was told may go.
                if !told.is_empty() {
                    let gone = told[gone.index(told.len())];
                    list.retain(|place| *place != gone);
                }
                token = next;
                if token.is_none() {
                    break;
                }
            }
            prop_assert_eq!(told, whole);
        }

        #[test]
        fn other_tokens_are_refused(token in "(list|lis|other)?/?\\+?0?[0-9x]{0,3}") {
            let number = token.strip_prefix("list/").and_then(|text| text.parse::<usize>().ok());
            let is_ours = number.is_some_and(|number| format!("list/{number}") == token);
            prop_assert_eq!(cut(&[1, 2], 1, Some(&token)).is_ok(), is_ours, "{}", token);
        }
    }
}
