//! What a history of connections shows, by looking at each pair of sessions.

use alloc::collections::BTreeMap;

use iot_defender::audit::{AuditWindow, Connection, ConnectionHistory, Overlap, Session};
use iot_topics::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Begin,
    End,
    EndAsDuplicate,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) key: u16,
    pub(crate) user: u16,
    pub(crate) session: u16,
    pub(crate) at: u64,
    pub(crate) kind: Kind,
}

/// Of each key with a finding: when, and the sessions.
pub(crate) type Findings = BTreeMap<u16, (Timestamp, Vec<Session<u16>>)>;

pub(crate) fn feed(history: &mut ConnectionHistory<u16>, events: &[Event]) {
    for event in events {
        let connection = Connection::new(event.key, event.user, event.session);
        let at = Timestamp::from_secs(event.at);
        match event.kind {
            Kind::Begin => history.connect(connection, at),
            Kind::End => history.disconnect(connection, at, false),
            Kind::EndAsDuplicate => history.disconnect(connection, at, true),
        }
    }
}

pub(crate) fn found(history: &ConnectionHistory<u16>) -> Findings {
    let findings = history.findings().into_iter();
    findings
        .map(|(key, it)| (*key, (it.at(), it.sessions().copied().collect())))
        .collect()
}

/// Of events in the order of their time.
pub(crate) fn expected(overlap: Overlap, window: AuditWindow, events: &[Event]) -> Findings {
    let mut keys: BTreeMap<u16, Vec<Event>> = BTreeMap::new();
    for event in events {
        keys.entry(event.key).or_default().push(*event);
    }
    let first = |(key, events): (u16, Vec<Event>)| {
        let mut shown = shown(overlap, window, &events);
        // Stable; an end comes before a pair.
        shown.sort_by_key(|(at, sessions)| match sessions.as_slice() {
            [later, earlier] => (*at, Some(later.id), earlier.id),
            sessions => (*at, None, sessions.iter().map(|it| it.id).sum()),
        });
        Some((key, shown.into_iter().next()?))
    };
    keys.into_iter().filter_map(first).collect()
}

/// All that one key shows.
fn shown(
    overlap: Overlap,
    window: AuditWindow,
    events: &[Event],
) -> Vec<(Timestamp, Vec<Session<u16>>)> {
    let (from, to) = (window.from(), window.to());
    let conflict = overlap == Overlap::ConflictingClientId;
    let mut shown = Vec::new();
    let mut sessions: Vec<Session<u16>> = Vec::new();
    for event in events {
        let at = Timestamp::from_secs(event.at);
        let mut open = sessions
            .iter_mut()
            .filter(|it| it.id == event.session && it.disconnected.is_none());
        let open = open.next();
        let ended = match (event.kind, open) {
            (Kind::Begin, Some(_)) => continue,
            (Kind::Begin, None) => {
                sessions.push(Session::new(event.session, event.user, Some(at), None));
                continue;
            }
            (_, Some(open)) => {
                open.disconnected = Some(at);
                *open
            }
            (_, None) => Session::new(event.session, event.user, None, Some(at)),
        };
        if event.kind == Kind::EndAsDuplicate && conflict && from <= at && at <= to {
            shown.push((at, vec![ended]));
        }
    }
    sessions.sort_by_key(|it| (it.connected, it.id));
    let end = |it: &Session<u16>| it.disconnected.unwrap_or(Timestamp::from_millis(u64::MAX));
    for (number, later) in sessions.iter().enumerate() {
        for earlier in sessions.iter().take(number) {
            let begin = later.connected.unwrap_or_default();
            let both_until = end(earlier).min(end(later));
            let counts = if conflict {
                // Of one instant, what ends in it came first.
                let is_open = if earlier.connected < later.connected {
                    begin < end(earlier)
                } else {
                    begin < both_until
                };
                from <= begin && begin <= to && is_open
            } else {
                earlier.user != later.user && begin.max(from) < both_until.min(to)
            };
            if counts {
                shown.push((begin, vec![*later, *earlier]));
            }
        }
    }
    shown
}
