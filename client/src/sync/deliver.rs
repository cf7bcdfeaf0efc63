//! What becomes of each delivery of the group's mailbox, and what is told of it.

use std::{
    fs,
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use bellrope_proto::{
    envelope::Envelope,
    ids::{MailboxId, Sequence},
};

use super::{
    event::Event,
    follow::Follower,
    invitations::ClaimsRequest,
    receive::{GroupReceiver, NotKept, Received},
};
use crate::{
    clock::now,
    device::{Device, DeviceError, absence},
    relay::{Cursor, Delivery},
    show::Inbox,
};

impl Follower {
    pub(super) async fn take(
        &self,
        receiver: &Arc<GroupReceiver>,
        coordinates: bool,
        delivery: Delivery,
        after: Cursor,
    ) -> Result<(), DeviceError> {
        let events = &self.context.events;
        let known = Arc::clone(receiver);
        let (sequence, time, envelope) = match delivery {
            Delivery::Envelope {
                sequence,
                time,
                envelope,
            } => (sequence, time, envelope),
            Delivery::Missed { count } => {
                let is_over = known.is_over();
                if !is_over {
                    self.has_missed.store(true, Ordering::Relaxed);
                }
                if is_over || after.sequence.0 > self.read_before.load(Ordering::Relaxed) {
                    let first = after.sequence.0.saturating_sub(count).saturating_add(1);
                    let missed = move |device: &Device| {
                        let roster = device.roster()?.ok_or(DeviceError::Nothing)?;
                        let epoch = roster.epoch_of(after.mailbox);
                        absence::change(device, |absence| {
                            if let Some(epoch) = epoch {
                                absence.miss(epoch, (Sequence(first), after.sequence));
                            }
                            absence.came_back(now());
                        })
                    };
                    self.context.with_device(missed).await?;
                    events.tell(Event::Missed(count));
                }
                return Ok(());
            }
            Delivery::CaughtUp { .. } | Delivery::Ahead => {
                let receiver = Arc::clone(receiver);
                let received = self
                    .context
                    .with_device(move |device| receiver.retry(device, after.sequence))
                    .await;
                self.tell(received, coordinates);
                self.tell_circle(&known);
                return Ok(());
            }
        };
        self.clocks.something_came();
        let receiver = Arc::clone(receiver);
        let copies = self.envelopes.clone();
        let (received, copied) = self
            .context
            .with_device(move |device| {
                let received = receiver.receive(device, &after, time, &envelope);
                let copied = copies.map_or(Ok(()), |dir| keep_copy(&dir, sequence, &envelope));
                (received, copied)
            })
            .await;
        // A copy for other programs is not worth an alert.
        if let Err(error) = copied {
            events.tell(Event::Failed(error));
        }
        match received? {
            Received::NotKept(not_kept) => self.not_kept(*not_kept).await,
            received => self.tell(received, coordinates),
        }
        self.tell_circle(&known);
        Ok(())
    }

    /// Whatever else came with it: whoever writes the roster could have others read nothing.
    fn tell_circle(&self, receiver: &GroupReceiver) {
        if receiver.circle_has_changed() {
            self.context.events.tell(Event::CircleChanged);
        }
        if receiver.duty_has_changed() {
            self.context.events.tell(Event::DutyChanged);
        }
        if receiver.retention_has_changed() {
            self.context.events.tell(Event::RetentionChanged);
        }
    }

    /// What has no room on this disk is shown from memory.
    async fn not_kept(&self, not_kept: NotKept) {
        let NotKept { id, message, error } = not_kept;
        let alert = self
            .context
            .with_device(move |device| {
                let inbox = Inbox::open(device)?;
                Ok::<_, DeviceError>(inbox.map(|inbox| inbox.not_kept(id, message)))
            })
            .await;
        let events = &self.context.events;
        match alert {
            Ok(Some(alert)) => events.tell(Event::NotKept(Box::new(alert), error)),
            Ok(None) | Err(_) => events.tell(Event::Failed(error)),
        }
    }

    fn tell(&self, received: Received, coordinates: bool) {
        let events = &self.context.events;
        match received {
            Received::Message(invitation) => self.message(invitation, coordinates),
            Received::OtherLog {
                invitation,
                name,
                evidence,
            } => {
                self.message(invitation, coordinates);
                events.tell(Event::OtherLog { name, evidence });
            }
            Received::ToTranslate(name) => events.tell(Event::ToTranslate(name)),
            Received::Contact { handle, by } => events.tell(Event::Contact { handle, by }),
            Received::Newer => events.tell(Event::Newer),
            // Where it comes from, it is shown at once.
            Received::NotKept(not_kept) => events.tell(Event::Failed(not_kept.error)),
            Received::NotWritten(error) => events.tell(Event::Failed(error)),
            Received::PartNotKept(error) => events.tell(Event::PartNotKept(error)),
            Received::InCase(other_log) => {
                events.tell(Event::InCase);
                if let Some((name, evidence)) = other_log {
                    events.tell(Event::OtherLog { name, evidence });
                }
            }
            Received::RosterNotKept(error) => events.tell(Event::RosterNotKept(error)),
            Received::Again | Received::NotForUs => {}
            Received::CallWanted { name, at } => events.tell(Event::CallWanted { name, at }),
            Received::ComparisonsFailed => events.tell(Event::ComparisonsFailed),
            Received::TwoKeysForAWeek => events.tell(Event::TwoKeysForAWeek),
            Received::CallDiffers(name) => events.tell(Event::CallDiffers(name)),
            Received::Roster => events.tell(Event::RosterChanged),
            // Carried out at the next look, whenever that is: an entry right after each wish and consent would show the relay who has the pen.
            // Whoever is to be put out, and who takes the pen from, is not given that time: it may have been the last that was lacking.
            Received::Agreed { name, at_once } => {
                events.tell(Event::Agreed(name));
                if at_once {
                    let _ = self.claims.send(ClaimsRequest::Agreed);
                }
            }
            Received::Wish(line) => events.tell(Event::Wish(*line)),
            // The mailbox of the new device's invitation, which this one opens, shows the relay who does, at whatever time.
            Received::DeviceWanted => {
                let _ = self.claims.send(ClaimsRequest::Agreed);
            }
            Received::DeviceAsks => events.tell(Event::DeviceAsks),
            Received::Recovery => events.tell(Event::Recovery),
            Received::SeenElsewhere(count) => events.tell(Event::SeenElsewhere(count)),
            Received::Shift => events.tell(Event::Shifts),
            Received::Pen(name) => events.tell(Event::Pen(name)),
            Received::Overtaken(names) => events.tell(Event::Overtaken(names)),
            // It goes on in another mailbox.
            Received::Turned(out) => {
                self.has_moved.store(true, Ordering::Relaxed);
                events.tell(Event::Turned(out));
            }
            Received::Out => self.is_out.store(true, Ordering::Relaxed),
            Received::Moved => {
                self.moves();
                events.tell(Event::Moved);
            }
            Received::Undone(names) => events.tell(Event::Undone(names)),
            Received::RosterBehind => events.tell(Event::RosterBehind),
            Received::RosterNewer => events.tell(Event::RosterNewer),
            Received::Rejected(sequence, error) => events.tell(Event::Rejected(sequence, error)),
            Received::SameId(sequence, id) => events.tell(Event::SameId(sequence, id)),
            Received::RosterRefused(sequence, error) => {
                events.tell(Event::RosterRefused(sequence, error));
            }
            Received::Damaged(sequence) => events.tell(Event::Damaged(sequence)),
        }
    }

    fn message(&self, invitation: Option<MailboxId>, coordinates: bool) {
        self.context.inbox_grew.notify_one();
        if let (Some(mailbox), true) = (invitation, coordinates) {
            // Admitting takes a lock and may wait for it: not here.
            let _ = self.claims.send(ClaimsRequest::Heard(mailbox));
        }
    }
}

fn keep_copy(dir: &Path, sequence: Sequence, envelope: &Envelope) -> Result<(), DeviceError> {
    let path = dir.join(format!("{sequence}.age"));
    fs::create_dir_all(dir)
        .and_then(|()| fs::write(&path, envelope.bytes()))
        .map_err(|error| DeviceError::System(path.display().to_string(), error))
}
