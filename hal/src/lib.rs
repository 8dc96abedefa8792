//! Devices of the counter in UnifiedPOS words.
//!
//! Three layers, each usable without the next:
//! the words and wire codecs (`no_std`, bounded, no input can make them panic);
//! the Linux transports (feature `linux`: one thread a device, bounded channels);
//! the simulators (feature `simulators`: the same bytes on real ptys and sockets).
//!
//! This crate never hears of sales: it prints what it is told and says what became of it.
#![cfg_attr(not(feature = "std"), no_std)]

/// The example of the README is compiled with the tests.
#[cfg(all(doctest, feature = "linux", feature = "raster"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(feature = "linux")]
mod diagnosis;
mod error;
mod vocabulary;

pub mod escpos;
pub mod framing;
pub mod hid_pos;
pub mod keyboard;
pub mod line_display;
pub mod msr;
pub mod printer;
#[cfg(feature = "raster")]
pub mod raster;
pub mod scale;
pub mod scanner;
pub mod star;
#[cfg(feature = "std")]
pub mod traffic;
pub mod zvt;

#[cfg(feature = "linux")]
pub mod discovery;
#[cfg(feature = "linux")]
mod linux;
#[cfg(feature = "simulators")]
pub mod simulators;

pub use error::{ErrorKind, HalError};
pub use framing::{FrameFault, Framing};
pub use line_display::{DisplayDialect, DisplayProfile};
#[cfg(feature = "linux")]
pub use linux::{
    CharacterFrame, DrawerAnswer, DrawerAnswers, DrawerDevice, DrawerHandle, DrawerPort,
    DrawerSensor, EventQueue, FlowControl, HidPosLink, KeyboardLink, LineDisplayDevice,
    LineDisplayHandle, MAX_WAITING, ModemLine, PrinterDevice, PrinterHandle, PrinterLink,
    ScaleDevice, ScaleHandle, ScannerDevice, ScannerHandle, ScannerLink, SerialLink,
    StandAloneTerminal, StopBits, TerminalDevice, TerminalHandle, UsbLink, UsbPrinter, block_on,
    usb_printers,
};
pub use printer::{
    Align, Barcode, BufferClear, CodePage, Command, CompletionReport, Cut, Cutter, Dialect,
    DrawerPin, DrawerProfile, Image, PrinterProfile, Qr, QrCorrection, RasterCommand, SignalLevel,
    SizeCommand, Style, Symbol,
};
#[cfg(feature = "std")]
pub use printer::{Job, Typesetter, encoded_len};
pub use scale::{ScaleProfile, ScaleProtocol};
pub use scanner::{ScanSignal, ScannerProfile};
pub use vocabulary::{
    AimIdentifier, CardTotals, Cover, DayTotals, DeviceEvent, DeviceId, DisplayLine, DisplayScreen,
    Doubt, DrawerState, Evidence, Hindrance, JobFailure, JobId, JobState, LastReceipts, LineFault,
    MAX_CODE, Paper, PaymentAmount, PaymentDoubt, PortState, PrinterFault, PrinterStatus,
    PrinterWarning, ScaleHindrance, ScaleReading, ScaleStatus, ScannedCode, Symbology,
    TerminalHindrance, TerminalReceipt, TerminalStatus, TerminalTime, Weight, WeightUnit,
};
#[cfg(feature = "std")]
pub use vocabulary::{
    CardPayment, CashDrawer, Confirmation, DayFailure, DayReport, DayState, LineDisplay,
    PaymentIntent, PaymentKind, PaymentOutcome, PaymentState, PaymentTerminal, PosPrinter, Scale,
    Scanner, TerminalPapers,
};
pub use zvt::ZvtProfile;
