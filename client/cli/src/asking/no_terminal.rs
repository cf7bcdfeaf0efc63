//! Where no terminal is read byte by byte: questions are plain lines, which the system edits.

use std::{io, time::Duration};

use super::draw::Screen;

/// There is none.
pub(super) enum Terminal {}

/// See the terminal of Unix.
#[derive(Debug, PartialEq, Eq)]
#[expect(dead_code, reason = "nothing comes from a terminal that is not there")]
pub(super) enum Came {
    Bytes,
    Quiet,
    Changed,
    Ended,
}

impl Terminal {
    pub(super) fn open(_: bool) -> Option<Self> {
        None
    }

    pub(super) fn echoes(&self) -> bool {
        match *self {}
    }

    pub(super) fn screen(&self) -> Screen {
        match *self {}
    }

    pub(super) fn print(&mut self, _: &str) {
        match *self {}
    }

    pub(super) fn wait(&mut self, _: Option<Duration>) -> io::Result<Came> {
        match *self {}
    }

    pub(super) fn read(&mut self, _: &mut Vec<u8>) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn enter_again(&self) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn suspend(&mut self) -> io::Result<()> {
        match *self {}
    }
}

pub(super) fn leave_signals() {}
