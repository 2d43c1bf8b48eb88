//! The welcome tour: one step for each area of the house that the member may enter and was not
//! shown yet. It stands on the home page, so it works without scripts, can be left at any step, and
//! goes on there at the next visit.
use crate::domain::home_page::Area;
use crate::domain::member::Membership;
use crate::pages::parts::form::Form;
use crate::site::Call;
use leptos::prelude::*;

/// The next step; nothing if all has been shown.
pub fn step(call: &Call, member: &Membership, left: &[Area]) -> Option<AnyView> {
    let words = call.words();
    let area = *left.first()?;
    let rest = left.len() as i64 - 1;
    let form = |areas: &[Area], button: &'static str, class: &'static str| {
        let areas = areas.iter().map(|a| a.as_str()).collect::<Vec<_>>().join(" ");
        Form::new(call, "see_areas", button)
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("areas", &areas)
            .button_class(class)
            .draw()
    };
    let next = if rest == 0 { "tour-end" } else { "tour-next" };
    let skip = (rest > 0).then(|| form(left, "tour-skip", "button"));
    let name = area.as_str();
    let to = format!("/{}/{}", member.slug, area.path());
    Some(
        view! {
            <section class="panel tour" id="tour" tabindex="-1" aria-labelledby="tour-title">
                <p class="soft">
                    {words.say("tour-title")} " · " {words.tell("tour-left", &[("n", &rest)])}
                </p>
                <h2 id="tour-title">{words.say(&format!("tour-{name}"))}</h2>
                <p>{words.say(&format!("tour-{name}-text"))}</p>
                <div class="tools">
                    {form(&[area], next, "button main")} <a class="button" href=to>
                        {words.say("tour-go")}
                    </a> {skip}
                </div>
            </section>
        }
        .into_any(),
    )
}
