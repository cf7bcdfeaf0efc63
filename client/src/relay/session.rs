//! One connection's conversation with a relay. Requests go out without waiting for answers: on a
//! network with a second of delay, each wait is a second in which somebody may be searched.

use bellrope_proto::{
    VERSION,
    codec::Malformed,
    envelope::Envelope,
    grant::{HostToken, Opening, Proof, Revocation, Sponsorship, Succession},
    ids::{MailboxId, Sequence, Timestamp},
    message::{
        AskHead, Close, CreateSponsored, CreateWithToken, Created, FromRelay, Hello, Post, Prove,
        Reason, RequestId, Revoke, Subscribe, Succeed, ToRelay,
    },
    receipt::{Head, Receipt, Restored},
    signing::{BadSignature, PublicKey, RelayLog, Signed},
};

use super::{
    ChainFault, Connection, Contradiction, Cursor, Delivery, KnownRelay, RelayError, chain::Chain,
};
use crate::message::LaneCredential;

/// A connection on which Hello was said.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    relay: KnownRelay,
    /// What the relay signs with, on this connection.
    log: PublicKey<RelayLog>,
    /// Its clock, as its greeting says.
    greeted: Option<Timestamp>,
    /// The relay's word that an old copy of it was put back.
    restored: Option<Signed<Restored>>,
    /// The mailbox whose lane is being proven here, and by which request.
    proving: Option<(RequestId, MailboxId)>,
    last: u32,
}

/// What a relay answered to a post.
pub(crate) type Answer = Result<Receipt, (Reason, u32)>;

