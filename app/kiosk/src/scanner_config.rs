//! Barcode scanners as `till.toml` names them, and starting them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hal::scanner::MAX_SIGNAL;
use hal::{
    DeviceId, Framing, HalError, HidPosLink, KeyboardLink, ScannerDevice, ScannerHandle,
    ScannerLink, ScannerProfile, SerialLink, UsbLink,
};
use serde::{Deserialize, Serialize};

use crate::queue::Events;
use crate::serial_config::{Characters, Parity};
use crate::usb_name::UsbName;

/// The most scanners of one till.
pub const MOST: usize = 8;
/// The usual speed of a serial port.
const BAUD: u32 = 9_600;
/// How long a silence may be that ends a code, in milliseconds.
const TIMEOUTS: std::ops::RangeInclusive<u16> = 10..=5_000;

/// One barcode scanner: where it is, and how it is spoken to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScannerConfig {
    /// Its serial port, also one of USB.
    pub port: Option<PathBuf>,
    /// The speed of the serial port; 9600 where none is said.
    pub baud: Option<u32>,
    /// Data bits of a character on the serial port, 7 or 8; 8 where nothing is said.
    pub data_bits: Option<u8>,
    /// The parity of a character on the serial port; none where nothing is said.
    pub parity: Option<Parity>,
    /// Stop bits behind a character, 1 or 2; 1 where nothing is said.
    pub stop_bits: Option<u8>,
    /// On USB without a serial port: its numbers, `05f9:4204`, with `:` and its serial number
    /// where there are two of a kind; or a path such as
    /// `/dev/input/by-id/usb-Scanner-event-kbd` or `/dev/hidraw0`.
    pub usb: Option<UsbName>,
    /// What it is on USB; a path says it by itself.
    pub kind: Option<ScannerKind>,
    /// Whether each code ends with Enter or Tab, so that one without is half a code. `None`: as
    /// usual, which is so for keyboards and open for serial ports.
    pub suffix: Option<bool>,
    /// The silence that ends a code without suffix, in milliseconds.
    pub timeout_ms: Option<u16>,
    /// Whether a serial scanner sounds when it is sent BEL: once for a code that was taken, three
    /// times for one that was not.
    pub bell: Option<bool>,
    /// The bytes that make a serial scanner sound or light up for a code that was taken, as its
    /// handbook has them, instead of `bell`.
    pub good_signal: Option<Vec<u8>>,
    /// The bytes that do so for a code that was not taken.
    pub error_signal: Option<Vec<u8>>,
    /// Whether the keys of a keyboard are kept from everything else, as they are where nothing is
    /// said. Off only where the system ignores it already (`LIBINPUT_IGNORE_DEVICE`).
    pub grab: Option<bool>,
}

/// What a scanner on USB is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScannerKind {
    /// A keyboard.
    Keyboard,
    /// A scanner of the class for points of sale.
    HidPos,
}

impl ScannerConfig {
    /// A scanner on a serial port, with the usual speed.
    pub fn on(port: PathBuf) -> Self {
        Self {
            port: Some(port),
            ..Self::default()
        }
    }

    /// Where it is, as it is written.
    pub fn place(&self) -> String {
        match (&self.port, &self.usb) {
            (Some(port), _) => port.display().to_string(),
            (None, Some(usb)) => usb.written().to_owned(),
            (None, None) => String::new(),
        }
    }

    /// What it is on USB; `None` on a serial port.
    pub(crate) fn kind(&self) -> Option<ScannerKind> {
        self.kind.or_else(|| match self.usb.as_ref()?.link() {
            UsbLink::Path(path) if path.to_str()?.starts_with("/dev/hidraw") => {
                Some(ScannerKind::HidPos)
            }
            UsbLink::Path(_) => Some(ScannerKind::Keyboard),
            UsbLink::Id { .. } => None,
        })
    }

