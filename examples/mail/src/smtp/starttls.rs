//! STARTTLS (RFC 3207), up to where TLS begins.
//!
//! The library keeps what it read before: whoever is on the way could put answers behind the last one in the clear,
//! which would be taken for the server's own over TLS. So these few lines are read here, where nothing is kept.

use connector_sdk::{Error, Result};
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::server::Server;
use crate::text::one_line;

/// The longest answer, in bytes.
const LONGEST: usize = 64 * 1024;

/// Says all that is said in the clear. What comes next is TLS.
pub(crate) async fn begin(server: Server<'_>, mut stream: TcpStream) -> Result<TcpStream> {
    expect(server, &answer(server, &mut stream).await?, "220")?;
    say(server, &mut stream, &format!("EHLO {}\r\n", ClientId::default())).await?;
    let can = answer(server, &mut stream).await?;
    expect(server, &can, "250")?;
    let has_tls = |line: &str| line.get(4..).is_some_and(|can| can.trim().eq_ignore_ascii_case("STARTTLS"));
    if !can.lines().any(has_tls) {
        return Err(Error::setup(format!("{server} knows no STARTTLS; set its security to `tls`")));
    }
    say(server, &mut stream, "STARTTLS\r\n").await?;
    expect(server, &answer(server, &mut stream).await?, "220")?;
    Ok(stream)
}

async fn say(server: Server<'_>, stream: &mut TcpStream, command: &str) -> Result<()> {
    stream.write_all(command.as_bytes()).await.map_err(|error| server.lost(error))
}

/// Reads one answer, and refuses whatever stands behind it.
async fn answer(server: Server<'_>, stream: &mut TcpStream) -> Result<String> {
    let mut heard = Vec::new();
    loop {
        if stream.read_buf(&mut heard).await.map_err(|error| server.lost(error))? == 0 {
            return Err(Error::unavailable(format!("{server} ended the connection")));
        }
        match length(&heard) {
            Some(length) if length == heard.len() => return Ok(String::from_utf8_lossy(&heard).into_owned()),
            Some(_) => {
                return Err(Error::upstream(format!(
                    "{server} says more than it was asked for before TLS begins, as if somebody on the way put it \
                     there; set its security to `tls`"
                )));
            }
            None if heard.len() > LONGEST => {
                return Err(Error::upstream(format!("{server} doesn't answer as SMTP does")));
            }
            None => {}
        }
    }
}

/// How long an answer is, once all of it is there: its last line has no `-` behind the code.
fn length(heard: &[u8]) -> Option<usize> {
    let mut length = 0;
    for line in heard.split_inclusive(|byte| *byte == b'\n') {
        length += line.len();
        if line.ends_with(b"\n") && line.get(3) != Some(&b'-') {
            return Some(length);
        }
    }
    None
}

fn expect(server: Server<'_>, answer: &str, code: &str) -> Result<()> {
    if answer.starts_with(code) {
        return Ok(());
    }
    Err(Error::unavailable(format!("{server} refuses to be spoken to: {}", one_line(answer, 200))))
}
