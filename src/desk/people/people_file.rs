//! Rows of people from pasted text or a CSV file: address, name, roles.

use crate::domain::text::{self, Found};
use crate::domain::{Result, Why};

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
            let ends = *b == b'\n' || *b == b'\r' && bytes.get(self.at + 1) != Some(&b'\n');
            self.line += usize::from(ends);
            self.at += 1;
        }
        self.line
    }
}

/// Where in a row its parts stand.
struct CsvColumns {
    email: usize,
    /// One of the whole name, or those of its parts in their order.
    name: Vec<usize>,
    roles: Option<usize>,
}

impl CsvColumns {
    /// The columns as a row of headings names them; None if the row is no such one.
    fn named(cells: &[&str]) -> Option<Self> {
        let folded: Vec<String> = cells.iter().map(|cell| text::fold(cell)).collect();
        let at = |words: &[&str]| folded.iter().position(|cell| words.contains(&cell.as_str()));
        // Each program has a name of its own for it: "E-Mail 1 - Value", "Email Address [Required]".
        let is_mail = |cell: &String| {
            let plain: String = cell.chars().filter(|c| c.is_alphanumeric()).collect();
            !cell.contains('@') && (plain.contains("email") || plain.starts_with("mail") || plain == "upn")
        };
        let email = folded
            .iter()
            .position(is_mail)
            .or_else(|| at(&["user principal name", "userprincipalname"]))
            .or_else(|| at(&["adresse", "address"]))?;
        let whole = at(&[
            "name",
            "full name",
            "display name",
            "anzeigename",
            "vollständiger name",
        ]);
        let given = at(&["first name", "given name", "vorname"]);
        let family = at(&["last name", "family name", "surname", "nachname"]);
        Some(Self {
            email,
            name: whole.map_or_else(|| given.into_iter().chain(family).collect(), |at| vec![at]),
            roles: at(&["roles", "role", "rollen", "rolle"]),
        })
    }

    /// The people of a row: one, or as many as its cell of addresses holds.
    fn take(&self, cells: &[&str], line: usize) -> Vec<Invitee> {
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        let roles = roles_in(self.roles.map_or("", cell));
        let name: Vec<&str> = self
            .name
            .iter()
            .map(|at| cell(*at))
            .filter(|part| !part.is_empty())
            .collect();
        if cell(self.email).is_empty() {
            // Whoever gave it reads whose address is missing.
            let told = if name.is_empty() {
                cells.join(" ")
            } else {
                name.join(" ")
            };
            return vec![Invitee::found(
                Found {
                    name: told,
                    ..Found::default()
                },
                line,
            )];
        }
        let mut found = text::people(cell(self.email));
        if let [one] = found.as_mut_slice()
            && !one.email.is_empty()
            && !name.is_empty()
        {
            one.name = name.join(" ");
        }
        let invitee = |one: Found| Invitee {
            roles: roles.clone(),
            ..Invitee::found(one, line)
        };
        found.into_iter().map(invitee).collect()
    }
}

fn roles_in(cell: &str) -> Vec<String> {
    let named = cell.split([';', ',', '|']).map(str::trim);
    named.filter(|role| !role.is_empty()).map(str::to_owned).collect()
}

/// Reads people from what mail programs, address books and spreadsheets put on the clipboard, or from a
/// CSV file with commas, semicolons or tabs, with a byte-order mark or without. A first row of headings
/// names the columns; without one each line is read by itself, as [`text::people`] does: what follows an
/// address and a name are roles. Roles in one cell are parted by semicolons, commas or bars. Errors: no
/// rows, too many, or not a text at all (as a spreadsheet's own file).
pub fn read(raw: &str) -> Result<Vec<Invitee>, Why> {
    let raw = raw.trim_start_matches('\u{feff}');
    // What spreadsheets write above a table to say how its cells are parted.
    let raw = match raw.get(..4) {
        Some(mark) if mark.eq_ignore_ascii_case("sep=") => raw.get(5..).unwrap_or_default(),
        _ => raw,
    };
    if raw.starts_with("PK\u{3}\u{4}") || raw.contains(['\0', '\u{fffd}']) {
        return Err(Why::NotATable);
    }
    let people = match table(raw)? {
        Some(people) => people,
        None => lines(raw)?,
    };
    if people.is_empty() {
        Err(Why::NoRows)
    } else {
        Ok(people)
    }
}

/// A text whose first row names its columns; None: it is no such one.
fn table(raw: &str) -> Result<Option<Vec<Invitee>>, Why> {
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
    let mut columns = None;
    let mut people = Vec::new();
    let mut lines = Lines { raw, at: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|_| Why::NotATable)?;
        let line = lines.of(record.position().map_or(0, |p| p.byte() as usize));
        let cells: Vec<&str> = record.iter().map(str::trim).collect();
        if cells.iter().all(|c| c.is_empty()) {
            continue;
        }
        match &columns {
            None => match CsvColumns::named(&cells) {
                None => return Ok(None),
                named => columns = named,
            },
            Some(columns) => {
                people.extend(columns.take(&cells, line));
                few(&people)?;
            }
        }
    }
    Ok(Some(people))
}

fn lines(raw: &str) -> Result<Vec<Invitee>, Why> {
    let mut people = Vec::new();
    // Word and Excel break lines inside cells otherwise than files do, and old files otherwise than new ones.
    let ends = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    let raw = raw.replace("\r\n", "\n");
    for (n, line) in raw
        .split(ends)
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        people.extend(
            text::people(line)
                .into_iter()
                .map(|one| Invitee::found(one, n + 1)),
        );
        few(&people)?;
    }
    Ok(people)
}

fn few(people: &[Invitee]) -> Result<(), Why> {
    if people.len() > ROWS {
        Err(Why::TooManyRows)
    } else {
        Ok(())
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

impl Invitee {
    /// What has no address stands in its place, so that whoever gave it reads what was meant.
    fn found(one: Found, line: usize) -> Self {
        let lacks_address = one.email.is_empty();
        let (email, name) = if lacks_address {
            (one.name, String::new())
        } else {
            (one.email, one.name)
        };
        Self {
            line,
            email,
            name,
            roles: one.more.iter().flat_map(|cell| roles_in(cell)).collect(),
        }
    }
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
