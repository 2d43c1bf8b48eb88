//! Rules of access requests: who hears of new ones and when, and how long decided ones are kept.
use crate::access::portal::{Portal, said};
use crate::harness::{House, at, step};
use anteroom::desk::organisation::request_rules::TypedRules;
use anteroom::desk::{Actor, access, demo, organisation, people, queue};
use anteroom::domain::organisation::Mails;
use anteroom::domain::role::Permission;
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::domain::{Error, Time, Why};
use anteroom::store;
use anteroom::store::demo::DemoMail;

fn typed() -> TypedRules {
    TypedRules {
        mails: true,
        life: "30".into(),
        ..TypedRules::default()
    }
}

/// How many letters of this kind are or were owed to this person; also those of days that lie
/// ahead.
async fn owed(house: &House, actor: &Actor, kind: &str) -> i64 {
    house
        .count(&format!(
            "select count(*) from deliveries where kind = 'letter' and account_id = '{}' \
             and job like '%\"{kind}\"%'",
            actor.id()
        ))
        .await
}

/// A portal user who decides requests as well.
async fn decider(p: &Portal<'_>, name: &str) -> Actor {
    let decides = [
        Permission::RequestsView,
        Permission::RequestsDecide,
        Permission::PortalUse,
    ];
    p.house.member(&p.ivo, name).with(&decides).await
}

both!(new_requests_are_told_as_the_organisation_wants);
/// Each at once, only to those of a group, once a day, or never; a group that is gone leaves nobody
/// without.
async fn new_requests_are_told_as_the_organisation_wants(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let tess = decider(&p, "Tess Varga").await;
    let group = p.group("Front desk", &[&tess]).await;
    let told = async |kind: &'static str| (owed(house, &p.ivo, kind).await, owed(house, &tess, kind).await);
    let asks = async |name: &str| {
        let person = p.user(name).await;
        p.asks(&person).await
    };
    asks("Ada").await;
    assert_eq!(told("requested").await, (1, 1));

    let only = TypedRules {
        group: group.to_string(),
        ..typed()
    };
    organisation::request_rules::change_request_rules(&house.desk, &p.ivo, &p.member, &only)
        .await
        .unwrap();
    asks("Bela").await;
    let joiner = house.person("new@northlight.test", "New One").await;
    house.asks(&joiner, "northlight").await;
    assert_eq!(
        (told("requested").await, told("request_submitted").await),
        ((1, 2), (0, 1))
    );

    let daily = TypedRules {
        daily: true,
        ..only.clone()
    };
    organisation::request_rules::change_request_rules(&house.desk, &p.ivo, &p.member, &daily)
        .await
        .unwrap();
    let rules = |o: anteroom::domain::organisation::Organisation| o.requests;
    let Mails::Daily { next, .. } = rules(
        organisation::organisations::settings(&house.desk, &p.member)
            .await
            .unwrap(),
    )
    .mails
    else {
        panic!("not daily")
    };
    assert!(
        next > house.now && next <= house.now + Span::days(1) && (next.0 - 8 * 3_600_000) % 86_400_000 == 0,
        "{next:?}"
    );
    // Saving again does not put it off.
    let later = at(&p.ivo, next - Span(1));
    organisation::request_rules::change_request_rules(&house.desk, &later, &p.member, &daily)
        .await
        .unwrap();
    let id = {
        let cleo = p.user("Cleo").await;
        let member = house.membership(&cleo, "northlight").await;
        let cleo = Actor {
            caller: house.caller_at(house.now + Span(1)),
            ..cleo
        };
        access::submission::ask_for(
            &house.desk,
            &cleo,
            &member,
            &p.resource,
            &anteroom::desk::access::submission::Wish::default(),
        )
        .await
        .unwrap()
    };
    assert_eq!(told("requested").await, (1, 2), "no letter of its own");
    assert_eq!(queue::digests::sweep(&house.desk, next - Span(1)).await, Ok(0));
    // Two instances at once send it once.
    let (a, b) = tokio::join!(
        queue::digests::sweep(&house.desk, next),
        queue::digests::sweep(&house.desk, next)
    );
    assert_eq!(
        (a.unwrap() + b.unwrap(), told("requests_digest").await),
        (1, (0, 1))
    );
    house.all_due().await;
    let told_of_cleo = |m: &&DemoMail| m.text.contains("Cleo (") && m.text.contains("): Billing console");
    house.deliver().await;
    let letters = demo::organisation::demo_mailbox(&house.desk).await.unwrap();
    assert_eq!(letters.iter().filter(told_of_cleo).count(), 1);
    // Nothing new, nothing sent; the group is deleted, and everybody hears again.
    queue::digests::sweep(&house.desk, next + Span::days(1))
        .await
        .unwrap();
    assert_eq!(told("requests_digest").await, (0, 1));
    people::groups::delete(&house.desk, &p.ivo, &p.member, &group)
        .await
        .unwrap();
    assert_eq!(
        rules(
            organisation::organisations::settings(&house.desk, &p.member)
                .await
                .unwrap()
        )
        .mails_group,
        None
    );
    let dana = p.user("Dana").await;
    let member = house.membership(&dana, "northlight").await;
    let dana = Actor {
        caller: house.caller_at(next + Span::days(1) + Span(5)),
        ..dana
    };
    access::submission::ask_for(
        &house.desk,
        &dana,
        &member,
        &p.resource,
        &anteroom::desk::access::submission::Wish::default(),
    )
    .await
    .unwrap();
    queue::digests::sweep(&house.desk, next + Span::days(2))
        .await
        .unwrap();
    assert_eq!(told("requests_digest").await, (1, 2));

    organisation::request_rules::change_request_rules(
        &house.desk,
        &p.ivo,
        &p.member,
        &TypedRules {
            mails: false,
            ..typed()
        },
    )
    .await
    .unwrap();
    asks("Emil").await;
    assert_eq!(
        (
            queue::digests::sweep(&house.desk, next + Span::days(9)).await,
            told("requested").await
        ),
        (Ok(0), (1, 2))
    );
    // What is wrong is said, and what belongs to another organisation does not exist.
    for (wrong, field) in [
        ("29", "retention_days"),
        ("x", "retention_days"),
        ("3651", "retention_days"),
    ] {
        let refused = organisation::request_rules::change_request_rules(
            &house.desk,
            &p.ivo,
            &p.member,
            &TypedRules {
                retention: wrong.into(),
                ..typed()
            },
        )
        .await;
        assert!(
            matches!(refused, Err(Error::Invalid(f)) if f[0].field == field),
            "{wrong}"
        );
    }
    let olga = house.organisation("southmoor").await;
    let theirs = house.group(&olga, "Theirs", &[]).await;
    let refused = organisation::request_rules::change_request_rules(
        &house.desk,
        &p.ivo,
        &p.member,
        &TypedRules {
            group: theirs.to_string(),
            ..typed()
        },
    )
    .await;
    assert_eq!(refused, Err(Error::field("mails_group", Why::UnknownChoice)));
    assert_eq!(
        organisation::request_rules::change_request_rules(
            &house.desk,
            &tess,
            &house.membership(&tess, "northlight").await,
            &typed()
        )
        .await,
        Err(Error::Forbidden)
    );
    let _ = id;
    house.expects_owed_letters();
}

