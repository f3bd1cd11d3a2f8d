//! A server that says what it is told to say, for what dovecot never does.

use connector_sdk::ErrorKind;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;

/// What the server says to each command, by the command's beginning. `{}` stands for the command's tag; after
/// an answer without one the connection ends.
pub(crate) type Script = &'static [(&'static str, &'static str)];

pub(crate) const LOGIN: (&str, &str) = ("LOGIN", "{} OK in\r\n");
pub(crate) const IDLES: (&str, &str) = ("CAPABILITY", "* CAPABILITY IMAP4rev1 idle\r\n{} OK\r\n");

async fn serve(script: Script) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let mut stream = BufReader::new(stream);
        stream.write_all(b"* OK hello\r\n").await.expect("written");
        let (mut line, mut last) = (String::new(), String::new());
        for (command, answer) in script {
            line.clear();
            if stream.read_line(&mut line).await.expect("read") == 0 {
                return;
            }
            // Only `DONE` has no tag; it ends the command before it.
            let (tag, said) = line.trim_end().split_once(' ').unwrap_or((&last, "DONE"));
            assert!(said.starts_with(command), "{said} and not {command}");
            let answer = answer.replace("{}", tag);
            last = tag.to_owned();
            stream.write_all(answer.as_bytes()).await.expect("written");
            if !answer.contains(" OK") && !answer.contains(" NO") && !answer.starts_with('+') {
                return;
            }
        }
        // Silent, but there until somebody wants more.
        let _ = stream.read_line(&mut line).await;
    });
    port
}

pub(crate) async fn open(script: Script) -> Result<Session<'static>> {
    let port = serve(script).await;
    let server = Server { protocol: "IMAP", host: "127.0.0.1", port, security: Security::Plain };
    Session::open(server, "me", "s3cret").await
}

pub(crate) fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

#[test]
fn who_refuses_a_password_for_now_is_asked_again_later() {
    run(async {
        for (answer, kind) in [
            ("{} NO [AUTHENTICATIONFAILED] no\r\n", ErrorKind::Auth),
            ("{} NO no\r\n", ErrorKind::Auth),
            ("{} NO [UNAVAILABLE] later\r\n", ErrorKind::Unavailable),
            ("{} NO [INUSE] later\r\n", ErrorKind::Unavailable),
            ("* BYE\r\n", ErrorKind::Unavailable),
        ] {
            let script = Box::leak(Box::new([("LOGIN", answer)]));
            let error = open(script).await.expect_err(answer);
            assert_eq!(error.kind(), kind, "{answer}: {error}");
            assert!(!error.message().contains("s3cret"), "{error}");
        }
    });
}

#[test]
fn a_connection_that_is_lost_is_no_end_of_a_list() {
    run(async {
        let search = ("UID SEARCH", "* SEARCH 5\r\n");
        let mut session = open(Box::leak(Box::new([LOGIN, IDLES, search]))).await.expect("a session");
        assert_eq!(session.after(4).await.expect_err("cut").kind(), ErrorKind::Unavailable);

        let fetch = (
            "UID FETCH 5,6",
            "* 2 FETCH (UID 6 RFC822.SIZE 2 BODY[]<0> {2}\r\nhi)\r\n* 1 FETCH (UID 5 BODY[]<0> {9}\r\nh",
        );
        let mut session = open(Box::leak(Box::new([LOGIN, IDLES, fetch]))).await.expect("a session");
        assert_eq!(session.fetch(&[5, 6], 9).await.expect_err("cut").kind(), ErrorKind::Unavailable);
    });
}

#[test]
fn a_refusal_is_no_empty_answer() {
    run(async {
        let script = [
            LOGIN,
            IDLES,
            ("UID SEARCH", "{} NO can't\r\n"),
            ("UID FETCH", "{} NO [SERVERBUG] can't\r\n"),
            ("EXAMINE \"a\\\"b&APw-\"", "{} NO no such folder\r\n"),
            ("EXAMINE", "{} OK\r\n"),
        ];
        let mut session = open(Box::leak(Box::new(script))).await.expect("a session");
        assert_eq!(session.after(4).await.expect_err("refused").kind(), ErrorKind::Upstream);
        assert_eq!(session.fetch(&[5], 9).await.expect_err("refused").kind(), ErrorKind::Unavailable);
        let error = session.examine("a\"bü").await.expect_err("refused");
        assert!(error.kind() == ErrorKind::Setup && error.message().contains("no such folder"), "{error}");
        let error = session.examine("a").await.expect_err("no validity");
        assert!(error.message().contains("no lasting numbers"), "{error}");
        assert_eq!(quote("a\r\nb").expect_err("another command").kind(), ErrorKind::Usage);
    });
}

