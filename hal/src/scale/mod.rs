//! Scales: what they are asked, and what they say, in the protocols of shops.
//!
//! | Protocol | Asked | Says |
//! |---|---|---|
//! | Toledo 8217 | `W` | `STX 01.255 CR`, or `STX ? status CR` |
//! | NCI | `W CR` | `LF 01.255KG CR LF S00 CR ETX`, or the status alone |
//! | CAS (type 6) | `ENQ`, after `ACK` `DC1` | `SOH STX S 01.255KG BCC ETX EOT` |
//! | Toledo continuous | not at all | `STX`, three status words, weight, tare, `CR`, checksum |
//!
//! Makers' manuals differ in bits that nothing here depends on.

mod decoder;
mod frames;

use core::time::Duration;

pub use decoder::{ScaleDecoder, ScaleReport};

use crate::vocabulary::WeightUnit;

const ENQ: u8 = 0x05;
const DC1: u8 = 0x11;

/// The language a scale is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleProtocol {
    /// Mettler-Toledo 8217, and what others call 8213, "Toledo" or "Magellan single cable".
    Toledo8217,
    /// NCI, also "Weigh-Tronix" and SCP-01.
    Nci,
    /// CAS PD-II type 6, also "Samsung ECR".
    Cas,
    /// Mettler-Toledo's continuous output, several times a second.
    ToledoContinuous,
}

/// How one scale is spoken to. The ready-made ones are starting points; every field is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScaleProfile {
    /// The language it is set to.
    pub protocol: ScaleProtocol,
    /// The unit, for protocols that do not tell it (8217).
    pub unit: WeightUnit,
    /// Digits after the point of a weight that is sent without one. `None`: such a weight is
    /// believed in grams alone, because a point in the wrong place is a thousand times the price.
    pub decimals: Option<u8>,
    /// Whether frames of the continuous output end with a checksum.
    pub checksum: bool,
    /// How often the scale is asked.
    pub poll: Duration,
    /// How long it may take to answer, or between two frames of the continuous output.
    pub answer: Duration,
}

impl ScaleProfile {
    /// The starting point for a protocol: kilograms, asked five times a second.
    pub const fn new(protocol: ScaleProtocol) -> ScaleProfile {
        ScaleProfile {
            protocol,
            unit: WeightUnit::Kilogram,
            decimals: None,
            checksum: false,
            poll: Duration::from_millis(200),
            answer: Duration::from_millis(1_000),
        }
    }

    /// A protocol by its name in a configuration: `toledo-8217`, `nci`, `cas`,
    /// `toledo-continuous`.
    pub fn named(name: &str) -> Option<ScaleProfile> {
        let protocol = ScaleProfile::NAMES.iter().find(|known| known.0 == name)?.1;
        Some(ScaleProfile::new(protocol))
    }

    /// The names [`ScaleProfile::named`] knows.
    pub const NAMES: [(&'static str, ScaleProtocol); 4] = [
        ("toledo-8217", ScaleProtocol::Toledo8217),
        ("nci", ScaleProtocol::Nci),
        ("cas", ScaleProtocol::Cas),
        ("toledo-continuous", ScaleProtocol::ToledoContinuous),
    ];

    /// Whether it goes through a weight that came once: it was checked by a checksum. Without one
    /// a weight has to come twice in a row. The check of CAS is not enough: it is right with and
    /// without the `STX` that makers count in or not, so that some wrong bits pass it.
    pub const fn is_checked(&self) -> bool {
        match self.protocol {
            ScaleProtocol::ToledoContinuous => self.checksum,
            ScaleProtocol::Toledo8217 | ScaleProtocol::Nci | ScaleProtocol::Cas => false,
        }
    }
}

impl ScaleProtocol {
    /// What asks for the weight; `None` for a scale that talks by itself.
    pub const fn request(self) -> Option<&'static [u8]> {
        match self {
            ScaleProtocol::Toledo8217 => Some(b"W"),
            ScaleProtocol::Nci => Some(b"W\r"),
            ScaleProtocol::Cas => Some(&[ENQ]),
            ScaleProtocol::ToledoContinuous => None,
        }
    }

    /// What goes on after [`ScaleReport::Ready`], if anything does.
    pub const fn second_request(self) -> Option<&'static [u8]> {
        match self {
            ScaleProtocol::Cas => Some(&[DC1]),
            _ => None,
        }
    }

    /// What sets the scale to zero, if the protocol can.
    pub const fn zero(self) -> Option<&'static [u8]> {
        match self {
            ScaleProtocol::Toledo8217 => Some(b"Z"),
            ScaleProtocol::Nci => Some(b"Z\r"),
            ScaleProtocol::Cas => None,
            ScaleProtocol::ToledoContinuous => Some(b"Z\r\n"),
        }
    }

    /// What makes the weight that lies there now the tare, if the protocol can.
    pub const fn tare(self) -> Option<&'static [u8]> {
        match self {
            ScaleProtocol::Toledo8217 => Some(b"T"),
            ScaleProtocol::Nci => Some(b"T\r"),
            ScaleProtocol::Cas => None,
            ScaleProtocol::ToledoContinuous => Some(b"T\r\n"),
        }
    }

    /// What forgets the tare, if the protocol can.
    pub const fn clear_tare(self) -> Option<&'static [u8]> {
        match self {
            ScaleProtocol::Toledo8217 => Some(b"C"),
            ScaleProtocol::Nci | ScaleProtocol::Cas => None,
            ScaleProtocol::ToledoContinuous => Some(b"C\r\n"),
        }
    }
}
