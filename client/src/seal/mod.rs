//! Sealing (stub).
use serde::{Deserialize, Serialize};
/// A member's inner-layer public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MemberKey(pub [u8; 32]);
