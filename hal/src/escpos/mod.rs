//! ESC/POS: what a receipt is made of, the bytes that print it, and what a printer says back.

mod code_page;
mod command;
mod encoder;
#[cfg(feature = "std")]
mod job;
mod layout;
mod profile;
mod sink;
mod status;
mod symbol;

pub use code_page::CodePage;
pub use command::{Align, Command, Image, Style};
pub use encoder::{
    AUTOMATIC_STATUS, JobTag, Request, encode, encode_kick, encode_real_time_kick, encode_request,
};
#[cfg(feature = "std")]
pub use job::{Job, MAX_JOB, encoded_len};
pub use profile::{DrawerPin, DrawerProfile, PrinterProfile, SignalLevel, Timing};
pub use sink::{Count, Full, Sink};
pub use status::{AutomaticStatus, Report, StatusReader, apply_answers, apply_automatic_status};
pub use symbol::{Barcode, MAX_BARCODE, MAX_QR, Qr, QrCorrection, Symbol};
