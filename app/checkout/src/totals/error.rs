//! Why a document cannot be added up.

/// What is wrong with a document or its settings. ERPNext refuses the same documents, except
/// where the text says otherwise. Row numbers count from 1, as ERPNext's do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TotalsError {
    /// System Settings.`rounding_method` has a value this till does not know.
    #[error(
        "the rounding method {0:?} is unknown; set System Settings > Rounding Method to Banker's Rounding (legacy), Banker's Rounding or Commercial Rounding"
    )]
    UnknownRoundingMethod(String),
    /// More decimals than Frappe offers.
    #[error("{field} asks for {precision} decimals; at most 9 are possible")]
    Precision {
        /// The field or setting.
        field: String,
        /// What it asks for.
        precision: u8,
    },
    /// A number is not finite or too large for ERPNext's database (12 digits before the point).
    #[error(
        "{field} is {value}, which ERPNext cannot store; enter an amount below 1,000,000,000,000"
    )]
    OutOfRange {
        /// Where: `items[1].qty`, `taxes[2].total` or a field of the document.
        field: String,
        /// The value as text.
        value: String,
    },
    /// A foreign currency without an exchange rate.
    #[error(
        "there is no exchange rate from {currency} to {company_currency}; enter the conversion rate"
    )]
    NoConversionRate {
        /// The document's currency.
        currency: String,
        /// The company's currency.
        company_currency: String,
    },
    /// A discount on the document that does not say on which total.
    #[error(
        "the discount says neither Grand Total nor Net Total; choose what to apply the discount on"
    )]
    NoApplyDiscountOn,
    /// A row_id on a row that refers to no other row.
    #[error(
        "tax row {row} is {charge_type} and cannot refer to another row; clear its reference row or charge it on a previous row"
    )]
    RowIdNotAllowed {
        /// The tax row.
        row: usize,
        /// Its charge type, in ERPNext's words.
        charge_type: &'static str,
    },
    /// "On Previous Row …" on the first row.
    #[error("tax row 1 is {charge_type}, but there is no previous row; choose another charge type")]
    NoPreviousRow {
        /// Its charge type, in ERPNext's words.
        charge_type: &'static str,
    },
    /// "On Previous Row …" without a row_id.
    #[error(
        "tax row {row} is {charge_type} without a reference row; enter the number of an earlier row"
    )]
    RowIdMissing {
        /// The tax row.
        row: usize,
        /// Its charge type, in ERPNext's words.
        charge_type: &'static str,
    },
    /// "On Previous Row …" of itself, of a later row or of row 0.
    #[error("tax row {row} refers to row {row_id}; refer to an earlier row")]
    RowIdNotEarlier {
        /// The tax row.
        row: usize,
        /// The row it refers to.
        row_id: u32,
    },
    /// An Actual amount cannot be part of the price.
    #[error(
        "tax row {row} is an Actual amount and cannot be included in the price; clear Included in Print Rate"
    )]
    InclusiveActual {
        /// The tax row.
        row: usize,
    },
    /// A tax in the price that builds on a tax which is not in the price.
    #[error(
        "tax row {row} is included in the price, so tax row {needed} must be included too; change one of them"
    )]
    InclusiveOnExclusive {
        /// The tax row.
        row: usize,
        /// The row that is not included.
        needed: usize,
    },
    /// Inclusive taxes of -100 %, so that no net price exists (ERPNext divides by zero).
    #[error("the taxes included in the price of row {row} add up to -100 %; correct the tax rates")]
    InclusiveTaxesCancel {
        /// The item row.
        row: usize,
    },
}
