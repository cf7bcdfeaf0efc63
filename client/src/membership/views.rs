//! New keys for those who only send: to whom they are said, and how often. Every one takes room in the person's mailbox, which is small, and
//! for two weeks.
//!
//! What keeps somebody from reading has to reach a defender as soon as can be: else they seal to who was put out. That somebody came has
//! not: who reads seals it again for who came later. So new keys of the one kind find room always, as those of the other kind are said
//! at once while there are few, and once a day when a group grows fast.

use std::collections::BTreeMap;

use bellrope_proto::{
    grant::Rights,
    ids::{MailboxId, Timestamp},
};

use super::{
    inviting::queue_bundle,
    transaction::{AdmissionError, RosterTransaction},
};
use crate::{
    device::{Device, DeviceError, IssuedInvitation, WeekBook, frozen, outbox},
    extensions::Extensions,
    group::{
        Claim, Invited, Role, Roster, Week,
        lifetimes::{RETENTION_SECONDS, WEEKS_LEAST},
    },
    ids::Position,
    message::{Holder, LaneCredential, Payload, View, ViewUpdate, freezes, say_of},
    seal::MemberKey,
};

/// What an invitation's mailbox may hold. In it fit a bundle, the roster of the largest group in parts, and, of a defender, the new keys of two
/// weeks. All of it counts on the group's account.
pub(crate) const INVITATION_BYTES: u64 = 768 * 1024;

/// Who came is said at once while a mailbox was sent no more than this in the time that a relay keeps it: some two dozen times to a
/// defender of a group of up to 120, a dozen times in a larger one.
const AT_ONCE_BYTES: u64 = INVITATION_BYTES / 4;

/// And then so often. With what was said at once, that is little more than half of the mailbox; the rest is for new epochs and another relay.
const NEXT_SECONDS: u64 = Timestamp::DAY_SECONDS;

/// Whom somebody has to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// The keys that they have lead to who is not in the group, to who is not to read, or to where the group is not; or others coordinate
    /// than they know.
    Keys,
    /// Somebody came, or reads more, or is on duty at other hours.
    Newcomer,
}

/// What somebody who knows the roster up to this place, or nothing of it, has not heard and must.
fn news(roster: &Roster, invited: &Invited, known: Option<Position>) -> Option<News> {
    // From somebody whom they do not know they take nothing, and what they say to nobody is heard by nobody.
    let coordinated = roster.coordinated();
    if invited.admit.role != Role::Defender {
        // Who will read and is not in is told where the relay is. The first bundle said it as it was then.
        let lacks = known.max(Some(invited.at)) < roster.moved().max(coordinated);
        return lacks.then_some(News::Keys);
    }
    if known < roster.moved().max(Some(roster.turned())).max(coordinated) {
        return Some(News::Keys);
    }
    let mut members = roster.people().iter();
    let lacks = members.any(|person| person.role.reads_by_default() && known < Some(person.since));
    let policies = roster.policies();
    let is_new = |at: Position| known < Some(at);
    let mut changes = policies.iter().zip(policies.iter().skip(1));
    let narrowed =
        changes.any(|((_, before), (at, next))| is_new(*at) && before.is_narrowed_by(next));
    let changed = policies.last().is_some_and(|(at, _)| is_new(*at));
    let hours = roster.hours_since().is_some_and(is_new);
    match (narrowed, lacks || changed || hours) {
        (true, _) => Some(News::Keys),
        (false, true) => Some(News::Newcomer),
        (false, false) => None,
    }
}

/// What was queued for each mailbox and is still kept by relays, as far as this device knows.
struct Said(BTreeMap<MailboxId, u64>);

impl Said {
    fn read(device: &Device, now: Timestamp) -> Result<Self, DeviceError> {
        let mut bytes: BTreeMap<MailboxId, u64> = BTreeMap::new();
        for file in outbox::all(device)? {
            let queued = file.queued;
            if queued.queued.plus(RETENTION_SECONDS) >= now {
                let sum = bytes.entry(queued.to).or_default();
                *sum = sum.saturating_add(queued.envelope.bytes().len() as u64);
            }
        }
        Ok(Self(bytes))
    }

