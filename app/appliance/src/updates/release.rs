//! What an update source offers.

use ed25519_dalek::{Signature, VerifyingKey};
use semver::Version;
use serde::Deserialize;
use thiserror::Error;

/// The longest description that is read, in bytes.
pub const LONGEST_RELEASE: usize = 64 * 1024;
/// How long its signature is, in bytes (Ed25519, as it is).
pub const SIGNATURE_LENGTH: usize = 64;
/// The most of the notes that is shown, in letters.
const LONGEST_NOTES: usize = 4_000;
/// The most of what is wrong that is told, in letters.
const LONGEST_PROBLEM: usize = 300;

/// The key that proves descriptions. It is in the image; who releases has the other half.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReleaseKey(VerifyingKey);

impl ReleaseKey {
    /// Reads its text: 64 hexadecimal digits, space around them does not matter. `None` when it is
    /// none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let digits: Vec<_> = text
            .trim()
            .chars()
            .map(|letter| {
                letter
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect::<Option<_>>()?;
        if digits.len() != 64 {
            return None;
        }
        let bytes = std::array::from_fn(|place| digits[2 * place] << 4 | digits[2 * place + 1]);
        VerifyingKey::from_bytes(&bytes).ok().map(Self)
    }
}

/// A version that can be installed.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Release {
    /// For which boxes, as RAUC compares it: `evertill-x86-64-efi`.
    pub compatible: String,
    /// Which version.
    pub version: Version,
    /// The name of the bundle's file, in the folder of the description.
    pub bundle: String,
    /// How long the bundle is, in bytes. Less is downloaded where much is the same already.
    pub size: u64,
    /// What is new, in plain words, a line each; may be empty.
    #[serde(default)]
    pub notes: String,
}

/// What is no description of a release.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum NotARelease {
    /// Nobody whom this image believes has signed it.
    #[error("the description of the release is not signed with the key of this system")]
    NotSigned,
    /// It is signed and cannot be understood.
    #[error("the description of the release cannot be understood: {0}")]
    Unreadable(String),
}

impl NotARelease {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotSigned => {
                "Check the address of the updates. Nothing is installed from there as it is."
            }
            Self::Unreadable(_) => {
                "Whoever publishes the updates must write it again. Nothing was changed here."
            }
        }
    }
}

impl Release {
    /// Checks and reads a description, `release.json`, with its signature, `release.json.sig`.
    ///
    /// # Errors
    /// [`NotARelease`]; nothing of what is not signed is told.
    pub fn read(bytes: &[u8], signature: &[u8], key: ReleaseKey) -> Result<Self, NotARelease> {
        let signature = Signature::from_slice(signature).map_err(|_| NotARelease::NotSigned)?;
        key.0
            .verify_strict(bytes, &signature)
            .map_err(|_| NotARelease::NotSigned)?;
        Self::parse(bytes)
    }

    /// Reads a description whose signature was checked.
    ///
    /// # Errors
    /// [`NotARelease::Unreadable`].
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, NotARelease> {
        let wrong = |problem: String| {
            NotARelease::Unreadable(problem.chars().take(LONGEST_PROBLEM).collect())
        };
        if bytes.len() > LONGEST_RELEASE {
            return Err(wrong(format!("it is longer than {LONGEST_RELEASE} bytes")));
        }
        let mut release: Self =
            serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        // The name becomes a part of an address, and of what a program is told.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte);
        let name = &release.bundle;
        let is_name = name.bytes().all(plain)
            && name.ends_with(".raucb")
            && name.len() <= 128
            && !name.starts_with(['.', '-']);
        if !is_name {
            return Err(wrong(format!("{name:?} is not the name of a bundle")));
        }
        if let Some((end, _)) = release.notes.char_indices().nth(LONGEST_NOTES) {
            release.notes.truncate(end);
        }
        Ok(release)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    const DESCRIPTION: &[u8] = br#"{
        "compatible": "evertill-x86-64-efi", "version": "0.2.0",
        "bundle": "evertill-x86-64-efi-0.2.0.raucb", "size": 64000000,
        "notes": "Receipts print faster.", "a field of later": 1 }"#;

    fn keys() -> (SigningKey, ReleaseKey) {
        let signing = SigningKey::from_bytes(&[7; 32]);
        let text: String = signing
            .verifying_key()
            .to_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        (
            signing,
            ReleaseKey::from_text(&format!(" {text}\n")).unwrap(),
        )
    }

    #[test]
    fn a_description_is_believed_only_as_it_was_signed() {
        let (signing, key) = keys();
        let signature = signing.sign(DESCRIPTION).to_bytes();
        let release = Release::read(DESCRIPTION, &signature, key).unwrap();
        assert_eq!(release.version, Version::new(0, 2, 0));
        assert_eq!(release.bundle, "evertill-x86-64-efi-0.2.0.raucb");

        let mut changed = DESCRIPTION.to_vec();
        changed[60] ^= 1;
        let other = SigningKey::from_bytes(&[8; 32])
            .sign(DESCRIPTION)
            .to_bytes();
        for (bytes, signature) in [
            (changed.as_slice(), signature.as_slice()),
            (DESCRIPTION, &other),
            (DESCRIPTION, &signature[..63]),
            (DESCRIPTION, &[]),
        ] {
            let refused = Release::read(bytes, signature, key).unwrap_err();
            assert_eq!(refused, NotARelease::NotSigned);
        }
    }

    #[test]
    fn a_bundle_cannot_be_named_outside_its_folder() {
        for name in [
            "../x.raucb",
            "/x.raucb",
            "x",
            "-x.raucb",
            ".raucb",
            "a b.raucb",
            "a?b.raucb",
            "http://x/y.raucb",
        ] {
            let text =
                format!(r#"{{"compatible":"c","version":"1.0.0","bundle":"{name}","size":1}}"#);
            let refused = Release::parse(text.as_bytes()).unwrap_err();
            assert!(refused.to_string().contains("name of a bundle"), "{name}");
        }
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        for text in ["", "00", &"g".repeat(64), &"é".repeat(64), &"0".repeat(65)] {
            assert_eq!(ReleaseKey::from_text(text), None, "{text}");
        }
    }
}
