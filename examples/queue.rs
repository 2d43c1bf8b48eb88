//! Measures the queue at the desk, without HTTP, on a database that `fill` founded: milliseconds of
//! each kind of page, at a small and at a large number of requests, then decisions per second.
//! Prints rows of markdown. queue COOKIE DATA [--database URL] --requests N --times N, where COOKIE is
//! as `fill` printed it, and `--times` says how many pages of each kind; 0: the rows alone.
//! The requests are written as rows: their history, votes and letters are left out, which no page of
//! the queue reads.
#[path = "shared/args.rs"]
mod args;
#[path = "shared/bench.rs"]
mod bench;

use anteroom::desk::queue;
use anteroom::domain::Time;
use anteroom::domain::flow::{Approval, Approvers, Quorum, Rules, Step};
use anteroom::domain::ids::RequestId;
use anteroom::domain::request::{ApprovalType, RequestKind, StatusWord, Tab};
use anteroom::domain::verdict::Verdict;
use anteroom::store::queue::query::{Filter, QueuePlace, QueueQuery, Sort, StatusFilter};
use anteroom::store::{self, DatabaseKind};
use bench::Bench;
use sqlx::AssertSqlSafe;
use std::time::Instant;

/// The small number to which the large one is compared.
const SMALL: usize = 10_000;
/// Who asks, what is asked for, and how far requests lie apart.
const MEMBERS: usize = 20_000;
const RESOURCES: usize = 200;
const APART: i64 = 20_000;
/// Decisions that are measured, one after the other and by so many at once.
const DECISIONS: usize = 1000;
const AT_ONCE: usize = 8;

const FIRST: [&str; 12] = [
    "Ada", "Bela", "Cleo", "Dana", "Emil", "Finn", "Gita", "Hugo", "Ines", "Jonas", "Kira", "Leon",
];
const LAST: [&str; 11] = [
    "Almeida", "Brook", "Castell", "Dorn", "Evers", "Feld", "Grau", "Holm", "Imhof", "Jansen", "Varga",
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let requests = args::number(&mut args, "--requests")?;
    let times = args::number(&mut args, "--times")?;
    let bench = bench::open(args).await?;
    people_and_things(&bench).await?;
    fill(&bench, 0, SMALL.min(requests)).await?;
    if times == 0 {
        fill(&bench, SMALL.min(requests), requests).await?;
        bench.desk.db.close().await;
        return Ok(());
    }
    let small = pages(&bench, SMALL.min(requests), times).await?;
    fill(&bench, SMALL.min(requests), requests).await?;
    let large = pages(&bench, requests, times).await?;
    for ((name, (p50, p99)), (_, (m50, m99))) in large.iter().zip(&small) {
        println!(
            "| {name} | {m50:.2}, {m99:.2} | {p50:.2}, {p99:.2} | {:.1} |",
            p50 / m50
        );
    }
    decisions(&bench).await?;
    bench.desk.db.close().await;
    Ok(())
}

/// The rows of a series of numbers, as `from` wants them.
fn series(bench: &Bench, from: usize, until: usize) -> String {
    match bench.desk.db.kind {
        DatabaseKind::Sqlite => {
            format!(
                "(with recursive s(n) as (select {from} union all select n + 1 from s where n + 1 < {until}) \
                 select n from s) s"
            )
        }
        DatabaseKind::Postgres => format!("generate_series({from}::bigint, {}::bigint) s(n)", until - 1),
    }
}

/// An id from a number, told from others by a group of digits.
fn id(bench: &Bench, group: &str, n: &str) -> String {
    match bench.desk.db.kind {
        DatabaseKind::Sqlite => format!("'0192d3a0-0000-7000-{group}-' || printf('%012x', {n})"),
        DatabaseKind::Postgres => format!("'0192d3a0-0000-7000-{group}-' || lpad(to_hex({n}), 12, '0')"),
    }
}

fn one_of(names: &[&str], n: &str) -> String {
    let cases: String = names
        .iter()
        .enumerate()
        .map(|(at, name)| format!(" when {at} then '{name}'"))
        .collect();
    format!("case {n}{cases} end")
}

