//! The three parts of a certificate that matter here, read from bytes that anybody may have sent.

use std::fmt;
use std::str::FromStr;

use rustls::pki_types::{CertificateDer, TrustAnchor};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The SHA-256 of a public key as certificates hold it (SPKI). Written in hexadecimal. It stays
/// the same when a certificate is renewed with the same key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pin(pub [u8; 32]);

impl Pin {
    /// The pin of a certificate's key; `None` when it is no certificate.
    #[must_use]
    pub fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        Parts::of(certificate).map(|parts| Self::of_key(parts.public_key))
    }

    pub(super) fn of_anchor(anchor: &TrustAnchor<'_>) -> Self {
        // An anchor has the key without the head of its sequence.
        let content: &[u8] = anchor.subject_public_key_info.as_ref();
        let mut key = vec![SEQUENCE];
        match u8::try_from(content.len()) {
            Ok(length) if length < 0x80 => key.push(length),
            Ok(length) => key.extend([0x81, length]),
            Err(_) => {
                key.push(0x82);
                key.extend((content.len() as u16).to_be_bytes());
            }
        }
        key.extend_from_slice(content);
        Self::of_key(&key)
    }

    fn of_key(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What was given as a pin is none.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error(
    "{0:?} is not a pin; one is 64 hexadecimal digits, as evertill-setup site check prints them"
)]
pub struct NotAPin(String);

impl From<Pin> for String {
    fn from(pin: Pin) -> Self {
        pin.to_string()
    }
}

impl TryFrom<String> for Pin {
    type Error = NotAPin;

    fn try_from(text: String) -> Result<Self, NotAPin> {
        text.parse()
    }
}

impl FromStr for Pin {
    type Err = NotAPin;

    /// Colons between digits and case do not matter.
    fn from_str(text: &str) -> Result<Self, NotAPin> {
        let digits: Option<Vec<u8>> = text
            .trim()
            .chars()
            .filter(|sign| *sign != ':')
            .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
            .collect();
        match digits.as_deref() {
            Some(digits) if digits.len() == 64 => Ok(Self(std::array::from_fn(|place| {
                digits[2 * place] << 4 | digits[2 * place + 1]
            }))),
            _ => Err(NotAPin(text.to_owned())),
        }
    }
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// Parts of a certificate, each with its head.
pub(super) struct Parts<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    public_key: &'a [u8],
}

impl<'a> Parts<'a> {
    /// `None` when it is no certificate.
    pub(super) fn of(certificate: &'a CertificateDer<'_>) -> Option<Self> {
        let (certificate, _) = element(certificate.as_ref())?;
        let (signed, _) = element(certificate.content)?;
        let (first, after_first) = element(signed.content)?;
        // The version may be left out; the serial number never is.
        let rest = if first.tag == VERSION {
            element(after_first)?.1
        } else {
            after_first
        };
        let (_algorithm, rest) = element(rest)?;
        let (issuer, rest) = element(rest)?;
        let (_validity, rest) = element(rest)?;
        let (subject, rest) = element(rest)?;
        let (public_key, _) = element(rest)?;
        Some(Self {
            issuer: issuer.whole,
            subject: subject.whole,
            public_key: public_key.whole,
        })
    }

    /// Whether it names itself as its issuer.
    pub(super) fn is_self_signed(&self) -> bool {
        self.issuer == self.subject
    }
}

/// An element of DER.
struct Element<'a> {
    tag: u8,
    whole: &'a [u8],
    content: &'a [u8],
}

/// The first element and what follows it.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (short, rest) = rest.split_first()?;
    let (length, head) = match short {
        0..=0x7f => (usize::from(*short), 2),
        0x81 => (usize::from(*rest.first()?), 3),
        0x82 => {
            let long = rest.first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*long)), 4)
        }
        // 64 KiB are more than a certificate has.
        _ => return None,
    };
    let (whole, after) = bytes.split_at_checked(head + length)?;
    let (tag, content) = (*tag, whole.get(head..)?);
    Some((
        Element {
            tag,
            whole,
            content,
        },
        after,
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_as_it_is_printed_and_nothing_else_is_one() {
        let pin = Pin(std::array::from_fn(|place| place as u8 * 8));
        assert_eq!(pin.to_string().parse::<Pin>().unwrap(), pin);
        let openssl: Vec<String> = pin.0.iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(openssl.join(":").parse::<Pin>().unwrap(), pin);
        for wrong in [
            "",
            "abcd",
            &pin.to_string()[1..],
            &"g".repeat(64),
            &"0".repeat(66),
        ] {
            assert!(wrong.parse::<Pin>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_are_none() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x82, 0xff],
            &[0x30, 0x82, 0xff, 0xff, 0x30],
            &[0x30, 0x04, 0x30, 0x02, 0xa0, 0x00],
            &[0x30; 64],
        ] {
            assert_eq!(Pin::of(&CertificateDer::from(bytes)), None);
        }
    }
}
