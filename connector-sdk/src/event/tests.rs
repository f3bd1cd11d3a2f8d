//! Subscriptions over a scripted connector, in time that passes only where somebody waits.

mod acknowledgements;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::call::{Caller, Connection, Redactor};
use crate::manifest::{Delivery, Events as ManifestEvents, Manifest, Mode};
use crate::message::{OutgoingMessage, Receipt};
use crate::{BoxFuture, Call, Connector, Context, Error, Output, Result, Run, Secret};

const SECRET: &str = "t0p-s3cret";

type Script =
    dyn for<'a> Fn(usize, Option<&'a str>, Emitter, &'a Context) -> BoxFuture<'a, Result<()>> + Send + Sync;

/// Does what a test says, with the number of the run.
struct Scripted {
    manifest: Manifest,
    runs: AtomicUsize,
    script: Box<Script>,
}

impl Connector for Scripted {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, _: Call<'a>) -> Result<Run<'a>> {
        Err(Error::usage("it has no actions"))
    }

    fn events<'a>(
        &'a self,
        since: Option<&'a str>,
        out: Emitter,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        (self.script)(self.runs.fetch_add(1, Ordering::Relaxed), since, out, context)
    }

    fn send<'a>(
        &'a self,
        message: &'a OutgoingMessage,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Receipt>> {
        Box::pin(async move {
            // As `manifest` says, it can't tell a repetition, so nobody may repeat by the key.
            assert_eq!(context.idempotency_key(), None);
            match message.text.as_str() {
                "panic" => panic!("with {SECRET}"),
                "refuse" => Err(Error::auth(format!("{SECRET} was refused"))),
                text => Ok(Receipt::new(format!("{SECRET}-{text}"))),
            }
        })
    }
}

fn connection_of(manifest: Manifest, script: Box<Script>) -> Arc<Connection> {
    let scripted = Scripted { manifest, runs: AtomicUsize::new(0), script };
    Arc::new(Connection::over("work", Box::new(scripted), Redactor::new(&[Secret::new(SECRET)])))
}

fn manifest() -> Manifest {
    let mut manifest = Manifest::new("scripted", "Scripted", "1.0.0");
    manifest.events = Some(ManifestEvents::new("Numbers.", json!({"type": "integer"})));
    manifest.delivery = Some(Delivery::new("Delivers."));
    manifest
}

fn connection(script: Box<Script>) -> Arc<Connection> {
    connection_of(manifest(), script)
}

fn options() -> SubscribeOptions {
    SubscribeOptions::new("test")
}

fn event(n: u64) -> Event<u64, u64> {
    Event { id: format!("e{n}"), cursor: n, payload: n }
}

/// The next event; whatever else comes before it is left out.
async fn next(subscription: &mut Subscription) -> RawEvent {
    loop {
        match timeout(Duration::from_secs(3600), subscription.next()).await.expect("in time") {
            Some(Item::Event(event)) => return event,
            Some(_) => {}
            None => panic!("the subscription ended"),
        }
    }
}

async fn next_health(subscription: &mut Subscription) -> Health {
    loop {
        match timeout(Duration::from_secs(3600), subscription.next()).await.expect("in time") {
            Some(Item::Health(health)) => return health,
            Some(_) => {}
            None => panic!("the subscription ended"),
        }
    }
}

/// Emits every number after `since` up to `last`, then waits for ever.
fn numbers(last: u64) -> Box<Script> {
    Box::new(move |_, since, out, _| {
        Box::pin(async move {
            let (since, mut out) = typed::<u64, u64>(since, out)?;
            for n in since.unwrap_or(0) + 1..=last {
                out.emit(event(n)).await?;
            }
            std::future::pending().await
        })
    })
}

