//! Something that is wrong with a thing.

use alloc::string::String;

use iot_topics::ThingName;

/// Something that is wrong with a thing: a finding about its certificate, or a violation of its
/// behavior.
///
/// # Examples
///
/// ```
/// use iot_defender::remedy::Incident;
///
/// // A violation: its id, and the profile and behavior.
/// let id = "a5ec1a7b2b0e4f7c9d3e6f8a1b2c3d4e";
/// let incident = Incident::new("lamp-7".parse()?, id, "fleet: too many messages");
/// assert_eq!(incident.thing().as_str(), "lamp-7");
/// assert_eq!((incident.id(), incident.reason()), (id, "fleet: too many messages"));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incident {
    thing: ThingName,
    id: String,
    reason: String,
}

impl Incident {
    /// From the thing, the id of the finding or violation, and why. Any text will do: what is put
    /// into a document is made harmless there, see [`JobTemplate`](super::JobTemplate).
    #[must_use]
    pub fn new(thing: ThingName, id: &str, reason: &str) -> Self {
        Self {
            thing,
            id: id.into(),
            reason: reason.into(),
        }
    }

    /// The thing.
    #[must_use]
    pub const fn thing(&self) -> &ThingName {
        &self.thing
    }

    /// The id of the finding or violation.
    #[must_use]
    pub const fn id(&self) -> &str {
        self.id.as_str()
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> &str {
        self.reason.as_str()
    }
}
