//! Groups of members.
use crate::harness::House;
use anteroom::desk::people;
use anteroom::domain::{Error, Why};

both!(groups_have_one_name_each);
async fn groups_have_one_name_each(house: &House) {
    let (ivo, member) = house.founder("northlight").await;
    let lab = house.group(&ivo, " Lab ", &[]).await;
    let taken = Err(Error::field("name", Why::NameTaken));
    assert_eq!(
        people::groups::create(&house.desk, &ivo, &member, "Lab")
            .await
            .map(|_| ()),
        taken
    );
    let desk = house.group(&ivo, "Desk", &[]).await;
    assert_eq!(
        people::groups::rename(&house.desk, &ivo, &member, &desk, "Lab").await,
        taken
    );
    people::groups::rename(&house.desk, &ivo, &member, &desk, "Front desk")
        .await
        .unwrap();
    assert_eq!(
        people::groups::add(&house.desk, &ivo, &member, &lab, " ").await,
        Err(Error::field("person", Why::Missing))
    );
    assert_eq!(
        people::groups::remove(&house.desk, &ivo, &member, &lab, ivo.id()).await,
        Err(Error::NotFound)
    );
    people::groups::delete(&house.desk, &ivo, &member, &lab)
        .await
        .unwrap();
    assert_eq!(
        people::groups::delete(&house.desk, &ivo, &member, &lab).await,
        Err(Error::NotFound)
    );
    let names: Vec<_> = people::groups::list(&house.desk, &member)
        .await
        .unwrap()
        .into_iter()
        .map(|(g, n)| (g.name, n))
        .collect();
    assert_eq!(names, [("Front desk".to_owned(), 0)]);
    house.deliver().await;
}
