//! Where a server is, and how it is spoken to: over TLS, or in the clear where that is said.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use connector_sdk::{Context, Error, Result};
use rustls_platform_verifier::BuilderVerifierExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig};

/// How long a server may take to be reached.
pub(crate) const REACHED: Duration = Duration::from_secs(20);

/// How a connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after the command STARTTLS; without it nothing is sent.
    Starttls,
    /// In the clear: to this machine only, unless `allow_plain` is set.
    Plain,
}

/// A server of a connection's settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server<'a> {
    /// What it is, to people: `IMAP`.
    pub(crate) protocol: &'static str,
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) security: Security,
}

/// A connection to a server, whatever it goes through.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Wire for T {}

/// What a server did that goes on for too long. After it nothing of the connection is read.
pub(crate) fn too_much() -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, "it says more than there is room for")
}

impl Server<'_> {
    /// Refuses what would send a password in the clear where others may listen.
    pub(crate) fn check(&self, allow_plain: bool) -> Result<()> {
        if self.host.is_empty() || self.host.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(Error::setup(format!("the {} host is no name of a host", self.protocol)));
        }
        if self.security == Security::Plain && !allow_plain && !is_loopback(self.host) {
            return Err(Error::setup(format!(
                "{self} would be sent the password in the clear; set its security to `tls` or `starttls`, or \
                 `allow_plain` where nobody else is on the network"
            )));
        }
        Ok(())
    }

    /// Connects, without TLS as yet.
    pub(crate) async fn connect(&self) -> Result<TcpStream> {
        let connecting = TcpStream::connect((self.host, self.port));
        let stream = tokio::time::timeout(REACHED, connecting).await.map_err(|_| self.silent())?;
        let stream = stream.map_err(|error| {
            Error::unavailable(format!("{self} can't be reached: {error}")).with_source(error)
        })?;
        // Commands are small, and each is waited for.
        stream.set_nodelay(true).map_err(|error| self.lost(error))?;
        Ok(stream)
    }

    /// Goes on with TLS, with the certificates that the system trusts.
    pub(crate) async fn secure(&self, stream: TcpStream) -> Result<Box<dyn Wire>> {
        let name = ServerName::try_from(self.host.to_owned())
            .map_err(|_| Error::setup(format!("the {} host is no name that TLS knows", self.protocol)))?;
        let config = client()
            .map_err(|error| Error::setup(format!("the system's certificates can't be used: {error}")))?;
        let shaking = TlsConnector::from(Arc::new(config)).connect(name, stream);
        let stream = tokio::time::timeout(REACHED, shaking).await.map_err(|_| self.silent())?;
        let stream = stream.map_err(|error| {
            Error::unavailable(format!(
                "{self} can't be spoken to over TLS: {error}; look at its certificate, its port and its security"
            ))
            .with_source(error)
        })?;
        Ok(Box::new(stream))
    }

    /// Ends a step a little before the call that it belongs to would end: the call can't say which server it waited for.
    pub(crate) async fn in_time<T>(&self, ctx: &Context, step: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(left) = ctx.remaining() else { return step.await };
        tokio::time::timeout(left.mul_f64(0.9), step).await.map_err(|_| self.silent())?
    }

    pub(crate) fn silent(&self) -> Error {
        Error::unavailable(format!("{self} doesn't answer"))
    }

    pub(crate) fn lost(&self, error: io::Error) -> Error {
        Error::unavailable(format!("the connection to {self} is lost: {}", error.kind())).with_source(error)
    }
}

impl fmt::Display for Server<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} server `{}:{}`", self.protocol, self.host, self.port)
    }
}

/// TLS with the certificates that the system trusts.
fn client() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_platform_verifier()?.with_no_client_auth())
}

/// Names and addresses that never leave the machine.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use connector_sdk::ErrorKind;

    use super::*;

    #[test]
    fn a_password_goes_in_the_clear_only_where_that_is_said() {
        let check =
            |host, security, allow| Server { protocol: "IMAP", host, port: 143, security }.check(allow);
        for host in ["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"] {
            check(host, Security::Plain, false).expect(host);
        }
        for host in
            ["imap.example.org", "localhost.example.org", "10.0.0.1", "0.0.0.0", "127.0.0.1.example.org"]
        {
            let error = check(host, Security::Plain, false).expect_err(host);
            assert!(error.kind() == ErrorKind::Setup && error.message().contains("allow_plain"), "{error}");
            check(host, Security::Plain, true).expect(host);
            check(host, Security::Tls, false).expect(host);
            check(host, Security::Starttls, false).expect(host);
        }
        for host in ["", "a b", "a\r\nb"] {
            assert_eq!(check(host, Security::Tls, true).expect_err("no host").kind(), ErrorKind::Setup);
        }
    }
}
