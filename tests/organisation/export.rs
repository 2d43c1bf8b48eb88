//! The export of an organisation's data.
use crate::harness::{House, at};
use crate::organisation::closure::deputy;
use anteroom::clock;
use anteroom::desk::Actor;
use anteroom::desk::{joining, organisation};
use anteroom::domain::account::Language;
use anteroom::domain::member::Membership;
use anteroom::domain::time::Span;
use anteroom::domain::{Error, Time};
use anteroom::store::organisation::exports::{self, ExportState, OrganisationExport};
use std::io::Read as _;

/// Asks for an archive, has it made, and fetches it.
pub async fn archive(house: &House, by: &Actor) -> Vec<u8> {
    let member = house.home(by).await;
    organisation::export::ask_export(&house.desk, by, &member)
        .await
        .unwrap();
    while organisation::export::work_off(&house.desk, clock::now)
        .await
        .unwrap()
    {}
    let made = newest(house, &member).await;
    assert_eq!(made.state, ExportState::Ready);
    let mut bytes = Vec::new();
    for number in 0.. {
        let piece = organisation::export::export_piece(&house.desk, &member, &made.id, number).await;
        let Some(piece) = piece.unwrap() else { break };
        bytes.extend(piece);
    }
    assert_eq!(bytes.len(), usize::try_from(made.size).unwrap());
    bytes
}

async fn newest(house: &House, member: &Membership) -> OrganisationExport {
    let newest = organisation::export::newest_export(&house.desk, member).await;
    newest.unwrap().unwrap()
}

/// The archive's files by name.
pub fn unpacked(archive: Vec<u8>) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|n| {
            let mut file = archive.by_index(n).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (
                file.name().unwrap().into_owned(),
                String::from_utf8_lossy(&bytes).into_owned(),
            )
        })
        .collect()
}

both!(row_32_the_export_is_whole_and_harmless);
/// Row 32: the export holds all of the organisation and nothing of another one, no secret, and no
/// cell that a spreadsheet would run.
async fn row_32_the_export_is_whole_and_harmless(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let olga = house.organisation("southmoor").await;
    house.invite(&olga, "hidden@southmoor.test").await;
    for (n, name) in ["=1+1", "+49", "-x", "@SUM(A1)", "\u{ff1d}1", "Plain, \"quoted\""]
        .iter()
        .enumerate()
    {
        let person = house.person(&format!("p{n}@northlight.test"), name).await;
        house.asks(&person, "northlight").await;
    }
    let hostile = house.person("line@northlight.test", "Line").await;
    house.belongs(&hostile, "northlight").await;
    joining::requests::request_access(&house.desk, &hostile, &member.slug, "=cmd()\n=cmd()")
        .await
        .unwrap();
    let token = house.invitation(&ivo, "zoe@northlight.test").await;
    organisation::home_page::write_faq(&house.desk, &ivo, &member, Language::En, "Ask.")
        .await
        .unwrap();
    let pdf = b"%PDF-1.7\n%%EOF".to_vec();
    let file = anteroom::desk::organisation::home_page::TypedLink {
        title: "Sheet".into(),
        url: String::new(),
        file: Some(("a.pdf".into(), pdf)),
    };
    organisation::home_page::add_link(&house.desk, &ivo, &member, file)
        .await
        .unwrap();
    let files = unpacked(archive(house, &ivo).await);
    let whole = |name: &str| {
        files
            .iter()
            .find(|(n, _)| n == name)
            .unwrap_or_else(|| panic!("{name} is there"))
            .1
            .clone()
    };
    assert_eq!(
        files.len(),
        2 * 16 + 2,
        "{:?}",
        files.iter().map(|(n, _)| n).collect::<Vec<_>>()
    );
    assert!(
        files
            .iter()
            .any(|(n, text)| n.ends_with(" a.pdf") && text.starts_with("%PDF-"))
    );
    let requests: Vec<serde_json::Value> = serde_json::from_str(&whole("requests.json")).unwrap();
    assert_eq!(requests.len(), 7);
    assert!(
        requests
            .iter()
            .any(|r| r["name"] == "=1+1" && r["submitted_at"] == house.now.0),
        "JSON says what is stored"
    );
    let history: Vec<serde_json::Value> = serde_json::from_str(&whole("history.json")).unwrap();
    assert!(
        history.iter().any(|e| e["what"] == "organisation.exported"),
        "{history:?}"
    );
    let mut cells = 0;
    for (name, text) in &files {
        assert!(
            !text.contains(&token) && !text.contains(&anteroom::desk::mint::hash(&token)),
            "{name} holds a token"
        );
        assert!(!text.contains("southmoor") && !text.contains("argon2"), "{name}");
        if name.ends_with(".csv") {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(text.as_bytes());
            for cell in reader
                .records()
                .flat_map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            {
                cells += 1;
                let number = cell.parse::<i64>().is_ok();
                assert!(
                    number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}']),
                    "{name}: {cell}"
                );
            }
        }
    }
    assert!(cells > 100);
    let (dana, theirs) = deputy(house, &ivo).await;
    assert_eq!(
        organisation::export::ask_export(&house.desk, &dana, &theirs).await,
        Err(Error::Forbidden)
    );
    // What must be in it stands at its end.
    let contents: serde_json::Value = serde_json::from_str(&whole("contents.json")).unwrap();
    assert_eq!(files.last().unwrap().0, "contents.json");
    assert_eq!(
        (
            &contents["complete"],
            &contents["files"],
            &contents["rows"]["requests"]
        ),
        (&true.into(), &1.into(), &7.into())
    );
    house.deliver().await;
}

