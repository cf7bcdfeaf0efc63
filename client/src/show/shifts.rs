//! Shifts that are handed over or swapped: how each stands, whom it rings meanwhile, and that nothing was written where somebody's turn has begun.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};
use serde_json::{Value, json};

use super::{
    alert::{bounded_block, in_line},
    duty::day_there,
};
use crate::{
    device::{Device, DeviceError, heard::RelayClock, shifts},
    duty::{Offer, Rota, Stands, Want},
    group::Roster,
    text::{Messages, escape, rfc3339},
};

type Key = PublicKey<DeviceKey>;

/// What came to nothing is shown for so long after it was said: whoever asked reads it, and nobody reads it for weeks.
const SHOWN_SECONDS: u64 = 2 * Timestamp::DAY_SECONDS;

/// Who was on duty before is looked for this long.
const BEFORE_SECONDS: u64 = 14 * Timestamp::DAY_SECONDS;

/// See the module.
#[derive(Clone, Debug)]
pub struct ShiftsNow {
    /// Each that matters still, the first that begins first.
    pub all: Vec<ShownShift>,
    /// Who was on duty before, and handed nothing over, where somebody else has it now.
    missing: Option<String>,
    ahead: i16,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct ShownShift {
    hash: Hash,
    offer: Offer<Key>,
    stands: Stands,
    by: String,
    to: String,
    /// Whom it rings, now or when the turn has begun.
    rung: Option<String>,
    /// Whether that is this device's person, now.
    is_rung_here: bool,
    /// Whether this device's person is to answer.
    is_asked: bool,
    /// Whether they are one of the two, or have the note, or are rung.
    concerns: bool,
    note: String,
    because: String,
}

impl ShiftsNow {
    /// As this device knows them; `None` where there is no roster, or no rota.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, now: Timestamp) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        let Some(rota) = roster.duty() else {
            return Ok(None);
        };
        let known = shifts::all(device, &roster)?;
        let offers: Vec<Offer<Key>> = known.iter().map(|it| it.offer).collect();
        let rota = shifts::laid_over(rota, &offers, &roster, |_| true);
        let at = RelayClock::of(device).at(now);
        let own = device.signing().public();
        let me = roster.person_of(&own).unwrap_or(own);
        let first = |at| rota.at(at).map(|line| line.first);
        let all = known.into_iter().filter_map(|it| {
            let offer = it.offer;
            let stands = offer.stands(at);
            let can = |who| shifts::can_be_on_duty(&roster, who).is_some();
            let is_shown = match stands {
                Stands::Waits(_) | Stands::Unanswered(_) => true,
                Stands::Accepted(_) => at < offer.until,
                Stands::Refused(said) => at < offer.until.min(said.plus(SHOWN_SECONDS)),
                Stands::TakenBack(_) | Stands::Over => false,
            };
            if !is_shown || !can(&offer.by) || !can(&offer.to) {
                return None;
            }
            let rung = first(at.max(offer.turn()));
            let is_open = matches!(stands, Stands::Refused(_) | Stands::Unanswered(_));
            let is_rung_here = offer.want == Want::HandOver
                && is_open
                && at >= offer.turn()
                && rung == Some(me)
                && offer.by != me;
            Some(ShownShift {
                hash: it.hash,
                by: name(&roster, &offer.by),
                to: name(&roster, &offer.to),
                rung: rung.map(|who| name(&roster, &who)),
                is_asked: offer.to == me
                    && matches!(stands, Stands::Waits(_) | Stands::Unanswered(_)),
                concerns: offer.by == me || offer.to == me || is_rung_here || !it.note.is_empty(),
                is_rung_here,
                offer,
                stands,
                note: it.note,
                because: it.because,
            })
        });
        let all: Vec<ShownShift> = all.collect();
        let missing = before(&rota, at).filter(|(before, next, begun)| {
            let mut offers = offers.iter();
            !offers.any(|it| {
                it.want == Want::HandOver
                    && it.by == *before
                    && it.until > *begun
                    && (it.to == *next || it.accepted.is_some())
                    && it.taken_back.is_none()
            })
        });
        Ok(Some(Self {
            missing: missing.map(|(before, ..)| name(&roster, &before)),
            ahead: rota.minutes_ahead(at),
            all,
        }))
    }

    /// In words, each with what this device's person may do now.
    #[must_use]
    pub fn lines(&self, words: &Messages) -> Vec<String> {
        let all = self.all.iter();
        let all = all.flat_map(|it| it.lines(self.ahead, words));
        all.chain(self.missing_line(words)).collect()
    }

    /// That nothing was handed over when the shift changed.
    #[must_use]
    pub fn missing_line(&self, words: &Messages) -> Option<String> {
        let name = self.missing.as_ref()?;
        Some(words.say("shift-none-written", &[("name", escape(name).into())]))
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let all: Vec<Value> = self.all.iter().map(ShownShift::to_json).collect();
        all.into()
    }

    /// Whether somebody else was on duty before, and handed nothing over.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.missing.is_some()
    }

    /// By how many minutes the clocks of the rota's place are ahead of UTC.
    #[must_use]
    pub fn minutes_ahead(&self) -> i16 {
        self.ahead
    }
}

