//! Enrolment: all that makes a box a till, on one sheet of paper.
//!
//! The sheet's code is a text of capital letters, digits and a colon, `EVT1:…`, which QR codes hold
//! best and which serial and keyboard scanners send alike. It is encrypted under a short code that
//! is told apart from the sheet, so that a sheet found in the bin opens nothing.
//!
//! [`Enrolment::seal`] writes it. A till reads it in two steps, because the second one needs the
//! code and takes a fifth of a second on purpose: [`Sheet::read`] tells whether a scan is a whole
//! sheet, [`Sheet::open`] opens it.

mod code;
mod error;
mod sheet;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

pub use code::EnrolmentCode;
pub use error::EnrolmentError;
pub use sheet::Sheet;

use crate::base32;
use crate::keys::{ShopKey, key_of};

/// The most certificate pins of a sheet.
pub const MOST_PINS: usize = 8;
/// The longest text of a sheet, in bytes.
const LONGEST_TEXT: usize = 300;

/// What a sheet tells a till.
#[derive(Clone)]
pub struct Enrolment {
    /// The address of the site, `https://…`.
    pub url: String,
    /// The SHA-256 of the public keys (SPKI) that the site or its issuer may have; none when the
    /// system's authorities are enough.
    pub pins: Vec<[u8; 32]>,
    /// The API key of the till's user.
    pub key: String,
    /// Its API secret.
    pub secret: Zeroizing<String>,
    /// The prefix of receipt numbers.
    pub till: String,
    /// The name of the till, as people see it.
    pub name: String,
    /// Its POS Profile.
    pub pos_profile: String,
    /// What the tills of the shop share.
    pub shop_key: ShopKey,
    /// Until when the sheet may be used.
    pub expires: Timestamp,
    /// Which sheet it is: the document in ERPNext that is closed when the sheet is used; empty
    /// where the site has none.
    pub sheet: String,
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Enrolment")
            .field("url", &self.url)
            .field("till", &self.till)
            .field("name", &self.name)
            .field("pos_profile", &self.pos_profile)
            .field("expires", &self.expires)
            .field("sheet", &self.sheet)
            .finish_non_exhaustive()
    }
}

impl Enrolment {
    /// `key:secret`, as the site's client takes it.
    #[must_use]
    pub fn key_and_secret(&self) -> Zeroizing<String> {
        let mut both = Zeroizing::new(String::with_capacity(
            self.key.len() + self.secret.len() + 1,
        ));
        both.push_str(&self.key);
        both.push(':');
        both.push_str(&self.secret);
        both
    }

    /// The text of the sheet's code, encrypted under a code.
    ///
    /// # Errors
    /// [`EnrolmentError::Field`] when a part is empty, too long or has control characters in it;
    /// others when the machine gives no random numbers or memory.
    pub fn seal(&self, code: &EnrolmentCode) -> Result<String, EnrolmentError> {
        self.check()?;
        sheet::seal(&self.to_json(), code)
    }

    /// What is encrypted: JSON.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        // Room from the start: a vector that grows leaves copies behind.
        let mut json = Zeroizing::new(Vec::with_capacity(8 * 1024));
        let shop_key = base32::encode(self.shop_key.expose());
        let pins: Vec<_> = self.pins.iter().map(|pin| base32::encode(pin)).collect();
        let written = Written {
            u: &self.url,
            p: pins.iter().map(|pin| pin.as_str()).collect(),
            k: &self.key,
            s: &self.secret,
            t: &self.till,
            n: &self.name,
            o: &self.pos_profile,
            h: &shop_key,
            e: self.expires.as_second(),
            i: &self.sheet,
        };
        // Texts and numbers always become JSON.
        let _ = serde_json::to_writer(&mut *json, &written);
        json
    }

    /// Reads what [`Enrolment::to_json`] wrote, whoever did.
    ///
    /// # Errors
    /// [`EnrolmentError::Newer`] when it is not understood, and [`EnrolmentError::Field`].
    pub fn from_json(json: &[u8]) -> Result<Self, EnrolmentError> {
        let Read {
            u,
            p,
            k,
            s,
            t,
            n,
            o,
            h,
            e,
            i,
        } = serde_json::from_slice(json).map_err(|_| EnrolmentError::Newer)?;
        let key = |text: &str| {
            let bytes = base32::decode(text).ok_or(EnrolmentError::Newer)?;
            key_of(&bytes).ok_or(EnrolmentError::Newer)
        };
        let enrolment = Self {
            url: u,
            pins: p
                .iter()
                .map(|pin| key(pin).map(|pin| *pin))
                .collect::<Result<_, _>>()?,
            key: k,
            secret: s,
            till: t,
            name: n,
            pos_profile: o,
            shop_key: ShopKey::from_bytes(key(&h)?),
            expires: Timestamp::from_second(e).map_err(|_| EnrolmentError::Newer)?,
            sheet: i,
        };
        enrolment.check()?;
        Ok(enrolment)
    }

    fn check(&self) -> Result<(), EnrolmentError> {
        let wrong = |field, problem| Err(EnrolmentError::Field { field, problem });
        for (field, text) in [
            ("address of the site", self.url.as_str()),
            ("API key", &self.key),
            ("API secret", &self.secret),
            ("prefix of receipt numbers", &self.till),
            ("name of the till", &self.name),
            ("POS Profile", &self.pos_profile),
            ("name of the sheet", &self.sheet),
        ] {
            if text.is_empty() && field != "name of the sheet" {
                return wrong(field, "it is empty");
            }
            if text.len() > LONGEST_TEXT {
                return wrong(field, "it is longer than 300 bytes");
            }
            if text.chars().any(char::is_control) {
                return wrong(field, "it has control characters in it");
            }
        }
        if self.pins.len() > MOST_PINS {
            return wrong("list of certificate pins", "it has more than eight");
        }
        Ok(())
    }
}

/// What is encrypted, in short names so that the code stays small.
#[derive(Serialize)]
struct Written<'a> {
    /// Address.
    u: &'a str,
    /// Pins.
    p: Vec<&'a str>,
    /// API key.
    k: &'a str,
    /// API secret.
    s: &'a str,
    /// Prefix of receipt numbers.
    t: &'a str,
    /// Name of the till.
    n: &'a str,
    /// POS Profile.
    o: &'a str,
    /// Shop key.
    h: &'a str,
    /// Expiry, seconds since 1970.
    e: i64,
    /// Which sheet.
    i: &'a str,
}

/// The same, read. More than this is for later versions that older tills may still read.
#[derive(Deserialize)]
struct Read {
    u: String,
    #[serde(default)]
    p: Vec<String>,
    k: String,
    #[serde(deserialize_with = "wiped")]
    s: Zeroizing<String>,
    t: String,
    n: String,
    o: String,
    #[serde(deserialize_with = "wiped")]
    h: Zeroizing<String>,
    e: i64,
    #[serde(default)]
    i: String,
}

/// A secret, wiped from the moment it is read, also where what follows it is not understood. One
/// with a backslash in it would pass through a buffer of the JSON library's; [`Enrolment::to_json`]
/// writes none, because neither ERPNext's secrets nor base 32 have a letter that needs it.
fn wiped<'de, D: Deserializer<'de>>(text: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(text).map(Zeroizing::new)
}
