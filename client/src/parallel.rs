//! Work on thousands of messages, on as many cores as there are.

use std::{num::NonZero, panic, thread};

/// Fewer are done sooner than a thread is started.
const A_SHARE_MIN: usize = if cfg!(test) { 3 } else { 128 };

/// More cores than this have nothing to do while what was done is put together.
const SHARES_MAX: usize = 8;

/// What `f` makes of each, in their order.
///
/// # Panics
/// As `f` does.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    map_in_shares(items, A_SHARE_MIN, f)
}

/// The same of a few, each of which is much work.
///
/// # Panics
/// As `f` does.
pub(crate) fn map_large<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    map_in_shares(items, 1, f)
}

fn map_in_shares<T: Send, R: Send>(
    items: Vec<T>,
    share_min: usize,
    f: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(cores.min(SHARES_MAX)).max(share_min);
    if items.len() <= share {
        return items.into_iter().map(f).collect();
    }
    let f = &f;
    let mut items = items.into_iter();
    let mut done = Vec::with_capacity(items.len());
    thread::scope(|scope| {
        let mut shares = Vec::new();
        loop {
            let share: Vec<T> = items.by_ref().take(share).collect();
            if share.is_empty() {
                break;
            }
            shares.push(scope.spawn(move || -> Vec<R> { share.into_iter().map(f).collect() }));
        }
        for share in shares {
            done.extend(
                share
                    .join()
                    .unwrap_or_else(|panic| panic::resume_unwind(panic)),
            );
        }
    });
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_done_once_and_they_keep_their_order() {
        for count in [0, 1, 2, 3, 4, 7, 100, 1_001] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = (0..count).map(|it| it * 2).collect();
            assert_eq!(map(items.clone(), |it| it * 2), doubled);
            assert_eq!(map_large(items, |it| it * 2), doubled);
        }
    }
}
