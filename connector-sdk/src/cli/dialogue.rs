//! Asks the person at the terminal, and hears what is typed.

use std::future::{Future as _, poll_fn};
use std::io::BufRead as _;
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::process::{Input, Sink, lock, say, write};

/// Asks on standard error and hears on standard input.
pub(super) struct Dialogue {
    pub(super) input: Input,
    pub(super) output: Sink,
    pub(super) cancellation: CancellationToken,
    pub(super) deadline: Option<Instant>,
}

/// Why nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    Cancelled,
    TimeOver,
}

impl Dialogue {
    /// Shows a text.
    pub(super) fn show(&self, text: &str) -> std::io::Result<()> {
        write(&self.output, text.as_bytes())
    }

    /// A line with its end, or nothing where the input has ended; unless somebody gives up before.
    ///
    /// Reading blocks and can't be cancelled, so it has a thread of its own, which ends with the process.
    pub(super) async fn line(&self) -> Result<String, Silence> {
        let (sender, receiver) = oneshot::channel();
        let input = Input::clone(&self.input);
        std::thread::spawn(move || {
            let mut line = String::new();
            // What can't be read is no answer.
            let read = lock(&input).read_line(&mut line);
            let _ = sender.send(read.map(|_| line).unwrap_or_default());
        });
        let given_up = async {
            match self.deadline {
                Some(deadline) => {
                    tokio::time::timeout_at(deadline.into(), self.cancellation.cancelled()).await
                }
                None => {
                    self.cancellation.cancelled().await;
                    Ok(())
                }
            }
        };
        let (mut receiver, mut given_up) = (pin!(receiver), pin!(given_up));
        poll_fn(|task| {
            if let Poll::Ready(line) = receiver.as_mut().poll(task) {
                return Poll::Ready(Ok(line.unwrap_or_default()));
            }
            given_up.as_mut().poll(task).map(|waited| {
                // The question's line has no end yet.
                say(&self.output, "");
                Err(match waited {
                    Ok(()) => Silence::Cancelled,
                    Err(_) => Silence::TimeOver,
                })
            })
        })
        .await
    }
}
