//! Who speaks in a case, and whether it counts: pure rules over a message, the roster, and what was said of its sender.

use std::collections::BTreeSet;

use bellrope_proto::{
    ids::{Hash, Timestamp},
    signing::{Device, PublicKey},
};

use super::{
    facts::whom,
    readers::{OpenedTo, opened_to},
};
use crate::{
    alert::vocabulary::Receipt,
    group::{Person, Role, Roster},
    ids::{MessageId, Position},
    message::{
        CaseAct, CaseMessage, Message, OfTranslation, ReceiptWords, SaidOfSender, Sender, freezes,
        in_roster, is_among, is_for, is_kept_from, meant,
    },
    seal::MemberKey,
};

/// Something that was said in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its message,
    pub(crate) id: MessageId,
    /// and its hash, by which others name it.
    pub(crate) hash: Hash,
    /// Who said it: as the roster tells people apart, or the device that signed it where the roster does not know whose that is.
    pub(crate) author: PublicKey<Device>,
    /// Which of their devices,
    pub(crate) device: PublicKey<Device>,
    /// the how manieth message of it this is,
    pub(crate) number: u64,
    /// and when, by its clock.
    pub(crate) time: Timestamp,
    /// When it came to the relay.
    pub(crate) arrived: Timestamp,
    /// When it was said, by its author's clock, but no later than it came.
    pub(crate) at: Timestamp,
    /// What its author had seen.
    pub(crate) seen: Vec<Hash>,
    /// What is said.
    pub(crate) act: CaseAct,
    /// Its author's place in the group, if it counts.
    pub(crate) counts: Result<Place, Void>,
    /// That of whom it hands the case over to.
    pub(crate) to: Option<Place>,
    /// Whether it counts as a reader asked its author for it, who does not read the case.
    pub(crate) is_asked: bool,
}

impl Said {
    /// Whether a device said it by itself: that it has shown the alert, or erased the case.
    #[must_use]
    pub(crate) fn is_of_device(&self) -> bool {
        match &self.act {
            CaseAct::Receipt(words) => words.receipt == Receipt::Opened,
            act => matches!(act, CaseAct::Erased(_)),
        }
    }

    /// Whether a program says it, of what somebody did there: it tells nothing of who takes care of the case.
    #[must_use]
    pub(crate) fn is_by_itself(&self) -> bool {
        self.is_of_device() || matches!(self.act, CaseAct::Saved(_))
    }
}

/// Where somebody stands in the roster: who came earlier stands before who came later, whatever anybody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The entry that let them in, with the first device that they had.
    pub(crate) since: Position,
    /// Whether they are still in the group.
    pub(crate) is_in: bool,
}

/// Why something that was said in a case has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Void {
    /// Nobody who reads and sends in this group said it, as far as is known here; or they had been put out.
    NotAMember,
    /// Others may have written it.
    Frozen,
    /// It says that it is by whoever sent the alert, and is not.
    NotTheSender,
    /// It names another alert by the id of this one.
    OtherAlert,
    /// The alert was for others: whoever said it was handed what they know of it.
    NotForThem,
    /// It hands the case, or work in it, over to somebody who cannot read it; or it is a note for them.
    ToNobody,
    /// It says who else reads the case, and whoever said it reads it only as somebody opened it to them.
    MayNotOpen,
    /// It opens the case to nobody whom it may be opened to.
    OpensToNobody,
}

impl Void {
    /// Its name in JSON, and the end of its message's id.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::NotAMember => "not_a_member",
            Self::Frozen => "frozen",
            Self::NotTheSender => "not_the_sender",
            Self::OtherAlert => "other_alert",
            Self::NotForThem => "not_for_them",
            Self::ToNobody => "to_nobody",
            Self::MayNotOpen => "may_not_open",
            Self::OpensToNobody => "opens_to_nobody",
        }
    }
}

/// What a case begins with, as far as it matters for who may speak in it.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    /// The alert's id,
    pub(crate) id: MessageId,
    /// and hash.
    pub(crate) hash: Hash,
    /// Whom its author meant; `None` where that cannot be said here: then whoever knows its hash may speak.
    meant: Option<Vec<MemberKey>>,
    alert: Message,
    /// To whom people have opened it besides.
    opened_to: OpenedTo,
    /// Who was asked for a translation of what, into which language.
    asked: BTreeSet<Asked>,
}

/// Who, of which message of the case (none: of the alert), into which language.
type Asked = (PublicKey<Device>, Option<Hash>, String);

impl Opening {
    /// Of an alert.
    #[must_use]
    pub(crate) fn of(alert: &Message, hash: Hash, roster: &Roster) -> Self {
        Self {
            id: alert.id,
            hash,
            meant: meant(alert, roster),
            alert: alert.clone(),
            opened_to: OpenedTo::default(),
            asked: BTreeSet::new(),
        }
    }

