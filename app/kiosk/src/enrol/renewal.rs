//! A till takes a new sheet: its key died, its site has other certificates, or its secrets cannot be
//! opened any more. It stays the till that it is; what it sold and has not sent stays and is sent.

use appliance::enrolment::Enrolment;
use appliance::vault::Vault;

use super::Failure;
use super::settle;
use super::sheet::{Job, SheetDone};
use crate::config::Config;
use crate::start::{Folder, StartError};

/// A till that takes a new sheet.
#[derive(Clone, PartialEq, Debug)]
pub struct Renewal {
    /// What it is.
    pub config: Config,
    /// A manager asked for it: the site may have another address now.
    pub by_manager: bool,
}

impl Renewal {
    /// Why a sheet is not this till's.
    fn foreign(&self, enrolment: &Enrolment) -> Option<Failure> {
        let Config {
            till, pos_profile, ..
        } = &self.config;
        let address = |url: &str| url.trim_end_matches('/').to_lowercase();
        let own = self.config.site.as_ref().map(|site| address(&site.url));
        let other = |what: String, remedy: &str| {
            Some(Failure {
                sentence: what,
                remedy: remedy.to_owned(),
            })
        };
        let another = "Use a sheet of this till: evertill-setup till add --replace writes one.";
        if enrolment.till != *till {
            return other(
                format!(
                    "This is the sheet of till {}, and this is till {till}.",
                    enrolment.till
                ),
                another,
            );
        }
        if enrolment.pos_profile != *pos_profile {
            return other(
                format!(
                    "This is a sheet for the POS Profile \"{}\", and this till has \"{pos_profile}\".",
                    enrolment.pos_profile
                ),
                another,
            );
        }
        if !self.by_manager && own.is_none_or(|own| own != address(&enrolment.url)) {
            return other(
                format!("This sheet is of another site: {}.", enrolment.url),
                "Use a sheet of this till's site. Where the site has a new address, a manager can \
                 let the till take it, under Manager, About.",
            );
        }
        None
    }
}

impl Job {
    /// The till's folder. Secrets that cannot be opened are set aside, once the site has taken the
    /// key of the sheet.
    pub(super) fn reopened(
        &self,
        renewal: &Renewal,
        enrolment: &Enrolment,
    ) -> Result<Folder, SheetDone> {
        if let Some(failure) = renewal.foreign(enrolment) {
            return Err(SheetDone::Useless(failure));
        }
        let again = |error: StartError| SheetDone::TryAgain(settle::failure(error));
        let sealing = self.preset.config().secrets.sealing();
        match Folder::open(&self.data, &sealing) {
            Err(StartError::Appliance(error)) if error.is_lost_vault() => {
                self.greeted(enrolment, None)?;
                let aside = Vault::set_aside(&Folder::secrets(&self.data));
                if let Some(aside) = aside.map_err(|error| again(error.into()))? {
                    tracing::warn!("{error}; it is kept as {}", aside.display());
                }
                Folder::open(&self.data, &sealing).map_err(again)
            }
            opened => opened.map_err(again),
        }
    }
}
