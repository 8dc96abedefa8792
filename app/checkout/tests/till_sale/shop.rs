//! A small shop, and a till in it whose effects a test looks at.

use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::masters::{
    Company, CurrencyDocument, Customer, Item, ItemBarcode, ItemGroup, ItemPrice, ItemUom, Master,
    ModeOfPayment, ModeOfPaymentAccount, ModeOfPaymentType, PosPaymentMethod, PosProfile,
    PriceList, SalesTaxesAndChargesTemplate, SystemSettings, TaxesAndCharges, Uom,
};
use checkout::money::{Currency, Money};
use checkout::sale::Sale;
use checkout::shift::Cashier;
use checkout::shop::Shop;
use checkout::till::{Effect, Event, Notice, OpenCart, Resume, Sound, Stage, Till, TillIdentity};
use checkout::totals::ChargeType;
use jiff::{ToSpan, Zoned};

/// A paperback at 7.99.
pub const BOOK: &str = "9780306406157";
/// A pencil at 1.25; by the box of 12 under another code.
pub const PENCIL: &str = "036000291452";
/// A box of 12 pencils, 13.50.
pub const PENCIL_BOX: &str = "4006381333931";
/// Tea by weight, 33.37 a kilogram.
pub const TEA: &str = "2000000000015";
/// A bookmark that is given away.
pub const BOOKMARK: &str = "BOOKMARK";
/// A deposit of 1.00 that is given back for an empty bottle.
pub const DEPOSIT: &str = "DEPOSIT";

/// A till that sells, and the time.
pub struct Counter {
    pub till: Till,
    now: Zoned,
}

impl Counter {
    /// A till that was just started on this.
    pub fn resumed(resume: Resume) -> Self {
        Self::resumed_in(shop(), catalog(), resume)
    }

    /// A till of this shop that was just started on this.
    pub fn resumed_in(shop: Arc<Shop>, catalog: MemoryCatalog, resume: Resume) -> Self {
        Self::of(shop, catalog, resume)
    }

    /// A till with an open shift in this shop.
    pub fn open_in(shop: Arc<Shop>, catalog: MemoryCatalog) -> Self {
        let mut counter = Self::of(shop, catalog, Resume::default());
        counter.open_shift();
        counter
    }

    /// The same till after a restart, with what it kept and these sales to look up.
    pub fn restarted(self, catalog: MemoryCatalog, sales: &[&Sale]) -> Self {
        let resume = Resume {
            receipts: sales
                .iter()
                .map(|sale| sale.receipt_number.number)
                .max()
                .unwrap_or(0),
            shifts: self.till.shift().map_or(0, |shift| shift.number),
            shift: self.till.shift().cloned(),
            totals: self.till.shift_totals().cloned(),
            ..Resume::default()
        };
        let catalog = MemoryCatalog {
            sales: sales.iter().map(|sale| (*sale).clone()).collect(),
            ..catalog
        };
        let mut counter = Self::of(self.till.shop().clone(), catalog, resume);
        counter.now = self.now;
        counter.sign_in();
        counter
    }

    /// Sells what is in the cart for cash.
    pub fn sell(&mut self) -> Sale {
        self.step(Event::PaymentStarted);
        let sale = committed(&self.tender("Cash", None));
        self.step(Event::SaleCommitted);
        self.step(Event::NextSale);
        sale
    }

    /// So much later.
    /// What time it is.
    pub fn now(&self) -> &Zoned {
        &self.now
    }

    /// Sets the time.
    pub fn set_now(&mut self, now: Zoned) {
        self.now = now;
    }

    pub fn later(&mut self, span: jiff::Span) {
        self.now = self.now.checked_add(span).unwrap();
    }

    /// A manager allows what was asked.
    pub fn approve(&mut self, reason: &str) -> Vec<Effect> {
        let by = Cashier {
            id: "noor".to_owned(),
            name: "Noor".to_owned(),
        };
        self.step(Event::Approved {
            by,
            reason: reason.to_owned(),
        })
    }

    fn of(shop: Arc<Shop>, catalog: MemoryCatalog, resume: Resume) -> Self {
        let identity = TillIdentity {
            prefix: "C1".to_owned(),
            installation: "7K2M9QXB".to_owned(),
        };
        Self {
            till: Till::new(identity, shop, Box::new(catalog), resume),
            now: "2026-11-23T10:00:00-05:00[-05:00]".parse().unwrap(),
        }
    }

    /// A till with an open shift.
    pub fn open() -> Self {
        Self::open_in(shop(), catalog())
    }

