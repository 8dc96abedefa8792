//! What a site answers to whoever sets tills up, and to a till that settles a shift.

use erpnext::office::{
    LeftOpen, NewTill, check_prefix, issue_sheet, last_receipt, left_open, open_sheets, plan_till,
    pos_profiles, share_pin, use_sheet, user_of_sheet, users_with_role,
};
use erpnext::push::{
    OpeningRule, Survey, customer_of_key, earlier_invoices, opening_balances, opening_question,
    openings_of_earlier_box, strays, unclosed_invoices,
};
use erpnext::request::Transport;

use super::erpnext::{Script, first_line};
use crate::fixtures;

/// Answers to questions of the back office, under a line that names the question.
pub fn office(bytes: &[u8]) {
    let Some((question, rest)) = first_line(bytes) else {
        return;
    };
    let mut script = Script::of(rest);
    let said = match question {
        "profiles" => pos_profiles(&mut script).err(),
        "tills" => users_with_role(&mut script).err(),
        "sheets" => open_sheets(&mut script, &["c1@example.com"], false).err(),
        "sheet" => user_of_sheet(&mut script, "C1", "c1@example.com").err(),
        "till" => {
            let till = NewTill {
                user: "c1@example.com".to_owned(),
                name: "Counter 1".to_owned(),
                pos_profile: "Counter 1".to_owned(),
                replace: true,
            };
            let key = plan_till(&mut script, till).and_then(|plan| plan.carry_out(&mut script));
            key.err()
        }
        "prefix" => check_prefix(&mut script, "C1", "c1@example.com").err(),
        "issue" => issue_sheet(&mut script, "c1@example.com", "C1", "Counter 1").err(),
        "last receipt" => match last_receipt(&mut script, "C1") {
            Ok(last) => {
                // A box begins above whatever the site knows of.
                assert!(last.is_none_or(|last| last.begin_above() > last.number));
                None
            }
            Err(error) => Some(error),
        },
        "left open" => match left_open(&mut script, "c1@example.com") {
            Ok(left) => {
                assert_eq!(
                    left.sentences().is_empty(),
                    left == LeftOpen::default(),
                    "{left:?}"
                );
                None
            }
            Err(error) => Some(error),
        },
        "use" => return drop(use_sheet(&mut script, "sheet-1", "7K2M9QXB")),
        "pin" => return drop(share_pin(&mut script, "HR-EMP-00001", "$argon2id$x")),
        _ => return,
    };
    if let Some(error) = said {
        assert!(!error.to_string().is_empty() && !error.remedy().is_empty());
    }
}

/// Answers to a till that settles a shift, under a line that names the question.
pub fn settling(bytes: &[u8]) {
    let Some((question, rest)) = first_line(bytes) else {
        return;
    };
    let mut script = Script::of(rest);
    let shift = fixtures::shift();
    let problem = match question {
        "invoices" => {
            let names = ["C1-000001-7K2M9QXB", "C1-000002-7K2M9QXB"];
            let names: Vec<_> = names.map(str::to_owned).into();
            let surveyed = Survey::of(names.clone()).run(&mut script);
            if let Ok(surveyed) = &surveyed {
                let sorted = surveyed.ready.len()
                    + surveyed.taken.len()
                    + surveyed.later.len()
                    + surveyed.gone.len();
                assert_eq!(sorted, names.len(), "an invoice was lost or doubled");
            }
            surveyed.err()
        }
        "balances" => {
            let name = "POS-OPE-2026-00001";
            let reply = script.send(&opening_question(name));
            opening_balances(reply, name, fixtures::usd(0).currency).err()
        }
        "openings" => strays(&shift, OpeningRule::Any, &mut script).err(),
        "openings of the box before" => {
            let today = shift.period_start_date.date();
            openings_of_earlier_box(&shift, OpeningRule::OneOfToday, today, &mut script).err()
        }
        "unclosed" => unclosed_invoices("Counter 1", "Harbour Books", &mut script).err(),
        "invoices of the box before" => {
            let name = "C1-000001-7K2M9QXB".to_owned();
            earlier_invoices(vec![name], &mut script).err()
        }
        "customer" => match customer_of_key("C1-7K2M9QXB-C000001", &mut script) {
            Ok(name) => {
                assert!(name.is_none_or(|name| !name.is_empty()), "no customer");
                None
            }
            Err(unanswered) => Some(unanswered),
        },
        "opening of today" => strays(&shift, OpeningRule::OneOfToday, &mut script).err(),
        _ => return,
    };
    if let Some((problem, _)) = problem {
        assert!(!problem.to_string().is_empty() && !problem.remedy().is_empty());
    }
}
