//! How `till.toml` names a device on USB: by its numbers, or by a path.

use hal::UsbLink;
use serde::{Deserialize, Serialize};

/// A USB device, by its numbers or its path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UsbName {
    written: String,
    link: UsbLink,
}

impl TryFrom<String> for UsbName {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let link = if written.starts_with('/') {
            UsbLink::Path(written.clone().into())
        } else {
            let mut parts = written.splitn(3, ':');
            let mut number = || u16::from_str_radix(parts.next()?, 16).ok();
            let (Some(vendor), Some(product)) = (number(), number()) else {
                return Err(format!(
                    "usb = {written:?} must be its numbers as `evertill devices` lists them, such as \
                     \"04b8:0e15\", or its whole path, such as \"/dev/usb/lp0\""
                ));
            };
            UsbLink::Id {
                vendor,
                product,
                serial: parts.next().map(str::to_owned),
            }
        };
        Ok(Self { written, link })
    }
}

impl UsbName {
    /// Where it is.
    pub fn link(&self) -> &UsbLink {
        &self.link
    }

    /// As it is written in `till.toml`.
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl From<UsbName> for String {
    fn from(name: UsbName) -> Self {
        name.written
    }
}