    fn open_shift(&mut self) {
        self.sign_in();
        let opening_amount = usd(10_000);
        self.step(Event::ShiftOpened { opening_amount });
        self.step(Event::ShiftSaved);
    }

    pub fn sign_in(&mut self) {
        let cashier = Cashier {
            id: "maya".to_owned(),
            name: "Maya".to_owned(),
        };
        self.step(Event::SignedIn(cashier));
    }

    /// A second later, this happens.
    pub fn step(&mut self, event: Event) -> Vec<Effect> {
        self.now = self.now.checked_add(1.second()).unwrap();
        self.till.step(&self.now.clone(), event)
    }

    pub fn scan(&mut self, code: &str) -> Vec<Effect> {
        self.step(Event::Scanned(code.to_owned()))
    }

    pub fn tender(&mut self, mode_of_payment: &str, amount: Option<i64>) -> Vec<Effect> {
        self.step(Event::Tendered {
            mode_of_payment: mode_of_payment.to_owned(),
            amount: amount.map(usd),
        })
    }

    /// Item codes and quantities.
    pub fn cart(&self) -> Vec<(&str, String)> {
        let lines = self.till.cart().lines();
        lines
            .iter()
            .map(|line| (line.sold.item_code.as_str(), line.sold.qty.to_string()))
            .collect()
    }

    /// What was tendered so far, in cents.
    pub fn tenders(&self) -> Vec<(&str, i64)> {
        let Stage::Paying(payments) = self.till.stage() else {
            panic!("the till is not being paid: {:?}", self.till.stage());
        };
        let tenders = payments.tenders().iter();
        tenders
            .map(|tender| (tender.mode_of_payment.as_str(), tender.amount.units))
            .collect()
    }
}

/// The cart among the effects that is to be kept.
pub fn saved_cart(effects: &[Effect]) -> Option<Option<&OpenCart>> {
    effects.iter().find_map(|effect| match effect {
        Effect::SaveCart(cart) => Some(cart.as_deref()),
        _ => None,
    })
}

/// The sale that these effects commit, and nothing else.
pub fn committed(effects: &[Effect]) -> Sale {
    match effects {
        [Effect::CommitSale(sale)] => (**sale).clone(),
        other => panic!("not the commit of a sale alone: {other:?}"),
    }
}

/// The notice of a refusal that changed nothing.
pub fn refusal(effects: &[Effect]) -> Notice {
    match effects {
        [Effect::Sound(Sound::Refused), Effect::Show(notice)] => notice.clone(),
        other => panic!("not a refusal: {other:?}"),
    }
}

pub fn usd(cents: i64) -> Money {
    Money {
        units: cents,
        currency: Currency::new("USD", 2).unwrap(),
    }
}

pub fn shop() -> Arc<Shop> {
    shop_with([])
}

/// The shop with these masters instead of its own of the same name, or beside them.
pub fn shop_with(more: impl IntoIterator<Item = Master>) -> Arc<Shop> {
    Arc::new(Shop::assemble("Counter 1", masters().into_iter().chain(more)).unwrap())
}

fn masters() -> Vec<Master> {
    let mode = |name: &str, kind| ModeOfPayment {
        name: name.to_owned(),
        enabled: true,
        kind,
        accounts: vec![ModeOfPaymentAccount {
            company: "Harbour Books".to_owned(),
            default_account: format!("{name} - HB"),
        }],
    };
    let group = |name: &str, parent: Option<&str>| ItemGroup {
        name: name.to_owned(),
        parent_item_group: parent.map(str::to_owned),
        ..ItemGroup::default()
    };
    let unit = |name: &str, must_be_whole_number| Uom {
        name: name.to_owned(),
        must_be_whole_number,
    };
    vec![
        SystemSettings::default().into(),
        Company {
            name: "Harbour Books".to_owned(),
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
            selling: true,
            ..PriceList::default()
        }
        .into(),
        SalesTaxesAndChargesTemplate {
            name: "Sales Tax".to_owned(),
            company: "Harbour Books".to_owned(),
            taxes: vec![TaxesAndCharges {
                charge_type: ChargeType::OnNetTotal,
                account_head: "Sales Tax - HB".to_owned(),
                rate: 8.25,
                ..TaxesAndCharges::default()
            }],
            ..SalesTaxesAndChargesTemplate::default()
        }
        .into(),
        mode("Cash", ModeOfPaymentType::Cash).into(),
        mode("Credit Card", ModeOfPaymentType::Bank).into(),
        group("All", None).into(),
        group("Books", Some("All")).into(),
        group("Backroom", Some("All")).into(),
        unit("Nos", true).into(),
        unit("Box", true).into(),
        unit("Kg", false).into(),
        profile().into(),
    ]
}

