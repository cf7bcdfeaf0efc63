//! What stands inside an envelope: its bytes, and the rules by which it counts. Pure.

mod added;
mod admission;
mod agreement;
mod answer;
mod case;
mod check_in;
mod comparison;
mod contact;
mod credential;
mod custody;
mod erasing;
mod facts;
mod files;
mod freeze;
mod keep;
mod meant;
mod note_to;
mod opened_to;
mod passing;
mod payload;
mod reached_by;
mod resend;
mod seen;
mod sensitive;
mod shift;
mod to_translate;
mod translation;
pub(crate) mod verify;
mod vouch;
mod week_keys;
mod wish;

pub(crate) use added::{
    AskForDevice, DeviceAsks, KIND_ASK_FOR_DEVICE, KIND_DEVICE_ASKS, KIND_WORD_ON_DEVICE,
    WordOnDevice,
};
pub use admission::{Arrival, Bundle, View};
pub(crate) use admission::{
    AtOnce, Coordinator, Delegation, FOR_DEVICE, Few, FewBy, NewEpoch, Out, Refusal, ViewUpdate,
    Welcome,
};
pub(crate) use agreement::{KIND_CONSENT, KIND_RECOVERY, KIND_SIGNED_FOR, SignedFor};
pub(crate) use answer::{
    ANSWER_CHARS_MAX, Answer, CARRIED_MAX, Carried, CarriedOn, KIND_CARRIED_ON, KIND_TO_CARRY,
    NoAnswer, ToCarry,
};
pub use answer::{AnswerFate, Answered};
pub(crate) use case::{
    AnswerWords, CaseAct, CaseMessage, KIND_CASE, NOTE_CHARS_MAX, NoteWords, ReachWords, Reached,
    ReceiptWords, SEEN_MAX, SenderWords, StateWords,
};
pub use check_in::CheckInAct;
pub(crate) use check_in::{CheckIn, KIND_CHECK_IN};
pub use comparison::CallCode;
pub(crate) use comparison::{Bound, Comparison, Nonce, Step, Verdict, call_of, commitment};
pub(crate) use contact::{ContactCard, KIND_CONTACT_CARD, check_reach};
pub use credential::LaneCredential;
pub(crate) use credential::{Holder, lane_of};
pub(crate) use custody::{Custody, Entrusted, Wished};
pub(crate) use erasing::{ErasedWords, ForgetWords, Reaches, Wishes};
#[cfg(test)]
pub(crate) use facts::WrittenFact;
pub use facts::{ConsentFact, DateFact, DateId, FACTS_MAX, Fact, StepName};
pub(crate) use facts::{FactFault, FactsWords, Review};
pub(crate) use files::{
    AlertOriginals, FilesWords, HandedOnWords, KEEPERS_MAX, Keepers, Numbered, ORIGINALS, Original,
    Originals, SavedWords,
};
pub use files::{Provenance, Saving};
pub use freeze::{Freeze, FreezeAct, Frozen};
pub(crate) use freeze::{KIND_FREEZE, REASON_CHARS_MAX, SaidOfSender, entitled, freezes};
pub(crate) use keep::KeepWords;
pub(crate) use meant::{is_among, is_for, is_kept_from, is_kept_out, meant};
pub(crate) use note_to::{Letter, NoteToWords, WHO_MAX};
pub use opened_to::OpenedBy;
pub(crate) use opened_to::{ReadersWords, around, has_act_around, is_closed_to};
pub(crate) use passing::{PassedOn, missed, pass_on, passed_on};
pub(crate) use payload::UNCOUNTED;
pub use payload::{Audience, KIND_ALERT, Message, Payload, Seen, SignedMessage};
pub(crate) use reached_by::{KIND_REACHED_BY, ReachedBy};
pub(crate) use resend::{KIND_RESEND_REQUEST, RANGES_MAX, ResendRequest, turn};
pub(crate) use seen::{KIND_SEEN, SeenHere};
pub use sensitive::SENSITIVE_CHARS_MAX;
pub(crate) use sensitive::{BlockWords, KIND_SENSITIVE, SensitiveBlock, WidenedWords};
pub(crate) use shift::{
    BECAUSE_CHARS_MAX, HandOver, KIND_HAND_OVER, KIND_HAND_OVER_ANSWER, KIND_SWAP,
    KIND_SWAP_ANSWER, SHIFT_NOTE_CHARS_MAX, SHIFT_SECONDS_MAX, ShiftAnswer, ShiftSaid, Swap,
};
pub(crate) use to_translate::{KIND_TO_TRANSLATE, ToTranslate};
pub(crate) use translation::{
    OVER_MAX as TRANSLATIONS_OVER_MAX, OfTranslation, SERVICE_CHARS_MAX, TRANSLATION_CHARS_MAX,
    Translated,
};
pub use verify::{Sender, UnverifiedReason, VerifiedMessage, VerifyError};
pub(crate) use verify::{in_roster, verify, verify_signed};
pub(crate) use vouch::{KIND_VOUCH, Vouch, Vouched};
pub(crate) use week_keys::{KIND_WEEK_KEYS, WeekKeys, say_of};
pub use wish::WishOutcome;
pub(crate) use wish::{KIND_WISH, KIND_WISH_ANSWER, Wish, WishAct, WishAnswer};