    /// The same with what was said of who else reads it. Only those for whom the alert was say that, whatever else is known: so it does not matter
    /// in which order anything came, and whoever was let in by one person lets in no third.
    #[must_use]
    pub(crate) fn with(self, said: &[Said], roster: &Roster) -> Self {
        let opened_to = opened_to(said, |device| {
            let (who, _) = person(roster, device)?;
            self.may_be_opened_to(who, roster).then_some(who.person)
        });
        Self { opened_to, ..self }
    }

    /// The same with who was asked for translations by somebody whose word counts.
    #[must_use]
    pub(crate) fn with_asked(self, said: &[Said], roster: &Roster) -> Self {
        let counting = said.iter().filter(|one| one.counts.is_ok());
        let asked = counting.filter_map(|one| match &one.act {
            CaseAct::Translation(OfTranslation::Asked {
                of, language, whom, ..
            }) => {
                let whom = roster.person_of(whom).unwrap_or(*whom);
                Some((whom, *of, language.clone()))
            }
            _ => None,
        });
        let asked = asked.collect();
        Self { asked, ..self }
    }

    /// Whether somebody was asked for what they say.
    fn was_asked(&self, author: &PublicKey<Device>, act: &CaseAct) -> bool {
        match act {
            CaseAct::Translation(OfTranslation::Is(it)) => {
                self.asked.contains(&(*author, it.of, it.language.clone()))
            }
            _ => false,
        }
    }

    /// To whom people have opened it.
    #[must_use]
    pub(crate) fn opened_to(&self) -> &OpenedTo {
        &self.opened_to
    }

    /// Whether it can be opened to somebody: who reads in the group, and whom the group keeps out of nothing like it, by what it says now.
    #[must_use]
    pub(crate) fn may_be_opened_to(&self, person: &Person, roster: &Roster) -> bool {
        person.role.reads() && !is_kept_from(&self.alert, roster, person.person)
    }

    /// Whether somebody in the group may say who else reads it.
    #[must_use]
    pub(crate) fn may_open(&self, roster: &Roster, device: &PublicKey<Device>) -> bool {
        let person = roster.person(device);
        person.is_some_and(|person| speaks(person.role) && self.is_for(person, roster))
    }

    /// Whether somebody reads what is said about it from now on.
    #[must_use]
    pub(crate) fn reads(&self, roster: &Roster, person: &Person) -> bool {
        person.role.reads()
            && (self.is_for(person, roster) || self.opened_to.is_open(&person.person))
    }

    /// Who sent it: a device.
    #[must_use]
    pub(crate) fn sender(&self) -> PublicKey<Device> {
        self.alert.sender
    }

    /// Whether what somebody in the group says about it counts now.
    #[must_use]
    pub(crate) fn may_speak(&self, roster: &Roster, device: &PublicKey<Device>) -> bool {
        let person = roster.person(device);
        person.is_some_and(|person| speaks(person.role) && self.reads(roster, person))
    }

    /// Whether somebody in the group may be chosen for a sensitive block: who could say something about it, and whom the group does not keep out.
    #[must_use]
    pub(crate) fn may_read_blocks(&self, roster: &Roster, device: &PublicKey<Device>) -> bool {
        let person = roster.person(device);
        person.is_some_and(|person| {
            self.may_speak(roster, device) && self.may_be_opened_to(person, roster)
        })
    }

    /// Whether its author wrote it for somebody.
    #[must_use]
    pub(crate) fn is_for(&self, person: &Person, roster: &Roster) -> bool {
        is_for((&self.alert, self.meant.as_deref()), person, roster)
    }

    /// Whether somebody could read what was said about it when it came.
    fn could_read(&self, person: &Person, roster: &Roster, arrived: Timestamp) -> bool {
        let is_open = || self.opened_to.was_open(&person.person, arrived);
        person.role.reads() && (self.is_for(person, roster) || is_open())
    }

    /// Whether somebody was given it until something came: by its author, or by a person who opened it. Who came into the group later was not, though
    /// it would be for them by now.
    fn was_given(&self, person: &Person, roster: &Roster, arrived: Timestamp) -> bool {
        let meant = self.meant.as_deref();
        meant.is_none_or(|meant| is_among(meant, person, roster))
            || self.opened_to.was_open(&person.person, arrived)
    }

    /// Whether somebody could speak about it when something came: also where it is open to them no longer, and was then.
    fn could_speak(&self, person: &Person, roster: &Roster, arrived: Timestamp) -> bool {
        speaks(person.role) && self.could_read(person, roster, arrived)
    }
}

