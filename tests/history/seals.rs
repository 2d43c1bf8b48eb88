//! The history: never changed, sealed in chains that hold after a person's details were erased.
use crate::harness::{House, at};
use anteroom::desk::{history, operator, organisation};
use anteroom::domain::role::Permission;
use anteroom::domain::seal::{HeadReader, SealHead};
use anteroom::domain::time::Span;
use anteroom::domain::verdict::Verdict;
use anteroom::store;
use anteroom::store::history::digest;
use anteroom::store::history::seals::Flaw;
use sqlx::Row as _;

both!(nothing_changes_or_deletes_it);
async fn nothing_changes_or_deletes_it(house: &House) {
    let ivo = house.organisation("northlight").await;
    history::seals::sweep(&house.desk, house.now).await.unwrap();
    let id = ivo.id().as_str();
    for sql in [
        "update events set what = 'x'".to_owned(),
        "delete from events".to_owned(),
        format!("update events set actor_id = null where account_id = '{id}'"),
        "update seals set hash = ''".to_owned(),
        "delete from seals".to_owned(),
        "delete from sealed_events".to_owned(),
        "update sealed_events set position = 9".to_owned(),
    ] {
        let refused = house.try_execute(&sql).await.unwrap_err();
        assert!(
            refused.to_string().contains("history is never changed"),
            "{sql}: {refused}"
        );
    }
    if house.desk.db.kind == store::DatabaseKind::Postgres {
        for table in ["events", "seals", "sealed_events"] {
            let refused = house.try_execute(&format!("truncate {table}")).await.unwrap_err();
            assert!(
                refused.to_string().contains("history is never changed"),
                "{refused}"
            );
        }
    }
    house.deliver().await;
}

both!(seals_chain_every_event_once);
/// Each event is in each of its chains once, however many seal at the same time; the chain's hashes
/// follow from one another.
async fn seals_chain_every_event_once(house: &House) {
    let ivo = house.organisation("northlight").await;
    for n in 0..5 {
        let person = house.person(&format!("p{n}@northlight.test"), "Person").await;
        let id = house.asks(&person, "northlight").await;
        house.decide(&ivo, &id, Verdict::Approve).await;
        let (a, b) = tokio::join!(
            history::seals::sweep(&house.desk, house.now),
            history::seals::sweep(&house.desk, house.now)
        );
        a.unwrap();
        b.unwrap();
    }
    history::seals::sweep(&house.desk, house.now).await.unwrap();
    let chained = house
        .count("select count(*) from events where org_id is not null")
        .await
        + house
            .count("select count(*) from events where account_id is not null")
            .await;
    assert_eq!(house.count("select count(*) from sealed_events").await, chained);
    assert_eq!(
        house.count("select cast(sum(events) as bigint) from seals").await,
        chained
    );
    assert_eq!(
        house
            .count(
                "select count(*) from seals s where number > 1 and previous <> (select hash from seals p \
                 where p.chain = s.chain and p.number = s.number - 1)"
            )
            .await,
        0
    );
    assert_eq!(history::seals::sweep(&house.desk, house.now).await.unwrap(), 0);
    house.deliver().await;
}

