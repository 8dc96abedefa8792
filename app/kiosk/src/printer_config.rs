//! The receipt printer as `till.toml` names it, and starting it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hal::raster::{Fonts, Logo};
use hal::{
    DeviceId, Dialect, DisplayProfile, DrawerPin, FlowControl, HalError, PrinterDevice,
    PrinterHandle, PrinterLink, PrinterProfile, SerialLink, SignalLevel,
};
use serde::{Deserialize, Serialize};

use crate::printer_changes::PrinterChanges;
use crate::queue::Events;
use crate::serial_config::{Characters, Parity};
use crate::typesetting::ToldFonts;
use crate::usb_name::UsbName;

/// Letters of Latin, Greek and Cyrillic that are always there.
const LETTERS: &[u8] = include_bytes!("../../ui/fonts/IBMPlexSans-Regular.ttf");
const STRONG_LETTERS: &[u8] = include_bytes!("../../ui/fonts/IBMPlexSans-SemiBold.ttf");
/// The largest logo file.
const LARGEST_LOGO: u64 = 16 * 1024 * 1024;

/// Where the receipt printer is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterConfig {
    /// Its serial port.
    pub port: Option<PathBuf>,
    /// The speed of the serial port.
    #[serde(default = "printer_baud")]
    pub baud: u32,
    /// Who stops whom on the serial port when a buffer is full. `rts-cts` wherever the cable has the
    /// lines: without any, what does not fit into the printer while its paper is out is lost.
    #[serde(default)]
    pub flow: Flow,
    /// Whether it can answer. `false` for one on a line of one direction only: it prints all the
    /// same, and after each receipt the till says that somebody should look whether it came out.
    #[serde(default = "answers")]
    pub answers: bool,
    /// Data bits of a character on the serial port, 7 or 8; 8 where nothing is said.
    pub data_bits: Option<u8>,
    /// The parity of a character on the serial port; none where nothing is said.
    pub parity: Option<Parity>,
    /// Stop bits behind a character, 1 or 2; 1 where nothing is said.
    pub stop_bits: Option<u8>,
    /// Its address on the network, `192.168.1.50:9100`, instead of a port.
    pub address: Option<SocketAddr>,
    /// On USB, instead of a port: its numbers, `04b8:0e15`, with `:` and its serial number where
    /// two of a kind hang on one till; or a path such as `/dev/usb/lp0`.
    pub usb: Option<UsbName>,
    /// Its model.
    #[serde(default)]
    pub profile: PrinterModel,
    /// Folders with fonts for scripts that the printer has no letters for.
    #[serde(default = "font_folders")]
    pub fonts: Vec<PathBuf>,
    /// The language whose forms Chinese characters get: `ja`, `ko`, `zh-CN`, `zh-TW`, `zh-HK`.
    #[serde(default)]
    pub language: String,
    /// A PNG file that is printed at the head of receipts; from the data folder.
    pub logo: Option<PathBuf>,
    /// The pin of the drawer port that opens the drawer: 2 or 5.
    pub drawer_pin: Option<u8>,
    /// The level of the drawer's sensor while it is open; `none` where it has no sensor.
    pub drawer_open_when: Option<Level>,
    /// Length of the pulse in milliseconds.
    pub drawer_pulse_ms: Option<u16>,
    /// What it does otherwise than its profile says.
    #[serde(default, skip_serializing_if = "PrinterChanges::is_empty")]
    pub changes: PrinterChanges,
}

/// Who stops whom on a serial port.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// Nobody.
    #[default]
    None,
    /// The lines RTS and CTS.
    RtsCts,
    /// The line DSR.
    Dsr,
    /// The bytes XON and XOFF.
    XonXoff,
}

/// A level of a sensor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// High.
    #[default]
    High,
    /// Low.
    Low,
    /// There is no sensor.
    None,
}

/// The model of a printer, by one of the names in [`PrinterProfile::NAMES`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrinterModel(String);

impl PrinterModel {
    /// What the model can do.
    fn profile(&self) -> PrinterProfile {
        PrinterProfile::named(&self.0).unwrap_or(PrinterProfile::generic_80mm())
    }
}

impl Default for PrinterModel {
    fn default() -> Self {
        Self("generic80".to_owned())
    }
}

impl TryFrom<String> for PrinterModel {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if PrinterProfile::named(&name).is_some() {
            return Ok(Self(name));
        }
        let known = PrinterProfile::NAMES.join(", ");
        Err(format!(
            "there is no printer profile {name:?}; there are {known}"
        ))
    }
}

impl From<PrinterModel> for String {
    fn from(model: PrinterModel) -> Self {
        model.0
    }
}

fn answers() -> bool {
    true
}

