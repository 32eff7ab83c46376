//! One security profile at work: a row of states for each device that it is about.

pub(super) mod row;

use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::super::behavior::Behavior;
use super::super::behavior::criteria::Condition;
use super::super::metric::{Metric, MetricKind};
use super::super::name::ProfileName;
use super::super::number::Number;
use super::super::profile::SecurityProfile;
use super::super::target::Target;
use super::super::value::{Datapoint, MessageSizes};
use super::alarm::{Alarm, Alarms, State};
use super::device::DeviceId;
use super::track::{self, Track};
use super::{INVALID_STEPS, SeriesId};

/// A behavior of the profile.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) behavior: Arc<Behavior>,
    /// The place of its metric in the profile.
    pub(super) series: usize,
    pub(super) window: u32,
}

/// A metric of the profile, with its dimension.
#[derive(Clone, Debug)]
pub(super) struct Series {
    id: SeriesId,
    metric: Metric,
    kind: MetricKind,
    /// How many steps of a counter are kept: 0 of what is none.
    steps: usize,
    /// Where they begin in a row of windows.
    offset: usize,
    /// Whether a percentile is taken of windows that are longer than a step.
    is_ranked: bool,
}

/// A datapoint of the step that goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch {
    pub(super) row: u32,
    /// The place of the newest reading.
    pub(super) reading: u32,
}

/// What a metric has in the step that goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrived {
    pub(super) touches: Vec<Touch>,
    /// Of each the sizes of all messages, if the metric is that of sizes.
    pub(super) sizes: Vec<MessageSizes>,
}

/// What of a datapoint counts.
enum Newest {
    /// How much a counter grew.
    Growth(u64),
    Sizes(MessageSizes),
    Whole,
}

/// When an alarm may become invalid, and its place.
type Due = Reverse<(u32, u32)>;

#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) name: ProfileName,
    pub(super) profile: SecurityProfile,
    pub(super) targets: BTreeSet<Target>,
    /// By name.
    pub(super) rules: Vec<Rule>,
    series: Vec<Series>,
    /// Of each series of the engine its place here.
    places: BTreeMap<SeriesId, usize>,
    /// The length of a row of windows.
    stride: usize,
    members: Vec<Option<DeviceId>>,
    free: Vec<u32>,
    states: Vec<State>,
    tracks: Vec<Track>,
    windows: Vec<u64>,
    pub(super) arrived: Vec<Arrived>,
    /// Of each metric that is ranked the rows with datapoints in its longest window.
    recent: Vec<Vec<u32>>,
    pub(super) alarms: Alarms,
    due: BinaryHeap<Due>,
    pub(super) values: Vec<Number>,
}

impl Machine {
    /// A profile that is about no device, and whose behaviors are still to be taken.
    pub(super) fn new(profile: &SecurityProfile) -> Self {
        Self {
            name: profile.name().clone(),
            profile: profile.clone(),
            targets: BTreeSet::new(),
            rules: Vec::new(),
            series: Vec::new(),
            places: BTreeMap::new(),
            stride: 0,
            members: Vec::new(),
            free: Vec::new(),
            states: Vec::new(),
            tracks: Vec::new(),
            windows: Vec::new(),
            arrived: Vec::new(),
            recent: Vec::new(),
            alarms: Alarms::EMPTY,
            due: BinaryHeap::new(),
            values: Vec::new(),
        }
    }

    /// Takes the behaviors of a version. Those that are as before keep their states. Gives the
    /// alarms of the others, and their behaviors.
    pub(super) fn set_behaviors(
        &mut self,
        profile: &SecurityProfile,
        intern: &mut dyn FnMut(&Behavior) -> SeriesId,
    ) -> Vec<(Alarm, Arc<Behavior>)> {
        self.profile.clone_from(profile);
        let mut behaviors: Vec<&Behavior> = profile.behaviors().iter().collect();
        behaviors.sort_by_key(|behavior| behavior.name());
        let mut series: Vec<Series> = Vec::new();
        let mut places = BTreeMap::new();
        let mut rules = Vec::with_capacity(behaviors.len());
        for behavior in behaviors {
            let id = intern(behavior);
            let place = *places.entry(id).or_insert(series.len());
            if place == series.len() {
                series.push(Series {
                    id,
                    metric: behavior.metric().clone(),
                    kind: behavior.kind(),
                    steps: 0,
                    offset: 0,
                    is_ranked: false,
                });
            }
            let window = behavior.window();
            if let Some(series) = series.get_mut(place)
                && series.kind == MetricKind::Counter
            {
                series.steps = series.steps.max(window as usize);
                let condition = &behavior.criteria().condition;
                series.is_ranked |= window > 1 && matches!(condition, Condition::Percentile { .. });
            }
            rules.push(Rule {
                behavior: Arc::new(behavior.clone()),
                series: place,
                window,
            });
        }
        let mut stride = 0;
        for series in &mut series {
            series.offset = stride;
            stride += series.steps;
        }
        self.replace(rules, series, places, stride)
    }

