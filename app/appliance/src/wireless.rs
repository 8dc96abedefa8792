//! A wireless network as its owner's QR code tells it, so that a box gets one without a keyboard:
//! `WIFI:T:WPA;S:Shop;P:secret;;`, as telephones and routers show it (section 7 of the Wi-Fi
//! Alliance's WPA3 specification, and what ZXing made usual before).

use std::fmt;

use zeroize::Zeroizing;

/// The longest name of a network, in bytes (IEEE 802.11).
const LONGEST_SSID: usize = 32;
/// How many letters a passphrase has (IEEE 802.11, WPA).
const PASSPHRASE: std::ops::RangeInclusive<usize> = 8..=63;
/// A key in place of a passphrase is so many hexadecimal digits long.
const KEY_DIGITS: usize = 64;

/// A wireless network that the box may use. Its key is wiped from memory when it is dropped, and
/// not shown by [`fmt::Debug`].
#[derive(Clone, PartialEq, Eq)]
pub struct WirelessNetwork {
    ssid: String,
    key: Option<Zeroizing<String>>,
    hidden: bool,
}

/// Why a code of a wireless network is of no use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WirelessError {
    /// The code is cut off, or has no name of a network.
    #[error("That code of a wireless network is not whole")]
    NotWhole,
    /// A key that no network of this kind has.
    #[error("The key in that code is none of a wireless network: it must have 8 to 63 letters")]
    Key,
    /// An encryption that anybody can break, or one that wants a name and certificates.
    #[error("That wireless network is of a kind that this box does not use")]
    Kind,
}

impl WirelessError {
    /// What to do.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NotWhole => "Scan it again, or let the router show it anew.",
            Self::Key => "Let the router show the code anew.",
            Self::Kind => "Use a network with WPA2 or WPA3 and a password.",
        }
    }
}

impl WirelessNetwork {
    /// Reads a scanned text; `None` where it is no code of a wireless network at all.
    pub fn read(text: &str) -> Option<Result<Self, WirelessError>> {
        let head = text.get(..5)?;
        let fields = text.get(5..)?;
        head.eq_ignore_ascii_case("WIFI:").then(|| Self::of(fields))
    }

    fn of(fields: &str) -> Result<Self, WirelessError> {
        let (mut ssid, mut key, mut kind, mut hidden) = (None, None, String::new(), false);
        for field in split(fields)? {
            match field.split_at_checked(2) {
                Some(("S:", value)) => ssid = Some(plain(value)?.to_string()),
                Some(("P:", value)) => key = Some(plain(value)?),
                Some(("T:", value)) => kind = value.to_ascii_uppercase(),
                Some(("H:", value)) => hidden = value.eq_ignore_ascii_case("true"),
                // Others tell what a box finds out by itself.
                _ => {}
            }
        }
        let ssid = ssid.filter(|ssid| (1..=LONGEST_SSID).contains(&ssid.len()));
        let ssid = ssid.ok_or(WirelessError::NotWhole)?;
        let key = match kind.as_str() {
            "NOPASS" => None,
            "" if key.is_none() => None,
            "" | "WPA" | "WPA2" | "WPA3" | "SAE" => {
                let key = key.ok_or(WirelessError::NotWhole)?;
                Some(
                    Some(key)
                        .filter(|key| is_key(key))
                        .ok_or(WirelessError::Key)?,
                )
            }
            _ => return Err(WirelessError::Kind),
        };
        Ok(Self { ssid, key, hidden })
    }

    /// Its name.
    pub fn ssid(&self) -> &str {
        &self.ssid
    }

    /// Its key: a passphrase, or 64 hexadecimal digits; `None` for a network that is open to
    /// everybody.
    pub fn key(&self) -> Option<&str> {
        self.key.as_ref().map(|key| key.as_str())
    }

    /// Whether it does not tell its name to everybody.
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }
}

fn is_key(key: &str) -> bool {
    let printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let is_raw = key.len() == KEY_DIGITS && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_raw || (printable && PASSPHRASE.contains(&key.len()))
}