#[tokio::test(start_paused = true)]
async fn events_come_and_are_acknowledged() {
    let mut subscription = connection(numbers(3)).subscribe(Some("1"), options()).expect("subscribed");
    let (two, three) = (next(&mut subscription).await, next(&mut subscription).await);
    assert_eq!((two.id(), two.cursor(), two.payload()), ("e2", "2", &b"2"[..]));
    assert_eq!(subscription.cursor().as_deref(), Some("1"));
    subscription.acknowledge(three.id());
    subscription.acknowledge("unknown");
    assert_eq!(subscription.cursor().as_deref(), Some("1"));
    subscription.acknowledge(two.id());
    assert_eq!(subscription.cursor().as_deref(), Some("3"));
    subscription.stop().await;
    assert_eq!(subscription.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn emitting_waits_while_the_window_is_full() {
    let emitted = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&emitted);
    let script: Box<Script> = Box::new(move |_, since, out, _| {
        let counted = Arc::clone(&counted);
        Box::pin(async move {
            let (_, mut out) = typed::<u64, u64>(since, out)?;
            for n in 1..=100 {
                out.emit(event(n)).await?;
                counted.fetch_add(1, Ordering::Relaxed);
            }
            std::future::pending().await
        })
    });
    let mut manifest = manifest();
    manifest.events.as_mut().expect("events").window = Some(7);
    let mut subscription = connection_of(manifest, script).subscribe(None, options()).expect("subscribed");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(emitted.load(Ordering::Relaxed), 7);
    let first = next(&mut subscription).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(emitted.load(Ordering::Relaxed), 7, "taken is not acknowledged");
    subscription.acknowledge(first.id());
    sleep(Duration::from_secs(1)).await;
    assert_eq!(emitted.load(Ordering::Relaxed), 8);
    for _ in 1..100 {
        let event = next(&mut subscription).await;
        subscription.acknowledge(event.id());
    }
    assert_eq!(subscription.cursor().as_deref(), Some("100"));
}

#[tokio::test(start_paused = true)]
async fn large_payloads_wait_for_a_host_that_takes_them() {
    let script: Box<Script> = Box::new(|_, _, mut out, _| {
        Box::pin(async move {
            for n in 1..=12 {
                let payload = Output::serialize(&"x".repeat(1024 * 1024)).expect("JSON");
                out.emit(&format!("e{n}"), "c", payload).await?;
            }
            std::future::pending().await
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    sleep(Duration::from_secs(1)).await;
    let mut items = VecDeque::new();
    assert!(subscription.next_all(&mut items).await);
    assert_eq!(items.len(), 4, "4 MiB and no more");
    let mut all = items.len();
    while all < 12 {
        items.clear();
        assert!(subscription.next_all(&mut items).await);
        all += items.len();
    }
}

#[tokio::test(start_paused = true)]
async fn long_ids_and_cursors_wait_as_large_payloads_do() {
    let script: Box<Script> = Box::new(|_, _, mut out, _| {
        Box::pin(async move {
            for n in 1000..1200 {
                let (id, cursor) = (format!("{n}{}", "i".repeat(60_000)), "c".repeat(60_000));
                out.emit(&id, &cursor, Output::serialize(&n)?).await?;
            }
            std::future::pending().await
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    sleep(Duration::from_secs(1)).await;
    let mut items = VecDeque::new();
    assert!(subscription.next_all(&mut items).await);
    assert_eq!(items.len(), 35, "4 MiB and no more");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_retried_from_the_safe_cursor_and_nothing_comes_twice() {
    let begun = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&begun);
    let script: Box<Script> = Box::new(move |run, since, out, _| {
        kept.lock().expect("whole").push(since.map(str::to_owned));
        Box::pin(async move {
            let (since, mut out) = typed::<u64, u64>(since, out)?;
            let first = since.unwrap_or(0) + 1;
            for n in first..first + 3 {
                out.emit(event(n)).await?;
            }
            if run < 3 {
                return Err(Error::unavailable(format!("the service is gone, says {SECRET}")));
            }
            std::future::pending().await
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    let first = next(&mut subscription).await;
    subscription.acknowledge(first.id());
    let mut seen = vec![first.id().to_owned()];
    let Health::Retrying { failure, .. } = next_health(&mut subscription).await else {
        panic!("not retried")
    };
    assert_eq!(failure.kind, ErrorKind::Unavailable);
    assert_eq!(failure.message, "the service is gone, says [redacted]");
    sleep(Duration::from_secs(600)).await;
    while let Ok(Some(item)) = timeout(Duration::from_secs(1), subscription.next()).await {
        if let Item::Event(event) = item {
            seen.push(event.id().to_owned());
        }
    }
    assert_eq!(seen.last().map(String::as_str), Some("e4"), "{seen:?}");
    let mut once = seen.clone();
    once.dedup();
    assert_eq!(once, seen, "nothing is sent twice");
    let begun = begun.lock().expect("whole").clone();
    assert_eq!(begun[0], None);
    assert!(begun[1..].iter().all(|since| since.as_deref() == Some("1")), "{begun:?}");
}

/// How long the method waited between its first runs, and what the host was told.
async fn waits(
    runs: usize,
    mut options: SubscribeOptions,
    fail: fn() -> Error,
) -> (Vec<Duration>, Vec<Health>) {
    options.caller = "waits".into();
    let began = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&began);
    let script: Box<Script> = Box::new(move |_, _, _, _| {
        kept.lock().expect("whole").push(Instant::now());
        Box::pin(async move { Err(fail()) })
    });
    let mut subscription = connection(script).subscribe(None, options).expect("subscribed");
    let mut told = Vec::new();
    while began.lock().expect("whole").len() < runs {
        match timeout(Duration::from_secs(100_000), subscription.next()).await.expect("in time") {
            Some(Item::Health(health)) => told.push(health),
            Some(_) => {}
            None => break,
        }
    }
    let began = began.lock().expect("whole").clone();
    (began.windows(2).map(|pair| pair[1] - pair[0]).collect(), told)
}

#[tokio::test(start_paused = true)]
async fn waits_grow() {
    let (waits, told) = waits(12, options(), || Error::upstream("no")).await;
    for (place, wait) in waits.iter().enumerate() {
        let most = Duration::from_secs(60.min(1 << place)) + Duration::from_millis(2);
        assert!(*wait <= most, "{place}: {waits:?}");
    }
    let long: Duration = waits.iter().sum();
    assert!(long > Duration::from_secs(30), "{waits:?}");
    let lasting = told.iter().map(|health| match health {
        Health::Retrying { lasting, .. } => *lasting,
        other => panic!("{other:?}"),
    });
    assert!(lasting.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn what_a_service_asks_for_is_honoured() {
    let (waits, _) =
        waits(4, options(), || Error::rate_limited("slower").with_retry_after(Duration::from_secs(90))).await;
    for wait in waits {
        assert!((90.0..=91.1).contains(&wait.as_secs_f64()), "{wait:?}");
    }
}

/// Nobody would know of a subscription that sleeps for years, and a service that counts wrong asks for that.
#[tokio::test(start_paused = true)]
async fn what_a_service_asks_for_has_its_limit() {
    let mut options = options();
    let fail = || Error::rate_limited("in thirty years").with_retry_after(Duration::from_secs(1_000_000_000));
    for (limit, most) in [(None, 3601.1), (Some(Duration::from_secs(7)), 8.1)] {
        options.longest_asked = limit.unwrap_or(options.longest_asked);
        let (waits, told) = waits(4, options.clone(), fail).await;
        for wait in waits {
            assert!((most - 1.1..=most).contains(&wait.as_secs_f64()), "{wait:?}");
        }
        assert!(!told.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_no_loop() {
    for kind in [ErrorKind::Auth, ErrorKind::Setup, ErrorKind::Usage, ErrorKind::Denied] {
        let script: Box<Script> = Box::new(move |_, _, _, _| {
            Box::pin(async move { Err(Error::new(kind, format!("no {SECRET}"))) })
        });
        let connection = connection(script);
        let mut subscription = connection.subscribe(None, options()).expect("subscribed");
        let failed = Health::Failed { failure: Failure { kind, message: "no [redacted]".into() } };
        let began = Instant::now();
        assert_eq!(next_health(&mut subscription).await, failed);
        assert!(began.elapsed() < Duration::from_secs(1), "at once");
        assert_eq!(next_health(&mut subscription).await, failed);
        assert!(began.elapsed() >= Duration::from_secs(300), "it is tried again after a long while");

        let mut subscription = connection.subscribe(None, options().end_on_failure()).expect("subscribed");
        assert_eq!(subscription.next().await, Some(Item::Health(failed)));
        assert_eq!(subscription.next().await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn health_is_good_again_when_something_comes_or_a_while_passes() {
    let script: Box<Script> = Box::new(|run, since, out, _| {
        Box::pin(async move {
            let (_, mut out) = typed::<u64, u64>(since, out)?;
            match run {
                1 => out.emit(event(1)).await?,
                0 | 2 => {}
                _ => std::future::pending().await,
            }
            Err(Error::unavailable("no"))
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    let mut told = Vec::new();
    while let Ok(Some(item)) = timeout(Duration::from_secs(1000), subscription.next()).await {
        told.push(match item {
            Item::Health(Health::Good) => "good",
            Item::Health(Health::Retrying { .. }) => "retrying",
            Item::Event(_) => "event",
            _ => "other",
        });
    }
    assert_eq!(told, ["retrying", "good", "event", "retrying", "retrying", "good"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_like_others() {
    let script: Box<Script> = Box::new(|run, since, out, _| match run {
        0 => panic!("early"),
        1 => Box::pin(async {
            tokio::task::yield_now().await;
            panic!("late {SECRET}")
        }),
        _ => Box::pin(async move { typed::<u64, u64>(since, out)?.1.emit(event(1)).await }),
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    for expected in ["the connector panicked: early", "the connector panicked: late [redacted]"] {
        let Health::Retrying { failure, .. } = next_health(&mut subscription).await else {
            panic!("no failure")
        };
        assert_eq!((failure.kind, failure.message.as_str()), (ErrorKind::Internal, expected));
    }
    assert_eq!(next(&mut subscription).await.id(), "e1");
}

#[tokio::test(start_paused = true)]
async fn polling_has_an_interval() {
    let began = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&began);
    let script: Box<Script> = Box::new(move |_, _, _, _| {
        kept.lock().expect("whole").push(Instant::now());
        Box::pin(async {
            sleep(Duration::from_secs(10)).await;
            Ok(())
        })
    });
    let mut manifest = manifest();
    manifest.events.as_mut().expect("events").every = Some(Duration::from_secs(30));
    let _subscription = connection_of(manifest, script).subscribe(None, options()).expect("subscribed");
    sleep(Duration::from_secs(95)).await;
    let began = began.lock().expect("whole").clone();
    assert_eq!(began.len(), 4);
    for pair in began.windows(2) {
        let between = (pair[1] - pair[0]).as_secs_f64();
        assert!((30.0..30.1).contains(&between), "{between}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_stops_although_its_method_does_not() {
    let told = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&told);
    let script: Box<Script> = Box::new(move |_, _, _, context| {
        let counted = Arc::clone(&counted);
        Box::pin(async move {
            context.cancellation().cancelled().await;
            counted.fetch_add(1, Ordering::Relaxed);
            std::future::pending().await
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    sleep(Duration::from_secs(1)).await;
    let began = Instant::now();
    subscription.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(told.load(Ordering::Relaxed), 1, "it was told");
    assert_eq!(subscription.next().await, None);
    subscription.stop().await;
    assert_eq!(subscription.next().await, None, "it stays stopped");
}

#[tokio::test(start_paused = true)]
async fn a_method_that_keeps_its_thread_is_left_behind() {
    // Of its own, so that time passes here.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let (handle, over) = (runtime.handle().clone(), CancellationToken::new());
    let _over = over.clone().drop_guard();
    std::thread::spawn(move || runtime.block_on(over.cancelled()));
    let (begins, begun) = std::sync::mpsc::channel();
    let (_ends, ended) = std::sync::mpsc::channel::<()>();
    let ended = Arc::new(Mutex::new(ended));
    let script: Box<Script> = Box::new(move |_, _, _, _| {
        let (begins, ended) = (begins.clone(), Arc::clone(&ended));
        Box::pin(async move {
            let _ = (begins.send(()), ended.lock().expect("whole").recv());
            Ok(())
        })
    });
    let entered = handle.enter();
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    drop(entered);
    begun.recv().expect("it runs");
    timeout(Duration::from_secs(3600), subscription.stop()).await.expect("in time");
    assert_eq!(subscription.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_method_that_only_emits_can_be_stopped() {
    let script: Box<Script> = Box::new(|_, since, out, _| {
        Box::pin(async move {
            let (_, mut out) = typed::<u64, u64>(since, out)?;
            loop {
                // One that is known already takes no room, so nothing makes it wait.
                out.emit(event(1)).await?;
            }
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    next(&mut subscription).await;
    subscription.stop().await;
    assert_eq!(subscription.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_can_not_be_read_is_never_the_beginning() {
    let mut subscription =
        connection(numbers(3)).subscribe(Some("s72_foreign"), options()).expect("subscribed");
    let Health::Failed { failure } = next_health(&mut subscription).await else { panic!("it began") };
    assert_eq!(failure.kind, ErrorKind::Setup);
    assert!(failure.message.contains("`s72_foreign` is not one of this connector"), "{}", failure.message);
    assert_eq!(subscription.cursor().as_deref(), Some("s72_foreign"), "it is kept");
}

#[tokio::test(start_paused = true)]
async fn mistakes_of_a_method_are_told() {
    async fn mistake(script: Box<Script>) -> String {
        let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
        match next_health(&mut subscription).await {
            Health::Retrying { failure, .. } if failure.kind == ErrorKind::Internal => failure.message,
            other => panic!("{other:?}"),
        }
    }
    let of_cursor = mistake(Box::new(|_, since, out, _| {
        Box::pin(async move {
            let (_, mut out) = typed::<u64, u64>(since, out)?;
            out.emit(Event { id: "1".into(), cursor: "page two", payload: 1 }).await
        })
    }));
    assert!(of_cursor.await.contains("can't be read as the type of its `since`"));
    let of_secret = mistake(Box::new(|_, since, out, _| {
        Box::pin(async move {
            let (_, mut out) = typed::<String, u64>(since, out)?;
            out.emit(Event { id: "1".into(), cursor: format!("next?token={SECRET}"), payload: 1 }).await
        })
    }));
    assert!(of_secret.await.contains("holds a credential"));
    let of_id = mistake(Box::new(|_, _, mut out, _| {
        Box::pin(async move { out.emit("", "c", Output::serialize(&1)?).await })
    }));
    assert!(of_id.await.contains("empty id"));
}

/// It stands in numbers that have nothing to do with it.
#[tokio::test(start_paused = true)]
async fn a_short_secret_in_a_cursor_is_no_credential() {
    for (secret, stops) in [("1234", false), ("12345", false), ("12345-", true), ("s3cret", true)] {
        let script: Box<Script> = Box::new(move |_, _, mut out, _| {
            Box::pin(async move {
                out.emit("e", &format!("7 {secret}9"), Output::serialize(&format!("say {secret}"))?).await?;
                std::future::pending().await
            })
        });
        let scripted = Scripted { manifest: manifest(), runs: AtomicUsize::new(0), script };
        let redactor = Redactor::new(&[Secret::new(secret)]);
        let connection = Arc::new(Connection::over("work", Box::new(scripted), redactor));
        let mut subscription = connection.subscribe(None, options()).expect("subscribed");
        if stops {
            let Health::Retrying { failure, .. } = next_health(&mut subscription).await else {
                panic!("well")
            };
            assert!(failure.message.contains("holds a credential"), "{secret}: {}", failure.message);
        } else {
            let Some(Item::Event(event)) = subscription.next().await else { panic!("`{secret}` stops it") };
            assert_eq!(event.cursor(), format!("7 {secret}9"));
            assert_eq!(event.payload(), b"\"say [redacted]\"");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn secrets_stay_inside() {
    let script: Box<Script> = Box::new(|_, since, out, _| {
        Box::pin(async move {
            let (_, mut out) = typed::<u64, Value>(since, out)?;
            let payload = json!({"text": format!("my {SECRET}"), SECRET: 1});
            out.emit(Event { id: format!("id-{SECRET}"), cursor: 1, payload }).await?;
            std::future::pending().await
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    let event = next(&mut subscription).await;
    assert_eq!(event.id(), "id-[redacted]");
    let payload: Value = event.parse().expect("JSON");
    assert_eq!(payload, json!({"text": "my [redacted]", "[redacted]": 1}));
    subscription.acknowledge(event.id());
    assert_eq!(subscription.cursor().as_deref(), Some("1"));
}

#[tokio::test(start_paused = true)]
async fn ids_that_differ_in_a_secret_are_two() {
    let secrets = ["1234", "5678"];
    let script: Box<Script> = Box::new(move |_, since, out, _| {
        Box::pin(async move {
            let heard = out.acknowledgements();
            let (_, mut out) = typed::<u64, u64>(since, out)?;
            let ids = secrets.map(|secret| format!("m-{secret}"));
            for (id, n) in ids.iter().zip(1..) {
                out.emit(Event { id: id.clone(), cursor: n, payload: n }).await?;
            }
            while heard.leading(ids.iter().map(String::as_str)) < 2 {
                sleep(Duration::from_millis(1)).await;
            }
            out.checkpoint(&9)?;
            std::future::pending().await
        })
    });
    let scripted = Scripted { manifest: manifest(), runs: AtomicUsize::new(0), script };
    // Of the third there are so many forms as its letters ask for, which is nothing that an id may depend on.
    let [pin, code, key] = [secrets[0], secrets[1], "abc/efg+hij"].map(Secret::new);
    let redactor = Redactor::named([("pin", &pin), ("code", &code), ("key", &key)]);
    let connection = Arc::new(Connection::over("work", Box::new(scripted), redactor));
    let mut subscription = connection.subscribe(None, options()).expect("subscribed");
    let (one, two) = (next(&mut subscription).await, next(&mut subscription).await);
    assert_eq!((one.id(), two.id()), ("m-[redacted pin]", "m-[redacted code]"));
    subscription.acknowledge(one.id());
    assert_eq!(subscription.cursor().as_deref(), Some("1"));
    subscription.acknowledge(two.id());
    assert_eq!(subscription.next().await, Some(Item::Checkpoint("9".into())));
}

#[tokio::test(start_paused = true)]
async fn a_search_that_finds_nothing_moves_the_cursor() {
    let script: Box<Script> = Box::new(|_, since, out, _| {
        Box::pin(async move {
            let (since, mut out) = typed::<u64, u64>(since, out)?;
            match since {
                None => out.checkpoint(&7)?,
                Some(7) => {
                    out.emit(event(8)).await?;
                    out.checkpoint(&9)?;
                }
                _ => std::future::pending().await,
            }
            Ok(())
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    assert_eq!(subscription.next().await, Some(Item::Checkpoint("7".into())));
    assert_eq!(subscription.cursor().as_deref(), Some("7"));
    let event = next(&mut subscription).await;
    let early = timeout(Duration::from_secs(60), subscription.next()).await;
    assert!(early.is_err(), "no checkpoint past an unacknowledged event: {early:?}");
    subscription.acknowledge(event.id());
    assert_eq!(subscription.next().await, Some(Item::Checkpoint("9".into())));
}

#[tokio::test(start_paused = true)]
async fn who_has_no_events_has_no_subscription() {
    let connection = connection_of(Manifest::new("mute", "Mute", "1"), numbers(1));
    let error = connection.subscribe(None, options()).expect_err("no events");
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Usage, "`mute` tells no events, so there is nothing to subscribe to")
    );
    let caller = Caller::new("test", Mode::Write).without_asking();
    let error = connection.send(&OutgoingMessage::new("1", "c", "t"), &caller, Context::new()).await;
    assert_eq!(error.expect_err("no delivery").message(), "`mute` delivers no messages");
}

#[tokio::test(start_paused = true)]
async fn delivering_is_under_the_rules_of_a_call() {
    let connection = connection(numbers(0));
    let send = async |text: &str, caller: &Caller| {
        connection.send(&OutgoingMessage::new("m1", "c", text), caller, Context::new()).await
    };
    let caller = Caller::new("test", Mode::Write);
    let error = send("hi", &caller).await.expect_err("nobody agreed");
    assert_eq!(error.kind(), ErrorKind::Denied);
    let error =
        send("hi", &Caller::new("test", Mode::Readonly).without_asking()).await.expect_err("readonly");
    assert_eq!(error.details()["required_mode"], "write");
    let caller = caller.without_asking();
    let receipt = send("hi", &caller).await.expect("delivered");
    assert_eq!(receipt.id.as_deref(), Some("[redacted]-hi"));
    let error = send("refuse", &caller).await.expect_err("refused");
    assert_eq!((error.kind(), error.message()), (ErrorKind::Auth, "[redacted] was refused"));
    assert_eq!(send("panic", &caller).await.expect_err("panicked").kind(), ErrorKind::Internal);
    let nameless = OutgoingMessage::new("", "c", "t");
    let error = connection.send(&nameless, &caller, Context::new()).await.expect_err("no id");
    assert_eq!(error.kind(), ErrorKind::Usage);
}

/// Hosts say both in one line, and read lines of a megabyte at most.
#[tokio::test(start_paused = true)]
async fn an_id_and_a_cursor_are_short() {
    for (id, cursor, said) in [(65_537, 1, "the id of an event"), (1, 65_537, "the cursor of an event")] {
        let script: Box<Script> = Box::new(move |_, _, mut out, _| {
            Box::pin(async move {
                let payload = Output::serialize(&1)?;
                out.emit(&"i".repeat(65_536), &"c".repeat(65_536), payload.clone()).await?;
                out.emit(&"i".repeat(id), &"c".repeat(cursor), payload).await
            })
        });
        let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
        assert_eq!(next(&mut subscription).await.id().len(), 65_536);
        let Health::Retrying { failure, .. } = next_health(&mut subscription).await else {
            panic!("no failure")
        };
        assert!(failure.message.starts_with(said), "{}", failure.message);
    }
}
