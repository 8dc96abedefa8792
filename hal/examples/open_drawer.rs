//! Opens a drawer that has a port of its own and waits until somebody closes it.
//!
//! ```text
//! cargo run -p hal --example open_drawer                      a virtual drawer, closed by itself
//! cargo run -p hal --example open_drawer -- /dev/ttyUSB1 9600 a real one that opens at BEL
//! ```

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hal::simulators::VirtualDrawer;
use hal::{
    CashDrawer, DeviceEvent, DeviceId, DrawerDevice, DrawerPort, DrawerState, EventQueue,
    Hindrance, JobFailure, JobId, JobState, PortState, SerialLink, block_on,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (port, drawer) = match arguments.as_slice() {
        [path, baud, ..] => {
            let port = DrawerPort {
                link: SerialLink::new(path, baud.parse()?),
                pulse: vec![0x07],
                sensor: None,
            };
            (port, None)
        }
        _ => {
            let name = format!("drawer-{}", std::process::id());
            let drawer = VirtualDrawer::on_pty(std::env::temp_dir().join(name))?;
            (drawer.port(), Some(drawer))
        }
    };
    let has_sensor = port.sensor.is_some();
    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    let handle = DrawerDevice::start(DeviceId(0), port, events.clone())?;
    while let Some(event) = block_on(events.receive(), Some(Duration::from_secs(60))) {
        match event {
            DeviceEvent::DrawerPort { port, .. } if port != PortState::Open => {
                let hindrance = Hindrance::Port(port);
                println!("{hindrance}: {}", hindrance.remedy());
            }
            DeviceEvent::Job {
                state: JobState::Failed(JobFailure::Hindered(hindrance)),
                ..
            } => println!("not opened, {hindrance}: {}", hindrance.remedy()),
            DeviceEvent::Job { state, .. } => println!("opening: {state:?}"),
            DeviceEvent::Drawer { drawer, .. } => println!("the drawer is {drawer:?}"),
            _ => {}
        }
        match event {
            DeviceEvent::DrawerPort {
                port: PortState::Open,
                ..
            } => handle.open_drawer(JobId(1))?,
            DeviceEvent::Drawer {
                drawer: DrawerState::Open,
                ..
            } => {
                if let Some(drawer) = &drawer {
                    drawer.set(DrawerState::Closed);
                }
            }
            DeviceEvent::Drawer {
                drawer: DrawerState::Closed,
                ..
            } if drawer.as_ref().is_some_and(|drawer| drawer.pulses() > 0) => break,
            DeviceEvent::Job { state, .. } if state.is_final() && !has_sensor => break,
            _ => {}
        }
    }
    Ok(())
}