#[test]
fn mails_that_come_while_others_are_read_are_not_waited_for() {
    run(async {
        let script = [
            LOGIN,
            IDLES,
            ("EXAMINE", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n{} OK [READ-ONLY] o\r\n"),
            ("UID SEARCH UID *", "* SEARCH 9\r\n{} OK\r\n"),
            // `*` is the last mail, also where there is nothing after 9.
            ("UID SEARCH UID 10:*", "* SEARCH 9\r\n* 4 EXISTS\r\n{} OK\r\n"),
            ("UID SEARCH UID 10:*", "* SEARCH 11 10\r\n{} OK\r\n"),
            (
                "UID FETCH 10,11",
                "* 4 FETCH (FLAGS (\\Seen) UID 10)\r\n* 4 FETCH (UID 10 BODY[]<0> NIL)\r\n{} OK\r\n",
            ),
            ("IDLE", "+ idling\r\n* OK Still here\r\n* 5 EXISTS\r\n"),
        ];
        let mut session = open(Box::leak(Box::new(script))).await.expect("a session");
        assert_eq!(session.examine("INBOX").await.expect("opened"), State { validity: 7, latest: None });
        assert_eq!(session.last().await.expect("found"), 9);
        assert!(session.after(9).await.expect("found").is_empty());
        session.wait(Duration::from_secs(3600)).await.expect("at once");
        assert_eq!(session.after(9).await.expect("found"), [10, 11]);
        let mails = session.fetch(&[10, 11], 9).await.expect("fetched");
        assert!(mails.len() == 1 && mails[&10].bytes.is_none(), "{mails:?}");
        // DONE has no answer any more.
        assert_eq!(
            session.wait(Duration::from_secs(3600)).await.expect_err("lost").kind(),
            ErrorKind::Unavailable
        );
        assert!(session.after(u32::MAX).await.expect("none").is_empty());
    });
}

#[test]
fn a_wait_ends_by_itself_and_a_server_without_idle_is_asked() {
    run(async {
        let script = [LOGIN, IDLES, ("IDLE", "+ idling\r\n"), ("DONE", "{} OK\r\n"), ("NOOP", "{} OK\r\n")];
        let port = serve(Box::leak(Box::new(script))).await;
        let server = Server { protocol: "IMAP", host: "127.0.0.1", port, security: Security::Plain };
        let mut session = Session::open(server, "me", "s3cret").await.expect("a session");
        session.wait(Duration::from_millis(50)).await.expect("it ends");
        session.idles = false;
        session.wait(Duration::from_millis(10)).await.expect("it ends");
    });
}

#[test]
fn what_is_no_imap_is_said_so_and_not_shown() {
    run(async {
        let script = [LOGIN, IDLES, ("UID SEARCH", "HTTP/1.1 200 OK\r\n")];
        let mut session = open(Box::leak(Box::new(script))).await.expect("a session");
        let error = session.after(1).await.expect_err("nonsense");
        assert_eq!(error.kind(), ErrorKind::Upstream);
        assert!(
            error.message().contains("can't be understood") && !error.message().contains("HTTP"),
            "{error}"
        );
    });
}

/// Says what no server says, for as long as somebody reads it.
async fn hostile(begins: &'static str, goes_on: &'static str) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let says = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.write_all(begins.as_bytes()).await;
        let more = goes_on.repeat(4096);
        while !more.is_empty() && stream.write_all(more.as_bytes()).await.is_ok() {}
        std::future::pending::<()>().await;
    };
    let server = Server { protocol: "IMAP", host: "127.0.0.1", port, security: Security::Plain };
    tokio::select! {
        session = Session::open(server, "me", "s3cret") => session.expect_err("no session"),
        () = says => unreachable!("it goes on"),
    }
}

