//! Coming into a group, and letting in: each a change of group, device and outbox together, without a network where
//! none is needed.

mod added;
mod admit;
mod adopt;
mod again;
mod answering;
mod circle;
mod create;
mod custody;
mod dictating;
mod duty;
mod founder;
mod inviting;
mod join;
mod listening;
mod moved;
mod pending;
mod recover;
#[cfg(test)]
mod recovery_tests;
mod retention;
mod take_over;
mod transaction;
mod turn;
mod views;
mod wishes;

pub(crate) use added::{
    Waiting, Wanted, add_device, carry_out_added, invite_another, new_device, waiting,
};
pub use admit::{AdmissionError, Claims};
pub(crate) use admit::{approve, claim_heard, refuse, spoiled};
pub(crate) use adopt::{adopt, overtaken};
pub(crate) use again::{arrived, lacking, say_again};
pub(crate) use answering::answer_to_post;
pub(crate) use circle::set_circle;
pub use circle::{CircleChange, CircleError, PlannedCircle, plan_circle};
pub use create::{CreateError, Founded, NewGroup, create, founded, open_mailbox};
pub(crate) use custody::{lay_down, share_if_due, take_custody};
#[cfg(feature = "internals")]
pub(crate) use dictating::dictate_one_of;
pub use dictating::{DictateError, Dictation, dictate};
pub(crate) use duty::set_duty;
pub use duty::{DutyChange, DutyError, PlannedDuty, duty_moment, plan_duty};
pub(crate) use founder::{founder_of, is_founders};
pub use inviting::NewInvitation;
pub(crate) use inviting::{invitation, invite};
#[cfg(test)]
pub(crate) use join::claiming;
pub use join::{JoinError, fetch_bundle, join, open_bundle, restore};
#[cfg(feature = "internals")]
pub(crate) use listening::hear_spoken_within;
pub use listening::{DictatedError, hear_spoken};
pub(crate) use moved::follow_bundle;
pub use moved::{
    FollowError, Followed, arrive, follow_moved, move_relay, moved_file, reach, relay_address,
};
pub(crate) use pending::carry_out_agreed;
pub use pending::{Pending, PendingAct, hand_pen, pending};
pub use recover::invite_back;
pub(crate) use retention::set_retention;
pub use retention::{PlannedRetention, RetentionError, plan_retention};
pub use take_over::{NextMailboxError, cut_off, open_instead, open_next_mailbox};
pub(crate) use take_over::{is_member_of_one, is_ready, keep_reached_by};
pub(crate) use transaction::finish_interrupted;
pub use transaction::{may_wish_roster, may_write_roster};
#[cfg(test)]
pub(crate) use turn::remove;
pub use turn::{renew, waits_at_relay};
pub(crate) use turn::{take as take_epoch, turn_if_due};
pub(crate) use views::INVITATION_BYTES;
pub(crate) use wishes::{
    Fate, draft_invitation, fate, no_for_wished, to_post, wished_invitation, write_wish,
};
