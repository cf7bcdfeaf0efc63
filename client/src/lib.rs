//! The Bellrope client as a library: writes, seals, sends, opens and verifies urgent alerts, and makes the views of them
//! that front ends show. A front end asks and shows; it decides nothing.
//!
//! It opens a [`Device`], starts an [`Engine`] on it, and hears [`Event`]s. What it shows comes from [`show`], in the
//! words of [`text`]. What the library does by itself it does on the tokio runtime in which the engine was started. It
//! wipes its own copies of secrets, and the libraries under it do not: a front end should have an allocator that wipes what is
//! freed, as `bellrope` has.
//!
//! ```no_run
//! use std::{path::Path, sync::Arc};
//!
//! use bellrope_client::{
//!     Device, Engine, EngineOptions, Event,
//!     alert::{Alert, Fields, vocabulary::{Act, Kind}},
//!     compose_alert, now,
//!     show::Inbox,
//!     text::{Language, Messages},
//! };
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let device = Device::unlock(Path::new("/home/anna/.bellrope"), &"a passphrase".into())?;
//! let device = Arc::new(device);
//!
//! // Sealed and on disk before any network.
//! let mut fields = Fields::of_kind(Kind::Flash);
//! fields.acts = vec![Act::Threat];
//! fields.summary = "Men at the door".to_owned();
//! let sealed = compose_alert(&device, &Alert::new(fields)?, &[], now())?;
//!
//! let options = EngineOptions { follow: true, envelopes: None };
//! let mut engine = Engine::start(Arc::clone(&device), options);
//! let messages = Messages::new(Language::En, &[]);
//! loop {
//!     match engine.next().await {
//!         Event::Stored { id: stored, .. } if stored == sealed.id => println!("the relay has it"),
//!         Event::Unshown(unshown) => {
//!             if let Some(inbox) = Inbox::open(&device)?
//!                 && let Some(received) = inbox.get(unshown.id)?
//!             {
//!                 println!("{}", received.page(&messages));
//!             }
//!             engine.shown(&unshown)?;
//!         }
//!         _ => {}
//!     }
//! }
//! # }
//! ```

// Without the feature, what only tests reach for is unreachable.
#![cfg_attr(not(feature = "internals"), allow(unreachable_pub, dead_code))]

pub mod alert;
pub mod attachment;
mod blocking;
mod case;
mod clock;
mod comparing;
mod connect;
mod crockford;
mod device;
mod duty;
mod extensions;
mod group;
mod ids;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
mod invitation;
mod membership;
mod message;
mod numbered;
mod parallel;
#[cfg(test)]
mod printed;
mod random;
pub mod recovery;
mod relay;
mod seal;
mod secret;
pub mod show;
mod sync;
pub mod text;
#[cfg(test)]
mod vectors;

pub use clock::now;
pub use comparing::{
    Call, CallError, CallNews, Compare, CompareError, GroupNumber, Here, SAID_DIGITS_MAX,
    TypedHalf, compare_typed, digits_in, group_number, here, in_groups, note_here, own_half,
    tell_here,
};
pub use device::{
    ComparedBy, Comparison, ComparisonsFailed, Contact, ContactError, Contacts, Device,
    DeviceError, ExportedIdentities, Follows, Forget, How, Incomplete, KeysGone, Outcome, Presence,
    Programs, RecoveryNews, RecoveryStep, forget_contact, is_open_to_others, is_opening_told,
    kept_evidence, new_private_file, note_contact, read_limited, tell_opening, unsaid_failures,
    unsaid_recoveries, unsaid_restore, unsaid_twice,
};
pub use device::{QuietHours, keep_quiet, quiet_hours};
pub use duty::{BadTime, Days, Line, Quiet, Rota, Shift, parse_days, parse_hours, parse_quiet};
pub use extensions::{Extensions, NotAscending};
pub use group::{
    About, ConsentTo, Lacking, LeaseLeft, NameError, Role, RosterError, SENSITIVE_READERS_MAX,
    Week, check_name,
};
pub use ids::{Epoch, MessageId, Position};
pub use invitation::{
    Code, NotACode, NotSpoken, Spoken, is_invitation_file, read_file, write_file,
};
pub use membership::{
    AdmissionError, CircleChange, CircleError, Claims, CreateError, DictateError, DictatedError,
    Dictation, DutyChange, DutyError, FollowError, Followed, Founded, JoinError, NewGroup,
    NewInvitation, NextMailboxError, Pending, PendingAct, PlannedCircle, PlannedDuty,
    PlannedRetention, RetentionError, arrive, create, cut_off, dictate, duty_moment, fetch_bundle,
    follow_moved, founded, hand_pen, hear_spoken, invite_back, join, may_wish_roster,
    may_write_roster, move_relay, moved_file, open_bundle, open_instead, open_mailbox,
    open_next_mailbox, pending, plan_circle, plan_duty, plan_retention, reach, relay_address,
    renew, restore, waits_at_relay,
};
pub use message::{
    AnswerFate, Answered, Bundle, CallCode, CheckInAct, ConsentFact, DateFact, DateId, FACTS_MAX,
    Fact, Freeze, FreezeAct, Frozen, OpenedBy, Provenance, SENSITIVE_CHARS_MAX, Saving, Sender,
    StepName, UnverifiedReason, VerifyError, WishOutcome,
};
pub use relay::RelayError;
pub use seal::{MemberKey, SealError};
pub use sync::{
    AddDeviceError, AgreeError, Agreed, AskTranslation, Asked, CaseError, CheckInError,
    ClaimsReport, ClocksDiffer, Coming, ComposeError, Engine, EngineError, EngineOptions, Event,
    FilesError, FreezeError, KeptBy, NewRecoveryKey, NewTranslation, NotAttached, NoteFor, Online,
    OpenTo, PartsReport, ReadyFile, RecoveryError, Refresh, Registered, ReplyUpdate, SayInCase,
    SealedAlert, SendReport, Unshown, WishError, Worth, Written, WrongClock, add_files, addressees,
    agree, answer_with_translation, approve, ask_for_device, ask_for_translation, assure_recovery,
    block_readers, check_in, coming, compose_alert, compose_alert_with, compose_freeze,
    fetch_parts, give_contact, hand_notes_on, hand_original_on, invitation, invitation_waits,
    invite, is_at_relay, is_block_untold, may_add_files, may_have_recovery, may_send, own_plans,
    plan_check_ins, refuse, register_recovery, say_in_case, say_on_device, say_saved,
    sensitive_readers, set_circle, sign_for, tidy_provenance, widen_block, worth_of_key,
    worth_of_set, write_block,
};
pub use sync::{
    PlannedHandOver, PlannedSwap, SayOfShift, ShiftError, WaitingShift, given_shifts, hand_over,
    plan_hand_over, plan_swap, say_of_shift, swap, waiting_shifts,
};
pub use sync::{set_duty, set_retention};