    /// What is wrong with it, in words.
    fn problem(&self) -> Option<String> {
        let usb = match (&self.port, &self.usb) {
            (Some(_), Some(_)) => {
                return Some(
                    "[scanner] has a port and usb: a scanner is on one of them, leave the other out"
                        .to_owned(),
                );
            }
            (None, None) => {
                return Some(
                    "[scanner] needs port = \"/dev/ttyACM0\" or usb = \"05f9:4204\"; \
                     `evertill devices` lists what is plugged in"
                        .to_owned(),
                );
            }
            (_, usb) => usb.as_ref(),
        };
        let set = |name: &'static str, is_set: bool| is_set.then_some(name);
        let of_ports = [
            set("baud", self.baud.is_some()),
            self.characters().field(),
            set("bell", self.bell.is_some()),
            set("good_signal", self.good_signal.is_some()),
            set("error_signal", self.error_signal.is_some()),
        ];
        let of_keyboards = [set("grab", self.grab.is_some())];
        let of_both = [
            set("suffix", self.suffix.is_some()),
            set("timeout_ms", self.timeout_ms.is_some()),
        ];
        let first = |names: &[Option<&'static str>]| names.iter().flatten().next().copied();
        let (odd, why) = match usb.map(|usb| (usb, self.kind())) {
            None => (
                first(&of_keyboards).or(set("kind", self.kind.is_some())),
                "is for a scanner on usb",
            ),
            Some((usb, None)) => {
                return Some(format!(
                    "[scanner] usb = {:?} needs kind = \"keyboard\" or kind = \"hid-pos\", as \
                     `evertill devices` lists it",
                    usb.written()
                ));
            }
            Some((_, Some(ScannerKind::Keyboard))) => {
                (first(&of_ports), "is for a scanner on a serial port")
            }
            Some((_, Some(ScannerKind::HidPos))) => (
                first(&of_ports)
                    .or(first(&of_keyboards))
                    .or(first(&of_both)),
                "is not for a HID-POS scanner, which tells by itself where a code ends",
            ),
        };
        if let Some(field) = odd {
            return Some(format!("[scanner] {field} {why}; leave it out"));
        }
        if let Some(problem) = self.characters().problem("scanner") {
            return Some(problem);
        }
        if let Some(problem) = self.signals_problem() {
            return Some(problem);
        }
        match self.timeout_ms {
            Some(timeout) if !TIMEOUTS.contains(&timeout) => Some(format!(
                "[scanner] timeout_ms = {timeout} must be between {} and {}",
                TIMEOUTS.start(),
                TIMEOUTS.end()
            )),
            _ => None,
        }
    }

    fn signals_problem(&self) -> Option<String> {
        let signals = [
            ("good_signal", &self.good_signal),
            ("error_signal", &self.error_signal),
        ];
        let mut set = signals
            .into_iter()
            .filter_map(|(name, signal)| Some((name, signal.as_ref()?)));
        if let Some((name, _)) = set.clone().next()
            && self.bell.is_some()
        {
            return Some(format!(
                "[scanner] has bell and {name}: they say the same, leave bell out"
            ));
        }
        let (name, _) = set.find(|(_, bytes)| bytes.is_empty() || bytes.len() > MAX_SIGNAL)?;
        Some(format!(
            "[scanner] {name} must be 1 to {MAX_SIGNAL} bytes, for example [7]; leave it out for a \
             scanner that says nothing"
        ))
    }

    fn characters(&self) -> Characters {
        Characters {
            data_bits: self.data_bits,
            parity: self.parity,
            stop_bits: self.stop_bits,
        }
    }

    fn profile(&self) -> ScannerProfile {
        let is_suffixed = self.suffix.unwrap_or(self.usb.is_some());
        let usual = match is_suffixed {
            true => Framing::suffixed(),
            false => Framing::default(),
        };
        let timeout = self.timeout_ms.map(u64::from).map(Duration::from_millis);
        let profile = match self.bell {
            Some(true) => ScannerProfile::bell(),
            _ => ScannerProfile::default(),
        };
        let signal = |bytes: &Option<Vec<u8>>| {
            let bytes = bytes.as_ref()?;
            Some(bytes.iter().copied().take(MAX_SIGNAL).collect())
        };
        ScannerProfile {
            framing: Framing {
                timeout: timeout.unwrap_or(usual.timeout),
                ..usual
            },
            good_signal: signal(&self.good_signal).unwrap_or(profile.good_signal),
            error_signal: signal(&self.error_signal).unwrap_or(profile.error_signal),
        }
    }

    fn link(&self) -> Option<ScannerLink> {
        if let Some(port) = &self.port {
            let link = SerialLink::new(port, self.baud.unwrap_or(BAUD));
            return Some(self.characters().on(link).into());
        }
        let usb = self.usb.as_ref()?.link().clone();
        Some(match self.kind()? {
            ScannerKind::Keyboard => ScannerLink::Keyboard(KeyboardLink {
                usb,
                grab: self.grab.unwrap_or(true),
            }),
            ScannerKind::HidPos => HidPosLink::new(usb).into(),
        })
    }

    /// Starts it; `None` for one that is nowhere, which was refused when the configuration was
    /// read.
    ///
    /// # Errors
    /// [`HalError`] when its thread cannot be started.
    pub fn start(
        &self,
        id: DeviceId,
        events: &Arc<Events>,
    ) -> Result<Option<ScannerHandle>, HalError> {
        let started = |link| ScannerDevice::start(id, link, self.profile(), events.clone());
        self.link().map(started).transpose()
    }
}

/// What is wrong with a till's scanners, in words.
pub(crate) fn problem(scanners: &[ScannerConfig]) -> Option<String> {
    if scanners.len() > MOST {
        return Some(format!(
            "[[scanner]] is there {} times; a till has at most {MOST} scanners",
            scanners.len()
        ));
    }
    scanners.iter().find_map(ScannerConfig::problem)
}

/// One table, or a list of them.
pub(crate) mod one_or_many {
    use std::fmt;

    use serde::de::value::MapAccessDeserializer;
    use serde::de::{MapAccess, SeqAccess, Visitor};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::ScannerConfig;

    struct Tables;

