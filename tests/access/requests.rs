//! Access to resources: flows, who is asked, votes, decisions, grants, and what changes of people
//! and things make of open requests.
use crate::harness::House;
use anteroom::desk::access::flows::{Draft as FlowDraft, StepDraft};
use anteroom::desk::access::resources::Draft as ResourceDraft;
use anteroom::desk::access::submission::Wish;
use anteroom::desk::people::members::Work;
use anteroom::desk::requests::decision_draft::DecisionDraft;
use anteroom::desk::{Actor, access, account, joining, people, queue};
use anteroom::domain::ids::{FlowId, GroupId, RequestId, ResourceId};
use anteroom::domain::member::Membership;
use anteroom::domain::request::{Request, StatusWord, Tab};
use anteroom::domain::role::{Permission, Permissions};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Why};
use anteroom::store;
use anteroom::store::queue::list::Look;
use futures::future::join_all;

pub const SLUG: &str = "northlight";

/// An organisation with portal users, and a resource whose flow has the given steps.
pub struct Portal<'a> {
    pub house: &'a House,
    pub ivo: Actor,
    pub member: Membership,
    pub flow: FlowId,
    pub resource: ResourceId,
}

/// A member with `portal.use`.
pub async fn portal_user(house: &House, ivo: &Actor, name: &str) -> Actor {
    let person = crate::people::members::joined(house, ivo, name).await;
    let member = house.member(ivo, SLUG).await;
    let mut conn = house.raw().await;
    let roles = store::people::roles::list(&mut conn, &member.organisation)
        .await
        .unwrap();
    drop(conn);
    let portal = match roles.iter().find(|r| r.name == "Portal") {
        Some(role) => role.id.clone(),
        None => {
            let permissions: Permissions = [Permission::PortalUse].into_iter().collect();
            people::roles::create(&house.desk, ivo, &member, "Portal", permissions)
                .await
                .unwrap();
            let roles = store::people::roles::list(&mut *house.raw().await, &member.organisation)
                .await
                .unwrap();
            roles.into_iter().find(|r| r.name == "Portal").unwrap().id
        }
    };
    people::members::set_roles(&house.desk, ivo, &member, person.id(), &[portal])
        .await
        .unwrap();
    person
}

pub fn step(approvers: &str) -> StepDraft {
    StepDraft {
        approvers: approvers.into(),
        ..StepDraft::default()
    }
}

pub fn flow(steps: Vec<StepDraft>) -> FlowDraft {
    FlowDraft {
        name: "Two eyes".into(),
        approval: "manual".into(),
        domain: String::new(),
        steps,
    }
}

pub fn said(verdict: Verdict, reason: &str) -> DecisionDraft {
    DecisionDraft {
        reason: reason.into(),
        ..verdict.into()
    }
}

impl<'a> Portal<'a> {
    pub async fn new(house: &'a House, steps: Vec<StepDraft>) -> Self {
        let ivo = house.organisation(SLUG).await;
        let member = house.member(&ivo, SLUG).await;
        Self::over(house, ivo, member, steps).await
    }

    pub async fn over(house: &'a House, ivo: Actor, member: Membership, steps: Vec<StepDraft>) -> Self {
        let flow = access::flows::create(&house.desk, &ivo, &member, &flow(steps))
            .await
            .unwrap();
        let draft = ResourceDraft {
            name: "Billing console".into(),
            flow: flow.to_string(),
            ..ResourceDraft::default()
        };
        let (resource, _) = access::resources::create(&house.desk, &ivo, &member, &draft)
            .await
            .unwrap();
        Self {
            house,
            ivo,
            member,
            flow,
            resource,
        }
    }

    pub async fn user(&self, name: &str) -> Actor {
        portal_user(self.house, &self.ivo, name).await
    }

    pub async fn asks(&self, actor: &Actor) -> RequestId {
        let member = self.house.member(actor, SLUG).await;
        let wish = Wish {
            reason: "For the audit".into(),
            ..Wish::default()
        };
        access::submission::ask_for(&self.house.desk, actor, &member, &self.resource, &wish)
            .await
            .unwrap()
    }

