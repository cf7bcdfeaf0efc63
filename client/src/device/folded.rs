//! A case as this device has it: the alert, what was said about it, and what that comes to.

use std::sync::Arc;

use bellrope_proto::{
    ids::Hash,
    signing::{Device as DeviceKey, PublicKey},
};

use super::{
    cases::{self, Shelf, Word},
    files::DeviceError,
    frozen, inbox,
    inbox::{Known, StoredMessage},
    unlocked::Device,
};
use crate::{
    alert::{
        Consent, Fields,
        part::{OpenedPart, SensitivePart},
        plan::{CheckInPlan, is_plan},
        vocabulary::Kind,
    },
    case::{
        AlertPart, Block, Case, CheckIns, CheckedIn, Erasing, Keeping, Opening, Said, blocks,
        check_ins, erasing, fold, judge, judge_check_in, judge_sender, keeping,
        parts::{OthersParts, others_parts},
    },
    group::Roster,
    ids::MessageId,
    message::{
        CaseAct, CaseMessage, CheckIn, KIND_ALERT, KIND_CHECK_IN, KIND_SENSITIVE, Message,
        OfTranslation, SaidOfSender, freezes,
    },
    seal::{MemberIdentity, MemberKey},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Folded {
    /// What it begins with.
    pub(crate) opening: Opening,
    /// What was said,
    pub(crate) said: Vec<Said>,
    /// each as it is kept, at the same place,
    pub(crate) words: Vec<Word>,
    /// and what it comes to.
    pub(crate) case: Case,
    /// Which of it was another's part to say.
    pub(crate) others_parts: OthersParts,
    /// What few read of the alert,
    pub(crate) part: Option<SensitivePart>,
    /// the sensitive blocks of which something was said, and who reads each,
    pub(crate) blocks: Vec<Block>,
    /// and those that are here, each as it is kept: nothing shows one but who is asked for it.
    pub(crate) sealed: Vec<Word>,
    /// What the alert says is permitted.
    pub(crate) consent: Option<Consent>,
    /// Of a plan of check-ins, what came of it, each as it is kept,
    pub(crate) checked: Vec<(CheckedIn, Word)>,
    /// and what that comes to.
    pub(crate) check_ins: Option<CheckIns>,
    /// Who wishes that it is forgotten, and whether it is to be.
    pub(crate) erasing: Erasing,
    /// Who says that it is kept longer than the group's retention says, and until when.
    pub(crate) kept: Option<Keeping>,
}

impl Folded {
    /// Of an alert and of what is kept about it; `None` where the message begins no case.
    #[must_use]
    pub(crate) fn of(
        alert: &Known,
        words: Vec<Word>,
        known: (&Roster, &[SaidOfSender]),
    ) -> Option<Self> {
        let alert_says = alert.said()?;
        if !begins_case(alert_says) {
            return None;
        }
        let opening = Opening::of(
            &alert_says.message,
            Message::hash(&alert.sent.message),
            known.0,
        );
        let heard: Vec<Heard> = words.into_iter().filter_map(Heard::of).collect();
        // First who reads it: whether others' words count depends on that.
        let of_readers = heard.iter().filter(|it| it.says(is_of_readers));
        let of_readers: Vec<Said> = of_readers
            .filter_map(|it| it.said(&opening, known))
            .collect();
        let opening = opening.with(&of_readers, known.0);
        // And who of those who do not is asked for something.
        let asks = heard.iter().filter(|it| it.says(is_ask));
        let asks: Vec<Said> = asks.filter_map(|it| it.said(&opening, known)).collect();
        let opening = opening.with_asked(&asks, known.0);
        let plan = alert_says.reading.fields().and_then(CheckInPlan::of);
        let (mut said, mut words) = (Vec::new(), Vec::new());
        let (mut sealed, mut checked) = (Vec::new(), Vec::new());
        for it in heard {
            match &it.body {
                Body::Block => sealed.push(it.word),
                Body::CheckIn(body) => {
                    let of_plan = plan.as_ref().and_then(|plan| {
                        let came = (&it.message, body);
                        judge_check_in(came, it.word.kept.arrived, (&opening, plan), known)
                    });
                    checked.extend(of_plan.map(|checked| (checked, it.word)));
                }
                Body::Sender | Body::Case(_) => {
                    if let Some(one) = it.said(&opening, known) {
                        said.push(one);
                        words.push(it.word);
                    }
                }
            }
        }
        let case = fold(&said);
        let apart: Vec<_> = case.apart.iter().filter_map(|at| said.get(*at)).collect();
        let whom = |device: &PublicKey<DeviceKey>| {
            let person = known.0.person_of(device).unwrap_or(*device);
            let theirs = known.0.whoever(&person);
            let may = theirs.is_some_and(|it| opening.may_read_blocks(known.0, &it.device));
            (person, may && !apart.iter().any(|it| it.author == person))
        };
        let part = alert_says.reading.fields().and_then(SensitivePart::of);
        let sender = opening.sender();
        let of_alert = part.as_ref().map(|part| AlertPart {
            id: opening.id,
            hash: opening.hash,
            author: known.0.person_of(&sender).unwrap_or(sender),
            at: alert_says.message.time.min(alert.arrived),
            part,
        });
        let whose = |key: &MemberKey| known.0.device_with(key);
        let blocks = blocks((of_alert, &said), &case.order, whom, whose);
        let others_parts = others_parts(&said, &case.order, |device| {
            let person = known.0.person_of(device).unwrap_or(*device);
            (person, known.0.whoever(&person).is_some())
        });
        // What this device says and no relay has yet would be its own decision alone.
        let came = |at: usize| words.get(at).is_some_and(|it| it.shelf != Shelf::Out);
        let erasing = erasing(&said, came);
        let check_ins = plan.map(|plan| {
            let came: Vec<CheckedIn> = checked.iter().map(|(it, _)| it.clone()).collect();
            let freezes = freezes(known.1, &opening.sender(), known.0);
            check_ins((&plan, alert.arrived), &came, &said, &freezes)
        });
        Some(Self {
            checked,
            check_ins,
            others_parts,
            part,
            blocks,
            sealed,
            erasing,
            kept: keeping(&said),
            opening,
            said,
            words,
            case,
            consent: alert_says.reading.fields().map(|fields| fields.consent),
        })
    }

    /// What messages of a case say, each with the message.
    pub(crate) fn said_of(
        words: Vec<Word>,
        opening: &Opening,
        known: (&Roster, &[SaidOfSender]),
    ) -> (Vec<Said>, Vec<Word>) {
        let words = words.into_iter();
        words
            .filter_map(|word| {
                let heard = Heard::of(word)?;
                Some((heard.said(opening, known)?, heard.word))
            })
            .unzip()
    }

    /// The same of an alert that is in the inbox; `None` where it is not, or begins no case.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn read(
        device: &Device,
        alert: MessageId,
    ) -> Result<Option<(StoredMessage, Arc<Roster>, Self)>, DeviceError> {
        let (Some(roster), Some(kept)) = (device.roster()?, inbox::find(device, alert)?) else {
            return Ok(None);
        };
        let frozen = frozen::read(device)?;
        let words = cases::of(device, alert)?;
        let kept = Known::from(kept);
        let folded = Self::of(&kept, words, (&roster, &frozen));
        Ok(folded.map(|folded| (kept.stored, roster, folded)))
    }

    /// What few read of the alert, or of what its sender said later, if this block is that; sealed.
    #[must_use]
    pub(crate) fn part_of(&self, block: &Block) -> Option<&SensitivePart> {
        match self.said.iter().find(|said| said.id == block.id) {
            None => self.part.as_ref(),
            Some(said) => match &said.act {
                CaseAct::OfSender(words) => words.part.as_deref(),
                _ => None,
            },
        }
    }

    /// What it says, if it opens here: as it came, or as one of the few has sealed it since.
    #[must_use]
    pub(crate) fn open_part(&self, block: &Block, me: &MemberIdentity) -> Option<OpenedPart> {
        let later = self.said.iter().find(|said| said.id == block.id);
        let device = later.map_or_else(|| self.opening.sender(), |said| said.device);
        let since = self.said.iter().filter(|said| said.counts.is_ok());
        let since = since.filter_map(|said| match &said.act {
            CaseAct::Widened(words) if block.is_widened_by(words) => words.letter(),
            _ => None,
        });
        self.part_of(block)?.open(since, (&device, block.id), me)
    }

    /// What one message says.
    #[must_use]
    pub(crate) fn act(&self, id: MessageId) -> Option<&CaseAct> {
        let mut said = self.said.iter();
        said.find(|said| said.id == id).map(|said| &said.act)
    }

    /// The same as it was before anything was said of which nobody was told yet.
    #[must_use]
    pub(crate) fn before(&self) -> (Vec<Said>, Case) {
        let both = self.said.iter().zip(&self.words);
        let told = both.filter(|(_, word)| word.shelf != Shelf::New);
        let said: Vec<Said> = told.map(|(said, _)| said.clone()).collect();
        let case = fold(&said);
        (said, case)
    }
}

