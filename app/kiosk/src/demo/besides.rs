//! What stands on the demo's counter besides printer, scanner and card terminal.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hal::simulators::{Switchable, VirtualDrawer, VirtualLineDisplay, VirtualScale};
use hal::{
    DeviceId, DisplayDialect, DrawerDevice, DrawerState, HalError, LineDisplayDevice, ScaleDevice,
    ScaleProtocol,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::attached::{DeviceSet, Display};
use crate::drawer_config::AttachedDrawer;
use crate::queue::Events;
use crate::scale_config::AttachedScale;

/// The scale's protocol.
const PROTOCOL: ScaleProtocol = ScaleProtocol::Toledo8217;
/// What lies on the scale at the beginning, in grams.
const LOAD: i32 = 350;
/// How often the line display is looked at.
const LOOK: Duration = Duration::from_millis(150);

/// A scale, a line display and a drawer with a port of its own.
#[derive(Clone)]
pub(super) struct Besides {
    scale: Arc<VirtualScale>,
    display: Arc<VirtualLineDisplay>,
    drawer: Arc<VirtualDrawer>,
}

impl Besides {
    /// Devices whose ptys are linked from this folder as `scale`, `display` and `drawer`.
    pub(super) fn new(folder: &Path) -> Result<Self, HalError> {
        let scale = VirtualScale::on_pty(folder.join("scale"), PROTOCOL)?;
        scale.put(LOAD);
        let display = VirtualLineDisplay::on_pty(folder.join("display"), DisplayDialect::Cd5220)?;
        Ok(Self {
            scale: Arc::new(scale),
            display: Arc::new(display),
            drawer: Arc::new(VirtualDrawer::on_pty(folder.join("drawer"))?),
        })
    }

    /// What the file of faults can switch.
    pub(super) fn switchable(&self) -> Vec<(String, Arc<dyn Switchable>)> {
        vec![
            ("scale".to_owned(), self.scale.clone()),
            ("display".to_owned(), self.display.clone()),
            ("drawer".to_owned(), self.drawer.clone()),
        ]
    }

    /// The till's ends of the devices.
    pub(super) fn start(&self, events: &Arc<Events>) -> Result<DeviceSet, HalError> {
        let (link, profile) = (self.scale.link(), self.scale.profile());
        let scale = AttachedScale {
            device: ScaleDevice::start(DeviceId(5), link, profile, events.clone())?,
            protocol: PROTOCOL,
        };
        let (link, profile) = (self.display.link(), self.display.profile());
        let display = LineDisplayDevice::start(DeviceId(6), link, profile, events.clone())?;
        let drawer = AttachedDrawer {
            device: DrawerDevice::start(DeviceId(3), self.drawer.port(), events.clone())?,
            has_sensor: true,
        };
        Ok(DeviceSet {
            drawer: Some(drawer),
            scale: Some(scale),
            display: Some(Display::Own(display)),
            ..DeviceSet::default()
        })
    }

    /// Works a device by words of the terminal; false where they are none of these.
    pub(super) fn obey(&self, line: &str) -> bool {
        if line == "drawer closed" {
            self.drawer.set(DrawerState::Closed);
            return true;
        }
        let Some(kilograms) = line.strip_prefix("weight ") else {
            return false;
        };
        let kilograms = kilograms.trim().trim_end_matches("kg").trim();
        let grams = kilograms
            .parse::<Decimal>()
            .ok()
            .and_then(|weight| weight.checked_mul(Decimal::ONE_THOUSAND)?.to_i32());
        match grams {
            Some(grams) => self.scale.put(grams),
            None => eprintln!("Write the weight in kilograms, for example: weight 1.255"),
        }
        true
    }

    /// Writes to the terminal what customers see on the line display, each time it changes.
    pub(super) fn tell_display(&self) {
        let display = self.display.clone();
        std::thread::spawn(move || {
            let mut told = [String::new(), String::new()];
            loop {
                let shown = display.lines();
                if shown != told {
                    let [upper, lower] = &shown;
                    eprintln!("Line display: |{upper}|{lower}|");
                    told = shown;
                }
                std::thread::sleep(LOOK);
            }
        });
    }
}
