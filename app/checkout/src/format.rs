//! Amounts as people of the site write them.

use crate::masters::CurrencyDocument;
use crate::money::Money;

/// How amounts of one currency are written: ERPNext's number formats, symbol and its side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmountFormat {
    symbol: String,
    symbol_on_right: bool,
    group: &'static str,
    decimal: &'static str,
    indian: bool,
}

impl AmountFormat {
    /// The format of a currency; the site's own number format where the currency has none.
    pub fn new(currency: &CurrencyDocument, site_number_format: &str) -> Self {
        let number_format = currency
            .number_format
            .as_deref()
            .unwrap_or(site_number_format);
        let (group, decimal) = match number_format {
            "#.###,##" | "#.###" => (".", ","),
            "# ###.##" => ("\u{a0}", "."),
            "# ###,##" => ("\u{a0}", ","),
            "#'###.##" => ("'", "."),
            "#,###.##" | "#,##,###.##" | "#, ###.##" | "#,###" | "#,###.###" => (",", "."),
            _ => ("", "."),
        };
        Self {
            symbol: currency
                .symbol
                .clone()
                .unwrap_or_else(|| currency.name.clone()),
            symbol_on_right: currency.symbol_on_right,
            group,
            decimal,
            indian: number_format == "#,##,###.##",
        }
    }

    /// The number alone, grouped: `1,234.50`.
    pub fn number(&self, money: Money) -> String {
        let plain = money.number();
        let (sign, digits) = plain
            .strip_prefix('-')
            .map_or(("", plain.as_str()), |d| ("-", d));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            let right = whole.len() - place;
            let boundary = if self.indian && right > 3 {
                (right - 3) % 2 == 0
            } else {
                right % 3 == 0
            };
            if place > 0 && boundary {
                grouped.push_str(self.group);
            }
            grouped.push(digit);
        }
        let decimal = if fraction.is_empty() {
            ""
        } else {
            self.decimal
        };
        format!("{sign}{grouped}{decimal}{fraction}")
    }

    /// The number with the currency's symbol: `$1,234.50`, `12,50 €`.
    pub fn amount(&self, money: Money) -> String {
        let number = self.number(money);
        let (sign, number) = number
            .strip_prefix('-')
            .map_or(("", number.as_str()), |n| ("-", n));
        // Letters need air beside digits, signs do not.
        let air = if self.symbol.chars().all(char::is_alphabetic) {
            "\u{a0}"
        } else {
            ""
        };
        if self.symbol_on_right {
            format!("{sign}{number}\u{a0}{}", self.symbol)
        } else {
            format!("{sign}{}{air}{number}", self.symbol)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn amounts_follow_the_number_format_and_the_side_of_the_symbol() {
        let format = |name: &str, symbol: &str, right, number_format: &str| {
            AmountFormat::new(
                &CurrencyDocument {
                    name: name.into(),
                    symbol: Some(symbol.into()),
                    symbol_on_right: right,
                    number_format: Some(number_format.into()),
                    ..CurrencyDocument::default()
                },
                "#,###.##",
            )
        };
        let money = |text: &str| text.parse::<Money>().unwrap();
        let dollars = format("USD", "$", false, "#,###.##");
        assert_eq!(dollars.amount(money("1234.50 USD")), "$1,234.50");
        assert_eq!(dollars.amount(money("-0.05 USD")), "-$0.05");
        assert_eq!(dollars.number(money("1234567.00 USD")), "1,234,567.00");
        let euros = format("EUR", "€", true, "#.###,##");
        assert_eq!(euros.amount(money("1234.50 EUR")), "1.234,50\u{a0}€");
        let rupees = format("INR", "₹", false, "#,##,###.##");
        assert_eq!(rupees.amount(money("1234567.00 INR")), "₹12,34,567.00");
        let yen = format("JPY", "¥", false, "#,###");
        assert_eq!(yen.amount(money("1200 JPY")), "¥1,200");
    }
}
