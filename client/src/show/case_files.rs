//! Files that members added to a case, with who says where they come from.

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::{
    attachments::{AttachmentView, OfOriginal, name_of, provenance_lines},
    case_view::CaseView,
    names::Names,
};
use crate::{
    attachment::Place,
    case::Said,
    device::{Folded, attached::Here},
    ids::MessageId,
    message::{CaseAct, FilesWords, HandedOnWords, Provenance},
    seal::MemberKey,
    sync::evidence_keepers,
    text::{Messages, escape, rfc3339},
};

/// Files that somebody added to a case.
#[derive(Clone, Debug)]
pub struct AddedFiles {
    /// With which message.
    id: MessageId,
    /// Who,
    by: String,
    /// and when.
    at: Timestamp,
    provenance: Provenance,
    /// The files, and originals after them.
    pub views: Vec<AttachmentView>,
}

/// What a message of a case adds, as this device has it.
pub(super) fn views(
    case: MessageId,
    (said, words): (&Said, &FilesWords),
    here: &Here,
    names: &Names<'_>,
) -> Vec<AttachmentView> {
    let open = words.for_device(names.device.member());
    let named = |number| {
        let place = Place {
            case,
            with: said.id,
            number,
        };
        (place, name_of(said.id, number, false))
    };
    let files = (1..).zip(&words.files);
    let mut all: Vec<AttachmentView> = files
        .map(|(number, paper)| AttachmentView::of(paper, named(number)))
        .collect();
    let keys = words.originals.iter().flat_map(|it| &it.keepers.keys);
    let keys: Vec<MemberKey> = keys.copied().collect();
    all.extend(words.originals().map(|it| {
        let mut of = OfOriginal {
            of: name_of(said.id, it.said.of, false),
            ..OfOriginal::default()
        };
        of.is_for(&keys, names);
        AttachmentView::original(&it, (open.get(&it.number), of), named(it.number))
    }));
    let all = all.into_iter();
    all.map(|view| view.with_parts(here)).collect()
}

/// Has all that belongs to a case say to whom it was handed on since, and to whom it is to be.
pub(super) fn hand_on<'v>(
    folded: &Folded,
    views: impl Iterator<Item = &'v mut AttachmentView>,
    here: &Here,
    names: &Names<'_>,
) {
    let keepers = evidence_keepers(folded, names.roster);
    // In the order of the story: who was handed it hands it on.
    let order = || folded.case.order.iter();
    let told = || order().filter_map(|at| folded.said.get(*at));
    for view in views {
        for said in told().filter(|said| said.counts.is_ok()) {
            if let CaseAct::HandedOn(words) = &said.act {
                let from = Place {
                    case: folded.opening.id,
                    with: said.id,
                    number: HandedOnWords::NUMBER,
                };
                view.take((words, from), &said.author, (here, names));
            }
        }
        view.is_to_be_kept_by(&keepers, names);
    }
}

/// All that members added, in the order of the story. What does not count is in the story alone: others may have written it.
pub(super) fn added(folded: &Folded, here: &Here, names: &Names<'_>) -> Vec<AddedFiles> {
    let order = folded.case.order.iter();
    let said = order.filter_map(|at| folded.said.get(*at));
    let counting = said.filter(|said| said.counts.is_ok());
    let all = counting.filter_map(|said| match &said.act {
        CaseAct::Files(words) => Some(AddedFiles {
            id: said.id,
            by: names.of(&said.author),
            at: said.at,
            provenance: words.provenance.clone(),
            views: views(folded.opening.id, (said, words), here, names),
        }),
        _ => None,
    });
    all.collect()
}

impl AddedFiles {
    /// Who added them and where they come from, then a line for each.
    pub(super) fn lines(&self, words: &Messages) -> Vec<String> {
        let views = self.views.iter().map(|view| view.line(words));
        self.first_lines(words).into_iter().chain(views).collect()
    }

    fn first_lines(&self, words: &Messages) -> Vec<String> {
        let args = [
            ("name", escape(&self.by).into()),
            ("at", words.moment(self.at).into()),
        ];
        let mut lines = vec![words.say("files-added", &args)];
        lines.extend(provenance_lines(&self.provenance, words));
        lines
    }

    fn to_json(&self) -> impl Iterator<Item = Value> {
        self.views.iter().map(|view| {
            let said = &self.provenance;
            let more = json!({
                "added_by": self.by,
                "added_at": rfc3339(self.at),
                "caption": said.caption,
                "taken_by": said.by,
                "taken_at": said.at.at.and_then(rfc3339),
                "how": said.how,
            });
            joined(view.to_json(), more)
        })
    }
}

fn joined(mut value: Value, more: Value) -> Value {
    if let (Some(object), Value::Object(more)) = (value.as_object_mut(), more) {
        object.extend(more);
    }
    value
}

/// The same of what goes with an alert: what is said of it stands there.
pub(super) fn of_alert(view: &AttachmentView) -> Value {
    let none = Value::Null;
    let said = view.provenance();
    let more = json!({
        "added_by": none,
        "added_at": none,
        "caption": none,
        "taken_by": said.map(|said| &said.by),
        "taken_at": said.and_then(|said| said.at.at.and_then(rfc3339)),
        "how": said.map(|said| &said.how),
    });
    joined(view.to_json(), more)
}

impl CaseView {
    /// All that belongs to it: what goes with its alert, with what its sender said since, and what members added.
    pub fn attachments(&self) -> impl Iterator<Item = &AttachmentView> {
        let of_sender = [&self.alert].into_iter().chain(&self.later);
        let of_sender = of_sender.flat_map(|alert| &alert.attachments);
        of_sender.chain(self.added.iter().flat_map(|it| &it.views))
    }

    /// The same in lines, under one heading; nothing where there is none.
    #[must_use]
    pub fn attachment_lines(&self, words: &Messages) -> Vec<String> {
        let mut lines = Vec::new();
        let of_sender = [&self.alert].into_iter().chain(&self.later);
        let of_sender = of_sender.flat_map(|alert| &alert.attachments);
        lines.extend(of_sender.map(|view| view.line(words)));
        lines.extend(self.added.iter().flat_map(|it| it.lines(words)));
        if !lines.is_empty() {
            let case = [("case", self.alert.case.as_str().into())];
            lines.insert(0, words.say("attachments", &case));
        }
        lines
    }

    /// The same with how to tell each later.
    #[must_use]
    pub fn attachment_pages(&self, words: &Messages) -> Vec<String> {
        let of_sender = [&self.alert].into_iter().chain(&self.later);
        let mut lines: Vec<String> = of_sender
            .flat_map(|alert| &alert.attachments)
            .flat_map(|view| [view.line(words), view.hash_line(words)])
            .collect();
        for added in &self.added {
            lines.extend(added.first_lines(words));
            let views = added.views.iter();
            lines.extend(views.flat_map(|view| [view.line(words), view.hash_line(words)]));
        }
        lines
    }

    /// What one message added, for programs.
    #[must_use]
    pub fn added_json(&self, with: MessageId) -> Vec<Value> {
        let added = self.added.iter().filter(|it| it.id == with);
        added.flat_map(AddedFiles::to_json).collect()
    }

    /// The same for programs.
    #[must_use]
    pub fn attachments_json(&self) -> Vec<Value> {
        let of_sender = [&self.alert].into_iter().chain(&self.later);
        let of_sender = of_sender.flat_map(|alert| &alert.attachments);
        let added = self.added.iter().flat_map(AddedFiles::to_json);
        of_sender.map(of_alert).chain(added).collect()
    }
}
