//! Whether somebody who means to check in was heard: pure rules over the plan, what came of it, and what members said. The same in whatever order
//! it came. What decides about time is when something arrived at the relay: a sender's clock is whoever's who has the device.

use bellrope_proto::ids::{Hash, Timestamp};

use super::judge::{Opening, Said, Void};
use crate::{
    alert::plan::{CheckInPlan, word_hash},
    group::Roster,
    ids::MessageId,
    message::{CaseAct, CheckIn, CheckInAct, Frozen, Message, Reached, SaidOfSender, freezes},
};

/// Seconds after which it is no longer waited for somebody to say whether the person was reached.
pub(crate) const SILENCE: u64 = 3_600;

/// A check-in as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckedIn {
    /// Its message.
    pub(crate) id: MessageId,
    /// When it arrived at the relay,
    pub(crate) arrived: Timestamp,
    /// and when it was written, by its sender's clock.
    pub(crate) signed: Timestamp,
    /// What it does.
    pub(crate) act: CheckInAct,
    /// Which word was typed.
    pub(crate) spoken: Spoken,
    /// Why it changes nothing, if it does not.
    pub(crate) void: Option<NotHeard>,
}

/// Which word was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// The one for "I am well"; or whatever it was, where none was agreed.
    Well,
    /// The one for "I am forced".
    Forced,
    /// Another, or none.
    Other,
}

/// Why a check-in says nothing of whether somebody is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotHeard {
    /// As with what is said in cases.
    Void(Void),
    /// It was written longer ago than one is due after another: it says how it was then. Who holds back check-ins cannot hand them out one by one
    /// while somebody is in custody.
    Old,
}

/// A message as a check-in by this plan; `None` for what is about another.
#[must_use]
pub(crate) fn judge_check_in(
    (message, body): (&Message, &CheckIn),
    arrived: Timestamp,
    (opening, plan): (&Opening, &CheckInPlan),
    (roster, frozen): (&Roster, &[SaidOfSender]),
) -> Option<CheckedIn> {
    if body.plan != opening.id {
        return None;
    }
    let is_senders = roster.is_same_person(&message.sender, &opening.sender());
    let is_frozen = || {
        let freezes = freezes(frozen, &message.sender, roster);
        freezes.iter().any(|frozen| frozen.covers(arrived))
    };
    let void = if !is_senders {
        Some(NotHeard::Void(Void::NotTheSender))
    } else if body.plan_hash != opening.hash {
        Some(NotHeard::Void(Void::OtherAlert))
    } else if is_frozen() {
        Some(NotHeard::Void(Void::Frozen))
    } else if arrived.0.saturating_sub(message.time.0) > u64::from(plan.every) {
        Some(NotHeard::Old)
    } else {
        None
    };
    Some(CheckedIn {
        id: message.id,
        arrived,
        signed: message.time,
        act: body.act,
        spoken: spoken(body.word, opening.hash, plan),
        void,
    })
}

fn spoken(said: Hash, plan_hash: Hash, plan: &CheckInPlan) -> Spoken {
    if !plan.has_words() || said == word_hash(plan_hash, &plan.well) {
        Spoken::Well
    } else if said == word_hash(plan_hash, &plan.forced) {
        Spoken::Forced
    } else {
        Spoken::Other
    }
}

impl CheckedIn {
    /// Whether its sender says by it that they are forced. Who was frozen before may say so still, and however late it comes it is no less so.
    #[must_use]
    pub(crate) fn is_forced(&self) -> bool {
        let is_theirs = !matches!(
            self.void,
            Some(NotHeard::Void(Void::NotTheSender | Void::OtherAlert))
        );
        self.spoken == Spoken::Forced && is_theirs
    }

    /// Whether it says that its sender is well.
    #[must_use]
    pub(crate) fn is_sign_of_life(&self) -> bool {
        self.spoken == Spoken::Well && self.void.is_none()
    }
}

/// What a plan comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckIns {
    /// The plan.
    pub(crate) plan: CheckInPlan,
    /// When it arrived.
    pub(crate) came: Timestamp,
    /// When the last check-in that counts arrived, and when it was written by its sender's clock.
    pub(crate) last: Option<(Timestamp, Timestamp)>,
    /// How many count.
    pub(crate) count: usize,
    /// When somebody in the group reached them last,
    pub(crate) reached: Option<Timestamp>,
    /// and when it was said last that nobody could.
    pub(crate) nobody: Option<Timestamp>,
    /// Since when they are forced by their own word, which nobody has lifted.
    pub(crate) forced: Option<Timestamp>,
    /// When somebody lifted last what was said of the sender.
    pub(crate) lifted: Option<Timestamp>,
    /// When they ended it.
    pub(crate) ended: Option<Timestamp>,
    /// When somebody in the group said something in the case last.
    pub(crate) answered: Option<Timestamp>,
}

