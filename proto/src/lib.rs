//! What Bellrope's clients and relays say to each other. No async, no sockets, no clock, no disk.
//!
//! `PROTOCOL.md` beside this crate is the specification; this is its one implementation here, used
//! by both sides. Read from the bottom up: [`ids`] and [`limits`], [`codec`] (values to bytes),
//! [`signing`], then [`grant`], [`receipt`], [`keys`], [`evidence`] and [`message`], and [`frame`], which cuts a stream.
//! [`address`] and [`token`] are texts that people copy, and [`pasted`] reads what became of such a text on the way, [`paths`] what
//! became of a path.

pub mod address;
pub mod codec;
pub mod envelope;
pub mod evidence;
pub mod frame;
pub mod grant;
pub mod ids;
pub mod keys;
pub mod limits;
pub mod message;
pub mod pasted;
pub mod paths;
pub mod receipt;
pub mod signing;
pub mod token;

/// The protocol version that this crate speaks.
pub const VERSION: u16 = 1;

/// The TLS application protocol (ALPN). QUIC requires one and it travels in clear in the first
/// packet, so it is the one that nearly all QUIC traffic names: an observer of a defender's
/// connection should not read a project's name there.
pub const ALPN: &[u8] = b"h3";

/// Label of the TLS exporter (RFC 8446 section 7.5) that binds a lane's proof to one connection.
pub const EXPORTER_LABEL: &[u8] = b"EXPORTER-bellrope-lane-v1";