both!(the_export_is_made_in_the_background);
/// Asked for by a post, made beside everything else and once, fetched by the organisation's
/// administrators alone, and gone after a day.
async fn the_export_is_made_in_the_background(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let olga = house.organisation("southmoor").await;
    let (cookie, foreign) = (house.cookie(&ivo).await, house.cookie(&olga).await);
    assert_eq!(
        house.get("/actions/ask_export", &cookie).await.status,
        405,
        "a link cannot ask for it"
    );
    for _ in 0..2 {
        let asked = house
            .post_form("/actions/ask_export", &cookie, "org=northlight")
            .await;
        assert_eq!(
            (asked.status.as_u16(), asked.location()),
            (303, "/northlight/settings?done=export#export")
        );
    }
    assert_eq!(
        house.count("select count(*) from exports").await,
        1,
        "one at a time"
    );
    let waits = newest(house, &member).await;
    let path = format!("/northlight/exports/{}", waits.id);
    assert_eq!(house.get(&path, &cookie).await.status, 404);
    let page = house.get("/northlight/settings", &cookie).await.body;
    assert!(page.contains("The archive is being made.") && !page.contains(&path));
    let (one, other) = tokio::join!(
        organisation::export::work_off(&house.desk, clock::now),
        organisation::export::work_off(&house.desk, clock::now)
    );
    assert_eq!(
        [one.unwrap(), other.unwrap()]
            .iter()
            .filter(|made| **made)
            .count(),
        1
    );
    let page = house.get("/northlight/settings", &cookie).await.body;
    assert!(page.contains(&path), "it is fetched here");
    let ready = newest(house, &member).await;
    let fetched = house.get(&path, &cookie).await;
    assert_eq!(
        (
            fetched.status.as_u16(),
            fetched.headers["content-type"].as_bytes()
        ),
        (200, &b"application/zip"[..])
    );
    assert_eq!(
        fetched.headers["content-length"].to_str().unwrap(),
        ready.size.to_string()
    );
    // It is the organisation's and no other's, and nobody's who is no administrator.
    let theirs = path.replace("northlight", "southmoor");
    assert_eq!(house.get(&path, &foreign).await.status, 404);
    assert_eq!(house.get(&theirs, &foreign).await.status, 404);
    let (dana, _) = deputy(house, &ivo).await;
    assert_eq!(house.get(&path, &house.cookie(&dana).await).await.status, 403);
    let later = house.now + Span::days(2);
    let found = organisation::export::find_export(&house.desk, &member, &ready.id, later).await;
    assert_eq!(found.err(), Some(Error::NotFound));
    // A further one takes the place of the one before.
    archive(house, &ivo).await;
    assert_eq!(house.count("select count(*) from exports").await, 1);
    assert!(
        !organisation::export::work_off(&house.desk, in_two_days)
            .await
            .unwrap()
    );
    let left = "select (select count(*) from exports) + (select count(*) from export_pieces)";
    assert_eq!(house.count(left).await, 0);
    house.deliver().await;
}

