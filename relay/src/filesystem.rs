//! Whether the file system writes over what is written over. Where it does not, the key of a day that was erased
//! may be found again, and with it what the day had.

use std::{
    ffi::OsString,
    fs,
    os::unix::ffi::OsStringExt as _,
    path::{Path, PathBuf},
};

/// These write what changes to another place, or keep what was there below.
const ELSEWHERE: [&str; 7] = [
    "btrfs", "zfs", "bcachefs", "overlay", "f2fs", "nilfs2", "aufs",
];

/// What to tell a host of the file system that a directory is on; `None` when it overwrites in place, or nobody knows.
pub(crate) fn keeps_old_copies(dir: &Path) -> Option<String> {
    let dir = fs::canonicalize(dir).ok()?;
    keeps_old_copies_by(&fs::read(MOUNTS).ok()?, &dir)
}

const MOUNTS: &str = "/proc/self/mounts";

fn keeps_old_copies_by(mounts: &[u8], dir: &Path) -> Option<String> {
    let lines = mounts.split(|byte| *byte == b'\n');
    let mounts = lines.filter_map(|line| {
        let mut fields = line.split(|byte| *byte == b' ').skip(1);
        let at = PathBuf::from(OsString::from_vec(unescaped(fields.next()?)));
        let kind = String::from_utf8_lossy(fields.next()?).into_owned();
        let options = String::from_utf8_lossy(fields.next()?).into_owned();
        dir.starts_with(&at).then_some((at, kind, options))
    });
    // The deepest; of two at one place, the one that came last hides the other.
    let (_, kind, options) = mounts.max_by_key(|(at, ..)| at.components().count())?;
    if ELSEWHERE.contains(&kind.as_str()) {
        return Some(kind);
    }
    let journaled = options.split(',').any(|option| option == "data=journal");
    journaled.then(|| format!("{kind} with data=journal"))
}

/// Spaces and the like are octal there.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..3)
            .filter(|_| *first == b'\\')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        plain.push(code.unwrap_or(*first));
        rest = match code {
            Some(_) => after.get(3..).unwrap_or_default(),
            None => after,
        };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_system_of_the_directory_is_the_one_that_is_named() {
        let mounts = b"/dev/a / ext4 rw,relatime 0 0\n\
            /dev/b /var btrfs rw,space_cache=v2 0 0\n\
            /dev/c /var/lib/bellrope ext4 rw 0 0\n\
            /dev/d /srv/with\\040space ext4 rw,data=journal 0 0\n\
            tank/x /tank zfs rw 0 0\n\
            /dev/e /tank xfs rw 0 0\n\
            broken line\n";
        let said = |dir: &str| keeps_old_copies_by(mounts, Path::new(dir));
        assert_eq!(said("/home/relay"), None);
        assert_eq!(said("/var/lib/other").as_deref(), Some("btrfs"));
        assert_eq!(said("/var/lib/bellrope"), None);
        assert_eq!(said("/variable"), None);
        assert_eq!(
            said("/srv/with space/relay").as_deref(),
            Some("ext4 with data=journal")
        );
        assert_eq!(
            said("/tank/relay"),
            None,
            "the last mount at a place counts"
        );
        assert_eq!(keeps_old_copies_by(b"", Path::new("/")), None);
    }
}
