//! Tells the server where the site's files are: the folder that a build script prepared, or the one
//! that `cargo leptos` keeps. Makes the filter of common passwords.
#[path = "src/desk/common_passwords.rs"]
#[expect(dead_code, reason = "the server asks what is made here")]
mod common_passwords;

use std::error::Error;
use std::fs;
use std::path::Path;

const PASSWORDS: &str = "data/common-passwords.txt";

/// Bits of the filter for each password: with twelve set by each, one other in five thousand is taken
/// for one.
const BITS: usize = 18;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    // The client embeds nothing.
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    println!("cargo:rerun-if-env-changed=LEPTOS_SITE_ROOT");
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed={PASSWORDS}");
    println!("cargo:rerun-if-changed=src/desk/common_passwords.rs");
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let site = std::env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| "site".into());
    let site = Path::new(&here).join(site);
    println!("cargo:rustc-env=ANTEROOM_SITE={}", site.display());
    // Only a release embeds the files; a debug build reads them where they lie.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={}", site.display());
    }
    let words = fs::read_to_string(Path::new(&here).join(PASSWORDS))?;
    let filter = filter_of(&words);
    let made = Path::new(&std::env::var("OUT_DIR")?).join("common-passwords.filter");
    // Written only when it is another one, so that nothing is compiled anew for it.
    if fs::read(&made).ok().as_ref() != Some(&filter) {
        fs::write(made, filter)?;
    }
    Ok(())
}

fn filter_of(words: &str) -> Vec<u8> {
    let mut filter = vec![0; (words.lines().count() * BITS).div_ceil(8)];
    for word in words.lines() {
        for place in common_passwords::places(word, filter.len()) {
            filter[place / 8] |= 1 << (place % 8);
        }
    }
    filter
}
