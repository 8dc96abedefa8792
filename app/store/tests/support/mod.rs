//! A small shop and a till in it that sells over a real data folder.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

pub mod ledger;

use std::path::Path;
use std::sync::Arc;

use checkout::masters::{
    Company, CurrencyDocument, Customer, Item, ItemBarcode, ItemGroup, ItemPrice, Master,
    ModeOfPayment, ModeOfPaymentAccount, ModeOfPaymentType, PosPaymentMethod, PosProfile,
    PriceList, SalesTaxesAndChargesTemplate, SystemSettings, TaxesAndCharges, Uom,
};
use checkout::money::Money;
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::Cashier;
use checkout::shop::Shop;
use checkout::till::{Effect, Event, NotSaved, Notice, Policy, Till, TillIdentity};
use checkout::totals::ChargeType;
use jiff::{SignedDuration, Timestamp, Zoned};
use store::{Hindrance, Masters, Parking, ReadStore, Store, Trouble};

/// The bits that the installation of the test shop is made of.
pub const INSTALLATION: [u8; 5] = [0xC0, 0xFF, 0xEE, 0x12, 0x34];
/// The barcode of "The Salt Road".
pub const SALT_ROAD: &str = "9780306406157";
/// The barcode of "Tea, loose", which is sold in fractions at an awkward price.
pub const TEA: &str = "4006381333931";

/// A time of the test day, so many seconds after it began.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_420_800 + seconds).unwrap()
}

/// A trouble that passes by itself.
pub fn passing(cause: &str) -> Trouble<'_> {
    Trouble {
        hindrance: Hindrance::Passing,
        cause,
        remedy: "",
    }
}

/// A reason for a document to wait for a person.
pub fn parking<'a>(cause: &'a str, remedy: &'a str) -> Parking<'a> {
    Parking {
        cause,
        remedy,
        booked_as: None,
    }
}

/// Every master of the test shop.
pub fn masters() -> Vec<Master> {
    let mut masters = small_masters();
    masters.extend([
        item("BOOK-1", "The Salt Road", "Books", SALT_ROAD).into(),
        item("BOOK-2", "Harbour Lights", "Books", "9780306406164").into(),
        Item {
            stock_uom: "Kg".into(),
            ..item("TEA-1", "Tea, loose", "Tea", TEA)
        }
        .into(),
        price("P-1", "BOOK-1", 17.3).into(),
        price("P-2", "BOOK-2", 9.95).into(),
        price("P-3", "TEA-1", 33.37).into(),
        Customer {
            name: "CUST-1".into(),
            customer_name: "Zoë Marlow".into(),
            mobile_no: Some("+1 555-0100".into()),
            ..Customer::default()
        }
        .into(),
    ]);
    masters
}

/// An item that can be sold by the piece.
pub fn item(item_code: &str, item_name: &str, item_group: &str, barcode: &str) -> Item {
    Item {
        item_code: item_code.into(),
        item_name: item_name.into(),
        item_group: item_group.into(),
        stock_uom: "Nos".into(),
        is_sales_item: true,
        barcodes: vec![ItemBarcode {
            barcode: barcode.into(),
            uom: None,
        }],
        ..Item::default()
    }
}

/// A price in the shop's list.
pub fn price(name: &str, item_code: &str, price_list_rate: f64) -> ItemPrice {
    ItemPrice {
        name: name.into(),
        item_code: item_code.into(),
        price_list: "Shelf".into(),
        price_list_rate,
        currency: "USD".into(),
        ..ItemPrice::default()
    }
}

