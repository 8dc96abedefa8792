//! The list of sales and the detail of one.

use std::rc::Rc;

use checkout::shop::Shop;
use checkout::totals::ItemTotals;
use jiff::civil::Date;
use slint::{ComponentHandle, ModelRc, VecModel};
use store::{DayTotals, PrintState, SaleRecord, SaleSummary, SendState};

use super::done::{ReceiptState, points, tender_rows};
use super::manager::sync::{called, in_sentence};
use super::sell::{document_rows, note, shown_prices, unit_price};
use super::{amounts, money, signed, update, words, written_sum};
use crate::ui::{
    AmountRow, JourneyStep, Level, Related, SaleLine, SaleRow, Sales, StepState, TillWindow,
};

/// The models of the Sales screen.
pub struct SalesScreen {
    rows: Rc<VecModel<SaleRow>>,
    lines: Rc<VecModel<SaleLine>>,
    totals: Rc<VecModel<AmountRow>>,
    tenders: Rc<VecModel<AmountRow>>,
    journey: Rc<VecModel<JourneyStep>>,
    related: Rc<VecModel<Related>>,
}

/// How another document belongs to a sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// It is the sale that goods came back of.
    Original,
    /// It is of goods that came back.
    CameBack,
    /// It is the other half of an exchange.
    Exchange,
}

impl SalesScreen {
    /// Connects empty models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            rows: Rc::default(),
            lines: Rc::default(),
            totals: Rc::default(),
            tenders: Rc::default(),
            journey: Rc::default(),
            related: Rc::default(),
        };
        let sales = window.global::<Sales>();
        sales.set_rows(ModelRc::from(screen.rows.clone()));
        sales.set_lines(ModelRc::from(screen.lines.clone()));
        sales.set_totals(ModelRc::from(screen.totals.clone()));
        sales.set_tenders(ModelRc::from(screen.tenders.clone()));
        sales.set_journey(ModelRc::from(screen.journey.clone()));
        sales.set_related(ModelRc::from(screen.related.clone()));
        screen
    }

    /// Shows the list, newest first, and what was sold today in all.
    pub fn show_list(
        &self,
        window: &TillWindow,
        shop: &Shop,
        sales: &[SaleSummary],
        of_today: &DayTotals,
        today: Date,
    ) {
        let format = amounts(shop);
        let row = |sale: &SaleSummary| {
            let (journey, journey_level) = journey_word(sale.printed, &sale.sent);
            SaleRow {
                receipt_number: sale.receipt_number.to_string().into(),
                time: when(sale.posting_date, sale.posting_time, today).into(),
                total: signed(format.amount(sale.amount_to_pay)).into(),
                tenders: if sale.is_return {
                    format!("Return, {}", sale.modes_of_payment.join(", ")).into()
                } else {
                    sale.modes_of_payment.join(", ").into()
                },
                customer: sale.customer_name.as_str().into(),
                journey: journey.into(),
                journey_level,
            }
        };
        update(&self.rows, sales.iter().map(row).collect());
        let sum = written_sum(&format, &of_today.amounts);
        let summary = match of_today.sales {
            0 => "No sales yet today".to_owned(),
            1 => format!("1 sale today, {sum}"),
            count => format!("{count} sales today, {sum}"),
        };
        window.global::<Sales>().set_summary(summary.into());
    }

    /// Shows one sale.
    pub fn show_sale(
        &self,
        window: &TillWindow,
        shop: &Shop,
        record: &SaleRecord,
        receipt: ReceiptState,
        today: Date,
    ) {
        let sale = &record.sale;
        let format = amounts(shop);
        let ui = window.global::<Sales>();
        ui.set_receipt_number(sale.receipt_number.to_string().into());
        ui.set_heading(
            format!(
                "{}, {}, {}",
                when(sale.posting_date, sale.posting_time, today),
                sale.cashier.name,
                sale.customer_name
            )
            .into(),
        );
        let lines = sale.receipt_lines().into_iter();
        let line = |(place, line): (usize, &checkout::sale::SaleLine)| {
            Some(sale_line(shop, line, sale.totals.items.get(place)?))
        };
        update(&self.lines, lines.filter_map(line).collect());
        update(
            &self.totals,
            document_rows(shop, &sale.document, &sale.totals),
        );
        update(&self.tenders, tender_rows(shop, sale));
        ui.set_total(signed(format.amount(sale.amount_to_pay)).into());
        ui.set_points(points(sale).into());
        update(&self.journey, journey(record, receipt));
        let (sentence, remedy) = trouble(&record.sent);
        ui.set_sentence(sentence.into());
        ui.set_remedy(remedy.into());
        ui.set_can_reprint(receipt.can_reprint());
        ui.set_can_send_again(needs_a_person(&record.sent));
    }
}

impl SalesScreen {
    /// Shows what belongs to the sale, each with how far it is.
    pub fn show_related(&self, shop: &Shop, related: &[(Relation, SaleRecord)]) {
        let format = amounts(shop);
        let row = |(relation, record): &(Relation, SaleRecord)| {
            let sale = &record.sale;
            let label = match relation {
                Relation::Original => "Sold with",
                Relation::CameBack => "Came back,",
                Relation::Exchange if sale.is_return() => "Exchanged: came back,",
                Relation::Exchange => "Exchanged for",
            };
            let (journey, _) = journey_word(record.printed, &record.sent);
            let mut parts: Vec<String> = Vec::new();
            if *relation == Relation::CameBack {
                let lines = sale.lines.iter().take(3);
                parts.extend(
                    lines.map(|line| format!("{} × {}", line.qty.negated(), line.item_name)),
                );
                if sale.lines.len() > 3 {
                    parts.push("…".to_owned());
                }
            }
            if let Some(reason) = &sale.reason {
                parts.push(reason.clone());
            }
            parts.push(journey.to_owned());
            Related {
                receipt_number: sale.receipt_number.to_string().into(),
                label: label.into(),
                detail: parts.join(" · ").into(),
                amount: signed(format.amount(sale.amount_to_pay)).into(),
            }
        };
        update(&self.related, related.iter().map(row).collect());
    }
}

