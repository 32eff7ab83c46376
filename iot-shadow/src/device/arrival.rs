//! What each message that arrives does to what the device knows.

use super::event::DeviceEvent;
use super::received::{Change, Token};
use super::tracker::{Action, Notice};
use super::{DeviceShadow, Reported, Request};
use crate::json::{Json, JsonRef};
use crate::operation::Operation;
use crate::patch::{delta, merge_patch};

/// Codes after which the same update may succeed a little later: throttled, failed, unavailable.
const TRANSIENT: [u16; 3] = [429, 500, 503];

impl DeviceShadow {
    /// The request that waits, if this is its answer.
    fn answered(&self, token: &Token<'_>) -> Option<Request> {
        let waiting = self.waiting.as_ref()?;
        (token.as_deref() == Some(waiting.token.as_str())).then_some(waiting.request)
    }

    /// If the version is not the one after that of `cloud`, something was missed. A get that waits
    /// may tell it: its answer settles that.
    fn note_gap(&mut self, version: u64) {
        let cloud = self.cloud.as_ref();
        self.missed |= cloud.is_none_or(|cloud| version > cloud.version.saturating_add(1));
    }

    pub(super) fn on_delta(&mut self, version: u64, state: JsonRef<'_>) -> DeviceEvent {
        self.note_gap(version);
        // Where no shadow is known to be, this may come from one that was deleted.
        if self.cloud.as_ref().is_none_or(|cloud| cloud.version == 0) {
            self.missed = true;
            self.tracker.take(Notice::Updated { version });
            return DeviceEvent::Nothing;
        }
        match self.tracker.take(Notice::Delta { version }) {
            Action::Apply => self.wish(version, state).unwrap_or(DeviceEvent::Nothing),
            _ => DeviceEvent::Nothing,
        }
    }

    /// What of a delta is left for the application.
    fn wish(&mut self, version: u64, state: JsonRef<'_>) -> Option<DeviceEvent> {
        let state = self.commands.filter(state);
        let empty = Json::empty_object();
        let local = self.local.as_ref().unwrap_or(&empty);
        let state = delta(state.as_ref(), local.as_ref())?;
        Some(DeviceEvent::Delta { state, version })
    }

    pub(super) fn on_updated(
        &mut self,
        version: u64,
        desired: Change<'_>,
        reported: Change<'_>,
        token: &Token<'_>,
    ) -> DeviceEvent {
        let own = self.answered(token) == Some(Request::Update);
        if own {
            self.waiting = None;
        }
        self.note_gap(version);
        self.tracker.take(Notice::Updated { version });
        if let Some(cloud) = &mut self.cloud
            && cloud.version.checked_add(1) == Some(version)
        {
            cloud.version = version;
            match reported {
                Change::None => {}
                Change::Clear => cloud.state = Json::empty_object(),
                Change::Merge(patch) => {
                    cloud.state = merge_patch(cloud.state.as_ref(), patch);
                }
            }
            self.commands.update(desired);
        }
        if own {
            DeviceEvent::Reported { version }
        } else {
            DeviceEvent::Nothing
        }
    }

    pub(super) fn on_documents(&mut self, version: u64, state: JsonRef<'_>) -> DeviceEvent {
        self.tracker.take(Notice::Updated { version });
        match &self.cloud {
            None => self.note_gap(version),
            Some(cloud) if cloud.version < version => self.learn(version, state),
            Some(_) => {}
        }
        DeviceEvent::Nothing
    }

    /// Takes over what a whole document says.
    fn learn(&mut self, version: u64, state: JsonRef<'_>) {
        self.cloud = Some(Reported {
            state: state
                .get("reported")
                .map_or_else(Json::empty_object, JsonRef::to_json),
            version,
        });
        self.commands.keep_desired(state.get("desired"));
    }

    pub(super) fn on_got(
        &mut self,
        version: u64,
        state: JsonRef<'_>,
        token: &Token<'_>,
    ) -> DeviceEvent {
        let Some(Request::Get { known }) = self.answered(token) else {
            return DeviceEvent::Nothing;
        };
        self.waiting = None;
        // Something newer came while the answer was on its way. A version lower than what was
        // known when the get was made is another matter: the service counts anew.
        if self.tracker.known() > Some(version) && known <= Some(version) {
            self.missed = true;
            return DeviceEvent::Nothing;
        }
        self.missed = false;
        // A shadow that was deleted is there again.
        self.held &= self.cloud.is_some();
        self.learn(version, state);
        if self.local.is_none() {
            self.local = self.cloud.as_ref().map(|cloud| cloud.state.clone());
        }
        let delta = state.get("delta");
        let has_delta = delta.is_some();
        self.tracker.take(Notice::Got { version, has_delta });
        delta
            .and_then(|delta| self.wish(version, delta))
            .unwrap_or(DeviceEvent::Synced { version })
    }

    pub(super) fn on_deleted(&mut self, version: u64) -> DeviceEvent {
        if self.tracker.take(Notice::Deleted { version }) != Action::Reset {
            return DeviceEvent::Nothing;
        }
        self.cloud = None;
        self.commands.clear();
        self.missed = false;
        self.held = true;
        DeviceEvent::Deleted { version }
    }

    /// `None` if the application must know it as it is.
    pub(super) fn on_rejected(
        &mut self,
        operation: Operation,
        code: u16,
        token: &Token<'_>,
    ) -> Option<DeviceEvent> {
        let notice = Notice::Rejected { operation, code };
        match (self.answered(token), operation) {
            (Some(Request::Get { known }), Operation::Get) => {
                if code != 404 {
                    return None;
                }
                self.waiting = None;
                if self.tracker.known() != known {
                    self.missed = true;
                    return Some(DeviceEvent::Nothing);
                }
                self.tracker.take(notice);
                self.missed = false;
                self.commands.clear();
                if self.held && self.cloud.is_none() {
                    // It was deleted, and still is.
                    return Some(DeviceEvent::Nothing);
                }
                let nothing = Json::empty_object();
                self.local.get_or_insert_with(|| nothing.clone());
                self.cloud = Some(Reported {
                    state: nothing,
                    version: 0,
                });
                Some(DeviceEvent::Absent)
            }
            (Some(Request::Update), Operation::Update) => {
                if TRANSIENT.contains(&code) {
                    return None;
                }
                self.waiting = None;
                if self.tracker.take(notice) == Action::Retry {
                    self.missed = true;
                    return Some(DeviceEvent::Nothing);
                }
                self.held = true;
                None
            }
            _ => Some(DeviceEvent::Nothing),
        }
    }
}
