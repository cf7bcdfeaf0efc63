//! Check-ins: how a plan stands on its case's page, what came of it, and of whom members have to be reminded.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    alert::bounded_block, inbox::Inbox, names::Names, received::ReceivedAlert, ringing::Ringing,
};
use crate::{
    alert::{plan::CheckInPlan, vocabulary::CaseState},
    case::{CheckIns, CheckedIn, Heard, NotHeard, Spoken},
    device::{Device, DeviceError, Folded, heard::RelayClock, plans},
    duty::{Call, Heard as Nobody, Quiet, Urgent},
    message::CheckInAct,
    text::{Messages, escape, rfc3339},
};

/// What has been so for longer rings nobody: whoever comes back after weeks is told in a line.
const OLD_SECONDS: u64 = 24 * 3_600;

/// Seconds after a plan's end for which it is looked at. What is not settled by then is in the list of cases.
const LOOKED_AT_SECONDS: u64 = 60 * 24 * 3_600;

/// Remarks on a page; the newest.
const TOLD_MAX: usize = 10;

/// A check-in, or a remark on one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CheckInTold {
    arrived: Timestamp,
    signed: Timestamp,
    what: &'static str,
}

impl CheckInTold {
    pub(super) fn of(checked: &CheckedIn) -> Self {
        let what = match (checked.void, checked.spoken, checked.act) {
            _ if checked.is_forced() => "forced",
            (Some(NotHeard::Void(void)), ..) => void.key(),
            (_, Spoken::Other, _) => "other_word",
            (Some(NotHeard::Old), ..) => "old",
            (None, _, CheckInAct::End) => "end",
            (None, _, CheckInAct::Here) => "here",
        };
        Self {
            arrived: checked.arrived,
            signed: checked.signed,
            what,
        }
    }

    /// In words; `None` for one that is as it should be, of which nobody need be told.
    pub(super) fn text(&self, words: &Messages) -> Option<String> {
        let args = [
            ("at", words.moment(self.arrived).into()),
            ("signed", words.moment(self.signed).into()),
        ];
        let id = format!("checked-{}", self.what.replace('_', "-"));
        (self.what != "here").then(|| words.say(&id, &args))
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "arrived": rfc3339(self.arrived),
            "signed": rfc3339(self.signed),
            "what": self.what,
        })
    }
}

/// How a plan of check-ins stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInNow {
    ins: CheckIns,
    /// What came that is no plain check-in, the oldest first.
    told: Vec<CheckInTold>,
    relay: RelayClock,
    /// Whether it is closed, or taken back.
    is_settled: bool,
    /// Whether the plan was opened to this device's person: what they check in with does not come here (CK11).
    is_unknown: bool,
    /// Whether its sender has taken the plan back, which with words takes one of them.
    is_taken_back: bool,
}

impl CheckInNow {
    /// Of a case; `None` where nobody means to check in.
    pub(super) fn of(folded: &Folded, names: &Names<'_>) -> Option<Self> {
        let ins = folded.check_ins.clone()?;
        let told = folded.checked.iter();
        let told = told.map(|(checked, _)| CheckInTold::of(checked));
        let mut told: Vec<CheckInTold> = told.filter(|told| told.what != "here").collect();
        told.sort_by_key(|told| (told.arrived, told.signed, told.what));
        let is_taken_back = folded.case.withdrawn_by.is_some();
        let is_closed = folded.case.state(&folded.said) == CaseState::Closed;
        let me = names.roster.person(&names.device.signing().public());
        let is_mine = me.is_none_or(|me| folded.opening.is_for(me, names.roster));
        Some(Self {
            is_unknown: !is_mine,
            is_settled: is_closed || (is_taken_back && !ins.plan.has_words()),
            is_taken_back: is_taken_back && ins.plan.has_words(),
            ins,
            told,
            relay: RelayClock::of(names.device),
        })
    }

    fn heard(&self, now: Timestamp) -> Heard {
        self.ins.heard(self.relay.at(now))
    }

    /// That they are forced: before anything else.
    pub(super) fn first_lines(&self, words: &Messages) -> Vec<String> {
        let forced = self.ins.forced.map(|since| {
            let args = [("at", words.moment(since).into())];
            words.say("check-in-forced", &args)
        });
        let back = self
            .is_taken_back
            .then(|| words.plain("check-in-taken-back"));
        forced.into_iter().chain(back).collect()
    }

