//! What a stick tells a box that is no till yet: `preset.toml`, certificates and tokens beside it, and
//! wireless networks. Once the box is enrolled, no stick tells it anything.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::console::say;
use crate::data_partition::{PLACE, durable};
use crate::wireless;

/// What the till reads when it is enrolled.
const FILE: &str = "preset.toml";
/// The longest file that is taken, in bytes.
const LONGEST: u64 = 64 * 1024;
/// The most files of a kind that are taken.
const MOST: usize = 16;

/// Takes what a stick has for a box that is no till yet. `true` when the till has to begin anew with
/// it; `owner` is its user and group.
pub fn take(stick: &Path, owner: (u32, u32)) -> bool {
    let data = Path::new(PLACE);
    let taken = take_into(stick, data, owner).and_then(|(changed, networks)| {
        if networks {
            wireless::bring()?;
        }
        Ok(changed)
    });
    match taken {
        Ok(changed) => {
            if changed {
                say("what is preset was taken from the stick");
            }
            changed
        }
        Err(error) => {
            say(&format!(
                "what is preset was not taken from the stick: {error}"
            ));
            false
        }
    }
}

/// Whether the preset changed, and whether a network did.
fn take_into(stick: &Path, data: &Path, owner: (u32, u32)) -> io::Result<(bool, bool)> {
    let till = data.join("till");
    if till.join("till.toml").exists() {
        return Ok((false, false));
    }
    let mut changed = false;
    // The certificates and tokens that it names come before it.
    let presets = files(stick, |name| {
        [".pem", ".token"].iter().any(|end| name.ends_with(end))
    });
    let preset = files(stick, |name| name == FILE);
    if !preset.is_empty() {
        for file in presets.iter().chain(&preset) {
            changed |= copy(file, &till, owner)?;
        }
    }
    let kept = wireless::folder(data);
    let mut networks = false;
    for file in files(stick, |name| {
        [".psk", ".open", ".8021x"]
            .iter()
            .any(|end| name.ends_with(end))
    }) {
        networks |= copy(&file, &kept, (0, 0))?;
    }
    Ok((changed, networks))
}

/// The files of a folder whose names are wanted, and that are no longer than they may be.
pub fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(&wanted))
        .filter(|entry| {
            let metadata = entry.metadata();
            metadata.is_ok_and(|it| it.is_file() && it.len() <= LONGEST)
        })
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files.truncate(MOST);
    files
}

/// Copies a text file so that it is there whole or not at all; whether it was not there already.
fn copy(file: &Path, into: &Path, owner: (u32, u32)) -> io::Result<bool> {
    let text = fs::read_to_string(file)?;
    let path = into.join(file.file_name().unwrap_or_default());
    if fs::read_to_string(&path).is_ok_and(|known| known == text) {
        return Ok(false);
    }
    durable(&path, &text)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    chown(&path, Some(owner.0), Some(owner.1))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_stick_tells_a_box_only_until_it_is_a_till() {
        let (stick, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let till = data.path().join("till");
        fs::create_dir(&till).unwrap();
        let metadata = fs::metadata(&till).unwrap();
        let owner = (metadata.uid(), metadata.gid());
        let take = || take_into(stick.path(), data.path(), owner).unwrap();
        let put = |name: &str, text: &str| fs::write(stick.path().join(name), text).unwrap();
        put("own.pem", "certificate");
        assert_eq!(take(), (false, false));
        put("preset.toml", "[site]\ncertificates = \"own.pem\"\n");
        put("till.toml", "till = \"C1\"\n");
        put("hawkbit.token", "token");
        put("long.pem", &"x".repeat(65 * 1024));
        assert_eq!(take(), (true, false));
        let names = |folder: &Path| {
            let entries = fs::read_dir(folder).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&till), ["hawkbit.token", "own.pem", "preset.toml"]);
        // The same stick again changes nothing.
        assert_eq!(take(), (false, false));
        put("preset.toml", "[screen]\ntheme = \"dark\"\n");
        assert_eq!(take(), (true, false));
        fs::write(till.join("till.toml"), "").unwrap();
        put("preset.toml", "");
        assert_eq!(take(), (false, false));
        assert!(fs::metadata(till.join("preset.toml")).unwrap().len() > 0);
    }
}
