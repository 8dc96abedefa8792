//! The end of a shift: counting without seeing what is expected, then the differences.

use std::rc::Rc;

use checkout::denominations::denominations;
use checkout::format::AmountFormat;
use checkout::masters::ModeOfPaymentType;
use checkout::money::Money;
use checkout::shift::{Count, DenominationCount, Difference, ModeTotals, ShiftClosing};
use checkout::shop::Shop;
use slint::{ComponentHandle, ModelRc, VecModel};
use store::OutboxSummary;

use super::pay::tender_kind;
use super::{amounts, update};
use crate::ui::{CloseShift, CountedMode, Denomination, Level, PaperLine, TillWindow};

/// The most of one denomination that a drawer holds.
const MOST_OF_ONE: u32 = 9_999;

/// What was entered of one mode of payment.
#[derive(Clone, PartialEq, Debug)]
pub struct ModeCount {
    mode_of_payment: String,
    kind: ModeOfPaymentType,
    by_denomination: bool,
    pieces: Vec<u32>,
    /// The sum as typed.
    entry: String,
    /// Somebody counted here, so that nothing counted is a count too.
    counted: bool,
}

/// A count under way.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TillCount {
    modes: Vec<ModeCount>,
    kinds: Vec<Money>,
    chosen: usize,
    row: usize,
    /// The next figure begins the pieces of the row anew.
    fresh: bool,
}

impl TillCount {
    /// Nothing counted yet of these modes of payment.
    pub fn new(modes: &[ModeTotals], shop: &Shop) -> Self {
        let kinds = denominations(shop.currency);
        let mode = |mode: &ModeTotals| ModeCount {
            mode_of_payment: mode.mode_of_payment.clone(),
            kind: mode.kind,
            by_denomination: mode.kind == ModeOfPaymentType::Cash && !kinds.is_empty(),
            pieces: vec![0; kinds.len()],
            entry: String::new(),
            counted: false,
        };
        Self {
            modes: modes.iter().map(mode).collect(),
            kinds,
            chosen: 0,
            row: 0,
            fresh: true,
        }
    }

    /// Whether it is of these modes of payment.
    pub fn is_of(&self, modes: &[ModeTotals]) -> bool {
        let names = modes.iter().map(|mode| &mode.mode_of_payment);
        !self.modes.is_empty()
            && self
                .modes
                .iter()
                .map(|mode| &mode.mode_of_payment)
                .eq(names)
    }

    fn mode(&self) -> Option<&ModeCount> {
        self.modes.get(self.chosen)
    }

    /// Another mode of payment is counted.
    pub fn choose(&mut self, place: usize) {
        if place < self.modes.len() {
            self.chosen = place;
            self.choose_row(0);
        }
    }

    /// As notes and coins, or as one sum.
    pub fn by_denomination(&mut self, by_denomination: bool) {
        if let Some(mode) = self.modes.get_mut(self.chosen) {
            mode.by_denomination = by_denomination;
        }
        self.choose_row(0);
    }

    /// Figures are typed for another denomination.
    pub fn choose_row(&mut self, row: usize) {
        self.row = row.min(self.kinds.len().saturating_sub(1));
        self.fresh = true;
    }

    /// What was typed: the whole sum, or the pieces of the row.
    pub fn edited(&mut self, entry: &str) {
        let (row, fresh) = (self.row, std::mem::take(&mut self.fresh));
        let Some(mode) = self.modes.get_mut(self.chosen) else {
            return;
        };
        if mode.by_denomination {
            let figures: String = entry.chars().filter(char::is_ascii_digit).collect();
            // The first figure takes the place of what was counted before.
            let figures = if fresh {
                figures.chars().last().map(String::from).unwrap_or_default()
            } else {
                figures
            };
            let pieces = figures.parse().unwrap_or(0).min(MOST_OF_ONE);
            if let Some(counted) = mode.pieces.get_mut(row) {
                *counted = pieces;
                mode.counted = true;
            }
        } else {
            entry.clone_into(&mut mode.entry);
            mode.counted = !entry.trim().is_empty();
        }
    }

    /// More or fewer pieces of the row.
    pub fn step(&mut self, step: i32) {
        let row = self.row;
        if let Some(mode) = self
            .modes
            .get_mut(self.chosen)
            .filter(|mode| mode.by_denomination)
            && let Some(pieces) = mode.pieces.get_mut(row)
        {
            *pieces = pieces.saturating_add_signed(step).min(MOST_OF_ONE);
            mode.counted = true;
            self.fresh = true;
        }
    }

    /// On to what was not counted yet; false when that is nothing, and the count can be compared.
    pub fn go_on(&mut self) -> bool {
        match self.next() {
            Some(place) => {
                self.choose(place);
                true
            }
            None => false,
        }
    }

