//! A receipt printer of the USB printer class (its specification 1.1), with two directions.

use std::path::Path;
use std::sync::Arc;

use hal::simulators::VirtualPrinter;

use super::cable::Function;
use super::descriptors::{Descriptors, Endpoint, Interface, PACKET};
use super::line::Line;
use super::redirection::Setup;

/// A TM-T20II, as its driver sees it.
pub const NUMBERS: (u16, u16) = (0x04b8, 0x0e15);
const OUT: u8 = 0x01;
const IN: u8 = 0x82;
const DEVICE_ID: &[u8] = b"MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;DES:EPSON TM-T20II;";

/// The printer's USB port. A packet is taken when the printer has read it; until then it is not
/// answered, as with a real one that stands still.
pub struct ReceiptPrinter {
    printer: Arc<VirtualPrinter>,
    line: Line,
    /// All that was written to it.
    written: usize,
}

impl ReceiptPrinter {
    /// The port of a printer that was made with [`VirtualPrinter::on_usb`] at this path.
    pub fn new(printer: Arc<VirtualPrinter>, path: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            written: printer.bytes().len(),
            printer,
            line: Line::open(path)?,
        })
    }
}

impl Function for ReceiptPrinter {
    fn descriptors(&self) -> Descriptors {
        Descriptors {
            vendor: NUMBERS.0,
            product: NUMBERS.1,
            version: 0x0100,
            class: 0,
            names: ["EPSON", "TM-T20II", "J3RF000001"],
            interfaces: vec![Interface {
                class: (7, 1, 2),
                of_class: Vec::new(),
                endpoints: vec![Endpoint::bulk(OUT), Endpoint::bulk(IN)],
            }],
        }
    }

    fn control(&mut self, setup: Setup, _data: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(match (setup.kind, setup.request) {
            // GET_DEVICE_ID: its length first, which counts itself.
            (0xa1, 0) => {
                let mut id = (2 + DEVICE_ID.len() as u16).to_be_bytes().to_vec();
                id.extend(DEVICE_ID);
                Some(id)
            }
            // GET_PORT_STATUS: chosen, and no error; a receipt printer says more by its own language.
            (0xa1, 1) => Some(vec![0x18]),
            // SOFT_RESET.
            (0x21 | 0x23, 2) => {
                self.line.drain()?;
                Some(Vec::new())
            }
            _ => None,
        })
    }

    fn take(&mut self, _endpoint: u8, bytes: &[u8]) -> anyhow::Result<usize> {
        if self.printer.bytes().len() < self.written {
            return Ok(0);
        }
        let packet = bytes.get(..usize::from(PACKET)).unwrap_or(bytes);
        let written = self.line.write(packet)?;
        self.written += written;
        Ok(written)
    }

    fn give(&mut self, _endpoint: u8, most: usize) -> anyhow::Result<Option<Vec<u8>>> {
        let said = self.line.read(most.min(usize::from(PACKET)))?;
        Ok((!said.is_empty()).then_some(said))
    }

    fn pulled(&mut self) -> anyhow::Result<()> {
        self.line.drain()
    }
}
