//! A recovery key: what makes a new device of a person who has lost theirs. It is made fresh, cut into parts for people whom that
//! person trusts, and kept nowhere: some of the parts together are the key again, fewer are nothing. PROTOCOL.md, "Recovery", is
//! the specification.
//!
//! Nothing here touches a disk or a network. What a device remembers of its parts is in `device/recovery.rs`.

mod check;
mod gathered;
mod key;
mod part;
mod typed;

pub use gathered::{Gathered, NotAdded, Taken};
pub use key::{Division, DoNotFit, NotADivision, PARTS_MAX, RecoveryKey, SetId};
pub use part::Part;
pub use typed::{Mistake, NotAPart, Typed, What};
