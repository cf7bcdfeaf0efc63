//! Who wishes that a case is forgotten, and what is left of those that were: which devices say that they have erased it, and which do not yet.

use std::collections::BTreeMap;

use bellrope_proto::{
    ids::Timestamp,
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::{
    alert::in_line,
    case_story::why,
    inbox::Inbox,
    labels::{country_name, label, labels},
    names::{Names, list},
};
use crate::{
    alert::vocabulary::{Urgency, Vocabulary as _},
    device::{
        Contacts, Device, DeviceError, Folded,
        answers::Answers,
        tombstones::{self, Figures, Quarter, Tombstone},
    },
    group::Roster,
    message::{CaseAct, Reaches},
    text::{Messages, device_code, escape, rfc3339},
};

/// Letters of a number by which people name a case.
const PART_CHARS_MIN: usize = 4;

/// That somebody wishes that a case is forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgetWish {
    name: String,
    at: Timestamp,
    why: String,
    /// Whether that is this device's person,
    is_mine: bool,
    /// whether the sender's contact card is to go too,
    pub(super) is_sender: bool,
    /// and whether no reason was given, as it is meant to be due.
    pub(super) is_as_due: bool,
}

impl ForgetWish {
    pub(super) fn all(folded: &Folded, me: &PublicKey<DeviceKey>, names: &Names<'_>) -> Vec<Self> {
        let said = folded.erasing.wished_by.iter();
        let said = said.filter_map(|at| folded.said.get(*at));
        let wishes = said.map(|said| Self {
            name: names.of(&said.author),
            at: said.at,
            why: why(folded, &said.act),
            is_mine: said.author == names.person(me),
            is_sender: matches!(&said.act, CaseAct::Forget(it) if it.reaches == Reaches::Sender),
            is_as_due: matches!(&said.act, CaseAct::Forget(it) if it.why.is_none()),
        });
        wishes.collect()
    }

    /// Who.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is this device's person who wishes it.
    #[must_use]
    pub fn is_mine(&self) -> bool {
        self.is_mine
    }
}

/// That it goes when somebody else agrees: before anything else but that its sender took it back.
pub(super) fn wish_lines(wishes: &[ForgetWish], case: &str, words: &Messages) -> Vec<String> {
    let Some(first) = wishes.first() else {
        return Vec::new();
    };
    let names: Vec<String> = wishes.iter().map(|wish| wish.name.clone()).collect();
    let args = [
        ("case", case.into()),
        ("names", list(&names).into()),
        ("at", words.moment(first.at).into()),
    ];
    let id = match wishes {
        [one] if one.is_mine => "forget-wished-you",
        [_] => "forget-wished",
        _ => "forget-wished-two",
    };
    let mut lines = vec![words.say(id, &args)];
    if wishes.iter().any(|wish| wish.is_sender) {
        lines.push(words.plain("forget-with-sender"));
    }
    let reasons = wishes.iter().filter(|wish| !wish.why.is_empty());
    lines.extend(reasons.map(|wish| {
        let text = in_line(&wish.why);
        words.say("forget-why", &[("text", text.into())])
    }));
    lines
}

/// What is left of a case that was forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// The number that people called it by.
    pub case: String,
    at: Timestamp,
    by: Vec<String>,
    figures: Figures,
    handle: Option<String>,
    /// Whether all of it has gone from this device.
    is_done: bool,
    /// The devices on which it was: that they say they have erased it, with when that came,
    erased: Vec<(String, Option<Timestamp>)>,
    /// that they have not said so yet,
    not_yet: Vec<String>,
    /// that they can say nothing,
    cannot_say: Vec<String>,
    /// and that nothing reaches them, as they are out of the group.
    out: Vec<String>,
}

/// What is known of one device.
enum Standing {
    Erased(Option<Timestamp>),
    NotYet,
    CannotSay,
    Out,
}

