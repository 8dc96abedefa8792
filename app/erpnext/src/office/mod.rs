//! What an administrator does to a site over REST, with a key or signed in: reading any document,
//! making the users that tills come as, and the sheets by which a box becomes a till.

mod ask;
mod error;

mod till;

mod earlier_box;
mod prefix;
mod sheet;
mod staff;

mod session;

pub use ask::{ask, child_rows, list, number, on, rows, text};
pub use earlier_box::{LastReceipt, LeftOpen, last_receipt, left_open};
pub use error::{OfficeError, SignInFault};
pub use prefix::{check_prefix, is_prefix};
pub use session::OfficeSession;
pub use sheet::{SheetUse, issue_sheet, open_sheets, retire_sheet, use_sheet, user_of_sheet};
pub use staff::{PinShared, share_pin};
pub use till::{
    ApiKey, NewTill, PosProfileOfTill, ROLE, TillPlan, plan_till, pos_profiles, users_with_role,
};
