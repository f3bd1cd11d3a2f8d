//! A session with an IMAP server: each command, what is made of its answer, and whether it went well.
//!
//! `async-imap` reads and writes; the commands are run here, because of its own ones a search or a fetch that
//! the server refuses, or in which the connection is lost, looks as one that found nothing.
//!
//! Folders are opened by EXAMINE and mails read by BODY.PEEK: nothing in the mailbox is changed, so no mail is
//! marked as read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::pin::pin;
use std::time::Duration;

use async_imap::imap_proto::{
    AttributeValue, Capability, MailboxDatum, NameAttribute, Outcome, RequestId, Response, ResponseCode,
    Status,
};
use async_imap::{Authenticator, Client};
use connector_sdk::{Error, Result};
use tokio::time::timeout;

use crate::cursor::State;
use crate::folder;
use crate::server::{REACHED, Security, Server, Wire};
use crate::text::one_line;
use answers::{Answers, Heard};

mod answers;

/// How long a server may be silent in a command: a line may be slow, and an answer have megabytes.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long it may take for all of a command: one that goes on for longer has no end.
const LONGEST: Duration = Duration::from_secs(3600);

/// As much as is read of a mail, in bytes: the text of any, and what is said of most attachments.
pub(crate) const MOST_OF_A_MAIL: usize = 1024 * 1024;

/// A mail as the server gives it.
#[derive(Debug, Default)]
pub(crate) struct Raw {
    /// At most [`MOST_OF_A_MAIL`] of it. None where the server can't give it.
    pub(crate) bytes: Option<Vec<u8>>,
    /// How large it is, in bytes.
    pub(crate) size: u32,
    /// When it came, as IMAP writes it.
    pub(crate) arrived: String,
}

/// A session in which somebody is logged in.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    server: Server<'a>,
    inner: async_imap::Session<Answers<Box<dyn Wire>>>,
    heard: Heard,
    /// Mails came since somebody last looked.
    news: bool,
    idles: bool,
    /// The last command was refused, and not with a code that says that it is for now.
    refused: bool,
}

/// SASL's PLAIN (RFC 4616), for what LOGIN has no place for.
struct Plain<'a>(&'a str, &'a str);

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        format!("\0{}\0{}", self.0, self.1)
    }
}

impl<'a> Session<'a> {
    /// Connects and logs in.
    pub(crate) async fn open(server: Server<'a>, user: &str, password: &str) -> Result<Self> {
        if [user, password].iter().any(|text| text.contains(['\r', '\n', '\0'])) {
            return Err(Error::setup("the user or the password has a line break in it; set it again"));
        }
        let client = timeout(REACHED * 2, connect(server)).await.map_err(|_| server.silent())??;
        Self::log_in(server, client, user, password).await
    }

    async fn log_in(
        server: Server<'a>,
        client: Client<Answers<Box<dyn Wire>>>,
        user: &str,
        password: &str,
    ) -> Result<Self> {
        let heard = client.get_ref().heard();
        let logging_in = async {
            match user.is_ascii() && password.is_ascii() {
                true => client.login(user, password).await,
                false => client.authenticate("PLAIN", Plain(user, password)).await,
            }
        };
        let inner = timeout(PATIENCE, logging_in).await.map_err(|_| server.silent())?;
        let inner = inner.map_err(|(error, _)| not_in(server, error))?;
        let mut session = Self { server, inner, heard, news: false, idles: false, refused: false };
        let mut idles = false;
        session
            .run("CAPABILITY", |response| {
                if let Response::Capabilities(capabilities) = response {
                    idles |= capabilities.iter().any(
                        |can| matches!(can, Capability::Atom(name) if name.eq_ignore_ascii_case("IDLE")),
                    );
                }
            })
            .await?;
        session.idles = idles;
        Ok(session)
    }

