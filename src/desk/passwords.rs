//! Passwords: argon2id, never more at once than the machine bears, and none that are common.
use crate::desk::faults::broken;
use crate::desk::mint::Mint;
use crate::domain::account::password_shape;
use crate::domain::{Error, Result, Why};
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// OWASP ASVS 5.0 appendix C: argon2id with at least 19,456 KiB and two passes.
const MEMORY_KIB: u32 = 19_456;

const PASSES: u32 = 2;

/// How many callers may wait for a free hasher before more are turned away.
const QUEUE: usize = 64;

/// Hashes and checks passwords. Cloning shares the limits.
#[derive(Clone)]
pub struct Passwords {
    mint: Mint,
    hashers: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    hashes: Arc<AtomicU64>,
    /// A hash that no password has, for addresses without an account: they must cost the same.
    nobody: Arc<str>,
}

impl Passwords {
    /// `cores`: how many hashes may be computed at once.
    pub fn new(mint: Mint, cores: usize) -> Self {
        let nobody = hash_now(mint, &mint.secret().text).unwrap_or_default();
        Self {
            mint,
            hashers: Arc::new(Semaphore::new(cores.max(1))),
            queue: Arc::new(Semaphore::new(QUEUE)),
            hashes: Arc::new(AtomicU64::new(0)),
            nobody: nobody.into(),
        }
    }

    /// The PHC string of a new password that may be taken.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let (mint, password) = (self.mint, password.to_owned());
        self.work(move || hash_now(mint, &password).ok_or_else(|| broken()))
            .await?
    }

    /// Whether the password is the hash's. Without a hash the same work is done, and the answer is
    /// no.
    pub async fn verify(&self, hash: Option<&str>, password: &str) -> Result<bool> {
        let stored = hash.map_or_else(|| self.nobody.to_string(), str::to_owned);
        let (known, password) = (hash.is_some(), password.to_owned());
        let fits = self
            .work(move || {
                PasswordHash::new(&stored).is_ok_and(|h| {
                    hasher().is_some_and(|a| a.verify_password(password.as_bytes(), &h).is_ok())
                })
            })
            .await?;
        Ok(fits && known)
    }

    /// How many hashes have been computed: equal answers must cost equal work.
    pub fn hashes(&self) -> u64 {
        self.hashes.load(Ordering::Relaxed)
    }

    /// The permits go with the work: a caller who hangs up takes nothing back while it goes on.
    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let queue = self.queue.clone();
        let place = queue
            .try_acquire_owned()
            .map_err(|_| Error::TooManyTries { wait_seconds: 5 })?;
        let hasher = self.hashers.clone().acquire_owned().await;
        let held = (place, hasher.map_err(|_| Error::Unavailable)?);
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let done = tokio::task::spawn_blocking(move || {
            let done = job();
            drop(held);
            done
        });
        done.await.map_err(|_| broken())
    }
}

/// Refuses passwords that are too short, or that an attacker tries first: zxcvbn's lists of common
/// passwords and names, with the person's own words (address, name, organisation) among them.
pub fn acceptable(password: &str, own_words: &[&str]) -> Result<(), Why> {
    password_shape(password)?;
    // zxcvbn is quadratic in length; what is longer than this is no common password.
    let head: String = password.chars().take(100).collect();
    let pieces = own_words
        .iter()
        .flat_map(|w| w.split('@').chain(w.split(['@', '.', ' ', '-'])))
        .chain(own_words.iter().copied());
    let parts: Vec<&str> = pieces.filter(|w| w.len() > 2).collect();
    if zxcvbn::zxcvbn(&head, &parts).score() < zxcvbn::Score::Two {
        Err(Why::PasswordTooCommon)
    } else {
        Ok(())
    }
}

fn hasher() -> Option<Argon2<'static>> {
    Some(Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(MEMORY_KIB, PASSES, 1, None).ok()?,
    ))
}

fn hash_now(mint: Mint, password: &str) -> Option<String> {
    let hash = hasher()?
        .hash_password_with_salt(password.as_bytes(), &mint.bytes::<16>())
        .ok()?;
    Some(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn a_permit_belongs_to_the_work() {
        let passwords = Passwords::new(Mint(|bytes| bytes.fill(7)), 1);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (go_on, wait) = mpsc::channel::<()>();
        let work = passwords.clone();
        let caller = tokio::spawn(async move {
            work.work(move || {
                let _ = begun.send(());
                let _ = wait.recv();
            })
            .await
        });
        has_begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        // Whoever called is gone, and the work is not.
        assert_eq!(passwords.hashers.available_permits(), 0);
        let mut waiting: Vec<_> = (1..QUEUE).map(|_| Box::pin(passwords.work(|| ()))).collect();
        for one in &mut waiting {
            assert!(futures_util::poll!(one).is_pending());
        }
        assert_eq!(
            passwords.work(|| ()).await,
            Err(Error::TooManyTries { wait_seconds: 5 })
        );
        // Those who wait and hang up leave their places.
        waiting.clear();
        go_on.send(()).unwrap();
        assert_eq!(passwords.work(|| ()).await, Ok(()));
    }

    #[test]
    fn common_passwords_are_refused() {
        for bad in [
            "password",
            "12345678",
            "qwertyuiop",
            "iloveyou",
            "password123",
            "letmein1",
            "mira.okafor",
            "Northlight1",
        ] {
            assert_eq!(
                acceptable(bad, &["mira.okafor@northlight.test", "Northlight"]),
                Err(Why::PasswordTooCommon),
                "{bad}"
            );
        }
        assert_eq!(acceptable("short", &[]), Err(Why::TooShort));
        assert_eq!(acceptable("", &[]), Err(Why::Missing));
        assert_eq!(acceptable(&"x".repeat(600), &[]), Err(Why::PasswordTooLong));
        assert_eq!(acceptable("tangled copper lantern", &[]), Ok(()));
        assert_eq!(acceptable("Grüße aus dem Käfig", &[]), Ok(()));
    }
}
