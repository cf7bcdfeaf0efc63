//! `bellrope watch`: shows alerts the moment they arrive, sends what waits, and goes on through every
//! failure of the network until it is stopped.

use std::{path::Path, time::Duration};

use bellrope_proto::{address::RelayAddress, ids::Timestamp};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::{
    desk::{Desk, wait_for},
    page::Reading,
};
use crate::{
    admission, carry,
    cli::Watch,
    clock::now,
    device::Device,
    evidence,
    failure::{DONE, FAILED, Failure, link_message},
    home::Turn,
    inbox,
    item::Access,
    joining::{Heard, JoinError, Listening, Word},
    link::{Event, LinkError, Session, session::Follow},
    outbox,
    receive::{News, Receiver},
    roster::Refusal,
    screen::escape,
    state::{Cursor, State},
};

/// Between two looks at what other commands queued and stored.
const LOOK: Duration = Duration::from_secs(1);

/// Between two looks at who asks to join: a coordinator's; costs a connection for each open invitation.
const CLAIMS: Duration = Duration::from_secs(20);

/// Sending that failed while reading works is not tried at every look.
const SEND_AGAIN: Duration = Duration::from_secs(15);

/// A failed connection is tried again soon, then less often.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_LAST: Duration = Duration::from_secs(30);

/// The cursor is written down at least this often while a long backlog arrives.
const CURSOR_EVERY: u32 = 64;

/// Why a connection's turn is over.
enum Over {
    /// Everything was shown, and that was all that was asked for.
    Done,
    /// The person stopped it.
    Stopped,
    /// The device is let in now: it goes on as a reader.
    LetIn,
    /// The network or the relay.
    Link(LinkError),
}

/// A device that reads.
struct Reader<'a> {
    receiver: Receiver<'a>,
    relay: RelayAddress,
    access: Access,
    cursor: Cursor,
    coordinates: bool,
    /// Where sealed envelopes are kept as well, for other programs to open.
    envelopes: Option<&'a Path>,
}

pub(super) fn watch(desk: &mut Desk, args: &Watch) -> Result<u8, Failure> {
    let device = desk.unlock()?;
    wait_for(async {
        let stopped = stopped();
        tokio::pin!(stopped);
        let mut retry = RETRY_FIRST;
        let mut said = "";
        loop {
            let began = Instant::now();
            let over = tokio::select! {
                over = once_through(desk, &device, args) => over?,
                () = &mut stopped => Over::Stopped,
            };
            match over {
                Over::Done | Over::Stopped => return Ok(DONE),
                Over::LetIn => {}
                Over::Link(error) => {
                    report(desk, &device, &error, &mut said)?;
                    if args.once {
                        return Ok(FAILED);
                    }
                    if began.elapsed() > RETRY_LAST {
                        retry = RETRY_FIRST;
                        said = "";
                    }
                    tokio::select! {
                        () = sleep(retry) => {}
                        () = &mut stopped => return Ok(DONE),
                    }
                    retry = (retry * 2).min(RETRY_LAST);
                }
            }
        }
    })
}

/// Ctrl-C, or the signal by which a system stops a program.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Says what went wrong, once for each kind of failure in a row, and keeps evidence of a lie.
fn report(
    desk: &mut Desk,
    device: &Device,
    error: &LinkError,
    said: &mut &'static str,
) -> Result<(), Failure> {
    let message = link_message(error);
    if *said != message {
        desk.status(message, &[]);
        *said = message;
    }
    if let LinkError::Broken(broken) = error
        && let Some(relay) = relay_of(device)?
        && let Some(path) = evidence::keep(device, &relay, broken)?
    {
        let path = escape(&path.display().to_string());
        desk.status("watch-evidence", &[("file", path.into())]);
    }
    Ok(())
}

fn relay_of(device: &Device) -> Result<Option<RelayAddress>, Failure> {
    let state = device.state()?;
    if let Some(joined) = state.joined {
        return Ok(Some(joined.relay));
    }
    let roster = device.roster()?;
    Ok(roster.and_then(|roster| roster.epoch().relays.first().cloned()))
}

async fn once_through(desk: &mut Desk, device: &Device, args: &Watch) -> Result<Over, Failure> {
    let state = device.state()?;
    match reader(device, &state, args)? {
        Some(reader) => read(desk, device, &reader, args).await,
        None => listen(desk, device, args).await,
    }
}

fn reader<'a>(
    device: &'a Device,
    state: &State,
    args: &'a Watch,
) -> Result<Option<Reader<'a>>, Failure> {
    let (Some(seed), Some(access), Some(cursor)) = (state.epoch_seed, &state.access, &state.cursor)
    else {
        return Ok(None);
    };
    let roster = device.roster()?;
    let relay = roster.and_then(|roster| roster.epoch().relays.first().cloned());
    Ok(relay.map(|relay| Reader {
        receiver: Receiver::new(device, seed),
        relay,
        access: access.clone(),
        cursor: cursor.clone(),
        coordinates: state.authority_seed.is_some(),
        envelopes: args.envelopes.as_deref(),
    }))
}

