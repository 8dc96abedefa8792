//! The keys of a shop and of a till. None of them can be printed; all are wiped when dropped.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::ApplianceError;
use crate::base32;

/// What the text of a shop key begins with.
const SHOP_KEY_TEXT: &str = "EVERTILL-SHOP-KEY-1-";
/// Keeps what is derived from a shop key apart from anything another program derives.
const SHOP_KEY_SALT: &[u8] = b"Evertill shop key 1";

/// 32 secret bytes for one purpose.
pub type SecretKey = Zeroizing<[u8; 32]>;

/// What the tills of a shop have in common: they check each other's receipts with it and hash PINs
/// alike. Each purpose has a key of its own that says nothing about the others.
#[derive(Clone)]
pub struct ShopKey(SecretKey);

impl ShopKey {
    /// A new one, for a shop that has none.
    ///
    /// # Errors
    /// [`ApplianceError::Random`] when the system gives no random numbers.
    pub fn generate() -> Result<Self, ApplianceError> {
        Ok(Self(random()?))
    }

    /// One that was kept.
    #[must_use]
    pub fn from_bytes(bytes: SecretKey) -> Self {
        Self(bytes)
    }

    /// Its bytes, for keeping.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its text, for the file that an integrator keeps it in.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(80));
        text.push_str(SHOP_KEY_TEXT);
        text.push_str(&base32::encode(&*self.0));
        text
    }

    /// Reads such a text; space around it does not matter. `None` when it is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = base32::decode(text.trim().strip_prefix(SHOP_KEY_TEXT)?)?;
        key_of(&bytes).map(Self)
    }

    /// The key that receipts are signed with (HMAC-SHA256).
    #[must_use]
    pub fn receipt_key(&self) -> SecretKey {
        self.derive(b"receipt code")
    }

    /// What goes into the hashes of PINs.
    pub(crate) fn pepper(&self) -> SecretKey {
        self.derive(b"PIN pepper")
    }

    fn derive(&self, purpose: &[u8]) -> SecretKey {
        let mut key = SecretKey::new([0; 32]);
        // Only a request for more than 8160 bytes fails.
        let _ = Hkdf::<Sha256>::new(Some(SHOP_KEY_SALT), &*self.0).expand(purpose, &mut *key);
        key
    }
}

impl fmt::Debug for ShopKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ShopKey(…)")
    }
}

/// With which one till signs its journal (Ed25519).
#[derive(Clone)]
pub struct TillKey(SigningKey);

impl TillKey {
    /// A new one.
    ///
    /// # Errors
    /// [`ApplianceError::Random`] when the system gives no random numbers.
    pub fn generate() -> Result<Self, ApplianceError> {
        Ok(Self::from_bytes(&*random()?))
    }

    /// One that was kept.
    #[must_use]
    pub fn from_bytes(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Its bytes, for keeping.
    #[must_use]
    pub fn expose(&self) -> SecretKey {
        SecretKey::new(self.0.to_bytes())
    }

    /// By which everybody can check what it signed.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for TillKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TillKey(…)")
    }
}

/// 32 bytes that nobody can guess.
pub(crate) fn random() -> Result<SecretKey, ApplianceError> {
    let mut key = SecretKey::new([0; 32]);
    getrandom::fill(&mut *key).map_err(ApplianceError::Random)?;
    Ok(key)
}

/// A key from bytes of unknown length.
pub(crate) fn key_of(bytes: &[u8]) -> Option<SecretKey> {
    bytes.try_into().ok().map(SecretKey::new)
}
