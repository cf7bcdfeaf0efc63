//! What all that was said in a case comes to: who leads, where it stands, who has read it. Pure, and the same in whatever order the messages
//! came and whichever of them are missing, wherever the same ones are known.
//!
//! Nothing that an author chooses decides between two of them: neither a clock, nor an id or a hash that can be tried out, nor what somebody
//! says to have seen. What decides is the roster, which was written before: of two who did not know of each other, whoever came into the group
//! earlier. An author who hides what they have seen gets no more by it than by not having looked, and it is told to whoever led.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet},
};

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::{
    facts::{Facts, facts},
    judge::{Place, Said},
    sender,
    translations::{Translations, translations},
};
use crate::{
    alert::vocabulary::{CaseState, Receipt},
    ids::MessageId,
    message::{CaseAct, SEEN_MAX},
};

/// Places in what was said.
type At = usize;

/// What a case comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Case {
    /// What was said, in the order in which it is told: nothing before what its author had seen.
    pub(crate) order: Vec<At>,
    /// Who leads.
    pub(crate) lead: Option<Lead>,
    /// Who took the lead without having seen that somebody else did, and has said nothing else since.
    pub(crate) rivals: Vec<At>,
    /// The message by which it stands who leads, or that nobody does any more.
    pub(crate) lead_by: Option<At>,
    /// All by which somebody led, in the order in which they did.
    pub(crate) leads: Vec<At>,
    /// The message by which it stands where it stands; none of a case that is new.
    pub(crate) state_by: Option<At>,
    /// Of each device on which it was opened, the first by which that is known.
    pub(crate) opened_on: Vec<At>,
    /// By which its sender has taken it back.
    pub(crate) withdrawn_by: Option<At>,
    /// Of each who said something that counts, their first message, in the roster's order.
    pub(crate) read_by: Vec<At>,
    /// The newest receipt of each who supports,
    pub(crate) supporting: Vec<At>,
    /// and of each who stays out of it.
    pub(crate) apart: Vec<At>,
    /// What is so.
    pub(crate) facts: Facts,
    /// Which translations stand.
    pub(crate) translations: Translations,
    /// What the next message names as seen.
    pub(crate) heads: Vec<Hash>,
    /// How many messages others had seen that are not here.
    pub(crate) missing: usize,
}

/// Who leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    /// Who, as the roster tells people apart.
    pub(crate) device: PublicKey<Device>,
    /// Whether they are still in the group: else nobody leads any more.
    pub(crate) is_in: bool,
}

impl Case {
    /// Where the case stands.
    pub(crate) fn state(&self, said: &[Said]) -> CaseState {
        let by = self.state_by.and_then(|at| said.get(at));
        match by.map(|said| &said.act) {
            Some(CaseAct::State(words)) => words.state,
            _ => CaseState::New,
        }
    }

    /// Who leads and is in the group, as the roster tells people apart.
    pub(crate) fn leader(&self) -> Option<PublicKey<Device>> {
        self.lead.filter(|lead| lead.is_in).map(|lead| lead.device)
    }
}