async fn run(bench: &Bench, sql: String) -> anyhow::Result<()> {
    sqlx::query(AssertSqlSafe(sql))
        .execute(&mut *bench.desk.db.read().await?)
        .await?;
    Ok(())
}

/// Members, a flow that asks administrators, and resources that follow it.
async fn people_and_things(bench: &Bench) -> anyhow::Result<()> {
    let (org, admin) = (&bench.member.organisation, bench.admin.id());
    let member = id(bench, "8001", "n");
    let resource = id(bench, "8002", "n");
    let flow = "0192d3a0-0000-7000-8003-000000000001";
    let step = Step {
        approvers: Approvers::Administrators,
        quorum: Quorum::Any,
        fallback: None,
        remind_days: None,
        escalation: None,
    };
    let rules = serde_json::to_string(&Rules {
        approval: Approval::Manual,
        steps: vec![step],
    })?;
    let people = series(bench, 0, MEMBERS);
    run(
        bench,
        format!(
            "insert into accounts (id, email, email_key, name, language, time_zone, created_at) \
        select {member}, 'm' || n || '@northlight.test', 'm' || n || '@northlight.test', 'Member ' || n, \
        'en', 'UTC', 5 from {people}"
        ),
    )
    .await?;
    run(
        bench,
        format!(
            "insert into members (org_id, account_id, state, joined_at) select '{org}', {member}, \
        'active', 5 from {people}"
        ),
    )
    .await?;
    run(
        bench,
        format!(
            "insert into flows (id, org_id, name, number) values ('{flow}', '{org}', 'Administrators', 1)"
        ),
    )
    .await?;
    run(
        bench,
        format!(
            "insert into flow_versions (org_id, flow_id, number, rules, made_by, made_at) values \
        ('{org}', '{flow}', 1, '{rules}', '{admin}', 5)"
        ),
    )
    .await?;
    let things = series(bench, 0, RESOURCES);
    run(
        bench,
        format!(
            "insert into resources (id, org_id, name, sorts_as, description, icon, link, flow_id, \
        reason_required, audience) select {resource}, '{org}', 'Ledger ' || n, 'ledger ' || n, '', '', '', \
        '{flow}', 0, 'everyone' from {things}"
        ),
    )
    .await
}

