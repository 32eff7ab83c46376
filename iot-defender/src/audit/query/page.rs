//! How many items a page has.

/// How many items a page has at most: 1 to 250, and 25 if nothing is said.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::PageSize;
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

    pub(super) const fn items(self) -> usize {
        self.0 as usize
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(25)
    }
}
