//! A connection as the SMTP library wants it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::{Wire, too_much};

/// The most that a server may say to one command, in bytes: the library reads a line to its end, however long it is.
const MOST: usize = 128 * 1024;

/// A connection that begins with words which were spoken before, and fails where the server says too much.
#[derive(Debug)]
pub(crate) struct Spoken {
    inner: Box<dyn Wire>,
    words: &'static [u8],
    /// How many bytes it may say to the present command.
    left: usize,
}

impl Spoken {
    pub(crate) fn new(inner: Box<dyn Wire>, words: &'static [u8]) -> Self {
        Self { inner, words, left: MOST }
    }
}

impl AsyncTokioStream for Spoken {
    /// Nobody asks for it.
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok((Ipv4Addr::UNSPECIFIED, 0).into())
    }
}

impl AsyncRead for Spoken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let length = self.words.len().min(buf.remaining());
        if length == 0 {
            let before = buf.filled().len();
            let read = Pin::new(&mut self.inner).poll_read(cx, buf);
            if let Poll::Ready(Ok(())) = read {
                self.left = self.left.checked_sub(buf.filled().len() - before).ok_or_else(too_much)?;
            }
            return read;
        }
        let (now, later) = self.words.split_at(length);
        buf.put_slice(now);
        self.words = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Spoken {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.left = MOST;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
