//! A device's code, for two people to compare by voice.

use bellrope_proto::signing::{Device, PublicKey};
use data_encoding::HEXLOWER;

/// Bytes of the key: whoever wants to pass for another device would have to make 2^64 keys before one has its code.
const CODE_BYTES: usize = 8;

/// Four groups of four: `1a2b 3c4d 5e6f 7081`.
#[must_use]
pub(crate) fn device_code(device: &PublicKey<Device>) -> String {
    let (code, _) = device.0.split_at(CODE_BYTES);
    let groups: Vec<String> = code.chunks(2).map(|pair| HEXLOWER.encode(pair)).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_four_groups_of_the_keys_beginning() {
        let mut key = [0xff; 32];
        key[..8].copy_from_slice(&[0x1a, 0x2b, 0x3c, 0x4d, 0x5e, 0x6f, 0x70, 0x81]);
        let code = device_code(&PublicKey::from_bytes(key));
        assert_eq!(code, "1a2b 3c4d 5e6f 7081");
    }
}
