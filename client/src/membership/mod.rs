//! Coming into a group, and letting in: each a change of group, device and outbox together, without a network where
//! none is needed.

mod admit;
mod adopt;
mod again;
mod circle;
mod create;
mod dictating;
mod join;
mod listening;
mod moved;
mod transaction;
mod turn;
mod views;

pub use admit::{
    AdmissionError, Claims, NewInvitation, approve, invitation, invitation_waits, invite, refuse,
};
pub(crate) use admit::{claim_heard, spoiled};
pub(crate) use adopt::adopt;
pub(crate) use again::{arrived, lacking, say_again};
pub use circle::{CircleChange, CircleError, PlannedCircle, plan_circle, set_circle};
pub use create::{CreateError, Founded, NewGroup, create, founded, open_mailbox};
#[cfg(feature = "internals")]
pub(crate) use dictating::dictate_one_of;
pub use dictating::{DictateError, Dictation, dictate};
#[cfg(test)]
pub(crate) use join::claiming;
pub use join::{JoinError, fetch_bundle, join, open_bundle};
#[cfg(feature = "internals")]
pub(crate) use listening::hear_spoken_within;
pub use listening::{DictatedError, hear_spoken};
pub(crate) use moved::follow_bundle;
pub use moved::{
    FollowError, Followed, arrive, follow_moved, move_relay, moved_file, reach, relay_address,
};
pub(crate) use transaction::finish_interrupted;
pub use turn::{remove, waits_at_relay};
pub(crate) use turn::{take as take_epoch, turn_if_due};
pub(crate) use views::INVITATION_BYTES;
