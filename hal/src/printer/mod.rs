//! What a receipt is made of, what printers can do, and the bytes that print it in either
//! dialect. What a printer says back is in [`crate::escpos`] and [`crate::star`].

pub(crate) mod bars;
mod code_page;
mod command;
mod encoder;
#[cfg(feature = "std")]
mod job;
mod layout;
mod models;
mod profile;
mod raster;
mod sink;
mod symbol;

pub use code_page::CodePage;
#[cfg(feature = "raster")]
pub(crate) use code_page::stand_in;
pub use command::{Align, Command, Cut, Image, Style};
pub(crate) use encoder::BARCODE_DOTS;
pub use encoder::{JobTag, Pulse, encode, encode_kick, encode_real_time_kick};
#[cfg(feature = "std")]
pub use job::{Job, MAX_JOB, Typesetter, encoded_len};
pub use profile::{
    BufferClear, CodePageNumber, CompletionReport, Cutter, Dialect, DrawerPin, DrawerProfile,
    PrinterProfile, RasterCommand, SignalLevel, SizeCommand, Timing,
};
#[cfg(feature = "linux")]
pub(crate) use raster::longest_band;
pub use sink::{Count, Full, Sink};
pub use symbol::{Barcode, MAX_BARCODE, MAX_QR, Qr, QrCorrection, Symbol};