/// Requests number `from` to `until`, the lower the newer: a fifth to join, two in a hundred
/// pending and manual, most approved.
async fn fill(bench: &Bench, from: usize, until: usize) -> anyhow::Result<()> {
    let (org, admin, now) = (&bench.member.organisation, bench.admin.id(), bench.admin.now().0);
    let rows = series(bench, from, until);
    let (first, last) = (one_of(&FIRST, "(n % 12)"), one_of(&LAST, "((n / 12) % 11)"));
    let name = format!("{first} || ' ' || {last}");
    let email = format!("lower({first} || '.' || {last} || '.' || n || '@northlight.test')");
    // A prime step, so that statuses, kinds and names do not go together.
    let die = "(n * 7919 % 1000)";
    let thing = "n % 5 > 0";
    let key = id(bench, "8004", "n");
    let holder = id(bench, "8001", &format!("((n / {RESOURCES}) % {MEMBERS})"));
    let resource = id(bench, "8002", &format!("(n % {RESOURCES})"));
    run(
        bench,
        format!(
            "insert into requests (id, org_id, kind, account_id, email, email_key, name, sorts_as, message, \
         language, origin, submitted_at, expires_at, \
         status, tab, approval, decided_at, decided_by, trouble, grant_id, invitation_id, resource_id, \
         holder_id, flow_id, flow_number, at_administrators, administrators_decide, version) \
         select {key}, '{org}', case when {thing} then 'resource' else 'join' end, {holder}, {email}, \
         {email}, {name}, lower({name}), \
         'I start in the lab on Monday and need it for the audit.', 'en', '', {now} - n * {APART}, {now} + \
         9000000000, \
         case when {die} < 30 then 'pending' when {die} < 32 and {thing} then 'missing_data' when {die} < 33 \
         and {thing} then 'error' \
         when {die} < 800 then 'approved' when {die} < 950 then 'denied' when {die} < 980 then 'canceled' \
         else 'expired' end, \
         case when {die} < 20 then 'pending' when {die} between 33 and 799 then 'approved' when {die} < 33 \
         and not ({thing}) and {die} >= 30 then 'approved' else 'others' end, \
         case when {die} between 700 and 799 then 'automatic' else 'manual' end, \
         case when {die} >= 33 or {die} >= 30 and not ({thing}) then {now} - n * {APART} + 3600000 end, case \
         when {die} between 33 and 699 or {die} between 800 and 979 then '{admin}' end, \
         case when {die} between 30 and 31 and {thing} then 'manager' when {die} = 32 and {thing} then \
         'group_gone' end, \
         case when {thing} then {key} end, case when not ({thing}) then {key} end, case when {thing} then \
         {resource} end, case when {thing} then {holder} end, \
         case when {thing} then '0192d3a0-0000-7000-8003-000000000001' end, case when {thing} then 1 end, \
         case when {thing} and {die} < 20 then 1 else 0 end, case when {thing} and {die} < 20 then 1 else 0 \
         end, 1 from {rows}"
        ),
    )
    .await?;
    let common = [
        "'northlight'",
        "'test'",
        "'northlight.test'",
        "'@northlight.test'",
    ]
    .map(|t| (t.to_owned(), ""));
    let own = [
        format!("lower({first})"),
        format!("lower({last})"),
        "'' || n".to_owned(),
        email,
    ]
    .map(|t| (t, ""));
    let things = [("'ledger'".to_owned(), " where n % 5 > 0")];
    for (term, only) in common.into_iter().chain(own).chain(things) {
        run(
            bench,
            format!(
                "insert into request_terms (org_id, term, request_id) select '{org}', {term}, \
            {key} from {rows}{only}"
            ),
        )
        .await?;
    }
    run(bench, "delete from request_counts".into()).await?;
    run(
        bench,
        "insert into request_counts (org_id, tab, status, approval, kind, n) select org_id, tab, \
        status, approval, kind, count(*) from requests group by org_id, tab, status, approval, \
        kind"
            .into(),
    )
    .await?;
    if bench.desk.db.kind == DatabaseKind::Postgres {
        run(bench, "vacuum".into()).await?;
    }
    run(bench, "analyze".into()).await
}

/// The n-th page of a kind.
type Kinds = dyn Fn(usize) -> Option<QueueQuery>;

