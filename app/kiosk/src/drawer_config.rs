//! The cash drawer as `till.toml` names it, and starting one that has a port of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hal::{
    DeviceId, DrawerDevice, DrawerHandle, DrawerPort, DrawerSensor, HalError, ModemLine, SerialLink,
};
use serde::{Deserialize, Serialize};

use crate::printer_config::{Level, signal};
use crate::queue::Events;
use crate::serial_config::{Characters, Parity};

/// The drawer's number among the devices.
const DRAWER: DeviceId = DeviceId(3);

/// The cash drawer: one with a serial port of its own, and what is noticed of any.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawerConfig {
    /// Its serial port, where it has one; otherwise it hangs on the printer.
    pub port: Option<PathBuf>,
    /// So many seconds after it was opened a notice says that it is still open; 0 for never. It
    /// needs a sensor.
    pub notice_after_seconds: Option<u16>,
    /// The speed of the port.
    #[serde(default = "baud")]
    pub baud: u32,
    /// Data bits of a character on the port, 7 or 8; 8 where nothing is said.
    pub data_bits: Option<u8>,
    /// The parity of a character on the port; none where nothing is said.
    pub parity: Option<Parity>,
    /// Stop bits behind a character, 1 or 2; 1 where nothing is said.
    pub stop_bits: Option<u8>,
    /// The bytes that open it.
    #[serde(default = "bell")]
    pub open: Vec<u8>,
    /// How it tells on its own port whether it is open; left out where it cannot.
    pub sensor: Option<Sensor>,
    /// The level of the sensor's line while it is open.
    #[serde(default)]
    pub open_when: Level,
    /// The bytes that ask a drawer that answers; empty for one that tells each change by itself.
    pub ask: Option<Vec<u8>>,
    /// The bits of its answer that tell whether it is open.
    pub answer_mask: Option<u8>,
    /// What those bits are while it is open.
    pub answer_open: Option<u8>,
}

/// How a drawer with a port of its own tells whether it is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensor {
    /// By the line clear to send.
    Cts,
    /// By the line data set ready.
    Dsr,
    /// By the line carrier detect.
    Dcd,
    /// By the line ring indicator.
    Ri,
    /// By a byte that it sends when it is asked.
    Answer,
}

/// A drawer with a port of its own that was started.
pub struct AttachedDrawer {
    /// The device.
    pub device: DrawerHandle,
    /// Whether it can tell that it is open.
    pub has_sensor: bool,
}

fn baud() -> u32 {
    9_600
}

fn bell() -> Vec<u8> {
    vec![0x07]
}

impl DrawerConfig {
    /// How long a drawer may be open before it is told, where nothing is said of it.
    const NOTICE_AFTER: u16 = 60;

    /// How long the drawer of a till may be open before it is told; `None` for ever.
    pub fn notice_after(drawer: Option<&Self>) -> Option<Duration> {
        let said = drawer.and_then(|drawer| drawer.notice_after_seconds);
        match said.unwrap_or(Self::NOTICE_AFTER) {
            0 => None,
            seconds => Some(Duration::from_secs(seconds.into())),
        }
    }

    /// What is wrong with it, in words.
    pub(crate) fn problem(&self) -> Option<String> {
        let characters = self.characters();
        let set = |name: &'static str, is_set: bool| is_set.then_some(name);
        let of_answers = set("ask", self.ask.is_some())
            .or(set("answer_mask", self.answer_mask.is_some()))
            .or(set("answer_open", self.answer_open.is_some()));
        let of_ports = characters
            .field()
            .or(set("sensor", self.sensor.is_some()))
            .or(of_answers);
        if let Some(field) = of_ports.filter(|_| self.port.is_none()) {
            return Some(format!(
                "[drawer] {field} is for a drawer with a port of its own; name its port, or leave \
                 it out"
            ));
        }
        if let Some(problem) = characters.problem("drawer") {
            return Some(problem);
        }
        if self.open.is_empty() {
            return Some(
                "[drawer] open must be the bytes that open it, for example [7]; leave it out for \
                 that one"
                    .to_owned(),
            );
        }
        match (self.sensor, of_answers) {
            (Some(Sensor::Answer), _) => self.answers_problem(),
            (_, Some(field)) => Some(format!(
                "[drawer] {field} is for sensor = \"answer\"; write that, or leave it out"
            )),
            _ => None,
        }
    }

