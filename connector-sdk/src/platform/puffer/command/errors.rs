//! What a program says on standard error: lines of a log, and the end of it for an error.

use std::collections::VecDeque;
use std::io::Read;

use crate::{Context, Level};

/// A longer line is logged in parts.
const LONGEST: usize = 4 * 1024;

/// How much of the end is kept.
const MOST_KEPT: usize = 2 * 1024;

/// Logs line by line until the end, and returns the last of it. What isn't UTF-8 is shown as well as it can be.
pub(super) fn log(mut from: impl Read, context: &Context) -> String {
    let mut buffer = vec![0; 8 * 1024];
    let mut line = Vec::new();
    let mut last = VecDeque::new();
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let read = &buffer[..read];
        last.extend(read);
        last.drain(..last.len().saturating_sub(MOST_KEPT));
        for byte in read {
            if *byte == b'\n' || line.len() == LONGEST {
                say(&line, context);
                line.clear();
            }
            if *byte != b'\n' {
                line.push(*byte);
            }
        }
    }
    say(&line, context);
    String::from_utf8_lossy(last.make_contiguous()).trim().to_owned()
}

fn say(line: &[u8], context: &Context) {
    let line = line.trim_ascii_end();
    if !line.is_empty() {
        context.log(Level::Info, String::from_utf8_lossy(line));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::Observer;

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl Observer for Heard {
        fn log(&self, _: Level, message: &str) {
            self.0.lock().expect("heard").push(message.to_owned());
        }
    }

    #[test]
    fn lines_are_logged_and_the_end_is_kept() {
        let heard = Arc::new(Heard::default());
        let context = Context::new().with_observer(Arc::clone(&heard) as Arc<dyn Observer>);
        let long = "x".repeat(3 * LONGEST);
        let text = format!("one\r\n\n{long}\nlast \u{fffd}");
        let kept = log(text.as_bytes(), &context);
        assert_eq!(kept.len(), MOST_KEPT);
        assert!(kept.ends_with("x\nlast \u{fffd}"), "{kept}");
        let heard = heard.0.lock().expect("heard");
        let lengths: Vec<usize> = heard.iter().map(String::len).collect();
        assert_eq!(lengths, [3, LONGEST, LONGEST, LONGEST, 8]);
        assert_eq!(log(&b"\xff\xfe"[..], &Context::new()), "\u{fffd}\u{fffd}");
    }
}