    /// Opens a folder to read in it.
    pub(crate) async fn examine(&mut self, name: &str) -> Result<State> {
        let (mut validity, mut next) = (None, None);
        let command = format!("EXAMINE {}", quote(&folder::encode(name))?);
        let opened = self
            .run(&command, |response| {
                if let Response::Data { outcome: Outcome { code, .. }, .. } = response {
                    match code {
                        Some(ResponseCode::UidValidity(value)) => validity = Some(*value),
                        Some(ResponseCode::UidNext(value)) => next = Some(*value),
                        _ => {}
                    }
                }
            })
            .await;
        opened.map_err(|error| error.context(format!("opening the folder `{}`", one_line(name, 120))))?;
        let Some(validity) = validity else {
            return Err(Error::upstream(format!(
                "{} gives the mails of this folder no lasting numbers, so they can't be told apart",
                self.server
            )));
        };
        Ok(State { validity, latest: next.map(|next| next.saturating_sub(1)) })
    }

    /// The UID of the last mail that is there, 0 where there is none.
    pub(crate) async fn last(&mut self) -> Result<u32> {
        Ok(self.search("UID *").await?.into_iter().max().unwrap_or(0))
    }

    /// The UIDs of the mails after one, ascending.
    pub(crate) async fn after(&mut self, uid: u32) -> Result<Vec<u32>> {
        let Some(first) = uid.checked_add(1) else { return Ok(Vec::new()) };
        let mut uids = self.search(&format!("UID {first}:*")).await?;
        // `*` is the last mail, also where that is before the first that is wanted.
        uids.retain(|found| *found >= first);
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// The UIDs of the mails that a search finds, in no order.
    pub(crate) async fn search(&mut self, criteria: &str) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        self.news = false;
        self.run(&format!("UID SEARCH {criteria}"), |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.extend_from_slice(uids);
            }
        })
        .await?;
        Ok(found)
    }

    /// Reads mails. Those that are gone meanwhile are not among them.
    pub(crate) async fn fetch(&mut self, uids: &[u32], most: usize) -> Result<BTreeMap<u32, Raw>> {
        let mut set = String::new();
        for uid in uids {
            let comma = if set.is_empty() { "" } else { "," };
            let _ = write!(set, "{comma}{uid}");
        }
        let mut mails = BTreeMap::new();
        let command = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{most}>)");
        self.run(&command, |response| {
            if let Response::Fetch(_, attributes) = response
                && let Some((uid, raw)) = read(attributes, most)
                && uids.contains(&uid)
            {
                mails.insert(uid, raw);
            }
        })
        .await?;
        Ok(mails)
    }

    /// Whether the server refused the last command, and doesn't say that this is for now. What was lost in between is no
    /// refusal.
    pub(crate) fn has_refused(&self) -> bool {
        self.refused
    }

    /// The folders that can be opened, by the names that people know.
    pub(crate) async fn folders(&mut self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        self.run("LIST \"\" \"*\"", |response| {
            if let Response::MailboxData(MailboxDatum::List(list)) = response
                && !list.name_attributes.contains(&NameAttribute::NoSelect)
            {
                names.push(folder::decode(&list.name));
            }
        })
        .await?;
        names.sort();
        Ok(names)
    }

    /// Waits until mails came, or for that long.
    pub(crate) async fn wait(&mut self, longest: Duration) -> Result<()> {
        if self.news {
            return Ok(());
        }
        if !self.idles {
            // The server won't say it, so it is asked.
            tokio::time::sleep(longest.min(PATIENCE)).await;
            return self.run("NOOP", |_| {}).await;
        }
        let server = self.server;
        let idling = async {
            let tag = self.inner.run_command("IDLE").await.map_err(|error| failed(server, error))?;
            let begun = |response: &Response<'_>| match response {
                Response::Continue(_) => Some(Ok(())),
                Response::Done { tag: done, status, outcome } if *done == tag => {
                    let early = || Error::upstream(format!("{server} ends IDLE before it began"));
                    Some(ended(server, "IDLE", status, outcome).and_then(|()| Err(early())))
                }
                _ => None,
            };
            loop {
                if let Some(begun) = self.next(begun).await? {
                    return begun.map(|()| tag);
                }
            }
        };
        let tag = timeout(PATIENCE, idling).await.map_err(|_| server.silent())??;
        let listening = async {
            while !self.news {
                self.next(|_| {}).await?;
            }
            Ok::<_, Error>(())
        };
        // That nothing came is no failure.
        timeout(longest, listening).await.unwrap_or(Ok(()))?;
        let done = async {
            self.inner.run_command_untagged("DONE").await.map_err(|error| failed(server, error))?;
            self.until(&tag, "IDLE", |_| {}).await
        };
        timeout(PATIENCE, done).await.map_err(|_| server.silent())?
    }

    /// Runs a command to its end, and shows what the server tells meanwhile.
    async fn run(&mut self, command: &str, tell: impl FnMut(&Response<'_>)) -> Result<()> {
        let (server, heard) = (self.server, self.heard.clone());
        self.refused = false;
        let running = async {
            let tag = self.inner.run_command(command).await.map_err(|error| failed(server, error))?;
            let name = command.split(' ').next().unwrap_or_default();
            self.until(&tag, name, tell).await
        };
        timeout(LONGEST, patiently(&heard, running)).await.unwrap_or(None).ok_or_else(|| server.silent())?
    }

    async fn until(
        &mut self,
        tag: &RequestId,
        name: &str,
        mut tell: impl FnMut(&Response<'_>),
    ) -> Result<()> {
        let server = self.server;
        let mut refused = false;
        let mut see = |response: &Response<'_>| match response {
            Response::Done { tag: done, status, outcome } if done == tag => {
                refused = *status != Status::Ok && !is_for_now(&words(outcome));
                Some(ended(server, name, status, outcome))
            }
            response => {
                tell(response);
                None
            }
        };
        loop {
            if let Some(ended) = self.next(&mut see).await? {
                self.refused = refused;
                return ended;
            }
        }
    }

    /// Reads what the server says next.
    async fn next<T>(&mut self, see: impl FnOnce(&Response<'_>) -> T) -> Result<T> {
        let server = self.server;
        let response = self.inner.read_response().await.map_err(|error| unread(server, error))?;
        let Some(response) = response else {
            return Err(Error::unavailable(format!("{server} ended the connection")));
        };
        match response.parsed() {
            Response::MailboxData(MailboxDatum::Exists(_)) => self.news = true,
            Response::Data { status: Status::Bye, outcome } => {
                return Err(Error::unavailable(format!("{server} says goodbye: {}", words(outcome))));
            }
            _ => {}
        }
        Ok(see(response.parsed()))
    }
}

/// Waits for what a server says as long as some of it comes; none: it fell silent.
async fn patiently<T>(heard: &Heard, saying: impl Future<Output = T>) -> Option<T> {
    let mut saying = pin!(saying);
    loop {
        let before = heard.bytes();
        if let Ok(said) = timeout(PATIENCE, &mut saying).await {
            return Some(said);
        }
        if heard.bytes() == before {
            return None;
        }
    }
}

/// Connects up to where somebody may log in.
async fn connect(server: Server<'_>) -> Result<Client<Answers<Box<dyn Wire>>>> {
    let stream = server.connect().await?;
    let mut client = match server.security {
        Security::Tls => filtered(server.secure(stream).await?),
        Security::Plain => filtered(Box::new(stream)),
        Security::Starttls => {
            let mut plain = Client::new(Answers::new(stream));
            greeted(server, &mut plain).await?;
            plain.run_command_and_check_ok("STARTTLS", None).await.map_err(|error| match error {
                async_imap::error::Error::No(_) | async_imap::error::Error::Bad(_) => {
                    Error::setup(format!("{server} knows no STARTTLS; set its security to `tls`"))
                }
                error => failed(server, error),
            })?;
            // What somebody put behind the answer in the clear goes with the old client.
            return Ok(filtered(server.secure(plain.into_inner().into_inner()).await?));
        }
    };
    greeted(server, &mut client).await?;
    Ok(client)
}

fn filtered(stream: Box<dyn Wire>) -> Client<Answers<Box<dyn Wire>>> {
    Client::new(Answers::new(stream))
}

async fn greeted<T: Wire>(server: Server<'_>, client: &mut Client<T>) -> Result<()> {
    let greeting = client.read_response().await.map_err(|error| unread(server, error))?;
    match greeting.as_ref().map(|greeting| greeting.parsed()) {
        Some(Response::Data { status: Status::Ok | Status::PreAuth, .. }) => Ok(()),
        Some(Response::Data { outcome, .. }) => {
            Err(Error::unavailable(format!("{server} refuses to be spoken to: {}", words(outcome))))
        }
        Some(_) => Err(Error::upstream(format!("{server} doesn't greet as IMAP does"))),
        None => Err(Error::unavailable(format!(
            "{server} ended the connection at once; look at its port and its security"
        ))),
    }
}

/// One mail out of what a FETCH told. Servers tell changes of flags in between, without the mail.
fn read(attributes: &[AttributeValue<'_>], most: usize) -> Option<(u32, Raw)> {
    let (mut uid, mut raw, mut has_body) = (None, Raw::default(), false);
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(value) => uid = Some(*value),
            AttributeValue::Rfc822Size(size) => raw.size = *size,
            AttributeValue::InternalDate(date) => date.as_ref().clone_into(&mut raw.arrived),
            AttributeValue::BodySection { section: None, data, .. } => {
                has_body = true;
                // A server that doesn't know parts of a mail gives all of it.
                raw.bytes = data.as_ref().map(|data| data.iter().take(most).copied().collect());
            }
            _ => {}
        }
    }
    has_body.then_some(())?;
    Some((uid?, raw))
}

