//! What is tried with any bytes: every parser of what comes from outside. Each function takes bytes
//! as they may arrive, gives them to the parser, and stops at what must never be: a panic, an
//! answer out of its bounds, or an answer that its own words do not give again.
//!
//! `tests/fuzz` looks for bytes that make one stop; what was found, and what a shop really sends,
//! lies in `tests/fuzz/corpora` and is tried again by every `make test`.

mod appliance;
mod devices;
mod erpnext;
mod files;
mod office;
mod rules;
mod secrets;
mod setup;
mod typed;

/// A parser of bytes from outside.
#[derive(Clone, Copy)]
pub struct Parser {
    /// Its corpus and its program in `tests/fuzz` are called so.
    pub name: &'static str,
    /// Tries it.
    pub try_with: fn(&[u8]),
}

/// All of them but those of the program itself.
pub const ALL: &[Parser] = &[
    parser("scanner_frames", devices::scanner_frames),
    parser("printer_status", devices::printer_status),
    parser("star_status", devices::star_status),
    parser("zvt_messages", devices::zvt_messages),
    parser("scale_frames", devices::scale_frames),
    parser("drawer_answers", devices::drawer_answers),
    parser("keyboard_events", devices::keyboard_events),
    parser("hid_pos_reports", devices::hid_pos_reports),
    parser("display_texts", devices::display_texts),
    parser("device_recordings", devices::recordings),
    parser("magnetic_stripes", devices::magnetic_stripes),
    parser("logo_pictures", devices::logo_pictures),
    parser("scanned_codes", typed::scanned_codes),
    parser("typed_numbers", typed::typed_numbers),
    parser("wireless_codes", typed::wireless_codes),
    parser("receipt_codes", typed::receipt_codes),
    parser("receipt_bodies", typed::receipt_bodies),
    parser("erpnext_documents", erpnext::documents),
    parser("erpnext_refusals", erpnext::refusals),
    parser("erpnext_pull", erpnext::pull),
    parser("erpnext_push", erpnext::push),
    parser("erpnext_office", office::office),
    parser("erpnext_settling", office::settling),
    parser("site_addresses", erpnext::site_addresses),
    parser("rule_conditions", rules::conditions),
    parser("pricing_rules", rules::pricing_rules),
    parser("pin_hashes", secrets::pin_hashes),
    parser("enrolment_sheets", secrets::enrolment_sheets),
    parser("enrolment_contents", appliance::enrolment_contents),
    parser("fingerprints", secrets::fingerprints),
    parser("certificates", secrets::certificates),
    parser("journal_exports", files::journal_exports),
    parser("till_lists", setup::till_lists),
    parser("site_setup", setup::site_setup),
    parser("releases", appliance::releases),
    parser("hawkbit_answers", appliance::hawkbit_answers),
    parser("rauc_output", appliance::rauc_output),
    parser("usb_descriptors", appliance::usb_descriptors),
    parser("stick_labels", appliance::stick_labels),
];

const fn parser(name: &'static str, try_with: fn(&[u8])) -> Parser {
    Parser { name, try_with }
}

/// Tries the parser of this name.
///
/// # Panics
/// Where there is none, and where the parser does what it must not.
pub fn try_with(name: &str, bytes: &[u8]) {
    let parser = ALL.iter().find(|parser| parser.name == name);
    (parser.expect("a parser of this name").try_with)(bytes);
}
