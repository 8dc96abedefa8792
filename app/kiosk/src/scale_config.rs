//! The scale as `till.toml` names it, and starting it.

use std::path::PathBuf;
use std::sync::Arc;

use hal::{
    DeviceId, HalError, ScaleDevice, ScaleHandle, ScaleProfile, ScaleProtocol, SerialLink,
    WeightUnit,
};
use serde::{Deserialize, Serialize};

use crate::queue::Events;
use crate::serial_config::{Characters, Parity};

/// The scale's number among the devices.
const SCALE: DeviceId = DeviceId(5);

/// The scale of a till.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaleConfig {
    /// Its protocol.
    pub profile: ScaleModel,
    /// Its serial port.
    pub port: PathBuf,
    /// The speed of the port; as scales of this protocol leave the factory where none is said.
    pub baud: Option<u32>,
    /// Data bits of a character, 7 or 8; likewise.
    pub data_bits: Option<u8>,
    /// The parity of a character; likewise.
    pub parity: Option<Parity>,
    /// Stop bits behind a character, 1 or 2; 1 where nothing is said.
    pub stop_bits: Option<u8>,
    /// The unit it weighs in, for protocols that do not tell it: `g`, `kg`, `oz` or `lb`.
    pub unit: Option<ScaleUnit>,
    /// Digits after the point of a weight that is sent without one.
    pub decimals: Option<u8>,
    /// Whether frames of the continuous output end with a checksum.
    #[serde(default)]
    pub checksum: bool,
}

/// The protocol of a scale, by one of the names in [`ScaleProfile::NAMES`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScaleModel {
    name: String,
    protocol: ScaleProtocol,
}

impl TryFrom<String> for ScaleModel {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if let Some(profile) = ScaleProfile::named(&name) {
            let protocol = profile.protocol;
            return Ok(Self { name, protocol });
        }
        let known = ScaleProfile::NAMES.map(|(name, _)| name).join(", ");
        Err(format!(
            "there is no scale profile {name:?}; there are {known}"
        ))
    }
}

impl From<ScaleModel> for String {
    fn from(model: ScaleModel) -> Self {
        model.name
    }
}

/// A unit that scales weigh in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScaleUnit {
    /// Gram.
    G,
    /// Kilogram.
    Kg,
    /// Ounce.
    Oz,
    /// Pound.
    Lb,
}

/// A scale that was started.
pub struct AttachedScale {
    /// The device.
    pub device: ScaleHandle,
    /// What it can be told.
    pub protocol: ScaleProtocol,
}

impl ScaleConfig {
    /// What is wrong with it, in words.
    pub(crate) fn problem(&self) -> Option<String> {
        if let Some(problem) = self.characters().problem("scale") {
            return Some(problem);
        }
        if let Some(decimals) = self.decimals.filter(|it| *it > 5) {
            return Some(format!("[scale] decimals = {decimals} must be 0 to 5"));
        }
        let is_continuous = self.profile.protocol == ScaleProtocol::ToledoContinuous;
        (self.checksum && !is_continuous).then(|| {
            "[scale] checksum is for the profile toledo-continuous; leave it out".to_owned()
        })
    }

    fn link(&self) -> SerialLink {
        let usual = self.profile.protocol.link(&self.port);
        let baud = self.baud.unwrap_or(usual.baud);
        self.characters().on(SerialLink { baud, ..usual })
    }

    fn characters(&self) -> Characters {
        Characters {
            data_bits: self.data_bits,
            parity: self.parity,
            stop_bits: self.stop_bits,
        }
    }

    fn own_profile(&self) -> ScaleProfile {
        let usual = ScaleProfile::new(self.profile.protocol);
        ScaleProfile {
            unit: match self.unit {
                None => usual.unit,
                Some(ScaleUnit::G) => WeightUnit::Gram,
                Some(ScaleUnit::Kg) => WeightUnit::Kilogram,
                Some(ScaleUnit::Oz) => WeightUnit::Ounce,
                Some(ScaleUnit::Lb) => WeightUnit::Pound,
            },
            decimals: self.decimals.or(usual.decimals),
            checksum: self.checksum,
            ..usual
        }
    }

    /// Starts it.
    ///
    /// # Errors
    /// [`HalError`] when its thread cannot be started.
    pub fn start(&self, events: &Arc<Events>) -> Result<AttachedScale, HalError> {
        let device = ScaleDevice::start(SCALE, self.link(), self.own_profile(), events.clone())?;
        let protocol = self.profile.protocol;
        Ok(AttachedScale { device, protocol })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;

    fn read(scale: &str) -> Result<ScaleConfig, String> {
        let text = format!("till = \"C1\"\npos_profile = \"Counter 1\"\n[scale]\n{scale}");
        Config::parse(&text, Path::new("/data")).map(|config| config.scale.unwrap())
    }

    #[test]
    fn a_scale_is_spoken_to_as_its_protocol_does_but_for_what_is_said() {
        let usual = read("profile = \"toledo-8217\"\nport = \"/dev/ttyS1\"").unwrap();
        assert_eq!(usual.link(), ScaleProtocol::Toledo8217.link("/dev/ttyS1"));
        assert_eq!(
            usual.own_profile(),
            ScaleProfile::new(ScaleProtocol::Toledo8217)
        );
        let said = read(
            "profile = \"toledo-continuous\"\nport = \"/dev/ttyS1\"\nbaud = 4800\ndata_bits = 8\n\
             parity = \"none\"\nstop_bits = 2\nunit = \"lb\"\ndecimals = 2\nchecksum = true",
        )
        .unwrap();
        let two = SerialLink::new("/dev/ttyS1", 4_800).stop_bits(hal::StopBits::Two);
        assert_eq!(said.link(), two);
        let profile = said.own_profile();
        assert_eq!(
            (profile.unit, profile.decimals, profile.checksum),
            (WeightUnit::Pound, Some(2), true)
        );
        for (scale, told) in [
            ("port = \"/dev/ttyS1\"", "profile"),
            ("profile = \"nci\"", "port"),
            (
                "profile = \"kern\"\nport = \"/dev/ttyS1\"",
                "there are toledo-8217",
            ),
            (
                "profile = \"nci\"\nport = \"/dev/ttyS1\"\ndata_bits = 9",
                "7 or 8",
            ),
            (
                "profile = \"nci\"\nport = \"/dev/ttyS1\"\nstop_bits = 3",
                "1 or 2",
            ),
            (
                "profile = \"nci\"\nport = \"/dev/ttyS1\"\nchecksum = true",
                "leave it out",
            ),
            (
                "profile = \"nci\"\nport = \"/dev/ttyS1\"\nunit = \"stone\"",
                "stone",
            ),
        ] {
            let problem = read(scale).unwrap_err();
            assert!(problem.contains(told), "{scale}: {problem}");
        }
    }
}
