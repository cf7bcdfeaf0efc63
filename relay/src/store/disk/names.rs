//! How a day and a place in a mailbox are written on disk: as a directory's name, as a row's key, and in
//! what an envelope's seal is bound to.

use bellrope_proto::ids::{Day, MailboxId, Sequence, Timestamp};

/// Forty bytes, in the order of mailboxes and their places.
pub(super) fn place(mailbox: MailboxId, sequence: Sequence) -> Vec<u8> {
    [mailbox.0.as_slice(), &sequence.0.to_be_bytes()].concat()
}

/// A row's key, in one of a database's tables.
pub(super) fn row(table: u8, mailbox: MailboxId, sequence: Sequence) -> Vec<u8> {
    [&[table], place(mailbox, sequence).as_slice()].concat()
}

/// The place in a row's key, whose table is cut off.
pub(super) fn parse_place(bytes: &[u8]) -> Option<(MailboxId, Sequence)> {
    let (mailbox, sequence) = bytes.split_at_checked(MailboxId::LEN)?;
    let sequence = u64::from_be_bytes(sequence.try_into().ok()?);
    Some((MailboxId::from_slice(mailbox)?, Sequence(sequence)))
}

/// A day's directory and key: its date; its number when no calendar has it.
pub(super) fn day(day: Day) -> String {
    let seconds = u64::from(day.0).saturating_mul(Timestamp::DAY_SECONDS);
    let date = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    date.map_or_else(
        || format!("day-{}", day.0),
        |at| at.strftime("%Y-%m-%d").to_string(),
    )
}

pub(super) fn parse_day(name: &str) -> Option<Day> {
    if let Some(number) = name.strip_prefix("day-") {
        return number.parse().ok().map(Day);
    }
    let date: jiff::civil::Date = name.parse().ok()?;
    let at = jiff::tz::Offset::UTC
        .to_timestamp(date.at(0, 0, 0, 0))
        .ok()?;
    let seconds = u64::try_from(at.as_second()).ok()?;
    let days = u32::try_from(seconds / Timestamp::DAY_SECONDS).ok()?;
    Some(Day(days))
}
