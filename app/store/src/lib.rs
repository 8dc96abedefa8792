//! The only crate that knows SQLite: sales, journal, outbox, masters, staff.
