//! What coordinators wish of the roster that was not written down yet, and the secrets of invitations among it: of what this device's own
//! person wishes, and of others'.

use bellrope_proto::{
    codec,
    ids::{Hash, MailboxId, Timestamp},
    signing::{Device as DeviceKey, Invitation, PublicKey, Signed},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    directory::LockName,
    files::DeviceError,
    frozen,
    issued::{self, IssuedInvitation},
    unlocked::Device,
};
use crate::{
    group::{Admit, Claim, Role, Roster},
    ids::WishId,
    invitation::Secret,
    message::{Delegation, Wish, WishAct, WishOutcome, freezes},
    relay::Cursor,
};

const WISHES: &str = "wishes";

/// What one person may have waiting: more than anybody asks for while a holder is away.
const OF_ONE_MAX: usize = 64;

/// So many that were taken back are remembered.
const TAKEN_BACK_MAX: usize = 256;

type Key = PublicKey<DeviceKey>;

/// A wish that is known here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownWish {
    /// Whose device wishes it.
    pub(crate) by: Key,
    /// It.
    pub(crate) wish: Wish,
    /// In sight of which head of the roster.
    pub(crate) head: Hash,
    /// When it arrived, by the relay's clock; until then, when it was wished here.
    pub(crate) arrived: Timestamp,
    /// Whether it is in the outbox, or was heard.
    pub(crate) said: bool,
    /// Why it was not written down.
    pub(crate) refused: Option<WishOutcome>,
}

/// An invitation that the roster does not have yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WishedInvitation {
    /// Its secret.
    pub(crate) secret: Secret,
    /// Its mailbox.
    pub(crate) mailbox: MailboxId,
    /// Who made it, and who may speak for it.
    pub(crate) delegation: Signed<Delegation>,
    /// Until when its mailbox is open at the relay, as far as this device knows, whose person made it.
    pub(crate) open_until: Option<Timestamp>,
}

impl WishedInvitation {
    /// Its key, by which the roster will name it.
    #[must_use]
    pub(crate) fn key(&self) -> PublicKey<Invitation> {
        self.secret.keys().invitation.public()
    }

    fn maker(&self) -> Option<Key> {
        self.delegation.peek().ok().map(|it| it.coordinator)
    }
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wishes {
    /// In the order in which they came.
    pub(crate) known: Vec<KnownWish>,
    /// Secrets.
    pub(crate) invitations: Vec<WishedInvitation>,
    /// Invitations that were taken back before they were written down, the newest last: whoever has an old wish could say it again.
    pub(crate) taken_back: Vec<PublicKey<Invitation>>,
}

impl KnownWish {
    /// What is wished.
    #[must_use]
    pub(crate) fn act(&self) -> Option<WishAct> {
        self.wish.act()
    }

    /// The invitation that is wished, if one is.
    #[must_use]
    pub(crate) fn admit(&self) -> Option<Admit> {
        match self.act()? {
            WishAct::Invite(admit) => Some(admit),
            _ => None,
        }
    }

    /// Whether the roster has it, though nobody may have answered: a relay can keep an answer back, and who has the pen may have lost it.
    #[must_use]
    pub(crate) fn is_written(&self, roster: &Roster) -> bool {
        match self.act() {
            Some(WishAct::Invite(admit)) => roster.invitation(&admit.invitation).is_some(),
            Some(WishAct::Withdraw(key)) => roster.invitation(&key).is_some_and(|it| !it.is_open()),
            Some(WishAct::Approve(_, device)) => roster.person(&device).is_some(),
            Some(WishAct::Policy(before, policy)) => {
                let mut since = roster.policies().iter();
                since.any(|(at, it)| *at > before && *it == policy)
            }
            Some(WishAct::Duty(before, rota)) => {
                roster.duty_since() > before && roster.duty_said() == Some(&rota)
            }
            Some(WishAct::Retention(before, kept)) => {
                roster.retention_since() > before && roster.retention_said() == Some(&kept)
            }
            None => false,
        }
    }
}

impl Wishes {
    /// What is known of a wish.
    #[must_use]
    pub(crate) fn of(&self, id: WishId) -> Option<&KnownWish> {
        self.known.iter().find(|it| it.wish.id == id)
    }

    /// The secret of an invitation.
    #[must_use]
    pub(crate) fn invitation(&self, key: &PublicKey<Invitation>) -> Option<&WishedInvitation> {
        self.invitations.iter().find(|it| it.key() == *key)
    }

    /// Who wishes that this invitation is written down, and what it is: nobody, where a coordinator has taken it back.
    #[must_use]
    pub(crate) fn invited(&self, key: &PublicKey<Invitation>) -> Option<(Key, Admit)> {
        if self.taken_back.contains(key) {
            return None;
        }
        let mut all = self.known.iter().filter(|it| it.refused.is_none());
        all.find_map(|it| {
            let admit = it.admit().filter(|admit| admit.invitation == *key)?;
            Some((it.by, admit))
        })
    }

    /// Takes in a wish; whether it is new. Of one author only so many wait.
    pub(crate) fn note(&mut self, new: KnownWish) -> bool {
        let known = self.known.iter_mut();
        let mut known = known.filter(|it| it.wish.id == new.wish.id);
        if let Some(known) = known.next() {
            // When it came first counts: others could post it again.
            if known.by == new.by && known.wish == new.wish {
                known.said |= new.said;
            }
            return false;
        }
        let of_one = self.known.iter().filter(|it| it.by == new.by);
        if of_one.count() >= OF_ONE_MAX {
            return false;
        }
        if let Some(WishAct::Withdraw(key)) = new.act() {
            self.taken_back.retain(|it| *it != key);
            self.taken_back.push(key);
            let over = self.taken_back.len().saturating_sub(TAKEN_BACK_MAX);
            self.taken_back.drain(..over);
        }
        self.known.push(new);
        true
    }