    fn answers_problem(&self) -> Option<String> {
        let (Some(mask), Some(open)) = (self.answer_mask, self.answer_open) else {
            return Some(
                "[drawer] sensor = \"answer\" needs answer_mask and answer_open: which bits of the \
                 drawer's answer count, and what they are while it is open, for example 1 and 1"
                    .to_owned(),
            );
        };
        (mask == 0 || open & !mask != 0).then(|| {
            format!(
                "[drawer] answer_open = {open} must be some of the bits of answer_mask = {mask}, \
                 and that must have one at least"
            )
        })
    }

    fn characters(&self) -> Characters {
        Characters {
            data_bits: self.data_bits,
            parity: self.parity,
            stop_bits: self.stop_bits,
        }
    }

    fn sensor(&self) -> Option<DrawerSensor> {
        let line = match self.sensor? {
            Sensor::Cts => ModemLine::ClearToSend,
            Sensor::Dsr => ModemLine::DataSetReady,
            Sensor::Dcd => ModemLine::CarrierDetect,
            Sensor::Ri => ModemLine::RingIndicator,
            Sensor::Answer => {
                return Some(DrawerSensor::Answer {
                    ask: self.ask.clone().unwrap_or_default(),
                    mask: self.answer_mask?,
                    open: self.answer_open?,
                });
            }
        };
        Some(DrawerSensor::Line(line, signal(self.open_when)?))
    }

    /// Starts the drawer, where it has a port of its own.
    ///
    /// # Errors
    /// [`HalError`] when its thread cannot be started.
    pub fn start(&self, events: &Arc<Events>) -> Result<Option<AttachedDrawer>, HalError> {
        let Some(port) = &self.port else {
            return Ok(None);
        };
        let sensor = self.sensor();
        let has_sensor = sensor.is_some();
        let port = DrawerPort {
            link: self.characters().on(SerialLink::new(port, self.baud)),
            pulse: self.open.clone(),
            sensor,
        };
        let device = DrawerDevice::start(DRAWER, port, events.clone())?;
        Ok(Some(AttachedDrawer { device, has_sensor }))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;

    fn read(drawer: &str) -> Result<DrawerConfig, String> {
        let text = format!("till = \"C1\"\npos_profile = \"Counter 1\"\n[drawer]\n{drawer}");
        Config::parse(&text, Path::new("/data")).map(|config| config.drawer.unwrap())
    }

    #[test]
    fn a_drawer_tells_by_a_line_or_by_an_answer_and_what_cannot_be_is_refused() {
        const PORT: &str = "port = \"/dev/ttyS1\"\n";
        let line = read(&format!("{PORT}sensor = \"dsr\"\nopen_when = \"low\"")).unwrap();
        let low = hal::SignalLevel::Low;
        let by_line = DrawerSensor::Line(ModemLine::DataSetReady, low);
        assert_eq!(line.sensor(), Some(by_line));
        let answer = "sensor = \"answer\"\nask = [63]\nanswer_mask = 1\nanswer_open = 1";
        let answers = read(&format!("{PORT}{answer}\nparity = \"even\"\ndata_bits = 7")).unwrap();
        let by_answer = DrawerSensor::Answer {
            ask: vec![63],
            mask: 1,
            open: 1,
        };
        assert_eq!(answers.sensor(), Some(by_answer));
        for (drawer, told) in [
            ("sensor = \"dsr\"".to_owned(), "name its port"),
            (answer.to_owned(), "name its port"),
            ("parity = \"odd\"".to_owned(), "name its port"),
            (format!("{PORT}data_bits = 9"), "must be 7 or 8"),
            (format!("{PORT}open = []"), "the bytes that open it"),
            (format!("{PORT}ask = [63]"), "for sensor = \"answer\""),
            (
                format!("{PORT}sensor = \"answer\""),
                "needs answer_mask and answer_open",
            ),
            (
                format!("{PORT}sensor = \"answer\"\nanswer_mask = 1\nanswer_open = 2"),
                "must be some of the bits",
            ),
        ] {
            let problem = read(&drawer).unwrap_err();
            assert!(problem.contains(told), "{drawer}: {problem}");
        }
    }
}
