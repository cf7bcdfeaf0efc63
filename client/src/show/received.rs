//! Received alerts: the same view for `watch`, a list, one page and JSON.

use std::{borrow::Cow, sync::Arc};

use bellrope_proto::ids::{Sequence, Timestamp};
use serde_json::{Value, json};

use super::{
    alert::cut,
    attachments::AttachmentView,
    case_now::CaseNow,
    frozen::Notice,
    labels::role_name,
    reading::{UNREADABLE, reading_json, reading_line, reading_text},
    reasons::Explain as _,
};
use crate::{
    alert::{
        Reading,
        part::SensitivePart,
        vocabulary::{Kind, Urgency, Vocabulary as _},
    },
    device::{Comparison, ComparisonsFailed, Follows, contacts::called},
    group::Week,
    ids::MessageId,
    message::{Frozen, OpenedBy, Sender, UnverifiedReason},
    text::{Messages, escape, rfc3339},
};

/// Characters of a name in a list.
const NAME_CHARS_MAX: usize = 24;

/// Characters of an id that stand for a case number that cannot be read.
pub(super) const CASE_CHARS: usize = 8;

/// An alert as it was received, and what is known of its sender now.
#[derive(Clone, Debug)]
pub struct ReceivedAlert {
    /// Its id.
    pub id: MessageId,
    /// Its place in the list of everything that came, from 1; `None` when the list was not read.
    pub number: Option<usize>,
    /// Whether it is about an earlier alert, and not from whoever sent that one.
    pub anothers: bool,
    /// The number that people call it by.
    pub case: String,
    /// Who sent it, and how sure that is.
    pub sender: Sender,
    /// The sender's name, where the roster has a defender's handle and this device knows whose.
    pub contact: Option<String>,
    /// The member who told this device that name; `None` where its own person wrote it.
    pub contact_from: Option<String>,
    /// The device that signed it, for telling two apart; `None` when that cannot be read.
    pub device: Option<String>,
    /// What this device's person has compared with that device.
    pub compared: Comparison,
    /// Who else says that comparisons with it failed three times in a day.
    pub failed: Vec<ComparisonsFailed>,
    /// Who said that this sender may be somebody else, and it was so when this came.
    pub frozen: Vec<Frozen>,
    /// What it says of another sender, if that is what it is.
    pub notice: Option<Notice>,
    /// Where the case stands that it begins; `None` where it begins none.
    pub now: Option<Arc<CaseNow>>,
    /// How it follows on what the same device said before.
    pub follows: Follows,
    /// Whose device passed it on, as the sender's did not know of this reader.
    pub passed_on_by: Option<String>,
    /// Who opened it to this device's person, for whom its author did not write it.
    pub opened_by: Option<OpenedBy>,
    /// Who was not in the group any more when it came, and could read it all the same.
    pub open_to_removed: Vec<String>,
    /// It arrived at the relay later than its sender allowed.
    pub late: bool,
    /// It says something that this program must be updated for.
    pub newer: bool,
    /// How many readers the sender chose; 0 when it went to all.
    pub chosen_readers: usize,
    /// When it was signed, by the sender's clock; `None` when that cannot be read.
    pub signed: Option<Timestamp>,
    /// When it arrived at the relay, by the relay's clock; `None` when that cannot be read.
    pub arrived: Option<Timestamp>,
    /// Its place in the group's mailbox; `None` when that cannot be read.
    pub sequence: Option<Sequence>,
    /// The week of the key that opened it; `None` for the device's lasting key.
    pub week: Option<Week>,
    /// Whether it was shown whole on this device, by whatever program: if not, it is unread.
    pub shown: bool,
    /// What it says, as far as it can be read, and what is odd about that.
    pub reading: Reading,
    /// What goes with it.
    pub attachments: Vec<AttachmentView>,
}

