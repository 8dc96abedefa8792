//! The enrolment sheet: a page that makes a box a till when it scans it.

mod code;
mod page;

pub use code::{picture, square};
pub use page::{Page, write_page};
