//! What is told to whoever asked, where something is not theirs to mend.
use super::portal::{Portal, SLUG};
use crate::harness::{House, step};
use anteroom::desk::{access, people};
use anteroom::domain::request::StatusWord;

both!(whoever_asked_reads_that_it_is_cared_for);
/// Missing data and Error are the administrators' to mend: they read what to do, whoever asked reads that
/// they were told, and is not offered to remind anybody.
async fn whoever_asked_reads_that_it_is_cared_for(house: &House) {
    let (ivo, member) = house.founder(SLUG).await;
    let (mira, ana) = (
        house.portal_user(&ivo, "Mira Okafor").await,
        house.portal_user(&ivo, "Ana Lind").await,
    );
    let lab = house.group(&ivo, "Lab", &[&ana]).await;
    let p = Portal::over(house, ivo, member, vec![step(&format!("group:{lab}"))]).await;
    let id = p.asks(&mira).await;
    let cookie = house.cookie(&mira).await;
    let own = format!("/{SLUG}/my_requests?request={id}");
    let theirs = format!("/{SLUG}/access_requests?tab=others&request={id}");
    let administrator = house.cookie(&p.ivo).await;
    assert!(house.get(&own, &cookie).await.body.contains("/actions/nudge"));
    people::groups::remove(&house.desk, &p.ivo, &p.member, &lab, ana.id())
        .await
        .unwrap();
    assert_eq!(p.word(&id).await, StatusWord::MissingData);
    let page = house.get(&own, &cookie).await.body;
    assert!(
        page.contains("Nobody can decide this request at the moment"),
        "{page}"
    );
    assert!(!page.contains("/actions/nudge"));
    people::groups::delete(&house.desk, &p.ivo, &p.member, &lab)
        .await
        .unwrap();
    assert_eq!(p.word(&id).await, StatusWord::Error);
    let page = house.get(&own, &cookie).await.body;
    assert!(page.contains("There is a problem with this request"), "{page}");
    assert!(!page.contains("A group that the flow asks") && !page.contains("/actions/nudge"));
    let page = house.get(&theirs, &administrator).await.body;
    assert!(page.contains("A group that the flow asks was deleted"), "{page}");
    house.deliver().await;
}

both!(what_cannot_be_asked_for_now_is_said_in_the_catalog);
/// A letter's or an older request's "Ask again" leads to the catalog, even where that thing is not to be had:
/// that is said there, with whom to ask.
async fn what_cannot_be_asked_for_now_is_said_in_the_catalog(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let mira = p.user("Mira Okafor").await;
    let cookie = house.cookie(&mira).await;
    let ask = format!("/{SLUG}/catalog?ask={}", p.resource);
    assert!(house.get(&ask, &cookie).await.body.contains("/actions/ask_for"));
    access::resources::set_state(&house.desk, &p.ivo, &p.member, &p.resource, false)
        .await
        .unwrap();
    let answer = house.get(&ask, &cookie).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("This cannot be requested at the moment."));
    assert!(answer.body.contains(&format!("/{SLUG}/feedback")) && !answer.body.contains("/actions/ask_for"));
    house.deliver().await;
}
