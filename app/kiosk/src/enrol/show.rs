//! Bringing the Enrol screen up to date.

use erpnext::office::is_prefix;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::{CODE_LETTERS, Enrol};
use crate::ui::{self, Choice, EnrolStep, Level, ScreenName};

impl Enrol {
    /// Shows the state.
    pub(super) fn refresh(&self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let frame = window.global::<ui::Till>();
        let now = jiff::Zoned::now();
        frame.set_clock(now.strftime("%H:%M").to_string().into());
        frame.set_till_name("Evertill".into());
        frame.set_screen(ScreenName::Enrol);
        let enrol = window.global::<ui::Enrol>();
        let (level, sentence, remedy) =
            self.said.as_ref().map_or((Level::Neutral, "", ""), |said| {
                (said.level, said.sentence.as_str(), said.remedy.as_str())
            });
        let till = self
            .renewal
            .as_ref()
            .map(|renewal| renewal.config.till.as_str());
        enrol.set_renewing(till.unwrap_or_default().into());
        enrol.set_level(level);
        enrol.set_sentence(sentence.into());
        enrol.set_remedy(remedy.into());
        let (level, scanner) = if self.scanners.is_ready() {
            (Level::Good, "A scanner is ready.")
        } else {
            (
                Level::Busy,
                "No scanner was found yet. Plug one in; one that works as a keyboard is ready at once.",
            )
        };
        enrol.set_scanner_level(level);
        enrol.set_scanner(scanner.into());
        let letters = |place: usize| {
            let letter = self.code.get(place..=place).unwrap_or_default();
            SharedString::from(letter)
        };
        let letters: Vec<_> = (0..CODE_LETTERS).map(letters).collect();
        enrol.set_code_letters(ModelRc::new(VecModel::from(letters)));
        let typed = i32::try_from(self.code.len()).unwrap_or_default();
        enrol.set_code_length(typed);
        enrol.set_can_open(self.code.len() == CODE_LETTERS);
        enrol.set_password_length(i32::try_from(self.password.chars().count()).unwrap_or_default());
        enrol.set_can_sign_in(
            !self.password.is_empty()
                && !enrol.get_address().trim().is_empty()
                && !enrol.get_user().trim().is_empty(),
        );
        if self.step == EnrolStep::Profile {
            self.show_profiles(&enrol);
        }
        // Last: what a step shows is there when it comes up.
        enrol.set_step(self.step);
    }

    fn show_profiles(&self, enrol: &ui::Enrol<'_>) {
        enrol.set_site(self.signed_in.as_str().into());
        let choice = |(place, profile): (usize, &erpnext::office::PosProfileOfTill)| Choice {
            label: profile.name.as_str().into(),
            detail: match &profile.till {
                None => format!("{}, {}", profile.company, profile.warehouse).into(),
                Some(till) => format!("Replaces {till}: that box sells no more").into(),
            },
            amount: "".into(),
            chosen: self.chosen == Some(place),
            enabled: true,
            reason: "".into(),
        };
        let choices: Vec<_> = self.profiles.iter().enumerate().map(choice).collect();
        // Setting an equal model would take the focus from whoever has it.
        let shown = enrol.get_profiles();
        if !slint::Model::iter(&shown).eq(choices.iter().cloned()) {
            enrol.set_profiles(ModelRc::new(VecModel::from(choices)));
        }
        let prefix = enrol.get_prefix();
        let prefix = prefix.trim();
        enrol.set_has_chosen(self.chosen.is_some());
        enrol.set_can_enrol(self.chosen.is_some() && is_prefix(prefix));
        enrol.set_enrol_text(if is_prefix(prefix) {
            format!("Make this till {prefix}").into()
        } else {
            "Make this till".into()
        });
    }
}
