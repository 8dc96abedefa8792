//! What the Devices place asks of devices: their last bytes, the display's port, the terminal's day.

use checkout::shift::Cashier;
use hal::traffic::Recording;
use hal::{HalError, LineDisplay, PosPrinter};

use super::Devices;
use crate::attached::Display;
use crate::screens::manager::devices::{AttachedDevice, ShownDisplay};

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
            AttachedDevice::Terminal => set.terminal.as_ref()?.device.traffic(),
        }
    }

    /// How the line display is.
    pub(in crate::app) fn shown_display(&self) -> Option<ShownDisplay> {
        match (&self.set.display, &self.set.printer) {
            (Some(Display::Own(display)), _) => Some(ShownDisplay {
                port: display.port(),
                line: display.line(),
                is_printers: false,
            }),
            (Some(Display::AtPrinter), Some(printer)) => Some(ShownDisplay {
                port: printer.status().port,
                line: None,
                is_printers: true,
            }),
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