fn sale_line(shop: &Shop, line: &checkout::sale::SaleLine, row: &ItemTotals) -> SaleLine {
    let prices = shown_prices(shop, row.price_list_rate, row.rate);
    SaleLine {
        name: line.item_name.as_str().into(),
        quantity: line.qty.to_string().into(),
        detail: unit_price(shop, row.rate, &line.uom, line.uom == line.stock_uom).into(),
        was: if line.is_free_item {
            "".into()
        } else {
            prices.was.into()
        },
        discount: if line.is_free_item && row.rate == 0.0 {
            "Free".into()
        } else {
            prices.tag.into()
        },
        note: note(line, &|_| None).into(),
        amount: signed(amounts(shop).number(money(shop, row.amount))).into(),
        free: line.is_free_item,
    }
}

fn when(date: Date, time: jiff::civil::Time, today: Date) -> String {
    let time = format!("{:02}:{:02}", time.hour(), time.minute());
    if date == today {
        time
    } else {
        format!("{date} {time}")
    }
}

fn journey_word(printed: PrintState, sent: &SendState) -> (&'static str, Level) {
    match (printed, sent) {
        (_, sent) if needs_a_person(sent) => ("Needs a look", Level::Bad),
        (PrintState::Unconfirmed, _) => ("Printed?", Level::Warning),
        (PrintState::Failed, _) => ("Not printed", Level::Warning),
        (_, SendState::Delivered { .. }) => ("Accepted", Level::Good),
        (_, SendState::Settled { .. }) => ("Settled by hand", Level::Neutral),
        _ => ("Waiting", Level::Busy),
    }
}

fn journey(record: &SaleRecord, receipt: ReceiptState) -> Vec<JourneyStep> {
    let step = |label: &str, detail: String, state: StepState| JourneyStep {
        label: label.into(),
        detail: detail.into(),
        state,
    };
    let time = record.sale.posting_time;
    let saved = format!("{:02}:{:02}", time.hour(), time.minute());
    let reprints = match record.reprints {
        0 => String::new(),
        1 => "Reprinted once".to_owned(),
        times => format!("Reprinted {times} times"),
    };
    let printed = match receipt.printed {
        PrintState::Printed => step("Printed", reprints, StepState::Done),
        PrintState::Queued | PrintState::Sending if receipt.has_printer => step(
            "Printing",
            "Waiting for the printer".to_owned(),
            StepState::Waiting,
        ),
        PrintState::Queued | PrintState::Sending => step(
            "Not printed",
            "No printer is set up".to_owned(),
            StepState::Waiting,
        ),
        PrintState::Unconfirmed => step(
            "Printed?",
            "The printer did not confirm it".to_owned(),
            StepState::Failed,
        ),
        PrintState::Failed => step("Not printed", String::new(), StepState::Failed),
    };
    let accepted = match &record.sent {
        SendState::Delivered {
            erpnext_name,
            remark,
            ..
        } => {
            let detail = match remark {
                Some(remark) => format!("{erpnext_name}. {}", words::whole_sentence(remark)),
                None => erpnext_name.clone(),
            };
            step("Accepted by ERPNext", detail, StepState::Done)
        }
        SendState::Waiting {
            cause: Some(cause), ..
        } => step("Not sent yet", words::sentence(cause), StepState::Waiting),
        SendState::Waiting { .. } => step(
            "Not sent yet",
            "Waiting for its turn".to_owned(),
            StepState::Waiting,
        ),
        SendState::HeldUp { behind, cause, .. } => {
            let detail = behind.as_ref().map_or_else(
                || cause.clone(),
                |behind| {
                    format!(
                        "Waits for {}",
                        in_sentence(&called(behind.doctype, &behind.label))
                    )
                },
            );
            let state = if needs_a_person(&record.sent) {
                StepState::Failed
            } else {
                StepState::Waiting
            };
            step("Not sent", detail, state)
        }
        SendState::Settled { by, .. } => {
            step("Settled by hand", format!("By {by}"), StepState::Done)
        }
        SendState::Parked { .. } => {
            step("Not accepted by ERPNext", String::new(), StepState::Failed)
        }
    };
    vec![step("Saved", saved, StepState::Done), printed, accepted]
}

fn trouble(sent: &SendState) -> (String, String) {
    match sent {
        SendState::Parked { cause, remedy, .. } | SendState::HeldUp { cause, remedy, .. } => {
            (words::whole_sentence(cause), remedy.clone())
        }
        SendState::Waiting { .. } | SendState::Delivered { .. } | SendState::Settled { .. } => {
            (String::new(), String::new())
        }
    }
}

/// Whether sending stands still until a person has seen to it.
fn needs_a_person(sent: &SendState) -> bool {
    match sent {
        SendState::Parked { .. } => true,
        SendState::HeldUp { behind, .. } => behind.as_ref().is_some_and(|behind| behind.parked),
        SendState::Waiting { .. } | SendState::Delivered { .. } | SendState::Settled { .. } => {
            false
        }
    }
}
