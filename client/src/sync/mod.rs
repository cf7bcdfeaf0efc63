//! The engine: receiving, sending and admitting as tasks of their own, which tell a front end what happens and are asked
//! by it. Nothing here prints, prompts, or knows a language.

mod added;
mod agree;
mod answers;
mod attaching;
mod case_acts;
mod case_error;
mod cases;
mod check_in;
mod clocks;
mod compose;
mod compose_alert;
mod contacts;
mod context;
mod contradiction;
mod deliver;
mod engine;
mod erasing;
mod event;
mod facts;
mod fetch_parts;
mod files;
mod first_claim;
mod follow;
mod former;
mod freeze;
mod full;
mod invitations;
mod keeping;
mod notes_to;
mod opened;
mod own_mailbox;
mod reached_by;
mod readers;
mod receive;
mod recover;
mod relay_tasks;
mod renew;
mod reply_mailbox;
mod resend;
mod seen;
mod send;
mod sensitive;
mod shift;
mod to_translate;
mod translations;
mod vouch;
mod weeks;
mod wish;

pub use added::{AddDeviceError, Coming, ask_for_device, coming, say_on_device};
pub use agree::{AgreeError, Agreed, agree, sign_for};
#[cfg(test)]
pub(crate) use attaching::parts_max;
pub use attaching::{NotAttached, PartsReport, ReadyFile};
pub use case_acts::SayInCase;
pub use case_error::CaseError;
pub use cases::say_in_case;
pub use check_in::{CheckInError, check_in, is_at_relay, own_plans, plan_check_ins};
pub(crate) use clocks::differed;
pub use clocks::{ClocksDiffer, WrongClock};
pub use compose::{ComposeError, may_send, sender_view};
#[cfg(test)]
pub(crate) use compose_alert::keepers;
pub use compose_alert::{
    KeptBy, SealedAlert, addressees, compose_alert, compose_alert_with, sensitive_readers,
};
pub use contacts::give_contact;
pub use engine::{Engine, EngineOptions, Refresh};
pub use event::{EngineError, Event, Online, ReplyUpdate, Unshown};
pub use fetch_parts::fetch_parts;
pub(crate) use files::evidence_keepers;
#[cfg(test)]
pub(crate) use files::kept_by;
pub use files::{
    FilesError, add_files, hand_original_on, may_add_files, say_saved, tidy_provenance,
};
pub use freeze::{FreezeError, compose_freeze};
pub use invitations::ClaimsReport;
pub(crate) use notes_to::letter;
pub use notes_to::{NoteFor, hand_notes_on};
#[cfg(feature = "internals")]
pub use opened::say_opened;
pub use readers::OpenTo;
pub(crate) use recover::worth_of;
pub use recover::{
    NewRecoveryKey, RecoveryError, Registered, Worth, assure_recovery, may_have_recovery,
    register_recovery, worth_of_key, worth_of_set,
};
pub use send::SendReport;
pub(crate) use sensitive::word_of as block_here;
pub use sensitive::{Written, block_readers, is_block_untold, widen_block, write_block};
pub use shift::{
    PlannedHandOver, PlannedSwap, SayOfShift, ShiftError, WaitingShift, given_shifts, hand_over,
    plan_hand_over, plan_swap, say_of_shift, swap, waiting_shifts,
};
pub use to_translate::{AskTranslation, answer_with_translation, ask_for_translation};
pub use translations::NewTranslation;
pub(crate) use vouch::{follow_up, say};
pub(crate) use weeks::sealing_week;
pub use wish::{
    Asked, WishError, approve, invitation, invitation_waits, invite, refuse, set_circle, set_duty,
    set_retention,
};
#[cfg(test)]
pub(crate) use {
    agree::agree_again,
    first_claim::{FirstClaim, open_in_mailbox, waits},
    receive::{GroupReceiver, Received},
    reply_mailbox::ReplyMailbox,
    weeks::later,
    wish::carry_out_wishes,
};
