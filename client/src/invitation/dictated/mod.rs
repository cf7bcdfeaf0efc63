//! An invitation over a bad channel: what is said on the phone is a host's name, a slot and a code, ten digits in all. Both sides meet in the slot's
//! mailbox, whose keys anybody can compute, and come to one key by SPAKE2 if they have the same code; under it the ordinary
//! invitation goes across. PROTOCOL.md, "Dictated codes", is the specification. Pure: no network here.
//!
//! Whoever sits on the slot can guess once, or spoil it. Nobody is verified by it: it only carries an invitation.

mod exchange;
mod slot;
mod spoken;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use exchange::under;
pub(crate) use exchange::{Inviter, Newcomer};
pub use slot::{SlotKeys, Step};
pub(crate) use spoken::Place;
pub use spoken::{NotSpoken, Spoken};

/// How long a code can be used. Its mailbox ends with it.
pub(crate) const CODE_SECONDS: u64 = 10 * 60;
