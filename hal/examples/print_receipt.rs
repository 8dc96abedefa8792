//! Prints a receipt and opens the drawer.
//!
//! ```text
//! cargo run -p hal --example print_receipt                          a virtual printer; writes a PNG
//! cargo run -p hal --example print_receipt -- /dev/ttyUSB0 19200    a serial printer
//! cargo run -p hal --example print_receipt -- 192.168.1.50:9100     a network printer
//! cargo run -p hal --example print_receipt -- /dev/usb/lp0          a USB printer
//! ```

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hal::raster::Fonts;
use hal::simulators::VirtualPrinter;
use hal::{
    Barcode, CashDrawer, CompletionReport, DeviceEvent, DeviceId, EventQueue, Job, JobId, JobState,
    PosPrinter, PrinterDevice, PrinterLink, PrinterProfile, Qr, SerialLink, Style, UsbLink,
    block_on, encoded_len,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut profile = PrinterProfile::generic_80mm();
    let folder = std::env::temp_dir();
    let (link, paper) = match arguments.as_slice() {
        [] => {
            // The virtual printer can tell when a job is done; not every real one can.
            profile.completion = CompletionReport::GsParenH;
            let name = format!("printer-{}", std::process::id());
            let printer = VirtualPrinter::on_pty(folder.join(name))?;
            (printer.link(), Some(printer))
        }
        [path] if path.starts_with('/') => (PrinterLink::Usb(UsbLink::Path(path.into())), None),
        [address] => (PrinterLink::Tcp(address.parse()?), None),
        [path, baud, ..] => (
            PrinterLink::Serial(SerialLink::new(path, baud.parse()?)),
            None,
        ),
    };

    let receipt = receipt()?;
    println!("{} bytes on the wire", encoded_len(&receipt, &profile));

    let events = Arc::new(EventQueue::<DeviceEvent, 64>::new());
    // What the printer has no letters for is set with the system's fonts, if it has any.
    let fonts = Fonts::new().folder("/usr/share/fonts");
    let printer = PrinterDevice::start_with(DeviceId(0), link, profile, fonts, events.clone())?;
    printer.open_drawer(JobId(1))?;
    printer.print(JobId(2), receipt)?;

    while let Some(event) = block_on(events.receive(), Some(Duration::from_secs(60))) {
        tell(&event);
        if let DeviceEvent::Job {
            job: JobId(2),
            state,
            ..
        } = event
            && state.is_final()
        {
            break;
        }
    }
    if let Some(paper) = paper {
        let picture = folder.join("receipt.png");
        std::fs::write(&picture, paper.png()?)?;
        println!("{} is what the paper looks like", picture.display());
    }
    Ok(())
}

fn tell(event: &DeviceEvent) {
    match event {
        DeviceEvent::Printer { status, .. } => match status.hindrance() {
            Some(hindrance) => println!("{hindrance}: {}", hindrance.remedy()),
            None => println!("ready, paper {:?}", status.paper),
        },
        DeviceEvent::Drawer { drawer, .. } => println!("the drawer is {drawer:?}"),
        DeviceEvent::Job { job, state, .. } => {
            let what = if *job == JobId(1) {
                "drawer"
            } else {
                "receipt"
            };
            match state {
                JobState::Queued(Some(hindrance)) | JobState::Sending(Some(hindrance)) => {
                    println!("{what} waits, {hindrance}: {}", hindrance.remedy());
                }
                state => println!("{what}: {state:?}"),
            }
        }
        _ => {}
    }
}

fn receipt() -> Result<Job, hal::HalError> {
    let mut job = Job::new();
    job.line("Harbour Books", Style::center().emphasized().double())
        .line(
            "12 Quay Street, Portland\nTel. 207 555 0142",
            Style::center(),
        )
        .feed(1)
        .pair("Receipt T1-000042", "2026-11-23 15:42", Style::plain())
        .pair("Till T1", "Cashier Maya", Style::plain())
        .rule()
        .pair("The Salt Road", "7.99", Style::plain())
        .pair(
            "Café au lait, large, with oat milk and an extra shot",
            "4.80",
            Style::plain(),
        )
        .text("  2 x 2.40")
        .pair("Box of 12 pencils", "11.50", Style::plain())
        .line("Ευχαριστούμε, شكرا, תודה", Style::center())
        .rule()
        .pair("Net", "22.44", Style::plain())
        .pair("Sales tax 8.25 %", "1.85", Style::plain())
        .pair("TOTAL USD", "24.29", Style::plain().emphasized().double())
        .feed(1)
        .pair("Cash", "30.00", Style::plain())
        .pair("Change", "5.71", Style::plain().emphasized())
        .feed(1)
        .qr(Qr::new("https://harbourbooks.example/r/T1-000042")?)
        .feed(1)
        .barcode(Barcode::ean13("9780000001009")?)
        .feed(1)
        .barcode(Barcode::code128("T1-000042")?)
        .feed(1)
        .line("Thank you – see you soon…", Style::center())
        .cut();
    Ok(job)
}
