//! What a method hears of its host.

use super::*;

fn named(n: u64) -> String {
    format!("{n}-{SECRET}")
}

/// Emits 1 to 4, says how many of all are acknowledged at once and after each change, and ends at 4.
fn counting(heard: Arc<Mutex<Vec<usize>>>) -> Box<Script> {
    Box::new(move |_, _, mut out, _| {
        let heard = Arc::clone(&heard);
        Box::pin(async move {
            let mut acknowledgements = out.acknowledgements();
            let ids: Vec<String> = (1..=4).map(named).collect();
            for (n, id) in ids.iter().enumerate() {
                out.emit(id, &(n + 1).to_string(), Output::serialize(&n)?).await?;
            }
            loop {
                let count = acknowledgements.leading(ids.iter().map(String::as_str));
                heard.lock().expect("heard").push(count);
                if count == ids.len() {
                    break;
                }
                acknowledgements.changed().await;
            }
            std::future::pending().await
        })
    })
}

#[tokio::test(start_paused = true)]
async fn a_method_hears_what_its_host_is_done_with() {
    let heard = Arc::new(Mutex::default());
    let mut subscription =
        connection(counting(Arc::clone(&heard))).subscribe(None, options()).expect("subscribed");
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(next(&mut subscription).await.id().to_owned());
    }
    // What is only gathered, and what has a secret in its name, isn't taken for what was settled long ago.
    assert_eq!(*heard.lock().expect("heard"), [0]);
    for (at, count) in [(2, 0), (1, 0), (0, 3), (3, 4)] {
        subscription.acknowledge(&ids[at]);
        sleep(Duration::from_millis(1)).await;
        assert_eq!(heard.lock().expect("heard").last(), Some(&count), "{at}");
    }
    assert_eq!(subscription.cursor().as_deref(), Some("4"));
}

#[tokio::test(start_paused = true)]
async fn what_was_acknowledged_before_counts_in_the_next_run() {
    let counts = Arc::new(Mutex::new(Vec::new()));
    let script: Box<Script> = {
        let counts = Arc::clone(&counts);
        Box::new(move |run, _, mut out, _| {
            let counts = Arc::clone(&counts);
            Box::pin(async move {
                for n in 1..=3 {
                    out.emit(&n.to_string(), &n.to_string(), Output::serialize(&n)?).await?;
                }
                let acknowledgements = out.acknowledgements();
                if run == 0 {
                    sleep(Duration::from_secs(1)).await;
                    return Err(Error::unavailable("again"));
                }
                counts.lock().expect("counts").push(acknowledgements.leading(["1", "2", "3"]));
                std::future::pending().await
            })
        })
    };
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    for _ in 0..3 {
        next(&mut subscription).await;
    }
    subscription.acknowledge("1");
    subscription.acknowledge("2");
    sleep(Duration::from_secs(60)).await;
    assert_eq!(*counts.lock().expect("counts"), [2], "they are told again, and the third is outstanding");
}

#[tokio::test(start_paused = true)]
async fn what_a_source_says_of_itself_comes_after_what_it_told_before() {
    let script: Box<Script> = Box::new(|_, _, mut out, _| {
        Box::pin(async move {
            let failure = Failure { kind: crate::ErrorKind::Unavailable, message: "ill".into() };
            for n in ["1", "2"] {
                out.emit(n, n, Output::serialize(&n)?).await?;
            }
            out.health(Health::Retrying { failure, wait: Duration::ZERO, lasting: Duration::ZERO });
            std::future::pending().await
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    for _ in 0..2 {
        assert!(matches!(subscription.next().await, Some(Item::Event(_))));
    }
    assert!(matches!(subscription.next().await, Some(Item::Health(Health::Retrying { .. }))));
}

#[tokio::test(start_paused = true)]
async fn what_a_source_says_of_itself_is_told() {
    let script: Box<Script> = Box::new(|_, _, mut out, _| {
        Box::pin(async move {
            let failure = Failure { kind: crate::ErrorKind::Unavailable, message: format!("no {SECRET}") };
            out.health(Health::Good);
            out.health(Health::Retrying { failure, wait: Duration::ZERO, lasting: Duration::ZERO });
            sleep(Duration::from_secs(1)).await;
            out.emit("1", "1", Output::serialize(&1)?).await?;
            std::future::pending().await
        })
    });
    let mut subscription = connection(script).subscribe(None, options()).expect("subscribed");
    let Some(Item::Health(Health::Retrying { failure, .. })) = subscription.next().await else {
        panic!("it is well")
    };
    assert_eq!(failure.message, "no [redacted]");
    assert_eq!(subscription.next().await, Some(Item::Health(Health::Good)), "with the next event");
}
