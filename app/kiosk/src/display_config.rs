//! The line display as `till.toml` names it, and starting it.

use std::path::PathBuf;
use std::sync::Arc;

use hal::printer::CodePageNumber;
use hal::{
    CodePage, DeviceId, DisplayProfile, HalError, LineDisplayDevice, LineDisplayHandle, SerialLink,
};
use serde::{Deserialize, Serialize};

use crate::printer_changes::{read_code_page, write_code_page};
use crate::queue::Events;
use crate::serial_config::{Characters, Parity};

/// The display's number among the devices.
const DISPLAY: DeviceId = DeviceId(6);
/// The usual speed of a serial port.
const BAUD: u32 = 9_600;

/// The line display in front of the customer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisplayConfig {
    /// The language it is set to.
    pub profile: DisplayModel,
    /// Its serial port, where it has one of its own.
    pub port: Option<PathBuf>,
    /// The speed of its port.
    pub baud: Option<u32>,
    /// Data bits of a character on its port, 7 or 8; 8 where nothing is said.
    pub data_bits: Option<u8>,
    /// The parity of a character on its port; none where nothing is said.
    pub parity: Option<Parity>,
    /// Stop bits behind a character, 1 or 2; 1 where nothing is said.
    pub stop_bits: Option<u8>,
    /// Whether the printer's cable goes through it, so that both share the printer's port.
    #[serde(default)]
    pub through_printer: bool,
    /// Characters on a line; 20 where none is said.
    pub columns: Option<u8>,
    /// The characters it shows, with the number by which it knows them, `cp866:17`; without a number
    /// where a switch at the display chooses them, `cp866`. The profile's where nothing is said.
    pub code_page: Option<DisplayCodePage>,
    /// How bright it is, in per cent.
    pub brightness: Option<u8>,
    /// What it says while nothing is sold: two lines. The company's name where none is said.
    #[serde(default)]
    pub welcome: Vec<String>,
    /// What it says while nobody sells here: two lines.
    #[serde(default)]
    pub closed: Vec<String>,
}

/// The characters of a display, written `cp858:19` or `cp858`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayCodePage {
    page: CodePage,
    number: Option<u8>,
}

impl TryFrom<String> for DisplayCodePage {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let (page, number) = read_code_page(&written)?;
        Ok(Self { page, number })
    }
}

impl From<DisplayCodePage> for String {
    fn from(DisplayCodePage { page, number }: DisplayCodePage) -> Self {
        write_code_page(page, number)
    }
}

/// The language of a display, by one of the names in [`DisplayProfile::NAMES`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayModel(String);

impl TryFrom<String> for DisplayModel {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if DisplayProfile::named(&name).is_some() {
            return Ok(Self(name));
        }
        let known = DisplayProfile::NAMES.join(", ");
        Err(format!(
            "there is no line display profile {name:?}; there are {known}"
        ))
    }
}

impl From<DisplayModel> for String {
    fn from(model: DisplayModel) -> Self {
        model.0
    }
}

impl DisplayConfig {
    /// What is wrong with it, in words. `has_printer` is a printer that it can share a line with.
    pub(crate) fn problem(&self, has_printer: bool) -> Option<String> {
        match (&self.port, self.through_printer) {
            (None, false) | (Some(_), true) => {
                return Some(
                    "[line_display] needs either port = \"/dev/ttyUSB2\" or through_printer = true"
                        .to_owned(),
                );
            }
            (None, true) if !has_printer => {
                return Some(
                    "[line_display] through_printer = true needs a [printer] that speaks ESC/POS; \
                     give the display a port of its own"
                        .to_owned(),
                );
            }
            _ => {}
        }
        let characters = self.characters();
        let of_ports = self.baud.map(|_| "baud").or(characters.field());
        if let Some(field) = of_ports.filter(|_| self.through_printer) {
            return Some(format!(
                "[line_display] {field} is for a port of its own; through the printer it has the \
                 printer's, leave it out"
            ));
        }
        if let Some(problem) = characters.problem("line_display") {
            return Some(problem);
        }
        if let Some(columns) = self.columns.filter(|it| !(8..=40).contains(it)) {
            return Some(format!(
                "[line_display] columns = {columns} must be between 8 and 40"
            ));
        }
        if let Some(brightness) = self.brightness.filter(|it| *it > 100) {
            return Some(format!(
                "[line_display] brightness = {brightness} must be between 0 and 100"
            ));
        }
        for (name, lines) in [("welcome", &self.welcome), ("closed", &self.closed)] {
            if lines.len() > 2 {
                return Some(format!(
                    "[line_display] {name} has {} lines; the display has two",
                    lines.len()
                ));
            }
        }
        None
    }

