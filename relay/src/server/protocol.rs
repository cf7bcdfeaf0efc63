//! What one peer may do next. No socket, no clock: (message, now) gives actions.

use bellrope_proto::{
    VERSION,
    envelope::Envelope,
    grant::{Grant, Proof, Rights},
    ids::{MailboxId, Sequence, Timestamp},
    limits::{HEARTBEAT_SECONDS, SPONSORED_BYTES_MAX},
    message::{
        Close, CreateSponsored, CreateWithToken, FromRelay, Hello, Prove, Proven, Reason,
        RequestId, Revoke, Succeed, ToRelay, Welcome,
    },
    receipt::Restored,
    signing::{Lane, PublicKey, Relay, RelayToken, Signed},
};

use crate::{
    commit::jobs::{Creation, Handover, LaneRevocation, Refusal},
    store::Store,
};

/// What the connection must do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send this.
    Send(FromRelay),
    /// Open a mailbox, then answer.
    Create(Creation),
    /// Hand an account over, then answer.
    Succeed(Handover),
    /// Take a lane's rights back, then answer.
    Revoke(LaneRevocation),
    /// Store, then answer.
    Append {
        /// Repeated in the answer.
        request: RequestId,
        /// Where.
        mailbox: MailboxId,
        /// Whose share.
        lane: PublicKey<Lane>,
        /// What.
        envelope: Envelope,
    },
    /// Deliver from here on.
    Subscribe {
        /// Repeated in the refusal that ends it.
        request: RequestId,
        /// Whose log.
        mailbox: MailboxId,
        /// The last place that the peer has.
        after: Sequence,
    },
    /// Answer with the newest signed head.
    SendHead(RequestId, MailboxId),
    /// End the connection.
    Close(Close),
}

/// What the relay has, as far as it decides what a peer may do.
pub trait Known {
    /// Whether a mailbox is here.
    fn exists(&self, mailbox: MailboxId) -> bool;

    /// Whether its authority has taken this lane's rights back.
    fn is_revoked(&self, mailbox: MailboxId, lane: PublicKey<Lane>) -> bool;
}

impl<S: Store + ?Sized> Known for S {
    fn exists(&self, mailbox: MailboxId) -> bool {
        self.mailbox(mailbox).is_some()
    }

    fn is_revoked(&self, mailbox: MailboxId, lane: PublicKey<Lane>) -> bool {
        Store::is_revoked(self, mailbox, lane)
    }
}

/// How far its greeting has come.
#[derive(Debug)]
enum Phase {
    Greeted,
    Welcomed,
    Proven {
        request: RequestId,
        grant: Grant,
        mailbox: MailboxId,
        subscribed: bool,
    },
}

/// One peer's state: which messages it may send now.
#[derive(Debug)]
pub struct PeerState {
    relay: PublicKey<Relay>,
    token_key: PublicKey<RelayToken>,
    exporter: [u8; 32],
    retention_days: u32,
    restored: Option<Signed<Restored>>,
    phase: Phase,
}

fn refuse(request: RequestId, reason: Reason) -> Vec<Action> {
    vec![Action::Send(Refusal::new(reason).answer(request))]
}

/// A refusal after which nothing else can be meant: what the peer sent in the same breath would hide it.
fn refuse_and_end(request: RequestId, reason: Reason) -> Vec<Action> {
    let mut actions = refuse(request, reason);
    actions.push(Action::Close(Close::Done));
    actions
}

fn violation() -> Vec<Action> {
    vec![Action::Close(Close::Violation)]
}

impl PeerState {
    /// A connection that has said nothing to the relay of this identity, whose host signs tokens with this key;
    /// `exporter` binds proofs to it.
    #[must_use]
    pub fn new(
        relay: PublicKey<Relay>,
        token_key: PublicKey<RelayToken>,
        exporter: [u8; 32],
        retention_days: u32,
    ) -> Self {
        Self {
            relay,
            token_key,
            exporter,
            retention_days,
            restored: None,
            phase: Phase::Greeted,
        }
    }

    /// The same, at a relay of which an old copy was put back.
    #[must_use]
    pub fn with_restored(self, restored: Option<Signed<Restored>>) -> Self {
        Self { restored, ..self }
    }

