//! Histories of connections.

use alloc::collections::BTreeSet;

use iot_defender::audit::{AuditWindow, ConnectionHistory, Overlap};
use iot_topics::Timestamp;

use crate::defender_it::history_oracle::{Event, Kind, expected, feed, found};
use crate::input::Bytes;

/// A byte for the overlap and the grouping of pieces, two for the window, then four for each event:
/// what, key and user, session, and the time since the one before. The highest bit of the first
/// begins a new piece.
///
/// Events in order are answered as pairs of sessions show; those that are sound too, in pieces of
/// any number and size. Those in no order have an answer.
pub fn defender_history(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let head = bytes.byte();
    let overlap = if head & 1 == 0 {
        Overlap::SharedCertificate
    } else {
        Overlap::ConflictingClientId
    };
    let mut instant = || Timestamp::from_secs(u64::from(bytes.byte()));
    let window = AuditWindow::new(instant(), instant());
    let mut log = Log::default();
    let mut now = 0;
    while !bytes.is_empty() {
        let (what, who, session, passed) = (bytes.byte(), bytes.byte(), bytes.byte(), bytes.byte());
        now += u64::from(passed & 7);
        log.events.push(Event {
            key: u16::from(who >> 5),
            user: u16::from(who & 3),
            session: u16::from(session),
            // Now and then, if it may be: before others that have been told.
            at: if head & 2 == 0 {
                now
            } else {
                u64::from(passed)
            },
            kind: match what & 7 {
                0..=3 => Kind::Begin,
                4..=6 => Kind::End,
                _ => Kind::EndAsDuplicate,
            },
        });
        log.cuts.push(what >> 7 == 1);
    }

    let pieces = log.pieces(overlap, window);
    if head & 2 == 2 {
        let merged = merge(pieces, head & 4 == 4);
        for (_, sessions) in found(&merged).values() {
            assert!(sessions.len() < 2 || sessions[0].id != sessions[1].id);
        }
        return;
    }
    let mut whole = ConnectionHistory::new(overlap, window);
    feed(&mut whole, &log.events);
    assert_eq!(found(&whole), expected(overlap, window, &log.events));

    let sound = log.sound();
    let merged = merge(sound.pieces(overlap, window), head & 4 == 4);
    assert_eq!(found(&merged), expected(overlap, window, &sound.events));
}

#[derive(Default)]
struct Log {
    events: Vec<Event>,
    /// Whether a piece begins with the event.
    cuts: Vec<bool>,
}

impl Log {
    /// Without those that tell of a session again.
    fn sound(self) -> Self {
        let mut begun = BTreeSet::new();
        let mut ended = BTreeSet::new();
        let mut sound = Self::default();
        for (event, cut) in self.events.into_iter().zip(self.cuts) {
            let session = (event.key, event.session);
            let is_new = match event.kind {
                Kind::Begin => !ended.contains(&session) && begun.insert(session),
                _ => ended.insert(session),
            };
            if is_new {
                sound.events.push(event);
                sound.cuts.push(cut);
            }
        }
        sound
    }

    fn pieces(&self, overlap: Overlap, window: AuditWindow) -> Vec<ConnectionHistory<u16>> {
        let mut pieces = vec![ConnectionHistory::new(overlap, window)];
        for (event, cut) in self.events.iter().zip(&self.cuts) {
            if *cut {
                pieces.push(ConnectionHistory::continued(overlap, window));
            }
            feed(pieces.last_mut().unwrap(), core::slice::from_ref(event));
        }
        pieces
    }
}

/// From the left or from the right.
fn merge(mut pieces: Vec<ConnectionHistory<u16>>, from_the_right: bool) -> ConnectionHistory<u16> {
    while pieces.len() > 1 {
        let place = if from_the_right { pieces.len() - 1 } else { 1 };
        let later = pieces.remove(place);
        pieces[place - 1].merge(later);
    }
    pieces.pop().unwrap()
}