/// The fields between semicolons, with what a backslash keeps from being one.
fn split(fields: &str) -> Result<Vec<&str>, WirelessError> {
    let mut all = Vec::new();
    let (mut begin, mut kept) = (0, false);
    for (at, letter) in fields.char_indices() {
        match letter {
            _ if kept => kept = false,
            '\\' => kept = true,
            ';' => {
                all.extend(fields.get(begin..at));
                begin = at + 1;
            }
            _ => {}
        }
    }
    // The last field ends with a semicolon, too: a code that was cut off does not.
    match begin == fields.len() && !all.is_empty() {
        true => Ok(all),
        false => Err(WirelessError::NotWhole),
    }
}

/// A value without its backslashes, and without the quotes around it that some writers put there.
fn plain(value: &str) -> Result<Zeroizing<String>, WirelessError> {
    let mut plain = Zeroizing::new(String::with_capacity(value.len()));
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inner| !inner.ends_with('\\'));
    let mut letters = quoted.unwrap_or(value).chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => letters.next().ok_or(WirelessError::NotWhole)?,
            other => other,
        });
    }
    Ok(plain)
}

impl fmt::Debug for WirelessNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WirelessNetwork")
            .field("ssid", &self.ssid)
            .field("hidden", &self.hidden)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<WirelessNetwork, WirelessError> {
        WirelessNetwork::read(text).unwrap()
    }

    #[test]
    fn codes_of_telephones_and_routers_are_read() {
        for (text, ssid, key, hidden) in [
            (
                "WIFI:T:WPA;S:Shop;P:rabbit12;;",
                "Shop",
                Some("rabbit12"),
                false,
            ),
            (
                "WIFI:S:Shop;T:SAE;P:rabbit12;H:true;;",
                "Shop",
                Some("rabbit12"),
                true,
            ),
            ("wifi:S:Café;P:rabbit12;;", "Café", Some("rabbit12"), false),
            (
                r"WIFI:T:WPA;S:a\;b\:c\\;P:\,12345678\;;;",
                r"a;b:c\",
                Some(",12345678;"),
                false,
            ),
            (
                "WIFI:T:WPA;S:\"Shop\";P:\"rabbit12\";;",
                "Shop",
                Some("rabbit12"),
                false,
            ),
            ("WIFI:T:nopass;S:Guests;;", "Guests", None, false),
            ("WIFI:S:Guests;;", "Guests", None, false),
            (
                "WIFI:T:WPA;R:1;S:Shop;P:rabbit12;",
                "Shop",
                Some("rabbit12"),
                false,
            ),
        ] {
            let network = read(text).unwrap();
            assert_eq!(
                (network.ssid(), network.key(), network.is_hidden()),
                (ssid, key, hidden),
                "{text}"
            );
        }
        let raw = "0123456789abcdef".repeat(4);
        let network = read(&format!("WIFI:T:WPA;S:Shop;P:{raw};;")).unwrap();
        assert_eq!(network.key(), Some(raw.as_str()));
    }

    #[test]
    fn what_no_box_could_use_is_refused_by_what_is_wrong_with_it() {
        let long = format!("WIFI:S:{};;", "x".repeat(33));
        for (text, error) in [
            ("WIFI:T:WPA;S:Shop;P:rabbi", WirelessError::NotWhole),
            ("WIFI:", WirelessError::NotWhole),
            ("WIFI:;;", WirelessError::NotWhole),
            ("WIFI:T:WPA;P:rabbit12;;", WirelessError::NotWhole),
            ("WIFI:T:WPA;S:Shop;;", WirelessError::NotWhole),
            (long.as_str(), WirelessError::NotWhole),
            ("WIFI:T:WPA;S:Shop;P:short;;", WirelessError::Key),
            ("WIFI:T:WPA;S:Shop;P:käserei12;;", WirelessError::Key),
            ("WIFI:T:WEP;S:Shop;P:rabbit12;;", WirelessError::Kind),
            ("WIFI:T:WPA2-EAP;S:Shop;P:rabbit12;;", WirelessError::Kind),
        ] {
            assert_eq!(read(text).unwrap_err(), error, "{text}");
        }
        for other in ["", "WIF", "9780000001009", "EVT1/C1-000001", "é́é́é́"] {
            assert_eq!(WirelessNetwork::read(other), None, "{other}");
        }
    }

    #[test]
    fn the_key_is_not_in_what_is_logged() {
        let shown = format!("{:?}", read("WIFI:T:WPA;S:Shop;P:rabbit12;;").unwrap());
        assert!(
            shown.contains("Shop") && !shown.contains("rabbit"),
            "{shown}"
        );
    }
}