    impl<'de> Visitor<'de> for Tables {
        type Value = Vec<ScannerConfig>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table [scanner], or tables [[scanner]]")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            ScannerConfig::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut tables: A) -> Result<Self::Value, A::Error> {
            let mut many = Vec::new();
            while let Some(next) = tables.next_element()? {
                many.push(next);
            }
            Ok(many)
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ScannerConfig>, D::Error> {
        from.deserialize_any(Tables)
    }

    pub fn serialize<S: Serializer>(many: &[ScannerConfig], to: S) -> Result<S::Ok, S::Error> {
        match many {
            [one] => one.serialize(to),
            many => many.serialize(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;

    fn read(scanners: &str) -> Result<Config, String> {
        let text = format!("till = \"C1\"\npos_profile = \"Counter 1\"\n{scanners}");
        Config::parse(&text, Path::new("/data"))
    }

    #[test]
    fn one_scanner_is_a_table_and_several_are_tables_and_both_are_written_back() {
        let one = read("[scanner]\nport = \"/dev/ttyACM0\"\nbell = true\nsuffix = true").unwrap();
        let [scanner] = one.scanners.as_slice() else {
            panic!("{:?}", one.scanners);
        };
        let profile = scanner.profile();
        assert_eq!(profile.framing, Framing::suffixed());
        assert_eq!(profile.error_signal.as_slice(), [7, 7, 7]);
        let several = read(
            "[[scanner]]\nport = \"/dev/ttyACM0\"\n\
             [[scanner]]\nusb = \"05f9:4204:S1\"\nkind = \"hid-pos\"\n\
             [[scanner]]\nusb = \"/dev/input/by-id/usb-A-event-kbd\"\ntimeout_ms = 300",
        )
        .unwrap();
        let links: Vec<_> = several.scanners.iter().map(ScannerConfig::link).collect();
        let keyboard = "/dev/input/by-id/usb-A-event-kbd";
        assert_eq!(
            links,
            [
                Some(SerialLink::new("/dev/ttyACM0", 9_600).into()),
                Some(
                    HidPosLink::new(UsbLink::Id {
                        vendor: 0x05F9,
                        product: 0x4204,
                        serial: Some("S1".to_owned()),
                    })
                    .into()
                ),
                Some(KeyboardLink::new(UsbLink::Path(keyboard.into())).into()),
            ]
        );
        let lamps = "[scanner]\nport = \"/dev/ttyACM0\"\ngood_signal = [27, 76, 13]\n\
                     error_signal = [27, 78, 13]";
        let lamps = read(lamps).unwrap();
        let profile = lamps.scanners[0].profile();
        assert_eq!(profile.good_signal.as_slice(), b"\x1bL\r");
        assert_eq!(profile.error_signal.as_slice(), b"\x1bN\r");
        for config in [one, several, lamps] {
            let text = toml::to_string_pretty(&config).unwrap();
            assert_eq!(Config::parse(&text, Path::new("/data")), Ok(config));
        }
    }

    #[test]
    fn a_scanner_that_cannot_be_is_refused_with_the_field_and_what_to_do() {
        for (scanners, told) in [
            ("[scanner]", "needs port"),
            ("[scanner]\nbaud = 9600", "`evertill devices` lists"),
            (
                "[scanner]\nport = \"/dev/ttyS0\"\nusb = \"1:2\"",
                "leave the other out",
            ),
            (
                "[scanner]\nusb = \"05f9:4204\"",
                "needs kind = \"keyboard\"",
            ),
            ("[scanner]\nusb = \"scanner\"", "04b8:0e15"),
            (
                "[scanner]\nusb = \"/dev/hidraw0\"\nsuffix = true",
                "suffix is not for a HID-POS",
            ),
            (
                "[scanner]\nusb = \"05f9:4204\"\nkind = \"keyboard\"\nbell = true",
                "bell is for a scanner on a serial port",
            ),
            (
                "[scanner]\nport = \"/dev/ttyS0\"\nbell = true\ngood_signal = [7]",
                "leave bell out",
            ),
            (
                "[scanner]\nport = \"/dev/ttyS0\"\nerror_signal = []",
                "must be 1 to 32 bytes",
            ),
            (
                "[scanner]\nusb = \"/dev/hidraw0\"\ngood_signal = [7]",
                "good_signal is not for a HID-POS",
            ),
            (
                "[scanner]\nport = \"/dev/ttyS0\"\ngrab = true",
                "grab is for a scanner on usb",
            ),
            (
                "[scanner]\nport = \"/dev/ttyS0\"\ntimeout_ms = 5",
                "between 10 and 5000",
            ),
            ("[scanner]\nport = \"/dev/ttyS0\"\ncolour = 1", "colour"),
            (
                "[scanner]\nport = \"/dev/ttyS0\"\ndata_bits = 6",
                "must be 7 or 8",
            ),
            (
                "[scanner]\nusb = \"05f9:4204\"\nkind = \"keyboard\"\nparity = \"even\"",
                "parity is for a scanner on a serial port",
            ),
            ("scanner = 1", "a table [scanner]"),
        ] {
            let problem = read(scanners).unwrap_err();
            assert!(problem.contains(told), "{scanners}: {problem}");
        }
    }
}
