//! What two people on duty agreed between them, laid over the rota: that one takes the other's hours, or takes a shift over. The rules DU11 to DU16 of
//! PROTOCOL.md, "Duty".
//!
//! It comes to days on which it is otherwise, like those that a coordinator writes, so whoever asks the rota need not know of it. Nothing that an
//! author chooses decides between two of whom both agreed with the same one: neither a clock, nor a nonce that can be tried out, nor what came to the
//! relay first. What decides is the roster. And none of it takes the last one off: where the rota has somebody, there is somebody.

use bellrope_proto::ids::Timestamp;

use super::rota::{Days, Line, Rota};

/// Seconds after their turn has begun, or after it was handed to them, for which it is waited for somebody to accept a shift.
pub(crate) const ANSWER_SECONDS: u64 = 30 * 60;

/// Who was on duty before somebody's turn is looked for this long: longer than holidays of most groups.
const BEFORE_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Want {
    /// That another has these hours: nothing changes before they say so.
    Swap,
    /// That another goes on: whoever hands over is rung until they say so.
    HandOver,
}

/// One gives another hours of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offer<W> {
    /// What is wanted.
    pub(crate) want: Want,
    /// Who gives,
    pub(crate) by: W,
    /// and to whom.
    pub(crate) to: W,
    /// From when; of a shift that is handed over, when it is the other's turn.
    pub(crate) from: Timestamp,
    /// To when.
    pub(crate) until: Timestamp,
    /// When it came to the relay.
    pub(crate) arrived: Timestamp,
    /// When the other's yes came. It is not undone by anything.
    pub(crate) accepted: Option<Timestamp>,
    /// When the other's no came.
    pub(crate) refused: Option<Timestamp>,
    /// When whoever gave it took it back.
    pub(crate) taken_back: Option<Timestamp>,
}

/// How it stands at a moment by the relay's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Nobody has answered, and it is waited for an answer until then.
    Waits(Timestamp),
    /// It was accepted, then.
    Accepted(Timestamp),
    /// It was refused, then.
    Refused(Timestamp),
    /// It was taken back, then.
    TakenBack(Timestamp),
    /// Nobody has answered in time: since then.
    Unanswered(Timestamp),
    /// It is over, and nobody accepted it.
    Over,
}

impl<W: Copy + PartialEq> Offer<W> {
    /// How it stands.
    #[must_use]
    pub(crate) fn stands(&self, at: Timestamp) -> Stands {
        let by_then = |said: Option<Timestamp>| said.filter(|said| *said <= at);
        if let Some(said) = by_then(self.accepted) {
            return Stands::Accepted(said);
        }
        if let Some(said) = by_then(self.taken_back) {
            return Stands::TakenBack(said);
        }
        if let Some(said) = by_then(self.refused) {
            return Stands::Refused(said);
        }
        let until = match self.want {
            Want::Swap => self.until,
            Want::HandOver => self.waits_until().min(self.until),
        };
        match self.want {
            _ if at >= self.until => Stands::Over,
            Want::HandOver if at >= until => Stands::Unanswered(until),
            _ => Stands::Waits(until),
        }
    }

    /// Until when it is waited for somebody to accept what was handed over.
    fn waits_until(&self) -> Timestamp {
        self.turn().plus(ANSWER_SECONDS)
    }

    /// When it is the other's turn: what was written after that begins when it comes.
    pub(crate) fn turn(&self) -> Timestamp {
        self.from.max(self.arrived)
    }

    /// From when on it holds, once it is accepted. Who takes a shift early takes what is left of the other's, too.
    fn holds_from(&self) -> Option<Timestamp> {
        let accepted = self.accepted?.max(self.arrived);
        Some(match self.want {
            Want::Swap => accepted.max(self.from),
            Want::HandOver => accepted,
        })
    }

    /// Every moment at which anything can be otherwise by it.
    fn changes(&self) -> impl Iterator<Item = Timestamp> {
        let said = [self.accepted, self.refused, self.taken_back];
        let hours = [self.from, self.until, self.arrived, self.waits_until()];
        hours
            .into_iter()
            .chain(said.into_iter().flatten())
            .chain(self.holds_from())
    }
}

/// A rota of people who can be on duty with what was agreed laid over it, as it is for what these people read. `rank` says which of two counts, by the
/// roster, and knows nobody who cannot be on duty: for them, and by them, nothing is agreed. Who does not read it takes nobody's place: else it
/// would ring nobody.
#[must_use]
pub(crate) fn shifted<W: Copy + PartialEq, R: Ord>(
    rota: &Rota<W>,
    offers: &[Offer<W>],
    rank: impl Fn(W) -> Option<R>,
    reads: impl Fn(W) -> bool,
) -> Rota<W> {
    let sound = |it: &&Offer<W>| {
        it.by != it.to && rank(it.by).is_some() && rank(it.to).is_some() && reads(it.to)
    };
    let offers: Vec<Offer<W>> = offers.iter().filter(sound).copied().collect();
    let known = Known {
        rota,
        offers: &offers,
        rank: &rank,
        reads: &reads,
    };
    let begin = offers.iter().map(|it| it.turn().min(it.from));
    let begin = begin.chain(offers.iter().filter_map(Offer::holds_from));
    let (Some(begin), Some(end)) = (begin.min(), offers.iter().map(|it| it.until).max()) else {
        return rota.clone();
    };
    let mut moments: Vec<Timestamp> = offers.iter().flat_map(Offer::changes).collect();
    let mut at = begin;
    while at < end {
        moments.push(at);
        at = rota.change_after(at);
    }
    moments.push(end);
    moments.retain(|at| *at >= begin && *at <= end);
    moments.sort_unstable();
    moments.dedup();
    let mut days: Vec<Days<W>> = Vec::new();
    for (from, until) in moments.iter().zip(moments.iter().skip(1)) {
        let line = known.at(*from);
        if line == rota.at(*from) {
            continue;
        }
        match days.last_mut() {
            Some(last) if last.until == *from && last.line == line => last.until = *until,
            _ => days.push(Days {
                from: *from,
                until: *until,
                line,
            }),
        }
    }
    let mut shifted = rota.clone();
    shifted.days.extend(days);
    shifted
}