/// How a command ended.
fn ended(server: Server<'_>, name: &str, status: &Status, outcome: &Outcome<'_>) -> Result<()> {
    let words = words(outcome);
    match status {
        Status::Ok => Ok(()),
        Status::No if is_passing(&words) => Err(Error::unavailable(format!("{server} is busy: {words}"))),
        Status::No if name == "EXAMINE" => Err(Error::setup(format!(
            "{server} doesn't open it: {words}; list the folders to see which there are"
        ))),
        _ => Err(Error::upstream(format!("{server} refuses {name}: {words}"))),
    }
}

/// Whether the same may go well later, by the codes of RFC 5530.
fn is_passing(words: &str) -> bool {
    is_for_now(words) || words.to_ascii_uppercase().contains("[SERVERBUG]")
}

/// Codes that say so. What is called a bug may be one broken mail, for which dovecot has no other word.
fn is_for_now(words: &str) -> bool {
    let words = words.to_ascii_uppercase();
    ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]"].iter().any(|code| words.contains(code))
}

fn words(outcome: &Outcome<'_>) -> String {
    one_line(outcome.information.as_deref().unwrap_or("without a reason"), 200)
}

fn not_in(server: Server<'_>, error: async_imap::error::Error) -> Error {
    match error {
        async_imap::error::Error::No(words) if !is_passing(&words) => Error::auth(format!(
            "{server} refuses the user or the password; set them again. Many services want a password that is \
             made for one program, and IMAP to be switched on"
        )),
        async_imap::error::Error::Bad(_) => {
            Error::setup(format!("{server} takes no password this way; look at its security"))
        }
        error => failed(server, error),
    }
}

