//! Connectors of this crate's own making, as programs: what they write is what is read.

use connector_sdk::ErrorKind;

use super::*;

/// A connector's binary by the template that it writes itself.
fn made(path: &str) -> CommandConnector {
    let home = tempfile::tempdir().expect("a folder");
    let written = std::process::Command::new(path)
        .args(["manifest", "--format", "puffer", "--out"])
        .arg(home.path())
        .status()
        .expect("it runs");
    assert!(written.success());
    let connectors = fs::read_dir(home.path().join("connectors")).expect("a folder");
    let folder = connectors.last().expect("one").expect("read").path();
    let template = fs::read_to_string(folder.join("template.json")).expect("a template");
    let register = fs::read_to_string(folder.join("register.json")).expect("a call");
    let connector = CommandConnector::from_template(&template).expect("a template");
    let same = CommandConnector::from_template(&register).expect("what is registered");
    assert_eq!(format!("{connector:?}"), format!("{same:?}"));
    connector.command([path]).expect("a command")
}

#[tokio::test]
async fn a_ticker_acts_as_its_own_connector_does() {
    let ticker = open(&made(env!("CARGO_BIN_EXE_ticker")));
    ticker.health(Context::new()).await.expect("well");
    let act = async |action: &str, input: Value| ticker.act(action, &input, &caller()).await;
    let echo = act("echo", json!({"text": "hi\nyou"})).await.expect("an answer");
    assert_eq!(echo.parse::<Value>().expect("JSON"), json!({"text": "hi\nyou"}), "and nothing of Puffer's");
    let error = act("echo", json!({"txt": 1})).await.expect_err("unknown");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("did you mean `text`?"), "{error}");
    let error = act("fail", json!({})).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("slower, please"), "{error}");
    act("print", json!({})).await.expect("what it prints is no answer");
    act("spawn", json!({})).await.expect("what it starts holds nobody up");
    let sent = act("send_message", json!({"to": "a", "text": "hi"})).await.expect("delivered");
    assert_eq!(sent.parse::<Value>().expect("JSON"), json!({"id": "a: hi"}));
    let readonly = Caller::new("test", Mode::Readonly);
    assert_eq!(
        ticker.act("fail", &json!({}), &readonly).await.expect_err("denied").kind(),
        ErrorKind::Denied
    );
}

#[tokio::test]
async fn a_ticker_goes_on_after_its_cursor() {
    let mut subscription =
        open(&made(env!("CARGO_BIN_EXE_ticker"))).subscribe(Some("7"), options()).expect("subscribed");
    for n in 8..=10 {
        let event = event(&mut subscription).await;
        assert_eq!((event.id(), json_of(&event)["n"].as_u64()), (format!("e{n}").as_str(), Some(n)));
        subscription.acknowledge(event.id());
    }
    assert_eq!(subscription.cursor().as_deref(), Some("10"));
    subscription.stop().await;
    assert!(subscription.next().await.is_none());
}

/// Its window is three, so it waits for acknowledgements that come by way of the host.
#[tokio::test]
async fn chimes_strike_all_their_hours() {
    let mut subscription =
        open(&made(env!("CARGO_BIN_EXE_chimes"))).subscribe(None, options()).expect("subscribed");
    for hour in 1..=12 {
        let event = event(&mut subscription).await;
        assert_eq!(json_of(&event)["message"], format!("{hour} o'clock"));
        subscription.acknowledge(event.id());
    }
    assert_eq!(subscription.cursor().as_deref(), Some("{\"hour\":12}"));
}
