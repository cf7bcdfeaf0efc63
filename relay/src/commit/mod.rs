//! What changes the store: one writer on a thread of its own, which answers for what it stored, and beside
//! it the thread that checkpoints. Whoever asks sends a [`jobs::Job`].

mod accounts;
pub(crate) mod checkpointer;
pub(crate) mod jobs;
pub(crate) mod quota;
mod receipts;
mod succession;
#[cfg(test)]
mod tests;
pub(crate) mod writer;