    /// Whether a lane is proven: larger frames and longer silence are then allowed.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self.phase, Phase::Proven { .. })
    }

    /// The lane that is proven, and its mailbox.
    #[must_use]
    pub fn lane(&self) -> Option<(MailboxId, PublicKey<Lane>)> {
        match &self.phase {
            Phase::Proven { grant, mailbox, .. } => Some((*mailbox, grant.lane)),
            Phase::Greeted | Phase::Welcomed => None,
        }
    }

    /// The request that proved a lane: repeated in the refusal that takes it back.
    #[must_use]
    pub fn proven_by(&self) -> Option<RequestId> {
        match &self.phase {
            Phase::Proven { request, .. } => Some(*request),
            Phase::Greeted | Phase::Welcomed => None,
        }
    }

    /// When a proven lane's grant ends: a subscription must end then as well.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Proven { grant, .. } => Some(grant.expires),
            Phase::Greeted | Phase::Welcomed => None,
        }
    }

    /// One message.
    pub fn receive(
        &mut self,
        message: ToRelay,
        now: Timestamp,
        known: &(impl Known + ?Sized),
    ) -> Vec<Action> {
        if matches!(self.phase, Phase::Greeted) {
            return match message {
                ToRelay::Hello(hello) => self.hello(&hello, now),
                _ => violation(),
            };
        }
        match message {
            ToRelay::Hello(_) => violation(),
            ToRelay::Prove(prove) => self.prove(&prove, now, known),
            ToRelay::CreateWithToken(create) => self.with_token(&create, now),
            ToRelay::CreateSponsored(create) => self.sponsored(&create, now, known),
            ToRelay::Succeed(succeed) => self.succeed(&succeed, known),
            ToRelay::Revoke(revoke) => revoke_lane(&revoke, known),
            ToRelay::Post(post) => {
                let right = (Some(Rights::POST), now, known);
                self.allowed(post.request, right, |mailbox, lane| {
                    let (request, envelope) = (post.request, post.envelope);
                    Action::Append {
                        request,
                        mailbox,
                        lane,
                        envelope,
                    }
                })
            }
            // Also who may only post: to hold it against what the receipts said.
            ToRelay::AskHead(ask) => self.allowed(ask.request, (None, now, known), |mailbox, _| {
                Action::SendHead(ask.request, mailbox)
            }),
            ToRelay::Subscribe(wish) => {
                if let Phase::Proven {
                    subscribed: true, ..
                } = self.phase
                {
                    return violation();
                }
                let right = (Some(Rights::READ), now, known);
                let actions = self.allowed(wish.request, right, |mailbox, _| {
                    let (request, after) = (wish.request, wish.after);
                    Action::Subscribe {
                        request,
                        mailbox,
                        after,
                    }
                });
                if let (Phase::Proven { subscribed, .. }, Some(Action::Subscribe { .. })) =
                    (&mut self.phase, actions.first())
                {
                    *subscribed = true;
                }
                actions
            }
        }
    }

    fn hello(&mut self, hello: &Hello, now: Timestamp) -> Vec<Action> {
        if !(hello.version_min..=hello.version_max).contains(&VERSION) {
            return refuse_and_end(RequestId(0), Reason::Version);
        }
        self.phase = Phase::Welcomed;
        let welcome = Welcome {
            version: VERSION,
            time: now,
            heartbeat_seconds: u32::try_from(HEARTBEAT_SECONDS).unwrap_or(u32::MAX),
            retention_days: self.retention_days,
            restored: self.restored.clone(),
        };
        vec![Action::Send(welcome.into())]
    }

    fn prove(
        &mut self,
        prove: &Prove,
        now: Timestamp,
        known: &(impl Known + ?Sized),
    ) -> Vec<Action> {
        if self.is_proven() {
            return violation();
        }
        let Ok(grant) = prove.grant.verify_own(|grant| grant.authority) else {
            return refuse_and_end(prove.request, Reason::NotValid);
        };
        let mailbox = grant.authority.mailbox();
        let proof = Proof {
            exporter: self.exporter,
            relay: self.relay,
            mailbox,
        };
        if Signed::attach(&proof, prove.proof)
            .verify(&grant.lane)
            .is_err()
        {
            return refuse_and_end(prove.request, Reason::NotValid);
        }
        if grant.expires <= now {
            return refuse_and_end(prove.request, Reason::GrantExpired);
        }
        if !known.exists(mailbox) {
            return refuse_and_end(prove.request, Reason::NoMailbox);
        }
        if known.is_revoked(mailbox, grant.lane) {
            return refuse_and_end(prove.request, Reason::Revoked);
        }
        self.phase = Phase::Proven {
            request: prove.request,
            grant,
            mailbox,
            subscribed: false,
        };
        let proven = Proven {
            request: prove.request,
            mailbox,
        };
        vec![Action::Send(proven.into())]
    }

    /// `right` is none for what every grant allows.
    fn allowed(
        &self,
        request: RequestId,
        (right, now, known): (Option<Rights>, Timestamp, &(impl Known + ?Sized)),
        action: impl FnOnce(MailboxId, PublicKey<Lane>) -> Action,
    ) -> Vec<Action> {
        let Phase::Proven { grant, mailbox, .. } = &self.phase else {
            return violation();
        };
        if known.is_revoked(*mailbox, grant.lane) {
            refuse(request, Reason::Revoked)
        } else if grant.expires <= now {
            refuse(request, Reason::GrantExpired)
        } else if right.is_none_or(|right| grant.rights.include(right)) {
            vec![action(*mailbox, grant.lane)]
        } else {
            refuse(request, Reason::NoRight)
        }
    }

    fn with_token(&self, create: &CreateWithToken, now: Timestamp) -> Vec<Action> {
        let opening = create.opening.verify_own(|opening| opening.authority);
        let (Ok(opening), Ok(token)) = (opening, create.token.verify(&self.token_key)) else {
            return refuse(create.request, Reason::NotValid);
        };
        if opening.relay != self.relay || token.relay != self.relay {
            return refuse(create.request, Reason::NotValid);
        }
        if token.expires <= now {
            return refuse(create.request, Reason::TokenSpent);
        }
        vec![Action::Create(Creation {
            request: create.request,
            mailbox: opening.authority.mailbox(),
            quota_bytes: token.quota_bytes,
            ends: token.mailbox_ends,
            token: Some(token.id),
            sponsor: None,
        })]
    }

    fn sponsored(
        &self,
        create: &CreateSponsored,
        now: Timestamp,
        known: &(impl Known + ?Sized),
    ) -> Vec<Action> {
        // Anybody can sign for themselves: what nobody here would pay for costs no signature, and the writer nothing.
        let by = create.sponsorship.peek();
        if by.is_ok_and(|paid| !known.exists(paid.authority.mailbox())) {
            return refuse(create.request, Reason::NoMailbox);
        }
        let opening = create.opening.verify_own(|opening| opening.authority);
        let paid = create.sponsorship.verify_own(|paid| paid.authority);
        let (Ok(opening), Ok(paid)) = (opening, paid) else {
            return refuse(create.request, Reason::NotValid);
        };
        let mailbox = opening.authority.mailbox();
        let fits = (1..=SPONSORED_BYTES_MAX).contains(&paid.quota_bytes) && paid.mailbox_ends > now;
        if opening.relay != self.relay || paid.mailbox != mailbox || !fits {
            return refuse(create.request, Reason::NotValid);
        }
        vec![Action::Create(Creation {
            request: create.request,
            mailbox,
            quota_bytes: paid.quota_bytes,
            ends: paid.mailbox_ends,
            token: None,
            sponsor: Some(paid.authority.mailbox()),
        })]
    }

    fn succeed(&self, succeed: &Succeed, known: &(impl Known + ?Sized)) -> Vec<Action> {
        let by = succeed.succession.peek();
        if by.is_ok_and(|said| !known.exists(said.authority.mailbox())) {
            return refuse(succeed.request, Reason::NoMailbox);
        }
        let opening = succeed.opening.verify_own(|opening| opening.authority);
        let said = succeed.succession.verify_own(|said| said.authority);
        let (Ok(opening), Ok(said)) = (opening, said) else {
            return refuse(succeed.request, Reason::NotValid);
        };
        let to = opening.authority.mailbox();
        if opening.relay != self.relay || said.relay != self.relay || said.mailbox != to {
            return refuse(succeed.request, Reason::NotValid);
        }
        vec![Action::Succeed(Handover {
            request: succeed.request,
            from: said.authority.mailbox(),
            to,
        })]
    }
}

fn revoke_lane(revoke: &Revoke, known: &(impl Known + ?Sized)) -> Vec<Action> {
    let by = revoke.revocation.peek();
    if by.is_ok_and(|said| !known.exists(said.authority.mailbox())) {
        return refuse(revoke.request, Reason::NoMailbox);
    }
    let Ok(said) = revoke.revocation.verify_own(|said| said.authority) else {
        return refuse(revoke.request, Reason::NotValid);
    };
    vec![Action::Revoke(LaneRevocation {
        request: revoke.request,
        mailbox: said.authority.mailbox(),
        lane: said.lane,
    })]
}