/// A member's watch: one connection's worth.
async fn read(
    desk: &mut Desk,
    device: &Device,
    reader: &Reader<'_>,
    args: &Watch,
) -> Result<Over, Failure> {
    // What another command stored, or a crash left unshown.
    show_new(desk, device, args.json)?;
    let promises = outbox::all(device)?.into_iter();
    let promises = promises.filter_map(|waiting| waiting.queued.receipt);
    let opened = Session::open_as(&reader.relay, &reader.access).await;
    let follow = match opened {
        Ok(session) => {
            session
                .follow(reader.cursor.clone(), promises.collect())
                .await
        }
        Err(error) => Err(error),
    };
    let mut follow = match follow {
        Ok(follow) => follow,
        Err(error) => return Ok(Over::Link(error)),
    };
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut claims_at = Instant::now();
    let mut send_at = Instant::now();
    let mut behind = 0_u32;
    let mut greeted = false;
    loop {
        let event = tokio::select! {
            event = follow.next() => Some(event),
            _ = look.tick() => None,
        };
        match event {
            None => {
                let claims = reader.coordinates && Instant::now() >= claims_at;
                if claims {
                    claims_at = Instant::now() + CLAIMS;
                }
                if claims || Instant::now() >= send_at {
                    let sent = settle(desk, device, claims).await?;
                    if !sent {
                        send_at = Instant::now() + SEND_AGAIN;
                    }
                }
                show_new(desk, device, args.json)?;
            }
            Some(Ok(event)) => {
                let caught_up = matches!(event, Event::CaughtUp { .. });
                take(desk, device, reader, event)?;
                show_new(desk, device, args.json)?;
                behind = behind.saturating_add(1);
                if caught_up || behind >= CURSOR_EVERY {
                    reader.receiver.move_to(follow.cursor())?;
                    behind = 0;
                }
                if caught_up && args.once {
                    settle(desk, device, reader.coordinates).await?;
                    follow.close().await;
                    return Ok(Over::Done);
                }
                if caught_up && !greeted {
                    greeted = true;
                    desk.status("watch-on", &[]);
                }
            }
            Some(Err(error)) => return over(reader, &follow, error),
        }
    }
}

fn over(reader: &Reader<'_>, follow: &Follow, error: LinkError) -> Result<Over, Failure> {
    // A lie is not built upon: the cursor stays before it.
    if !matches!(error, LinkError::Broken(_)) {
        reader.receiver.move_to(follow.cursor())?;
    }
    Ok(Over::Link(error))
}

/// Sends what waits; for a coordinator, also looks who asks and lets defenders in. Tells whether
/// everything was sent.
async fn settle(desk: &mut Desk, device: &Device, claims: bool) -> Result<bool, Failure> {
    let mut sent = carry::flush(device).await?;
    if claims && let Ok(settled) = admission::read_claims(device, now()).await? {
        let roster = device.roster()?;
        let name_at = |at| {
            let mut invited = roster.iter().flat_map(|roster| roster.invited());
            let found = invited.find(|invited| invited.at == at);
            found
                .map(|invited| escape(&invited.admit.name))
                .unwrap_or_default()
        };
        for at in &settled.asking {
            desk.status("watch-asks", &[("name", name_at(*at).into())]);
        }
        for at in &settled.admitted {
            desk.status("watch-admitted", &[("name", name_at(*at).into())]);
        }
        sent = carry::flush(device).await?;
    }
    Ok(sent.failed.is_empty())
}

fn take(
    desk: &mut Desk,
    device: &Device,
    reader: &Reader<'_>,
    event: Event,
) -> Result<(), Failure> {
    let (sequence, time, envelope) = match event {
        Event::Envelope {
            sequence,
            time,
            envelope,
        } => (sequence, time, envelope),
        Event::Missed { count } => {
            desk.status("watch-missed", &[("count", count.into())]);
            return Ok(());
        }
        Event::CaughtUp { .. } | Event::Ahead => return Ok(()),
    };
    if let Some(dir) = reader.envelopes {
        std::fs::create_dir_all(dir)?;
        std::fs::write(dir.join(format!("{sequence}.age")), envelope.bytes())?;
    }
    match reader.receiver.take(sequence, time, &envelope)? {
        News::Message(id) if reader.coordinates => heed_claim(desk, device, id)?,
        News::Message(_) | News::Again | News::NotForUs => {}
        News::Roster => desk.status("watch-roster", &[]),
        News::Refused(sequence, refused) => {
            let reason = match refused {
                crate::judge::Refused::NotSigned => "refused-not-signed",
                crate::judge::Refused::OtherGroup => "refused-other-group",
                crate::judge::Refused::OtherReaders => "refused-other-readers",
                crate::judge::Refused::Unreadable => "refused-unreadable",
            };
            let reason = desk.words.plain(reason);
            let words = [("sequence", sequence.0.into()), ("reason", reason.into())];
            desk.status("watch-refused", &words);
        }
        News::SameId(sequence, id) => {
            let words = [
                ("sequence", sequence.0.into()),
                ("id", id.to_string().into()),
            ];
            desk.status("watch-same-id", &words);
        }
        News::Roguish(sequence, Refusal::Fork) => {
            desk.status("watch-fork", &[("sequence", sequence.0.into())]);
        }
        News::Roguish(sequence, _) => {
            desk.status("watch-roguish", &[("sequence", sequence.0.into())]);
        }
        News::Damaged(sequence) => {
            desk.status("watch-damaged", &[("sequence", sequence.0.into())]);
        }
    }
    Ok(())
}

