//! `bellrope`: the client for terminals. Reads what people type, asks the library, and prints what it says.

mod args;
mod asking;
mod bell;
mod command_error;
mod commands;
mod forget;
mod given;
mod hook;
mod idle;
mod language;
mod log;
mod output;
mod paths;
mod qr;
mod ui;

pub use commands::run;
