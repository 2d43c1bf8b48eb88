//! The organisation's agent: its secret, and its slowness.
use crate::chat::room::Room;
use crate::harness::House;
use anteroom::clock;
use anteroom::delivery::hooks::provisioning::sign;
use anteroom::desk::chat;
use anteroom::domain::connector::{Platform, ROTATION};
use anteroom::domain::delivery::JobKind;
use anteroom::domain::verdict::Verdict;

both!(the_agents_secret_is_replaced_in_peace);
/// The agent's secret is made anew; for seven days messages are signed by both, and each receiver
/// finds its own.
async fn the_agents_secret_is_replaced_in_peace(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    room.approved(42).await;
    let shown = room.set(&[("renew_agent", "on")]).await;
    assert_eq!(shown.len(), 1);
    room.hears(2, 42, "Signed twice").await;
    let (_, headers, body) = room
        .peer
        .calls
        .lock()
        .unwrap()
        .iter()
        .find(|(path, ..)| path == "/agent")
        .cloned()
        .unwrap();
    let of = |name: &str| headers[name].to_str().unwrap();
    let expected = [&shown[0], &room.shown[1]].map(|s| {
        format!(
            "v1,{}",
            sign(s, of("webhook-id"), of("webhook-timestamp"), &body).unwrap()
        )
    });
    assert_eq!(of("webhook-signature"), expected.join(" "));
    let kept = room.kept().await;
    assert_eq!(
        chat::secrets::agent_secrets(&house.desk, &kept, clock::now() + ROTATION).unwrap(),
        [shown[0].clone()]
    );
    // Another address is somebody else: what signed for the former one does not sign there.
    let other = format!("{}/other", room.peer.url);
    let shown = room.set(&[("agent", &other)]).await;
    let kept = room.kept().await;
    assert_eq!(
        chat::secrets::agent_secrets(&house.desk, &kept, clock::now()).unwrap(),
        shown
    );
}

both!(a_slow_agent_delays_nobody_else);
/// An agent that does not answer keeps no platform waiting.
async fn a_slow_agent_delays_nobody_else(house: &House) {
    let room = Room::new(house, Platform::Telegram).await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let agent = format!("http://{}/agent", silent.local_addr().unwrap());
    room.set(&[("agent", &agent)]).await;
    for person in 1..=40 {
        room.telegram(person, person, "Hello").await;
    }
    room.work().await;
    for id in room.ids().await {
        room.decide(&id, Verdict::Approve, "").await.unwrap();
    }
    room.work().await;
    let other = room.join(Platform::Telegram, "Other desk").await;
    other.hears(1, 98, "Hello").await;
    other
        .decide(&other.ids().await[0], Verdict::Approve, "")
        .await
        .unwrap();
    other.work().await;
    for person in 1..=40 {
        room.telegram(1000 + person, person, "To the agent").await;
    }
    room.until_done(&[JobKind::Arrival]).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let delivering = tokio::spawn(room.deliverers().run(stop.clone()));
    // The agent has taken the connection, and says nothing: neither people nor another connector's
    // agent wait for it.
    let held = silent.accept().await.unwrap();
    room.telegram(5000, 99, "Hello").await;
    other.telegram(5001, 98, "To the other agent").await;
    room.until_done(&[JobKind::Arrival]).await;
    let told = || room.peer.texts().len() == 81 && other.peer.taken("/agent").len() == 1;
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !told() && std::time::Instant::now() < patience {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(told(), "{}", room.peer.texts().len());
    drop((held, silent));
    stop.cancel();
    delivering.await.unwrap();
}
