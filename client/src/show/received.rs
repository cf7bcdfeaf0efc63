//! Received alerts: the same view for `watch`, a list, one page and JSON.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use bellrope_proto::ids::{Sequence, Timestamp};
use serde_json::{Value, json};

use super::{
    alert::cut,
    attachments::AttachmentView,
    case::CaseNow,
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
    clock::now,
    device::{
        Comparison, ComparisonsFailed, Device, DeviceError, Follows, Senders, StoredMessage,
        answers::{self, Answers},
        attached::{self, Here},
        compared::Compared,
        contacts::{Contacts, called},
        frozen,
        inbox::{self, Kept, Known},
        opened, seen,
        vouched::Vouches,
        wishes::NotListed,
    },
    group::{Roster, Week},
    ids::MessageId,
    message::{
        Frozen, KIND_ALERT, Message, OpenedBy, SaidOfSender, Sender, UnverifiedReason, freezes,
    },
    parallel,
    seal::MemberKey,
    text::{Messages, escape, rfc3339},
};

/// Fewer characters of an id, or of a case number, are a typing error.
const PART_CHARS_MIN: usize = 4;

/// Characters of a name in a list.
const NAME_CHARS_MAX: usize = 24;

/// Characters of an id that stand for a case number that cannot be read.
pub(super) const CASE_CHARS: usize = 8;

/// What is needed to verify and show messages: read once for a whole list.
#[derive(Debug)]
pub struct Inbox<'a> {
    pub(super) device: &'a Device,
    pub(super) roster: Arc<Roster>,
    senders: Senders,
    not_listed: NotListed,
    compared: Compared,
    vouches: Vouches,
    pub(super) contacts: Contacts,
    pub(super) answers: Answers,
    pub(super) frozen: Vec<SaidOfSender>,
    /// Parts of photographs and papers that are here.
    pub(super) parts: Here,
    me: MemberKey,
    /// What was listed to find one.
    pub(super) listed: OnceLock<inbox::Listing>,
}

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

/// Everything that was received.
#[derive(Debug)]
pub struct Listing {
    /// Oldest first.
    pub alerts: Vec<ReceivedAlert>,
    /// The first file that does not open. Say so: what is in it cannot be shown.
    pub damaged: Option<DeviceError>,
}

/// What a text that should name one alert names.
#[derive(Clone, Debug)]
pub enum Found {
    /// One alert.
    One(Box<ReceivedAlert>),
    /// More than one.
    Several,
    /// None.
    Nothing,
}

