//! Shows what is sold on a line display.
//!
//! ```text
//! cargo run -p hal --example show_total                        a virtual display
//! cargo run -p hal --example show_total -- /dev/ttyUSB0 cd5220 a real one (or esc-pos)
//! ```

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hal::simulators::VirtualLineDisplay;
use hal::{
    DeviceEvent, DeviceId, DisplayDialect, DisplayLine, DisplayProfile, DisplayScreen, EventQueue,
    Hindrance, LineDisplay, LineDisplayDevice, PortState, SerialLink, block_on,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (link, profile, simulated) = match arguments.as_slice() {
        [path, dialect, ..] => {
            let profile = DisplayProfile::named(dialect).ok_or_else(|| {
                let known = DisplayProfile::NAMES.join(", ");
                format!("{dialect} is none of {known}")
            })?;
            (SerialLink::new(path, 9_600), profile, None)
        }
        _ => {
            let name = format!("display-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            let display = VirtualLineDisplay::on_pty(path, DisplayDialect::Cd5220)?;
            (display.link(), display.profile(), Some(display))
        }
    };
    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    let display = LineDisplayDevice::start(DeviceId(0), link, profile, events.clone())?;
    for (name, price, total) in [
        ("The Salt Road", "7.99", "7.99"),
        ("Café crème", "3.20", "11.19"),
    ] {
        display.show(DisplayScreen::new(
            DisplayLine::pair(name, price),
            DisplayLine::pair("Total", total),
        ))?;
        if let Some(event) = block_on(events.receive(), Some(Duration::from_secs(1))) {
            tell(&event);
        }
        if let Some(simulated) = &simulated {
            let [upper, lower] = simulated.lines();
            println!("+{0}+\n|{upper}|\n|{lower}|\n+{0}+", "-".repeat(20));
        }
    }
    Ok(())
}

fn tell(event: &DeviceEvent) {
    if let DeviceEvent::LineDisplayPort { port, .. } = event {
        match port {
            PortState::Open => println!("ready"),
            port => {
                let hindrance = Hindrance::Port(*port);
                println!("{hindrance}: {}", hindrance.remedy());
            }
        }
    }
}
