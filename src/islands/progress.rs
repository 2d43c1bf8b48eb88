//! Approval Progress in words: the steps of a flow with their votes, what is missing, and questions
//! with their answers. Drawn by the queue's island and by the pages of the portal.
use crate::islands::when::{When, when};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a request has come, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressWords {
    /// Its heading; empty where the page has one already.
    pub title: String,
    /// The flow with its version; and that there is a newer one, what is wrong, or nothing.
    pub flow: String,
    pub note: String,
    pub steps: Vec<StepWords>,
    pub talk: Vec<Talk>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepWords {
    pub title: String,
    /// `done`, `now`, `ahead` or `off`: the class of its shape.
    pub stage: String,
    pub stage_words: String,
    /// Votes, each with its instant; whom it waits for; what is missing.
    pub lines: Vec<(String, Option<When>)>,
    /// What an administrator can do about it: the words and the address; both empty if nothing.
    pub add: (String, String),
}

/// A question to the requester, and the answer if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    pub question: String,
    pub said: String,
    pub asked: Option<When>,
    pub answer: String,
    pub answered: Option<When>,
}

pub fn progress(p: &ProgressWords) -> AnyView {
    if p.steps.is_empty() {
        return ().into_any();
    }
    let steps = p.steps.iter().map(|s| {
        let lines = s
            .lines
            .iter()
            .map(|(text, at)| view! { <p>{text.clone()} " " {at.as_ref().map(when)}</p> })
            .collect::<Vec<_>>();
        let (label, to) = s.add.clone();
        let add = (!to.is_empty()).then(|| {
            view! {
                <a class="button small" href=to>
                    {label}
                </a>
            }
        });
        view! {
            <li class=s.stage.clone()>
                <strong>{s.title.clone()}</strong>
                " "
                <span class="soft">{s.stage_words.clone()}</span>
                {lines}
                {add}
            </li>
        }
    });
    let talk = p.talk.iter().map(|t| {
        let answer = t
            .answered
            .as_ref()
            .map(|at| view! { <blockquote class="words">{t.answer.clone()} " " {when(at)}</blockquote> });
        view! {
            <li>
                <strong>{t.question.clone()}</strong>
                " "
                {t.asked.as_ref().map(when)}
                <p class="words">{t.said.clone()}</p>
                {answer}
            </li>
        }
    });
    let talk = (!p.talk.is_empty()).then(|| view! { <ul class="plain rows">{talk.collect::<Vec<_>>()}</ul> });
    view! {
        {(!p.title.is_empty()).then(|| view! { <h2 class="minor">{p.title.clone()}</h2> })}
        <p class="soft">{p.flow.clone()}</p>
        {(!p.note.is_empty()).then(|| view! { <p>{p.note.clone()}</p> })}
        <ol class="steps">{steps.collect::<Vec<_>>()}</ol>
        {talk}
    }
    .into_any()
}
