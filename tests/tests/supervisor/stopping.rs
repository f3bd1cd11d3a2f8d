//! SIGTERM and SIGINT: everything ends by itself, or is ended.

use super::*;

#[test]
fn what_is_told_to_stop_is_let_finish_and_nothing_stays() {
    for signal in ["-TERM", "-INT"] {
        let user = User::new("");
        let (number, done) = (user.path("number"), user.path("done"));
        let polite = format!(
            "echo $$ >'{}'; cat >/dev/null; sleep 0.3; echo done >'{}'",
            number.display(),
            done.display()
        );
        user.write(&hosts(&[script("polite", &polite), ticker("tick", 3)]));
        let mut run = user.start();
        for _ in 0..3 {
            run.event().expect("an event");
        }
        wait(|| number.exists(), || run.said());
        run.signal(signal);
        assert!(run.end().success(), "{}", run.said());
        assert_eq!(fs::read_to_string(&done).expect("it was let finish"), "done\n");
        assert!(!is_alive(fs::read_to_string(&number).expect("a number").trim()));
        assert_eq!(user.cursor("tick").as_deref(), Some("3"));
        assert!(
            run.said().contains("polite: stopped") && run.said().contains("tick: stopped"),
            "{}",
            run.said()
        );
    }
}

#[test]
fn what_does_not_stop_is_ended_with_all_that_it_started() {
    let user = User::new("");
    let number = user.path("number");
    let rude = format!(
        "trap '' TERM HUP INT; sleep 1000 & echo $! >'{}'; while :; do sleep 1; done",
        number.display()
    );
    user.write(&hosts(&[script("rude", &rude)]));
    let mut run = user.start();
    wait(|| number.exists(), || run.said());
    run.signal("-TERM");
    assert!(run.end().success(), "{}", run.said());
    let number = fs::read_to_string(&number).expect("a number");
    assert!(!is_alive(number.trim()), "its child is there");
}

#[test]
fn a_reader_that_stalls_does_not_hold_the_end_up() {
    let user = User::new(&hosts(&[ticker("tick", 100_000)]));
    let mut run = user.start();
    run.event().expect("an event");
    // Its pipe is full by then, and nobody reads any more.
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    run.signal("-TERM");
    assert!(run.end().success(), "{}", run.said());
    assert!(began.elapsed() < Duration::from_secs(40));
}

#[test]
fn a_panic_that_nobody_can_catch_ends_all_of_it() {
    let user = User::new("");
    let (number, done) = (user.path("number"), user.path("done"));
    let rude = format!(
        "trap '' TERM HUP INT; sleep 1000 & echo $! >'{}'; touch '{}'; while :; do sleep 1; done",
        number.display(),
        done.display()
    );
    user.write(&hosts(&[script("rude", &rude), "- { name: count, connector: counter }\n".to_owned()]));
    let mut run = user.start_with("run", &[("COUNTER_GRENADE", done.to_str().expect("UTF-8"))]);
    assert_eq!(run.end().code(), Some(10), "{}", run.said());
    run.until("error: the connector panicked, and the process can't go on after it");
    let number = fs::read_to_string(&number).expect("a number");
    wait(|| !is_alive(number.trim()), || "its child is there".to_owned());
}

#[test]
fn a_second_signal_ends_all_of_it_at_once() {
    let user = User::new("");
    let number = user.path("number");
    let rude = format!(
        "trap '' TERM HUP INT; sleep 1000 & echo $! >'{}'; while :; do sleep 1; done",
        number.display()
    );
    user.write(&hosts(&[script("rude", &rude)]));
    let mut run = user.start();
    wait(|| fs::read_to_string(&number).is_ok_and(|text| text.ends_with('\n')), || run.said());
    run.signal("-TERM");
    // Signals that come together are one.
    std::thread::sleep(Duration::from_secs(1));
    run.signal("-TERM");
    // A program that isn't killed would have 8 s, after which all would have ended well.
    assert!(!run.end().success(), "{}", run.said());
    assert!(run.said().contains("not all of it stopped in time"), "{}", run.said());
    let number = fs::read_to_string(&number).expect("a number");
    wait(|| !is_alive(number.trim()), || "its child is there".to_owned());
}
