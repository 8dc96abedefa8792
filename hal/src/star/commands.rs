//! The commands of Star's dialect.

use crate::printer::{
    BARCODE_DOTS, Barcode, Cut, DrawerPin, DrawerProfile, Pulse, Qr, QrCorrection, Sink, Symbol,
};

const ESC: u8 = 0x1B;
const GS: u8 = 0x1D;
const RS: u8 = 0x1E;
const BEL: u8 = 0x07;
const SUB: u8 = 0x1A;

/// Forgets all settings.
pub(crate) const INITIALIZE: [u8; 2] = [ESC, b'@'];

/// Brackets are brackets, and no letters of the country that its switches name. (What cancels two
/// bytes a character in ESC/POS, `FS .`, would open the drawer here.)
pub(crate) const NO_COUNTRY: [u8; 3] = [ESC, b'R', 0];

/// Counts up, in the status, once everything before is on paper.
pub(crate) const ETB: u8 = 0x17;

/// Asks for the whole status, which is answered at once, also without paper.
pub const STATUS_REQUEST: [u8; 3] = [ESC, 0x06, 0x01];

/// Resets the printer at once, whatever it is in the middle of: what waits in it is gone.
pub const RESET: [u8; 3] = [ESC, 0x06, 0x18];

/// Asks the printer to tell status changes by itself, as a network printer always does.
pub const AUTOMATIC_STATUS: [u8; 4] = [ESC, RS, b'a', 1];

pub(crate) const fn code_page(number: u8) -> [u8; 4] {
    [ESC, GS, b't', number]
}

pub(crate) const fn align(n: u8) -> [u8; 4] {
    [ESC, GS, b'a', n]
}

pub(crate) const fn emphasis(on: bool) -> [u8; 2] {
    [ESC, if on { b'E' } else { b'F' }]
}

pub(crate) fn size(wide: bool, high: bool) -> [u8; 4] {
    [ESC, b'i', u8::from(high), u8::from(wide)]
}

/// Feeds to the cutter and cuts.
pub(crate) const fn cut(cut: Cut) -> [u8; 3] {
    let kind = match cut {
        Cut::Full => 2,
        Cut::Partial => 3,
    };
    [ESC, b'd', kind]
}

/// Waits until the motor stands still, then reports it with these two bytes.
pub(crate) const fn document_end([a, b]: [u8; 2]) -> [u8; 6] {
    [ESC, GS, 0x03, 1, a, b]
}

/// Drawer 1 with both times; the pulse of drawer 2 is 200 ms in all Star printers.
pub(crate) fn kick(drawer: &DrawerProfile) -> Pulse {
    // In units of 10 ms.
    let units = |ms: u16| u8::try_from((ms / 10).clamp(1, 127)).unwrap_or(127);
    let (on, off) = (units(drawer.on_ms), units(drawer.off_ms));
    let bytes: &[u8] = match drawer.pin {
        DrawerPin::Pin2 => &[ESC, BEL, on, off, BEL],
        DrawerPin::Pin5 => &[SUB],
    };
    Pulse::from_slice(bytes).unwrap_or_default()
}

pub(crate) fn barcode<S: Sink>(barcode: &Barcode, width: u8, sink: &mut S) -> Result<(), S::Error> {
    let symbol = match barcode.symbol() {
        Symbol::UpcA => 1,
        Symbol::Ean8 => 2,
        Symbol::Ean13 => 3,
        Symbol::Code128 => 6,
    };
    // Text beneath and a new line; mode 1 is bars of 2 dots, 2 of 3.
    let mode = width.saturating_sub(1).max(1);
    sink.write(&[ESC, b'b', symbol, 2, mode, BARCODE_DOTS])?;
    for &byte in barcode.text().as_bytes() {
        // The percent sign begins a special character of Code 128; the printer chooses the sets.
        sink.write(if byte == b'%' {
            b"%0"
        } else {
            core::slice::from_ref(&byte)
        })?;
    }
    sink.write(&[RS])
}

pub(crate) fn qr<S: Sink>(qr: &Qr, dots: u8, sink: &mut S) -> Result<(), S::Error> {
    let level = match qr.level() {
        QrCorrection::L => 0,
        QrCorrection::M => 1,
        QrCorrection::Q => 2,
        QrCorrection::H => 3,
    };
    let [low, high] = u16::try_from(qr.data().len())
        .unwrap_or(u16::MAX)
        .to_le_bytes();
    sink.write(&[ESC, GS, b'y', b'S', b'0', 2])?;
    sink.write(&[ESC, GS, b'y', b'S', b'1', level])?;
    sink.write(&[ESC, GS, b'y', b'S', b'2', dots.min(8)])?;
    sink.write(&[ESC, GS, b'y', b'D', b'1', 0, low, high])?;
    sink.write(qr.data())?;
    sink.write(&[ESC, GS, b'y', b'P'])
}
