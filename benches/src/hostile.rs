//! What a hostile peer sends, and the machines that have to read it: for measuring time and memory.

mod families;
mod machines;
mod states;
mod watchers;

pub use self::families::{FAMILIES, Family};
pub use self::machines::{Bounds, Machine};
pub use self::states::{Forever, STATES};
pub use self::watchers::Watcher;

/// What a connection may hold beside a message: the output, what is open.
const OPEN: usize = 16 << 10;

/// What a machine may hold, under the default limits, while a peer sends `size` octets of whatever it likes.
///
/// What has to be put right is written anew, into a buffer that doubles; beyond what a message may have nothing is read.
pub const fn most_held(size: usize) -> usize {
    if size < 1 << 20 { OPEN + 4 * size } else { OPEN }
}
