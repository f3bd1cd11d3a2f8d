//! A mailbox as a connector: IMAP in, SMTP out.
//!
//! Mails come as they arrive, by IMAP's IDLE, and go out by SMTP. Reading changes nothing in the mailbox: no mail is
//! marked as read.
//!
//! - An answer goes to the conversation's id, the address, and names the thread's mails when it is given the thread.
//! - The cursor is the folder's UIDVALIDITY and the last mail's UID. Where a server numbers a folder anew, all of
//!   it is told once more, and what has a Message-ID has the id that it had.
//! - Nothing of a mail is written to the disk. An attachment is told by its URL (RFC 5092), name, type and size.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use connector_sdk::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

use cursor::Seen;
use imap::{MOST_OF_A_MAIL, Session};
use letter::{Answers, Draft, Letter};
use message::Place;
use message_id::MessageId;
use server::Server;

mod answered;
mod cursor;
mod folder;
mod found;
mod imap;
mod letter;
mod mail;
mod message;
mod message_id;
mod outer;
mod server;
mod smtp;
mod text;
mod watch;

pub use found::Found;
pub use mail::{Mail, Person};
pub use server::Security;

/// A mailbox: IMAP in, SMTP out.
#[connector(id = "mail", title = "Mail", category = "communication")]
pub struct Mailbox {
    /// The IMAP server, where mails are read.
    #[config(placeholder = "imap.example.org", length = 1..=253)]
    imap_host: String,
    /// Its port; without one 993, or 143 where TLS doesn't begin at once.
    #[config(range = 1..=65535, advanced)]
    imap_port: Option<u16>,
    /// How the connection to it is kept from others.
    #[config(default = Security::Tls, advanced)]
    imap_security: Security,
    /// The SMTP server, where mails are sent; without one none are.
    #[config(placeholder = "smtp.example.org", length = 1..=253)]
    smtp_host: Option<String>,
    /// Its port; without one 465, or 587 where TLS doesn't begin at once.
    #[config(range = 1..=65535, advanced)]
    smtp_port: Option<u16>,
    /// How the connection to it is kept from others.
    #[config(default = Security::Tls, advanced)]
    smtp_security: Security,
    /// Lets the password go in the clear to other machines, where the security is `plain`.
    #[config(default = false, advanced)]
    allow_plain: bool,
    /// Who logs in, mostly the mail address.
    #[config(placeholder = "me@example.org", length = 1..=320)]
    user: String,
    /// The folder whose mails are told.
    #[config(default = "INBOX", length = 1..=500, options = folders)]
    folder: String,
    /// The address that mails are sent from, `Me <me@example.org>`; without one the user.
    #[config(placeholder = "me@example.org")]
    from: Option<String>,
    /// Password of both servers.
    #[secret(
        unused_by_auth,
        help = "Many services want one that is made for a program: an app password, under the account's security"
    )]
    password: Secret,
    #[state]
    refused: watch::Refused,
}

/// A mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sent {
    /// Its name wherever it is.
    pub message_id: String,
}

#[connector]
impl Mailbox {
    /// Send a mail.
    #[action(write, resource = "mails")]
    async fn send_mail(
        &self,
        ctx: &Context,
        /// Whom it goes to: addresses with commas between them.
        #[arg(length = 3..=4000)]
        to: &str,
        /// What it is about.
        #[arg(length = 1..=500)]
        subject: &str,
        /// What it says, plain text.
        #[arg(length = 1..=1_000_000)]
        body: &str,
        /// Message-ID of the mail that it answers.
        in_reply_to: Option<String>,
    ) -> Result<Sent> {
        let answers = match in_reply_to.as_deref().map(|id| (id, MessageId::read(id))) {
            None => Answers::default(),
            Some((_, Some(id))) => Answers { references: vec![id.clone()], in_reply_to: Some(id) },
            Some((id, None)) => {
                let id = text::quoted(id);
                return Err(Error::usage(format!("{id} is no Message-ID; give it as the mail has it")));
            }
        };
        let key = ctx.idempotency_key().map_or_else(unheard, str::to_owned);
        let letter = Letter::new(&key, self.from()?, to, body, answers)?.about(subject)?;
        self.hand_over(&letter).await
    }

    /// Search a folder, the latest mails first.
    #[action(read, resource = "mails")]
    async fn search_mail(
        &self,
        /// A text that occurs anywhere in a mail; without one all mails are listed.
        #[arg(length = 1..=500)]
        query: Option<String>,
        /// At most this many.
        #[arg(default = 20, range = 1..=200)]
        limit: u32,
        /// Another folder than the one of the settings.
        #[arg(options = folders)]
        folder: Option<String>,
    ) -> Result<Vec<Found>> {
        let criteria = query.map_or_else(|| Ok("ALL".to_owned()), |query| found::text(&query))?;
        let place = self.place(folder.as_deref());
        found::find(&mut self.session().await?, &place, &criteria, limit as usize).await
    }

