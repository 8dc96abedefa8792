//! Making a wireless network known whose code somebody scanned.

use appliance::wireless::{WirelessError, WirelessNetwork};

use crate::screens::words::Words;
use crate::supervised::Supervised;
use crate::ui::Level;
use crate::updates::Appliance;

/// Has the box know a network from now on, and says what came of it.
pub fn know(network: &WirelessNetwork, appliance: &Appliance) -> Words {
    let name = network.ssid();
    let heard = appliance.is_here()
        && Supervised::from_environment().is_some_and(|first| first.know_network(network));
    if !heard {
        let title = format!("The till cannot set up the wireless network {name} on this machine.");
        let remedy = "Set it up in the machine's own settings.";
        return Words::new(Level::Warning, title, "", remedy);
    }
    let title = format!("The wireless network {name} is known now.");
    let remedy = "The box connects by itself, which takes up to a minute.";
    Words::new(Level::Good, title, "", remedy)
}

/// Says why a code is of no use.
pub fn refused(error: WirelessError) -> Words {
    Words::new(Level::Warning, format!("{error}."), "", error.remedy())
}
