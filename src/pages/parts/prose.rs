//! What administrators write in Markdown, on a page. The one place that puts HTML of others into a
//! page, and so the one that sanitises it.
use leptos::prelude::*;
use pulldown_cmark::{Event, Options, Parser};
use std::collections::HashSet;

/// The text, drawn; `language` where it differs from the page's.
pub fn article(markdown: &str, language: Option<&'static str>) -> AnyView {
    view! { <article class="prose" lang=language inner_html=html(markdown)></article> }.into_any()
}

/// How deep lists, quotes and the like may stand in one another.
const DEEPEST: usize = 20;

/// Without HTML, most of which would be thrown away and which costs the sanitiser more than it
/// says; and not too deep.
fn tame<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut depth = 0;
    events.filter(move |event| match event {
        Event::Html(_) | Event::InlineHtml(_) => false,
        Event::Start(_) => {
            depth += 1;
            depth <= DEEPEST
        }
        Event::End(_) => {
            depth -= 1;
            depth < DEEPEST
        }
        _ => true,
    })
}

/// A text as it stands, whatever it would mean in Markdown.
pub fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_ascii_punctuation() {
                vec!['\\', c]
            } else {
                vec![c]
            }
        })
        .collect()
}

/// Markdown as HTML that holds text, lists, tables and links, and nothing that runs, loads or looks
/// like a part of this site.
fn html(markdown: &str) -> String {
    let mut drawn = String::new();
    pulldown_cmark::html::push_html(
        &mut drawn,
        tame(Parser::new_ext(
            markdown,
            Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
        )),
    );
    let allowed: HashSet<&str> =
        "p br h2 h3 h4 ul ol li strong em del code pre blockquote a hr table thead tbody tr th td"
            .split(' ')
            .collect();
    ammonia::Builder::new()
        .tags(allowed)
        .generic_attributes(HashSet::new())
        .tag_attributes([("a", HashSet::from(["href"]))].into())
        .url_schemes(HashSet::from(["https", "http", "mailto"]))
        .link_rel(Some("noopener noreferrer"))
        .clean(&drawn.replace("<h1>", "<h2>").replace("</h1>", "</h2>"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::{escape, html};

    #[test]
    fn hostile_pages_stay_small_and_shallow() {
        let formatting: String = (0..1200).map(|n| format!("<i a{n}>")).collect();
        assert!(html(&format!("{formatting}{}", "<p>a".repeat(2400))).len() < 20_000);
        let quotes = html(&format!("{} deep", "> ".repeat(5000)));
        assert_eq!(
            (quotes.matches("<blockquote>").count(), quotes.contains("deep")),
            (20, true),
            "{quotes}"
        );
        let lists: String = (0..200).map(|n| format!("{}- x\n", "  ".repeat(n))).collect();
        assert!(html(&lists).matches("<ul>").count() <= 20);
        assert_eq!(
            html(&escape("A <b> [x](https://x.test) *a* _b_")),
            "<p>A &lt;b&gt; [x](https://x.test) *a* _b_</p>\n"
        );
    }

    #[test]
    fn questions_and_answers_hold_nothing_that_runs() {
        let drawn = html(
            "# Who?\n\nAsk **Ivo** at <script>alert(1)</script> [here](javascript:alert(1)) or \
             [there](https://example.test).\n\n<img src=x onerror=alert(1)> <b style=\"color:red\" \
             onclick=x>b</b>",
        );
        assert!(
            drawn.contains("<h2>Who?</h2>") && drawn.contains("<strong>Ivo</strong>"),
            "{drawn}"
        );
        assert!(
            drawn.contains("href=\"https://example.test\" rel=\"noopener noreferrer\""),
            "{drawn}"
        );
        for bad in ["<script", "javascript:", "<img", "onerror", "onclick", "style"] {
            assert!(!drawn.contains(bad), "{bad}: {drawn}");
        }
        assert!(html("| a | b |\n|---|---|\n| 1 | 2 |").contains("<td>2</td>"));
    }
}
