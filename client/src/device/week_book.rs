//! The keys of weeks that readers of the group have published: what is sealed to them in the weeks to come.
//!
//! What is known of a week only ever grows, from nothing to a key and from a key to *void*, in whatever order statements come and however often.
//! So a relay that plays an old statement back changes nothing, and one that keeps statements back brings senders to lasting keys, which is seen.

use bellrope_proto::{codec, ids::Timestamp};
use serde::{Deserialize, Serialize};

use super::{directory::LockName, files::DeviceError, unlocked::Device};
use crate::{
    group::{Roster, Week},
    message::WeekKeys,
    seal::MemberKey,
};

const BOOK: &str = "weekbook";

/// Weeks that are kept of one reader: those that nobody seals in any more go first, and what a wrong clock published.
const OF_ONE_MAX: usize = 24;

/// What is known of one reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    /// Their lasting key.
    reader: MemberKey,
    /// When the newest statement was signed, by its author's clock.
    said: Timestamp,
    /// Each week with its key; none for one that is void. Ascending.
    weeks: Vec<(Week, Option<MemberKey>)>,
    /// What a welcome says of weeks of which the reader has said nothing that was heard here: its author's word.
    told: Vec<(Week, MemberKey)>,
    /// A week for which two keys came.
    twice: Option<Week>,
    /// Whether this person was told of that.
    is_said: bool,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WeekBook(Vec<Row>);

/// What one statement changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Nothing that people must know.
    Fine,
    /// It gives a week another key than one before it: two devices speak with one key, or one was put back from a copy.
    Twice,
}

impl WeekBook {
    /// What is known. A book that cannot be read is begun anew: lasting keys are in the roster.
    #[must_use]
    pub(crate) fn read(device: &Device) -> Self {
        let read = device.files().read(BOOK);
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, "keys of weeks are forgotten");
            None
        })
        .unwrap_or_default()
    }

    fn row(&self, reader: &MemberKey) -> Option<&Row> {
        self.0.iter().find(|row| row.reader == *reader)
    }

    /// What its reader said of a week: nothing, or a key, or that there is none (any more).
    #[must_use]
    pub(crate) fn said(&self, reader: &MemberKey, week: Week) -> Option<Option<MemberKey>> {
        let mut weeks = self.row(reader)?.weeks.iter();
        weeks.find(|(of, _)| *of == week).map(|(_, key)| *key)
    }

    /// What a reader is sealed to in a week; `None` where only their lasting key is known.
    #[must_use]
    pub(crate) fn key(&self, reader: &MemberKey, week: Week) -> Option<MemberKey> {
        if let Some(said) = self.said(reader, week) {
            return said;
        }
        let mut told = self.row(reader)?.told.iter();
        told.find(|(of, _)| *of == week).map(|(_, key)| *key)
    }

    /// The last of the weeks without a gap from this one on whose keys are known; `None` when this one's is not.
    #[must_use]
    pub(crate) fn known_until(&self, reader: &MemberKey, from: Week) -> Option<Week> {
        let known = (from.0..u32::MAX).map(Week);
        known
            .take_while(|week| self.key(reader, *week).is_some())
            .last()
    }

    /// When somebody else than this reader last said something that was heard, by their clock.
    #[must_use]
    pub(crate) fn newest_said(&self, besides: &MemberKey) -> Option<Timestamp> {
        let others = self.0.iter().filter(|row| row.reader != *besides);
        let said = others.map(|row| row.said);
        said.filter(|said| *said > Timestamp(0)).max()
    }

    /// Those of whom two keys for one week came, and for which.
    pub(crate) fn twice(&self) -> impl Iterator<Item = (MemberKey, Week)> {
        self.0
            .iter()
            .filter_map(|row| Some((row.reader, row.twice?)))
    }

    /// Takes in what a reader said, signed at a moment. `now` is the week in which it is heard.
    pub(crate) fn hear(
        &mut self,
        (reader, signed): (MemberKey, Timestamp),
        said: &WeekKeys,
        now: Week,
    ) -> Heard {
        self.row_of(reader)
            .map_or(Heard::Fine, |row| row.hear(signed, said, now))
    }

    /// Takes in what a welcome says, in the place of what one before it said.
    pub(crate) fn tell(&mut self, reader: MemberKey, weeks: Vec<(Week, MemberKey)>) {
        if let Some(row) = self.row_of(reader).filter(|_| !weeks.is_empty()) {
            row.told = weeks;
        }
    }

    /// The row of a reader, which is made if it is not there.
    fn row_of(&mut self, reader: MemberKey) -> Option<&mut Row> {
        if self.row(&reader).is_none() {
            self.0.push(Row {
                reader,
                said: Timestamp(0),
                weeks: Vec::new(),
                told: Vec::new(),
                twice: None,
                is_said: false,
            });
        }
        self.0.iter_mut().find(|row| row.reader == reader)
    }

    fn keep_readers(&mut self, roster: &Roster) {
        let people = roster.people();
        self.0
            .retain(|row| people.iter().any(|person| person.key == row.reader));
    }
}

