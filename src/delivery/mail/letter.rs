//! From a letter owed to its text: subject, plain text and HTML in the reader's language.
use crate::desk::faults::broken;
use crate::domain::Result;
use crate::domain::account::Language;
use crate::domain::notice::{Access, Letter, News};
use crate::domain::text;
use crate::words::{Said, Words};
use askama::Template;

/// A letter as it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// In whose name, beside the sender's own; empty: in nobody else's.
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    language: &'a str,
    subject: &'a str,
    paragraphs: &'a [String],
    quote: &'a str,
    button: &'a str,
    link: &'a str,
    footer: &'a str,
}

/// Writes the letter. `public_url`: where its link begins, from the configuration and never from a
/// request. `secret`: the link's token.
pub fn render(
    letter: &Letter,
    language: Language,
    public_url: &str,
    secret: Option<&str>,
) -> Result<Rendered> {
    let words = Words(language);
    let key = format!("letter-{}", letter.key());
    let facts = facts(letter, words);
    let subject =
        told(words, &format!("{key}-subject"), &facts, text::for_subject).replace(['\r', '\n'], " ");
    let paragraphs: Vec<String> = told(words, &format!("{key}-text"), &facts, text::inert)
        .split("\n\n")
        .map(|p| p.trim().to_owned())
        .collect();
    let (button, link) = match path(letter, secret)? {
        Some(path) => (words.say(&format!("{key}-button")), format!("{public_url}{path}")),
        None => (String::new(), String::new()),
    };
    let quote = &quote(letter, words);
    let footer = words.tell("letter-footer", &[("url", &public_url)]);
    let html = Html {
        language: language.tag(),
        subject: &subject,
        paragraphs: &paragraphs,
        quote,
        button: &button,
        link: &link,
        footer: &footer,
    }
    .render()
    .map_err(|_| broken())?;
    let text = plain(&paragraphs, quote, &button, &link, &footer);
    let from = text::for_subject(letter.organisation().unwrap_or_default());
    Ok(Rendered {
        from,
        subject,
        text,
        html,
    })
}

/// What people call themselves, their organisations and what they have.
const OWN_WORDS: [&str; 11] = [
    "name",
    "organisation",
    "number",
    "inviter",
    "resource",
    "by",
    "connector",
    "identifier",
    "roles",
    "given",
    "taken",
];

