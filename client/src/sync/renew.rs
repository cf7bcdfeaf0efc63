//! What makes last longer, without anybody's doing, what must not end: a coordinator's device opens its invitations'
//! mailboxes at the relay, renews them when the group's was renewed, and opens again those that a relay may have lost. How long each has
//! to last is said in `group/lifetimes.rs`.

use bellrope_proto::{
    address::RelayAddress,
    grant::{Opening, Sponsorship},
    ids::{MailboxId, Timestamp},
    message::Reason,
    signing::{Authority, Device as DeviceKey, PublicKey, SecretKey},
};

use super::{context::Context, event::EngineError};
use crate::{
    clock::now,
    connect::open_session,
    device::{
        Device, DeviceError, IssuedInvitation, issued, outbox, relay_now,
        wishes::{self, WishedInvitation},
    },
    group::{Roster, lifetimes},
    ids::Position,
    invitation::Secret,
    membership::{INVITATION_BYTES, founder_of, is_founders},
    relay::RelayError,
};

/// Mailboxes that have to be opened or renewed on the group's account, and what is needed for it.
pub(super) struct Renewals {
    relay: RelayAddress,
    group: SecretKey<Authority>,
    due: Vec<Due>,
    /// Whether these are all that there are.
    all: bool,
    /// Whether the relay has lost something, and maybe what was in them.
    lost: bool,
}

/// One of them.
struct Due {
    secret: Secret,
    mailbox: MailboxId,
    ends: Timestamp,
    /// Its entry in the roster; none for one of this device that another has to write down.
    admitted_at: Option<Position>,
}

impl Renewals {
    /// `None` when there are none, or when this device may not open any.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(super) fn due(device: &Device, now: Timestamp) -> Result<Option<Self>, DeviceError> {
        // Asked every second, of every device: most have issued none.
        let mut due = issued::all(device)?;
        due.retain(|issued| !issued.refused || issued.claim.is_some());
        if due.is_empty() && !wishes::are_any(device) {
            return Ok(None);
        }
        if !device.has_pen()? {
            return Self::of_wished(device, now);
        }
        let Some(account) = Account::of(device)? else {
            return Ok(None);
        };
        // A relay does not tell that an old copy of it was put back which lacks a mailbox, and a defender cannot say that
        // theirs is gone: now and then all are asked for.
        let state = device.state()?;
        let all = state
            .sponsored
            .is_none_or(|then| lifetimes::is_due(then, now));
        let due = due.into_iter().filter_map(|issued| {
            let ends = account.wanted(&issued, now)?;
            (all || issued.open_until < Some(ends)).then(|| Due {
                secret: issued.secret,
                mailbox: issued.mailbox,
                ends,
                admitted_at: Some(issued.admitted_at),
            })
        });
        let due: Vec<_> = due.collect();
        Ok((!due.is_empty()).then_some(Self {
            relay: account.relay,
            group: account.group,
            due,
            all,
            lost: state.sponsored.is_none() && state.contradicted.is_some(),
        }))
    }

    /// Those that this device's person made and another's has to write down: until it has, this device sees to it that they work.
    fn of_wished(device: &Device, now: Timestamp) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        let me = device.signing().public();
        let known = wishes::read(device, &roster);
        let mine = known
            .known
            .iter()
            .filter(|it| it.by == me && it.refused.is_none());
        let admits = mine.filter_map(|it| it.admit());
        let unopened = admits.filter_map(|admit| {
            let kept = known.invitation(&admit.invitation)?;
            (kept.open_until.is_none() && admit.expires > now).then_some((kept, admit.expires))
        });
        let unopened: Vec<_> = unopened.collect();
        if unopened.is_empty() {
            return Ok(None);
        }
        let Some(account) = Account::held(device)? else {
            return Ok(None);
        };
        let due = unopened.into_iter().map(|(kept, expires)| Due {
            secret: kept.secret.clone(),
            mailbox: kept.mailbox,
            ends: lifetimes::mailbox_ends(expires, false, account.group_ends),
            admitted_at: None,
        });
        Ok(Some(Self {
            due: due.collect(),
            relay: account.relay,
            group: account.group,
            all: false,
            lost: false,
        }))
    }

    /// Opens and renews them. One that the relay refuses keeps no other from it.
    ///
    /// # Errors
    /// The first failure.
    pub(super) async fn carry_out(self, context: &Context) -> Result<(), EngineError> {
        let mut session = open_session(&context.device, &self.relay, None).await?;
        let mut failed = None;
        for due in self.due {
            let Due { mailbox, ends, .. } = due;
            let authority = due.secret.keys().authority;
            let opening = authority.sign(&Opening {
                authority: authority.public(),
                relay: self.relay.key(),
            });
            let sponsorship = self.group.sign(&Sponsorship {
                authority: self.group.public(),
                mailbox,
                quota_bytes: INVITATION_BYTES,
                mailbox_ends: ends,
            });
            match session.create_sponsored(opening, sponsorship).await {
                // One that ends before would be asked for again at once, and for ever.
                Ok(created) if created.mailbox == mailbox && created.ends >= ends => {
                    let (at, lost) = (due.admitted_at, self.lost);
                    context
                        .with_device(move |device| {
                            opened(device, (at, mailbox), created.ends)?;
                            if lost {
                                outbox::post_again(device, created.mailbox, &[])?;
                            }
                            Ok::<_, DeviceError>(())
                        })
                        .await?;
                }
                Ok(_) => return Err(RelayError::Protocol("another mailbox was opened").into()),
                // It is there, on the account that somebody else took over: nobody renews it there, and it lasts as it was opened.
                Err(RelayError::Refused(Reason::NotValid, _)) => {
                    let at = due.admitted_at;
                    context
                        .with_device(move |device| opened(device, (at, mailbox), ends))
                        .await?;
                }
                Err(error @ RelayError::Refused(..)) => {
                    tracing::debug!(%error, "an invitation's mailbox was not opened");
                    failed.get_or_insert(error);
                }
                Err(error) => return Err(error.into()),
            }
        }
        session.close().await;
        if let Some(error) = failed {
            return Err(error.into());
        }
        if self.all {
            context
                .with_device(|device| device.change(|state| state.sponsored = Some(now())))
                .await?;
        }
        Ok(())
    }
}

