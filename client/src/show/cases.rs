//! The cases among what came: each alert that begins one, with what was said in it since.

use std::{collections::BTreeMap, panic, sync::Arc, thread};

use super::{
    case_files::{added, hand_on},
    case_now::CaseNow,
    case_story::Told,
    case_translations::ShownTranslation,
    case_view::CaseView,
    drill::DrillReport,
    inbox::Inbox,
    names::Names,
    received::ReceivedAlert,
};
use crate::{
    alert::vocabulary::Kind,
    device::{
        DeviceError, Folded,
        cases::{self, Shelf, Word},
        inbox::{self, Kept},
    },
    ids::MessageId,
    message::CaseAct,
    parallel,
};

/// All cases.
#[derive(Debug)]
pub struct Cases {
    /// In the order of their alerts.
    pub cases: Vec<CaseView>,
    /// The first file that does not open. Say so: what is in it cannot be shown.
    pub damaged: Option<DeviceError>,
}

impl Inbox<'_> {
    /// The case that began with an alert; `None` where it is not here, or begins none.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn case(&self, alert: &ReceivedAlert) -> Result<Option<CaseView>, DeviceError> {
        let Some(Kept::Message(kept)) = inbox::find_kept(self.device, alert.id)? else {
            return Ok(None);
        };
        let words = cases::of(self.device, alert.id)?;
        let folded = Folded::of(&kept, words, (&self.roster, &self.frozen));
        Ok(folded.map(|folded| self.case_view(alert.clone(), folded)))
    }

    /// Notes that everything which was said about an alert was shown.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn case_shown(&self, alert: MessageId) -> Result<(), DeviceError> {
        let new = cases::of(self.device, alert)?.into_iter();
        let mut new = new.filter(|word| word.shelf == Shelf::New);
        new.try_for_each(|word| cases::told(self.device, alert, word.id))
    }

    /// The cases in which somebody said something: no other alert is read for it.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn cases_with_words(&self) -> Result<Vec<CaseView>, DeviceError> {
        let mut all = Vec::new();
        for (id, said) in cases::all(self.device)? {
            let Some(Kept::Message(kept)) = inbox::find_kept(self.device, id)? else {
                continue;
            };
            let folded = Folded::of(&kept, said, (&self.roster, &self.frozen));
            if let Some((folded, alert)) = folded.zip(self.get(id)?) {
                all.push(self.case_view(alert, folded));
            }
        }
        Ok(all)
    }

    /// All cases, in the order in which their alerts came.
    ///
    /// # Errors
    /// [`DeviceError`], but not for single files that are damaged.
    pub fn cases(&self) -> Result<Cases, DeviceError> {
        let (listing, mut words) = self.all_with_words()?;
        let with_words = (1_usize..)
            .zip(listing.messages)
            .map(|(number, it)| (number, words.remove(&it.0).unwrap_or_default(), it));
        let case = |(number, said, (id, kept, shown)): (_, _, (MessageId, Kept, bool))| {
            let Kept::Message(message) = &kept else {
                return None;
            };
            let folded = Folded::of(message, said, (&self.roster, &self.frozen))?;
            let alert = ReceivedAlert {
                number: Some(number),
                ..self.view(id, kept, shown, None)
            };
            Some(self.case_view(alert, folded))
        };
        Ok(Cases {
            cases: parallel::filter_map(with_words.collect(), case),
            damaged: listing.damaged,
        })
    }

    /// Where the case stands that began with a message, if one did.
    pub(super) fn case_now(&self, kept: &Kept, words: Vec<Word>) -> Option<Arc<CaseNow>> {
        let Kept::Message(message) = kept else {
            return None;
        };
        let folded = Folded::of(message, words, (&self.roster, &self.frozen))?;
        let me = self.device.signing().public();
        Some(Arc::new(CaseNow::of(&folded, &me, &self.names())))
    }

    /// Everything that came, and what was said in every case.
    pub(super) fn all_with_words(
        &self,
    ) -> Result<(inbox::Listing, BTreeMap<MessageId, Vec<Word>>), DeviceError> {
        // Each opens and reads megabytes of copies.
        let (listing, words) = thread::scope(|scope| {
            let words = scope.spawn(|| cases::all(self.device));
            (inbox::all(self.device), words.join())
        });
        let words = words.unwrap_or_else(|panic| panic::resume_unwind(panic))?;
        Ok((listing?, words))
    }

    /// What was said about one alert.
    pub(super) fn words_of(&self, alert: MessageId) -> Result<Vec<Word>, DeviceError> {
        cases::of(self.device, alert)
    }

    pub(super) fn names(&self) -> Names<'_> {
        Names {
            roster: &self.roster,
            contacts: &self.contacts,
            answers: &self.answers,
            device: self.device,
        }
    }

    fn case_view(&self, mut alert: ReceivedAlert, folded: Folded) -> CaseView {
        let me = self.device.signing().public();
        let names = self.names();
        let now = Arc::new(CaseNow::of(&folded, &me, &names));
        alert.now = Some(Arc::clone(&now));
        let kind = alert.reading.fields().map(|fields| fields.kind);
        let arrived = alert.arrived.filter(|_| kind == Some(Kind::Drill));
        let of_sender = folded.said.iter();
        let of_sender = of_sender.filter(|said| matches!(said.act, CaseAct::OfSender(_)));
        let later = of_sender.filter_map(|said| {
            let kept = inbox::find_kept(self.device, said.id).ok()??;
            Some(self.view(said.id, kept, true, None))
        });
        let translations = ShownTranslation::all(&folded, &names);
        let mut story = Told::all(&folded, &me, &names);
        for told in &mut story {
            let of_it = translations.iter().filter(|it| it.of == Some(told.id));
            told.translations = of_it.cloned().collect();
        }
        let later = later.filter(|it| !it.attachments.is_empty());
        let mut later: Vec<ReceivedAlert> = later.collect();
        let mut added = added(&folded, &self.parts, &names);
        let of_sender = [&mut alert].into_iter().chain(&mut later);
        let of_sender = of_sender.flat_map(|alert| &mut alert.attachments);
        let views = of_sender.chain(added.iter_mut().flat_map(|it| &mut it.views));
        hand_on(&folded, views, &self.parts, &names);
        CaseView {
            later,
            added,
            alike: Vec::new(),
            drill: arrived.map(|arrived| DrillReport::of(&folded, arrived, &names)),
            story,
            translations,
            missing: folded.case.missing,
            alert,
            now,
        }
    }
}
