//! A connection of which a server can't make more than there is room for.
//!
//! The libraries that read mail servers' answers take what comes: `async-imap` makes room for as many bytes as a
//! literal says that it has, up to 512 MiB, and its parser calls itself once for each bracket of a BODYSTRUCTURE;
//! `lettre` reads a line however long it is. So what they read goes through here.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::Wire;

/// The most that a server may say to one command of IMAP, in bytes: of a mail 1 MiB is asked for, of many at once a
/// few of them, and the numbers of a million mails are 8 MB.
const MOST_IMAP: u64 = 32 * 1024 * 1024;

/// The most that a server may say to one command of SMTP, in bytes.
const MOST_SMTP: u64 = 1024 * 1024;

/// The most bytes of one answer of IMAP outside of the texts whose length it says. `async-imap` reads an answer from its
/// beginning for every 4 KiB that come, so half a million numbers in one take it seconds.
const MOST_LINE: usize = 4 * 1024 * 1024;

/// The most brackets that one answer of IMAP may open, outside of the texts whose length it says. Those that are asked
/// for have three.
const MOST_BRACKETS: u32 = 64;

/// A connection that fails where the server says too much to one command.
#[derive(Debug)]
pub(crate) struct Bounded<T> {
    inner: T,
    most: u64,
    /// What is left of it.
    left: u64,
    answers: Option<Answers>,
}

impl<T> Bounded<T> {
    pub(crate) fn imap(inner: T) -> Self {
        Self { inner, most: MOST_IMAP, left: MOST_IMAP, answers: Some(Answers::default()) }
    }

    pub(crate) fn smtp(inner: T) -> Self {
        Self { inner, most: MOST_SMTP, left: MOST_SMTP, answers: None }
    }

    pub(crate) fn into_inner(self) -> T {
        self.inner
    }

    fn check(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(too_much)?;
        match &mut self.answers {
            Some(answers) => answers.see(bytes, self.left),
            None => Ok(()),
        }
    }
}

fn too_much() -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, "it says more than there is room for")
}

/// Where in an answer of IMAP the server is.
#[derive(Debug, Default)]
struct Answers {
    /// What the answer begins with.
    beginning: Vec<u8>,
    /// How long it is so far, without its literals.
    length: usize,
    /// How many brackets it opened.
    brackets: u32,
    /// How much of a literal is to come.
    literal: u64,
    end: End,
}

/// What was said last, where it may become the end of a line or the beginning of a literal (RFC 9051, section 4.3):
/// `{12}`, CR, LF.
#[derive(Clone, Copy, Debug, Default)]
enum End {
    #[default]
    None,
    Digits(u64),
    Closed(u64),
    Return(Option<u64>),
}

impl Answers {
    /// As much as is needed to know what it is: `* PREAUTH `.
    const BEGINNING: usize = 16;

    fn see(&mut self, mut bytes: &[u8], left: u64) -> io::Result<()> {
        while let Some((byte, rest)) = bytes.split_first() {
            if self.literal > 0 {
                let now = usize::try_from(self.literal).map_or(bytes.len(), |length| length.min(bytes.len()));
                self.literal -= now as u64;
                bytes = &bytes[now..];
                continue;
            }
            bytes = rest;
            if self.beginning.len() < Self::BEGINNING {
                self.beginning.push(*byte);
            }
            self.length += 1;
            self.brackets += u32::from(*byte == b'(');
            if self.length > MOST_LINE || self.brackets > MOST_BRACKETS && !self.is_status() {
                return Err(too_much());
            }
            self.end = match (self.end, *byte) {
                (_, b'{') => End::Digits(0),
                (End::Digits(n), digit @ b'0'..=b'9') => {
                    End::Digits(n.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
                }
                (End::Digits(n), b'}') => End::Closed(n),
                (End::Closed(n), b'\r') => End::Return(Some(n)),
                (_, b'\r') => End::Return(None),
                (End::Return(length), b'\n') => {
                    match length.filter(|_| !self.is_status()) {
                        // The answer goes on behind it.
                        Some(length) if length <= left => self.literal = length,
                        Some(_) => return Err(too_much()),
                        None => *self = Self::default(),
                    }
                    End::None
                }
                _ => End::None,
            };
        }
        Ok(())
    }

    /// Whether it is an answer that ends in words for people, which may hold anything and no literal.
    fn is_status(&self) -> bool {
        let mut words = self.beginning.split(|byte| byte.is_ascii_whitespace());
        match words.next() {
            Some(b"*") => words.next().is_some_and(|word| {
                [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"]
                    .iter()
                    .any(|status| word.eq_ignore_ascii_case(status))
            }),
            // The end of a command, or `+`.
            _ => true,
        }
    }
}

impl<T: Wire> AsyncRead for Bounded<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        if let Poll::Ready(Ok(())) = read {
            self.check(&buf.filled()[before..])?;
        }
        read
    }
}

