//! A coordinator's device that was restored from an older copy finds in the mailbox what it had written since. That counts, as
//! the group has it. What the device wrote before it had read that, and nobody has, is undone: a second history would part the
//! group for ever.

use bellrope_proto::signing::Signed;

use super::{founder::is_founders, transaction::forget_intent, wishes::wish_again};
use crate::{
    device::{Device, DeviceError, issued, outbox},
    group::{Change, Entry, Roster, RosterError},
    ids::Position,
};

/// Follows an entry of this device for whose place it has written another, if that one was not posted yet. Gives the names
/// that the undone entries were about; `None` when they were posted, and there are two histories. The roster's lock is held.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn adopt(
    device: &Device,
    roster: &mut Roster,
    entry: &Signed<Entry>,
) -> Result<Option<Vec<String>>, DeviceError> {
    let me = device.signing().public();
    let Ok(said) = entry.verify(&me) else {
        return Ok(None);
    };
    let at = usize::try_from(said.position.0).unwrap_or(usize::MAX);
    let Some((kept, undone)) = roster.entries().split_at_checked(at) else {
        return Ok(None);
    };
    let mailbox = roster.epoch().mailbox;
    let is_mine = |entry: &Signed<Entry>| entry.peek().is_ok_and(|entry| entry.author == me);
    // Each entry was queued as it was written: as many as wait were not posted.
    if !undone.iter().all(is_mine) || undone.len() > outbox::unsaid(device, mailbox)? {
        return Ok(None);
    }
    let adopted = Roster::from_chain(kept.to_vec()).and_then(|mut adopted| {
        adopted.apply(entry.clone())?;
        Ok::<_, RosterError>(adopted)
    });
    let Ok(adopted) = adopted else {
        return Ok(None);
    };
    let names = names(roster, undone);
    forget_intent(device)?;
    outbox::let_go(device, |queued| queued.to == mailbox)?;
    for issued in issued::all(device)? {
        if issued.admitted_at >= said.position {
            outbox::let_go(device, |queued| queued.to == issued.mailbox)?;
            issued::forget(device, issued.admitted_at)?;
        }
    }
    *roster = adopted;
    Ok(Some(names))
}

/// Follows another history than before: what this device's invitations refer to may stand there no more. Gives the names that the entries
/// were about which it has not. The roster's lock is held.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn overtaken(
    device: &Device,
    before: &Roster,
    now: &Roster,
) -> Result<Vec<String>, DeviceError> {
    let is_kept = |entry: &&Signed<Entry>| now.entries().contains(entry);
    let undone = before.entries().iter().filter(|entry| !is_kept(entry));
    let undone: Vec<Signed<Entry>> = undone.cloned().collect();
    wish_again(device, (before, now), &undone)?;
    for issued in issued::all(device)? {
        let invitation = issued.secret.keys().invitation.public();
        let stands = now.invitation(&invitation);
        if is_founders(&issued) {
            continue;
        }
        if stands.is_none_or(|stands| stands.at != issued.admitted_at) {
            outbox::let_go(device, |queued| queued.to == issued.mailbox)?;
            issued::forget(device, issued.admitted_at)?;
        }
    }
    Ok(names(before, &undone))
}

/// Whom entries were about.
fn names(roster: &Roster, entries: &[Signed<Entry>]) -> Vec<String> {
    let of = |at: Position| {
        let mut invited = roster.invited().iter();
        let invited = invited.find(|invited| invited.at == at)?;
        Some(invited.admit.name.clone())
    };
    let said = entries.iter().filter_map(|entry| entry.peek().ok());
    let mut names: Vec<String> = said
        .filter_map(|entry| match entry.change {
            Change::Admit(admit) => Some(admit.name),
            Change::Approve(approve) => of(approve.admitted_at),
            Change::Withdraw(withdraw) => of(withdraw.admitted_at),
            Change::Another(another) => roster.person(&another.of).map(|it| it.name.clone()),
            Change::Add(add) => of(add.admitted_at),
            Change::Found(_)
            | Change::Turn(_)
            | Change::Promote(_)
            | Change::Demote(_)
            | Change::Hand(_)
            | Change::Take(_)
            | Change::Policy(_)
            | Change::Recovery(_)
            | Change::Lease(_)
            | Change::Move(_)
            | Change::Duty(_)
            | Change::Retention(_)
            | Change::Unknown { .. } => None,
        })
        .collect();
    names.dedup();
    names
}