/// Who is on duty now, since when, and who was right before, if that is somebody else.
fn before(rota: &Rota<Key>, at: Timestamp) -> Option<(Key, Key, Timestamp)> {
    let next = rota.at(at)?.first;
    let since = Timestamp(at.0.saturating_sub(BEFORE_SECONDS));
    let mut begun = at;
    for stretch in rota.stretches(since, at).iter().rev() {
        match stretch.line {
            Some(line) if line.first == next && stretch.until == begun => begun = stretch.from,
            Some(line) if line.first == next => return None,
            Some(line) => return Some((line.first, next, begun)),
            None => {}
        }
    }
    None
}

fn name(roster: &Roster, who: &Key) -> String {
    let here = roster.whoever(who).map(|it| it.name.clone());
    let gone = || roster.removed_person(who).map(|it| it.person.name.clone());
    here.or_else(gone).unwrap_or_default()
}

impl ShownShift {
    /// How it stands, for whoever was told how it stood before.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{:?} {:?} {}", self.hash, self.stands, self.is_rung_here)
    }

    /// Whether this device's person is told of it by itself: of what concerns them, and of others what has changed who is on duty.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.concerns || matches!(self.stands, Stands::Accepted(_))
    }

    /// Whether it was settled before anybody looked: then whoever begins to look need not hear of it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.stands, Stands::Accepted(_))
    }

    /// Whether this device's person has to hear of it, also when they sleep: nobody took a shift over, and it is theirs now.
    #[must_use]
    pub fn rings(&self) -> bool {
        self.is_rung_here
    }

    /// Whether somebody asks this device's person.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.is_asked
    }

    /// When nobody's answer is waited for any longer, if it is waited for.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        match self.stands {
            Stands::Waits(until) => Some(until),
            _ => None,
        }
    }

    fn id(&self) -> &'static str {
        match (self.offer.want, self.stands) {
            (Want::HandOver, Stands::Accepted(_)) => "shift-handed-accepted",
            (Want::HandOver, Stands::Refused(_)) => "shift-handed-refused",
            (Want::HandOver, Stands::Unanswered(_)) => "shift-handed-unanswered",
            (Want::HandOver, _) => "shift-handed-waits",
            (Want::Swap, Stands::Accepted(_)) => "shift-swap-accepted",
            (Want::Swap, Stands::Refused(_)) => "shift-swap-refused",
            (Want::Swap, _) => "shift-swap-waits",
        }
    }

    /// In words.
    #[must_use]
    pub fn lines(&self, ahead: i16, words: &Messages) -> Vec<String> {
        let rung = self.rung.as_deref().unwrap_or_default();
        let args = [
            ("by", escape(&self.by).into()),
            ("to", escape(&self.to).into()),
            ("rung", escape(rung).into()),
            ("from", day_there(self.offer.from, ahead, words).into()),
            ("until", day_there(self.offer.until, ahead, words).into()),
        ];
        let mut lines = vec![words.say(self.id(), &args)];
        if self.is_rung_here {
            lines.push(words.plain("shift-rings-you"));
        }
        if !self.because.is_empty() {
            lines.push(words.say("shift-because", &[("text", in_line(&self.because).into())]));
        }
        if self.is_asked {
            lines.push(words.plain("shift-answer-it"));
        }
        if !self.note.is_empty() {
            lines.push(words.say("shift-note", &args));
            lines.push(bounded_block(&self.note));
        }
        lines
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (state, at) = match self.stands {
            Stands::Waits(_) => ("waits", None),
            Stands::Accepted(at) => ("accepted", Some(at)),
            Stands::Refused(at) => ("refused", Some(at)),
            Stands::TakenBack(at) => ("taken_back", Some(at)),
            Stands::Unanswered(at) => ("unanswered", Some(at)),
            Stands::Over => ("over", None),
        };
        json!({
            "kind": match self.offer.want {
                Want::HandOver => "hand_over",
                Want::Swap => "swap",
            },
            "by": self.by,
            "to": self.to,
            "from": rfc3339(self.offer.from),
            "until": rfc3339(self.offer.until),
            "state": state,
            "since": at.and_then(rfc3339),
            "because": self.because,
            "note": self.note,
        })
    }
}
