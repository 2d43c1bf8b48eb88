//! What an activity of Teams says: its text, or the HTML that stands in an attachment in its place, and
//! what else it brings.
use super::reading::at;
use crate::domain::content_kind::ContentKind;
use serde_json::Value;

/// The words, and what came with them. What is neither is empty and `Text`.
pub(super) fn read(activity: &Value) -> (String, ContentKind) {
    let attachments = activity
        .get("attachments")
        .and_then(Value::as_array)
        .map_or(&[] as &[Value], Vec::as_slice);
    let html = |a: &&Value| at(a, "/contentType").eq_ignore_ascii_case("text/html");
    let written = attachments.iter().find(html).map_or("", |a| at(a, "/content"));
    let brought = attachments
        .iter()
        .find(|a| !html(a))
        .map(|a| kind(at(a, "/contentType")));
    // A picture that was pasted among words is a part of the HTML.
    let pasted = written.contains("<img").then_some(ContentKind::Image);
    let text = match (at(activity, "/text"), at(activity, "/textFormat")) {
        ("", _) => words_of(written),
        (text, "xml") => words_of(&without_mentions(text)),
        (text, _) => without_mentions(text),
    };
    (text, brought.or(pasted).unwrap_or_default())
}

fn kind(content_type: &str) -> ContentKind {
    if content_type.contains("vnd.microsoft.card") || content_type.contains("vnd.microsoft.teams.card") {
        return ContentKind::Card;
    }
    ContentKind::of_media(content_type)
}

/// The words of HTML: marks are left out and names of characters read, once.
fn words_of(html: &str) -> String {
    let html = without_mentions(html);
    let mut broken = html;
    for end in ["<br>", "<br/>", "<br />", "</p>", "</div>", "</li>"] {
        broken = broken.replace(end, &format!("\n{end}"));
    }
    let bare = ammonia::Builder::empty().clean(&broken).to_string();
    let read = bare
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    read.trim().to_owned()
}

/// The text without the mentions of the bot that Teams writes into it: `<at>..</at>`.
pub(super) fn without_mentions(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once("<at>") {
        plain += before;
        rest = match after.split_once("</at>") {
            Some((_, after)) => after,
            None => return (plain + "<at>" + after).trim().to_owned(),
        };
    }
    (plain + rest).trim().to_owned()
}
