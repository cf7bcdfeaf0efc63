//! What coordinators wish of the list of members, and what came of it.

use bellrope_proto::signing::{Device as DeviceKey, PublicKey};
use serde_json::{Value, json};

use crate::{
    device::{
        Device, DeviceError,
        contacts::{Contacts, called},
        wishes::{self, KnownWish},
    },
    group::{Role, Roster},
    message::{WishAct, WishOutcome},
    text::{Messages, escape},
};

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishLine {
    /// Who wishes it.
    pub by: String,
    /// Whether that is this device's person.
    pub is_mine: bool,
    /// What, as in JSON.
    pub act: &'static str,
    /// Whose invitation it is about; none where it is about who reads new alerts.
    pub name: Option<String>,
    /// What came of it; none while it waits.
    pub came: Option<WishOutcome>,
}

impl WishLine {
    /// What waits for the device that has the pen, and what this device's person wished and was not written down. Only coordinators are
    /// shown it.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn all(device: &Device) -> Result<Vec<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(Vec::new());
        };
        let me = roster.person(&device.signing().public());
        if me.map(|me| me.role) != Some(Role::Coordinator) {
            return Ok(Vec::new());
        }
        let mut known = wishes::read(device, &roster).known;
        known.retain(|it| it.refused.is_some() || !it.is_written(&roster));
        let lines = known.iter();
        Ok(lines
            .filter_map(|it| Self::of(device, &roster, it, it.refused))
            .collect())
    }

    /// How one is shown; none where this program does not know what it wishes.
    #[must_use]
    pub(crate) fn of(
        device: &Device,
        roster: &Roster,
        it: &KnownWish,
        came: Option<WishOutcome>,
    ) -> Option<Self> {
        let invited = |key| {
            let named = roster.invitation(&key).map(|it| it.admit.name.clone());
            let wished = || {
                let all = wishes::read(device, roster).known;
                let mut admits = all.iter().filter_map(KnownWish::admit);
                admits.find(|it| it.invitation == key).map(|it| it.name)
            };
            named.or_else(wished)
        };
        let (act, name) = match it.act()? {
            WishAct::Invite(admit) => ("invite", Some(admit.name)),
            WishAct::Withdraw(key) => ("withdraw", invited(key)),
            WishAct::Approve(key, _) => ("approve", invited(key)),
            WishAct::Policy(..) => ("circle", None),
            WishAct::Duty(..) => ("duty", None),
            WishAct::Retention(..) => ("retention", None),
        };
        let contacts = Contacts::for_showing(device);
        Some(Self {
            by: name_of(roster, &it.by),
            is_mine: roster.is_same_person(&it.by, &device.signing().public()),
            act,
            name: name.map(|name| match contacts.name_of(&name) {
                Some(contact) => called(&contact, &name),
                None => name,
            }),
            came,
        })
    }

    /// What is wished, in the reader's language.
    #[must_use]
    pub fn what(&self, messages: &Messages) -> String {
        let name = escape(self.name.as_deref().unwrap_or_default());
        messages.say(&format!("wish-{}", self.act), &[("name", name.into())])
    }

    /// Why it was not written down, if that is so.
    #[must_use]
    pub fn why(&self, messages: &Messages) -> Option<String> {
        let came = self.came.filter(|came| *came != WishOutcome::Written)?;
        Some(messages.plain(&format!("wish-not-{}", came.key().replace('_', "-"))))
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let refused = self.came.filter(|came| *came != WishOutcome::Written);
        json!({
            "act": self.act,
            "name": self.name,
            "by": [self.by],
            "mine": self.is_mine,
            // Nobody: it waits for the device that has the pen.
            "lacking": {
                "holder": false,
                "coordinators": 0,
                "members": 0,
                "another_holder": false,
            },
            "refused": refused.map(WishOutcome::key),
        })
    }
}

fn name_of(roster: &Roster, key: &PublicKey<DeviceKey>) -> String {
    let person = roster.person(key);
    person.map(|it| it.name.clone()).unwrap_or_default()
}
