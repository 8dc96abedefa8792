//! What a scale says.

use super::{Hindrance, LineFault, PortState};

/// A unit scales weigh in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightUnit {
    /// Gram.
    Gram,
    /// Kilogram.
    Kilogram,
    /// Ounce (avoirdupois).
    Ounce,
    /// Pound (avoirdupois).
    Pound,
}

impl WeightUnit {
    /// Micrograms in one unit, exact.
    const fn micrograms(self) -> u64 {
        match self {
            WeightUnit::Gram => 1_000_000,
            WeightUnit::Kilogram => 1_000_000_000,
            // A sixteenth of a pound is 28 349 523.125 µg; the eighth of a microgram is below
            // what any scale of a shop shows.
            WeightUnit::Ounce => 28_349_523,
            WeightUnit::Pound => 453_592_370,
        }
    }

    /// As it is written after a number.
    pub const fn symbol(self) -> &'static str {
        match self {
            WeightUnit::Gram => "g",
            WeightUnit::Kilogram => "kg",
            WeightUnit::Ounce => "oz",
            WeightUnit::Pound => "lb",
        }
    }
}

/// A weight exactly as the scale shows it: `digits` / 10^`decimals` of `unit`. What a customer
/// pays for is this number; grams are for comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// The number without its point, such as 1255 for 1.255.
    pub digits: u32,
    /// Digits after the point, 0 to 5.
    pub decimals: u8,
    /// The unit.
    pub unit: WeightUnit,
    /// Whether the scale has taken a tare off.
    pub net: bool,
}

impl Weight {
    /// Whole grams, rounded half up.
    pub fn grams(&self) -> u32 {
        let divisor = 1_000_000 * 10u64.pow(u32::from(self.decimals.min(5)));
        let micrograms = u64::from(self.digits) * self.unit.micrograms();
        u32::try_from((micrograms + divisor / 2) / divisor).unwrap_or(u32::MAX)
    }

    /// Whether nothing lies on the scale.
    pub fn is_zero(&self) -> bool {
        self.digits == 0
    }
}

impl core::fmt::Display for Weight {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let power = 10u32.pow(u32::from(self.decimals.min(5)));
        let (whole, part) = (self.digits / power, self.digits % power);
        if self.decimals == 0 {
            write!(f, "{whole} {}", self.unit.symbol())
        } else {
            let width = usize::from(self.decimals.min(5));
            write!(f, "{whole}.{part:0width$} {}", self.unit.symbol())
        }
    }
}

/// What a scale says at one moment. Only one at rest has a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleReading {
    /// At rest.
    Stable(Weight),
    /// Not at rest yet.
    InMotion,
    /// More lies on it than it can weigh.
    Overweight,
    /// Less lies on it than when it was set to zero.
    UnderZero,
    /// It could not set itself to zero when it was switched on.
    NotZeroed,
    /// It found itself broken or not calibrated.
    Fault,
    /// It answers again and again that it has no weight to tell, and does not say why.
    Refused,
}

/// The latest known status of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScaleStatus {
    /// The port.
    pub port: PortState,
    /// Whether the scale answers.
    pub responding: bool,
    /// What is wrong with its line; it may answer all the same.
    pub line: Option<LineFault>,
    /// What it said last; `None` when that is no longer true or was never said.
    pub reading: Option<ScaleReading>,
}

impl ScaleStatus {
    /// What is known before the port was ever opened.
    pub const UNKNOWN: ScaleStatus = ScaleStatus {
        port: PortState::Opening,
        responding: false,
        line: None,
        reading: None,
    };

    /// The weight, if there is one that may be sold by.
    pub fn weight(&self) -> Option<Weight> {
        match self.reading {
            Some(ScaleReading::Stable(weight)) => Some(weight),
            _ => None,
        }
    }

    /// Why there is no weight; `None` when there is one.
    pub fn hindrance(&self) -> Option<ScaleHindrance> {
        if self.port != PortState::Open {
            return Some(ScaleHindrance::Port(self.port));
        }
        match self.reading {
            Some(ScaleReading::Stable(_)) => None,
            Some(ScaleReading::InMotion) => Some(ScaleHindrance::InMotion),
            Some(ScaleReading::Overweight) => Some(ScaleHindrance::Overweight),
            Some(ScaleReading::UnderZero) => Some(ScaleHindrance::UnderZero),
            Some(ScaleReading::NotZeroed) => Some(ScaleHindrance::NotZeroed),
            Some(ScaleReading::Fault) => Some(ScaleHindrance::Fault),
            Some(ScaleReading::Refused) => Some(ScaleHindrance::Refused),
            None if self.responding && !matches!(self.line, Some(LineFault::TwoDevices)) => {
                Some(ScaleHindrance::InMotion)
            }
            None => Some(match self.line {
                Some(fault) => ScaleHindrance::Line(fault),
                None => ScaleHindrance::NotResponding,
            }),
        }
    }
}

/// Why a scale tells no weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleHindrance {
    /// The port is not open.
    Port(PortState),
    /// The port is open, but nobody answers.
    NotResponding,
    /// What comes is not understood.
    Line(LineFault),
    /// The scale is not at rest.
    InMotion,
    /// Too much lies on it.
    Overweight,
    /// Less than nothing lies on it.
    UnderZero,
    /// It was not at zero when it was switched on.
    NotZeroed,
    /// It is broken or not calibrated.
    Fault,
    /// It answers that it has no weight to tell, and does not say why.
    Refused,
}

impl ScaleHindrance {
    /// What the operator can do about it, in one English sentence.
    pub const fn remedy(&self) -> &'static str {
        match self {
            ScaleHindrance::Port(port) => Hindrance::Port(*port).remedy(),
            ScaleHindrance::NotResponding => {
                "switch it on, and check its cable, its protocol and its speed"
            }
            ScaleHindrance::Line(fault) => fault.remedy(),
            ScaleHindrance::InMotion => "wait until it is at rest",
            ScaleHindrance::Overweight => "take something off",
            ScaleHindrance::UnderZero => "empty it, then set it to zero",
            ScaleHindrance::NotZeroed => "empty it, then switch it off and on",
            ScaleHindrance::Fault => "switch it off and on; if that does not help it needs repair",
            ScaleHindrance::Refused => {
                "see what its own display shows, empty it and set it to zero; if it stays so, compare \
                 its protocol with the till's settings"
            }
        }
    }
}

impl core::fmt::Display for ScaleHindrance {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            ScaleHindrance::Port(port) => Hindrance::Port(*port).fmt(f),
            ScaleHindrance::NotResponding => f.write_str("no answer"),
            ScaleHindrance::Line(fault) => fault.fmt(f),
            ScaleHindrance::InMotion => f.write_str("not at rest"),
            ScaleHindrance::Overweight => f.write_str("too heavy"),
            ScaleHindrance::UnderZero => f.write_str("below zero"),
            ScaleHindrance::NotZeroed => f.write_str("not at zero"),
            ScaleHindrance::Fault => f.write_str("needs repair"),
            ScaleHindrance::Refused => f.write_str("tells no weight"),
        }
    }
}
