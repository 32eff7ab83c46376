//! The command lines of Detect whose output is kept.

/// Without `iot`, by the name of their golden file.
pub(crate) const COMMANDS: &[(&str, &str)] = &[
    ("help-detect", "detect -h"),
    ("help-detect-run", "detect run -h"),
    ("help-detect-train", "detect train -h"),
    ("help-detect-presets", "detect presets -h"),
    (
        "detect-lamps",
        "detect -p examples/detect/lamps.json examples/detect/lamps.jsonl",
    ),
    (
        "detect-lamps-json",
        "detect run -p examples/detect/lamps.json examples/detect/lamps.jsonl --format json",
    ),
    (
        "detect-lamps-sns",
        "detect -p examples/detect/lamps.json examples/detect/lamps.jsonl --format sns",
    ),
    (
        "detect-broker",
        "detect -p 'examples/detect/[cl]*s.json' examples/detect/broker.jsonl",
    ),
    (
        "detect-threats",
        "detect --threat impersonation --threat lateral-movement --normal \
         examples/detect/normal.json examples/detect/broker.jsonl",
    ),
    (
        "detect-mistakes",
        "detect -p examples/detect/lamps.json -p examples/detect/clients.json \
         iot-cli/tests/data/detect/mistakes.jsonl",
    ),
    (
        "detect-wrong-behavior",
        "detect -p iot-cli/tests/data/detect/wrong-behavior.json examples/detect/lamps.jsonl",
    ),
    (
        "detect-wrong-normal",
        "detect presets mining --normal iot-cli/tests/data/detect/wrong-normal.json",
    ),
    ("detect-presets", "detect presets"),
    ("detect-presets-json", "detect presets --format json"),
    (
        "detect-preset",
        "detect presets exfiltration --normal examples/detect/normal.json",
    ),
    (
        "detect-train",
        "detect train -p examples/detect/learnt.json examples/detect/history.jsonl",
    ),
    (
        "detect-train-json",
        "detect train -p examples/detect/learnt.json examples/detect/history.jsonl --format json",
    ),
    (
        "detect-train-nothing",
        "detect train -p examples/detect/lamps.json examples/detect/lamps.jsonl",
    ),
];
