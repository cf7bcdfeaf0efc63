//! For whom an alert is, by the names that were given.

use bellrope_client::{Device, MemberKey, now, show::Members};

use crate::command_error::CommandError;

/// The readers with some names.
#[derive(Default)]
pub(crate) struct Readers {
    /// What an alert to them is sealed to; none means all.
    pub(crate) keys: Vec<MemberKey>,
    /// Texts with commas that are the name of one, and could also be the names of several.
    pub(crate) one_names: Vec<String>,
}

/// Looks names up among those who are in now. Several may stand in one text with commas between them, and a name may hold a comma: the
/// whole is looked for first.
///
/// # Errors
/// [`CommandError`] when nobody has one of these names.
pub(crate) fn readers(device: &Device, given: &[String]) -> Result<Readers, CommandError> {
    let mut found = Readers::default();
    if given.is_empty() {
        return Ok(found);
    }
    let members = Members::of(device, now())?
        .ok_or_else(|| CommandError::new("error-to-needs-names").misuse())?;
    for given in given {
        let names = given
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let names: Vec<&str> = names.collect();
        if let Some(keys) = members.reader(given) {
            if names.len() > 1 && names.iter().all(|name| members.reader(name).is_some()) {
                found.one_names.push(given.clone());
            }
            found.keys.extend(keys);
            continue;
        }
        if names.is_empty() {
            return Err(no_such_reader(given));
        }
        for name in names {
            let keys = members.reader(name);
            found.keys.extend(keys.ok_or_else(|| no_such_reader(name))?);
        }
    }
    Ok(found)
}

fn no_such_reader(name: &str) -> CommandError {
    CommandError::with("error-no-such-reader", vec![("name", name.to_owned())]).misuse()
}
