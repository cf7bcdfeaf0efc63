//! Names of single values in the reader's language.

use crate::{
    alert::{Field, country::Country, vocabulary::Vocabulary},
    group::Role,
    text::Messages,
};

/// Values without a label here that are shown one by one.
const UNLISTED_MAX: usize = 8;

/// The label of a value; its number where a newer version made it.
pub(super) fn label<V: Vocabulary>(value: V, messages: &Messages) -> String {
    if value.is_listed() {
        messages.plain(&value.message_id())
    } else {
        messages.say("show-unlisted", &[("number", value.number().into())])
    }
}

/// Several labels with commas between them. Of values that have none here, no more than a line holds: a hostile maker
/// may send thirty thousand.
pub(super) fn labels<V: Vocabulary>(values: &[V], messages: &Messages) -> String {
    let unlisted = values.iter().filter(|value| !value.is_listed());
    let hidden = unlisted.skip(UNLISTED_MAX).count();
    let mut shown = 0;
    let shown = values.iter().filter(|value| {
        shown += usize::from(!value.is_listed());
        value.is_listed() || shown <= UNLISTED_MAX
    });
    let mut labels: Vec<String> = shown.map(|value| label(*value, messages)).collect();
    if hidden > 0 {
        labels.push(messages.say("show-more-values", &[("count", hidden.into())]));
    }
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
