//! What a server says, before the library reads it.
//!
//! `async-imap` trusts whom it speaks to: it makes room for as many bytes as a literal says that it has, up to
//! 512 MiB; reads an answer from its beginning for every 4 KiB that come; and its parser calls itself for each bracket
//! of a BODYSTRUCTURE. So only whole lines of what was asked for get through here, in forms that leave the parser no
//! choice. Whatever else a server says is left out, since it may say anything at any time (RFC 9051, section 2.2.2), or
//! is the end of the connection. A mail that is longer than what was asked for is cut.

mod attributes;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::MOST_OF_A_MAIL;
use crate::server::{Wire, too_much};
use attributes::{Attributes, attributes};

/// The longest line, but for the numbers that a search finds.
const LONGEST: usize = 64 * 1024;

/// How much of those numbers is handed on as one answer.
const NUMBERS: usize = 4 * 1024;

/// The most of all lines that a server may say to one command: the numbers of a million mails are 8 MB.
const MOST: usize = 32 * 1024 * 1024;

/// A connection from which the answers can be read that were asked for.
#[derive(Debug)]
pub(crate) struct Answers<T> {
    inner: T,
    filter: Filter,
    /// What got through and how much of it was read.
    through: Vec<u8>,
    read: usize,
    heard: Heard,
}

/// How many bytes a server has said, for whoever waits until it has said all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard(Arc<AtomicU64>);

impl Heard {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl<T> Answers<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, filter: Filter::default(), through: Vec::new(), read: 0, heard: Heard::default() }
    }

    pub(crate) fn heard(&self) -> Heard {
        self.heard.clone()
    }

    /// What was read and not handed on goes with it.
    pub(crate) fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Wire> AsyncRead for Answers<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.read == this.through.len() {
            this.through.clear();
            this.read = 0;
            let mut piece = [0; 8 * 1024];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut piece))?;
            if piece.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.heard.0.fetch_add(piece.filled().len() as u64, Ordering::Relaxed);
            this.filter.see(piece.filled(), &mut this.through)?;
        }
        let some = &this.through[this.read..];
        let some = &some[..some.len().min(buf.remaining())];
        buf.put_slice(some);
        this.read += some.len();
        Poll::Ready(Ok(()))
    }
}

impl<T: Wire> AsyncWrite for Answers<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        // A new command.
        self.filter.said = 0;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Lets answers through.
#[derive(Debug, Default)]
struct Filter {
    /// The line that isn't whole yet.
    line: Vec<u8>,
    answer: Answer,
    /// How much of a literal is still to be handed on, and then to be left out.
    literal: (usize, usize),
    /// How much of lines was said to the present command.
    said: usize,
    /// It said what nobody can read.
    broken: bool,
}

/// The answer in which the server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Answer {
    /// Between two of them.
    #[default]
    None,
    Numbers,
    Mail,
    /// A folder whose name is a literal, after which nothing comes.
    Folder,
    /// One that nobody asked for.
    Other,
}

impl Filter {
    fn see(&mut self, bytes: &[u8], through: &mut Vec<u8>) -> io::Result<()> {
        let seen = if self.broken { Err(too_much()) } else { self.take(bytes, through) };
        self.broken = seen.is_err();
        seen
    }

    fn take(&mut self, mut bytes: &[u8], through: &mut Vec<u8>) -> io::Result<()> {
        while !bytes.is_empty() {
            let (kept, left_out) = &mut self.literal;
            if *kept > 0 || *left_out > 0 {
                let now = (*kept).min(bytes.len());
                through.extend_from_slice(&bytes[..now]);
                *kept -= now;
                let later = (*left_out).min(bytes.len() - now);
                *left_out -= later;
                bytes = &bytes[now + later..];
                continue;
            }
            let end = bytes.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
            let (now, later) = bytes.split_at(end.unwrap_or(bytes.len()));
            bytes = later;
            self.line.extend_from_slice(now);
            self.said += now.len();
            if self.said > MOST {
                return Err(too_much());
            }
            if end.is_some() {
                self.whole(through)?;
            } else {
                self.part(through)?;
            }
        }
        Ok(())
    }

    /// The line goes on.
    fn part(&mut self, through: &mut Vec<u8>) -> io::Result<()> {
        if self.answer == Answer::None && begins(&self.line, "* SEARCH ") {
            self.answer = Answer::Numbers;
            self.line.drain(.."* SEARCH ".len());
        }
        match self.answer {
            Answer::Numbers if self.line.len() > NUMBERS => {
                let cut = self.line.iter().rposition(|byte| *byte == b' ').ok_or_else(too_much)?;
                numbers(&self.line[..cut], through)?;
                self.line.drain(..=cut);
                Ok(())
            }
            _ if self.line.len() > LONGEST => Err(too_much()),
            _ => Ok(()),
        }
    }

