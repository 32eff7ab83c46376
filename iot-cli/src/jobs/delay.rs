//! Delays, as arguments name them.

use iot_jobs::plan::Delay;

/// What an argument may be, for the help.
pub(super) const FORMS: &str = "A DELAY is in seconds, or has a unit (s, m, h, d), and is one of
  90s              always the same
  1m..10m          anything between the two, as likely as anything else
  ~1h              at random, with that mean (exponentially distributed)
  5s,30s,10m,1d    measured: the least, the greatest, and between them what parts the measured
                   delays into equally many";

/// Reads a delay.
pub(super) fn delay(text: &str) -> Result<Delay, String> {
    if let Some(mean) = text.strip_prefix('~') {
        return Ok(Delay::exponential(seconds(mean)?));
    }
    let delay = if let Some((min, max)) = text.split_once("..") {
        Delay::uniform(seconds(min)?, seconds(max)?)
    } else {
        let values: Vec<u32> = text.split(',').map(seconds).collect::<Result<_, _>>()?;
        match values.as_slice() {
            [always] => Ok(Delay::fixed(*always)),
            _ => Delay::quantiles(values),
        }
    };
    delay.map_err(|error| error.to_string())
}

fn seconds(text: &str) -> Result<u32, String> {
    let units = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];
    let unit = units.iter().find_map(|(name, seconds)| {
        let number = text.strip_suffix(name)?;
        Some((number, *seconds))
    });
    let (number, unit) = unit.unwrap_or((text, 1));
    let seconds = number
        .parse()
        .ok()
        .and_then(|number: u32| number.checked_mul(unit));
    seconds.ok_or_else(|| format!("`{text}` is no number of seconds, nor one with s, m, h or d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(delay("90"), Ok(Delay::fixed(90)));
        assert_eq!(delay("2m"), Ok(Delay::fixed(120)));
        assert_eq!(delay("1h..1d"), Ok(Delay::uniform(3_600, 86_400).unwrap()));
        assert_eq!(delay("~10m"), Ok(Delay::exponential(600)));
        assert_eq!(delay("5,1m,1m"), Ok(Delay::quantiles([5, 60, 60]).unwrap()));
        for wrong in [
            "", "~", "1..", "5m..1m", "1,", "5,4", "50000d", "-1", "1w", "1.5h",
        ] {
            assert!(delay(wrong).is_err(), "{wrong}");
        }
    }
}
