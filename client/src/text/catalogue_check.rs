//! What every crate that has messages holds its files to. Included by path where it is needed, as it is for tests only.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};

use super::Catalogue;

/// The ids of one file, with the variables of each.
pub(super) fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((id, _)) = line.split_once(" =")
            && line.starts_with(|c: char| c.is_ascii_lowercase())
        {
            current = id.to_owned();
            let before = found.insert(current.clone(), BTreeSet::new());
            assert!(before.is_none(), "{current} is there twice");
        }
        for part in line.split('$').skip(1) {
            let name = part
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_' || *c == '-')
                .collect();
            found.get_mut(&current).unwrap().insert(name);
        }
    }
    found
}

/// Variables that hold no words of others, who know what a line that begins like one of ours does.
const OURS: [&str; 11] = [
    "bytes", "case", "count", "days", "field", "found", "id", "max", "number", "option", "others",
];

/// The variable with which a message, a line of it, or one of its plurals begins.
fn begins_with(line: &str) -> Option<&str> {
    let text = match line.split_once(" = ") {
        Some((id, text)) if !id.contains([' ', '{']) => text,
        _ => line.trim_start().trim_start_matches('*'),
    };
    let text = match text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        Some((_, text)) => text,
        None => text,
    };
    let (name, rest) = text.strip_prefix("{ $")?.split_once(' ')?;
    // What only chooses between texts is not shown.
    (!rest.starts_with("->")).then_some(name)
}

/// Holds every language to the same messages with the same variables, and no id to be in two files; gives all ids.
pub(super) fn check(catalogues: &[Catalogue]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for catalogue in catalogues {
        let (en, ru) = (messages(catalogue.en), messages(catalogue.ru));
        assert_eq!(
            en.keys().collect::<Vec<_>>(),
            ru.keys().collect::<Vec<_>>(),
            "messages differ"
        );
        for line in catalogue.en.lines().chain(catalogue.ru.lines()) {
            let variable = begins_with(line);
            let is_ours = variable.is_none_or(|name| OURS.contains(&name));
            assert!(is_ours, "begins with what others wrote: {line}");
        }
        for (id, variables) in &en {
            assert_eq!(variables, &ru[id], "variables of {id}");
            assert!(seen.insert(id.clone()), "{id} is in two files");
        }
    }
    seen
}
