//! An alert as a TOML file that people fill in: `--template` writes it, `--from` reads it.
//!
//! Lists take keys, or labels in any language. An empty text means "unknown" or "not said"; a key that
//! does not belong here is an error, because a misspelt one would lose what somebody wrote under it.

mod form;
mod write;

pub use form::{TemplateError, read};
pub use write::write;
