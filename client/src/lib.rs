//! The Bellrope client: writes, seals, sends, opens, verifies and shows urgent alerts.
