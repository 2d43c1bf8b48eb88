//! Forms as a browser reads them from a page.

/// A form that posts: where to, what it would send, and the boxes that are not ticked.
#[derive(Clone, Debug)]
pub struct DrawnForm {
    pub action: String,
    pub fields: Vec<(String, String)>,
    pub unticked: Vec<String>,
}

impl DrawnForm {
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    }

    /// Types into a field; None takes it out.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.fields.retain(|(n, _)| n != name);
        if let Some(value) = value {
            self.fields.push((name.to_owned(), value.to_owned()));
        }
    }

    /// What is posted.
    pub fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.fields)
            .finish()
    }
}

/// All forms of a page that post.
pub fn forms(page: &str) -> Vec<DrawnForm> {
    let mut found = Vec::new();
    for part in page.split("<form ").skip(1) {
        let (head, rest) = part.split_once('>').unwrap();
        let inside = rest.split("</form>").next().unwrap();
        if attribute(head, "method").as_deref() != Some("post") {
            continue;
        }
        let mut form = DrawnForm {
            action: attribute(head, "action").unwrap(),
            fields: Vec::new(),
            unticked: Vec::new(),
        };
        for (n, tag) in inside.split('<').enumerate().skip(1) {
            field(&mut form, tag, inside, n);
        }
        found.push(form);
    }
    found
}

fn field(form: &mut DrawnForm, tag: &str, inside: &str, n: usize) {
    let (head, after) = tag.split_once('>').unwrap_or((tag, ""));
    let Some(name) = attribute(head, "name") else {
        return;
    };
    if head.starts_with("input") {
        let value = attribute(head, "value").unwrap_or_default();
        match attribute(head, "type").as_deref() {
            Some("checkbox" | "radio") if !has(head, "checked") => form.unticked.push(name),
            Some("file" | "submit") => {}
            _ => form.fields.push((name, value)),
        }
    } else if head.starts_with("textarea") {
        form.fields.push((name, unescaped(after)));
    } else if head.starts_with("select") {
        let options = inside
            .split('<')
            .skip(n + 1)
            .take_while(|t| !t.starts_with("/select"));
        let options: Vec<&str> = options.filter(|t| t.starts_with("option")).collect();
        let chosen = options
            .iter()
            .find(|o| has(o.split('>').next().unwrap(), "selected"));
        if let Some(option) = chosen.or(options.first()) {
            let value = attribute(option.split('>').next().unwrap(), "value");
            form.fields.push((name, value.unwrap_or_default()));
        }
    } else if head.starts_with("button") {
        let value = attribute(head, "value").unwrap_or_default();
        form.fields.push((name, value));
    }
}

fn has(head: &str, name: &str) -> bool {
    head.split_whitespace()
        .any(|word| word == name || word.starts_with(&format!("{name}=")))
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let start = head.find(&format!(" {name}=\"")).map(|i| i + name.len() + 3);
    let start = start.or_else(|| head.starts_with(&format!("{name}=\"")).then_some(name.len() + 2))?;
    head[start..].split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
