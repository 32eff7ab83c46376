//! Pages of lists.

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