/// What the messages of a case come to.
#[must_use]
pub(crate) fn fold(said: &[Said]) -> Case {
    let counting: Vec<At> = (0..said.len())
        .filter(|at| said.get(*at).is_some_and(|said| said.counts.is_ok()))
        .collect();
    let order = story(said);
    let rank: HashMap<At, usize> = order
        .iter()
        .zip(0..)
        .map(|(at, rank)| (*at, rank))
        .collect();
    let place = |at: &At| rank.get(at).copied().unwrap_or(usize::MAX);
    let newest = newest_receipts(said, &counting);

    let claims: Vec<Claim> = counting.iter().filter_map(|at| claim(said, *at)).collect();
    let steps = walk(&claims, |led, claim| claim.may_follow(led));
    let last = steps.last();
    let first_of = |claims: &[&Claim]| claims.iter().map(|claim| claim.at).min_by_key(place);
    let mut rivals: Vec<At> = Vec::new();
    for beside in last.iter().flat_map(|step| &step.beside) {
        let (Some(at), Some(leads)) = (first_of(beside), beside.first().and_then(|it| it.leads))
        else {
            continue;
        };
        let said_last = newest.get(&leads.0).copied();
        let is_last = |at: At| beside.iter().any(|claim| claim.at == at);
        if leads.1.is_in && said_last.is_none_or(is_last) {
            rivals.push(at);
        }
    }
    rivals.sort_by_key(place);
    let lead = last.and_then(|step| step.counts.first()?.leads);

    let states: Vec<Claim> = counting.iter().filter_map(|at| state(said, *at)).collect();
    let states = walk(&states, |_, _| true);
    // Of one person's several the one that they said last.
    let said_last = |claims: &[&Claim]| said_last(said, claims.iter().map(|it| it.at));

    let (heads, missing) = heads(said, &order);
    Case {
        lead: lead.map(|(device, place)| Lead {
            device,
            is_in: place.is_in,
        }),
        rivals,
        lead_by: last.and_then(|step| first_of(&step.counts)),
        leads: steps
            .iter()
            .flat_map(|step| step.counts.iter().map(|claim| claim.at))
            .collect(),
        state_by: states.last().and_then(|step| said_last(&step.counts)),
        opened_on: opened_on(said, &order),
        withdrawn_by: sender::withdrawn(said, &order),
        read_by: readers(said, &order),
        supporting: of_receipt(said, &newest, Receipt::Supporting),
        apart: of_receipt(said, &newest, Receipt::ConflictOfInterest),
        facts: facts(said, &order),
        translations: translations(said, &order),
        heads,
        missing,
        order,
    }
}

/// A statement that takes the place of another.
#[derive(Clone, Debug)]
struct Claim {
    at: At,
    hash: Hash,
    /// Which one it takes the place of.
    over: Option<Hash>,
    author: PublicKey<Device>,
    /// Of several in one place the lowest counts. Those that are equal say the same.
    rank: (bool, Place),
    /// Who leads by it; none when somebody leads no longer.
    leads: Option<(PublicKey<Device>, Place)>,
    has_reason: bool,
}

impl Claim {
    /// Whether it may follow on a statement by which somebody leads: if it changes that, and they say it, or others with a reason. Where nobody
    /// leads, or they are in the group no longer, nobody needs one.
    fn may_follow(&self, led: Option<&Self>) -> bool {
        let leader = led.and_then(|led| led.leads);
        match leader.filter(|(_, place)| place.is_in) {
            // Else whoever led would have it back by saying it again beside what took its place.
            Some(led) if self.leads.is_some_and(|leads| leads.0 == led.0) => false,
            Some((device, _)) if device == self.author => true,
            Some(_) => self.leads.is_some() && self.has_reason,
            // Of a lead that is nobody's there is nothing to give back.
            None => self.leads.is_some(),
        }
    }
}

/// What a message says of who leads, if it does.
fn claim(said: &[Said], at: At) -> Option<Claim> {
    let said = said.get(at)?;
    let own = said.counts.ok()?;
    let CaseAct::Receipt(words) = &said.act else {
        return None;
    };
    let leads = match words.receipt {
        Receipt::TakingLead => Some((said.author, own)),
        Receipt::HandedOver => Some((words.to?, said.to?)),
        // Whoever leads and has to stay out leads no longer.
        Receipt::ConflictOfInterest if words.over.is_some() => None,
        _ => return None,
    };
    Some(Claim {
        at,
        hash: said.hash,
        over: words.over,
        author: said.author,
        // Somebody who leads comes before nobody.
        rank: (leads.is_none(), leads.map_or(own, |(_, place)| place)),
        leads,
        has_reason: !words.reason.is_empty(),
    })
}

/// The same of where the case stands.
fn state(said: &[Said], at: At) -> Option<Claim> {
    let said = said.get(at)?;
    let own = said.counts.ok()?;
    let CaseAct::State(words) = &said.act else {
        return None;
    };
    Some(Claim {
        at,
        hash: said.hash,
        over: words.over,
        author: said.author,
        rank: (false, own),
        leads: None,
        has_reason: false,
    })
}

/// One step: the statements of one rank that count, and those that may stand in the same place and do not, each rank by itself.
struct Step<'c> {
    counts: Vec<&'c Claim>,
    beside: Vec<Vec<&'c Claim>>,
}

