//! Asks the person at the terminal before an action that wants approval.

use serde_json::Value;

use super::dialogue::{Dialogue, Silence};
use super::show::clean_line;
use crate::call::{ApprovalRequest, Approver};
use crate::manifest::{Effect, Trust};
use crate::{BoxFuture, Error, Result};

/// More of one argument than this hides the question; what is left out is counted.
const LONGEST_VALUE: usize = 300;

/// Asks whether an action may run.
pub(super) struct Prompt(pub(super) Dialogue);

impl Approver for Prompt {
    fn approve<'a>(&'a self, request: &'a ApprovalRequest<'a>) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            self.0.show(&question(request)).map_err(|error| {
                Error::denied(format!("nobody could be asked, standard error can't be written: {error}"))
            })?;
            let answer = self.0.line().await.map_err(|silence| {
                Error::cancelled(match silence {
                    Silence::Cancelled => "the call was cancelled before anybody agreed to it",
                    Silence::TimeOver => "the time was over before anybody agreed to the call",
                })
            })?;
            let answer = answer.trim().to_ascii_lowercase();
            Ok(match request.action.permission.trust {
                Trust::Restricted => answer == "yes",
                _ => answer == "y" || answer == "yes",
            })
        })
    }
}

fn question(request: &ApprovalRequest<'_>) -> String {
    let action = request.action;
    let title = clean_line(&request.manifest.title);
    // Of a file both texts are a stranger's; the command is what is called.
    let mut text = format!("{title}: {} (`{}`)\n", clean_line(action.summary()), clean_line(&action.command));
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
            "Notes: create note notes. (`notes.create`)\n  body: \"a\\nb\\u001b[2J\"\n  title: \"Title\"\nProceed? [y/N] "
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
