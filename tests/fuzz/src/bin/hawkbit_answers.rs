#![no_main]
//! See `tests::parsers`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tests::parsers::try_with("hawkbit_answers", bytes));
