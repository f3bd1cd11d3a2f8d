//! `subscribe`: a program that runs for as long as somebody listens, its frames, and the acknowledgements that it gets.

use std::borrow::Cow;
use std::io::{self, Read};
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout};

use super::super::frames::{string, text};
use super::super::lines::{Lines, Piece};
use super::answer;
use super::connector::{ended, payload};
use super::pending::Pending;
use super::process::Running;
use crate::event::{Acknowledgements, Emitter, Failure, Health};
use crate::{Context, Error, ErrorKind, Level, Result};

/// So much of a line that is no frame is logged, as Puffer has it.
const EXCERPT: usize = 256;

/// So many events are passed on before the program hears of acknowledgements.
const MANY: usize = 64;

/// A frame of any kind (contract 1.4). What else stands in it is nothing, and so is what another kind has, whatever
/// it is: an event may have a `status` that is a number.
#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cursor: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "any")]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default)]
    status: Option<&'a RawValue>,
    #[serde(borrow, default)]
    detail: Option<&'a RawValue>,
}

/// `null` is a payload.
fn any<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Runs a program from a cursor until it ends or the subscription does.
pub(super) async fn run(
    command: &[String],
    connection: &str,
    since: Option<&str>,
    out: Emitter,
    grace: Duration,
    context: &Context,
) -> Result<()> {
    let (give, mut lines) = channel(4);
    let first = first(connection, since);
    let mut running = Running::start(command, &["subscribe"], first, context, move |output, _| {
        let problem = read(output, &give).err();
        let _ = give.blocking_send(Err(problem));
    })?;
    let acknowledgements = out.acknowledgements();
    let mut stream = Passing {
        out,
        acknowledgements,
        pending: Pending::default(),
        unsaid: false,
        context,
        troubled: None,
    };
    let problem = loop {
        tokio::select! {
            // Where it is the host that is slow to acknowledge, the program waits until some of it is done with.
            part = lines.recv(), if stream.unsaid || !stream.pending.is_too_much() => match part {
                Some(Ok(part)) => match stream.pass(&part, &running).await {
                    Ok(()) => {}
                    // The subscription knows of its end a moment before its context does.
                    Err(error)
                        if error.kind() == ErrorKind::Cancelled || context.cancellation().is_cancelled() =>
                    {
                        stream.acknowledge(&running);
                        return Err(leave(running, lines, grace).await);
                    }
                    Err(error) => return Err(error),
                },
                Some(Err(problem)) => break problem,
                None => break None,
            },
            () = stream.acknowledgements.changed() => stream.acknowledge(&running),
            () = running.reads(), if stream.unsaid => stream.acknowledge(&running),
            () = context.cancellation().cancelled() => {
                // It may be done with what it told last, and keeps it otherwise.
                stream.acknowledge(&running);
                return Err(leave(running, lines, grace).await);
            }
        }
    };
    if let Some(error) = problem {
        return Err(Error::upstream(format!("what the program writes can't be read: {error}")));
    }
    // It has closed its standard output, so there is nothing more to hear of it.
    running.close();
    let status = match timeout(grace, running.exited()).await {
        Ok(status) => status?,
        Err(_) => {
            return Err(Error::upstream(
                "the program closed its standard output and didn't end; it was ended",
            ));
        }
    };
    let errors = running.errors().await;
    Err(Error::unavailable(ended(status, &errors)))
}

/// Lets a program end by itself. What it says on its way out is said again from the cursor.
async fn leave(mut running: Running, mut lines: Receiver<Part>, grace: Duration) -> Error {
    running.close();
    let gone = async {
        loop {
            tokio::select! {
                _ = running.exited() => break,
                // A program that can't write doesn't end.
                Some(_) = lines.recv() => {}
            }
        }
    };
    let _ = timeout(grace, gone).await;
    Error::cancelled("the subscription is to end")
}

fn first(connection: &str, since: Option<&str>) -> Vec<u8> {
    let mut line = br#"{"op":"subscribe","connection":"#.to_vec();
    string(connection, &mut line);
    if let Some(since) = since {
        line.extend_from_slice(br#","cursor":"#);
        string(since, &mut line);
    }
    line.extend_from_slice(b"}\n");
    line
}

/// Whole lines, as many as are there at a time; in the end why there are no more, where that is a fault.
type Part = Result<String, Option<io::Error>>;

/// Reads lines until the end, or until nobody wants them.
fn read(mut output: impl Read, give: &Sender<Part>) -> io::Result<()> {
    let mut lines = Lines::new();
    while let Some(piece) = lines.next(&mut output)? {
        let Piece::Lines(some) = piece else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line of it is longer than 1 MiB"));
        };
        let text = std::str::from_utf8(some)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a line of it is not UTF-8"))?;
        if give.blocking_send(Ok(text.to_owned())).is_err() {
            break;
        }
    }
    Ok(())
}

