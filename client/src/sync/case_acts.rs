//! What can be said in a case, and what a message has for it, by how the case stands.

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    answers,
    case_error::{CaseError, one_line},
    erasing::{self, Wanted},
    facts,
    notes_to::NoteFor,
    readers::{self, OpenTo},
    translations::{self, NewTranslation},
};
use crate::{
    alert::{
        tidy::tidy_lines,
        vocabulary::{CaseState, ClosingReason, Receipt, YesNo},
    },
    device::Folded,
    extensions::Extensions,
    group::Roster,
    ids::MessageId,
    message::{
        CaseAct, Fact, NOTE_CHARS_MAX, NoteWords, ReachWords, Reached, ReceiptWords, Review,
        StateWords,
    },
};

/// What somebody says in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayInCase<'a> {
    /// That they have read it.
    Acknowledge,
    /// That they lead it from now on. Of somebody else who leads, a reason says why.
    Lead(&'a str),
    /// That they help.
    Support,
    /// That this device's person leads it from now on, and why.
    HandOver(PublicKey<DeviceKey>, &'a str),
    /// That they stay out of it, and why; whoever leads leads no longer.
    StayOut(&'a str),
    /// A note.
    Note(&'a str),
    /// A note that only some of those who read it can read.
    NoteTo(NoteFor<'a>, &'a str),
    /// A translation.
    Translate(NewTranslation<'a>),
    /// That they have compared this translation with its original.
    CheckTranslation(MessageId),
    /// What the alert's sender is answered, and by which name; none for "a member of the group".
    Answer(&'a str, Option<&'a str>),
    /// That it is closed, for which reason, and more in their words.
    Close(ClosingReason, &'a str),
    /// That it is open again, and why.
    Reopen(&'a str),
    /// That it stands here from now on, and why: anywhere but closed or reopened.
    Put(CaseState, &'a str),
    /// What is so, and on what ground.
    Facts(&'a [Fact], &'a str),
    /// What they say who look back on it when it is closed: whether what was done has harmed anybody, whether the person agrees that the case is kept,
    /// and what is to be learned.
    Review(YesNo, YesNo, &'a str),
    /// To whom it is open from now on, and why.
    Open(OpenTo<'a>, &'a str),
    /// To whose devices' people it is open no longer, and why.
    Narrow(&'a [PublicKey<DeviceKey>], &'a str),
    /// That somebody was reached who did not check in, or that nobody could, and how.
    Reached(bool, &'a str),
    /// That they wish it to be forgotten, with the sender's contact card or without, and why.
    Forget(bool, &'a str),
    /// That they agree with who wishes that.
    AgreeToForget,
    /// That they wish it no longer.
    DoNotForget,
    /// That they wish it to be forgotten as it is due, or agree with who does. What is so is for every reader to see: nobody gives a reason.
    ForgetDue,
    /// That it is kept until then, and why.
    Keep(Timestamp, &'a str),
    /// That it is kept no longer than others, and why.
    DoNotKeep(&'a str),
}

/// What is said, as a message has it.
///
/// # Errors
/// [`CaseError`].
pub(super) fn act(
    folded: &Folded,
    roster: &Roster,
    (me, what): (PublicKey<DeviceKey>, SayInCase<'_>),
) -> Result<CaseAct, CaseError> {
    let case = &folded.case;
    let hash = |at: Option<usize>| -> Option<Hash> {
        at.and_then(|at| folded.said.get(at)).map(|said| said.hash)
    };
    let leader = case.leader();
    let receipt = |receipt, to, reason| {
        let over = hash(case.lead_by);
        // A lead is given up by whoever has it.
        let over = over.filter(|_| receipt != Receipt::ConflictOfInterest || leader == Some(me));
        let claims = [
            Receipt::TakingLead,
            Receipt::HandedOver,
            Receipt::ConflictOfInterest,
        ];
        Ok(CaseAct::Receipt(ReceiptWords {
            receipt,
            to,
            over: over.filter(|_| claims.contains(&receipt)),
            reason,
            extensions: Extensions::none(),
        }))
    };
    let state = |state, closing, reason| {
        Ok(CaseAct::State(StateWords {
            state,
            closing,
            over: hash(case.state_by),
            reason,
            extensions: Extensions::none(),
        }))
    };
    let is_closed = case.state(&folded.said) == CaseState::Closed;
    let said_last = |at: &usize| folded.said.get(*at).is_some_and(|said| said.author == me);
    let others = leader.filter(|leader| *leader != me);
    let device_of = |person| roster.whoever(&person).map_or(person, |it| it.device);
    match what {
        SayInCase::Acknowledge if case.read_by.iter().any(said_last) => Err(CaseError::Again),
        SayInCase::Acknowledge => receipt(Receipt::Acknowledged, None, String::new()),
        SayInCase::Lead(reason) => {
            let reason = one_line(reason)?;
            match others {
                _ if leader == Some(me) => Err(CaseError::Again),
                Some(other) if reason.is_empty() => Err(CaseError::Led(device_of(other))),
                _ => receipt(Receipt::TakingLead, None, reason),
            }
        }
        SayInCase::Support if case.supporting.iter().any(said_last) => Err(CaseError::Again),
        SayInCase::Support => receipt(Receipt::Supporting, None, String::new()),
        SayInCase::HandOver(to, reason) => {
            let reason = one_line(reason)?;
            match others {
                _ if leader == roster.person_of(&to) => Err(CaseError::Again),
                Some(other) if reason.is_empty() => Err(CaseError::Led(device_of(other))),
                _ if !folded.opening.may_speak(roster, &to) => Err(CaseError::ToNobody),
                _ => receipt(Receipt::HandedOver, Some(to), reason),
            }
        }
        SayInCase::StayOut(reason) => {
            let is_out = case.apart.iter().any(said_last) && leader != Some(me);
            match is_out {
                true => Err(CaseError::Again),
                false => receipt(Receipt::ConflictOfInterest, None, one_line(reason)?),
            }
        }
        SayInCase::Note(text) => {
            let text = tidy_lines(text);
            if text.is_empty() {
                return Err(CaseError::Empty);
            }
            if text.chars().count() > NOTE_CHARS_MAX {
                return Err(CaseError::TooLong(NOTE_CHARS_MAX));
            }
            Ok(CaseAct::Note(NoteWords {
                text,
                extensions: Extensions::none(),
            }))
        }
        // What takes the keys, or a clock.
        SayInCase::NoteTo(..)
        | SayInCase::Open(..)
        | SayInCase::Keep(..)
        | SayInCase::DoNotKeep(_) => Err(CaseError::NotPossible),
        SayInCase::Translate(new) => translations::act(folded, &new),
        SayInCase::CheckTranslation(of) => translations::check(folded, roster, me, of),
        SayInCase::Answer(text, name) => Ok(CaseAct::Answer(answers::words(text, name)?)),
        SayInCase::Close(..) if is_closed => Err(CaseError::Already(CaseState::Closed)),
        SayInCase::Close(reason, text) => state(CaseState::Closed, Some(reason), one_line(text)?),
        SayInCase::Reopen(_) if !is_closed => Err(CaseError::Already(CaseState::Reopened)),
        SayInCase::Reopen(text) => state(CaseState::Reopened, None, one_line(text)?),
        SayInCase::Put(..) if is_closed => Err(CaseError::Already(CaseState::Closed)),
        SayInCase::Put(CaseState::Closed | CaseState::Unlisted(_), _) => {
            Err(CaseError::NotPossible)
        }
        SayInCase::Put(to, text) => {
            let text = one_line(text)?;
            match to == case.state(&folded.said) && text.is_empty() {
                true => Err(CaseError::Again),
                false => state(to, None, text),
            }
        }
        SayInCase::Narrow(from, reason) => readers::narrow(folded, roster, &me, (from, reason)),
        SayInCase::Facts(said, ground) => facts::act(folded, roster, me, (said, ground)),
        SayInCase::Review(..) if !is_closed => Err(CaseError::NotClosed),
        SayInCase::Review(harm, keep, text) => {
            let closing = hash(case.state_by).ok_or(CaseError::NotClosed)?;
            let review = Fact::Review(Review {
                closing,
                harm,
                keep,
            });
            facts::act(folded, roster, me, (&[review], text))
        }
        SayInCase::Forget(sender, _) => erasing::act(folded, me, (Wanted::Forgotten(sender), None)),
        SayInCase::AgreeToForget => erasing::act(folded, me, (Wanted::Agreed, None)),
        SayInCase::DoNotForget => erasing::act(folded, me, (Wanted::Kept, None)),
        SayInCase::ForgetDue => match erasing::act(folded, me, (Wanted::Agreed, None)) {
            Err(CaseError::NobodyWishes) => {
                erasing::act(folded, me, (Wanted::Forgotten(false), None))
            }
            done => done,
        },
        SayInCase::Reached(..) if folded.check_ins.is_none() => Err(CaseError::NoPlan),
        SayInCase::Reached(reached, text) => Ok(CaseAct::Reach(ReachWords {
            reached: if reached { Reached::Yes } else { Reached::No },
            reason: one_line(text)?,
            extensions: Extensions::none(),
        })),
    }
}