impl Session {
    /// Connects and says Hello. Nothing is said to a relay that shows keys which it is known to have replaced.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn open(relay: impl Into<KnownRelay>) -> Result<Self, RelayError> {
        let mut relay: KnownRelay = relay.into();
        let connection = Connection::connect(relay.address()).await?;
        let keys = relay.learn(connection.keys())?;
        let mut session = Self {
            connection,
            relay,
            log: keys.log,
            greeted: None,
            restored: None,
            proving: None,
            last: 0,
        };
        let hello = Hello {
            version_min: VERSION,
            version_max: VERSION,
        };
        session.say(&hello.into()).await?;
        Ok(session)
    }

    /// Connects and proves a lane. Whether the relay takes the proof shows with the next answer.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn open_as(
        relay: impl Into<KnownRelay>,
        credential: &LaneCredential,
    ) -> Result<Self, RelayError> {
        let mut session = Self::open(relay).await?;
        let grant = credential
            .grant
            .peek()
            .map_err(|BadSignature| RelayError::Protocol("the grant does not decode"))?;
        let mailbox = grant.authority.mailbox();
        let proof = Proof {
            exporter: session.connection.exporter()?,
            relay: session.relay.address().key(),
            mailbox,
        };
        let request = session.request();
        session.proving = Some((request, mailbox));
        let prove = Prove {
            request,
            grant: credential.grant.clone(),
            proof: credential.lane().sign(&proof).detach(),
        };
        session.say(&prove.into()).await?;
        Ok(session)
    }

    /// The relay, with the keys that it showed.
    #[must_use]
    pub(crate) fn relay(&self) -> &KnownRelay {
        &self.relay
    }

    fn request(&mut self) -> RequestId {
        self.last = self.last.wrapping_add(1);
        RequestId(self.last)
    }

    async fn say(&mut self, message: &ToRelay) -> Result<(), RelayError> {
        match self.connection.write(&message.to_frame()).await {
            // A relay that refuses takes nothing more: what it said before it ended the connection says why.
            Err(ended @ RelayError::Ended(_)) => Err(self.refusal().await.unwrap_or(ended)),
            written => written,
        }
    }

    /// Why the connection ended, if the relay said so. Other answers that came are worth nothing without their
    /// connection: what they answer is asked again.
    async fn refusal(&mut self) -> Option<RelayError> {
        loop {
            match self.hear().await {
                Ok(_) => {}
                Err(error @ RelayError::Refused(..)) => return Some(error),
                Err(_) => return None,
            }
        }
    }

    /// The relay's word that an old copy of it was put back, if it says so. Its greeting comes before the first answer.
    #[must_use]
    pub(crate) fn restored(&self) -> Option<Restored> {
        self.restored.as_ref()?.peek().ok()
    }

    /// What the relay's clock says, by its greeting.
    ///
    /// # Errors
    /// [`RelayError`]; anything else must not have been asked for yet.
    pub(crate) async fn time(&mut self) -> Result<Timestamp, RelayError> {
        loop {
            if let Some(time) = self.greeted {
                return Ok(time);
            }
            if self.hear_one().await?.is_some() {
                return Err(RelayError::Protocol("an answer to nothing"));
            }
        }
    }

    /// The next message that is not about the greeting.
    async fn hear(&mut self) -> Result<FromRelay, RelayError> {
        loop {
            if let Some(message) = self.hear_one().await? {
                return Ok(message);
            }
        }
    }

    /// The next message; `None` for one about the greeting.
    async fn hear_one(&mut self) -> Result<Option<FromRelay>, RelayError> {
        let body = self.connection.read().await?;
        let message = FromRelay::from_body(&body)
            .map_err(|Malformed| RelayError::Protocol("a malformed message"))?;
        match message {
            FromRelay::Welcome(welcome) if self.greeted.is_none() => {
                if welcome.version != VERSION {
                    return Err(RelayError::Refused(Reason::Version, 0));
                }
                self.greeted = Some(welcome.time);
                let signed = |said: &Signed<Restored>| {
                    said.verify(&self.log)
                        .is_ok_and(|said| said.relay == self.relay.address().key())
                };
                self.restored = welcome.restored.filter(signed);
                Ok(None)
            }
            FromRelay::Proven(proven) => {
                if self.proving != Some((proven.request, proven.mailbox)) {
                    return Err(RelayError::Protocol("another lane was proven"));
                }
                Ok(None)
            }
            FromRelay::Refused(no) if self.is_greeting(no.request) => {
                Err(RelayError::Refused(no.reason, no.retry_seconds))
            }
            other => Ok(Some(other)),
        }
    }

    fn is_greeting(&self, request: RequestId) -> bool {
        request == RequestId(0) || self.proving.is_some_and(|(proving, _)| proving == request)
    }

    /// Sends an envelope; [`Self::answer`] tells what became of it.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn post(&mut self, envelope: &Envelope) -> Result<RequestId, RelayError> {
        let request = self.request();
        let envelope = envelope.clone();
        self.say(&Post { request, envelope }.into()).await?;
        Ok(request)
    }

    /// The next answer to a post. A receipt is checked to be this relay's and this mailbox's; the
    /// caller checks which envelope it names.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn answer(&mut self) -> Result<(RequestId, Answer), RelayError> {
        match self.hear().await? {
            FromRelay::Stored(stored) => {
                let fact = stored.receipt.verify(&self.log);
                let mailbox = self.proving.map(|(_, mailbox)| mailbox);
                match fact {
                    Ok(fact) if Some(fact.mailbox) == mailbox => {
                        Ok((stored.request, Ok(stored.receipt)))
                    }
                    _ => Err(RelayError::Protocol("a receipt for another mailbox")),
                }
            }
            FromRelay::Refused(no) => Ok((no.request, Err((no.reason, no.retry_seconds)))),
            _ => Err(RelayError::Protocol("an answer to nothing")),
        }
    }

    /// The mailbox's newest head, signed. Whoever has a right there may ask: those who only post hold it against their receipts.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn ask_head(&mut self) -> Result<Signed<Head>, RelayError> {
        let request = self.request();
        self.say(&AskHead { request }.into()).await?;
        match self.hear().await? {
            FromRelay::NewestHead(newest) if newest.request == request => {
                let word = newest.head.verify(&self.log);
                let mailbox = self.proving.map(|(_, mailbox)| mailbox);
                if word.is_ok_and(|word| Some(word.mailbox) == mailbox) {
                    Ok(newest.head)
                } else {
                    Err(RelayError::Protocol("a head of another mailbox"))
                }
            }
            FromRelay::Refused(no) => Err(RelayError::Refused(no.reason, no.retry_seconds)),
            _ => Err(RelayError::Protocol("an answer to nothing")),
        }
    }

    /// What does not fit together, with what the relay said of itself.
    pub(crate) fn contradiction(&self, fault: ChainFault, cursor: Option<&Cursor>) -> RelayError {
        let restored = self.restored.clone();
        RelayError::Contradiction(Box::new(Contradiction::new(fault, cursor, restored)))
    }

    /// Opens or renews a mailbox with a host's token.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn create(
        &mut self,
        opening: Signed<Opening>,
        token: Signed<HostToken>,
    ) -> Result<Created, RelayError> {
        let request = self.request();
        let create = CreateWithToken {
            request,
            opening,
            token,
        };
        self.say(&create.into()).await?;
        self.created(request).await
    }

    /// Opens a small mailbox on the group's account.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn create_sponsored(
        &mut self,
        opening: Signed<Opening>,
        sponsorship: Signed<Sponsorship>,
    ) -> Result<Created, RelayError> {
        let request = self.request();
        let create = CreateSponsored {
            request,
            opening,
            sponsorship,
        };
        self.say(&create.into()).await?;
        self.created(request).await
    }

    /// Opens a mailbox that takes over the account of another. To be asked for again until it is answered: the same two change nothing
    /// more.
    ///
    /// # Errors
    /// [`RelayError`]; [`Reason::Succeeded`] when yet another has taken it over.
    pub async fn succeed(
        &mut self,
        opening: Signed<Opening>,
        succession: Signed<Succession>,
    ) -> Result<Created, RelayError> {
        let request = self.request();
        let succeed = Succeed {
            request,
            opening,
            succession,
        };
        self.say(&succeed.into()).await.map_err(not_known)?;
        self.created(request).await.map_err(not_known)
    }

    /// Takes a lane's rights back. To be asked for again until it is answered.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn revoke(&mut self, revocation: Signed<Revocation>) -> Result<(), RelayError> {
        let request = self.request();
        let revoke = Revoke {
            request,
            revocation,
        };
        self.say(&revoke.into()).await.map_err(not_known)?;
        match self.hear().await.map_err(not_known)? {
            FromRelay::Revoked(revoked) if revoked.request == request => Ok(()),
            FromRelay::Refused(no) => Err(RelayError::Refused(no.reason, no.retry_seconds)),
            _ => Err(RelayError::Protocol("an answer to nothing")),
        }
    }

    async fn created(&mut self, request: RequestId) -> Result<Created, RelayError> {
        match self.hear().await? {
            FromRelay::Created(created) if created.request == request => Ok(created),
            FromRelay::Refused(no) => Err(RelayError::Refused(no.reason, no.retry_seconds)),
            _ => Err(RelayError::Protocol("an answer to nothing")),
        }
    }

    /// Subscribes to the mailbox from a cursor on, and holds against the relay what receipts it gave.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn subscribe(
        mut self,
        cursor: Cursor,
        promises: Vec<Receipt>,
    ) -> Result<Subscription, RelayError> {
        let request = self.request();
        let after: Sequence = cursor.sequence;
        self.say(&Subscribe { request, after }.into()).await?;
        let chain = Chain::new(self.log, cursor, promises);
        Ok(Subscription {
            session: self,
            chain,
        })
    }

    /// Ends the connection in good order.
    pub async fn close(self) {
        self.connection.close().await;
    }
}

