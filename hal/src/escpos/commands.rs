//! The commands of ESC/POS.

use crate::printer::{
    BARCODE_DOTS, Barcode, Cut, DrawerPin, DrawerProfile, Pulse, Qr, QrCorrection, Sink, Symbol,
};

const ESC: u8 = 0x1B;
const FS: u8 = 0x1C;
const GS: u8 = 0x1D;
const DLE: u8 = 0x10;
const EOT: u8 = 0x04;
const DC4: u8 = 0x14;

/// Forgets all settings.
pub(crate) const INITIALIZE: [u8; 2] = [ESC, b'@'];

/// One byte is one character: printers made for China, and clones of them anywhere, begin with two
/// bytes from 81 on as one. Others read both bytes and do nothing, as with all that they do not know.
pub(crate) const SINGLE_BYTES: [u8; 2] = [FS, b'.'];

/// Brackets are brackets, and no letters of a country.
pub(crate) const NO_COUNTRY: [u8; 3] = [ESC, b'R', 0];

/// Asks the printer to tell status changes by itself: drawer, online, error, paper.
pub const AUTOMATIC_STATUS: [u8; 3] = [GS, b'a', 0x0F];

/// Has the printer throw away all that it has not printed, at once; it answers when that is done.
/// Nothing may be sent before it does.
pub const CLEAR_BUFFER: [u8; 10] = [DLE, DC4, 8, 1, 3, 20, 1, 6, 2, 8];

/// What a status request (`DLE EOT n`) asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Request {
    /// Online, drawer signal.
    Printer = 1,
    /// Why the printer is offline.
    OfflineCause = 2,
    /// Faults.
    Error = 3,
    /// Paper.
    Paper = 4,
}

impl Request {
    /// All four, in the order they are asked.
    pub const ALL: [Request; 4] = [
        Request::Printer,
        Request::OfflineCause,
        Request::Error,
        Request::Paper,
    ];
}

/// The bytes of a status request.
pub const fn encode_request(request: Request) -> [u8; 3] {
    [DLE, EOT, request as u8]
}

pub(crate) const fn code_page(number: u8) -> [u8; 3] {
    [ESC, b't', number]
}

pub(crate) const fn align(n: u8) -> [u8; 3] {
    [ESC, b'a', n]
}

pub(crate) fn emphasis(on: bool) -> [u8; 3] {
    [ESC, b'E', u8::from(on)]
}

pub(crate) fn size(wide: bool, high: bool) -> [u8; 3] {
    [GS, b'!', (u8::from(wide) << 4) | u8::from(high)]
}

/// Selects font A, its emphasis and its size.
pub(crate) fn print_mode(emphasis: bool, wide: bool, high: bool) -> [u8; 3] {
    let flag = |on: bool, bit: u8| u8::from(on) << bit;
    [ESC, b'!', flag(emphasis, 3) | flag(high, 4) | flag(wide, 5)]
}

/// Feeds to the cutter and cuts.
pub(crate) const fn cut(cut: Cut) -> [u8; 4] {
    let kind = match cut {
        Cut::Full => 65,
        Cut::Partial => 66,
    };
    [GS, b'V', kind, 0]
}

/// Asks for a report once everything before is on paper.
pub(crate) const fn completion([a, b, c, d]: [u8; 4]) -> [u8; 11] {
    [GS, b'(', b'H', 6, 0, 0x30, 0x30, a, b, c, d]
}

const fn pin(drawer: &DrawerProfile) -> u8 {
    match drawer.pin {
        DrawerPin::Pin2 => 0,
        DrawerPin::Pin5 => 1,
    }
}

fn pulse<const N: usize>(bytes: [u8; N]) -> Pulse {
    Pulse::from_slice(&bytes).unwrap_or_default()
}

pub(crate) fn kick(drawer: &DrawerProfile) -> Pulse {
    // In units of 2 ms.
    let units = |ms: u16| u8::try_from((ms / 2).clamp(1, 255)).unwrap_or(u8::MAX);
    let (on, off) = (units(drawer.on_ms), units(drawer.off_ms));
    pulse([ESC, b'p', pin(drawer), on, off])
}

pub(crate) fn real_time_kick(drawer: &DrawerProfile) -> Pulse {
    // In units of 100 ms, 1 to 8.
    let time = u8::try_from(drawer.on_ms.div_ceil(100).clamp(1, 8)).unwrap_or(1);
    pulse([DLE, DC4, 1, pin(drawer), time])
}

pub(crate) fn barcode<S: Sink>(barcode: &Barcode, width: u8, sink: &mut S) -> Result<(), S::Error> {
    sink.write(&[GS, b'h', BARCODE_DOTS, GS, b'w', width, GS, b'H', 2])?;
    let text = barcode.text().as_bytes();
    let length = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
    let symbol = match barcode.symbol() {
        Symbol::UpcA => 65,
        Symbol::Ean13 => 67,
        Symbol::Ean8 => 68,
        Symbol::Code128 if barcode.in_digit_pairs() => {
            sink.write(&[GS, b'k', 73, length(text.len() / 2 + 2), b'{', b'C'])?;
            for value in barcode.pairs() {
                sink.write(&[value])?;
            }
            return Ok(());
        }
        Symbol::Code128 => {
            let braces = text.iter().filter(|&&b| b == b'{').count();
            let length = length(text.len() + braces + 2);
            sink.write(&[GS, b'k', 73, length, b'{', b'B'])?;
            for &byte in text {
                // The brace begins a code set command, so it is sent twice.
                sink.write(if byte == b'{' {
                    b"{{"
                } else {
                    core::slice::from_ref(&byte)
                })?;
            }
            return Ok(());
        }
    };
    sink.write(&[GS, b'k', symbol, length(text.len())])?;
    sink.write(text)
}

pub(crate) fn qr<S: Sink>(qr: &Qr, dots: u8, sink: &mut S) -> Result<(), S::Error> {
    let level = match qr.level() {
        QrCorrection::L => 48,
        QrCorrection::M => 49,
        QrCorrection::Q => 50,
        QrCorrection::H => 51,
    };
    let [low, high] = u16::try_from(qr.data().len() + 3)
        .unwrap_or(u16::MAX)
        .to_le_bytes();
    sink.write(&[GS, b'(', b'k', 4, 0, 49, 65, 50, 0])?;
    sink.write(&[GS, b'(', b'k', 3, 0, 49, 67, dots])?;
    sink.write(&[GS, b'(', b'k', 3, 0, 49, 69, level])?;
    sink.write(&[GS, b'(', b'k', low, high, 49, 80, 48])?;
    sink.write(qr.data())?;
    sink.write(&[GS, b'(', b'k', 3, 0, 49, 81, 48])
}