/// Median and 99th percentile of each kind of page, in milliseconds.
async fn pages(bench: &Bench, all: usize, count: usize) -> anyhow::Result<Vec<(&'static str, (f64, f64))>> {
    let now = bench.admin.now();
    let manual = |status| Filter {
        status: Some(StatusFilter::One(status)),
        approval: Some(ApprovalType::Manual),
        ..Filter::default()
    };
    let look = |tab, filter| QueueQuery {
        tab,
        filter,
        ..QueueQuery::default()
    };
    let search = |words: &str| QueueQuery {
        tab: Tab::Approved,
        search: words.into(),
        ..QueueQuery::default()
    };
    let deep = move |sort, n: usize| {
        let at = n * 7919 * 31 % all;
        let name = format!("{} {}", FIRST[at % 12], LAST[at / 12 % 11]).to_lowercase();
        let id = RequestId::try_from(format!("0192d3a0-0000-7000-8004-{at:012x}")).ok();
        id.map(|id| QueuePlace {
            time: Time(now.0 - at as i64 * APART),
            name,
            id,
        })
        .map(|place| QueueQuery {
            tab: Tab::Approved,
            sort,
            after: Some(place),
            ..QueueQuery::default()
        })
    };
    let week = Filter {
        from: Some(Time(now.0 - 86_400_000)),
        until: Some(now),
        ..Filter::default()
    };
    let kinds: Vec<(&'static str, Box<Kinds>)> = vec![
        (
            "pending, as it opens",
            Box::new(move |_| Some(look(Tab::Pending, manual(StatusWord::Pending)))),
        ),
        (
            "approved",
            Box::new(move |_| Some(look(Tab::Approved, manual(StatusWord::Approved)))),
        ),
        (
            "others, all of it",
            Box::new(move |_| Some(look(Tab::Others, Filter::default()))),
        ),
        (
            "denied requests to join",
            Box::new(move |_| {
                Some(look(
                    Tab::Others,
                    Filter {
                        kind: Some(RequestKind::Join),
                        ..manual(StatusWord::Denied)
                    },
                ))
            }),
        ),
        (
            "approved by themselves",
            Box::new(move |_| {
                Some(look(
                    Tab::Approved,
                    Filter {
                        approval: Some(ApprovalType::Automatic),
                        ..Filter::default()
                    },
                ))
            }),
        ),
        (
            "approved in a day",
            Box::new(move |_| Some(look(Tab::Approved, week.clone()))),
        ),
        (
            "approved, by name",
            Box::new(move |_| {
                Some(QueueQuery {
                    sort: Sort::NameUp,
                    ..look(Tab::Approved, Filter::default())
                })
            }),
        ),
        ("approved, any depth", Box::new(move |n| deep(Sort::Newest, n))),
        (
            "approved, by name, any depth",
            Box::new(move |n| deep(Sort::NameDown, n)),
        ),
        (
            "search: one address",
            Box::new(move |n| Some(search(&format!("{}@northlight.test", n * 31 % all)))),
        ),
        (
            "search: the beginning of a number",
            Box::new(move |n| Some(search(&format!("{}", 100 + n)))),
        ),
        (
            "search: a first name",
            Box::new(move |n| Some(search(FIRST[n % 12]))),
        ),
        (
            "search: a first and a last name",
            Box::new(move |n| Some(search(&format!("{} {}", FIRST[n % 12], LAST[n % 11])))),
        ),
        ("search: what all have", Box::new(move |_| Some(search("north")))),
        (
            "search: a resource and a name",
            Box::new(move |n| Some(search(&format!("ledger {}", LAST[n % 11])))),
        ),
        (
            "requester begins with",
            Box::new(move |n| {
                Some(look(
                    Tab::Approved,
                    Filter {
                        requester: FIRST[n % 12][..2].into(),
                        ..Filter::default()
                    },
                ))
            }),
        ),
    ];
    let mut measured = Vec::new();
    for (name, kind) in &kinds {
        let mut times = Vec::with_capacity(count);
        for n in 0..count + 20 {
            let Some(look) = kind(n) else {
                anyhow::bail!("no place")
            };
            let begun = Instant::now();
            let mut conn = bench.desk.db.read().await?;
            let shelves = store::queue::shelves::shelves(&mut conn, &bench.member.organisation, now).await?;
            let rows =
                store::queue::list::list(&mut conn, &bench.member.organisation, &look, &shelves, now, 26)
                    .await?;
            drop(conn);
            if n >= 20 {
                times.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
            std::hint::black_box(rows);
        }
        times.sort_by(f64::total_cmp);
        measured.push((*name, (times[count / 2], times[count * 99 / 100])));
    }
    Ok(measured)
}

/// Approves pending requests for resources: one after the other, then by several at once.
async fn decisions(bench: &Bench) -> anyhow::Result<()> {
    let filter = Filter {
        kind: Some(RequestKind::Resource),
        ..Filter::default()
    };
    let look = QueueQuery {
        tab: Tab::Pending,
        filter,
        ..QueueQuery::default()
    };
    let (found, _) = queue::list::queue_piece(
        &bench.desk,
        &bench.member,
        &look,
        bench.admin.now(),
        2 * DECISIONS,
    )
    .await?;
    let ids: Vec<RequestId> = found.into_iter().map(|row| row.request.id).collect();
    let (alone, together) = ids.split_at(ids.len() / 2);
    let begun = Instant::now();
    for id in alone {
        queue::decisions::decide(&bench.desk, &bench.admin, &bench.member, id, Verdict::Approve).await?;
    }
    let alone = alone.len() as f64 / begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let each = async |from: usize| -> anyhow::Result<()> {
        for id in together.iter().skip(from).step_by(AT_ONCE) {
            queue::decisions::decide(&bench.desk, &bench.admin, &bench.member, id, Verdict::Approve).await?;
        }
        Ok(())
    };
    futures::future::try_join_all((0..AT_ONCE).map(each)).await?;
    println!(
        "\nDecisions per second: {alone:.0} one after the other, {:.0} by {AT_ONCE} at once.",
        together.len() as f64 / begun.elapsed().as_secs_f64()
    );
    Ok(())
}
