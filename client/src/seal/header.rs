//! A look at an age header before age parses it: its bytes, its stanzas and their kind.
//!
//! age limits none of these. Each stanza may cost a public-key operation, and each scrypt stanza
//! minutes and gigabytes, so they are counted while counting is still cheap.

/// What one kind of header may have.
pub(super) struct Limits {
    /// From the version line to the start of the MAC line.
    pub(super) bytes: usize,
    pub(super) stanzas: usize,
    /// Whether scrypt stanzas are expected.
    pub(super) passphrase: bool,
}

/// `Some` when the header keeps to `limits`. Says nothing on whether it is valid: age does.
///
/// Both readers agree where the header ends: in the age grammar a line that starts with `---` can
/// only be the MAC, and one that starts with `->` only a new stanza.
pub(super) fn check(file: &[u8], limits: &Limits) -> Option<()> {
    let window = file.get(..limits.bytes).unwrap_or(file);
    let mut stanzas = 0;
    for line in window.split(|byte| *byte == b'\n') {
        if line.starts_with(b"---") {
            return Some(());
        }
        if let Some(stanza) = line.strip_prefix(b"->") {
            stanzas += 1;
            let scrypt = stanza.starts_with(b" scrypt");
            if stanzas > limits.stanzas || (scrypt && !limits.passphrase) {
                return None;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        bytes: 60,
        stanzas: 2,
        passphrase: false,
    };

    #[test]
    fn counts_before_parsing() {
        let kept: [&[u8]; 2] = [b"age-encryption.org/v1\n-> a\n\n-> b\n\n--- mac", b"---"];
        let broken: [&[u8]; 5] = [
            b"",
            b"age-encryption.org/v1\n-> a\n",
            b"age-encryption.org/v1\n-> a\n\n-> b\n\n-> c\n\n--- mac",
            b"age-encryption.org/v1\n-> scrypt x 17\n\n--- mac",
            b"age-encryption.org/v1\n-> aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\n--- mac",
        ];
        for file in kept {
            assert!(check(file, &LIMITS).is_some());
        }
        for file in broken {
            assert!(check(file, &LIMITS).is_none());
        }
    }
}