impl<'a> Inbox<'a> {
    /// The inbox of a device; `None` for one that does not read.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn open(device: &'a Device) -> Result<Option<Self>, DeviceError> {
        let Some(roster) = device.roster()? else {
            return Ok(None);
        };
        Ok(Some(Self {
            device,
            senders: Senders::read(device)?,
            not_listed: NotListed::read(device, &roster)?,
            roster,
            compared: Compared::read(device),
            vouches: Vouches::read(device),
            contacts: Contacts::for_showing(device),
            answers: answers::read(device),
            frozen: frozen::read(device)?,
            parts: attached::here(device),
            me: device.member().to_key(),
            listed: OnceLock::new(),
        }))
    }

    /// Everything that was received, oldest first.
    ///
    /// # Errors
    /// [`DeviceError`], but not for single files that are damaged.
    pub fn all(&self) -> Result<Listing, DeviceError> {
        let (all, mut words) = self.all_with_words()?;
        let with_words = (1_usize..)
            .zip(all.messages)
            .map(|(number, it)| (number, words.remove(&it.0).unwrap_or_default(), it));
        let alert = |(number, words, (id, kept, shown)): (_, _, (MessageId, Kept, bool))| {
            let now = self.case_now(&kept, words);
            ReceivedAlert {
                number: Some(number),
                ..self.view(id, kept, shown, now)
            }
        };
        Ok(Listing {
            alerts: parallel::map(with_words.collect(), alert),
            damaged: all.damaged,
        })
    }

    /// A message that is not in the inbox, as there was no room for it.
    #[must_use]
    pub(crate) fn not_kept(&self, id: MessageId, message: StoredMessage) -> ReceivedAlert {
        let kept = Kept::Message(Box::new(message.into()));
        // What was said about it comes after it, and has no room either.
        let now = self.case_now(&kept, Vec::new());
        self.view(id, kept, false, now)
    }

    /// One message; `None` when it is not there.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn get(&self, id: MessageId) -> Result<Option<ReceivedAlert>, DeviceError> {
        let Some(kept) = inbox::find_kept(self.device, id)? else {
            return Ok(None);
        };
        let now = self.case_now(&kept, self.words_of(id)?);
        Ok(Some(self.view(id, kept, false, now)))
    }

    /// The alert that a text names: its number in the list, a case number or the end of one, an id, or the beginning of one.
    ///
    /// # Errors
    /// [`DeviceError`], also when it is not found and may be in a file that is damaged.
    pub fn find(&self, wanted: &str) -> Result<Found, DeviceError> {
        let all = inbox::all(self.device)?;
        let names = all.messages.iter().map(|(id, kept, _)| match kept {
            Kept::Message(message) => (*id, message.case.as_str()),
            Kept::Other(_) => (*id, ""),
        });
        // What is said about an alert that is here has its number, which names that one.
        let has_own = |at: usize| match all.messages.get(at) {
            Some((_, Kept::Message(message), _)) => !self.is_about_another(message),
            Some((_, Kept::Other(_), _)) | None => false,
        };
        let found = named(wanted, names, has_own);
        match found.as_slice() {
            [at] => {
                let Some((id, kept, shown)) = all.messages.get(*at) else {
                    return Ok(Found::Nothing);
                };
                let now = self.case_now(kept, self.words_of(*id)?);
                let found = ReceivedAlert {
                    number: Some(at.saturating_add(1)),
                    ..self.view(*id, kept.clone(), *shown, now)
                };
                // Whoever looks for others like it need not read them again.
                let _ = self.listed.set(all);
                Ok(Found::One(Box::new(found)))
            }
            [_, ..] => Ok(Found::Several),
            [] => all.damaged.map_or(Ok(Found::Nothing), Err),
        }
    }

    /// Whether a message is about an earlier alert that is here, and is not from whoever sent that one.
    fn is_anothers(&self, message: &Message, reading: &Reading) -> bool {
        let original = reading.fields().and_then(|it| it.original);
        let original = original.filter(|_| message.kind == KIND_ALERT);
        let original = original.and_then(|id| inbox::find(self.device, id).ok().flatten());
        let original = original.and_then(|kept| kept.sent.message.peek().ok());
        original.is_some_and(|original| {
            let (one, other) = (&original.sender, &message.sender);
            one != other && !self.roster.is_same_person(one, other)
        })
    }

    /// Whether it is about an earlier alert, and has its number.
    fn is_about_another(&self, kept: &Known) -> bool {
        let said = kept.said();
        let said = said.filter(|said| said.message.kind == KIND_ALERT);
        let original = said.and_then(|said| said.reading.fields()?.original);
        original.is_some_and(|id| matches!(inbox::has(self.device, id), Ok(true)))
    }

    /// Notes that an alert was shown.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn shown(&self, id: MessageId) -> Result<(), DeviceError> {
        inbox::shown(self.device, id)?;
        opened::note(self.device, id, now())?;
        seen::note(self.device, id)
    }

    /// Whatever is kept has a view: what cannot be verified any more is shown as from nobody, not hidden.
    pub(super) fn view(
        &self,
        id: MessageId,
        kept: Kept,
        shown: bool,
        now: Option<Arc<CaseNow>>,
    ) -> ReceivedAlert {
        let mut message = match kept {
            Kept::Message(message) => message,
            Kept::Other(bytes) => return ReceivedAlert::of_another_version(id, &bytes, shown),
        };
        let Ok(verified) =
            message.verify(&self.roster, &self.me, (&self.senders, &self.not_listed))
        else {
            let other = ReceivedAlert::of_another_version(id, message.sent.message.bytes(), shown);
            let said = message.sent.message.peek().ok();
            return ReceivedAlert {
                case: message.case.clone(),
                now,
                device: said.as_ref().map(|said| said.sender.short()),
                signed: said.as_ref().map(|said| said.time),
                arrived: Some(message.arrived),
                sequence: Some(message.sequence),
                week: message.week,
                reading: said.map_or(other.reading, |said| said.reading()),
                ..other
            };
        };
        let person = self.roster.person(&verified.message.sender);
        let failed =
            person.map_or_else(Vec::new, |person| self.vouches.failed(person, &self.roster));
        let compared = match verified.sender {
            Sender::Known { .. } => {
                let device = &verified.message.sender;
                let name_of = |handle: &str| self.contacts.name_of(handle);
                self.compared.with_device(device, &self.roster, name_of)
            }
            Sender::Invited { .. } | Sender::Unverified(_) => Comparison::None,
        };
        let contact = name_in_roster(&verified.sender).and_then(|it| self.contacts.of(it));
        let (contact, contact_from) = contact.map(|it| (it.name.clone(), it.from.clone())).unzip();
        let notice = Notice::of(&verified, message.arrived, (&self.roster, &self.contacts));
        let mut frozen = freezes(&self.frozen, &verified.message.sender, &self.roster);
        frozen.retain(|frozen| frozen.covers(message.arrived));
        ReceivedAlert {
            id,
            number: None,
            anothers: self.is_anothers(&verified.message, &verified.reading),
            frozen,
            notice,
            now,
            case: message.case.clone(),
            contact,
            contact_from: contact_from.flatten(),
            sender: verified.sender,
            device: Some(verified.message.sender.short()),
            compared,
            failed,
            follows: message.follows,
            passed_on_by: verified.passed_on,
            opened_by: verified.opened_by,
            open_to_removed: (verified.open_to_removed.iter())
                .map(|name| self.contacts.called(name))
                .collect(),
            late: verified.late,
            newer: verified.newer,
            chosen_readers: verified.message.audience.chosen.len(),
            signed: Some(verified.message.time),
            arrived: Some(message.arrived),
            sequence: Some(message.sequence),
            week: message.week,
            shown,
            attachments: self.attachments(id, &verified.reading),
            reading: verified.reading,
        }
    }
}

