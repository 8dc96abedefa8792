//! Carries a sale: look up, draft, compare, submit, read back, compare.

use checkout::sale::Sale;
use checkout::totals;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::compare::{Difference, difference, is_of_another, is_ours};
use super::coupon::Coupon;
use super::diagnosis::Question;
use super::opening::{open_entries, start_of};
use super::original::{self, Original, Unfit};
use super::payload::{draft, submission};
use super::picked::picked;
use super::points;
use super::verdict::{self, Verdict};
use super::{
    Blocked, KEY_FIELD, OpeningRule, POS_INVOICE, POS_OPENING_ENTRY, PushContext, Standing, text,
};
use crate::problem::Problem;
use crate::request::{Refused, Reply, Request, TransportError};

/// How often one run looks the key up before it leaves the rest to a later one.
const MOST_LOOK_UPS: u8 = 3;

pub(super) struct SalePush {
    sale: Sale,
    settings: totals::Settings,
    rule: OpeningRule,
    today: Date,
    step: Step,
    look_ups: u8,
    /// A draft is corrected once; if it then still differs, a person has to look.
    corrected: bool,
    coupon: Coupon,
    /// Of a return, once it was found.
    original: Option<Original>,
    /// ERPNext's name of the draft, as long as it is one.
    draft: Option<String>,
    /// What is submitted under the key, and differs.
    booked_as: Option<String>,
    /// What ERPNext picked by itself, of what is submitted and equal.
    remark: Option<String>,
}

enum Step {
    /// Of a return: is what it returns there?
    FindOriginal,
    ReadOriginal {
        name: String,
    },
    LookUp,
    /// A document of the key exists.
    Read {
        name: String,
    },
    Write(Write),
    /// It was submitted; see what is really there.
    ReadBack {
        name: String,
    },
    /// A check refused a write: is it that no opening is open?
    FindOpening {
        refused: Refused,
        write: Write,
    },
    /// Is it that the customer's points are gone?
    CountPoints {
        refused: Refused,
        write: Write,
    },
    /// It is refused for good: what stands behind it?
    Ask {
        refused: Refused,
        question: Question,
    },
    Delivered(String),
    Blocked(Blocked),
    Parked {
        cause: String,
        remedy: String,
    },
}

/// What changes something in ERPNext.
enum Write {
    Create,
    /// A draft of the key differs.
    Correct(Draft),
    Submit(Draft),
}

/// A draft as ERPNext knows it.
struct Draft {
    name: String,
    /// The names of its item rows.
    rows: Vec<String>,
}

impl SalePush {
    pub(super) fn new(sale: &Sale, context: &PushContext) -> Self {
        Self {
            sale: sale.clone(),
            settings: context.settings.clone(),
            rule: context.rule,
            today: context.today,
            step: match sale.return_against {
                Some(_) => Step::FindOriginal,
                None => Step::LookUp,
            },
            original: None,
            draft: None,
            booked_as: None,
            remark: None,
            look_ups: 0,
            corrected: false,
            coupon: Coupon::of(sale),
        }
    }

    pub(super) fn standing(&self) -> Standing {
        Standing::Send(match &self.step {
            Step::FindOriginal => match original::question(&self.sale) {
                Some(question) => question,
                None => self.look_up(),
            },
            Step::ReadOriginal { name } => Request::get(POS_INVOICE, name),
            Step::LookUp => self.look_up(),
            Step::Ask { question, .. } => question.request(&self.sale),
            Step::Read { name } | Step::ReadBack { name } => Request::get(POS_INVOICE, name),
            Step::Write(write) => self.write_request(write),
            Step::FindOpening { .. } => open_entries(&self.sale.pos_profile),
            Step::CountPoints { refused, .. } => match points::question(&self.sale) {
                Some(question) => question,
                None => match verdict::park(&self.what(), refused) {
                    Standing::Parked { cause, remedy } => return self.parked(&cause, &remedy),
                    other => return other,
                },
            },
            Step::Delivered(name) => return Standing::Delivered(name.clone()),
            Step::Blocked(blocked) => return Standing::Blocked(blocked.clone()),
            Step::Parked { cause, remedy } => return self.parked(cause, remedy),
        })
    }