impl Row {
    fn hear(&mut self, signed: Timestamp, said: &WeekKeys, now: Week) -> Heard {
        self.said = self.said.max(signed);
        let mut heard = Heard::Fine;
        for (week, key) in said.weeks() {
            match self.weeks.binary_search_by_key(&week, |(of, _)| *of) {
                Err(place) => self.weeks.insert(place, (week, key)),
                Ok(place) => {
                    let Some((_, known)) = self.weeks.get_mut(place) else {
                        continue;
                    };
                    if let (Some(known), Some(key)) = (&*known, key)
                        && *known != key
                        && self.twice.is_none_or(|twice| twice < week)
                    {
                        (self.twice, self.is_said) = (Some(week), false);
                        heard = Heard::Twice;
                    }
                    // Of two keys neither counts: whose the one is that its owner does not have, nobody here can tell.
                    if *known != key {
                        *known = None;
                    }
                }
            }
        }
        while self.weeks.len() > OF_ONE_MAX {
            let far = |(week, _): &(Week, Option<MemberKey>)| week.0.abs_diff(now.0);
            let farther = match (self.weeks.first(), self.weeks.last()) {
                (Some(first), Some(last)) if far(last) > far(first) => self.weeks.len() - 1,
                _ => 0,
            };
            self.weeks.remove(farther);
        }
        heard
    }
}

/// Takes in what a reader's device says of its keys; whether people have to be told. Of nobody who does not read.
///
/// # Errors
/// [`DeviceError`]; nothing is kept then.
pub(crate) fn hear(
    device: &Device,
    roster: &Roster,
    said: (MemberKey, Timestamp, &WeekKeys),
    now: Week,
) -> Result<Heard, DeviceError> {
    let (reader, signed, keys) = said;
    change(device, |book| {
        book.keep_readers(roster);
        book.hear((reader, signed), keys, now)
    })
}

/// Takes in what a welcome says of readers' keys.
///
/// # Errors
/// [`DeviceError`]; nothing is kept then.
pub(crate) fn tell(
    device: &Device,
    said: Vec<(MemberKey, Vec<(Week, MemberKey)>)>,
) -> Result<(), DeviceError> {
    change(device, |book| {
        for (reader, weeks) in said {
            book.tell(reader, weeks);
        }
    })
}

/// Changes the book; on disk before this returns.
fn change<T>(device: &Device, change: impl FnOnce(&mut WeekBook) -> T) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Weeks)?;
    let before = WeekBook::read(device);
    let mut book = before.clone();
    let done = change(&mut book);
    if book != before {
        device.files().write(BOOK, &codec::encode(&book))?;
    }
    Ok(done)
}

