//! Who is in the group: the roster, a signed hash chain, and the one place with its rules. Pure.

mod added;
#[cfg(test)]
mod added_tests;
mod aside;
#[cfg(test)]
mod aside_tests;
mod asked;
pub(crate) mod branches;
mod claim;
mod consent;
mod entry;
mod handle;
mod lacking;
pub(crate) mod lifetimes;
mod name;
pub(crate) mod pen;
#[cfg(test)]
mod pen_tests;
mod people;
mod policy;
#[cfg(test)]
mod policy_tests;
pub(crate) mod retention;
mod roster;
#[cfg(test)]
pub(crate) mod tests;
mod week;

pub(crate) use added::{Add, Another, DEVICES_MAX, NewDevice, Proof};
// What writes it is on its way.
#[allow(unused_imports)]
pub(crate) use added::SetRecovery;
#[cfg(test)]
pub(crate) use added::{Addition, Registration, Restoration};
pub(crate) use aside::LostRemoval;
pub(crate) use asked::in_order_once;
pub use asked::recipients_hash;
pub use claim::Claim;
#[cfg(test)]
pub(crate) use claim::Possession;
pub(crate) use claim::{valid_claim, whole_claim};

pub use consent::ConsentTo;
pub(crate) use consent::{Consent, TakeOver};
pub use entry::{Admit, Change, Entry, EpochKeys, Role};
pub(crate) use entry::{
    Approve, Found, Hand, LeaseChange, Move, RoleChange, Take, Turn, Withdraw, head_after,
};
pub(crate) use handle::handle;
pub use lacking::Lacking;
pub use lifetimes::{Lease, LeaseLeft};
pub use name::{NameError, check_name};
pub(crate) use name::{is_same_name, looks_like, named};
pub(crate) use people::{Invited, Person, Removed};
pub(crate) use policy::Meant;
pub use policy::{About, SENSITIVE_READERS_MAX};
pub(crate) use policy::{Policy, Rule};
pub(crate) use retention::Retention;
pub(crate) use roster::Applied;
pub use roster::{Roster, RosterError};
pub use week::Week;