    /// Set aside. A draft that lies there could be submitted by somebody who does not know of the
    /// receipt that was booked by hand instead.
    fn parked(&self, cause: &str, remedy: &str) -> Standing {
        let (cause, remedy) = match &self.draft {
            None => (cause.to_owned(), remedy.to_owned()),
            Some(draft) => (
                format!("{cause} It lies in ERPNext as the draft {draft}."),
                format!(
                    "{remedy} If it is to be settled by hand instead, submit or delete that draft first."
                ),
            ),
        };
        Standing::Parked { cause, remedy }
    }

    pub(super) fn remark(&self) -> Option<String> {
        self.remark.clone()
    }

    pub(super) fn booked_as(&self) -> Option<String> {
        self.booked_as.clone()
    }

    fn look_up(&self) -> Request {
        let filters = json!([[KEY_FIELD, "=", self.sale.key]]);
        Request::list(POS_INVOICE, &["name", KEY_FIELD, "docstatus"], &filters)
            .with("limit_page_length", "2")
    }

    fn difference(&self, invoice: &Value) -> Option<Difference> {
        difference(&self.sale, invoice, self.coupon, self.original.as_ref())
    }

    fn write_request(&self, write: &Write) -> Request {
        let original = self.original.as_ref();
        let draft = || draft(&self.sale, &self.settings, self.coupon, original);
        match write {
            Write::Create => Request::insert(POS_INVOICE, draft()),
            Write::Correct(Draft { name, rows }) => {
                let mut body = draft();
                // A document cannot be renamed by writing to it.
                body["name"] = json!(name);
                leave_names_to_site(&mut body, rows);
                Request::update(POS_INVOICE, name, body)
            }
            Write::Submit(Draft { name, .. }) => {
                Request::update(POS_INVOICE, name, submission(&self.sale, &self.settings))
            }
        }
    }

