//! Looking at a PIN.

use std::time::Instant;

use anyhow::bail;
use appliance::keys::ShopKey;
use appliance::pin::{Pepper, Verification, hash_pin, verify_pin};

use super::{Figure, spread};

const LOOKS: usize = 20;

/// How long a cashier waits for the answer. The work is OWASP's least and is not made less for a
/// slow machine; where there is time to spare it could be made more.
pub fn measure() -> anyhow::Result<Figure> {
    let pepper = Pepper::of_shop(&ShopKey::generate()?);
    let phc = hash_pin("2580", &pepper)?;
    let mut looks = Vec::new();
    for _ in 0..LOOKS {
        let started = Instant::now();
        if verify_pin("2580", &phc, &pepper)? != Verification::Verified {
            bail!("the PIN was not taken");
        }
        looks.push(started.elapsed());
    }
    let looked = spread(looks);
    // $argon2id$v=19$m=19456,t=2,p=1,…
    let work = phc.split('$').nth(3).unwrap_or_default();
    let work: Vec<&str> = work.split(',').take(3).collect();
    Ok(Figure {
        what: "a PIN looked at, 99 of 100",
        value: looked.p99,
        limit: 250.0,
        unit: "ms",
        note: format!(
            "argon2id {}; median {:.1} ms",
            work.join(" "),
            looked.median
        ),
    })
}
