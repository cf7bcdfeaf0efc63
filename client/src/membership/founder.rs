//! The founder came by no invitation, and has what everybody else has by theirs: a mailbox in which a device that was away for longer than the relay
//! keeps envelopes finds the newest keys. Its secret and a claim by it are made with the group; while another device has the pen, they are among
//! what coordinators are entrusted with, at the place of the roster's first entry, where no invitation can be.

use bellrope_proto::{ids::Timestamp, signing::Signed};

use crate::{
    device::{ClaimStatus, Device, DeviceError, IssuedInvitation, Joined, OwnKeys, issued},
    extensions::Extensions,
    group::{Claim, Entry, Found, Person, Role, Roster, head_after, whole_claim},
    ids::{GroupId, Position},
    invitation::Secret,
    message::{Bundle, Coordinator, Holder},
    relay::Cursor,
};

/// Where the founder's mailbox stands among invitations.
const FOUNDER: Position = Position(0);

/// What the founder's device has in the place of an invitation.
pub(super) fn found(
    keys: &OwnKeys<'_>,
    found: &Found,
    entry: &Signed<Entry>,
    now: Timestamp,
) -> Option<Joined> {
    let secret = Secret::random();
    let own = secret.keys();
    let mailbox = own.mailbox();
    let member = keys.member.to_key();
    let turn = keys.turn.to_recipient();
    let signs = (keys.signing, member, Some(&turn));
    let head = head_after(entry);
    Some(Joined {
        relay: found.epoch.relays.first()?.clone(),
        bundle: Bundle {
            invitation: own.invitation.public(),
            group: GroupId(head),
            role: Role::Coordinator,
            expires: Timestamp(u64::MAX),
            coordinator: keys.signing.public(),
            delegation: None,
            coordinators: vec![Coordinator {
                device: keys.signing.public(),
                key: member,
            }],
            position: FOUNDER,
            roster: head,
            at_once: None,
            extensions: Extensions::none(),
        },
        claim: Claim::sign((&own.invitation, mailbox), signs, None, now),
        // It is known from the roster, and never posted.
        claim_envelope: head,
        claim_seen: true,
        cursor: Cursor::start(mailbox),
        claimed: ClaimStatus::In,
        secret,
    })
}

/// Among which invitations a person's mailbox is found.
pub(super) fn reply_at(person: &Person) -> Position {
    person.admitted_at.unwrap_or(FOUNDER)
}

/// Whether this is the founder's mailbox.
pub(crate) fn is_founders(issued: &IssuedInvitation) -> bool {
    issued.admitted_at == FOUNDER
}

/// The founder, if this is their mailbox and their device is in.
pub(crate) fn founder_of<'a>(issued: &IssuedInvitation, roster: &'a Roster) -> Option<&'a Person> {
    let person = roster.person(&issued.device()?.device)?;
    (is_founders(issued) && reply_at(person) == FOUNDER).then_some(person)
}

/// Whose lane somebody has who came in by this.
pub(super) fn holder_of(issued: &IssuedInvitation, claim: &Claim) -> Holder {
    match is_founders(issued) {
        true => Holder::Founder(claim.device),
        false => Holder::Invited(claim.invitation),
    }
}

/// Whether a secret and a claim are the founder's: the founder's device signed that it means this mailbox.
pub(super) fn is_whole(
    (secret, at): (&Secret, Position),
    claim: Option<&Signed<Claim>>,
    roster: &Roster,
) -> bool {
    let keys = secret.keys();
    claim.and_then(whole_claim).is_some_and(|claim| {
        let person = roster.person(&claim.device);
        let is_founder = person.is_some_and(|it| it.admitted_at.is_none() && it.key == claim.key);
        let is_its = claim.invitation == keys.invitation.public();
        at == FOUNDER && is_founder && is_its && claim.mailbox == keys.mailbox()
    })
}

/// Notes the founder's own mailbox on their device among those that coordinators are entrusted with.
pub(super) fn note(device: &Device, all: &[IssuedInvitation]) -> Result<bool, DeviceError> {
    let founded = device.state()?.founded;
    let Some(founded) = founded.filter(|_| !all.iter().any(is_founders)) else {
        return Ok(false);
    };
    let mailbox = founded.secret.keys().mailbox();
    let mut own = IssuedInvitation::new(founded.secret, mailbox, FOUNDER);
    own.claim = Some(founded.claim);
    issued::store(device, &own)?;
    Ok(true)
}