/// What lies between a program and the emitter.
struct Passing<'a> {
    out: Emitter,
    acknowledgements: Acknowledgements,
    /// The events that the program wrote and has heard nothing of, in its order.
    pending: Pending,
    /// Some of them are acknowledged, and the program has yet to read what was said before.
    unsaid: bool,
    context: &'a Context,
    /// Since when it says that it isn't well.
    troubled: Option<Instant>,
}

impl Passing<'_> {
    /// Passes on what whole lines say.
    async fn pass(&mut self, lines: &str, running: &Running) -> Result<()> {
        let lines = lines.split('\n').map(str::trim_ascii).filter(|line| !line.is_empty());
        for (at, line) in lines.enumerate() {
            if let Err(why) = self.frame(line).await? {
                let shown: String = line.chars().take(EXCERPT).collect();
                self.context
                    .log(Level::Warn, format_args!("a line of the program is left out: {why}: {shown}"));
            }
            if at % MANY == MANY - 1 {
                self.heard(running)?;
            }
        }
        self.heard(running)
    }

    /// Passes on what one line says; inside, why it says nothing.
    async fn frame(&mut self, line: &str) -> Result<Result<(), String>> {
        let frame: Frame<'_> = match serde_json::from_str(line) {
            Ok(frame) => frame,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let why = match &*frame.kind {
            "event" => match (frame.id.and_then(text), frame.cursor.and_then(text), frame.payload) {
                (Some(id), ..) if id.is_empty() => "its `id` is empty",
                (Some(id), Some(cursor), Some(raw)) => {
                    self.out.emit(&id, &cursor, payload(raw.get())?).await?;
                    self.troubled = None;
                    self.pending.push(&id, cursor.into_owned());
                    return Ok(Ok(()));
                }
                _ => "an event needs an `id` and a `cursor`, which are texts, and a `payload`",
            },
            "checkpoint" => match frame.cursor.and_then(text) {
                Some(cursor) => {
                    self.out.checkpoint(&cursor)?;
                    return Ok(Ok(()));
                }
                None => "a checkpoint needs a `cursor`, which is a text",
            },
            "health" => match frame.status.and_then(text) {
                Some(status) => {
                    self.health(&status, frame.detail.and_then(text))?;
                    return Ok(Ok(()));
                }
                None => "a health frame needs a `status`, which is a text",
            },
            // Newer programs say more, unasked.
            "contacts" | "contact_context" => return Ok(Ok(())),
            kind => return Ok(Err(format!("there is no frame `{}`", crate::similar::excerpt(kind)))),
        };
        Ok(Err(why.to_owned()))
    }

    /// What the program says of itself. It mends itself or it doesn't; only credentials are for somebody else to mend.
    fn health(&mut self, status: &str, detail: Option<Cow<'_, str>>) -> Result<()> {
        let message = match detail {
            Some(detail) => answer::cut(&detail),
            None => format!("the program says that it is `{}`", crate::similar::excerpt(status)),
        };
        match status {
            "ok" => {
                self.troubled = None;
                self.out.health(Health::Good);
            }
            "auth_required" => return Err(Error::auth(message)),
            _ => {
                let lasting = self.troubled.get_or_insert_with(Instant::now).elapsed();
                let failure = Failure { kind: ErrorKind::Unavailable, message };
                self.out.health(Health::Retrying { failure, wait: Duration::ZERO, lasting });
            }
        }
        Ok(())
    }

    /// Tells the program what the host has acknowledged, in the program's own order: whoever takes an acknowledgement
    /// for one of all that came before is right.
    fn acknowledge(&mut self, running: &Running) {
        // What it has no room for is said when it has.
        self.unsaid = !running.has_room();
        if self.unsaid {
            return;
        }
        let mut left = self.acknowledgements.leading(self.pending.ids());
        while left > 0 && running.has_room() {
            let (taken, lines) = self.pending.take(left);
            running.write(lines);
            left -= taken;
        }
        self.unsaid = left > 0;
    }

    /// Tells the program what it hasn't heard, and ends one that tells more and more and never listens. What it told
    /// comes again from the cursor.
    fn heard(&mut self, running: &Running) -> Result<()> {
        self.acknowledge(running);
        if self.unsaid && self.pending.is_too_much() {
            return Err(Error::upstream(
                "the program doesn't read its acknowledgements, of which more than 16 MiB wait; it must read its \
                 standard input, or close it",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
