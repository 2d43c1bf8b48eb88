//! What administrators write in Markdown, on a page. The one place that puts HTML of others into a page, and so the one that sanitises it.
use leptos::prelude::*;
use pulldown_cmark::{Options, Parser};
use std::collections::HashSet;

/// The text, drawn; `language` where it differs from the page's.
pub fn article(markdown: &str, language: Option<&'static str>) -> AnyView {
    view! { <article class="prose" lang=language inner_html=html(markdown)></article> }.into_any()
}

/// Markdown as HTML that holds text, lists, tables and links, and nothing that runs, loads or looks like a part of this site.
fn html(markdown: &str) -> String {
    let mut drawn = String::new();
    pulldown_cmark::html::push_html(&mut drawn, Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH));
    let allowed: HashSet<&str> =
        "p br h2 h3 h4 ul ol li strong em del code pre blockquote a hr table thead tbody tr th td".split(' ').collect();
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
    use super::html;

    #[test]
    fn questions_and_answers_hold_nothing_that_runs() {
        let drawn = html(
            "# Who?\n\nAsk **Ivo** at <script>alert(1)</script> [here](javascript:alert(1)) or [there](https://example.test).\n\n<img src=x onerror=alert(1)> <b style=\"color:red\" onclick=x>b</b>",
        );
        assert!(drawn.contains("<h2>Who?</h2>") && drawn.contains("<strong>Ivo</strong>"), "{drawn}");
        assert!(drawn.contains("href=\"https://example.test\" rel=\"noopener noreferrer\""), "{drawn}");
        for bad in ["<script", "javascript:", "<img", "onerror", "onclick", "style"] {
            assert!(!drawn.contains(bad), "{bad}: {drawn}");
        }
        assert!(html("| a | b |\n|---|---|\n| 1 | 2 |").contains("<td>2</td>"));
    }
}
