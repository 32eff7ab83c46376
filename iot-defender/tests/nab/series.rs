//! The files of the benchmark: a series each, and the windows in which something is wrong.

use alloc::collections::BTreeMap;
use std::fs;
use std::path::Path;

use iot_topics::Timestamp;

/// When, and how much.
pub(crate) type Point = (Timestamp, f64);

/// One file.
pub(crate) struct Series {
    pub(crate) points: Vec<Point>,
    /// First and last instant of each.
    pub(crate) windows: Vec<(Timestamp, Timestamp)>,
}

impl Series {
    /// Of how many points at the start nobody is asked: as the benchmark has it, 15 %, at most 750.
    pub(crate) fn probation(&self) -> usize {
        (self.points.len() * 15 / 100).min(750)
    }

    /// Whether all values are whole numbers.
    pub(crate) fn is_whole(&self) -> bool {
        self.points.iter().all(|(_, value)| value.fract() == 0.0)
    }
}

/// All series, in the order of their names.
pub(crate) fn read(directory: &Path) -> Vec<Series> {
    let labels = fs::read_to_string(directory.join("labels/combined_windows.json"))
        .expect("the directory has labels/combined_windows.json");
    let labels: BTreeMap<String, Vec<[String; 2]>> =
        serde_json::from_str(&labels).expect("each file has a list of windows");
    let files = labels.into_iter().map(|(name, windows)| {
        let text =
            fs::read_to_string(directory.join("data").join(&name)).expect("the file is there");
        let points = text.lines().skip(1).map(|line| {
            let (at, value) = line
                .split_once(',')
                .expect("a line is an instant and a value");
            (
                instant(at),
                value.trim().parse().expect("a value is a number"),
            )
        });
        let windows = windows
            .iter()
            .map(|[first, last]| (instant(first), instant(last)));
        Series {
            points: points.collect(),
            windows: windows.collect(),
        }
    });
    files.collect()
}

/// `2014-04-10 07:15:00`, with or without a fraction of the second.
fn instant(text: &str) -> Timestamp {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|digits| {
        digits
            .parse::<u64>()
            .expect("an instant is made of numbers")
    });
    let mut next = || numbers.next().expect("an instant has six numbers");
    let (year, month, day) = (next(), next(), next());
    let (hour, minute, second) = (next(), next(), next());
    // Years begin in March, so that the day that may be missing is the last.
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    let since_epoch = days - 719_468;
    Timestamp::from_secs(((since_epoch * 24 + hour) * 60 + minute) * 60 + second)
}
