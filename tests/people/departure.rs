//! How a membership ends, and what ends with it.
use crate::harness::House;
use crate::people::members::set_work;
use anteroom::desk::{organisation, people};
use anteroom::domain::{Error, Why};
use anteroom::store::people::member_list::MemberQuery;

both!(removing_ends_everything_of_a_member);
/// Whoever is removed is out at once; what hung on them is gone; inviting them again works.
async fn removing_ends_everything_of_a_member(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let (mira, ben) = (
        house.member(&ivo, "Mira Okafor").await,
        house.member(&ivo, "Ben Almeida").await,
    );
    let lab = house.group(&ivo, "Lab", &[]).await;
    people::groups::add(&house.desk, &ivo, &member, &lab, "mira@northlight.test")
        .await
        .unwrap();
    people::groups::add(&house.desk, &ivo, &member, &lab, "mira")
        .await
        .unwrap();
    assert_eq!(
        house.count("select count(*) from group_members").await,
        1,
        "twice is once"
    );
    set_work(house, &ivo, &member, ben.id(), "mira").await.unwrap();
    let ties = people::members::find(&house.desk, &ivo, &member, mira.id())
        .await
        .unwrap()
        .ties;
    assert_eq!((ties.groups, ties.reports), (1, 1));
    assert_eq!(
        people::members::remove(&house.desk, &ivo, &member, ivo.id()).await,
        Err(Error::Refused(Why::OwnMembership))
    );
    let cookie = house.cookie(&mira).await;
    assert_eq!(house.get("/northlight", &cookie).await.status, 200);
    people::members::remove(&house.desk, &ivo, &member, mira.id())
        .await
        .unwrap();
    assert_eq!(house.get("/northlight", &cookie).await.location(), "/goodbye");
    assert_eq!(
        people::members::remove(&house.desk, &ivo, &member, mira.id()).await,
        Err(Error::NotFound),
        "once"
    );
    assert_eq!(
        people::members::find(&house.desk, &ivo, &member, ben.id())
            .await
            .unwrap()
            .user
            .listed
            .manager,
        None
    );
    assert!(
        people::groups::find(&house.desk, &member, &lab)
            .await
            .unwrap()
            .1
            .is_empty()
    );
    house.deliver().await;
    assert!(
        house
            .letters_to("mira@northlight.test")
            .await
            .iter()
            .any(|m| m.subject.contains("has ended"))
    );
    house.let_in(&ivo, &mira).await;
    assert_eq!(
        people::members::list(
            &house.desk,
            &member,
            &MemberQuery {
                search: "mira".into(),
                ..MemberQuery::default()
            }
        )
        .await
        .unwrap()
        .users
        .len(),
        1
    );
    house.deliver().await;
}

both!(a_member_cancels_their_own_access);
/// Cancelling access: confirmed by the number, at once on every device, told to the administrators;
/// the last administrator stays.
async fn a_member_cancels_their_own_access(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.organisation("southmoor").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    let member = house.membership(&mira, "northlight").await;
    assert_eq!(
        people::departure::cancel_access(&house.desk, &mira, &member, "40-1").await,
        Err(Error::field("customer_number", Why::NotTheNumber))
    );
    let his = house.membership(&ivo, "northlight").await;
    assert_eq!(
        people::departure::cancel_access(&house.desk, &ivo, &his, &his.customer_number).await,
        Err(Error::Refused(Why::LastAdministrator))
    );
    assert!(
        people::departure::look_at_leaving(&house.desk, &ivo, &his.slug)
            .await
            .unwrap()
            .last_administrator
    );
    assert!(
        !people::departure::look_at_leaving(&house.desk, &mira, &member.slug)
            .await
            .unwrap()
            .last_administrator
    );
    let cookie = house.cookie(&mira).await;
    assert_eq!(house.get("/northlight", &cookie).await.status, 200);
    people::departure::cancel_access(
        &house.desk,
        &mira,
        &member,
        &format!(" {} ", member.customer_number),
    )
    .await
    .unwrap();
    assert_eq!(house.get("/northlight", &cookie).await.location(), "/goodbye");
    assert_eq!(house.get("/goodbye", &cookie).await.status, 200);
    assert_eq!(house.get("/customers", &cookie).await.location(), "/goodbye");
    for page in [
        "/",
        "/signup",
        "/waiting",
        "/settings",
        "/northlight/users",
        "/nowhere",
    ] {
        assert_eq!(house.get(page, &cookie).await.location(), "/goodbye", "{page}");
    }
    assert_eq!(
        people::departure::cancel_access(&house.desk, &mira, &member, &member.customer_number).await,
        Err(Error::NotFound),
        "once"
    );
    house.deliver().await;
    assert!(
        house
            .letters_to("admin@northlight.test")
            .await
            .iter()
            .any(|m| m.subject.contains("has left"))
    );
}

both!(whoever_has_left_is_told_whom_to_ask);
/// Whoever has left and belongs nowhere any more meets that at every way in, with whom to ask; one who then
/// asks somewhere else sees that.
async fn whoever_has_left_is_told_whom_to_ask(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let contacts = ["desk@northlight.test", "help <b>here</b>"];
    organisation::organisations::change_welcome(&house.desk, &ivo, &member, contacts, false)
        .await
        .unwrap();
    let tess = house.organisation("southmoor").await;
    house.belongs(&tess, "southmoor").await;
    let mira = house.member(&ivo, "Mira Okafor").await;
    let hers = house.membership(&mira, "northlight").await;
    let cookie = house.cookie(&mira).await;
    people::departure::cancel_access(&house.desk, &mira, &hers, &hers.customer_number)
        .await
        .unwrap();
    for page in [
        "/",
        "/signup",
        "/waiting",
        "/settings",
        "/northlight/users",
        "/nowhere",
    ] {
        assert_eq!(house.get(page, &cookie).await.location(), "/goodbye", "{page}");
    }
    let page = house.get("/goodbye", &cookie).await.body;
    for part in [
        member.customer_number.as_str(),
        "desk@northlight.test",
        "help &lt;b&gt;here&lt;/b&gt;",
        "/actions/delete_account",
    ] {
        assert!(page.contains(part), "{part}");
    }
    house.asks(&mira, "southmoor").await;
    assert_eq!(house.get("/waiting", &cookie).await.status, 200);
    assert_eq!(
        house.get("/goodbye", &cookie).await.location(),
        "/",
        "she waits for an answer"
    );
    let nora = house.person("nora@elsewhere.test", "Nora Quist").await;
    let hers = house.cookie(&nora).await;
    assert_eq!(
        house.get("/goodbye", &hers).await.location(),
        "/",
        "she has left nothing"
    );
    house.deliver().await;
}