/// A text with these facts, of which those in people's own words are `tamed`.
fn told(words: Words, key: &str, facts: &[(&'static str, String)], tamed: fn(&str) -> String) -> String {
    let own = |name: &str| OWN_WORDS.contains(&name);
    let tamed: Vec<(&'static str, String)> = facts
        .iter()
        .map(|(name, value)| (*name, if own(name) { tamed(value) } else { value.clone() }))
        .collect();
    let args: Vec<(&'static str, &dyn Said)> = tamed.iter().map(|(n, v)| (*n, v as &dyn Said)).collect();
    words.tell(key, &args)
}

fn plain(paragraphs: &[String], quote: &str, button: &str, link: &str, footer: &str) -> String {
    let mut parts = paragraphs.to_vec();
    if !quote.is_empty() {
        parts.push(
            quote
                .lines()
                .map(|l| format!("> {l}"))
                .collect::<Vec<_>>()
                .join("\n"),
        );
    }
    if !link.is_empty() {
        parts.push(format!("{button}:\n{link}"));
    }
    parts.push(format!("-- \n{footer}"));
    parts.join("\n\n") + "\n"
}

/// The values that stand in the letter's text.
fn facts(letter: &Letter, words: Words) -> Vec<(&'static str, String)> {
    match letter {
        Letter::RequestSubmitted {
            organisation,
            name,
            email,
            ..
        }
        | Letter::WaitsForRights {
            organisation,
            name,
            email,
            ..
        } => {
            vec![
                ("organisation", organisation.clone()),
                ("name", name.clone()),
                ("email", text::shown(email)),
            ]
        }
        Letter::ContactAsks {
            organisation,
            name,
            identifier,
            connector,
            ..
        } => vec![
            ("organisation", organisation.clone()),
            ("name", name.clone()),
            ("identifier", identifier.clone()),
            ("connector", connector.clone()),
        ],
        Letter::RequestsDigest {
            organisation, count, ..
        } => vec![("organisation", organisation.clone()), ("n", count.to_string())],
        Letter::Access(a) => vec![
            ("organisation", a.organisation.clone()),
            ("resource", a.resource_name.clone()),
            ("name", a.name.clone()),
            ("by", a.by.clone()),
            ("steps", a.next_steps.clone()),
            (
                "more",
                if a.next_steps.is_empty() { "no" } else { "yes" }.to_owned(),
            ),
            (
                "until",
                a.until.map(|at| words.exact(at, "UTC")).unwrap_or_default(),
            ),
            ("ends", if a.until.is_some() { "yes" } else { "no" }.to_owned()),
        ],
        Letter::Invitation {
            organisation,
            customer_number,
            inviter,
            hours,
        } => vec![
            ("organisation", organisation.clone()),
            ("number", customer_number.clone()),
            ("inviter", inviter.clone()),
            ("hours", hours.to_string()),
        ],
        Letter::Welcome {
            organisation,
            customer_number,
            restricted,
            roles,
            ..
        } => {
            let rights = match (restricted, roles.is_empty()) {
                (true, _) => "restricted",
                (false, true) => "unnamed",
                (false, false) => "roles",
            };
            vec![
                ("roles", roles.clone()),
                ("organisation", organisation.clone()),
                ("number", customer_number.clone()),
                ("rights", rights.to_owned()),
            ]
        }
        Letter::RolesChanged {
            organisation,
            given,
            taken,
            ..
        } => {
            let some = |names: &str| if names.is_empty() { "no" } else { "yes" }.to_owned();
            vec![
                ("organisation", organisation.clone()),
                ("given", given.clone()),
                ("taken", taken.clone()),
                ("gives", some(given)),
                ("takes", some(taken)),
            ]
        }
        Letter::RolesWithheld {
            organisation,
            name,
            email,
            inviter,
            roles,
            ..
        } => vec![
            ("organisation", organisation.clone()),
            ("name", name.clone()),
            ("email", text::shown(email)),
            ("inviter", inviter.clone()),
            ("roles", roles.clone()),
        ],
        Letter::MemberLeft {
            organisation,
            customer_number,
            name,
            email,
            ..
        } => vec![
            ("organisation", organisation.clone()),
            ("number", customer_number.clone()),
            ("name", name.clone()),
            ("email", text::shown(email)),
        ],
        Letter::Removed {
            organisation,
            customer_number,
            contact,
        } => vec![
            ("organisation", organisation.clone()),
            ("number", customer_number.clone()),
            ("contact", contact.clone()),
            ("known", if contact.is_empty() { "no" } else { "yes" }.to_owned()),
        ],
        Letter::Feedback {
            organisation,
            customer_number,
            name,
            from,
            ..
        } => vec![
            ("organisation", organisation.clone()),
            ("number", customer_number.clone()),
            ("name", name.clone()),
            ("email", text::shown(from)),
        ],
        Letter::OrganisationCloses {
            organisation,
            customer_number,
            by,
            contact,
        } => vec![
            ("organisation", organisation.clone()),
            ("number", customer_number.clone()),
            ("name", by.clone()),
            ("contact", contact.clone()),
            ("known", if contact.is_empty() { "no" } else { "yes" }.to_owned()),
        ],
        Letter::OrganisationStays {
            organisation,
            customer_number,
            ..
        } => {
            vec![
                ("organisation", organisation.clone()),
                ("number", customer_number.clone()),
            ]
        }
        Letter::RequestCanceled { organisation, .. } => vec![("organisation", organisation.clone())],
        Letter::RequestClosed { organisation } | Letter::SealHead { organisation, .. } => {
            vec![("organisation", organisation.clone())]
        }
        Letter::RequestExpired { organisation, .. } => vec![("organisation", organisation.clone())],
        Letter::RequestRejected {
            organisation,
            contact,
        } => vec![
            ("organisation", organisation.clone()),
            ("contact", contact.clone()),
            ("known", if contact.is_empty() { "no" } else { "yes" }.to_owned()),
        ],
        Letter::DomainMissing {
            organisation,
            domain,
            record,
            ..
        } => {
            vec![
                ("organisation", organisation.clone()),
                ("domain", domain.clone()),
                ("record", record.clone()),
            ]
        }
        Letter::EmailProof { new } | Letter::EmailChangeAsked { new } | Letter::EmailChanged { new } => {
            vec![("new", text::shown(new))]
        }
        Letter::WayInChanged { way, .. } | Letter::LinkProof { way } | Letter::EmailDropped { way } => {
            vec![("way", way.clone())]
        }
        Letter::SignUp
        | Letter::SignUpKnown
        | Letter::PasswordReset
        | Letter::PasswordChanged
        | Letter::CodesRenewed
        | Letter::FactorChanged { .. }
        | Letter::AccountLeaves => Vec::new(),
    }
}

/// What the requester wrote, quoted below the text and never a part of it.
fn quote(letter: &Letter, words: Words) -> String {
    let said = match letter {
        Letter::ContactAsks { message, content, .. } => return words.written(message, *content),
        Letter::RequestSubmitted { message, .. } | Letter::Feedback { message, .. } => message,
        Letter::RequestsDigest { requests, .. } => requests,
        Letter::SealHead { seal, .. } => seal,
        Letter::Access(access) => &access.text,
        Letter::RequestCanceled { reason, .. } => reason,
        _ => "",
    };
    said.to_owned()
}

fn access_path(a: &Access) -> String {
    let (slug, request) = (&a.slug, &a.request);
    match a.news {
        News::Requested | News::Turn | News::Lacking | News::Broken => {
            format!("/{slug}/access_requests?request={request}")
        }
        News::Answer if a.in_queue => format!("/{slug}/access_requests?request={request}"),
        News::Waits | News::Reminder | News::Overridden | News::Answer => {
            format!("/{slug}/approvals?request={request}")
        }
        News::Granted | News::Ends => format!("/{slug}/applications"),
        News::Denied | News::Question => format!("/{slug}/my_requests?request={request}"),
        News::Canceled | News::Expired | News::Ended | News::Revoked => {
            format!("/{slug}/catalog?ask={}&like={request}", a.resource)
        }
    }
}

/// Where the letter's button leads. A letter whose link needs a secret is never written without it.
fn path(letter: &Letter, secret: Option<&str>) -> Result<Option<String>> {
    let with = |stem: &str| {
        secret
            .map(|s| Some(format!("/{stem}/{s}")))
            .ok_or_else(|| broken())
    };
    match letter {
        Letter::RequestSubmitted { slug, request, .. } | Letter::ContactAsks { slug, request, .. } => {
            Ok(Some(format!("/{slug}/access_requests?request={request}")))
        }
        Letter::RequestsDigest { slug, .. } => Ok(Some(format!("/{slug}/access_requests"))),
        Letter::SealHead { slug, .. } => Ok(Some(format!("/{slug}/insights"))),
        Letter::Access(a) => Ok(Some(access_path(a))),
        Letter::Invitation { .. } => with("invitations"),
        Letter::SignUp => with("signup"),
        Letter::SignUpKnown => Ok(Some("/signin".to_owned())),
        Letter::DomainMissing { slug, .. } => Ok(Some(format!("/{slug}/settings#domains"))),
        Letter::RequestRejected { .. }
        | Letter::Removed { .. }
        | Letter::Feedback { .. }
        | Letter::OrganisationCloses { .. }
        | Letter::RequestCanceled { .. }
        | Letter::RequestClosed { .. } => Ok(None),
        Letter::OrganisationStays { slug, .. } => Ok(Some(format!("/{slug}"))),
        Letter::AccountLeaves => Ok(Some("/settings#leave".to_owned())),
        Letter::RolesWithheld { slug, account, .. } => Ok(Some(format!("/{slug}/users/{account}"))),
        Letter::RequestExpired { status, .. } => Ok(Some(format!("/requests/{status}"))),
        Letter::PasswordReset => with("reset"),
        Letter::EmailProof { .. } => with("email"),
        Letter::LinkProof { .. } => with("signin/link"),
        Letter::Welcome { slug, .. } | Letter::RolesChanged { slug, .. } => Ok(Some(format!("/{slug}"))),
        Letter::MemberLeft { slug, .. } => Ok(Some(format!("/{slug}/users"))),
        Letter::WaitsForRights { slug, .. } => Ok(Some(format!("/{slug}/users?waiting=1"))),
        Letter::PasswordChanged
        | Letter::EmailChangeAsked { .. }
        | Letter::EmailChanged { .. }
        | Letter::EmailDropped { .. }
        | Letter::CodesRenewed
        | Letter::WayInChanged { .. }
        | Letter::FactorChanged { .. } => Ok(None),
    }
}
