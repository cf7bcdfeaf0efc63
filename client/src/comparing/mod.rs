//! Two people compare, so that each knows for certain whose device speaks with the other's name; and a whole group, that everybody
//! sees one roster. What the numbers are made of is pure; who has compared what is the device's to keep.

mod call;
mod here;
mod numbers;
mod talk;
mod words;

pub use call::{Call, CallError, CallNews};
pub use here::{
    Compare, CompareError, GroupNumber, Here, TypedHalf, compare_typed, group_number, here,
    note_here, own_half, tell_here,
};
pub use numbers::{SAID_DIGITS_MAX, digits_in, in_groups};
#[cfg(test)]
pub(crate) use numbers::{both, half_of_device, half_of_reader, of_group};