    /// Takes in the secret of an invitation.
    pub(crate) fn keep(&mut self, new: WishedInvitation) {
        let of_one = self.invitations.iter();
        let of_one = of_one.filter(|it| it.maker() == new.maker());
        if self.invitation(&new.key()).is_none() && of_one.count() < OF_ONE_MAX {
            self.invitations.push(new);
        }
    }

    /// Forgets a wish, and its invitation.
    pub(crate) fn forget(&mut self, id: WishId) {
        let admit = self.of(id).and_then(KnownWish::admit);
        self.known.retain(|it| it.wish.id != id);
        if let Some(admit) = admit {
            self.invitations.retain(|it| it.key() != admit.invitation);
        }
    }

    /// Forgets what is of no use any more to this device: what somebody wished who coordinates no more; and to a member's, what is written down.
    fn forget_old(&mut self, roster: &Roster, me: &Key) {
        let coordinates = |key: &Key| {
            let person = roster.person(key);
            person.is_some_and(|it| it.role == Role::Coordinator)
        };
        let is_written = |admit: &Admit| roster.invitation(&admit.invitation).is_some();
        let answers = coordinates(me);
        self.known.retain(|it| {
            let written = it.admit().is_some_and(|it| is_written(&it));
            coordinates(&it.by) && (answers || !written)
        });
        self.invitations
            .retain(|it| answers && it.maker().is_some_and(|maker| coordinates(&maker)));
    }
}

/// Whom coordinators have invited and the roster does not have yet.
#[derive(Debug, Default)]
pub(crate) struct NotListed(Vec<(String, Admit)>);

impl NotListed {
    /// Those whose coordinators nobody calls frozen, then or now.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub(crate) fn read(device: &Device, roster: &Roster) -> Result<Self, DeviceError> {
        let known = read(device, roster);
        // Of nobody, as a rule.
        if known.known.is_empty() {
            return Ok(Self::default());
        }
        let frozen = frozen::read(device)?;
        let counts = |it: &&KnownWish| {
            let freezes = freezes(&frozen, &it.by, roster);
            let mut freezes = freezes.iter();
            !freezes.any(|frozen| frozen.covers(it.arrived) || frozen.lifted.is_none())
        };
        let invited = known.known.iter().filter(counts).filter_map(|it| {
            let key = it.admit()?.invitation;
            let (by, admit) = known.invited(&key)?;
            let person = roster.person(&by).filter(|_| by == it.by)?;
            Some((person.name.clone(), admit))
        });
        Ok(Self(invited.collect()))
    }

    /// All of them, each with the name of who invited them.
    #[must_use]
    pub(crate) fn all(&self) -> &[(String, Admit)] {
        &self.0
    }

    /// Who invited whoever claims this, and as what.
    #[must_use]
    pub(crate) fn of(&self, claim: &Claim) -> Option<(String, Admit)> {
        let mut all = self.0.iter();
        all.find(|(_, admit)| admit.invitation == claim.invitation)
            .cloned()
    }
}

/// Whether anything was ever wished, without reading it.
#[must_use]
pub(crate) fn are_any(device: &Device) -> bool {
    device.files().has_file(WISHES)
}

/// What is of use with this roster. What cannot be read is wished again.
#[must_use]
pub(crate) fn read(device: &Device, roster: &Roster) -> Wishes {
    let mut all = stored(device);
    if all != Wishes::default() {
        all.forget_old(roster, &device.signing().public());
    }
    all
}

fn stored(device: &Device) -> Wishes {
    let read = device.files().read(WISHES);
    if let Err(error) = &read {
        tracing::warn!(%error, "it is not known any more what others wish");
    }
    read.ok().flatten().unwrap_or_default()
}

/// Changes it: alone, and on disk before this returns.
///
/// # Errors
/// [`DeviceError`]; nothing is changed then.
pub(crate) fn change<T>(
    device: &Device,
    roster: &Roster,
    change: impl FnOnce(&mut Wishes) -> T,
) -> Result<T, DeviceError> {
    let _lock = device.files().lock(LockName::Compared)?;
    let before = stored(device);
    let mut all = before.clone();
    all.forget_old(roster, &device.signing().public());
    let done = change(&mut all);
    if all != before {
        let bytes = Zeroizing::new(codec::encode(&all));
        device.files().write(WISHES, &bytes)?;
    }
    Ok(done)
}

/// What the roster has by now is an invitation like any other: its maker's device goes on as if it had written it.
///
/// # Errors
/// [`DeviceError`]; it is done the next time then.
pub(crate) fn settle(device: &Device, roster: &Roster) -> Result<(), DeviceError> {
    let mut written = stored(device).invitations;
    written.retain(|it| roster.invitation(&it.key()).is_some());
    if written.is_empty() {
        return Ok(());
    }
    let me = device.signing().public();
    let known = issued::all(device)?;
    for it in &written {
        let Some(invited) = roster.invitation(&it.key()) else {
            continue;
        };
        let is_known = known.iter().any(|known| known.secret == it.secret);
        // Whoever wrote it sends what they have of it.
        if it.maker() == Some(me) && !is_known {
            let mut mine = IssuedInvitation::new(it.secret.clone(), it.mailbox, invited.at);
            mine.open_until = it.open_until;
            mine.cursor = Cursor::start(it.mailbox);
            issued::store(device, &mine)?;
        }
    }
    change(device, roster, |all| {
        all.invitations.retain(|it| !written.contains(it));
    })
}
