//! What is tried again, and for how long; and an agent that was busy.

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep, timeout};

use super::*;

/// Runs a mailbox for that long, and returns when a message was tried.
async fn times(agent: &Agent, post: Post, time: Duration) -> Vec<Instant> {
    let delivered = Arc::clone(&post.delivered);
    run(agent, post, time).await.0.expect("it stops");
    std::mem::take(&mut *delivered.lock().expect("whole"))
}

/// The reason of the one failure.
fn reason(agent: &Agent) -> String {
    let [reason] = &*names(&agent.path("failed"), ".error.txt") else { panic!("no reason") };
    fs::read_to_string(agent.path("failed").join(reason)).expect("text")
}

/// Runs a mailbox for that long.
async fn run(agent: &Agent, post: Post, time: Duration) -> (Result<()>, Vec<String>) {
    let (log, stop) = (Arc::new(Log::default()), CancellationToken::new());
    let connection = post.connection();
    let options = agent.options();
    let running = mailbox(connection, &options, Arc::clone(&log) as _, stop.clone());
    let ending = async {
        sleep(time).await;
        stop.cancel();
        std::future::pending().await
    };
    let result = tokio::select! {
        result = timeout(time + Duration::from_secs(60), running) => result.expect("it stops"),
        () = ending => unreachable!("it waits for ever"),
    };
    let log = std::mem::take(&mut *log.0.lock().expect("whole"));
    (result, log)
}

