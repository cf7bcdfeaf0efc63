//! How the recovery key of this device's person stands, and whether it is time to ask whether its parts are still there.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use crate::{
    device::{
        Device, DeviceError,
        recovery::{Cut, Cuts},
    },
    recovery::Part,
    sync::{Worth, worth_of},
    text::{Messages, day_text, escape, rfc3339},
};

/// Papers are put away and forgotten: a group of human rights defenders that had such parts found that out when it needed them.
const ASK_AFTER_DAYS: u64 = 90;

/// See the module.
#[derive(Clone, Debug)]
pub struct RecoveryStatus {
    /// What there is.
    pub standing: RecoveryStanding,
    /// Whether it is time to ask.
    pub is_due: bool,
    newest: Option<Cut>,
    /// Whether the parts before the newest are what is registered.
    before_counts: bool,
    now: Timestamp,
}

/// What there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryStanding {
    /// No recovery key.
    None,
    /// One that is not in the roster yet.
    Waits,
    /// One that was made here.
    InForce,
    /// One that another device of this person made.
    Elsewhere,
    /// One that was made here and is in the roster no more.
    Lapsed,
}

impl RecoveryStanding {
    /// Its name in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waits => "waits",
            Self::InForce => "in_force",
            Self::Elsewhere => "elsewhere",
            Self::Lapsed => "lapsed",
        }
    }
}

impl RecoveryStatus {
    /// How it stands; `None` for who has no recovery key, as defenders and observers.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn of(device: &Device, now: Timestamp) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        let me = device.signing().public();
        if !roster
            .person(&me)
            .is_some_and(|me| me.role.reads_by_default())
        {
            return Ok(None);
        }
        let registered = roster.recovery_of(&me);
        let cuts = Cuts::read(device);
        let newest = cuts.newest();
        let waits = newest.filter(|cut| worth_of(&roster, &cuts, &me, &cut.key) == Worth::Waits);
        let in_force = registered.and_then(|key| cuts.of(&key));
        let standing = match (waits, in_force, registered, newest) {
            (Some(_), ..) => RecoveryStanding::Waits,
            (_, Some(_), ..) => RecoveryStanding::InForce,
            (_, _, Some(_), _) => RecoveryStanding::Elsewhere,
            (_, _, _, Some(_)) => RecoveryStanding::Lapsed,
            _ => RecoveryStanding::None,
        };
        let newest = waits.or(in_force).or(newest).cloned();
        let assured = newest.as_ref().map(|cut| cut.assured);
        let over = |since: Timestamp| since.plus(ASK_AFTER_DAYS * Timestamp::DAY_SECONDS) <= now;
        Ok(Some(Self {
            standing,
            is_due: standing == RecoveryStanding::InForce && assured.is_some_and(over),
            newest,
            before_counts: registered.is_some(),
            now,
        }))
    }

    /// When the newest key that was made on this device was made; `None` when nothing of it is of use any more.
    #[must_use]
    pub fn replaces(&self) -> Option<Timestamp> {
        let is_there = matches!(
            self.standing,
            RecoveryStanding::InForce | RecoveryStanding::Waits
        );
        self.newest
            .as_ref()
            .filter(|_| is_there)
            .map(|cut| cut.made)
    }

    /// In a line or two, for whoever asks how the device stands.
    #[must_use]
    pub fn lines(&self, messages: &Messages) -> Vec<String> {
        let made = self.newest.as_ref().map(|cut| day_text(cut.made));
        let division = self.newest.as_ref().map(|cut| cut.division);
        let words = [
            ("made", made.unwrap_or_default().into()),
            (
                "needed",
                division.map_or(0, |it| usize::from(it.needed())).into(),
            ),
            (
                "parts",
                division.map_or(0, |it| usize::from(it.parts())).into(),
            ),
        ];
        let id = match self.standing {
            RecoveryStanding::None => "recovery-none",
            RecoveryStanding::Waits if self.before_counts => "recovery-waits-before",
            RecoveryStanding::Waits => "recovery-waits",
            RecoveryStanding::InForce => "recovery-in-force",
            RecoveryStanding::Elsewhere => "recovery-elsewhere",
            RecoveryStanding::Lapsed => "recovery-lapsed",
        };
        let mut lines = vec![messages.say(id, &words)];
        if let Some(cut) = self.newest.as_ref().filter(|_| self.is_due) {
            let days = self.now.0.saturating_sub(cut.assured.0) / Timestamp::DAY_SECONDS;
            lines.push(messages.say("recovery-due", &[("days", days.into())]));
        }
        lines
    }

    /// All of it, with how each part begins: enough to ask on the phone.
    #[must_use]
    pub fn page(&self, messages: &Messages) -> String {
        let mut lines = self.lines(messages);
        for (number, name, begins) in self.parts() {
            let id = match name {
                Some(_) => "recovery-part-for",
                None => "recovery-part-begins",
            };
            let words = [
                ("number", usize::from(number).into()),
                ("name", escape(name.unwrap_or_default()).into()),
                ("begins", begins.into()),
            ];
            lines.push(messages.say(id, &words));
        }
        if let Some(cut) = self.shown() {
            let at = day_text(cut.assured).into();
            lines.push(messages.say("recovery-assured", &[("at", at)]));
        }
        lines.join("\n")
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let cut = self.shown();
        let parts = self.parts().into_iter().map(
            |(number, name, begins)| json!({ "number": number, "name": name, "begins": begins }),
        );
        json!({
            "standing": self.standing.key(),
            "before_counts": self.standing == RecoveryStanding::Waits && self.before_counts,
            "made": cut.and_then(|cut| rfc3339(cut.made)),
            "needed": cut.map(|cut| cut.division.needed()),
            "parts": parts.collect::<Vec<Value>>(),
            "assured": cut.and_then(|cut| rfc3339(cut.assured)),
            "due": self.is_due,
        })
    }

    /// What was made here, while it is of use.
    fn shown(&self) -> Option<&Cut> {
        let is_of_use = matches!(
            self.standing,
            RecoveryStanding::InForce | RecoveryStanding::Waits
        );
        self.newest.as_ref().filter(|_| is_of_use)
    }

    /// Number, whom it is for, and first group of each part.
    fn parts(&self) -> Vec<(u8, Option<&str>, String)> {
        let Some(cut) = self.shown() else {
            return Vec::new();
        };
        let mut names = cut.names.iter().map(String::as_str);
        let numbers = 1..=cut.division.parts();
        let part = |number| {
            let begins = Part::begins(cut.set, cut.division.needed(), number);
            (number, names.next(), begins)
        };
        numbers.map(part).collect()
    }
}
