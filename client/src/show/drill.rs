//! What a drill showed: who said how soon that they have read it, and of whom nothing was heard.

use std::collections::BTreeSet;

use bellrope_proto::ids::Timestamp;
use serde_json::{Value, json};

use super::names::Names;
use crate::{
    case::Said,
    device::Folded,
    text::{Messages, escape},
};

const MINUTE_SECONDS: u64 = 60;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillReport {
    /// Who has read it, and so many seconds after it reached the relay; as they came.
    read: Vec<(String, u64)>,
    /// Who could, and has said nothing.
    silent: Vec<String>,
}

impl DrillReport {
    /// Of a drill that reached the relay then. What was said is counted by its author's clock, but not later than it reached the relay itself.
    pub(super) fn of(folded: &Folded, arrived: Timestamp, names: &Names<'_>) -> Self {
        let roster = names.roster;
        let first = folded.case.read_by.iter();
        let first: Vec<&Said> = first.filter_map(|at| folded.said.get(*at)).collect();
        let mut read: Vec<(String, u64)> = first
            .iter()
            .map(|said| (names.of(&said.author), said.at.0.saturating_sub(arrived.0)))
            .collect();
        read.sort_by_key(|(_, seconds)| *seconds);
        let mut heard: BTreeSet<_> = first.iter().map(|said| said.author).collect();
        heard.extend(roster.person_of(&folded.opening.sender()));
        let mut silent = Vec::new();
        for person in roster.people() {
            if folded.opening.may_speak(roster, &person.device) && heard.insert(person.person) {
                silent.push(names.of(&person.device));
            }
        }
        Self { read, silent }
    }

    pub(super) fn lines(&self, words: &Messages) -> Vec<String> {
        let mut lines = vec![words.plain("drill-report")];
        for (name, seconds) in &self.read {
            let args = [
                ("name", escape(name).into()),
                ("minutes", seconds.div_euclid(MINUTE_SECONDS).into()),
            ];
            lines.push(words.say("drill-read", &args));
        }
        if !self.silent.is_empty() {
            let names: Vec<String> = self.silent.iter().map(|name| escape(name)).collect();
            let args = [
                ("count", names.len().into()),
                ("names", names.join(", ").into()),
            ];
            lines.push(words.say("drill-silent", &args));
        }
        lines
    }

    pub(super) fn to_json(&self) -> Value {
        let read = self.read.iter();
        let read = read.map(|(name, seconds)| json!({ "name": name, "seconds": seconds }));
        json!({ "read": read.collect::<Vec<_>>(), "silent": self.silent })
    }
}
