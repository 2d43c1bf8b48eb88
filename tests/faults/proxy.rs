//! H16: where a proxy is the only way out, providers are asked by it; `NO_PROXY` names who is not.
use crate::faults::files::until_it_listens;
use crate::harness::ports;
use serde_json::json;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Where the provider would be: nobody listens there.
const NOBODY: &str = "http://localhost:9";

/// What the proxy was asked for, by the first lines of requests.
type Asked = Arc<Mutex<Vec<String>>>;

/// A proxy that answers for the provider.
async fn proxy() -> (u16, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Asked::default());
    let seen = asked.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, seen.clone()));
        }
    });
    (port, asked)
}

async fn answer(mut stream: TcpStream, asked: Asked) {
    let head = head(&mut stream).await;
    asked
        .lock()
        .unwrap()
        .push(head.lines().next().unwrap_or_default().to_owned());
    let document = json!({
        "issuer": NOBODY, "authorization_endpoint": format!("{NOBODY}/authorize"),
        "token_endpoint": format!("{NOBODY}/token"), "jwks_uri": format!("{NOBODY}/jwks"),
    })
    .to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{document}",
        document.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}

async fn head(stream: &mut TcpStream) -> String {
    let (mut head, mut some) = (Vec::new(), [0; 1024]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut some).await {
            Ok(n) if n > 0 => head.extend_from_slice(&some[..n]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Starts the built server with these variables; the head of its answer to who signs in with the provider.
async fn leave(variables: &[(&str, String)]) -> String {
    let folder = std::env::temp_dir().join(format!("anteroom-proxy-{}", anteroom::clock::mint().salt()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("anteroom.toml");
    let provider = format!(
        "[[provider]]\nid = \"idp\"\nlabel = \"Example\"\nclient_id = \"anteroom\"\n\
         discovery_url = \"{NOBODY}/.well-known/openid-configuration\"\n"
    );
    std::fs::write(&file, provider).unwrap();
    let address = ports::steady();
    let mut server = Command::new(env!("CARGO_BIN_EXE_anteroom"))
        .args(["serve", "--listen", &address.to_string(), "--data"])
        .arg(folder.join("data"))
        .arg("--config")
        .arg(&file)
        .env_clear()
        .envs(variables.iter().map(|(name, value)| (*name, value.as_str())))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _said = until_it_listens(&mut server);
    let mut stream = TcpStream::connect(address).await.unwrap();
    let ask = format!("GET /signin/idp HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    let told = head(&mut stream).await;
    server.kill().unwrap();
    server.wait().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    told
}

#[tokio::test]
async fn h16_providers_are_asked_by_the_proxy() {
    let (port, asked) = proxy().await;
    let by = ("HTTP_PROXY", format!("http://127.0.0.1:{port}"));
    let told = leave(std::slice::from_ref(&by)).await;
    assert!(told.contains(&format!("location: {NOBODY}/authorize?")), "{told}");
    let first = format!("GET {NOBODY}/.well-known/openid-configuration HTTP/1.1");
    assert_eq!(*asked.lock().unwrap(), [first]);
    let told = leave(&[by, ("NO_PROXY", "localhost".into())]).await;
    assert!(!told.contains("/authorize?"), "{told}");
    assert_eq!(
        asked.lock().unwrap().len(),
        1,
        "nobody was asked, and nobody answered"
    );
}
