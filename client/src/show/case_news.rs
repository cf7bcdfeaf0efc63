//! What was said in cases since somebody was told last: for `watch`, a case at a time.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    case_facts::{FactsNow, ShownFact, Whose},
    case_now::CaseNow,
    case_story::Told,
    check_in::CheckInTold,
    inbox::Inbox,
    labels::label,
    received::ReceivedAlert,
    ringing::is_on_duty,
};
use crate::{
    alert::vocabulary::Purpose,
    case::parts::OthersParts,
    device::{
        Device, DeviceError, Folded,
        cases::{self, Shelf},
        heard::RelayClock,
        inbox,
    },
    duty::Quiet,
    ids::MessageId,
    text::{Messages, escape},
};

/// News of one case.
#[derive(Clone, Debug)]
pub struct CaseNews {
    /// What the case began with.
    pub alert: ReceivedAlert,
    /// Where it stands now.
    now: CaseNow,
    /// What this device's person must hear in any event.
    turns: Vec<Turn>,
    /// What others said that counts, in order.
    told: Vec<Told>,
    /// What came of a plan of check-ins, in order.
    checked: Vec<CheckInTold>,
    /// All that is new, also what has no effect.
    ids: Vec<MessageId>,
}

/// Something that changes what this device's person has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Turn {
    /// They led, and somebody else does; or nobody.
    Lost(Option<String>),
    /// They lead, and did not take it themselves.
    Given,
    /// They took it when somebody else did, who leads.
    Later(String),
    /// They lead, and others took it when they did.
    Earlier(String),
    /// For these purposes consent was taken back.
    Withdrawn(Vec<Purpose>),
    /// Others named them for something.
    Named(Box<ShownFact>),
    /// Who means to check in says by the agreed word that they are forced.
    Forced,
}

impl Turn {
    fn key(&self) -> &'static str {
        match self {
            Self::Lost(_) => "lost",
            Self::Given => "given",
            Self::Later(_) => "later",
            Self::Earlier(_) => "earlier",
            Self::Withdrawn(_) => "withdrawn",
            Self::Named(_) => "named",
            Self::Forced => "forced",
        }
    }

    fn text(&self, case: &str, words: &Messages) -> String {
        let (id, name) = match self {
            Self::Lost(None) => ("news-lost-to-nobody", ""),
            Self::Lost(Some(name)) => ("news-lost", name.as_str()),
            Self::Given => ("news-given", ""),
            Self::Forced => ("news-forced", ""),
            Self::Later(name) => ("news-later", name.as_str()),
            Self::Earlier(name) => ("news-earlier", name.as_str()),
            Self::Withdrawn(purposes) => {
                let purposes: Vec<String> = purposes.iter().map(|it| label(*it, words)).collect();
                let purposes = purposes.join("; ");
                let args = [("case", case.into()), ("purposes", purposes.into())];
                return words.say("news-consent-back", &args);
            }
            Self::Named(fact) => {
                let args = [("case", case.into()), ("what", fact.text(words).into())];
                return words.say("news-named", &args);
            }
        };
        words.say(id, &[("case", case.into()), ("name", escape(name).into())])
    }
}

