//! What an organisation puts up for everybody in it: links and files, questions and answers; and
//! feedback.
use crate::harness::{House, ORIGIN};
use anteroom::desk::organisation::home_page::TypedLink;
use anteroom::desk::{Actor, organisation};
use anteroom::domain::account::Language;
use anteroom::domain::answer::Refusal;
use anteroom::domain::home_page::{LINKS, Target};
use anteroom::domain::{Error, Why};
use axum::body::Body;
use http::{Request, header};

const PDF: &[u8] = b"%PDF-1.7\nnothing in it\n%%EOF\n";

pub(super) fn page(title: &str, url: &str) -> TypedLink {
    TypedLink {
        title: title.into(),
        url: url.into(),
        file: None,
    }
}

fn file(title: &str, name: &str, bytes: &[u8]) -> TypedLink {
    TypedLink {
        title: title.into(),
        url: String::new(),
        file: Some((name.into(), bytes.into())),
    }
}

/// Somebody who accepted an invitation and has no rights.
pub(super) async fn newcomer(house: &House, ivo: &Actor, name: &str) -> Actor {
    let person = house.member(ivo, name).by_provider().await;
    house.deliver().await;
    person
}

both!(links_are_put_up);
/// Links of the home page: added, changed, moved, removed, within their limits; a file is known by
/// its content.
async fn links_are_put_up(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    organisation::home_page::add_link(
        &house.desk,
        &ivo,
        &member,
        page("Manual", "https://example.test/manual"),
    )
    .await
    .unwrap();
    organisation::home_page::add_link(
        &house.desk,
        &ivo,
        &member,
        file("Data sheet", "C:\\sheets\\Sheet 1.pdf", PDF),
    )
    .await
    .unwrap();
    assert_eq!(
        organisation::home_page::add_link(&house.desk, &ivo, &member, page("x", "javascript:alert(1)")).await,
        Err(Error::field("url", Why::NotAWebAddress))
    );
    assert_eq!(
        organisation::home_page::add_link(&house.desk, &ivo, &member, page("", "https://example.test")).await,
        Err(Error::field("title", Why::Missing))
    );
    assert_eq!(
        organisation::home_page::add_link(&house.desk, &ivo, &member, file("x", "x.pdf", b"<script>")).await,
        Err(Error::field("file", Why::NotAPdf))
    );
    let both = TypedLink {
        url: "https://example.test".into(),
        ..file("x", "x.pdf", PDF)
    };
    assert_eq!(
        organisation::home_page::add_link(&house.desk, &ivo, &member, both).await,
        Err(Error::field("file", Why::OneOfTwo))
    );
    let links = organisation::home_page::home(&house.desk, &member)
        .await
        .unwrap()
        .links;
    let (first, second) = (links[0].clone(), links[1].clone());
    organisation::home_page::raise_link(&house.desk, &ivo, &member, &second.id)
        .await
        .unwrap();
    organisation::home_page::raise_link(&house.desk, &ivo, &member, &second.id)
        .await
        .unwrap();
    organisation::home_page::change_link(
        &house.desk,
        &ivo,
        &member,
        &first.id,
        "The manual",
        "https://example.test/2",
    )
    .await
    .unwrap();
    organisation::home_page::change_link(&house.desk, &ivo, &member, &second.id, "The sheet", "ignored")
        .await
        .unwrap();
    let links = organisation::home_page::home(&house.desk, &member)
        .await
        .unwrap()
        .links;
    assert_eq!(
        links.iter().map(|l| l.title.as_str()).collect::<Vec<_>>(),
        ["The sheet", "The manual"]
    );
    assert_eq!(links[1].target, Target::Page("https://example.test/2".into()));
    // The file is saved under its name, and never shown as a page of this site.
    let Target::File(id) = &links[0].target else {
        panic!("a file")
    };
    let cookie = house.cookie(&ivo).await;
    let answer = house.get(&format!("/northlight/files/{id}"), &cookie).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_bytes()), (200, PDF));
    assert_eq!(
        answer.headers[header::CONTENT_DISPOSITION],
        "attachment; filename*=UTF-8''Sheet%201.pdf"
    );
    assert_eq!(
        (
            answer.headers[header::CONTENT_TYPE].as_bytes(),
            answer.headers["x-content-type-options"].as_bytes()
        ),
        (&b"application/pdf"[..], &b"nosniff"[..])
    );
    // Another organisation's administrator finds nothing of it.
    let (olga, foreign) = house.founder("southmoor").await;
    assert_eq!(
        organisation::home_page::house_file(&house.desk, &foreign, id).await,
        Err(Error::NotFound)
    );
    for refused in [
        organisation::home_page::change_link(
            &house.desk,
            &olga,
            &foreign,
            &first.id,
            "x",
            "https://example.test",
        )
        .await,
        organisation::home_page::raise_link(&house.desk, &olga, &foreign, &first.id).await,
        organisation::home_page::remove_link(&house.desk, &olga, &foreign, &first.id).await,
    ] {
        assert_eq!(refused, Err(Error::NotFound));
    }
    organisation::home_page::remove_link(&house.desk, &ivo, &member, &second.id)
        .await
        .unwrap();
    assert_eq!(
        house.count("select count(*) from files").await,
        0,
        "the file goes with its link"
    );
    for n in 1..LINKS {
        organisation::home_page::add_link(
            &house.desk,
            &ivo,
            &member,
            page(&format!("Link {n}"), "https://example.test"),
        )
        .await
        .unwrap();
    }
    assert_eq!(
        organisation::home_page::add_link(
            &house.desk,
            &ivo,
            &member,
            page("One more", "https://example.test")
        )
        .await,
        Err(Error::Refused(Why::TooManyLinks))
    );
    house.deliver().await;
}