    fn replace(
        &mut self,
        rules: Vec<Rule>,
        series: Vec<Series>,
        places: BTreeMap<SeriesId, usize>,
        stride: usize,
    ) -> Vec<(Alarm, Arc<Behavior>)> {
        // Where each behavior goes.
        let moves: Vec<Option<usize>> = self
            .rules
            .iter()
            .map(|old| {
                let same = |new: &Rule| judges_alike(&old.behavior, &new.behavior);
                rules.iter().position(same)
            })
            .collect();
        let rows = self.members.len();
        let mut states = alloc::vec![State::NEW; rows * rules.len()];
        let mut tracks = alloc::vec![Track::EMPTY; rows * series.len()];
        let mut windows = alloc::vec![0; rows * stride];
        for row in 0..rows {
            for (old, new) in moves.iter().enumerate() {
                let state = self.states.get(row * self.rules.len() + old);
                let place = new.map(|new| row * rules.len() + new);
                if let (Some(state), Some(place)) = (state, place)
                    && let Some(slot) = states.get_mut(place)
                {
                    *slot = *state;
                }
            }
            for (place, new) in series.iter().enumerate() {
                let Some(old) = self.places.get(&new.id) else {
                    continue;
                };
                let Some(mut track) = self.track(row as u32, *old).copied() else {
                    continue;
                };
                let from = row * stride + new.offset;
                if let Some(ring) = windows.get_mut(from..from + new.steps)
                    && !ring.is_empty()
                {
                    track.first = track::copy(self.window(row as u32, *old), ring, &track);
                }
                if let Some(slot) = tracks.get_mut(row * series.len() + place) {
                    *slot = track;
                }
            }
        }
        let gone: Vec<u32> = self.alarms.places().collect();
        let mut ended = Vec::new();
        for place in gone {
            let Some(alarm) = self.alarms.get_mut(place) else {
                continue;
            };
            match moves.get(usize::from(alarm.rule)).copied().flatten() {
                Some(new) => alarm.rule = new as u16,
                None => ended.extend(self.end(place)),
            }
        }
        // Places tell what ended before, which nobody should see.
        ended.sort_by_key(|(alarm, _)| (self.member(alarm.row), alarm.rule));
        self.arrived = series.iter().map(|_| Arrived::default()).collect();
        self.recent = (0..series.len())
            .map(|place| {
                let known = tracks.iter().skip(place).step_by(series.len()).zip(0..);
                let known = known.filter(|(track, _)| track.last != track::NEVER);
                let is_ranked = series.get(place).is_some_and(|series| series.is_ranked);
                let rows = known.filter(|_| is_ranked).map(|(_, row)| row);
                rows.collect()
            })
            .collect();
        (self.rules, self.series, self.places) = (rules, series, places);
        (self.states, self.tracks, self.windows) = (states, tracks, windows);
        self.stride = stride;
        ended
    }

    /// Takes an alarm out. The state of its device must follow.
    pub(super) fn end(&mut self, place: u32) -> Option<(Alarm, Arc<Behavior>)> {
        let alarm = self.alarms.remove(place)?;
        let rule = self.rules.get(usize::from(alarm.rule))?;
        let behavior = Arc::clone(&rule.behavior);
        Some((alarm, behavior))
    }

    /// The devices that the profile is about.
    pub(super) fn devices(&self) -> impl Iterator<Item = DeviceId> {
        self.members.iter().copied().flatten()
    }

    /// A new row for a device.
    pub(super) fn join(&mut self, device: DeviceId) -> u32 {
        if let Some(row) = self.free.pop() {
            if let Some(member) = self.members.get_mut(row as usize) {
                *member = Some(device);
            }
            return row;
        }
        let row = self.members.len() as u32;
        self.members.push(Some(device));
        let rows = self.members.len();
        grow(&mut self.states, rows * self.rules.len(), State::NEW);
        grow(&mut self.tracks, rows * self.series.len(), Track::EMPTY);
        grow(&mut self.windows, rows * self.stride, 0);
        row
    }

