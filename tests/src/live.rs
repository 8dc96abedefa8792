//! The sync suite against a site: a real ERPNext with the recorded shop, or the stand-in.

use checkout::masters::{Doctype, Master};
use checkout::sale::Sale;
use checkout::shop::Shop;
use checkout::totals::ApplyDiscountOn;
use erpnext::https::{Client, SiteConfig};
use erpnext::push::{KEY_FIELD, Outcome, key_field_present, key_field_probe};
use erpnext::request::{Reply, Request, Transport, TransportError, Unreachable};
use jiff::Timestamp;
use serde_json::json;

use crate::fixtures::{coupon, give, paid_in_all, redeem, sale, settle, shift, usual_sale};
use crate::sync::{Mirror, Outbox, clock_in};

/// More requests than the suite needs.
const PLENTY: usize = 10_000;

/// Pulls the masters, pushes a shift with sales while replies get lost, and compares what the
/// site then holds, read with the administrator's key, with the receipts. Prints what it does.
///
/// # Errors
/// The first thing that is not as it should be, in a sentence.
pub fn run(url: &str, key: &str, admin_key: &str) -> Result<(), String> {
    let open = |key: &str| {
        let config = SiteConfig::new(url, key).map_err(|error| error.to_string())?;
        Client::new(config).map_err(|error| error.to_string())
    };
    let (mut till, mut admin) = (open(key)?, open(admin_key)?);
    let probed = key_field_present(till.send(&key_field_probe()));
    probed.map_err(|problem| format!("{problem}. {}", problem.remedy()))?;
    println!("the unique field {KEY_FIELD} is there");
    let mirror = masters(&mut till)?;
    let now = Timestamp::now();
    let mut outbox = Outbox::new(shift(), sales(now, &mirror));
    let mut lossy = Lossy {
        inner: till,
        sent: 0,
    };
    if !outbox.carry(&mut lossy, PLENTY) {
        return Err("the sales never ended".to_owned());
    }
    println!("{} requests, nearly every third reply lost", lossy.sent);
    for pending in outbox.sales() {
        let number = &pending.sale.receipt_number;
        match &pending.end {
            Some(Outcome::Delivered { name }) => booked_once(&mut admin, &pending.sale, name)?,
            Some(Outcome::Parked { cause, .. }) => return Err(cause.clone()),
            other => return Err(format!("receipt {number} ended as {other:?}")),
        }
        println!(
            "receipt {number} is booked once, {} USD",
            pending.sale.totals.grand_total
        );
    }
    Ok(())
}

fn masters(till: &mut Client) -> Result<Mirror, String> {
    let mut mirror = Mirror::default();
    let mut pull = mirror.pull("Counter 1");
    let ended = mirror.cycle(&mut pull, clock_in("UTC0", Timestamp::now()), till, PLENTY);
    if let Some(problem) = mirror.failed.first() {
        return Err(format!("{problem}. {}", problem.remedy()));
    }
    for problem in &mirror.problems {
        println!("note: {problem}. {}", problem.remedy());
    }
    for skipped in &mirror.skipped {
        println!("note: skipped {skipped}");
    }
    let shop = Shop::assemble("Counter 1", mirror.masters.values().cloned());
    let shop = shop.map_err(|error| error.to_string())?;
    for (doctype, least) in [
        (Doctype::Item, 200),
        (Doctype::ItemPrice, 200),
        (Doctype::Customer, 9),
    ] {
        let found = mirror.count(doctype);
        if !ended || found < least {
            return Err(format!(
                "{found} of {} came, at least {least} were expected",
                doctype.name()
            ));
        }
        println!("{found} of {}", doctype.name());
    }
    println!("{} sells in {}", shop.profile.name, shop.currency.code());
    Ok(mirror)
}

