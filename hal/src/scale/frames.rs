//! What whole frames mean.

use super::{ScaleProfile, ScaleReport};
use crate::vocabulary::{ScaleReading, Weight, WeightUnit};

/// What a scale says besides the weight, in the words all protocols share.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    fault: bool,
    over: bool,
    motion: bool,
    under: bool,
    not_zeroed: bool,
}

impl Flags {
    /// The thing to see to first, if there is any.
    fn reading(self) -> Option<ScaleReading> {
        if self.fault {
            Some(ScaleReading::Fault)
        } else if self.over {
            Some(ScaleReading::Overweight)
        } else if self.motion {
            Some(ScaleReading::InMotion)
        } else if self.under {
            Some(ScaleReading::UnderZero)
        } else if self.not_zeroed {
            Some(ScaleReading::NotZeroed)
        } else {
            None
        }
    }
}

/// `STX ? status CR`.
pub(super) fn toledo_8217_status(status: u8) -> ScaleReport {
    let flags = Flags {
        fault: false,
        motion: status & 0x01 != 0,
        over: status & 0x02 != 0,
        under: status & 0x04 != 0,
        not_zeroed: status & 0x08 != 0,
    };
    flags
        .reading()
        .map_or(ScaleReport::Ready, ScaleReport::Reading)
}

/// What is between `STX` and `CR`: digits, and `N` for a net weight.
pub(super) fn toledo_8217_weight(body: &[u8], profile: &ScaleProfile) -> Option<ScaleReport> {
    let (number, net) = match body {
        [number @ .., b'N'] => (number, true),
        number => (number, false),
    };
    stable(number, profile.unit, net, profile)
}

/// What is between the first `LF` and `ETX`.
pub(super) fn nci(body: &[u8], profile: &ScaleProfile) -> Option<ScaleReport> {
    let mut lines = body
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|line| !line.is_empty());
    let (weight, status) = match (lines.next(), lines.next(), lines.next()) {
        (Some(b"?"), None, None) => return Some(ScaleReport::Refused),
        (Some(status), None, None) => (None, status),
        (Some(weight), Some(status), None) => (Some(weight), status),
        _ => return None,
    };
    let (flags, net) = nci_status(status)?;
    if let Some(reading) = flags.reading() {
        return Some(ScaleReport::Reading(reading));
    }
    let Some(weight) = weight.map(<[u8]>::trim_ascii) else {
        return Some(ScaleReport::Ready);
    };
    let letters = weight.iter().position(u8::is_ascii_alphabetic)?;
    let (number, unit) = weight.split_at(letters);
    if let [b'-', ..] = number {
        return Some(ScaleReport::Reading(ScaleReading::UnderZero));
    }
    stable(number, unit_named(unit)?, net, profile)
}

/// The status bytes, each with the bits 4 and 5 set; bit 6 of the second and later ones says that
/// another follows. Some scales write an `S` before them.
fn nci_status(status: &[u8]) -> Option<(Flags, bool)> {
    let bytes = match status {
        [b'S', bytes @ ..] => bytes,
        bytes => bytes,
    };
    let [first @ 0x30..=0x3F, second, rest @ ..] = bytes else {
        return None;
    };
    if bytes.iter().any(|byte| byte & 0x30 != 0x30) {
        return None;
    }
    let third = rest.first().filter(|_| second & 0x40 != 0).unwrap_or(&0);
    let flags = Flags {
        motion: first & 0x01 != 0,
        fault: first & 0x0C != 0 || second & 0x0C != 0,
        under: second & 0x01 != 0,
        over: second & 0x02 != 0,
        not_zeroed: third & 0x08 != 0,
    };
    Some((flags, third & 0x04 != 0))
}

/// What is between `STX` and the check: status, sign, six characters of weight, two of unit.
pub(super) fn cas(body: &[u8], check: u8, profile: &ScaleProfile) -> Option<ScaleReport> {
    let sum = body.iter().fold(0, |sum, byte| sum ^ byte);
    // The manual does not say whether STX is counted in; see ScaleProfile::is_checked.
    if check != sum && check != sum ^ 0x02 {
        return None;
    }
    let [status, sign, rest @ ..] = body else {
        return None;
    };
    let (number, unit) = rest.split_at_checked(6)?;
    let flags = Flags {
        fault: false,
        over: *sign == b'F',
        motion: *status == b'U',
        under: *sign == b'-',
        not_zeroed: false,
    };
    match (flags.reading(), status, sign) {
        (Some(reading), ..) => Some(ScaleReport::Reading(reading)),
        (None, b'S', b' ' | b'+') => stable(number, unit_named(unit)?, false, profile),
        _ => None,
    }
}

