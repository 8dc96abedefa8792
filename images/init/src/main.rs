//! The first program of the appliance, and the only one besides the till that is ours.
//!
//! One file with several names, as the image has no shell and no other scripts:
//!
//! - `init` in the initial RAM disk opens the verified root and hands over to itself there;
//! - `init` on the root finds and grows the data partition, starts the services and the till, feeds
//!   the watchdog as long as the till's event loop runs, and counts crashes;
//! - `grub-editenv` replaces the boot loader's own tool, which truncates its file before it writes:
//!   a power cut in between loses the boot state;
//! - `network-changed` is what the DHCP client calls;
//! - `usb-device` is what udev calls when something is plugged in.

mod clock;
mod data_partition;
mod device_nodes;
mod discovery;
mod factory_reset;
mod framebuffer;
mod graphics;
mod grub_environment;
mod identity_partition;
mod lettering;
mod log_ring;
mod loopback;
mod mounts;
mod network;
mod page;
mod partition;
mod pointer;
mod preset;
mod program;
mod screen;
mod services;
mod slots;
mod sticks;
mod supervisor;
mod till;
mod tpm;
mod verified_root;
mod watchdog;
mod wireless;

use std::process::ExitCode;

use init::{console, usb_devices};

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let called = arguments.next().unwrap_or_default();
    let name = called.rsplit('/').next().unwrap_or_default();
    match name {
        "grub-editenv" => grub_environment::command(arguments),
        "network-changed" => network::changed(),
        "usb-device" => usb_devices::plugged_in(),
        _ if std::process::id() != 1 => {
            eprintln!("init: the kernel starts this, nobody else");
            ExitCode::FAILURE
        }
        _ if std::path::Path::new(verified_root::MARK).exists() => verified_root::enter(),
        _ => supervisor::run(),
    }
}
