//! Signatures: HMACs compared in constant time, and secrets that are sent as they are.
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Whether `claimed` (hex, any case) is HMAC-SHA256 over the parts by this key.
pub fn is_sha256_hex(key: &str, parts: &[&[u8]], claimed: &str) -> bool {
    let Some(claimed) = bytes_of_hex(claimed) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return false;
    };
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(&claimed).is_ok()
}

/// Whether `claimed` is HMAC-SHA1 over `text` by this key.
pub fn is_sha1(key: &str, text: &[u8], claimed: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else {
        return false;
    };
    mac.update(text);
    mac.verify_slice(claimed).is_ok()
}

/// Whether two secrets are the same, in a time that tells nothing but their lengths.
pub fn is_same(one: &str, other: &str) -> bool {
    bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

fn bytes_of_hex(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok())
        .collect()
}