impl ReceivedAlert {
    /// A file of which only the words can be shown. It goes by the beginning of its id.
    pub(super) fn of_another_version(id: MessageId, bytes: &[u8], shown: bool) -> Self {
        Self {
            id,
            number: None,
            case: id.to_string().chars().take(CASE_CHARS).collect(),
            sender: Sender::Unverified(UnverifiedReason::OtherVersion),
            contact: None,
            contact_from: None,
            device: None,
            compared: Comparison::None,
            failed: Vec::new(),
            frozen: Vec::new(),
            notice: None,
            anothers: false,
            now: None,
            follows: Follows::InOrder,
            passed_on_by: None,
            opened_by: None,
            open_to_removed: Vec::new(),
            late: false,
            newer: false,
            chosen_readers: 0,
            signed: None,
            arrived: None,
            sequence: None,
            week: None,
            shown,
            reading: Reading::of_bytes(bytes),
            attachments: Vec::new(),
        }
    }

    /// The whole alert, a fact a line.
    #[must_use]
    pub fn page(&self, messages: &Messages) -> String {
        let mut lines = vec![self.sender_line(messages)];
        if let (Some(name), Some(by)) = (&self.contact, &self.contact_from) {
            let words = [("name", escape(name).into()), ("by", escape(by).into())];
            lines.push(messages.say("page-contact-from", &words));
        }
        let name = self.sender_called().unwrap_or_default();
        lines.extend(self.compared.beside(&name, messages));
        let follows = match self.follows {
            Follows::InOrder => None,
            Follows::AfterGap => Some("page-gap"),
            Follows::Cloned => Some("page-cloned"),
            Follows::Uncounted => Some("page-uncounted"),
            Follows::UncountedApart => Some("page-uncounted-apart"),
        };
        lines.extend(follows.map(|id| messages.plain(id)));
        if let Some(name) = &self.passed_on_by {
            lines.push(messages.say("page-passed-on", &[("name", escape(name).into())]));
        }
        if let Some(by) = &self.opened_by {
            let args = [
                ("name", escape(&by.name).into()),
                ("at", messages.moment(by.at).into()),
            ];
            lines.push(messages.say("page-opened-by", &args));
        }
        if !self.open_to_removed.is_empty() {
            let names: Vec<String> = self
                .open_to_removed
                .iter()
                .map(|name| escape(name))
                .collect();
            let words = [
                ("count", names.len().into()),
                ("names", names.join(", ").into()),
            ];
            lines.push(messages.say("page-open-to-removed", &words));
        }
        if self.late {
            lines.push(messages.plain("page-late"));
        }
        if self.newer {
            lines.push(messages.plain("page-newer"));
        }
        if self.chosen_readers > 0 && self.notice.is_none() {
            let count = self.chosen_readers;
            lines.push(messages.say("page-chosen", &[("count", count.into())]));
        }
        let times = [
            ("signed", when(self.signed, messages).into()),
            ("arrived", when(self.arrived, messages).into()),
        ];
        lines.push(messages.say("page-times", &times));
        let said = match &self.notice {
            Some(notice) => [notice.text(messages), lines].concat().join("\n"),
            None => reading_text(&self.reading, &lines, messages),
        };
        let now = self.now.as_ref();
        let plan = now.and_then(|now| now.check_in.as_ref());
        let plan = plan.map(|plan| plan.plan_line(messages));
        let now = now.map_or_else(Vec::new, |now| now.lead_lines(&self.case, None, messages));
        let now: Vec<String> = plan.into_iter().chain(now).collect();
        let id = messages.say("page-id", &[("id", self.id.to_string().into())]);
        let mut first = vec![self.heading(messages)];
        first.extend(
            self.now
                .iter()
                .filter_map(|now| now.withdrawn_line(messages)),
        );
        let papers = self.attachment_lines(messages);
        let part: Vec<String> = self.part_line(messages).into_iter().collect();
        let page = [first, vec![said], part, papers, now, vec![id]].concat();
        // Whatever the device has signed, in whosever name, comes after.
        let frozen = self.frozen.iter().flat_map(|it| it.lines(messages));
        let warnings = self.warnings(messages);
        frozen
            .chain(warnings)
            .chain(page)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Whether few read a part of it.
    fn has_part(&self) -> bool {
        let fields = self.reading.fields();
        fields.and_then(SensitivePart::of).is_some()
    }

    /// That few read a part of it, and who, where this begins the case.
    fn part_line(&self, messages: &Messages) -> Option<String> {
        if !self.has_part() {
            return None;
        }
        let mut blocks = self.now.iter().flat_map(|now| &now.blocks);
        let block = blocks.find(|block| block.id == self.id);
        let case = [("case", self.case.as_str().into())];
        Some(match block {
            Some(block) => block.line(&self.case, messages),
            None => messages.say("page-part", &case),
        })
    }

    /// What goes with it.
    pub(super) fn attachment_lines(&self, messages: &Messages) -> Vec<String> {
        let lines = self.attachments.iter().map(|it| it.line(messages));
        let case = [("case", self.case.as_str().into())];
        let head = (!self.attachments.is_empty()).then(|| messages.say("attachments", &case));
        head.into_iter().chain(lines).collect()
    }

    /// What has to be read before anything that the device signed.
    fn warnings(&self, messages: &Messages) -> Vec<String> {
        let name = self.sender_called().unwrap_or_default();
        let failed = self.failed.iter();
        let failed = failed.map(|failed| failed.say("page-comparisons-failed", messages));
        let mine = self.compared.warning(&name, messages);
        let anothers = self.anothers.then(|| messages.plain("page-anothers"));
        let first = anothers.into_iter().chain(mine);
        first.chain(failed).collect()
    }

    /// What people call the sender; `None` of one whom nobody knows.
    #[must_use]
    pub fn sender_called(&self) -> Option<String> {
        let name = name_in_roster(&self.sender)?;
        Some(match &self.contact {
            Some(contact) => called(contact, name),
            None => name.to_owned(),
        })
    }

    fn sender_line(&self, messages: &Messages) -> String {
        let (id, role) = match &self.sender {
            Sender::Known { role, .. } => ("page-known", *role),
            Sender::Invited { role, .. } => ("page-invited", *role),
            Sender::Unverified(why) => {
                let reason = why.explain(messages);
                return messages.say("page-unverified", &[("reason", reason.into())]);
            }
        };
        let name = self.sender_called().unwrap_or_default();
        let args = [
            ("name", escape(&name).into()),
            ("role", role_name(role, messages).into()),
        ];
        messages.say(id, &args)
    }

    /// What it is, and its number. Only what calls for help is headed as an alert.
    fn heading(&self, messages: &Messages) -> String {
        if let Some(notice) = &self.notice {
            return notice.heading(messages);
        }
        let kind = self.reading.fields().map(|fields| fields.kind);
        let id = match kind {
            Some(Kind::Flash | Kind::Full) => "page-title",
            Some(Kind::Update) => "page-title-update",
            Some(Kind::Correction) => "page-title-correction",
            Some(Kind::Withdrawal) => "page-title-withdrawal",
            Some(Kind::Closure) => "page-title-closure",
            Some(Kind::CheckIn) => "page-title-check-in",
            Some(Kind::Drill) => "page-title-drill",
            Some(Kind::Unlisted(_)) | None => "page-title-other",
        };
        messages.say(id, &[("case", self.case.as_str().into())])
    }

    /// Two lines for a list: which and from whom, and under it what.
    #[must_use]
    pub fn line(&self, messages: &Messages) -> String {
        let name = match self.sender_called() {
            Some(name) if !self.warnings(messages).is_empty() => {
                let name = cut(&name, NAME_CHARS_MAX);
                messages.say("page-line-doubted", &[("name", name.into())])
            }
            Some(name) => cut(&name, NAME_CHARS_MAX),
            None => messages.plain("page-unverified-short"),
        };
        let name = match self.frozen.is_empty() {
            true => name,
            false => messages.say("page-line-frozen", &[("name", name.into())]),
        };
        let id = match self.shown {
            true => "page-line",
            false => "page-line-new",
        };
        let args = [
            ("number", self.number.unwrap_or_default().into()),
            ("case", self.case.as_str().into()),
            ("arrived", when(self.arrived, messages).into()),
            ("sender", name.into()),
        ];
        let first = messages.say(id, &args);
        let mut lines = vec![first, format!("    {}", self.about(messages))];
        lines.extend(
            self.now
                .iter()
                .map(|now| format!("    {}", now.line(messages))),
        );
        lines.join("\n")
    }

    /// What it says, in one line.
    pub(super) fn about(&self, messages: &Messages) -> String {
        match &self.notice {
            Some(notice) => notice.line(messages),
            None => reading_line(&self.reading, messages),
        }
    }

    /// Whether it should wake somebody: it is urgent, or nobody can say that it is not, or its sender takes an alert back. What came too late, what
    /// is a drill, what ends a case and what is about another's alert rings nobody.
    #[must_use]
    pub fn rings(&self) -> bool {
        // Nobody is woken by what has no effect.
        if self.anothers {
            return false;
        }
        let Some(fields) = self.reading.fields() else {
            return !self.late;
        };
        let calls = match fields.kind {
            // What is done about it must stop.
            Kind::Withdrawal => return !self.late,
            Kind::Flash | Kind::Full | Kind::Update | Kind::Correction | Kind::Unlisted(_) => true,
            Kind::Closure | Kind::CheckIn | Kind::Drill => false,
        };
        let is_urgent = match fields.urgency {
            Urgency::Critical | Urgency::High | Urgency::NotSaid | Urgency::Unlisted(_) => true,
            Urgency::Normal | Urgency::Information => false,
        };
        calls && is_urgent && !self.late
    }

    /// What kind of message it is, as in JSON.
    #[must_use]
    pub fn kind_key(&self) -> Cow<'static, str> {
        let kind = self.reading.fields().map(|fields| fields.kind.key());
        kind.unwrap_or(Cow::Borrowed(UNREADABLE))
    }