/// The profile of the till.
pub fn profile() -> PosProfile {
    let paid_by = |name: &str| PosPaymentMethod {
        mode_of_payment: name.to_owned(),
        allow_in_returns: name == "Cash",
        ..PosPaymentMethod::default()
    };
    PosProfile {
        name: "Counter 1".to_owned(),
        company: "Harbour Books".to_owned(),
        customer: Some("Walk-in".to_owned()),
        currency: "USD".to_owned(),
        selling_price_list: "Shelf".to_owned(),
        taxes_and_charges: Some("Sales Tax".to_owned()),
        item_groups: vec!["Books".to_owned()],
        payments: vec![paid_by("Cash"), paid_by("Credit Card")],
        ..PosProfile::default()
    }
}

fn item(item_code: &str, barcode: &str) -> Item {
    Item {
        item_code: item_code.to_owned(),
        item_name: item_code.to_owned(),
        item_group: "Books".to_owned(),
        stock_uom: "Nos".to_owned(),
        is_sales_item: true,
        barcodes: vec![ItemBarcode {
            barcode: barcode.to_owned(),
            uom: None,
        }],
        ..Item::default()
    }
}

pub fn catalog() -> MemoryCatalog {
    let pencil = Item {
        uoms: vec![ItemUom {
            uom: "Box".to_owned(),
            conversion_factor: 12.0,
        }],
        barcodes: vec![
            ItemBarcode {
                barcode: PENCIL.to_owned(),
                uom: None,
            },
            ItemBarcode {
                barcode: PENCIL_BOX.to_owned(),
                uom: Some("Box".to_owned()),
            },
        ],
        ..item("PENCIL", PENCIL)
    };
    let items = vec![
        item("BOOK", BOOK),
        pencil,
        Item {
            stock_uom: "Kg".to_owned(),
            ..item("TEA", TEA)
        },
        item(BOOKMARK, "0000"),
        item(DEPOSIT, "0001"),
        item("NO-PRICE", "1"),
        Item {
            disabled: true,
            ..item("DISABLED", "2")
        },
        Item {
            has_variants: true,
            ..item("TEMPLATE", "3")
        },
        Item {
            is_sales_item: false,
            ..item("BOUGHT", "4")
        },
        Item {
            is_fixed_asset: true,
            ..item("SHELF", "5")
        },
        Item {
            end_of_life: Some("2026-11-23".parse().unwrap()),
            ..item("OLD", "6")
        },
        Item {
            end_of_life: Some("2026-11-24".parse().unwrap()),
            ..item("LAST-DAY", "7")
        },
        Item {
            item_group: "Backroom".to_owned(),
            ..item("GLUE", "8")
        },
    ];
    let price = |(item_code, uom, price_list_rate): (&str, Option<&str>, f64)| ItemPrice {
        name: format!("P-{item_code}-{}", uom.unwrap_or("any")),
        item_code: item_code.to_owned(),
        price_list: "Shelf".to_owned(),
        price_list_rate,
        currency: "USD".to_owned(),
        uom: uom.map(str::to_owned),
        ..ItemPrice::default()
    };
    let customer = |name: &str| Customer {
        name: name.to_owned(),
        customer_name: name.to_owned(),
        ..Customer::default()
    };
    MemoryCatalog {
        items: items.into_iter().map(Arc::new).collect(),
        item_prices: [
            ("BOOK", None, 7.99),
            ("PENCIL", Some("Nos"), 1.25),
            ("PENCIL", Some("Box"), 13.5),
            ("TEA", None, 33.37),
            (BOOKMARK, None, 0.0),
            (DEPOSIT, None, -1.0),
            ("DISABLED", None, 1.0),
            ("TEMPLATE", None, 1.0),
            ("BOUGHT", None, 1.0),
            ("SHELF", None, 1.0),
            ("OLD", None, 1.0),
            ("LAST-DAY", None, 1.0),
            ("GLUE", None, 1.0),
        ]
        .into_iter()
        .map(price)
        .collect(),
        customers: vec![
            customer("Ada"),
            Customer {
                disabled: true,
                ..customer("Gone")
            },
            Customer {
                is_frozen: true,
                ..customer("Frozen")
            },
            Customer {
                default_currency: Some("EUR".to_owned()),
                ..customer("Elsewhere")
            },
        ],
        ..MemoryCatalog::default()
    }
}