struct Known<'a, W, F, G> {
    rota: &'a Rota<W>,
    offers: &'a [Offer<W>],
    rank: &'a F,
    reads: &'a G,
}

impl<W: Copy + PartialEq, R: Ord, F: Fn(W) -> Option<R>, G: Fn(W) -> bool> Known<'_, W, F, G> {
    /// Who is on duty at a moment.
    fn at(&self, at: Timestamp) -> Option<Line<W>> {
        let (line, _) = self.agreed(at)?;
        Some(self.handed(line, at).unwrap_or(line))
    }

    /// The line with what was accepted: whoever took it stands where the other stood. One who gave it on is followed; each pair counts once, so that
    /// what was given back is back, and none goes round for ever. With everybody who had it, the last of whom has it.
    fn agreed(&self, at: Timestamp) -> Option<(Line<W>, Vec<W>)> {
        let mut line = self.rota.at(at)?;
        let holds = |it: &&Offer<W>| {
            let from = it.holds_from();
            from.is_some_and(|from| from <= at) && at < it.until
        };
        let mut left: Vec<&Offer<W>> = self.offers.iter().filter(holds).collect();
        let mut had = vec![line.first];
        loop {
            let from_first = left.iter().filter(|it| it.by == line.first);
            let Some(to) = from_first.map(|it| it.to).min_by_key(|to| (self.rank)(*to)) else {
                return Some((line, had));
            };
            let by = line.first;
            had.push(to);
            left.retain(|it| !(it.by == by && it.to == to));
            // Of two in one line, each stands where the other did.
            let second = line
                .second
                .map(|second| if second == to { by } else { second });
            line = Line { first: to, second };
        }
    }

    /// Who is rung for a shift that was handed over, from when it is the other's turn to when they accept it.
    fn handed(&self, line: Line<W>, at: Timestamp) -> Option<Line<W>> {
        let open = self.offers.iter().filter(|it| self.is_open(it, line, at));
        let open: Vec<&Offer<W>> = open.filter(|it| (self.reads)(it.by)).collect();
        // Of several who hand the same over, who cannot all have had it, the first by the roster.
        let by = open.iter().map(|it| it.by);
        let by = by.min_by_key(|by| (self.rank)(*by))?;
        let open = || open.iter().filter(|it| it.by == by);
        let turn = open().map(|it| it.turn()).min()?;
        let is_asked = |who: W| open().any(|it| it.to == who);
        let mut behind = self.behind(line, turn);
        let behind = behind.find(|who| *who != by && !is_asked(*who) && (self.reads)(*who));
        let mut others = [Some(line.first), line.second].into_iter().flatten();
        let other = others.find(|who| *who != by && (self.reads)(*who));
        let waits = |it: &Offer<W>| matches!(it.stands(at), Stands::Waits(_));
        let is_refused = |it: &Offer<W>| matches!(it.stands(at), Stands::Refused(_));
        if open().any(|it| waits(it)) {
            return Some(Line {
                first: by,
                second: behind.or(other),
            });
        }
        // Who did not answer may yet hear the bell. Who said no is not rung: whoever wanted to go is, after the second line.
        let last = other
            .filter(|_| !open().all(|it| is_refused(it)))
            .unwrap_or(by);
        Some(match behind {
            Some(first) => Line {
                first,
                second: Some(if last == first { by } else { last }),
            },
            None => Line {
                first: last,
                second: (last != by).then_some(by),
            },
        })
    }

    /// Whether a shift is handed over and not accepted yet, by who had it, to who has it now by the rota, or to somebody else out of what is left of it.
    fn is_open(&self, offer: &Offer<W>, line: Line<W>, at: Timestamp) -> bool {
        let stands = offer.stands(at);
        let is_open = matches!(
            stands,
            Stands::Waits(_) | Stands::Refused(_) | Stands::Unanswered(_)
        );
        // Who works since long must not be put off by a note that comes late.
        let is_late = offer.arrived >= offer.from.plus(ANSWER_SECONDS);
        offer.want == Want::HandOver
            && is_open
            && !is_late
            && offer.turn() <= at
            && at < offer.until
            && (line.first == offer.to || line.first == offer.by)
            && self.had(offer)
    }

    /// Whether somebody had the shift that they hand over: they are on duty when it is the other's turn, or were the last before that, or gave that on.
    fn had(&self, offer: &Offer<W>) -> bool {
        let is_theirs = |at: Timestamp| {
            let had = self.agreed(at);
            had.is_some_and(|(_, had)| had.contains(&offer.by))
        };
        if is_theirs(offer.from) {
            return true;
        }
        let since = Timestamp(offer.from.0.saturating_sub(BEFORE_SECONDS));
        let before = self.rota.stretches(since, offer.from);
        let last = before.iter().rev().find(|it| it.line.is_some());
        last.is_some_and(|last| is_theirs(Timestamp(last.until.0.saturating_sub(1))))
    }

    /// The second line: that of the moment, then that of who had it before.
    fn behind(&self, line: Line<W>, turn: Timestamp) -> impl Iterator<Item = W> {
        let before = self.rota.at(Timestamp(turn.0.saturating_sub(1)));
        let before = before.and_then(|line| line.second);
        [line.second, before].into_iter().flatten()
    }
}

#[cfg(test)]
#[path = "shifts_tests.rs"]
mod tests;