/// The two's complement of the low seven bits of the sum of all that came before.
pub(super) fn continuous_checksum(frame: &[u8]) -> u8 {
    let sum = frame
        .iter()
        .fold(0u8, |sum, byte| sum.wrapping_add(byte & 0x7F));
    sum.wrapping_neg() & 0x7F
}

/// What is between `STX` and `CR`: three status words, six digits of weight, perhaps six of tare.
pub(super) fn toledo_continuous(body: &[u8]) -> Option<ScaleReport> {
    let [a, b, c, digits @ ..] = body else {
        return None;
    };
    // Bits that are always the same. A character that the port found broken comes as zero, and would
    // otherwise stand for a weight that is a hundred times larger.
    if a & 0x60 != 0x20 || b & 0x20 == 0 || c & 0x20 == 0 {
        return None;
    }
    // Ten times finer than the scale may be read for trade, and tons, are not for a counter.
    let expanded = c & 0x10 != 0;
    let unit = match (c & 0x07, b & 0x10 != 0) {
        (0, true) => WeightUnit::Kilogram,
        (0, false) => WeightUnit::Pound,
        (1, _) => WeightUnit::Gram,
        (3, _) => WeightUnit::Ounce,
        _ => return None,
    };
    if expanded {
        return None;
    }
    let (net, negative) = (b & 0x01 != 0, b & 0x02 != 0);
    let out_of_range = b & 0x04 != 0;
    let flags = Flags {
        fault: false,
        over: out_of_range && !negative,
        motion: b & 0x08 != 0,
        under: negative,
        not_zeroed: b & 0x40 != 0,
    };
    if let Some(reading) = flags.reading() {
        return Some(ScaleReport::Reading(reading));
    }
    let (digits, point) = number(digits.get(..6)?)?;
    let (digits, decimals) = match (a & 0x07, point) {
        (0, None) => (digits.checked_mul(100)?, 0),
        (1, None) => (digits.checked_mul(10)?, 0),
        (position, None) => (digits, position - 2),
        (_, Some(_)) => return None,
    };
    weighed(digits, decimals, unit, net)
}

fn stable(text: &[u8], unit: WeightUnit, net: bool, profile: &ScaleProfile) -> Option<ScaleReport> {
    let (digits, point) = number(text)?;
    let decimals = match (point, profile.decimals, unit) {
        (Some(decimals), ..) => decimals,
        (None, Some(decimals), _) => decimals.min(5),
        (None, None, WeightUnit::Gram) => 0,
        (None, None, _) => return None,
    };
    weighed(digits, decimals, unit, net)
}

/// No scale of a counter shows more digits: what has more is noise.
const LARGEST: u32 = 999_999;

fn weighed(digits: u32, decimals: u8, unit: WeightUnit, net: bool) -> Option<ScaleReport> {
    let weight = Weight {
        digits,
        decimals,
        unit,
        net,
    };
    (digits <= LARGEST).then_some(ScaleReport::Reading(ScaleReading::Stable(weight)))
}

/// Digits, with spaces before them and at most one point between them: the number without the
/// point, and how many digits follow it.
fn number(text: &[u8]) -> Option<(u32, Option<u8>)> {
    let text = text.trim_ascii();
    let point = text.iter().position(|byte| *byte == b'.');
    let mut digits: Option<u32> = None;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                let digit = u32::from(byte - b'0');
                digits = Some(digits.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            }
            b'.' if Some(at) == point => {}
            _ => return None,
        }
    }
    let decimals = match point {
        Some(at) => match text.len() - at - 1 {
            0 => return None,
            decimals @ 1..=5 => Some(u8::try_from(decimals).ok()?),
            _ => return None,
        },
        None => None,
    };
    Some((digits?, decimals))
}

fn unit_named(letters: &[u8]) -> Option<WeightUnit> {
    let letters = letters.trim_ascii();
    [
        WeightUnit::Gram,
        WeightUnit::Kilogram,
        WeightUnit::Ounce,
        WeightUnit::Pound,
    ]
    .into_iter()
    .find(|unit| letters.eq_ignore_ascii_case(unit.symbol().as_bytes()))
}