impl Forgotten {
    /// All that were forgotten on this device, the newest last.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn all(device: &Device) -> Result<Vec<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(Vec::new());
        };
        let mut stones = tombstones::all(device);
        stones.sort_by_key(|stone| (stone.at, stone.alert));
        let contacts = Contacts::for_showing(device);
        let answers = Answers::default();
        let names = Names {
            roster: &roster,
            contacts: &contacts,
            answers: &answers,
            device,
        };
        Ok(stones.iter().map(|stone| Self::of(stone, &names)).collect())
    }

    /// The one that a text names: a case number, the end of one, or the beginning of its alert's id.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn find(device: &Device, typed: &str) -> Result<Option<Self>, DeviceError> {
        let wanted = typed.trim().to_ascii_uppercase();
        if wanted.chars().count() < PART_CHARS_MIN {
            return Ok(None);
        }
        let is_it = |one: &&Self| {
            let year = one.case.split_once('-').map_or("", |(_, rest)| rest);
            let end = year.split_once('-').map_or("", |(_, rest)| rest);
            let names = [one.case.as_str(), year, end];
            names.iter().any(|name| name.starts_with(wanted.as_str()))
        };
        let all = Self::all(device)?;
        let mut found = all.iter().filter(is_it);
        Ok(found.next().filter(|_| found.next().is_none()).cloned())
    }

    fn of(stone: &Tombstone, names: &Names<'_>) -> Self {
        let is_done = stone.left.is_none();
        let mut devices = stone.had.clone();
        devices.extend(stone.erased.keys());
        devices.sort_unstable();
        devices.dedup();
        let mut forgotten = Self {
            case: stone.case.clone(),
            at: stone.at,
            by: stone.by.iter().map(|who| names.of(who)).collect(),
            figures: stone.figures.clone(),
            handle: stone.handle.clone(),
            is_done,
            erased: Vec::new(),
            not_yet: Vec::new(),
            cannot_say: Vec::new(),
            out: Vec::new(),
        };
        let mut of_person: BTreeMap<PublicKey<DeviceKey>, usize> = BTreeMap::new();
        for device in &devices {
            let count = of_person.entry(names.person(device)).or_default();
            *count = count.saturating_add(1);
        }
        for device in &devices {
            let name = names.of(device);
            let name = match of_person.get(&names.person(device)) {
                Some(0 | 1) | None => name,
                Some(_) => format!("{name} ({})", device_code(device)),
            };
            match standing(stone, device, names) {
                Standing::Erased(at) => forgotten.erased.push((name, at)),
                Standing::NotYet => forgotten.not_yet.push(name),
                Standing::CannotSay => forgotten.cannot_say.push(name),
                Standing::Out => forgotten.out.push(name),
            }
        }
        forgotten.erased.sort();
        for names in [
            &mut forgotten.not_yet,
            &mut forgotten.cannot_say,
            &mut forgotten.out,
        ] {
            names.sort_unstable();
        }
        forgotten
    }

    fn devices(&self) -> usize {
        let others = [&self.not_yet, &self.cannot_say, &self.out];
        let others: usize = others.iter().map(|names| names.len()).sum();
        self.erased.len().saturating_add(others)
    }

    /// Whether every device on which it was says that it has erased it.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        self.erased.len() == self.devices()
    }

    /// For a list.
    #[must_use]
    pub fn line(&self, words: &Messages) -> String {
        let args = [
            ("case", self.case.as_str().into()),
            ("at", words.moment(self.at).into()),
            ("count", self.erased.len().into()),
            ("all", self.devices().into()),
        ];
        words.say("forgotten-line", &args)
    }

    /// All that is left of it.
    #[must_use]
    pub fn page(&self, words: &Messages) -> String {
        let names = |names: &[String]| [("names", list(names).into())];
        let mut lines = vec![words.say("forgotten-title", &[("case", self.case.as_str().into())])];
        let args = [
            ("names", list(&self.by).into()),
            ("at", words.moment(self.at).into()),
        ];
        lines.push(words.say("forgotten-by", &args));
        if !self.is_done {
            lines.push(words.plain("forgotten-half"));
        }
        if let Some(handle) = &self.handle {
            lines.push(words.say("forgotten-sender", &[("handle", escape(handle).into())]));
        }
        let what = figures_text(&self.figures, words);
        lines.push(words.say("forgotten-figures", &[("what", what.into())]));
        let erased: Vec<String> = self.erased.iter().map(|(name, _)| name.clone()).collect();
        let args = [
            ("count", self.erased.len().into()),
            ("all", self.devices().into()),
            ("names", list(&erased).into()),
        ];
        lines.push(words.say("forgotten-erased", &args));
        if self.is_everywhere() {
            lines.push(words.plain("forgotten-everywhere"));
        }
        for (id, all) in [
            ("forgotten-not-yet", &self.not_yet),
            ("forgotten-cannot-say", &self.cannot_say),
            ("forgotten-out", &self.out),
        ] {
            if !all.is_empty() {
                lines.push(words.say(id, &names(all)));
            }
        }
        lines.push(words.plain("forgotten-limits"));
        lines.join("\n")
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let figures = &self.figures;
        let acts = figures.acts.iter().map(|act| act.key().into_owned());
        let erased = self.erased.iter();
        let erased = erased.map(|(name, at)| json!({ "name": name, "at": at.and_then(rfc3339) }));
        json!({
            "case": self.case,
            "forgotten_at": rfc3339(self.at),
            "wished_by": self.by,
            "sender_forgotten": self.handle,
            "done_here": self.is_done,
            "everywhere": self.is_everywhere(),
            "erased": erased.collect::<Vec<_>>(),
            "not_yet": self.not_yet,
            "cannot_say": self.cannot_say,
            "out_of_group": self.out,
            "figures": {
                "kind": figures.kind.map(|it| it.key().into_owned()),
                "country": figures.country.map(|it| it.code()),
                "acts": acts.collect::<Vec<_>>(),
                "urgency": figures.urgency.map(|it| it.key().into_owned()),
                "came": quarter_key(figures.came),
                "closed": figures.closed.map(quarter_key),
                "state": figures.state.key(),
                "closing": figures.closing.map(|it| it.key().into_owned()),
            },
        })
    }
}

