//! Questions about violations.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::detect::behavior::Behavior;
use crate::detect::behavior::criteria::CriteriaType;
use crate::detect::engine::Engine;
use crate::detect::name::ProfileName;
use crate::detect::refusal::DetectError;
use crate::detect::violation::{ActiveViolation, ListedEvent, Verification, VerificationState};
use crate::paging::{PageSize, Paging, Place, answer};
use crate::question::{device, given, paging, parsed, time};

/// Which violations are asked for, as `ListActiveViolations` has it. A field that is `None` leaves
/// nothing out.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{CriteriaType, DetectError, Engine, ViolationFilter};
/// use serde_json::json;
///
/// let filter = ViolationFilter::from_json(&json!({
///     "securityProfileName": "lamps",
///     "behaviorCriteriaType": "STATIC",
///     "listSuppressedAlerts": false,
///     "maxResults": 10,
/// }))?;
/// assert_eq!(filter.criteria_type, Some(CriteriaType::Static));
/// assert_eq!(filter.list(&Engine::new())?.to_api_json(), json!({ "activeViolations": [] }));
/// let error = ViolationFilter::from_json(&json!({ "maxResults": 251 }));
/// assert_eq!(error, Err(DetectError::Member("maxResults")));
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ViolationFilter {
    /// Of this thing or client id.
    pub thing: Option<String>,
    /// Of this security profile.
    pub profile: Option<ProfileName>,
    /// Of behaviors with criteria of this type.
    pub criteria_type: Option<CriteriaType>,
    /// With `true` only those whose notifications are suppressed, with `false` only the others.
    pub suppressed: Option<bool>,
    /// Of which people say this, which at first is `UNKNOWN`.
    pub verification: Option<VerificationState>,
    /// How many at most.
    pub max_results: PageSize,
    /// Where the page before ended.
    pub next_token: Option<String>,
}

impl ViolationFilter {
    /// Reads the question `ListActiveViolations`, or what `ListViolationEvents` has besides its
    /// times. Members that it does not know are not looked at, and null stands for none.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: the first member that breaks its rule.
    pub fn from_json(json: &Value) -> Result<Self, DetectError> {
        const SUPPRESSED: &str = "listSuppressedAlerts";

        let (max_results, next_token) = paging(json)?;
        let suppressed = given(json, SUPPRESSED)
            .map(|flag| flag.as_bool().ok_or(DetectError::Member(SUPPRESSED)));
        Ok(Self {
            thing: device(json)?,
            profile: parsed(json, "securityProfileName")?,
            criteria_type: parsed(json, "behaviorCriteriaType")?,
            suppressed: suppressed.transpose()?,
            verification: parsed(json, "verificationState")?,
            max_results,
            next_token,
        })
    }

    fn takes(
        &self,
        thing: &str,
        profile: &ProfileName,
        behavior: &Behavior,
        verification: &Verification,
    ) -> bool {
        let kind = behavior.criteria().condition.criteria_type();
        self.thing.as_ref().is_none_or(|asked| asked == thing)
            && self.profile.as_ref().is_none_or(|asked| asked == profile)
            && self.criteria_type.is_none_or(|asked| asked == kind)
            && self
                .suppressed
                .is_none_or(|asked| asked == behavior.suppress_alerts)
            && self
                .verification
                .is_none_or(|asked| asked == verification.state())
    }

    /// A page of the alarms that are on, by profile, behavior and thing. The cost grows with all
    /// that are on.
    ///
    /// The token says of which device and behavior the last was, so that a page begins right even
    /// if that alarm has ended.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: the token was not given out by this list.
    pub fn list<'e>(&self, engine: &'e Engine) -> Result<ActiveViolationPage<'e>, DetectError> {
        let paging = Paging {
            mark: "activeviolation",
            most: self.max_results,
            token: self.next_token.as_deref(),
        };
        let active = engine.active_violations().into_iter();
        let asked =
            active.filter(|it| self.takes(it.thing, it.profile, it.behavior, it.verification));
        let (violations, next_token) = paging.cut(asked.map(|it| (AlarmPlace::of(&it), it)))?;
        Ok(ActiveViolationPage {
            violations,
            next_token,
        })
    }
}

/// Where an alarm stands among all. Names of profiles and behaviors have no slash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct AlarmPlace<'a> {
    profile: &'a str,
    behavior: &'a str,
    thing: &'a str,
    is_registered: bool,
}

impl<'a> AlarmPlace<'a> {
    fn of(violation: &ActiveViolation<'a>) -> Self {
        Self {
            profile: violation.profile.as_str(),
            behavior: violation.behavior.name().as_str(),
            thing: violation.thing,
            is_registered: violation.is_registered,
        }
    }
}

