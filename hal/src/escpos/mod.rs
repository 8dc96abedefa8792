//! ESC/POS: the bytes of Epson's dialect, and what its printers say back.

mod commands;
mod status;

pub use commands::{AUTOMATIC_STATUS, CLEAR_BUFFER, Request, encode_request};
pub(crate) use commands::{
    INITIALIZE, NO_COUNTRY, SINGLE_BYTES, align, barcode, code_page, completion, cut, emphasis,
    kick, print_mode, qr, real_time_kick, size,
};
pub use status::{AutomaticStatus, Report, StatusReader, apply_answers, apply_automatic_status};
