//! What one model of printer can do, and how the counter's drawer hangs on it.

use core::time::Duration;

use super::CodePage;
use crate::line_display::DisplayProfile;

/// A model of printer. The ready-made ones are starting points; every field is a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterProfile {
    /// The language it is set to.
    pub dialect: Dialect,
    /// Characters of the regular font on a line, 16 to 96.
    pub columns: u8,
    /// Dots on a line.
    pub dots_per_line: u16,
    /// The code pages text is sent in, and the number by which the printer knows each. A line
    /// goes in the first that has all its characters; the first is the one for what none has.
    pub code_pages: &'static [CodePageNumber],
    /// How it is told the size of characters.
    pub size_command: SizeCommand,
    /// How a picture is sent.
    pub raster: RasterCommand,
    /// Rows of dots in one raster command; some clones garble large ones.
    pub band_height: u8,
    /// What its cutter does. Without one a cut feeds the paper to the tear bar.
    pub cutter: Cutter,
    /// Draws barcodes by itself; otherwise they are sent as pictures.
    pub draws_barcodes: bool,
    /// Draws QR codes by itself; otherwise they are sent as pictures.
    pub draws_qr: bool,
    /// The drawer on the printer's drawer port.
    pub drawer: DrawerProfile,
    /// How it reports the completion of a job.
    pub completion: CompletionReport,
    /// How it is made to throw away what is left in it of a job that was broken off.
    pub buffer_clear: BufferClear,
    /// Answers questions. Off for one that hangs on a line of one direction only: it is never
    /// asked, counts as ready while its port is open, and each of its jobs ends as unconfirmed.
    pub answers: bool,
    /// Is asked to send status changes by itself (ASB: `GS a`, `ESC RS a`).
    pub automatic_status: bool,
    /// Can be told that bytes of a picture are no real-time pulse (`GS ( D`). Where it cannot, and for
    /// all other real-time commands, a dot is changed in pictures that happen to contain one.
    pub real_time_switch: bool,
    /// Obeys a real-time drawer pulse (`DLE DC4 1`), so that the drawer opens without paper.
    pub real_time_kick: bool,
    /// A line display whose cable the printer's goes through; only with ESC/POS.
    pub line_display: Option<DisplayProfile>,
    /// How long to wait for what.
    pub timing: Timing,
}

/// The language a printer is set to. Many can be set to either; set to the other one than its
/// profile says, a printer prints letters where a cut should be and answers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Epson's ESC/POS, and what clones make of it.
    EscPos,
    /// Star's: Line Mode and StarPRNT, which differ in how pictures are sent.
    Star,
}

/// A code page, and the number by which one model of printer knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePageNumber {
    /// The characters.
    pub page: CodePage,
    /// The `n` of `ESC t n` (Star: `ESC GS t n`).
    pub number: u8,
}

/// How a printer is told the size of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeCommand {
    /// By a command for it alone: `GS !`, and Star's.
    Own,
    /// `ESC !`, which sets font A, size and emphasis at once: impact printers, which begin with another
    /// font and know no `GS !`.
    EscExclamation,
}

/// How a picture is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RasterCommand {
    /// `GS v 0`: declared obsolete by Epson, and the one nearly every clone knows.
    GsV0,
    /// `GS ( L`, functions 112 and 50: what Epson put in its place.
    GsParenL,
    /// `ESC *`: strips of columns, for printers that know no other, impact printers among them.
    EscStar {
        /// The density: 0 or 1 for 8 dots a column, 32 or 33 for 24.
        density: u8,
        /// The line spacing that joins two strips, in the printer's own units.
        spacing: u8,
    },
    /// `ESC GS S`: StarPRNT.
    EscGsS,
    /// `ESC k`: strips of 24 rows, Star Line Mode.
    EscK,
}

/// What a printer's cutter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutter {
    /// There is none.
    None,
    /// Leaves a bridge of paper.
    Partial,
    /// Cuts the paper off.
    Full,
    /// Either, as it is told.
    Both,
}