    /// For a list.
    pub(super) fn mark(&self, words: &Messages) -> Option<String> {
        let forced = self.ins.forced.filter(|_| !self.is_settled);
        forced.map(|_| words.plain("check-in-line-forced"))
    }

    /// When they mean to check in.
    pub(super) fn plan_line(&self, words: &Messages) -> String {
        plan_line(&self.ins.plan, words)
    }

    /// Where a page has room.
    pub(super) fn lines(&self, case: &str, now: Timestamp, words: &Messages) -> Vec<String> {
        let plan = &self.ins.plan;
        let mut lines = vec![self.plan_line(words)];
        if self.is_unknown {
            lines.push(words.plain("check-in-unknown"));
            return lines;
        }
        lines.push(match self.ins.last {
            Some((arrived, signed)) => {
                let args = [
                    ("at", words.moment(arrived).into()),
                    ("signed", words.moment(signed).into()),
                    ("count", self.ins.count.into()),
                ];
                words.say("check-in-last", &args)
            }
            None => words.plain("check-in-none"),
        });
        if let Some(at) = self.ins.reached.filter(|at| Some(*at) > self.last()) {
            lines.push(words.say("check-in-reached", &[("at", words.moment(at).into())]));
        }
        if !self.is_settled {
            lines.push(self.standing(case, now, words));
            lines.extend(self.silence(now, words));
        }
        let told = self.told.iter().rev().take(TOLD_MAX).rev();
        lines.extend(told.filter_map(|told| told.text(words)));
        if plan.has_words() {
            let args = [
                ("well", escape(&plan.well).into()),
                ("forced", escape(&plan.forced).into()),
            ];
            lines.push(words.say("check-in-words", &args));
        }
        lines
    }

    fn last(&self) -> Option<Timestamp> {
        self.ins.last.map(|(arrived, _)| arrived)
    }

    /// How it stands, in a line.
    fn standing(&self, case: &str, now: Timestamp, words: &Messages) -> String {
        let (id, at) = match self.heard(now) {
            Heard::Forced(since) => ("check-in-now-forced", since),
            Heard::Over => (
                "check-in-now-over",
                self.ins.ended.unwrap_or(self.ins.plan.until),
            ),
            Heard::Waiting(due) => ("check-in-now-waiting", due),
            Heard::Late(due) => ("check-in-now-late", due),
            Heard::Overdue(due) => ("check-in-now-overdue", due),
            Heard::Unreached {
                due, said: true, ..
            } => ("check-in-now-nobody", due),
            Heard::Unreached { due, .. } => ("check-in-now-silence", due),
        };
        let args = [
            ("case", case.into()),
            ("at", words.moment(at).into()),
            ("overdue", words.moment(self.ins.overdue_at()).into()),
        ];
        words.say(id, &args)
    }

    /// That a check-in may be at the relay and not here, where one is missed.
    fn silence(&self, now: Timestamp, words: &Messages) -> Option<String> {
        let is_missed = matches!(
            self.heard(now),
            Heard::Overdue(_) | Heard::Unreached { .. } | Heard::Late(_)
        );
        let then = self.relay.at(now);
        let since = self.relay.silent_at(then).filter(|_| is_missed)?;
        Some(match since {
            Some(at) => words.say("check-in-silent", &[("at", words.moment(at).into())]),
            None => words.plain("check-in-never-heard"),
        })
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        let (ins, plan) = (&self.ins, &self.ins.plan);
        let time = |at: Option<Timestamp>| at.and_then(rfc3339);
        let is_over = matches!(ins.heard(Timestamp(0)), Heard::Over);
        let is_waited_for = !is_over && !self.is_settled && !self.is_unknown;
        let due = is_waited_for.then(|| ins.due());
        json!({
            "every_seconds": plan.every,
            "grace_seconds": plan.grace,
            "first": rfc3339(plan.first),
            "until": rfc3339(plan.until),
            "has_words": plan.has_words(),
            "count": ins.count,
            "last": time(self.last()),
            "last_signed": time(ins.last.map(|(_, signed)| signed)),
            "due": time(due),
            "overdue_from": time(due.map(|_| ins.overdue_at())),
            "reached": time(ins.reached),
            "nobody_reached": time(ins.nobody),
            "forced": time(ins.forced),
            "over": is_over,
            "remarks": self.told.iter().map(CheckInTold::to_json).collect::<Vec<_>>(),
        })
    }
}

