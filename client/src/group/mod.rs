//! Who is in the group: the roster, a signed hash chain, and the one place with its rules. Pure.

mod claim;
mod entry;
mod handle;
pub(crate) mod lifetimes;
mod name;
mod roster;
#[cfg(test)]
pub(crate) mod tests;

pub use claim::Claim;
#[cfg(test)]
pub(crate) use claim::Possession;
pub(crate) use claim::valid_claim;
pub(crate) use entry::Turn;
pub use entry::{Admit, Change, Entry, EpochKeys, Role};
pub(crate) use entry::{Approve, Found, LeaseChange, Move, Withdraw, head_after};
pub(crate) use handle::handle;
pub use lifetimes::{Lease, LeaseLeft};
pub use name::{NameError, check_name};
pub(crate) use name::{is_same_name, looks_like, named};
pub(crate) use roster::{Applied, Invited, Person, Removed};
pub use roster::{Roster, RosterError, recipients_hash};
