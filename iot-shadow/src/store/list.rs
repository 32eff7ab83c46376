//! `ListNamedShadowsForThing`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::ops::Bound;

use iot_topics::{ShadowName, ThingName, Timestamp};

use super::ShadowStore;
use crate::id::ShadowId;
use crate::json::escape_into;
use crate::rejection::Rejection;

/// A page of the names of a thing's shadows.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Operation, Profile, ShadowStore};
/// use iot_topics::Timestamp;
///
/// let mut store = ShadowStore::new(Profile::aws());
/// let now = Timestamp::from_secs(7);
/// for name in ["c", "a", "b"] {
///     let id = store.id("lamp", Some(name))?;
///     store.handle(&id, Operation::Update, br#"{"state":{}}"#, now);
/// }
/// let lamp = "lamp".parse().expect("is a name");
/// let page = store.list_named(&lamp, Some(2), None, now)?;
/// assert_eq!(page.to_json(), r#"{"results":["a","b"],"nextToken":"lamp~b","timestamp":7}"#);
/// let page = store.list_named(&lamp, Some(2), page.next_token.as_deref(), now)?;
/// assert_eq!(page.to_json(), r#"{"results":["c"],"timestamp":7}"#);
/// # Ok::<(), iot_shadow::Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedShadows {
    /// In the byte order of the names.
    pub results: Vec<ShadowName>,
    /// What the request for the next page says; `None` on the last one. Callers should not read it.
    pub next_token: Option<String>,
    /// When this was asked.
    pub timestamp: Timestamp,
}

/// Names on a page of which the request does not tell the size.
const DEFAULT_PAGE: usize = 25;

/// Names that a page may have (API model, `PageSize`).
const PAGES: core::ops::RangeInclusive<usize> = 1..=100;

impl ShadowStore {
    /// The names of the shadows of a thing, without the classic one and those that were deleted. A
    /// thing of which nothing is known has none. Cost: linear in the shadows of the thing.
    ///
    /// # Errors
    ///
    /// [`Rejection::PageSize`], and [`Rejection::NextToken`] for one that this thing never gave.
    pub fn list_named(
        &self,
        thing: &ThingName,
        page_size: Option<usize>,
        next_token: Option<&str>,
        now: Timestamp,
    ) -> Result<NamedShadows, Rejection> {
        let size = page_size.unwrap_or(DEFAULT_PAGE);
        if !PAGES.contains(&size) {
            return Err(Rejection::PageSize);
        }
        let after = match next_token {
            None => ShadowId::classic(thing.clone()),
            Some(token) => token
                .strip_prefix(thing.as_str())
                .and_then(|rest| ShadowName::parse(rest.strip_prefix('~')?).ok())
                .map(|name| ShadowId::named(thing.clone(), name))
                .ok_or(Rejection::NextToken)?,
        };
        let mut names = self
            .shadows
            .range((Bound::Excluded(after), Bound::Unbounded))
            .take_while(|(id, _)| id.thing == *thing)
            .filter(|(_, shadow)| shadow.document().is_some())
            .filter_map(|(id, _)| id.shadow.as_ref());
        let results: Vec<_> = names.by_ref().take(size).cloned().collect();
        let next_token = results
            .last()
            .filter(|_| names.next().is_some())
            .map(|last| format!("{thing}~{last}"));
        Ok(NamedShadows {
            results,
            next_token,
            timestamp: now,
        })
    }
}

impl NamedShadows {
    /// The body of the HTTP answer.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"results\":[");
        for (at, name) in self.results.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            escape_into(name.as_str(), &mut out);
        }
        out.push(']');
        if let Some(token) = &self.next_token {
            out.push_str(",\"nextToken\":");
            escape_into(token, &mut out);
        }
        // A `String` takes everything.
        let _ = write!(out, ",\"timestamp\":{}}}", self.timestamp.as_secs());
        out
    }
}
