//! Names of single values in the reader's language.

use crate::{
    alert::{Field, country::Country, vocabulary::Vocabulary},
    group::Role,
    text::Messages,
};

/// The label of a value; its number where a newer version made it.
pub(super) fn label<V: Vocabulary>(value: V, messages: &Messages) -> String {
    if value.is_listed() {
        messages.plain(&value.message_id())
    } else {
        messages.say("show-unlisted", &[("number", value.number().into())])
    }
}

/// Several labels with commas between them.
pub(super) fn labels<V: Vocabulary>(values: &[V], messages: &Messages) -> String {
    let labels: Vec<String> = values.iter().map(|value| label(*value, messages)).collect();
    labels.join(", ")
}

/// A field's name.
pub(super) fn field_name(field: Field, messages: &Messages) -> String {
    messages.plain(&field.message_id())
}

/// A country's name, or its code where it has none here.
pub(super) fn country_name(country: Country, messages: &Messages) -> String {
    if country.is_named() {
        messages.plain(&country.message_id())
    } else {
        country.code()
    }
}

/// A role's name.
pub(crate) fn role_name(role: Role, messages: &Messages) -> String {
    messages.plain(&format!("role-{}", role.key()))
}
