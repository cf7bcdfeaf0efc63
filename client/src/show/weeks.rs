//! What whoever takes this device with its passphrase can open of what was recorded, and what others' devices are sealed to.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use crate::{
    device::{Device, DeviceError, WeekBook, week_secrets},
    group::{Week, in_order_once},
    seal::MemberKey,
    sync::sealing_week,
    text::{Messages, day_text, escape, rfc3339},
};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekStatus {
    /// A reader's: what was sealed to its keys of weeks from then on can be opened, and nothing from before. None where it has no such key.
    pub opens_since: Option<Timestamp>,
    /// A reader's: until when others have keys of its weeks, from this week on. None where they have none for this week.
    pub keys_until: Option<Timestamp>,
    /// Readers of whom no key of this week is known here, besides this person: their names, or on a defender's device none.
    pub lacking: Vec<String>,
    /// How many.
    pub lacking_count: usize,
    /// Those of whom two keys came for one week.
    pub two_keys: Vec<String>,
    /// Until when this device has the secret of each epoch that is over.
    pub former: Vec<Timestamp>,
    /// Whether this device reads.
    reads: bool,
}

impl WeekStatus {
    /// How the device stands, by what is on its disk.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn of(device: &Device, now: Timestamp) -> Result<Self, DeviceError> {
        let state = device.state()?;
        let week = sealing_week(device, now);
        if let Some(view) = &state.view {
            let knows = |reader: &MemberKey| view.weeks_of(reader).iter().any(|it| it.0 == week);
            return Ok(Self {
                lacking_count: {
                    let lacking = view.readers.iter().filter(|it| !knows(it)).copied();
                    view.count_people(&lacking.collect::<Vec<_>>())
                },
                ..Self::nothing(false)
            });
        }
        let Some(roster) = device.roster()? else {
            return Ok(Self::nothing(false));
        };
        let book = WeekBook::read(device);
        let me = device.member().to_key();
        let held = week_secrets::weeks(device)?;
        let others = roster.people().iter();
        let others = others.filter(|person| person.role.reads() && person.key != me);
        let lacking = others.filter(|person| book.key(&person.key, week).is_none());
        // A person once, of however many devices it is so.
        let lacking = in_order_once(lacking.map(|person| person.name.clone()));
        let two_keys = book.twice().filter_map(|(reader, _)| {
            let mut people = roster.people().iter();
            let person = people.find(|person| person.key == reader)?;
            Some(person.name.clone())
        });
        let former = state.former.iter().filter(|it| it.reads.is_some());
        Ok(Self {
            opens_since: held.first().map(|week| week.begins()),
            keys_until: book.known_until(&me, week).map(Week::ends),
            lacking_count: lacking.len(),
            lacking,
            two_keys: two_keys.collect(),
            former: former.map(|it| it.until).collect(),
            reads: true,
        })
    }

    fn nothing(reads: bool) -> Self {
        Self {
            opens_since: None,
            keys_until: None,
            lacking: Vec::new(),
            lacking_count: 0,
            two_keys: Vec::new(),
            former: Vec::new(),
            reads,
        }
    }

    /// A fact a line.
    pub(super) fn lines(&self, messages: &Messages) -> Vec<String> {
        let mut lines = Vec::new();
        let names = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| escape(name)).collect();
            names.join(", ")
        };
        if self.reads {
            lines.push(match self.opens_since {
                Some(since) => {
                    let since = day_text(since);
                    messages.say("status-week-opens", &[("since", since.into())])
                }
                None => messages.plain("status-week-opens-all"),
            });
            lines.push(match self.keys_until {
                Some(until) => {
                    let until = day_text(until);
                    messages.say("status-week-until", &[("until", until.into())])
                }
                None => messages.plain("status-week-none"),
            });
        }
        let count = self.lacking_count;
        if count > 0 && self.lacking.is_empty() {
            lines.push(messages.say("status-week-lacking-count", &[("count", count.into())]));
        } else if count > 0 {
            let words = [("names", names(&self.lacking).into())];
            lines.push(messages.say("status-week-lacking", &words));
        }
        if !self.two_keys.is_empty() {
            let words = [("names", names(&self.two_keys).into())];
            lines.push(messages.say("status-week-two", &words));
        }
        if let Some(until) = self.former.iter().max() {
            let words = [
                ("count", self.former.len().into()),
                ("until", day_text(*until).into()),
            ];
            lines.push(messages.say("status-former", &words));
        }
        lines
    }

    /// The same for programs.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "opens_since": self.opens_since.and_then(rfc3339),
            "published_until": self.keys_until.and_then(rfc3339),
            "lacking": self.reads.then_some(&self.lacking),
            "lacking_count": self.lacking_count,
            "two_keys": self.two_keys,
            "former_until": self.former.iter().copied().filter_map(rfc3339).collect::<Vec<_>>(),
        })
    }
}
