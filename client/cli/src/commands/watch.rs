//! `bellrope watch`: shows alerts the moment they arrive, sends what waits, and goes on through every
//! failure of the network until it is stopped.

mod rings;

use bellrope_client::{
    Engine, EngineError, EngineOptions, Event, Online, ReplyUpdate, SendReport, Unshown, now,
    quiet_hours,
    show::{CaseNews, Inbox, ReadingCircle, ReceivedAlert},
    text::escape,
};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    answers,
    events::{say, say_full, say_stored},
    missed::Missed,
    reminders::Reminders,
    ringing::Ringing,
    shifts::Shifts,
};
use crate::{
    args::inbox::Watch,
    bell::{self, Bell},
    command_error::{CommandError, DONE, FAILED, engine_message, relay_message},
    hook::{Hook, HookFailure},
    idle::Idle,
    paths::GivenPath,
    ui::{Background, Ui},
};

pub(super) fn watch(ui: &mut Ui, args: Watch) -> Result<u8, CommandError> {
    if args.idle.is_some() && !ui.is_attended() {
        return Err(CommandError::new("error-idle-unattended").misuse());
    }
    let device = ui.unlock()?;
    let background = Background::start()?;
    let options = EngineOptions {
        follow: !args.once,
        envelopes: args.envelopes.as_ref().map(GivenPath::meant),
    };
    // Somebody who looks once is there, and needs no bell.
    let wakes = !args.once;
    let rings = wakes && !args.no_bell;
    let keys = (rings || args.idle.is_some()).then(bell::keys).flatten();
    let (hook, failures) = args.exec.map(|given| Hook::new(given.meant())).unzip();
    let mut watch = Watcher {
        engine: background.engine(&device, options),
        kept: Vec::new(),
        as_json: args.json,
        has_no_room: false,
        is_news_stuck: false,
        is_behind: false,
        offline: "",
        bell: rings.then(|| Bell::new(keys.is_some())),
        keys,
        idle: args.idle.map(Idle::after_minutes),
        hook,
        failures,
        reminders: (!args.once && !args.json).then(Reminders::new),
        ringing: Ringing::default(),
        missed: (!args.once && !args.json).then(Missed::new),
        shifts: Shifts::new(),
        rang: false,
        must_be_seen: false,
    };
    let code = if args.once {
        once(ui, &background, &mut watch)
    } else {
        ui.output.detach_status();
        if let Some(minutes) = args.idle {
            ui.status("watch-idle", &[("minutes", minutes.into())]);
        }
        for_ever(ui, &background, &mut watch)
    };
    background.wait(watch.engine.stop());
    code
}

struct Watcher {
    engine: Engine,
    /// What could not be read, or noted as shown.
    kept: Vec<Unshown>,
    as_json: bool,
    /// Whether an alert was shown that this device has no room for.
    has_no_room: bool,
    /// Whether what was told of cases could not be noted.
    is_news_stuck: bool,
    /// Who is in the group, or its keys, could not be written down: whoever looks once has not got what there is.
    is_behind: bool,
    /// What was said last of a relay that is not there: the same is not said again in a row.
    offline: &'static str,
    bell: Option<Bell>,
    /// Enter.
    keys: Option<UnboundedReceiver<()>>,
    /// Whether somebody is there who presses it.
    idle: Option<Idle>,
    hook: Option<Hook>,
    /// How its program failed, until that was said.
    failures: Option<UnboundedReceiver<HookFailure>>,
    /// What is due; nothing for who looks once.
    reminders: Option<Reminders>,
    ringing: Ringing,
    /// Who did not check in; nothing for who looks once.
    missed: Option<Missed>,
    /// Which shifts are handed over or swapped.
    shifts: Shifts,
    /// Whether anything rang here when it was looked last that others can see to.
    rang: bool,
    /// Whether the bell rings for what only a key ends.
    must_be_seen: bool,
}

