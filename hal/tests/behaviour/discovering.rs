//! What is plugged in, read from a folder that looks like the kernel's.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use hal::discovery::{DeviceClass, Places};
use hal::simulators::{HID_POS_DESCRIPTOR, VirtualScanner};
use hal::{
    CashDrawer, DeviceId, DrawerDevice, DrawerPort, Framing, JobId, PortState, Scanner,
    ScannerDevice, SerialLink, UsbLink,
};
use rustix::fs::inotify;

use crate::support::{Counter, until};

/// A machine with its folders.
struct Machine {
    folder: tempfile::TempDir,
    places: Places,
}

impl Machine {
    fn new() -> Machine {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let places = Places {
            sys: at("sys"),
            dev: at("dev"),
            proc: at("proc"),
        };
        Machine { folder, places }
    }

    fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn link(&self, link: &str, leads: &str) {
        let path = self.folder.path().join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::create_dir_all(self.folder.path().join(leads)).unwrap();
        symlink(self.folder.path().join(leads), path).unwrap();
    }

    /// A USB device with an interface; returns the folder of the interface.
    fn usb(&self, port: &str, vendor: &str, product: &str, serial: &str, name: &str) -> String {
        let device = format!("sys/devices/pci/usb1/{port}");
        self.write(&format!("{device}/idVendor"), format!("{vendor}\n"));
        self.write(&format!("{device}/idProduct"), format!("{product}\n"));
        self.write(&format!("{device}/product"), format!("{name}\n"));
        if !serial.is_empty() {
            self.write(&format!("{device}/serial"), format!("{serial}\n"));
        }
        let interface = format!("{device}/{port}:1.0");
        fs::create_dir_all(self.folder.path().join(&interface)).unwrap();
        interface
    }

    fn dev(&self, name: &str) -> PathBuf {
        self.places.dev.join(name)
    }
}

fn shop() -> Machine {
    let machine = Machine::new();
    // A printer of the USB class.
    let printer = machine.usb("1-1", "04b8", "0e15", "A1", "TM-T20II");
    machine.write(&format!("{printer}/bInterfaceClass"), "07\n");
    machine.write(&format!("{printer}/bInterfaceSubClass"), "01\n");
    machine.link("sys/class/usbmisc/lp0/device", &printer);
    // A scale behind a converter, with a name of udev.
    let converter = machine.usb("1-2", "0403", "6001", "FT99", "FT232R USB UART");
    let port = format!("{converter}/ttyUSB0");
    machine.link(
        &format!("{port}/driver"),
        "sys/bus/usb-serial/drivers/ftdi_sio",
    );
    machine.link("sys/class/tty/ttyUSB0/device", &port);
    machine.write("dev/ttyUSB0", "");
    fs::create_dir_all(machine.dev("serial/by-id")).unwrap();
    let by_id = machine.dev("serial/by-id/usb-FTDI_FT232R_USB_UART_FT99-if00-port0");
    symlink("../../ttyUSB0", by_id).unwrap();
    // A port of the machine, one that is not there, a console.
    machine.link("sys/devices/pnp0/driver", "sys/bus/pnp/drivers/serial");
    machine.link("sys/class/tty/ttyS0/device", "sys/devices/pnp0");
    machine.write("sys/class/tty/ttyS0/type", "4\n");
    machine.link(
        "sys/devices/platform/driver",
        "sys/bus/platform/drivers/serial8250",
    );
    machine.link("sys/class/tty/ttyS1/device", "sys/devices/platform");
    machine.write("sys/class/tty/ttyS1/type", "0\n");
    fs::create_dir_all(machine.places.sys.join("class/tty/tty1")).unwrap();
    // A scanner that is a keyboard, and a power button.
    let keyboard = machine.usb("1-3", "0c2e", "0b01", "K7", "Voyager");
    let input = format!("{keyboard}/0003:0C2E:0B01.0001/input/input5");
    machine.write(&format!("{input}/name"), "Honeywell Voyager\n");
    machine.write(
        &format!("{input}/capabilities/key"),
        "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n",
    );
    machine.link("sys/class/input/event3/device", &input);
    machine.write("dev/input/event3", "");
    fs::create_dir_all(machine.dev("input/by-id")).unwrap();
    symlink(
        "../event3",
        machine.dev("input/by-id/usb-Voyager_K7-event-kbd"),
    )
    .unwrap();
    machine.write(
        "sys/devices/button/input/input0/capabilities/key",
        "10000000000000 0\n",
    );
    machine.link(
        "sys/class/input/event0/device",
        "sys/devices/button/input/input0",
    );
    // A scanner with reports, and a mouse.
    let raw = "sys/devices/hid/0003:05E0:1300.0002";
    machine.write(
        &format!("{raw}/uevent"),
        "DRIVER=hid-generic\nHID_ID=0003:000005E0:00001300\nHID_NAME=Symbol Scanner\nHID_UNIQ=S5\n",
    );
    machine.write(&format!("{raw}/report_descriptor"), HID_POS_DESCRIPTOR);
    machine.link("sys/class/hidraw/hidraw1/device", raw);
    let mouse = "sys/devices/hid/0003:046D:C077.0003";
    machine.write(
        &format!("{mouse}/uevent"),
        "HID_ID=nonsense\nHID_NAME=Mouse\n",
    );
    machine.link("sys/class/hidraw/hidraw0/device", mouse);
    machine
}