/// How a printer reports that all of a job is on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionReport {
    /// It does not; that it answers without errors until the paper should be out has to do
    /// ([`Timing::rows_per_second`]).
    None,
    /// `GS ( H`, function 48: Epson.
    GsParenH,
    /// `ETB` and the counter in the status: Star. Another host that prints counts too, so it
    /// is for printers that nobody shares.
    Etb,
    /// `ESC GS ETX`: Star, answered to the asker alone, after the motor stopped.
    EscGsEtx,
}

/// How a printer is made to throw away what is left in it of a job that was broken off: in the
/// middle of a picture it takes whatever comes next for dots of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BufferClear {
    /// It cannot be: what it waits for is filled up with NUL, which means nothing elsewhere.
    Fill,
    /// `DLE DC4`, function 8, which it answers: Epson. One that does not answer is filled up.
    DleDc4,
    /// `ESC ACK CAN`, which resets it: Star.
    EscAckCan,
}

/// The drawer on a printer's drawer port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawerProfile {
    /// The pin that carries the pulse.
    pub pin: DrawerPin,
    /// Length of the pulse in milliseconds, 2 to 510.
    pub on_ms: u16,
    /// Rest after the pulse in milliseconds, 2 to 510.
    pub off_ms: u16,
    /// The level of the sensor (pin 3) while the drawer is open; `None` when it has no sensor.
    pub open_when: Option<SignalLevel>,
}

/// A pin of the drawer connector that opens a drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerPin {
    /// Drawer 1.
    Pin2,
    /// Drawer 2.
    Pin5,
}

/// A level of the drawer's sensor line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalLevel {
    /// Low.
    Low,
    /// High.
    High,
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// For the answer to one status request.
    pub answer: Duration,
    /// For the printer to take one more byte in the middle of a job before it counts as stuck. One
    /// that goes on after a third of this, and said nothing of why it stood still, may have been
    /// switched off and on: its job ends as unconfirmed.
    pub stall: Duration,
    /// For the evidence that a job was printed, counted from its last byte.
    pub completion: Duration,
    /// Between two status requests while nothing is printed.
    pub poll: Duration,
    /// Rows of dots that it prints in a second when it is slow; a line of text is 30 of them. One
    /// that reports no completion answers at once, with all of a job still in its buffer: the job
    /// counts as printed only when its paper, at this speed, is out and it has answered all the
    /// while. Too high a number believes too early, too low a one keeps the next job waiting.
    pub rows_per_second: u32,
    /// After a pulse, before the drawer's sensor is believed.
    pub drawer_settle: Duration,
}

impl Timing {
    /// Fit for printers in shops.
    pub const NORMAL: Timing = Timing {
        answer: Duration::from_millis(1_000),
        stall: Duration::from_secs(10),
        completion: Duration::from_secs(30),
        poll: Duration::from_millis(2_000),
        // 50 mm, at 8 dots a millimetre.
        rows_per_second: 400,
        drawer_settle: Duration::from_millis(300),
    };
}

impl DrawerProfile {
    /// Pin 2, 50 ms on, 500 ms off, sensor high while open.
    pub const COMMON: DrawerProfile = DrawerProfile {
        pin: DrawerPin::Pin2,
        on_ms: 50,
        off_ms: 500,
        open_when: Some(SignalLevel::High),
    };
}

impl PrinterProfile {
    /// Whether it reports that a job is done.
    pub fn reports(&self) -> bool {
        self.completion != CompletionReport::None
    }

    /// The code page for what no page has.
    pub fn default_page(&self) -> CodePageNumber {
        const EVERYBODYS: CodePageNumber = CodePageNumber {
            page: CodePage::Pc437,
            number: 0,
        };
        self.code_pages.first().copied().unwrap_or(EVERYBODYS)
    }

    /// The first code page that has all of these texts; `None` when a picture would be truer.
    pub fn page_for(&self, texts: [&str; 2]) -> Option<CodePageNumber> {
        let pages = || self.code_pages.iter().copied();
        // The page for all of it first, stand-ins for quotes and dashes second.
        pages()
            .find(|page| texts.iter().all(|text| page.page.has(text)))
            .or_else(|| pages().find(|page| texts.iter().all(|text| page.page.covers(text))))
    }
}
