//! Answers that break the protocol, written to the socket by hand.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server that gives every connection the same answer and closes it. It ends when it is dropped.
///
/// ```
/// use connector_sdk::ErrorKind;
/// use connector_sdk::http::{Http, Retry};
/// use connector_sdk::testing::server::Raw;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// let server = Raw::cut_body().await?;
/// let http = Http::builder(server.url()).retry(Retry::never()).build()?;
/// let error = http.get("/").send().await?.bytes().await.expect_err("half of it is missing");
/// assert_eq!((error.kind(), server.connections()), (ErrorKind::Unavailable, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Raw {
    url: String,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Answer {
    bytes: Arc<[u8]>,
    then: Then,
}

/// What follows the bytes of an answer.
#[derive(Clone, Copy)]
enum Then {
    Close,
    /// That many bytes, one each time.
    Drip(usize, Duration),
    Forever,
}

impl Raw {
    /// These bytes, whatever they mean; none: the connection is closed without an answer.
    ///
    /// # Errors
    ///
    /// Where there is no port to listen on, as for the other constructors.
    pub async fn bytes(answer: impl Into<Vec<u8>>) -> io::Result<Self> {
        Self::start(answer.into(), Then::Close).await
    }

    /// A body that is cut off in the middle: 6 of the 100 bytes that its head promises.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub async fn cut_body() -> io::Result<Self> {
        Self::bytes(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n[{\"a\":",
        )
        .await
    }

    /// A head at once, then a body of 1,000 spaces, one byte each time.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub async fn slow_body(each: Duration) -> io::Result<Self> {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
        Self::start(head.into(), Then::Drip(1000, each)).await
    }

    /// A body that never ends, as fast as it is taken.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes).
    pub async fn endless_body() -> io::Result<Self> {
        Self::start("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".into(), Then::Forever).await
    }

    async fn start(bytes: Vec<u8>, then: Then) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let answer = Answer { bytes: bytes.into(), then };
        let task = tokio::spawn(async move {
            let mut answering = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let answer = answer.clone();
                // What becomes of a connection is the client's to say.
                answering.spawn(async move { drop(answer.send(stream).await) });
            }
        });
        Ok(Self { url, connections, task })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many connections have been made so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Answer {
    async fn send(&self, mut stream: TcpStream) -> io::Result<()> {
        read_request(&mut stream).await?;
        stream.write_all(&self.bytes).await?;
        match self.then {
            Then::Close => {}
            Then::Drip(bytes, each) => {
                for _ in 0..bytes {
                    tokio::time::sleep(each).await;
                    stream.write_all(b" ").await?;
                }
            }
            Then::Forever => loop {
                stream.write_all(&[b' '; 16 * 1024]).await?;
            },
        }
        stream.shutdown().await
    }
}

/// Reads the request to its end: a connection that is closed with something unread is reset, and the client
/// would never see the answer.
async fn read_request(stream: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    let head = loop {
        if let Some(end) = memchr::memmem::find(&request, b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    };
    let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut missing = length.unwrap_or(0_usize).saturating_sub(request.len() - head);
    let mut rest = [0; 4096];
    while missing > 0 {
        match stream.read(&mut rest).await? {
            0 => break,
            read => missing = missing.saturating_sub(read),
        }
    }
    Ok(())
}
