//! What is printed: answers, failures, and messages that point into a text.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clap::ValueEnum;
use clap::builder::styling::{AnsiColor, Style};
use iot_policy::{Decision, PolicyError, locate};
use serde::{Serialize, Serializer};

/// How a command prints its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for a person
    #[default]
    Human,
    /// JSON for a program
    Json,
}

/// How a command prints what it found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Text for a person
    #[default]
    Human,
    /// JSON for a program
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// What keeps a command from its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// In words.
    Message(String),
    /// A drawing that points into a text.
    Drawing(String),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Message(message)
    }
}

impl Failure {
    /// The failure as plain text.
    pub(crate) fn text(&self) -> String {
        let (Self::Drawing(text) | Self::Message(text)) = self;
        anstream::adapter::strip_str(text).to_string()
    }

    /// Prints the failure on standard error.
    pub(crate) fn print(&self) {
        let text = match self {
            Self::Drawing(text) => text.clone(),
            Self::Message(text) => {
                let red = style(AnsiColor::BrightRed);
                format!("{red}error{red:#}: {}", printable(text))
            }
        };
        // When standard error is closed there is nowhere left to tell it.
        let _closed = writeln!(anstream::stderr(), "{text}");
    }
}

/// Tells something on standard error that does not keep a command from its work.
pub(crate) fn warn(text: &str) {
    let yellow = style(AnsiColor::Yellow);
    let text = printable(text);
    // When standard error is closed there is nowhere left to tell it.
    let _closed = writeln!(anstream::stderr(), "{yellow}warning{yellow:#}: {text}");
}

/// Prints text for a person: coloured where the output shows colours.
pub(crate) fn print(text: impl Display) -> Result<(), Failure> {
    written(writeln!(anstream::stdout(), "{text}"))
}

/// Prints much text for a person, without waiting for the terminal after each line.
pub(crate) fn print_all(
    text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut stdout = BufWriter::new(anstream::stdout().lock());
    written(text(&mut stdout).and_then(|()| stdout.flush()))
}

/// Prints a value for a program, as it comes: it need not be in memory as a whole.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let mut stdout = BufWriter::new(io::stdout().lock());
    let printed = serde_json::to_writer_pretty(&mut stdout, value);
    let printed = printed.map_err(io::Error::from);
    written(
        printed
            .and_then(|()| writeln!(stdout))
            .and_then(|()| stdout.flush()),
    )
}

/// A list that is made while it is printed.
pub(crate) struct Listed<F>(pub(crate) F);

impl<I, F> Serialize for Listed<F>
where
    I: Iterator<Item: Serialize>,
    F: Fn() -> I,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Prints what another program reads.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout();
    written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Ok(()) => Ok(()),
        // Whoever closes the pipe has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(format!("standard output: {error}").into()),
    }
}

/// The text without control characters other than line ends, so that no file that is read here
/// can drive the terminal, or turn the order in which a line is read.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && drives(c))
}

/// The same in one line: a name that has line ends cannot look like another message.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, drives)
}

fn escaped(text: &str, drives: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&drives) {
        return text.into();
    }
    let shown = |c: char| match drives(c) {
        true => c.escape_default().collect(),
        false => String::from(c),
    };
    text.chars().map(shown).collect()
}

/// Control characters, and those of Unicode that change the direction of text.
fn drives(c: char) -> bool {
    let turns = matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control()
}

/// Bold, in a colour. The alternate form of what is returned ends it.
pub(crate) fn style(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into())).bold()
}

/// Green for what is good, red for what is not.
pub(crate) fn verdict(good: bool) -> Style {
    style(match good {
        true => AnsiColor::Green,
        false => AnsiColor::Red,
    })
}

/// An explanation with its first word, the decision, in colour.
pub(crate) fn explanation(decision: Decision, text: &str) -> String {
    let text = printable(text);
    let word = decision.as_str();
    let style = verdict(decision.is_allowed());
    match text.strip_prefix(word) {
        Some(rest) => format!("{style}{word}{style:#}{rest}"),
        None => text.into_owned(),
    }
}

/// A place in a text, and what is to be said of it.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    /// The file, or what stands in for its name.
    pub(crate) path: &'a str,
    pub(crate) source: &'a str,
    pub(crate) range: Range<usize>,
    pub(crate) label: &'a str,
}

/// Draws a place with a title above and a label at it.
pub(crate) fn draw(level: Level<'_>, title: &str, place: &Place<'_>) -> String {
    draw_from(1, level, title, place)
}

/// The same for a text that begins at a line of its file.
pub(crate) fn draw_from(line: usize, level: Level<'_>, title: &str, place: &Place<'_>) -> String {
    let snippet = snippet(place).line_start(line);
    render(level.primary_title(title).element(snippet))
}

/// Draws a report with colours. What it quotes is shown as it is, but for what would drive the
/// terminal: the renderer has signs for most control characters, and leaves those from U+0080 on.
pub(crate) fn render(report: Group<'_>) -> String {
    let text = Renderer::styled().render(&[report]).to_string();
    let drives = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    match text.contains(drives) {
        true => text.replace(drives, "\u{fffd}"),
        false => text,
    }
}

/// The part of a drawing that shows a place.
pub(crate) fn snippet<'a>(place: &Place<'a>) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let range = inside(place.source, &place.range);
    let annotation = AnnotationKind::Primary.span(range).label(place.label);
    Snippet::source(place.source)
        .path(printable(place.path))
        .annotation(annotation)
}

/// The range, cut to the text and to whole characters.
fn inside(text: &str, range: &Range<usize>) -> Range<usize> {
    let cut = |at: usize| {
        let at = at.min(text.len());
        (0..=at).rev().find(|at| text.is_char_boundary(*at))
    };
    let (start, end) = (cut(range.start), cut(range.end));
    start.unwrap_or_default()..end.unwrap_or_default().max(start.unwrap_or_default())
}

/// Draws why a policy file cannot be read.
pub(crate) fn policy_error(path: &Path, source: &str, error: &PolicyError) -> Failure {
    let at = error.position().map(|position| position.offset);
    let range = at
        .map(|at| at..at)
        .or_else(|| locate(source, error.pointer()));
    Failure::Drawing(draw(
        Level::ERROR,
        "this is not a policy",
        &Place {
            path: &path.display().to_string(),
            source,
            range: range.unwrap_or_default(),
            label: &printable(&error.kind().to_string()),
        },
    ))
}

/// Draws why a JSON file cannot be read.
pub(crate) fn json_error(path: &Path, source: &str, error: &serde_json::Error) -> Failure {
    let above = source
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let start = above.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let place = format!(" at line {} column {}", error.line(), error.column());
    let label = error.to_string();
    Failure::Drawing(draw(
        Level::ERROR,
        "this JSON cannot be used",
        &Place {
            path: &path.display().to_string(),
            source,
            range: start..start,
            label: &printable(label.strip_suffix(&place).unwrap_or(&label)),
        },
    ))
}
