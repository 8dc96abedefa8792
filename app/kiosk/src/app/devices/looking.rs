//! What the Devices place asks of devices: their last bytes, the display's port, the terminal's day.

use checkout::shift::Cashier;
use hal::traffic::Recording;
use hal::{HalError, LineDisplay, PortState, PosPrinter};

use super::Devices;
use crate::attached::Display;
use crate::screens::manager::devices::AttachedDevice;

impl Devices {
    /// The last bytes of a device; `None` where there is no such device.
    pub(in crate::app) fn traffic(&self, device: AttachedDevice) -> Option<Recording> {
        let set = &self.set;
        match device {
            AttachedDevice::Printer => set.printer.as_ref().map(|it| it.traffic()),
            AttachedDevice::Drawer => set.drawer.as_ref().map(|it| it.device.traffic()),
            AttachedDevice::Scanner(place) => {
                let scanner = set.scanners.get(place);
                scanner.map(|scanner| scanner.device.traffic())
            }
            AttachedDevice::Scale => set.scale.as_ref().map(|it| it.device.traffic()),
            AttachedDevice::CustomerScreen => None,
            AttachedDevice::Display => match &set.display {
                Some(Display::Own(display)) => Some(display.traffic()),
                Some(Display::AtPrinter) | None => None,
            },
        }
    }

    /// The port of the line display, and whether it is the printer's.
    pub(in crate::app) fn display_port(&self) -> Option<(PortState, bool)> {
        match (&self.set.display, &self.set.printer) {
            (Some(Display::Own(display)), _) => Some((display.port(), false)),
            (Some(Display::AtPrinter), Some(printer)) => Some((printer.status().port, true)),
            _ => None,
        }
    }

    pub(in crate::app) fn close_terminal_day(&mut self, by: &Cashier) -> Result<(), HalError> {
        let terminal = self.set.terminal.as_ref().ok_or(HalError::NoPayment)?;
        terminal.device.close_day()?;
        self.closing_day = Some(by.clone());
        Ok(())
    }

    /// Who had the terminal close its day.
    pub(in crate::app) fn terminal_day_closer(&mut self) -> Option<Cashier> {
        self.closing_day.take()
    }
}
