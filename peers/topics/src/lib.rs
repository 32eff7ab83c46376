//! What the benches and the report share: the inputs, the peers behind one interface each, and an
//! allocator that counts.

pub mod counting;
pub mod index;
pub mod inputs;
pub mod pair;
