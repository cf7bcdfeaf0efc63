//! Whether a case is to be forgotten: two people wish it at one time. Pure, and the same in whatever order anything came.
//!
//! What follows cannot be undone, so nothing is left to whoever acts last: a wish that is taken back counts as of when that came to the relay, and not by
//! what its author says to have seen. Who was away, and for whom the same came in another order, goes by two people's devices that have done it.

use std::collections::HashSet;

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::judge::Said;
use crate::message::{CaseAct, ForgetWords, Reaches, Wishes};

/// Places in what was said.
type At = usize;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Erasing {
    /// The wishes that stand, one of each person.
    pub(crate) wished_by: Vec<At>,
    /// What is to be erased, if it is.
    pub(crate) decided: Option<ToErase>,
}

/// That a case is to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToErase {
    /// Since when, by the relay's clock.
    pub(crate) at: Timestamp,
    /// The messages by which, of two people.
    pub(crate) by: [At; 2],
    /// How much.
    pub(crate) reaches: Reaches,
}

/// A wish, from when it came until it was taken back.
struct Wish {
    at: At,
    hash: Hash,
    author: PublicKey<Device>,
    reaches: Reaches,
    from: Timestamp,
    until: Option<Timestamp>,
}

/// What all that was said of it comes to; `came` says of each message whether it is from the relay.
#[must_use]
pub(crate) fn erasing(said: &[Said], came: impl Fn(At) -> bool) -> Erasing {
    // Who is out of the group decides nothing, nor did they, for whoever looks now.
    let counting = (0..).zip(said).filter(|(_, said)| {
        let place = said.counts.ok();
        place.is_some_and(|place| place.is_in)
    });
    let counting: Vec<(At, &Said)> = counting.collect();
    let words = |said: &'_ Said| match &said.act {
        CaseAct::Forget(words) => Some(words.clone()),
        _ => None,
    };
    let all: Vec<(At, &Said, ForgetWords)> = counting
        .iter()
        .filter_map(|(at, said)| Some((*at, *said, words(said)?)))
        .collect();
    // A person takes back their own.
    let taken: HashSet<(PublicKey<Device>, Hash)> = all
        .iter()
        .flat_map(|(_, said, words)| words.over.iter().map(|over| (said.author, *over)))
        .collect();
    let until = |wish: &Said| {
        let by = all.iter().filter(|(_, said, words)| {
            said.author == wish.author && said.hash != wish.hash && words.over.contains(&wish.hash)
        });
        by.map(|(_, said, _)| said.arrived).min()
    };
    let is_wish = |it: &&(At, &Said, ForgetWords)| it.2.wishes == Wishes::Yes;
    let wishes: Vec<Wish> = all
        .iter()
        .filter(is_wish)
        .filter(|(at, ..)| came(*at))
        .map(|(at, said, words)| Wish {
            at: *at,
            hash: said.hash,
            author: said.author,
            reaches: words.reaches,
            from: said.arrived,
            until: match taken.contains(&(said.author, said.hash)) {
                true => until(said),
                false => None,
            },
        })
        .collect();
    let erased = counting.iter().filter_map(|(at, said)| match &said.act {
        CaseAct::Erased(words) if came(*at) => Some(Wish {
            at: *at,
            hash: said.hash,
            author: said.author,
            reaches: words.reaches,
            from: said.arrived,
            until: None,
        }),
        _ => None,
    });
    let erased: Vec<Wish> = erased.collect();

    let stands = |it: &&(At, &Said, ForgetWords)| {
        it.2.wishes == Wishes::Yes && !taken.contains(&(it.1.author, it.1.hash))
    };
    let mut standing: Vec<(At, &Said)> = all
        .iter()
        .filter(stands)
        .map(|(at, said, _)| (*at, *said))
        .collect();
    standing.sort_by_key(|(_, said)| (said.arrived, said.id));
    let mut known = HashSet::new();
    standing.retain(|(_, said)| known.insert(said.author));
    Erasing {
        wished_by: standing.into_iter().map(|(at, _)| at).collect(),
        decided: two(&wishes).or_else(|| two(&erased)),
    }
}

/// The first two people whose wishes stood at one time, and how much any two wish.
fn two(wishes: &[Wish]) -> Option<ToErase> {
    let mut first: Option<(Timestamp, [(Hash, At); 2])> = None;
    let mut reaches = Reaches::Case;
    for (place, one) in wishes.iter().enumerate() {
        for other in wishes.iter().skip(place.saturating_add(1)) {
            let since = one.from.max(other.from);
            // Of what came in one second nobody can say which was first: then nothing is erased.
            let stood = |wish: &Wish| wish.until.is_none_or(|until| since < until);
            if one.author == other.author || !stood(one) || !stood(other) {
                continue;
            }
            if one.reaches == Reaches::Sender && other.reaches == Reaches::Sender {
                reaches = Reaches::Sender;
            }
            let mut both = [(one.hash, one.at), (other.hash, other.at)];
            both.sort_unstable();
            let both = (since, both);
            first = Some(first.map_or(both, |known| known.min(both)));
        }
    }
    first.map(|(at, by)| ToErase {
        at,
        by: by.map(|(_, at)| at),
        reaches,
    })
}

#[cfg(test)]
#[path = "erasing_tests.rs"]
mod tests;
