//! The Bellrope relay: stores and forwards sealed envelopes that it cannot read.

pub mod peer;
pub mod quota;
pub mod store;