/// Whether a message begins a case. What says something of another alert belongs to that one's; that somebody is well, and nothing more, is none.
pub(crate) fn begins_case(said: &inbox::Said) -> bool {
    let begins = |fields: &Fields| {
        fields.original.is_none() && (fields.kind != Kind::CheckIn || is_plan(fields))
    };
    said.message.kind == KIND_ALERT && said.reading.fields().is_none_or(begins)
}

fn is_of_readers(act: &CaseAct) -> bool {
    matches!(act, CaseAct::Readers(_))
}

fn is_ask(act: &CaseAct) -> bool {
    matches!(act, CaseAct::Translation(OfTranslation::Asked { .. }))
}

/// A message that is kept, taken apart once: of thousands that takes longer than all that is made of them.
struct Heard {
    word: Word,
    message: Message,
    body: Body,
}

enum Body {
    /// A sensitive block, which is taken apart when somebody asks for it.
    Block,
    CheckIn(CheckIn),
    /// What the alert's sender says of it.
    Sender,
    Case(CaseMessage),
}

impl Heard {
    fn of(word: Word) -> Option<Self> {
        let message = word.kept.sent.message.peek_again().ok()?;
        let body = match message.kind {
            KIND_SENSITIVE => Body::Block,
            KIND_CHECK_IN => Body::CheckIn(CheckIn::decode(&message.body.0)?),
            KIND_ALERT => Body::Sender,
            _ => Body::Case(CaseMessage::decode(&message.body.0)?),
        };
        Some(Self {
            word,
            message,
            body,
        })
    }

    fn says(&self, what: impl Fn(&CaseAct) -> bool) -> bool {
        matches!(&self.body, Body::Case(body) if what(&body.act()))
    }

    fn said(&self, opening: &Opening, known: (&Roster, &[SaidOfSender])) -> Option<Said> {
        let hash = || -> Hash { Message::hash(&self.word.kept.sent.message) };
        let arrived = self.word.kept.arrived;
        match &self.body {
            Body::Sender => judge_sender((&self.message, hash()), arrived, opening, known),
            Body::Case(body) => Some(judge(
                (&self.message, hash(), body),
                arrived,
                opening,
                known,
            )),
            Body::Block | Body::CheckIn(_) => None,
        }
    }
}