#[test]
fn what_is_plugged_in_is_listed_with_names_that_stay() {
    let machine = shop();
    let found = machine.places.discover();
    let listed: Vec<(DeviceClass, &str, &str)> = found
        .iter()
        .map(|device| {
            let path = device.path.strip_prefix(&machine.places.dev).unwrap();
            (device.class, path.to_str().unwrap(), device.name.as_str())
        })
        .collect();
    assert_eq!(
        listed,
        [
            (DeviceClass::UsbPrinter, "usb/lp0", "TM-T20II"),
            (DeviceClass::SerialPort, "ttyS0", ""),
            (DeviceClass::SerialPort, "ttyUSB0", "FT232R USB UART"),
            (DeviceClass::Keyboard, "input/event3", "Honeywell Voyager"),
            (DeviceClass::HidPosScanner, "hidraw1", "Symbol Scanner"),
            (DeviceClass::Hid, "hidraw0", "Mouse"),
        ]
    );
    let [_, board, converter, keyboard, scanner, mouse] = &found[..] else {
        panic!("six devices");
    };
    assert_eq!(board.driver, "serial");
    assert_eq!(
        (board.usb_link(), board.best_name()),
        (None, board.path.as_path())
    );
    assert_eq!(converter.driver, "ftdi_sio");
    assert_eq!(
        converter.best_name(),
        machine.dev("serial/by-id/usb-FTDI_FT232R_USB_UART_FT99-if00-port0")
    );
    assert_eq!(
        keyboard.best_name(),
        machine.dev("input/by-id/usb-Voyager_K7-event-kbd")
    );
    let id = |vendor, product, serial: &str| UsbLink::Id {
        vendor,
        product,
        serial: Some(serial.to_owned()),
    };
    assert_eq!(converter.usb_link(), Some(id(0x0403, 0x6001, "FT99")));
    assert_eq!(keyboard.usb_link(), Some(id(0x0C2E, 0x0B01, "K7")));
    assert_eq!(scanner.usb_link(), Some(id(0x05E0, 0x1300, "S5")));
    assert_eq!(mouse.usb_link(), None);
}

#[test]
fn a_machine_without_anything_has_an_empty_list() {
    assert_eq!(Machine::new().places.discover(), []);
    // Whatever this machine has, reading it changes nothing and fails nowhere.
    for device in hal::discovery::discover() {
        assert!(device.path.starts_with("/dev"), "{device:?}");
        assert!(!device.class.name().is_empty());
    }
}