    fn is_little(&self, mailbox: MailboxId) -> bool {
        self.0.get(&mailbox).copied().unwrap_or_default() < AT_ONCE_BYTES
    }
}

/// What is said to many is looked up once, when it is needed first: an outbox and a group may be large.
#[derive(Default)]
pub(super) struct Known {
    said: Option<Said>,
    weeks: Option<WeekBook>,
}

impl Known {
    /// Whether a mailbox was sent so little that there is room for what can wait.
    fn is_little(
        &mut self,
        change: &RosterTransaction<'_>,
        mailbox: MailboxId,
    ) -> Result<bool, DeviceError> {
        let said = match self.said.take() {
            Some(said) => said,
            None => Said::read(change.device, change.now)?,
        };
        Ok(self.said.insert(said).is_little(mailbox))
    }

    /// What is said of the group to who only sends. Readers' keys of weeks are most of it in a large group, and go along while there is room: what
    /// was said of them before is kept where they do not.
    pub(super) fn view(
        &mut self,
        change: &RosterTransaction<'_>,
        mailbox: MailboxId,
    ) -> Result<View, DeviceError> {
        if !self.is_little(change, mailbox)? {
            return Ok(View::of(&change.roster));
        }
        let weeks = self
            .weeks
            .get_or_insert_with(|| WeekBook::read(change.device));
        Ok(view_in(&change.roster, weeks, change.now))
    }
}

/// The same for a mailbox that is new.
pub(super) fn view_in(roster: &Roster, book: &WeekBook, now: Timestamp) -> View {
    let key = |reader: &MemberKey, week: Week| book.key(reader, week);
    View::of(roster).with_weeks((Week::of(now), WEEKS_LEAST), key)
}

/// Readers' keys of weeks for somebody who comes to read and was not there when they were published.
pub(super) fn weeks_for(roster: &Roster, book: &WeekBook, now: Timestamp) -> Option<Vec<u8>> {
    let readers = View::of(roster).readers;
    let key = |reader: &MemberKey, week: Week| book.key(reader, week);
    say_of(&readers, (Week::of(now), WEEKS_LEAST), key)
}

/// Defenders seal to the readers that they know, and post where they know: what is new of that is told to each; also to whoever has not used the invitation
/// yet, or was not seen to, as a file may be weeks old when it is used. Who has just been seen by their claim, `at`, may have
/// read nothing but the file.
pub(super) fn send_views(
    change: &mut RosterTransaction<'_>,
    all: &[IssuedInvitation],
    at: Position,
) -> Result<(), AdmissionError> {
    let mut known_here = Known::default();
    let held = held(change.device, &change.roster, all)?;
    for issued in all.iter().filter(|it| !held.contains(&it.admitted_at)) {
        let Some(invited) = invited(&change.roster, issued) else {
            continue;
        };
        let is_new = issued.admitted_at == at;
        let known = match is_new {
            true => issued.has,
            false => issued.sent.map(|sent| sent.position),
        };
        let may_be_said = match news(&change.roster, &invited, known) {
            None => false,
            Some(News::Keys) => true,
            Some(News::Newcomer) if is_new || is_next(issued, change.now) => true,
            Some(News::Newcomer) => known_here.is_little(change, issued.mailbox)?,
        };
        if may_be_said {
            tell(change, &mut known_here, issued, &invited)?;
        }
    }
    Ok(())
}

/// Defenders who are frozen are told nothing: others may read it, and learn from new keys who reads. It is said when that is lifted.
pub(super) fn held(
    device: &Device,
    roster: &Roster,
    all: &[IssuedInvitation],
) -> Result<Vec<Position>, DeviceError> {
    let said = frozen::read(device)?;
    // Of nobody, as a rule.
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let is_held = |issued: &&IssuedInvitation| {
        let claim = issued.device();
        let freezes = claim.map(|claim| freezes(&said, &claim.device, roster));
        let mut freezes = freezes.into_iter().flatten();
        freezes.any(|frozen| frozen.lifted.is_none())
            && invited(roster, issued).is_some_and(|it| it.admit.role == Role::Defender)
    };
    let held = all.iter().filter(is_held);
    Ok(held.map(|issued| issued.admitted_at).collect())
}

