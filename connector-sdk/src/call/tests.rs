//! The waist as a whole, over a connector that no macro made.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::manifest::{Effect, Mode, OptionsSource, Permission};
use crate::{BoxFuture, ErrorKind, Level, Observer, Run};

const SECRET: &str = "hunter2-s3cret";

/// Answers with its input, once it has been told to go.
struct Echo {
    manifest: Manifest,
    runs: Arc<AtomicUsize>,
}

impl Echo {
    fn new(runs: &Arc<AtomicUsize>) -> Self {
        let mut manifest = Manifest::new("echo", "Echo", "1.0.0");
        manifest.actions = [Effect::Read, Effect::Write, Effect::Destructive]
            .into_iter()
            .map(|effect| {
                let mut action = Action::new(format!("{}_it", effect.as_str()), Permission::new(effect));
                action.command = format!("it.{}", effect.as_str());
                action.timeout = Some(Duration::from_secs(60));
                action
            })
            .collect();
        manifest.options = vec![OptionsSource::new("words", "Words.")];
        Self { manifest, runs: Arc::clone(runs) }
    }
}

impl Connector for Echo {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, call: Call<'a>) -> Result<Run<'a>> {
        match call.input {
            b"refuse" => return Err(Error::usage(format!("I don't take {SECRET}"))),
            b"panic" => panic!("while parsing {SECRET}"),
            _ => {}
        }
        Ok(Box::pin(async move {
            self.runs.fetch_add(1, Ordering::SeqCst);
            call.context.log(Level::Info, SECRET);
            match call.input {
                b"\"hang\"" => std::future::pending().await,
                b"\"fail\"" => Err(Error::upstream(format!("the service said {SECRET}"))),
                _ => Output::from_json(call.input.to_vec()),
            }
        }))
    }

    fn options<'a>(
        &'a self,
        _: &'a str,
        query: &'a str,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<Vec<Choice>>> {
        Box::pin(async move { Ok(vec![Choice::new(query, SECRET)]) })
    }
}

struct Fixture {
    connection: Connection,
    runs: Arc<AtomicUsize>,
    trail: Arc<Trail>,
}

type Record = (Option<String>, Decision, Result<(), ErrorKind>, InputDigest);

#[derive(Default)]
struct Trail(Mutex<Vec<Record>>);

impl Audit for Trail {
    fn record(&self, record: &AuditRecord<'_>) {
        assert_eq!((record.caller, record.connection, record.connector), ("me", "work", "echo"));
        let action = record.action.map(str::to_owned);
        self.0.lock().expect("a lock").push((action, record.decision, record.outcome, record.input));
    }
}

impl Fixture {
    fn new() -> Self {
        let runs = Arc::default();
        let trail = Arc::<Trail>::default();
        let redactor = Redactor::new(&[crate::Secret::new(SECRET)]);
        let connection = Connection::over("work", Box::new(Echo::new(&runs)), redactor)
            .with_audit(Arc::clone(&trail) as Arc<dyn Audit>);
        Self { connection, runs, trail }
    }

    fn call(&self, action: &str, input: &str, caller: &Caller) -> Result<String, (ErrorKind, String)> {
        let call = self.connection.call(action, input.as_bytes(), caller, Context::new());
        match block_on(call) {
            Ok(output) => Ok(String::from_utf8_lossy(output.as_bytes()).into_owned()),
            Err(error) => Err((error.kind(), error.to_string())),
        }
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    fn last(&self) -> (Option<String>, Decision, Result<(), ErrorKind>) {
        let trail = self.trail.0.lock().expect("a lock");
        let (action, decision, outcome, _) = trail.last().expect("a record").clone();
        (action, decision, outcome)
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime").block_on(future)
}

fn me(mode: Mode) -> Caller {
    Caller::new("me", mode)
}

struct Answer(bool, Mutex<Vec<String>>);

impl Approver for Answer {
    fn approve<'a>(&'a self, request: &'a ApprovalRequest<'a>) -> BoxFuture<'a, Result<bool>> {
        self.1.lock().expect("a lock").push(format!("{} {}", request.action.name, request.input));
        Box::pin(async { Ok(self.0) })
    }
}