/// The masters that the shop is assembled of.
pub fn small_masters() -> Vec<Master> {
    let mode = |name: &str, kind| ModeOfPayment {
        name: name.into(),
        enabled: true,
        kind,
        accounts: vec![ModeOfPaymentAccount {
            company: "Harbour Books".into(),
            default_account: format!("{name} - HB"),
        }],
    };
    let group = |name: &str, parent: Option<&str>| ItemGroup {
        name: name.into(),
        parent_item_group: parent.map(str::to_owned),
        is_group: parent.is_none(),
        ..ItemGroup::default()
    };
    let paid_by = |name: &str, default| PosPaymentMethod {
        mode_of_payment: name.into(),
        default,
        allow_in_returns: true,
    };
    let tax = TaxesAndCharges {
        charge_type: ChargeType::OnNetTotal,
        account_head: "Sales Tax - HB".into(),
        description: "Sales Tax".into(),
        rate: 8.25,
        included_in_print_rate: true,
        ..TaxesAndCharges::default()
    };
    vec![
        SystemSettings::default().into(),
        Company {
            name: "Harbour Books".into(),
            default_currency: "USD".into(),
            ..Company::default()
        }
        .into(),
        CurrencyDocument {
            name: "USD".into(),
            smallest_currency_fraction_value: 0.01,
            ..CurrencyDocument::default()
        }
        .into(),
        PosProfile {
            name: "Till 1".into(),
            company: "Harbour Books".into(),
            customer: Some("Walk-in".into()),
            currency: "USD".into(),
            selling_price_list: "Shelf".into(),
            taxes_and_charges: Some("Tax".into()),
            payments: vec![paid_by("Cash", true), paid_by("Card", false)],
            ..PosProfile::default()
        }
        .into(),
        mode("Cash", ModeOfPaymentType::Cash).into(),
        mode("Card", ModeOfPaymentType::Bank).into(),
        PriceList {
            name: "Shelf".into(),
            currency: "USD".into(),
            enabled: true,
            selling: true,
            ..PriceList::default()
        }
        .into(),
        SalesTaxesAndChargesTemplate {
            name: "Tax".into(),
            company: "Harbour Books".into(),
            taxes: vec![tax],
            ..SalesTaxesAndChargesTemplate::default()
        }
        .into(),
        Uom {
            name: "Nos".into(),
            must_be_whole_number: true,
        }
        .into(),
        Uom {
            name: "Kg".into(),
            must_be_whole_number: false,
        }
        .into(),
        group("All", None).into(),
        group("Books", Some("All")).into(),
        group("Tea", Some("All")).into(),
    ]
}

/// The shop, assembled.
pub fn shop() -> Shop {
    Shop::assemble("Till 1", small_masters()).unwrap()
}

/// Who sells.
pub fn cashier() -> Cashier {
    Cashier {
        id: "anna".into(),
        name: "Anna".into(),
    }
}

/// The receipt of this count.
pub fn receipt(number: u64) -> ReceiptNumber {
    ReceiptNumber {
        till: "C1".into(),
        number,
    }
}

/// A till over a data folder, as the event loop runs it.
pub struct Counter {
    /// The writer of what the till does.
    pub store: Store,
    /// The till.
    pub till: Till,
    now: Zoned,
}

impl Counter {
    /// Starts a till over a folder, downloads the shop where that is new, signs Anna in and opens
    /// a shift unless one is open.
    pub fn open(dir: &Path) -> Self {
        let store = Store::open(dir, INSTALLATION).unwrap();
        let mut downloads = Masters::open(dir).unwrap();
        if downloads.small_masters().unwrap().is_empty() {
            downloads.apply(&masters()).unwrap();
        }
        let identity = TillIdentity {
            prefix: "C1".into(),
            installation: store.installation().to_owned(),
        };
        let catalog = Box::new(ReadStore::open(dir).unwrap());
        let resume = store.resume().unwrap();
        let has_shift = resume.shift.is_some();
        let mut till = Till::new(identity, Arc::new(shop()), catalog, resume);
        till.set_policy(Policy {
            cash_movement: false,
            drawer: false,
            x_report: false,
            ..Policy::default()
        });
        let now = at(0).to_zoned(jiff::tz::TimeZone::UTC);
        let mut counter = Self { store, till, now };
        counter.happens(Event::SignedIn(cashier())).unwrap();
        if !has_shift {
            let opening_amount = Money {
                units: 10_000,
                currency: shop().currency,
            };
            counter
                .happens(Event::ShiftOpened { opening_amount })
                .unwrap();
        }
        counter
    }