    pub(super) fn on_reply(&mut self, reply: Result<Reply, TransportError>) {
        let step = std::mem::replace(&mut self.step, Step::LookUp);
        self.step = match (step, reply) {
            (Step::FindOriginal, Ok(reply)) => self.found_original(reply.data()),
            (Step::ReadOriginal { .. }, Ok(reply)) => self.read_original(reply.data()),
            (Step::FindOriginal | Step::ReadOriginal { .. }, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_INVOICE))
            }
            (Step::LookUp, Ok(reply)) => self.looked_up(reply.data()),
            (Step::Read { .. }, Ok(reply)) => self.read(reply.data()),
            (Step::Write(Write::Create), Ok(reply)) => self.drafted(reply.data(), true),
            (Step::Write(Write::Correct(_)), Ok(reply)) => self.drafted(reply.data(), false),
            // The reply already is the document, but what counts is what is stored.
            (Step::Write(Write::Submit(Draft { name, .. })), Ok(_)) => Step::ReadBack { name },
            (Step::ReadBack { .. }, Ok(reply)) => self.read_back(reply.data()),
            (Step::FindOpening { refused, write }, Ok(reply)) => {
                self.found_opening(refused, write, reply.data())
            }
            (Step::CountPoints { refused, write }, Ok(reply)) => {
                match points::too_few(&self.sale, reply.data()) {
                    Some((cause, remedy)) => Step::Parked { cause, remedy },
                    None => self.without_coupon_or_park(&refused, write),
                }
            }
            (Step::Write(Write::Create), Err(error))
                if is_taken(&error) && self.look_ups < MOST_LOOK_UPS =>
            {
                self.look_ups += 1;
                // The name is taken, by this sale or, where the key field came later, by another.
                Step::Read {
                    name: self.sale.key.clone(),
                }
            }
            (Step::Write(write), Err(error)) => self.write_failed(write, &error),
            (Step::Read { .. } | Step::ReadBack { .. }, Err(error)) => self.read_failed(&error),
            (Step::LookUp, Err(error)) => Step::Blocked(verdict::of_look_up(&error, POS_INVOICE)),
            (Step::FindOpening { .. }, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_OPENING_ENTRY))
            }
            (Step::Ask { refused, question }, Ok(reply)) => {
                match question.explained(&self.sale, reply.data(), self.today) {
                    Some((cause, remedy)) => Step::Parked { cause, remedy },
                    None => self.ask_on(refused, question),
                }
            }
            (Step::Ask { refused, question }, Err(TransportError::Refused(_))) => {
                self.ask_on(refused, question)
            }
            (Step::Ask { .. }, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_INVOICE))
            }
            // A site that does not tell has refused all the same.
            (Step::CountPoints { refused, write }, Err(TransportError::Refused(_))) => {
                self.without_coupon_or_park(&refused, write)
            }
            (Step::CountPoints { .. }, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_INVOICE))
            }
            (ended @ (Step::Delivered(_) | Step::Blocked(_) | Step::Parked { .. }), _) => ended,
        };
    }

    fn found_original(&self, data: &Value) -> Step {
        let Some(rows) = data.as_array() else {
            return unexpected("the list is not a list");
        };
        match rows.first().and_then(|row| text(row, "name")) {
            Some(name) => Step::ReadOriginal {
                name: name.to_owned(),
            },
            None => self.original_missing(),
        }
    }

    fn read_original(&mut self, invoice: &Value) -> Step {
        match Original::read(&self.sale, invoice) {
            Ok(original) => {
                // Goods come back from whoever bought them, as ERPNext calls them now: customers
                // are renamed and merged, and one whom another till made is known here by a key.
                if let Some(customer) = text(invoice, "customer").filter(|name| !name.is_empty()) {
                    customer.clone_into(&mut self.sale.customer);
                }
                self.original = Some(original);
                Step::LookUp
            }
            Err(Unfit::NotYet) => self.original_missing(),
            Err(Unfit::Never(cause, remedy)) => Step::Parked { cause, remedy },
        }
    }

    /// Another till sold the goods and has not sent that yet.
    fn original_missing(&self) -> Step {
        let against = self.sale.return_against.as_ref();
        let receipt_number = against.map(|one| one.receipt_number.to_string());
        blocked(Problem::OriginalMissing {
            receipt_number: receipt_number.unwrap_or_default(),
        })
    }

    fn looked_up(&mut self, data: &Value) -> Step {
        self.look_ups += 1;
        let Some(rows) = data.as_array() else {
            return unexpected("the list is not a list");
        };
        if rows.len() > 1 {
            // Only without the unique index.
            return blocked(Problem::KeyFieldMissing);
        }
        let Some(row) = rows.first() else {
            // ERPNext said that it exists and then that it does not: somebody is at work there.
            return if self.look_ups > MOST_LOOK_UPS {
                unexpected("the receipt exists and does not exist")
            } else {
                Step::Write(Write::Create)
            };
        };
        match (
            text(row, "name"),
            text(row, KEY_FIELD) == Some(self.sale.key.as_str()),
        ) {
            (Some(name), true) => Step::Read {
                name: name.to_owned(),
            },
            _ => unexpected("the look-up found another receipt"),
        }
    }

    /// A draft came back from being written.
    fn drafted(&mut self, invoice: &Value, fresh: bool) -> Step {
        if fresh && text(invoice, KEY_FIELD).is_none() {
            // Dropped silently: the field was deleted just now. Nothing may be sent without it.
            return blocked(Problem::KeyFieldMissing);
        }
        let Some(draft) = Draft::of(invoice) else {
            return unexpected("a draft without a name");
        };
        self.draft = Some(draft.name.clone());
        match self.difference(invoice) {
            None => Step::Write(Write::Submit(draft)),
            Some(differs) => self.park_draft(&differs),
        }
    }

    fn read(&mut self, invoice: &Value) -> Step {
        let Some(draft) = Draft::of(invoice) else {
            return unexpected("a receipt without a name");
        };
        let differs = self.difference(invoice);
        self.draft = (docstatus(invoice) == Some(0)).then(|| draft.name.clone());
        match (docstatus(invoice), differs) {
            (Some(0 | 1), Some(_)) if is_of_another(&self.sale, invoice) => {
                self.draft = None;
                self.park_doubled(&draft.name, invoice)
            }
            (Some(0), None) => Step::Write(Write::Submit(draft)),
            (Some(0), Some(_)) if !self.corrected && is_ours(&self.sale, invoice) => {
                self.corrected = true;
                Step::Write(Write::Correct(draft))
            }
            (Some(0), Some(differs)) => self.park_draft(&differs),
            (Some(1), None) => self.delivered(&draft.name, invoice),
            (Some(1), Some(differs)) => self.park_booked(&draft.name, &differs),
            (Some(2), _) => Step::Parked {
                cause: format!(
                    "{} was cancelled in ERPNext as {}.",
                    self.what(),
                    draft.name
                ),
                remedy:
                    "If that was intended, or it was booked anew there, settle it here by hand."
                        .to_owned(),
            },
            _ => unexpected("a receipt that is neither draft nor submitted"),
        }
    }

    fn read_back(&mut self, invoice: &Value) -> Step {
        let Some(name) = text(invoice, "name") else {
            return unexpected("a receipt without a name");
        };
        self.draft = None;
        match (docstatus(invoice), self.difference(invoice)) {
            (Some(1), None) => self.delivered(name, invoice),
            (Some(1), Some(differs)) => self.park_booked(name, &differs),
            _ => unexpected("a submitted receipt is not submitted"),
        }
    }

    fn delivered(&mut self, name: &str, invoice: &Value) -> Step {
        self.remark = picked(&self.sale, invoice);
        Step::Delivered(name.to_owned())
    }

    fn write_failed(&mut self, write: Write, error: &TransportError) -> Step {
        match verdict::of_write(error, POS_INVOICE) {
            // The outcome of a lost reply is unknown; the next attempt begins by looking it up.
            Verdict::Later(blocked) => Step::Blocked(blocked),
            Verdict::LookUp if self.look_ups < MOST_LOOK_UPS => Step::LookUp,
            Verdict::LookUp => unexpected("the receipt is being changed by somebody else"),
            Verdict::Checked(refused) => Step::FindOpening { refused, write },
            Verdict::Never(refused) => self.without_coupon_or_park(&refused, write),
        }
    }

    fn read_failed(&self, error: &TransportError) -> Step {
        match error {
            // Deleted since it was looked up.
            TransportError::Refused(refused)
                if refused.status == 404 && self.look_ups < MOST_LOOK_UPS =>
            {
                Step::LookUp
            }
            _ => Step::Blocked(verdict::of_look_up(error, POS_INVOICE)),
        }
    }

    fn found_opening(&mut self, refused: Refused, write: Write, data: &Value) -> Step {
        let Some(entries) = data.as_array() else {
            return unexpected("the list is not a list");
        };
        let open: Vec<_> = entries
            .iter()
            .filter(|entry| entry["docstatus"] == 1)
            .collect();
        let pos_profile = || self.sale.pos_profile.clone();
        match (self.rule, open.as_slice()) {
            (_, []) => {
                return blocked(Problem::OpeningMissing {
                    pos_profile: pos_profile(),
                });
            }
            (OpeningRule::OneOfToday, [one]) => {
                let of_today = start_of(one).is_some_and(|start| start.date() == self.today);
                if let Some(name) = text(one, "name").filter(|_| !of_today) {
                    return blocked(Problem::OpeningOutdated {
                        pos_profile: pos_profile(),
                        name: name.to_owned(),
                    });
                }
            }
            (OpeningRule::OneOfToday, _) => {
                return blocked(Problem::SeveralOpenings {
                    pos_profile: pos_profile(),
                });
            }
            (OpeningRule::Any, _) => {}
        }
        if points::question(&self.sale).is_some() {
            return Step::CountPoints { refused, write };
        }
        self.without_coupon_or_park(&refused, write)
    }

    /// Tries the write that was refused again with the coupon off, once.
    fn without_coupon_or_park(&mut self, refused: &Refused, write: Write) -> Step {
        if !self.coupon.may_be_why(refused) {
            return match Question::first(refused) {
                Some(question) => Step::Ask {
                    refused: refused.clone(),
                    question,
                },
                None => self.park(refused),
            };
        }
        self.coupon = Coupon::Noted;
        Step::Write(match write {
            // The draft still has it.
            Write::Submit(draft) => Write::Correct(draft),
            write => write,
        })
    }

    fn ask_on(&self, refused: Refused, question: Question) -> Step {
        match question.next(&self.sale, &refused) {
            Some(question) => Step::Ask { refused, question },
            None => self.park(&refused),
        }
    }

    fn what(&self) -> String {
        format!("Receipt {}", self.sale.receipt_number)
    }

    fn park(&self, refused: &Refused) -> Step {
        match verdict::park(&self.what(), refused) {
            Standing::Parked { cause, remedy } => Step::Parked { cause, remedy },
            _ => unexpected("the receipt was refused"),
        }
    }

    fn park_draft(&self, differs: &Difference) -> Step {
        let table = differs.row.map(|(table, _)| table);
        let remedy = match (table, differs.field) {
            (None, "ignore_pricing_rule") => {
                "Give the till's role write permission at level 1 on POS Invoice, then send the receipt again."
            }
            (None, "currency") => {
                "Remove the customer's billing currency in ERPNext, then send the receipt again."
            }
            (None, "account_for_change_amount") => {
                "Set the Account for Change Amount of the POS Profile back for a moment, then send the receipt again."
            }
            (None, "items" | "discount_amount" | "additional_discount_percentage") => {
                "A pricing rule or a script in ERPNext adds to the receipt; switch it off for a moment, then send the receipt again."
            }
            (table, field) if table == Some("taxes") || field.contains("tax") => {
                "The taxes were changed in ERPNext since the sale (a tax template, an Item Tax Template, the item's taxes). Set them back for a moment, then send the receipt again."
            }
            _ => {
                "Undo what was changed in ERPNext since the sale (a tax template, the item's taxes, a rounding setting), then send the receipt again."
            }
        };
        Step::Parked {
            cause: format!(
                "{} would not be booked as it was sold: {}.",
                self.what(),
                differs.sentence(&self.sale)
            ),
            remedy: remedy.to_owned(),
        }
    }

    /// The number was given out twice. The other receipt stays what it is, and this one is not
    /// booked: what it was sold for is nowhere in ERPNext.
    fn park_doubled(&self, name: &str, invoice: &Value) -> Step {
        let day = text(invoice, "posting_date").unwrap_or_default();
        let time = text(invoice, "posting_time").unwrap_or_default();
        let time = time.split_once('.').map_or(time, |(time, _)| time);
        Step::Parked {
            cause: format!(
                "{} is not booked: ERPNext has another receipt of that number, {name} of {day} {time}. The till's data was put back from an older copy, and it gave the number out again.",
                self.what()
            ),
            remedy: "Book this receipt in ERPNext by hand, as a new POS Invoice, then settle it here by hand. Leave the other one as it is.".to_owned(),
        }
    }

    fn park_booked(&mut self, name: &str, differs: &Difference) -> Step {
        self.booked_as = Some(name.to_owned());
        Step::Parked {
            cause: format!("{} is booked in ERPNext as {name}, but {}.", self.what(), differs.sentence(&self.sale)),
            remedy: "Compare it with the receipt. Accept it as it is, or cancel it in ERPNext and book it anew there; then settle it here by hand.".to_owned(),
        }
    }
}

