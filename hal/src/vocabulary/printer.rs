//! What a receipt printer says about itself.

use super::PortState;

/// The latest known status of a printer. While the port is not open or the printer does not
/// answer, the other fields keep what was last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrinterStatus {
    /// The port.
    pub port: PortState,
    /// Whether the printer answers status requests.
    pub responding: bool,
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
}

impl PrinterStatus {
    /// What is known before the port was ever opened.
    pub const UNKNOWN: PrinterStatus = PrinterStatus {
        port: PortState::Opening,
        responding: false,
        online: false,
        cover: Cover::Closed,
        paper: Paper::Present,
        fault: None,
        drawer: DrawerState::Unknown,
    };

    /// What keeps the printer from printing, the thing to see to first; `None` when ready.
    pub fn hindrance(&self) -> Option<Hindrance> {
        if self.port != PortState::Open {
            Some(Hindrance::Port(self.port))
        } else if !self.responding {
            Some(Hindrance::NotResponding)
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
    /// The head is too hot, or the like: gone by itself after a while.
    AutoRecoverable,
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
    /// The cover is open.
    CoverOpen,
    /// The paper is used up.
    PaperEmpty,
    /// The mechanism has a fault.
    Fault(PrinterFault),
    /// The printer calls itself offline and does not say why (feed button held, for example).
    Offline,
}
