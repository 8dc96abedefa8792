//! The secret that goes into each PIN hash and lies outside the database.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::keys::{SecretKey, ShopKey};

const ID_BYTES: usize = 8;

/// 32 secret bytes, from [`crate::vault::Vault::pepper`]. Overwritten in memory when dropped and
/// never shown. Losing them means setting every PIN anew.
pub struct Pepper {
    secret: SecretKey,
    id: [u8; ID_BYTES],
}

impl Pepper {
    /// A pepper of these bytes.
    #[must_use]
    pub fn new(secret: SecretKey) -> Self {
        let digest = Sha256::new()
            .chain_update(b"evertill PIN pepper, version 1")
            .chain_update(*secret)
            .finalize();
        let mut id = [0; ID_BYTES];
        id.iter_mut()
            .zip(digest)
            .for_each(|(byte, digest)| *byte = digest);
        Self { secret, id }
    }

    /// The pepper of all tills of a shop: a PIN that was set at one is good at each.
    #[must_use]
    pub fn of_shop(shop_key: &ShopKey) -> Self {
        Self::new(shop_key.pepper())
    }

    pub(super) fn secret(&self) -> &[u8] {
        &*self.secret
    }

    /// Tells peppers apart without saying anything about the secret.
    pub(super) const fn id(&self) -> &[u8] {
        &self.id
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pepper(…)")
    }
}
