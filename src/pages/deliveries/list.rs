//! `/{org}/deliveries`: what waits, was put off and was given up, by channel.
use crate::desk::deliveries::{self, Deliveries};
use crate::domain::Result;
use crate::domain::delivery::{Channel, DeliveryState};
use crate::domain::member::Membership;
use crate::pages::deliveries::fates;
use crate::pages::parts;
use crate::pages::parts::form::Form;
use crate::pages::{Frame, Sheet};
use crate::site::Call;
use crate::store::deliveries::channels::Trouble;
use crate::store::deliveries::fates::{ChannelCount, Fate};
use leptos::prelude::*;
use std::collections::HashMap;

/// `/{org}/deliveries`.
pub async fn sheet(call: Call) -> Result<Sheet> {
    let words = call.words();
    let member = call.member()?.clone();
    let channel = Channel::try_from(call.asked("channel").to_owned()).ok();
    let state = DeliveryState::parse(call.asked("state"));
    let after = call.asked("after").to_owned().try_into().ok();
    let found = deliveries::list(call.desk(), &member, channel.clone(), state, after).await?;
    let names = names(&call, &member, &found).await?;
    let title = words.say("nav-deliveries");
    let heading = title.clone();
    let here = format!("/{}/deliveries", member.slug);
    let draw = move || {
        let name = |channel: &Channel| names.get(channel).cloned().unwrap_or_default();
        let empty = found.listed.is_empty().then(|| {
            view! {
                <div class="empty">
                    <h2>{words.say("deliveries-none")}</h2>
                    <p class="soft">{words.say("deliveries-none-text")}</p>
                </div>
            }
        });
        view! {
            <div class="head">
                <h1>{heading}</h1>
            </div>
            {parts::done(&call, &["tried"])}
            {parts::trouble(&call, &["try_again", "try_all_again"])}
            <p class="soft">{words.say("deliveries-text")}</p>
            {found.troubled.iter().map(|t| banner(&call, t, &name(&t.channel))).collect_view()}
            {channels(&call, &member, &found.counts, &name, &here)}
            {empty}
            {listed(&call, &member, &found.listed, &name, &here)}
            {parts::next_page(&call, found.next.as_ref().map(ToString::to_string))}
        }
        .into_any()
    };
    Ok(Sheet::new(title, Frame::House("deliveries"), draw))
}

/// What each channel that is shown is called.
async fn names(call: &Call, member: &Membership, found: &Deliveries) -> Result<HashMap<Channel, String>> {
    let all = found.counts.iter().map(|c| &c.channel);
    let all = all.chain(found.troubled.iter().map(|t| &t.channel));
    let mut all: Vec<&Channel> = all.chain(found.listed.iter().map(|f| &f.channel)).collect();
    all.sort();
    all.dedup();
    let known = deliveries::names(call.desk(), member, &all).await?;
    let name = |channel: &Channel| {
        let of = known.get(channel.parts().1).cloned().unwrap_or_default();
        (channel.clone(), channel_name(call, channel, &of))
    };
    Ok(all.into_iter().map(name).collect())
}

/// What a channel is called. `of`: the name of whose it is.
pub fn channel_name(call: &Call, channel: &Channel, of: &str) -> String {
    call.words()
        .tell(&format!("channel-{}", channel.parts().0), &[("name", &of)])
}

/// Says that a channel is in trouble, since when, and when it is tried again.
pub fn banner(call: &Call, trouble: &Trouble, name: &str) -> AnyView {
    let words = call.words();
    let text = words.tell(
        "channel-in-trouble",
        &[
            ("channel", &name),
            ("why", &words.undelivered(&trouble.reason)),
            ("since", &words.ago(trouble.since, call.now())),
            ("next", &words.ago(trouble.paused_until, call.now())),
        ],
    );
    view! {
        <div class="banner" role="status">
            <span aria-hidden="true">"▲"</span>
            <p>{text}</p>
        </div>
    }
    .into_any()
}

/// The numbers of each channel, with the button that tries all of it again.
fn channels(
    call: &Call,
    member: &Membership,
    counts: &[ChannelCount],
    name: &dyn Fn(&Channel) -> String,
    here: &str,
) -> Option<AnyView> {
    let words = call.words();
    let rows = counts
        .iter()
        .map(|count| channel_row(call, member, count, name(&count.channel), here));
    let rows = rows.collect_view();
    (!counts.is_empty()).then(|| {
        view! {
            <div class="sheet">
                <table>
                    <caption>{words.say("deliveries-channels")}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words.say("deliveries-channel")}</th>
                            <th scope="col">{words.say("deliveries-waiting")}</th>
                            <th scope="col">{words.say("deliveries-deferred")}</th>
                            <th scope="col">{words.say("deliveries-failed")}</th>
                            <th scope="col">{words.say("deliveries-oldest")}</th>
                            <th scope="col">
                                <span class="unseen">{words.say("queue-try-again")}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    })
}

fn channel_row(call: &Call, member: &Membership, count: &ChannelCount, name: String, here: &str) -> AnyView {
    let words = call.words();
    let number = |label: &str, n: i64| {
        view! {
            <td class="wide few">
                <span class="narrow-label">{words.say(label)}": "</span>
                {n}
            </td>
        }
    };
    let again = (count.failed + count.deferred > 0).then(|| {
        Form::new(call, "try_all_again", "deliveries-try-all")
            .plain()
            .class("inline")
            .hidden("org", member.slug.as_str())
            .hidden("channel", count.channel.as_str())
            .hidden("back", &parts::with(here, "done", "tried"))
            .button_class("button small")
            .draw()
    });
    let only = parts::with(here, "channel", count.channel.as_str());
    let oldest = count.oldest.map(|at| parts::time(call, at));
    view! {
        <tr>
            <td class="who">
                <a href=only>
                    <strong>{name}</strong>
                </a>
            </td>
            {number("deliveries-waiting", count.waiting)}
            {number("deliveries-deferred", count.deferred)}
            {number("deliveries-failed", count.failed)}
            <td class="wide">{oldest}</td>
            <td>{again}</td>
        </tr>
    }
    .into_any()
}

/// The deliveries, each with the button that tries it again.
fn listed(
    call: &Call,
    member: &Membership,
    listed: &[Fate],
    name: &dyn Fn(&Channel) -> String,
    here: &str,
) -> Option<AnyView> {
    let words = call.words();
    let row = |fate: &Fate| {
        let line = fates::line(call, fate, true);
        let again = fates::again(call, member, &line, here);
        view! {
            <tr>
                <td>{line.text}</td>
                <td class="soft">{name(&fate.channel)}</td>
                <td>{again}</td>
            </tr>
        }
    };
    (!listed.is_empty()).then(|| {
        view! {
            <div class="sheet">
                <table>
                    <caption>{words.say("nav-deliveries")}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words.say("deliveries-delivery")}</th>
                            <th scope="col">{words.say("deliveries-channel")}</th>
                            <th scope="col">
                                <span class="unseen">{words.say("queue-try-again")}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{listed.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    })
}