    /// The next mode of payment that was not counted, from the chosen one on. What is behind it in
    /// the list and was left out is not asked for again, unless it is cash.
    fn next(&self) -> Option<usize> {
        let open = |place: &usize| {
            let mode = self.modes.get(*place);
            mode.is_some_and(|mode| !mode.counted)
        };
        let behind = self.chosen + 1..self.modes.len();
        let cash = |place: &usize| {
            let mode = self.modes.get(*place);
            mode.is_some_and(|mode| mode.kind == ModeOfPaymentType::Cash)
        };
        behind
            .clone()
            .find(open)
            .or_else(|| (0..self.chosen).find(|place| cash(place) && open(place)))
    }

    /// The counts for the till; an error is the place of a sum that is none.
    ///
    /// # Errors
    /// The place of a mode of payment whose sum is no amount.
    pub fn counts(&self, shop: &Shop) -> Result<Vec<Count>, usize> {
        let mut counts = Vec::new();
        for (place, mode) in self.modes.iter().enumerate() {
            if !mode.counted {
                continue;
            }
            let amount = self.amount(mode, shop).ok_or(place)?;
            let pieces = self.kinds.iter().zip(&mode.pieces);
            let row = |(value, pieces): (&Money, &u32)| DenominationCount {
                value: *value,
                pieces: *pieces,
            };
            counts.push(Count {
                mode_of_payment: mode.mode_of_payment.clone(),
                amount,
                denominations: if mode.by_denomination {
                    pieces.filter(|(_, pieces)| **pieces > 0).map(row).collect()
                } else {
                    vec![]
                },
            });
        }
        Ok(counts)
    }

    /// What a mode comes to; `None` where it is no amount.
    fn amount(&self, mode: &ModeCount, shop: &Shop) -> Option<Money> {
        if mode.by_denomination {
            let rows = self.kinds.iter().zip(&mode.pieces);
            let worth = rows.map(|(kind, pieces)| Money {
                units: kind.units.saturating_mul(i64::from(*pieces)),
                ..*kind
            });
            return Some(worth.fold(shop.currency.zero(), Money::plus));
        }
        match mode.entry.trim() {
            "" => Some(shop.currency.zero()),
            text => Money::parse(text, shop.currency)
                .ok()
                .filter(|amount| !amount.is_negative()),
        }
    }
}

/// The models of the screen.
pub struct CloseShiftScreen {
    modes: Rc<VecModel<CountedMode>>,
    denominations: Rc<VecModel<Denomination>>,
    report: Rc<VecModel<PaperLine>>,
}

