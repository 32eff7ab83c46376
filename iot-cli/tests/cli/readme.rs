//! The READMEs show what the command prints.

use std::fs;

use crate::{borrowed, root, run, words};

/// Each `$ iot ...` of the console blocks, and the lines that follow it.
fn sessions(text: &str) -> Vec<(String, String)> {
    let mut sessions: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (inside, line.strip_prefix("$ iot ")) {
            (false, _) => inside = line == "```console",
            (true, _) if line == "```" => inside = false,
            (true, Some(command)) => sessions.push((command.to_owned(), String::new())),
            (true, None) => {
                let (_, output) = sessions.last_mut().unwrap();
                *output += line;
                *output += "\n";
            }
        }
    }
    sessions
}

#[test]
fn sessions_are_what_the_command_prints() {
    for (readme, least) in [("README.md", 4), ("iot-cli/README.md", 6)] {
        let text = fs::read_to_string(root().join(readme)).unwrap();
        let mut sessions = sessions(&text);
        // No shell is here for the rest.
        sessions.retain(|(command, _)| !command.contains(" | "));
        assert!(sessions.len() >= least, "{readme}");
        for (command, expected) in sessions {
            let ran = run(&borrowed(&words(&command)));
            assert_eq!(
                ran.stdout + &ran.stderr,
                expected,
                "{readme}: iot {command}"
            );
        }
    }
}

#[test]
fn first_command_of_the_project_answers_what_its_readme_says() {
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let prefix = "cargo run -q -p iot-cli -- ";
    let command = text
        .lines()
        .find_map(|line| line.strip_prefix(prefix))
        .unwrap();
    let ran = run(&borrowed(&words(command)));
    assert_eq!(ran.code, Some(0));
    assert!(
        text.contains(&format!("```text\n{}```", ran.stdout)),
        "{}",
        ran.stdout
    );
}
