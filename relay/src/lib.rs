//! The Bellrope relay: stores and forwards sealed envelopes that it cannot read.
