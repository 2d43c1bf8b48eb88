//! Texts as cells of tables and as names of files.
use super::is_hostile;

/// A text as a cell of a table: one that a spreadsheet would take for a formula begins with an
/// apostrophe, which says that it is text.
pub fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// A line of a table as CSV has it. Each cell stands in quotes: whichever sign parts cells where it is
/// opened, none of them becomes two.
pub fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = cells
        .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
        .collect();
    quoted.join(",") + "\n"
}

/// The first line of a CSV, which names the columns. Before it stands the mark by which Excel knows
/// UTF-8; without it every accent is read as two signs.
pub fn csv_head(columns: impl Iterator<Item = String>) -> String {
    format!("\u{feff}{}", csv_line(columns))
}

/// The longest name of a file, in bytes: what file systems take, less an id before it.
const FILE_NAME: usize = 180;

/// Names that are devices on Windows, whatever ending follows.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A name under which every system can save a file: no folders, no sign that is one of a file
/// system's own, no device's name, no dot or space at the end, and not too long. The ending stays.
pub fn file_name(raw: &str) -> String {
    let plain = |c: char| !is_hostile(c) && !"<>:\"/\\|?*".contains(c);
    let tame: String = raw.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let trimmed = tame.trim_matches([' ', '.']);
    let (stem, end) = match trimmed.rsplit_once('.') {
        Some((stem, end)) if (1..=8).contains(&end.len()) => (stem, format!(".{end}")),
        _ => (trimmed, String::new()),
    };
    let cut = (0..=FILE_NAME - end.len())
        .rev()
        .find(|n| stem.is_char_boundary(*n));
    let stem = stem.get(..cut.unwrap_or(0).min(stem.len())).unwrap_or(stem);
    let name = format!("{}{end}", stem.trim_end_matches([' ', '.']));
    let first = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_lowercase();
    let port = first.strip_prefix("com").or(first.strip_prefix("lpt"));
    let is_port = port.is_some_and(|n| n.chars().count() == 1 && n.contains(|c| "123456789¹²³".contains(c)));
    if name.is_empty() {
        "file".into()
    } else if is_port || DEVICES.contains(&first.as_str()) {
        format!("_{name}")
    } else {
        name
    }
}