    pub async fn vote(&self, actor: &Actor, id: &RequestId, said: &DecisionDraft) -> Result<(), Error> {
        let member = self.house.member(actor, SLUG).await;
        access::votes::vote(&self.house.desk, actor, &member, id, said).await
    }

    pub async fn manager(&self, of: &Actor, manager: &str) {
        let work = Work {
            manager: manager.into(),
            ..Work::default()
        };
        people::members::set_employment(&self.house.desk, &self.ivo, &self.member, of.id(), &work)
            .await
            .unwrap();
    }

    pub async fn stored(&self, id: &RequestId) -> Request {
        store::requests::find(&mut *self.house.raw().await, &self.member.organisation, id)
            .await
            .unwrap()
    }

    pub async fn word(&self, id: &RequestId) -> StatusWord {
        self.stored(id).await.status.word()
    }

    /// Names of whom a request waits for.
    pub async fn waits_for(&self, id: &RequestId) -> Vec<String> {
        let assigned =
            store::access::steps::list_assigned(&mut *self.house.raw().await, &self.member.organisation, id)
                .await
                .unwrap();
        assigned.into_iter().map(|a| a.name).collect()
    }

    /// What this person has.
    pub async fn has(&self, actor: &Actor) -> Vec<String> {
        let member = self.house.member(actor, SLUG).await;
        access::grants::list_own(&self.house.desk, actor, &member)
            .await
            .unwrap()
            .into_iter()
            .map(|l| l.resource)
            .collect()
    }

    pub async fn group(&self, name: &str, members: &[&Actor]) -> GroupId {
        let id = people::groups::create(&self.house.desk, &self.ivo, &self.member, name)
            .await
            .unwrap();
        for one in members {
            people::groups::add(
                &self.house.desk,
                &self.ivo,
                &self.member,
                &id,
                one.account.email.as_str(),
            )
            .await
            .unwrap();
        }
        id
    }
}

/// How many letters of this kind are or were owed to this person; also those of days that lie
/// ahead.
pub async fn owed(house: &House, actor: &Actor, news: &str) -> i64 {
    house
        .count(&format!(
            "select count(*) from outbox where account_id = '{}' and letter like '%\"news\":\"{news}\"%'",
            actor.id()
        ))
        .await
}

pub async fn subjects(house: &House, actor: &Actor) -> Vec<String> {
    house
        .letters_to(actor.account.email.as_str())
        .await
        .into_iter()
        .map(|m| m.subject)
        .collect()
}

