//! The protocol between the cloud, a device, an application and a network that loses, repeats and
//! reorders, checked in every order of events up to a bound.
//!
//! The bounds of a plain run are small. With optimisation there are large ones too, of more than a
//! million states: `cargo test -p iot-shadow --release --test model`

extern crate alloc;

mod network;
mod system;

use std::io::Write as _;
use std::time::Instant;

use stateright::{Checker, Model, Property};

use system::{Act, Guard, State, System};

impl Model for System {
    type State = State;
    type Action = Act;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Act>) {
        state.actions(self, actions);
    }

    fn next_state(&self, last: &State, action: Act) -> Option<State> {
        let mut next = last.clone();
        next.act(self, action).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(IN_STEP, |_, state: &State| {
                !state.is_quiet() || state.is_in_step()
            }),
            Property::always(
                "the device never waits for what cannot come",
                |_, state: &State| !state.is_stuck(),
            ),
            Property::sometimes(
                "all that may go wrong has, and all is quiet",
                |system: &Self, state: &State| state.is_spent(system) && state.is_quiet(),
            ),
            Property::sometimes("an update runs into a conflict", |_, state: &State| {
                state.has_conflict()
            }),
        ]
    }
}

const IN_STEP: &str = "when all is quiet, desired = reported = local";

/// Nothing happens but what the device does by itself.
const CALM: System = System {
    guard: Guard::Tracker,
    desired: false,
    writes: 0,
    edits: 0,
    restarts: 0,
    losses: 0,
    repeats: 0,
    timeouts: 0,
};

/// The same with a shadow that desires what the device is not.
const WISHED: System = System {
    desired: true,
    ..CALM
};

#[rustfmt::skip]
const SMALL: [System; 4] = [
    System { writes: 1, edits: 1, ..CALM },
    System { writes: 1, losses: 1, ..CALM },
    System { restarts: 1, losses: 1, ..WISHED },
    System { losses: 1, repeats: 1, timeouts: 1, ..WISHED },
];

#[rustfmt::skip]
const LARGE: [System; 6] = [
    System { writes: 2, edits: 1, ..CALM },
    System { writes: 2, losses: 1, ..WISHED },
    System { writes: 1, losses: 1, repeats: 1, ..WISHED },
    System { writes: 1, restarts: 1, losses: 1, ..WISHED },
    System { edits: 1, restarts: 1, losses: 1, ..WISHED },
    System { restarts: 1, losses: 1, repeats: 1, timeouts: 1, ..WISHED },
];

#[test]
fn a_device_ends_in_step_with_its_shadow() {
    check(&SMALL);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes up to a minute with optimisation, and many without"
)]
fn a_device_ends_in_step_with_its_shadow_in_a_million_states() {
    assert!(check(&LARGE) >= 1_000_000);
}

/// Every order of events of each system, and how many states that were. That it ends shows that
/// the device does: each request of an endless conversation would be another state.
fn check(systems: &[System]) -> usize {
    let (start, mut states) = (Instant::now(), 0);
    for system in systems {
        let checker = system.checker().threads(2).spawn_dfs().join();
        checker.assert_properties();
        states += checker.unique_state_count();
        tell(&format!(
            "{system:?}: {} states, {} transitions, depth {}\n",
            checker.unique_state_count(),
            checker.state_count(),
            checker.max_depth(),
        ));
    }
    let seconds = start.elapsed().as_secs_f64();
    tell(&format!(
        "{states} states in {seconds:.1} s, no counterexample\n"
    ));
    states
}

/// What the first device SDKs did: one number for the versions of `accepted` and `delta`.
#[test]
fn one_version_for_accepted_and_delta_loses_a_delta() {
    let system = System {
        guard: Guard::OneVersion,
        writes: 1,
        ..CALM
    };
    let checker = system.checker().spawn_bfs().join();
    let path = checker.discovery(IN_STEP).expect("is refuted");
    let last = path.last_state().clone();
    assert!(last.is_quiet() && !last.is_in_step());
    let mut trace = String::from("one version for `accepted` and `delta`:\n");
    let actions = path.into_actions();
    for (at, action) in actions.iter().enumerate() {
        trace.push_str(&format!("{:2}. {action:?}\n", at + 1));
    }
    trace.push_str(&format!("    {last}\n"));
    tell(&trace);
    // No loss, no repetition: the order of two messages is enough.
    let delta = actions.iter().position(|act| act.delivers("update/delta"));
    let accepted = actions
        .iter()
        .rposition(|act| act.delivers("update/accepted"));
    assert!(accepted < delta);
}

/// Not `print!`: the harness would keep that to itself while the test passes.
fn tell(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