impl CloseShiftScreen {
    /// Connects empty models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            modes: Rc::default(),
            denominations: Rc::default(),
            report: Rc::default(),
        };
        let ui = window.global::<CloseShift>();
        ui.set_modes(ModelRc::from(screen.modes.clone()));
        ui.set_denominations(ModelRc::from(screen.denominations.clone()));
        ui.set_report(ModelRc::from(screen.report.clone()));
        screen
    }

    /// Shows a count under way: nothing of what is expected.
    pub fn show_count(&self, window: &TillWindow, shop: &Shop, count: &TillCount, refused: &str) {
        let ui = window.global::<CloseShift>();
        let format = amounts(shop);
        ui.set_counted(false);
        ui.set_saving(false);
        let row = |mode: &ModeCount| CountedMode {
            mode: mode.mode_of_payment.as_str().into(),
            kind: tender_kind(mode.kind),
            counted: match count.amount(mode, shop) {
                Some(amount) if mode.counted => format.amount(amount).into(),
                _ => "".into(),
            },
            ..CountedMode::default()
        };
        update(&self.modes, count.modes.iter().map(row).collect());
        ui.set_chosen(i32::try_from(count.chosen).unwrap_or_default());
        let Some(mode) = count.mode() else { return };
        let cash = mode.kind == ModeOfPaymentType::Cash;
        ui.set_has_denominations(cash && !count.kinds.is_empty());
        ui.set_by_denomination(mode.by_denomination);
        self.show_pieces(window, &format, count, mode);
        let amount = count.amount(mode, shop);
        let shown = amount.map(|amount| format.amount(amount));
        ui.set_amount(shown.unwrap_or_default().into());
        ui.set_hint(hint(mode).into());
        let sentence = match (refused, amount) {
            ("", None) => "This is not an amount of money. Correct it to go on.",
            ("", Some(_)) if !mode.counted && !cash => {
                "With nothing typed it goes into the closing as the till has it."
            }
            (refused, _) => refused,
        };
        let wrong = amount.is_none() || !refused.is_empty();
        ui.set_level(if wrong {
            Level::Warning
        } else {
            Level::Neutral
        });
        ui.set_sentence(sentence.into());
        let next = count.next().and_then(|place| count.modes.get(place));
        ui.set_last(next.is_none());
        let next = next.map_or("", |mode| mode.mode_of_payment.as_str());
        ui.set_next_mode(next.into());
        ui.set_can_go_on(amount.is_some() && (mode.counted || !cash));
    }

    fn show_pieces(
        &self,
        window: &TillWindow,
        format: &AmountFormat,
        count: &TillCount,
        mode: &ModeCount,
    ) {
        let ui = window.global::<CloseShift>();
        let row = |(kind, pieces): (&Money, &u32)| Denomination {
            label: format.amount(*kind).into(),
            count: pieces.to_string().into(),
            amount: format
                .number(Money {
                    units: kind.units.saturating_mul(i64::from(*pieces)),
                    ..*kind
                })
                .into(),
        };
        let rows = count.kinds.iter().zip(&mode.pieces);
        update(&self.denominations, rows.map(row).collect());
        ui.set_row(i32::try_from(count.row).unwrap_or_default());
        let entry = if mode.by_denomination {
            let pieces = mode.pieces.get(count.row).copied().unwrap_or_default();
            if count.fresh || pieces == 0 {
                String::new()
            } else {
                pieces.to_string()
            }
        } else {
            mode.entry.clone()
        };
        // The same text again would move the cursor of whoever types.
        if ui.get_entry() != entry.as_str() {
            ui.set_entry(entry.into());
        }
    }

    /// Shows what the count differs by, and the report that will be printed.
    pub fn show_differences(
        &self,
        window: &TillWindow,
        shop: &Shop,
        closing: &ShiftClosing,
        report: Vec<PaperLine>,
        saving: bool,
    ) {
        let ui = window.global::<CloseShift>();
        let format = amounts(shop);
        ui.set_counted(true);
        ui.set_saving(saving);
        let differences = closing.differences();
        let row = |(mode, difference): (&ModeTotals, &Difference)| {
            let counted = closing
                .counts
                .iter()
                .any(|count| count.mode_of_payment == mode.mode_of_payment);
            let (level, words) = if counted {
                difference_words(&format, difference.difference)
            } else {
                (Level::Neutral, "Not counted".to_owned())
            };
            CountedMode {
                mode: mode.mode_of_payment.as_str().into(),
                kind: tender_kind(mode.kind),
                counted: format.amount(difference.counted).into(),
                expected: format.amount(difference.expected).into(),
                difference: words.into(),
                level,
            }
        };
        let rows = closing.totals.modes.iter().zip(&differences);
        update(&self.modes, rows.map(row).collect());
        ui.set_chosen(-1);
        let (level, headline) = headline(&format, &differences);
        ui.set_headline_level(level);
        ui.set_headline(headline.into());
        ui.set_recounts(match closing.recounts {
            0 => "".into(),
            1 => "Counted twice".into(),
            times => format!("Counted {} times", times + 1).into(),
        });
        ui.set_level(if saving { Level::Busy } else { Level::Warning });
        ui.set_sentence(if saving {
            "Closing the shift.".into()
        } else {
            "Closing cannot be undone.".into()
        });
        update(&self.report, report);
    }
}

fn hint(mode: &ModeCount) -> String {
    let name = &mode.mode_of_payment;
    match mode.kind {
        ModeOfPaymentType::Cash => {
            "Type how much cash is in the drawer, the float included.".to_owned()
        }
        ModeOfPaymentType::Bank => {
            format!("Type the total that the terminal's slip says for {name}.")
        }
        ModeOfPaymentType::General | ModeOfPaymentType::Phone => {
            format!("Type what the slips of {name} come to.")
        }
    }
}

/// A difference in words: "$2.00 short", "As expected".
pub fn difference_words(format: &AmountFormat, difference: Money) -> (Level, String) {
    if difference.is_zero() {
        (Level::Good, "As expected".to_owned())
    } else if difference.is_negative() {
        let missing = format.amount(difference.negated());
        (Level::Warning, format!("{missing} short"))
    } else {
        let more = format.amount(difference);
        (Level::Warning, format!("{more} over"))
    }
}

/// All differences in a word: amounts of different ways to pay do not make up for each other.
fn headline(format: &AmountFormat, differences: &[Difference]) -> (Level, String) {
    let differ: Vec<_> = differences
        .iter()
        .filter(|row| !row.difference.is_zero())
        .collect();
    match differ.as_slice() {
        [] => (Level::Good, "All is there".to_owned()),
        [only] => difference_words(format, only.difference),
        several => (Level::Warning, format!("{} differ", several.len())),
    }
}

/// What of the outbox is to be known when a shift ends; empty for nothing.
pub fn unsent_note(outbox: &OutboxSummary) -> String {
    match outbox.unsent {
        0 => String::new(),
        1 => "1 document waits to be sent to ERPNext. It is sent by itself.".to_owned(),
        unsent => {
            format!("{unsent} documents wait to be sent to ERPNext. They are sent by themselves.")
        }
    }
}
