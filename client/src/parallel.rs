//! Work on thousands of messages, on as many cores as there are.

use std::{num::NonZero, thread};

/// Fewer are done sooner than a thread is started.
const A_SHARE_MIN: usize = if cfg!(test) { 3 } else { 128 };

/// More cores than this have nothing to do while what was done is put together.
const SHARES_MAX: usize = 8;

/// What `f` makes of each, in their order.
///
/// # Panics
/// As `f` does.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    in_shares(items, A_SHARE_MIN, |item| Some(f(item)))
}

/// The same of a few, each of which is much work.
///
/// # Panics
/// As `f` does.
pub(crate) fn map_large<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    in_shares(items, 1, |item| Some(f(item)))
}

/// What `f` makes of those of which it makes something, in their order.
///
/// # Panics
/// As `f` does.
pub(crate) fn filter_map<T: Send, R: Send>(
    items: Vec<T>,
    f: impl Fn(T) -> Option<R> + Sync,
) -> Vec<R> {
    in_shares(items, A_SHARE_MIN, f)
}

#[expect(
    clippy::filter_map_identity,
    reason = "what is flattened is moved, and views of ten thousand cases are many megabytes"
)]
fn in_shares<T: Send, R: Send>(
    items: Vec<T>,
    share_min: usize,
    f: impl Fn(T) -> Option<R> + Sync,
) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(cores.min(SHARES_MAX)).max(share_min);
    if items.len() <= share {
        return items.into_iter().filter_map(f).collect();
    }
    let f = &f;
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let mut done: Vec<Option<R>> = Vec::new();
    done.resize_with(items.len(), || None);
    thread::scope(|scope| {
        for (items, done) in items.chunks_mut(share).zip(done.chunks_mut(share)) {
            // What is not taken further is let go here as well, and wiped: that is work too.
            scope.spawn(move || {
                for (item, done) in items.iter_mut().zip(done) {
                    *done = item.take().and_then(f);
                }
            });
        }
    });
    done.into_iter().filter_map(|it| it).collect()
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
            assert_eq!(map_large(items.clone(), |it| it * 2), doubled);
            let even: Vec<usize> = (0..count).filter(|it| it % 2 == 0).collect();
            let is_even = |it: usize| it.is_multiple_of(2).then_some(it);
            assert_eq!(filter_map(items, is_even), even);
        }
    }
}
