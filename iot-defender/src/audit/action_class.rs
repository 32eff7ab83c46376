//! The actions of AWS IoT, by what the audit thinks of them.

mod table;

use crate::words::words;

words! {
    audit:
    /// What an action of the service prefix `iot` is about, as the checks of roles tell them apart
    /// (developer guide, "Authenticated Cognito role overly permissive" and the pages like it).
    pub enum ActionClass {
        /// What devices do: connect, publish, subscribe, shadows and jobs of a thing.
        DataPlane = "data-plane",
        /// What devices do and no check minds, such as `iot:Receive`. The choice is ours.
        DataPlaneNeutral = "data-plane-neutral",
        /// Reads what the registry has of one thing.
        ThingAdminRead = "thing-admin-read",
        /// Changes things. The guide counts `iot:ListThings` among these.
        ThingAdminWrite = "thing-admin-write",
        /// All else.
        NonThingAdmin = "non-thing-admin",
    }
}

impl ActionClass {
    /// The class of an action, letter case not counted; a name of the service `iot` that the
    /// service authorization reference does not know administers something that is not a thing.
    /// `None` for other services.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::ActionClass;
    ///
    /// assert_eq!(ActionClass::of("iot:Publish"), Some(ActionClass::DataPlane));
    /// assert_eq!(ActionClass::of("iot:describething"), Some(ActionClass::ThingAdminRead));
    /// assert_eq!(ActionClass::of("iot:BrandNew"), Some(ActionClass::NonThingAdmin));
    /// assert_eq!(ActionClass::of("s3:GetObject"), None);
    /// ```
    #[must_use]
    pub fn of(action: &str) -> Option<Self> {
        if let Some(class) = Self::known_as(action) {
            return Some(class);
        }
        let (service, _) = action.split_once(':')?;
        service
            .eq_ignore_ascii_case("iot")
            .then_some(Self::NonThingAdmin)
    }

    /// The actions of the class that are known, in alphabetical order.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::ActionClass;
    ///
    /// assert!(ActionClass::ThingAdminRead.actions().eq([
    ///     "iot:DescribeThing",
    ///     "iot:ListJobExecutionsForThing",
    ///     "iot:ListThingGroupsForThing",
    ///     "iot:ListThingPrincipals",
    /// ]));
    /// ```
    pub fn actions(self) -> impl Iterator<Item = &'static str> {
        let own = move |(action, class): &(&'static str, Self)| (*class == self).then_some(*action);
        table::TABLE.iter().filter_map(own)
    }

    /// The class of an action that is in the table.
    pub(super) fn known_as(action: &str) -> Option<Self> {
        let mut rows = table::TABLE.iter();
        let row = rows.find(|(known, _)| known.eq_ignore_ascii_case(action));
        row.map(|(_, class)| *class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_whole() {
        assert!(table::TABLE.is_sorted_by(|a, b| a.0 < b.0));
        let counts = ActionClass::ALL.iter().map(|class| class.actions().count());
        assert!(counts.eq([10, 5, 4, 11, 256]));
        assert!(
            table::TABLE
                .iter()
                .all(|(name, _)| name.starts_with("iot:"))
        );
    }
}
