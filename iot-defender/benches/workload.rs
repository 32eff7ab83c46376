//! What the checks are measured on: policies, certificates and connections of a large fleet.

use iot_defender::audit::{Connection, ConnectionHistory};
use iot_topics::Timestamp;

/// Numbers that look drawn, the same in each run.
#[derive(Clone, Debug)]
pub struct Drawn(u64);

impl Drawn {
    /// A row of its own for each number.
    pub const fn new(row: u64) -> Self {
        Self(row.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next one.
    pub const fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// One of so many.
    pub const fn below(&mut self, count: u32) -> u32 {
        (((self.number() >> 32) * count as u64) >> 32) as u32
    }
}

/// A policy as JSON, 0.7 to 1.2 KB: of ten, six are for devices of their own name, two for names
/// with a prefix, one denies what it allows too much, and one is too broad. Of each hundred, one
/// has `?` in its patterns.
pub fn policy(number: u32) -> String {
    let arn = |resource: &str| format!("\"arn:aws:iot:us-east-1:123456789012:{resource}\"");
    let prefix = format!("line-{number:05}-*");
    let name = match (number % 100, number % 10) {
        (50, _) => "????????????",
        (_, 8 | 9) => "*",
        (_, 6 | 7) => &prefix,
        _ => "${iot:Connection.Thing.ThingName}",
    };
    let allow = |action: &str, resources: &[String]| {
        let resources: Vec<_> = resources.iter().map(|it| arn(it)).collect();
        format!(
            r#"{{"Effect": "Allow", "Action": [{action}], "Resource": [{}]}}"#,
            resources.join(", ")
        )
    };
    let mut statements = vec![
        allow("\"iot:Connect\"", &[format!("client/{name}")]),
        allow(
            "\"iot:Publish\", \"iot:Receive\"",
            &[
                format!("topic/dt/{number}/{name}/*"),
                format!("topic/$aws/things/{name}/shadow/*"),
                format!("topic/$aws/things/{name}/jobs/*"),
            ],
        ),
        allow(
            "\"iot:Subscribe\"",
            &[
                format!("topicfilter/cmd/{number}/{name}/*"),
                format!("topicfilter/$aws/things/{name}/*"),
            ],
        ),
        allow(
            "\"iot:GetThingShadow\", \"iot:UpdateThingShadow\"",
            &[format!("thing/{name}")],
        ),
    ];
    if number % 10 == 8 {
        let everything = ["client/*", "topic/$aws/*", "topicfilter/$aws/*", "thing/*"];
        let everything = everything.map(arn).join(", ");
        statements.push(format!(
            r#"{{"Effect": "Deny", "Action": "iot:*", "Resource": [{everything}]}}"#
        ));
    }
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(", ")
    )
}

/// The instant of the audit of these certificates.
pub const NOW: Timestamp = Timestamp::from_secs(1_651_363_200);

/// A certificate as DER, RSA of 2,048 bits and P-256 in turn, with a name, serial number, key and
/// dates of its own; the signature is noise. One in ten has expired or soon will.
pub fn certificate(number: u32) -> Vec<u8> {
    let mut drawn = Drawn::new(u64::from(number) + 1);
    let is_rsa = number.is_multiple_of(2);
    let mut noise = |length: usize| {
        let mut bytes: Vec<u8> = (0..length).map(|_| drawn.number() as u8).collect();
        bytes[0] |= 0x80;
        bytes[length - 1] |= 1;
        bytes
    };
    let (signed_with, key, signature) = if is_rsa {
        let null = [5, 0];
        let modulus = tlv(0x02, &[&[0], &*noise(256)].concat());
        let numbers = tlv(0x30, &[modulus, tlv(0x02, &[1, 0, 1])].concat());
        let algorithm = tlv(0x30, &[&tlv(0x06, RSA)[..], &null].concat());
        let with = tlv(0x30, &[&tlv(0x06, SHA256_WITH_RSA)[..], &null].concat());
        (with, [algorithm, bits(&numbers)].concat(), noise(256))
    } else {
        let algorithm = tlv(0x30, &[tlv(0x06, EC), tlv(0x06, P256)].concat());
        let point = [&[4], &*noise(64)].concat();
        let with = tlv(0x30, &tlv(0x06, ECDSA_WITH_SHA256));
        (with, [algorithm, bits(&point)].concat(), noise(70))
    };
    let name = |text: &str| {
        let pair = [tlv(0x06, COMMON_NAME), tlv(0x0c, text.as_bytes())].concat();
        tlv(0x30, &tlv(0x31, &tlv(0x30, &pair)))
    };
    // Months of 2021 and 2022 on, the month of NOW among them.
    let time = |year: u32| {
        let month = number / 2 % 12 + 1;
        tlv(0x17, format!("{year:02}{month:02}15120000Z").as_bytes())
    };
    let ends = if number % 10 < 2 { 22 } else { 31 };
    let body = [
        tlv(0xa0, &tlv(0x02, &[2])),
        tlv(0x02, &[&[0], &*noise(16)].concat()),
        signed_with.clone(),
        name("Fleet CA"),
        tlv(0x30, &[time(21), time(ends)].concat()),
        name(&format!("sensor-{number:08}")),
        tlv(0x30, &key),
    ];
    let body = tlv(0x30, &body.concat());
    tlv(0x30, &[body, signed_with, bits(&signature)].concat())
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..=0x7f => vec![tag, length as u8],
        0x80..=0xff => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [&head, content].concat()
}

fn bits(content: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], content].concat())
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// An event of a connection log.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The number of the certificate.
    pub certificate: u32,
    /// The number of the client id.
    pub client: u32,
    /// The number of the session.
    pub session: u32,
    /// When.
    pub at: Timestamp,
    /// Whether it begins; whether it ends because its client id was used again.
    pub kind: Kind,
}

