//! Hands mails over to an SMTP server.

use std::time::Duration;

use connector_sdk::{Error, Result};
use lettre::message::Message;
use lettre::transport::smtp::Error as Smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::time::timeout;

use crate::server::{REACHED, Security, Server};
use crate::text::one_line;
use spoken::Spoken;

mod spoken;
mod starttls;

/// How long the server may take for a step; the last one is the longest of them.
const PATIENCE: Duration = Duration::from_secs(60);

/// Hands a mail over.
///
/// SMTP has no way to tell that a mail came already, so a failure of which nobody knows whether the mail is out is
/// one that isn't tried again by itself. All others are [`unsent`](Error::unsent).
pub(crate) async fn deliver(server: Server<'_>, user: &str, password: &str, mail: &Message) -> Result<()> {
    let mut connection = begin(server, user, password, mail).await.map_err(Error::unsent)?;
    let unknown = || {
        Error::upstream(format!(
            "{server} didn't say what became of the mail, which may be out; look before it is sent again"
        ))
    };
    match timeout(PATIENCE, connection.message(&mail.formatted())).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) if error.status().is_some() => return Err(refused(server, "the mail", error).unsent()),
        Ok(Err(error)) => return Err(unknown().with_source(error)),
        Err(_) => return Err(unknown()),
    }
    // The mail is the server's now, whatever it answers to this.
    let _ = timeout(Duration::from_secs(2), connection.quit()).await;
    Ok(())
}

/// Goes as far as the server takes the mail's text.
async fn begin(
    server: Server<'_>,
    user: &str,
    password: &str,
    mail: &Message,
) -> Result<AsyncSmtpConnection> {
    let mut connection = connect(server, user, password).await?;
    let step = async {
        let envelope = mail.envelope();
        let mut options = Vec::new();
        if envelope.to().iter().chain(envelope.from()).any(|address| !address.to_string().is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Error::usage(format!(
                    "{server} takes no addresses with other letters than a to z"
                )));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        let from = Mail::new(envelope.from().cloned(), options);
        connection.command(from).await.map_err(|error| refused(server, "the sender", error))?;
        for to in envelope.to() {
            let command = Rcpt::new(to.clone(), Vec::new());
            connection.command(command).await.map_err(|error| refused(server, &format!("`{to}`"), error))?;
        }
        connection.command(Data).await.map_err(|error| refused(server, "the mail", error))
    };
    timeout(PATIENCE, step).await.map_err(|_| server.silent())??;
    Ok(connection)
}

/// Whether somebody can log in.
pub(crate) async fn check(server: Server<'_>, user: &str, password: &str) -> Result<()> {
    let mut connection = connect(server, user, password).await?;
    let _ = timeout(Duration::from_secs(2), connection.quit()).await;
    Ok(())
}

async fn connect(server: Server<'_>, user: &str, password: &str) -> Result<AsyncSmtpConnection> {
    let connecting = async {
        let broken = |error| failed(server, error);
        let name = ClientId::default();
        let stream = server.connect().await?;
        let stream: Box<dyn AsyncTokioStream> = match server.security {
            Security::Plain => Box::new(Spoken::new(Box::new(stream), b"")),
            Security::Tls => Box::new(Spoken::new(server.secure(stream).await?, b"")),
            Security::Starttls => {
                let stream = starttls::begin(server, stream).await?;
                // It greeted already, and the library waits for that.
                Box::new(Spoken::new(server.secure(stream).await?, b"220 go on\r\n"))
            }
        };
        let mut connection =
            AsyncSmtpConnection::connect_with_transport(stream, &name).await.map_err(broken)?;
        let ways = [Mechanism::Plain, Mechanism::Login];
        // A server that asks for no password, such as a relay of one's own, is told none.
        if ways.iter().any(|way| connection.server_info().supports_auth_mechanism(*way)) {
            let credentials = Credentials::new(user.to_owned(), password.to_owned());
            connection.auth(&ways, &credentials).await.map_err(|error| match error.status() {
                Some(code) if error.is_permanent() => Error::auth(format!(
                    "{server} refuses the user or the password ({code}); set them again. Many services want a \
                     password that is made for one program"
                )),
                _ => failed(server, error),
            })?;
        }
        Ok(connection)
    };
    timeout(REACHED * 3, connecting).await.map_err(|_| server.silent())?
}

/// A step that the server refused, or that couldn't be made.
fn refused(server: Server<'_>, what: &str, error: Smtp) -> Error {
    let Some(code) = error.status() else { return failed(server, error) };
    let words = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    let message = format!("{server} refuses {what} ({code}): {}", one_line(&words, 200));
    match u16::from(code) {
        _ if error.is_transient() => Error::unavailable(message),
        530 | 534 | 535 | 538 => Error::auth(message),
        _ => Error::usage(message),
    }
}

/// Something between here and the server, before anything was handed over.
fn failed(server: Server<'_>, error: Smtp) -> Error {
    let words = one_line(&error.to_string(), 200);
    Error::unavailable(format!("{server} can't be spoken to: {words}")).with_source(error)
}

#[cfg(test)]
mod tests;