/// The message as something that was said in a case. What it says of itself was checked when it came; who says it is judged by what is known
/// now.
#[must_use]
pub(crate) fn judge(
    (message, hash, body): (&Message, Hash, &CaseMessage),
    arrived: Timestamp,
    opening: &Opening,
    (roster, frozen): (&Roster, &[SaidOfSender]),
) -> Said {
    let act = body.act();
    let place_of = |device: &PublicKey<Device>| {
        let (person, place) = person(roster, device)?;
        (opening.could_speak(person, roster, arrived)).then_some(place)
    };
    let named: Vec<PublicKey<Device>> = match &act {
        CaseAct::Receipt(words) => words.to.into_iter().collect(),
        CaseAct::Facts(words) => words.known().filter_map(|(fact, _)| whom(&fact)).collect(),
        _ => Vec::new(),
    };
    let is_nobody = named.iter().any(|device| place_of(device).is_none());
    let is_for_nobody = match &act {
        CaseAct::NoteTo(words) => words.who.iter().any(|device| {
            let who = person(roster, device);
            !who.is_some_and(|(who, _)| opening.could_read(who, roster, arrived))
        }),
        CaseAct::HandedOn(words) => {
            let removed = roster.removed().iter().map(|it| &it.person);
            let all: Vec<&Person> = roster.people().iter().chain(removed).collect();
            words.keepers.keys.iter().any(|key| {
                let who = all.iter().find(|it| it.key == *key);
                !who.is_some_and(|who| opening.could_read(who, roster, arrived))
            })
        }
        _ => false,
    };
    let mut counts = counts(message, arrived, opening, (roster, frozen));
    let author = roster.person_of(&message.sender).unwrap_or(message.sender);
    let is_asked = matches!(counts, Ok(_) | Err(Void::NotForThem))
        && opening.was_asked(&author, &act)
        && !person(roster, &message.sender)
            .is_some_and(|(author, _)| opening.was_given(author, roster, arrived));
    if is_asked {
        counts = person(roster, &message.sender)
            .map(|(_, place)| place)
            .ok_or(Void::NotAMember);
    }
    if counts.is_ok() && body.alert_hash != opening.hash {
        counts = Err(Void::OtherAlert);
    }
    if counts.is_ok() && (is_nobody || is_for_nobody) {
        counts = Err(Void::ToNobody);
    }
    if let (CaseAct::Readers(words), Ok(_)) = (&act, &counts) {
        let can_read = |device: &PublicKey<Device>| {
            let who = person(roster, device);
            who.is_some_and(|(who, _)| opening.may_be_opened_to(who, roster))
        };
        let author = person(roster, &message.sender);
        if !author.is_some_and(|(author, _)| opening.is_for(author, roster)) {
            counts = Err(Void::MayNotOpen);
        } else if words.opens() && !words.who.iter().any(can_read) {
            counts = Err(Void::OpensToNobody);
        }
    }
    let to = match &act {
        CaseAct::Receipt(words) => words.to.as_ref().and_then(place_of),
        _ => None,
    };
    // Who leads is a person; the message names a device of theirs.
    let act = match act {
        CaseAct::Receipt(words) => CaseAct::Receipt(ReceiptWords {
            to: words.to.map(|to| roster.person_of(&to).unwrap_or(to)),
            ..words
        }),
        other => other,
    };
    Said {
        id: message.id,
        hash,
        author,
        device: message.sender,
        number: message.number,
        time: message.time,
        arrived,
        at: message.time.min(arrived),
        seen: body.seen.clone(),
        act,
        counts,
        to,
        is_asked,
    }
}

fn counts(
    message: &Message,
    arrived: Timestamp,
    opening: &Opening,
    (roster, frozen): (&Roster, &[SaidOfSender]),
) -> Result<Place, Void> {
    match in_roster(message, roster, arrived) {
        Some(Sender::Known { role, .. }) if speaks(role) => {}
        _ => return Err(Void::NotAMember),
    }
    let (person, place) = person(roster, &message.sender).ok_or(Void::NotAMember)?;
    let freezes = freezes(frozen, &message.sender, roster);
    if freezes.iter().any(|frozen| frozen.covers(arrived)) {
        return Err(Void::Frozen);
    }
    match opening.could_speak(person, roster, arrived) {
        true => Ok(place),
        false => Err(Void::NotForThem),
    }
}

/// Those who read and send.
fn speaks(role: Role) -> bool {
    role.reads() && role.sends()
}

/// Who has this device, or had it.
fn person<'r>(roster: &'r Roster, device: &PublicKey<Device>) -> Option<(&'r Person, Place)> {
    let here = roster.person(device).map(|person| (person, true));
    let gone = || roster.removed_person(device).map(|it| (&it.person, false));
    let (person, is_in) = here.or_else(gone)?;
    let since = person.came;
    // Whoever has lost this device and has another is still in.
    let is_in = is_in || roster.whoever(&person.person).is_some();
    Some((person, Place { since, is_in }))
}