both!(two_steps_lead_to_applications);
/// Manager, then any two of a group of three: from the catalogue to Applications, and everybody
/// hears what concerns them.
async fn two_steps_lead_to_applications(house: &House) {
    let ivo = house.organisation(SLUG).await;
    let member = house.member(&ivo, SLUG).await;
    let desk = &house.desk;
    let mut people = Vec::new();
    for name in ["Mira Okafor", "Tess Varga", "Ana Lind", "Bo Marsh", "Cleo Dahl"] {
        people.push(portal_user(house, &ivo, name).await);
    }
    let [mira, tess, ana, bo, cleo] = &people[..] else {
        panic!("five")
    };
    let group = people::groups::create(desk, &ivo, &member, "Lab").await.unwrap();
    for one in [ana, bo, cleo] {
        people::groups::add(desk, &ivo, &member, &group, one.account.email.as_str())
            .await
            .unwrap();
    }
    let two = StepDraft {
        quorum: "number".into(),
        number: "2".into(),
        ..step(&format!("group:{group}"))
    };
    let p = Portal::over(house, ivo.clone(), member, vec![step("manager"), two]).await;
    p.manager(mira, tess.account.email.as_str()).await;
    let catalog = access::catalog::list(desk, mira, &house.member(mira, SLUG).await, "bill", None)
        .await
        .unwrap();
    assert_eq!(
        catalog
            .offered
            .iter()
            .map(|o| o.listed.resource.name.as_str())
            .collect::<Vec<_>>(),
        ["Billing console"]
    );

    let id = p.asks(mira).await;
    assert_eq!(
        (
            p.word(&id).await,
            p.stored(&id).await.tab(),
            p.waits_for(&id).await
        ),
        (StatusWord::Pending, Tab::Others, vec!["Tess Varga".to_owned()])
    );
    assert!(
        subjects(house, &ivo)
            .await
            .contains(&"Mira Okafor asks for Billing console".to_owned())
    );
    let waits = house.letters_to(tess.account.email.as_str()).await;
    assert!(waits.iter().any(
        |m| m.text.contains(&format!("/northlight/approvals?request={id}"))
            && m.text.contains("> For the audit")
    ));
    // Who was not asked finds nothing to vote on; a second request shows the first.
    assert_eq!(
        p.vote(ana, &id, &Verdict::Approve.into()).await,
        Err(Error::NotFound)
    );
    let again = access::submission::ask_for(
        desk,
        mira,
        &house.member(mira, SLUG).await,
        &p.resource,
        &Wish::default(),
    )
    .await;
    assert_eq!(again, Err(Error::Refused(Why::AlreadyAsked)));

    p.vote(tess, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(p.waits_for(&id).await, ["Ana Lind", "Bo Marsh", "Cleo Dahl"]);
    assert_eq!(
        p.vote(tess, &id, &Verdict::Approve.into()).await,
        Err(Error::Refused(Why::NotAsked))
    );
    p.vote(cleo, &id, &Verdict::Approve.into()).await.unwrap();
    assert!(p.has(mira).await.is_empty());
    p.vote(ana, &id, &Verdict::Approve.into()).await.unwrap();
    assert_eq!(
        (p.word(&id).await, p.has(mira).await),
        (StatusWord::Approved, vec!["Billing console".to_owned()])
    );
    assert_eq!(
        p.vote(bo, &id, &Verdict::Approve.into()).await,
        Err(Error::AlreadyDecided {
            by: "Ana Lind".into(),
            verdict: Verdict::Approve,
            at: house.now
        })
    );
    assert!(
        subjects(house, mira)
            .await
            .contains(&"Mira Okafor has access to Billing console".to_owned())
    );
    let details = queue::list::request_details(desk, &ivo, &p.member, &id)
        .await
        .unwrap();
    let history: Vec<_> = details.history.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(
        history,
        [
            "request.submitted",
            "request.voted",
            "request.voted",
            "request.voted",
            "request.approved"
        ]
    );
}

both!(missing_data_resumes_by_itself);
/// Without a manager the request lacks data; it goes on by itself in the transaction that names
/// one, or an administrator decides.
async fn missing_data_resumes_by_itself(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess) = (p.user("Mira Okafor").await, p.user("Tess Varga").await);
    let id = p.asks(&mira).await;
    assert_eq!(p.word(&id).await, StatusWord::MissingData);
    let page = queue::list::page(
        &house.desk,
        &p.ivo,
        &p.member,
        &Look {
            tab: Tab::Others,
            ..Look::default()
        },
        None,
    )
    .await
    .unwrap();
    assert_eq!(
        (page.counts.missing, page.counts.others, page.rows.len()),
        (1, 0, 1)
    );
    p.manager(&mira, tess.account.email.as_str()).await;
    assert_eq!(
        (p.word(&id).await, p.waits_for(&id).await),
        (StatusWord::Pending, vec!["Tess Varga".to_owned()])
    );
    assert!(
        subjects(house, &tess)
            .await
            .iter()
            .any(|s| s.contains("waits for your decision"))
    );
    // The manager leaves: it lacks data again; what waited for them waits for nobody.
    people::members::remove(&house.desk, &p.ivo, &p.member, tess.id())
        .await
        .unwrap();
    assert_eq!(
        (p.word(&id).await, p.waits_for(&id).await),
        (StatusWord::MissingData, vec![])
    );
    queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &id, &Verdict::Approve.into())
        .await
        .unwrap();
    let decided = p.stored(&id).await;
    assert!(decided.status.decision().is_some_and(|d| d.overrides));
    assert_eq!(p.has(&mira).await, ["Billing console"]);
    house.deliver().await;
}