/// Notes until when an invitation's mailbox is there.
fn opened(
    device: &Device,
    (at, mailbox): (Option<Position>, MailboxId),
    ends: Timestamp,
) -> Result<(), DeviceError> {
    if let Some(at) = at {
        issued::change(device, at, |issued| issued.open_until = Some(ends))?;
        return Ok(());
    }
    let Some(roster) = device.roster()? else {
        return Ok(());
    };
    wishes::change(device, &roster, |all| {
        let mut all = all.invitations.iter_mut();
        if let Some(kept) = all.find(|it| it.mailbox == mailbox) {
            kept.open_until = Some(ends);
        }
    })
}

/// Whether a mailbox is that of an invitation which waits to be written down; it is opened again.
fn wishes_it(device: &Device, mailbox: MailboxId) -> Result<bool, DeviceError> {
    let Some(roster) = device.roster()? else {
        return Ok(false);
    };
    let is_it = |it: &&mut WishedInvitation| it.mailbox == mailbox && it.open_until.is_some();
    wishes::change(device, &roster, |all| {
        let kept = all.invitations.iter_mut().find(is_it);
        kept.map(|kept| kept.open_until = None).is_some()
    })
}

/// What invitations' mailboxes are opened on.
struct Account {
    relay: RelayAddress,
    group: SecretKey<Authority>,
    group_ends: Timestamp,
    roster: std::sync::Arc<Roster>,
    me: PublicKey<DeviceKey>,
}

impl Account {
    /// `None` for a device that has none: it is no coordinator's, or the group's mailbox is not open yet.
    fn of(device: &Device) -> Result<Option<Self>, DeviceError> {
        match device.has_pen()? {
            true => Self::held(device),
            false => Ok(None),
        }
    }

