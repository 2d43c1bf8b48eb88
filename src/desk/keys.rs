//! The instance key: what must be readable again (a letter's link, a TOTP secret, a draft) is
//! stored sealed with it.
use super::mint::Mint;
use crate::desk::faults::broken;
use crate::domain::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// XChaCha20-Poly1305 with a random nonce before each text.
#[derive(Clone)]
pub struct Keys {
    cipher: Arc<XChaCha20Poly1305>,
    mac: Hmac<Sha256>,
    mint: Mint,
}

impl Keys {
    pub fn new(key: [u8; 32], mint: Mint) -> Self {
        // A key of its own, so that sealing and tagging share none.
        let tagging = Sha256::digest([b"tag".as_slice(), &key].concat());
        let mac =
            Hmac::new_from_slice(&tagging).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        Self {
            cipher: Arc::new(XChaCha20Poly1305::new(&key.into())),
            mac,
            mint,
        }
    }

    /// A secret of 256 bits that belongs to `text` for one use, always the same, and that nobody
    /// without the key can make.
    pub fn tag(&self, usage: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(usage, text).finalize().into_bytes())
    }

    /// Whether `tag` is what [`Keys::tag`] makes; in constant time.
    pub fn has_tag(&self, usage: &str, text: &str, tag: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(tag)
            .is_ok_and(|tag| self.mac(usage, text).verify_slice(&tag).is_ok())
    }

    fn mac(&self, usage: &str, text: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        for part in [usage, text] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }

    /// Seals `text` for one use: what was sealed for another does not open.
    pub fn seal(&self, usage: &str, text: &str) -> Result<String> {
        let nonce = self.mint.bytes::<24>();
        let payload = Payload {
            msg: text.as_bytes(),
            aad: usage.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| broken())?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what [`Keys::seal`] made for the same use; Internal if it was not, or with another
    /// key.
    pub fn open(&self, usage: &str, sealed: &str) -> Result<String> {
        self.try_open(usage, sealed).ok_or_else(|| {
            tracing::error!(
                usage,
                "a sealed text does not open: was the instance key changed?"
            );
            Error::Internal
        })
    }

    /// As [`Keys::open`], for what comes from outside and may be anything.
    pub fn try_open(&self, usage: &str, sealed: &str) -> Option<String> {
        let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(24)?;
        let nonce: [u8; 24] = nonce.try_into().ok()?;
        let text = self
            .cipher
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: sealed,
                    aad: usage.as_bytes(),
                },
            )
            .ok()?;
        String::from_utf8(text).ok()
    }
}