/// What the library says of a command that couldn't be run.
fn failed(server: Server<'_>, error: async_imap::error::Error) -> Error {
    use async_imap::error::Error as Imap;
    match error {
        Imap::Io(error) => unread(server, error),
        Imap::ConnectionLost => Error::unavailable(format!("{server} ended the connection")),
        Imap::No(_) => Error::unavailable(format!("{server} is busy")),
        // Its words are what the server sent, whole mails among it.
        _ => Error::upstream(format!("{server} answered what can't be understood")),
    }
}

fn unread(server: Server<'_>, error: std::io::Error) -> Error {
    match error.kind() {
        // The library's own, with all of what it couldn't read.
        std::io::ErrorKind::Other => Error::upstream(format!("{server} answered what can't be understood")),
        // After this nothing of the connection is read.
        std::io::ErrorKind::QuotaExceeded => Error::unavailable(format!("{server} can't be read: {error}")),
        _ => server.lost(error),
    }
}

/// A text as a quoted string of IMAP.
pub(crate) fn quote(text: &str) -> Result<String> {
    if text.contains(['\r', '\n', '\0']) {
        return Err(Error::usage("a line break can't be part of a name or a search; leave it out"));
    }
    Ok(format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\"")))
}

#[cfg(test)]
pub(crate) mod tests;
