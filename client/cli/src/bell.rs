//! The bell of `watch`: rung for what should wake somebody, and again until they say that they are there.

use std::{
    io::{self, IsTerminal as _, Write as _},
    thread,
    time::Duration,
};

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::Instant,
};

/// Between two rings for the same alert.
pub(crate) const AGAIN: Duration = Duration::from_secs(30);

/// When to ring.
#[derive(Debug)]
pub(crate) struct Bell {
    /// Whether somebody could say that they are there. Else it rings once: nobody could end it.
    attended: bool,
    next: Option<Instant>,
}

impl Bell {
    pub(crate) fn new(attended: bool) -> Self {
        Self {
            attended,
            next: None,
        }
    }

    /// Something came that should wake somebody: ring now. Says whether it begins to ring again and again.
    pub(crate) fn begin(&mut self, now: Instant) -> bool {
        let was_ringing = self.next.is_some();
        self.next = self.attended.then(|| now + AGAIN);
        self.attended && !was_ringing
    }

    /// Somebody is there. Says whether it was ringing.
    pub(crate) fn end(&mut self) -> bool {
        self.next.take().is_some()
    }

    /// When to ring again. Safe to drop while it waits.
    pub(crate) async fn again(&mut self) {
        match self.next {
            None => std::future::pending().await,
            Some(at) => {
                tokio::time::sleep_until(at).await;
                self.next = Some(at + AGAIN);
            }
        }
    }
}

/// Rings the terminal at either of our ends. In a pipe nobody hears it.
pub(crate) fn ring() {
    let ring = [7];
    // Of a terminal that is gone there is nothing to say.
    let _ = if io::stderr().is_terminal() {
        io::stderr().write_all(&ring)
    } else if io::stdout().is_terminal() {
        let mut out = io::stdout();
        out.write_all(&ring).and_then(|()| out.flush())
    } else {
        Ok(())
    };
}

/// Says each time that Enter is pressed; `None` where no key can be heard.
pub(crate) fn keys() -> Option<UnboundedReceiver<()>> {
    if !io::stdin().is_terminal() {
        return None;
    }
    let (pressed, keys) = unbounded_channel();
    let listener = thread::Builder::new().spawn(move || listen(&pressed));
    listener.ok().map(|_| keys)
}

/// Ends with the terminal. A program that reads from a terminal while it is in the background is stopped, and `watch` must not be: it
/// reads only when there is something to read and the terminal is its own.
#[cfg(unix)]
fn listen(pressed: &UnboundedSender<()>) {
    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        process::getpgrp,
        termios::tcgetpgrp,
    };
    const LOOK: Timespec = Timespec {
        tv_sec: 1,
        tv_nsec: 0,
    };
    let stdin = io::stdin();
    loop {
        let mut waits = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut waits, Some(&LOOK)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(_) => return,
        }
        // That it is no terminal of ours to be stopped by is fine.
        if tcgetpgrp(&stdin).is_ok_and(|group| group != getpgrp()) {
            // What was typed is for another program.
            thread::sleep(Duration::from_secs(1));
            continue;
        }
        if !line(pressed) {
            return;
        }
    }
}

#[cfg(not(unix))]
fn listen(pressed: &UnboundedSender<()>) {
    while line(pressed) {}
}

/// Reads a line, and says so; `false` when there will be no other.
fn line(pressed: &UnboundedSender<()>) -> bool {
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    let more = match read {
        Ok(bytes) => bytes > 0,
        // Bytes that are no text.
        Err(error) => error.kind() == io::ErrorKind::InvalidData,
    };
    more && pressed.send(()).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn wait<T>(story: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.unwrap().block_on(story)
    }

    /// Whether it would ring by then.
    fn rings_by(bell: &Bell, at: Instant) -> bool {
        bell.next.is_some_and(|next| next <= at)
    }

    #[test]
    fn it_rings_until_somebody_is_there() {
        wait(async {
            let now = Instant::now();
            let mut bell = Bell::new(true);
            assert!(!bell.end() && !rings_by(&bell, now + AGAIN * 100));
            assert!(bell.begin(now));
            assert!(!rings_by(&bell, now) && rings_by(&bell, now + AGAIN));
            // Another alert meanwhile: nothing is explained again.
            assert!(!bell.begin(now));
            // Overdue, it rings at once and is due again later.
            let mut late = Bell {
                attended: true,
                next: Some(now),
            };
            late.again().await;
            assert!(late.next == Some(now + AGAIN));
            assert!(bell.end());
            assert!(!bell.end() && !rings_by(&bell, now + AGAIN * 100));
            assert!(bell.begin(now), "the next alert");
        });
    }

    #[test]
    fn where_nobody_could_end_it_it_rings_once() {
        let mut bell = Bell::new(false);
        assert!(!bell.begin(Instant::now()));
        assert!(bell.next.is_none() && !bell.end());
    }
}
