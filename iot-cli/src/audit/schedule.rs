//! `iot audit schedule`.

use clap::Args;
use iot_defender::audit::{Date, Schedule, ScheduleError};
use serde_json::{Value, json};

use crate::Outcome;
use crate::output::{self, Failure, Format};
use crate::source::clock;

#[derive(Debug, Args)]
#[command(
    after_help = "The time of day is the service's own choice; dates are in UTC. A month that is too short for its \
day has its last day in the place. Every other week counts from the first such day on or after the creation.

EXIT CODES:
  0 it runs, 2 this is no schedule

EXAMPLES:
  iot audit schedule DAILY
  iot audit schedule BIWEEKLY --day-of-week FRI --created 2022-04-20 --count 3
  iot audit schedule MONTHLY --day-of-month LAST --from 2024-02-01"
)]
pub(crate) struct ScheduleCommand {
    /// DAILY, WEEKLY, BIWEEKLY or MONTHLY
    frequency: String,
    /// SUN to SAT, for WEEKLY and BIWEEKLY
    #[arg(long, value_name = "DAY")]
    day_of_week: Option<String>,
    /// 1 to 31 or LAST, for MONTHLY
    #[arg(long, value_name = "DAY")]
    day_of_month: Option<String>,
    /// The date on which the scheduled audit was created [default: that of `--from`]
    #[arg(long, value_name = "DATE")]
    created: Option<Date>,
    /// Tell the runs of this date and later [default: today, by the clock]
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// How many runs to tell, at most
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// How to print the dates
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl ScheduleCommand {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let (week, month) = (self.day_of_week.as_deref(), self.day_of_month.as_deref());
        let schedule = Schedule::from_fields(&self.frequency, week, month)
            .map_err(|error: ScheduleError| Failure::from(error.to_string()))?;
        let from = self.from.unwrap_or_else(|| Date::of(clock()));
        let created = self.created.unwrap_or(from);
        let most = usize::try_from(self.count).unwrap_or(usize::MAX);
        let runs: Vec<Date> = schedule.runs_from(created, from).take(most).collect();
        match self.format {
            Format::Human => {
                for run in &runs {
                    output::print(format_args!("{run} {}", run.day_of_week()))?;
                }
            }
            Format::Json => {
                let dates: Value = runs.iter().map(Date::to_string).collect();
                output::print_json(&json!({
                    "frequency": schedule.frequency().as_str(),
                    "nextRunDates": dates,
                }))?;
            }
        }
        Ok(Outcome::Good)
    }
}