/// What there is to do.
enum Happening {
    Told(Box<Event>),
    RingAgain,
    /// It is time to look whose bell something rings.
    Turn,
    Looked,
    /// Nobody has pressed a key for so long.
    Idle,
    /// It is time to look what is due.
    Due,
    /// It is time to look who has not checked in.
    Missed,
    /// It is time to look who has taken over.
    Shifts,
    /// There will be no more keys.
    NoKeys,
    Failed(HookFailure),
}

fn for_ever(ui: &mut Ui, background: &Background, watch: &mut Watcher) -> Result<u8, CommandError> {
    ui.asking.leave_signals();
    background.end_when(stopped());
    watch.news(ui)?;
    watch.answers(ui)?;
    watch.begin_ringing(ui);
    let mut stopped = std::pin::pin!(stopped());
    loop {
        let happening = background.wait(async {
            tokio::select! {
                happening = watch.next() => Some(happening),
                () = &mut stopped => None,
            }
        });
        match happening {
            None => return Ok(DONE),
            Some(Happening::Told(event)) => watch.tell(ui, *event)?,
            Some(Happening::RingAgain) => bell::ring(),
            Some(Happening::Turn) => watch.look_who_rings(ui),
            Some(Happening::Idle) => {
                ui.status("watch-idle-over", &[]);
                return Ok(DONE);
            }
            Some(Happening::Due) => {
                // Alerts come in whether or not what was said can be read.
                if let Some(reminders) = &mut watch.reminders
                    && let Err(error) = reminders.tell(ui, watch.engine.device())
                {
                    ui.failed(error.into());
                }
            }
            Some(Happening::Missed) => watch.look_who_is_missed(ui),
            Some(Happening::Shifts) => watch.look_at_shifts(ui),
            Some(Happening::Looked) => {
                watch.idle.iter_mut().for_each(Idle::pressed);
                watch.must_be_seen = false;
                if watch.bell.as_mut().is_some_and(Bell::end) {
                    ui.status("watch-bell-off", &[]);
                }
            }
            Some(Happening::NoKeys) => {
                watch.keys = None;
                // Nobody could end it.
                watch.bell = watch.bell.take().map(|_| Bell::new(false));
            }
            Some(Happening::Failed(failure)) => {
                watch.failures = None;
                say_failure(ui, failure);
            }
        }
    }
}

/// What came before is shown before any network, what comes before anything else is sent or read.
fn once(ui: &mut Ui, background: &Background, watch: &mut Watcher) -> Result<u8, CommandError> {
    watch.drain(ui, background)?;
    watch.news(ui)?;
    watch.answers(ui)?;
    watch.look_at_shifts(ui);
    let (read, sent) = background
        .wait(async { tokio::join!(watch.engine.catch_up(), watch.engine.send_alerts()) });
    watch.drain(ui, background)?;
    let mut failed = Vec::new();
    failed.extend(read.err());
    watch.sent(ui, sent, &mut failed);
    // What a relay has lost is sent again, whatever is to be said of it.
    if failed.iter().all(EngineError::is_contradiction) {
        background.wait(settle(ui, watch, &mut failed))?;
        watch.drain(ui, background)?;
    }
    let code =
        if failed.iter().all(EngineError::is_announced) && !watch.has_no_room && !watch.is_behind {
            DONE
        } else {
            FAILED
        };
    for error in failed {
        let said = engine_message(error, &ui.messages);
        ui.output.status(&said);
    }
    ui.unsaid_lease(watch.engine.device());
    ui.unsaid_restore(watch.engine.device())?;
    ui.unsaid_failures(watch.engine.device())?;
    ui.unsaid_twice(watch.engine.device())?;
    ui.unsaid_recoveries(watch.engine.device())?;
    if code == DONE && !watch.engine.device().is_let_in()? {
        ui.status("watch-still-waiting", &[]);
    }
    Ok(code)
}

/// Sends what else waits; for a coordinator, also looks who asks and lets defenders in.
async fn settle(
    ui: &mut Ui,
    watch: &Watcher,
    failed: &mut Vec<EngineError>,
) -> Result<(), CommandError> {
    watch.sent(ui, watch.engine.send_outbox().await, failed);
    // Whoever reads: what all agreed with whom it takes may be theirs to write down.
    if watch.engine.device().reads()? {
        let report = watch.engine.read_claims().await?;
        failed.extend(report.failed);
        let sent = watch.engine.send_outbox().await;
        let full = sent
            .as_ref()
            .map_or_else(|_| Vec::new(), |it| it.full.clone());
        watch.sent(ui, sent, failed);
        say_full(ui, &full);
    }
    Ok(())
}

