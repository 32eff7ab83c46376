//! Reads lines as they come, and tells of those that are not taken.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::Path;
use std::time::Duration;

use annotate_snippets::Level;
use indicatif::{ProgressBar, ProgressStyle};
use iot_policy::locate;

use super::feed::{Feed, Step};
use super::line::{self, At, Wrong};
use super::setup::Setup;
use crate::output::{self, Failure, Place};
use crate::source::STDIN;
use crate::words::count;

/// What becomes of the steps.
pub(super) trait Sink {
    /// Takes a step. What it returns is printed.
    fn step(&mut self, step: Step) -> Result<Vec<String>, Failure>;

    /// How far it is, in a few words.
    fn status(&self) -> String;
}

/// How many lines there were.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) taken: u64,
    pub(super) refused: u64,
    pub(super) steps: u64,
}

/// Longer lines are not shown.
const SHOWN: usize = 400;

const TITLE: &str = "this line is not taken";

/// Reads a file, or standard input for `-`, to its end.
pub(super) fn read(path: &Path, setup: &Setup, sink: &mut dyn Sink) -> Result<Tally, Failure> {
    let (name, input, bytes): (_, Box<dyn Read>, _) = if path == Path::new(STDIN) {
        ("standard input".to_owned(), Box::new(io::stdin()), None)
    } else {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
        let bytes = file.metadata().ok().map(|it| it.len());
        (name, Box::new(file), bytes.filter(|bytes| *bytes > 0))
    };
    let mut reading = Reading {
        name,
        feed: Feed::new(setup),
        bar: bar(bytes),
        tally: Tally::default(),
        sink,
    };
    let mut input = BufReader::new(input);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let read = input.read_until(b'\n', &mut bytes);
        let length = read.map_err(|error| format!("{}: {error}", reading.name))?;
        if length == 0 {
            break;
        }
        reading.line(number, &bytes, setup)?;
        reading.advance(length);
    }
    if let Some(step) = reading.feed.close() {
        reading.step(step)?;
    }
    reading.bar.finish_and_clear();
    Ok(reading.tally)
}

/// How far the file is read, or how many lines came, on a terminal.
fn bar(bytes: Option<u64>) -> ProgressBar {
    let (bar, template) = match bytes {
        Some(bytes) => (
            ProgressBar::new(bytes),
            "{wide_bar} {bytes} of {total_bytes}, {msg}",
        ),
        None => (ProgressBar::new_spinner(), "{spinner} {msg}"),
    };
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    if io::stderr().is_terminal() && bytes.is_none() {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}

/// Lines between two looks at the bar.
const GLANCE: u64 = 256;

struct Reading<'a> {
    name: String,
    feed: Feed<'a>,
    bar: ProgressBar,
    tally: Tally,
    sink: &'a mut dyn Sink,
}

impl Reading<'_> {
    fn line(&mut self, number: usize, bytes: &[u8], setup: &Setup) -> Result<(), Failure> {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let text = match str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let text = String::from_utf8_lossy(bytes);
                let wrong = Wrong {
                    at: At::Column(at + 1),
                    message: "not UTF-8".to_owned(),
                };
                self.refuse(number, &text, &wrong);
                return Ok(());
            }
        };
        if text.trim().is_empty() {
            return Ok(());
        }
        let line = match line::read(text, &setup.definitions) {
            Ok(line) => line,
            Err(wrong) => {
                self.refuse(number, text, &wrong);
                return Ok(());
            }
        };
        while let Some(step) = self.feed.over_by(line.ts) {
            self.step(step)?;
        }
        match self.feed.take(line) {
            Ok(notes) => {
                self.tally.taken += 1;
                for note in notes {
                    let note = format!("{}:{number}: {note}", self.name);
                    self.bar.suspend(|| output::warn(&note));
                }
            }
            Err(wrong) => self.refuse(number, text, &wrong),
        }
        Ok(())
    }

    fn step(&mut self, step: Step) -> Result<(), Failure> {
        self.tally.steps += 1;
        let printed = self.sink.step(step)?;
        if printed.is_empty() {
            return Ok(());
        }
        let print = || printed.iter().try_for_each(output::print);
        self.bar.suspend(print)
    }

    fn refuse(&mut self, number: usize, text: &str, wrong: &Wrong) {
        self.tally.refused += 1;
        let failure = self.failure(number, text, wrong);
        self.bar.suspend(|| failure.print());
    }

    fn failure(&self, number: usize, text: &str, wrong: &Wrong) -> Failure {
        if text.len() > SHOWN {
            return format!("{}:{number}: {TITLE}: {}", self.name, wrong.message).into();
        }
        let range = match wrong.at {
            At::Column(column) => column.saturating_sub(1)..column.saturating_sub(1),
            At::Member("") => 0..1,
            At::Member(member) => locate(text, member).unwrap_or(0..1),
        };
        let place = Place {
            path: &self.name,
            source: text,
            range,
            label: &output::printable(&wrong.message),
        };
        Failure::Drawing(output::draw_from(number, Level::ERROR, TITLE, &place))
    }

    fn advance(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
        let lines = self.tally.taken + self.tally.refused;
        if lines.is_multiple_of(GLANCE) || self.bar.length().is_none() {
            let lines = count(lines, "line");
            self.bar
                .set_message(format!("{lines}, {}", self.sink.status()));
        }
    }
}
