//! One connection's conversation with a relay. Requests go out without waiting for answers: on a
//! network with a second of delay, each wait is a second in which somebody may be searched.

use bellrope_proto::{
    VERSION,
    address::RelayAddress,
    envelope::Envelope,
    grant::{HostToken, Opening, Proof, Sponsorship},
    ids::{Hash, MailboxId, Sequence, Timestamp},
    message::{
        CreateSponsored, CreateWithToken, Created, FromRelay, Hello, Post, Prove, Reason,
        RequestId, Subscribe, ToRelay, Welcome,
    },
    receipt::Receipt,
    signing::{PublicKey, Relay, Signed},
};

use super::{Chain, Event, LinkError, quic::Frames};
use crate::{item::Access, state::Cursor};

/// A connection on which Hello was said.
#[derive(Debug)]
pub struct Session {
    frames: Frames,
    relay: PublicKey<Relay>,
    welcome: Option<Welcome>,
    /// The mailbox whose lane is being proven here, and by which request.
    proving: Option<(RequestId, MailboxId)>,
    last: u32,
}

/// What a relay answered to a post.
pub type Answer = Result<Receipt, (Reason, u32)>;

impl Session {
    /// Connects and says Hello.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn open(address: &RelayAddress) -> Result<Self, LinkError> {
        let frames = Frames::connect(address).await?;
        let mut session = Self {
            frames,
            relay: address.key(),
            welcome: None,
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
    /// [`LinkError`].
    pub async fn open_as(address: &RelayAddress, access: &Access) -> Result<Self, LinkError> {
        let mut session = Self::open(address).await?;
        let grant = access.grant.peek().map_err(|_| LinkError::Protocol)?;
        let mailbox = grant.authority.mailbox();
        let proof = Proof {
            exporter: session.frames.exporter()?,
            relay: session.relay,
            mailbox,
        };
        let request = session.request();
        session.proving = Some((request, mailbox));
        let prove = Prove {
            request,
            grant: access.grant.clone(),
            proof: access.lane().sign(&proof).detach(),
        };
        session.say(&prove.into()).await?;
        Ok(session)
    }

    fn request(&mut self) -> RequestId {
        self.last = self.last.wrapping_add(1);
        RequestId(self.last)
    }

    async fn say(&mut self, message: &ToRelay) -> Result<(), LinkError> {
        self.frames.write(&message.to_frame()).await
    }

    /// The next message that is not about the greeting.
    async fn hear(&mut self) -> Result<FromRelay, LinkError> {
        loop {
            let body = self.frames.read().await?;
            match FromRelay::from_body(&body).map_err(|_| LinkError::Protocol)? {
                FromRelay::Welcome(welcome) if self.welcome.is_none() => {
                    if welcome.version != VERSION {
                        return Err(LinkError::Refused(Reason::Version, 0));
                    }
                    self.welcome = Some(welcome);
                }
                FromRelay::Proven(proven) => {
                    if self.proving != Some((proven.request, proven.mailbox)) {
                        return Err(LinkError::Protocol);
                    }
                }
                FromRelay::Refused(no) if self.is_greeting(no.request) => {
                    return Err(LinkError::Refused(no.reason, no.retry_seconds));
                }
                other => return Ok(other),
            }
        }
    }

    fn is_greeting(&self, request: RequestId) -> bool {
        request == RequestId(0) || self.proving.is_some_and(|(proving, _)| proving == request)
    }

    /// Sends an envelope; [`Self::answer`] tells what became of it.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn post(&mut self, envelope: &Envelope) -> Result<RequestId, LinkError> {
        let request = self.request();
        let envelope = envelope.clone();
        self.say(&Post { request, envelope }.into()).await?;
        Ok(request)
    }

    /// The next answer to a post. A receipt is checked to be this relay's and this mailbox's; the
    /// caller checks which envelope it names.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn answer(&mut self) -> Result<(RequestId, Answer), LinkError> {
        match self.hear().await? {
            FromRelay::Stored(stored) => {
                let fact = stored.receipt.verify(&self.relay);
                let mailbox = self.proving.map(|(_, mailbox)| mailbox);
                match fact {
                    Ok(fact) if Some(fact.mailbox) == mailbox => {
                        Ok((stored.request, Ok(stored.receipt)))
                    }
                    _ => Err(LinkError::Protocol),
                }
            }
            FromRelay::Refused(no) => Ok((no.request, Err((no.reason, no.retry_seconds)))),
            _ => Err(LinkError::Protocol),
        }
    }

    /// Opens or renews a mailbox with a host's token.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn create(
        &mut self,
        opening: Signed<Opening>,
        token: Signed<HostToken>,
    ) -> Result<Created, LinkError> {
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
    /// [`LinkError`].
    pub async fn create_sponsored(
        &mut self,
        opening: Signed<Opening>,
        sponsorship: Signed<Sponsorship>,
    ) -> Result<Created, LinkError> {
        let request = self.request();
        let create = CreateSponsored {
            request,
            opening,
            sponsorship,
        };
        self.say(&create.into()).await?;
        self.created(request).await
    }

    async fn created(&mut self, request: RequestId) -> Result<Created, LinkError> {
        match self.hear().await? {
            FromRelay::Created(created) if created.request == request => Ok(created),
            FromRelay::Refused(no) => Err(LinkError::Refused(no.reason, no.retry_seconds)),
            _ => Err(LinkError::Protocol),
        }
    }

    /// Follows the mailbox from a cursor, and holds against the relay what receipts it gave.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn follow(
        mut self,
        cursor: Cursor,
        promises: Vec<Receipt>,
    ) -> Result<Follow, LinkError> {
        let request = self.request();
        let after: Sequence = cursor.sequence;
        self.say(&Subscribe { request, after }.into()).await?;
        let chain = Chain::new(self.relay, cursor, promises);
        Ok(Follow {
            session: self,
            chain,
        })
    }

    /// The relay's clock when it said welcome, once it has.
    #[must_use]
    pub fn relay_time(&self) -> Option<Timestamp> {
        self.welcome.as_ref().map(|welcome| welcome.time)
    }

    /// Ends the connection in good order.
    pub async fn close(self) {
        self.frames.close().await;
    }
}

/// A subscription.
#[derive(Debug)]
pub struct Follow {
    session: Session,
    chain: Chain,
}

impl Follow {
    /// What comes next. Safe to drop while it waits.
    ///
    /// # Errors
    /// [`LinkError`]; [`LinkError::Silent`] when heartbeats stopped.
    pub async fn next(&mut self) -> Result<Event, LinkError> {
        match self.session.hear().await? {
            FromRelay::Refused(no) => Err(LinkError::Refused(no.reason, no.retry_seconds)),
            message => self.chain.take(message)?.ok_or(LinkError::Protocol),
        }
    }

    /// How far it is.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        self.chain.cursor()
    }

    /// The head that the chain has now.
    #[must_use]
    pub fn head(&self) -> Hash {
        self.chain.cursor().head
    }

    /// Ends the connection in good order.
    pub async fn close(self) {
        self.session.close().await;
    }
}
