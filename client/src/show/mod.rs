//! View models: what a front end shows, made once and turned into text and into JSON from the same values. The
//! only place of the library that puts things into words.

mod addressees;
mod alert;
mod answers;
mod attachments;
mod case_alike;
mod case_facts;
mod case_files;
mod case_news;
mod case_now;
mod case_story;
mod case_translations;
mod case_view;
mod case_wanted;
#[cfg(test)]
mod case_wanted_tests;
mod cases;
mod check_in;
mod checklist;
mod circle;
mod comparison;
mod digest;
mod drill;
mod due;
mod duty;
mod erasing;
mod fact_json;
#[cfg(test)]
mod fixtures;
mod form;
mod frozen;
mod hand_over;
mod hours;
mod inbox;
mod labels;
mod lease;
mod members;
mod names;
mod outbox;
#[cfg(test)]
mod page_tests;
mod questions;
mod readers;
mod reading;
mod reasons;
mod received;
mod recovery;
mod retention;
mod ringing;
#[cfg(test)]
mod sender_tests;
mod sensitive;
mod shifts;
mod status;
mod unclear;
mod wanted;
mod weeks;
mod wished;

pub use addressees::{Addressees, SensitiveReaders, Whom};
pub use alert::{alert_json, alert_text, summary_line};
pub use answers::{AnswerView, Answers};
#[cfg(test)]
pub(crate) use attachments::name_of;
pub use attachments::{AttachmentView, sealed_json, size_text};
pub use case_facts::FactsNow;
pub use case_files::AddedFiles;
pub use case_news::CaseNews;
pub use case_now::CaseNow;
pub use case_story::Told;
pub use case_translations::{AskedText, ByLetters, ShownTranslation, Translatable, by_letters};
pub use case_view::CaseView;
pub use case_wanted::{CaseTable, WantedCases};
pub use cases::Cases;
pub use check_in::{CheckInNow, MissedCheckIn, plan_line};
pub use checklist::Checklists;
pub use circle::{ReadBy, ReadingCircle};
pub use comparison::others_lines;
pub use digest::Digest;
pub use drill::DrillReport;
pub use due::Due;
pub use duty::DutyRota;
pub use erasing::{ForgetWish, Forgotten};
pub use form::write_form;
pub use frozen::{Notice, frozen_people};
pub use hand_over::HandOverDraft;
pub use hours::Hours;
pub use inbox::{Found, Inbox, Listing};
pub(crate) use labels::role_name;
pub use lease::LeaseNotice;
pub use members::{DeviceLine, MemberLine, Members, Standing};
pub use outbox::{
    Delivery, FoundSent, Outbox, SentAlert, SentFiles, SentPaper, find_sent, plan_letters,
};
pub use questions::{intake_lines, question_lines};
pub use readers::{MessageReader, MessageReaders};
pub use reading::{reading_json, reading_line, reading_text};
pub use reasons::Explain;
pub use received::ReceivedAlert;
pub use recovery::{RecoveryStanding, RecoveryStatus};
pub use retention::{RetentionNow, planned_retention};
pub use ringing::{Ringing, may_ring};
pub use sensitive::{BlockNow, BlockView};
pub use shifts::{ShiftsNow, ShownShift};
pub use status::{DeviceStatus, Readers, RelayStatus, clocks_line};
pub use unclear::unclear_lines;
pub use wanted::Wanted;
pub use weeks::WeekStatus;
pub use wished::WishLine;
