//! `bellrope members`: who is in, who was invited, who asks; and letting in.

use std::sync::Arc;

use bellrope_client::{
    Asked, ConsentTo, Device, EngineOptions, Role,
    alert::answers::parse_yes_no,
    approve, cut_off, now, refuse, renew,
    show::{LeaseNotice, MemberLine, Members, ReadBy, ReadingCircle, Standing, others_lines},
    text::escape,
    waits_at_relay,
};
use bellrope_proto::signing::{Invitation, PublicKey};

use super::{
    coordinate::{self, Came, confirm, hand, wish},
    device::put_out,
    events::{say_full, say_ready},
    take_over,
};
use crate::{
    args::{
        self,
        members::{MembersAct, WithToken},
    },
    command_error::{CommandError, QUEUED, engine_message},
    paths::shell_word,
    ui::{Background, Ui},
};

pub(super) fn members(ui: &mut Ui, args: &args::members::Members) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    known(&device)?;
    let mut settled = Settled::default();
    let background = Background::start()?;
    // Before anything is sent: what waits waits for this.
    if let Some(MembersAct::Renew(WithToken { token: Some(token) })) = &args.act {
        take_over::open_the_mailbox(ui, &device, &background, token)?;
        let settled = settle(ui, &device, &background)?;
        say_full(ui, &settled.full);
        return Ok(settled.code_for_all());
    }
    if device.has_pen()? || args.act.is_some() {
        settled = settle(ui, &device, &background)?;
    }
    let mut code = settled.code;
    match &args.act {
        Some(MembersAct::Approve(named)) => {
            let members = known(&device)?;
            let (line, at) = find(&members, &named.name)?;
            warn(ui, &members, line);
            let name = escape(&line.called());
            match approve(&device, &at, now())? {
                Asked::Of(holder) => say_asked(ui, &holder)?,
                Asked::Written => {
                    ui.print("members-approved", &[("name", name.clone().into())])?;
                    let circle = ReadingCircle::of(&device)?.filter(|it| it.by == ReadBy::Name);
                    if circle.is_some() && line.role == Role::Member {
                        ui.status("members-not-on-duty", &[("name", name.into())]);
                    }
                }
            }
            settled = settled.again(ui, &device, &background)?;
            code = settled.code_for(&line.name);
        }
        Some(MembersAct::Refuse(named)) => {
            let members = known(&device)?;
            let (line, at) = find(&members, &named.name)?;
            let name = escape(&line.called());
            match refuse(&device, &at, now())? {
                Asked::Of(holder) => say_asked(ui, &holder)?,
                Asked::Written => ui.print("members-refused", &[("name", name.into())])?,
            }
            settled = settled.again(ui, &device, &background)?;
            code = settled.code_for(&line.name);
        }
        Some(MembersAct::Remove(named)) => {
            let members = known(&device)?;
            let line = person(&members, &named.name)?;
            if let Some(code) = &named.device {
                return put_out(ui, &device, (line, code), named.yes);
            }
            if line.standing == Standing::Me {
                return Err(CommandError::new("error-remove-oneself").misuse());
            }
            let name = escape(&line.called());
            if !named.yes && !agreed(ui, line)? {
                ui.status("members-not-removed", &[("name", name.into())]);
                return Ok(code);
            }
            let came = wish(ui, &device, (ConsentTo::Remove, line))?;
            settled = settled.again(ui, &device, &background)?;
            code = settled.code_for_all();
            if matches!(came, Came::Waits) {
                return Ok(code);
            }
            let id = if waits_at_relay(&device)? {
                "members-removed-here"
            } else {
                "members-removed"
            };
            ui.print(id, &[("name", name.into())])?;
            let circle = ReadingCircle::of(&device)?.filter(|it| it.by == ReadBy::NobodyLeft);
            if let Some(circle) = circle {
                let warning = circle.headline(&ui.messages);
                ui.output.status(&warning);
                ui.status("circle-set-others", &[]);
            }
        }
        Some(MembersAct::Renew(_)) => {
            renew(&device, now())?;
            settled = settled.again(ui, &device, &background)?;
            code = settled.code_for_all();
            let id = if waits_at_relay(&device)? {
                "members-renewed-here"
            } else {
                "members-renewed"
            };
            ui.print(id, &[])?;
        }
        Some(act @ (MembersAct::Promote(_) | MembersAct::Demote(_) | MembersAct::Resign)) => {
            let members = known(&device)?;
            let line = match act {
                MembersAct::Promote(named) | MembersAct::Demote(named) => {
                    person(&members, &named.name)?
                }
                _ => me(&members)?,
            };
            let (to, done) = match act {
                MembersAct::Promote(_) => (ConsentTo::Promote, "members-promoted"),
                _ => (ConsentTo::Demote, "members-demoted"),
            };
            let came = wish(ui, &device, (to, line))?;
            settled = settled.again(ui, &device, &background)?;
            code = settled.code_for_all();
            if matches!(came, Came::Done) {
                ui.print(done, &[("name", escape(&line.called()).into())])?;
            }
        }
        Some(MembersAct::Pen(args::members::Pen { name: None })) => {
            let holder = escape(&known(&device)?.holder);
            ui.print("pen-is", &[("holder", holder.into())])?;
        }
        Some(MembersAct::Pen(args::members::Pen { name: Some(name) })) => {
            let members = known(&device)?;
            hand(ui, &device, person(&members, name)?)?;
            settled = settled.again(ui, &device, &background)?;
            code = settled.code_for_all();
        }
        Some(MembersAct::TakePen(args)) => {
            let members = known(&device)?;
            let line = me(&members)?;
            if line.has_pen {
                let holder = escape(&members.holder);
                ui.print("pen-is", &[("holder", holder.into())])?;
            } else {
                let who = (line, members.holder.as_str());
                let came = take_over::take_pen(ui, &device, &background, who, args)?;
                settled = settled.again(ui, &device, &background)?;
                code = settled.code_for_all();
                if matches!(came, Came::Done) {
                    ui.print("pen-taken", &[])?;
                }
            }
        }
        Some(MembersAct::Confirm(named)) => {
            let members = known(&device)?;
            let came = confirm(ui, &device, (&members, &named.name))?;
            settled = settled.again(ui, &device, &background)?;
            code = settled.code_for_all();
            if matches!(came, Came::Done) {
                ui.print("agreed-done", &[])?;
            }
        }
        Some(MembersAct::Pending) => coordinate::list(ui, &device, args.json)?,
        None => list(ui, &device, args.json)?,
    }
    say_full(ui, &settled.full);
    Ok(code)
}

