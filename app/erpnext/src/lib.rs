//! The only crate that knows ERPNext and HTTP: pull masters, push documents.
