//! `till.toml` in the data folder: which till this is, its devices and its site.

use std::path::{Path, PathBuf};

use appliance::vault::{Sealing, Tpm, TpmUse};
use checkout::receipt::ReceiptHead;
use checkout::till::Policy;
use erpnext::https::Pin;
use erpnext::office::is_prefix;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{places, scanner_config};

pub use crate::customer_screen_config::CustomerScreenConfig;
pub use crate::display_config::DisplayConfig;
pub use crate::drawer_config::DrawerConfig;
pub use crate::printer_config::PrinterConfig;
pub use crate::scale_config::ScaleConfig;
pub use crate::scanner_config::{ScannerConfig, ScannerKind};
pub use crate::terminal_config::{TerminalConfig, TerminalKind};
pub use crate::updates::{Appliance, HawkbitConfig, UpdatesConfig};

/// What a till must be told before it can work.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The prefix of receipt numbers, unique in the site: ASCII letters, digits and `-`.
    pub till: String,
    /// The POS Profile.
    pub pos_profile: String,
    /// The ERPNext site; without it the till sells and keeps what it sold.
    pub site: Option<SiteConfig>,
    /// Where the till's secrets are locked away.
    #[serde(default)]
    pub secrets: SecretsConfig,
    /// The receipt printer.
    pub printer: Option<PrinterConfig>,
    /// The cash drawer: its port where it has one of its own, and when it counts as left open.
    pub drawer: Option<DrawerConfig>,
    /// The barcode scanners: one table `[scanner]`, or a table `[[scanner]]` each. One that is a
    /// keyboard works without being named here, too.
    #[serde(
        default,
        rename = "scanner",
        with = "crate::scanner_config::one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub scanners: Vec<ScannerConfig>,
    /// The scale.
    pub scale: Option<ScaleConfig>,
    /// The line display in front of the customer.
    pub line_display: Option<DisplayConfig>,
    /// The screen in front of the customer.
    pub customer_screen: Option<CustomerScreenConfig>,
    /// The card terminal.
    pub terminal: Option<TerminalConfig>,
    /// What stands on receipts besides the company.
    #[serde(default)]
    pub receipt: ReceiptHead,
    /// How the screen looks.
    #[serde(default)]
    pub screen: ScreenConfig,
    /// How customers' points are taken.
    #[serde(default)]
    pub loyalty: LoyaltyConfig,
    /// What a cashier needs a manager for.
    #[serde(default)]
    pub manager: Policy,
    /// Where newer versions of the appliance come from.
    #[serde(default)]
    pub updates: UpdatesConfig,
    /// Where the box has what updates need. Not in the file: an image has it in one place.
    #[serde(skip)]
    pub appliance: Appliance,
}

/// The ERPNext site of a till.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteConfig {
    /// Its address, `https://...`.
    pub url: String,
    /// The file that holds `key:secret` of the till's user, readable by nobody else. The till
    /// takes it into its vault and removes it; an enrolled till never had one.
    pub key_file: Option<PathBuf>,
    /// A file of certificates (PEM) to trust besides the system's.
    pub certificates: Option<PathBuf>,
    /// The SHA-256 of public keys (SPKI) in hexadecimal. With any given, the site's certificate
    /// or one of its issuers must have one of them, besides being valid.
    #[serde(default)]
    pub pins: Vec<Pin>,
    /// A file with the certificate that the till shows to the site, and its key (PEM). Taken into
    /// the vault likewise.
    pub client_certificate: Option<PathBuf>,
}

/// Where the till's secrets are locked away.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecretsConfig {
    /// Whether a new till seals them to the machine's TPM.
    pub tpm: TpmChoice,
    /// Whether the TPM opens them only after a start like the present one (Secure Boot, PCR 7).
    pub bound_to_start: bool,
    /// Where their key lies if not in the TPM: outside the data folder. `None` for
    /// `evertill/seal.key` in `$XDG_STATE_HOME` or `~/.local/state`.
    pub key_file: Option<PathBuf>,
}

/// Whether secrets are sealed to a TPM.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TpmChoice {
    /// Where there is one that works.
    #[default]
    Auto,
    /// Never.
    Never,
    /// Always: without one the till does not start.
    Always,
}

impl SecretsConfig {
    /// Where the secrets of a data folder are locked away: as its configuration says, or as usual
    /// where there is none yet.
    ///
    /// # Errors
    /// [`ConfigError`] when there is one that cannot be used.
    pub fn of(data: &Path) -> Result<Sealing, ConfigError> {
        match Config::read(data) {
            Ok(config) => Ok(config.secrets.sealing()),
            Err(ConfigError::Missing(_)) => Ok(Self::default().sealing()),
            Err(error) => Err(error),
        }
    }

    /// The same for the appliance.
    pub fn sealing(&self) -> Sealing {
        let tpm = Tpm {
            tcti: None,
            bound_to_start: self.bound_to_start,
        };
        let folder = |name: &str, below: &str| {
            let folder = PathBuf::from(std::env::var_os(name)?).join(below);
            folder
                .is_absolute()
                .then(|| folder.join("evertill/seal.key"))
        };
        Sealing {
            tpm: match self.tpm {
                TpmChoice::Auto => TpmUse::WherePresent(tpm),
                TpmChoice::Never => TpmUse::Never,
                TpmChoice::Always => TpmUse::Always(tpm),
            },
            key_file: self
                .key_file
                .clone()
                .or_else(|| folder("XDG_STATE_HOME", ""))
                .or_else(|| folder("HOME", ".local/state")),
        }
    }
}

