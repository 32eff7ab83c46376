//! Filters and names that are the same in every run.

/// A small generator of random numbers (SplitMix64): the figures must not wander with a seed.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % bound
    }
}

const REGIONS: u64 = 16;
const SITES: u64 = 512;
const METRICS: [&str; 8] = [
    "temperature",
    "humidity",
    "pressure",
    "status",
    "power",
    "vibration",
    "alarm",
    "battery",
];

struct Place {
    region: u64,
    site: u64,
    device: u64,
    metric: &'static str,
}

impl Place {
    fn random(random: &mut Random, devices: u64) -> Self {
        Self {
            region: random.below(REGIONS),
            site: random.below(SITES),
            device: random.below(devices),
            metric: METRICS[random.below(METRICS.len() as u64) as usize],
        }
    }

    /// A topic of five levels; a device stands at one place only.
    fn levels(&self) -> [String; 5] {
        let site = self.device % SITES;
        [
            "fleet".to_string(),
            format!("r{:02}", site % REGIONS),
            format!("site-{site:03}"),
            format!("dev{:07}", self.device),
            self.metric.to_string(),
        ]
    }
}

/// T3: 80 % exact topics of devices, 15 % with one `+`, 5 % with `#`; all different.
///
/// The wildcard filters are narrow, so that a topic has about one match: `+` stands for the
/// region, the site or the metric of one device, `#` for what a device or a rare site says.
pub fn filters(count: usize) -> Vec<String> {
    let devices = count as u64 / 4;
    let mut random = Random(1);
    let mut seen = std::collections::HashSet::new();
    let mut filters = Vec::with_capacity(count);
    while filters.len() < count {
        let place = Place::random(&mut random, devices);
        let mut levels = place.levels().to_vec();
        match filters.len() % 20 {
            0..16 => {}
            16..19 => {
                let wild = [1, 2, 4][random.below(3) as usize];
                levels[wild] = "+".to_string();
            }
            _ => {
                levels.truncate(4);
                if random.below(16) == 0 {
                    // Sites that no device of T3's topics stands at.
                    levels.truncate(3);
                    levels[2] = format!("yard-{:05}", place.region * SITES + place.site);
                }
                levels.push("#".to_string());
            }
        }
        let filter = levels.join("/");
        if seen.insert(filter.clone()) {
            filters.push(filter);
        }
    }
    filters
}

/// T3: topics of random devices, whether anything listens or not.
pub fn names(count: usize, filters: usize) -> Vec<String> {
    let mut random = Random(2);
    let devices = filters as u64 / 4;
    (0..count)
        .map(|_| Place::random(&mut random, devices).levels().join("/"))
        .collect()
}

/// T4: every set of `+` over eight levels but the first, for each of so many devices.
pub fn masks(devices: u64) -> Vec<String> {
    let mut filters = Vec::new();
    for device in 0..devices {
        let levels = deep(device);
        for mask in 0..128_u32 {
            let level = |(at, level): (usize, &String)| {
                let wild = at > 0 && mask >> (at - 1) & 1 == 1;
                if wild { "+".to_string() } else { level.clone() }
            };
            let levels: Vec<_> = levels.iter().enumerate().map(level).collect();
            filters.push(levels.join("/"));
        }
    }
    filters
}

/// T4: the topic of eight levels that 128 filters of a device match.
pub fn deep_name(device: u64) -> String {
    deep(device).join("/")
}

fn deep(device: u64) -> [String; 8] {
    let level = |at: u64| format!("l{at}-{}", device * 8 + at);
    [
        level(0),
        level(1),
        level(2),
        level(3),
        level(4),
        level(5),
        level(6),
        level(7),
    ]
}