/// What happens to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Begin,
    End,
    EndAsDuplicate,
}

impl Event {
    /// Tells both histories of it: names are digests of 64 bits.
    pub fn tell(&self, shared: &mut ConnectionHistory<u64>, clients: &mut ConnectionHistory<u64>) {
        let [certificate, client, session] =
            [self.certificate, self.client, self.session].map(digest);
        let by_certificate = Connection::new(certificate, client, session);
        let by_client = Connection::new(client, certificate, session);
        if self.kind == Kind::Begin {
            shared.connect(by_certificate, self.at);
            clients.connect(by_client, self.at);
        } else {
            let is_duplicate = self.kind == Kind::EndAsDuplicate;
            shared.disconnect(by_certificate, self.at, is_duplicate);
            clients.disconnect(by_client, self.at, is_duplicate);
        }
    }
}

/// Stands for a digest of a name: as even, and in no order.
const fn digest(number: u32) -> u64 {
    let mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ mixed >> 27
}

/// The log of a fleet: an event each 10 ms. Devices, each with a certificate and a client id of
/// its own, come and go at random, so that a fifth of them is connected. Of the ends, one in five
/// is a reconnect: of these, one in ten begins before the old session has ended, and one in a
/// hundred is known by its reason. One device in 200 never has an end in the log; the certificate
/// of one in 1,000 is also that of its neighbour.
#[derive(Clone, Debug)]
pub struct Log {
    drawn: Drawn,
    /// The session of each device, 0 if it has none.
    sessions: Vec<u32>,
    connected: Vec<u32>,
    last: u32,
    now: Timestamp,
    /// The end of a session that was taken over.
    pending: Option<Event>,
}

impl Log {
    /// Of so many devices.
    pub fn of(devices: u32) -> Self {
        Self {
            drawn: Drawn::new(7),
            sessions: vec![0; devices as usize],
            connected: Vec::new(),
            last: 0,
            now: NOW.saturating_sub(core::time::Duration::from_secs(20 * 86_400)),
            pending: None,
        }
    }

    fn event(&self, device: u32, kind: Kind) -> Event {
        Event {
            certificate: device - u32::from(device % 1_000 == 1),
            client: device,
            session: self.sessions[device as usize],
            at: self.now,
            kind,
        }
    }

    fn begin(&mut self, device: u32) -> Event {
        self.last += 1;
        self.sessions[device as usize] = self.last;
        self.event(device, Kind::Begin)
    }

    fn draw(&mut self) -> Event {
        let devices = self.sessions.len() as u32;
        let count = self.connected.len() as u32;
        if count < devices / 5 && (count == 0 || self.drawn.below(8) != 0) {
            let device = self.drawn.below(devices);
            if self.sessions[device as usize] == 0 {
                self.connected.push(device);
                return self.begin(device);
            }
        }
        let place = self.drawn.below(count) as usize;
        let device = self.connected[place];
        let how = self.drawn.below(5_000);
        let is_silent = device % 200 == 7;
        if is_silent || how < 1_000 {
            let old = self.event(device, Kind::End);
            if is_silent {
                return self.begin(device);
            }
            if how < 100 {
                let kind = if how < 10 {
                    Kind::EndAsDuplicate
                } else {
                    Kind::End
                };
                let begin = self.begin(device);
                self.pending = Some(Event { kind, ..old });
                return begin;
            }
            self.pending = Some(self.begin(device));
            return old;
        }
        self.connected.swap_remove(place);
        let end = self.event(device, Kind::End);
        self.sessions[device as usize] = 0;
        end
    }
}

impl Iterator for Log {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.now = self
            .now
            .saturating_add(core::time::Duration::from_millis(10));
        let mut event = match self.pending.take() {
            Some(event) => event,
            None => self.draw(),
        };
        event.at = self.now;
        Some(event)
    }
}
