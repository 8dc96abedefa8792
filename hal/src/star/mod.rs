//! Star's dialect, Line Mode and StarPRNT: its bytes, and what its printers say back.

mod commands;
mod status;

pub use commands::{AUTOMATIC_STATUS, RESET, STATUS_REQUEST};
pub(crate) use commands::{
    ETB, INITIALIZE, NO_COUNTRY, align, barcode, code_page, cut, document_end, emphasis, kick, qr,
    size,
};
pub use status::{Report, Status, StatusReader, apply_status};
