//! The limits that the engine was made with.

use core::time::Duration;

use super::bytes::{Read, Reader, Writer};
use crate::Limits;

/// Writes and reads each field once, in the order of this list; one that is left out does not
/// compile.
macro_rules! fields {
    (counts: $($count:ident)*; numbers: $($number:ident)*; durations: $($duration:ident)*) => {
        pub(super) fn write(limits: &Limits, out: &mut Writer<'_>) {
            let Limits { $($count,)* $($number,)* $($duration,)* } = limits;
            $(out.count(*$count);)*
            $(out.number(*$number);)*
            $(
                out.number($duration.as_secs());
                out.number($duration.subsec_nanos());
            )*
        }

        pub(super) fn read(input: &mut Reader<'_>) -> Read<Limits> {
            $(let $count = input.whole()?;)*
            $(let $number = input.whole()?;)*
            $(let $duration = duration(input)?;)*
            Ok(Limits { $($count,)* $($number,)* $($duration,)* })
        }
    };
}

fields! {
    counts: document_bytes document_depth document_source_chars targets text_chars
        reason_code_chars status_details status_detail_key_chars status_detail_value_chars
        retry_criteria parameter_key_chars parameter_value_chars package_versions cron_chars
        rollouts_shown page pending_shown pending_windowed_shown active_jobs concurrent_jobs
        templates deleting_jobs;
    numbers: timeout_minutes maximum_per_minute increment_factor_min_tenths
        increment_factor_max_tenths retries presigned_min_seconds presigned_max_seconds
        window_minutes device_reads_per_second device_writes_per_second control_calls_per_second;
    durations: schedule_lead schedule_start schedule_end retention
}

fn duration(input: &mut Reader<'_>) -> Read<Duration> {
    let seconds = input.number()?;
    let nanos: u32 = input.whole()?;
    input.hold(nanos < 1_000_000_000, "must be less than a second")?;
    Ok(Duration::new(seconds, nanos))
}
