//! A scanner of the HID class for points of sale.

use std::path::Path;

use hal::simulators::HID_POS_DESCRIPTOR_WITH_SOUNDS;

use super::cable::Function;
use super::descriptors::{Descriptors, Endpoint, Interface};
use super::line::Line;
use super::redirection::Setup;

const NUMBERS: (u16, u16) = (0x05f9, 0x4204);
const IN: u8 = 0x81;
/// The bytes of a report with a code.
const REPORT: usize = 64;

/// The scanner's USB port. It has no endpoint for reports to it: they come by the control endpoint.
pub struct HidPosScanner(Line);

impl HidPosScanner {
    /// The port of a scanner that was made with `VirtualHidPosScanner::with_sounds` at this path.
    pub fn new(path: &Path) -> anyhow::Result<Self> {
        Ok(Self(Line::open(path)?))
    }
}

impl Function for HidPosScanner {
    fn descriptors(&self) -> Descriptors {
        let [low, high] = (HID_POS_DESCRIPTOR_WITH_SOUNDS.len() as u16).to_le_bytes();
        Descriptors {
            vendor: NUMBERS.0,
            product: NUMBERS.1,
            version: 0x0100,
            class: 0,
            names: ["Datalogic", "HID POS Scanner", "S0001"],
            interfaces: vec![Interface {
                class: (3, 0, 0),
                // HID 1.11, of no country, with one description of its reports.
                of_class: vec![9, 0x21, 0x11, 0x01, 0, 1, 0x22, low, high],
                endpoints: vec![Endpoint::interrupt(IN, REPORT as u16)],
            }],
        }
    }

    fn control(&mut self, setup: Setup, data: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
        let [_, kind] = setup.value.to_le_bytes();
        Ok(match (setup.kind, setup.request, kind) {
            // GET_DESCRIPTOR of its reports.
            (0x81, 6, 0x22) => Some(HID_POS_DESCRIPTOR_WITH_SOUNDS.to_vec()),
            // SET_IDLE: it never repeats itself anyway.
            (0x21, 0x0a, _) => Some(Vec::new()),
            // SET_REPORT to it.
            (0x21, 9, 2) => {
                self.0.write(data)?;
                Some(Vec::new())
            }
            _ => None,
        })
    }

    fn take(&mut self, _endpoint: u8, bytes: &[u8]) -> anyhow::Result<usize> {
        self.0.write(bytes)
    }

    fn give(&mut self, _endpoint: u8, _most: usize) -> anyhow::Result<Option<Vec<u8>>> {
        let report = self.0.read(REPORT)?;
        Ok((!report.is_empty()).then_some(report))
    }

    fn pulled(&mut self) -> anyhow::Result<()> {
        self.0.drain()
    }
}