both!(changes_are_found);
/// What was changed behind the program's back is found, each kind at its first place; what was
/// erased for a person's sake is no break.
async fn changes_are_found(house: &House) {
    let ivo = house.organisation("northlight").await;
    house.invite(&ivo, "mira@northlight.test").await;
    history::seals::sweep(&house.desk, house.now).await.unwrap();
    house.invite(&ivo, "zoe@northlight.test").await;
    while history::seals::sweep(&house.desk, house.now).await.unwrap() > 0 {}
    house.deliver().await;
    let verify = async || {
        store::history::seals::verify(&mut *house.raw().await)
            .await
            .unwrap()
    };
    let (extent, broken) = verify().await;
    assert_eq!(broken, None);
    assert!(
        extent.chains >= 2
            && extent.seals >= 3
            && extent.events == house.count("select count(*) from sealed_events").await,
        "{extent:?}"
    );
    let place = "update event_details set place = null where event_id = (select min(event_id) \
        from event_details where place is not null)";
    house.execute(place).await;
    let broken = verify().await.1.expect("a place that is gone is found");
    assert!(matches!(broken.flaw, Flaw::Detail(_)), "{broken}");
    let details = "delete from event_details where event_id in (select id from events \
        where what = 'invitation.sent')";
    house.execute(details).await;
    assert!(
        matches!(
            verify().await.1,
            Some(store::history::seals::Break {
                flaw: Flaw::Detail(_),
                ..
            })
        ),
        "nobody was erased"
    );
    house.execute("update accounts set erased_at = 5").await;
    assert_eq!(verify().await, (extent, None), "an erased detail breaks nothing");
    let free = match house.desk.db.kind {
        store::DatabaseKind::Postgres => [
            "alter table events disable trigger all",
            "alter table seals disable trigger all",
            "alter table sealed_events disable trigger all",
        ]
        .to_vec(),
        store::DatabaseKind::Sqlite => [
            "drop trigger events_keep_update",
            "drop trigger events_keep_delete",
            "drop trigger seals_keep_update",
            "drop trigger seals_keep_delete",
            "drop trigger sealed_events_keep_update",
            "drop trigger sealed_events_keep_delete",
        ]
        .to_vec(),
    };
    for sql in free {
        house.execute(sql).await;
    }
    let invited = "(select min(id) from events where what = 'invitation.sent')";
    for (change, back, expected) in [
        (
            "update event_details set detail = '{}' where event_id = (select id from events \
             where what = 'organisation.created')"
                .to_owned(),
            None,
            "Detail",
        ),
        (
            format!("update events set at = at + 1 where id = {invited}"),
            Some(format!("update events set at = at - 1 where id = {invited}")),
            "Changed",
        ),
        (
            format!("update sealed_events set number = 99 where event_id = {invited}"),
            None,
            "Gone",
        ),
        (
            "update seals set previous = 'x' where number = 2".to_owned(),
            None,
            "Missing",
        ),
    ] {
        house.execute(&change).await;
        let broken = verify()
            .await
            .1
            .unwrap_or_else(|| panic!("{change} is not found"));
        assert!(
            format!("{:?}", broken.flaw).starts_with(expected) || expected == "Missing",
            "{change}: {broken}"
        );
        assert!(broken.to_string().contains("seal"));
        if expected == "Detail" {
            house.execute("delete from event_details").await;
        }
        if let Some(back) = back {
            house.execute(&back).await;
            assert_eq!(verify().await.1, None);
        }
    }
    // Whoever throws seals away leaves their events behind, which say that they were in them; and the
    // mark that all were sealed.
    house.execute("delete from seals").await;
    let broken = verify().await.1.expect("found");
    assert_eq!(broken.flaw, Flaw::Gone, "{broken}");
    for sql in [
        "delete from sealed_events".to_owned(),
        "insert into instance (name, value) select 'sealed_through', max(seq) from events".to_owned(),
    ] {
        house.execute(&sql).await;
    }
    let broken = verify().await.1.expect("found");
    assert!(
        matches!(broken.flaw, Flaw::Unsealed(_)) && broken.to_string().contains("is in no seal"),
        "{broken}"
    );
}

both!(row_s13_what_is_not_sealed_yet_was_not_changed);
/// Events that no server has sealed yet are told apart from changed ones: after the power went,
/// after the operator's commands, and after the clock jumped.
async fn row_s13_what_is_not_sealed_yet_was_not_changed(house: &House) {
    let ivo = house.organisation("northlight").await;
    let seal = async || while history::seals::sweep(&house.desk, house.now).await.unwrap() > 0 {};
    let verify = async || {
        let verified = store::history::seals::verify(&mut *house.raw().await).await;
        let (extent, broken) = verified.unwrap();
        assert_eq!(broken, None);
        (extent.unsealed, extent.unsealed_since)
    };
    seal().await;
    assert_eq!(verify().await, (0, None));
    // The power went before they were sealed, and the next event is of another day.
    house.invite(&ivo, "mira@northlight.test").await;
    let (waiting, since) = verify().await;
    assert!(waiting > 0 && since == Some(house.now));
    let next = at(&ivo, house.now + Span::days(2));
    house.invite(&next, "zoe@northlight.test").await;
    let (more, since) = verify().await;
    assert!(more > waiting && since == Some(house.now));
    seal().await;
    assert_eq!(verify().await, (0, None));
    // The operator's command, while no server runs; and a clock that is a year ahead, and comes back.
    let slug = anteroom::domain::organisation::Slug::parse("northlight").unwrap();
    for days in [3, 365, 4] {
        let now = house.now + Span::days(days);
        operator::make_admin(&house.desk, &slug, &ivo.account.email, now)
            .await
            .unwrap();
        operator::operator_reset_token(&house.desk, &ivo.account.email, now)
            .await
            .unwrap();
        assert!(verify().await.0 >= 2, "{days}");
    }
    seal().await;
    assert_eq!(verify().await, (0, None));
    house.expects_owed_letters();
}

