//! Tells the server where the site's files are: the folder that a build script prepared, or the one
//! that `cargo leptos` keeps; and makes the list of the steps of the database from `migrations/`.
use std::collections::BTreeSet;
use std::path::Path;
use std::{fmt::Write as _, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    // The client embeds nothing.
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
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
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    let steps = steps(&Path::new(&here).join("migrations"))?;
    fs::write(Path::new(&out).join("migrations.rs"), steps)
}

/// A row for each `NNNN_what.sql`, in the order of the numbers. The text for one database alone is
/// in a twin, `NNNN_what.sqlite.sql` or `NNNN_what.postgres.sql`, where there is one.
fn steps(folder: &Path) -> io::Result<String> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<io::Result<BTreeSet<String>>>()?;
    let text = |name: String| {
        let path = folder.join(&name);
        let path = names.contains(&name).then(|| format!("include_str!({path:?})"));
        path.unwrap_or_else(|| "NOTHING".to_owned())
    };
    let mut rows = String::from("&[\n");
    for stem in names.iter().filter_map(|name| name.strip_suffix(".sql")) {
        let Some((number, what)) = stem.split_once('_').filter(|_| !stem.contains('.')) else {
            continue;
        };
        let version: i64 = number.parse().map_err(io::Error::other)?;
        let [shared, sqlite, postgres] =
            ["", ".sqlite", ".postgres"].map(|of| text(format!("{stem}{of}.sql")));
        let _ = writeln!(
            rows,
            "MigrationStep {{ version: {version}, what: {what:?}, shared: {shared}, sqlite: {sqlite}, \
             postgres: {postgres} }},"
        );
    }
    Ok(rows + "]\n")
}
