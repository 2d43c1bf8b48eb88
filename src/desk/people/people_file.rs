//! Rows of people from pasted text or a CSV file: address, name, roles.

use crate::domain::{Result, Why, text};

/// More rows than this are refused.
const ROWS: usize = 10_000;

/// Tells line numbers of places in a text that come in order.
struct Lines<'a> {
    raw: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The number of the line that holds the first character at or after `byte` that ends no line:
    /// the reader passes over empty lines.
    fn of(&mut self, byte: usize) -> usize {
        let bytes = self.raw.as_bytes();
        while let Some(b) = bytes
            .get(self.at)
            .filter(|b| self.at < byte || matches!(b, b'\r' | b'\n'))
        {
            self.line += usize::from(*b == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Where in a row its parts stand.
struct CsvColumns {
    email: usize,
    name: Option<usize>,
    roles: Option<usize>,
}

impl Default for CsvColumns {
    fn default() -> Self {
        Self {
            email: 0,
            name: Some(1),
            roles: Some(2),
        }
    }
}

impl CsvColumns {
    /// The columns as a row of headings names them; None if the row is no such one.
    fn named(cells: &[&str]) -> Option<Self> {
        let at = |words: &[&str]| cells.iter().position(|c| words.contains(&text::fold(c).as_str()));
        let email = at(&[
            "email",
            "e-mail",
            "mail",
            "email address",
            "e-mail address",
            "e-mail-adresse",
            "adresse",
            "address",
        ])?;
        Some(Self {
            email,
            name: at(&["name", "full name"]),
            roles: at(&["roles", "role", "rollen", "rolle"]),
        })
    }

    fn take(&self, cells: &[&str], line: usize) -> Invitee {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).copied().unwrap_or_default();
        let (email, name) = (cell(Some(self.email)), cell(self.name));
        // "Mira Okafor <mira@example.org>", as mail programs copy it.
        let (inner, outer) = match email.strip_suffix('>').and_then(|e| e.split_once('<')) {
            Some((outer, inner)) => (inner, outer.trim().trim_matches('"')),
            None => (email, ""),
        };
        let roles = cell(self.roles)
            .split([';', ',', '|'])
            .map(str::trim)
            .filter(|r| !r.is_empty())
            .map(str::to_owned)
            .collect();
        Invitee {
            line,
            email: inner.to_owned(),
            name: if name.is_empty() { outer } else { name }.to_owned(),
            roles,
        }
    }
}

/// Reads people from lines of addresses, rows pasted from a spreadsheet, or CSV with commas,
/// semicolons or tabs, with a byte-order mark or without. A first row of headings names the
/// columns; without one they are address, name, roles. Roles in one cell are parted by semicolons,
/// commas or bars. Errors: no rows, too many, or not a text at all (as a spreadsheet's own file).
pub fn read(raw: &str) -> Result<Vec<Invitee>, Why> {
    let raw = raw.trim_start_matches('\u{feff}');
    if raw.starts_with("PK\u{3}\u{4}") || raw.contains(['\0', '\u{fffd}']) {
        return Err(Why::NotATable);
    }
    let first = raw.lines().find(|l| !l.trim().is_empty()).ok_or(Why::NoRows)?;
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .find(|d| first.contains(char::from(*d)))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(raw.as_bytes());
    let mut columns = CsvColumns::default();
    let mut rows = Vec::new();
    let mut lines = Lines { raw, at: 0, line: 1 };
    for (n, record) in reader.records().enumerate() {
        let record = record.map_err(|_| Why::NotATable)?;
        let line = lines.of(record.position().map_or(0, |p| p.byte() as usize));
        let cells: Vec<&str> = record.iter().map(str::trim).collect();
        if cells.iter().all(|c| c.is_empty()) {
            continue;
        }
        if n == 0
            && let Some(named) = CsvColumns::named(&cells)
        {
            columns = named;
            continue;
        }
        if rows.len() == ROWS {
            return Err(Why::TooManyRows);
        }
        rows.push(columns.take(&cells, line));
    }
    if rows.is_empty() {
        Err(Why::NoRows)
    } else {
        Ok(rows)
    }
}

/// One address to invite, as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invitee {
    /// Where it stands in what was given, from 1.
    pub line: usize,
    pub email: String,
    /// May be empty.
    pub name: String,
    /// Names of roles.
    pub roles: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(raw: &str) -> Vec<(usize, String, String, Vec<String>)> {
        read(raw)
            .unwrap()
            .into_iter()
            .map(|r| (r.line, r.email, r.name, r.roles))
            .collect()
    }

    #[test]
    fn lines_pastes_and_files_are_read() {
        let plain = shape("a@b.test\n\n  c@d.test \n");
        assert_eq!(
            plain.iter().map(|r| (r.0, r.1.as_str())).collect::<Vec<_>>(),
            [(1, "a@b.test"), (3, "c@d.test")]
        );
        let pasted = shape("a@b.test\tAda B\tReaders; Writers\nc@d.test\tCleo\n");
        assert_eq!(
            pasted[0],
            (
                1,
                "a@b.test".into(),
                "Ada B".into(),
                vec!["Readers".into(), "Writers".into()]
            )
        );
        let file = shape(
            "\u{feff}Name;E-Mail;Rollen\r\n\"Doe; \
             Jane\";jane@x.test;\"Readers,Writers\"\r\n\r\nBo;bo@x.test;\r\n",
        );
        assert_eq!(
            file[0],
            (
                2,
                "jane@x.test".into(),
                "Doe; Jane".into(),
                vec!["Readers".into(), "Writers".into()]
            )
        );
        assert_eq!((file[1].0, file[1].1.as_str()), (4, "bo@x.test"));
        assert_eq!(shape("Mira Okafor <mira@x.test>")[0].2, "Mira Okafor");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(read("  \n\r\n"), Err(Why::NoRows));
        assert_eq!(read("email,name\n"), Err(Why::NoRows));
        assert_eq!(read("PK\u{3}\u{4}\u{14}\0"), Err(Why::NotATable));
        assert_eq!(read("a@b.test,\u{fffd}"), Err(Why::NotATable));
        assert_eq!(read(&"a@b.test\n".repeat(ROWS + 1)), Err(Why::TooManyRows));
    }
}