/// From nothing on, of the statements that take the place of what counts so far, those that may and have the lowest rank, until there are no more.
/// What takes the place of something that is not here begins as if there were nothing.
fn walk(claims: &[Claim], may_follow: impl Fn(Option<&Claim>, &Claim) -> bool) -> Vec<Step<'_>> {
    let known: HashSet<Hash> = claims.iter().map(|claim| claim.hash).collect();
    let mut over: HashMap<Option<Hash>, Vec<&Claim>> = HashMap::new();
    for claim in claims {
        let place = claim.over.filter(|hash| known.contains(hash));
        over.entry(place).or_default().push(claim);
    }
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut places = vec![None];
    loop {
        let led = steps.last().and_then(|step| step.counts.first().copied());
        let mut ranks: BTreeMap<(bool, Place), Vec<&Claim>> = BTreeMap::new();
        // Each is taken out, so that it ends also where somebody has made a circle.
        for claim in places
            .iter()
            .filter_map(|place| over.remove(place))
            .flatten()
        {
            if may_follow(led, claim) {
                ranks.entry(claim.rank).or_default().push(claim);
            }
        }
        let mut ranks = ranks.into_values();
        let Some(counts) = ranks.next() else {
            return steps;
        };
        places = counts.iter().map(|claim| Some(claim.hash)).collect();
        steps.push(Step {
            counts,
            beside: ranks.collect(),
        });
    }
}

/// Which of one person's messages they said last: of each device the one with the highest number (of a copied device two may have one), and of
/// these, where they have several devices, the one of the latest time. A clock is asked only between devices of one person.
fn said_last(said: &[Said], all: impl IntoIterator<Item = At>) -> Option<At> {
    let mut of_devices: BTreeMap<PublicKey<Device>, (u64, Hash, At)> = BTreeMap::new();
    for at in all {
        let Some(one) = said.get(at) else { continue };
        let this = (one.number, one.hash, at);
        let known = of_devices.entry(one.device).or_insert(this);
        *known = this.max(*known);
    }
    let newest = of_devices.into_values().map(|(_, hash, at)| {
        let time = said.get(at).map(|one| one.time);
        (time, hash, at)
    });
    newest.max().map(|(_, _, at)| at)
}

/// The receipt that each person gave last.
fn newest_receipts(said: &[Said], counting: &[At]) -> BTreeMap<PublicKey<Device>, At> {
    let mut all: BTreeMap<PublicKey<Device>, Vec<At>> = BTreeMap::new();
    for at in counting {
        let Some(one) = said.get(*at) else { continue };
        if matches!(one.act, CaseAct::Receipt(_)) && !one.is_of_device() {
            all.entry(one.author).or_default().push(*at);
        }
    }
    let newest = all.into_iter();
    newest
        .filter_map(|(who, receipts)| Some((who, said_last(said, receipts)?)))
        .collect()
}

fn of_receipt(
    said: &[Said],
    newest: &BTreeMap<PublicKey<Device>, At>,
    receipt: Receipt,
) -> Vec<At> {
    let is_that = |at: &At| match said.get(*at).map(|said| &said.act) {
        Some(CaseAct::Receipt(words)) => words.receipt == receipt,
        _ => false,
    };
    let mut all: Vec<At> = newest.values().copied().filter(is_that).collect();
    all.sort_by_key(|at| said.get(*at).and_then(|said| said.counts.ok()));
    all
}

/// Of each who said something that counts, the first of it.
fn readers(said: &[Said], order: &[At]) -> Vec<At> {
    let mut first: BTreeMap<Place, At> = BTreeMap::new();
    for at in order {
        let said = said
            .get(*at)
            .filter(|said| !said.is_senders() && !said.is_by_itself() && !said.is_asked);
        if let Some(place) = said.and_then(|said| said.counts.ok()) {
            first.entry(place).or_insert(*at);
        }
    }
    first.into_values().collect()
}

/// Of each device that said something that counts, the first: whoever says more has opened it too.
fn opened_on(said: &[Said], order: &[At]) -> Vec<At> {
    let mut known = BTreeSet::new();
    let counts = |at: &&At| {
        let said = said
            .get(**at)
            .filter(|said| !said.is_senders() && !said.is_asked);
        said.is_some_and(|said| said.counts.is_ok() && known.insert(said.device))
    };
    order.iter().filter(counts).copied().collect()
}