both!(entries_can_be_unpacked_everywhere);
/// A file of the home page has a name in the archive that Windows can unpack too, also one that was
/// kept before names were looked at.
async fn entries_can_be_unpacked_everywhere(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let pdf = b"%PDF-1.7\n%%EOF".to_vec();
    for name in ["What? 10:30.pdf", "plain.pdf"] {
        let file = anteroom::desk::organisation::home_page::TypedLink {
            title: "Sheet".into(),
            url: String::new(),
            file: Some((name.into(), pdf.clone())),
        };
        organisation::home_page::add_link(&house.desk, &ivo, &member, file)
            .await
            .unwrap();
    }
    house
        .execute("update files set name = 'a<b>|c\\..\\d*.pdf' where name = 'plain.pdf'")
        .await;
    let archive = archive(house, &ivo).await;
    let names: Vec<String> = unpacked(archive).into_iter().map(|(name, _)| name).collect();
    for end in [" What_ 10_30.pdf", " a_b__c_.._d_.pdf"] {
        assert!(names.iter().any(|name| name.ends_with(end)), "{end}: {names:?}");
    }
    assert!(
        names
            .iter()
            .all(|name| !name.contains(['<', '>', ':', '"', '|', '?', '*', '\\']))
    );
    house.deliver().await;
}

fn in_two_days() -> Time {
    clock::now() + Span::days(2)
}

both!(an_export_cut_short_does_not_look_whole);
/// A server that lost its turn writes nothing more, and what is given up leaves nothing behind and
/// says so.
async fn an_export_cut_short_does_not_look_whole(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let (org, desk) = (&member.organisation, &house.desk);
    organisation::export::ask_export(desk, &ivo, &member)
        .await
        .unwrap();
    let mut tx = desk.db.begin().await.unwrap();
    let mut stuck = exports::claim(&mut tx, house.now).await.unwrap().unwrap();
    exports::keep_piece(&mut tx, &mut stuck, 0, b"old", (1, 3), house.now)
        .await
        .unwrap();
    assert!(
        exports::claim(&mut tx, house.now).await.unwrap().is_none(),
        "it is being made"
    );
    tx.commit().await.unwrap();
    // Its lease is over: another takes it, and begins anew.
    assert!(organisation::export::work_off(desk, in_an_hour).await.unwrap());
    let mut tx = desk.db.begin().await.unwrap();
    let late = exports::keep_piece(&mut tx, &mut stuck, 1, b"late", (2, 7), house.now).await;
    assert_eq!(late, Err(Error::Stale));
    assert_eq!(
        exports::finish(&mut tx, &stuck, ExportState::Failed, house.now).await,
        Err(Error::Stale)
    );
    drop(tx);
    let ready = newest(house, &member).await;
    let first = exports::find_piece(&mut desk.db.read().await.unwrap(), org, &ready.id, 0).await;
    assert!(first.unwrap().unwrap().starts_with(b"PK"));
    // One that is begun again and again without an end is given up, and says so.
    let later = at(&ivo, house.now + Span::minutes(1));
    organisation::export::ask_export(desk, &later, &member)
        .await
        .unwrap();
    let mut tx = desk.db.begin().await.unwrap();
    let job = exports::claim(&mut tx, house.now).await.unwrap().unwrap();
    exports::finish(&mut tx, &job, ExportState::Failed, house.now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(newest(house, &member).await.state, ExportState::Failed);
    let page = house
        .get("/northlight/settings", &house.cookie(&ivo).await)
        .await
        .body;
    assert!(page.contains("could not be made"));
    let pieces = "select count(*) from export_pieces where export_id not in (select id from exports \
        where state = 'ready')";
    assert_eq!(house.count(pieces).await, 0);
    house.deliver().await;
}

fn in_an_hour() -> Time {
    clock::now() + Span::hours(1)
}