impl fmt::Display for AlarmPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_registered = u8::from(self.is_registered);
        write!(
            f,
            "{}/{}/{is_registered}/{}",
            self.profile, self.behavior, self.thing
        )
    }
}

impl<'a> Place<'a> for AlarmPlace<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(4, '/');
        let (profile, behavior) = (parts.next()?, parts.next()?);
        Some(Self {
            profile,
            behavior,
            is_registered: parts.next()? == "1",
            thing: parts.next()?,
        })
    }
}

/// A page of the alarms that are on.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Engine, ViolationFilter};
///
/// let engine = Engine::new();
/// let page = ViolationFilter::default().list(&engine)?;
/// assert!(page.violations.is_empty() && page.next_token.is_none());
/// # Ok::<(), iot_defender::detect::DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActiveViolationPage<'e> {
    /// The alarms.
    pub violations: Vec<ActiveViolation<'e>>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl ActiveViolationPage<'_> {
    /// The answer of `ListActiveViolations`.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let violations = json!(self.violations);
        answer("activeViolations", &violations, self.next_token.as_deref())
    }
}

/// Which events are asked for, as `ListViolationEvents` has it.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectError, Engine, ViolationEventQuery};
/// use serde_json::json;
///
/// let day = json!({ "startTime": 1_573_776_000, "endTime": 1_573_862_400, "thingName": "lamp-7" });
/// let query = ViolationEventQuery::from_json(&day)?;
/// assert_eq!(query.filter.thing.as_deref(), Some("lamp-7"));
/// assert_eq!(query.list(&Engine::new())?.to_api_json(), json!({ "violationEvents": [] }));
/// let error = ViolationEventQuery::from_json(&json!({ "startTime": 0 }));
/// assert_eq!(error, Err(DetectError::Member("endTime")));
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ViolationEventQuery {
    /// Not before.
    pub start: Timestamp,
    /// Not after.
    pub end: Timestamp,
    /// Of which violations, and how many.
    pub filter: ViolationFilter,
}

impl ViolationEventQuery {
    /// All events between two times, both included, the first page.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ViolationEventQuery;
    ///
    /// let query = ViolationEventQuery::new(Default::default(), Default::default());
    /// assert_eq!(query.filter.max_results.get(), 25);
    /// ```
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self {
            start,
            end,
            filter: ViolationFilter::default(),
        }
    }

    /// Reads the question as the API has it.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: the first member that is missing or breaks its rule.
    pub fn from_json(json: &Value) -> Result<Self, DetectError> {
        Ok(Self {
            start: time(json, "startTime")?,
            end: time(json, "endTime")?,
            filter: ViolationFilter::from_json(json)?,
        })
    }

    /// A page of the events, the oldest first. The cost is linear in the events of the time.
    ///
    /// The token is the number of the next event, counted from the first that ever was, so that
    /// pages stay as they are while events come and old ones go.
    ///
    /// # Errors
    ///
    /// [`DetectError::Member`]: the token was not given out by this list.
    pub fn list<'e>(&self, engine: &'e Engine) -> Result<ViolationEventPage<'e>, DetectError> {
        const TOKEN: DetectError = DetectError::Member("nextToken");

        let first = match &self.filter.next_token {
            None => 0,
            Some(token) => token.parse().map_err(|_| TOKEN)?,
        };
        let rest = engine.events_from(first, self.start).ok_or(TOKEN)?;
        let mut asked = rest
            .take_while(|(_, listed)| listed.event.time <= self.end)
            .filter(
                |(
                    _,
                    ListedEvent {
                        event,
                        verification,
                    },
                )| {
                    self.filter
                        .takes(&event.thing, &event.profile, &event.behavior, verification)
                },
            );
        let of_page = asked.by_ref().take(self.filter.max_results.items());
        let events = of_page.map(|(_, listed)| listed).collect();
        let next_token = asked.next().map(|(number, _)| number.to_string());
        Ok(ViolationEventPage { events, next_token })
    }
}

/// A page of events.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Engine, ViolationEventQuery};
///
/// let engine = Engine::new();
/// let page = ViolationEventQuery::new(Default::default(), Default::default()).list(&engine)?;
/// assert!(page.events.is_empty() && page.next_token.is_none());
/// # Ok::<(), iot_defender::detect::DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViolationEventPage<'e> {
    /// The events.
    pub events: Vec<ListedEvent<'e>>,
    /// What to ask for the next page with, if there is one.
    pub next_token: Option<String>,
}

impl ViolationEventPage<'_> {
    /// The answer of `ListViolationEvents`.
    #[must_use]
    pub fn to_api_json(&self) -> Value {
        let events = json!(self.events);
        answer("violationEvents", &events, self.next_token.as_deref())
    }
}
