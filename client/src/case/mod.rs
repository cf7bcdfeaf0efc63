//! A case: what the messages about one alert come to. Pure.

mod alike;
mod check_in;
mod checklist;
mod erasing;
pub(crate) mod facts;
#[cfg(test)]
mod fixtures;
mod fold;
mod heard;
mod judge;
mod keeping;
mod number;
pub(crate) mod parts;
mod readers;
mod sender;
mod sensitive;
pub(crate) mod translations;

pub(crate) use alike::alike;
pub(crate) use check_in::{
    CheckIns, CheckedIn, Heard, NotHeard, Spoken, check_ins, judge_check_in,
};
pub(crate) use erasing::{Erasing, ToErase, erasing};
pub(crate) use fold::{Case, Lead, fold};
pub(crate) use heard::heard;
#[cfg(test)]
pub(crate) use judge::Place;
pub(crate) use judge::{Opening, Said, Void, judge};
pub(crate) use keeping::{KEPT_SECONDS_MAX, Keeping, keeping, standing as keeps_standing};
pub(crate) use number::{case_ending, case_letters, case_number, letters};
pub(crate) use readers::Opened;
pub(crate) use sender::judge_sender;
pub(crate) use sensitive::{AlertPart, Block, blocks};