both!(decided_requests_are_kept_as_long_as_the_organisation_wants);
/// For ever, unless the organisation sets otherwise; then everything of a decided request goes but
/// its history, and nothing before its time or while something needs it.
async fn decided_requests_are_kept_as_long_as_the_organisation_wants(house: &House) {
    let p = Portal::new(house, vec![step("administrators")]).await;
    let decide = async |name: &str, verdict| {
        let person = p.user(name).await;
        let id = p.asks(&person).await;
        access::my_requests::question(&house.desk, &p.ivo, &p.member, &id, "For how long?")
            .await
            .unwrap();
        queue::decisions::decide_with(&house.desk, &p.ivo, &p.member, &id, &said(verdict, "So it is"))
            .await
            .unwrap();
        (person, id)
    };
    let (_, denied) = decide("Ada", Verdict::Reject).await;
    let (bela, granted) = decide("Bela", Verdict::Approve).await;
    let open = {
        let cleo = p.user("Cleo").await;
        p.asks(&cleo).await
    };
    let joiner = house.person("new@northlight.test", "New One").await;
    let invited = house.asks(&joiner, "northlight").await;
    house.decide(&p.ivo, &invited, Verdict::Approve).await;
    house.deliver().await;
    let exists = async |id: &anteroom::domain::ids::RequestId| {
        house
            .count(&format!("select count(*) from requests where id = '{id}'"))
            .await
            == 1
    };
    let years = house.now + Span::days(3650);
    assert_eq!(
        queue::retention::sweep(&house.desk, years).await,
        Ok(0),
        "for ever is the default"
    );
    organisation::request_rules::change_request_rules(
        &house.desk,
        &p.ivo,
        &p.member,
        &TypedRules {
            retention: "30".into(),
            ..typed()
        },
    )
    .await
    .unwrap();
    let month = Span::days(30);
    assert_eq!(
        queue::retention::sweep(&house.desk, house.now + month).await,
        Ok(0),
        "not before its time"
    );
    let (a, b) = tokio::join!(
        queue::retention::sweep(&house.desk, house.now + month + Span(1)),
        queue::retention::sweep(&house.desk, house.now + month + Span(1))
    );
    assert_eq!(a.unwrap() + b.unwrap(), 1);
    let left = (
        exists(&denied).await,
        exists(&granted).await,
        exists(&open).await,
        exists(&invited).await,
    );
    assert_eq!(
        left,
        (false, true, true, true),
        "access that holds and an invitation that waits keep theirs"
    );
    for table in ["request_terms", "questions", "assignments", "reviews"] {
        assert_eq!(
            house
                .count(&format!(
                    "select count(*) from {table} where request_id = '{denied}'"
                ))
                .await,
            0,
            "{table}"
        );
    }
    let history = format!(
        "select count(*) from events where object = '{denied}' \
         and what in ('request.denied', 'request.deleted')"
    );
    assert_eq!(house.count(&history).await, 2);
    let grant = store::access::grants::find_live(
        &mut *house.raw().await,
        &p.member.organisation,
        &p.resource,
        bela.id(),
    )
    .await
    .unwrap()
    .unwrap();
    access::grants::end(&house.desk, &p.ivo, &p.member, &grant.grant.id)
        .await
        .unwrap();
    house.deliver().await;
    assert_eq!(
        queue::retention::sweep(&house.desk, Time(house.now.0 + month.0 + 1)).await,
        Ok(1)
    );
    assert!(!exists(&granted).await);
    house.deliver().await;
}
