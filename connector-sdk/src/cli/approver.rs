//! Asks the person at the terminal before an action that wants approval.

use std::future::{Future as _, poll_fn};
use std::io::BufRead as _;
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use serde_json::Value;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::process::{Input, Sink, lock, say, write};
use super::show::clean_line;
use crate::call::{ApprovalRequest, Approver};
use crate::manifest::{Effect, Trust};
use crate::{BoxFuture, Error, Result};

/// More of one argument than this hides the question; what is left out is counted.
const LONGEST_VALUE: usize = 300;

/// Asks on standard error and hears on standard input.
pub(super) struct Prompt {
    pub(super) input: Input,
    pub(super) output: Sink,
    pub(super) cancellation: CancellationToken,
    pub(super) deadline: Option<Instant>,
}

impl Approver for Prompt {
    fn approve<'a>(&'a self, request: &'a ApprovalRequest<'a>) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            write(&self.output, question(request).as_bytes()).map_err(|error| {
                Error::denied(format!("nobody could be asked, standard error can't be written: {error}"))
            })?;
            let answer = self.answer().await?;
            let answer = answer.trim().to_ascii_lowercase();
            Ok(match request.action.permission.trust {
                Trust::Restricted => answer == "yes",
                _ => answer == "y" || answer == "yes",
            })
        })
    }
}

impl Prompt {
    /// A line, unless somebody gives up before. Reading blocks and can't be cancelled, so it has a
    /// thread of its own, which ends with the process.
    async fn answer(&self) -> Result<String> {
        let (sender, receiver) = oneshot::channel();
        let input = Input::clone(&self.input);
        std::thread::spawn(move || {
            let mut line = String::new();
            // What can't be read is no agreement.
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
                    Ok(()) => Error::cancelled("the call was cancelled before anybody agreed to it"),
                    Err(_) => Error::cancelled("the time was over before anybody agreed to the call"),
                })
            })
        })
        .await
    }
}

fn question(request: &ApprovalRequest<'_>) -> String {
    let action = request.action;
    let mut text = format!("{}: {}\n", clean_line(&request.manifest.title), clean_line(action.summary()));
    if action.permission.effect == Effect::Destructive {
        text.push_str("It removes something, or can't be undone.\n");
    }
    if let Ok(Value::Object(input)) = serde_json::from_str::<Value>(request.input) {
        for (name, value) in &input {
            text.push_str(&format!("  {}: {}\n", clean_line(name), shortened(value)));
        }
    }
    text.push_str(match action.permission.trust {
        Trust::Restricted => "Type `yes` to proceed: ",
        _ => "Proceed? [y/N] ",
    });
    text
}

/// A value on one line. Texts are quoted, so that one can't pass for the lines around it.
fn shortened(value: &Value) -> String {
    let text = clean_line(&value.to_string());
    let length = text.chars().count();
    if length <= LONGEST_VALUE {
        return text;
    }
    let begin: String = text.chars().take(LONGEST_VALUE).collect();
    format!("{begin}… ({} more characters)", length - LONGEST_VALUE)
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Outcome, run_with};
    use super::super::process::Terminal;

    fn ask(arguments: &[&str], answer: &'static str) -> Outcome {
        run_with(arguments, |process| process.terminal(Terminal::all()).stdin(answer.as_bytes()))
    }

    const CREATE: [&str; 6] = ["notes", "create", "Title", "a\nb\u{1b}[2J", "--mode", "write"];
    const DELETE: [&str; 5] = ["notes", "delete", "a.md", "--mode", "admin"];

    #[test]
    fn it_says_what_it_will_do_and_takes_yes() {
        let outcome = ask(&CREATE, "y\n");
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(
            outcome.stderr,
            "Notes: create note notes.\n  body: \"a\\nb\\u001b[2J\"\n  title: \"Title\"\nProceed? [y/N] "
        );
    }

    #[test]
    fn anything_else_is_no() {
        for answer in ["", "\n", "n\n", "yep\n"] {
            let outcome = ask(&CREATE, answer);
            assert_eq!(outcome.code, 3, "{answer:?}: {outcome:?}");
            assert!(outcome.stdout.is_empty() && outcome.stderr.contains("was not approved"), "{outcome:?}");
        }
    }

    #[test]
    fn what_is_restricted_wants_the_whole_word() {
        assert_eq!(ask(&DELETE, "y\n").code, 3);
        let outcome = ask(&DELETE, "yes\n");
        assert_eq!(outcome.code, 0);
        assert!(outcome.stderr.contains("can't be undone.\n") && outcome.stderr.contains("Type `yes`"));
    }

    #[test]
    fn nobody_is_asked_without_need() {
        let agreed = ask(&[&CREATE[..], &["--yes"]].concat(), "");
        assert_eq!((agreed.code, agreed.stderr.as_str()), (0, ""));
        let read = ask(&["notes", "search", "x"], "");
        assert_eq!((read.code, read.stderr.as_str()), (0, ""));
        let piped = run_with(&CREATE, |process| process);
        assert_eq!((piped.code, piped.stderr.as_str()), (0, ""), "no terminal: the mode decides");
    }

    #[test]
    fn somebody_at_a_terminal_is_asked_whatever_form_the_answer_has() {
        let outcome = ask(&[&CREATE[..], &["--json"]].concat(), "n\n");
        assert_eq!(outcome.code, 3, "{outcome:?}");
        assert!(outcome.stderr.contains("Proceed? [y/N]"), "{outcome:?}");
        assert!(outcome.stdout.starts_with(r#"{"ok":false"#), "{outcome:?}");
    }

    #[test]
    fn a_question_ends_with_the_time() {
        struct Silent;
        impl std::io::Read for Silent {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                std::thread::sleep(std::time::Duration::from_secs(60));
                Ok(0)
            }
        }
        let outcome = run_with(&[&CREATE[..], &["--timeout", "50ms"]].concat(), |process| {
            process.terminal(Terminal::all()).stdin(Silent)
        });
        assert_eq!(outcome.code, 10, "{outcome:?}");
        assert!(outcome.stderr.contains("the time was over before anybody agreed"), "{outcome:?}");
    }
}