both!(files_are_posted);
/// The form with a file, as a browser posts it: taken with its bytes, refused when it is too large
/// or from nobody.
async fn files_are_posted(house: &House) {
    let ivo = house.organisation("northlight").await;
    let cookie = house.cookie(&ivo).await;
    let post = async |cookie: &str, file: &[u8]| {
        let mut body = b"--b\r\ncontent-disposition: form-data; \
            name=\"org\"\r\n\r\nnorthlight\r\n--b\r\ncontent-disposition: form-data; \
            name=\"title\"\r\n\r\nSheet\r\n\
            --b\r\ncontent-disposition: form-data; name=\"url\"\r\n\r\n\r\n--b\r\ncontent-disposition: \
            form-data; name=\"file\"; filename=\"a.pdf\"\r\ncontent-type: application/pdf\r\n\r\n"
            .to_vec();
        body.extend(file);
        body.extend(b"\r\n--b--\r\n");
        let request = Request::post("/actions/add_link")
            .header(header::COOKIE, cookie)
            .header(header::ORIGIN, ORIGIN)
            .header(header::ACCEPT, "application/json");
        house
            .send(
                request
                    .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
                    .body(Body::from(body))
                    .unwrap(),
            )
            .await
    };
    let bytes = [&b"%PDF-1.7\n"[..], &[0, 159, 146, 150, 255], b"\n%%EOF"].concat();
    assert_eq!(post(&cookie, &bytes).await.status, 200);
    let member = house.membership(&ivo, "northlight").await;
    let Target::File(id) = &organisation::home_page::home(&house.desk, &member)
        .await
        .unwrap()
        .links[0]
        .target
        .clone()
    else {
        panic!("a file")
    };
    assert_eq!(
        organisation::home_page::house_file(&house.desk, &member, id)
            .await
            .unwrap(),
        ("a.pdf".to_owned(), i64::try_from(bytes.len()).unwrap())
    );
    let path = format!("/northlight/files/{id}");
    let whole = String::from_utf8_lossy(&bytes).into_owned();
    assert_eq!(house.get(&path, &cookie).await.body, whole);
    let nearly = [PDF, &vec![b' '; 9 * 1024 * 1024], b"%%EOF"].concat();
    assert_eq!(post(&cookie, &nearly).await.status, 200);
    let large = [PDF, &vec![b' '; 10 * 1024 * 1024], b"%%EOF"].concat();
    assert_eq!(post(&cookie, &large).await.status, 422);
    assert_eq!(post(&cookie, &vec![b' '; 11 * 1024 * 1024]).await.status, 413);
    let empty = post(&cookie, b"").await;
    assert_eq!(empty.status, 422, "no file and no address");
    let refusal: Refusal = serde_json::from_str(&empty.body).unwrap();
    assert_eq!(
        refusal.fields.len(),
        1,
        "it says which field, in words: {}",
        empty.body
    );
    assert!(!refusal.message.starts_with("error-"), "{}", refusal.message);
    assert_eq!(post("", &bytes).await.status, 401, "strangers post nothing large");
    assert_eq!(
        organisation::home_page::home(&house.desk, &member)
            .await
            .unwrap()
            .links
            .len(),
        2
    );
    house.deliver().await;
}

