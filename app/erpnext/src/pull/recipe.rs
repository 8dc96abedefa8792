//! How each doctype is read.

use checkout::masters::Doctype;

use crate::dto::{EMPLOYEE_BADGE_FIELD, EMPLOYEE_PIN_FIELD, EMPLOYEE_ROLE_FIELD};

/// How a doctype is listed and what belongs to its documents.
pub(super) struct Recipe {
    /// The fields of the list.
    pub(super) fields: &'static [&'static str],
    /// Child tables that are listed for a whole page of documents at once.
    pub(super) children: &'static [ChildTable],
    /// Few documents with child tables: each is read by itself.
    pub(super) whole: bool,
    /// A tree: a change anywhere makes all of it be read again, because moving a node does not
    /// touch the nodes below it.
    pub(super) tree: bool,
    /// A till's user often may not read it, and a till can do without.
    pub(super) optional: bool,
    /// Some of its fields are there only where the site was prepared for them, and a till can do
    /// without.
    pub(super) prepared: bool,
    /// ERPNext changes its documents without touching `modified`, so their names are compared in
    /// every cycle, as long as they are few.
    pub(super) silent: bool,
    /// A shop always has some: none at all is more likely a lost permission than deleted.
    pub(super) never_empty: bool,
}

/// A child table of a doctype.
pub(super) struct ChildTable {
    pub(super) doctype: &'static str,
    pub(super) fields: &'static [&'static str],
    /// Only rows with this text in this field.
    pub(super) only: Option<(&'static str, &'static str)>,
}

const PLAIN: Recipe = Recipe {
    fields: &["name", "modified"],
    children: &[],
    whole: false,
    tree: false,
    optional: false,
    prepared: false,
    silent: false,
    never_empty: false,
};

const ITEM_TAXES: ChildTable = ChildTable {
    doctype: "Item Tax",
    fields: &[
        "parent",
        "item_tax_template",
        "tax_category",
        "valid_from",
        "minimum_net_rate",
        "maximum_net_rate",
    ],
    only: None,
};

static CURRENCY: Recipe = Recipe {
    fields: &[
        "name",
        "symbol",
        "symbol_on_right",
        "number_format",
        "smallest_currency_fraction_value",
        "modified",
    ],
    never_empty: true,
    ..PLAIN
};

static WHOLE: Recipe = Recipe {
    whole: true,
    ..PLAIN
};

static LOYALTY_PROGRAM: Recipe = Recipe {
    optional: true,
    ..WHOLE
};

static PRICE_LIST: Recipe = Recipe {
    fields: &[
        "name",
        "currency",
        "enabled",
        "selling",
        "price_not_uom_dependent",
        "modified",
    ],
    never_empty: true,
    ..PLAIN
};

static EMPLOYEE: Recipe = Recipe {
    fields: &[
        "name",
        "employee_name",
        "status",
        EMPLOYEE_ROLE_FIELD,
        EMPLOYEE_BADGE_FIELD,
        EMPLOYEE_PIN_FIELD,
        "modified",
    ],
    optional: true,
    prepared: true,
    // Whoever may no longer work at tills is no longer among those that are listed.
    silent: true,
    ..PLAIN
};

static UOM: Recipe = Recipe {
    fields: &["name", "must_be_whole_number", "modified"],
    never_empty: true,
    ..PLAIN
};

static UOM_CONVERSION_FACTOR: Recipe = Recipe {
    fields: &["name", "from_uom", "to_uom", "value", "modified"],
    optional: true,
    ..PLAIN
};

static ITEM_GROUP: Recipe = Recipe {
    fields: &["name", "parent_item_group", "is_group", "modified"],
    children: &[ITEM_TAXES],
    tree: true,
    never_empty: true,
    ..PLAIN
};

static CUSTOMER_GROUP: Recipe = Recipe {
    fields: &[
        "name",
        "parent_customer_group",
        "default_price_list",
        "modified",
    ],
    tree: true,
    never_empty: true,
    ..PLAIN
};

static ITEM: Recipe = Recipe {
    fields: &[
        "name",
        "item_name",
        "item_group",
        "brand",
        "image",
        "stock_uom",
        "sales_uom",
        "variant_of",
        "disabled",
        "is_sales_item",
        "is_stock_item",
        "is_fixed_asset",
        "has_variants",
        "has_batch_no",
        "has_serial_no",
        "max_discount",
        "end_of_life",
        "modified",
    ],
    children: &[
        ChildTable {
            doctype: "Item Barcode",
            fields: &["parent", "barcode", "uom"],
            only: None,
        },
        ChildTable {
            doctype: "UOM Conversion Detail",
            fields: &["parent", "uom", "conversion_factor"],
            only: None,
        },
        ITEM_TAXES,
        ChildTable {
            doctype: "Item Variant Attribute",
            fields: &["parent", "attribute", "attribute_value"],
            only: None,
        },
    ],
    never_empty: true,
    ..PLAIN
};

static ITEM_PRICE: Recipe = Recipe {
    fields: &[
        "name",
        "item_code",
        "uom",
        "price_list",
        "price_list_rate",
        "currency",
        "valid_from",
        "valid_upto",
        "customer",
        "supplier",
        "batch_no",
        "packing_unit",
        "modified",
    ],
    never_empty: true,
    ..PLAIN
};