    /// The same for a coordinator's device that has not the pen, and what goes with it.
    fn held(device: &Device) -> Result<Option<Self>, DeviceError> {
        let state = device.state()?;
        let roster = device.roster()?;
        let relay = match &roster {
            Some(_) => relay_now(device)?,
            None => None,
        };
        // Who has the pen may not be who showed the host's token.
        let lease = state
            .lease
            .or(roster.as_ref().and_then(|roster| roster.lease()));
        // The relay does not know yet who pays.
        if state.waits_for_succession() {
            return Ok(None);
        }
        Ok(match (relay, state.authority(), lease) {
            (Some(relay), Some(group), Some(lease)) => roster.map(|roster| Self {
                relay,
                group,
                group_ends: lease.ends,
                me: device.signing().public(),
                roster,
            }),
            _ => None,
        })
    }

    /// Until when a mailbox has to be there; `None` when nobody needs it any more, or it cannot be as the group's is over.
    fn wanted(&self, issued: &IssuedInvitation, now: Timestamp) -> Option<Timestamp> {
        if is_founders(issued) {
            let is_in = founder_of(issued, &self.roster).is_some_and(|it| it.device != self.me);
            return (is_in && !issued.refused && self.group_ends > now).then_some(self.group_ends);
        }
        let mut invited = self.roster.invited().iter();
        let invited = invited.find(|invited| invited.at == issued.admitted_at)?;
        let (role, expires) = (invited.admit.role, invited.admit.expires);
        let is_needed = if issued.refused {
            issued.claim.is_some()
        } else if invited.used {
            issued.waits_for_something(role, now)
        } else {
            !invited.replaced
                && invited.withdrawn.is_none()
                && (issued.claim.is_some() || expires > now)
        };
        let came_in = issued.claim.is_some() && !issued.refused;
        let ends = lifetimes::mailbox_ends(expires, came_in, self.group_ends);
        (is_needed && ends > now).then_some(ends)
    }
}

/// What a relay that does not have an invitation's mailbox means.
pub(super) enum Gone {
    /// The mailbox was lost, or has ended, and is needed: it is opened with the next look, and what was in it is posted again.
    OpensAgain,
    /// Nobody needs it any more. What waited for it is let go.
    NotNeeded,
    /// It is no invitation's of this device, or cannot be opened now: whoever asked says so.
    NotOurs,
}

/// Notes that the relay does not have a mailbox, or takes nothing for it.
///
/// # Errors
/// [`DeviceError`].
pub(super) fn gone(device: &Device, mailbox: MailboxId) -> Result<Gone, DeviceError> {
    let mut all = issued::all(device)?.into_iter();
    let Some(issued) = all.find(|issued| issued.mailbox == mailbox) else {
        if wishes_it(device, mailbox)? {
            outbox::post_again(device, mailbox, &[])?;
            return Ok(Gone::OpensAgain);
        }
        let state = device.state()?;
        let joined = state.reply();
        let joined = joined.filter(|joined| joined.cursor.mailbox == mailbox);
        if joined.is_some() && state.role.reads() && state.credential.is_some() {
            // A reader's own: where it is needed it is there, and what was to be said is asked for again.
            outbox::let_go(device, |queued| queued.to == mailbox)?;
            return Ok(Gone::NotNeeded);
        }
        return Ok(Gone::NotOurs);
    };
    let now = now();
    let Some(account) = Account::of(device)?.filter(|account| account.group_ends > now) else {
        return Ok(Gone::NotOurs);
    };
    let at = issued.admitted_at;
    let is_needed = account.wanted(&issued, now).is_some();
    issued::change(device, at, |issued| {
        issued.open_until = None;
        // Nothing is to be heard of an invitation whose time is over and whose mailbox is no more.
        issued.ended |= !is_needed && issued.claim.is_none();
    })?;
    if is_needed {
        outbox::post_again(device, mailbox, &[])?;
        return Ok(Gone::OpensAgain);
    }
    outbox::let_go(device, |queued| queued.to == mailbox)?;
    Ok(Gone::NotNeeded)
}
