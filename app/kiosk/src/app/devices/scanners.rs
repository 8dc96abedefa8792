//! Scanners: whose code it was, and telling its device what became of it.

use checkout::till::Sound;
use hal::{DeviceId, FrameFault, ScanSignal, ScannedCode, Scanner};

use super::super::App;
use super::Devices;
use crate::attached::AttachedScanner;
use crate::screens::manager::devices::NamedScanner;
use crate::screens::words::Words;
use crate::ui::Level;

impl Devices {
    /// The scanners with a device of their own, each by a name that tells it from the others, and
    /// how they are.
    pub(in crate::app) fn scanners(&self) -> Vec<NamedScanner> {
        let scanners = self.set.scanners.iter().enumerate();
        scanners
            .map(|(at, scanner)| NamedScanner {
                name: match self.set.scanners.len() {
                    1 => "Scanner".to_owned(),
                    _ => format!("Scanner {}", at + 1),
                },
                port: scanner.device.port(),
                fault: scanner.device.fault(),
            })
            .collect()
    }

    fn scanner(&self, id: DeviceId) -> Option<&AttachedScanner> {
        self.set.scanners.iter().find(|scanner| scanner.id == id)
    }

    /// Tells the scanner whose code is being looked at what became of it, once. Most cannot be
    /// told.
    pub(super) fn signal(&mut self, sound: Sound) {
        if std::mem::replace(&mut self.signalled, true) {
            return;
        }
        let signal = match sound {
            Sound::Taken => ScanSignal::Good,
            Sound::Refused => ScanSignal::Error,
        };
        if let Some(scanner) = self.scanning.and_then(|id| self.scanner(id)) {
            let _cannot = scanner.device.signal(signal);
        }
    }

    /// What was scanned was somebody's badge, or may be: nobody may see its bytes.
    pub(in crate::app) fn forget_scan(&self) {
        if let Some(scanner) = self.scanning.and_then(|id| self.scanner(id)) {
            scanner.device.forget_traffic();
        }
    }
}

impl App {
    /// A scanner read something, or something that is no code.
    pub(super) fn scanner_read(
        &mut self,
        scanner: DeviceId,
        read: Result<ScannedCode, FrameFault>,
    ) {
        self.devices.scanning = Some(scanner);
        self.devices.signalled = false;
        if !self.is_signed_in() {
            self.devices.forget_scan();
        }
        let text = read.map(|code| {
            // What kind of code it was decides what it means.
            let aim = code.aim.map(|aim| {
                let [letter, modifier] = [aim.code, aim.modifier].map(char::from);
                format!("]{letter}{modifier}")
            });
            let text = code.text()?;
            Some(format!("{}{text}", aim.unwrap_or_default()))
        });
        match text {
            Ok(Some(text)) => self.scanned(&text),
            Ok(None) => self.scan_refused(rejected(FrameFault::Garbled)),
            Err(fault) => self.scan_refused(rejected(fault)),
        }
        self.devices.scanning = None;
    }

    fn scan_refused(&mut self, words: Words) {
        self.devices.signal(Sound::Refused);
        self.tell(words);
    }
}

/// What a scan that is no code means.
fn rejected(fault: FrameFault) -> Words {
    let (title, remedy) = match fault {
        FrameFault::Overlong { .. } => (
            "That code is too long for the till",
            "Scan the item's own barcode.",
        ),
        FrameFault::Empty => ("The scanner read nothing", "Scan again."),
        FrameFault::Truncated { .. } | FrameFault::Lost => (
            "Only a part of a code was read",
            "Scan again. If it happens often, check the scanner's cable.",
        ),
        FrameFault::Garbled | FrameFault::WrongParity | FrameFault::OtherDevice => (
            "The scanner sent something that is no text",
            "Scan again. If it happens often, check the scanner's set-up.",
        ),
    };
    Words::new(Level::Warning, title, "", remedy)
}