impl<T: Wire> AsyncWrite for Bounded<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        // A new command.
        self.left = self.most;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(answers: &[&str]) -> io::Result<()> {
        // However it comes.
        for size in [1, 7, usize::MAX] {
            let mut seen = Answers::default();
            for answer in answers {
                for piece in answer.as_bytes().chunks(size.min(answer.len().max(1))) {
                    seen.see(piece, 1000)?;
                }
            }
        }
        Ok(())
    }

    #[test]
    fn what_servers_say_passes() {
        let smiles = "(:".repeat(200);
        let mail = format!("* 1 FETCH (UID 5 BODY[]<0> {{400}}\r\n{smiles})\r\n");
        see(&["* OK hello {5000000}\r\n", &mail, &mail, "* LIST (\\Marked) \"/\" \"a (b) (c)\"\r\n"])
            .unwrap();
        see(&[
            &format!("* NO {smiles}\r\n"),
            &format!("A0001 BAD {smiles} {{9999}}\r\n"),
            "+ idling {9999}\r\n",
        ])
        .unwrap();
        let many = "* LIST (\\Marked) \"/\" a\r\n".repeat(200);
        see(&[&many]).unwrap();
    }

    #[test]
    fn what_takes_more_than_there_is_does_not() {
        let deep = "(".repeat(100);
        for answer in [
            "* 1 FETCH (UID 5 BODY[]<0> {1001}\r\n".to_owned(),
            "* 1 FETCH (UID 5 BODY[]<0> {99999999999999999999}\r\n".to_owned(),
            "* SEARCH ".to_owned() + &"1 ".repeat(MOST_LINE / 2),
            format!("* 1 FETCH (BODYSTRUCTURE {deep}"),
            format!("* 1 FETCH (BODYSTRUCTURE {}", "(\")\" ".repeat(100)),
            // What looks as a literal to nobody but a reader that is easily fooled.
            format!("* OK {{900}}\r\n* 1 FETCH (BODYSTRUCTURE {deep}"),
            format!("* 1 FETCH (X {{3}}\r\nabc{deep}"),
            format!("* 1 FETCH (X {{0}}\r\n{deep}"),
            format!("* 1 FETCH (X {{3}}\n{deep}"),
        ] {
            let error = see(&[&answer]).expect_err(answer.get(..40).unwrap_or(&answer));
            assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
        }
    }

    #[test]
    fn there_is_room_for_each_command_anew() {
        let mut bounded = Bounded::smtp(());
        let half = vec![b'\n'; 600 * 1024];
        bounded.check(&half).unwrap();
        bounded.check(&half).expect_err("more than 1 MiB");
        let mut bounded = Bounded::imap(());
        let lines = b"* LIST () \"/\" a\r\n".repeat(64 * 1024);
        let taken = (0..64).take_while(|_| bounded.check(&lines).is_ok()).count();
        assert_eq!(taken as u64, MOST_IMAP / lines.len() as u64);
    }
}