    /// Read a mail. It isn't marked as read.
    #[action(read, resource = "mails")]
    async fn read_mail(
        &self,
        /// Its number in the folder, as listed.
        #[arg(range = 1..)]
        uid: u32,
        /// Another folder than the one of the settings.
        #[arg(options = folders)]
        folder: Option<String>,
    ) -> Result<Mail> {
        let place = self.place(folder.as_deref());
        let mut session = self.session().await?;
        let state = session.examine(place.folder).await?;
        let mut mails = session.fetch(&[uid], MOST_OF_A_MAIL).await?;
        let raw = mails.remove(&uid).ok_or_else(|| {
            Error::not_found(format!(
                "there is no mail {uid} in this folder; search it to see which there are"
            ))
        })?;
        Ok(Mail::read(&place, state.validity, uid, &raw))
    }

    /// List the folders.
    #[action(read, resource = "folders")]
    async fn list_folders(&self) -> Result<Vec<String>> {
        self.session().await?.folders().await
    }

    /// Folders to choose from.
    #[options]
    async fn folders(&self, query: &str) -> Result<Vec<Choice>> {
        let query = query.to_lowercase();
        let folders = self.session().await?.folders().await?;
        let chosen = folders.into_iter().filter(|name| name.to_lowercase().contains(&query));
        Ok(chosen.map(|name| Choice::new(&name, &name)).collect())
    }

    /// Mails as they come into the folder. The first time none of those that are there already.
    #[events(window = 200)]
    async fn mails(&self, ctx: &Context, since: Option<Seen>, out: &mut Events<Message>) -> Result<()> {
        let mut session = self.session().await?;
        watch::watch(&mut session, &self.place(None), since, &self.refused, out, ctx).await
    }

    /// Send a mail to the conversation's address, as an answer where a thread is given.
    // SMTP can't tell a repetition, so this is not `idempotent`. Sent twice it is the same mail to whoever gets it,
    // by its Message-ID.
    #[send]
    async fn send(&self, message: &OutgoingMessage) -> Result<Receipt> {
        let draft = Draft::of(message, self.from()?)?;
        // Until here nothing is handed over, whatever goes wrong.
        let answered = self.answered(&draft).await.map_err(Error::unsent)?;
        let letter = draft.finish(answered.as_ref());
        Ok(Receipt::new(self.hand_over(&letter).await?.message_id))
    }

    /// Can somebody log in to both servers, and open the folder?
    #[health]
    async fn health(&self, ctx: &Context) -> Result<()> {
        let reading = async { self.session().await?.examine(&self.folder).await };
        self.imap()?.in_time(ctx, reading).await?;
        match self.smtp() {
            Ok(smtp) => smtp.in_time(ctx, smtp::check(smtp, &self.user, self.password.expose())).await,
            // A mailbox that is only read.
            Err(_) if self.smtp_host.is_none() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Mailbox {
    /// The mail that one is an answer to.
    async fn answered(&self, draft: &Draft) -> Result<Option<mail::Mail>> {
        let Some(id) = draft.wanted() else { return Ok(None) };
        let mut session = self.session().await?;
        answered::find(&mut session, &self.place(None), id, draft.address()).await
    }

    fn imap(&self) -> Result<Server<'_>> {
        let security = self.imap_security;
        let port = self.imap_port.unwrap_or(if security == Security::Tls { 993 } else { 143 });
        let server = Server { protocol: "IMAP", host: &self.imap_host, port, security };
        server.check(self.allow_plain)?;
        Ok(server)
    }

    fn smtp(&self) -> Result<Server<'_>> {
        let Some(host) = &self.smtp_host else {
            return Err(Error::setup("there is no server to send mails by; set `smtp_host`"));
        };
        let security = self.smtp_security;
        let port = self.smtp_port.unwrap_or(if security == Security::Tls { 465 } else { 587 });
        let server = Server { protocol: "SMTP", host, port, security };
        server.check(self.allow_plain)?;
        Ok(server)
    }

    async fn session(&self) -> Result<Session<'_>> {
        Session::open(self.imap()?, &self.user, self.password.expose()).await
    }

    fn place<'a>(&'a self, folder: Option<&'a str>) -> Place<'a> {
        let port = self.imap().map_or(0, |server| server.port);
        Place { host: &self.imap_host, port, folder: folder.unwrap_or(&self.folder) }
    }

    fn from(&self) -> Result<&str> {
        match &self.from {
            Some(from) => Ok(from),
            None if self.user.contains('@') => Ok(&self.user),
            None => Err(Error::setup(
                "the user is no mail address; set `from` to the one that mails are sent from",
            )),
        }
    }

    async fn hand_over(&self, letter: &Letter) -> Result<Sent> {
        let mail = letter.write()?;
        smtp::deliver(self.smtp()?, &self.user, self.password.expose(), &mail).await?;
        Ok(Sent { message_id: letter.id.to_string() })
    }
}

/// A name for a mail of which the caller tells none.
fn unheard() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{now}.{}.{number}", std::process::id())
}
