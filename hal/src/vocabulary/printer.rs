//! What a receipt printer says about itself.

use super::{LineFault, PortState};

/// The latest known status of a printer. While the port is not open or the printer does not
/// answer, the other fields keep what was last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrinterStatus {
    /// The port.
    pub port: PortState,
    /// Whether the printer answers status requests; one that is set up as one that never does
    /// counts as if it did while its port is open.
    pub responding: bool,
    /// What is wrong with its line: another dialect, the wrong speed or parity, another device.
    /// It may answer all the same.
    pub line: Option<LineFault>,
    /// Whether the printer calls itself online.
    pub online: bool,
    /// The cover.
    pub cover: Cover,
    /// The paper.
    pub paper: Paper,
    /// A fault of the mechanism, the gravest if there are several.
    pub fault: Option<PrinterFault>,
    /// The drawer on the printer's drawer port.
    pub drawer: DrawerState,
    /// What is wrong although it prints.
    pub warning: Option<PrinterWarning>,
}

impl PrinterStatus {
    /// What is known before the port was ever opened.
    pub const UNKNOWN: PrinterStatus = PrinterStatus {
        port: PortState::Opening,
        responding: false,
        line: None,
        online: false,
        cover: Cover::Closed,
        paper: Paper::Present,
        fault: None,
        drawer: DrawerState::Unknown,
        warning: None,
    };

    /// What keeps the printer from printing, the thing to see to first; `None` when ready.
    pub fn hindrance(&self) -> Option<Hindrance> {
        if self.port != PortState::Open {
            Some(Hindrance::Port(self.port))
        } else if !self.responding {
            Some(match self.line {
                Some(LineFault::OtherProtocol) => Hindrance::OtherDialect,
                Some(fault) => Hindrance::Line(fault),
                None => Hindrance::NotResponding,
            })
        } else if self.cover == Cover::Open {
            Some(Hindrance::CoverOpen)
        } else if self.paper == Paper::Empty {
            Some(Hindrance::PaperEmpty)
        } else if let Some(fault) = self.fault {
            Some(Hindrance::Fault(fault))
        } else if !self.online {
            Some(Hindrance::Offline)
        } else {
            None
        }
    }
}

/// What is wrong with a printer that prints all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterWarning {
    /// Its profile says that it reports when a job is done. Of two in a row it did not, although it
    /// said all the while that nothing is wrong.
    NoReports,
}

impl PrinterWarning {
    /// What the operator can do about it, in one English sentence.
    pub const fn remedy(&self) -> &'static str {
        match self {
            PrinterWarning::NoReports => {
                "choose the profile of its model, or set its completion report to none"
            }
        }
    }
}

impl core::fmt::Display for PrinterWarning {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            PrinterWarning::NoReports => "does not report that a job is done",
        })
    }
}

/// The cover over the paper roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// Closed.
    Closed,
    /// Open.
    Open,
}

/// The paper roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// Enough.
    Present,
    /// Nearly used up; printing goes on.
    NearEnd,
    /// Used up; printing stops.
    Empty,
}

/// A fault of the mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterFault {
    /// Gone by itself after a while; in most printers the head is too hot.
    AutoRecoverable,
    /// The head is too hot; gone by itself after a while.
    Overheated,
    /// A jam or the like: gone when the operator has seen to it and the printer was told.
    Recoverable,
    /// The cutter is jammed.
    Cutter,
    /// Needs service.
    Unrecoverable,
}

/// The cash drawer, as its sensor shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerState {
    /// Not known (yet), or the drawer has no sensor.
    Unknown,
    /// Closed.
    Closed,
    /// Open.
    Open,
}

/// What keeps a printer from printing. The screen has a sentence and a remedy for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// The port is not open.
    Port(PortState),
    /// The port is open, but nobody answers: power off, or the wrong speed or device.
    NotResponding,
    /// What answers speaks another language: a printer set to the other dialect, or another
    /// device.
    OtherDialect,
    /// What answers is not understood: noise, the wrong parity, answers that break off.
    Line(LineFault),
    /// The cover is open.
    CoverOpen,
    /// The paper is used up.
    PaperEmpty,
    /// The mechanism has a fault.
    Fault(PrinterFault),
    /// The printer calls itself offline and does not say why (feed button held, for example).
    Offline,
}

impl Hindrance {
    /// What the operator can do about it, in one English sentence. A screen in another language
    /// words it itself.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Hindrance::Port(PortState::Opening | PortState::Open) => "wait a moment",
            Hindrance::Port(PortState::Absent) => "check its cable and that it is switched on",
            Hindrance::Port(PortState::Refused) => {
                "see whether another till is connected to it, and compare its address and port \
                 number with the settings"
            }
            Hindrance::Port(PortState::Busy) => "close the other program that uses its port",
            Hindrance::Port(PortState::Denied) => "allow this user to use its port",
            Hindrance::Port(PortState::Failed) => "unplug it and plug it in again",
            Hindrance::Port(PortState::Faulted) => {
                "wait a moment, it is started anew; if it stays so, start this program again"
            }
            Hindrance::NotResponding => {
                "switch it on, and check its cable, its speed, and that its profile is of its model"
            }
            Hindrance::OtherDialect => {
                "choose the profile of its model, and the speed and parity it is set to"
            }
            Hindrance::Line(fault) => fault.remedy(),
            Hindrance::CoverOpen => "close the cover",
            Hindrance::PaperEmpty => "put in a new roll",
            Hindrance::Fault(PrinterFault::AutoRecoverable | PrinterFault::Overheated) => {
                "wait until it has cooled down"
            }
            Hindrance::Fault(PrinterFault::Recoverable | PrinterFault::Cutter) => {
                "take out stuck paper, then switch it off and on"
            }
            Hindrance::Fault(PrinterFault::Unrecoverable) => {
                "switch it off and on; if that does not help it needs repair"
            }
            Hindrance::Offline => "press its online or feed button",
        }
    }
}

impl core::fmt::Display for Hindrance {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if let Hindrance::Line(fault) = self {
            return fault.fmt(f);
        }
        f.write_str(match self {
            Hindrance::Port(PortState::Opening | PortState::Open) => "being opened",
            Hindrance::Port(PortState::Absent) => "not found",
            Hindrance::Port(PortState::Refused) => "takes no connection",
            Hindrance::Port(PortState::Busy) => "in use by another program",
            Hindrance::Port(PortState::Denied) => "not allowed",
            Hindrance::Port(PortState::Failed) => "its port does not work",
            Hindrance::Port(PortState::Faulted) => "its driver stopped",
            Hindrance::NotResponding => "no answer",
            Hindrance::OtherDialect | Hindrance::Line(_) => "answers in another language",
            Hindrance::CoverOpen => "cover open",
            Hindrance::PaperEmpty => "out of paper",
            Hindrance::Fault(PrinterFault::AutoRecoverable | PrinterFault::Overheated) => {
                "overheated"
            }
            Hindrance::Fault(PrinterFault::Recoverable) => "jammed",
            Hindrance::Fault(PrinterFault::Cutter) => "cutter stuck",
            Hindrance::Fault(PrinterFault::Unrecoverable) => "needs repair",
            Hindrance::Offline => "offline",
        })
    }
}
