//! The wireless networks that the box knows: kept on the data partition, and brought to where iwd
//! looks for them. They come from a stick, as iwd's own files, or from the till, where somebody
//! scanned a network's code.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::console::say;
use crate::data_partition::{PLACE, durable};
use crate::preset::files;

/// Where they are kept, below the data partition, and where iwd looks.
const KEPT: &str = "wireless";
const LIVE: &str = "/var/lib/iwd";

/// A network that the till tells of. Its key is not shown by [`fmt::Debug`].
#[derive(Clone, PartialEq, Eq)]
pub struct Network {
    ssid: Vec<u8>,
    hidden: bool,
    key: String,
}

impl Network {
    /// Reads what the till says: the name in hexadecimal digits, `hidden` or `seen`, and the key in
    /// digits, nothing for none. `None` where it is no network that iwd could take.
    pub fn said(word: &str) -> Option<Self> {
        let mut fields = word.split(' ');
        let (ssid, visible, key) = (fields.next()?, fields.next()?, fields.next()?);
        let ssid = bytes(ssid).filter(|ssid| (1..=32).contains(&ssid.len()))?;
        let hidden = match visible {
            "hidden" => true,
            "seen" => false,
            _ => return None,
        };
        let key = String::from_utf8(bytes(key)?).ok()?;
        let printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let is_known = key.is_empty() || is_raw(&key) || (8..=63).contains(&key.len());
        let is_whole = printable && is_known && fields.next().is_none();
        is_whole.then_some(Self { ssid, hidden, key })
    }

    /// The name of iwd's file for it (iwd.network(5)): the network's own name where it has only
    /// letters that every file may have, else its bytes in hexadecimal digits.
    fn file(&self) -> String {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_ ".contains(byte);
        let kind = if self.key.is_empty() { "open" } else { "psk" };
        match std::str::from_utf8(&self.ssid) {
            Ok(name) if self.ssid.iter().all(plain) => format!("{name}.{kind}"),
            _ => {
                let digits = self.ssid.iter().map(|byte| format!("{byte:02x}"));
                format!("={}.{kind}", digits.collect::<String>())
            }
        }
    }

    /// What stands in that file.
    fn text(&self) -> String {
        let security = match self.key.as_str() {
            "" => String::new(),
            key if is_raw(key) => format!("[Security]\nPreSharedKey={key}\n"),
            key => {
                // As iwd's files keep a backslash and a space at the beginning.
                let key = key.replace('\\', "\\\\");
                let key = match key.strip_prefix(' ') {
                    Some(rest) => format!("\\s{rest}"),
                    None => key,
                };
                format!("[Security]\nPassphrase={key}\n")
            }
        };
        let settings = if self.hidden {
            "[Settings]\nHidden=true\n"
        } else {
            ""
        };
        security + settings
    }
}

fn is_raw(key: &str) -> bool {
    key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok().filter(|it| it.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = String::from_utf8_lossy(&self.ssid);
        f.debug_struct("Network")
            .field("ssid", &name)
            .field("hidden", &self.hidden)
            .finish_non_exhaustive()
    }
}

/// Makes a network known, now and after each start.
pub fn know(network: &Network) {
    let name = String::from_utf8_lossy(&network.ssid).into_owned();
    let known = keep(network, &folder(Path::new(PLACE))).and_then(|()| bring());
    match known {
        Ok(()) => say(&format!("the wireless network {name:?} is known")),
        Err(error) => say(&format!(
            "the wireless network {name:?} is not known: {error}"
        )),
    }
}

fn keep(network: &Network, kept: &Path) -> io::Result<()> {
    fs::create_dir_all(kept)?;
    fs::set_permissions(kept, fs::Permissions::from_mode(0o700))?;
    let path = kept.join(network.file());
    durable(&path, &network.text())?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
}

/// The folder below the data partition in which networks are kept.
pub fn folder(data: &Path) -> PathBuf {
    data.join(KEPT)
}

/// Brings the networks that are kept to where iwd looks, at each start; iwd notices new ones.
///
/// # Errors
/// What a disk refuses.
pub fn bring() -> io::Result<()> {
    bring_from(&folder(Path::new(PLACE)), Path::new(LIVE))
}

fn bring_from(kept: &Path, live: &Path) -> io::Result<()> {
    let kept = files(kept, |_| true);
    if kept.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(live)?;
    fs::set_permissions(live, fs::Permissions::from_mode(0o700))?;
    for file in kept {
        let path = live.join(file.file_name().unwrap_or_default());
        fs::copy(&file, &path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_become_the_files_that_iwd_reads() {
        let raw = "0123456789abcdef".repeat(4);
        let digits =
            |text: &str| -> String { text.bytes().map(|byte| format!("{byte:02x}")).collect() };
        for (ssid, visible, key, file, text) in [
            (
                "Shop 2",
                "seen",
                "rabbit12",
                "Shop 2.psk",
                "[Security]\nPassphrase=rabbit12\n",
            ),
            (
                "Café",
                "hidden",
                " a\\b=12345",
                "=436166c3a9.psk",
                "[Security]\nPassphrase=\\sa\\\\b=12345\n[Settings]\nHidden=true\n",
            ),
            ("../x", "seen", "", "=2e2e2f78.open", ""),
            (
                "Shop",
                "seen",
                raw.as_str(),
                "Shop.psk",
                &format!("[Security]\nPreSharedKey={raw}\n"),
            ),
        ] {
            let said = format!("{} {visible} {}", digits(ssid), digits(key));
            let network = Network::said(&said).unwrap();
            assert_eq!(
                (network.file().as_str(), network.text().as_str()),
                (file, text)
            );
            let shown = format!("{network:?}");
            assert!(key.is_empty() || !shown.contains(key), "{shown}");
        }
    }

    #[test]
    fn what_no_till_says_is_no_network() {
        for word in [
            "",
            "53686f70",
            "53686f70 seen",
            " seen 7261626269743132",
            "5368 seen 7261",
            "5368 visible 7261626269743132",
            "536 seen 7261626269743132",
            "53zz seen 7261626269743132",
            "5368 seen 7261626269740a32",
            "5368 seen 7261626269743132 more",
        ] {
            assert_eq!(Network::said(word), None, "{word:?}");
        }
        let long = format!("{} seen ", "41".repeat(33));
        assert_eq!(Network::said(&long), None);
    }

    #[test]
    fn a_network_is_there_after_the_next_start_for_nobody_else_to_read() {
        let (kept, live) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let kept = kept.path().join("wireless");
        let network = Network::said("53686f70 seen 7261626269743132").unwrap();
        keep(&network, &kept).unwrap();
        bring_from(&kept, live.path()).unwrap();
        for folder in [kept.as_path(), live.path()] {
            let file = folder.join("Shop.psk");
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.contains("rabbit12"), "{text}");
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
    }
}
