//! A form as it was posted, perhaps with a file.
use crate::domain::{Error, Result};
use std::collections::HashMap;

/// A file that came with a form.
#[derive(Clone, Debug)]
pub struct PostedFile {
    /// As the browser calls it.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What a form posted.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    pub fields: HashMap<String, String>,
    /// None where no file was chosen: browsers post an empty one without a name then.
    pub file: Option<PostedFile>,
}

impl Upload {
    /// All of it as one text that differs where any of it does.
    pub fn content(&self) -> String {
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort();
        let file = self
            .file
            .as_ref()
            .map(|f| (&f.name, crate::desk::mint::hash_of_bytes(&f.bytes)));
        format!("{fields:?} {file:?}")
    }

    /// The value of a field that every such form has; Malformed without it.
    pub fn field(&self, name: &str) -> Result<&str> {
        self.fields.get(name).map(String::as_str).ok_or(Error::Malformed)
    }

    /// The value of a field that may be missing; empty then.
    pub fn optional(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}
