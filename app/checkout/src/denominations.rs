//! The notes and coins of a currency, largest first.

use crate::money::{Currency, Money};

/// The denominations that shops count, in hundredths of the currency's unit, largest first:
/// those in circulation where they are known here, else the 1-2-5 series most currencies follow.
fn hundredths(code: &str) -> &'static [i64] {
    match code {
        "USD" => &[10_000, 5_000, 2_000, 1_000, 500, 100, 25, 10, 5, 1],
        "CAD" => &[10_000, 5_000, 2_000, 1_000, 500, 200, 100, 25, 10, 5],
        "EUR" => &[
            20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
        ],
        "GBP" => &[5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
        "AUD" | "NZD" => &[10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10],
        "CHF" => &[
            20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5,
        ],
        "INR" => &[50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100],
        "JPY" => &[
            1_000_000, 500_000, 200_000, 100_000, 50_000, 10_000, 5_000, 1_000, 500, 100,
        ],
        _ => &[
            50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5,
        ],
    }
}

/// The notes and coins of a currency that its decimals can express, largest first.
pub fn denominations(currency: Currency) -> Vec<Money> {
    let scale = 10i64.pow(u32::from(currency.decimals()));
    let sums = hundredths(currency.code())
        .iter()
        .map(|value| value * scale);
    sums.filter(|units| units % 100 == 0)
        .map(|units| Money {
            units: units / 100,
            currency,
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_what_the_currency_has() {
        let of = |code, decimals| denominations(Currency::new(code, decimals).unwrap());
        assert_eq!(of("USD", 2).first().unwrap().to_string(), "100.00 USD");
        assert_eq!(of("USD", 2).last().unwrap().to_string(), "0.01 USD");
        assert_eq!(of("JPY", 0).last().unwrap().to_string(), "1 JPY");
        assert_eq!(of("KWD", 3).last().unwrap().to_string(), "0.050 KWD");
        // Without decimals there are no coins below one.
        assert_eq!(of("USD", 0).last().unwrap().to_string(), "1 USD");
    }
}