#[test]
fn a_server_can_not_take_all_memory() {
    run(async {
        for (begins, goes_on, says) in [
            // Room for it would be made at once.
            ("* LIST () NIL {500000000}\r\n", "", "it says more than there is room for"),
            ("* OK hello", "endless", "it says more than there is room for"),
            ("* LIST () NIL a\r\n", "* LIST () NIL a\r\n", "doesn't greet as IMAP does"),
            // Each of them is a call of the parser inside another one.
            ("* 1 FETCH (BODYSTRUCTURE ", "(((((((((", "it says more than there is room for"),
            ("* 1 FETCH (A (\r\n) BODYSTRUCTURE ", "(((((((((", "answered what can't be understood"),
        ] {
            let error = hostile(begins, goes_on).await;
            assert!(error.message().ends_with(says), "{begins}: {error}");
            assert!(
                matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Upstream),
                "{begins}: {error}"
            );
        }
    });
}

/// A connection whose other end says some bytes at a time.
async fn slow_session(mails: usize, pause: Duration, falls_silent: bool) -> Result<BTreeMap<u32, Raw>> {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let serve = async move {
        let mut far = BufReader::new(far);
        far.write_all(b"* OK hello\r\n").await.expect("written");
        let mut line = String::new();
        for answer in ["OK in", "OK so", "OK mails"] {
            line.clear();
            far.read_line(&mut line).await.expect("read");
            if answer == "OK mails" {
                for uid in 1..=mails {
                    let mail = "x".repeat(40_000);
                    let begin = format!("* {uid} FETCH (UID {uid} BODY[]<0> {{{}}}\r\n", mail.len());
                    for piece in (begin + &mail + ")\r\n").as_bytes().chunks(10_000) {
                        tokio::time::sleep(pause).await;
                        far.write_all(piece).await.expect("written");
                    }
                }
            }
            let tag = line.split(' ').next().expect("a tag").to_owned();
            if falls_silent && answer == "OK mails" {
                break;
            }
            far.write_all(format!("{tag} {answer}\r\n").as_bytes()).await.expect("written");
        }
        std::future::pending::<()>().await;
    };
    let server = Server { protocol: "IMAP", host: "127.0.0.1", port: 143, security: Security::Plain };
    let fetch = async {
        let mut client = filtered(Box::new(near));
        greeted(server, &mut client).await?;
        let mut session = Session::log_in(server, client, "me", "s3cret").await?;
        session.fetch(&(1..=8).collect::<Vec<u32>>(), MOST_OF_A_MAIL).await
    };
    tokio::select! {
        fetched = fetch => fetched,
        () = serve => unreachable!("it waits for ever"),
    }
}

#[tokio::test(start_paused = true)]
async fn mails_by_a_slow_line_have_their_time() {
    // Ten times as long as a server may be silent.
    let mails = slow_session(8, PATIENCE / 3, false).await.expect("fetched");
    assert_eq!(mails.len(), 8);
    assert!(mails.values().all(|mail| mail.bytes.as_ref().is_some_and(|bytes| bytes.len() == 40_000)));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_or_never_ends_is_left() {
    for (mails, pause) in [(1, PATIENCE / 3), (1, PATIENCE * 3), (1000, PATIENCE / 2)] {
        let error = slow_session(mails, pause, true).await.expect_err("no end");
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.message().contains("the IMAP server `127.0.0.1:143` doesn't answer"), "{error}");
    }
}

#[test]
fn a_server_that_knows_no_parts_of_a_mail_is_read_all_the_same() {
    run(async {
        let mail = "x".repeat(3 * MOST_OF_A_MAIL);
        let answer =
            format!("* 1 FETCH (UID 5 BODY[] {{{}}}\r\n{mail} RFC822.SIZE 9)\r\n{{}} OK\r\n", mail.len());
        let fetch = ("UID FETCH 5", &*Box::leak(answer.into_boxed_str()));
        let mut session = open(Box::leak(Box::new([LOGIN, IDLES, fetch]))).await.expect("a session");
        let mails = session.fetch(&[5], MOST_OF_A_MAIL).await.expect("fetched");
        assert_eq!((mails[&5].bytes.as_ref().map(Vec::len), mails[&5].size), (Some(MOST_OF_A_MAIL), 9));
    });
}
