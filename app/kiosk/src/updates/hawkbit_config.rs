//! The fleet's server, as the configuration names it.

use std::path::{Path, PathBuf};

use appliance::updates::hawkbit::is_name;
use appliance::vault::{SecretName, Vault};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::source::Place;
use crate::config::Config;

/// hawkBit's tenant where nobody made another.
const DEFAULT_TENANT: &str = "DEFAULT";

/// Eclipse hawkBit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HawkbitConfig {
    /// Its address, `https://fleet.example.com`, with a path if it has one.
    pub url: String,
    /// The tenant; `None` for `DEFAULT`.
    pub tenant: Option<String>,
    /// What the till is called there (its controllerId); `None` for the till's prefix and its site,
    /// `C1@shop.example.com`.
    pub target: Option<String>,
    /// The file that holds the token, in the data folder, readable by nobody else. The till takes it
    /// into its vault and removes it.
    pub token_file: Option<PathBuf>,
    /// The token is the tenant's gateway token, which speaks for every till, and not the target's own.
    #[serde(default)]
    pub gateway: bool,
}

impl HawkbitConfig {
    /// What is wrong with it, in words.
    pub(super) fn problem(&self) -> Option<String> {
        if let Err(problem) = Place::at(&self.url) {
            return Some(format!("[updates.hawkbit] url: {problem}"));
        }
        let names = [("tenant", &self.tenant), ("target", &self.target)];
        let wrong = names
            .into_iter()
            .find_map(|(key, name)| Some((key, name.as_ref().filter(|name| !is_name(name))?)));
        wrong.map(|(key, name)| {
            format!(
                "[updates.hawkbit] {key} = {name:?} must have letters, digits and - _ . ~ @ only, and \
                 at most 128 of them"
            )
        })
    }

    /// The tenant.
    pub(super) fn tenant(&self) -> &str {
        self.tenant.as_deref().unwrap_or(DEFAULT_TENANT)
    }

    /// What the till is called there.
    pub(super) fn target(&self, till: &str, site: Option<&str>) -> String {
        if let Some(target) = &self.target {
            return target.clone();
        }
        let host = site.and_then(|url| {
            let host = url.split_once("://")?.1;
            let host = host.split(['/', ':']).next()?;
            Some(format!("{till}@{}", host.to_ascii_lowercase()))
        });
        host.filter(|name| is_name(name))
            .unwrap_or_else(|| till.to_owned())
    }

    /// hawkBit's word for the kind of token.
    pub(super) fn scheme(&self) -> &'static str {
        if self.gateway {
            "GatewayToken"
        } else {
            "TargetToken"
        }
    }
}

/// What the till is to hawkBit.
pub struct FleetTill {
    pub(super) config: HawkbitConfig,
    pub(super) target: String,
    pub(super) token: Option<Zeroizing<String>>,
    pub(super) attributes: Vec<(&'static str, String)>,
}

impl FleetTill {
    /// As the configuration says; `None` where it names no hawkBit. A token that still lies in a file
    /// is taken over into the vault, and the file removed.
    pub fn of(config: &Config, data: &Path, vault: &mut Vault) -> Option<Self> {
        let hawkbit = config.updates.hawkbit.as_ref()?;
        if let Some(file) = &hawkbit.token_file
            && let Err(error) = vault.take_over(SecretName::HawkbitToken, &data.join(file))
        {
            // The till sells without it, and says so where updates are looked for.
            tracing::warn!("hawkBit's token is not in the vault: {error}");
        }
        let token = vault.get(SecretName::HawkbitToken);
        let token = token.and_then(|token| std::str::from_utf8(token).ok());
        let site = config.site.as_ref().map(|site| site.url.as_str());
        Some(Self {
            target: hawkbit.target(&config.till, site),
            token: token.map(|token| Zeroizing::new(token.to_owned())),
            attributes: vec![
                ("till", config.till.clone()),
                ("pos_profile", config.pos_profile.clone()),
                ("site", site.unwrap_or_default().to_owned()),
            ],
            config: hawkbit.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_of_a_fleet_has_a_name_of_its_own() {
        let config: HawkbitConfig = toml::from_str("url = \"https://fleet.example.com\"").unwrap();
        assert_eq!(config.problem(), None);
        assert_eq!(
            (config.tenant(), config.scheme()),
            ("DEFAULT", "TargetToken")
        );
        let target = |site| config.target("C1", site);
        assert_eq!(
            target(Some("https://Shop.example.com:8443/")),
            "C1@shop.example.com"
        );
        assert_eq!(target(Some("https://[::1]:8443")), "C1");
        assert_eq!(target(None), "C1");
        for (key, value) in [
            ("target", "a/b"),
            ("tenant", ""),
            ("url", "http://fleet.example.com"),
        ] {
            let mut table: toml::Table = "url = \"https://fleet.example.com\"".parse().unwrap();
            table.insert(key.to_owned(), value.into());
            let config: HawkbitConfig = table.try_into().unwrap();
            assert!(config.problem().unwrap().contains(key), "{key}");
        }
    }
}