#[tokio::test(start_paused = true)]
async fn eight_attempts_end_in_failed_with_the_reason() {
    let agent = Agent::new();
    agent.say("a.json", "hi");
    let post = Post::new(0, |_| Err(Error::unavailable("nobody answers").unsent()));
    let delivered = Arc::clone(&post.delivered);
    let (result, log) = run(&agent, post, Duration::from_secs(600)).await;
    result.expect("it goes on with others");
    let times = std::mem::take(&mut *delivered.lock().expect("whole"));
    assert_eq!(times.len(), 8);
    for (at, pair) in times.windows(2).enumerate() {
        let (waited, most) = ((pair[1] - pair[0]).as_secs_f64(), f64::from(1 << at).min(60.0));
        assert!((most / 2.0..most + 0.1).contains(&waited), "the {at}th wait is {waited} s long");
    }
    assert_eq!(names(&agent.path("failed"), ".json").len(), 1);
    assert_eq!(reason(&agent), "unavailable: nobody answers (tried 8 times)\n");
    assert_eq!(log.iter().filter(|line| line.contains("trying again in")).count(), 7, "{log:?}");
    for folder in ["outbox/work", ".connectors/work/claimed", ".connectors/work/sending"] {
        assert!(names(&agent.path(folder), "").is_empty(), "{folder}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_a_mailbox_that_can_not_tell_whose_it_is() {
    let agent = Agent::new();
    agent.say("a.json", "hi");
    let post = Post::new(0, |_| Err(Error::auth("the token was revoked")));
    let (result, _) = run(&agent, post, Duration::from_secs(600)).await;
    assert_eq!(result.expect_err("nobody can tell").kind(), ErrorKind::Auth);
    assert_eq!(names(&agent.path(".connectors/work/claimed"), ".json").len(), 1, "it is kept");
    assert!(names(&agent.path("failed"), "").is_empty());
}

/// Nobody knows what became of it, as after a time-out.
#[tokio::test(start_paused = true)]
async fn what_may_be_out_is_tried_again_only_where_a_repetition_is_told() {
    let hour = Duration::from_secs(3600);
    let silent = |_| Err(Error::unavailable("no answer came"));
    let agent = Agent::new();
    agent.say("a.json", "hi");
    assert_eq!(times(&agent, Post::new(0, silent), hour).await.len(), 1);
    assert!(
        reason(&agent).starts_with("unavailable: no answer came; it may have arrived"),
        "{}",
        reason(&agent)
    );
    let agent = Agent::new();
    agent.say("a.json", "hi");
    assert_eq!(times(&agent, Post::new(0, silent).that_tells_repetitions(), hour).await.len(), 8);
    assert_eq!(reason(&agent), "unavailable: no answer came (tried 8 times)\n");
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_never_ends_is_given_up() {
    let hour = Duration::from_secs(3600);
    let agent = Agent::new();
    agent.say("a.json", "hi");
    agent.say("b.json", "the next of the conversation");
    let post = Post::new(0, |_| Ok(())).that_hangs_at_first();
    assert_eq!(times(&agent, post, hour).await.len(), 2);
    assert!(reason(&agent).starts_with("cancelled: after 5 minutes: "), "{}", reason(&agent));
    assert!(reason(&agent).contains("it may have arrived"), "{}", reason(&agent));
    let agent = Agent::new();
    agent.say("a.json", "hi");
    let post = Post::new(0, |_| Ok(())).that_hangs_at_first().that_tells_repetitions();
    assert_eq!(times(&agent, post, hour).await.len(), 2, "the second time it is delivered");
    assert!(names(&agent.path("failed"), "").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_service_is_asked_no_earlier_than_it_wants() {
    let agent = Agent::new();
    agent.say("a.json", "hi");
    let post = Post::new(0, |time| match time {
        1 => Err(Error::rate_limited("slower").with_retry_after(Duration::from_secs(300))),
        _ => Ok(()),
    });
    let delivered = Arc::clone(&post.delivered);
    run(&agent, post, Duration::from_secs(600)).await.0.expect("it is sent");
    let times: Vec<Instant> = delivered.lock().expect("whole").clone();
    let [first, second] = times.as_slice() else { panic!("{times:?}") };
    assert!(*second - *first >= Duration::from_secs(300));
    assert!(names(&agent.path("failed"), "").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_kept_when_the_mailbox_stops() {
    let agent = Agent::new();
    agent.say("a.json", "hi");
    let post = Post::new(0, |_| Err(Error::unavailable("nobody answers").unsent()));
    run(&agent, post, Duration::from_secs(5)).await.0.expect("it stops");
    assert_eq!(names(&agent.path(".connectors/work/claimed"), ".json").len(), 1);
    let post = Post::new(0, |_| Ok(()));
    let delivered = Arc::clone(&post.delivered);
    run(&agent, post, Duration::from_secs(5)).await.0.expect("it is sent");
    assert_eq!(delivered.lock().expect("whole").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_away_is_not_written_to_without_end() {
    let agent = Agent::new();
    let inbox = agent.path("inbox");
    let (mut options, stop, log) = (agent.options(), CancellationToken::new(), Arc::new(Log::default()));
    options.most_unread = 600;
    let connection = Post::new(5000, |_| Ok(())).connection();
    let mailbox = mailbox(connection, &options, Arc::clone(&log) as _, stop);
    let reading = async {
        let mut read = 0;
        // Another's, of which there may be any number.
        let other = inbox.join("work_too_20260101_000000_000000_00000000.json");
        sleep(Duration::from_secs(60)).await;
        fs::write(&other, "{}").expect("written");
        while read < 5000 {
            sleep(Duration::from_secs(120)).await;
            // It missed all of them, so it has to be woken although no further one comes.
            let files = names(&inbox, ".json");
            files.iter().for_each(|file| {
                let file = fs::File::options().append(true).open(inbox.join(file)).expect("there");
                file.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("its own");
            });
            changed(&inbox);
            sleep(Duration::from_secs(7200)).await;
            assert!(changed(&inbox), "it is woken");
            fs::remove_file(&other).unwrap_or_default();
            let files = names(&inbox, ".json");
            assert!((1..=600).contains(&files.len()), "{} files", files.len());
            read += files.len();
            files.iter().for_each(|file| fs::remove_file(inbox.join(file)).expect("the agent's"));
        }
    };
    tokio::select! {
        ended = mailbox => panic!("{ended:?}"),
        () = reading => {}
    }
    let log = log.0.lock().expect("whole");
    assert!(log.iter().any(|line| line.contains("messages to read, and there may be 600")), "{log:?}");
}

/// When a folder was changed last, which is long ago from now on.
fn changed(folder: &Path) -> bool {
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let folder = fs::File::open(folder).expect("a folder");
    let changed = folder.metadata().and_then(|found| found.modified()).expect("a time") != long_ago;
    folder.set_modified(long_ago).expect("its own");
    changed
}

/// The agent waits for a file that is created, and sees none that was while it worked (contract 2.8).
#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn an_agent_that_was_busy_is_woken_again_and_ever_less_often() {
    let agent = Agent::new();
    let inbox = agent.path("inbox");
    let (options, stop) = (agent.options(), CancellationToken::new());
    let mailbox = mailbox(Post::new(1, |_| Ok(())).connection(), &options, Arc::new(Log::default()), stop);
    let watching = async {
        while names(&inbox, ".json").is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
        // The files are of this day, which is not the one in which this test's minutes pass.
        let file = inbox.join(&names(&inbox, ".json")[0]);
        let age = |age| {
            let file = fs::File::options().append(true).open(&file).expect("there");
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).expect("its own");
        };
        changed(&inbox);
        age(0);
        sleep(Duration::from_secs(90)).await;
        assert!(!changed(&inbox), "the agent may be about to read it");
        age(3600);
        let mut woken = Vec::new();
        for minute in 0..240 {
            sleep(Duration::from_secs(60)).await;
            woken.extend(changed(&inbox).then_some(minute));
        }
        let waits: Vec<i32> = woken.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60], "minutes");
        assert_eq!(names(&inbox, ""), names(&inbox, ".json"), "nothing is left of it");
        fs::remove_file(&file).expect("the agent takes it");
        changed(&inbox);
        sleep(Duration::from_secs(7200)).await;
        assert!(!changed(&inbox), "there is nothing to wake it for");
    };
    tokio::select! {
        ended = mailbox => panic!("{ended:?}"),
        () = watching => {}
    }
}