/// In the order of when it was said, as far as that can be so: nothing comes before what its author had seen of it. A circle, which takes somebody
/// who finds two hashes, is told at the end.
fn story(said: &[Said]) -> Vec<At> {
    let at_of: HashMap<Hash, At> = said
        .iter()
        .zip(0..)
        .map(|(said, at)| (said.hash, at))
        .collect();
    let mut waits_for: Vec<usize> = vec![0; said.len()];
    let mut follow: HashMap<At, Vec<At>> = HashMap::new();
    for (one, at) in said.iter().zip(0..) {
        let seen: BTreeSet<At> = named(one)
            .filter_map(|hash| at_of.get(hash).copied())
            .collect();
        if let Some(count) = waits_for.get_mut(at) {
            *count = seen.len();
        }
        for before in seen {
            follow.entry(before).or_default().push(at);
        }
    }
    let key = |at: At| -> (Option<(Timestamp, MessageId)>, At) {
        (said.get(at).map(|said| (said.at, said.id)), at)
    };
    let mut ready: BinaryHeap<_> = (0..said.len())
        .filter(|at| waits_for.get(*at) == Some(&0))
        .map(|at| Reverse(key(at)))
        .collect();
    let mut order = Vec::with_capacity(said.len());
    while let Some(Reverse((_, at))) = ready.pop() {
        order.push(at);
        for next in follow.remove(&at).unwrap_or_default() {
            if let Some(count) = waits_for.get_mut(next) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(Reverse(key(next)));
                }
            }
        }
    }
    if order.len() < said.len() {
        let told: HashSet<At> = order.iter().copied().collect();
        let mut rest: Vec<At> = (0..said.len()).filter(|at| !told.contains(at)).collect();
        rest.sort_by_key(|at| key(*at));
        order.append(&mut rest);
    }
    order
}

/// The messages that one names.
pub(super) fn named(said: &Said) -> impl Iterator<Item = &Hash> {
    let over: Vec<&Hash> = match &said.act {
        CaseAct::Receipt(words) => words.over.iter().collect(),
        CaseAct::State(words) => words.over.iter().collect(),
        CaseAct::Facts(words) => words.facts.iter().flat_map(|fact| &fact.over).collect(),
        CaseAct::Readers(words) => words.over.iter().collect(),
        CaseAct::NoteTo(words) => words.of.iter().collect(),
        CaseAct::Translation(said) => said.named(),
        CaseAct::Forget(words) => words.over.iter().chain(&words.why).collect(),
        CaseAct::Keep(words) => words.over.iter().collect(),
        CaseAct::Note(_)
        | CaseAct::Answer(_)
        | CaseAct::OfSender(_)
        | CaseAct::Reach(_)
        | CaseAct::Block(_)
        | CaseAct::Files(_)
        | CaseAct::Saved(_)
        | CaseAct::HandedOn(_)
        | CaseAct::Erased(_)
        | CaseAct::Newer => Vec::new(),
        // The part of an alert came with what it stands in.
        CaseAct::Widened(words) if words.letter().is_some() => Vec::new(),
        CaseAct::Widened(words) => vec![&words.by],
    };
    said.seen.iter().chain(over)
}

/// What nobody names yet, the newest first, and how many are named that are not here. Only of those whose word counts: others could name anything.
fn heads(said: &[Said], order: &[At]) -> (Vec<Hash>, usize) {
    let counts = |at: &&At| said.get(**at).is_some_and(|said| said.counts.is_ok());
    let known: HashSet<Hash> = said.iter().map(|said| said.hash).collect();
    let counting: Vec<&Said> = order
        .iter()
        .filter(counts)
        .filter_map(|at| said.get(*at))
        .collect();
    let names: HashSet<Hash> = counting
        .iter()
        .flat_map(|said| named(said))
        .copied()
        .collect();
    let newest = counting.iter().rev().map(|said| said.hash);
    let heads = newest.filter(|hash| !names.contains(hash)).take(SEEN_MAX);
    (heads.collect(), names.difference(&known).count())
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