    /// Frees the row of a device. Gives its alarms, and their behaviors.
    pub(super) fn leave(&mut self, row: u32) -> Vec<(Alarm, Arc<Behavior>)> {
        let mut ended = Vec::new();
        for rule in 0..self.rules.len() {
            let Some(state) = self.state(row, rule) else {
                continue;
            };
            let alarm = state.alarm();
            *state = State::NEW;
            ended.extend(alarm.and_then(|place| self.end(place)));
        }
        for place in 0..self.series.len() {
            if let Some(track) = self.track_mut(row, place) {
                *track = Track::EMPTY;
            }
        }
        let from = row as usize * self.stride;
        if let Some(windows) = self.windows.get_mut(from..from + self.stride) {
            windows.fill(0);
        }
        if let Some(member) = self.members.get_mut(row as usize) {
            *member = None;
        }
        self.free.push(row);
        ended
    }

    pub(super) fn member(&self, row: u32) -> Option<DeviceId> {
        self.members.get(row as usize).copied().flatten()
    }

    pub(super) fn state(&mut self, row: u32, rule: usize) -> Option<&mut State> {
        let place = row as usize * self.rules.len() + rule;
        self.states.get_mut(place)
    }

    pub(super) fn track(&self, row: u32, series: usize) -> Option<&Track> {
        self.tracks.get(row as usize * self.series.len() + series)
    }

    fn track_mut(&mut self, row: u32, series: usize) -> Option<&mut Track> {
        let place = row as usize * self.series.len() + series;
        self.tracks.get_mut(place)
    }

    /// The newest steps of a counter.
    pub(super) fn window(&self, row: u32, series: usize) -> &[u64] {
        let Some(series) = self.series.get(series) else {
            return &[];
        };
        let from = row as usize * self.stride + series.offset;
        self.windows.get(from..from + series.steps).unwrap_or(&[])
    }

    /// The sum of the window of a counter that ends now; nothing while the window is not full, and
    /// if no datapoint is in it.
    pub(super) fn sum(&self, row: u32, series: usize, window: u32, now: u32) -> Option<u64> {
        let track = self.track(row, series)?;
        if !track.covers(window, now) {
            return None;
        }
        // The ring knows nothing of the steps since the newest datapoint.
        let silent = now.saturating_sub(track.last);
        let left = window.checked_sub(silent).filter(|left| *left > 0)?;
        Some(track::sum(self.window(row, series), left, track.last))
    }

    /// The rows whose windows of a counter may have a datapoint, if longer windows are ranked.
    pub(super) fn recent(&self, series: usize) -> Option<&[u32]> {
        let is_ranked = self.series.get(series)?.is_ranked;
        let rows = self.recent.get(series).filter(|_| is_ranked)?;
        Some(rows)
    }

    /// Forgets which rows had datapoints before the windows that end now.
    pub(super) fn advance(&mut self, now: u32) {
        let width = self.series.len();
        let places = self.series.iter().zip(&mut self.recent).enumerate();
        for (place, (series, recent)) in places {
            recent.retain(|row| {
                let track = self.tracks.get(*row as usize * width + place);
                track.is_some_and(|track| track.is_within(series.steps, now))
            });
        }
    }

    /// Takes a datapoint of a step. One that is not of the metric's type, or of a metric that no
    /// behavior is about, is passed over. A step is judged once: what comes for it later counts
    /// only in the windows of later steps.
    pub(super) fn arrive(
        &mut self,
        row: u32,
        id: SeriesId,
        reading: u32,
        value: &Datapoint,
        now: u32,
    ) {
        let Some(place) = self.places.get(&id).copied() else {
            return;
        };
        let Some(series) = self.series.get(place) else {
            return;
        };
        let Some(newest) = newest(series, value) else {
            return;
        };
        let from = row as usize * self.stride + series.offset;
        let ring = from..from + series.steps;
        let cell = row as usize * self.series.len() + place;
        let (Some(track), Some(arrived)) = (self.tracks.get_mut(cell), self.arrived.get_mut(place))
        else {
            return;
        };
        let last = track.last;
        let touch = arrived.touches.get_mut(track.touch as usize);
        match touch.filter(|touch| last == now && touch.row == row) {
            Some(touch) => {
                touch.reading = reading;
                if let Newest::Sizes(sizes) = newest
                    && let Some(before) = arrived.sizes.get_mut(track.touch as usize)
                {
                    *before = before.and(sizes);
                }
            }
            // The step was judged before.
            None if last == now => {}
            None => {
                if series.is_ranked
                    && !track.is_within(series.steps, now)
                    && let Some(recent) = self.recent.get_mut(place)
                {
                    recent.push(row);
                }
                track.touch = arrived.touches.len() as u32;
                track.last = now;
                track.first = track.first.min(now);
                arrived.touches.push(Touch { row, reading });
                if let Newest::Sizes(sizes) = newest {
                    arrived.sizes.push(sizes);
                }
            }
        }
        if let Newest::Growth(count) = newest
            && let Some(ring) = self.windows.get_mut(ring)
        {
            track::add(ring, last, now, count);
        }
        if last != track::NEVER && now - last > INVALID_STEPS {
            self.forget_streaks(row, place);
        }
    }

