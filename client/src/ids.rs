//! Names of things that only clients know. The relay's crate cannot spell them.

use bellrope_proto::ids::Hash;
use serde::{Deserialize, Serialize};

/// A group: the hash of its roster's first signed entry, so that who knows the id can tell the true
/// roster from any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupId(pub Hash);

/// The number of a group's period with one set of keys and one mailbox. The first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Epoch(pub u32);

/// The place of an entry in the roster. The first is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position(pub u32);