impl Inbox<'_> {
    /// What is left of a case that a text names, if it was forgotten.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn forgotten(&self, typed: &str) -> Result<Option<Forgotten>, DeviceError> {
        Forgotten::find(self.device, typed)
    }
}

fn standing(stone: &Tombstone, device: &PublicKey<DeviceKey>, names: &Names<'_>) -> Standing {
    let is_here = *device == names.device.signing().public();
    if let Some(at) = stone.erased.get(device) {
        return Standing::Erased(Some(*at));
    }
    if is_here && stone.left.is_none() {
        return Standing::Erased(None);
    }
    let roster: &Roster = names.roster;
    match roster.person(device) {
        None => Standing::Out,
        Some(person) if !person.role.sends() => Standing::CannotSay,
        Some(_) => Standing::NotYet,
    }
}

fn figures_text(figures: &Figures, words: &Messages) -> String {
    let quarter = |id: &str, quarter: Quarter, closing: String| {
        let args = [
            ("year", quarter.year.to_string().into()),
            ("quarter", quarter.quarter.to_string().into()),
            ("what", closing.into()),
        ];
        words.say(id, &args)
    };
    let mut parts: Vec<String> = figures
        .country
        .map(|country| country_name(country, words))
        .into_iter()
        .collect();
    if !figures.acts.is_empty() {
        parts.push(labels(&figures.acts, words));
    }
    let urgency = figures.urgency.filter(|it| *it != Urgency::NotSaid);
    parts.extend(urgency.map(|urgency| label(urgency, words)));
    parts.push(quarter("forgotten-came", figures.came, String::new()));
    parts.push(match (figures.closed, figures.closing) {
        (Some(closed), Some(closing)) => quarter("forgotten-closed", closed, label(closing, words)),
        _ => words.say(
            "forgotten-open",
            &[("what", label(figures.state, words).into())],
        ),
    });
    parts.join("; ")
}

fn quarter_key(quarter: Quarter) -> String {
    format!("{}-Q{}", quarter.year, quarter.quarter)
}