/// The places in the list that a text names. The most exact way in which it names any is the one that was meant: a number is not also
/// the beginning of an id.
fn named<'a>(
    wanted: &str,
    names: impl Iterator<Item = (MessageId, &'a str)>,
    has_own: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let wanted = wanted.trim().trim_start_matches('#').to_ascii_uppercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let (mut exact, mut near) = (Vec::new(), Vec::new());
    let mut count = 0_usize;
    for (at, (id, case)) in names.enumerate() {
        count = at.saturating_add(1);
        if case == wanted && has_own(at) {
            exact.push(at);
        }
        // A sender is told the number without its country, and a second case of the same number has a letter more.
        let is_part =
            |text: &str| wanted.len() >= PART_CHARS_MIN && text.starts_with(wanted.as_str());
        let year = case.split_once('-').map_or("", |(_, rest)| rest);
        let letters = year.split_once('-').map_or("", |(_, rest)| rest);
        let id = id.to_string().to_ascii_uppercase();
        let by_case = [case, year, letters].into_iter().any(is_part);
        if (by_case && has_own(at)) || is_part(&id) {
            near.push(at);
        }
    }
    let number = wanted.parse::<usize>().ok();
    match number.filter(|number| (1..=count).contains(number)) {
        Some(number) => vec![number.saturating_sub(1)],
        None if exact.is_empty() => near,
        None => exact,
    }
}

impl ReceivedAlert {
    /// A file of which only the words can be shown. It goes by the beginning of its id.
    fn of_another_version(id: MessageId, bytes: &[u8], shown: bool) -> Self {
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
        let now = now.map_or_else(Vec::new, |now| now.lead_lines(&self.case, messages));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_what_it_names_most_exactly() {
        let id = |byte| MessageId([byte; 16]);
        let names = [
            (id(0x11), "BY-2026-7KQ4"),
            (id(0x22), "BY-2026-7KQ4X"),
            (id(0x33), "RU-2026-ABCD"),
            (id(0x44), ""),
        ];
        for (text, places) in [
            ("BY-2026-7KQ4", vec![0]),
            (" by-2026-7kq4x ", vec![1]),
            ("2026-7KQ4", vec![0, 1]),
            ("7KQ4X", vec![1]),
            ("abcd", vec![2]),
            ("2", vec![1]),
            ("#3", vec![2]),
            ("1111", vec![0]),
            ("44444444444444444444444444444444", vec![3]),
            ("5", vec![]),
            ("7KQ", vec![]),
            ("0", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(named(text, names.into_iter(), |_| true), places, "{text}");
        }
    }
}