    /// A line has ended.
    fn whole(&mut self, through: &mut Vec<u8>) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let text = line.strip_suffix(b"\r\n").filter(|text| !text.contains(&b'\r')).ok_or_else(strange)?;
        if text.len() > LONGEST {
            return Err(too_much());
        }
        let answer = std::mem::take(&mut self.answer);
        match answer {
            Answer::None => self.begun(text, through)?,
            Answer::Numbers => numbers(text, through)?,
            Answer::Mail => self.mail(text, false, through)?,
            Answer::Folder if text.is_empty() => through.extend_from_slice(b"\r\n"),
            Answer::Folder => return Err(strange()),
            Answer::Other => self.other(text),
        }
        // The next is most likely as long.
        self.line = line;
        self.line.clear();
        Ok(())
    }

    /// The first line of an answer.
    fn begun(&mut self, text: &[u8], through: &mut Vec<u8>) -> io::Result<()> {
        let mut words = text.splitn(4, |byte| *byte == b' ');
        let [first, second, third] = std::array::from_fn(|_| words.next().unwrap_or_default());
        let line = |through: &mut Vec<u8>| {
            through.extend_from_slice(text);
            through.extend_from_slice(b"\r\n");
        };
        if first != b"*" || is(second, &["OK", "NO", "BAD", "BYE", "PREAUTH"]) {
            // How something went. The one literal that could be in it is a name of letters, which nobody needs.
            if has(text, b"[BADCHARSET") && text.contains(&b'{') {
                return Err(strange());
            }
            line(through);
            return Ok(());
        }
        if is(second, &["SEARCH"]) {
            return numbers(&text["* ".len() + second.len()..], through);
        }
        if is(second, &["CAPABILITY"]) && literal(text).is_none() {
            line(through);
            return Ok(());
        }
        if is(second, &["LIST"]) {
            match literal(text) {
                Some((_, length)) if length > LONGEST => return Err(too_much()),
                Some((_, length)) => (self.literal, self.answer) = ((length, 0), Answer::Folder),
                None => {}
            }
            line(through);
            return Ok(());
        }
        let is_number = second.iter().all(u8::is_ascii_digit);
        if is_number && is(third, &["FETCH"]) {
            let rest = words.next().and_then(|rest| rest.strip_prefix(b"(")).ok_or_else(strange)?;
            through.extend_from_slice(&text[..text.len() - rest.len()]);
            return self.mail(rest, true, through);
        }
        if is_number && is(third, &["EXISTS"]) {
            if words.next().is_some() {
                return Err(strange());
            }
            line(through);
            return Ok(());
        }
        self.other(text);
        Ok(())
    }

    /// What is told of a mail, from its beginning or after a text in it.
    fn mail(&mut self, text: &[u8], begins: bool, through: &mut Vec<u8>) -> io::Result<()> {
        match attributes(text, begins).ok_or_else(strange)? {
            Attributes::End => {
                through.extend_from_slice(text);
                through.extend_from_slice(b"\r\n");
            }
            Attributes::Literal { at, length } => {
                let kept = length.min(MOST_OF_A_MAIL);
                through.extend_from_slice(&text[..at]);
                through.extend_from_slice(format!("{{{kept}}}\r\n").as_bytes());
                (self.literal, self.answer) = ((kept, length - kept), Answer::Mail);
            }
        }
        Ok(())
    }

    /// An answer that nobody reads.
    fn other(&mut self, text: &[u8]) {
        if let Some((_, length)) = literal(text) {
            (self.literal, self.answer) = ((0, length), Answer::Other);
        }
    }
}

/// Not what IMAP is, or what nobody asked for in a form that can't be told apart from something else.
fn strange() -> io::Error {
    io::Error::other("it says what can't be understood")
}

/// The numbers that a search finds, as an answer of their own.
fn numbers(text: &[u8], through: &mut Vec<u8>) -> io::Result<()> {
    // Behind them may stand how new they are, in brackets.
    let end = text.iter().position(|byte| *byte == b'(').unwrap_or(text.len());
    if !text[..end].iter().all(|byte| byte.is_ascii_digit() || *byte == b' ') {
        return Err(strange());
    }
    through.extend_from_slice(b"* SEARCH");
    for number in text[..end].split(|byte| *byte == b' ').filter(|number| !number.is_empty()) {
        through.push(b' ');
        through.extend_from_slice(number);
    }
    through.extend_from_slice(b"\r\n");
    Ok(())
}

/// The literal that a line announces at its end (RFC 9051, section 4.3), and where.
fn literal(text: &[u8]) -> Option<(usize, usize)> {
    let at = text.iter().rposition(|byte| *byte == b'{')?;
    let digits = text[at + 1..].strip_suffix(b"}")?;
    let is_length = matches!(digits.len(), 1..=9) && digits.iter().all(u8::is_ascii_digit);
    let length = is_length.then(|| std::str::from_utf8(digits).ok()?.parse().ok()).flatten()?;
    Some((at, length))
}

fn is(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

fn begins(text: &[u8], with: &str) -> bool {
    text.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with.as_bytes()))
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests;