/// Sales of every kind that a till makes, dated today, under keys never used before.
fn sales(now: Timestamp, mirror: &Mirror) -> Vec<Sale> {
    let mut batch = sale(2, &[("BAT-001", 2.0, "Nos", 1.0, 1.2)]);
    batch.lines[0].batch_no = Some("BAT-001-B".to_owned());
    let weighed = sale(3, &[("WGT-001", 0.385, "Kg", 1.0, 22.0)]);
    let mut discounted = usual_sale(4);
    discounted.document.apply_discount_on = Some(ApplyDiscountOn::GrandTotal);
    discounted.document.additional_discount_percentage = 10.0;
    let mut given = sale(5, &[("STA-003", 2.0, "Nos", 1.0, 1.25)]);
    give(&mut given, "STA-003", 1.0);
    let mut with_coupon = usual_sale(6);
    with_coupon.document.items[0].rate = 6.79;
    with_coupon.coupon = Some(coupon(1000));
    // The points of the first are spent with the second.
    let mut earning = sale(7, &[("NF-001", 5.0, "Nos", 1.0, 19.99)]);
    redeem(&mut earning, 0);
    let mut redeeming = usual_sale(8);
    redeem(&mut redeeming, 5);
    let mut sales = vec![
        usual_sale(1),
        batch,
        weighed,
        discounted,
        given,
        with_coupon,
        earning,
        redeeming,
    ];
    sales.extend(piece(mirror));
    for sale in &mut sales {
        settle(sale);
        sale.key = format!("{}-{}", sale.receipt_number, now.as_millisecond());
        sale.posting_date = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    }
    sales
}

/// A sale of a piece that the site has in stock, if there is one.
fn piece(mirror: &Mirror) -> Option<Sale> {
    let pieces = mirror.masters.values().filter_map(|master| match master {
        Master::SerialNo(piece) if piece.item_code == "SER-001" => Some(piece.name.clone()),
        _ => None,
    });
    let serial_no = pieces.max()?;
    let mut sold = sale(9, &[("SER-001", 1.0, "Nos", 1.0, 119.0)]);
    sold.lines[0].serial_nos = vec![serial_no];
    Some(sold)
}

fn booked_once(admin: &mut Client, sale: &Sale, name: &str) -> Result<(), String> {
    let filters = json!([[KEY_FIELD, "=", sale.key]]);
    let fields = [
        "name",
        "docstatus",
        "grand_total",
        "rounded_total",
        "paid_amount",
        "change_amount",
    ];
    let reply = admin.send(&Request::list("POS Invoice", &fields, &filters));
    let reply = reply.map_err(|error| error.to_string())?;
    let rows = reply.data().as_array().cloned().unwrap_or_default();
    let [row] = rows.as_slice() else {
        return Err(format!(
            "receipt {} is there {} times",
            sale.receipt_number,
            rows.len()
        ));
    };
    let is = |field: &str, own: f64| {
        row[field]
            .as_f64()
            .is_some_and(|theirs| (theirs - own).abs() < 1e-6)
    };
    let equal = row["name"] == name
        && row["docstatus"] == 1
        && is("grand_total", sale.totals.grand_total)
        && is("rounded_total", sale.totals.rounded_total)
        && is("paid_amount", paid_in_all(sale))
        && is("change_amount", sale.change_amount.to_f64());
    if equal {
        Ok(())
    } else {
        Err(format!("receipt {} differs: {row}", sale.receipt_number))
    }
}

/// Loses nearly every third reply after the site did what was asked.
struct Lossy {
    inner: Client,
    sent: usize,
}

impl Transport for Lossy {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        self.sent += 1;
        let reply = self.inner.send(request)?;
        // Not quite every third: what takes three requests would never end.
        if self.sent.is_multiple_of(3) && !self.sent.is_multiple_of(7) {
            let reason = Unreachable::Broken("lost on purpose".to_owned());
            return Err(TransportError::Unreachable {
                host: "the site".to_owned(),
                reason,
            });
        }
        Ok(reply)
    }
}
