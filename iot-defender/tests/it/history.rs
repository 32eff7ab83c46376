//! Histories of connections: against each pair of sessions, in pieces, and large ones.

use iot_defender::audit::{AuditWindow, Connection, ConnectionHistory, Overlap};
use iot_topics::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::history_oracle::{Event, Kind, expected, feed, found};

fn overlaps() -> impl Strategy<Value = Overlap> {
    prop_oneof![
        Just(Overlap::SharedCertificate),
        Just(Overlap::ConflictingClientId)
    ]
}

/// Before, within and behind the events; also one that is empty.
fn windows() -> impl Strategy<Value = AuditWindow> {
    let instant = || (0_u64..36).prop_map(Timestamp::from_secs);
    (instant(), instant()).prop_map(|(from, to)| AuditWindow::new(from, to))
}

/// Events in order, of sessions that begin at most once and end at most once: some have begun
/// before the history, some do not end, many take no time, and whole groups begin at one instant.
fn sound_events(keys: u16, sessions: usize) -> impl Strategy<Value = Vec<Event>> {
    let length = prop_oneof![3 => 0_u64..4, 2 => 4_u64..40, 1 => Just(100)];
    let begin = prop_oneof![0_u64..36, Just(10_u64)];
    let session = (
        (0..keys, 0_u16..3),
        (begin, length),
        prop::bool::weighted(0.06),
        prop::bool::weighted(0.1),
    );
    vec(session, 0..sessions).prop_map(|sessions| {
        let mut events = Vec::new();
        for (((key, user), (begin, length), is_duplicate, is_old), session) in
            sessions.into_iter().zip(0..)
        {
            let event = |at, kind| Event {
                key,
                user,
                // The order of the ids is not that of the begins, and keys share some.
                session: session * 7 % 64 / 2 + (session / 64) * 64 + (session % 2) * 1000,
                at,
                kind,
            };
            if !is_old {
                events.push(event(begin, Kind::Begin));
            }
            let end = if is_duplicate {
                Kind::EndAsDuplicate
            } else {
                Kind::End
            };
            if length < 100 {
                events.push(event(begin + length, end));
            }
        }
        events.sort_by_key(|event| event.at);
        events
    })
}