fn person<'a>(members: &'a Members, name: &str) -> Result<&'a MemberLine, CommandError> {
    let found = members.find_person(name);
    found.ok_or_else(|| CommandError::with("error-no-such-person", vec![("name", name.to_owned())]))
}

pub(super) fn me(members: &Members) -> Result<&MemberLine, CommandError> {
    let mut people = members.people.iter();
    let me = people.find(|line| line.standing == Standing::Me);
    me.ok_or_else(|| CommandError::new("error-no-roster"))
}

/// Whether the person at the keyboard wants it, having read what it does.
fn agreed(ui: &mut Ui, line: &MemberLine) -> Result<bool, CommandError> {
    if !ui.is_attended() {
        return Err(CommandError::new("error-remove-needs-yes").misuse());
    }
    let role = line.role_name(&ui.messages);
    let words = [
        ("name", escape(&line.called()).into()),
        ("role", role.into()),
    ];
    ui.status("members-remove-look", &words);
    loop {
        let answer = ui.ask("ask-remove")?;
        match parse_yes_no(&answer) {
            Some(answer) => return Ok(answer),
            // What cannot be taken back is not done by a bare Enter.
            None if answer.trim().is_empty() => return Ok(false),
            None => {}
        }
    }
}

pub(super) fn known(device: &Device) -> Result<Members, CommandError> {
    Members::of(device, now())?.ok_or_else(|| CommandError::new("error-no-roster"))
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Settled {
    /// How the command ends, whoever else waits for something.
    pub(super) code: u8,
    is_out_of_reach: bool,
    /// Whose mailboxes are full: what is new for them waits, and nothing else.
    pub(super) full: Vec<String>,
}

impl Settled {
    /// Once more, after something was done; not where there was no network a moment ago.
    pub(super) fn again(
        self,
        ui: &mut Ui,
        device: &Arc<Device>,
        background: &Background,
    ) -> Result<Self, CommandError> {
        if self.is_out_of_reach {
            return Ok(self);
        }
        settle(ui, device, background)
    }

    /// How a command ends that was about this person.
    fn code_for(&self, name: &str) -> u8 {
        match self.full.iter().any(|full| full == name) {
            true => QUEUED,
            false => self.code,
        }
    }

    /// How a command ends of which everybody has to hear.
    pub(super) fn code_for_all(&self) -> u8 {
        match self.full.is_empty() {
            true => self.code,
            false => QUEUED,
        }
    }
}

/// Sends what waits and reads who asks. Without a network the list is still worth showing.
pub(super) fn settle(
    ui: &mut Ui,
    device: &Arc<Device>,
    background: &Background,
) -> Result<Settled, CommandError> {
    let mut engine = background.engine(device, EngineOptions::default());
    let (failed, full) = background.wait(async {
        // What cannot be sent keeps nobody from being heard.
        if !device.has_pen()? && device.reads()? {
            // Who writes down what others wish reads first by itself.
            if let Err(error) = engine.catch_up().await {
                return Ok((Some(error), Vec::new()));
            }
        }
        let before = engine.send_outbox().await?;
        // Where there is no network, nobody waits for it again and again.
        if before.is_out_of_reach() {
            return Ok((before.failed.into_iter().next(), Vec::new()));
        }
        let claims = engine.read_claims().await?.failed;
        let after = engine.send_outbox().await?;
        let mut failed = before.failed.into_iter().chain(claims).chain(after.failed);
        Ok::<_, CommandError>((failed.next(), after.full))
    })?;
    say_ready(ui, background, &mut engine)?;
    background.wait(engine.stop());
    ui.unsaid_restore(device)?;
    match failed {
        None => Ok(Settled {
            full,
            ..Settled::default()
        }),
        Some(error) => {
            let is_out_of_reach = error.is_out_of_reach();
            let said = engine_message(error, &ui.messages);
            ui.output.status(&said);
            ui.status("members-offline", &[]);
            Ok(Settled {
                code: QUEUED,
                is_out_of_reach,
                full,
            })
        }
    }
}

/// Says whose device is asked, and when it does it.
pub(super) fn say_asked(ui: &mut Ui, holder: &str) -> Result<(), CommandError> {
    ui.print("wish-asked", &[("holder", escape(holder).into())])
}

/// The open invitation of whom this name names.
fn find<'a>(
    members: &'a Members,
    name: &str,
) -> Result<(&'a MemberLine, PublicKey<Invitation>), CommandError> {
    let found = members.find_invited(name);
    found
        .and_then(|line| Some((line, line.invitation?)))
        .ok_or_else(|| CommandError::with("error-no-such-request", vec![("name", name.to_owned())]))
}

