//! View models: what a front end shows, made once and turned into text and into JSON from the same values. The
//! only place of the library that puts things into words.

mod addressees;
mod alert;
mod answers;
mod case;
mod case_news;
mod case_story;
mod circle;
mod comparison;
mod form;
mod frozen;
mod labels;
mod lease;
mod members;
mod outbox;
#[cfg(test)]
mod page_tests;
mod questions;
mod readers;
mod reading;
mod reasons;
mod received;
mod recovery;
mod status;
mod unclear;
mod wanted;
mod weeks;
mod wished;

pub use addressees::{Addressees, Whom};
pub use alert::{alert_json, alert_text, summary_line};
pub use answers::{AnswerView, Answers};
pub use case::{CaseNow, CaseView, Cases};
pub use case_news::CaseNews;
pub use case_story::Told;
pub use circle::{ReadBy, ReadingCircle};
pub use comparison::others_lines;
pub use form::write_form;
pub use frozen::{Notice, frozen_people};
pub(crate) use labels::role_name;
pub use lease::LeaseNotice;
pub use members::{DeviceLine, MemberLine, Members, Standing};
pub use outbox::{Delivery, FoundSent, Outbox, SentAlert, find_sent};
pub use questions::{intake_lines, question_lines};
pub use readers::{MessageReader, MessageReaders};
pub use reading::{reading_json, reading_line, reading_text};
pub use reasons::Explain;
pub use received::{Found, Inbox, Listing, ReceivedAlert};
pub use recovery::{RecoveryStanding, RecoveryStatus};
pub use status::{DeviceStatus, Readers, RelayStatus, clocks_line};
pub use unclear::unclear_lines;
pub use wanted::Wanted;
pub use weeks::WeekStatus;
pub use wished::WishLine;