both!(a_quorum_is_met_once);
/// Three reviewers, two needed, at once: exactly one completion, one grant, one letter.
async fn a_quorum_is_met_once(house: &House) {
    let ivo = house.organisation(SLUG).await;
    let member = house.member(&ivo, SLUG).await;
    let mut people = Vec::new();
    for name in ["Mira Okafor", "Ana Lind", "Bo Marsh", "Cleo Dahl"] {
        people.push(portal_user(house, &ivo, name).await);
    }
    let members = people[1..]
        .iter()
        .map(|a| a.account.email.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    let two = StepDraft {
        quorum: "number".into(),
        number: "2".into(),
        members,
        ..step("members")
    };
    let p = Portal::over(house, ivo, member, vec![two]).await;
    let id = p.asks(&people[0]).await;
    let votes = people[1..].iter().map(|one| {
        let (desk, one, id) = (house.desk.clone(), one.clone(), id.clone());
        async move {
            let member = account::memberships::membership(
                &desk,
                &one,
                &anteroom::domain::organisation::Slug::parse(SLUG).unwrap(),
            )
            .await
            .unwrap();
            access::votes::vote(&desk, &one, &member, &id, &Verdict::Approve.into()).await
        }
    });
    let answers = join_all(votes).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 2, "{answers:?}");
    assert!(
        answers
            .iter()
            .filter_map(|a| a.as_ref().err())
            .all(|e| matches!(e, Error::AlreadyDecided { .. }))
    );
    assert_eq!(house.count("select count(*) from grants").await, 1);
    assert_eq!(
        house
            .count("select count(*) from events where what = 'request.approved'")
            .await,
        1
    );
    assert_eq!(
        subjects(house, &people[0])
            .await
            .iter()
            .filter(|s| s.contains("has access"))
            .count(),
        1
    );
}

both!(approver_and_administrator_race);
/// An approver and an administrator at once: one outcome, and the loser hears who and what.
async fn approver_and_administrator_race(house: &House) {
    let p = Portal::new(house, vec![step("manager")]).await;
    let (mira, tess) = (p.user("Mira Okafor").await, p.user("Tess Varga").await);
    p.manager(&mira, tess.account.email.as_str()).await;
    for _ in 0..4 {
        let id = p.asks(&mira).await;
        let no = said(Verdict::Reject, "Not now");
        let yes = Verdict::Approve.into();
        let (vote, decision) = futures::join!(
            p.vote(&tess, &id, &yes),
            queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &id, &no)
        );
        let status = p.word(&id).await;
        match (vote, decision) {
            (Ok(()), Err(e)) => assert_eq!(
                (e, status),
                (
                    Error::AlreadyDecided {
                        by: "Tess Varga".into(),
                        verdict: Verdict::Approve,
                        at: house.now
                    },
                    StatusWord::Approved
                )
            ),
            (Err(e), Ok(())) => assert_eq!(
                (e, status),
                (
                    Error::AlreadyDecided {
                        by: "Ivo Brandt".into(),
                        verdict: Verdict::Reject,
                        at: house.now
                    },
                    StatusWord::Denied
                )
            ),
            other => panic!("{other:?}"),
        }
        for grant in access::grants::list_own(&house.desk, &mira, &house.member(&mira, SLUG).await)
            .await
            .unwrap()
        {
            access::grants::end(&house.desk, &p.ivo, &p.member, &grant.grant.id)
                .await
                .unwrap();
        }
    }
    house.deliver().await;
}

