//! What a typed price or discount would mean, in words.

use checkout::cart::{AboveMaxDiscount, DiscountChange, PriceChange};
use checkout::format::AmountFormat;
use checkout::till::{Notice, Till};

use crate::app::App;
use crate::screens::{amounts, words};
use crate::ui::Level;

/// What a sheet says about what was typed.
#[derive(Default)]
pub(super) struct Understood {
    /// "11.80 → 10.62, 10 % off"; empty while nothing is understood.
    pub(super) text: String,
    /// Why not, or that a manager is needed.
    pub(super) sentence: String,
    pub(super) level: Level,
    pub(super) needs_approval: bool,
}

impl Understood {
    /// Nothing is typed; what was refused before still stands.
    pub(super) fn nothing(refused: &str) -> Self {
        Self {
            sentence: refused.to_owned(),
            level: level(refused),
            ..Self::default()
        }
    }

    pub(super) fn can_set(&self) -> bool {
        !self.text.is_empty()
    }
}

impl App {
    /// What a price would become of what is typed.
    pub(super) fn price_understood(&self, line: u32, change: &PriceChange) -> Understood {
        self.understood(|till, format| {
            let preview = till.preview_price(&self.now(), line, change)?;
            let text = words::from_to(format, preview.from, preview.to);
            Ok((text, preview.above))
        })
    }

    /// What the whole sale would come to.
    pub(super) fn discount_understood(&self, change: &DiscountChange) -> Understood {
        self.understood(|till, format| {
            let preview = till.preview_discount(&self.now(), change)?;
            let (from, to) = (format.number(preview.from), format.number(preview.to));
            let off = format.number(preview.discount_amount);
            Ok((format!("{from} → {to}, {off} off"), preview.above))
        })
    }

    fn understood(
        &self,
        preview: impl FnOnce(&Till, &AmountFormat) -> Result<(String, Vec<AboveMaxDiscount>), Notice>,
    ) -> Understood {
        let Some(till) = &self.till else {
            return Understood::default();
        };
        let format = amounts(till.shop());
        match preview(till, &format) {
            Ok((text, above)) => {
                let sentence = words::needs_manager(&above);
                Understood {
                    text,
                    level: level(&sentence),
                    needs_approval: !above.is_empty(),
                    sentence,
                }
            }
            Err(notice) => Understood::nothing(&words::notice(&notice, &format).one_sentence()),
        }
    }
}

/// How bad a sentence is, where there is one.
pub(super) fn level(sentence: &str) -> Level {
    if sentence.is_empty() {
        Level::Neutral
    } else {
        Level::Warning
    }
}
