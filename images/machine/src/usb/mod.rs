//! USB devices that this program plays: QEMU has a plug that leads to a socket (`usb-redir`), and what
//! is at its other end is a device to the system inside, with that system's own drivers.
//!
//! | Module | What is in it |
//! |---|---|
//! | `redirection` | The packets on that socket (the usbredir protocol) |
//! | `descriptors` | What a device says about itself |
//! | `cable` | The device's end of the plug: transfers that wait, are answered, are called back |
//! | `receipt_printer`, `hid_pos`, `serial` | The devices, around hal's stand-ins |

mod cable;
mod descriptors;
mod hid_pos;
mod line;
mod receipt_printer;
mod redirection;
mod serial;

use serde_json::json;

pub use cable::{Cable, Function};
pub use hid_pos::HidPosScanner;
pub use receipt_printer::ReceiptPrinter;
pub use serial::{AcmPort, FtdiPort, Parity};

use crate::vm::Vm;

impl Vm {
    /// Plugs a hub in: a counter has more devices than a box has sockets.
    pub fn plug_hub(&mut self) -> anyhow::Result<()> {
        let hub = json!({"driver": "usb-hub", "id": "hub", "bus": "usb.0", "port": "1"});
        self.monitor.execute("device_add", hub)?;
        Ok(())
    }

    /// Plugs a device into one of the hub's eight sockets.
    pub fn plug_usb<F: Function>(&mut self, socket: u8, cable: &Cable<F>) -> anyhow::Result<()> {
        let name = format!("socket{socket}");
        let address = json!({"type": "unix", "data": {"path": cable.path()}});
        let backend = json!({"type": "socket", "data": {"addr": address, "server": false}});
        self.monitor
            .execute("chardev-add", json!({"id": name, "backend": backend}))?;
        let device = json!({"driver": "usb-redir", "id": name, "chardev": name, "bus": "usb.0",
                            "port": format!("1.{socket}")});
        self.monitor.execute("device_add", device)?;
        Ok(())
    }

    /// Plugs QEMU's own keyboard into one of the hub's sockets.
    pub fn plug_keyboard(&mut self, socket: u8) -> anyhow::Result<()> {
        // Bound to the screen, it gets the keys that are sent to that; all others go to the keyboard
        // of the box.
        let keyboard = json!({"driver": "usb-kbd", "id": "keyboard", "bus": "usb.0",
                              "port": format!("1.{socket}"), "display": "screen"});
        self.monitor.execute("device_add", keyboard)?;
        Ok(())
    }

    /// Types digits on that keyboard, as fast as a scanner does, and Enter.
    pub fn type_digits(&mut self, digits: &str) -> anyhow::Result<()> {
        let keys = digits.chars().map(String::from).chain(["ret".to_owned()]);
        for key in keys {
            for down in [true, false] {
                let key = json!({"type": "qcode", "data": key});
                let event = json!({"type": "key", "data": {"down": down, "key": key}});
                self.monitor.execute(
                    "input-send-event",
                    json!({"device": "screen", "events": [event]}),
                )?;
                // The keyboard keeps sixteen events that nobody asked for yet.
                std::thread::sleep(std::time::Duration::from_millis(15));
            }
        }
        Ok(())
    }
}
