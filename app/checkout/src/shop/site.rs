//! What the site is, whatever the state of one till's shop: what was sold is sent by it.

use super::totals_precision;
use crate::masters::{Company, CurrencyDocument, Master, PosProfile, SystemSettings};
use crate::totals;

/// How a site counts and what time it is there.
#[derive(Clone, PartialEq, Debug)]
pub struct SiteRules {
    /// The settings of the arithmetic.
    pub settings: totals::Settings,
    /// The time zone of all its dates and times (an IANA name).
    pub time_zone: String,
}

impl SiteRules {
    /// Reads them from the masters that say them, however incomplete the shop of the profile is:
    /// without a way to pay, in another currency, disabled or gone. `None` before the site's
    /// settings are downloaded.
    pub fn of<'a>(
        pos_profile: &str,
        masters: impl IntoIterator<Item = &'a Master>,
    ) -> Option<Self> {
        let (mut system, mut profile) = (None::<&SystemSettings>, None::<&PosProfile>);
        let (mut companies, mut currencies) = (Vec::<&Company>::new(), Vec::new());
        for master in masters {
            match master {
                Master::SystemSettings(settings) => system = Some(settings),
                Master::PosProfile(own) if own.name == pos_profile => profile = Some(own),
                Master::Company(company) => companies.push(company),
                Master::Currency(currency) => currencies.push(currency),
                _ => {}
            }
        }
        let system = system?;
        let of_profile =
            |company: &&&Company| profile.is_some_and(|own| own.company == company.name);
        let company = companies.iter().find(of_profile);
        let company = company.or(companies.first().filter(|_| companies.len() == 1));
        let code = company.map_or("", |company| company.default_currency.as_str());
        let of_code = |currency: &&&CurrencyDocument| currency.name == code;
        let fraction = currencies
            .iter()
            .find(of_code)
            .map_or(0.0, |currency| currency.smallest_currency_fraction_value);
        Some(Self {
            settings: settings(system, code, fraction),
            time_zone: system.time_zone.clone(),
        })
    }
}

/// The settings of the arithmetic in one currency, whose smallest coin this is.
pub(super) fn settings(
    system: &SystemSettings,
    company_currency: &str,
    smallest_currency_fraction_value: f64,
) -> totals::Settings {
    totals::Settings {
        rounding_method: system.rounding_method,
        currency_precision: totals_precision(system),
        float_precision: float_precision(system),
        smallest_currency_fraction_value,
        round_row_wise_tax: system.round_row_wise_tax,
        disable_rounded_total: system.disable_rounded_total,
        company_currency: company_currency.to_owned(),
        ..totals::Settings::default()
    }
}

pub(super) fn float_precision(system: &SystemSettings) -> u8 {
    match system.float_precision {
        // Not set.
        0 => SystemSettings::default().float_precision,
        set => set,
    }
}