/// A relay of before ends the connection at a message that it does not know, and says no more than that.
fn not_known(error: RelayError) -> RelayError {
    match error {
        RelayError::Ended(Some(Close::Violation)) => RelayError::Refused(Reason::Version, 0),
        other => other,
    }
}

/// A subscription.
#[derive(Debug)]
pub struct Subscription {
    session: Session,
    chain: Chain,
}

impl Subscription {
    /// What comes next. Safe to drop while it waits.
    ///
    /// # Errors
    /// [`RelayError`]; [`RelayError::Silent`] when heartbeats stopped.
    pub async fn next(&mut self) -> Result<Delivery, RelayError> {
        match self.session.hear().await? {
            FromRelay::Refused(no) => Err(RelayError::Refused(no.reason, no.retry_seconds)),
            message => match self.chain.take(message) {
                Ok(delivery) => delivery.ok_or(RelayError::Protocol("no part of a subscription")),
                Err(fault) => Err(self.session.contradiction(fault, Some(self.chain.cursor()))),
            },
        }
    }

    /// As [`Session::restored`].
    #[must_use]
    pub(crate) fn restored(&self) -> Option<Restored> {
        self.session.restored()
    }

    /// How far it is.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        self.chain.cursor()
    }

    /// Ends the connection in good order.
    pub async fn close(self) {
        self.session.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_does_not_know_a_message_is_said_to_be_of_another_version() {
        let unknown = not_known(RelayError::Ended(Some(Close::Violation)));
        assert!(matches!(unknown, RelayError::Refused(Reason::Version, 0)));
        assert!(!unknown.may_pass());
        let stopping = not_known(RelayError::Ended(Some(Close::Stopping)));
        assert!(matches!(stopping, RelayError::Ended(Some(Close::Stopping))));
    }
}
