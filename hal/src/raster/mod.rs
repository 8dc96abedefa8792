//! What a printer has no characters or codes for, as pictures: shaped and ordered text in any
//! script there is a font for, barcodes, QR codes, and logos.
//!
//! [`Fonts`] is given to [`crate::PrinterDevice::start_with`]; it leaves alone what the printer
//! can print itself.

mod fonts;
mod glyphs;
mod ink;
mod logo;
mod text;
mod typeset;

pub use fonts::Fonts;
pub use logo::{Logo, LogoError};