    fn characters(&self) -> Characters {
        Characters {
            data_bits: self.data_bits,
            parity: self.parity,
            stop_bits: self.stop_bits,
        }
    }

    fn own_profile(&self) -> DisplayProfile {
        let usual = DisplayProfile::named(&self.profile.0).unwrap_or(DisplayProfile::cd5220());
        let mut profile = DisplayProfile {
            columns: self.columns.unwrap_or(usual.columns),
            brightness: self.brightness.unwrap_or(usual.brightness),
            ..usual
        };
        if let Some(DisplayCodePage { page, number }) = self.code_page {
            match number {
                Some(number) => profile = profile.code_page(CodePageNumber { page, number }),
                None => {
                    profile.code_page = page;
                    profile.select_code_page.clear();
                }
            }
        }
        profile
    }

    /// How the printer speaks to it, where they share a line.
    pub fn shared(&self) -> Option<DisplayProfile> {
        self.through_printer.then(|| self.own_profile())
    }

    /// Starts one that has a port of its own.
    ///
    /// # Errors
    /// [`HalError`] when its thread cannot be started.
    pub fn start(&self, events: &Arc<Events>) -> Result<Option<LineDisplayHandle>, HalError> {
        let Some(port) = self.port.as_ref().filter(|_| !self.through_printer) else {
            return Ok(None);
        };
        let link = SerialLink::new(port, self.baud.unwrap_or(BAUD));
        let link = self.characters().on(link);
        LineDisplayDevice::start(DISPLAY, link, self.own_profile(), events.clone()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;

    fn read(tables: &str) -> Result<DisplayConfig, String> {
        let text = format!("till = \"C1\"\npos_profile = \"Counter 1\"\n{tables}");
        Config::parse(&text, Path::new("/data")).map(|config| config.line_display.unwrap())
    }

    #[test]
    fn a_display_shows_the_characters_that_are_set_up() {
        let read = |code_page: &str| {
            read(&format!(
                "[line_display]\nprofile = \"cd5220\"\nport = \"/dev/ttyS2\"\n{code_page}"
            ))
        };
        let greek = read("code_page = \"cp737:24\"").unwrap();
        assert_eq!(greek.own_profile().code_page, CodePage::Pc737);
        assert_eq!(greek.own_profile().select_code_page, [0x1B, b't', 24]);
        let switched = read("code_page = \"cp866\"").unwrap();
        assert_eq!(switched.own_profile().code_page, CodePage::Pc866);
        assert!(switched.own_profile().select_code_page.is_empty());
        let written = toml::to_string(&greek).unwrap();
        assert!(written.contains("code_page = \"cp737:24\""), "{written}");
        let none = read("").unwrap();
        assert_eq!(none.own_profile(), DisplayProfile::cd5220());
        for (code_page, told) in [
            ("code_page = \"latin9\"", "there are cp437"),
            ("code_page = \"cp866:300\"", "between 0 and 255"),
        ] {
            let problem = read(code_page).unwrap_err();
            assert!(problem.contains(told), "{code_page}: {problem}");
        }
    }

    #[test]
    fn a_display_has_a_port_or_shares_the_printers_and_nothing_else() {
        let own = read("[line_display]\nprofile = \"cd5220\"\nport = \"/dev/ttyS2\"").unwrap();
        assert_eq!(own.shared(), None);
        let printer = "[printer]\naddress = \"192.168.1.50:9100\"\n";
        let through = "[line_display]\nprofile = \"esc-pos\"\nthrough_printer = true\n";
        let shared = read(&format!("{printer}{through}columns = 40")).unwrap();
        assert_eq!(shared.shared().unwrap().columns, 40);
        let star = "[printer]\naddress = \"192.168.1.50:9100\"\nprofile = \"star-mcprint3\"\n";
        for (tables, told) in [
            (through.to_owned(), "needs a [printer]"),
            (format!("{star}{through}"), "that speaks ESC/POS"),
            (format!("{printer}{through}baud = 9600"), "leave it out"),
            (format!("{printer}{through}columns = 60"), "8 and 40"),
            (
                format!("{printer}{through}welcome = [\"a\", \"b\", \"c\"]"),
                "has two",
            ),
            (
                "[line_display]\nprofile = \"cd5220\"".to_owned(),
                "needs either port",
            ),
            (
                "[line_display]\nprofile = \"lcd\"\nport = \"/dev/ttyS2\"".to_owned(),
                "there are cd5220",
            ),
        ] {
            let problem = read(&tables).unwrap_err();
            assert!(problem.contains(told), "{tables}: {problem}");
        }
    }
}
