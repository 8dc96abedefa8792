//! The journal: how long it is, whether it is whole, and where it can be taken.

use slint::ComponentHandle;
use store::{JournalBroken, JournalHead, JournalProof};

use super::{ManagerScreen, fact, target};
use crate::journal_file::Target;
use crate::screens::update;
use crate::ui::{self, Level, TillWindow};

/// What the place is shown from.
#[derive(Default)]
pub struct JournalState {
    /// It is being checked.
    pub checking: bool,
    /// How the last check ended; an error is a sentence.
    pub checked: Option<Result<Result<JournalProof, JournalBroken>, String>>,
    /// It is being written.
    pub exporting: bool,
    /// How the last export ended: the file, or why there is none.
    pub exported: Option<Result<String, String>>,
    /// Where it can be written to.
    pub targets: Vec<Target>,
}

impl ManagerScreen {
    /// Shows the place.
    pub fn show_journal(
        &self,
        window: &TillWindow,
        head: Option<&JournalHead>,
        state: &JournalState,
    ) {
        if let Some(head) = head {
            let mut facts = vec![
                fact("Entries", head.entries.to_string()),
                fact("Fingerprint of the last entry", fingerprint(&head.head)),
            ];
            if let Some(key) = &head.key {
                facts.push(fact("Signed by the key", key.to_string()));
            }
            update(&self.journal, facts);
        }
        let journal = window.global::<ui::Journal>();
        let (level, sentence, remedy) = match &state.checked {
            None => (Level::Neutral, String::new(), ""),
            Some(Ok(Ok(proof))) => {
                let whole = format!(
                    "Whole: all {} entries are there and none was changed. Fingerprint {}.",
                    proof.entries,
                    fingerprint(&proof.head)
                );
                let told = proof.takeovers.iter().map(|one| format!("{one}."));
                let sentences: Vec<_> = std::iter::once(whole).chain(told).collect();
                let level = if proof.takeovers.is_empty() {
                    Level::Good
                } else {
                    Level::Warning
                };
                (level, sentences.join(" "), "")
            }
            Some(Ok(Err(broken))) => (
                Level::Bad,
                format!("Not whole: {broken}."),
                "Keep the data folder as it is, export the journal and call for help.",
            ),
            Some(Err(reason)) => (Level::Bad, reason.clone(), "Try again."),
        };
        journal.set_check_level(level);
        journal.set_check_sentence(sentence.into());
        journal.set_check_remedy(remedy.into());
        journal.set_checking(state.checking);
        update(&self.targets, state.targets.iter().map(target).collect());
        let (level, sentence) = writing(state.exporting, state.exported.as_ref(), "It");
        journal.set_export_level(level);
        journal.set_export_sentence(sentence.into());
        journal.set_exporting(state.exporting);
    }
}

/// How the writing of a file is that a person takes away, in words: it is under way, or it ended in
/// the file, or not and why. `what` can be taken out then.
pub fn writing(
    is_busy: bool,
    written: Option<&Result<String, String>>,
    what: &str,
) -> (Level, String) {
    match written {
        None if is_busy => (Level::Busy, "Writing.".to_owned()),
        None => (Level::Neutral, String::new()),
        Some(Ok(file)) => (
            Level::Good,
            format!("Written to {file}. {what} can be taken out now."),
        ),
        Some(Err(reason)) => (Level::Bad, reason.clone()),
    }
}

/// The beginning of a hash, in groups that can be read aloud.
pub fn fingerprint(hash: &[u8; 32]) -> String {
    let group = |pair: &[u8]| {
        pair.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    hash.chunks(2)
        .take(4)
        .map(group)
        .collect::<Vec<_>>()
        .join(" ")
}
