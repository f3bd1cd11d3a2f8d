//! What hosts are told of a mail.

use std::fmt::Write as _;

use connector_sdk::message::{Conversation, ConversationKind, Message, Sender};
use connector_sdk::serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::cursor::Seen;
use crate::imap::Raw;
use crate::mail::{Mail, Person};

/// Where mails lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) folder: &'a str,
}

impl Place<'_> {
    /// A part of a mail by its URL (RFC 5092). Nothing of it is written anywhere, so that is where it is.
    pub(crate) fn url(&self, validity: u32, uid: u32, section: &str) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.to_owned() };
        let folder = encode(self.folder);
        format!("imap://{host}:{}/{folder};UIDVALIDITY={validity}/;UID={uid}/;SECTION={section}", self.port)
    }
}

/// A mail with the id that it has whenever it is told.
pub(crate) fn message(place: &Place<'_>, seen: Seen, raw: &Raw) -> (String, Message) {
    let mail = Mail::read(place, seen.validity, seen.uid, raw);
    let id = id(&mail, seen);
    let message = told(place, seen, mail, &id);
    (id, message)
}

/// By its Message-ID, so that it is the same where the server numbers the folder anew. Anybody can write a mail
/// with another's Message-ID, and a list changes what it passes on: with what it says, those are other mails.
fn id(mail: &Mail, seen: Seen) -> String {
    let Some(name) = &mail.message_id else { return format!("uid:{}:{}", seen.validity, seen.uid) };
    let mut digest = Sha256::new();
    let from = mail.from.as_ref().map_or("", |from| &from.address);
    for part in [from, &mail.subject, &mail.text] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut id = format!("{name}#");
    for byte in digest.finalize().iter().take(8) {
        let _ = write!(id, "{byte:02x}");
    }
    id
}

fn told(place: &Place<'_>, seen: Seen, mail: Mail, id: &str) -> Message {
    let thread = mail.thread().map(str::to_owned);
    let unknown = || Person { address: "unknown".to_owned(), name: String::new() };
    let sender = mail.from.clone().unwrap_or_else(unknown);
    let answers = mail.reply_to.clone().unwrap_or_else(|| sender.clone());
    let kind = if mail.to.len() + mail.cc.len() > 1 { ConversationKind::Group } else { ConversationKind::Dm };
    let mut conversation = Conversation::new(answers.address).kind(kind).name(&mail.subject);
    if let Some(thread) = thread {
        conversation = conversation.thread(thread);
    }
    let sender = Sender::new(sender.address).display_name(sender.name);
    let mut message = Message::new(id, sender, conversation, mail.text);
    message.content.attachments = mail.attachments;
    message.timestamp = mail.date.unwrap_or_default();
    let mut tell = |name: &str, value: Value| {
        message.metadata.insert(name.to_owned(), value);
    };
    tell("subject", mail.subject.into());
    tell("folder", place.folder.into());
    tell("uid_validity", seen.validity.into());
    tell("uid", seen.uid.into());
    tell("size", mail.size.into());
    for (name, value) in
        [("message_id", mail.message_id), ("in_reply_to", mail.in_reply_to), ("problem", mail.problem)]
    {
        if let Some(value) = value {
            tell(name, value.into());
        }
    }
    for (name, is_so) in [("automatic", mail.automatic), ("truncated", mail.truncated)] {
        if is_so {
            tell(name, true.into());
        }
    }
    for (name, people) in [("to", mail.to), ("cc", mail.cc)] {
        if !people.is_empty() {
            tell(name, people.into_iter().map(|person| person.address).collect());
        }
    }
    if !mail.references.is_empty() {
        tell("references", json!(mail.references));
    }
    message
}

/// A folder's name inside a URL.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into())
            }
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}