fn printer_baud() -> u32 {
    19_200
}

fn font_folders() -> Vec<PathBuf> {
    vec!["/usr/share/fonts".into(), "/usr/local/share/fonts".into()]
}

impl PrinterConfig {
    /// What is wrong with it, if anything is.
    pub fn problem(&self) -> Option<String> {
        let ways = [
            self.port.is_some(),
            self.address.is_some(),
            self.usb.is_some(),
        ];
        if ways.into_iter().filter(|way| *way).count() != 1 {
            return Some("[printer] needs either a port, an address or usb".to_owned());
        }
        let characters = self.characters();
        if let Some(problem) = characters.problem("printer") {
            return Some(problem);
        }
        if let Some(field) = characters.field().filter(|_| self.port.is_none()) {
            return Some(format!(
                "[printer] {field} is for a printer on a serial port; leave it out"
            ));
        }
        if let Some(problem) = self.changes.problem(self.profile.profile().dialect) {
            return Some(problem);
        }
        match self.drawer_pin {
            None | Some(2 | 5) => None,
            Some(pin) => Some(format!("drawer_pin = {pin} must be 2 or 5")),
        }
    }

    fn characters(&self) -> Characters {
        Characters {
            data_bits: self.data_bits,
            parity: self.parity,
            stop_bits: self.stop_bits,
        }
    }

    /// What the printer can do, with the drawer as it is wired here.
    fn own_profile(&self) -> PrinterProfile {
        let mut profile = self.changes.made_to(self.profile.profile());
        profile.answers = self.answers;
        let drawer = &mut profile.drawer;
        match self.drawer_pin {
            Some(2) => drawer.pin = DrawerPin::Pin2,
            Some(5) => drawer.pin = DrawerPin::Pin5,
            _ => {}
        }
        if let Some(level) = self.drawer_open_when {
            drawer.open_when = signal(level);
        }
        drawer.on_ms = self.drawer_pulse_ms.unwrap_or(drawer.on_ms);
        profile
    }

    /// Whether a line display can share its line.
    pub(crate) fn can_share_line(&self) -> bool {
        self.profile.profile().dialect == Dialect::EscPos
    }

    /// Starts the printer, with the line display whose cable its own goes through.
    ///
    /// # Errors
    /// [`HalError`] when its thread cannot be started.
    pub fn start(
        &self,
        display: Option<DisplayProfile>,
        events: &Arc<Events>,
    ) -> Result<Option<PrinterHandle>, HalError> {
        let link = match (&self.address, &self.usb, &self.port) {
            (Some(address), _, _) => PrinterLink::Tcp(*address),
            (None, Some(usb), _) => PrinterLink::Usb(usb.link().clone()),
            (None, None, Some(port)) => {
                let flow = match self.flow {
                    Flow::None => FlowControl::None,
                    Flow::RtsCts => FlowControl::Hardware,
                    Flow::Dsr => FlowControl::DataSetReady,
                    Flow::XonXoff => FlowControl::Software,
                };
                let link = SerialLink::new(port, self.baud).flow(flow);
                PrinterLink::Serial(self.characters().on(link))
            }
            (None, None, None) => return Ok(None),
        };
        let fonts = self.fonts.iter().fold(letters(), Fonts::folder);
        let fonts = ToldFonts::new(fonts.language(&self.language), events);
        let profile = PrinterProfile {
            line_display: display,
            ..self.own_profile()
        };
        PrinterDevice::start_with(DeviceId(1), link, profile, fonts, events.clone()).map(Some)
    }

    /// The logo for the head of receipts. One that cannot be read is left out, with a line in the
    /// log: a shop sells without it.
    pub fn logo(&self, data: &Path) -> Option<Logo> {
        let path = data.join(self.logo.as_ref()?);
        let dots = self.own_profile().dots_per_line;
        let read = std::fs::metadata(&path)
            .and_then(|found| match found.len() {
                0..=LARGEST_LOGO => std::fs::read(&path),
                _ => Err(std::io::ErrorKind::FileTooLarge.into()),
            })
            .map_err(|error| error.to_string())
            .and_then(|png| Logo::from_png(&png, dots).map_err(|error| error.to_string()));
        match read {
            Ok(logo) => Some(logo),
            Err(problem) => {
                tracing::warn!("{} is not printed: {problem}", path.display());
                None
            }
        }
    }
}

pub(crate) fn signal(level: Level) -> Option<SignalLevel> {
    match level {
        Level::High => Some(SignalLevel::High),
        Level::Low => Some(SignalLevel::Low),
        Level::None => None,
    }
}

/// The fonts that are part of the till.
pub fn letters() -> Fonts {
    Fonts::new().font(LETTERS).font(STRONG_LETTERS)
}