impl CaseNews {
    /// What there is to tell: of alerts that were shown. About others it waits for them.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn unsaid(device: &Device) -> Result<Vec<Self>, DeviceError> {
        let alerts = cases::on_shelf(device, Shelf::New)?;
        if alerts.is_empty() {
            return Ok(Vec::new());
        }
        let Some(inbox) = Inbox::open(device)? else {
            return Ok(Vec::new());
        };
        let mut all = Vec::new();
        for alert in alerts {
            if inbox::is_new(device, alert) {
                continue;
            }
            let Some((_, _, folded)) = Folded::read(device, alert)? else {
                continue;
            };
            let Some(alert) = inbox.get(alert)? else {
                continue;
            };
            all.push(Self::of(&inbox, alert, &folded));
        }
        Ok(all)
    }

    fn of(inbox: &Inbox<'_>, alert: ReceivedAlert, folded: &Folded) -> Self {
        let me = inbox.device.signing().public();
        let names = inbox.names();
        let now = CaseNow::of(folded, &me, &names);
        let (said, before) = folded.before();
        // What was whose is shown with what is so now.
        let whose = Whose {
            others: &OthersParts::default(),
            leader: None,
        };
        let about = (&names, whose);
        let facts_before = FactsNow::of((&said, &before.facts, folded.consent), &me, about);
        let me = names.person(&me);
        let is_new = |at: &usize| {
            folded
                .words
                .get(*at)
                .is_some_and(|it| it.shelf == Shelf::New)
        };
        let order = folded.case.order.iter().filter(|at| is_new(at));
        let told = order.filter_map(|at| Told::of(folded, *at, &me, &names));
        let told = told.filter(|told| told.void.is_none() && !told.is_mine);
        let came = folded.checked.iter();
        let mut came: Vec<_> = came.filter(|(_, word)| word.shelf == Shelf::New).collect();
        came.sort_by_key(|(checked, _)| (checked.arrived, checked.id));
        let words = folded.words.iter();
        let words = words.chain(folded.checked.iter().map(|(_, word)| word));
        let new = words.filter(|word| word.shelf == Shelf::New);

        let (was, is) = (before.leader() == Some(me), now.is_mine);
        let leader = now.lead.as_ref().map(|(name, _)| name.clone());
        let author = |said: &[crate::case::Said], at: &usize| said.get(*at).map(|it| it.author);
        let rivals_before: Vec<_> = before
            .rivals
            .iter()
            .filter_map(|at| author(&said, at))
            .collect();
        let rivals = folded
            .case
            .rivals
            .iter()
            .filter_map(|at| author(&folded.said, at));
        let fresh: Vec<_> = rivals.filter(|it| !rivals_before.contains(it)).collect();
        let mut turns = Vec::new();
        if came.iter().any(|(checked, _)| checked.is_forced()) {
            turns.push(Turn::Forced);
        }
        if fresh.contains(&me) {
            turns.extend(leader.map(Turn::Later));
        } else if was && !is {
            turns.push(Turn::Lost(leader));
        }
        if is && !was {
            turns.push(Turn::Given);
        }
        if is {
            let others = fresh.iter().filter(|it| **it != me);
            turns.extend(others.map(|it| Turn::Earlier(names.of(it))));
        }
        let withdrawn_before = facts_before.withdrawn();
        let withdrawn = now.facts.withdrawn().into_iter();
        let withdrawn: Vec<Purpose> = withdrawn
            .filter(|purpose| !withdrawn_before.contains(purpose))
            .collect();
        if !withdrawn.is_empty() {
            turns.push(Turn::Withdrawn(withdrawn));
        }
        let is_fresh = |fact: &&ShownFact| !facts_before.mine().any(|known| known.is_same(fact));
        let named = now.facts.mine().filter(is_fresh).cloned();
        turns.extend(named.map(|fact| Turn::Named(Box::new(fact))));
        Self {
            alert,
            now,
            turns,
            told: told.collect(),
            checked: came.iter().map(|(it, _)| CheckInTold::of(it)).collect(),
            ids: new.map(|word| word.id).collect(),
        }
    }

    /// Notes that it was told.
    ///
    /// # Errors
    /// [`DeviceError`]; it is told again then.
    pub fn said(&self, device: &Device) -> Result<(), DeviceError> {
        let mut ids = self.ids.iter();
        ids.try_for_each(|id| cases::told(device, self.alert.id, *id))
    }

    /// Whether somebody must hear of it who sleeps: they lead, or do not lead any more, and did not do that themselves; or something that might go
    /// out must not any more.
    /// Not in their quiet hours, unless it is critical and they are on duty.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn rings(
        &self,
        device: &Device,
        quiet: Option<Quiet>,
        now: Timestamp,
    ) -> Result<bool, DeviceError> {
        let can_wait = |turn: &Turn| matches!(turn, Turn::Named(_));
        if self.turns.iter().all(can_wait) {
            return Ok(false);
        }
        let then = RelayClock::of(device).at(now);
        if !quiet.is_some_and(|quiet| quiet.is_now(then)) {
            return Ok(true);
        }
        Ok(self.alert.is_critical() && is_on_duty(device, then)?)
    }

    /// Whether it rings like a critical alert.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.turns.contains(&Turn::Forced)
    }

    /// In words; empty when nothing of it has an effect.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let case = self.alert.case.as_str();
        let turns = self.turns.iter().map(|turn| turn.text(case, words));
        let told = self.told.iter().map(|told| {
            let args = [
                ("case", case.into()),
                ("name", escape(&told.name).into()),
                ("what", told.what(words).into()),
            ];
            words.say("news-said", &args)
        });
        let checked = self.checked.iter().filter_map(|told| told.text(words));
        let checked = checked.map(|what| {
            let args = [("case", case.into()), ("what", what.into())];
            words.say("news-checked", &args)
        });
        turns
            .chain(told)
            .chain(checked)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "news": self.told.iter().map(Told::to_json).collect::<Vec<_>>(),
            "turns": self.turns.iter().map(Turn::key).collect::<Vec<_>>(),
            "check_ins": self.checked.iter().map(CheckInTold::to_json).collect::<Vec<_>>(),
            "id": self.alert.id.to_string(),
            "case": self.alert.case,
            "now": self.now.to_json(),
        })
    }
}
