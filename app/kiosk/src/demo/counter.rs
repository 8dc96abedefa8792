//! A counter of virtual devices: they speak their real bytes over real ptys.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hal::simulators::{FaultFile, Switchable, VirtualPrinter, VirtualScanner, VirtualTerminal};
use hal::{
    CompletionReport, Cover, DeviceId, HalError, Paper, PrinterDevice, PrinterProfile,
    ScannerDevice, ScannerProfile,
};

use super::besides::Besides;
use crate::attached::{AttachedScanner, DeviceSet};
use crate::printer_config::letters;
use crate::queue::Events;
use crate::terminal_config::{TerminalConfig, TerminalKind};
use crate::typesetting::ToldFonts;

/// The currency of the demo shop, by its number in ISO 4217.
const DOLLAR: u16 = 840;

/// Printer, drawer, scanner and card terminal of the demo.
pub struct Counter {
    printer: Arc<VirtualPrinter>,
    scanner: Arc<VirtualScanner>,
    terminal: Arc<VirtualTerminal>,
    besides: Option<Besides>,
    card_modes: BTreeSet<String>,
    folder: PathBuf,
    _faults: FaultFile,
}

impl Counter {
    /// Devices whose ptys are linked from this folder as `printer` and `scanner`, with the faults
    /// that a file `faults` in it says.
    ///
    /// # Errors
    /// [`HalError`] when the system has no pty to give.
    pub fn new(folder: &Path) -> Result<Self, HalError> {
        Self::with(folder, None)
    }

    /// The same with a scale, a line display, and a drawer with a port of its own.
    ///
    /// # Errors
    /// As [`Counter::new`].
    pub fn whole(folder: &Path) -> Result<Self, HalError> {
        Self::with(folder, Some(Besides::new(folder)?))
    }

    fn with(folder: &Path, besides: Option<Besides>) -> Result<Self, HalError> {
        let printer = Arc::new(VirtualPrinter::on_pty(folder.join("printer"))?);
        let scanner = Arc::new(VirtualScanner::on_pty(folder.join("scanner"))?);
        let terminal = Arc::new(VirtualTerminal::on_tcp()?);
        terminal.set_currency(DOLLAR);
        let mut devices: Vec<(String, Arc<dyn Switchable>)> = vec![
            ("printer".to_owned(), printer.clone()),
            ("scanner".to_owned(), scanner.clone()),
            ("terminal".to_owned(), terminal.clone()),
        ];
        devices.extend(besides.iter().flat_map(Besides::switchable));
        let complain = |problem| eprintln!("faults: {problem}");
        Ok(Self {
            _faults: FaultFile::watch(folder.join("faults"), devices, complain)?,
            printer,
            scanner,
            terminal,
            besides,
            card_modes: BTreeSet::new(),
            folder: folder.to_owned(),
        })
    }

    /// Has this mode of payment taken by the card terminal, from the next start of a till on.
    pub fn serve_cards(&mut self, mode_of_payment: &str) {
        self.card_modes.insert(mode_of_payment.to_owned());
    }

    /// The till's ends of the devices.
    ///
    /// # Errors
    /// [`HalError`] when a thread cannot be started.
    pub fn devices(&self, events: &Arc<Events>) -> Result<DeviceSet, HalError> {
        // 80 mm paper, from a printer that says when a receipt is out.
        let profile = PrinterProfile {
            completion: CompletionReport::GsParenH,
            ..PrinterProfile::generic_80mm()
        };
        let link = self.printer.link();
        let fonts = ToldFonts::new(letters(), events);
        let printer = PrinterDevice::start_with(DeviceId(1), link, profile, fonts, events.clone())?;
        let id = DeviceId(2);
        let link = self.scanner.link();
        let device = ScannerDevice::start(id, link, ScannerProfile::bell(), events.clone())?;
        let scanner = AttachedScanner { id, device };
        let terminal = TerminalConfig {
            kind: TerminalKind::Zvt,
            address: Some(self.terminal.address()),
            password: None,
            characters: None,
            modes_of_payment: self.card_modes.clone(),
            ask_person_after_seconds: None,
            merchant_receipt: None,
        };
        let terminal = (!self.card_modes.is_empty()).then(|| terminal.start(events));
        let besides = self.besides.as_ref().map(|besides| besides.start(events));
        let besides = besides.transpose()?.unwrap_or_default();
        Ok(DeviceSet {
            terminal: terminal.transpose()?.flatten(),
            printer: Some(printer),
            scanners: vec![scanner],
            ..besides
        })
    }

    /// The printer, to look at its paper.
    pub fn printer(&self) -> &VirtualPrinter {
        &self.printer
    }

    /// The scanner, to hold codes to it.
    pub fn scanner(&self) -> &VirtualScanner {
        &self.scanner
    }

    /// The card terminal, to see what it took.
    pub fn terminal(&self) -> &VirtualTerminal {
        &self.terminal
    }

    /// Scans each line typed in the terminal; some words work the printer instead.
    pub fn listen_to_terminal(&self) {
        eprintln!("Type a barcode and Enter to scan it, for example 9780000001009.");
        eprintln!("Or: paper out, paper in, cover open, cover closed, receipt (writes a picture).");
        let (printer, scanner) = (self.printer.clone(), self.scanner.clone());
        let picture = self.folder.join("receipt.png");
        let besides = self.besides.clone();
        if let Some(besides) = &besides {
            eprintln!("Or: weight 1.255 (kilograms on the scale), drawer closed.");
            besides.tell_display();
        }
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                let mut done = Ok(());
                match line.trim() {
                    "" => {}
                    "paper out" => printer.set_paper(Paper::Empty),
                    "paper in" => printer.set_paper(Paper::Present),
                    "cover open" => printer.set_cover(Cover::Open),
                    "cover closed" => printer.set_cover(Cover::Closed),
                    "receipt" => done = write_picture(&printer, &picture),
                    line if besides.as_ref().is_some_and(|it| it.obey(line)) => {}
                    code => done = scanner.scan(code).map_err(|error| error.to_string()),
                }
                if let Err(error) = done {
                    eprintln!("{error}");
                }
            }
        });
    }
}

fn write_picture(printer: &VirtualPrinter, path: &Path) -> Result<(), String> {
    let png = printer.png().map_err(|error| error.to_string())?;
    std::fs::write(path, png).map_err(|error| format!("{}: {error}", path.display()))?;
    eprintln!("{}", path.display());
    Ok(())
}
