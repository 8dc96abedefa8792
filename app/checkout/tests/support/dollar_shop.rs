//! What every shop of these tests begins with: a company, its dollars, the shelf's prices, cash.

use checkout::masters::{
    Company, CurrencyDocument, Master, ModeOfPayment, ModeOfPaymentAccount, PriceList,
};

pub fn dollar_shop() -> Vec<Master> {
    vec![
        Company {
            name: "HB".to_owned(),
            default_currency: "USD".to_owned(),
            ..Company::default()
        }
        .into(),
        CurrencyDocument {
            name: "USD".to_owned(),
            smallest_currency_fraction_value: 0.01,
            ..CurrencyDocument::default()
        }
        .into(),
        PriceList {
            name: "Shelf".to_owned(),
            currency: "USD".to_owned(),
            enabled: true,
            ..PriceList::default()
        }
        .into(),
        ModeOfPayment {
            name: "Cash".to_owned(),
            enabled: true,
            accounts: vec![ModeOfPaymentAccount {
                company: "HB".to_owned(),
                default_account: "Cash - HB".to_owned(),
            }],
            ..ModeOfPayment::default()
        }
        .into(),
    ]
}
