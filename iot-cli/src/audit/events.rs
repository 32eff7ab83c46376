//! Logs of connections, streamed into the two histories of an audit.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use iot_defender::audit::{AuditWindow, Connection, ConnectionHistory, Overlap};
use iot_topics::{CertificateId, Timestamp};

use super::inventory::Log;
use super::progress::Progress;
use super::shape::Event;
use crate::instant;
use crate::output::{Failure, one_line};

/// The histories of both overlaps, and what was used in their windows. In place of texts they have
/// numbers, by first appearance.
pub(super) struct Histories {
    pub(super) shared: History,
    pub(super) conflicts: History,
    names: Names,
    /// Open sessions, by the number of the client and the id of the session behind it.
    sessions: HashMap<Box<[u8]>, u64>,
    /// The key of the session at hand.
    key: Vec<u8>,
    begun: u64,
    last: Timestamp,
}

/// Client ids and principals.
#[derive(Default)]
struct Names {
    numbers: HashMap<Rc<str>, u64>,
    names: Vec<Name>,
}

struct Name {
    text: Rc<str>,
    /// The number of the id of its certificate, if it is a principal that is one; `None` before
    /// somebody asked.
    certificate: Option<Option<u64>>,
}

impl Names {
    fn number(&mut self, text: &str) -> u64 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u64::try_from(self.names.len()).unwrap_or(u64::MAX);
        let text: Rc<str> = text.into();
        self.names.push(Name {
            text: Rc::clone(&text),
            certificate: None,
        });
        self.numbers.insert(text, number);
        number
    }

    fn text(&self, number: u64) -> &str {
        let name = self.names.get(index(number));
        name.map_or("", |name| &name.text)
    }

    /// The certificate that a principal is.
    fn certificate(&mut self, principal: u64) -> Option<u64> {
        let name = self.names.get(index(principal))?;
        if let Some(known) = name.certificate {
            return known;
        }
        let id = name.text.rsplit(":cert/").next().unwrap_or_default();
        let id = id.parse::<CertificateId>().ok();
        let number = id.map(|id| self.number(id.as_str()));
        self.names.get_mut(index(principal))?.certificate = Some(number);
        number
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// One history, and which of its keys were used in its window.
pub(super) struct History {
    pub(super) history: ConnectionHistory<u64>,
    window: AuditWindow,
    /// By the number of the key.
    used: Vec<Use>,
}

#[derive(Clone, Default)]
struct Use {
    /// Sessions that began before the window and did not end before it.
    open_before: i64,
    within: bool,
}

/// The longest line: an event has a few hundred bytes.
const MAX_LINE: usize = 65_536;
/// Lines of a log that are told one by one.
const MAX_TOLD: usize = 10;

impl Histories {
    /// For an audit that starts at `start`, and if it is scheduled after one at `previous`.
    pub(super) fn new(start: Timestamp, previous: Option<Timestamp>) -> Self {
        Self {
            shared: History::new(Overlap::SharedCertificate, start, previous),
            conflicts: History::new(Overlap::ConflictingClientId, start, previous),
            names: Names::default(),
            sessions: HashMap::new(),
            key: Vec::new(),
            begun: 0,
            last: Timestamp::default(),
        }
    }

    /// The text that a number of the histories stands for.
    pub(super) fn name(&self, number: u64) -> &str {
        self.names.text(number)
    }

    /// Takes in a log, and tells what of it cannot be used.
    pub(super) fn log(&mut self, log: &Log) -> Vec<Failure> {
        match log {
            Log::File(path) => self.file(path),
            Log::Items(pieces) => {
                let taken = pieces.iter().filter_map(|piece| {
                    let error = self.line(piece.text()).err()?;
                    Some(piece.failure("this is no lifecycle event", &error))
                });
                taken.collect()
            }
        }
    }

    fn file(&mut self, path: &Path) -> Vec<Failure> {
        let name = path.display().to_string();
        let name = one_line(&name);
        let mut told = Vec::new();
        let mut untold = 0_usize;
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => return vec![format!("{name}: {error}").into()],
        };
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        let progress = Progress::new(
            usize::try_from(size).unwrap_or(usize::MAX),
            "bytes of connections",
        );
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = next_line(&mut reader, &mut line);
            let result = match &read {
                Ok(None) => break,
                Ok(Some(Length::Legal)) => match std::str::from_utf8(&line) {
                    Ok(text) if text.trim().is_empty() => Ok(()),
                    Ok(text) => self.line(text),
                    Err(_) => Err("not UTF-8".to_owned()),
                },
                Ok(Some(Length::TooLong)) => Err(format!("more than {MAX_LINE} bytes")),
                Err(error) => Err(error.to_string()),
            };
            if let Err(error) = result {
                match told.len() < MAX_TOLD {
                    true => told.push(format!("{name}:{number}: {error}").into()),
                    false => untold += 1,
                }
            }
            if read.is_err() {
                break;
            }
            progress.advance(line.len());
        }
        if untold > 0 {
            told.push(format!("{name}: {untold} more lines cannot be used").into());
        }
        told
    }

    /// Takes in an event.
    fn line(&mut self, text: &str) -> Result<(), String> {
        let event: Event<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let is_one_of = |names: &[&str]| {
            let mut names = names.iter();
            names.any(|name| name.eq_ignore_ascii_case(&event.event_type))
        };
        let begins = if is_one_of(&["connected", "connect"]) {
            true
        } else if is_one_of(&["disconnected", "disconnect"]) {
            false
        } else if is_one_of(&["connect_failed", "subscribed", "unsubscribed"]) {
            // Lifecycle events that are about no session.
            return Ok(());
        } else {
            return Err(format!("eventType: `{}` is unknown", event.event_type));
        };
        let at = match (event.timestamp, &event.ts) {
            (Some(millis), _) => Timestamp::from_millis(millis),
            (None, Some(value)) => {
                instant::from_json(value).map_err(|error| format!("ts: {error}"))?
            }
            (None, None) => return Err("missing field `timestamp`".to_owned()),
        };
        let needed = [
            (&event.client_id, "clientId"),
            (&event.principal, "principalIdentifier"),
            (&event.session, "sessionIdentifier"),
        ];
        if let Some((_, name)) = needed.iter().find(|(text, _)| text.is_empty()) {
            return Err(format!("missing field `{name}`"));
        }
        if at < self.last {
            let (at, last) = (instant::shown(at), instant::shown(self.last));
            return Err(format!(
                "at {at}, behind an event at {last}: not in order of time"
            ));
        }
        self.last = at;
        let client = self.names.number(&event.client_id);
        let principal = self.names.number(&event.principal);
        let session = self.session(client, &event.session, begins);
        let duplicate = event.disconnect_reason == "DUPLICATE_CLIENTID";
        let told = (at, begins, duplicate);
        if let Some(key) = self.names.certificate(principal) {
            self.shared
                .take(Connection::new(key, client, session), told);
        }
        let connection = Connection::new(client, principal, session);
        self.conflicts.take(connection, told);
        Ok(())
    }

    /// The number of a session, which is forgotten when it ends.
    fn session(&mut self, client: u64, id: &str, begins: bool) -> u64 {
        self.key.clear();
        self.key.extend(client.to_le_bytes());
        self.key.extend(id.as_bytes());
        let key = self.key.as_slice();
        let known = match begins {
            true => self.sessions.get(key).copied(),
            false => self.sessions.remove(key),
        };
        known.unwrap_or_else(|| {
            self.begun += 1;
            if begins {
                self.sessions.insert(key.into(), self.begun);
            }
            self.begun
        })
    }
}

