//! The master documents of ERPNext that a sale needs, with ERPNext's own field names.
//!
//! They hold what the till uses of each document and nothing else. Optional links are `None`
//! where ERPNext has null or an empty text.

mod customer;
mod employee;
mod item;
mod loyalty;
mod price;
mod pricing_rule;
mod shop_documents;
mod stock;
mod taxes;

pub use customer::{Address, Customer, CustomerGroup, Territory};
pub use employee::{Employee, EmployeeRole};
pub use item::{
    Item, ItemBarcode, ItemGroup, ItemTax, ItemUom, ItemVariantAttribute, Uom, UomConversionFactor,
};
pub use loyalty::{LoyaltyPointEntry, LoyaltyProgram, LoyaltyProgramCollection};
pub use price::{CurrencyDocument, CurrencyExchange, ItemPrice, PriceList};
pub use pricing_rule::{
    ApplyOn, CouponCode, PriceOrProductDiscount, PricingRule, PricingRuleObject, RateOrDiscount,
};
pub use shop_documents::{
    AddressTaxCategoryFrom, Company, ModeOfPayment, ModeOfPaymentAccount, ModeOfPaymentType,
    PosPaymentMethod, PosProfile, SystemSettings,
};
pub use stock::{Batch, ProductBundle, ProductBundleItem, SerialNo, Warehouse};
pub use taxes::{
    ItemTaxTemplate, ItemTaxTemplateDetail, SalesTaxesAndChargesTemplate, TaxRule, TaxRulePlace,
    TaxesAndCharges,
};

use serde::{Deserialize, Serialize};

macro_rules! masters {
    ($($(#[$doc:meta])* $variant:ident($type:ty) = $doctype:literal by $key:ident;)*) => {
        /// A kind of master document.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        pub enum Doctype { $($(#[$doc])* $variant,)* }

        impl Doctype {
            /// Every kind, in the order in which a till needs them: what a price is made of first.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// ERPNext's name of the doctype.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $doctype,)* }
            }
        }

        /// One master document.
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
        pub enum Master { $($(#[$doc])* $variant($type),)* }

        impl Master {
            /// What kind of document it is.
            pub fn doctype(&self) -> Doctype {
                match self { $(Self::$variant(_) => Doctype::$variant,)* }
            }

            /// ERPNext's name of the document, unique in its doctype.
            pub fn name(&self) -> &str {
                match self { $(Self::$variant(document) => &document.$key,)* }
            }
        }

        $(impl From<$type> for Master {
            fn from(document: $type) -> Self { Self::$variant(document) }
        })*
    };
}

masters! {
    /// The settings of the site (a single document).
    SystemSettings(SystemSettings) = "System Settings" by name;
    /// A company.
    Company(Company) = "Company" by name;
    /// A currency.
    Currency(CurrencyDocument) = "Currency" by name;
    /// A point of sale's settings.
    PosProfile(PosProfile) = "POS Profile" by name;
    /// A way to pay.
    ModeOfPayment(ModeOfPayment) = "Mode of Payment" by name;
    /// A list of prices.
    PriceList(PriceList) = "Price List" by name;
    /// The taxes of a sale.
    SalesTaxesAndChargesTemplate(SalesTaxesAndChargesTemplate)
        = "Sales Taxes and Charges Template" by name;
    /// Other tax rates for some items.
    ItemTaxTemplate(ItemTaxTemplate) = "Item Tax Template" by name;
    /// Who works in the shop.
    Employee(Employee) = "Employee" by name;
    /// A unit of measure.
    Uom(Uom) = "UOM" by name;
    /// How one unit of measure counts in another.
    UomConversionFactor(UomConversionFactor) = "UOM Conversion Factor" by name;
    /// A node of the tree of items.
    ItemGroup(ItemGroup) = "Item Group" by name;
    /// A node of the tree of customers.
    CustomerGroup(CustomerGroup) = "Customer Group" by name;
    /// A node of the tree of places that customers are in.
    Territory(Territory) = "Territory" by name;
    /// A node of the tree of places that goods lie in.
    Warehouse(Warehouse) = "Warehouse" by name;
    /// What one currency is worth in another.
    CurrencyExchange(CurrencyExchange) = "Currency Exchange" by name;
    /// Which taxes hold for whom.
    TaxRule(Box<TaxRule>) = "Tax Rule" by name;
    /// What changes prices or gives goods away.
    PricingRule(Box<PricingRule>) = "Pricing Rule" by name;
    /// What switches a pricing rule on.
    CouponCode(CouponCode) = "Coupon Code" by name;
    /// How customers earn points.
    LoyaltyProgram(LoyaltyProgram) = "Loyalty Program" by name;
    /// An article that leaves the shop as several.
    ProductBundle(ProductBundle) = "Product Bundle" by name;
    /// An article.
    Item(Item) = "Item" by item_code;
    /// A price of an article.
    ItemPrice(ItemPrice) = "Item Price" by name;
    /// Who buys.
    Customer(Customer) = "Customer" by name;
    /// Where a customer is.
    Address(Address) = "Address" by name;
    /// A batch of an article.
    Batch(Batch) = "Batch" by name;
    /// One piece of an article.
    SerialNo(SerialNo) = "Serial No" by name;
    /// Points of a customer.
    LoyaltyPointEntry(LoyaltyPointEntry) = "Loyalty Point Entry" by name;
}

impl From<PricingRule> for Master {
    fn from(rule: PricingRule) -> Self {
        Self::PricingRule(Box::new(rule))
    }
}

impl From<TaxRule> for Master {
    fn from(rule: TaxRule) -> Self {
        Self::TaxRule(Box::new(rule))
    }
}