    /// The same for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (status, name, role, why) = match &self.sender {
            Sender::Known { name, role } => ("known", Some(name), Some(role.key()), None),
            Sender::Invited { name, role } => ("invited", Some(name), Some(role.key()), None),
            Sender::Unverified(why) => ("unverified", None, None, Some(why.key())),
        };
        let (alert, oddities) = reading_json(&self.reading);
        json!({
            "id": self.id.to_string(),
            "number": self.number,
            "case": self.case,
            "shown": self.shown,
            "sender": {
                "status": status,
                "name": name,
                "contact": self.contact,
                "contact_from": self.contact_from,
                "role": role,
                "why": why,
                "device": self.device,
                "compared": self.compared.to_json(),
                "failed": self.failed.iter().map(ComparisonsFailed::to_json).collect::<Vec<_>>(),
            },
            "frozen": self.frozen.iter().map(Frozen::to_json).collect::<Vec<_>>(),
            "notice": self.notice.as_ref().map(Notice::to_json),
            "now": self.now.as_deref().map(CaseNow::to_json),
            "follows": self.follows.key(),
            "passed_on_by": self.passed_on_by,
            "opened_by": self.opened_by.as_ref().map(|by| &by.name),
            "opened_at": self.opened_by.as_ref().and_then(|by| rfc3339(by.at)),
            "open_to_removed": self.open_to_removed,
            "late": self.late,
            "needs_update": self.newer,
            "chosen_readers": self.chosen_readers,
            "signed": self.signed.and_then(rfc3339),
            "arrived": self.arrived.and_then(rfc3339),
            "sequence": self.sequence.map(|sequence| sequence.0),
            "week": self.week.map(Week::begins).and_then(rfc3339),
            "oddities": oddities,
            "sensitive_part": self.has_part(),
            "attachments": self.attachments.iter().map(AttachmentView::to_json).collect::<Vec<_>>(),
            "alert": alert,
        })
    }
}

/// What the roster calls a sender.
pub(super) fn name_in_roster(sender: &Sender) -> Option<&str> {
    match sender {
        Sender::Known { name, .. } | Sender::Invited { name, .. } => Some(name),
        Sender::Unverified(_) => None,
    }
}

fn when(at: Option<Timestamp>, messages: &Messages) -> String {
    at.map_or_else(
        || messages.plain("page-time-unknown"),
        |at| messages.moment(at),
    )
}