/// Those who have not been told of who came, and for whom it is time; and those who were held when there were new keys.
pub(super) fn owed(all: &[IssuedInvitation], roster: &Roster, now: Timestamp) -> Vec<Position> {
    let lacks = |issued: &&IssuedInvitation| {
        let known = issued.sent.map(|sent| sent.position);
        invited(roster, issued).is_some_and(|invited| {
            let is_due = match news(roster, &invited, known) {
                None => false,
                Some(News::Keys) => invited.admit.role == Role::Defender && issued.claim.is_some(),
                Some(News::Newcomer) => is_next(issued, now),
            };
            is_due && hears(roster, issued, &invited, now)
        })
    };
    let owed = all.iter().filter(lacks);
    owed.map(|issued| issued.admitted_at).collect()
}

/// Tells these people.
pub(super) fn tell_owed(
    change: &mut RosterTransaction<'_>,
    all: &[IssuedInvitation],
    owed: &[Position],
) -> Result<(), AdmissionError> {
    let mut known = Known::default();
    for issued in all.iter().filter(|it| owed.contains(&it.admitted_at)) {
        if let Some(invited) = invited(&change.roster, issued) {
            tell(change, &mut known, issued, &invited)?;
        }
    }
    Ok(())
}

/// A clock that was set back since must not make anybody wait for ever.
fn is_next(issued: &IssuedInvitation, now: Timestamp) -> bool {
    let said = issued.sent;
    said.is_none_or(|said| now.0.abs_diff(said.at.0) >= NEXT_SECONDS)
}

/// The invitation of somebody who is to hear something still.
fn invited(roster: &Roster, issued: &IssuedInvitation) -> Option<Invited> {
    let mut all = roster.invited().iter().filter(|_| !issued.refused);
    all.find(|invited| invited.at == issued.admitted_at)
        .cloned()
}

/// Whether anybody hears what is said there.
fn hears(roster: &Roster, issued: &IssuedInvitation, invited: &Invited, now: Timestamp) -> bool {
    match issued.device() {
        Some(claim) if roster.removed_person(&claim.device).is_some() => false,
        Some(_) if invited.admit.role == Role::Defender => true,
        claim => invited.is_open() && (claim.is_some() || invited.admit.expires > now),
    }
}

fn tell(
    change: &mut RosterTransaction<'_>,
    known: &mut Known,
    issued: &IssuedInvitation,
    invited: &Invited,
) -> Result<(), AdmissionError> {
    if !hears(&change.roster, issued, invited, change.now) {
        return Ok(());
    }
    match issued.device() {
        Some(claim) if invited.admit.role == Role::Defender => {
            let view = known.view(change, issued.mailbox)?;
            send_view(change, issued, &claim, view)
        }
        // What who holds the code would not believe is not said: whoever made it has not let this device speak for it.
        _ if !issued.speaks(change.device) => Ok(()),
        _ => {
            let said = (&invited.admit, issued.delegation.as_ref());
            let view = known.view(change, issued.mailbox)?;
            queue_bundle(change, &issued.secret.keys(), said, view)?;
            change.told.push((issued.admitted_at, None));
            Ok(())
        }
    }
}

pub(super) fn send_view(
    change: &mut RosterTransaction<'_>,
    issued: &IssuedInvitation,
    claim: &Claim,
    view: View,
) -> Result<(), AdmissionError> {
    let holder = Holder::Invited(claim.invitation);
    let signed = change.device.signing().sign(&ViewUpdate {
        invitation: claim.invitation,
        view,
        credential: LaneCredential::issue(&change.authority, &holder, Rights::POST),
        extensions: Extensions::none(),
    });
    change.queue_for(&issued.secret.keys(), claim.key, &Payload::View(signed))?;
    change.told.push((issued.admitted_at, None));
    Ok(())
}

#[cfg(test)]
#[path = "views_tests.rs"]
mod tests;
