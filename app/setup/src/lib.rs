//! What `evertill-setup` does, one module a subject.

mod error;
pub use error::Error;

mod access;
pub use access::Access;

pub mod site;

pub mod sheet;

pub mod till;

pub mod shop_key;

pub mod journal;