/// A defender's first alert brings the claim with it: the coordinator's client writes them in.
fn heed_claim(desk: &mut Desk, device: &Device, id: crate::alert::AlertId) -> Result<(), Failure> {
    let kept = inbox::find(device, id)?;
    let Some(claim) = kept.and_then(|kept| kept.spoken.claim) else {
        return Ok(());
    };
    if let Some(at) = admission::claim_heard(device, &claim, now())? {
        let roster = device.roster()?;
        let mut invited = roster.iter().flat_map(|roster| roster.invited());
        let name = invited
            .find(|invited| invited.at == at)
            .map(|invited| escape(&invited.admit.name))
            .unwrap_or_default();
        desk.status("watch-admitted", &[("name", name.into())]);
    }
    Ok(())
}

/// Shows what was not shown yet, and notes that it was: in that order, so that a crash in between
/// shows it again rather than never.
fn show_new(desk: &mut Desk, device: &Device, as_json: bool) -> Result<(), Failure> {
    if inbox::is_empty(device)? {
        return Ok(());
    }
    let _turn = device.turn(Turn::Show)?;
    let reading = Reading::of(device)?;
    for (id, kept) in inbox::new(device)? {
        if as_json {
            let value = reading.json(id, &kept, false)?;
            desk.json(&value)?;
        } else {
            let page = reading.page(id, &kept, &desk.words)?;
            desk.content(&page)?;
        }
        inbox::shown(device, id)?;
    }
    Ok(())
}

/// A defender's watch, or that of somebody who waits to be let in: sends what waits, and takes in
/// what comes to the invitation's own mailbox.
async fn listen(desk: &mut Desk, device: &Device, args: &Watch) -> Result<Over, Failure> {
    let sent = carry::flush(device).await?;
    say_stored(desk, &sent.stored);
    if let Some((_, error)) = sent.failed.into_iter().next() {
        return Ok(Over::Link(error));
    }
    let mut listening = match Listening::open(device).await {
        Ok(Some(listening)) => listening,
        Ok(None) => return Err(Failure::new("error-group-unfinished")),
        Err(error) => return link(error),
    };
    let mut greeted = false;
    let mut send_at = Instant::now();
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let heard = tokio::select! {
            heard = listening.next() => Some(heard),
            _ = look.tick() => None,
        };
        match heard {
            None if Instant::now() < send_at => {}
            None => {
                let sent = carry::flush(device).await?;
                say_stored(desk, &sent.stored);
                if !sent.failed.is_empty() {
                    send_at = Instant::now() + SEND_AGAIN;
                }
            }
            Some(Ok(Heard::Word(word))) => match word {
                Word::Nothing => {}
                Word::Welcome => {
                    desk.status("watch-let-in", &[]);
                    return Ok(Over::LetIn);
                }
                Word::View => desk.status("watch-new-keys", &[]),
                Word::Taken => desk.status("watch-taken", &[]),
                Word::Refused => return Err(Failure::new("error-not-let-in")),
            },
            Some(Ok(Heard::CaughtUp)) => {
                if args.once {
                    let waits = device.state()?.access.is_none();
                    if waits {
                        desk.status("watch-still-waiting", &[]);
                    }
                    listening.close().await;
                    return Ok(Over::Done);
                }
                if !greeted {
                    greeted = true;
                    let waits = device.state()?.access.is_none();
                    let id = if waits {
                        "watch-waiting"
                    } else {
                        "watch-sending"
                    };
                    desk.status(id, &[]);
                }
            }
            Some(Err(error)) => return link(error),
        }
    }
}

fn link(error: JoinError) -> Result<Over, Failure> {
    match error {
        JoinError::Link(error) => Ok(Over::Link(error)),
        other => Err(other.into()),
    }
}

fn say_stored(desk: &mut Desk, stored: &[crate::alert::AlertId]) {
    for id in stored {
        let id = id.to_string();
        let time: Timestamp = now();
        let words = [
            ("time", crate::clock::moment_text(time).into()),
            ("id", id.into()),
        ];
        desk.status("alert-stored", &words);
    }
}
