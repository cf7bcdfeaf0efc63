//! What a turn asks of the relay: the new mailbox takes the place of the old one, and lanes of who is put out lose their rights.

use bellrope_proto::{
    address::RelayAddress,
    grant::{Opening, Revocation, Succession},
    message::Reason,
};

use super::{context::Context, event::EngineError};
use crate::{
    connect::open_session,
    device::{
        Device, DeviceError,
        epochs::{RelayTask, authority},
        relay_now,
    },
    relay::{RelayError, Session},
};

/// Carries out what there is, in order. What is done is noted at once: after a crash the relay is told the last once more, and
/// knows it.
///
/// # Errors
/// The first failure. What comes after it waits: a revocation is not overtaken by what is said to those who stay.
pub(super) async fn carry_out(context: &Context) -> Result<(), EngineError> {
    while let Some((relay, task)) = context.with_device(next).await? {
        let mut session = open_session(&context.device, &relay, None).await?;
        match tell(&mut session, &relay, &task).await {
            Ok(()) => session.close().await,
            // Where there is no such mailbox, or none any more, the lane opens nothing.
            Err(RelayError::Refused(Reason::NoMailbox, _))
                if matches!(task, RelayTask::Revoke { .. }) => {}
            // Once for ever: somebody who had the authority before gave the account to a mailbox that the group does not follow.
            Err(RelayError::Refused(Reason::Succeeded, _))
                if matches!(task, RelayTask::Succeed { .. }) =>
            {
                return Err(EngineError::AccountGone);
            }
            Err(error) => return Err(error.into()),
        }
        let done = move |device: &Device| {
            device.change(|state| state.relay_tasks.retain(|waiting| *waiting != task))
        };
        context.with_device(done).await?;
    }
    Ok(())
}

fn next(device: &Device) -> Result<Option<(RelayAddress, RelayTask)>, DeviceError> {
    let task = device.state()?.relay_tasks.into_iter().next();
    // Asked for after the look at the state: most devices never have one, and this is looked at every second.
    match task {
        Some(task) => Ok(relay_now(device)?.map(|relay| (relay, task))),
        None => Ok(None),
    }
}

async fn tell(
    session: &mut Session,
    relay: &RelayAddress,
    task: &RelayTask,
) -> Result<(), RelayError> {
    match task {
        RelayTask::Succeed { from, to } => {
            let (from, to) = (authority(from), authority(to));
            let mailbox = to.public().mailbox();
            let opening = to.sign(&Opening {
                authority: to.public(),
                relay: relay.key(),
            });
            let succession = from.sign(&Succession {
                authority: from.public(),
                relay: relay.key(),
                mailbox,
            });
            let created = session.succeed(opening, succession).await?;
            if created.mailbox == mailbox {
                Ok(())
            } else {
                Err(RelayError::Protocol("another mailbox was opened"))
            }
        }
        RelayTask::Revoke {
            authority: seed,
            lane,
        } => {
            let authority = authority(seed);
            let revocation = authority.sign(&Revocation {
                authority: authority.public(),
                lane: *lane,
            });
            session.revoke(revocation).await
        }
    }
}