impl History {
    fn new(overlap: Overlap, start: Timestamp, previous: Option<Timestamp>) -> Self {
        let window = AuditWindow::of(overlap, start, previous);
        Self {
            history: ConnectionHistory::new(overlap, window),
            window,
            used: Vec::new(),
        }
    }

    fn take(&mut self, connection: Connection<u64>, told: (Timestamp, bool, bool)) {
        let (at, begins, duplicate) = told;
        let key = index(connection.key);
        if self.used.len() <= key {
            self.used.resize(key + 1, Use::default());
        }
        if let Some(used) = self.used.get_mut(key) {
            if at < self.window.from() {
                used.open_before += if begins { 1 } else { -1 };
            } else if at <= self.window.to() {
                used.within = true;
            }
        }
        match begins {
            true => self.history.connect(connection, at),
            false => self.history.disconnect(connection, at, duplicate),
        }
    }

    /// How many keys were used in the window.
    pub(super) fn evaluated(&self) -> u64 {
        let used = self.used.iter();
        let used = used.filter(|used| used.within || used.open_before > 0);
        u64::try_from(used.count()).unwrap_or(u64::MAX)
    }
}

enum Length {
    Legal,
    TooLong,
}

/// The next line without its end; of one that is too long only the head is kept.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<Length>> {
    let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    let read = reader.by_ref().take(most).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') || read < MAX_LINE {
        return Ok(Some(Length::Legal));
    }
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            break;
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(length);
        if end.is_some() {
            break;
        }
    }
    Ok(Some(Length::TooLong))
}
