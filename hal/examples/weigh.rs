//! Prints what a scale weighs.
//!
//! ```text
//! cargo run -p hal --example weigh                              a virtual scale, and goods on it
//! cargo run -p hal --example weigh -- /dev/ttyUSB0 toledo-8217  a real one, until Ctrl-C
//! ```

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hal::simulators::VirtualScale;
use hal::{DeviceEvent, DeviceId, EventQueue, ScaleDevice, ScaleProfile, ScaleProtocol, block_on};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (link, profile, simulated) = match arguments.as_slice() {
        [path, protocol, ..] => {
            let profile = ScaleProfile::named(protocol).ok_or_else(|| {
                let known = ScaleProfile::NAMES.map(|(name, _)| name).join(", ");
                format!("{protocol} is none of {known}")
            })?;
            (profile.protocol.link(path), profile, None)
        }
        _ => {
            let name = format!("scale-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            let scale = VirtualScale::on_pty(path, ScaleProtocol::Toledo8217)?;
            (scale.link(), scale.profile(), Some(scale))
        }
    };
    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    let _scale = ScaleDevice::start(DeviceId(0), link, profile, events.clone())?;
    let patience = simulated.as_ref().map(|_| Duration::from_secs(1));
    let mut goods = [250, 1_255, 15_500].into_iter();
    while let Some(event) = block_on(events.receive(), patience) {
        let DeviceEvent::Scale { status, .. } = event else {
            continue;
        };
        match (status.weight(), status.hindrance()) {
            (Some(weight), _) => {
                println!("{weight}, {} g", weight.grams());
                if let (Some(scale), Some(grams)) = (&simulated, goods.next()) {
                    scale.put(grams);
                }
            }
            (None, Some(hindrance)) => println!("{hindrance}: {}", hindrance.remedy()),
            (None, None) => {}
        }
    }
    Ok(())
}