/// People of whom two keys for one week came and of whom this person was not told yet, by name. They are told now.
///
/// # Errors
/// [`DeviceError`]; they are told again then.
pub fn unsaid_twice(device: &Device) -> Result<Vec<String>, DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(Vec::new());
    };
    let untold = |row: &Row| row.twice.is_some() && !row.is_said;
    if !WeekBook::read(device).0.iter().any(untold) {
        return Ok(Vec::new());
    }
    change(device, |book| {
        let rows = book.0.iter_mut().filter(|row| untold(row));
        let names = rows.filter_map(|row| {
            row.is_said = true;
            let mut people = roster.people().iter();
            let person = people.find(|person| person.key == row.reader)?;
            Some(person.name.clone())
        });
        names.collect()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::{extensions::Extensions, seal::MemberIdentity};

    const NOW: Week = Week(100);

    fn key(byte: u8) -> MemberKey {
        MemberIdentity::from_seed(&[byte; 32]).to_key()
    }

    fn said(first: u32, keys: &[Option<u8>]) -> WeekKeys {
        WeekKeys {
            first: Week(first),
            keys: keys.iter().map(|it| it.map(key)).collect(),
            extensions: Extensions::none(),
        }
    }

    fn hear(book: &mut WeekBook, said: &WeekKeys) -> Heard {
        book.hear((key(1), Timestamp(5)), said, NOW)
    }

    #[test]
    fn what_is_known_of_a_week_only_grows_in_whatever_order_it_comes() {
        let statements = [
            said(100, &[Some(10), Some(11), Some(12)]),
            said(102, &[Some(12), Some(13)]),
            said(101, &[None]),
        ];
        let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]];
        for order in orders {
            let mut book = WeekBook::default();
            for place in order {
                assert_eq!(hear(&mut book, &statements[place]), Heard::Fine);
            }
            // Played back.
            assert_eq!(hear(&mut book, &statements[0]), Heard::Fine);
            let keys = [100, 101, 102, 103, 104].map(|week| book.key(&key(1), Week(week)));
            let expected = [Some(key(10)), None, Some(key(12)), Some(key(13)), None];
            assert_eq!(keys, expected, "{order:?}");
            assert_eq!(book.said(&key(1), Week(101)), Some(None), "void");
            assert_eq!(book.said(&key(1), Week(104)), None, "nothing");
            assert_eq!(book.known_until(&key(1), Week(100)), Some(Week(100)));
            assert_eq!(book.known_until(&key(1), Week(102)), Some(Week(103)));
            assert_eq!(book.known_until(&key(2), Week(100)), None);
        }
    }

    #[test]
    fn of_two_keys_for_one_week_neither_counts_whichever_came_first_and_people_are_told_once() {
        let (one, other) = (said(100, &[Some(10), Some(11)]), said(101, &[Some(99)]));
        for [first, second] in [[&one, &other], [&other, &one]] {
            let mut book = WeekBook::default();
            assert_eq!(hear(&mut book, first), Heard::Fine);
            assert_eq!(hear(&mut book, second), Heard::Twice);
            assert_eq!(book.key(&key(1), Week(100)), Some(key(10)));
            assert_eq!(book.key(&key(1), Week(101)), None);
            assert_eq!(book.twice().collect::<Vec<_>>(), [(key(1), Week(101))]);
            // Neither comes back, and it is no news.
            assert_eq!(hear(&mut book, first), Heard::Fine);
            assert_eq!(hear(&mut book, second), Heard::Fine);
            assert_eq!(book.key(&key(1), Week(101)), None);
            // A later week is.
            assert_eq!(hear(&mut book, &said(103, &[Some(1)])), Heard::Fine);
            assert_eq!(hear(&mut book, &said(103, &[Some(2)])), Heard::Twice);
        }
    }

    #[test]
    fn what_is_far_goes_first_and_nobody_takes_room_from_others() {
        let mut book = WeekBook::default();
        book.hear((key(2), Timestamp(7)), &said(100, &[Some(20)]), NOW);
        // By a clock that was years ahead; and then right.
        for first in (300..900).step_by(30) {
            hear(&mut book, &said(first, &[Some(9); 30]));
        }
        hear(&mut book, &said(98, &[Some(10); 12]));
        let kept = book.0.iter().map(|row| row.weeks.len());
        assert_eq!(kept.collect::<Vec<_>>(), [1, OF_ONE_MAX]);
        assert_eq!(book.known_until(&key(1), NOW), Some(Week(109)));
        assert_eq!(book.key(&key(2), NOW), Some(key(20)));
        // What nobody seals in any more makes room.
        hear(&mut book, &said(110, &[Some(10); 24]));
        assert_eq!(book.known_until(&key(1), NOW), Some(Week(121)));
        // What somebody was told counts where its reader has said nothing.
        book.tell(key(2), vec![(NOW, key(98)), (Week(101), key(99))]);
        assert_eq!(book.key(&key(2), NOW), Some(key(20)));
        assert_eq!(book.key(&key(2), Week(101)), Some(key(99)));
        assert_eq!(book.said(&key(2), Week(101)), None);
        assert_eq!(book.newest_said(&key(1)), Some(Timestamp(7)));
        assert_eq!(book.newest_said(&key(2)), Some(Timestamp(5)));
    }
}
