//! Why a code is not one to go by.

use thiserror::Error;

/// Why a receipt's code is not one to go by.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ReceiptCodeError {
    /// Another shop signed it, or nobody.
    #[error(
        "this is not a receipt of this shop, or one from before the shop's key was replaced, or its \
         code was not read whole; scan it again, or take the goods back at the till that made it"
    )]
    NotOfThisShop,
    /// Characters are missing or wrong.
    #[error("the code on the receipt is damaged; scan it again, or type the receipt number")]
    Damaged,
    /// A later version of the program made it.
    #[error(
        "a newer version of the till's program made this receipt; update this till, or find the \
         sale at the till that made it"
    )]
    Newer,
    /// The lines did not fit into the code.
    #[error(
        "the code on receipt {0} has no room for its lines; find the sale at the till that made \
         it, or take the goods back without a receipt"
    )]
    WithoutLines(String),
    /// This till was not given the shop's key.
    #[error(
        "this till cannot check receipts of other tills: it has no shop key; enrol it, or find \
         the sale at the till that made it"
    )]
    NoShopKey,
}