    /// Scans an item.
    pub fn scans(&mut self, barcode: &str) {
        self.happens(Event::Scanned(barcode.to_owned())).unwrap();
    }

    /// Pays what is in the cart in cash and answers with the committed sale.
    pub fn pays(&mut self) -> Result<Sale, NotSaved> {
        self.happens(Event::PaymentStarted)?;
        self.happens(Event::Tendered {
            mode_of_payment: "Cash".into(),
            amount: None,
        })?;
        self.happens(Event::Completed)?;
        self.happens(Event::NextSale)?;
        Ok((**self.till.last_sale().unwrap()).clone())
    }

    /// Sells one of these.
    pub fn sells(&mut self, barcode: &str) -> Sale {
        self.scans(barcode);
        self.pays().unwrap()
    }

    /// Time passes; each start begins at the same moment.
    pub fn waits(&mut self, seconds: i64) {
        self.now = self
            .now
            .checked_add(SignedDuration::from_secs(seconds))
            .unwrap();
    }

    /// Lets something happen, a second later, and says what the till asks for.
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        self.now = self.now.checked_add(SignedDuration::from_secs(1)).unwrap();
        self.till.step(&self.now, event)
    }

    /// Lets something happen and carries out what the till asks of the store.
    pub fn happens(&mut self, event: Event) -> Result<(), NotSaved> {
        for effect in self.step(event) {
            match effect {
                Effect::SaveCart(cart) => self.store.save_cart(cart.as_deref())?,
                Effect::CommitShift(shift) => {
                    self.store.commit_shift(&shift)?;
                    self.happens(Event::ShiftSaved)?;
                }
                Effect::CommitSale(sale) => match self.store.commit_sale(&sale) {
                    Ok(()) => self.happens(Event::SaleCommitted)?,
                    Err(error) => {
                        let reason = NotSaved::from(error);
                        self.happens(Event::SaleNotCommitted(reason.clone())).ok();
                        return Err(reason);
                    }
                },
                Effect::CommitExchange { returned, sale } => {
                    let saved = self.store.commit_exchange(&returned, &sale);
                    if let Err(error) = saved {
                        let reason = NotSaved::from(error);
                        self.happens(Event::SaleNotCommitted(reason.clone())).ok();
                        return Err(reason);
                    }
                    self.happens(Event::SaleCommitted)?;
                }
                Effect::CommitCashMovement(movement) => {
                    self.store.commit_cash_movement(&movement)?;
                    self.happens(Event::CashMovementSaved)?;
                }
                Effect::CommitDrawerOpening(opening) => {
                    self.store.commit_drawer_opening(&opening)?;
                    self.happens(Event::DrawerOpeningSaved)?;
                }
                Effect::CommitCustomer(customer) => {
                    self.store.commit_customer(&customer)?;
                    self.happens(Event::CustomerSaved)?;
                }
                Effect::CommitClosing(closing) => match self.store.commit_closing(&closing) {
                    Ok(journal) => self.happens(Event::ClosingSaved { journal })?,
                    Err(error) => {
                        let reason = NotSaved::from(error);
                        self.happens(Event::ClosingNotSaved(reason.clone())).ok();
                        return Err(reason);
                    }
                },
                Effect::Journal(fact) => drop(self.store.journal_fact(&fact)?),
                Effect::Show(notice @ (Notice::Return(_) | Notice::Count(_))) => {
                    panic!("the till refused: {notice:?}");
                }
                Effect::Show(notice @ (Notice::Cart(_) | Notice::UnknownBarcode(_))) => {
                    panic!("the till refused: {notice:?}");
                }
                _ => {}
            }
        }
        Ok(())
    }
}
