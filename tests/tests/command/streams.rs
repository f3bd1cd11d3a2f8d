//! `subscribe`: what a program's lines become, and what the program hears.

use std::time::Duration;

use connector_sdk::ErrorKind;
use connector_sdk::event::Health;
use tempfile::tempdir;

use super::*;

/// Tells what it reads, line by line, after it told `first`.
fn telling(first: &str) -> CommandConnector {
    script(&format!("{first}\nexec cat >&2"))
}

fn event_line(n: u32) -> String {
    format!(r#"{{"type":"event","id":"e{n}","cursor":"{n}","payload":{{"n":{n}}}}}"#)
}

#[tokio::test]
async fn frames_become_items() {
    let connector = telling(&format!(
        "echo '{}'\n\
         printf '\\n  \\n{}\\r\\n'\n\
         echo '{{\"payload\":null,\"id\":\"x y\",\"cursor\":\"3\",\"more\":[1],\"type\":\"event\"}}'\n\
         echo '{{\"type\":\"checkpoint\",\"cursor\":\"9\"}}'",
        event_line(1),
        event_line(2),
    ));
    let log = Arc::new(Log::default());
    let options = options().observer(Arc::clone(&log) as Arc<dyn Observer>);
    let mut subscription = open(&connector).subscribe(Some("a\"b"), options).expect("subscribed");
    let events =
        [event(&mut subscription).await, event(&mut subscription).await, event(&mut subscription).await];
    let told: Vec<(&str, &str, Value)> =
        events.iter().map(|event| (event.id(), event.cursor(), json_of(event))).collect();
    assert_eq!(told, [("e1", "1", json!({"n": 1})), ("e2", "2", json!({"n": 2})), ("x y", "3", Value::Null)]);
    assert_eq!(subscription.cursor().as_deref(), Some("a\"b"), "nothing is acknowledged");
    for event in &events {
        subscription.acknowledge(event.id());
    }
    let Item::Checkpoint(cursor) = next(&mut subscription).await else { panic!("no checkpoint") };
    assert_eq!((&*cursor, subscription.cursor().as_deref()), ("9", Some("9")));
    let text = log.until("\"event_id\":\"x y\"").await;
    assert!(text.contains(r#"{"op":"subscribe","connection":"work","cursor":"a\"b"}"#), "{text}");
    assert!(text.contains(r#"{"op":"ack","cursor":"1","event_id":"e1"}"#), "{text}");
    subscription.stop().await;
}

#[tokio::test]
async fn a_line_that_is_no_frame_is_left_out() {
    let connector = telling(&format!(
        "echo nonsense; echo '{{\"type\":\"event\",\"id\":\"a\",\"cursor\":7,\"payload\":1}}'\n\
         echo '{{\"type\":\"event\",\"id\":\"b\",\"cursor\":\"7\"}}'; echo '{{\"type\":\"event\",\"id\":\"\",\"cursor\":\"7\",\"payload\":1}}'\n\
         echo '{{\"type\":\"hello\"}}'; echo '[]'; echo '{{\"type\":\"contacts\",\"contacts\":[]}}'; echo '{{\"type\":\"checkpoint\"}}'\n\
         echo '{{\"type\":\"health\"}}'; echo '{{\"type\":\"event\",\"id\":\"c\",\"id\":\"d\",\"cursor\":\"7\",\"payload\":1}}'\n\
         echo '{}'",
        event_line(8)
    ));
    let log = Arc::new(Log::default());
    let options = options().observer(Arc::clone(&log) as Arc<dyn Observer>);
    let mut subscription = open(&connector).subscribe(None, options).expect("subscribed");
    assert_eq!(event(&mut subscription).await.id(), "e8");
    let text = log.text();
    for said in [
        "nonsense",
        "needs an `id` and a `cursor`, which are texts, and a `payload`: {\"type\":\"event\",\"id\":\"a\"",
        "needs an `id` and a `cursor`, which are texts, and a `payload`: {\"type\":\"event\",\"id\":\"b\"",
        "`id` is empty",
        "no frame `hello`",
        "checkpoint needs",
        "health frame needs",
        "duplicate field",
    ] {
        assert!(text.contains(said), "no {said}: {text}");
    }
    assert_eq!(text.matches("[warn] a line of the program is left out").count(), 9, "{text}");
}

/// How the first run of a program ended.
async fn ends(text: &str) -> (ErrorKind, String) {
    let mut subscription = open(&script(text)).subscribe(None, options()).expect("subscribed");
    loop {
        let item = next(&mut subscription).await;
        if let Item::Health(Health::Retrying { failure, .. } | Health::Failed { failure }) = item {
            return (failure.kind, failure.message);
        }
    }
}

#[tokio::test]
async fn the_end_of_a_program_is_an_error() {
    for (text, kind, said) in [
        ("exit 0", ErrorKind::Unavailable, "the program ended (exit status: 0) and said nothing"),
        ("read x; echo gone >&2; exit 3", ErrorKind::Unavailable, "exit status: 3): gone"),
        ("printf '{\"type\":\"event\",\"id\":\"'; kill -9 $$", ErrorKind::Unavailable, "signal: 9"),
        ("printf '\\377\\n'; exec cat >/dev/null", ErrorKind::Upstream, "not UTF-8"),
        (
            "head -c 2097152 /dev/zero | tr '\\0' x; echo; exec cat >/dev/null",
            ErrorKind::Upstream,
            "longer than 1 MiB",
        ),
        ("exec cat /dev/zero", ErrorKind::Upstream, "longer than 1 MiB"),
        (
            "echo '{\"type\":\"health\",\"status\":\"auth_required\",\"detail\":\"log in\"}'; exec cat >/dev/null",
            ErrorKind::Auth,
            "`script`: log in",
        ),
    ] {
        let (found, message) = ends(text).await;
        assert_eq!(found, kind, "{text}: {message}");
        assert!(message.contains(said), "{text}: {message}");
    }
    let closed = script("exec >&-; sleep 1000").grace(Duration::from_millis(100));
    let mut subscription = open(&closed).subscribe(None, options()).expect("subscribed");
    let Item::Health(Health::Retrying { failure, .. }) = next(&mut subscription).await else {
        panic!("well")
    };
    assert!(failure.message.contains("closed its standard output"), "{failure:?}");
}

#[tokio::test]
async fn what_a_program_says_of_itself_is_told() {
    let connector = telling(&format!(
        "echo '{{\"type\":\"health\",\"status\":\"ok\"}}'; echo '{{\"type\":\"health\",\"status\":\"offline\",\"detail\":\"no net\"}}'\n\
         read x; read go; echo '{}'",
        event_line(1)
    ));
    let mut subscription = open(&connector).subscribe(None, options()).expect("subscribed");
    let Item::Health(Health::Retrying { failure, .. }) = next(&mut subscription).await else {
        panic!("well")
    };
    assert_eq!((failure.kind, failure.message.as_str()), (ErrorKind::Unavailable, "no net"));
    subscription.stop().await;
}

#[tokio::test]
async fn a_program_is_started_again_later_and_later() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("starts");
    let connector = script(&format!("echo x >>'{}'; exit 1", file.display()));
    let mut options = options();
    (options.first_wait, options.longest_wait) = (Duration::from_millis(20), Duration::from_millis(40));
    let mut subscription = open(&connector).subscribe(None, options).expect("subscribed");
    let (mut longest, mut lasted) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..12 {
        let Item::Health(Health::Retrying { wait, lasting, .. }) = next(&mut subscription).await else {
            panic!("well")
        };
        assert!(wait <= Duration::from_millis(40), "{wait:?}");
        (longest, lasted) = (longest.max(wait), lasting);
    }
    // A random part of each wait is waited; of twelve, one is longer than the first could be.
    assert!(longest > Duration::ZERO && lasted > Duration::ZERO);
    assert!(fs::read_to_string(&file).expect("starts").lines().count() >= 12);
}

#[tokio::test]
async fn a_stream_that_is_stopped_ends_by_itself_or_is_ended() {
    let home = tempdir().expect("a folder");
    let (polite, number) = (home.path().join("polite"), home.path().join("number"));
    // It hears of the end, does what it has to do, and says so.
    let text =
        format!("echo '{}'; cat >/dev/null; sleep 0.2; echo done >'{}'", event_line(1), polite.display());
    let mut subscription = open(&script(&text)).subscribe(None, options()).expect("subscribed");
    event(&mut subscription).await;
    subscription.stop().await;
    assert_eq!(fs::read_to_string(&polite).expect("it was let finish"), "done\n");
    // It doesn't care.
    let text = format!("trap '' TERM HUP; echo $$ >'{}'; while :; do sleep 1; done", number.display());
    let rude = script(&text).grace(Duration::from_millis(200));
    let mut subscription = open(&rude).subscribe(None, options()).expect("subscribed");
    let id = number_in(&number).await;
    subscription.stop().await;
    assert!(!is_alive(&id), "it was ended before the stop was over");
    // Nobody asks.
    fs::remove_file(&number).expect("removed");
    let subscription = open(&script(&text)).subscribe(None, options()).expect("subscribed");
    let id = number_in(&number).await;
    drop(subscription);
    is_gone(&id).await;
}

#[tokio::test]
async fn a_host_that_takes_nothing_makes_the_program_wait() {
    let home = tempdir().expect("a folder");
    let file = home.path().join("written");
    let text = format!(
        "i=0; while :; do i=$((i+1)); echo '{{\"type\":\"event\",\"id\":\"'$i'\",\"cursor\":\"'$i'\",\"payload\":\"'$(printf %01000d 0)'\"}}'; echo $i >'{}'; done",
        file.display()
    );
    let mut options = options();
    options.window = 10;
    let mut subscription = open(&script(&text)).subscribe(None, options).expect("subscribed");
    for _ in 0..10 {
        event(&mut subscription).await;
    }
    let written =
        || fs::read_to_string(&file).ok().and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
    // What lies in the pipes and in between is a few hundred of them.
    let mut last = 0;
    wait(|| std::mem::replace(&mut last, written()) == written() && last > 0).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(written() < 5000, "{}", written());
    assert!(
        tokio::time::timeout(Duration::from_millis(100), subscription.next()).await.is_err(),
        "the window is full"
    );
}