both!(questions_are_answered);
/// Questions and answers: in the reader's language, in the one there is, or the general ones;
/// sanitised.
async fn questions_are_answered(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = newcomer(house, &ivo, "mira").await;
    let cookie = house.cookie(&mira).await;
    assert!(
        house
            .get("/northlight/faq", &cookie)
            .await
            .body
            .contains("Why is my access restricted?")
    );
    organisation::home_page::write_faq(
        &house.desk,
        &ivo,
        &member,
        Language::De,
        "# Wer?\n\n*Ivo* <script>alert(1)</script>",
    )
    .await
    .unwrap();
    let shown = house.get("/northlight/faq", &cookie).await.body;
    assert!(
        shown.contains("<h2>Wer?</h2>")
            && shown.contains("lang=\"de\"")
            && shown.contains("<em>Ivo</em>")
            && !shown.contains("<script>alert(1)"),
        "{shown}"
    );
    organisation::home_page::write_faq(&house.desk, &ivo, &member, Language::En, "Ask Ivo.")
        .await
        .unwrap();
    assert!(
        house
            .get("/northlight/faq", &cookie)
            .await
            .body
            .contains("Ask Ivo.")
    );
    organisation::home_page::write_faq(&house.desk, &ivo, &member, Language::En, " ")
        .await
        .unwrap();
    assert_eq!(
        organisation::home_page::faqs(&house.desk, &member)
            .await
            .unwrap()
            .len(),
        1
    );
    let most = "%C3%A4".repeat(50_000);
    let admin = house.cookie(&ivo).await;
    assert_eq!(
        house
            .post(
                "/actions/write_faq",
                &admin,
                &format!("org=northlight&language=en&body={most}")
            )
            .await
            .status,
        200,
        "the longest page fits into a form"
    );
    organisation::home_page::write_faq(&house.desk, &ivo, &member, Language::En, "")
        .await
        .unwrap();
    let long = "x".repeat(50_001);
    assert_eq!(
        organisation::home_page::write_faq(&house.desk, &ivo, &member, Language::En, &long).await,
        Err(Error::field("body", Why::TooLong(50_000)))
    );
    let theirs = house.membership(&mira, "northlight").await;
    assert_eq!(
        organisation::home_page::write_faq(&house.desk, &mira, &theirs, Language::En, "Mine").await,
        Err(Error::Forbidden)
    );
    house.deliver().await;
}

both!(feedback_is_delivered);
/// Feedback goes to its address, or to whoever may change the settings; it is kept in the history
/// and limited.
async fn feedback_is_delivered(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let mira = newcomer(house, &ivo, "mira").await;
    let theirs = house.membership(&mira, "northlight").await;
    organisation::home_page::give_feedback(&house.desk, &mira, &theirs, "The door\nsticks.")
        .await
        .unwrap();
    let letters = house.letters_to("admin@northlight.test").await;
    let letter = letters.last().unwrap();
    assert!(
        letter.subject.contains("mira") && letter.text.contains("> The door\n> sticks."),
        "{}",
        letter.text
    );
    assert_eq!(
        organisation::organisations::change_feedback_address(&house.desk, &ivo, &member, "nobody").await,
        Err(Error::field("feedback_address", Why::NotAnEmail))
    );
    let change = organisation::organisations::change_feedback_address;
    assert_eq!(
        change(&house.desk, &ivo, &member, "talk@elsewhere.test").await,
        Err(Error::field("feedback_address", Why::AddressOfNobody)),
        "nobody here has proven it"
    );
    newcomer(house, &ivo, "Talk").await;
    change(&house.desk, &ivo, &member, "Talk@northlight.test")
        .await
        .unwrap();
    organisation::home_page::give_feedback(&house.desk, &mira, &theirs, "Mended, thanks.")
        .await
        .unwrap();
    assert_eq!(house.letters_to("Talk@northlight.test").await.len(), 1);
    assert_eq!(
        house
            .count(
                "select count(*) from events e join event_details d on d.event_id = e.id \
                 where e.what = 'feedback.given'"
            )
            .await,
        2
    );
    assert_eq!(
        organisation::home_page::give_feedback(&house.desk, &mira, &theirs, " \n ").await,
        Err(Error::field("message", Why::Missing))
    );
    for _ in 2..10 {
        organisation::home_page::give_feedback(&house.desk, &mira, &theirs, "Again")
            .await
            .unwrap();
    }
    assert!(matches!(
        organisation::home_page::give_feedback(&house.desk, &mira, &theirs, "Again").await,
        Err(Error::TooManyTries { .. })
    ));
    house.deliver().await;
}