both!(notes_stay_inside);
/// A denial needs a reason; the internal note is in Insights and nowhere else.
async fn notes_stay_inside(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let mira = p.user("Mira Okafor").await;
    let id = p.asks(&mira).await;
    assert_eq!(p.stored(&id).await.tab(), Tab::Pending);
    assert_eq!(
        queue::decisions::decide(&house.desk, &p.ivo, &p.member, &id, Verdict::Reject).await,
        Err(Error::field("reason", Why::Missing))
    );
    let no = DecisionDraft {
        next_steps: "Ask Tess first".into(),
        notes: "WATCHOUT internal".into(),
        ..said(Verdict::Reject, "Not in this quarter")
    };
    queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &id, &no)
        .await
        .unwrap();
    let letters = house.letters_to(mira.account.email.as_str()).await;
    let denied = letters.iter().find(|m| m.subject.contains("was denied")).unwrap();
    assert!(
        denied.text.contains("> Not in this quarter") && denied.text.contains("Next steps: Ask Tess first")
    );
    assert!(
        letters
            .iter()
            .all(|m| !m.text.contains("WATCHOUT") && !m.html.contains("WATCHOUT"))
    );
    assert_eq!(
        house
            .count("select count(*) from event_details where detail like '%WATCHOUT%'")
            .await,
        1
    );
    assert_eq!(
        house
            .count(
                "select count(*) from requests where reason like '%WATCHOUT%' or next_steps like \
        '%WATCHOUT%' or message like '%WATCHOUT%'"
            )
            .await,
        0
    );
    // The person may ask again at once.
    p.asks(&mira).await;
    house.deliver().await;
}

both!(grants_are_extended_and_end_with_the_membership);
/// Extending makes the same grant longer; whoever leaves loses what they have, and what they asked
/// for is canceled.
async fn grants_are_extended_and_end_with_the_membership(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let mira = p.user("Mira Okafor").await;
    let draft = ResourceDraft {
        name: "Billing console".into(),
        flow: p.flow.to_string(),
        most_days: "30".into(),
        ..ResourceDraft::default()
    };
    access::resources::change(&house.desk, &p.ivo, &p.member, &p.resource, &draft)
        .await
        .unwrap();
    let id = p.asks(&mira).await;
    queue::decisions::decide(&house.desk, &p.ivo, &p.member, &id, Verdict::Approve)
        .await
        .unwrap();
    let later = Actor {
        caller: house.caller_at(house.now + Span::days(20)),
        ..mira.clone()
    };
    let again = p.asks(&later).await;
    let ivo = Actor {
        caller: house.caller_at(house.now + Span::days(20)),
        ..p.ivo.clone()
    };
    queue::decisions::decide(&house.desk, &ivo, &p.member, &again, Verdict::Approve)
        .await
        .unwrap();
    let grants = access::grants::list_own(&house.desk, &later, &house.member(&mira, SLUG).await)
        .await
        .unwrap();
    assert_eq!(
        (grants.len(), grants[0].grant.ends_at),
        (1, Some(house.now + Span::days(50)))
    );
    let third = p.asks(&later).await;
    people::members::remove(&house.desk, &ivo, &p.member, mira.id())
        .await
        .unwrap();
    assert_eq!(p.word(&third).await, StatusWord::Canceled);
    assert_eq!(
        house
            .count("select count(*) from grants where ended_at is null")
            .await,
        0
    );
    house.expects_owed_letters();
}

