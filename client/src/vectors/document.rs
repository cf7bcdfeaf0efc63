//! PROTOCOL.md, sections 1 and 6, and the code say the same: payloads, the roster's changes, roles, limits.
