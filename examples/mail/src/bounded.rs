//! A connection of which a server can't make more than there is room for.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::Wire;

/// A connection that fails where the server says too much to one command: `lettre` reads a line to its end, however
/// long it is.
#[derive(Debug)]
pub(crate) struct Bounded<T> {
    inner: T,
    /// How many bytes it may say to the present command.
    left: usize,
}

impl<T> Bounded<T> {
    /// The most that is said to one command, in bytes.
    const MOST: usize = 128 * 1024;

    pub(crate) fn new(inner: T) -> Self {
        Self { inner, left: Self::MOST }
    }
}

/// What a server did that goes on for too long. After it nothing of the connection is read.
pub(crate) fn too_much() -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, "it says more than there is room for")
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
            self.left = self.left.checked_sub(buf.filled().len() - before).ok_or_else(too_much)?;
        }
        read
    }
}

impl<T: Wire> AsyncWrite for Bounded<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.left = Self::MOST;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