#[test]
fn the_program_that_has_a_port_open_is_named() {
    let machine = Machine::new();
    machine.write("dev/ttyUSB0", "");
    machine.write("proc/77/comm", "modem-manager\n");
    fs::create_dir_all(machine.places.proc.join("77/fd")).unwrap();
    symlink(machine.dev("ttyUSB0"), machine.places.proc.join("77/fd/5")).unwrap();
    machine.write("proc/78/comm", "another\n");
    machine.write("proc/uptime", "1 2\n");
    let owners = machine.places.owners(&machine.dev("ttyUSB0"));
    assert_eq!(owners.len(), 1);
    assert_eq!(
        (owners[0].process, owners[0].name.as_str()),
        (77, "modem-manager")
    );
    assert_eq!(machine.places.owners(Path::new("/nowhere")), []);

    // And the real one: this test has its port open itself.
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let (link, events) = (device.link(), counter.events.clone());
    let scanner =
        ScannerDevice::start(DeviceId(1), link.clone(), Framing::default(), events).unwrap();
    until("an open port", || scanner.port() == PortState::Open);
    let owners = Places::default().owners(&link.path);
    let us = std::process::id();
    assert!(owners.iter().any(|owner| owner.process == us), "{owners:?}");
}

/// Says which of some files were opened, read or written since.
struct Watch {
    watch: std::os::fd::OwnedFd,
}

impl Watch {
    fn of(files: &[PathBuf]) -> Watch {
        let watch = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
        let all = inotify::WatchFlags::OPEN
            | inotify::WatchFlags::ACCESS
            | inotify::WatchFlags::MODIFY
            | inotify::WatchFlags::ATTRIB;
        for file in files {
            inotify::add_watch(&watch, file, all).unwrap();
        }
        Watch { watch }
    }

    fn seen(&self) -> usize {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.watch, &mut buffer);
        std::iter::from_fn(|| reader.next().ok().map(drop)).count()
    }
}

#[test]
fn looking_for_devices_opens_no_port_and_writes_to_none() {
    let machine = shop();
    let counter = Counter::new();
    // Something listens at each port of the machine, whatever class the kernel takes it for.
    let names = [
        "usb/lp0",
        "ttyS0",
        "ttyUSB0",
        "input/event3",
        "hidraw1",
        "hidraw0",
    ];
    let listeners = names.map(|name| {
        let listener = VirtualScanner::on_pty(counter.path(&name.replace('/', "-"))).unwrap();
        let port = machine.dev(name);
        fs::create_dir_all(port.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&port);
        symlink(fs::canonicalize(&listener.link().path).unwrap(), port).unwrap();
        listener
    });
    let ports = names.map(|name| fs::canonicalize(machine.dev(name)).unwrap());
    let watch = Watch::of(&ports);
    let found = machine.places.discover();
    assert_eq!(found.len(), names.len());
    for device in &found {
        machine.places.owners(&device.path);
        assert!(device.best_name().starts_with(&machine.places.dev));
    }
    assert_eq!(watch.seen(), 0, "a port was touched");
    assert!(listeners.iter().all(|it| it.received().is_empty()));
    // It would have been seen: the one that the till is told of is opened, and no other.
    let drawer = DrawerPort {
        link: SerialLink::new(machine.dev("ttyUSB0"), 9_600),
        pulse: vec![7],
        sensor: None,
    };
    let drawer = DrawerDevice::start(DeviceId(1), drawer, counter.events.clone()).unwrap();
    until("an open port", || drawer.port() == PortState::Open);
    drawer.open_drawer(JobId(1)).unwrap();
    until("the pulse", || listeners[2].received() == [7]);
    assert!(watch.seen() > 0);
    assert!(listeners.iter().all(|it| it.received().is_empty()));
}
