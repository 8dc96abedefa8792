//! What a caller did, or the machine refused, that keeps a call from being carried out.
//! What a *device* does is not an error here: it is a state ([`crate::PrinterStatus`],
//! [`crate::JobState`], [`crate::PortState`]).

/// Why a call into this crate was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HalError {
    /// The digits are not an EAN-13.
    #[error("an EAN-13 has 12 or 13 digits and a right check digit; this one has not")]
    InvalidEan13,
    /// The digits are not an EAN-8.
    #[error("an EAN-8 has 7 or 8 digits and a right check digit; this one has not")]
    InvalidEan8,
    /// The digits are not a UPC-A.
    #[error("a UPC-A has 11 or 12 digits and a right check digit; this one has not")]
    InvalidUpcA,
    /// The text cannot be a Code 128.
    #[error("a Code 128 has 1 to {max} printable ASCII characters; this text has others or more")]
    InvalidCode128 {
        /// The most characters one barcode takes.
        max: usize,
    },
    /// The text does not fit a QR code of the size we print.
    #[error("a QR code takes 1 to {max} bytes and no DLE (10); this text has {length} bytes")]
    InvalidQr {
        /// Bytes of the text.
        length: usize,
        /// The most bytes one QR code takes.
        max: usize,
    },
    /// The rows of an image do not match its size.
    #[error(
        "an image of {width} x {height} dots has rows of whole bytes; {length} bytes are not that"
    )]
    InvalidImage {
        /// Dots in a row.
        width: u16,
        /// Rows.
        height: u16,
        /// Bytes given.
        length: usize,
    },
    /// The job is larger than one job may be.
    #[error(
        "a print job may have {max} bytes of content; this one has {length}: print it in parts"
    )]
    JobTooLarge {
        /// Bytes of the job's content.
        length: usize,
        /// The most bytes one job takes.
        max: usize,
    },
    /// The device has as many jobs waiting as it takes.
    #[error("the device has {max} jobs waiting already: see to it, then try again")]
    QueueFull {
        /// The most jobs that wait.
        max: usize,
    },
    /// A payment has not ended yet, or its outcome is not known yet.
    #[error("payment {reference} has not ended: finish it first")]
    #[cfg(feature = "std")]
    PaymentUnderWay {
        /// Its reference.
        reference: String,
    },
    /// A payment of this reference was begun before: beginning it again could charge twice.
    #[error("payment {reference} was begun before: ask what became of it")]
    #[cfg(feature = "std")]
    PaymentKnown {
        /// Its reference.
        reference: String,
    },
    /// There is no such payment under way.
    #[error("no such payment is under way")]
    NoPayment,
    /// The amount cannot be paid with a card.
    #[error("a card payment is above zero and has at most 12 digits; this amount is not")]
    InvalidAmount,
    /// The device cannot do this.
    #[error("{what} is not possible: do it at the device itself")]
    NotSupported {
        /// What was wanted.
        what: &'static str,
    },
    /// A recording of a device's bytes is not written as one.
    #[error(
        "line {line} is no piece of a recording: write seconds with three decimals, > or <, and \
         bytes as two hexadecimal digits or in quotes"
    )]
    InvalidRecording {
        /// The line, the first is 1.
        line: usize,
    },
    /// The device's thread has ended.
    #[error("the device was shut down: start it again")]
    Stopped,
    /// The operating system refused what a device or a simulator needs.
    #[cfg(feature = "std")]
    #[error("{what}: {source}")]
    System {
        /// What was being done.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The receipt could not be written as a picture.
    #[cfg(feature = "simulators")]
    #[error("the receipt could not be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// The class of a [`HalError`], for a sentence and a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The content cannot be printed as asked; printing it again will not help.
    Unprintable,
    /// Too many jobs wait; the operator sees to the printer and tries again.
    QueueFull,
    /// A payment stands in the way, or there is none; the operator sees to it first.
    Payment,
    /// The device cannot do this.
    NotSupported,
    /// A file is not written as it has to be.
    Invalid,
    /// The device was shut down.
    Stopped,
    /// The machine refused.
    System,
}

impl HalError {
    /// The class of this error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            HalError::InvalidEan13
            | HalError::InvalidEan8
            | HalError::InvalidUpcA
            | HalError::InvalidCode128 { .. }
            | HalError::InvalidQr { .. }
            | HalError::InvalidImage { .. }
            | HalError::JobTooLarge { .. } => ErrorKind::Unprintable,
            HalError::QueueFull { .. } => ErrorKind::QueueFull,
            #[cfg(feature = "std")]
            HalError::PaymentUnderWay { .. } | HalError::PaymentKnown { .. } => ErrorKind::Payment,
            HalError::NoPayment | HalError::InvalidAmount => ErrorKind::Payment,
            HalError::NotSupported { .. } => ErrorKind::NotSupported,
            HalError::InvalidRecording { .. } => ErrorKind::Invalid,
            HalError::Stopped => ErrorKind::Stopped,
            #[cfg(feature = "std")]
            HalError::System { .. } => ErrorKind::System,
            #[cfg(feature = "simulators")]
            HalError::Png(_) => ErrorKind::System,
        }
    }
}
