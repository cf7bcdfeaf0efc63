//! The rules of the pen and of the branches (PROTOCOL.md, "Pen" and "Branches") in every order of a few events: three
//! coordinators, a relay that delays, reorders, withholds and shows each reader something else, and one coordinator who is put
//! out, keeps what others signed before, goes on signing and colludes with the relay.
//!
//! The model drives the very files that the roster goes by, over small keys, with signatures as facts: what it finds is a
//! fault of the rules, and what signatures and encodings do is tested beside the roster. A crate of its own, as it is of no
//! use unoptimised. `BELLROPE_MODEL_STEPS`, `..._MALICE` and `..._SIGNATURES` make it larger than CI has time for: with 3 steps
//! it comes to ten million states.
#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    dead_code,
    unreachable_pub
)]

#[path = "../../client/src/group/branches.rs"]
mod branches;
#[path = "../../client/src/group/pen.rs"]
mod pen;
mod world;

use stateright::{Checker as _, Model as _};

use world::{A, Group, M};

fn bound(name: &str, default: usize) -> usize {
    let said = std::env::var(name).ok();
    said.map_or(default, |said| said.parse().unwrap())
}

fn check(holder: u8, order: [u8; 3], second: bool) {
    let group = Group {
        holder,
        order,
        second,
        steps: bound("BELLROPE_MODEL_STEPS", 2),
        malice: bound("BELLROPE_MODEL_MALICE", 2),
        signatures: bound("BELLROPE_MODEL_SIGNATURES", 2),
    };
    let checker = group.checker().spawn_bfs().join();
    eprintln!(
        "{} states, {} of them different; {holder} has the pen, in the order {order:?}",
        checker.state_count(),
        checker.unique_state_count()
    );
    checker.assert_properties();
}

#[test]
fn whatever_comes_in_which_order_an_honest_holder_is_followed() {
    check(A, [0, 1, 2], false);
}

#[test]
fn whatever_comes_in_which_order_who_coordinates_longest_gains_nothing_by_it() {
    check(A, [2, 0, 1], false);
}

#[test]
fn whatever_comes_in_which_order_a_holder_in_the_wrong_hands_is_put_out() {
    check(M, [2, 0, 1], false);
}

#[test]
fn whatever_comes_in_which_order_a_second_device_gains_nothing() {
    check(M, [2, 0, 1], true);
}
