//! What is on a device's disk: private files under a passphrase, and the rules by which several programs work on
//! them at once. Everything here blocks: async code calls it on threads that may.

pub(crate) mod absence;
pub(crate) mod added;
pub(crate) mod agreed;
pub(crate) mod answers;
pub(crate) mod attached;
pub(crate) mod attaching;
pub(crate) mod blocks;
pub(crate) mod calls;
pub(crate) mod cases;
pub(crate) mod compared;
pub(crate) mod contacts;
mod coordinators;
pub(crate) mod copies;
#[cfg(test)]
mod crash_tests;
mod directory;
pub(crate) mod epochs;
mod erase;
mod evidence;
mod files;
#[cfg(test)]
pub(crate) mod fixtures;
mod folded;
mod format;
pub(crate) mod frozen;
mod heads;
pub(crate) mod heard;
pub(crate) mod inbox;
mod index;
#[cfg(test)]
mod index_tests;
pub(crate) mod issued;
mod known;
pub(crate) mod next_mailbox;
pub(crate) mod opened;
pub(crate) mod out;
pub(crate) mod outbox;
mod place;
pub(crate) mod plans;
mod presence;
mod quiet;
pub(crate) mod reach;
#[cfg(test)]
mod recorded;
pub(crate) mod recovery;
mod relays;
pub(crate) mod seen;
mod senders;
pub(crate) mod sent;
pub(crate) mod shared;
pub(crate) mod shifts;
mod state;
pub(crate) mod to_translate;
pub(crate) mod tombstones;
mod unlocked;
mod vault;
pub(crate) mod vouched;
pub(crate) mod week_book;
pub(crate) mod week_secrets;
pub(crate) mod wishes;

pub use attached::Incomplete;
pub use compared::{Comparison, How, Outcome};
pub use contacts::{
    Contact, ContactError, Contacts, forget as forget_contact, note as note_contact,
};
pub(crate) use coordinators::coordinators;
pub(crate) use directory::{Lock, LockName};
pub use directory::{is_open_to_others, new_private_file, read_limited};
pub use erase::KeysGone;
pub use evidence::kept_evidence;
pub(crate) use evidence::{keep_evidence, keep_other_log};
pub use files::DeviceError;
pub(crate) use files::damaged;
pub(crate) use folded::{Folded, begins_case};
pub(crate) use heads::KnownHeads;
pub use inbox::StoredMessage;
pub(crate) use issued::{IssuedInvitation, Sent};
pub(crate) use known::KnownFiles;
pub use opened::{is_told as is_opening_told, tell as tell_opening};
pub(crate) use outbox::{Lasting, OutboxFile, QueueEnd, QueuedEnvelope};
pub(crate) use place::Told;
pub use place::unsaid_restore;
pub(crate) use place::{heard_restored, newest_of as newest_place, relay as relay_now};
pub use presence::{Forget, Presence, Programs};
pub use quiet::{QuietHours, keep_quiet, quiet_hours};
pub use recovery::{RecoveryNews, RecoveryStep, unsaid_recoveries};
pub(crate) use relays::{known_relay, note_relay};
pub use senders::Follows;
pub(crate) use senders::Senders;
pub(crate) use sent::OwnPlan;
pub use state::State;
pub(crate) use state::{ClaimStatus, Joined};
pub use unlocked::{Device, ExportedIdentities};
pub(crate) use unlocked::{FirstFiles, OwnKeys};
pub use vouched::{ComparedBy, ComparisonsFailed, unsaid_failures};
pub(crate) use week_book::WeekBook;
pub use week_book::unsaid_twice;