both!(row_s13_a_witness_finds_what_was_cut_off_or_rewritten);
/// Seals that auditors were sent, and that the log tells of, must be there: whoever cuts off the
/// newest, or makes all anew, is found by them.
async fn row_s13_a_witness_finds_what_was_cut_off_or_rewritten(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let seal = async || while history::seals::sweep(&house.desk, house.now).await.unwrap() > 0 {};
    let tell = async |after: Span| {
        organisation::witness::sweep(&house.desk, house.now + after)
            .await
            .unwrap()
    };
    seal().await;
    assert_eq!(tell(Span::days(-1)).await, 0, "administrators are not written to");
    let vera = house
        .member(&ivo, "Vera Moss")
        .at("vera@northlight.test")
        .with(&[Permission::InsightsView])
        .await;
    house.deliver().await;
    seal().await;
    assert_eq!(tell(Span(-1)).await, 0, "the day is not over");
    assert_eq!(tell(Span(1)).await, 1);
    assert_eq!(tell(Span(2)).await, 0, "once a day");
    assert_eq!(tell(Span(Span::days(1).0 + 2)).await, 0, "nothing is new");
    let letters = house.letters_to("vera@northlight.test").await;
    let letter = letters
        .iter()
        .find(|l| l.text.contains("seal o:"))
        .expect("a letter");
    let mut reader = HeadReader::default();
    let heads: Vec<SealHead> = letter.text.lines().flat_map(|line| reader.read(line)).collect();
    assert_eq!(heads.len(), 1, "{}", letter.text);
    assert_eq!(heads[0].chain, format!("o:{}", member.organisation));
    let verify = async || {
        let found = store::history::seals::verify_heads(&mut *house.raw().await, &heads).await;
        found.unwrap().map(|broken| broken.flaw)
    };
    assert_eq!(verify().await, None);
    let free: &[&str] = match house.desk.db.kind {
        store::DatabaseKind::Postgres => &[
            "alter table seals disable trigger all",
            "alter table sealed_events disable trigger all",
        ],
        store::DatabaseKind::Sqlite => &[
            "drop trigger seals_keep_update",
            "drop trigger seals_keep_delete",
            "drop trigger sealed_events_keep_delete",
        ],
    };
    for sql in free {
        house.execute(sql).await;
    }
    let newest = "chain like 'o:%' and number = (select max(number) from seals where chain like 'o:%')";
    house
        .execute(&format!("update seals set hash = 'x' where {newest}"))
        .await;
    assert_eq!(verify().await, Some(Flaw::Rewritten));
    for table in ["sealed_events", "seals"] {
        let sql = format!(
            "delete from {table} where chain = '{}' and number >= {}",
            heads[0].chain, heads[0].number
        );
        house.execute(&sql).await;
    }
    assert_eq!(verify().await, Some(Flaw::CutOff));
    assert!(vera.id() != ivo.id());
    house.deliver().await;
}

both!(details_can_be_erased);
/// An event's digest is that of its detail and salt, and stays what it is when both are erased.
async fn details_can_be_erased(house: &House) {
    house.organisation("northlight").await;
    let rows = house
        .fetch(
            "select e.digest, d.salt, d.detail, e.place_digest, d.place_salt, d.place from events e \
             join event_details d on d.event_id = e.id",
        )
        .await;
    assert!(!rows.is_empty());
    for row in rows {
        let (expected, salt, detail): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let (place_digest, place_salt, place): (String, String, String) =
            (row.get(3), row.get(4), row.get(5));
        assert_eq!(expected, digest(&[&salt, &detail, &place_digest]));
        assert_eq!(place_digest, digest(&[&place_salt, &place]));
        assert!(!detail.contains("place"), "the place is apart: {detail}");
    }
    house.execute("delete from event_details").await;
    assert!(history::seals::sweep(&house.desk, house.now).await.unwrap() > 0);
    house.deliver().await;
}

#[test]
fn a_digest_tells_lists_of_parts_apart() {
    assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
    assert_ne!(digest(&["", "a"]), digest(&["a", ""]));
    assert_eq!(digest(&["a"]).len(), 64);
}