/// When somebody means to check in, for readers and for whoever makes the plan.
#[must_use]
pub fn plan_line(plan: &CheckInPlan, words: &Messages) -> String {
    let args = [
        ("every", span(plan.every, words).into()),
        ("grace", span(plan.grace, words).into()),
        ("first", words.moment(plan.first).into()),
        ("until", words.moment(plan.until).into()),
    ];
    words.say("check-in-plan", &args)
}

/// "12 hours", "90 minutes".
fn span(seconds: u32, words: &Messages) -> String {
    let (id, count) = match seconds.is_multiple_of(3_600) {
        true => ("check-in-hours", seconds / 3_600),
        false => ("check-in-minutes", seconds / 60),
    };
    words.say(id, &[("count", count.into())])
}

/// Somebody who did not check in, or says that they are forced, of whom this device's person is reminded.
#[derive(Clone, Debug)]
pub struct MissedCheckIn {
    case: String,
    /// What they asked for.
    asked_for: String,
    now: CheckInNow,
    /// The moment at which it was looked.
    at: Timestamp,
    heard: Heard,
    /// Whether it is this device's person who tries to reach them.
    is_asked: bool,
    /// Whose bell it rings, if anybody's.
    ringing: Option<Ringing>,
}

impl MissedCheckIn {
    /// All of them, at this moment by this device's clock. Reads the plans and what was said about them, and no other alert.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn all(
        device: &Device,
        quiet: Option<Quiet>,
        now: Timestamp,
    ) -> Result<Vec<Self>, DeviceError> {
        let then = RelayClock::of(device).at(now);
        let plans = plans::read(device)?.into_iter();
        let plans = plans.filter(|(_, until)| then <= until.plus(LOOKED_AT_SECONDS));
        let plans: Vec<_> = plans.collect();
        let inbox = match plans.is_empty() {
            true => None,
            false => Inbox::open(device)?,
        };
        let Some(inbox) = inbox else {
            return Ok(Vec::new());
        };
        let mut missed = Vec::new();
        for (plan, _) in plans {
            let Some((_, _, folded)) = Folded::read(device, plan)? else {
                continue;
            };
            if let Some(alert) = inbox.get(plan)?
                && let Some(one) = Self::of(&inbox, &alert, &folded, now)
            {
                let ringing = one.whose(&inbox, &folded, (quiet, then))?;
                missed.push(Self { ringing, ..one });
            }
        }
        missed.sort_by(|one, other| one.case.cmp(&other.case));
        Ok(missed)
    }

    fn of(
        inbox: &Inbox<'_>,
        alert: &ReceivedAlert,
        folded: &Folded,
        now: Timestamp,
    ) -> Option<Self> {
        let names = inbox.names();
        let me = names.person(&inbox.device.signing().public());
        let check_in = CheckInNow::of(folded, &names)?;
        let heard = check_in.heard(now);
        let is_missed = match heard {
            Heard::Forced(_) | Heard::Overdue(_) | Heard::Unreached { .. } => true,
            Heard::Over | Heard::Waiting(_) | Heard::Late(_) => false,
        };
        let author = |at: &usize| folded.said.get(*at).map(|said| said.author);
        let is_among = |all: &[usize]| all.iter().filter_map(author).any(|who| who == me);
        let case = &folded.case;
        let may_act = alert.now.as_ref().is_some_and(|now| now.may_speak);
        if !is_missed
            || check_in.is_settled
            || check_in.is_unknown
            || !may_act
            || is_among(&case.apart)
        {
            return None;
        }
        // Who leads; without anybody, who is on the case; without anybody, everybody who reads it.
        let is_asked = match case.leader() {
            Some(leader) => leader == me,
            None => case.read_by.is_empty() || is_among(&case.read_by),
        };
        let fields = alert.reading.fields();
        Some(Self {
            case: alert.case.clone(),
            asked_for: fields.map(|it| it.narrative.clone()).unwrap_or_default(),
            now: check_in,
            at: now,
            heard,
            is_asked,
            ringing: None,
        })
    }

    /// Whose bell it rings, by the rota of those who may speak in the case, like a critical alert that came when it began to be so (CK10).
    fn whose(
        &self,
        inbox: &Inbox<'_>,
        folded: &Folded,
        (quiet, then): (Option<Quiet>, Timestamp),
    ) -> Result<Option<Ringing>, DeviceError> {
        if !self.must_be_heard() {
            return Ok(None);
        }
        let roster = &*inbox.roster;
        let sender = folded.opening.sender();
        let author = |at: &usize| folded.said.get(*at).map(|said| said.author);
        let apart: Vec<_> = folded.case.apart.iter().filter_map(author).collect();
        let reads = |who| {
            let person = roster.whoever(&who);
            let may = person.is_some_and(|it| {
                let opening = &folded.opening;
                opening.may_speak(roster, &it.device) && opening.is_for(it, roster)
            });
            may && !apart.contains(&who) && !roster.is_same_person(&who, &sender)
        };
        let call = Call {
            urgent: Urgent::Critical,
            arrived: self.since(),
            heard: Nobody::Nothing,
        };
        let what = (self.case.clone(), "check_in".to_owned());
        Ringing::by(inbox.device, roster, what, (&call, reads), (quiet, then))
    }

    /// Since when it is so.
    fn since(&self) -> Timestamp {
        match self.heard {
            Heard::Unreached { since, .. } | Heard::Forced(since) => since,
            _ => self.now.ins.overdue_at(),
        }
    }

    /// Whether it is long so: of that somebody who was away is told in a line for all.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.now.relay.at(self.at) > self.since().plus(OLD_SECONDS)
    }

    /// Whether this device's person is told: who tries to reach them, and everybody once that was in vain.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.is_asked || !matches!(self.heard, Heard::Overdue(_))
    }

    /// Whether somebody must hear of it who sleeps: it is not long so, and nobody has said anything since. That nobody says anything counts only as long as
    /// the relay is heard: else it may be this device that hears nothing.
    fn must_be_heard(&self) -> bool {
        let since = self.since();
        let is_so = match self.heard {
            Heard::Forced(_) | Heard::Unreached { said: true, .. } => true,
            Heard::Unreached { .. } => self.now.relay.silent_at(since).is_none(),
            _ => false,
        };
        // Of who said that nobody was reached, that is the last word.
        let is_answered = self.now.ins.answered.is_some_and(|at| at > since);
        is_so && !is_answered && !self.is_old()
    }

    /// Whose bell it rings now; none where it rings nobody's.
    #[must_use]
    pub fn ringing(&self) -> Option<&Ringing> {
        self.ringing.as_ref()
    }

    /// What is not told twice: another check-in, or another way in which it stands, is another.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {:?}", self.case, self.heard)
    }

    /// The case.
    #[must_use]
    pub fn case(&self) -> &str {
        &self.case
    }

    /// In words: what is so, what is to be done now, and, when nobody could reach them, what they asked for.
    #[must_use]
    pub fn text(&self, words: &Messages) -> String {
        let case = [("case", self.case.as_str().into())];
        let mut lines = vec![words.say("check-in-missed", &case)];
        lines.push(self.now.standing(&self.case, self.at, words));
        lines.extend(self.now.silence(self.at, words));
        if !matches!(self.heard, Heard::Overdue(_)) && !self.asked_for.is_empty() {
            lines.push(words.plain("check-in-asked-for"));
            lines.push(bounded_block(&self.asked_for));
        }
        lines.join("\n")
    }

    /// In one line, for a digest.
    #[must_use]
    pub fn line(&self, words: &Messages) -> String {
        let standing = self.now.standing(&self.case, self.at, words);
        format!("{}: {standing}", self.case)
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let what = match self.heard {
            Heard::Forced(_) => "forced",
            Heard::Unreached { .. } => "unreached",
            _ => "overdue",
        };
        json!({
            "case": self.case,
            "what": what,
            "since": rfc3339(self.since()),
            "asked": self.is_asked,
        })
    }
}
