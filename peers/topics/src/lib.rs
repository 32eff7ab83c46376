//! What the benches and the report share: the inputs, and the peers behind one interface each.

pub mod index;
pub mod inputs;
pub mod pair;