/// Ctrl-C, or the signal by which a system stops a program.
pub(super) async fn stopped() {
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

impl Watcher {
    /// Safe to drop while it waits.
    async fn next(&mut self) -> Happening {
        let again = async {
            match &mut self.bell {
                Some(bell) => bell.again().await,
                None => std::future::pending().await,
            }
        };
        let idle = async {
            match &self.idle {
                Some(idle) => idle.over().await,
                None => std::future::pending().await,
            }
        };
        let due = async {
            match &self.reminders {
                Some(reminders) => reminders.due().await,
                None => std::future::pending().await,
            }
        };
        let missed = async {
            match &self.missed {
                Some(missed) => missed.due().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = idle => Happening::Idle,
            () = due => Happening::Due,
            () = self.ringing.due() => Happening::Turn,
            () = missed => Happening::Missed,
            () = self.shifts.due() => Happening::Shifts,
            event = self.engine.next() => Happening::Told(Box::new(event)),
            () = again => Happening::RingAgain,
            key = next_of(&mut self.keys) => match key {
                Some(()) => Happening::Looked,
                None => Happening::NoKeys,
            },
            Some(failure) = next_of(&mut self.failures) => Happening::Failed(failure),
        }
    }

    /// Says what was stored, and notes what was not.
    fn sent(
        &self,
        ui: &mut Ui,
        sent: Result<SendReport, EngineError>,
        failed: &mut Vec<EngineError>,
    ) {
        match sent {
            Ok(report) => {
                for (id, time) in report.stored {
                    say_stored(ui, id, time);
                }
                if report.evidence {
                    ui.status("watch-evidence", &[]);
                }
                failed.extend(report.failed.into_iter().next());
            }
            Err(error) => failed.push(error),
        }
    }

    /// Tells everything that there is to tell now.
    fn drain(&mut self, ui: &mut Ui, background: &Background) -> Result<(), CommandError> {
        while let Some(event) = background.wait(self.engine.next_ready()) {
            self.tell(ui, event)?;
        }
        Ok(())
    }

    fn tell(&mut self, ui: &mut Ui, event: Event) -> Result<(), CommandError> {
        match event {
            Event::Unshown(unshown) => self.show(ui, unshown)?,
            Event::Online(online) => {
                self.offline = "";
                let id = match online {
                    Online::Reading => "watch-on",
                    Online::Sending => "watch-sending",
                    Online::Waiting => "watch-waiting",
                };
                ui.status(id, &[]);
                ui.unsaid_restore(self.engine.device())?;
                ui.unsaid_failures(self.engine.device())?;
                ui.unsaid_twice(self.engine.device())?;
                ui.unsaid_recoveries(self.engine.device())?;
            }
            Event::Offline(error) => {
                let id = relay_message(&error);
                if self.offline != id {
                    self.offline = id;
                    ui.failed(error.into());
                }
            }
            Event::ComparisonsFailed => ui.unsaid_failures(self.engine.device())?,
            Event::CircleChanged => {
                ui.status("watch-circle", &[]);
                if let Some(circle) = ReadingCircle::of(self.engine.device())? {
                    let text = circle.text(&ui.messages);
                    ui.output.status(&text);
                }
            }
            Event::DutyChanged => self.duty_changed(ui)?,
            Event::Shifts => self.look_at_shifts(ui),
            Event::InCase => {
                self.news(ui)?;
                self.look_who_rings(ui);
            }
            Event::Reply(ReplyUpdate::Answer) => self.answers(ui)?,
            Event::TwoKeysForAWeek => ui.unsaid_twice(self.engine.device())?,
            Event::Recovery => ui.unsaid_recoveries(self.engine.device())?,
            Event::NotKept(received, error) => {
                self.page(ui, &received)?;
                self.ring_for_all(ui, &received);
                if !self.has_no_room {
                    self.has_no_room = true;
                    ui.failed(error.into());
                    ui.status("watch-not-kept", &[]);
                }
            }
            event => {
                self.is_behind |= matches!(event, Event::RosterNotKept(_));
                say(ui, event)?;
            }
        }
        ui.set_aside();
        Ok(())
    }

    /// Shows, and then notes that it was shown: in that order, so that a crash in between shows it again
    /// rather than never.
    fn show(&mut self, ui: &mut Ui, unshown: Unshown) -> Result<(), CommandError> {
        let received = Inbox::open(self.engine.device())
            .and_then(|inbox| inbox.map_or(Ok(None), |inbox| inbox.get(unshown.id)));
        let noted = match received {
            Ok(Some(received)) => {
                self.page(ui, &received)?;
                match received.arrived {
                    Some(_) => self.ringing.add(unshown.id),
                    None => self.ring_for_all(ui, &received),
                }
                let noted = self.engine.shown(&unshown);
                // What was said about it came before it, or waited for it.
                self.news(ui)?;
                self.look_who_rings(ui);
                noted
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = noted {
            ui.failed(error.into());
            // Let go, it would be given again at once. The next start shows it again.
            self.kept.push(unshown);
        }
        Ok(())
    }

    /// Tells what was said in cases, and then notes that it was told, as with an alert.
    fn news(&mut self, ui: &mut Ui) -> Result<(), CommandError> {
        if self.is_news_stuck {
            return Ok(());
        }
        let device = self.engine.device();
        let ahead = ui.messages.minutes_ahead(now());
        let quiet = quiet_hours(device)?.map(|hours| hours.here(ahead));
        let (mut noted, mut is_critical) = (Ok(()), false);
        match CaseNews::unsaid(device) {
            Ok(all) => {
                for news in all {
                    let text = news.text(&ui.messages);
                    if self.as_json {
                        ui.json(news.to_json())?;
                    } else if !text.is_empty() {
                        ui.content(&text)?;
                        ui.content("")?;
                    }
                    is_critical |= news.is_critical();
                    match news.rings(device, quiet, now()) {
                        Ok(true) if !news.is_critical() && self.bell.is_some() => bell::ring(),
                        Ok(_) => {}
                        Err(error) => noted = noted.and(Err(error)),
                    }
                    noted = noted.and(news.said(device));
                }
            }
            Err(error) => noted = Err(error),
        }
        // Whose bell that rings, the rota says.
        match &mut self.missed {
            Some(missed) => missed.look_soon(),
            None if is_critical => self.wake_for_good(ui, "check_in"),
            None => {}
        }
        if let Err(error) = noted {
            // It would be told again with everything that comes. The next start tells it again.
            self.is_news_stuck = true;
            ui.failed(error.into());
        }
        Ok(())
    }

    /// What this device's person was answered, who is a defender.
    fn answers(&self, ui: &mut Ui) -> Result<(), CommandError> {
        answers::show(ui, self.engine.device(), self.as_json)
    }

    fn page(&self, ui: &mut Ui, received: &ReceivedAlert) -> Result<(), CommandError> {
        if self.as_json {
            ui.json(received.to_json())?;
        } else {
            let page = received.page(&ui.messages);
            ui.content(&page)?;
            // Where one alert ends and the next begins.
            ui.content("")?;
        }
        Ok(())
    }
}

async fn next_of<T>(all: &mut Option<UnboundedReceiver<T>>) -> Option<T> {
    match all {
        Some(all) => all.recv().await,
        None => std::future::pending().await,
    }
}

fn say_failure(ui: &mut Ui, failure: HookFailure) {
    match failure {
        HookFailure::NotStarted(error) => {
            let what = escape(&error.to_string());
            ui.status("watch-exec-not-started", &[("what", what.into())]);
        }
        HookFailure::Failed(status) => {
            let what = escape(&status.to_string());
            ui.status("watch-exec-failed", &[("what", what.into())]);
        }
        HookFailure::TooMany => ui.status("watch-exec-too-many", &[]),
    }
}