/// How the screen looks.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScreenConfig {
    /// Light, dark or high contrast.
    pub theme: Theme,
    /// The size of texts in per cent, 90 to 130; 0 for 100.
    pub text_size: u8,
    /// Minutes without a touch after which the till locks; 0 for never.
    pub lock_after_minutes: u16,
    /// Minutes without a touch after which a till that is locked darkens its screen; 0 for never.
    pub dark_after_minutes: u16,
    /// How bright the screen is, in per cent, where it can be set; 0 leaves it as it is.
    pub brightness: u8,
}

impl ScreenConfig {
    /// How long nobody may touch the till before it locks; `None` for ever.
    pub fn lock_after(&self) -> Option<std::time::Duration> {
        let minutes = u64::from(self.lock_after_minutes);
        (minutes > 0).then(|| std::time::Duration::from_secs(60 * minutes))
    }

    /// How long nobody may touch a locked till before its screen is dark; `None` for ever.
    pub fn dark_after(&self) -> Option<std::time::Duration> {
        let minutes = u64::from(self.dark_after_minutes);
        (minutes > 0).then(|| std::time::Duration::from_secs(60 * minutes))
    }
}

/// How customers' points are taken.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoyaltyConfig {
    /// The most that one customer's points may pay for at this till, in the shop's currency, from
    /// when points were last downloaded until they are downloaded again: they may be spent
    /// elsewhere meanwhile. `None` for all the points that are known.
    pub offline_limit: Option<Decimal>,
}

/// The colours of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
    /// For weak eyes and strong sun.
    HighContrast,
}

/// Why the configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// There is none: the till was not set up.
    #[error("{} does not exist: this till has not been set up", .0.display())]
    Missing(PathBuf),
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file says something that it cannot mean.
    #[error("{}: {problem}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line where it is known.
        problem: String,
    },
}

impl Config {
    /// The file's name in the data folder.
    pub const FILE: &'static str = "till.toml";

    /// Reads and checks the configuration of a data folder.
    ///
    /// # Errors
    /// [`ConfigError`] names the file and what is wrong with it.
    pub fn read(data: &Path) -> Result<Self, ConfigError> {
        let path = data.join(Self::FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(ConfigError::Missing(path));
            }
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        };
        Self::parse(&text, data).map_err(|problem| ConfigError::Wrong { path, problem })
    }

    /// Reads and checks the text of a configuration, which is for this data folder.
    ///
    /// # Errors
    /// What is wrong, with the line where it is known.
    pub fn parse(text: &str, data: &Path) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        config.problem(data).map_or(Ok(config), Err)
    }

    /// What is wrong with it, in words.
    pub(crate) fn problem(&self, data: &Path) -> Option<String> {
        if !is_prefix(&self.till) {
            return Some(format!(
                "till = {:?} must be 1 to 16 letters, digits or hyphens, for example \"C1\"",
                self.till
            ));
        }
        if let Some(key_file) = &self.secrets.key_file
            && (key_file.is_relative() || key_file.starts_with(data))
        {
            return Some(format!(
                "key_file = {key_file:?} must be a whole path outside the data folder, or a copy of \
                 that folder would open its secrets"
            ));
        }
        if let Some(problem) = self.printer.as_ref().and_then(PrinterConfig::problem) {
            return Some(problem);
        }
        if let Some(problem) = self.drawer.as_ref().and_then(DrawerConfig::problem) {
            return Some(problem);
        }
        if let Some(problem) = scanner_config::problem(&self.scanners) {
            return Some(problem);
        }
        if let Some(problem) = self.scale.as_ref().and_then(ScaleConfig::problem) {
            return Some(problem);
        }
        let shared = self.printer.as_ref();
        let shared = shared.is_some_and(PrinterConfig::can_share_line);
        if let Some(problem) = self.line_display.as_ref().and_then(|it| it.problem(shared)) {
            return Some(problem);
        }
        let screen = self.customer_screen.as_ref();
        if let Some(problem) = screen.and_then(CustomerScreenConfig::problem) {
            return Some(problem);
        }
        if let Some(problem) = self.terminal.as_ref().and_then(TerminalConfig::problem) {
            return Some(problem);
        }
        if let Some(problem) = places::problem(self) {
            return Some(problem);
        }
        if let Some(problem) = self.updates.problem() {
            return Some(problem);
        }
        let size = self.screen.text_size;
        if size != 0 && !(90..=130).contains(&size) {
            return Some(format!("text_size = {size} must be between 90 and 130"));
        }
        let brightness = self.screen.brightness;
        if brightness > 100 {
            return Some(format!(
                "brightness = {brightness} must be between 1 and 100, or 0"
            ));
        }
        if let Some(limit) = self.loyalty.offline_limit
            && limit.is_sign_negative()
        {
            return Some(format!(
                "offline_limit = \"{limit}\" must be an amount of zero or more; leave it out for no limit"
            ));
        }
        None
    }
}
