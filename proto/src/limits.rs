//! Every maximum of the wire, each with its reason. Checked before anything is allocated.

use crate::envelope::ENVELOPE_BYTES_MAX;

/// A frame's body: the largest envelope and room for the fields beside it.
pub const FRAME_BYTES_MAX: usize = ENVELOPE_BYTES_MAX + 4 * 1024;

/// A file that a program wrote for itself and sealed: the lists of a large group after years are far below.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A frame from somebody who has proven nothing yet: a grant, a token and their signatures.
pub const GREETING_BYTES_MAX: usize = 4 * 1024;

/// A signed statement, before it is decoded. Roster entries, the largest, stay below.
pub const STATEMENT_BYTES_MAX: usize = ENVELOPE_BYTES_MAX;

/// Receipts that one signature may cover; the path is then at most ten hashes long.
pub const RECEIPT_BATCH_MAX: usize = 1024;

/// Leaves of expired envelopes in one message: 16 KiB.
pub const SKIPPED_LEAVES_MAX: usize = 512;

/// Posts that one connection may have waiting for their receipts: what a commit can take from one.
pub const POSTS_IN_FLIGHT_MAX: usize = 64;

/// Seconds between two signed heads on a quiet subscription. Below the 30 seconds after which many
/// home routers forget a UDP flow.
pub const HEARTBEAT_SECONDS: u64 = 20;

/// A client calls a relay silent after this long without a heartbeat: two missed and some delay.
pub const SILENCE_SECONDS: u64 = 50;

/// A peer that has proven nothing after this long is let go: slow networks need a few round trips.
pub const GREETING_SECONDS_MAX: u64 = 20;

/// A mailbox opened under another (an invitation's): the bytes it may hold.
pub const SPONSORED_BYTES_MAX: u64 = 1024 * 1024;

/// Mailboxes open at one time under one other.
pub const SPONSORED_MAILBOXES_MAX: usize = 256;

/// Mailboxes that take posts and whose account one other has taken over: a group that turns its epoch every day has no more.
pub const SUCCEEDED_MAILBOXES_MAX: usize = 64;

/// Bytes that a mailbox may still take in when another has its account. One lane has half of it: enough to tell 200 people of the new one,
/// and to say the whole roster again. The rest is for those who have not heard.
pub const SUCCEEDED_ROOM_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Lanes of one mailbox that are revoked: as many as an envelope can have readers. A group that removes more turns its epoch.
pub const REVOKED_LANES_MAX: usize = 256;

/// The longest host name (RFC 1035).
pub const HOST_CHARS_MAX: usize = 253;
