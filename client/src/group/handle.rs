//! What the group calls a defender: a handle that the program makes, `D-7KQ4M`. Pure.
//!
//! The roster is on the disk of every member, observer and newcomer for as long as the group lives. A name in it would make one
//! seized laptop the list of everybody who ever called; so no name is in it, and who a handle is says a contact card, which
//! named people have (see [`crate::message::ContactCard`]).

use bellrope_proto::{
    ids::Hash,
    signing::{Invitation, PublicKey},
};

use super::{
    entry::{Admit, Role},
    people::Invited,
};
use crate::case::letters;

/// What it begins with, so that nobody takes it for the number of a case.
const BEGINS: &str = "D-";

/// Enough letters that hardly one in 20,000 invitations of a large group must be made anew (R9), and few enough to say.
const LETTERS: usize = 5;

/// The handle of whoever comes in by this invitation: nobody chooses one, so that no name can be put in it.
#[must_use]
pub(crate) fn handle(invitation: &PublicKey<Invitation>) -> String {
    let hash = Hash::tagged("handle", &[&invitation.0]);
    BEGINS.chars().chain(letters(&hash).take(LETTERS)).collect()
}

/// Whether an admission calls its person as R9 has it: a defender by the invitation's own handle, which nobody was called before,
/// or by that of a defender who was invited before, to whom an invitation is given anew; a reader by no defender's handle.
#[must_use]
pub(super) fn is_called_rightly(admit: &Admit, earlier: &[Invited]) -> bool {
    let mut same = earlier.iter().filter(|it| it.admit.name == admit.name);
    let first = same.next().map(|it| it.admit.role == Role::Defender);
    match (admit.role, first) {
        (Role::Defender, None) => admit.name == handle(&admit.invitation),
        (Role::Defender, Some(is_defender)) => is_defender,
        (_, first) => first != Some(true),
    }
}

#[cfg(test)]
mod tests {
    use bellrope_proto::signing::SecretKey;

    use super::*;

    #[test]
    fn the_handle_is_frozen() {
        let key = SecretKey::<Invitation>::from_seed(&[7; 32]).public();
        assert_eq!(handle(&key), "D-9RDC9");
    }
}
