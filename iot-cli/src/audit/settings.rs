//! What the arguments say of an audit.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use iot_defender::audit::{
    AccountId, AuditIdError, AuditSettings, AuditTaskId, Check, Days, FindingId, FindingKey,
    KnownKeys, Profile, ReasonCode, ResourceIdentifier, Severity, Suppression, TaskHeader,
};
use iot_topics::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use super::piece::Piece;
use crate::instant::instant;
use crate::output::{Failure, ReportFormat};
use crate::source::{Source, clock};

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Folders, files and globs
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<String>,
    /// Which faults are looked for
    #[arg(long, value_enum, default_value_t)]
    profile: Preset,
    /// Run these checks alone, by any of their names; several with commas between
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = check)]
    pub(super) checks: Vec<Check>,
    /// Requests of CreateAuditSuppression, as a list or one a line
    #[arg(long, value_name = "FILE")]
    suppressions: Option<PathBuf>,
    /// Keys that are publicly known: a list of Debian's openssl-blacklist, or the records of badkeys
    #[arg(long, value_name = "FILE")]
    known_keys: Vec<PathBuf>,
    /// Of a file of badkeys take this list alone; may be given several times
    #[arg(long, value_name = "NUMBER")]
    known_key_list: Vec<u8>,
    /// The account [default: that of the inventory]
    #[arg(long, value_name = "DIGITS")]
    pub(super) account: Option<AccountId>,
    /// The id of the audit [default: made of account and time]
    #[arg(long, value_name = "ID")]
    task_id: Option<AuditTaskId>,
    /// When the audit starts [default: the time of the clock]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    now: Option<Timestamp>,
    /// When the scheduled audit before this one started: connections are judged from then on, as
    /// those of a scheduled audit are [default: 31 days back, as those of an audit on demand]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) previous: Option<Timestamp>,
    /// From which age on a device certificate is a finding: 30 to 3652
    #[arg(long, value_name = "DAYS", default_value_t = Days::AGE_DEFAULT)]
    cert_age_days: Days,
    /// How long before its end a device certificate is a finding: 30 to 3652
    #[arg(long, value_name = "DAYS", default_value_t = Days::EXPIRATION_DEFAULT)]
    expiration_days: Days,
    /// The least severity that makes the exit code 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t)]
    pub(super) fail_on: Least,
    /// How to print the report
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ReportFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Preset {
    /// Those that AWS tells
    #[default]
    Aws,
    /// More about keys, signatures and retained messages
    Extended,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Least {
    #[default]
    Low,
    Medium,
    High,
    Critical,
}

impl From<Least> for Severity {
    fn from(least: Least) -> Self {
        match least {
            Least::Low => Self::Low,
            Least::Medium => Self::Medium,
            Least::High => Self::High,
            Least::Critical => Self::Critical,
        }
    }
}

fn check(name: &str) -> Result<Check, String> {
    let unknown = |_| "no check has this name: `iot audit checks` lists them".to_owned();
    name.parse().map_err(unknown)
}

impl RunArgs {
    /// The settings, but for what the inventory has; and the suppressions one by one.
    pub(super) fn settings(
        &self,
        account: AccountId,
    ) -> Result<(AuditSettings, Vec<Suppression>), Failure> {
        let start = self.now.unwrap_or_else(clock);
        if self.previous.is_some_and(|previous| previous >= start) {
            return Err("--previous: not before the start of this audit"
                .to_owned()
                .into());
        }
        let id = match &self.task_id {
            Some(id) => id.clone(),
            None => task_id(account, start).map_err(|error| error.to_string())?,
        };
        let header = TaskHeader::on_demand(account, id, start);
        let mut settings = AuditSettings::new(header, []);
        settings.profile = match self.profile {
            Preset::Aws => Profile::Aws,
            Preset::Extended => Profile::Extended,
        };
        settings.age_threshold = self.cert_age_days;
        settings.expiration_threshold = self.expiration_days;
        settings.known_keys = self.known_keys()?;
        // An id that a finding keeps from run to run is what code scanning follows it by.
        settings.finding_id = FindingId::of_resource;
        let suppressions = self.suppressions.as_deref().map(suppressions).transpose()?;
        let suppressions = suppressions.unwrap_or_default();
        settings.suppressions = suppressions.iter().cloned().collect();
        Ok((settings, suppressions))
    }

    fn known_keys(&self) -> Result<KnownKeys, Failure> {
        let mut known = KnownKeys::new();
        for path in &self.known_keys {
            let name = path.display();
            let bytes = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
            let lists = &self.known_key_list;
            let take = |list| lists.is_empty() || lists.contains(&list);
            let read = match std::str::from_utf8(&bytes) {
                Ok(text) => known.load_debian(text),
                Err(_) => known.load_badkeys(&bytes, take),
            };
            read.map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(known)
    }
}

/// An id in the form of AWS's: 32 hexadecimal digits, the same for the same account and time.
fn task_id(account: AccountId, start: Timestamp) -> Result<AuditTaskId, AuditIdError> {
    let millis: AuditTaskId = start.as_millis().to_string().parse()?;
    let id = FindingId::of_task(&FindingKey {
        account,
        task_id: &millis,
        check: Check::LoggingDisabled,
        resource: &ResourceIdentifier::Account(account),
        reason_code: ReasonCode::LoggingDisabled,
    });
    id.as_str().parse()
}

/// Reads suppressions: a list, or one object after the other.
fn suppressions(path: &Path) -> Result<Vec<Suppression>, Failure> {
    let piece = Piece::whole(Source::read(path)?);
    let wrong = |error: serde_json::Error| piece.json_failure("this JSON cannot be used", &error);
    let mut pieces = Vec::new();
    for raw in serde_json::Deserializer::from_str(piece.text()).into_iter::<&RawValue>() {
        let raw = raw.map_err(wrong)?;
        if raw.get().starts_with('[') {
            let list: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(wrong)?;
            pieces.extend(list.into_iter().map(|raw| piece.part(raw)));
        } else {
            pieces.push(piece.part(raw));
        }
    }
    let read = |piece: Piece| -> Result<Suppression, Failure> {
        let title = "this is not a suppression";
        let value: Value = serde_json::from_str(piece.text())
            .map_err(|error| piece.json_failure(title, &error))?;
        Suppression::from_json(&value).map_err(|error| {
            let text = error.to_string();
            let member = text.split(':').next().unwrap_or_default();
            piece.at(&format!("/{member}")).failure(title, &text)
        })
    };
    pieces.into_iter().map(read).collect()
}
