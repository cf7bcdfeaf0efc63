//! How a device stands: whom it reaches, what waits, what runs out, whom it has not heard for long.

use bellrope_proto::{address::RelayAddress, ids::Timestamp};
use serde_json::{Value, json};

use super::{
    circle::{Duty, ReadBy},
    labels::role_name,
    lease::lease_text,
    outbox::Outbox,
    recovery::RecoveryStatus,
    weeks::WeekStatus,
};
use crate::{
    device::{
        Device, DeviceError, compared,
        heard::{self, Heard},
        inbox,
    },
    group::{Lease, Role},
    sync::{ClocksDiffer, WrongClock, differed},
    text::{Messages, device_code, escape, rfc3339},
};

/// A relay that was not heard for so long is silent: a member who leaves `watch` running hears it each minute.
const SILENT_SECONDS: u64 = 24 * 3_600;

/// See the module. Of people, a defender's device knows how many there are and nothing else.
#[derive(Clone, Debug)]
pub struct DeviceStatus {
    /// What this person is.
    pub role: Role,
    /// Whether the device is in the group, or waits to be let in.
    pub is_let_in: bool,
    /// The codes of all devices of its person, this one's among them; none where this device does not know who is in.
    pub devices: Vec<String>,
    /// Who reads a new alert that is sent from here by default, without this person. What an alert says may add people, or keep some
    /// out.
    pub readers: Readers,
    /// Whether these were named to be on duty; else they are all members.
    pub is_duty: bool,
    /// Of those who read, how many a defender has met and compared with; `None` for any other device.
    pub met: Option<usize>,
    /// Alerts that came and were not shown whole yet; `None` for a device that does not read.
    pub unread: Option<usize>,
    /// Alerts that wait here.
    pub waiting: usize,
    /// Since when the oldest of them waits.
    pub waiting_since: Option<Timestamp>,
    /// Messages of the program itself that wait.
    pub others_waiting: usize,
    /// How much that was said in cases waits.
    pub words_waiting: usize,
    /// What can be opened with this device, and what others are sealed to.
    pub weeks: WeekStatus,
    /// How the recovery key of this person stands; `None` for who has none, as defenders and observers.
    pub recovery: Option<RecoveryStatus>,
    /// When the group's mailbox ends, as far as this device has heard; `None` when it has not.
    pub mailbox_ends: Option<Timestamp>,
    /// The relay from which it reads; `None` while it has none.
    pub relay: Option<RelayStatus>,
    now: Timestamp,
}

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Members' devices know names.
    Names(Vec<String>),
    /// A defender's knows a number.
    Count(usize),
    /// A device that waits to be let in knows nothing.
    Unknown,
}

/// What is known of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayStatus {
    /// Which.
    pub address: RelayAddress,
    /// When it was heard last, by this device's clock; `None`: never, as far as is known.
    pub heard: Option<Timestamp>,
    /// How its clock differed then; `None` when it did not.
    pub clocks: Option<ClocksDiffer>,
    /// Whether it was not heard for long.
    pub is_silent: bool,
}

