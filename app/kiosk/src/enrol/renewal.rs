//! A till takes a new sheet: its key died, its site has other certificates, or its secrets cannot be
//! opened any more. It stays the till that it is; what it sold and has not sent stays and is sent.

use appliance::enrolment::Enrolment;
use appliance::pin::{Pepper, is_usable};
use appliance::vault::{SecretName, Vault};
use erpnext::https::Pin;
use store::{Role, StaffMember, Store, StoreError};

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
    /// Why.
    pub reason: RenewalReason,
}

/// Why a till takes a new sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RenewalReason {
    /// A manager wants it: the site may have another address now.
    Manager,
    /// Its secrets cannot be opened, or its key is not among them.
    Secrets,
    /// No manager knows their PIN. Whoever looks after the site may let them choose new ones.
    Pins,
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
        let by_manager = self.reason == RenewalReason::Manager;
        if !by_manager && own.is_none_or(|own| own != address(&enrolment.url)) {
            return other(
                format!("This sheet is of another site: {}.", enrolment.url),
                "Use a sheet of this till's site. Where the site has a new address, a manager can \
                 let the till take it, under Manager, About.",
            );
        }
        None
    }

    /// Why a sheet does not prove that its bearer looks after this till, where no manager does.
    ///
    /// A sheet can be written by whoever once opened one of the shop and has its key. So where PINs
    /// are forgotten it also takes a new key of the till's own user, `user`, which only an
    /// administrator of the site makes.
    pub(super) fn unproved(
        &self,
        enrolment: &Enrolment,
        vault: &Vault,
        user: &str,
    ) -> Option<Failure> {
        let own = vault.shop_key();
        let is_other = own
            .as_ref()
            .is_some_and(|own| own.expose() != enrolment.shop_key.expose());
        // The secret alone: of the key before it ERPNext does not mind the letters' case.
        let taken = vault.site_key().map(secret_of);
        let is_taken = taken == Some(secret_of(&enrolment.secret));
        let own_user = vault.get(SecretName::SiteUser);
        let (sentence, remedy) = match self.reason {
            RenewalReason::Manager => return None,
            _ if is_other => (
                "This sheet has another shop's key, so it opens nothing here.",
                "Write it with the file of the shop's key that this till has (till add --replace --shop-key-file). Where that key was replaced, the one before is kept beside it as FILE.replaced-1.",
            ),
            RenewalReason::Secrets => return None,
            RenewalReason::Pins if own.is_none() || own_user.is_none() => (
                "This till was made without a sheet, so no sheet proves who may change its PINs.",
                "When all that it sold is in ERPNext, empty the box and enrol it with a sheet.",
            ),
            // One that lies about since the till was made is in anybody's reach.
            RenewalReason::Pins if is_taken => (
                "This till has taken this sheet already.",
                "Write a new one with evertill-setup till add --replace.",
            ),
            RenewalReason::Pins if own_user != Some(user.as_bytes()) => (
                "The key on this sheet is not of this till's user in ERPNext.",
                "Write a sheet of this till with evertill-setup till add --replace.",
            ),
            RenewalReason::Pins => return None,
        };
        Some(Failure {
            sentence: sentence.to_owned(),
            remedy: remedy.to_owned(),
        })
    }

    /// The keys that the site must have, whatever a sheet says.
    pub(super) fn own_pins(&self) -> Option<Vec<Pin>> {
        let site = self.config.site.as_ref()?;
        (self.reason == RenewalReason::Pins && !site.pins.is_empty()).then(|| site.pins.clone())
    }
}

/// The secret of a key and secret, or of a secret alone.
fn secret_of(text: &str) -> &str {
    text.rsplit_once(':')
        .map_or(text, |(_, secret)| secret)
        .trim()
}

/// Whether the shop key of a sheet that a manager takes leaves no manager a PIN that holds.
pub(super) fn takes_all_pins(
    renewal: &Renewal,
    store: &Store,
    enrolment: &Enrolment,
) -> Result<bool, StoreError> {
    if renewal.reason != RenewalReason::Manager {
        return Ok(false);
    }
    let pepper = Pepper::of_shop(&enrolment.shop_key);
    let mut managers = store.staff()?;
    managers.retain(|member| member.role == Role::Manager && member.can_sign_in());
    let holds = |member: &StaffMember| {
        let phc = member.phc.as_deref();
        phc.is_some_and(|phc| is_usable(phc, &pepper))
    };
    Ok(!managers.is_empty() && !managers.iter().any(holds))
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