#[test]
fn an_action_answers_to_both_of_its_names() {
    let fixture = Fixture::new();
    assert_eq!(fixture.call("read_it", "1", &me(Mode::Readonly)), Ok("1".to_owned()));
    assert_eq!(fixture.call("it.read", "2", &me(Mode::Readonly)), Ok("2".to_owned()));
    assert_eq!(fixture.last(), (Some("read_it".to_owned()), Decision::Allowed, Ok(())));
    let (kind, message) = fixture.call("raed_it", "1", &me(Mode::Admin)).expect_err("no such action");
    assert_eq!(
        (kind, message.as_str()),
        (ErrorKind::Usage, "`echo` has no action `raed_it`; did you mean `read_it`?")
    );
    assert_eq!(fixture.last(), (None, Decision::Undecided, Err(ErrorKind::Usage)));
}

#[test]
fn a_mode_that_is_too_low_is_refused_before_the_input_is_looked_at() {
    let fixture = Fixture::new();
    let (kind, message) = fixture.call("write_it", "panic", &me(Mode::Readonly)).expect_err("denied");
    assert_eq!(kind, ErrorKind::Denied);
    assert_eq!(message, "`it.write` needs mode `write`, and this caller has `readonly`");
    assert_eq!(fixture.last(), (Some("write_it".to_owned()), Decision::Denied, Err(ErrorKind::Denied)));
    assert_eq!(fixture.runs(), 0);
}

#[test]
fn nothing_runs_without_the_approval_that_it_needs() {
    let fixture = Fixture::new();
    let (kind, _) = fixture.call("write_it", "1", &me(Mode::Admin)).expect_err("not approved");
    assert_eq!((kind, fixture.runs()), (ErrorKind::Denied, 0));
    assert_eq!(fixture.call("write_it", "1", &me(Mode::Write).without_asking()), Ok("1".to_owned()));

    let no = Arc::new(Answer(false, Mutex::default()));
    let caller = me(Mode::Admin).asking(Arc::clone(&no) as Arc<dyn Approver>);
    let (kind, message) =
        fixture.call("destructive_it", &format!("\"{SECRET}\""), &caller).expect_err("refused");
    assert_eq!((kind, message.as_str()), (ErrorKind::Denied, "`it.destructive` was not approved"));
    assert_eq!(
        *no.1.lock().expect("a lock"),
        ["destructive_it \"[redacted]\""],
        "and the question shows no secret"
    );
    assert_eq!(fixture.call("read_it", "1", &caller), Ok("1".to_owned()), "reading needs no approval");
    assert_eq!(fixture.runs(), 2);

    let yes = me(Mode::Admin).asking(Arc::new(Answer(true, Mutex::default())));
    assert_eq!(fixture.call("destructive_it", "1", &yes), Ok("1".to_owned()));
    assert_eq!(fixture.last().1, Decision::Approved);
}

#[test]
fn bad_input_is_refused_before_anybody_is_asked() {
    let fixture = Fixture::new();
    let asked = Arc::new(Answer(true, Mutex::default()));
    let caller = me(Mode::Admin).asking(Arc::clone(&asked) as Arc<dyn Approver>);
    let (kind, message) = fixture.call("write_it", "refuse", &caller).expect_err("bad input");
    assert_eq!((kind, message.as_str()), (ErrorKind::Usage, "I don't take [redacted]"));
    assert!(asked.1.lock().expect("a lock").is_empty());
}

#[test]
fn an_approval_is_good_for_one_call_with_one_input() {
    let fixture = Fixture::new();
    let digest = InputDigest::of("echo", "work", "write_it", b"{\"a\":1,\"b\":2}");
    let caller = me(Mode::Write).approved(Arc::new(Approval::new(digest)));
    let denied = |input: &str, action: &str| fixture.call(action, input, &caller).expect_err("denied").1;
    assert!(denied("{\"a\":2,\"b\":2}", "write_it").contains("another input"));
    assert_eq!(fixture.call("write_it", "{\"b\":2, \"a\":1}", &caller), Ok("{\"b\":2, \"a\":1}".to_owned()));
    assert!(denied("{\"a\":1,\"b\":2}", "write_it").contains("used already"));
    assert_eq!(fixture.runs(), 1);
}