impl DeviceStatus {
    /// How the device stands, by what is on its disk.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, now: Timestamp) -> Result<Self, DeviceError> {
        let state = device.state()?;
        let roster = device.roster()?;
        let me = device.signing().public();
        let (readers, is_duty) = match (&roster, &state.view) {
            // Nothing goes anywhere from here.
            _ if state.role == Role::Observer => (Readers::Unknown, false),
            (Some(roster), _) => {
                let duty = Duty::of(roster);
                let others = duty.people.iter();
                let others = others.filter(|person| !roster.is_same_person(&person.device, &me));
                let names = others.map(|person| person.name.clone());
                (Readers::Names(names.collect()), duty.by == ReadBy::Name)
            }
            (None, Some(view)) => {
                let duty = view.on_duty();
                let is_named = view.policy.circle.is_some() && !duty.is_for_want_of_others;
                (Readers::Count(duty.who.len()), is_named)
            }
            (None, None) => (Readers::Unknown, false),
        };
        let outbox = Outbox::of(device, now)?;
        let waiting = outbox.alerts.iter().filter(|sent| sent.waits());
        let lease: Option<Lease> = state
            .lease
            .or(roster.as_ref().and_then(|roster| roster.lease()));
        let relay = match heard::relay(device)? {
            Some(address) => Some(RelayStatus::of(device, address, now)?),
            None => None,
        };
        Ok(Self {
            role: state.role,
            is_let_in: state.credential.is_some(),
            devices: roster
                .iter()
                .flat_map(|it| it.devices_of(&me))
                .map(|it| device_code(&it.device))
                .collect(),
            readers,
            is_duty,
            met: compared::met(device)?,
            unread: match &roster {
                Some(_) => Some(inbox::unread(device)?),
                None => None,
            },
            waiting: waiting.clone().count(),
            waiting_since: waiting.map(|sent| sent.queued).min(),
            words_waiting: outbox.words,
            others_waiting: outbox.others,
            weeks: WeekStatus::of(device, now)?,
            recovery: RecoveryStatus::of(device, now)?,
            mailbox_ends: lease.map(|lease| lease.ends),
            relay,
            now,
        })
    }

    /// A fact a line.
    #[must_use]
    pub fn page(&self, messages: &Messages) -> String {
        let role = role_name(self.role, messages);
        let mut lines = vec![messages.say("status-role", &[("role", role.into())])];
        if !self.is_let_in {
            lines.push(messages.plain("status-waits"));
        }
        // Of one it goes without saying.
        if self.devices.len() > 1 {
            lines.push(messages.say("status-devices", &[("count", self.devices.len().into())]));
        }
        let (by_name, by_count) = match self.is_duty {
            true => ("status-duty", "status-duty-count"),
            false => ("status-readers", "status-readers-count"),
        };
        lines.extend(match &self.readers {
            Readers::Names(names) => {
                let names: Vec<String> = names.iter().map(|name| escape(name)).collect();
                let words = [
                    ("count", names.len().into()),
                    ("names", names.join(", ").into()),
                ];
                Some(messages.say(by_name, &words))
            }
            Readers::Count(count) => Some(messages.say(by_count, &[("count", (*count).into())])),
            Readers::Unknown => None,
        });
        if let Some(met) = self.met.filter(|met| *met > 0) {
            lines.push(messages.say("status-met", &[("count", met.into())]));
        }
        if let Some(unread) = self.unread {
            lines.push(messages.say("status-unread", &[("count", unread.into())]));
        }
        lines.push(match self.waiting_since {
            None => messages.plain("status-nothing-waits"),
            Some(since) => {
                let words = [
                    ("count", self.waiting.into()),
                    ("since", messages.moment(since).into()),
                ];
                messages.say("status-alerts-wait", &words)
            }
        });
        if self.words_waiting > 0 {
            let count = self.words_waiting;
            lines.push(messages.say("status-words-wait", &[("count", count.into())]));
        }
        if self.others_waiting > 0 {
            let count = self.others_waiting;
            lines.push(messages.say("status-others-wait", &[("count", count.into())]));
        }
        if self.is_let_in {
            lines.extend(self.weeks.lines(messages));
        }
        if let Some(recovery) = &self.recovery {
            lines.extend(recovery.lines(messages));
        }
        if let Some(ends) = self.mailbox_ends {
            lines.push(lease_text(ends, self.now, messages));
        }
        if let Some(relay) = &self.relay {
            lines.push(relay.line(messages));
            lines.extend(relay.clocks.map(|differ| clocks_line(differ, messages)));
        }
        lines.join("\n")
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (names, count) = match &self.readers {
            Readers::Names(names) => (Some(names), Some(names.len())),
            Readers::Count(count) => (None, Some(*count)),
            Readers::Unknown => (None, None),
        };
        json!({
            "role": self.role.key(),
            "let_in": self.is_let_in,
            "devices": self.devices,
            "readers": names,
            "reader_count": count,
            "duty": self.is_duty,
            "met": self.met,
            "unread": self.unread,
            "waiting": self.waiting,
            "waiting_since": self.waiting_since.and_then(rfc3339),
            "words_waiting": self.words_waiting,
            "others_waiting": self.others_waiting,
            "weeks": self.weeks.to_json(),
            "recovery": self.recovery.as_ref().map(|it| it.standing.key()),
            "recovery_due": self.recovery.as_ref().is_some_and(|it| it.is_due),
            "mailbox_ends": self.mailbox_ends.and_then(rfc3339),
            "relay": self.relay.as_ref().map(RelayStatus::to_json),
        })
    }
}

impl RelayStatus {
    fn of(device: &Device, address: RelayAddress, now: Timestamp) -> Result<Self, DeviceError> {
        let heard = Heard::read(device).filter(|heard| heard.relay == address);
        let clocks = match &heard {
            Some(heard) => differed(device, heard.time, heard.at)?,
            None => None,
        };
        let at = heard.map(|heard| heard.at);
        Ok(Self {
            address,
            heard: at,
            clocks,
            is_silent: at.is_none_or(|at| at.plus(SILENT_SECONDS) < now),
        })
    }

    fn line(&self, messages: &Messages) -> String {
        let id = match (self.heard, self.is_silent) {
            (None, _) => "status-relay-never",
            (Some(_), true) => "status-relay-silent",
            (Some(_), false) => "status-relay",
        };
        let words = [
            ("relay", self.address.to_string().into()),
            (
                "heard",
                self.heard
                    .map(|at| messages.moment(at))
                    .unwrap_or_default()
                    .into(),
            ),
        ];
        messages.say(id, &words)
    }

    fn to_json(&self) -> Value {
        json!({
            "address": self.address.to_string(),
            "heard": self.heard.and_then(rfc3339),
            "silent": self.is_silent,
            "clocks": self.clocks.map(|differ| json!({
                "seconds": differ.seconds,
                "relay_is_ahead": differ.relay_is_ahead,
                "wrong": match differ.wrong {
                    WrongClock::Relays => "relay",
                    WrongClock::Ours => "device",
                    WrongClock::Either => "unknown",
                },
            })),
        })
    }
}

/// Whose clock seems to be wrong, and what to do.
#[must_use]
pub fn clocks_line(differ: ClocksDiffer, messages: &Messages) -> String {
    let id = match differ.wrong {
        WrongClock::Relays => "clock-relay",
        WrongClock::Ours => "clock-ours",
        WrongClock::Either => "clock-either",
    };
    let relay = if differ.relay_is_ahead {
        "ahead"
    } else {
        "behind"
    };
    let words = [
        ("minutes", (differ.seconds / 60).into()),
        ("relay", relay.into()),
    ];
    messages.say(id, &words)
}
