//! What one model of printer can do, and how the counter's drawer hangs on it.

use core::time::Duration;

use super::CodePage;

/// A model of printer. The ready-made ones are starting points; every field is a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterProfile {
    /// Characters of the regular font on a line, 16 to 96.
    pub columns: u8,
    /// Dots on a line.
    pub dots_per_line: u16,
    /// The code page text is sent in.
    pub code_page: CodePage,
    /// Rows of dots in one raster command; some clones garble large ones.
    pub band_height: u8,
    /// Has a cutter. Without one a cut feeds the paper to the tear bar.
    pub cutter: bool,
    /// The drawer on the printer's drawer port.
    pub drawer: DrawerProfile,
    /// Reports the completion of a job (`GS ( H`, function 48).
    pub completion_report: bool,
    /// Sends status changes by itself (ASB, `GS a`).
    pub automatic_status: bool,
    /// Can be told that bytes of a picture are no real-time commands (`GS ( D`). Where it
    /// cannot, a dot is changed in pictures that happen to contain such a command.
    pub real_time_switch: bool,
    /// Obeys a real-time drawer pulse (`DLE DC4 1`), so that the drawer opens without paper.
    pub real_time_kick: bool,
    /// How long to wait for what.
    pub timing: Timing,
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
    /// For the printer to take one more byte in the middle of a job before it counts as stuck.
    pub stall: Duration,
    /// For the evidence that a job was printed, counted from its last byte.
    pub completion: Duration,
    /// Between two status requests while nothing is printed.
    pub poll: Duration,
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
    /// Any ESC/POS printer for 80 mm paper: only commands that all of them know.
    pub const fn generic_80mm() -> PrinterProfile {
        PrinterProfile {
            columns: 48,
            dots_per_line: 576,
            code_page: CodePage::Pc437,
            band_height: 128,
            cutter: true,
            drawer: DrawerProfile::COMMON,
            completion_report: false,
            automatic_status: false,
            real_time_switch: false,
            real_time_kick: false,
            timing: Timing::NORMAL,
        }
    }

    /// Any ESC/POS printer for 58 mm paper.
    pub const fn generic_58mm() -> PrinterProfile {
        let mut profile = PrinterProfile::generic_80mm();
        profile.columns = 32;
        profile.dots_per_line = 384;
        profile.cutter = false;
        profile
    }

    /// Epson TM-T88 and its kin: completion reports, automatic status, the euro sign.
    pub const fn epson_tm_t88() -> PrinterProfile {
        let mut profile = PrinterProfile::generic_80mm();
        profile.columns = 42;
        profile.dots_per_line = 512;
        profile.code_page = CodePage::Pc858;
        profile.completion_report = true;
        profile.automatic_status = true;
        profile.real_time_switch = true;
        profile.real_time_kick = true;
        profile
    }
}
