//! The head of a chain of seals as it goes out to witnesses: into the log and into letters, and read
//! again from there.
use std::fmt;

/// A seal as others saw it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SealHead {
    /// `o:` and the organisation, or `a:` and the account.
    pub chain: String,
    /// Its place in the chain, from one on.
    pub number: i64,
    /// 64 hex digits.
    pub hash: String,
}

impl fmt::Display for SealHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seal {} {} {}", self.chain, self.number, self.hash)
    }
}

impl SealHead {
    /// From four words that follow each other.
    fn of(words: &[String; 4]) -> Option<Self> {
        let [mark, chain, number, hash] = words;
        let (kind, id) = chain.split_once(':')?;
        let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
        let is_id = id.len() == 36 && is_hex(&id.replace('-', ""));
        let number = number.parse().ok().filter(|n| *n > 0)?;
        let whole = mark == "seal" && ["o", "a"].contains(&kind) && is_id && hash.len() == 64 && is_hex(hash);
        whole.then(|| Self {
            chain: chain.clone(),
            number,
            hash: hash.clone(),
        })
    }
}

/// Finds heads in the lines of a log or of a letter, however those were quoted, wrapped or encoded.
#[derive(Default)]
pub struct HeadReader {
    plain: LastWords,
    /// Those of what lines of base64 say, as letters may be sent.
    packed: LastWords,
}

/// Four words that follow each other, in lines that may part a word.
#[derive(Default)]
struct LastWords {
    last: [String; 4],
    /// The beginning of a word that the line before left off.
    begun: String,
}

impl HeadReader {
    /// Reads a further line; the heads that end in it.
    pub fn read(&mut self, line: &str) -> Vec<SealHead> {
        let line = line.trim_end_matches(['\r', '\n']);
        // A soft break of quoted-printable: the next line goes on in the middle of a word.
        match line.strip_suffix('=') {
            Some(line) => self.plain.read(line, true),
            None => self.plain.read(line, false),
        }
    }

    /// Reads what a line of base64 says, if it is one; the heads that end in it.
    pub fn read_packed(&mut self, unpacked: &[u8]) -> Vec<SealHead> {
        self.packed.read(&String::from_utf8_lossy(unpacked), true)
    }
}

impl LastWords {
    fn read(&mut self, line: &str, goes_on: bool) -> Vec<SealHead> {
        let line = std::mem::take(&mut self.begun) + line;
        let is_between = |c: char| c.is_whitespace() || "\"'`,;{}()[]<>*|\\".contains(c);
        let mut words: Vec<&str> = line.split(is_between).filter(|word| !word.is_empty()).collect();
        if goes_on && !line.ends_with(is_between) {
            self.begun = words.pop().unwrap_or_default().to_owned();
        }
        let mut found = Vec::new();
        for word in words {
            self.last.rotate_left(1);
            word.clone_into(&mut self.last[3]);
            found.extend(SealHead::of(&self.last));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_found_in_logs_and_letters() {
        let head = SealHead {
            chain: "o:0192d3a0-0000-7000-8000-000000000002".into(),
            number: 12,
            hash: "0a".repeat(32),
        };
        let told = head.to_string();
        let (one, other) = told.split_at(70);
        for text in [
            told.clone(),
            format!("2026-11-30T06:00:00Z  INFO chore{{what=\"sealing\"}}: anteroom::desk: {told}\n"),
            format!("{{\"level\":\"INFO\",\"fields\":{{\"message\":\"{told}\"}}}}"),
            format!("> {}", told.replace(' ', "\n> ")),
            format!("> {one}=\r\n{other}\r\n"),
            format!("<blockquote>{told}</blockquote>"),
        ] {
            let mut reader = HeadReader::default();
            let found: Vec<_> = text
                .split_inclusive('\n')
                .flat_map(|line| reader.read(line))
                .collect();
            assert_eq!(found, std::slice::from_ref(&head), "{text}");
        }
        // Lines of base64 hold 57 bytes each, wherever words and characters end.
        let mut reader = HeadReader::default();
        let text = format!("北光 hears: {told}\n");
        let found: Vec<_> = text
            .as_bytes()
            .chunks(57)
            .flat_map(|line| reader.read_packed(line))
            .collect();
        assert_eq!(found, [head]);
        for none in [
            "",
            "seal",
            "seal o:x 1 00",
            &told.replace("seal", "sealed"),
            &told[..100],
        ] {
            assert_eq!(HeadReader::default().read(none), [], "{none}");
        }
    }
}
