//! New ids and secrets. The randomness comes in from outside, so that nothing in here decides it.
use crate::domain::Time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Fills a buffer with random bytes: the operating system's, made in `main`.
#[derive(Clone, Copy)]
pub struct Mint(pub fn(&mut [u8]));

/// A secret of 32 random bytes for a link or a cookie: 43 characters, with the hash that is stored
/// in its place.
#[derive(Clone)]
pub struct Secret {
    pub text: String,
    pub hash: String,
}

impl Mint {
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }

    /// A new id: UUID v7 of this instant.
    pub fn id<T: TryFrom<String>>(self, now: Time) -> T {
        let millis = u64::try_from(now.0).unwrap_or(0);
        let text = uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>())
            .into_uuid()
            .to_string();
        match T::try_from(text) {
            Ok(id) => id,
            Err(_) => unreachable!("every id type takes a UUID"),
        }
    }

    pub fn secret(self) -> Secret {
        let text = URL_SAFE_NO_PAD.encode(self.bytes::<32>());
        let hash = hash(&text);
        Secret { text, hash }
    }

    /// 16 random bytes in hex.
    pub fn salt(self) -> String {
        self.bytes::<16>()
            .iter()
            .fold(String::new(), |hex, b| hex + &format!("{b:02x}"))
    }
}

/// What is stored of a secret: its SHA-256 in hex. A fast hash suffices, as the secret has 256
/// random bits.
pub fn hash(secret: &str) -> String {
    hash_of_bytes(secret.as_bytes())
}

/// SHA-256 in hex.
pub fn hash_of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |hex, b| hex + &format!("{b:02x}"))
}

/// The hash of something that claims to be a secret of ours; None if it cannot be one, so that no
/// lookup is made.
pub fn hash_of_claimed(claimed: &str) -> Option<String> {
    let shaped = claimed.len() == 43
        && claimed
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    shaped.then(|| hash(claimed))
}
