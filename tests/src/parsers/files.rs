//! Files that somebody brings.

use store::verify_journal_export;

/// An exported journal.
pub fn journal_exports(mut bytes: &[u8]) {
    match verify_journal_export(&mut bytes, &[], &[]) {
        Ok(proof) => assert!(bytes.is_empty(), "{} entries and more", proof.entries),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
