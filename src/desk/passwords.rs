//! Passwords: argon2id, never more at once than the machine bears, and none that are common.
use crate::desk::faults::broken;
use crate::desk::mint::Mint;
use crate::desk::{common_passwords, guessable};
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

/// The passwords of eight characters and more that many people had elsewhere, in lower case.
static COMMON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/common-passwords.filter"));

/// Signs that may be put before or behind a common password without making it another one.
const PADDING: usize = 4;

/// Refuses passwords that are too short, or that an attacker tries first: common ones, those that
/// zxcvbn would guess early, and those that are nothing but words of the person and their
/// organisations (`own_words`: addresses, names, numbers), of the calendar and the like.
pub fn acceptable(password: &str, own_words: &[&str]) -> Result<(), Why> {
    password_shape(password)?;
    // zxcvbn is quadratic in length; what is longer than this is no common password.
    let head: String = password.chars().take(100).collect();
    let pieces = own_words
        .iter()
        .flat_map(|w| w.split('@').chain(w.split(['@', '.', ' ', '-'])))
        .chain(own_words.iter().copied());
    let parts: Vec<&str> = pieces.filter(|w| w.len() > 2).collect();
    let weak = |text: &str| zxcvbn::zxcvbn(text, &parts).score() < zxcvbn::Score::Two;
    if is_common(&head) || weak(&head) || weak(&guessable::rest(&head, own_words)) {
        Err(Why::PasswordTooCommon)
    } else {
        Ok(())
    }
}

/// Whether it is a common password, also with digits for letters that look like them, and with a
/// few digits and marks before or behind.
fn is_common(password: &str) -> bool {
    let typed = password.to_lowercase();
    let spelled: String = typed.chars().map(letter).collect();
    [typed, spelled].iter().any(|text| {
        let core = text.trim_matches(|c: char| !c.is_alphabetic());
        let padding = text.chars().count() - core.chars().count();
        common_passwords::holds(COMMON, text)
            || (padding <= PADDING && core.len() >= 8 && common_passwords::holds(COMMON, core))
    })
}

fn letter(typed: char) -> char {
    match typed {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
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

    const OWN: [&str; 6] = [
        "mira.okafor@northlight.test",
        "Mira Okafor",
        "Northlight Labs",
        "northlight",
        "40-1187",
        "Größe AG",
    ];

    /// S18: what somebody guesses who knows the person, the organisation and the day.
    #[test]
    fn row_s18_guessable_passwords_are_refused() {
        for bad in [
            // Common, also dressed up.
            "password iloveyou qwertyuiop password123 letmein1 P@ssw0rd Passw0rd! baseball1 dragonball99!",
            "sunshine123 trustno1! football12 liverpool1 superman2024 Monkey123! charlie2024 Dragon2024!",
            "12345678 87654321 11111111 1q2w3e4r 1qaz2wsx qwertz123 asdfghjkl yxcvbnm123 zaq12wsx 147258369",
            // Their own.
            "mira.okafor Mira1987 MiraOkafor1 OkaforMira! Okafor2026! mira-okafor-1 M1ra0kaf0r rofakO2026",
            "Northlight1 Northlight2026! N0rthl1ght! northlight.test NorthlightLabs1 labs-northlight",
            "40-1187-40-1187 401187mira Northlight401187 thgilhtron1 Groesse2026 Grosse-AG-1 größe2026!",
            // The calendar's, in four languages.
            "Summer2026! Sommer2026 Winter24/25 Herbst2025!! Autumn-2026 Spring2027 Frühling2026 Fruehling26",
            "January2026 Januar2026! Dezember2025 November26! März2026! Monday2026! Montag123 Freitag13!",
            "Printemps2026 Été2026!! Février2026 Samedi2026 Verano2026! Octubre2026 Lunes2026! May2026!!",
            // The product's and signing in.
            "Anteroom1 anteroom2026 Welcome2026! Willkommen1 Passwort2026 Admin2026! changeme1 Geheim123!",
            "NorthlightSummer2026! Mira-Sommer-2026 qwertyNorthlight1 Anteroom-Northlight Admin.Mira.2026",
        ]
        .iter()
        .flat_map(|line| line.split(' '))
        {
            assert_eq!(acceptable(bad, &OWN), Err(Why::PasswordTooCommon), "{bad}");
        }
        assert_eq!(acceptable("short", &[]), Err(Why::TooShort));
        assert_eq!(acceptable("", &[]), Err(Why::Missing));
        assert_eq!(acceptable(&"x".repeat(600), &[]), Err(Why::PasswordTooLong));
        assert_eq!(acceptable(&"Mira".repeat(30), &OWN), Err(Why::PasswordTooCommon));
    }

    #[test]
    fn good_passwords_are_taken() {
        for good in [
            "tangled copper lantern",
            "velvet orchard signal",
            "Grüße aus dem Käfig",
            "mira likes tangled copper",
            "northlight-x7Kq-vb29Tz",
            "kX9$wq2Lnor8",
            "march of the tiny penguins",
            "correct horse battery staple 2026",
            "ogb7-wzrt-mk4p",
        ] {
            assert_eq!(acceptable(good, &OWN), Ok(()), "{good}");
        }
    }

    /// The list is as long as docs/security.md says, and the filter holds all of it and little else.
    #[test]
    fn the_filter_holds_the_list() {
        let list = include_str!("../../data/common-passwords.txt");
        let said = include_str!("../../docs/security.md");
        let many = list.lines().count();
        let many = format!("{},{:03}", many / 1000, many % 1000);
        assert!(said.contains(&many), "{many} passwords");
        assert!(list.lines().all(|word| common_passwords::holds(COMMON, word)));
        let taken = (0..100_000).filter(|n| common_passwords::holds(COMMON, &format!("no such word {n}")));
        assert!(taken.count() < 60);
        assert!(!common_passwords::holds(&[], "password"));
    }
}
