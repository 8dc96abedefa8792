//! Lists what is plugged in that a till can use, and who has it open. Files of the kernel and of
//! udev are read, no more: no port is opened, and nothing is written to any.
//!
//! ```text
//! cargo run -p hal --example discover
//! ```

use hal::discovery::{DeviceClass, FoundDevice, Places};

fn main() {
    let places = Places::default();
    let found = places.discover();
    if found.is_empty() {
        println!("nothing is plugged in, or this user may not see it: look at /sys and /dev");
    }
    for device in &found {
        println!(
            "{:16} {}",
            device.class.name(),
            device.best_name().display()
        );
        if device.best_name() != device.path {
            println!("{:16} now {}", "", device.path.display());
        }
        if let Some(identity) = identity(device) {
            println!("{:16} {identity}", "");
        }
        println!("{:16} {}", "", use_of(device.class));
        for owner in places.owners(&device.path) {
            println!(
                "{:16} in use by {} (process {}): close it before the till starts",
                "", owner.name, owner.process
            );
        }
    }
}

fn identity(device: &FoundDevice) -> Option<String> {
    let (vendor, product) = (device.vendor?, device.product?);
    let serial = device.serial.as_deref().unwrap_or("no serial number");
    Some(format!(
        "{vendor:04x}:{product:04x} {}, {serial}",
        device.name
    ))
}

const fn use_of(class: DeviceClass) -> &'static str {
    match class {
        DeviceClass::UsbPrinter => "example print_receipt",
        DeviceClass::SerialPort => "examples print_receipt, scan, weigh, show_total, open_drawer",
        DeviceClass::Keyboard => "example scan_keyboard, if it is a scanner",
        DeviceClass::HidPosScanner => "example scan_hid_pos",
        DeviceClass::Hid => "nothing that is known here",
    }
}
