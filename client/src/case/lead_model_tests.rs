//! Who leads, in every order of a few acts: three people take the lead, hand it over and stay out of it, each by what has come to their device,
//! while what they say comes to the others whenever it likes. What they do is what the program lets them do (`sync::cases`).

use std::collections::{HashSet, VecDeque};

use super::*;
use crate::alert::vocabulary::Vocabulary as _;

const PEOPLE: [u8; 3] = [ANNA, BORIS, CLARA];

/// How much is said: enough for two who did not see each other, and somebody who settles it.
const ACTS_MAX: usize = 3;

/// What was said, and which of it each of the three has.
#[derive(Clone, Debug, PartialEq, Eq)]
struct World {
    said: Vec<Said>,
    has: [Vec<bool>; 3],
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Lead,
    HandTo(u8),
    StayOut,
}

impl World {
    fn seen_by(&self, who: usize) -> Vec<Said> {
        let both = self.said.iter().zip(&self.has[who]);
        both.filter(|(_, has)| **has)
            .map(|(said, _)| said.clone())
            .collect()
    }

    /// What somebody does by what they have; `None` where the program would not let them.
    fn after(&self, who: usize, act: Act) -> Option<(Self, bool)> {
        let me = PEOPLE[who];
        let (seen, number) = (
            self.seen_by(who),
            u8::try_from(self.said.len()).unwrap() + 1,
        );
        let case = fold(&seen);
        let leader = case.leader();
        let over = case.lead_by.map(|at| seen[at].hash.0[0]);
        let is_mine = leader == Some(device(me));
        let reason = match leader {
            Some(_) if !is_mine => "they do not answer",
            _ => "",
        };
        let mut said = match act {
            Act::Lead if is_mine => return None,
            Act::Lead => lead(number, me, over, reason),
            Act::HandTo(to) if leader == Some(device(to)) => return None,
            Act::HandTo(to) => hand(number, (me, to), over, reason),
            Act::StayOut => {
                let over = over.filter(|_| is_mine);
                receipt(number, me, Receipt::ConflictOfInterest, over, "")
            }
        };
        said.seen = case.heads;
        let has_all = seen.len() == self.said.len();
        let mut next = self.clone();
        next.said.push(said);
        for (other, has) in next.has.iter_mut().enumerate() {
            has.push(other == who);
        }
        Some((next, has_all))
    }

    fn steps(&self) -> Vec<Self> {
        let mut next = Vec::new();
        for (who, me) in PEOPLE.iter().enumerate() {
            for at in 0..self.said.len() {
                if !self.has[who][at] {
                    let mut come = self.clone();
                    come.has[who][at] = true;
                    next.push(come);
                }
            }
            if self.said.len() == ACTS_MAX {
                continue;
            }
            let others = PEOPLE.iter().filter(|other| *other != me);
            let acts = [Act::Lead, Act::StayOut];
            let acts = acts.into_iter().chain(others.map(|to| Act::HandTo(*to)));
            for act in acts {
                if let Some((world, has_all)) = self.after(who, act) {
                    if has_all {
                        world.did(who, act);
                    }
                    next.push(world);
                }
            }
        }
        next
    }

    /// Who has all that was said has the last word: what they do is so as soon as it has come.
    fn did(&self, who: usize, act: Act) {
        let before = fold(&self.said[..self.said.len() - 1]).leader();
        let me = device(PEOPLE[who]);
        let expected = match act {
            Act::Lead => Some(me),
            Act::HandTo(to) => Some(device(to)),
            Act::StayOut => before.filter(|leader| *leader != me),
        };
        assert_eq!(fold(&self.said).leader(), expected, "{act:?} {self:#?}");
    }

    /// What holds of everybody who has all of it, in whatever order it came.
    fn check(&self) {
        let case = fold(&self.said);
        let mut turned = self.said.clone();
        turned.reverse();
        assert_eq!(case.leader(), fold(&turned).leader(), "{self:#?}");
        let Some(leader) = case.leader() else {
            return;
        };
        let by = &self.said[case.lead_by.unwrap()];
        assert_eq!(whom(by), leader, "{self:#?}");
        // Nobody leads who knew that they did, and stayed out of it.
        let stays_out = |said: &Said| {
            let CaseAct::Receipt(words) = &said.act else {
                return false;
            };
            said.author == leader
                && words.receipt == Receipt::ConflictOfInterest
                && words.over == Some(by.hash)
        };
        assert!(!self.said.iter().any(stays_out), "{self:#?}");
        // Two who took it without having seen each other: who does not lead is told, as long as nobody has settled it since.
        let last = case.leads.last().map(|at| &self.said[*at]);
        let beside = self.said.iter().filter(|said| match &said.act {
            CaseAct::Receipt(words) => {
                let is_claim = words.receipt == Receipt::TakingLead;
                let place = last.and_then(|last| match &last.act {
                    CaseAct::Receipt(words) => Some(words.over),
                    _ => None,
                });
                is_claim && Some(words.over) == place && said.author != leader
            }
            _ => false,
        });
        for said in beside {
            let newest = self.said.iter().rfind(|it| it.author == said.author);
            let mut rivals = case.rivals.iter().map(|at| whom(&self.said[*at]));
            let is_told = rivals.any(|rival| rival == said.author);
            let has_said_more = newest.is_some_and(|newest| newest.hash != said.hash);
            assert!(is_told || has_said_more, "{self:#?}");
        }
    }

    /// What was said, in a few bytes.
    fn words(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for said in &self.said {
            let CaseAct::Receipt(words) = &said.act else {
                continue;
            };
            let to = words.to.map_or(0, |to| to.0[0]);
            let over = words.over.map_or(0, |over| over.0[0]);
            let what = u8::try_from(words.receipt.number()).unwrap();
            bytes.extend([said.author.0[0], what, to, over]);
            bytes.extend(said.seen.iter().map(|seen| seen.0[0]));
            bytes.push(0);
        }
        bytes
    }

    fn key(&self) -> (Vec<u8>, [Vec<bool>; 3]) {
        (self.words(), self.has.clone())
    }
}

/// Who leads by a message.
fn whom(said: &Said) -> PublicKey<Device> {
    match &said.act {
        CaseAct::Receipt(words) => words.to.unwrap_or(said.author),
        _ => said.author,
    }
}

#[test]
fn whatever_comes_in_which_order_everybody_sees_one_lead_and_who_has_seen_all_decides() {
    let first = World {
        said: Vec::new(),
        has: [Vec::new(), Vec::new(), Vec::new()],
    };
    let mut known = HashSet::from([first.key()]);
    let mut waiting = VecDeque::from([first]);
    let mut checked = HashSet::new();
    while let Some(world) = waiting.pop_front() {
        // What it comes to depends on what was said, and not on who has it.
        if checked.insert(world.words()) {
            world.check();
        }
        for next in world.steps() {
            if known.insert(next.key()) {
                waiting.push_back(next);
            }
        }
    }
    assert!(known.len() > 10_000, "{}", known.len());
}
