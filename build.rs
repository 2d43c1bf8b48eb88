//! Tells the server where the site's files are: the folder that a build script prepared, or the one
//! that `cargo leptos` keeps.
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The client embeds nothing.
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return;
    }
    println!("cargo:rerun-if-env-changed=LEPTOS_SITE_ROOT");
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=migrations");
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let site = std::env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| "site".into());
    let site = Path::new(&here).join(site);
    println!("cargo:rustc-env=ANTEROOM_SITE={}", site.display());
    // Only a release embeds the files; a debug build reads them where they lie.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={}", site.display());
    }
}
