//! The devices of a till, and starting those that its configuration names.

use std::path::Path;
use std::sync::Arc;

use hal::raster::Logo;
use hal::{DeviceId, HalError, LineDisplayHandle, PrinterHandle, ScannerHandle};

use crate::config::{Config, DisplayConfig};
use crate::drawer_config::AttachedDrawer;
use crate::queue::Events;
use crate::scale_config::AttachedScale;
use crate::terminal_config::Terminal;

/// The number of the first scanner among the devices; the others follow it.
const FIRST_SCANNER: u8 = 10;

/// The devices of a till; none of them is needed to sell.
#[derive(Default)]
pub struct DeviceSet {
    /// The receipt printer, with the cash drawer on it if that has no port of its own.
    pub printer: Option<PrinterHandle>,
    /// The cash drawer on a port of its own.
    pub drawer: Option<AttachedDrawer>,
    /// The scanners, besides those that are keyboards for everything.
    pub scanners: Vec<AttachedScanner>,
    /// The scale.
    pub scale: Option<AttachedScale>,
    /// The line display in front of the customer, by itself or at the printer.
    pub display: Option<Display>,
    /// The card terminal.
    pub terminal: Option<Terminal>,
    /// What is printed at the head of receipts.
    pub logo: Option<Logo>,
}

/// A line display that was started.
pub enum Display {
    /// On a port of its own.
    Own(LineDisplayHandle),
    /// On the printer's line.
    AtPrinter,
}

/// A scanner that was started.
pub struct AttachedScanner {
    /// Its number among the devices.
    pub id: DeviceId,
    /// The device.
    pub device: ScannerHandle,
}

impl DeviceSet {
    /// Whether the printer never answers: of no receipt it is known whether it came out.
    pub fn is_printer_mute(&self) -> bool {
        self.printer
            .as_ref()
            .is_some_and(|printer| !printer.answers())
    }

    /// These devices and those of another set, which go before them where there can be only one.
    pub fn with(mut self, other: Self) -> Self {
        self.scanners.extend(other.scanners);
        Self {
            drawer: other.drawer.or(self.drawer),
            scanners: self.scanners,
            scale: other.scale.or(self.scale),
            display: other.display.or(self.display),
            terminal: other.terminal.or(self.terminal),
            printer: other.printer.or(self.printer),
            logo: other.logo.or(self.logo),
        }
    }

    /// Starts the devices that the configuration of a data folder names. One that is absent is
    /// found when it comes.
    ///
    /// # Errors
    /// [`HalError`] when a device's thread cannot be started.
    pub fn start(data: &Path, config: &Config, events: &Arc<Events>) -> Result<Self, HalError> {
        let printer = config.printer.as_ref();
        let drawer = config.drawer.as_ref();
        let scale = config.scale.as_ref();
        let display = config.line_display.as_ref();
        let shared = display.and_then(DisplayConfig::shared);
        let terminal = config.terminal.as_ref();
        let mut scanners = Vec::new();
        for (id, scanner) in (FIRST_SCANNER..).map(DeviceId).zip(&config.scanners) {
            if let Some(device) = scanner.start(id, events)? {
                scanners.push(AttachedScanner { id, device });
            }
        }
        Ok(Self {
            display: match display {
                None => None,
                Some(display) => match display.start(events)? {
                    Some(own) => Some(Display::Own(own)),
                    None => shared.is_some().then_some(Display::AtPrinter),
                },
            },
            printer: printer
                .map(|printer| printer.start(shared, events))
                .transpose()?
                .flatten(),
            drawer: drawer
                .map(|drawer| drawer.start(events))
                .transpose()?
                .flatten(),
            scanners,
            scale: scale.map(|scale| scale.start(events)).transpose()?,
            terminal: terminal
                .map(|terminal| terminal.start(events))
                .transpose()?
                .flatten(),
            logo: printer.and_then(|printer| printer.logo(data)),
        })
    }
}
