//! The rules of a comparison on a call: what a device says next, from what both have said so far in the order of the log. Pure.
//!
//! - The device with the lower key commits, the other adds, the first reveals. Each run has secrets of its own, which are never written down: who
//!   has a copy of the device, or starts the program again, begins anew.
//! - Nothing is done for what stands in the log before this run was there: what somebody plays back starts nothing.
//! - What was added is taken once for a commitment, and then it is revealed: who adds a second time is not heard.

use bellrope_proto::ids::{Hash, Sequence};
use zeroize::Zeroizing;

use crate::{
    message::{Bound, CallCode, Comparison, Nonce, Step, Verdict, call_of, commitment},
    random::random,
};

/// Times that a run begins again for another that has: more is somebody who tries.
const AGAIN_MAX: usize = 8;

/// A step of one of the two, and where it stands in the log.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) place: Sequence,
    pub(crate) said: Comparison,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing: the other has not said more.
    Wait,
    /// Say this.
    Say(Step),
    /// The other's device has a roster that is not known here, or not yet.
    OtherRoster,
    /// Say this if there is something, and show the code.
    Code(CallCode, Option<Step>),
    /// What the other revealed is not what it had committed.
    NotCommitted,
    /// The other begins again and again.
    TooOften,
}

/// One run of one of the two.
pub(crate) struct Talk {
    bound: Bound,
    /// Whether this device commits.
    leads: bool,
    secret: Zeroizing<Nonce>,
    /// What was said to begin.
    begun: Option<Step>,
    /// What was added to whose commitment, and in sight of which roster.
    added: Option<(Hash, Sequence, Hash)>,
    times: usize,
    /// The call whose code is shown.
    call: Option<Hash>,
}

impl Talk {
    /// Begins. `bound` has the device that commits first; its roster is not looked at.
    pub(crate) fn new(bound: Bound, leads: bool) -> Self {
        Self {
            bound,
            leads,
            secret: Zeroizing::new(random()),
            begun: None,
            added: None,
            times: 0,
            call: None,
        }
    }

    /// The call whose code is shown.
    #[must_use]
    pub(crate) fn call(&self) -> Option<Hash> {
        self.call
    }

    /// What to do, with all that was heard of both, in order. `head` is that of the roster here, and `knows` says whether one is of it.
    pub(crate) fn next(
        &mut self,
        heard: &[Heard],
        head: Hash,
        knows: impl Fn(&Hash) -> bool,
    ) -> Next {
        if self.call.is_some() {
            return Next::Wait;
        }
        let Some(begun) = self.begun else {
            return self.begin();
        };
        let (me, them) = self.devices();
        let mine = |it: &&Heard| it.said.from == me && it.said.step() == Some(begun);
        // Until it stands in the log itself, nothing stands after it.
        let Some(since) = heard.iter().find(mine).map(|it| it.place) else {
            return Next::Wait;
        };
        let theirs = heard
            .iter()
            .filter(|it| it.said.from == them && it.place > since);
        match begun {
            Step::Commit(own) => self.lead(own, theirs.collect(), knows),
            _ => self.follow(theirs.collect(), head, knows),
        }
    }

    fn devices(&self) -> (DeviceId, DeviceId) {
        let [first, second] = self.bound.devices;
        if self.leads {
            (first, second)
        } else {
            (second, first)
        }
    }

    fn begin(&mut self) -> Next {
        let step = if self.leads {
            self.secret = Zeroizing::new(random());
            let [me, them] = &self.bound.devices;
            Step::Commit(commitment(self.bound.group, (me, them), &self.secret))
        } else {
            Step::Ready(random())
        };
        self.begun = Some(step);
        Next::Say(step)
    }

    /// One who has committed.
    fn lead(&mut self, own: Hash, theirs: Vec<&Heard>, knows: impl Fn(&Hash) -> bool) -> Next {
        let mut is_ready = false;
        for it in theirs {
            match it.said.step() {
                Some(Step::Answer(commitment, added)) if commitment == own => {
                    if !knows(&it.said.roster) {
                        return Next::OtherRoster;
                    }
                    let bound = Bound {
                        roster: it.said.roster,
                        ..self.bound
                    };
                    let code = CallCode::of(&bound, &self.secret, &added);
                    self.call = Some(call_of(&own, &added));
                    let reveal = Step::Reveal {
                        commitment: own,
                        added,
                        committed: *self.secret,
                    };
                    return Next::Code(code, Some(reveal));
                }
                // Who was not there when it was committed cannot answer it.
                Some(Step::Ready(_)) => is_ready = true,
                _ => {}
            }
        }
        if !is_ready {
            return Next::Wait;
        }
        self.times = self.times.saturating_add(1);
        if self.times > AGAIN_MAX {
            return Next::TooOften;
        }
        self.begin()
    }

    /// One who adds.
    fn follow(&mut self, theirs: Vec<&Heard>, head: Hash, knows: impl Fn(&Hash) -> bool) -> Next {
        for it in &theirs {
            if let Some(Step::Reveal {
                commitment: to,
                added,
                committed,
            }) = it.said.step()
                && added == *self.secret
                && let Some((own, _, roster)) = self.added
                && to == own
            {
                let [them, me] = &self.bound.devices;
                if commitment(self.bound.group, (them, me), &committed) != own {
                    return Next::NotCommitted;
                }
                let bound = Bound {
                    roster,
                    ..self.bound
                };
                self.call = Some(call_of(&own, &added));
                return Next::Code(CallCode::of(&bound, &committed, &added), None);
            }
        }
        let newest = theirs.iter().rev().find_map(|it| match it.said.step() {
            Some(Step::Commit(commitment)) => Some((commitment, it.place, it.said.roster)),
            _ => None,
        });
        let Some((commitment, place, roster)) = newest else {
            return Next::Wait;
        };
        if self.added.is_some_and(|(_, at, _)| place <= at) {
            return Next::Wait;
        }
        if !knows(&roster) {
            return Next::OtherRoster;
        }
        self.times = self.times.saturating_add(1);
        if self.times > AGAIN_MAX {
            return Next::TooOften;
        }
        self.secret = Zeroizing::new(random());
        self.added = Some((commitment, place, head));
        Next::Say(Step::Answer(commitment, *self.secret))
    }

    /// What the other person said of the code that is shown; the first word counts that is not better than what is so.
    #[must_use]
    pub(crate) fn verdict(&self, heard: &[Heard]) -> Option<Verdict> {
        let own = self.call?;
        let (_, them) = self.devices();
        let theirs = heard.iter().filter(|it| it.said.from == them);
        let mut said = theirs.filter_map(|it| match it.said.step() {
            Some(Step::Verdict(call, verdict)) if call == own => Some(verdict),
            _ => None,
        });
        let first = said.next()?;
        Some(match said.any(|verdict| verdict == Verdict::Differ) {
            true => Verdict::Differ,
            false => first,
        })
    }
}

type DeviceId = bellrope_proto::signing::PublicKey<bellrope_proto::signing::Device>;

#[cfg(test)]
#[path = "talk_tests.rs"]
mod tests;
