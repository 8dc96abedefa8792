//! The documents a real ERPNext 15.71 computed come out the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::io::Read;

use checkout::totals::check::check_line;

fn golden_lines() -> String {
    let packed: &[u8] = include_bytes!("golden/arithmetic.jsonl.gz");
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut lines)
        .unwrap();
    lines
}

#[test]
fn every_golden_document_matches_erpnext() {
    let (mut matched, mut wrong) = (0, Vec::new());
    for line in golden_lines().lines() {
        match check_line(line) {
            Ok(differences) if differences.is_empty() => matched += 1,
            Ok(differences) => wrong.extend(differences.iter().map(ToString::to_string)),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert_eq!(matched, 2200);
}

const DOCUMENT: &str = r##"
    {"n":17,
    "settings":{"rounding_method":"Banker's Rounding","number_format":"#,###.##",
        "float_precision":"3","smallest":{"USD":0.01},"item_tax_templates":{"T5":{"Tax1":5}}},
    "doc":{"is_return":0},
    "items":[{"qty":"1,000","rate":1},{"qty":1,"rate":33.33,"item_tax_template":"T5"}],
    "taxes":[{"rate":7.5,"row_id":""}],
    "expected":{
        "items":[{"net_amount":1000},{"net_amount":33.33}],
        "taxes":[{"charge_type":"On Net Total","tax_amount":76.67,
            "item_wise_tax_detail":"{\"I1\":[7.5,75],\"I2\":[5,1.6665]}"}],
        "discount_amount":null,"grand_total":1110}}"##;

/// [`DOCUMENT`] in one line, with one change.
fn changed(from: &str, to: &str) -> String {
    let line: String = DOCUMENT.lines().map(str::trim).collect();
    assert!(line.contains(from), "{from} is not in the line");
    line.replacen(from, to, 1)
}

#[test]
fn a_difference_names_document_field_and_values() {
    for (from, to, sentences) in [
        ("1110}", "1110}", vec![]),
        (
            "1110}",
            "1110.01}",
            vec!["n 17: grand_total: expected 1110.01, got 1110.0"],
        ),
        (
            "1110}",
            "null}",
            vec!["n 17: grand_total: expected null, got 1110.0"],
        ),
        (
            "33.33}]",
            "33.34}]",
            vec!["n 17: items[1].net_amount: expected 33.34, got 33.33"],
        ),
        (
            ",{\"net_amount\":33.33}]",
            "]",
            vec!["n 17: items: expected 1 rows, got 2 rows"],
        ),
        (
            "I2\\\":[5,1.6665]",
            "I3\\\":[5,1.6665]",
            vec![
                "n 17: taxes[0].item_wise_tax_detail[\"I3\"]: expected [5,1.6665], got nothing",
                "n 17: taxes[0].item_wise_tax_detail[\"I2\"]: expected nothing, got [5.0,1.6665]",
            ],
        ),
        (
            "[5,1.6665]",
            "[5,1.7]",
            vec!["n 17: taxes[0].item_wise_tax_detail[\"I2\"][1]: expected 1.7, got 1.6665"],
        ),
    ] {
        let found = check_line(&changed(from, to)).unwrap();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, sentences, "{from} -> {to}");
    }
}

#[test]
fn a_line_that_cannot_be_checked_says_why() {
    for (from, to, sentence) in [
        (
            "{\"n\":17",
            "",
            "the line is not a computed document: expected value at line 1 column 1",
        ),
        (
            "\"n\":17,",
            "",
            "the line is not a computed document: missing field `n` at line 1 column",
        ),
        (
            "\"1,000\"",
            "\"many\"",
            "the line is not a computed document: invalid value: string \"many\", expected a number",
        ),
        (
            "\"rate\":1}",
            "\"weight\":1}",
            "the line is not a computed document: unknown field `weight`",
        ),
        (
            "Banker's Rounding",
            "Truncation",
            "the line is not a computed document: unknown variant `Truncation`",
        ),
        (
            "\"is_return\":0",
            "\"is_return\":2",
            "the line is not a computed document: invalid value",
        ),
        (
            "\"T5\"}",
            "\"T7\"}",
            "n 17: items[1] has the tax template \"T7\", which settings.item_tax_templates lacks",
        ),
        (
            "\"row_id\":\"\"",
            "\"row_id\":1",
            "n 17: tax row 1 is On Net Total and cannot refer to another row",
        ),
        (
            "grand_total",
            "grand_totel",
            "n 17: expected.grand_totel is not a field the till computes",
        ),
        (
            "[5,1.6665]",
            "5",
            "n 17: expected.taxes[0].item_wise_tax_detail is not an object of [rate, amount] by item code",
        ),
    ] {
        let error = check_line(&changed(from, to)).unwrap_err().to_string();
        assert!(error.starts_with(sentence), "{error}");
    }
    // A line cut off anywhere is an error and no crash.
    let whole = changed("", "");
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        assert!(check_line(&whole[..end]).is_err(), "cut at {end}");
    }
}