/// Events in order, of few sessions: told of again and again, their ids used again.
fn repeated_events() -> impl Strategy<Value = Vec<Event>> {
    let kind = prop_oneof![
        5 => Just(Kind::Begin),
        4 => Just(Kind::End),
        1 => Just(Kind::EndAsDuplicate)
    ];
    let event = (0_u16..2, 0_u16..3, 0_u16..4, 0_u64..36, kind);
    let event = event.prop_map(|(key, user, session, at, kind)| Event {
        key,
        user,
        session,
        at,
        kind,
    });
    vec(event, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn finds_what_pairs_show(
        overlap in overlaps(),
        window in windows(),
        events in prop_oneof![sound_events(1, 12), sound_events(40, 200)],
    ) {
        let mut history = ConnectionHistory::new(overlap, window);
        feed(&mut history, &events);
        prop_assert_eq!(found(&history), expected(overlap, window, &events));
    }

    /// A begin that is told while the session is open is not taken; ids may be used again.
    #[test]
    fn repeats_change_nothing(
        overlap in overlaps(),
        window in windows(),
        mut events in repeated_events(),
    ) {
        events.sort_by_key(|event| event.at);
        let mut history = ConnectionHistory::new(overlap, window);
        feed(&mut history, &events);
        prop_assert_eq!(found(&history), expected(overlap, window, &events));
    }

    /// Pieces of any number and size, merged in any grouping; at the end events go on.
    #[test]
    fn cuts_change_nothing(
        overlap in overlaps(),
        window in windows(),
        events in prop_oneof![sound_events(1, 14), sound_events(2, 30), sound_events(40, 200)],
        cuts in vec(any::<prop::sample::Index>(), 0..8),
        merges in vec(any::<prop::sample::Index>(), 8),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(events.len() + 1)).collect();
        cuts.push(0);
        cuts.sort_unstable();
        let direct = cuts.pop().unwrap_or_default();
        let mut pieces = Vec::new();
        for (number, from) in cuts.iter().enumerate() {
            let to = cuts.get(number + 1).copied().unwrap_or(direct);
            let mut piece = if number == 0 {
                ConnectionHistory::new(overlap, window)
            } else {
                ConnectionHistory::continued(overlap, window)
            };
            feed(&mut piece, &events[*from..to]);
            pieces.push(piece);
        }
        for merge in &merges {
            if pieces.len() > 1 {
                let at = merge.index(pieces.len() - 1);
                let later = pieces.remove(at + 1);
                pieces[at].merge(later);
            }
        }
        let mut whole = pieces
            .pop()
            .unwrap_or_else(|| ConnectionHistory::new(overlap, window));
        prop_assert!(pieces.is_empty());
        feed(&mut whole, &events[direct..]);
        prop_assert_eq!(found(&whole), expected(overlap, window, &events));
    }

    /// Events in no order, in pieces: there is an answer, and it does not accuse a key that was
    /// used by one session only.
    #[test]
    fn disorder_has_an_answer(
        overlap in overlaps(),
        window in windows(),
        events in repeated_events(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (before, behind) = events.split_at(cut.index(events.len() + 1));
        let mut history = ConnectionHistory::new(overlap, window);
        feed(&mut history, before);
        let mut piece = ConnectionHistory::continued(overlap, window);
        feed(&mut piece, behind);
        history.merge(piece);
        for (key, (_, sessions)) in found(&history) {
            let mut of_key = events.iter().filter(|event| event.key == key);
            match sessions.as_slice() {
                [later, earlier] => prop_assert_ne!(later.id, earlier.id),
                _ => prop_assert!(of_key.any(|event| event.kind == Kind::EndAsDuplicate)),
            }
        }
    }
}

const MANY: u64 = 20_000;

fn at(instant: u64) -> Timestamp {
    Timestamp::from_secs(instant)
}

/// Were an event to cost time linear in the open sessions of its key, this would take minutes.
#[test]
fn a_key_may_have_many_open_sessions() {
    for overlap in [Overlap::SharedCertificate, Overlap::ConflictingClientId] {
        // In turn: all before the window; all within it, of one user; of many.
        for (from, users) in [(MANY + 1, 1), (MANY + 1, MANY), (0, 1), (0, MANY)] {
            let window = AuditWindow::new(at(from), at(10 * MANY));
            let connection = |session| Connection::new(0, session % users, session);
            let mut first = ConnectionHistory::new(overlap, window);
            let mut pieces = first.clone();
            let mut piece = ConnectionHistory::continued(overlap, window);
            for session in 0..MANY {
                first.connect(connection(session), at(session));
                piece.connect(connection(session), at(session));
            }
            for session in 0..MANY / 2 {
                first.disconnect(connection(session), at(MANY + session), false);
                piece.disconnect(connection(session), at(MANY + session), false);
            }
            pieces.merge(piece);
            let findings = first.findings();
            assert_eq!(findings, pieces.findings());
            let is_overlap = match overlap {
                Overlap::SharedCertificate => users > 1,
                Overlap::ConflictingClientId => from == 0,
            };
            assert_eq!(
                !findings.is_empty(),
                is_overlap,
                "{overlap:?} {from} {users}"
            );
        }
    }
}

/// As many pieces as there are events, of a key with many open sessions.
#[test]
fn many_pieces_cost_what_they_hold() {
    let window = AuditWindow::new(at(0), at(10 * MANY));
    let mut history = ConnectionHistory::new(Overlap::SharedCertificate, window);
    for session in 0..MANY / 4 {
        let mut piece = ConnectionHistory::continued(Overlap::SharedCertificate, window);
        piece.connect(Connection::new(0, 0, session), at(session));
        history.merge(piece);
    }
    assert!(history.findings().is_empty());
    history.connect(Connection::new(0, 1, MANY), at(MANY));
    assert_eq!(history.findings()[&0].at(), at(MANY));
}