both!(who_may_ask_and_decide);
/// Rule 5 and who may ask: nobody decides their own, only managers ask for others, and only those
/// who may see a resource.
async fn who_may_ask_and_decide(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let (mira, tess) = (p.user("Mira Okafor").await, p.user("Tess Varga").await);
    let own = p.asks(&p.ivo).await;
    assert_eq!(
        p.word(&own).await,
        StatusWord::MissingData,
        "its only administrator is its requester"
    );
    assert_eq!(
        queue::decisions::decide(&house.desk, &p.ivo, &p.member, &own, Verdict::Approve).await,
        Err(Error::Refused(Why::OwnRequest))
    );
    let tess_member = house.member(&tess, SLUG).await;
    let wish = Wish {
        holder: mira.id().to_string(),
        ..Wish::default()
    };
    assert_eq!(
        access::submission::ask_for(&house.desk, &tess, &tess_member, &p.resource, &wish).await,
        Err(Error::field("holder", Why::NotTheirManager))
    );
    p.manager(&mira, tess.account.email.as_str()).await;
    let id = access::submission::ask_for(&house.desk, &tess, &tess_member, &p.resource, &wish)
        .await
        .unwrap();
    queue::decisions::decide(&house.desk, &p.ivo, &p.member, &id, Verdict::Approve)
        .await
        .unwrap();
    assert_eq!((p.has(&mira).await.len(), p.has(&tess).await.len()), (1, 0));
    let lab = p.group("Lab", &[&mira]).await;
    let draft = ResourceDraft {
        name: "Billing console".into(),
        flow: p.flow.to_string(),
        some: true,
        groups: vec![lab],
        ..ResourceDraft::default()
    };
    access::resources::change(&house.desk, &p.ivo, &p.member, &p.resource, &draft)
        .await
        .unwrap();
    assert_eq!(
        access::submission::ask_for(&house.desk, &tess, &tess_member, &p.resource, &Wish::default()).await,
        Err(Error::NotFound)
    );
    // Another organisation's administrator finds none of it.
    let olga = house.organisation("southmoor").await;
    let foreign = house.member(&olga, "southmoor").await;
    let told = [
        access::flows::change(
            &house.desk,
            &olga,
            &foreign,
            &p.flow,
            &flow(vec![step("administrators")]),
        )
        .await,
        access::flows::delete(&house.desk, &olga, &foreign, &p.flow).await,
        access::resources::delete(&house.desk, &olga, &foreign, &p.resource).await,
        access::votes::vote(&house.desk, &olga, &foreign, &own, &Verdict::Approve.into()).await,
        queue::repair::retry(&house.desk, &olga, &foreign, &own).await,
        queue::decisions::cancel_request(&house.desk, &olga, &foreign, &own, "No").await,
        access::my_requests::question(&house.desk, &olga, &foreign, &own, "Why?").await,
    ];
    assert!(told.iter().all(|t| *t == Err(Error::NotFound)), "{told:?}");
    house.deliver().await;
}

both!(automatic_and_asking_back);
/// A condition approves at once; a question is asked and answered; the requester reminds once a
/// day, rewords and withdraws.
async fn automatic_and_asking_back(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let (mira, member) = {
        let mira = p.user("Mira Okafor").await;
        let member = house.member(&mira, SLUG).await;
        (mira, member)
    };
    let id = p.asks(&mira).await;
    access::my_requests::question(&house.desk, &p.ivo, &p.member, &id, "For how long?")
        .await
        .unwrap();
    let question = store::access::questions::list(&mut *house.raw().await, &p.member.organisation, &id)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        access::my_requests::answer(&house.desk, &p.ivo, &p.member, &question.id, "No").await,
        Err(Error::NotFound)
    );
    access::my_requests::answer(&house.desk, &mira, &member, &question.id, "Until June")
        .await
        .unwrap();
    assert_eq!(
        access::my_requests::answer(&house.desk, &mira, &member, &question.id, "Until July").await,
        Err(Error::Stale)
    );
    assert!(
        house
            .letters_to(p.ivo.account.email.as_str())
            .await
            .iter()
            .any(|m| m.text.contains("> Until June"))
    );
    access::my_requests::reword(&house.desk, &mira, &member, &id, "For the audit of June")
        .await
        .unwrap();
    access::my_requests::nudge(&house.desk, &mira, &member, &id)
        .await
        .unwrap();
    assert_eq!(
        access::my_requests::nudge(&house.desk, &mira, &member, &id).await,
        Err(Error::Refused(Why::RemindedToday))
    );
    joining::requests::withdraw(&house.desk, &mira, &id)
        .await
        .unwrap();
    assert_eq!(p.word(&id).await, StatusWord::Canceled);
    let automatic = FlowDraft {
        approval: "domain".into(),
        domain: "northlight.test".into(),
        ..flow(vec![step("administrators")])
    };
    access::flows::change(&house.desk, &p.ivo, &p.member, &p.flow, &automatic)
        .await
        .unwrap();
    let at_once = p.asks(&mira).await;
    assert_eq!(
        (p.word(&at_once).await, p.has(&mira).await.len()),
        (StatusWord::Approved, 1)
    );
    house.deliver().await;
}
