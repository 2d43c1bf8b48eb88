//! The export of an organisation's data.
use crate::harness::House;
use crate::organisation::closure::deputy;
use anteroom::desk::{joining, organisation};
use anteroom::domain::Error;
use anteroom::domain::account::Language;
use std::io::Read as _;

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
    let files = unpacked(
        organisation::export::export(&house.desk, &ivo, &member)
            .await
            .unwrap(),
    );
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
        2 * 16 + 1,
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
        organisation::export::export(&house.desk, &dana, &theirs)
            .await
            .err(),
        Some(Error::Forbidden)
    );
    let cookie = house.cookie(&ivo).await;
    let answer = house.post("/northlight/export", &cookie, "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.headers["content-type"].as_bytes()),
        (200, &b"application/zip"[..])
    );
    assert_eq!(
        house.get("/northlight/export", &cookie).await.status,
        405,
        "a link cannot ask for it"
    );
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
    let archive = organisation::export::export(&house.desk, &ivo, &member)
        .await
        .unwrap();
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