#[test]
fn secrets_leave_by_no_way() {
    struct Log(Mutex<Vec<String>>);
    impl Observer for Log {
        fn log(&self, _: Level, message: &str) {
            self.0.lock().expect("a lock").push(message.to_owned());
        }
    }
    let fixture = Fixture::new();
    let log = Arc::new(Log(Mutex::default()));
    let context = Context::new().with_observer(Arc::clone(&log) as Arc<dyn Observer>);
    let input = format!("{{\"{SECRET}\":\"x{SECRET}y\"}}");
    let caller = me(Mode::Readonly);
    let output =
        block_on(fixture.connection.call("read_it", input.as_bytes(), &caller, context)).expect("an answer");
    assert_eq!(output.as_bytes(), br#"{"[redacted]":"x[redacted]y"}"#);
    assert_eq!(*log.0.lock().expect("a lock"), ["[redacted]"]);
    let (_, message) = fixture.call("read_it", "\"fail\"", &caller).expect_err("fails");
    assert_eq!(message, "the service said [redacted]");
    let (kind, message) = fixture.call("read_it", "panic", &caller).expect_err("panics");
    assert_eq!(
        (kind, message.as_str()),
        (ErrorKind::Internal, "the connector panicked: while parsing [redacted]")
    );
    let choices = block_on(fixture.connection.options("words", "w", Context::new())).expect("choices");
    assert_eq!(choices, [Choice::new("w", "[redacted]")]);
}

#[test]
fn a_call_that_its_caller_drops_is_on_record() {
    let fixture = Fixture::new();
    let caller = me(Mode::Readonly);
    block_on(async {
        let call = fixture.connection.call("read_it", b"\"hang\"", &caller, Context::new());
        assert!(tokio::time::timeout(Duration::from_millis(10), call).await.is_err());
    });
    assert_eq!(fixture.runs(), 1);
    assert_eq!(fixture.last(), (Some("read_it".to_owned()), Decision::Allowed, Err(ErrorKind::Cancelled)));
}

#[test]
fn the_shorter_of_two_time_limits_ends_a_call() {
    let fixture = Fixture::new();
    let caller = me(Mode::Readonly);
    let context = Context::new().with_timeout(Duration::from_millis(10));
    let error =
        block_on(fixture.connection.call("read_it", b"\"hang\"", &caller, context)).expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn the_time_that_somebody_takes_to_agree_is_not_the_methods() {
    /// Agrees when the action's own time would be over.
    struct Slow;
    impl Approver for Slow {
        fn approve<'a>(&'a self, request: &'a ApprovalRequest<'a>) -> BoxFuture<'a, Result<bool>> {
            Box::pin(async {
                tokio::time::sleep(request.action.timeout.unwrap_or_default() * 2).await;
                Ok(true)
            })
        }
    }
    let mut echo = Echo::new(&Arc::default());
    echo.manifest.actions[1].timeout = Some(Duration::from_millis(20));
    let connection = Connection::over("work", Box::new(echo), Redactor::default());
    let caller = me(Mode::Write).asking(Arc::new(Slow));
    let call = connection.call("write_it", b"1", &caller, Context::new());
    assert_eq!(block_on(call).expect("agreed to").as_bytes(), b"1");
}

#[test]
fn the_trail_holds_the_input_as_a_digest() {
    let fixture = Fixture::new();
    for input in ["{\"a\":1}", "{ \"a\" : 1 }", "{\"a\":2}"] {
        fixture.call("read_it", input, &me(Mode::Readonly)).expect("an answer");
    }
    let trail = fixture.trail.0.lock().expect("a lock");
    let digests: Vec<InputDigest> = trail.iter().map(|(.., digest)| *digest).collect();
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[0], digests[2]);
    assert_eq!(digests[0], InputDigest::of("echo", "work", "read_it", b"{\"a\":1}"));
}

#[test]
fn an_unknown_options_source_is_told_from_a_known_one() {
    let fixture = Fixture::new();
    let error =
        block_on(fixture.connection.options("wrods", "", Context::new())).expect_err("no such source");
    assert_eq!(error.to_string(), "there is no options source `wrods`; there is `words`");
}