    fn forget_streaks(&mut self, row: u32, series: usize) {
        let from = row as usize * self.rules.len();
        let states = self.states.get_mut(from..from + self.rules.len());
        for (state, rule) in states.into_iter().flatten().zip(&self.rules) {
            if rule.series == series {
                state.forget_streak();
            }
        }
    }

    /// Keeps an alarm and looks at it again when its device may have been silent for too long.
    pub(super) fn raise(&mut self, rule: usize, alarm: Alarm) {
        let (row, last) = (alarm.row, alarm.last);
        let (place, is_new) = self.alarms.insert(alarm);
        if let Some(state) = self.state(row, rule) {
            state.raise(place);
        }
        // One entry for each place, so that alarms that come and go do not fill the queue. It may
        // come too early, and is then put off.
        if is_new {
            self.due.push(Reverse((last + INVALID_STEPS + 1, place)));
        }
    }

    /// Takes out an alarm whose device has been silent for too long, if there is one.
    pub(super) fn next_invalid(&mut self, now: u32) -> Option<(Alarm, Arc<Behavior>)> {
        while let Some(Reverse((step, place))) = self.due.peek().copied() {
            if step > now {
                return None;
            }
            self.due.pop();
            let Some(alarm) = self.alarms.get(place) else {
                self.alarms.disarm(place);
                continue;
            };
            let (row, rule) = (alarm.row, usize::from(alarm.rule));
            let series = self.rules.get(rule).map_or(0, |rule| rule.series);
            let last = self
                .track(row, series)
                .map_or(track::NEVER, |track| track.last);
            if now.saturating_sub(last) <= INVALID_STEPS {
                let due = last.saturating_add(INVALID_STEPS + 1);
                self.due.push(Reverse((due, place)));
                continue;
            }
            if let Some(state) = self.state(row, rule) {
                *state = State::NEW;
            }
            self.alarms.disarm(place);
            return self.end(place);
        }
        None
    }
}

/// Makes a list longer. It takes an eighth more than it needs: doubling would take what the fleet
/// has once more.
fn grow<T: Clone>(items: &mut Vec<T>, length: usize, value: T) {
    if length > items.capacity() {
        items.reserve_exact(length - items.len() + length / 8);
    }
    items.resize(length, value);
}

/// What of a datapoint counts; nothing if it is not of the metric's type.
fn newest(series: &Series, value: &Datapoint) -> Option<Newest> {
    let fits = match &series.metric {
        Metric::Aws(metric) => metric.value_type() == value.value_type(),
        Metric::Custom(_) => !matches!(value, Datapoint::Count(_) | Datapoint::Sizes(_)),
    };
    match (series.kind, value) {
        _ if !fits => None,
        (MetricKind::MessageSize, Datapoint::Sizes(sizes)) => Some(Newest::Sizes(*sizes)),
        (MetricKind::MessageSize, Datapoint::Count(bytes)) => {
            Some(Newest::Sizes(MessageSizes::of(*bytes)))
        }
        (_, Datapoint::Sizes(_)) => None,
        (MetricKind::Counter, Datapoint::Count(count)) => Some(Newest::Growth(*count)),
        _ => Some(Newest::Whole),
    }
}

/// Whether two behaviors are one, but for who is told.
fn judges_alike(one: &Behavior, other: &Behavior) -> bool {
    one.name() == other.name()
        && one.metric() == other.metric()
        && one.dimension() == other.dimension()
        && one.criteria() == other.criteria()
}