fn list(ui: &mut Ui, device: &Device, as_json: bool) -> Result<(), CommandError> {
    let members = known(device)?;
    if as_json {
        for line in members.lines() {
            ui.json(line.to_json(members.alike(line)))?;
        }
        return Ok(());
    }
    ui.print("members-title", &[("group", escape(&members.group).into())])?;
    let (cut_off, until) = cut_off(device)?;
    for line in members.lines() {
        show(ui, &members, line)?;
        if line.key.is_some_and(|key| cut_off.contains(&key)) {
            let words = [
                ("name", escape(&line.called()).into()),
                ("word", shell_word(&escape(line.own_name())).into()),
                (
                    "until",
                    until
                        .map(|it| ui.messages.moment(it))
                        .unwrap_or_default()
                        .into(),
                ),
                ("reads", if until.is_some() { "yes" } else { "no" }.into()),
            ];
            ui.print("members-cut-off", &words)?;
        }
        for one in &line.devices {
            // Of one device it goes without saying.
            if line.devices.len() > 1 {
                let words = [
                    ("code", one.code.as_str().into()),
                    ("this", if one.is_this { "yes" } else { "no" }.into()),
                    ("pen", if one.has_pen { "yes" } else { "no" }.into()),
                ];
                ui.print("members-device", &words)?;
            }
            if let Some(at) = one.restored {
                let at = ui.messages.moment(at);
                ui.print("members-restored", &[("at", at.into())])?;
            }
            if let Some(compared) = one.compared.line(&line.name, &ui.messages) {
                ui.content(&compared)?;
            }
            for said in others_lines(&one.compared_by, &one.failed, &ui.messages) {
                ui.content(&said)?;
            }
        }
        warn(ui, &members, line);
    }
    if let Some(notice) = LeaseNotice::of(device, now())? {
        ui.lease(&notice);
    }
    Ok(())
}

/// Another program may have written a name that people take for somebody else's.
fn warn(ui: &mut Ui, members: &Members, line: &MemberLine) {
    if let Some(other) = members.alike(line) {
        let words = [
            ("name", escape(&line.called()).into()),
            ("other", escape(other).into()),
        ];
        ui.status("members-alike", &words);
    }
}

fn show(ui: &mut Ui, members: &Members, line: &MemberLine) -> Result<(), CommandError> {
    // Where one coordinates it goes without saying.
    let has_pen = line.has_pen && members.several_coordinate();
    let id = match line.standing {
        Standing::Me if has_pen => "members-me-pen",
        Standing::Me => "members-me",
        Standing::In if has_pen => "members-person-pen",
        Standing::In => "members-person",
        Standing::Asks if line.is_device => "members-device-asks",
        Standing::Invited | Standing::Ended if line.is_device => "members-device-invited",
        Standing::Invited if line.invited_by.is_some() => "members-not-listed",
        Standing::Invited => "members-invited",
        Standing::Asks => "members-asks",
        Standing::Ended => "members-ended",
        Standing::Closed => "members-closed",
    };
    let role = line.role_name(&ui.messages);
    let words = [
        ("name", escape(&line.called()).into()),
        ("word", shell_word(&escape(line.own_name())).into()),
        ("role", role.into()),
        (
            "by",
            escape(line.invited_by.as_deref().unwrap_or_default()).into(),
        ),
        ("code", line.device.clone().unwrap_or_default().into()),
        (
            "until",
            line.until
                .map(|until| ui.messages.moment(until))
                .unwrap_or_default()
                .into(),
        ),
        (
            "closed",
            line.closed
                .map(|closed| ui.messages.moment(closed))
                .unwrap_or_default()
                .into(),
        ),
    ];
    ui.print(id, &words)
}