impl Draft {
    fn of(invoice: &Value) -> Option<Self> {
        let rows = invoice.get("items").and_then(Value::as_array);
        let names = rows
            .into_iter()
            .flatten()
            .filter_map(|row| text(row, "name"));
        Some(Self {
            name: text(invoice, "name")?.to_owned(),
            rows: names.map(str::to_owned).collect(),
        })
    }
}

/// Takes the names from item rows that are not among `known`: ERPNext updates a row that has a
/// name, and one that is not there is lost without a word.
fn leave_names_to_site(body: &mut Value, known: &[String]) {
    let rows = body.get_mut("items").and_then(Value::as_array_mut);
    for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
        let name = row.get("name").and_then(Value::as_str);
        if !name.is_some_and(|name| known.iter().any(|one| one == name)) {
            row.remove("name");
        }
    }
}

fn is_taken(error: &TransportError) -> bool {
    matches!(error, TransportError::Refused(refused) if refused.status == 409)
}

fn docstatus(invoice: &Value) -> Option<i64> {
    invoice.get("docstatus").and_then(Value::as_i64)
}

fn unexpected(detail: &str) -> Step {
    Step::Blocked(Blocked::unexpected(POS_INVOICE, detail))
}

fn blocked(problem: Problem) -> Step {
    Step::Blocked(problem.into())
}