/// How it stands at some moment by the relay's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// They said by the agreed word that they are forced, then.
    Forced(Timestamp),
    /// The plan is over.
    Over,
    /// The next is due then.
    Waiting(Timestamp),
    /// It was due then; members still wait.
    Late(Timestamp),
    /// It was due then, and somebody is to try to reach them.
    Overdue(Timestamp),
    /// It was due, and nobody could reach them, as somebody says, or as nobody says anything: since then.
    Unreached {
        /// When it was due.
        due: Timestamp,
        /// Since when.
        since: Timestamp,
        /// Whether a person says it.
        said: bool,
    },
}

/// What came of a plan comes to this, in whatever order it is given. `freezes` are those of the plan's sender.
#[must_use]
pub(crate) fn check_ins(
    (plan, came): (&CheckInPlan, Timestamp),
    checked: &[CheckedIn],
    said: &[Said],
    freezes: &[Frozen],
) -> CheckIns {
    let heard = checked.iter().filter(|it| it.is_sign_of_life());
    let counting = said.iter().filter(|it| it.counts.is_ok());
    let reach = |wanted: Reached| {
        let said = counting.clone().filter(move |it| match &it.act {
            CaseAct::Reach(words) => words.reached == wanted,
            _ => false,
        });
        said.map(|it| it.at).max()
    };
    let answered = counting
        .clone()
        .filter(|it| !it.is_by_itself() && !matches!(it.act, CaseAct::OfSender(_)));
    let forced = freezes
        .iter()
        .filter(|it| it.is_own_word && it.lifted.is_none());
    let lifted = freezes.iter().filter_map(|it| it.lifted.as_ref());
    let ends = heard.clone().filter(|it| it.act == CheckInAct::End);
    CheckIns {
        plan: plan.clone(),
        came,
        last: heard.clone().map(|it| (it.arrived, it.signed)).max(),
        count: heard.count(),
        reached: reach(Reached::Yes),
        nobody: reach(Reached::No),
        forced: forced.map(|it| it.since).min(),
        lifted: lifted.map(|(_, at)| *at).max(),
        ended: ends.map(|it| it.arrived).min(),
        answered: answered.map(|it| it.at).max(),
    }
}

impl CheckIns {
    /// When they were known last to be well. That somebody lifts a freeze says that they have spoken with them.
    fn seen(&self) -> Option<Timestamp> {
        let last = self.last.map(|(arrived, _)| arrived);
        last.max(self.reached).max(self.lifted)
    }

    /// When the next is due, whether or not it is over.
    #[must_use]
    pub(crate) fn due(&self) -> Timestamp {
        let every = u64::from(self.plan.every);
        // A plan that waited for a network for longer than it says begins when it comes.
        let first = match self.came > self.plan.first {
            true => self.came.plus(every),
            false => self.plan.first,
        };
        let next = self.seen().map(|at| at.plus(every));
        first.max(next.unwrap_or(first)).min(self.plan.until)
    }

    /// From when on they are overdue.
    #[must_use]
    pub(crate) fn overdue_at(&self) -> Timestamp {
        self.due().plus(u64::from(self.plan.grace))
    }

    fn is_over(&self) -> bool {
        // The last need not come in the very second.
        let last = Timestamp(self.plan.until.0.saturating_sub(u64::from(self.plan.grace)));
        self.ended.is_some()
            || self.seen().is_some_and(|at| at >= last)
            || self.came > self.plan.until
    }

    /// How it stands.
    #[must_use]
    pub(crate) fn heard(&self, now: Timestamp) -> Heard {
        if let Some(since) = self.forced {
            return Heard::Forced(since);
        }
        if self.is_over() {
            return Heard::Over;
        }
        let (due, overdue) = (self.due(), self.overdue_at());
        if now < due {
            return Heard::Waiting(due);
        }
        if now < overdue {
            return Heard::Late(due);
        }
        let nobody = self.nobody.filter(|at| *at >= due);
        match nobody {
            Some(at) => Heard::Unreached {
                due,
                since: at.max(overdue),
                said: true,
            },
            None if now >= overdue.plus(SILENCE) => Heard::Unreached {
                due,
                since: overdue.plus(SILENCE),
                said: false,
            },
            None => Heard::Overdue(due),
        }
    }
}

#[cfg(test)]
#[path = "check_in_tests.rs"]
mod tests;
