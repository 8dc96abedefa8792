//! Card terminals that speak ZVT, the terminal makers' common language in the German-speaking
//! countries and around them, over TCP.
//!
//! Every message is a block: class, instruction, length, data. The side that gave the last
//! command waits; the other acknowledges it with `80 00` or refuses it with `84` and a code.
//! After a payment's command (`06 01`) the terminal leads: it tells how far it is (`04 FF`), what
//! came of it (`04 0F`), what is to be printed (`06 D1`, `06 D3`), and that it has ended
//! (`06 0F`, or `06 1E` with a code).
//!
//! | Module | What it does |
//! |---|---|
//! | [`apdu`] | Blocks out of bytes |
//! | [`fields`] | What is in a block's data: BCD, bitmaps, TLV |
//! | [`message`] | What a block of the terminal says |
//! | [`command`] | What the till sends |
//! | [`masked`] | Blocks as they may be kept: without cards |
//! | [`result_code`], [`intermediate`], [`currency`] | Codes as sentences and numbers |
//! | [`dialogue`] | Who speaks when: a machine without clock and wire |
//! | `verdict` | What became of a payment, as far as the terminal's answers prove it |

pub mod apdu;
pub mod command;
pub mod currency;
pub mod dialogue;
pub mod fields;
pub mod intermediate;
pub mod masked;
pub mod message;
pub mod result_code;
#[cfg(feature = "linux")]
pub(crate) mod verdict;

use core::time::Duration;

use crate::printer::CodePage;

/// How one terminal is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZvtProfile {
    /// The cash register password, six digits; terminals leave the factory with 000000. It is no
    /// secret that protects money: it keeps a wrong machine from being connected by mistake.
    pub password: u32,
    /// The currency that the till registers in, by its number in ISO 4217. `None`: that of the
    /// payment, and the terminal's own where there is none yet.
    pub currency: Option<u16>,
    /// What the terminal's texts are written in.
    pub characters: Characters,
    /// How long the terminal may take to acknowledge a command (the specification's T3).
    pub acknowledge: Duration,
    /// How long it may be silent while it works (T4). It tells more where it needs more.
    pub silence: Duration,
    /// How long one order may take in all, however often the terminal says that it is still at it. One
    /// that was told to break off may take [`ZvtProfile::silence`] more.
    pub longest: Duration,
    /// How long after a connection was lost "there was no payment" is believed at the earliest:
    /// whoever was interrupted may still be working.
    pub settle: Duration,
    /// How often a terminal that is not reachable is looked for while nothing is under way.
    pub look_in: Duration,
}

impl ZvtProfile {
    /// The specification's times, and the password of the factory.
    pub const NORMAL: ZvtProfile = ZvtProfile {
        password: 0,
        currency: None,
        characters: Characters::Pc437,
        acknowledge: Duration::from_secs(5),
        silence: Duration::from_secs(180),
        longest: Duration::from_secs(15 * 60),
        settle: Duration::from_secs(4),
        look_in: Duration::from_secs(30),
    };
}

/// What a terminal's texts are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Characters {
    /// PC 437, the specification's own.
    #[default]
    Pc437,
    /// ISO 8859-1, also called Latin 1.
    Latin1,
    /// UTF-8.
    Utf8,
}

impl Characters {
    /// The names of [`Characters::named`].
    pub const NAMES: [(&'static str, Characters); 3] = [
        ("cp437", Characters::Pc437),
        ("latin1", Characters::Latin1),
        ("utf8", Characters::Utf8),
    ];

    /// Characters by their name in a configuration: `cp437`, `latin1`, `utf8`.
    pub fn named(name: &str) -> Option<Characters> {
        let known = Characters::NAMES.iter().find(|known| known.0 == name)?;
        Some(known.1)
    }

    /// Reads text, as much as there is room for. What is no text is left out.
    pub fn read<const N: usize>(self, bytes: &[u8]) -> heapless::String<N> {
        let mut text = heapless::String::new();
        let mut push = |character: char| {
            if !character.is_control() {
                let _ = text.push(character);
            }
        };
        match self {
            Characters::Pc437 => {
                let characters = bytes.iter().filter_map(|it| CodePage::Pc437.character(*it));
                characters.for_each(&mut push);
            }
            Characters::Latin1 => bytes.iter().for_each(|byte| push(char::from(*byte))),
            Characters::Utf8 => {
                for chunk in bytes.utf8_chunks() {
                    chunk.valid().chars().for_each(&mut push);
                }
            }
        }
        text
    }
}
