//! What a hostile peer sends, and the machines that have to read it: for measuring time and memory.

mod families;
mod machines;

pub use self::families::{FAMILIES, Family};
pub use self::machines::{Bounds, Machine};
