//! The protocol between the engine, an agent, its application and a network that loses, repeats
//! and reorders, checked in every order of events up to a bound.
//!
//! The bounds of a plain run are small. With optimisation there are large ones too, of more than a
//! million states: `cargo test -p iot-jobs --release --test model`

extern crate alloc;

mod cloud;
mod network;
mod system;

use std::io::Write as _;
use std::time::Instant;

use stateright::{Checker, Model, Property};

use system::{Act, Counts, Guard, State, System};

impl Model for System {
    type State = State;
    type Action = Act;

    fn init_states(&self) -> Vec<State> {
        vec![State::new()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Act>) {
        state.actions(self, actions);
    }

    fn next_state(&self, last: &State, action: Act) -> Option<State> {
        let mut next = last.clone();
        next.act(self, action).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = vec![
            Property::always(DONE, |_, state: &State| {
                !state.is_quiet() || state.is_done()
            }),
            Property::always(ONCE, |_, state: &State| !state.has_run_twice()),
            Property::always(
                "an application is told when its execution has ended",
                |_, state: &State| !state.works_in_vain(),
            ),
            Property::always("what has ended stays as it is", |_, state: &State| {
                !state.has_unmade_an_end()
            }),
            Property::always(
                "a connected device asks again in its time",
                |_, state: &State| state.is_awake(),
            ),
            Property::sometimes(
                "all that may happen has, and all is quiet",
                |system: &Self, state: &State| state.is_spent(system) && state.is_quiet(),
            ),
        ];
        if self.most.losses > 0 && self.most.reports > 0 {
            all.push(Property::sometimes(
                "versions differ",
                |_, state: &State| state.has_rejection("VersionMismatch"),
            ));
        }
        if self.most.cancels > 0 {
            all.push(Property::sometimes(
                "a report is too late",
                |_, state: &State| {
                    state.has_rejection("VersionMismatch")
                        || state.has_rejection("TerminalStateReached")
                },
            ));
        }
        all
    }
}

const DONE: &str = "when all is quiet, nothing is pending";
const ONCE: &str = "no execution is begun twice, and none beside another";

const NONE: Counts = Counts::NONE;

/// One job.
const JOB: Counts = Counts { creates: 1, ..NONE };

const fn plain(most: Counts) -> System {
    System {
        guard: Guard::Agent,
        timer: false,
        most,
    }
}

/// With timers and retries.
const fn timed(most: Counts) -> System {
    System {
        timer: true,
        ..plain(most)
    }
}

#[rustfmt::skip]
const SMALL: [System; 8] = [
    plain(Counts { creates: 2, ..NONE }),
    plain(Counts { losses: 1, ..JOB }),
    plain(Counts { reports: 1, losses: 1, ..JOB }),
    plain(Counts { restarts: 1, ..JOB }),
    plain(Counts { repeats: 1, ..JOB }),
    plain(Counts { cancels: 1, reports: 1, ..JOB }),
    plain(Counts { replaces: 1, ..JOB }),
    timed(Counts { ticks: 1, ..JOB }),
];

#[rustfmt::skip]
const LARGE: [System; 8] = [
    plain(Counts { creates: 2, losses: 1, ..NONE }),
    plain(Counts { creates: 2, cancels: 1, restarts: 1, ..NONE }),
    plain(Counts { reports: 1, losses: 1, repeats: 1, ..JOB }),
    plain(Counts { restarts: 1, losses: 1, repeats: 1, ..JOB }),
    plain(Counts { cancels: 1, reports: 1, restarts: 1, losses: 1, ..JOB }),
    plain(Counts { replaces: 1, losses: 1, timeouts: 1, ..JOB }),
    timed(Counts { ticks: 1, failures: 1, losses: 1, ..JOB }),
    timed(Counts { ticks: 2, restarts: 1, timeouts: 1, ..JOB }),
];

#[test]
fn a_device_does_all_its_jobs_once() {
    check(&SMALL);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "takes some minutes with optimisation, and many without"
)]
fn a_device_does_all_its_jobs_once_in_a_million_states() {
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
            "{system:?}: {} states, {} transitions, depth {}, {:.1} s\n",
            checker.unique_state_count(),
            checker.state_count(),
            checker.max_depth(),
            start.elapsed().as_secs_f64(),
        ));
    }
    let seconds = start.elapsed().as_secs_f64();
    tell(&format!(
        "{states} states in {seconds:.1} s, no counterexample\n"
    ));
    states
}

/// What a loop does that handles one thing after the other.
#[test]
fn a_job_that_is_notified_while_start_next_is_under_way_is_lost_on_the_deaf() {
    let system = System {
        guard: Guard::DeafWhileAsking,
        ..plain(JOB)
    };
    let last = refute(&system, DONE);
    assert!(last.is_quiet() && !last.is_done());
}

/// What a device does that knows its jobs in memory alone.
#[test]
fn a_job_runs_twice_where_no_record_is_kept() {
    let system = System {
        guard: Guard::NoRecord,
        ..plain(Counts { restarts: 1, ..JOB })
    };
    assert!(refute(&system, ONCE).has_run_twice());
}

/// The shortest way to a state in which it does not hold, which is told.
#[expect(clippy::expect_used, reason = "a test that refutes nothing must fail")]
fn refute(system: &System, property: &'static str) -> State {
    let found = |depth| {
        let checker = system.checker().target_max_depth(depth).spawn_bfs().join();
        checker.discovery(property)
    };
    let path = (1..MOST_STEPS).find_map(found).expect("is refuted");
    let last = path.last_state().clone();
    let mut trace = format!("{:?}, against \"{property}\":\n", system.guard);
    for (at, action) in path.into_actions().iter().enumerate() {
        trace.push_str(&format!("{:2}. {action:?}\n", at + 1));
    }
    trace.push_str(&format!("    {last}\n"));
    tell(&trace);
    last
}

/// A way that is longer is not looked for.
const MOST_STEPS: usize = 16;

/// Not `print!`: the harness would keep that to itself while the test passes.
fn tell(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