static CUSTOMER: Recipe = Recipe {
    fields: &[
        "name",
        "customer_name",
        "customer_group",
        "territory",
        "default_price_list",
        "default_currency",
        "tax_category",
        "tax_id",
        "loyalty_program",
        "default_sales_partner",
        "mobile_no",
        "email_id",
        "disabled",
        "is_frozen",
        "modified",
    ],
    never_empty: true,
    ..PLAIN
};

static TERRITORY: Recipe = Recipe {
    fields: &["name", "parent_territory", "modified"],
    tree: true,
    never_empty: true,
    ..PLAIN
};

static WAREHOUSE: Recipe = Recipe {
    fields: &[
        "name",
        "parent_warehouse",
        "company",
        "disabled",
        "modified",
    ],
    tree: true,
    never_empty: true,
    ..PLAIN
};

static CURRENCY_EXCHANGE: Recipe = Recipe {
    fields: &[
        "name",
        "date",
        "from_currency",
        "to_currency",
        "exchange_rate",
        "for_selling",
        "modified",
    ],
    ..PLAIN
};

static TAX_RULE: Recipe = Recipe {
    fields: &[
        "name",
        "tax_type",
        "sales_tax_template",
        "customer",
        "customer_group",
        "tax_category",
        "company",
        "billing_city",
        "billing_county",
        "billing_state",
        "billing_zipcode",
        "billing_country",
        "shipping_city",
        "shipping_county",
        "shipping_state",
        "shipping_zipcode",
        "shipping_country",
        "from_date",
        "to_date",
        "priority",
        "modified",
    ],
    optional: true,
    ..PLAIN
};

static PRODUCT_BUNDLE: Recipe = Recipe {
    fields: &["name", "new_item_code", "disabled", "modified"],
    children: &[ChildTable {
        doctype: "Product Bundle Item",
        fields: &["parent", "item_code", "qty", "uom"],
        only: None,
    }],
    ..PLAIN
};

static ADDRESS: Recipe = Recipe {
    fields: &[
        "name",
        "address_type",
        "city",
        "county",
        "state",
        "pincode",
        "country",
        "tax_category",
        "is_primary_address",
        "is_shipping_address",
        "disabled",
        "modified",
    ],
    children: &[ChildTable {
        doctype: "Dynamic Link",
        fields: &["parent", "link_doctype", "link_name"],
        only: Some(("link_doctype", "Customer")),
    }],
    optional: true,
    ..PLAIN
};

static BATCH: Recipe = Recipe {
    fields: &[
        "name",
        "item",
        "expiry_date",
        "manufacturing_date",
        "batch_qty",
        "disabled",
        "modified",
    ],
    optional: true,
    ..PLAIN
};

static SERIAL_NO: Recipe = Recipe {
    fields: &[
        "name",
        "item_code",
        "warehouse",
        "status",
        "batch_no",
        "warranty_expiry_date",
        "modified",
    ],
    optional: true,
    // Stock postings write status and warehouse by query.
    silent: true,
    ..PLAIN
};

static LOYALTY_POINT_ENTRY: Recipe = Recipe {
    fields: &[
        "name",
        "customer",
        "loyalty_program",
        "company",
        "loyalty_points",
        "purchase_amount",
        "posting_date",
        "expiry_date",
        "invoice",
        "modified",
    ],
    optional: true,
    ..PLAIN
};

/// The recipe of a doctype that is listed.
pub(super) fn recipe(doctype: Doctype) -> &'static Recipe {
    match doctype {
        Doctype::Currency => &CURRENCY,
        Doctype::PriceList => &PRICE_LIST,
        Doctype::Employee => &EMPLOYEE,
        Doctype::Uom => &UOM,
        Doctype::UomConversionFactor => &UOM_CONVERSION_FACTOR,
        Doctype::ItemGroup => &ITEM_GROUP,
        Doctype::CustomerGroup => &CUSTOMER_GROUP,
        Doctype::Territory => &TERRITORY,
        Doctype::Warehouse => &WAREHOUSE,
        Doctype::CurrencyExchange => &CURRENCY_EXCHANGE,
        Doctype::TaxRule => &TAX_RULE,
        Doctype::LoyaltyProgram => &LOYALTY_PROGRAM,
        Doctype::ProductBundle => &PRODUCT_BUNDLE,
        Doctype::Item => &ITEM,
        Doctype::ItemPrice => &ITEM_PRICE,
        Doctype::Customer => &CUSTOMER,
        Doctype::Address => &ADDRESS,
        Doctype::Batch => &BATCH,
        Doctype::SerialNo => &SERIAL_NO,
        Doctype::LoyaltyPointEntry => &LOYALTY_POINT_ENTRY,
        Doctype::SystemSettings
        | Doctype::Company
        | Doctype::PosProfile
        | Doctype::ModeOfPayment
        | Doctype::SalesTaxesAndChargesTemplate
        | Doctype::ItemTaxTemplate
        | Doctype::PricingRule
        | Doctype::CouponCode => &WHOLE,
    }
}
