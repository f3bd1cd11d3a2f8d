//! The page that a browser comes back to: it takes one answer, and is gone.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::{Error, Result};

/// A longer head of a request is none of a browser's.
const MOST_HEAD: usize = 16 * 1024;

/// Whoever connects and says nothing (browsers do, to be quicker later) is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a browser brings back (RFC 6749, section 4.1.2).
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) code: Option<String>,
    pub(super) state: Option<String>,
    pub(super) error: Option<String>,
    pub(super) description: Option<String>,
}

/// Waits for the first answer that has the question's state. Whatever else is asked for isn't there, and an answer to
/// another question, which anybody on this machine can send, ends nothing.
pub(super) async fn first_answer(listener: TcpListener, state: &str) -> Result<Answer> {
    let state: Arc<str> = state.into();
    let (sender, mut receiver) = mpsc::channel(1);
    // Dropped with this future, and the port and all connections with it.
    let mut listening = JoinSet::new();
    listening.spawn(async move {
        let mut visits = JoinSet::new();
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let (sender, state) = (sender.clone(), Arc::clone(&state));
                    visits.spawn(async move {
                        if let Ok(Some(answer)) = tokio::time::timeout(PATIENCE, visit(stream, &state)).await
                        {
                            let _ = sender.send(answer).await;
                        }
                    });
                }
                // Such as too many open files; it may pass.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
            while visits.try_join_next().is_some() {}
        }
    });
    receiver.recv().await.ok_or_else(|| Error::internal("nobody listens for the browser any more"))
}

/// Serves one request.
async fn visit(mut stream: TcpStream, state: &str) -> Option<Answer> {
    let head = head(&mut stream).await?;
    let mut words = head.lines().next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let answer = answer(target);
    let is_ours = answer.as_ref().is_some_and(|answer| answer.state.as_deref() == Some(state));
    let (status, text) = match (method, &answer) {
        ("GET", Some(_)) if !is_ours => (
            "400 Bad Request",
            "This doesn't belong to the question that is asked now (its `state` is another). Open the URL that is \
             shown where you came from.",
        ),
        ("GET", Some(Answer { code: Some(_), error: None, .. })) => {
            ("200 OK", "Thank you. You can close this window and go back to where you came from.")
        }
        ("GET", Some(_)) => ("200 OK", "This did not work. Where you came from it says why."),
        (_, Some(_)) => ("405 Method Not Allowed", "Nothing to see here."),
        (_, None) => ("404 Not Found", "Nothing to see here."),
    };
    let page = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: \
         no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{text}\n",
        text.len() + 1
    );
    // A browser that doesn't want the page has brought its answer all the same.
    let _ = stream.write_all(page.as_bytes()).await;
    let _ = stream.shutdown().await;
    answer.filter(|_| is_ours && method == "GET")
}

/// What a request says before its body.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut part = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        head.extend_from_slice(&part[..read]);
        if head.len() > MOST_HEAD {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

/// The answer in the URL of a request, where it is one to the page.
fn answer(target: &str) -> Option<Answer> {
    let url = Url::parse("http://127.0.0.1").ok()?.join(target).ok()?;
    if url.path() != "/callback" {
        return None;
    }
    let mut answer = Answer::default();
    for (name, value) in url.query_pairs() {
        let slot = match &*name {
            "code" => &mut answer.code,
            "state" => &mut answer.state,
            "error" => &mut answer.error,
            "error_description" => &mut answer.description,
            _ => continue,
        };
        // RFC 6749, section 3.1: a parameter stands once.
        slot.get_or_insert_with(|| value.into_owned());
    }
    Some(answer)
}
